// SPDX-License-Identifier: GPL-2.0
#include <net/arp.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "neigh.h"

struct neighbour *anygw_neigh_lookup(const struct anygw_gateway *gw,
				     const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return neigh_lookup(&arp_tbl, &addr->s6_addr32[3], gw->dev);
	return ipv6_mod_enabled() ? neigh_lookup(&nd_tbl, addr, gw->dev) : NULL;
}

static bool neigh_mac(struct neighbour *n, u8 *mac)
{
	if (!(READ_ONCE(n->nud_state) & NUD_VALID))
		return false;
	neigh_ha_snapshot((char *)mac, n, n->dev);
	return true;
}

bool anygw_neigh_other(const struct anygw_segment *seg,
		       const struct in6_addr *addr, const u8 *claimed, u8 *mac)
{
	struct neighbour *n;
	bool other = false;
	int i;

	for (i = 0; i < seg->n_gw && !other; i++) {
		if (seg->gw[i].state != ANYGW_MODE_ACTIVE)
			continue;
		n = anygw_neigh_lookup(seg->gw[i].gateway, addr);
		if (!n)
			continue;
		other = neigh_mac(n, mac) && !ether_addr_equal(mac, claimed);
		neigh_release(n);
	}
	return other;
}

void anygw_neigh_update(const struct anygw_segment *seg,
			const struct in6_addr *addr, const u8 *mac)
{
	struct neighbour *n;
	u8 old[ETH_ALEN];
	int i;

	for (i = 0; i < seg->n_gw; i++) {
		if (seg->gw[i].state != ANYGW_MODE_ACTIVE)
			continue;
		n = anygw_neigh_lookup(seg->gw[i].gateway, addr);
		if (!n)
			continue;
		/* A confirmed entry need not be confirmed again. */
		if (!neigh_mac(n, old) || !ether_addr_equal(old, mac))
			neigh_update(n, mac, NUD_STALE,
				     NEIGH_UPDATE_F_OVERRIDE, 0);
		neigh_release(n);
	}
}
