/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_RETIRED_H
#define ANYGW_RETIRED_H

#include "anygw.h"

void anygw_retired_init(struct anygw_net *an);
/* At namespace exit, without RTNL; the gateways are deleted. */
void anygw_retired_exit(struct anygw_net *an);

/* Call before the gateway is removed from its segment. */
void anygw_retired_add(struct anygw_net *an, const struct net_device *br,
		       const u8 *vmac);

/*
 * On module unload, in all namespaces: drop frames of gateways that are still
 * queued at a bridge. Takes RTNL. All gateways are deleted, but the ports must
 * still exist: without them the hooks ignore a frame.
 */
void anygw_retired_flush(void);

#endif
