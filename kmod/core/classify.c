// SPDX-License-Identifier: GPL-2.0
/*
 * Judgement of the frames that enter the bridge.
 *
 * A gateway that only observes is judged as if it were active: the caller
 * counts the verdict and bridges the frame all the same.
 */
#include "classify.h"

static struct anygw_verdict pass(const struct anygw_segment *seg)
{
	return (struct anygw_verdict){
		.act = ANYGW_PASS,
		.gw = anygw_segment_any(seg),
	};
}

static struct anygw_verdict drop(int gw, enum anygw_reason reason)
{
	return (struct anygw_verdict){
		.act = ANYGW_DROP,
		.reason = reason,
		.gw = gw,
	};
}

static struct anygw_verdict conflict(int gw, enum anygw_reason reason)
{
	struct anygw_verdict v = drop(gw, reason);

	v.flags = ANYGW_F_CONFLICT;
	return v;
}

/* What is meant for a gateway reaches it unless it stands by. */
static struct anygw_verdict steer(const struct anygw_segment *seg, int gw,
				  u8 flags)
{
	struct anygw_verdict v = {
		.act = ANYGW_STEER,
		.flags = flags,
		.gw = gw,
	};

	if (seg->gw[gw].state == ANYGW_MODE_STANDBY)
		v = drop(gw, ANYGW_REASON_STANDBY);
	return v;
}

/* A host MAC is involved: what leaves towards a VM has to be looked at. */
static struct anygw_verdict mark(const struct anygw_segment *seg, u8 flags)
{
	struct anygw_verdict v = pass(seg);

	v.act = ANYGW_MARK;
	v.flags = flags;
	return v;
}

/* The gateway that has an address, be it the gateway's or the host's. */
static int by_any_addr4(const struct anygw_segment *seg, __be32 addr)
{
	int gw = anygw_segment_by_addr4(seg, addr);

	return gw >= 0 ? gw : anygw_segment_by_host4(seg, addr);
}

/* A VM uses an address that is never its own. */
static bool fence_mac(const struct anygw_segment *seg, const u8 *mac,
		      struct anygw_verdict *v)
{
	int gw = anygw_segment_by_vmac(seg, mac);

	if (gw >= 0)
		*v = drop(gw, ANYGW_REASON_SPOOFED_VMAC);
	else if (anygw_is_host_mac(mac))
		*v = drop(anygw_segment_any(seg),
			  ANYGW_REASON_SPOOFED_HOST_MAC);
	else
		return false;
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
	if (f->arp.op != ANYGW_ARP_REQUEST)
		return false;

	/* Standing by, it leaves the question to whoever is active. */
	gw = by_any_addr4(seg, f->arp.tpa);
	if (gw < 0 || seg->gw[gw].state == ANYGW_MODE_STANDBY)
		return false;
	*v = steer(seg, gw, ANYGW_F_QUESTION);
	return true;
}

struct anygw_verdict anygw_classify_access(const struct anygw_segment *seg,
					   const struct anygw_frame *f)
{
	struct anygw_verdict v;
	int gw;

	if (fence_mac(seg, f->src, &v))
		return v;
	if (f->kind == ANYGW_FRAME_MALFORMED)
		return drop(anygw_segment_any(seg), ANYGW_REASON_MALFORMED);
	if ((f->kind == ANYGW_FRAME_ARP || f->kind == ANYGW_FRAME_RARP) &&
	    access_arp(seg, f, &v))
		return v;

	gw = anygw_segment_by_vmac(seg, f->dst);
	if (gw >= 0)
		v = steer(seg, gw, 0);
	else if (ether_addr_equal(f->dst, seg->host_mac))
		v = drop(anygw_segment_any(seg),
			 ANYGW_REASON_ACCESS_TO_HOST_MAC);
	else if (anygw_is_host_mac(f->dst))
		v = mark(seg, 0);
	else
		v = pass(seg);

	if (anygw_frame_is_answer(f))
		v.flags |= ANYGW_F_RELAY;
	return v;
}

static struct anygw_verdict
fabric_question(const struct anygw_segment *seg, const struct anygw_frame *f,
		int claimed, bool from_host)
{
	int own = anygw_segment_by_addr4(seg, f->arp.tpa);
	int host = anygw_segment_by_host4(seg, f->arp.tpa);
	u8 flags = 0;

	if (claimed >= 0) {
		if (own >= 0)
			return conflict(claimed, ANYGW_REASON_FABRIC_CLAIM);
		flags = ANYGW_F_CONFLICT;
	}
	if (host >= 0 && own < 0)
		return steer(seg, host, flags | ANYGW_F_QUESTION);
	/* The host itself has nothing else to answer: it is no open router. */
	if (ether_addr_equal(f->dst, seg->host_mac)) {
		struct anygw_verdict v = drop(anygw_segment_any(seg),
					      ANYGW_REASON_NOT_FOR_HOST);

		v.flags = flags;
		return v;
	}
	if (claimed >= 0 || from_host) {
		/* The gateways' and a sender's own addresses are no VM's. */
		if (own < 0 && f->arp.spa != f->arp.tpa)
			flags |= ANYGW_F_ASK;
		return mark(seg, flags);
	}
	return pass(seg);
}

static struct anygw_verdict
fabric_answer(const struct anygw_segment *seg, const struct anygw_frame *f,
	      int claimed, bool from_host)
{
	__be32 self;
	int gw;

	if (claimed >= 0)
		return conflict(claimed, ANYGW_REASON_FABRIC_CLAIM);
	if (!ether_addr_equal(f->dst, seg->host_mac))
		return from_host ? mark(seg, 0) : pass(seg);

	gw = anygw_segment_asker4(seg, f->arp.spa, &self);
	if (gw < 0)
		return drop(anygw_segment_any(seg), ANYGW_REASON_NOT_FOR_HOST);
	return steer(seg, gw, 0);
}

static struct anygw_verdict fabric_arp(const struct anygw_segment *seg,
				       const struct anygw_frame *f)
{
	bool from_host = anygw_is_host_mac(f->src) ||
			 anygw_is_host_mac(f->dst) ||
			 anygw_is_host_mac(f->arp.sha);
	int gw = anygw_segment_by_vmac(seg, f->arp.sha);

	if (gw >= 0)
		return conflict(gw, ANYGW_REASON_FABRIC_FROM_VMAC);
	if (ether_addr_equal(f->arp.sha, seg->host_mac))
		return conflict(anygw_segment_any(seg),
				ANYGW_REASON_OWN_HOST_MAC);
	if (f->kind == ANYGW_FRAME_RARP) {
		if (ether_addr_equal(f->dst, seg->host_mac))
			return drop(anygw_segment_any(seg),
				    ANYGW_REASON_NOT_FOR_HOST);
		return from_host ? mark(seg, 0) : pass(seg);
	}

	gw = anygw_segment_by_host4(seg, f->arp.spa);
	if (gw >= 0)
		return conflict(gw, ANYGW_REASON_FABRIC_CLAIM);
	gw = anygw_segment_by_addr4(seg, f->arp.spa);
	if (f->arp.op == ANYGW_ARP_REQUEST)
		return fabric_question(seg, f, gw, from_host);
	return fabric_answer(seg, f, gw, from_host);
}

struct anygw_verdict anygw_classify_fabric(const struct anygw_segment *seg,
					   const struct anygw_frame *f)
{
	int gw;

	if (ether_addr_equal(f->src, seg->host_mac))
		return conflict(anygw_segment_any(seg),
				ANYGW_REASON_OWN_HOST_MAC);
	gw = anygw_segment_by_vmac(seg, f->src);
	if (gw >= 0)
		return conflict(gw, ANYGW_REASON_FABRIC_FROM_VMAC);
	gw = anygw_segment_by_vmac(seg, f->dst);
	if (gw >= 0)
		return drop(gw, ANYGW_REASON_FABRIC_TO_VMAC);

	if (f->kind == ANYGW_FRAME_MALFORMED)
		return drop(anygw_segment_any(seg), ANYGW_REASON_MALFORMED);
	if (f->kind == ANYGW_FRAME_ARP || f->kind == ANYGW_FRAME_RARP)
		return fabric_arp(seg, f);

	if (ether_addr_equal(f->dst, seg->host_mac)) {
		gw = f->kind == ANYGW_FRAME_IPV4 ?
		     anygw_segment_by_host4(seg, f->ip.dst4) :
		     ANYGW_NO_GATEWAY;
		if (gw >= 0)
			return steer(seg, gw, 0);
		return drop(anygw_segment_any(seg), ANYGW_REASON_NOT_FOR_HOST);
	}
	return anygw_is_host_mac(f->src) || anygw_is_host_mac(f->dst) ?
	       mark(seg, 0) : pass(seg);
}
