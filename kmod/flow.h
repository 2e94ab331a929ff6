/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flow cache of the fast path: packets with the same key share the result of
 * one route lookup. Every packet checks that the cached route is still valid.
 */
#ifndef ANYGW_FLOW_H
#define ANYGW_FLOW_H

#include <linux/inetdevice.h>
#include <net/arp.h>
#include <net/inet_ecn.h>

#include "anygw.h"
#include "compat.h"
#include "vcache.h"

#define ANYGW_FLOW_BITS		13
#define ANYGW_FLOW_SLOTS	4

/* All that a packet's route depends on. */
struct anygw_flow_key {
	union {
		u64 addr[4];	/* IPv4: source and destination in the first */
		struct {
			struct in6_addr src;
			struct in6_addr dst;
		};
	};
	u64 id;			/* of the vcache hit | mark << 32 */
	u64 meta;		/* anygw_flow_key_meta(), IPv6: | label << 32 */
};

struct anygw_flow {
	struct anygw_flow_key key;
	enum anygw_slow_reason slow_reason;
	u8 src_check;		/* IPv4: anygw_flow_src_check() */
	u32 genid;		/* of the namespace, before the lookup */
	u32 fib6_gen;		/* IPv6: struct anygw_flows, likewise */
	u32 cookie;		/* IPv6: for dst_check() */
	/* The members below are set with ANYGW_SLOW_REASON_NONE only. */
	unsigned int mtu;	/* IPv4 */
	struct dst_entry *dst;	/* with a reference */
	bool nh_is_v6;		/* IPv4 packet, IPv6 next hop */
	union {
		__be32 nh4;
		struct in6_addr nh6;
	};
	struct anygw_gateway *out;	/* egress device, if it is a gateway */
	u16 vid;		/* of @out */
	/* jiffies; then the route and the endpoint are looked up again */
	unsigned long expires;
	unsigned long last_used;	/* jiffies */
	struct rcu_head rcu;
};

/* All flows of a namespace; @lock guards what writers change. */
struct anygw_flows {
	spinlock_t lock;
	bool dead;		/* no packets from now on */
	unsigned int generation;	/* incremented by each flush */
	unsigned int count;
	bool ptype_all_seen;	/* an IP packet socket without a device */
	unsigned long next_scan;	/* garbage collection, jiffies */
	struct net *net;
	/* Each IPv6 route event; the stack's own counter misses deletions. */
	atomic_t fib6_gen;
	struct notifier_block fib;
	bool fib_registered;	/* @fib, by @work only */
	struct delayed_work work;
	struct anygw_flow __rcu *flow[1 << ANYGW_FLOW_BITS][ANYGW_FLOW_SLOTS];
};

static inline u64 anygw_flow_key_meta(__be16 protocol, u8 tos)
{
	return (__force u32)protocol << 16 | (tos & ~INET_ECN_MASK);
}

static inline __be16 anygw_flow_key_proto(const struct anygw_flow_key *key)
{
	return (__force __be16)(key->meta >> 16);
}

static __always_inline bool
anygw_flow_key_equal(const struct anygw_flow_key *a,
		     const struct anygw_flow_key *b)
{
	if ((a->addr[0] ^ b->addr[0]) | (a->id ^ b->id) | (a->meta ^ b->meta))
		return false;
	return anygw_flow_key_proto(b) == htons(ETH_P_IP) ||
	       (a->addr[1] == b->addr[1] && a->addr[2] == b->addr[2] &&
		a->addr[3] == b->addr[3]);
}

static __always_inline u32 anygw_flow_hash(const struct anygw_flow_key *key)
{
	u64 mix = key->addr[0] ^ key->id * GOLDEN_RATIO_64 ^ key->meta;

	/* Keeps the last octets apart, in which addresses differ most. */
	if (anygw_flow_key_proto(key) != htons(ETH_P_IP))
		mix ^= rol64(key->addr[1], 24) ^ rol64(key->addr[2], 40) ^
		       key->addr[3];
	return hash_64(mix, ANYGW_FLOW_BITS);
}

/* Source validation settings, changes of which no generation counter shows. */
static __always_inline u8 anygw_flow_src_check(struct in_device *in_dev)
{
	return IN_DEV_RPFILTER(in_dev) | !!IN_DEV_SRC_VMARK(in_dev) << 4;
}

/* The flow found need not be valid any more. Context: RCU read side. */
static __always_inline struct anygw_flow *
anygw_flow_lookup(struct anygw_flows *flows, const struct anygw_flow_key *key)
{
	struct anygw_flow __rcu **slot = flows->flow[anygw_flow_hash(key)];
	struct anygw_flow *flow;
	int i;

	for (i = 0; i < ANYGW_FLOW_SLOTS; i++) {
		flow = rcu_dereference(slot[i]);
		if (flow && anygw_flow_key_equal(&flow->key, key))
			return flow;
	}
	return NULL;
}

/*
 * The neighbour entry of the next hop, or NULL if it needs resolution. @flow is
 * valid and has ANYGW_SLOW_REASON_NONE; it holds no reference, which would keep
 * a deleted entry in use. Context: RCU read side.
 */
static __always_inline struct neighbour *
anygw_flow_neigh(const struct anygw_flow *flow, __be16 protocol)
{
	struct net_device *dev = dst_dev_rcu(flow->dst);
	struct neighbour *n;

	if (protocol == htons(ETH_P_IP) && !flow->nh_is_v6)
		n = __ipv4_neigh_lookup_noref(dev, (__force u32)flow->nh4);
	else
		n = anygw_compat_neigh6(dev, &flow->nh6);
	return n && READ_ONCE(n->nud_state) & NUD_VALID ? n : NULL;
}

/*
 * Look up the route of a well-formed packet in the ingress hook and cache it;
 * the packet's destination entry is dropped. Return: NULL on allocation failure
 * or if flows were flushed meanwhile. Context: RCU read side, BH off.
 */
struct anygw_flow *
anygw_flow_create(struct anygw_net *an, struct anygw_gateway *gw,
		  const struct anygw_flow_key *key, struct sk_buff *skb);

/* The lookup alone: fills in @flow except its key. Release it afterwards. */
void anygw_flow_lookup_route(struct anygw_gateway *gw, struct sk_buff *skb,
			     struct anygw_flow *flow);
void anygw_flow_release(struct anygw_flow *flow);

/* Remove the flows with egress device @dev. */
void anygw_flow_flush_dev(struct anygw_net *an, const struct net_device *dev);

struct anygw_flows *anygw_flow_alloc(struct net *net);
/* After the last hook is gone; @flows may be NULL. */
void anygw_flow_free(struct anygw_flows *flows);

#endif
