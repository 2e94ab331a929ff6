/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vMACs of gateways that were deleted a moment ago.
 *
 * What a gateway has sent may still wait in a queueing discipline of the
 * bridge, behind an ifb or in user space (NFQUEUE) when it is deleted. As long
 * as that may be so the hooks stay, and keep its vMAC off the fabric (W1).
 */
#ifndef ANYGW_RETIRED_H
#define ANYGW_RETIRED_H

#include "anygw.h"

/**
 * anygw_retired_add() - a gateway is about to be deleted
 * @an: the namespace
 * @br: its bridge
 * @vmac: its MAC
 * Context: RTNL; before the gateway is taken out of its segment.
 */
void anygw_retired_add(struct anygw_net *an, const struct net_device *br,
		       const u8 *vmac);

/**
 * anygw_retired_init() - start with none
 * @an: the namespace
 */
void anygw_retired_init(struct anygw_net *an);

/**
 * anygw_retired_flush() - empty the queues where frames of gateways may wait
 *
 * The module goes, and they would leave by the fabric as they are.
 * Context: process, without RTNL; all gateways are deleted, and the ports still
 * known, without which the hooks look at nothing.
 */
void anygw_retired_flush(void);

/**
 * anygw_retired_exit() - forget all
 * @an: the namespace, its gateways gone
 * Context: process, without RTNL.
 */
void anygw_retired_exit(struct anygw_net *an);

#endif
