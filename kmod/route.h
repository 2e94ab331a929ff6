/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ROUTE_H
#define ANYGW_ROUTE_H

#include "anygw.h"

struct fib_result;
struct rt6_info;

/**
 * struct anygw_rt_result - what the routing tables say of a packet
 * @reason: routed, or why not
 * @dev: the device it would leave by, NULL if no route leads to one
 * @has_gw: the next hop is a router that the route names, not the destination
 * @family: address family of the next hop, 0 without @dev
 * @nh4: the next hop; the destination itself, if there is no router
 * @nh6: the same
 * @neigh: the next hop's neighbour entry, or NULL
 * @nud: state of that entry when it was judged
 * @rerouted: the next hop that the stack would take is dead, this is another one
 * @failed: the entry of the one that is dead because it does not answer, a
 *	router; or NULL
 *
 * The pointers are good as long as the RCU read side lasts.
 */
struct anygw_rt_result {
	enum anygw_trace_reason reason;
	struct net_device *dev;
	bool has_gw;
	u8 family;
	u8 nud;
	union {
		__be32 nh4;
		struct in6_addr nh6;
	};
	struct neighbour *neigh;
	bool rerouted;
	struct neighbour *failed;
};

/**
 * anygw_route_lookup() - ask the routing tables as the stack would
 * @gw: the gateway a packet is for
 * @skb: the packet in a bridge hook, its data behind the Ethernet header; its
 *	destination entry is dropped
 * @way: filled in
 * Context: RCU read side, bottom halves off.
 *
 * What nobody may route is left to the stack.
 */
void anygw_route_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
		      struct anygw_rt_result *way);

/**
 * anygw_route_reroute() - have a packet go by a next hop that is not dead
 * @gw: the gateway it is about to arrive at
 * @skb: the packet, as for anygw_route_lookup(), which has found a way around;
 *	it is left with the destination entry for it, or without one if the
 *	stack is to choose
 * Context: RCU read side, bottom halves off.
 */
void anygw_route_reroute(const struct anygw_gateway *gw, struct sk_buff *skb);

/**
 * anygw_route_usable() - whether a packet is this host's to deal with
 * @way: what was found for it
 * Return: false if there is no route, or an unreachable or throw one, or if
 *	   the next hop's device has no carrier, or if it is a router and does
 *	   not answer. What the administrator forbids (blackhole, prohibit), what
 *	   nobody may route, and destinations on the link that do not answer are
 *	   left to the stack: true
 */
bool anygw_route_usable(const struct anygw_rt_result *way);

/**
 * anygw_route_track_failed() - a packet was judged by a way
 * @an: the namespace
 * @gw: the gateway
 * @way: the way; a next hop found dead is asked from time to time from now on
 * Context: RCU read side, bottom halves off.
 */
void anygw_route_track_failed(struct anygw_net *an, struct anygw_gateway *gw,
		      const struct anygw_rt_result *way);

/**
 * anygw_fib4_lookup() - find the IPv4 route of a packet, with all next hops
 * @gw: the gateway a packet is for
 * @skb: the packet, all of its header pulled
 * @res: the route
 * Return: 0, or as fib_lookup() does
 * Context: RCU read side, bottom halves off.
 */
int anygw_fib4_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
			struct fib_result *res);

/**
 * anygw_fib6_is_multipath() - whether an IPv6 route has several next hops
 * @rt: the route
 * Context: RCU read side.
 */
bool anygw_fib6_is_multipath(const struct rt6_info *rt);

/**
 * anygw_fib6_lookup() - ask the IPv6 tables as the stack does on input
 * @gw: the gateway a packet is for
 * @skb: the packet, all of its header pulled
 * Return: the entry, to be released; it may hold an error
 * Context: RCU read side, bottom halves off; IPv6 is on.
 */
struct dst_entry *anygw_fib6_lookup(const struct anygw_gateway *gw,
				      struct sk_buff *skb);

#endif
