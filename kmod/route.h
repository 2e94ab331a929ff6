/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ROUTE_H
#define ANYGW_ROUTE_H

#include "anygw.h"

struct fib_result;
struct rt6_info;

/**
 * struct anygw_way - what the routing tables say of a packet
 * @reason: routed, or why not
 * @dev: the device it would leave by, NULL if no route leads to one
 * @via: the next hop is a router that the route names, not the destination
 * @family: address family of the next hop, 0 without @dev
 * @hop4: the next hop; the destination itself, if there is no router
 * @hop6: the same
 * @neigh: the next hop's neighbour entry, or NULL
 * @nud: state of that entry when it was judged
 * @around: the next hop that the stack would take is dead, this is another one
 * @failed: the entry of the one that is dead because it does not answer, a
 *	router; or NULL
 *
 * The pointers are good as long as the RCU read side lasts.
 */
struct anygw_way {
	enum anygw_trace_reason reason;
	struct net_device *dev;
	bool via;
	u8 family;
	u8 nud;
	union {
		__be32 hop4;
		struct in6_addr hop6;
	};
	struct neighbour *neigh;
	bool around;
	struct neighbour *failed;
};

/**
 * anygw_route_find() - ask the routing tables as the stack would
 * @gw: the gateway a packet is for
 * @skb: the packet in a bridge hook, its data behind the Ethernet header; its
 *	destination entry is dropped
 * @way: filled in
 * Context: RCU read side, bottom halves off.
 *
 * What nobody may route is left to the stack.
 */
void anygw_route_find(const struct anygw_gateway *gw, struct sk_buff *skb,
		      struct anygw_way *way);

/**
 * anygw_route_around() - have a packet go by a next hop that is not dead
 * @gw: the gateway it is about to arrive at
 * @skb: the packet, as for anygw_route_find(), which has found a way around;
 *	it is left with the destination entry for it, or without one if the
 *	stack is to choose
 * Context: RCU read side, bottom halves off.
 */
void anygw_route_around(const struct anygw_gateway *gw, struct sk_buff *skb);

/**
 * anygw_route_is_way() - whether a packet is this host's to deal with
 * @way: what was found for it
 * Return: false if there is no route, or an unreachable or throw one, or if
 *	   the next hop's device has no carrier, or if it is a router and does
 *	   not answer. What the administrator forbids (blackhole, prohibit), what
 *	   nobody may route, and destinations on the link that do not answer are
 *	   left to the stack: true
 */
bool anygw_route_is_way(const struct anygw_way *way);

/**
 * anygw_route_used() - a packet was judged by a way
 * @an: the namespace
 * @gw: the gateway
 * @way: the way; a next hop found dead is asked from time to time from now on
 * Context: RCU read side, bottom halves off.
 */
void anygw_route_used(struct anygw_net *an, struct anygw_gateway *gw,
		      const struct anygw_way *way);

/**
 * anygw_route_lookup4() - find the IPv4 route of a packet, with all next hops
 * @gw: the gateway a packet is for
 * @skb: the packet, all of its header pulled
 * @res: the route
 * Return: 0, or as fib_lookup() does
 * Context: RCU read side, bottom halves off.
 */
int anygw_route_lookup4(const struct anygw_gateway *gw, struct sk_buff *skb,
			struct fib_result *res);

/**
 * anygw_route_is_multipath6() - whether an IPv6 route has several next hops
 * @rt: the route
 * Context: RCU read side.
 */
bool anygw_route_is_multipath6(const struct rt6_info *rt);

/**
 * anygw_route_lookup6() - ask the IPv6 tables as the stack does on input
 * @gw: the gateway a packet is for
 * @skb: the packet, all of its header pulled
 * Return: the entry, to be released; it may hold an error
 * Context: RCU read side, bottom halves off; IPv6 is on.
 */
struct dst_entry *anygw_route_lookup6(const struct anygw_gateway *gw,
				      struct sk_buff *skb);

#endif
