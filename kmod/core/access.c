// SPDX-License-Identifier: GPL-2.0
/*
 * Judgement of the frames that enter the bridge by an access port.
 *
 * A gateway that only observes is judged as if it were active: the caller
 * counts the verdict and bridges the frame all the same.
 */
#include "verdict.h"

/* The gateway that has an address, be it the gateway's or the host's. */
static int by_any_addr4(const struct anygw_segment *seg, __be32 addr)
{
	int gw = anygw_segment_by_addr4(seg, addr);

	return gw >= 0 ? gw : anygw_segment_by_host4(seg, addr);
}

static int by_any_addr6(const struct anygw_segment *seg,
			const struct in6_addr *addr)
{
	int gw = anygw_segment_by_addr6(seg, addr);

	return gw >= 0 ? gw : anygw_segment_by_host6(seg, addr);
}

/* A VM uses an address that is never its own. */
static bool fence_mac(const struct anygw_segment *seg, const u8 *mac,
		      struct anygw_verdict *v)
{
	int gw = anygw_segment_by_vmac(seg, mac);

	if (gw >= 0)
		*v = drop(gw, ANYGW_REASON_SPOOFED_VMAC);
	else if (anygw_is_host_mac(mac))
		*v = refuse(seg, ANYGW_REASON_SPOOFED_HOST_MAC);
	else
		return false;
	return true;
}

/* A solicitation for a gateway is its own, unless it is in standby. */
static bool take_question(const struct anygw_segment *seg,
			  const struct anygw_frame *f, int gw,
			  struct anygw_verdict *v)
{
	/* In standby it leaves the question to whoever is active. */
	if (gw < 0 || seg->gw[gw].state == ANYGW_MODE_STANDBY)
		return false;
	/* The stack would not answer it. */
	if (f->snap)
		return false;
	*v = steer(seg, gw, ANYGW_F_QUESTION);
	return true;
}

/* Whether what a VM's ARP or RARP says decides about it. */
static bool access_arp(const struct anygw_segment *seg,
		       const struct anygw_frame *f, struct anygw_verdict *v)
{
	int gw;

	if (fence_mac(seg, f->arp.sha, v))
		return true;
	if (f->kind != ANYGW_FRAME_ARP)
		return false;
	gw = by_any_addr4(seg, f->arp.spa);
	if (gw >= 0) {
		*v = drop(gw, ANYGW_REASON_CLAIMED_ADDRESS);
		return true;
	}
	return f->arp.op == ARPOP_REQUEST &&
	       take_question(seg, f, by_any_addr4(seg, f->arp.tpa), v);
}

/* The same of a message of neighbour discovery. */
static bool access_nd(const struct anygw_segment *seg,
		      const struct anygw_frame *f, struct anygw_verdict *v)
{
	const struct anygw_nd *nd = &f->nd;
	int gw;

	if (nd->has_lladdr && fence_mac(seg, nd->lladdr, v))
		return true;
	if (nd->type == NDISC_ROUTER_ADVERTISEMENT ||
	    nd->type == NDISC_REDIRECT) {
		*v = refuse(seg, ANYGW_REASON_ROGUE_ROUTER);
		return true;
	}
	gw = by_any_addr6(seg, &nd->src);
	if (gw < 0 && nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT)
		gw = by_any_addr6(seg, &nd->target);
	if (gw < 0 && (ipv6_addr_equal(&nd->src, &seg->host_ll) ||
		       (nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT &&
			ipv6_addr_equal(&nd->target, &seg->host_ll))))
		gw = anygw_segment_any(seg);
	if (gw >= 0) {
		*v = drop(gw, ANYGW_REASON_CLAIMED_ADDRESS);
		return true;
	}
	return nd->type == NDISC_NEIGHBOUR_SOLICITATION &&
	       take_question(seg, f, by_any_addr6(seg, &nd->target), v);
}

/*
 * A router with a MAC for each family may be known by the other one: what the
 * gateway with that MAC cannot route, the router can.
 */
static bool speaks(const struct anygw_gwconf *conf,
		   const struct anygw_frame *f)
{
	if (f->kind == ANYGW_FRAME_IPV4)
		return conf->n4;
	return f->kind != ANYGW_FRAME_IPV6 || conf->n6;
}

/* A frame for the vMAC, which the real router may have, too. */
static struct anygw_verdict to_gateway(const struct anygw_segment *seg, int gw,
				       const struct anygw_frame *f)
{
	const struct anygw_gwconf *conf = &seg->gw[gw];
	struct anygw_verdict v;

	if (conf->fallback &&
	    (conf->state == ANYGW_MODE_STANDBY || !speaks(conf, f))) {
		v = pass(seg);
		v.gw = gw;
		v.flags = ANYGW_F_FALLBACK;
		return v;
	}
	v = steer(seg, gw, 0);
	if (v.act != ANYGW_STEER)
		return v;
	if (conf->coexist && anygw_frame_is_answer(f))
		v.flags |= ANYGW_F_BOTH;
	else if (conf->fallback && (f->kind == ANYGW_FRAME_IPV4 ||
				    f->kind == ANYGW_FRAME_IPV6))
		v.flags |= ANYGW_F_ROUTE;
	return v;
}

struct anygw_verdict anygw_classify_access(const struct anygw_segment *seg,
					   const struct anygw_frame *f)
{
	struct anygw_verdict v;
	int gw;

	if (fence_mac(seg, f->src, &v))
		return v;
	if (f->kind == ANYGW_FRAME_MALFORMED)
		return refuse(seg, ANYGW_REASON_MALFORMED);
	if (f->kind == ANYGW_FRAME_BEACON)
		return refuse(seg, ANYGW_REASON_BEACON);
	if ((f->kind == ANYGW_FRAME_ARP || f->kind == ANYGW_FRAME_RARP) &&
	    access_arp(seg, f, &v))
		return v;
	if (f->kind == ANYGW_FRAME_ND && access_nd(seg, f, &v))
		return v;
	if (anygw_frame_is_icmp4(f, ICMP_REDIRECT) ||
	    anygw_frame_is_icmp4(f, ANYGW_ICMP_ROUTER))
		return refuse(seg, ANYGW_REASON_ROGUE_ROUTER);

	gw = anygw_segment_by_vmac(seg, f->dst);
	if (gw >= 0)
		v = to_gateway(seg, gw, f);
	else if (ether_addr_equal(f->dst, seg->host_mac))
		v = refuse(seg, ANYGW_REASON_ACCESS_TO_HOST_MAC);
	else if (f->kind == ANYGW_FRAME_IPV6 && f->ip.hidden)
		v = refuse(seg, ANYGW_REASON_HIDDEN);
	else if (anygw_is_host_mac(f->dst))
		v = mark(seg, 0);
	else
		v = pass(seg);

	if (anygw_frame_is_answer(f))
		v.flags |= ANYGW_F_RELAY;
	return v;
}
