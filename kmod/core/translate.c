// SPDX-License-Identifier: GPL-2.0
/*
 * Translation at egress ports between the two identities of a host: the vMAC
 * towards virtual machines, the host MAC towards the fabric.
 */
#include <linux/icmpv6.h>
#include <linux/in.h>

#include "translate.h"

/* Per-packet path: the edits are not cleared. */
static void plan_start(struct anygw_plan *plan)
{
	plan->n = 0;
	plan->end = 0;
	plan->csum_at = 0;
	plan->csum_delta = 0;
}

static void plan_add(struct anygw_plan *plan, u16 off, const void *octets,
		     u16 len)
{
	struct anygw_edit *edit = &plan->edit[plan->n++];

	edit->off = off;
	edit->len = len;
	memcpy(edit->octet, octets, len);
	if (off + len > plan->end)
		plan->end = off + len;
}

static void plan_addr4(struct anygw_plan *plan, u16 off,
		       const struct in6_addr *addr)
{
	plan_add(plan, off, &addr->s6_addr32[3], sizeof(__be32));
}

void anygw_plan_dst(struct anygw_plan *plan, const u8 *mac)
{
	plan_start(plan);
	plan_add(plan, offsetof(struct ethhdr, h_dest), mac, ETH_ALEN);
}

void anygw_plan_src(struct anygw_plan *plan, const u8 *mac)
{
	plan_start(plan);
	plan_add(plan, offsetof(struct ethhdr, h_source), mac, ETH_ALEN);
}

static void plan_sender(struct anygw_plan *plan, const struct anygw_frame *f,
			const u8 *mac)
{
	anygw_plan_src(plan, mac);
	plan_add(plan, f->l3 + ANYGW_ARP_SHA, mac, ETH_ALEN);
}

/* @len: even; RFC 1624 */
static void plan_csum_delta(struct anygw_plan *plan, const void *from,
			    const void *to, u32 len)
{
	const u8 *a = from, *b = to;
	u32 i;

	for (i = 0; i < len; i += 2)
		plan->csum_delta += (u16)~(a[i] << 8 | a[i + 1]) +
				    (b[i] << 8 | b[i + 1]);
}

static void plan_csum_update(const struct anygw_plan *plan, u8 *csum)
{
	u32 sum = (u16)~(csum[0] << 8 | csum[1]) + plan->csum_delta;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	csum[0] = (u8)~(sum >> 8);
	csum[1] = (u8)~sum;
}

/*
 * Edit a neighbour discovery message: its link-layer address if there is one,
 * its source and its destination. NULL leaves a field unchanged.
 */
static void plan_nd(struct anygw_plan *plan, const struct anygw_frame *f,
		    const u8 *lladdr, const struct in6_addr *src,
		    const struct in6_addr *dst)
{
	const struct anygw_nd *nd = &f->nd;

	if (lladdr && nd->has_lladdr) {
		plan_add(plan, nd->lladdr_at, lladdr, ETH_ALEN);
		plan_csum_delta(plan, nd->lladdr, lladdr, ETH_ALEN);
	}
	if (src) {
		plan_add(plan, f->l3 + ANYGW_IP6_SRC, src, sizeof(*src));
		plan_csum_delta(plan, &nd->src, src, sizeof(*src));
	}
	if (dst) {
		plan_add(plan, f->l3 + ANYGW_IP6_DST, dst, sizeof(*dst));
		plan_csum_delta(plan, &nd->dst, dst, sizeof(*dst));
	}
	plan->csum_at = nd->csum_at;
	if (plan->end < nd->csum_at + sizeof(__sum16))
		plan->end = nd->csum_at + sizeof(__sum16);
}

void anygw_plan_reply(struct anygw_plan *plan, const struct anygw_frame *f,
		      const u8 *mac, const struct in6_addr *addr)
{
	anygw_plan_dst(plan, mac);
	if (f->kind != ANYGW_FRAME_ARP)
		return;
	plan_add(plan, f->l3 + ANYGW_ARP_THA, mac, ETH_ALEN);
	plan_addr4(plan, f->l3 + ANYGW_ARP_TPA, addr);
}

bool anygw_plan_deliver(struct anygw_plan *plan,
			const struct anygw_segment *seg, int gw,
			const struct anygw_frame *f)
{
	const struct in6_addr *self;

	anygw_plan_dst(plan, seg->gw[gw].vmac);
	if (!anygw_frame_is_nd(f, NDISC_NEIGHBOUR_ADVERTISEMENT) ||
	    !ipv6_addr_equal(&f->nd.dst, &seg->host_ll))
		return true;
	self = anygw_segment_self6(seg, gw);
	if (!self)
		return false;
	plan_nd(plan, f, NULL, NULL, self);
	return true;
}

bool anygw_plan_apply(const struct anygw_plan *plan, u8 *frame, u32 len)
{
	int i;

	if (plan->end > len)
		return false;
	for (i = 0; i < plan->n; i++)
		memcpy(frame + plan->edit[i].off, plan->edit[i].octet,
		       plan->edit[i].len);
	if (plan->csum_at)
		plan_csum_update(plan, frame + plan->csum_at);
	return true;
}

static enum anygw_egress_action translate_drop(enum anygw_reason *reason,
					       enum anygw_reason why)
{
	*reason = why;
	return ANYGW_EGRESS_DROP;
}

/* Send an ARP request to the VMs in the gateway's name. */
static enum anygw_egress_action
translate_arp_request(const struct anygw_segment *seg,
		      const struct anygw_frame *f, struct anygw_plan *plan,
		      enum anygw_reason *reason)
{
	const struct in6_addr *self;
	int gw = anygw_segment_requester(seg, &f->arp.tpa, &self);

	if (gw < 0)
		return translate_drop(reason, ANYGW_REASON_FOREIGN_REQUEST);
	plan_sender(plan, f, seg->gw[gw].vmac);
	plan_addr4(plan, f->l3 + ANYGW_ARP_SPA, self);
	return ANYGW_EGRESS_QUERY;
}

/* The vMAC that replaces another host's MAC towards the VM */
static const u8 *translate_vmac(const struct anygw_segment *seg,
				const struct anygw_frame *f)
{
	int gw = ANYGW_NO_GATEWAY;

	if (seg->n_gw == 1)
		return seg->gw[0].vmac;
	if (anygw_frame_is_ip(f))
		gw = anygw_segment_requester(seg, &f->ip.dst, NULL);
	else if (f->kind == ANYGW_FRAME_ND)
		gw = anygw_segment_requester(seg, &f->nd.dst, NULL);
	if (gw < 0)
		gw = anygw_segment_default_gw(seg);
	return seg->gw[gw].vmac;
}

static bool translate_is_group_report(const struct anygw_frame *f)
{
	if (f->kind == ANYGW_FRAME_IPV4)
		return f->ip.proto == IPPROTO_IGMP;
	return f->kind == ANYGW_FRAME_IPV6 && f->ip.proto == IPPROTO_ICMPV6 &&
	       f->ip.has_type &&
	       ((f->ip.type >= ICMPV6_MGM_QUERY &&
		 f->ip.type <= ICMPV6_MGM_REDUCTION) ||
		f->ip.type == ICMPV6_MLD2_REPORT);
}

/* The gateway whose address the sender claims */
static int translate_claimed_gw(const struct anygw_segment *seg,
				const struct anygw_frame *f)
{
	const struct in6_addr *addr = anygw_frame_claimed_addr(f);

	return addr ? anygw_segment_by_addr(seg, addr) : ANYGW_NO_GATEWAY;
}

/*
 * A neighbour solicitation only creates a neighbour entry for its sender on
 * the VM. An entry for a host LL is harmless; one for a gateway address must
 * stay correct.
 */
static enum anygw_egress_action
translate_ns_to_vm(const struct anygw_segment *seg, const struct anygw_frame *f,
		   struct anygw_plan *plan)
{
	int gw = anygw_segment_by_addr(seg, &f->nd.src);

	if (gw < 0)
		return ANYGW_EGRESS_PASS;
	plan_start(plan);
	if (anygw_is_host_mac(f->src))
		anygw_plan_src(plan, seg->gw[gw].vmac);
	plan_nd(plan, f, seg->gw[gw].vmac, NULL, NULL);
	return ANYGW_EGRESS_QUERY;
}

static enum anygw_egress_action
translate_to_vm(const struct anygw_segment *seg, const struct anygw_frame *f,
		struct anygw_plan *plan, enum anygw_reason *reason)
{
	const u8 *vmac = translate_vmac(seg, f);

	anygw_plan_src(plan, vmac);
	switch (f->kind) {
	case ANYGW_FRAME_ARP:
	case ANYGW_FRAME_RARP:
		if (anygw_is_host_mac(f->arp.sha))
			plan_sender(plan, f, vmac);
		return ANYGW_EGRESS_REWRITE;
	case ANYGW_FRAME_ND:
		if (anygw_is_host_mac(f->nd.lladdr))
			plan_nd(plan, f, vmac, NULL, NULL);
		return ANYGW_EGRESS_REWRITE;
	case ANYGW_FRAME_IPV4:
	case ANYGW_FRAME_IPV6:
		return ANYGW_EGRESS_REWRITE;
	default:
		return translate_drop(reason,
				      ANYGW_REASON_FABRIC_UNTRANSLATABLE);
	}
}

enum anygw_egress_action
anygw_translate_from_fabric(const struct anygw_segment *seg,
			    const struct anygw_frame *f, bool to_fabric,
			    struct anygw_plan *plan, enum anygw_reason *reason)
{
	if (to_fabric) {
		int gw = translate_claimed_gw(seg, f);

		/* Claims are marked for translation towards VMs only. */
		if (gw < 0 || seg->gw[gw].conf.coexist)
			return ANYGW_EGRESS_PASS;
		return translate_drop(reason, ANYGW_REASON_FABRIC_CLAIM);
	}
	if (anygw_is_host_mac(f->dst))
		return translate_drop(reason, ANYGW_REASON_BETWEEN_HOSTS);
	if (anygw_frame_is_nd(f, NDISC_NEIGHBOUR_SOLICITATION))
		return translate_ns_to_vm(seg, f, plan);
	if (!anygw_frame_is_solicit(f))
		return translate_to_vm(seg, f, plan, reason);
	if (anygw_frame_is_garp(f) ||
	    anygw_segment_by_addr(seg, &f->arp.tpa) >= 0)
		return translate_drop(reason, ANYGW_REASON_FOREIGN_REQUEST);
	return translate_arp_request(seg, f, plan, reason);
}

static enum anygw_egress_action
translate_gw_arp(const struct anygw_segment *seg,
		 const struct anygw_gateway_conf *conf,
		 const struct anygw_frame *f, struct anygw_plan *plan,
		 enum anygw_reason *reason)
{
	bool own = ipv6_addr_equal(&f->arp.spa, &conf->host4.addr);
	bool request = anygw_frame_is_arp_request(f);

	if ((!own && (!request || anygw_frame_is_garp(f))) ||
	    (!request && f->arp.op != ARPOP_REPLY))
		return translate_drop(reason, ANYGW_REASON_ANNOUNCEMENT);
	plan_sender(plan, f, seg->host_mac);
	/*
	 * Without host-address the request comes from 0.0.0.0 and updates no
	 * ARP cache, RFC 5227 section 2.1.1.
	 */
	if (request)
		plan_addr4(plan, f->l3 + ANYGW_ARP_SPA, &conf->host4.addr);
	return ANYGW_EGRESS_REWRITE;
}

/*
 * Solicitations go out from the host LL, and advertisements only for the
 * host-address: both addresses are unique to this host.
 */
static enum anygw_egress_action
translate_gw_nd(const struct anygw_segment *seg,
		const struct anygw_gateway_conf *conf,
		const struct anygw_frame *f, struct anygw_plan *plan,
		enum anygw_reason *reason)
{
	const struct anygw_nd *nd = &f->nd;
	const struct in6_addr *src = NULL;
	bool refused = true;

	if (nd->type == NDISC_NEIGHBOUR_SOLICITATION) {
		refused = ipv6_addr_any(&nd->src) ||
			  anygw_segment_by_addr(seg, &nd->target) >= 0;
		src = &seg->host_ll;
	} else if (nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT) {
		refused = ipv6_addr_any(&nd->target) ||
			  !ipv6_addr_equal(&nd->target, &conf->host6.addr) ||
			  anygw_segment_by_addr(seg, &nd->src) >= 0;
	}
	if (refused)
		return translate_drop(reason, ANYGW_REASON_ANNOUNCEMENT);
	anygw_plan_src(plan, seg->host_mac);
	plan_nd(plan, f, seg->host_mac, src, NULL);
	return ANYGW_EGRESS_REWRITE;
}

enum anygw_egress_action
anygw_translate_to_fabric(const struct anygw_segment *seg, int gw,
			  const struct anygw_frame *f, struct anygw_plan *plan,
			  enum anygw_reason *reason)
{
	const struct anygw_gateway_conf *conf = &seg->gw[gw].conf;

	switch (f->kind) {
	case ANYGW_FRAME_ARP:
		return translate_gw_arp(seg, conf, f, plan, reason);
	case ANYGW_FRAME_ND:
		return translate_gw_nd(seg, conf, f, plan, reason);
	case ANYGW_FRAME_IPV4:
	case ANYGW_FRAME_IPV6:
		if (translate_is_group_report(f))
			return translate_drop(reason,
					      ANYGW_REASON_ANNOUNCEMENT);
		anygw_plan_src(plan, seg->host_mac);
		return ANYGW_EGRESS_REWRITE;
	default:
		return translate_drop(reason, ANYGW_REASON_UNTRANSLATABLE);
	}
}

enum anygw_egress_action
anygw_translate_host_claim(const struct anygw_frame *f, struct anygw_plan *plan,
			   enum anygw_reason *reason)
{
	static const struct in6_addr unspecified;

	if (!anygw_frame_is_arp_request(f) || anygw_frame_is_garp(f))
		return translate_drop(reason, ANYGW_REASON_HOST_CLAIM);
	plan_start(plan);
	plan_addr4(plan, f->l3 + ANYGW_ARP_SPA, &unspecified);
	return ANYGW_EGRESS_REWRITE;
}

enum anygw_egress_action
anygw_translate_from_host(const struct anygw_segment *seg,
			  const struct anygw_frame *f, bool to_fabric,
			  struct anygw_plan *plan, enum anygw_reason *reason)
{
	const u8 *mac = f->kind == ANYGW_FRAME_RARP ? NULL :
			anygw_frame_sender_lladdr(f);

	if (to_fabric && (anygw_segment_by_vmac(seg, f->src) >= 0 ||
			  (mac && anygw_segment_by_vmac(seg, mac) >= 0)))
		return translate_drop(reason, ANYGW_REASON_HOST_CLAIM);
	if (translate_claimed_gw(seg, f) < 0)
		return ANYGW_EGRESS_PASS;
	if (to_fabric)
		return anygw_translate_host_claim(f, plan, reason);
	if (!anygw_frame_is_arp_request(f) || anygw_frame_is_garp(f))
		return translate_drop(reason, ANYGW_REASON_HOST_CLAIM);
	return translate_arp_request(seg, f, plan, reason);
}
