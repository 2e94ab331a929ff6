/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Routed packets that are alike go the same way: a flow holds the route that
 * was found for one of them. Whether it is still good can be seen by looking
 * at it, and is with every packet.
 */
#ifndef ANYGW_FLOW_H
#define ANYGW_FLOW_H

#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <net/arp.h>
#include <net/dst.h>
#include <net/inet_ecn.h>
#include <net/ndisc.h>

#include "anygw.h"
#include "compat.h"
#include "vcache.h"

#define ANYGW_FLOW_BITS		13
#define ANYGW_FLOW_SLOTS		4

/**
 * struct anygw_flow_key - all that the way of a packet depends on
 * @addr: source and destination, both of IPv4 in the first word
 * @src: the source of IPv6
 * @dst: its destination
 * @id: who sends it to which gateway, and its mark: anygw_flow_key_id()
 * @meta: its protocol, class and flow label: anygw_flow_key_meta()
 */
struct anygw_flow_key {
	union {
		u64 addr[4];
		struct {
			struct in6_addr src;
			struct in6_addr dst;
		};
	};
	u64 id;
	u64 meta;
};

/**
 * struct anygw_flow - a way that was found
 * @key: for whom
 * @slow_reason: ANYGW_SLOW_REASON_NONE, or why it cannot be taken
 * @src_check: how the gateway checks IPv4 sources, anygw_flow_src_check()
 * @genid: shows whether any route or rule has changed since; it is read before
 *	they are asked
 * @fib6_gen: of IPv6, the same for routes that were deleted
 * @cookie: of IPv6, shows whether @dst itself is out of date
 * @mtu: of IPv4, what leaves in one piece; this and all below only with
 *	ANYGW_SLOW_REASON_NONE
 * @dst: the route
 * @nh_is_v6: the next hop's address is IPv6, the packet's IPv4
 * @nh4: the next hop
 * @nh6: the same for IPv6
 * @out: the gateway it leaves by, if it is one
 * @vid: its VLAN
 * @expires: when it is to be found again, and the machine behind it noted, jiffies
 * @last_used: when a packet took it last, jiffies
 * @rcu: for freeing
 */
struct anygw_flow {
	struct anygw_flow_key key;
	enum anygw_slow_reason slow_reason;
	u8 src_check;
	u32 genid;
	u32 fib6_gen;
	u32 cookie;
	unsigned int mtu;
	struct dst_entry *dst;
	bool nh_is_v6;
	union {
		__be32 nh4;
		struct in6_addr nh6;
	};
	struct anygw_gateway *out;
	u16 vid;
	unsigned long expires;
	unsigned long last_used;
	struct rcu_head rcu;
};

/**
 * struct anygw_flows - all flows of one namespace
 * @lock: guards the rest, for writers
 * @dead: there will be no packets any more
 * @generation: moves on when they are thrown away
 * @count: number of flows
 * @ptype_all_seen: a packet socket without a device hears packets of IP
 * @next_scan: when to look for what nobody uses, jiffies
 * @net: the namespace
 * @fib6_gen: moves on with every IPv6 route that comes or goes: the stack's own
 *	generation does not when one is deleted
 * @fib: tells of those
 * @fib_registered: it does, from soon after the first gateway on
 * @work: looks for both
 * @flow: by the hash of their keys
 */
struct anygw_flows {
	spinlock_t lock;
	bool dead;
	unsigned int generation;
	unsigned int count;
	bool ptype_all_seen;
	unsigned long next_scan;
	struct net *net;
	atomic_t fib6_gen;
	struct notifier_block fib;
	bool fib_registered;
	struct delayed_work work;
	struct anygw_flow __rcu *flow[1 << ANYGW_FLOW_BITS][ANYGW_FLOW_SLOTS];
};

/* The number of a finding, see struct anygw_vcache_hit, and a mark */
static inline u64 anygw_flow_key_id(u32 finding, u32 mark)
{
	return finding | (u64)mark << 32;
}

/* ETH_P_IP or ETH_P_IPV6, and the type of service or traffic class */
static inline u64 anygw_flow_key_meta(__be16 protocol, u8 tos)
{
	return (__force u32)protocol << 16 | (tos & ~INET_ECN_MASK);
}

static inline __be16 anygw_flow_key_proto(const struct anygw_flow_key *key)
{
	return (__force __be16)(key->meta >> 16);
}

static __always_inline bool anygw_flow_key_equal(const struct anygw_flow_key *a,
				   const struct anygw_flow_key *b)
{
	if ((a->addr[0] ^ b->addr[0]) | (a->id ^ b->id) |
	    (a->meta ^ b->meta))
		return false;
	return anygw_flow_key_proto(b) == htons(ETH_P_IP) ||
	       (a->addr[1] == b->addr[1] && a->addr[2] == b->addr[2] &&
		a->addr[3] == b->addr[3]);
}

static __always_inline u32 anygw_flow_hash(const struct anygw_flow_key *key)
{
	u64 mix = key->addr[0] ^ key->id * GOLDEN_RATIO_64 ^ key->meta;

	/* What differs most is apart then: the last octets of each. */
	if (anygw_flow_key_proto(key) != htons(ETH_P_IP))
		mix ^= rol64(key->addr[1], 24) ^ rol64(key->addr[2], 40) ^
		       key->addr[3];
	return hash_64(mix, ANYGW_FLOW_BITS);
}

/* What of a device's settings decides about sources, and has no generation. */
static __always_inline u8 anygw_flow_src_check(struct in_device *in_dev)
{
	return IN_DEV_RPFILTER(in_dev) | !!IN_DEV_SRC_VMARK(in_dev) << 4;
}

/* Written once a tick: all processors read it. */
static __always_inline void anygw_flow_touch(struct anygw_flow *flow)
{
	if (READ_ONCE(flow->last_used) != jiffies)
		WRITE_ONCE(flow->last_used, jiffies);
}

/**
 * anygw_flow_lookup() - the flow of a packet
 * @flows: where to look
 * @key: the packet
 * Return: NULL if it is the first one; nothing is said of whether the flow
 *	   still holds
 * Context: RCU read side.
 */
static __always_inline struct anygw_flow *
anygw_flow_lookup(struct anygw_flows *flows, const struct anygw_flow_key *key)
{
	struct anygw_flow __rcu **way = flows->flow[anygw_flow_hash(key)];
	struct anygw_flow *flow;
	int i;

	for (i = 0; i < ANYGW_FLOW_SLOTS; i++) {
		flow = rcu_dereference(way[i]);
		if (flow && anygw_flow_key_equal(&flow->key, key))
			return flow;
	}
	return NULL;
}

/**
 * anygw_flow_neigh() - the next hop of a flow
 * @flow: the flow, with ANYGW_SLOW_REASON_NONE and good
 * @protocol: of the packet
 * Return: NULL if there is no such neighbour entry
 * Context: RCU read side.
 *
 * It is not held by the flow: it would not go when it is deleted.
 */
static __always_inline struct neighbour *
anygw_flow_neigh(const struct anygw_flow *flow, __be16 protocol)
{
	struct net_device *dev = dst_dev_rcu(flow->dst);

	if (protocol == htons(ETH_P_IP) && !flow->nh_is_v6)
		return __ipv4_neigh_lookup_noref(dev,
						 (__force u32)flow->nh4);
	return anygw_compat_neigh6(dev, &flow->nh6);
}

/**
 * anygw_flow_create() - find the way of a packet, and remember it
 * @an: the namespace
 * @gw: the gateway it is for
 * @key: the packet, well formed
 * @skb: the same in the hook for frames that come in; its destination entry is
 *	dropped
 * Return: NULL without memory
 * Context: RCU read side, bottom halves off.
 */
struct anygw_flow *anygw_flow_create(struct anygw_net *an,
				    struct anygw_gateway *gw,
				    const struct anygw_flow_key *key,
				    struct sk_buff *skb);

/**
 * anygw_flow_lookup_route() - find the way of a packet, and say why not
 * @gw: the gateway it is for
 * @key: the packet
 * @skb: as for anygw_flow_create()
 * @flow: filled in; with ANYGW_SLOW_REASON_NONE it holds a reference
 * Context: RCU read side, bottom halves off.
 */
void anygw_flow_lookup_route(struct anygw_gateway *gw,
			 const struct anygw_flow_key *key,
			 struct sk_buff *skb, struct anygw_flow *flow);

/**
 * anygw_flow_release() - give back the reference of a way
 * @flow: the way
 */
void anygw_flow_release(struct anygw_flow *flow);

/**
 * anygw_flow_flush_dev() - forget the flows that leave by a device
 * @an: the namespace
 * @dev: the device
 * Context: RTNL.
 */
void anygw_flow_flush_dev(struct anygw_net *an,
			    const struct net_device *dev);

/**
 * anygw_flow_alloc() - room for flows
 * @net: the namespace
 * Return: NULL without memory
 */
struct anygw_flows *anygw_flow_alloc(struct net *net);

/**
 * anygw_flow_free() - free it, after the last hook is gone
 * @flows: what anygw_flow_alloc() returned, or NULL
 */
void anygw_flow_free(struct anygw_flows *flows);

#endif
