// SPDX-License-Identifier: GPL-2.0
/*
 * Translation between the two identities of a host, at the ports where its
 * frames leave the bridge: vMAC towards virtual machines, host MAC towards
 * the fabric.
 */
#include "translate.h"

#define PROTO_IGMP	2
#define PROTO_ICMPV6	58

#define MLD_QUERY	130
#define MLD_DONE	132
#define ND_FIRST	133
#define ND_LAST		137
#define MLD2_REPORT	143

#define OFF_DST		0
#define OFF_SRC		ETH_ALEN
#define OFF_SHA		(ETH_HLEN + ANYGW_ARP_SHA)
#define OFF_SPA		(ETH_HLEN + ANYGW_ARP_SPA)
#define OFF_THA		(ETH_HLEN + ANYGW_ARP_THA)
#define OFF_TPA		(ETH_HLEN + ANYGW_ARP_TPA)

static void plan_add(struct anygw_plan *plan, u8 off, const void *octets,
		     u8 len)
{
	struct anygw_edit *edit = &plan->edit[plan->n++];

	edit->off = off;
	edit->len = len;
	memcpy(edit->octet, octets, len);
	if (off + len > plan->end)
		plan->end = off + len;
}

static void plan_src(struct anygw_plan *plan, const u8 *mac)
{
	plan->n = 0;
	plan->end = 0;
	plan_add(plan, OFF_SRC, mac, ETH_ALEN);
}

static void plan_sender(struct anygw_plan *plan, const u8 *mac)
{
	plan_src(plan, mac);
	plan_add(plan, OFF_SHA, mac, ETH_ALEN);
}

void anygw_plan_dst(struct anygw_plan *plan, const u8 *mac)
{
	plan->n = 0;
	plan->end = 0;
	plan_add(plan, OFF_DST, mac, ETH_ALEN);
}

void anygw_plan_answer(struct anygw_plan *plan, const u8 *mac, __be32 addr)
{
	anygw_plan_dst(plan, mac);
	plan_add(plan, OFF_THA, mac, ETH_ALEN);
	plan_add(plan, OFF_TPA, &addr, sizeof(addr));
}

bool anygw_plan_apply(const struct anygw_plan *plan, u8 *frame, u32 len)
{
	int i;

	if (plan->end > len)
		return false;
	for (i = 0; i < plan->n; i++)
		memcpy(frame + plan->edit[i].off, plan->edit[i].octet,
		       plan->edit[i].len);
	return true;
}

/* Put a question to the VMs in the gateway's name. */
static enum anygw_leave ask(const struct anygw_segment *seg, __be32 addr,
			    struct anygw_plan *plan, enum anygw_reason *reason)
{
	__be32 self;
	int gw = anygw_segment_asker4(seg, addr, &self);

	if (gw < 0) {
		*reason = ANYGW_REASON_FOREIGN_QUESTION;
		return ANYGW_LEAVE_NOT;
	}
	plan_sender(plan, seg->gw[gw].vmac);
	plan_add(plan, OFF_SPA, &self, sizeof(self));
	return ANYGW_LEAVE_ASKING;
}

/* The vMAC that stands for another host towards the VM at an address. */
static const u8 *vmac_towards(const struct anygw_segment *seg,
			      const struct anygw_frame *f)
{
	int gw = ANYGW_NO_GATEWAY;
	__be32 self;

	if (f->kind == ANYGW_FRAME_IPV4)
		gw = anygw_segment_asker4(seg, f->ip.dst4, &self);
	if (gw < 0)
		gw = anygw_segment_any(seg);
	return seg->gw[gw].vmac;
}

static bool is_nd(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_IPV6 && f->ip.proto == PROTO_ICMPV6 &&
	       f->ip.has_type && f->ip.type >= ND_FIRST &&
	       f->ip.type <= ND_LAST;
}

static bool is_group_report(const struct anygw_frame *f)
{
	if (f->kind == ANYGW_FRAME_IPV4)
		return f->ip.proto == PROTO_IGMP;
	return f->kind == ANYGW_FRAME_IPV6 && f->ip.proto == PROTO_ICMPV6 &&
	       f->ip.has_type &&
	       ((f->ip.type >= MLD_QUERY && f->ip.type <= MLD_DONE) ||
		f->ip.type == MLD2_REPORT);
}

static enum anygw_leave arrival_at_vm(const struct anygw_segment *seg,
				      const struct anygw_frame *f,
				      struct anygw_plan *plan,
				      enum anygw_reason *reason)
{
	const u8 *vmac = vmac_towards(seg, f);

	switch (f->kind) {
	case ANYGW_FRAME_ARP:
	case ANYGW_FRAME_RARP:
		if (anygw_is_host_mac(f->arp.sha))
			plan_sender(plan, vmac);
		else
			plan_src(plan, vmac);
		return ANYGW_LEAVE_EDITED;
	case ANYGW_FRAME_IPV4:
	case ANYGW_FRAME_IPV6:
		if (is_nd(f))
			return ANYGW_LEAVE_AS_IS;
		plan_src(plan, vmac);
		return ANYGW_LEAVE_EDITED;
	default:
		*reason = ANYGW_REASON_FABRIC_UNTRANSLATABLE;
		return ANYGW_LEAVE_NOT;
	}
}

enum anygw_leave anygw_translate_arrival(const struct anygw_segment *seg,
					 const struct anygw_frame *f,
					 bool to_fabric,
					 struct anygw_plan *plan,
					 enum anygw_reason *reason)
{
	if (to_fabric) {
		if (f->kind != ANYGW_FRAME_ARP ||
		    anygw_segment_by_addr4(seg, f->arp.spa) < 0)
			return ANYGW_LEAVE_AS_IS;
		*reason = ANYGW_REASON_FABRIC_CLAIM;
		return ANYGW_LEAVE_NOT;
	}
	if (anygw_is_host_mac(f->dst)) {
		*reason = ANYGW_REASON_BETWEEN_HOSTS;
		return ANYGW_LEAVE_NOT;
	}
	if (!anygw_frame_is_question(f))
		return arrival_at_vm(seg, f, plan, reason);
	if (f->arp.spa == f->arp.tpa ||
	    anygw_segment_by_addr4(seg, f->arp.tpa) >= 0) {
		*reason = ANYGW_REASON_FOREIGN_QUESTION;
		return ANYGW_LEAVE_NOT;
	}
	return ask(seg, f->arp.tpa, plan, reason);
}

static enum anygw_leave departing_arp(const struct anygw_segment *seg,
				      const struct anygw_gwconf *gw,
				      const struct anygw_frame *f,
				      struct anygw_plan *plan,
				      enum anygw_reason *reason)
{
	bool own = gw->host4 && f->arp.spa == gw->host4;

	switch (f->arp.op) {
	case ANYGW_ARP_REQUEST:
		if (!own && f->arp.spa == f->arp.tpa)
			break;
		/*
		 * RFC 5227 section 2.1.1: a request from 0.0.0.0 changes
		 * nobody's cache.
		 */
		plan_sender(plan, seg->host_mac);
		plan_add(plan, OFF_SPA, &gw->host4, sizeof(gw->host4));
		return ANYGW_LEAVE_EDITED;
	case ANYGW_ARP_REPLY:
		if (!own)
			break;
		plan_sender(plan, seg->host_mac);
		return ANYGW_LEAVE_EDITED;
	}
	*reason = ANYGW_REASON_ANNOUNCEMENT;
	return ANYGW_LEAVE_NOT;
}

enum anygw_leave anygw_translate_departure(const struct anygw_segment *seg,
					   int gw, const struct anygw_frame *f,
					   struct anygw_plan *plan,
					   enum anygw_reason *reason)
{
	switch (f->kind) {
	case ANYGW_FRAME_ARP:
		return departing_arp(seg, &seg->gw[gw], f, plan, reason);
	case ANYGW_FRAME_IPV4:
	case ANYGW_FRAME_IPV6:
		*reason = ANYGW_REASON_ANNOUNCEMENT;
		if (is_nd(f) || is_group_report(f))
			return ANYGW_LEAVE_NOT;
		plan_src(plan, seg->host_mac);
		return ANYGW_LEAVE_EDITED;
	default:
		*reason = ANYGW_REASON_UNTRANSLATABLE;
		return ANYGW_LEAVE_NOT;
	}
}

enum anygw_leave anygw_translate_claim(const struct anygw_frame *f,
				       struct anygw_plan *plan,
				       enum anygw_reason *reason)
{
	static const __be32 nobody;

	*reason = ANYGW_REASON_HOST_CLAIM;
	if (f->arp.op != ANYGW_ARP_REQUEST || f->arp.spa == f->arp.tpa)
		return ANYGW_LEAVE_NOT;
	plan->n = 0;
	plan->end = 0;
	plan_add(plan, OFF_SPA, &nobody, sizeof(nobody));
	return ANYGW_LEAVE_EDITED;
}

enum anygw_leave anygw_translate_host(const struct anygw_segment *seg,
				      const struct anygw_frame *f,
				      bool to_fabric, struct anygw_plan *plan,
				      enum anygw_reason *reason)
{
	*reason = ANYGW_REASON_HOST_CLAIM;
	if (to_fabric && anygw_segment_by_vmac(seg, f->src) >= 0)
		return ANYGW_LEAVE_NOT;
	if (f->kind != ANYGW_FRAME_ARP)
		return ANYGW_LEAVE_AS_IS;
	if (to_fabric && anygw_segment_by_vmac(seg, f->arp.sha) >= 0)
		return ANYGW_LEAVE_NOT;
	if (anygw_segment_by_addr4(seg, f->arp.spa) < 0)
		return ANYGW_LEAVE_AS_IS;
	if (to_fabric)
		return anygw_translate_claim(f, plan, reason);
	if (f->arp.op != ANYGW_ARP_REQUEST || f->arp.spa == f->arp.tpa)
		return ANYGW_LEAVE_NOT;
	return ask(seg, f->arp.tpa, plan, reason);
}
