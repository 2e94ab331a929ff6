/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_NEXTHOP_H
#define ANYGW_NEXTHOP_H

#include "anygw.h"

/*
 * Probe a next hop that does not answer, until it answers or no packet has
 * wanted it for a minute. @gw: the gateway whose packet was to go there; @n:
 * NULL for none. Context: RCU read side, bottom halves off.
 */
void anygw_failed_nh_add(struct anygw_net *an, struct anygw_gateway *gw,
			 struct neighbour *n);

/* Whether it has failed and not answered since. Context: RCU read side. */
bool anygw_failed_nh_is(const struct neighbour *n);

void anygw_failed_nh_init(struct anygw_net *an);
/* After the last hook is gone. */
void anygw_failed_nh_exit(struct anygw_net *an);

/*
 * Forget those of a gateway, after its @dying is set so that none is added any
 * more, or those behind a device. The other one is NULL.
 */
void anygw_failed_nh_flush(struct anygw_net *an, const struct anygw_gateway *gw,
			   const struct net_device *dev);

#endif
