// SPDX-License-Identifier: GPL-2.0
/* The parts of anygw.h that are not inline. */
#include "anygw.h"

unsigned int anygw_net_id __read_mostly;

enum anygw_mode anygw_gateway_state(const struct anygw_gateway *gw)
{
	if (gw->conf.mode == ANYGW_MODE_ACTIVE &&
	    (gw->vlan_mismatch || !netif_running(gw->dev)))
		return ANYGW_MODE_STANDBY;
	return gw->conf.mode;
}

struct anygw_retired *anygw_retired_lookup(struct anygw_net *an, int bridge,
					   const u8 *mac)
{
	struct anygw_retired *r;

	list_for_each_entry_rcu(r, &an->retired, list, lockdep_rtnl_is_held())
		if (r->bridge == bridge && ether_addr_equal(r->vmac, mac))
			return r;
	return NULL;
}
