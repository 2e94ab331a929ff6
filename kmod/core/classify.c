// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of the frames that enter the bridge by an access port or by a
 * fabric port.
 *
 * A gateway in mode observe is treated as active: the caller counts the
 * verdict and bridges the frame all the same.
 */
#include "classify.h"

static struct anygw_verdict verdict_pass(const struct anygw_segment *seg)
{
	return (struct anygw_verdict){
		.act = ANYGW_PASS,
		.gw = anygw_segment_default_gw(seg),
	};
}

static struct anygw_verdict verdict_drop(int gw, enum anygw_reason reason)
{
	return (struct anygw_verdict){
		.act = ANYGW_DROP,
		.reason = reason,
		.gw = gw,
	};
}

/* Concerns no gateway in particular. */
static struct anygw_verdict verdict_refuse(const struct anygw_segment *seg,
					   enum anygw_reason reason)
{
	return verdict_drop(anygw_segment_default_gw(seg), reason);
}

static struct anygw_verdict verdict_conflict(int gw, enum anygw_reason reason)
{
	struct anygw_verdict v = verdict_drop(gw, reason);

	v.flags = ANYGW_F_CONFLICT;
	return v;
}

/* What is meant for a gateway reaches it unless it stands by. */
static struct anygw_verdict verdict_steer(const struct anygw_segment *seg,
					  int gw, u8 flags)
{
	struct anygw_verdict v = {
		.act = ANYGW_REDIRECT,
		.flags = flags,
		.gw = gw,
	};

	if (seg->gw[gw].state == ANYGW_MODE_STANDBY)
		v = verdict_drop(gw, ANYGW_REASON_STANDBY);
	return v;
}

/* A host MAC is involved: what leaves towards a VM has to be looked at. */
static struct anygw_verdict verdict_mark(const struct anygw_segment *seg,
					 u8 flags)
{
	struct anygw_verdict v = verdict_pass(seg);

	v.act = ANYGW_MARK;
	v.flags = flags;
	return v;
}

/* A VM uses an address that is never its own. */
static bool access_fence_mac(const struct anygw_segment *seg, const u8 *mac,
			     struct anygw_verdict *v)
{
	int gw = anygw_segment_by_vmac(seg, mac);

	if (gw >= 0)
		*v = verdict_drop(gw, ANYGW_REASON_SPOOFED_VMAC);
	else if (anygw_is_host_mac(mac))
		*v = verdict_refuse(seg, ANYGW_REASON_SPOOFED_HOST_MAC);
	else
		return false;
	return true;
}

/* A solicitation for a gateway is its own, unless it is in standby. */
static bool access_take_solicit(const struct anygw_segment *seg,
				const struct anygw_frame *f,
				struct anygw_verdict *v)
{
	int gw;

	/* The stack would not answer one in SNAP. */
	if (!anygw_frame_is_solicit(f) || f->snap)
		return false;
	gw = anygw_segment_by_any_addr(seg, anygw_frame_target_addr(f));
	/* In standby it leaves the question to whoever is active. */
	if (gw < 0 || seg->gw[gw].state == ANYGW_MODE_STANDBY)
		return false;
	*v = verdict_steer(seg, gw, ANYGW_F_SOLICIT);
	return true;
}

/* Whether what a VM's ARP or RARP says decides about it. */
static bool access_arp(const struct anygw_segment *seg,
		       const struct anygw_frame *f, struct anygw_verdict *v)
{
	int gw;

	if (access_fence_mac(seg, f->arp.sha, v))
		return true;
	if (f->kind != ANYGW_FRAME_ARP)
		return false;
	gw = anygw_segment_by_any_addr(seg, &f->arp.spa);
	if (gw >= 0) {
		*v = verdict_drop(gw, ANYGW_REASON_CLAIMED_ADDRESS);
		return true;
	}
	return access_take_solicit(seg, f, v);
}

/* The same of a message of neighbour discovery. */
static bool access_nd(const struct anygw_segment *seg,
		      const struct anygw_frame *f, struct anygw_verdict *v)
{
	const struct anygw_nd *nd = &f->nd;
	int gw;

	if (nd->has_lladdr && access_fence_mac(seg, nd->lladdr, v))
		return true;
	if (nd->type == NDISC_ROUTER_ADVERTISEMENT ||
	    nd->type == NDISC_REDIRECT) {
		*v = verdict_refuse(seg, ANYGW_REASON_ROGUE_ROUTER);
		return true;
	}
	gw = anygw_segment_by_any_addr(seg, &nd->src);
	if (gw < 0 && nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT)
		gw = anygw_segment_by_any_addr(seg, &nd->target);
	if (gw < 0 && (ipv6_addr_equal(&nd->src, &seg->host_ll) ||
		       (nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT &&
			ipv6_addr_equal(&nd->target, &seg->host_ll))))
		gw = anygw_segment_default_gw(seg);
	if (gw >= 0) {
		*v = verdict_drop(gw, ANYGW_REASON_CLAIMED_ADDRESS);
		return true;
	}
	return access_take_solicit(seg, f, v);
}

/*
 * A router with a MAC for each family may be known by the other one: what the
 * gateway with that MAC cannot route, the router can.
 */
static bool access_has_family(const struct anygw_segment *seg, int gw,
			      const struct anygw_frame *f)
{
	return !anygw_frame_is_ip(f) ||
	       anygw_segment_has_family(seg, gw, f->kind == ANYGW_FRAME_IPV4);
}

/* A frame for the vMAC, which the real router may have, too. */
static struct anygw_verdict access_to_gateway(const struct anygw_segment *seg,
					      int gw,
					      const struct anygw_frame *f)
{
	const struct anygw_segment_gw *own = &seg->gw[gw];
	struct anygw_verdict v;

	if (own->conf.fallback &&
	    (own->state == ANYGW_MODE_STANDBY ||
	     !access_has_family(seg, gw, f))) {
		v = verdict_pass(seg);
		v.gw = gw;
		v.flags = ANYGW_F_FALLBACK;
		return v;
	}
	v = verdict_steer(seg, gw, 0);
	if (v.act != ANYGW_REDIRECT)
		return v;
	if (own->conf.coexist && anygw_frame_is_reply(f))
		v.flags |= ANYGW_F_COPY;
	else if (own->conf.fallback && anygw_frame_is_ip(f))
		v.flags |= ANYGW_F_NEEDS_ROUTE;
	return v;
}

struct anygw_verdict anygw_classify_access(const struct anygw_segment *seg,
					   const struct anygw_frame *f)
{
	struct anygw_verdict v;
	int gw;

	if (access_fence_mac(seg, f->src, &v))
		return v;
	if (f->kind == ANYGW_FRAME_MALFORMED)
		return verdict_refuse(seg, ANYGW_REASON_MALFORMED);
	if (f->kind == ANYGW_FRAME_BEACON)
		return verdict_refuse(seg, ANYGW_REASON_BEACON);
	if ((f->kind == ANYGW_FRAME_ARP || f->kind == ANYGW_FRAME_RARP) &&
	    access_arp(seg, f, &v))
		return v;
	if (f->kind == ANYGW_FRAME_ND && access_nd(seg, f, &v))
		return v;
	if (anygw_frame_is_icmp4(f, ICMP_REDIRECT) ||
	    anygw_frame_is_icmp4(f, ANYGW_ICMP_ROUTER))
		return verdict_refuse(seg, ANYGW_REASON_ROGUE_ROUTER);

	gw = anygw_segment_by_vmac(seg, f->dst);
	if (gw >= 0)
		v = access_to_gateway(seg, gw, f);
	else if (ether_addr_equal(f->dst, seg->host_mac))
		v = verdict_refuse(seg, ANYGW_REASON_ACCESS_TO_HOST_MAC);
	else if (f->kind == ANYGW_FRAME_IPV6 && f->ip.exthdr_truncated)
		v = verdict_refuse(seg, ANYGW_REASON_EXTHDR_TRUNCATED);
	else if (anygw_is_host_mac(f->dst))
		v = verdict_mark(seg, 0);
	else
		v = verdict_pass(seg);

	if (anygw_frame_is_reply(f))
		v.flags |= ANYGW_F_FORWARD_REPLY;
	return v;
}

/*
 * What a question or an answer says of addresses, of either family.
 *
 * @claimed: the gateway whose address the sender claims as its own, if any
 * @agrees: the claim is a real router's, which has the vMAC as well
 * @own: the gateway whose address is asked for, if any
 * @host: the same for a host-address
 * @announces: the sender asks for its own address
 */
struct fabric_claims {
	int claimed;
	bool agrees;
	int own;
	int host;
	bool announces;
};

static bool fabric_coexists(const struct anygw_segment *seg, int gw)
{
	return gw >= 0 && seg->gw[gw].conf.coexist;
}

static bool fabric_to_host(const struct anygw_segment *seg,
			   const struct anygw_frame *f)
{
	return ether_addr_equal(f->dst, seg->host_mac);
}

static bool fabric_between_hosts(const struct anygw_frame *f)
{
	return anygw_is_host_mac(f->src) || anygw_is_host_mac(f->dst);
}

/* The same of neighbour discovery, whose options name MACs as well. */
static bool fabric_nd_between_hosts(const struct anygw_frame *f)
{
	return fabric_between_hosts(f) ||
	       (f->nd.has_lladdr && anygw_is_host_mac(f->nd.lladdr));
}

/* A hardware address within the frame that is not the sender's to use. */
static bool fabric_contests_mac(const struct anygw_segment *seg, const u8 *mac,
				struct anygw_verdict *v)
{
	int gw = anygw_segment_by_vmac(seg, mac);

	if (gw >= 0 && !fabric_coexists(seg, gw))
		*v = verdict_conflict(gw, ANYGW_REASON_FABRIC_FROM_VMAC);
	else if (ether_addr_equal(mac, seg->host_mac))
		*v = verdict_conflict(anygw_segment_default_gw(seg),
				      ANYGW_REASON_OWN_HOST_MAC);
	else
		return false;
	return true;
}

static struct anygw_verdict fabric_solicit(const struct anygw_segment *seg,
					   const struct anygw_frame *f,
					   const struct fabric_claims *s,
					   bool from_host)
{
	u8 flags = 0;

	if (s->claimed >= 0) {
		if (s->own >= 0)
			return verdict_conflict(s->claimed,
						ANYGW_REASON_FABRIC_CLAIM);
		flags = ANYGW_F_CONFLICT;
	}
	if (s->host >= 0 && s->own < 0)
		return verdict_steer(seg, s->host, flags | ANYGW_F_SOLICIT);
	/* The host itself has nothing else to answer: it is no open router. */
	if (fabric_to_host(seg, f)) {
		struct anygw_verdict v =
			verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST);

		v.flags = flags;
		return v;
	}
	if (s->claimed >= 0 || from_host) {
		/* The gateways' and a sender's own addresses are no VM's. */
		if (s->own < 0 && !s->announces)
			flags |= ANYGW_F_ASK;
		return verdict_mark(seg, flags);
	}
	return verdict_pass(seg);
}

static struct anygw_verdict fabric_reply(const struct anygw_segment *seg,
					 const struct anygw_frame *f,
					 const struct fabric_claims *s,
					 int asker, bool from_host)
{
	if (s->claimed >= 0)
		return verdict_conflict(s->claimed, ANYGW_REASON_FABRIC_CLAIM);
	if (!fabric_to_host(seg, f))
		return from_host ? verdict_mark(seg, 0) : verdict_pass(seg);
	if (asker < 0)
		return verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
	return verdict_steer(seg, asker, 0);
}

/* The real router says what is true: it concerns everybody but us. */
static struct anygw_verdict fabric_real_router(const struct anygw_segment *seg,
					       const struct anygw_frame *f)
{
	return fabric_to_host(seg, f) ?
		       verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST) :
		       verdict_pass(seg);
}

static struct anygw_verdict fabric_arp(const struct anygw_segment *seg,
				       const struct anygw_frame *f)
{
	bool from_host = fabric_between_hosts(f) ||
			 anygw_is_host_mac(f->arp.sha);
	struct anygw_verdict v;
	struct fabric_claims s;
	int gw;

	if (fabric_contests_mac(seg, f->arp.sha, &v))
		return v;
	if (f->kind == ANYGW_FRAME_RARP) {
		if (fabric_to_host(seg, f))
			return verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
		return from_host ? verdict_mark(seg, 0) : verdict_pass(seg);
	}
	gw = anygw_segment_by_host(seg, &f->arp.spa);
	if (gw >= 0)
		return verdict_conflict(gw, ANYGW_REASON_FABRIC_CLAIM);

	s.claimed = anygw_segment_by_addr(seg, &f->arp.spa);
	s.own = anygw_segment_by_addr(seg, &f->arp.tpa);
	s.host = anygw_segment_by_host(seg, &f->arp.tpa);
	s.announces = anygw_frame_is_garp(f);
	s.agrees = fabric_coexists(seg, s.claimed) &&
		   ether_addr_equal(f->arp.sha, seg->gw[s.claimed].vmac);
	if (s.agrees)
		return fabric_real_router(seg, f);
	if (f->arp.op == ARPOP_REQUEST)
		return fabric_solicit(seg, f, &s, from_host);
	return fabric_reply(seg, f, &s,
			    anygw_segment_requester(seg, &f->arp.spa, NULL),
			    from_host);
}

/* Whether a message about a gateway's address is that of a real router. */
static bool fabric_nd_agrees(const struct anygw_segment *seg, int gw,
			     const struct anygw_frame *f)
{
	const struct anygw_nd *nd = &f->nd;

	if (!fabric_coexists(seg, gw))
		return false;
	/* What is hidden behind the options may be another's address. */
	if (nd->partial && !ether_addr_equal(f->src, seg->gw[gw].vmac))
		return false;
	return ether_addr_equal(nd->has_lladdr ? nd->lladdr : f->src,
				seg->gw[gw].vmac);
}

/* Only by its MAC it is told from others that use its address. */
static bool fabric_is_real_router(const struct anygw_segment *seg, int gw,
				  const struct anygw_frame *f)
{
	return fabric_coexists(seg, gw) &&
	       ether_addr_equal(f->src, seg->gw[gw].vmac);
}

/* Router solicitations and advertisements, and redirects. */
static struct anygw_verdict fabric_router(const struct anygw_segment *seg,
					  const struct anygw_frame *f)
{
	const struct anygw_nd *nd = &f->nd;
	int gw = anygw_segment_by_addr(seg, &nd->src);

	/* A redirect's link-layer address is that of its target. */
	if (nd->type == NDISC_REDIRECT) {
		int target = anygw_segment_by_addr(seg, &nd->target);

		if (target >= 0 && !fabric_nd_agrees(seg, target, f))
			return verdict_conflict(target,
						ANYGW_REASON_FABRIC_CLAIM);
		if (gw >= 0 && !fabric_is_real_router(seg, gw, f))
			return verdict_conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	} else if (gw >= 0 && !fabric_nd_agrees(seg, gw, f)) {
		return verdict_conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	}
	if (fabric_to_host(seg, f))
		return verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
	if (nd->type != NDISC_ROUTER_SOLICITATION && anygw_is_host_mac(f->src))
		return verdict_refuse(seg, ANYGW_REASON_FABRIC_UNTRANSLATABLE);
	return fabric_nd_between_hosts(f) ? verdict_mark(seg, 0) :
					    verdict_pass(seg);
}

/* Somebody looks for the address we ask from. */
static struct anygw_verdict fabric_to_host_ll(const struct anygw_segment *seg,
					      const struct anygw_frame *f)
{
	struct anygw_verdict v = {
		.act = ANYGW_REPLY,
		.gw = anygw_segment_default_gw(seg),
	};

	/* Or wants it for itself, RFC 4862 section 5.4. */
	if (ipv6_addr_any(&f->nd.src))
		return verdict_conflict(v.gw, ANYGW_REASON_OWN_HOST_MAC);
	return v;
}

static struct anygw_verdict fabric_nd(const struct anygw_segment *seg,
				      const struct anygw_frame *f)
{
	const struct anygw_nd *nd = &f->nd;
	const struct in6_addr *said = anygw_frame_claimed_addr(f);
	struct anygw_verdict v;
	struct fabric_claims s;
	int gw;

	if (nd->has_lladdr && fabric_contests_mac(seg, nd->lladdr, &v))
		return v;
	if (ipv6_addr_equal(said, &seg->host_ll))
		return verdict_conflict(anygw_segment_default_gw(seg),
					ANYGW_REASON_OWN_HOST_MAC);
	gw = anygw_segment_by_host(seg, said);
	if (gw >= 0)
		return verdict_conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	if (nd->type != NDISC_NEIGHBOUR_SOLICITATION &&
	    nd->type != NDISC_NEIGHBOUR_ADVERTISEMENT)
		return fabric_router(seg, f);

	s.claimed = anygw_segment_by_addr(seg, said);
	s.own = anygw_segment_by_addr(seg, &nd->target);
	s.host = anygw_segment_by_host(seg, &nd->target);
	s.announces = false;
	s.agrees = fabric_nd_agrees(seg, s.claimed, f);
	if (s.agrees)
		return fabric_real_router(seg, f);
	if (nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT)
		return fabric_reply(seg, f, &s,
				    anygw_segment_requester(seg, said, NULL),
				    fabric_nd_between_hosts(f));
	if (ipv6_addr_equal(&nd->target, &seg->host_ll))
		return fabric_to_host_ll(seg, f);
	return fabric_solicit(seg, f, &s, fabric_nd_between_hosts(f));
}

/* What tells hosts of routes is believed by its source address (RFC 1122). */
static bool fabric_redirects(const struct anygw_segment *seg,
			     const struct anygw_frame *f, int *gw)
{
	if (!anygw_frame_is_icmp4(f, ICMP_REDIRECT) &&
	    !anygw_frame_is_icmp4(f, ANYGW_ICMP_ROUTER))
		return false;
	*gw = anygw_segment_by_addr(seg, &f->ip.src);
	return *gw >= 0 && !fabric_is_real_router(seg, *gw, f);
}

struct anygw_verdict anygw_classify_fabric(const struct anygw_segment *seg,
					   const struct anygw_frame *f)
{
	int gw;

	if (ether_addr_equal(f->src, seg->host_mac))
		return verdict_conflict(anygw_segment_default_gw(seg),
					ANYGW_REASON_OWN_HOST_MAC);
	gw = anygw_segment_by_vmac(seg, f->src);
	if (gw >= 0 && !fabric_coexists(seg, gw))
		return verdict_conflict(gw, ANYGW_REASON_FABRIC_FROM_VMAC);
	/* For all hosts beyond the other fabric ports, and for no VM. */
	if (f->kind == ANYGW_FRAME_BEACON)
		return verdict_mark(seg, 0);
	/*
	 * The real router may say all that it pleases, but not to us; only
	 * what it says of addresses is judged as anybody's. One with a MAC
	 * for each family may answer with the wrong one.
	 */
	if (gw >= 0 && !fabric_to_host(seg, f) && f->kind != ANYGW_FRAME_ARP &&
	    f->kind != ANYGW_FRAME_ND)
		return verdict_pass(seg);
	gw = anygw_segment_by_vmac(seg, f->dst);
	if (gw >= 0)
		return fabric_coexists(seg, gw) ?
			       verdict_pass(seg) :
			       verdict_drop(gw, ANYGW_REASON_FABRIC_TO_VMAC);

	switch (f->kind) {
	case ANYGW_FRAME_MALFORMED:
		return verdict_refuse(seg, ANYGW_REASON_MALFORMED);
	case ANYGW_FRAME_ARP:
	case ANYGW_FRAME_RARP:
		return fabric_arp(seg, f);
	case ANYGW_FRAME_ND:
		return fabric_nd(seg, f);
	default:
		break;
	}
	if (fabric_redirects(seg, f, &gw))
		return verdict_conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	if (f->kind == ANYGW_FRAME_IPV6 && f->ip.exthdr_truncated)
		return verdict_refuse(seg, ANYGW_REASON_EXTHDR_TRUNCATED);
	if (fabric_to_host(seg, f)) {
		/* The host's own packets come to its host-address alone. */
		gw = anygw_frame_is_ip(f) ?
		     anygw_segment_by_host(seg, &f->ip.dst) : ANYGW_NO_GATEWAY;
		return gw >= 0 ? verdict_steer(seg, gw, 0) :
			verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
	}
	return fabric_between_hosts(f) ? verdict_mark(seg, 0) :
					 verdict_pass(seg);
}
