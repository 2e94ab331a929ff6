// SPDX-License-Identifier: GPL-2.0
/*
 * The bridge hooks where frames go out, FORWARD and LOCAL_OUT: what crosses to
 * the fabric or comes from it is translated between the two identities, and
 * what cannot be translated does not cross.
 */
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/netfilter_bridge.h>
#include <net/addrconf.h>

#include "bridge.h"
#include "core/classify.h"
#include "datapath.h"
#include "egress.h"
#include "endpoint.h"
#include "query.h"
#include "skb.h"
#include "vcache.h"

static void remember_asker(struct anygw_net *an,
			   const struct anygw_segment *seg,
			   const struct anygw_frame *f)
{
	struct anygw_vlan *vlan = anygw_segment_vlan(seg);
	struct anygw_requester asker = {};

	if (f->kind == ANYGW_FRAME_ARP) {
		asker.spa = f->arp.spa;
		ether_addr_copy(asker.mac, f->arp.sha);
	} else {
		ether_addr_copy(asker.mac, f->nd.has_lladdr ? f->nd.lladdr :
							      f->src);
	}
	if (vlan)
		anygw_query_add(an->queries, vlan, anygw_frame_target_addr(f),
			      &asker);
}

/* Carry out what was decided about a frame that leaves by a port. */
static unsigned int leave(struct anygw_gateway *gw, struct anygw_port *port,
			  struct sk_buff *skb, enum anygw_egress_action how,
			  const struct anygw_plan *plan,
			  enum anygw_reason reason)
{
	if (how == ANYGW_EGRESS_PASS)
		return NF_ACCEPT;
	if (how != ANYGW_EGRESS_DROP && !anygw_skb_rewrite(skb, plan)) {
		how = ANYGW_EGRESS_DROP;
		reason = ANYGW_REASON_NO_MEMORY;
	}
	if (how == ANYGW_EGRESS_DROP) {
		anygw_count_drop(gw, port, reason);
		return NF_DROP;
	}
	anygw_stats_inc(gw->stats, ANYGW_STAT_TRANSLATED);
	trace_anygw_translate(gw->dev, port->dev, ANYGW_REASON_NONE);
	return NF_ACCEPT;
}

/**
 * struct passage - a frame that leaves the bridge by a port
 * @an: the namespace
 * @in: the port it came in by
 * @out: the port it leaves by
 * @seg: its VLAN's segment
 * @skb: the frame
 * @known: whether the first hook's context is still there
 * @ctx: that context, ANYGW_CTX_*
 * @f: what is in the frame
 */
struct passage {
	struct anygw_net *an;
	struct anygw_port *in;
	struct anygw_port *out;
	const struct anygw_segment *seg;
	struct sk_buff *skb;
	bool known;
	u32 ctx;
	struct anygw_frame f;
};

static bool leads_to_fabric(const struct anygw_port *port)
{
	return READ_ONCE(port->role) == ANYGW_PORT_ROLE_FABRIC;
}

static unsigned int drop(const struct passage *p, enum anygw_reason reason)
{
	const struct anygw_segment *seg = p->seg;

	anygw_count_drop(seg->gw[anygw_segment_default_gw(seg)].gateway, p->out,
			reason);
	return NF_DROP;
}

/*
 * Two VMs on this host talk to each other, which is none of our business and
 * need not be looked at each time.
 */
static void note_talk(const struct passage *p)
{
	struct anygw_verdict v;

	if (is_multicast_ether_addr(p->f.dst))
		return;
	v = anygw_classify_access(p->seg, &p->f);
	if (v.act == ANYGW_PASS && !v.flags)
		anygw_ingress_cache_add(p->an, p->skb, p->f.dst, p->in, ANYGW_PASS,
				NULL);
}

/*
 * Whether a frame of which nothing is known may pass, as the first hook found.
 * A gateway that observes drops nothing.
 */
static bool is_refused(const struct passage *p, bool access,
		       struct anygw_verdict *v)
{
	*v = access ? anygw_classify_access(p->seg, &p->f) :
		      anygw_classify_fabric(p->seg, &p->f);
	return v->act == ANYGW_DROP &&
	       p->seg->gw[v->gw].state != ANYGW_MODE_OBSERVE;
}

static unsigned int forward_access(const struct passage *p)
{
	bool to_fabric = leads_to_fabric(p->out);
	struct anygw_verdict v;

	if (!p->known && is_refused(p, true, &v))
		return drop(p, v.reason);
	anygw_ep_rx_access(p->an, p->in, p->seg, &p->f,
			    to_fabric ? ANYGW_EP_RX_TO_FABRIC : 0);
	if (to_fabric)
		return NF_ACCEPT;
	if (anygw_is_host_mac(p->f.dst))
		return drop(p, ANYGW_REASON_BETWEEN_HOSTS);
	if (p->known)
		note_talk(p);
	return NF_ACCEPT;
}

/* Whether a frame from the fabric is to be translated towards VMs. */
static bool is_marked(const struct passage *p, const struct anygw_verdict *v)
{
	if (p->known)
		return p->ctx & ANYGW_CTX_MARKED;
	return v->act == ANYGW_MARK &&
	       p->seg->gw[v->gw].state != ANYGW_MODE_OBSERVE;
}

static unsigned int forward_fabric(const struct passage *p, bool *done)
{
	bool to_fabric = leads_to_fabric(p->out);
	enum anygw_reason reason = ANYGW_REASON_NONE;
	const struct anygw_segment *seg = p->seg;
	struct anygw_plan plan;
	struct anygw_verdict v;
	enum anygw_egress_action how;

	if (!p->known && is_refused(p, false, &v))
		return drop(p, v.reason);
	if (!p->known || p->ctx & ANYGW_CTX_EP_RX)
		anygw_ep_rx_fabric(p->an, p->in, seg, &p->f);
	if (!is_marked(p, &v))
		return NF_ACCEPT;
	*done = true;
	/* It has reached this host: its copies for VMs are no loss to count. */
	if (p->f.kind == ANYGW_FRAME_BEACON)
		return to_fabric ? NF_ACCEPT : NF_DROP;
	how = anygw_translate_from_fabric(seg, &p->f, to_fabric, &plan, &reason);
	if (how == ANYGW_EGRESS_QUERY)
		remember_asker(p->an, seg, &p->f);
	return leave(seg->gw[anygw_segment_default_gw(seg)].gateway, p->out, p->skb,
		     how, &plan, reason);
}

/* It was for a gateway, and steered to the host MAC. */
static bool is_flooded(const struct passage *p)
{
	const struct anygw_segment *seg = p->seg;

	if (!ether_addr_equal(p->f.dst, seg->host_mac))
		return false;
	return p->known ? p->ctx & ANYGW_CTX_REDIRECTED :
	       seg->gw[anygw_segment_default_gw(seg)].state != ANYGW_MODE_OBSERVE;
}

/* done: nothing remains to be decided for another VLAN. */
static unsigned int forward(struct passage *p, bool *done)
{
	struct anygw_vlan *vlan;

	anygw_skb_parse(&p->f, p->skb, p->in->br_dev);
	if (is_flooded(p)) {
		vlan = anygw_segment_vlan(p->seg);
		/* The bridge has no entry for the host MAC. */
		if (vlan)
			anygw_br_request_repair(p->an, vlan);
		return drop(p, ANYGW_REASON_FDB_LOST);
	}
	return READ_ONCE(p->in->role) == ANYGW_PORT_ROLE_ACCESS ?
	       forward_access(p) : forward_fabric(p, done);
}

/* A packet for a VM of which nothing is to be read but whom it is for. */
static bool is_plain(const struct passage *p)
{
	return p->ctx & ANYGW_CTX_CACHED && p->seg->n_gw == 1 &&
	       !leads_to_fabric(p->out) &&
	       !anygw_is_host_mac(eth_hdr(p->skb)->h_dest);
}

/* Another host has routed it: it comes from the gateway. */
static unsigned int forward_plain(const struct passage *p)
{
	const struct anygw_segment_gw *gw = &p->seg->gw[0];
	struct anygw_plan plan;

	anygw_plan_src(&plan, gw->vmac);
	return leave(gw->gateway, p->out, p->skb, ANYGW_EGRESS_REWRITE, &plan,
		     ANYGW_REASON_NONE);
}

/* What is not known is tried in each VLAN that it may belong to. */
static unsigned int forward_port(struct passage *p,
				 struct anygw_bridge *bridge)
{
	unsigned int verdict = NF_ACCEPT;
	unsigned long at = 0;
	bool done = false;

	if (p->known) {
		p->seg = anygw_segment_lookup(bridge, p->ctx & ANYGW_CTX_VID);
		if (!p->seg)
			return NF_ACCEPT;
		return is_plain(p) ? forward_plain(p) : forward(p, &done);
	}
	while (!done && verdict == NF_ACCEPT) {
		p->seg = anygw_br_next_segment(bridge, p->skb, p->in->dev,
					       p->out->dev, &at);
		if (!p->seg)
			break;
		verdict = forward(p, &done);
	}
	return verdict;
}

static noinline unsigned int forward_looked_at(struct anygw_net *an,
					       struct sk_buff *skb,
					       const struct nf_hook_state *state)
{
	struct anygw_bridge *bridge;
	unsigned int verdict;
	struct passage p;
	bool direct;

	/* One by one: the frame's part is filled in when it is read. */
	p.an = an;
	p.in = anygw_port_lookup(an, state->in);
	p.out = anygw_port_lookup(an, state->out);
	p.skb = skb;
	bridge = p.in ? rcu_dereference(p.in->bridge) : NULL;
	if (!bridge || !p.out)
		return NF_ACCEPT;
	direct = anygw_hook_bh_disable();
	p.known = anygw_ctx_get(skb, direct, &p.ctx);
	verdict = forward_port(&p, bridge);
	anygw_hook_bh_enable(direct);
	return verdict;
}

unsigned int anygw_egress_forward(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (!state->in || (anygw_ctx_is_direct() && anygw_ctx_skips_forward(skb)))
		return NF_ACCEPT;
	return forward_looked_at(priv, skb, state);
}

/*
 * Whether a gateway asks for an address that a machine is about to take: it
 * would take a question from 0.0.0.0 for another one's probe. What it says
 * when it has taken the address answers as well.
 */
static bool is_probed(const struct anygw_segment *seg, int i,
		      const struct anygw_frame *f)
{
	struct anygw_vlan *vlan;

	if (!anygw_frame_is_arp_request(f) ||
	    !ipv6_addr_any(&seg->gw[i].conf.host4.addr))
		return false;
	vlan = anygw_segment_vlan(seg);
	return vlan && anygw_probe_pending(vlan, &f->arp.tpa);
}

static unsigned int departure(const struct anygw_segment *seg, int i,
			      struct anygw_port *out, struct sk_buff *skb,
			      const struct anygw_frame *f)
{
	enum anygw_reason reason = ANYGW_REASON_NONE;
	struct anygw_plan plan;
	enum anygw_egress_action how;

	how = anygw_translate_to_fabric(seg, i, f, &plan, &reason);
	if (how == ANYGW_EGRESS_REWRITE && is_probed(seg, i, f)) {
		how = ANYGW_EGRESS_DROP;
		reason = ANYGW_REASON_PROBED;
	}
	return leave(seg->gw[i].gateway, out, skb, how, &plan, reason);
}

/* Link-local addresses mean something in their own VLAN only. */
static struct net_device *find_addr_dev(struct anygw_net *an,
				    const struct in6_addr *addr)
{
	__be32 addr4 = addr->s6_addr32[3];

	if (ipv6_addr_v4mapped(addr))
		return addr4 ? __ip_dev_find(an->net, addr4, false) : NULL;
#if IS_ENABLED(CONFIG_IPV6)
	if (ipv6_mod_enabled() && !ipv6_addr_any(addr) && !anygw_is_ll(addr))
		return ipv6_dev_find(an->net, addr, NULL);
#endif
	return NULL;
}

/* The gateway whose address a frame claims for its sender, in any VLAN. */
static struct anygw_gateway *claimed(struct anygw_net *an,
				     const struct anygw_frame *f)
{
	const struct in6_addr *addr = anygw_frame_claimed_addr(f);
	struct net_device *dev = addr ? find_addr_dev(an, addr) : NULL;
	struct anygw_gateway *gw;

	if (!dev || !netif_is_anygw(dev))
		return NULL;
	gw = netdev_priv(dev);
	return anygw_gateway_conf_has_host(&gw->conf, addr) ? NULL : gw;
}

/* Somebody else has taken the MAC for a device of his own. */
static bool is_taken(const struct anygw_net *an, const u8 *mac)
{
	const struct net_device *dev;

	for_each_netdev_rcu(an->net, dev)
		if (ether_addr_equal(dev->dev_addr, mac) &&
		    !netif_is_anygw(dev))
			return true;
	return false;
}

/* Whether a frame is that of a gateway that was deleted a moment ago. */
static bool is_retired(struct anygw_net *an, const struct net_device *br,
		       const u8 *mac)
{
	return !list_empty(&an->retired) &&
	       anygw_retired_lookup(an, br->ifindex, mac) && !is_taken(an, mac);
}

/* What the host says through the bridge device itself. */
static unsigned int host_departure(struct anygw_net *an,
				   struct anygw_port *out,
				   struct sk_buff *skb,
				   const struct anygw_frame *f)
{
	bool to_fabric = leads_to_fabric(out);
	struct anygw_bridge *bridge = rcu_dereference(out->bridge);
	enum anygw_reason reason = ANYGW_REASON_NONE;
	const struct anygw_segment *seg;
	struct anygw_gateway *gw;
	struct anygw_plan plan;
	enum anygw_egress_action how;
	u16 vid;

	/* Of a gateway that is no more: only the port is left to count it. */
	if (to_fabric && is_retired(an, out->br_dev, f->src)) {
		anygw_stats_drop(out->stats, ANYGW_REASON_NOT_ACTIVE);
		return NF_DROP;
	}
	gw = to_fabric ? claimed(an, f) : NULL;
	if (gw) {
		how = anygw_translate_host_claim(f, &plan, &reason);
		return leave(gw, out, skb, how, &plan, reason);
	}
	if (!bridge || !anygw_br_tag_vid(out->br_dev, skb, out->dev, &vid))
		return NF_ACCEPT;
	seg = anygw_segment_lookup(bridge, vid);
	if (!seg)
		return NF_ACCEPT;
	gw = seg->gw[anygw_segment_default_gw(seg)].gateway;
	how = anygw_translate_from_host(seg, f, to_fabric, &plan, &reason);
	if (how == ANYGW_EGRESS_QUERY)
		remember_asker(an, seg, f);
	return leave(gw, out, skb, how, &plan, reason);
}

/*
 * The gateway that has sent a frame: it alone uses the vMAC as source. While
 * it does so on this CPU its VLAN is noted; of a frame that has waited in a
 * queue the VLAN is found again.
 */
static int sender_of(struct anygw_port *out, const struct sk_buff *skb,
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
			return anygw_segment_index(*seg, gw);
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
 * Whether this module has sent a frame that is for the fabric alone: a VM's
 * move is announced, the host LL answered for, and beacons are sent.
 */
static bool is_for_fabric(struct anygw_net *an, const struct anygw_port *out,
			  const struct sk_buff *skb,
			  const struct anygw_frame *f)
{
	u16 vid;
	u32 ctx;

	if (ether_addr_equal(f->src, an->host.mac))
		return true;
	if (f->kind != ANYGW_FRAME_RARP)
		return false;
	return anygw_ctx_match(skb, this_cpu_read(anygw_egress_ctx.ctx), &ctx) ||
	       (anygw_br_tag_vid(out->br_dev, skb, out->dev, &vid) &&
		anygw_ep_is_present(an, out->br_dev, vid, f->src));
}

static unsigned int local_out(struct anygw_net *an, struct anygw_port *out,
			      struct sk_buff *skb)
{
	bool to_fabric = leads_to_fabric(out);
	const struct anygw_segment *seg;
	struct anygw_frame f;
	int i;

	i = sender_of(out, skb, &seg);
	/* The VMs know it by this address. Of other hosts they know nothing. */
	if (i >= 0 && !to_fabric) {
		if (likely(!anygw_is_host_mac(eth_hdr(skb)->h_dest)))
			return NF_ACCEPT;
		anygw_count_drop(seg->gw[i].gateway, out,
				ANYGW_REASON_BETWEEN_HOSTS);
		return NF_DROP;
	}
	anygw_skb_parse(&f, skb, out->br_dev);
	if (i >= 0)
		return departure(seg, i, out, skb, &f);
	if (is_for_fabric(an, out, skb, &f))
		return to_fabric ? NF_ACCEPT : NF_DROP;
	return host_departure(an, out, skb, &f);
}

unsigned int anygw_egress_local_out(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct anygw_net *an = priv;
	struct anygw_port *out = anygw_port_lookup(an, state->out);
	unsigned int verdict;
	bool direct;

	/* A bridge without gateways may lead to the fabric all the same. */
	if (!out || (!rcu_access_pointer(out->bridge) &&
		     list_empty(&an->retired) &&
		     skb->protocol != htons(ETH_P_ARP) &&
		     skb->protocol != htons(ETH_P_IPV6)))
		return NF_ACCEPT;
	direct = anygw_hook_bh_disable();
	verdict = local_out(an, out, skb);
	anygw_hook_bh_enable(direct);
	return verdict;
}
