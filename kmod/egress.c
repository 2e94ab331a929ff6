// SPDX-License-Identifier: GPL-2.0
/*
 * Bridge hooks for frames that leave by a port. FORWARD translates what other
 * anygw hosts send, LOCAL_OUT what gateways send to the fabric, between the
 * gateway's identity and the host's; what cannot be translated is dropped.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>

#include "bridge.h"
#include "datapath.h"
#include "endpoint.h"
#include "query.h"
#include "skb.h"
#include "vcache.h"

static struct anygw_gateway *egress_default_gw(const struct anygw_pkt *pkt)
{
	return pkt->seg->gw[anygw_segment_default_gw(pkt->seg)].gateway;
}

static void egress_add_query(const struct anygw_pkt *pkt)
{
	struct anygw_vlan *vlan = anygw_segment_vlan(pkt->seg);
	const struct anygw_frame *f = &pkt->f;
	struct anygw_requester requester = {};

	if (f->kind == ANYGW_FRAME_ARP)
		requester.spa = f->arp.spa;
	ether_addr_copy(requester.mac, anygw_frame_sender_lladdr(f) ?: f->src);
	if (vlan)
		anygw_query_add(pkt->an->queries, vlan,
				anygw_frame_target_addr(f), &requester);
}

static unsigned int egress_apply(const struct anygw_pkt *pkt,
				 struct anygw_gateway *gw,
				 enum anygw_egress_action act,
				 const struct anygw_plan *plan,
				 enum anygw_reason reason)
{
	if (act == ANYGW_EGRESS_PASS)
		return NF_ACCEPT;
	if (act == ANYGW_EGRESS_DROP)
		return anygw_count_drop(gw, pkt->out, reason);
	if (act == ANYGW_EGRESS_QUERY)
		egress_add_query(pkt);
	if (!anygw_skb_rewrite(pkt->skb, plan))
		return anygw_count_drop(gw, pkt->out, ANYGW_REASON_NO_MEMORY);
	anygw_stats_inc(gw->stats, ANYGW_STAT_TRANSLATED);
	trace_anygw_translate(gw->dev, pkt->out->dev, ANYGW_REASON_NONE);
	return NF_ACCEPT;
}

static unsigned int egress_drop(const struct anygw_pkt *pkt,
				enum anygw_reason reason)
{
	return anygw_count_drop(egress_default_gw(pkt), pkt->out, reason);
}

/* Two VMs of this host: let PRE_ROUTING pass the frames that follow. */
static void egress_cache_pass(const struct anygw_pkt *pkt)
{
	struct anygw_verdict v;

	if (is_multicast_ether_addr(pkt->f.dst))
		return;
	v = anygw_classify_access(pkt->seg, &pkt->f);
	if (v.act == ANYGW_PASS && !v.flags)
		anygw_ingress_cache_add(pkt, pkt->f.dst, ANYGW_PASS, NULL);
}

/* Without context: classify the frame as PRE_ROUTING does. */
static enum anygw_reason egress_reclassify(struct anygw_pkt *pkt)
{
	struct anygw_verdict v = pkt->access ?
		anygw_classify_access(pkt->seg, &pkt->f) :
		anygw_classify_fabric(pkt->seg, &pkt->f);

	pkt->ctx = ANYGW_CTX_EP_RX;
	if (pkt->seg->gw[v.gw].state == ANYGW_MODE_OBSERVE)
		return ANYGW_REASON_NONE;
	if (v.act == ANYGW_MARK)
		pkt->ctx |= ANYGW_CTX_MARKED;
	return v.act == ANYGW_DROP ? v.reason : ANYGW_REASON_NONE;
}

static unsigned int egress_forward_access(const struct anygw_pkt *pkt)
{
	anygw_ep_rx_access(pkt->an, pkt->in, pkt->seg, &pkt->f,
			   pkt->to_fabric ? ANYGW_EP_RX_TO_FABRIC : 0);
	if (pkt->to_fabric)
		return NF_ACCEPT;
	if (anygw_is_host_mac(pkt->f.dst))
		return egress_drop(pkt, ANYGW_REASON_BETWEEN_HOSTS);
	if (pkt->has_ctx)
		egress_cache_pass(pkt);
	return NF_ACCEPT;
}

static unsigned int egress_forward_fabric(const struct anygw_pkt *pkt,
					  bool *done)
{
	enum anygw_reason reason = ANYGW_REASON_NONE;
	enum anygw_egress_action act;
	struct anygw_plan plan __uninitialized;

	if (pkt->ctx & ANYGW_CTX_EP_RX)
		anygw_ep_rx_fabric(pkt->an, pkt->in, pkt->seg, &pkt->f);
	if (!(pkt->ctx & ANYGW_CTX_MARKED))
		return NF_ACCEPT;
	*done = true;
	/* Not counted as dropped: this host has received the beacon. */
	if (pkt->f.kind == ANYGW_FRAME_BEACON)
		return pkt->to_fabric ? NF_ACCEPT : NF_DROP;
	act = anygw_translate_from_fabric(pkt->seg, &pkt->f, pkt->to_fabric,
					  &plan, &reason);
	return egress_apply(pkt, egress_default_gw(pkt), act, &plan, reason);
}

/* Redirected, and flooded for lack of an FDB entry for the host MAC. */
static bool egress_is_flooded(const struct anygw_pkt *pkt)
{
	const struct anygw_segment *seg = pkt->seg;

	if (!ether_addr_equal(pkt->f.dst, seg->host_mac))
		return false;
	return pkt->has_ctx ? pkt->ctx & ANYGW_CTX_REDIRECTED :
	       seg->gw[anygw_segment_default_gw(seg)].state !=
	       ANYGW_MODE_OBSERVE;
}

/* @done: set if no other segment has to be tried. */
static unsigned int egress_forward_segment(struct anygw_pkt *pkt, bool *done)
{
	enum anygw_reason reason = ANYGW_REASON_NONE;
	struct anygw_vlan *vlan;

	anygw_pkt_parse(pkt);
	if (egress_is_flooded(pkt)) {
		vlan = anygw_segment_vlan(pkt->seg);
		if (vlan)
			anygw_br_request_repair(pkt->an, vlan);
		return egress_drop(pkt, ANYGW_REASON_FDB_LOST);
	}
	if (!pkt->has_ctx)
		reason = egress_reclassify(pkt);
	if (reason != ANYGW_REASON_NONE)
		return egress_drop(pkt, reason);
	return pkt->access ? egress_forward_access(pkt) :
			     egress_forward_fabric(pkt, done);
}

/* An IP packet for a VM: nothing but its source MAC is to be changed. */
static bool egress_is_cached(const struct anygw_pkt *pkt)
{
	return pkt->ctx & ANYGW_CTX_CACHED && pkt->seg->n_gw == 1 &&
	       !pkt->to_fabric &&
	       !anygw_is_host_mac(eth_hdr(pkt->skb)->h_dest);
}

/* Routed by another host: the source becomes the gateway. */
static unsigned int egress_forward_cached(const struct anygw_pkt *pkt)
{
	const struct anygw_segment_gw *gw = &pkt->seg->gw[0];
	struct anygw_plan plan __uninitialized;

	anygw_plan_src(&plan, gw->vmac);
	return egress_apply(pkt, gw->gateway, ANYGW_EGRESS_REWRITE, &plan,
			    ANYGW_REASON_NONE);
}

static unsigned int egress_forward_port(struct anygw_pkt *pkt,
					struct anygw_bridge *bridge)
{
	unsigned int verdict = NF_ACCEPT;
	unsigned long at = 0;
	bool done = false;

	if (pkt->has_ctx) {
		pkt->seg = anygw_segment_lookup(bridge,
						pkt->ctx & ANYGW_CTX_VID);
		if (!pkt->seg)
			return NF_ACCEPT;
		return egress_is_cached(pkt) ? egress_forward_cached(pkt) :
		       egress_forward_segment(pkt, &done);
	}
	/* Try each VLAN that a frame without context may belong to. */
	while (!done && verdict == NF_ACCEPT) {
		pkt->seg = anygw_br_next_segment(bridge, pkt->skb, pkt->in->dev,
						 pkt->out->dev, &at);
		if (!pkt->seg)
			break;
		verdict = egress_forward_segment(pkt, &done);
	}
	return verdict;
}

static noinline unsigned int
egress_forward_inspect(struct anygw_net *an, struct sk_buff *skb,
		       const struct nf_hook_state *state)
{
	struct anygw_bridge *bridge;
	unsigned int verdict;
	struct anygw_pkt pkt __uninitialized;
	bool direct;

	pkt.an = an;
	pkt.in = anygw_port_lookup(an, state->in);
	pkt.out = anygw_port_lookup(an, state->out);
	pkt.skb = skb;
	bridge = pkt.in ? rcu_dereference(pkt.in->bridge) : NULL;
	if (!bridge || !pkt.out)
		return NF_ACCEPT;
	pkt.to_fabric = READ_ONCE(pkt.out->role) == ANYGW_PORT_ROLE_FABRIC;
	direct = anygw_ctx_enter();
	pkt.has_ctx = anygw_ctx_get(skb, direct, &pkt.ctx);
	verdict = egress_forward_port(&pkt, bridge);
	anygw_ctx_leave(direct);
	return verdict;
}

unsigned int anygw_egress_forward(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	if (!state->in || (anygw_ctx_is_direct() &&
	    this_cpu_read(anygw_ingress_ctx.skip_forward) == skb->head))
		return NF_ACCEPT;
	return egress_forward_inspect(priv, skb, state);
}

/*
 * A gateway without an IPv4 host-address sends ARP requests from 0.0.0.0. A VM
 * that probes for the target address would take one for a conflicting probe
 * (RFC 5227). The VM's announcement after the probes resolves the address.
 */
static bool egress_is_probed(const struct anygw_pkt *pkt, int i)
{
	struct anygw_vlan *vlan;

	if (!anygw_frame_is_arp_request(&pkt->f) ||
	    !ipv6_addr_any(&pkt->seg->gw[i].conf.host4.addr))
		return false;
	vlan = anygw_segment_vlan(pkt->seg);
	return vlan && anygw_probe_pending(vlan, &pkt->f.arp.tpa);
}

static unsigned int egress_from_gateway(const struct anygw_pkt *pkt, int i)
{
	enum anygw_reason reason = ANYGW_REASON_NONE;
	enum anygw_egress_action act;
	struct anygw_plan plan __uninitialized;

	act = anygw_translate_to_fabric(pkt->seg, i, &pkt->f, &plan, &reason);
	if (act == ANYGW_EGRESS_REWRITE && egress_is_probed(pkt, i)) {
		act = ANYGW_EGRESS_DROP;
		reason = ANYGW_REASON_PROBED;
	}
	return egress_apply(pkt, pkt->seg->gw[i].gateway, act, &plan, reason);
}

/* Not for link-local addresses, which are unique in their own VLAN only. */
static struct net_device *egress_addr_dev(struct anygw_net *an,
					  const struct in6_addr *addr)
{
	__be32 addr4 = addr->s6_addr32[3];

	if (ipv6_addr_v4mapped(addr))
		return addr4 ? __ip_dev_find(an->net, addr4, false) : NULL;
	if (ipv6_mod_enabled() && !ipv6_addr_any(addr) && !anygw_is_ll(addr))
		return ipv6_dev_find(an->net, addr, NULL);
	return NULL;
}

/* The gateway, in any VLAN, whose address a frame claims for its sender. */
static struct anygw_gateway *egress_claimed_gateway(struct anygw_net *an,
						    const struct anygw_frame *f)
{
	const struct in6_addr *addr = anygw_frame_claimed_addr(f);
	struct net_device *dev = addr ? egress_addr_dev(an, addr) : NULL;
	struct anygw_gateway *gw;

	if (!dev || !netif_is_anygw(dev))
		return NULL;
	gw = netdev_priv(dev);
	return anygw_gateway_conf_has_host(&gw->conf, addr) ? NULL : gw;
}

static bool egress_is_retired(struct anygw_net *an, const struct net_device *br,
			      const u8 *mac)
{
	const struct net_device *dev;

	if (list_empty(&an->retired) ||
	    !anygw_retired_lookup(an, br->ifindex, mac))
		return false;
	/* The administrator may have given the vMAC to another device. */
	for_each_netdev_rcu(an->net, dev)
		if (ether_addr_equal(dev->dev_addr, mac) &&
		    !netif_is_anygw(dev))
			return false;
	return true;
}

/* Frames of the bridge device, or of a device on top of it. */
static unsigned int egress_from_host(struct anygw_pkt *pkt)
{
	struct anygw_port *out = pkt->out;
	struct anygw_bridge *bridge = rcu_dereference(out->bridge);
	enum anygw_reason reason = ANYGW_REASON_NONE;
	enum anygw_egress_action act;
	struct anygw_gateway *gw;
	struct anygw_plan plan __uninitialized;
	u16 vid;

	/* The gateway is deleted: only the port can count the drop. */
	if (pkt->to_fabric &&
	    egress_is_retired(pkt->an, out->br_dev, pkt->f.src)) {
		anygw_stats_drop(out->stats, ANYGW_REASON_NOT_ACTIVE);
		return NF_DROP;
	}
	gw = pkt->to_fabric ? egress_claimed_gateway(pkt->an, &pkt->f) : NULL;
	if (gw) {
		act = anygw_translate_host_claim(&pkt->f, &plan, &reason);
		return egress_apply(pkt, gw, act, &plan, reason);
	}
	if (!bridge ||
	    !anygw_br_tag_vid(out->br_dev, pkt->skb, out->dev, &vid))
		return NF_ACCEPT;
	pkt->seg = anygw_segment_lookup(bridge, vid);
	if (!pkt->seg)
		return NF_ACCEPT;
	act = anygw_translate_from_host(pkt->seg, &pkt->f, pkt->to_fabric,
					&plan, &reason);
	return egress_apply(pkt, egress_default_gw(pkt), act, &plan, reason);
}

static int egress_gw_index(const struct anygw_segment *seg,
			   const struct anygw_gateway *gw)
{
	int i;

	for (i = 0; i < seg->n_gw; i++)
		if (seg->gw[i].gateway == gw)
			return i;
	return ANYGW_NO_GATEWAY;
}

/*
 * Index of the gateway that sent a frame: no other sender uses the vMAC. Unless
 * the frame was queued, the egress context saves the search for the VLAN.
 */
static int egress_sender(struct anygw_port *out, const struct sk_buff *skb,
			 const struct anygw_segment **seg)
{
	const struct anygw_gateway *gw = this_cpu_read(anygw_egress_ctx.gw);
	const u8 *src = eth_hdr(skb)->h_source;
	struct anygw_bridge *bridge;
	unsigned long at = 0;
	u32 vid;
	int i;

	if (gw && gw->br_dev == out->br_dev &&
	    ether_addr_equal(gw->dev->dev_addr, src) &&
	    anygw_ctx_match(skb, this_cpu_read(anygw_egress_ctx.ctx), &vid)) {
		*seg = anygw_gateway_segment(gw);
		if (*seg && (*seg)->vid == vid)
			return egress_gw_index(*seg, gw);
	}
	bridge = rcu_dereference(out->bridge);
	if (!bridge || !(READ_ONCE(bridge->vmac_bits) & anygw_vmac_bit(src)))
		return ANYGW_NO_GATEWAY;
	while ((*seg = anygw_br_next_segment(bridge, skb, NULL, out->dev,
					     &at))) {
		i = anygw_segment_by_vmac(*seg, src);
		if (i >= 0)
			return i;
	}
	return ANYGW_NO_GATEWAY;
}

/*
 * Frames of this module that only the fabric may see: announcements of VMs,
 * advertisements for the host LL, beacons.
 */
static bool egress_fabric_only(const struct anygw_pkt *pkt)
{
	const struct net_device *br = pkt->out->br_dev;
	u16 vid;
	u32 ctx;

	if (ether_addr_equal(pkt->f.src, pkt->an->host.mac))
		return true;
	if (!anygw_frame_is_announcement(&pkt->f))
		return false;
	return (this_cpu_read(anygw_egress_ctx.gw) &&
		anygw_ctx_match(pkt->skb, this_cpu_read(anygw_egress_ctx.ctx),
				&ctx)) ||
	       (anygw_br_tag_vid(br, pkt->skb, pkt->out->dev, &vid) &&
		anygw_ep_is_present(pkt->an, br, vid, pkt->f.src));
}

static unsigned int egress_local_out(struct anygw_net *an,
				     struct anygw_port *out,
				     struct sk_buff *skb)
{
	struct anygw_pkt pkt __uninitialized;
	int i;

	pkt.to_fabric = READ_ONCE(out->role) == ANYGW_PORT_ROLE_FABRIC;
	i = egress_sender(out, skb, &pkt.seg);
	/* VMs know the vMAC, but no other host. */
	if (i >= 0 && !pkt.to_fabric) {
		if (likely(!anygw_is_host_mac(eth_hdr(skb)->h_dest)))
			return NF_ACCEPT;
		return anygw_count_drop(pkt.seg->gw[i].gateway, out,
					ANYGW_REASON_BETWEEN_HOSTS);
	}
	pkt.an = an;
	pkt.out = out;
	pkt.skb = skb;
	anygw_skb_parse(&pkt.f, skb, out->br_dev);
	if (i >= 0)
		return egress_from_gateway(&pkt, i);
	if (egress_fabric_only(&pkt))
		return pkt.to_fabric ? NF_ACCEPT : NF_DROP;
	return egress_from_host(&pkt);
}

unsigned int anygw_egress_local_out(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct anygw_net *an = priv;
	struct anygw_port *out = anygw_port_lookup(an, state->out);
	unsigned int verdict;
	bool direct;

	/* A port of a bridge without gateways may lead to the fabric, too. */
	if (!out || (!rcu_access_pointer(out->bridge) &&
		     list_empty(&an->retired) &&
		     skb->protocol != htons(ETH_P_ARP) &&
		     skb->protocol != htons(ETH_P_IPV6)))
		return NF_ACCEPT;
	direct = anygw_ctx_enter();
	verdict = egress_local_out(an, out, skb);
	anygw_ctx_leave(direct);
	return verdict;
}
