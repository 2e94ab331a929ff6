// SPDX-License-Identifier: GPL-2.0
/*
 * Bridge hooks for frames that enter the bridge, and the registration of all.
 * PRE_ROUTING classifies a frame and redirects it to the host MAC if it is for
 * a gateway; the bridge learns and filters as usual. LOCAL_IN hands redirected
 * frames to their gateway. By PRE_ROUTING's context (datapath.h) the later
 * hooks pass ordinary traffic after one comparison, and know the VLAN when the
 * tag is gone.
 */
#include <linux/icmpv6.h>
#include <linux/igmp.h>
#include <linux/netfilter_bridge.h>

#include "announce.h"
#include "beacon.h"
#include "bridge.h"
#include "datapath.h"
#include "endpoint.h"
#include "fastpath.h"
#include "ingress.h"
#include "neigh.h"
#include "nexthop.h"
#include "notify.h"
#include "peer.h"
#include "query.h"
#include "skb.h"

/* The payload of the shortest MLDv2 query, router alert included */
#define INGRESS_MLD2_QUERY	(8 + 28)

/* The bridge filters VLANs after PRE_ROUTING. */
static bool ingress_vlan_allowed(const struct anygw_pkt *pkt)
{
	return anygw_br_has_vid(pkt->in->br_dev, pkt->in->dev, pkt->seg->vid);
}

static void ingress_count_conflict(const struct anygw_pkt *pkt,
				   struct anygw_gateway *gw,
				   enum anygw_reason reason)
{
	anygw_stats_inc(gw->stats, ANYGW_STAT_CONFLICTS);
	anygw_stats_inc(pkt->in->stats, ANYGW_STAT_CONFLICTS);
	if (time_before(jiffies, READ_ONCE(gw->next_conflict_event)))
		return;
	WRITE_ONCE(gw->next_conflict_event, jiffies + HZ);
	if (reason == ANYGW_REASON_OWN_HOST_MAC)
		anygw_notify_host_mac_conflict(pkt->an, pkt->in->dev);
	anygw_notify_conflict(pkt->an, gw, pkt->in, pkt->f.src, reason);
}

/* Send a copy of a VM's reply to each requester on the fabric. */
static void ingress_forward_reply(const struct anygw_pkt *pkt)
{
	const struct in6_addr *addr = anygw_frame_claimed_addr(&pkt->f);
	struct anygw_vlan *vlan = anygw_segment_vlan(pkt->seg);
	struct anygw_requester requester;
	struct anygw_plan plan __uninitialized;
	struct sk_buff *copy;

	while (vlan && anygw_query_take(pkt->an->queries, vlan, addr,
					&requester)) {
		copy = skb_copy(pkt->skb, GFP_ATOMIC);
		if (!copy)
			return;
		anygw_plan_reply(&plan, &pkt->f, requester.mac, &requester.spa);
		if (!anygw_skb_rewrite(copy, &plan)) {
			kfree_skb(copy);
			continue;
		}
		anygw_ctx_set(copy, pkt->seg->vid | ANYGW_CTX_INSPECT);
		pkt->state->okfn(pkt->state->net, pkt->state->sk, copy);
	}
}

/* anygw_skb_rewrite() gives a shared skb another head: rehash the context. */
static void ingress_ctx_rehash(const struct sk_buff *skb, const void *old)
{
	struct anygw_ingress_ctx *ctx = this_cpu_ptr(&anygw_ingress_ctx);

	if (likely(skb->head == old))
		return;
	if (!((ctx->tag ^ anygw_ctx_hash(old)) >> 32))
		ctx->tag = anygw_ctx_word(skb, ctx->tag);
	if (!((ctx->cache_gen ^ anygw_ctx_hash(old)) >> 32))
		ctx->cache_gen = anygw_ctx_word(skb, ctx->cache_gen);
}

/*
 * Call the bridge's okfn directly and skip the remaining hooks: br_netfilter
 * would run the IP hooks now instead of on the gateway device.
 */
static unsigned int ingress_redirect(const struct anygw_pkt *pkt, int i,
				     struct sk_buff *skb, u32 flags)
{
	struct anygw_gateway *gw = pkt->seg->gw[i].gateway;
	struct anygw_vlan *vlan = rcu_dereference(gw->vlan);
	const void *head = skb->head;
	struct anygw_plan plan __uninitialized;
	u64 word;

	anygw_plan_dst(&plan, pkt->seg->host_mac);
	if (!anygw_skb_rewrite(skb, &plan))
		return anygw_count_drop(gw, pkt->in, ANYGW_REASON_NO_MEMORY);
	ingress_ctx_rehash(skb, head);
	flags |= ANYGW_CTX_REDIRECTED | ANYGW_CTX_INSPECT;
	word = anygw_ctx_word(skb, anygw_ctx_make(pkt->seg, i, flags));
	this_cpu_write(anygw_ingress_ctx.skip_forward, NULL);
	this_cpu_write(anygw_ingress_ctx.ctx, word);
	pkt->state->okfn(pkt->state->net, pkt->state->sk, skb);
	/*
	 * ingress_deliver() has cleared the context if the frame arrived. If
	 * not, the bridge filtered it or has lost its FDB entry. Clear the
	 * context here: the memory may be reused for another frame.
	 */
	if (this_cpu_read(anygw_ingress_ctx.ctx) != word)
		return NF_STOLEN;
	this_cpu_write(anygw_ingress_ctx.ctx, 0);
	if (vlan && ingress_vlan_allowed(pkt))
		anygw_br_request_repair(pkt->an, vlan);
	return NF_STOLEN;
}

/* The original is bridged on to the real router. */
static void ingress_redirect_copy(const struct anygw_pkt *pkt, int i)
{
	struct sk_buff *copy = skb_copy(pkt->skb, GFP_ATOMIC);

	if (!copy)
		anygw_count_drop(pkt->seg->gw[i].gateway, pkt->in,
				 ANYGW_REASON_NO_MEMORY);
	else if (ingress_redirect(pkt, i, copy, 0) == NF_DROP)
		kfree_skb(copy);
}

static void ingress_count_redirect(struct anygw_gateway *gw,
				   struct anygw_port *port, u8 flags)
{
	if (port->role == ANYGW_PORT_ROLE_ACCESS)
		anygw_stats_inc(gw->stats, ANYGW_STAT_CAPTURED);
	if (flags & ANYGW_F_SOLICIT)
		anygw_stats_inc(gw->stats, ANYGW_STAT_ANSWERED);
	trace_anygw_capture(gw->dev, port->dev, ANYGW_REASON_NONE);
}

struct anygw_verdict anygw_ingress_classify(const struct anygw_segment *seg,
					    const struct anygw_frame *f,
					    struct sk_buff *skb, bool access,
					    struct anygw_rt_result *rt)
{
	struct anygw_verdict v = access ? anygw_classify_access(seg, f) :
					  anygw_classify_fabric(seg, f);

	if (!(v.flags & ANYGW_F_NEEDS_ROUTE))
		return v;
	anygw_route_lookup(seg->gw[v.gw].gateway, skb, rt, false);
	if (!anygw_route_usable(rt)) {
		v.act = ANYGW_PASS;
		v.flags |= ANYGW_F_FALLBACK;
	}
	return v;
}

static void ingress_rx_beacon(const struct anygw_pkt *pkt,
			      struct anygw_gateway *gw)
{
	enum anygw_reason reason =
		anygw_peer_rx_beacon(pkt->an, pkt->in, gw, &pkt->f, pkt->skb);

	if (reason != ANYGW_REASON_NONE)
		anygw_count_drop(gw, pkt->in, reason);
}

/*
 * FORWARD and LOCAL_IN inspect a bridged frame if it is marked; if it is a VM's
 * reply, or the first of a VM that may reach the fabric; or if its source is an
 * endpoint that may have moved to the fabric, which counts only once the bridge
 * has let the frame in.
 */
static u32 ingress_bridge_flags(const struct anygw_pkt *pkt, bool mark)
{
	u32 flags = mark ? ANYGW_CTX_INSPECT | ANYGW_CTX_MARKED : 0;

	if (!pkt->access)
		return anygw_ep_match_fabric(pkt->an, pkt->in, pkt->seg,
					     &pkt->f) ?
		       flags | ANYGW_CTX_INSPECT | ANYGW_CTX_EP_RX : flags;
	if (anygw_frame_is_reply(&pkt->f) ||
	    READ_ONCE(pkt->in->fabric_rx_note) !=
	    anygw_port_note(pkt->f.src, pkt->seg->vid))
		flags |= ANYGW_CTX_INSPECT;
	return flags;
}

static unsigned int ingress_bridge(const struct anygw_pkt *pkt,
				   const struct anygw_verdict *v)
{
	bool mark = v->act == ANYGW_MARK;
	u32 flags = ingress_bridge_flags(pkt, mark);

	anygw_ctx_set(pkt->skb, anygw_ctx_make(pkt->seg, v->gw, flags));
	if (!v->flags && anygw_frame_is_ip(&pkt->f) && (mark || !flags))
		anygw_ingress_cache_add(pkt, pkt->f.dst, v->act, mark ?
					pkt->seg->gw[v->gw].gateway : NULL);
	return NF_ACCEPT;
}

/* What a verdict causes apart from its action on the frame. */
static void ingress_side_effects(const struct anygw_pkt *pkt,
				 const struct anygw_verdict *v,
				 struct anygw_gateway *gw, bool observe)
{
	struct anygw_vlan *vlan;

	if (v->flags & ANYGW_F_FALLBACK)
		anygw_stats_inc(gw->stats, ANYGW_STAT_FALLBACK);
	if (v->flags & ANYGW_F_CONFLICT)
		ingress_count_conflict(pkt, gw, v->reason ?:
				       ANYGW_REASON_FABRIC_CLAIM);
	if (anygw_frame_is_probe(&pkt->f) && ingress_vlan_allowed(pkt)) {
		vlan = anygw_segment_vlan(pkt->seg);
		if (vlan)
			anygw_probe_add(vlan, &pkt->f.arp.tpa);
	}
	if (v->flags & ANYGW_F_FORWARD_REPLY && !observe &&
	    ingress_vlan_allowed(pkt))
		ingress_forward_reply(pkt);
}

static unsigned int ingress_process(struct anygw_pkt *pkt)
{
	const struct anygw_segment *seg = pkt->seg;
	struct anygw_rt_result rt;
	struct anygw_gateway *gw;
	struct anygw_verdict v;
	bool observe;
	u32 flags = 0;

	anygw_pkt_parse(pkt);
	v = anygw_ingress_classify(seg, &pkt->f, pkt->skb, pkt->access, &rt);
	gw = seg->gw[v.gw].gateway;
	observe = seg->gw[v.gw].state == ANYGW_MODE_OBSERVE;
	if (v.flags & ANYGW_F_NEEDS_ROUTE) {
		flags = rt.rerouted ? ANYGW_CTX_REROUTED : 0;
		anygw_failed_nh_add(pkt->an, gw, rt.failed);
	}
	ingress_side_effects(pkt, &v, gw, observe);
	/* An observing gateway leaves only the VLAN to the later hooks. */
	if (observe || v.act == ANYGW_REPLY)
		anygw_ctx_set(pkt->skb, seg->vid);

	switch (v.act) {
	case ANYGW_DROP:
		anygw_count_drop(gw, pkt->in, v.reason);
		return observe ? NF_ACCEPT : NF_DROP;
	case ANYGW_REDIRECT:
		ingress_count_redirect(gw, pkt->in, v.flags);
		if (observe)
			return NF_ACCEPT;
		if (!(v.flags & ANYGW_F_COPY))
			return ingress_redirect(pkt, v.gw, pkt->skb, flags);
		ingress_redirect_copy(pkt, v.gw);
		break;
	case ANYGW_REPLY:
		if (observe || !ingress_vlan_allowed(pkt))
			return NF_ACCEPT;
		anygw_stats_inc(gw->stats, ANYGW_STAT_ANSWERED);
		anygw_announce_host_ll(seg, gw, &pkt->f);
		return NF_DROP;
	case ANYGW_MARK:
		if (pkt->f.kind == ANYGW_FRAME_BEACON &&
		    ingress_vlan_allowed(pkt))
			ingress_rx_beacon(pkt, gw);
		break;
	case ANYGW_PASS:
		break;
	}
	return observe ? NF_ACCEPT : ingress_bridge(pkt, &v);
}

static unsigned int ingress_lookup(struct anygw_net *an, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct anygw_port *port = anygw_port_lookup(an, state->in);
	u32 tag = anygw_vcache_tag(skb);
	struct anygw_bridge *bridge;
	struct anygw_pkt pkt __uninitialized;
	u16 vid = 0;

	if (!port) {
		anygw_ctx_set(skb, 0);
		return NF_ACCEPT;
	}
	this_cpu_write(anygw_ingress_ctx.tag, anygw_ctx_word(skb, tag));
	this_cpu_write(anygw_ingress_ctx.cache_gen,
		       anygw_ctx_word(skb, anygw_cache_gen(an, port)));
	pkt.an = an;
	pkt.in = port;
	pkt.skb = skb;
	pkt.state = state;
	bridge = rcu_dereference(port->bridge);
	if (!bridge)
		goto pass;
	/* Nothing may change the frame after it is classified. */
	if (!anygw_skb_settle_csum(skb)) {
		anygw_stats_drop(port->stats, ANYGW_REASON_MALFORMED);
		return NF_DROP;
	}
	if (!anygw_br_tag_vid(port->br_dev, skb, port->dev, &vid)) {
		/* In no VLAN: LOCAL_IN must not find a context either. */
		this_cpu_write(anygw_ingress_ctx.skip_forward, skb->head);
		this_cpu_write(anygw_ingress_ctx.ctx, 0);
		return NF_ACCEPT;
	}
	pkt.seg = anygw_segment_lookup(bridge, vid);
	if (pkt.seg)
		return ingress_process(&pkt);
pass:
	anygw_ctx_set(skb, vid);
	/* The VLAN of an untagged frame, the PVID, may change. */
	if (!bridge || tag & VLAN_VID_MASK)
		anygw_ingress_cache_add(&pkt, skb_mac_header(skb), ANYGW_PASS,
					NULL);
	return NF_ACCEPT;
}

static noinline unsigned int
ingress_slow_path(struct anygw_net *an, struct sk_buff *skb,
		  const struct nf_hook_state *state)
{
	bool direct = anygw_ctx_enter();
	unsigned int verdict = ingress_lookup(an, skb, state);

	anygw_ctx_leave(direct);
	return verdict;
}

static noinline unsigned int
ingress_cache_hit(struct anygw_net *an, const struct anygw_vcache_hit *hit,
		  struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct anygw_vlan *vlan;

	if (hit->act == ANYGW_MARK) {
		vlan = rcu_dereference(hit->gw->vlan);
		if (!vlan)
			return ingress_slow_path(an, skb, state);
		anygw_ctx_set(skb, vlan->vid | ANYGW_CTX_INSPECT |
				   ANYGW_CTX_MARKED | ANYGW_CTX_CACHED);
		return NF_ACCEPT;
	}
	if (anygw_fastpath_receive(an, hit, skb))
		return NF_STOLEN;
	return ingress_slow_path(an, skb, state);
}

/* All bridged traffic of the host comes through here: keep it short. */
static unsigned int ingress_hook_pre_routing(void *priv, struct sk_buff *skb,
					     const struct nf_hook_state *state)
{
	struct anygw_net *an = priv;
	const struct anygw_vcache_hit *hit =
		anygw_vcache_lookup(an, skb, state->in);

	if (!hit)
		return ingress_slow_path(an, skb, state);
	if (hit->act == ANYGW_PASS) {
		this_cpu_write(anygw_ingress_ctx.skip_forward, skb->head);
		return NF_ACCEPT;
	}
	return ingress_cache_hit(an, hit, skb, state);
}

static bool ingress_neigh_exists(const struct anygw_gateway *gw,
				 const struct anygw_frame *f)
{
	struct neighbour *n;

	n = anygw_neigh_lookup(gw, anygw_frame_claimed_addr(f));
	if (!n)
		return false;
	neigh_release(n);
	return true;
}

static bool ingress_is_granted(const struct anygw_pkt *pkt)
{
	return anygw_ep_grants(pkt->an, pkt->in->br_dev, pkt->seg->vid,
			       &pkt->f);
}

/*
 * A reply from the fabric is for every gateway of the VLAN that has a neighbour
 * entry for its sender, not only for gateway @first.
 */
static void ingress_deliver_reply(const struct anygw_pkt *pkt, int first)
{
	const struct anygw_segment *seg = pkt->seg;
	int i;

	for (i = 0; i < seg->n_gw; i++) {
		struct anygw_gateway *gw = seg->gw[i].gateway;
		struct anygw_plan plan __uninitialized;
		struct sk_buff *copy;

		if (i == first || seg->gw[i].state != ANYGW_MODE_ACTIVE ||
		    !ingress_neigh_exists(gw, &pkt->f) ||
		    !anygw_plan_deliver(&plan, seg, i, &pkt->f))
			continue;
		copy = skb_copy(pkt->skb, GFP_ATOMIC);
		if (!copy)
			return;
		if (anygw_skb_rewrite(copy, &plan))
			anygw_skb_deliver(gw, copy, false);
		else
			kfree_skb(copy);
	}
}

/* Without context: the redirect has overwritten the gateway's MAC. */
static int ingress_find_gateway(const struct anygw_pkt *pkt)
{
	const struct anygw_segment *seg = pkt->seg;
	const struct anygw_frame *f = &pkt->f;
	struct anygw_verdict v;
	int i = ANYGW_NO_GATEWAY;

	if (!pkt->access) {
		v = anygw_classify_fabric(seg, f);
		return v.act == ANYGW_REDIRECT ? v.gw : ANYGW_NO_GATEWAY;
	}
	if (anygw_frame_is_ip(f))
		i = anygw_segment_requester(seg, &f->ip.src, NULL);
	else if (f->kind == ANYGW_FRAME_ARP || f->kind == ANYGW_FRAME_ND)
		i = anygw_segment_requester(seg, anygw_frame_target_addr(f),
					    NULL);
	return i >= 0 ? i : anygw_segment_default_gw(seg);
}

static unsigned int ingress_deliver(struct anygw_pkt *pkt)
{
	const struct anygw_segment *seg = pkt->seg;
	struct anygw_gateway *gw;
	struct anygw_plan plan __uninitialized;
	int i;

	anygw_pkt_parse(pkt);
	i = pkt->has_ctx ? FIELD_GET(ANYGW_CTX_GW, pkt->ctx) :
			   ingress_find_gateway(pkt);
	if (i < 0 || i >= seg->n_gw)
		return NF_DROP;
	gw = seg->gw[i].gateway;
	if (seg->gw[i].state == ANYGW_MODE_OBSERVE)
		return NF_ACCEPT;
	if (pkt->access) {
		anygw_ep_rx_access(pkt->an, pkt->in, seg, &pkt->f,
				   ANYGW_EP_RX_CAPTURED);
		/* The bridge has filtered it, and would do the same again. */
		if (pkt->has_ctx && anygw_frame_is_ip(&pkt->f) &&
		    READ_ONCE(gw->conf.fastpath))
			anygw_ingress_cache_add(pkt, seg->gw[i].vmac,
						ANYGW_REDIRECT, gw);
	} else {
		anygw_ep_rx_fabric(pkt->an, pkt->in, seg, &pkt->f);
	}
	this_cpu_write(anygw_ingress_ctx.ctx, 0);
	/* The claim is not decided: the stack must not believe it. */
	if (!anygw_frame_is_ip(&pkt->f) && !ingress_is_granted(pkt)) {
		if (pkt->access && anygw_frame_is_solicit(&pkt->f))
			anygw_announce_reply(gw, &pkt->f);
		return anygw_count_drop(gw, pkt->in, ANYGW_REASON_CONTESTED);
	}
	if (!anygw_plan_deliver(&plan, seg, i, &pkt->f))
		return anygw_count_drop(gw, pkt->in,
					ANYGW_REASON_NOT_FOR_HOST);
	/* Copied as received: that is what a plan's checksum delta is for. */
	if (!pkt->access && seg->n_gw > 1 && anygw_frame_is_reply(&pkt->f))
		ingress_deliver_reply(pkt, i);
	if (!anygw_skb_rewrite(pkt->skb, &plan))
		return anygw_count_drop(gw, pkt->in, ANYGW_REASON_NO_MEMORY);
	anygw_skb_deliver(gw, pkt->skb,
			  pkt->has_ctx && pkt->ctx & ANYGW_CTX_REROUTED);
	return NF_STOLEN;
}

static bool ingress_is_group_query(const struct anygw_frame *f)
{
	if (f->kind == ANYGW_FRAME_IPV4)
		return f->ip.proto == IPPROTO_IGMP &&
		       f->ip.type == IGMP_HOST_MEMBERSHIP_QUERY;
	return f->kind == ANYGW_FRAME_IPV6 && f->ip.proto == IPPROTO_ICMPV6 &&
	       f->ip.type == ICMPV6_MGM_QUERY;
}

/*
 * A machine on the fabric tells all of its address, which it may have taken
 * over. The gateways follow if they know the address; a probe or another
 * gateway's address is not theirs to follow.
 */
static void ingress_rx_claim(const struct anygw_pkt *pkt)
{
	const struct anygw_frame *f = &pkt->f;
	const struct in6_addr *addr = anygw_frame_claimed_addr(f);
	const u8 *mac = anygw_frame_sender_lladdr(f);

	if (!addr || !mac || !is_valid_ether_addr(mac) ||
	    !anygw_frame_proves(f) ||
	    (f->kind == ANYGW_FRAME_ND &&
	     (f->nd.type != NDISC_NEIGHBOUR_ADVERTISEMENT ||
	      !(f->nd.flags & ANYGW_NA_OVERRIDE))) ||
	    anygw_segment_by_any_addr(pkt->seg, addr) >= 0 ||
	    anygw_segment_by_vmac(pkt->seg, mac) >= 0)
		return;
	if (ingress_is_granted(pkt))
		anygw_neigh_update(pkt->seg, addr, mac);
}

/* A querier on the fabric asks what groups the host wants to receive. */
static void ingress_rx_group_query(const struct anygw_pkt *pkt)
{
	struct anygw_vlan *vlan = anygw_segment_vlan(pkt->seg);
	const struct ipv6hdr *ip6;
	struct ipv6hdr _ip6;

	ip6 = skb_header_pointer(pkt->skb, pkt->f.l3 - ETH_HLEN, sizeof(_ip6),
				 &_ip6);
	if (vlan && ip6 && pkt->f.kind == ANYGW_FRAME_IPV6)
		anygw_beacon_report(pkt->an, vlan, ntohs(ip6->payload_len) <
				    INGRESS_MLD2_QUERY);
}

static unsigned int ingress_deliver_multicast(struct anygw_pkt *pkt)
{
	const struct anygw_segment *seg = pkt->seg;
	int i;

	anygw_pkt_parse(pkt);
	if (pkt->access) {
		anygw_ep_rx_access(pkt->an, pkt->in, seg, &pkt->f, 0);
		if (!ingress_is_granted(pkt))
			return NF_ACCEPT;
	} else {
		anygw_ep_rx_fabric(pkt->an, pkt->in, seg, &pkt->f);
		ingress_rx_claim(pkt);
		if (!ingress_is_group_query(&pkt->f))
			return NF_ACCEPT;
		/* Without reports snooping drops the gateways' memberships. */
		ingress_rx_group_query(pkt);
	}
	for (i = 0; i < seg->n_gw; i++)
		if (seg->gw[i].state == ANYGW_MODE_ACTIVE)
			anygw_skb_deliver_clone(seg->gw[i].gateway, pkt->skb);
	return NF_ACCEPT;
}

static unsigned int ingress_local_in(struct anygw_pkt *pkt,
				     struct anygw_bridge *bridge, bool direct)
{
	const u8 *dst = skb_mac_header(pkt->skb);
	bool multicast = is_multicast_ether_addr(dst);
	const struct anygw_port *port = pkt->in;
	u16 vid;

	pkt->has_ctx = anygw_ctx_get(pkt->skb, direct, &pkt->ctx);
	if (!multicast && (!ether_addr_equal(dst, pkt->an->host.mac) ||
			   (pkt->has_ctx &&
			    !(pkt->ctx & ANYGW_CTX_REDIRECTED))))
		return NF_ACCEPT;
	vid = pkt->ctx & ANYGW_CTX_VID;
	/* An untagged frame without context is taken to be in the PVID. */
	if (!pkt->has_ctx &&
	    (!anygw_br_tag_vid(port->br_dev, pkt->skb, port->br_dev, &vid) ||
	     !anygw_br_has_vid(port->br_dev, port->dev, vid)))
		return NF_ACCEPT;
	pkt->seg = anygw_segment_lookup(bridge, vid);
	if (!pkt->seg)
		return NF_ACCEPT;
	return multicast ? ingress_deliver_multicast(pkt) :
			   ingress_deliver(pkt);
}

static unsigned int ingress_hook_local_in(void *priv, struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	struct anygw_bridge *bridge;
	struct anygw_pkt pkt __uninitialized;
	unsigned int verdict;
	bool direct;

	pkt.an = priv;
	pkt.in = anygw_port_lookup(pkt.an, state->in);
	pkt.skb = skb;
	bridge = pkt.in ? rcu_dereference(pkt.in->bridge) : NULL;
	/* Link-local frames keep the port as their device: not for gateways. */
	if (!bridge || !netif_is_bridge_master(skb->dev))
		return NF_ACCEPT;
	direct = anygw_ctx_enter();
	verdict = ingress_local_in(&pkt, bridge, direct);
	anygw_ctx_leave(direct);
	return verdict;
}

static const struct nf_hook_ops ingress_hook_ops[ANYGW_HOOKS] = {
	/* After the bridge's filters, before br_netfilter. */
	{ .hook = ingress_hook_pre_routing, .pf = NFPROTO_BRIDGE,
	  .hooknum = NF_BR_PRE_ROUTING, .priority = NF_BR_PRI_BRNF - 1 },
	{ .hook = ingress_hook_local_in, .pf = NFPROTO_BRIDGE,
	  .hooknum = NF_BR_LOCAL_IN, .priority = NF_BR_PRI_LAST - 1 },
	{ .hook = anygw_egress_forward, .pf = NFPROTO_BRIDGE,
	  .hooknum = NF_BR_FORWARD, .priority = NF_BR_PRI_LAST - 1 },
	{ .hook = anygw_egress_local_out, .pf = NFPROTO_BRIDGE,
	  .hooknum = NF_BR_LOCAL_OUT, .priority = NF_BR_PRI_LAST - 1 },
};

void anygw_ingress_exit(struct anygw_net *an)
{
	if (!an->hooked)
		return;
	nf_unregister_net_hooks(an->net, an->hooks, ARRAY_SIZE(an->hooks));
	an->hooked = false;
	synchronize_net();
}

int anygw_ingress_sync(struct anygw_net *an)
{
	int i, err;

	ASSERT_RTNL();
	if (an->hooked == (an->n_gateways || !list_empty(&an->retired)))
		return 0;
	if (an->hooked) {
		anygw_ingress_exit(an);
		return 0;
	}
	/* Allocated with the first gateway, kept with the namespace. */
	an->queries = an->queries ?: anygw_query_alloc();
	an->vcache = an->vcache ?: anygw_vcache_alloc();
	an->flows = an->flows ?: anygw_flow_alloc(an->net);
	if (!an->queries || !an->vcache || !an->flows)
		return -ENOMEM;
	memcpy(an->hooks, ingress_hook_ops, sizeof(ingress_hook_ops));
	for (i = 0; i < ARRAY_SIZE(an->hooks); i++)
		an->hooks[i].priv = an;
	err = nf_register_net_hooks(an->net, an->hooks, ARRAY_SIZE(an->hooks));
	an->hooked = !err;
	if (!err)
		queue_delayed_work(system_percpu_wq, &an->repair, 0);
	return err;
}
