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

/**
 * anygw_route_lookup() - look up a packet's route as the stack would
 * @gw: the gateway the packet is for
 * @skb: the packet in a bridge hook, its data behind the Ethernet header; its
 *	destination entry is dropped
 * @res: filled in
 * Context: RCU read side, bottom halves off.
 */
void anygw_route_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
			struct anygw_rt_result *res);

/**
 * anygw_route_reroute() - move a packet to a next hop that has not failed
 * @gw: the gateway it is about to be delivered to
 * @skb: the packet, for which anygw_route_lookup() has set @rerouted; left with
 *	the destination entry, or without one if the stack is to choose
 * Context: RCU read side, bottom halves off.
 */
void anygw_route_reroute(const struct anygw_gateway *gw, struct sk_buff *skb);

/**
 * anygw_route_usable() - whether this host is to handle a packet
 * @res: of its lookup
 * Return: false if there is no route, an unreachable or a throw route, no
 *	carrier at the egress device, or a router that does not answer. True
 *	for blackhole and prohibit routes, packets that must not be forwarded
 *	and on-link destinations that do not answer: those are left to the stack
 */
bool anygw_route_usable(const struct anygw_rt_result *res);

/* Has a failed next hop probed. Context: RCU read side, bottom halves off. */
void anygw_route_track_failed(struct anygw_net *an, struct anygw_gateway *gw,
			      const struct anygw_rt_result *res);

/**
 * anygw_fib4_lookup() - look up a packet's IPv4 route with all next hops
 * @gw: the gateway the packet is for
 * @skb: the packet, its IPv4 header pulled
 * @res: the route
 * Return: as fib_lookup()
 * Context: RCU read side, bottom halves off.
 */
int anygw_fib4_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
		      struct fib_result *res);

/* Context: RCU read side. */
bool anygw_fib6_is_multipath(const struct rt6_info *rt);

/**
 * anygw_fib6_lookup() - look up a packet's IPv6 route as on input
 * @gw: the gateway the packet is for
 * @skb: the packet, its IPv6 header pulled
 * Return: the entry with a reference; its error may be set
 * Context: RCU read side, bottom halves off; IPv6 is enabled.
 */
struct dst_entry *anygw_fib6_lookup(const struct anygw_gateway *gw,
				    struct sk_buff *skb);

#endif
