// SPDX-License-Identifier: GPL-2.0
/* Learn the addresses of virtual machines from their frames. */
#include "learn.h"

int anygw_learn_gateway(const struct anygw_segment *seg,
			const struct in6_addr *addr)
{
	const struct anygw_prefix *own;
	int i;

	if (anygw_is_ll(addr))
		return ANYGW_NO_GATEWAY;
	for (i = 0; i < seg->n_gw; i++)
		anygw_segment_for_each_addr(own, seg, i)
			if (anygw_prefix_contains(own, addr))
				return i;
	return ANYGW_NO_GATEWAY;
}

/*
 * A host part of all zeros is the subnet or the subnet-router anycast address
 * (RFC 4291 section 2.6.1), in IPv4 all ones is broadcast. RFC 3021 and
 * RFC 6164 except the two longest prefixes.
 */
static bool learn_is_reserved(const struct anygw_prefix *own,
			      const struct in6_addr *addr)
{
	struct in6_addr reserved;

	if (own->plen >= 127)
		return false;
	ipv6_addr_prefix(&reserved, &own->addr, own->plen);
	if (ipv6_addr_equal(&reserved, addr))
		return true;
	if (!ipv6_addr_v4mapped(&own->addr))
		return false;
	reserved.s6_addr32[3] |= htonl(~0U >> (own->plen - ANYGW_PLEN4));
	return ipv6_addr_equal(&reserved, addr);
}

static bool learn_is_host_addr(const struct anygw_segment *seg,
			       const struct in6_addr *addr)
{
	const struct anygw_prefix *own;
	int i;

	if (anygw_learn_gateway(seg, addr) < 0 ||
	    anygw_segment_by_any_addr(seg, addr) >= 0)
		return false;
	for (i = 0; i < seg->n_gw; i++)
		anygw_segment_for_each_addr(own, seg, i)
			if (learn_is_reserved(own, addr))
				return false;
	return true;
}

/* Proxy ARP says nothing about the sender's own address. */
static enum anygw_learn_src learn_arp(const struct anygw_segment *seg,
				      const struct anygw_frame *f)
{
	return ether_addr_equal(f->arp.sha, f->src) &&
	       learn_is_host_addr(seg, &f->arp.spa) ? ANYGW_LEARN_CLAIMED :
						      ANYGW_LEARN_NONE;
}

/*
 * Without link-layer address option a solicitation only uses its source
 * address; an advertisement still is for the sender, RFC 4861 section 4.4.
 */
static enum anygw_learn_src learn_nd(const struct anygw_segment *seg,
				     const struct anygw_frame *f)
{
	const struct anygw_nd *nd = &f->nd;
	bool advert = nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT;

	if ((nd->has_lladdr && !ether_addr_equal(nd->lladdr, f->src)) ||
	    (!advert && nd->type != NDISC_NEIGHBOUR_SOLICITATION &&
	     nd->type != NDISC_ROUTER_SOLICITATION) ||
	    !learn_is_host_addr(seg, anygw_frame_claimed_addr(f)))
		return ANYGW_LEARN_NONE;
	return advert || nd->has_lladdr ? ANYGW_LEARN_CLAIMED :
					  ANYGW_LEARN_OBSERVED;
}

enum anygw_learn_src anygw_learn(const struct anygw_segment *seg,
				 const struct anygw_frame *f,
				 struct in6_addr *addr)
{
	enum anygw_learn_src src = ANYGW_LEARN_NONE;

	/* Gateways and anygw hosts are not endpoints. */
	if (anygw_is_host_mac(f->src) ||
	    anygw_segment_by_vmac(seg, f->src) >= 0)
		return ANYGW_LEARN_NONE;
	if (f->kind == ANYGW_FRAME_ARP)
		src = learn_arp(seg, f);
	else if (f->kind == ANYGW_FRAME_ND)
		src = learn_nd(seg, f);
	else if (anygw_frame_is_ip(f) && learn_is_host_addr(seg, &f->ip.src))
		src = ANYGW_LEARN_OBSERVED;
	if (src != ANYGW_LEARN_NONE)
		*addr = anygw_frame_is_ip(f) ? f->ip.src :
					       *anygw_frame_claimed_addr(f);
	return src;
}
