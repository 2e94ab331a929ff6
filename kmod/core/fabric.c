// SPDX-License-Identifier: GPL-2.0
/*
 * Judgement of the frames that enter the bridge by a fabric port.
 *
 * A gateway that only observes is judged as if it were active: the caller
 * counts the verdict and bridges the frame all the same.
 */
#include "verdict.h"

/*
 * What a question or an answer says of addresses, of either family.
 *
 * @claimed: the gateway whose address the sender claims as its own, if any
 * @agrees: the claim is a real router's, which has the vMAC as well
 * @own: the gateway whose address is asked for, if any
 * @host: the same for a host-address
 * @announces: the sender asks for its own address
 */
struct sayings {
	int claimed;
	bool agrees;
	int own;
	int host;
	bool announces;
};

static bool coexists(const struct anygw_segment *seg, int gw)
{
	return gw >= 0 && seg->gw[gw].coexist;
}

static bool to_us(const struct anygw_segment *seg, const struct anygw_frame *f)
{
	return ether_addr_equal(f->dst, seg->host_mac);
}

static bool between_hosts(const struct anygw_frame *f)
{
	return anygw_is_host_mac(f->src) || anygw_is_host_mac(f->dst);
}

/* The same of neighbour discovery, whose options name MACs as well. */
static bool nd_between_hosts(const struct anygw_frame *f)
{
	return between_hosts(f) ||
	       (f->nd.has_lladdr && anygw_is_host_mac(f->nd.lladdr));
}

/* A hardware address within the frame that is not the sender's to use. */
static bool contests_mac(const struct anygw_segment *seg, const u8 *mac,
			 struct anygw_verdict *v)
{
	int gw = anygw_segment_by_vmac(seg, mac);

	if (gw >= 0 && !coexists(seg, gw))
		*v = conflict(gw, ANYGW_REASON_FABRIC_FROM_VMAC);
	else if (ether_addr_equal(mac, seg->host_mac))
		*v = conflict(anygw_segment_any(seg),
			      ANYGW_REASON_OWN_HOST_MAC);
	else
		return false;
	return true;
}

static struct anygw_verdict question(const struct anygw_segment *seg,
				     const struct anygw_frame *f,
				     const struct sayings *s, bool from_host)
{
	u8 flags = 0;

	if (s->claimed >= 0) {
		if (s->own >= 0)
			return conflict(s->claimed, ANYGW_REASON_FABRIC_CLAIM);
		flags = ANYGW_F_CONFLICT;
	}
	if (s->host >= 0 && s->own < 0)
		return steer(seg, s->host, flags | ANYGW_F_QUESTION);
	/* The host itself has nothing else to answer: it is no open router. */
	if (to_us(seg, f)) {
		struct anygw_verdict v = refuse(seg, ANYGW_REASON_NOT_FOR_HOST);

		v.flags = flags;
		return v;
	}
	if (s->claimed >= 0 || from_host) {
		/* The gateways' and a sender's own addresses are no VM's. */
		if (s->own < 0 && !s->announces)
			flags |= ANYGW_F_ASK;
		return mark(seg, flags);
	}
	return pass(seg);
}

static struct anygw_verdict answer(const struct anygw_segment *seg,
				   const struct anygw_frame *f,
				   const struct sayings *s, int asker,
				   bool from_host)
{
	if (s->claimed >= 0)
		return conflict(s->claimed, ANYGW_REASON_FABRIC_CLAIM);
	if (!to_us(seg, f))
		return from_host ? mark(seg, 0) : pass(seg);
	if (asker < 0)
		return refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
	return steer(seg, asker, 0);
}

/* The real router says what is true: it concerns everybody but us. */
static struct anygw_verdict real_router(const struct anygw_segment *seg,
					const struct anygw_frame *f)
{
	return to_us(seg, f) ? refuse(seg, ANYGW_REASON_NOT_FOR_HOST) :
			       pass(seg);
}

static struct anygw_verdict fabric_arp(const struct anygw_segment *seg,
				       const struct anygw_frame *f)
{
	bool from_host = between_hosts(f) || anygw_is_host_mac(f->arp.sha);
	struct anygw_verdict v;
	struct sayings s;
	__be32 self;
	int gw;

	if (contests_mac(seg, f->arp.sha, &v))
		return v;
	if (f->kind == ANYGW_FRAME_RARP) {
		if (to_us(seg, f))
			return refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
		return from_host ? mark(seg, 0) : pass(seg);
	}
	gw = anygw_segment_by_host4(seg, f->arp.spa);
	if (gw >= 0)
		return conflict(gw, ANYGW_REASON_FABRIC_CLAIM);

	s.claimed = anygw_segment_by_addr4(seg, f->arp.spa);
	s.own = anygw_segment_by_addr4(seg, f->arp.tpa);
	s.host = anygw_segment_by_host4(seg, f->arp.tpa);
	s.announces = f->arp.spa == f->arp.tpa;
	s.agrees = coexists(seg, s.claimed) &&
		   ether_addr_equal(f->arp.sha, seg->gw[s.claimed].vmac);
	if (s.agrees)
		return real_router(seg, f);
	if (f->arp.op == ARPOP_REQUEST)
		return question(seg, f, &s, from_host);
	return answer(seg, f, &s,
		      anygw_segment_asker4(seg, f->arp.spa, &self), from_host);
}

/* Whether a message about a gateway's address is that of a real router. */
static bool agrees6(const struct anygw_segment *seg, int gw,
		    const struct anygw_frame *f)
{
	const struct anygw_nd *nd = &f->nd;

	if (!coexists(seg, gw))
		return false;
	/* What is hidden behind the options may be another's address. */
	if (nd->partial && !ether_addr_equal(f->src, seg->gw[gw].vmac))
		return false;
	return ether_addr_equal(nd->has_lladdr ? nd->lladdr : f->src,
				seg->gw[gw].vmac);
}

/* Only by its MAC it is told from others that use its address. */
static bool is_real_router(const struct anygw_segment *seg, int gw,
			   const struct anygw_frame *f)
{
	return coexists(seg, gw) && ether_addr_equal(f->src, seg->gw[gw].vmac);
}

/* Router solicitations and advertisements, and redirects. */
static struct anygw_verdict fabric_router(const struct anygw_segment *seg,
					  const struct anygw_frame *f)
{
	const struct anygw_nd *nd = &f->nd;
	int gw = anygw_segment_by_addr6(seg, &nd->src);

	/* A redirect's link-layer address is that of its target. */
	if (nd->type == NDISC_REDIRECT) {
		int target = anygw_segment_by_addr6(seg, &nd->target);

		if (target >= 0 && !agrees6(seg, target, f))
			return conflict(target, ANYGW_REASON_FABRIC_CLAIM);
		if (gw >= 0 && !is_real_router(seg, gw, f))
			return conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	} else if (gw >= 0 && !agrees6(seg, gw, f)) {
		return conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	}
	if (to_us(seg, f))
		return refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
	if (nd->type != NDISC_ROUTER_SOLICITATION && anygw_is_host_mac(f->src))
		return refuse(seg, ANYGW_REASON_FABRIC_UNTRANSLATABLE);
	return nd_between_hosts(f) ? mark(seg, 0) : pass(seg);
}

/* Somebody looks for the address we ask from. */
static struct anygw_verdict for_host_ll(const struct anygw_segment *seg,
					const struct anygw_frame *f)
{
	struct anygw_verdict v = {
		.act = ANYGW_ANSWER,
		.gw = anygw_segment_any(seg),
	};

	/* Or wants it for itself, RFC 4862 section 5.4. */
	if (ipv6_addr_any(&f->nd.src))
		return conflict(v.gw, ANYGW_REASON_OWN_HOST_MAC);
	return v;
}

static struct anygw_verdict fabric_nd(const struct anygw_segment *seg,
				      const struct anygw_frame *f)
{
	const struct anygw_nd *nd = &f->nd;
	const struct in6_addr *said = anygw_frame_claimed6(f);
	struct anygw_verdict v;
	struct sayings s;
	int gw;

	if (nd->has_lladdr && contests_mac(seg, nd->lladdr, &v))
		return v;
	if (ipv6_addr_equal(said, &seg->host_ll))
		return conflict(anygw_segment_any(seg),
				ANYGW_REASON_OWN_HOST_MAC);
	gw = anygw_segment_by_host6(seg, said);
	if (gw >= 0)
		return conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	if (nd->type != NDISC_NEIGHBOUR_SOLICITATION &&
	    nd->type != NDISC_NEIGHBOUR_ADVERTISEMENT)
		return fabric_router(seg, f);

	s.claimed = anygw_segment_by_addr6(seg, said);
	s.own = anygw_segment_by_addr6(seg, &nd->target);
	s.host = anygw_segment_by_host6(seg, &nd->target);
	s.announces = false;
	s.agrees = agrees6(seg, s.claimed, f);
	if (s.agrees)
		return real_router(seg, f);
	if (nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT)
		return answer(seg, f, &s,
			      anygw_segment_near6(seg, &nd->target),
			      nd_between_hosts(f));
	if (ipv6_addr_equal(&nd->target, &seg->host_ll))
		return for_host_ll(seg, f);
	return question(seg, f, &s, nd_between_hosts(f));
}

/* What tells hosts of routes is believed by its source address (RFC 1122). */
static bool redirects4(const struct anygw_segment *seg,
		       const struct anygw_frame *f, int *gw)
{
	if (!anygw_frame_is_icmp4(f, ICMP_REDIRECT) &&
	    !anygw_frame_is_icmp4(f, ANYGW_ICMP_ROUTER))
		return false;
	*gw = anygw_segment_by_addr4(seg, f->ip.src4);
	return *gw >= 0 && !is_real_router(seg, *gw, f);
}

/* Whether a packet is for this host itself, by its host MAC. */
static int by_host_address(const struct anygw_segment *seg,
			   const struct anygw_frame *f)
{
	switch (f->kind) {
	case ANYGW_FRAME_IPV4:
		return anygw_segment_by_host4(seg, f->ip.dst4);
	case ANYGW_FRAME_IPV6:
		return anygw_segment_by_host6(seg, &f->ip.dst6);
	default:
		return ANYGW_NO_GATEWAY;
	}
}

struct anygw_verdict anygw_classify_fabric(const struct anygw_segment *seg,
					   const struct anygw_frame *f)
{
	int gw;

	if (ether_addr_equal(f->src, seg->host_mac))
		return conflict(anygw_segment_any(seg),
				ANYGW_REASON_OWN_HOST_MAC);
	gw = anygw_segment_by_vmac(seg, f->src);
	if (gw >= 0 && !coexists(seg, gw))
		return conflict(gw, ANYGW_REASON_FABRIC_FROM_VMAC);
	/* For all hosts beyond the other fabric ports, and for no VM. */
	if (f->kind == ANYGW_FRAME_BEACON)
		return mark(seg, 0);
	/*
	 * The real router may say all that it pleases, but not to us; only
	 * what it says of addresses is judged as anybody's. One with a MAC
	 * for each family may answer with the wrong one.
	 */
	if (gw >= 0 && !to_us(seg, f) && f->kind != ANYGW_FRAME_ARP &&
	    f->kind != ANYGW_FRAME_ND)
		return pass(seg);
	gw = anygw_segment_by_vmac(seg, f->dst);
	if (gw >= 0)
		return coexists(seg, gw) ? pass(seg) :
		       drop(gw, ANYGW_REASON_FABRIC_TO_VMAC);

	switch (f->kind) {
	case ANYGW_FRAME_MALFORMED:
		return refuse(seg, ANYGW_REASON_MALFORMED);
	case ANYGW_FRAME_ARP:
	case ANYGW_FRAME_RARP:
		return fabric_arp(seg, f);
	case ANYGW_FRAME_ND:
		return fabric_nd(seg, f);
	default:
		break;
	}
	if (redirects4(seg, f, &gw))
		return conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	if (f->kind == ANYGW_FRAME_IPV6 && f->ip.hidden)
		return refuse(seg, ANYGW_REASON_HIDDEN);
	if (to_us(seg, f)) {
		gw = by_host_address(seg, f);
		if (gw >= 0)
			return steer(seg, gw, 0);
		return refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
	}
	return between_hosts(f) ? mark(seg, 0) : pass(seg);
}
