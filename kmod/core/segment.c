// SPDX-License-Identifier: GPL-2.0
#include "segment.h"

int anygw_segment_by_vmac(const struct anygw_segment *seg, const u8 *mac)
{
	int i;

	for (i = 0; i < seg->n_gw; i++)
		if (ether_addr_equal(seg->gw[i].vmac, mac))
			return i;
	return ANYGW_NO_GATEWAY;
}

int anygw_segment_by_addr4(const struct anygw_segment *seg, __be32 addr)
{
	int i, k;

	for (i = 0; i < seg->n_gw; i++) {
		const struct anygw_gwconf *gw = &seg->gw[i];

		for (k = gw->first4; k < gw->first4 + gw->n4; k++)
			if (seg->addr4[k].addr == addr)
				return i;
	}
	return ANYGW_NO_GATEWAY;
}

int anygw_segment_by_host4(const struct anygw_segment *seg, __be32 addr)
{
	int i;

	for (i = 0; addr && i < seg->n_gw; i++)
		if (seg->gw[i].host4 == addr)
			return i;
	return ANYGW_NO_GATEWAY;
}

int anygw_segment_asker4(const struct anygw_segment *seg, __be32 addr,
			 __be32 *self)
{
	int i, k, rank, best = 0, found = ANYGW_NO_GATEWAY;

	for (i = 0; i < seg->n_gw; i++) {
		const struct anygw_gwconf *gw = &seg->gw[i];

		if (gw->state == ANYGW_MODE_OBSERVE)
			continue;
		for (k = gw->first4; k < gw->first4 + gw->n4; k++) {
			const struct anygw_addr4 *own = &seg->addr4[k];

			rank = 1 + !((own->addr ^ addr) & own->mask);
			if (gw->state == ANYGW_MODE_ACTIVE)
				rank += 2;
			if (rank <= best)
				continue;
			best = rank;
			found = i;
			*self = own->addr;
		}
	}
	return found;
}

int anygw_segment_any(const struct anygw_segment *seg)
{
	int i, standby = 0;

	for (i = seg->n_gw - 1; i >= 0; i--)
		if (seg->gw[i].state == ANYGW_MODE_STANDBY)
			standby = i;
	for (i = 0; i < seg->n_gw; i++)
		if (seg->gw[i].state == ANYGW_MODE_ACTIVE)
			return i;
	return standby;
}
