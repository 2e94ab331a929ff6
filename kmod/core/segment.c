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

int anygw_segment_by_addr6(const struct anygw_segment *seg,
			   const struct in6_addr *addr)
{
	int i, k;

	for (i = 0; i < seg->n_gw; i++) {
		const struct anygw_gwconf *gw = &seg->gw[i];

		for (k = gw->first6; k < gw->first6 + gw->n6; k++)
			if (ipv6_addr_equal(&seg->addr6[k].addr, addr))
				return i;
	}
	return ANYGW_NO_GATEWAY;
}

int anygw_segment_by_host6(const struct anygw_segment *seg,
			   const struct in6_addr *addr)
{
	int i;

	if (ipv6_addr_any(addr))
		return ANYGW_NO_GATEWAY;
	for (i = 0; i < seg->n_gw; i++)
		if (ipv6_addr_equal(&seg->gw[i].host6, addr))
			return i;
	return ANYGW_NO_GATEWAY;
}

int anygw_segment_near6(const struct anygw_segment *seg,
			const struct in6_addr *addr)
{
	int i, k, rank, best = 0, found = ANYGW_NO_GATEWAY;

	for (i = 0; i < seg->n_gw; i++) {
		const struct anygw_gwconf *gw = &seg->gw[i];

		if (gw->state == ANYGW_MODE_OBSERVE)
			continue;
		for (k = gw->first6; k < gw->first6 + gw->n6; k++) {
			const struct anygw_addr6 *own = &seg->addr6[k];

			rank = 1 + ipv6_prefix_equal(&own->addr, addr,
						     own->plen);
			if (gw->state == ANYGW_MODE_ACTIVE)
				rank += 2;
			if (rank <= best)
				continue;
			best = rank;
			found = i;
		}
	}
	return found;
}

const struct in6_addr *anygw_segment_self6(const struct anygw_segment *seg,
					   int gw)
{
	const struct anygw_gwconf *conf = &seg->gw[gw];
	int k;

	for (k = conf->first6; k < conf->first6 + conf->n6; k++)
		if (ipv6_addr_type(&seg->addr6[k].addr) & IPV6_ADDR_LINKLOCAL)
			return &seg->addr6[k].addr;
	return conf->n6 ? &seg->addr6[conf->first6].addr : NULL;
}

void anygw_segment_host_ll(struct in6_addr *addr, const u8 *mac)
{
	memset(addr, 0, sizeof(*addr));
	addr->s6_addr[0] = 0xfe;
	addr->s6_addr[1] = 0x80;
	memcpy(addr->s6_addr + 8, mac, 3);
	addr->s6_addr[8] ^= 2;
	addr->s6_addr[11] = 0xff;
	addr->s6_addr[12] = 0xfe;
	memcpy(addr->s6_addr + 13, mac + 3, 3);
}

int anygw_segment_any_of(const struct anygw_segment *seg)
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
