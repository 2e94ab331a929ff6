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
#include "known.h"

#define ANYGW_FLOW_BITS		13
#define ANYGW_FLOW_WAYS		4

/**
 * struct anygw_flow_key - all that the way of a packet depends on
 * @addr: source and destination, both of IPv4 in the first word
 * @src: the source of IPv6
 * @dst: its destination
 * @who: who sends it to which gateway, and its mark: anygw_flow_who()
 * @kind: its protocol, class and flow label: anygw_flow_kind()
 */
struct anygw_flow_key {
	union {
		u64 addr[4];
		struct {
			struct in6_addr src;
			struct in6_addr dst;
		};
	};
	u64 who;
	u64 kind;
};

/**
 * struct anygw_flow - a way that was found
 * @key: for whom
 * @path: ANYGW_PATH_FAST, or why it cannot be taken
 * @src_check: how the gateway checks IPv4 sources, anygw_flow_src_check()
 * @genid: shows whether any route or rule has changed since; it is read before
 *	they are asked
 * @fib6_gen: of IPv6, the same for routes that were deleted
 * @cookie: of IPv6, shows whether @dst itself is out of date
 * @mtu: of IPv4, what leaves in one piece; this and all below only with
 *	ANYGW_PATH_FAST
 * @dst: the route
 * @foreign: the next hop's address is IPv6, the packet's IPv4
 * @hop4: the next hop
 * @hop6: the same for IPv6
 * @out: the gateway it leaves by, if it is one
 * @vid: its VLAN
 * @until: when it is to be found again, and the machine behind it noted, jiffies
 * @used: when a packet took it last, jiffies
 * @rcu: for freeing
 */
struct anygw_flow {
	struct anygw_flow_key key;
	enum anygw_path path;
	u8 src_check;
	u32 genid;
	u32 fib6_gen;
	u32 cookie;
	unsigned int mtu;
	struct dst_entry *dst;
	bool foreign;
	union {
		__be32 hop4;
		struct in6_addr hop6;
	};
	struct anygw_gateway *out;
	u16 vid;
	unsigned long until;
	unsigned long used;
	struct rcu_head rcu;
};

/**
 * struct anygw_flows - all flows of one namespace
 * @lock: guards the rest, for writers
 * @shut: there will be no packets any more
 * @generation: moves on when they are thrown away
 * @count: number of flows
 * @overheard: a packet socket without a device hears packets of IP
 * @next_scan: when to look for what nobody uses, jiffies
 * @net: the namespace
 * @fib6_gen: moves on with every IPv6 route that comes or goes: the stack's own
 *	generation does not when one is deleted
 * @fib: tells of those
 * @fib_told: it does, from soon after the first gateway on
 * @work: looks for both
 * @flow: by the hash of their keys
 */
struct anygw_flows {
	spinlock_t lock;
	bool shut;
	unsigned int generation;
	unsigned int count;
	bool overheard;
	unsigned long next_scan;
	struct net *net;
	atomic_t fib6_gen;
	struct notifier_block fib;
	bool fib_told;
	struct delayed_work work;
	struct anygw_flow __rcu *flow[1 << ANYGW_FLOW_BITS][ANYGW_FLOW_WAYS];
};

/* The number of a finding, see struct anygw_finding, and a mark */
static inline u64 anygw_flow_who(u32 finding, u32 mark)
{
	return finding | (u64)mark << 32;
}

/* ETH_P_IP or ETH_P_IPV6, and the type of service or traffic class */
static inline u64 anygw_flow_kind(__be16 protocol, u8 tos)
{
	return (__force u32)protocol << 16 | (tos & ~INET_ECN_MASK);
}

static inline __be16 anygw_flow_protocol(const struct anygw_flow_key *key)
{
	return (__force __be16)(key->kind >> 16);
}

static __always_inline bool anygw_flow_same(const struct anygw_flow_key *a,
				   const struct anygw_flow_key *b)
{
	if ((a->addr[0] ^ b->addr[0]) | (a->who ^ b->who) |
	    (a->kind ^ b->kind))
		return false;
	return anygw_flow_protocol(b) == htons(ETH_P_IP) ||
	       (a->addr[1] == b->addr[1] && a->addr[2] == b->addr[2] &&
		a->addr[3] == b->addr[3]);
}

static __always_inline u32 anygw_flow_slot(const struct anygw_flow_key *key)
{
	u64 mix = key->addr[0] ^ key->who * GOLDEN_RATIO_64 ^ key->kind;

	/* What differs most is apart then: the last octets of each. */
	if (anygw_flow_protocol(key) != htons(ETH_P_IP))
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
static __always_inline void anygw_flow_use(struct anygw_flow *flow)
{
	if (READ_ONCE(flow->used) != jiffies)
		WRITE_ONCE(flow->used, jiffies);
}

/**
 * anygw_flow_find() - the flow of a packet
 * @flows: where to look
 * @key: the packet
 * Return: NULL if it is the first one; nothing is said of whether the flow
 *	   still holds
 * Context: RCU read side.
 */
static __always_inline struct anygw_flow *
anygw_flow_find(struct anygw_flows *flows, const struct anygw_flow_key *key)
{
	struct anygw_flow __rcu **way = flows->flow[anygw_flow_slot(key)];
	struct anygw_flow *flow;
	int i;

	for (i = 0; i < ANYGW_FLOW_WAYS; i++) {
		flow = rcu_dereference(way[i]);
		if (flow && anygw_flow_same(&flow->key, key))
			return flow;
	}
	return NULL;
}

/**
 * anygw_flow_neigh() - the next hop of a flow
 * @flow: the flow, with ANYGW_PATH_FAST and good
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

	if (protocol == htons(ETH_P_IP) && !flow->foreign)
		return __ipv4_neigh_lookup_noref(dev,
						 (__force u32)flow->hop4);
	return anygw_compat_neigh6(dev, &flow->hop6);
}

/**
 * anygw_flow_learn() - find the way of a packet, and remember it
 * @an: the namespace
 * @gw: the gateway it is for
 * @key: the packet, well formed
 * @skb: the same in the hook for frames that come in; its destination entry is
 *	dropped
 * Return: NULL without memory
 * Context: RCU read side, bottom halves off.
 */
struct anygw_flow *anygw_flow_learn(struct anygw_net *an,
				    struct anygw_gateway *gw,
				    const struct anygw_flow_key *key,
				    struct sk_buff *skb);

/**
 * anygw_flow_find_way() - find the way of a packet, and say why not
 * @gw: the gateway it is for
 * @key: the packet
 * @skb: as for anygw_flow_learn()
 * @flow: filled in; with ANYGW_PATH_FAST it holds a reference
 * Context: RCU read side, bottom halves off.
 */
void anygw_flow_find_way(struct anygw_gateway *gw,
			 const struct anygw_flow_key *key,
			 struct sk_buff *skb, struct anygw_flow *flow);

/**
 * anygw_flow_release() - give back the reference of a way
 * @flow: the way
 */
void anygw_flow_release(struct anygw_flow *flow);

/**
 * anygw_flow_device_gone() - forget the flows that leave by a device
 * @an: the namespace
 * @dev: the device
 * Context: RTNL.
 */
void anygw_flow_device_gone(struct anygw_net *an,
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
