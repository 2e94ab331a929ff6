/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ROUTE_H
#define ANYGW_ROUTE_H

#include "anygw.h"

/**
 * anygw_route_there() - whether this host can route a packet on
 * @an: the namespace
 * @gw: the gateway it is for
 * @skb: the packet in a bridge hook, its data behind the Ethernet header; its
 *	destination entry is dropped
 * Return: false if there is no route, or an unreachable or throw one, or if
 *	   the next hop's device has no carrier or its neighbour has failed.
 *	   What the administrator forbids (blackhole, prohibit), and what
 *	   nobody may route, is left to the stack: true
 * Context: RCU read side, bottom halves off.
 */
bool anygw_route_there(struct anygw_net *an, struct anygw_gateway *gw,
		       struct sk_buff *skb);

/**
 * anygw_route_init() - start with no next hop known to be dead
 * @an: the namespace
 */
void anygw_route_init(struct anygw_net *an);

/**
 * anygw_route_exit() - forget all, after the last hook is gone
 * @an: the namespace
 */
void anygw_route_exit(struct anygw_net *an);

/**
 * anygw_route_device_gone() - forget the next hops behind a device
 * @an: the namespace
 * @dev: the device
 * Context: RTNL.
 */
void anygw_route_device_gone(struct anygw_net *an,
			     const struct net_device *dev);

#endif
