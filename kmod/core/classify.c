// SPDX-License-Identifier: GPL-2.0
/*
 * Decide what to do with frames received on access and fabric ports.
 *
 * A gateway in mode observe is treated as active: the caller counts the
 * verdict and bridges the frame anyway.
 */
#include "classify.h"

static struct anygw_verdict verdict_pass(const struct anygw_segment *seg)
{
	return (struct anygw_verdict){
		.act = ANYGW_PASS, .gw = anygw_segment_default_gw(seg),
	};
}

static struct anygw_verdict verdict_drop(int gw, enum anygw_reason reason)
{
	return (struct anygw_verdict){
		.act = ANYGW_DROP, .reason = reason, .gw = gw,
	};
}

/* Drop for a reason that concerns no gateway in particular. */
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

static struct anygw_verdict verdict_redirect(const struct anygw_segment *seg,
					     int gw, u8 flags)
{
	if (seg->gw[gw].state == ANYGW_MODE_STANDBY)
		return verdict_drop(gw, ANYGW_REASON_STANDBY);
	return (struct anygw_verdict){
		.act = ANYGW_REDIRECT, .flags = flags, .gw = gw,
	};
}

/* For frames with a host MAC: egress towards a VM has to examine them. */
static struct anygw_verdict verdict_mark(const struct anygw_segment *seg)
{
	struct anygw_verdict v = verdict_pass(seg);

	v.act = ANYGW_MARK;
	return v;
}

/* A VM must not use a gateway's or a host's MAC. */
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

/* Whether the gateway consumes a solicitation for one of its addresses */
static bool access_solicits_gw(const struct anygw_segment *seg,
			       const struct anygw_frame *f,
			       struct anygw_verdict *v)
{
	int gw;

	/* The host's stack does not reply to a SNAP frame. */
	if (!anygw_frame_is_solicit(f) || f->snap)
		return false;
	gw = anygw_segment_by_any_addr(seg, anygw_frame_target_addr(f));
	/* In standby, another host's active gateway replies. */
	if (gw < 0 || seg->gw[gw].state == ANYGW_MODE_STANDBY)
		return false;
	*v = verdict_redirect(seg, gw, ANYGW_F_SOLICIT);
	return true;
}

/* The gateway whose address, host-address or host LL a VM claims */
static int access_claimed_gw(const struct anygw_segment *seg,
			     const struct anygw_frame *f)
{
	const struct in6_addr *addr = anygw_frame_claimed_addr(f);
	const struct in6_addr *src;
	int gw;

	if (!addr)
		return ANYGW_NO_GATEWAY;
	src = f->kind == ANYGW_FRAME_ND ? &f->nd.src : addr;
	gw = anygw_segment_by_any_addr(seg, src);
	if (gw < 0)
		gw = anygw_segment_by_any_addr(seg, addr);
	if (gw < 0 && (ipv6_addr_equal(src, &seg->host_ll) ||
		       ipv6_addr_equal(addr, &seg->host_ll)))
		gw = anygw_segment_default_gw(seg);
	return gw;
}

/* Messages with which routers install routes on hosts */
static bool classify_is_router_icmp4(const struct anygw_frame *f)
{
	return anygw_frame_is_icmp4(f, ICMP_REDIRECT) ||
	       anygw_frame_is_icmp4(f, ANYGW_ICMP_ROUTER);
}

static bool access_is_rogue_router(const struct anygw_frame *f)
{
	return anygw_frame_is_nd(f, NDISC_ROUTER_ADVERTISEMENT) ||
	       anygw_frame_is_nd(f, NDISC_REDIRECT) ||
	       classify_is_router_icmp4(f);
}

/*
 * A real router with one MAC per address family also accepts packets on the
 * other MAC, whose gateway here has no address of the packet's family.
 */
static bool access_has_family(const struct anygw_segment *seg, int gw,
			      const struct anygw_frame *f)
{
	return !anygw_frame_is_ip(f) ||
	       anygw_segment_has_family(seg, gw, f->kind == ANYGW_FRAME_IPV4);
}

/* A frame for the vMAC, which a real router may share */
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
	v = verdict_redirect(seg, gw, 0);
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
	const u8 *mac = anygw_frame_sender_lladdr(f);
	struct anygw_verdict v;
	int gw;

	if (access_fence_mac(seg, f->src, &v))
		return v;
	if (f->kind == ANYGW_FRAME_MALFORMED)
		return verdict_refuse(seg, ANYGW_REASON_MALFORMED);
	if (f->kind == ANYGW_FRAME_BEACON)
		return verdict_refuse(seg, ANYGW_REASON_BEACON);
	if (mac && access_fence_mac(seg, mac, &v))
		return v;
	if (access_is_rogue_router(f))
		return verdict_refuse(seg, ANYGW_REASON_ROGUE_ROUTER);
	gw = access_claimed_gw(seg, f);
	if (gw >= 0)
		return verdict_drop(gw, ANYGW_REASON_CLAIMED_ADDRESS);
	if (access_solicits_gw(seg, f, &v))
		return v;

	gw = anygw_segment_by_vmac(seg, f->dst);
	if (gw >= 0)
		v = access_to_gateway(seg, gw, f);
	else if (ether_addr_equal(f->dst, seg->host_mac))
		v = verdict_refuse(seg, ANYGW_REASON_ACCESS_TO_HOST_MAC);
	else if (f->kind == ANYGW_FRAME_IPV6 && f->ip.exthdr_truncated)
		v = verdict_refuse(seg, ANYGW_REASON_EXTHDR_TRUNCATED);
	else if (anygw_is_host_mac(f->dst))
		v = verdict_mark(seg);
	else
		v = verdict_pass(seg);

	if (anygw_frame_is_reply(f))
		v.flags |= ANYGW_F_FORWARD_REPLY;
	return v;
}

static bool fabric_coexists(const struct anygw_segment *seg, int gw)
{
	return gw >= 0 && seg->gw[gw].conf.coexist;
}

static bool fabric_to_host(const struct anygw_segment *seg,
			   const struct anygw_frame *f)
{
	return ether_addr_equal(f->dst, seg->host_mac);
}

static struct anygw_verdict fabric_bridge(const struct anygw_segment *seg,
					  const struct anygw_frame *f)
{
	const u8 *mac = anygw_frame_sender_lladdr(f);

	if (fabric_to_host(seg, f))
		return verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
	if (anygw_is_host_mac(f->src) || anygw_is_host_mac(f->dst) ||
	    (mac && anygw_is_host_mac(mac)))
		return verdict_mark(seg);
	return verdict_pass(seg);
}

/* The sender's link-layer address must not be the vMAC or this host's. */
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

/* @claimed: the gateway whose address the sender uses, or ANYGW_NO_GATEWAY */
static struct anygw_verdict fabric_solicit(const struct anygw_segment *seg,
					   const struct anygw_frame *f,
					   int claimed)
{
	const struct in6_addr *target = anygw_frame_target_addr(f);
	u8 flags = claimed >= 0 ? ANYGW_F_CONFLICT : 0;
	struct anygw_verdict v;
	int host;

	if (anygw_segment_by_addr(seg, target) >= 0) {
		if (claimed >= 0)
			return verdict_conflict(claimed,
						ANYGW_REASON_FABRIC_CLAIM);
	} else {
		host = anygw_segment_by_host(seg, target);
		if (host >= 0)
			return verdict_redirect(seg, host,
						flags | ANYGW_F_SOLICIT);
	}
	/* The host replies for its host-address only: it is no open router. */
	v = fabric_bridge(seg, f);
	v.flags = flags;
	if (flags && v.act == ANYGW_PASS)
		v.act = ANYGW_MARK;
	return v;
}

static struct anygw_verdict fabric_reply(const struct anygw_segment *seg,
					 const struct anygw_frame *f,
					 int claimed)
{
	int gw;

	if (claimed >= 0)
		return verdict_conflict(claimed, ANYGW_REASON_FABRIC_CLAIM);
	if (!fabric_to_host(seg, f))
		return fabric_bridge(seg, f);
	gw = anygw_segment_requester(seg, anygw_frame_claimed_addr(f), NULL);
	return gw >= 0 ? verdict_redirect(seg, gw, 0) :
			 verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
}

/* Whether a real router binds a gateway address to its vMAC */
static bool fabric_binds_vmac(const struct anygw_segment *seg, int gw,
			      const struct anygw_frame *f)
{
	const u8 *mac = anygw_frame_sender_lladdr(f);

	if (!fabric_coexists(seg, gw))
		return false;
	/* Options that were not parsed may contain another MAC. */
	if (f->kind == ANYGW_FRAME_ND && f->nd.partial &&
	    !ether_addr_equal(f->src, seg->gw[gw].vmac))
		return false;
	return ether_addr_equal(mac ?: f->src, seg->gw[gw].vmac);
}

/* Only the MAC distinguishes it from spoofers of its address. */
static bool fabric_is_real_router(const struct anygw_segment *seg, int gw,
				  const struct anygw_frame *f)
{
	return fabric_coexists(seg, gw) &&
	       ether_addr_equal(f->src, seg->gw[gw].vmac);
}

/* Router solicitations, router advertisements and redirects */
static struct anygw_verdict fabric_router(const struct anygw_segment *seg,
					  const struct anygw_frame *f)
{
	const struct anygw_nd *nd = &f->nd;
	int gw = anygw_segment_by_addr(seg, &nd->src);

	/* A redirect's link-layer address is that of its target. */
	if (nd->type == NDISC_REDIRECT) {
		int target = anygw_segment_by_addr(seg, &nd->target);

		if (target >= 0 && !fabric_binds_vmac(seg, target, f))
			return verdict_conflict(target,
						ANYGW_REASON_FABRIC_CLAIM);
		if (gw >= 0 && !fabric_is_real_router(seg, gw, f))
			return verdict_conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	} else if (gw >= 0 && !fabric_binds_vmac(seg, gw, f)) {
		return verdict_conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	}
	if (fabric_to_host(seg, f))
		return verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST);
	if (nd->type != NDISC_ROUTER_SOLICITATION && anygw_is_host_mac(f->src))
		return verdict_refuse(seg, ANYGW_REASON_FABRIC_UNTRANSLATABLE);
	return fabric_bridge(seg, f);
}

/* The host LL is the source of this host's solicitations. */
static struct anygw_verdict fabric_to_host_ll(const struct anygw_segment *seg,
					      const struct anygw_frame *f)
{
	int gw = anygw_segment_default_gw(seg);

	/* Duplicate address detection, RFC 4862 section 5.4 */
	if (ipv6_addr_any(&f->nd.src))
		return verdict_conflict(gw, ANYGW_REASON_OWN_HOST_MAC);
	return (struct anygw_verdict){ .act = ANYGW_REPLY, .gw = gw };
}

/* ARP, RARP and neighbour discovery */
static struct anygw_verdict fabric_neigh(const struct anygw_segment *seg,
					 const struct anygw_frame *f)
{
	const struct in6_addr *addr = anygw_frame_claimed_addr(f);
	const u8 *mac = anygw_frame_sender_lladdr(f);
	bool solicit = anygw_frame_is_solicit(f);
	struct anygw_verdict v;
	int gw;

	if (mac && fabric_contests_mac(seg, mac, &v))
		return v;
	if (!addr)
		return fabric_bridge(seg, f);
	if (ipv6_addr_equal(addr, &seg->host_ll))
		return verdict_conflict(anygw_segment_default_gw(seg),
					ANYGW_REASON_OWN_HOST_MAC);
	gw = anygw_segment_by_host(seg, addr);
	if (gw >= 0)
		return verdict_conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	if (f->kind == ANYGW_FRAME_ND && !solicit && !anygw_frame_is_reply(f))
		return fabric_router(seg, f);

	gw = anygw_segment_by_addr(seg, addr);
	/* The real router's own binding is for all hosts but this one. */
	if (fabric_binds_vmac(seg, gw, f))
		return fabric_to_host(seg, f) ?
		       verdict_refuse(seg, ANYGW_REASON_NOT_FOR_HOST) :
		       verdict_pass(seg);
	if (!solicit)
		return fabric_reply(seg, f, gw);
	if (ipv6_addr_equal(anygw_frame_target_addr(f), &seg->host_ll))
		return fabric_to_host_ll(seg, f);
	return fabric_solicit(seg, f, gw);
}

/* Hosts trust these messages by their source address, RFC 1122. */
static bool fabric_redirects(const struct anygw_segment *seg,
			     const struct anygw_frame *f, int *gw)
{
	if (!classify_is_router_icmp4(f))
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
	/* Bridged to the hosts behind other fabric ports, not to VMs. */
	if (f->kind == ANYGW_FRAME_BEACON)
		return verdict_mark(seg);
	/*
	 * Frames of the real router pass unless they are for this host. ARP
	 * and neighbour discovery are still checked: a router with one MAC
	 * per address family may reply with the wrong one.
	 */
	if (gw >= 0 && !fabric_to_host(seg, f) && f->kind != ANYGW_FRAME_ARP &&
	    f->kind != ANYGW_FRAME_ND)
		return verdict_pass(seg);
	gw = anygw_segment_by_vmac(seg, f->dst);
	if (gw >= 0)
		return fabric_coexists(seg, gw) ? verdict_pass(seg) :
		       verdict_drop(gw, ANYGW_REASON_FABRIC_TO_VMAC);

	switch (f->kind) {
	case ANYGW_FRAME_MALFORMED:
		return verdict_refuse(seg, ANYGW_REASON_MALFORMED);
	case ANYGW_FRAME_ARP:
	case ANYGW_FRAME_RARP:
	case ANYGW_FRAME_ND:
		return fabric_neigh(seg, f);
	default:
		break;
	}
	if (fabric_redirects(seg, f, &gw))
		return verdict_conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	if (f->kind == ANYGW_FRAME_IPV6 && f->ip.exthdr_truncated)
		return verdict_refuse(seg, ANYGW_REASON_EXTHDR_TRUNCATED);
	/* On the host MAC only packets for the host-address are accepted. */
	gw = fabric_to_host(seg, f) && anygw_frame_is_ip(f) ?
	     anygw_segment_by_host(seg, &f->ip.dst) : ANYGW_NO_GATEWAY;
	return gw >= 0 ? verdict_redirect(seg, gw, 0) : fabric_bridge(seg, f);
}
