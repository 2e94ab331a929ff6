/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_NEXTHOP_H
#define ANYGW_NEXTHOP_H

#include "anygw.h"

/**
 * anygw_failed_nh_add() - a packet was to go to a next hop that does not answer
 * @an: the namespace
 * @gw: the gateway whose packet it is
 * @n: the next hop, which is asked from time to time from now on
 * Context: RCU read side, bottom halves off.
 */
void anygw_failed_nh_add(struct anygw_net *an, struct anygw_gateway *gw,
		       struct neighbour *n);

/**
 * anygw_failed_nh_is() - whether a next hop has failed, and not answered since
 * @n: the next hop
 * Context: RCU read side.
 */
bool anygw_failed_nh_is(const struct neighbour *n);

/**
 * anygw_failed_nh_init() - start with none
 * @an: the namespace
 */
void anygw_failed_nh_init(struct anygw_net *an);

/**
 * anygw_failed_nh_exit() - forget all, after the last hook is gone
 * @an: the namespace
 */
void anygw_failed_nh_exit(struct anygw_net *an);

/**
 * anygw_failed_nh_flush_gateway() - forget those that a gateway has found
 * @an: the namespace
 * @gw: the gateway, no more to be found
 * Context: RTNL.
 */
void anygw_failed_nh_flush_gateway(struct anygw_net *an,
			       const struct anygw_gateway *gw);

/**
 * anygw_failed_nh_flush_dev() - forget those behind a device
 * @an: the namespace
 * @dev: the device
 * Context: RTNL.
 */
void anygw_failed_nh_flush_dev(struct anygw_net *an,
			      const struct net_device *dev);

#endif
