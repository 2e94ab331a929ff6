// SPDX-License-Identifier: GPL-2.0
/*
 * What the frames of virtual machines teach of their addresses.
 */
#include "learn.h"

/* The first gateway with an address in one of its subnets. */
static int subnet_of4(const struct anygw_segment *seg, __be32 addr)
{
	int i, k;

	for (i = 0; i < seg->n_gw; i++) {
		const struct anygw_gwconf *gw = &seg->gw[i];

		for (k = gw->first4; k < gw->first4 + gw->n4; k++)
			if (!((seg->addr4[k].addr ^ addr) & seg->addr4[k].mask))
				return i;
	}
	return ANYGW_NO_GATEWAY;
}

/* All zeros and all ones behind the prefix are nobody's, but for RFC 3021. */
static bool is_subnets_own(const struct anygw_addr4 *own, __be32 addr)
{
	static const __be32 one = (__force __be32)0xffffffff;
	__be32 rest = addr & ~own->mask;

	if ((addr ^ own->addr) & own->mask)
		return false;
	if (own->mask == one || ntohl(~own->mask) == 1)
		return false;
	return !rest || rest == ~own->mask;
}

static bool may_be_a_machines4(const struct anygw_segment *seg, __be32 addr)
{
	int i, k;

	if (subnet_of4(seg, addr) < 0 ||
	    anygw_segment_by_addr4(seg, addr) >= 0 ||
	    anygw_segment_by_host4(seg, addr) >= 0)
		return false;
	for (i = 0; i < seg->n_gw; i++) {
		const struct anygw_gwconf *gw = &seg->gw[i];

		for (k = gw->first4; k < gw->first4 + gw->n4; k++)
			if (is_subnets_own(&seg->addr4[k], addr))
				return false;
	}
	return true;
}

/* The same for IPv6, where link-local prefixes do not count. */
static int subnet_of6(const struct anygw_segment *seg,
		      const struct in6_addr *addr)
{
	int i, k;

	if (ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL)
		return ANYGW_NO_GATEWAY;
	for (i = 0; i < seg->n_gw; i++) {
		const struct anygw_gwconf *gw = &seg->gw[i];

		for (k = gw->first6; k < gw->first6 + gw->n6; k++)
			if (ipv6_prefix_equal(&seg->addr6[k].addr, addr,
					      seg->addr6[k].plen))
				return i;
	}
	return ANYGW_NO_GATEWAY;
}

/*
 * All zeros behind the prefix are any router's, RFC 4291 section 2.6.1, but
 * for RFC 6164.
 */
static bool is_any_routers(const struct anygw_addr6 *own,
			   const struct in6_addr *addr)
{
	struct in6_addr prefix;

	if (own->plen >= 127)
		return false;
	ipv6_addr_prefix(&prefix, &own->addr, own->plen);
	return ipv6_addr_equal(&prefix, addr);
}

static bool may_be_a_machines6(const struct anygw_segment *seg,
			       const struct in6_addr *addr)
{
	int i, k;

	if (subnet_of6(seg, addr) < 0 ||
	    anygw_segment_by_addr6(seg, addr) >= 0 ||
	    anygw_segment_by_host6(seg, addr) >= 0)
		return false;
	for (i = 0; i < seg->n_gw; i++) {
		const struct anygw_gwconf *gw = &seg->gw[i];

		for (k = gw->first6; k < gw->first6 + gw->n6; k++)
			if (is_any_routers(&seg->addr6[k], addr))
				return false;
	}
	return true;
}

/* The MACs of gateways and hosts are no machine's. */
static bool from_machine(const struct anygw_segment *seg,
			 const struct anygw_frame *f)
{
	return !anygw_is_host_mac(f->src) &&
	       anygw_segment_by_vmac(seg, f->src) < 0;
}

/* An answer given for somebody else (proxy ARP) says nothing of the sender. */
static enum anygw_lesson learn_arp(const struct anygw_segment *seg,
				   const struct anygw_frame *f,
				   struct in6_addr *addr)
{
	if (!ether_addr_equal(f->arp.sha, f->src) ||
	    !may_be_a_machines4(seg, f->arp.spa))
		return ANYGW_LESSON_NONE;
	ipv6_addr_set_v4mapped(f->arp.spa, addr);
	return ANYGW_LESSON_SAID;
}

/*
 * Who asks without a link-layer address shows only that he uses his own; who
 * answers without one answers for himself, RFC 4861 section 4.4.
 */
static enum anygw_lesson learn_nd(const struct anygw_segment *seg,
				  const struct anygw_frame *f,
				  struct in6_addr *addr)
{
	const struct anygw_nd *nd = &f->nd;
	bool answer = nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT;

	*addr = *anygw_frame_claimed6(f);
	if (nd->has_lladdr && !ether_addr_equal(nd->lladdr, f->src))
		return ANYGW_LESSON_NONE;
	if ((!answer && nd->type != NDISC_NEIGHBOUR_SOLICITATION &&
	     nd->type != NDISC_ROUTER_SOLICITATION) ||
	    !may_be_a_machines6(seg, addr))
		return ANYGW_LESSON_NONE;
	return answer || nd->has_lladdr ? ANYGW_LESSON_SAID :
					  ANYGW_LESSON_USED;
}

enum anygw_lesson anygw_learn(const struct anygw_segment *seg,
			      const struct anygw_frame *f,
			      struct in6_addr *addr)
{
	if (!from_machine(seg, f))
		return ANYGW_LESSON_NONE;
	switch (f->kind) {
	case ANYGW_FRAME_ARP:
		return learn_arp(seg, f, addr);
	case ANYGW_FRAME_ND:
		return learn_nd(seg, f, addr);
	case ANYGW_FRAME_IPV4:
		if (!may_be_a_machines4(seg, f->ip.src4))
			return ANYGW_LESSON_NONE;
		ipv6_addr_set_v4mapped(f->ip.src4, addr);
		return ANYGW_LESSON_USED;
	case ANYGW_FRAME_IPV6:
		if (!may_be_a_machines6(seg, &f->ip.src6))
			return ANYGW_LESSON_NONE;
		*addr = f->ip.src6;
		return ANYGW_LESSON_USED;
	default:
		return ANYGW_LESSON_NONE;
	}
}

int anygw_learn_gateway(const struct anygw_segment *seg,
			const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return subnet_of4(seg, addr->s6_addr32[3]);
	return subnet_of6(seg, addr);
}
