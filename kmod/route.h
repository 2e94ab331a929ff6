/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ROUTE_H
#define ANYGW_ROUTE_H

#include "anygw.h"

struct fib_result;
struct rt6_info;

/* The pointers are valid within the RCU read side critical section. */
struct anygw_rt_result {
	enum anygw_trace_reason reason;	/* routed, or why not */
	struct net_device *dev;		/* egress device, or NULL */
	bool has_gw;			/* @nh is a router, not on-link */
	u8 nud;				/* state of @neigh at the lookup */
	struct in6_addr nh;		/* IPv6, or IPv4 mapped; with @dev */
	struct neighbour *neigh;	/* of @nh, or NULL */
	bool rerouted;			/* @nh replaces the failed next hop */
	struct neighbour *failed;	/* a router that does not answer */
};

/*
 * Look up a packet's route as the stack would. @skb: the packet in a bridge
 * hook, its data behind the Ethernet header; its destination entry is dropped.
 * @set_dst: if @res is @rerouted, @skb gets the entry of that next hop, or is
 * left without one if the stack is to choose. Context: RCU read side, bottom
 * halves off.
 */
void anygw_route_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
			struct anygw_rt_result *res, bool set_dst);

/*
 * False if there is no route, an unreachable or a throw route, no carrier at
 * the egress device, or a router that does not answer. True for all that is
 * left to the stack: blackhole and prohibit routes, packets that must not be
 * forwarded, on-link destinations that do not answer.
 */
bool anygw_route_usable(const struct anygw_rt_result *res);

/*
 * Look up the IPv4 route with all next hops. @skb has its IPv4 header pulled.
 * Return: as fib_lookup(). Context: RCU read side, bottom halves off.
 */
int anygw_fib4_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
		      struct fib_result *res);

/* Context: RCU read side. */
bool anygw_fib6_is_multipath(const struct rt6_info *rt);

/*
 * Look up the IPv6 route as on input. @skb has its IPv6 header pulled. @hash
 * selects one of several next hops; 0: the packet's own hash does. Return: the
 * entry with a reference; its error may be set. Context: RCU read side, bottom
 * halves off; IPv6 is enabled.
 */
struct dst_entry *
anygw_fib6_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
		  u32 hash, bool forwards);

#endif
