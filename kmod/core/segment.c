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

int anygw_segment_by_addr(const struct anygw_segment *seg,
			  const struct in6_addr *addr)
{
	const struct anygw_prefix *own;
	int i;

	for (i = 0; i < seg->n_gw; i++)
		anygw_segment_for_each_addr(own, seg, i)
			if (ipv6_addr_equal(&own->addr, addr))
				return i;
	return ANYGW_NO_GATEWAY;
}

int anygw_segment_by_host(const struct anygw_segment *seg,
			  const struct in6_addr *addr)
{
	int i;

	for (i = 0; i < seg->n_gw; i++)
		if (anygw_gateway_conf_has_host(&seg->gw[i].conf, addr))
			return i;
	return ANYGW_NO_GATEWAY;
}

int anygw_segment_by_any_addr(const struct anygw_segment *seg,
			      const struct in6_addr *addr)
{
	int gw = anygw_segment_by_addr(seg, addr);

	return gw >= 0 ? gw : anygw_segment_by_host(seg, addr);
}

bool anygw_segment_has_family(const struct anygw_segment *seg, int gw,
			      bool ipv4)
{
	const struct anygw_prefix *own;

	anygw_segment_for_each_addr(own, seg, gw)
		if (ipv6_addr_v4mapped(&own->addr) == ipv4)
			return true;
	return false;
}

int anygw_segment_requester(const struct anygw_segment *seg,
			    const struct in6_addr *addr,
			    const struct in6_addr **self)
{
	int i, rank, best = 0, gw = ANYGW_NO_GATEWAY;
	const struct in6_addr *from = NULL;
	const struct anygw_prefix *own;

	for (i = 0; i < seg->n_gw; i++) {
		if (seg->gw[i].state == ANYGW_MODE_OBSERVE)
			continue;
		anygw_segment_for_each_addr(own, seg, i) {
			if (!anygw_same_family(&own->addr, addr))
				continue;
			rank = 1 + anygw_prefix_contains(own, addr);
			if (seg->gw[i].state == ANYGW_MODE_ACTIVE)
				rank += 2;
			if (rank <= best)
				continue;
			best = rank;
			gw = i;
			from = &own->addr;
		}
	}
	if (self && from)
		*self = ipv6_addr_v4mapped(from) ? from :
			anygw_segment_self6(seg, gw);
	return gw;
}

const struct in6_addr *anygw_segment_self6(const struct anygw_segment *seg,
					   int gw)
{
	const struct in6_addr *first = NULL;
	const struct anygw_prefix *own;

	anygw_segment_for_each_addr(own, seg, gw) {
		if (anygw_is_ll(&own->addr))
			return &own->addr;
		if (!first && !ipv6_addr_v4mapped(&own->addr))
			first = &own->addr;
	}
	return first;
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

int anygw_segment_first_gw(const struct anygw_segment *seg)
{
	int i, standby = ANYGW_NO_GATEWAY;

	for (i = 0; i < seg->n_gw; i++) {
		if (seg->gw[i].state == ANYGW_MODE_ACTIVE)
			return i;
		if (seg->gw[i].state == ANYGW_MODE_STANDBY && standby < 0)
			standby = i;
	}
	return standby >= 0 ? standby : 0;
}
