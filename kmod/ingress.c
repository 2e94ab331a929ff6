// SPDX-License-Identifier: GPL-2.0
/*
 * The bridge hooks: one for each place where a frame enters or leaves. Here
 * are those where it comes in; leave.c has the others.
 *
 *	PRE_ROUTING	a port receives: judge, and steer to the host MAC what
 *			is for a gateway; the bridge does the rest, so that it
 *			learns and filters as ever
 *	LOCAL_IN	the bridge delivers to the host: take what was steered
 *	FORWARD		a port's frame leaves by a port: translate what comes
 *			from other anygw hosts
 *	LOCAL_OUT	the host's frame leaves by a port: translate what a
 *			gateway says to the fabric
 *
 * What the first hook has found of a frame the later ones read from
 * anygw_ingress_ctx (edge.h): so they let ordinary traffic go after one comparison,
 * and know the VLAN where the tag is gone.
 */
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/igmp.h>
#include <linux/netfilter_bridge.h>
#include <net/arp.h>
#include <net/ndisc.h>

#include "announce.h"
#include "bridge.h"
#include "core/classify.h"
#include "datapath.h"
#include "egress.h"
#include "endpoint.h"
#include "fastpath.h"
#include "ingress.h"
#include "notify.h"
#include "peer.h"
#include "query.h"
#include "route.h"
#include "skb.h"

static void count_conflict(struct anygw_net *an, struct anygw_gateway *gw,
			   struct anygw_port *port, const struct anygw_frame *f,
			   enum anygw_reason reason)
{
	anygw_stats_inc(gw->stats, ANYGW_STAT_CONFLICTS);
	anygw_stats_inc(port->stats, ANYGW_STAT_CONFLICTS);
	if (time_before(jiffies, READ_ONCE(gw->next_conflict_event)))
		return;
	WRITE_ONCE(gw->next_conflict_event, jiffies + HZ);
	if (reason == ANYGW_REASON_OWN_HOST_MAC)
		anygw_notify_host_mac_conflict(an, port->dev);
	anygw_notify_conflict(an, gw, port, f->src, reason);
}

/* A VM's answer also goes to everybody on the fabric who has asked. */
static void relay(struct anygw_net *an, const struct anygw_segment *seg,
		  const struct anygw_frame *f, struct sk_buff *skb,
		  const struct nf_hook_state *state)
{
	struct anygw_vlan *vlan = anygw_segment_vlan(seg);
	struct anygw_requester asker;
	struct anygw_plan plan;
	struct sk_buff *copy;

	while (vlan && anygw_query_take(an->queries, vlan,
				      anygw_frame_claimed_addr(f), &asker)) {
		copy = skb_copy(skb, GFP_ATOMIC);
		if (!copy)
			return;
		anygw_plan_reply(&plan, f, asker.mac, &asker.spa);
		if (!anygw_skb_rewrite(copy, &plan)) {
			kfree_skb(copy);
			continue;
		}
		anygw_ctx_set(copy, anygw_ctx_make(seg, 0, ANYGW_CTX_INSPECT));
		state->okfn(state->net, state->sk, copy);
	}
}

/* To be written to, a frame that others look at too gets memory of its own. */
static void follow_head(const struct sk_buff *skb, const void *old)
{
	struct anygw_ingress_ctx *in = this_cpu_ptr(&anygw_ingress_ctx);

	if (likely(skb->head == old))
		return;
	if (!((in->tag ^ anygw_ctx_hash(old)) >> 32))
		in->tag = anygw_ctx_word(skb, in->tag);
	if (!((in->cache_gen ^ anygw_ctx_hash(old)) >> 32))
		in->cache_gen = anygw_ctx_word(skb, in->cache_gen);
}

/*
 * Send a frame on its way to the host MAC. The bridge's own function is
 * called from here, past the remaining hooks: br_netfilter would run the IP
 * hooks for it now, and not when it arrives on the gateway device.
 */
static unsigned int steer(struct anygw_net *an, struct anygw_port *port, int i,
			  const struct anygw_segment *seg, struct sk_buff *skb,
			  const struct nf_hook_state *state, u32 flags)
{
	struct anygw_gateway *gw = seg->gw[i].gateway;
	struct anygw_vlan *vlan = rcu_dereference(gw->vlan);
	const void *head = skb->head;
	struct anygw_plan plan;
	u64 word;

	anygw_plan_dst(&plan, seg->host_mac);
	if (!anygw_skb_rewrite(skb, &plan)) {
		anygw_count_drop(gw, port, ANYGW_REASON_NO_MEMORY);
		return NF_DROP;
	}
	follow_head(skb, head);
	flags |= ANYGW_CTX_REDIRECTED | ANYGW_CTX_INSPECT;
	word = anygw_ctx_word(skb, anygw_ctx_make(seg, i, flags));
	this_cpu_write(anygw_ingress_ctx.skip_forward, NULL);
	this_cpu_write(anygw_ingress_ctx.ctx, word);
	state->okfn(state->net, state->sk, skb);
	/*
	 * Where it has arrived, arrive() has cleared the word. The bridge may
	 * have refused the frame, or lost what it needs; and the next frame in
	 * that memory is another one.
	 */
	if (this_cpu_read(anygw_ingress_ctx.ctx) != word)
		return NF_STOLEN;
	this_cpu_write(anygw_ingress_ctx.ctx, 0);
	if (vlan && anygw_br_has_vid(port->br_dev, port->dev, seg->vid))
		anygw_br_request_repair(an, vlan);
	return NF_STOLEN;
}

static void count_steer(struct anygw_gateway *gw, struct anygw_port *port,
			u8 flags)
{
	if (port->role == ANYGW_PORT_ROLE_ACCESS)
		anygw_stats_inc(gw->stats, ANYGW_STAT_CAPTURED);
	if (flags & ANYGW_F_SOLICIT)
		anygw_stats_inc(gw->stats, ANYGW_STAT_ANSWERED);
	trace_anygw_capture(gw->dev, port->dev, ANYGW_REASON_NONE);
}

/* The gateway's own copy of what the real router is to hear, too. */
static void steer_copy(struct anygw_net *an, struct anygw_port *port, int i,
		       const struct anygw_segment *seg, struct sk_buff *skb,
		       const struct nf_hook_state *state)
{
	struct sk_buff *copy = skb_copy(skb, GFP_ATOMIC);

	if (!copy)
		anygw_count_drop(seg->gw[i].gateway, port,
				ANYGW_REASON_NO_MEMORY);
	else if (steer(an, port, i, seg, copy, state, 0) == NF_DROP)
		kfree_skb(copy);
}

struct anygw_verdict anygw_ingress_classify(const struct anygw_segment *seg,
				      const struct anygw_frame *f,
				      struct sk_buff *skb, bool access,
				      struct anygw_rt_result *way)
{
	struct anygw_verdict v = access ? anygw_classify_access(seg, f) :
					  anygw_classify_fabric(seg, f);

	if (!(v.flags & ANYGW_F_NEEDS_ROUTE))
		return v;
	anygw_route_lookup(seg->gw[v.gw].gateway, skb, way);
	if (!anygw_route_usable(way)) {
		v.act = ANYGW_PASS;
		v.flags |= ANYGW_F_FALLBACK;
	}
	return v;
}

static void hear_beacon(struct anygw_net *an, struct anygw_port *port,
			struct anygw_gateway *gw,
			const struct anygw_segment *seg,
			const struct anygw_frame *f, struct sk_buff *skb)
{
	enum anygw_reason reason;

	/* The bridge has not filtered yet. */
	if (!anygw_br_has_vid(port->br_dev, port->dev, seg->vid))
		return;
	reason = anygw_peer_rx_beacon(an, port, gw, f, skb);
	if (reason != ANYGW_REASON_NONE)
		anygw_count_drop(gw, port, reason);
}

/*
 * What FORWARD and LOCAL_IN are to look at in a frame that is bridged on:
 * whether the fabric hears a VM, and what it says of its address to one
 * machine alone; what comes from other hosts; and that an endpoint is heard
 * from the fabric, which counts only if the bridge lets the frame in.
 */
static u32 bridged_flags(struct anygw_net *an, const struct anygw_port *port,
			 const struct anygw_segment *seg,
			 const struct anygw_frame *f, bool access,
			 enum anygw_action act)
{
	u32 flags = act == ANYGW_MARK ? ANYGW_CTX_INSPECT : 0;

	if (!access)
		return anygw_ep_match_fabric(an, port, seg, f) ?
		       flags | ANYGW_CTX_INSPECT | ANYGW_CTX_EP_RX : flags;
	if (anygw_frame_is_reply(f) ||
	    !anygw_port_note_matches(READ_ONCE(port->fabric_note), f->src,
				  seg->vid))
		flags |= ANYGW_CTX_INSPECT;
	return flags;
}

/* It goes on by the bridge; what is sure of the like is remembered. */
static unsigned int bridge_on(struct anygw_net *an, struct anygw_port *port,
			      const struct anygw_segment *seg,
			      const struct anygw_frame *f, struct sk_buff *skb,
			      const struct anygw_verdict *v, bool access)
{
	u32 flags = bridged_flags(an, port, seg, f, access, v->act);

	anygw_ctx_set(skb, anygw_ctx_make(seg, v->gw, flags |
			(v->act == ANYGW_MARK ? ANYGW_CTX_MARKED : 0)));
	if (v->flags || !anygw_frame_is_ip(f))
		return NF_ACCEPT;
	if (v->act == ANYGW_MARK)
		anygw_ingress_cache_add(an, skb, f->dst, port, ANYGW_MARK,
				seg->gw[v->gw].gateway);
	else if (!flags)
		anygw_ingress_cache_add(an, skb, f->dst, port, ANYGW_PASS, NULL);
	return NF_ACCEPT;
}

static void note_probe(const struct anygw_segment *seg,
		       const struct anygw_frame *f)
{
	struct anygw_vlan *vlan = anygw_segment_vlan(seg);

	if (vlan)
		anygw_probe_add(vlan, &f->arp.tpa);
}

static unsigned int enter(struct anygw_net *an, struct anygw_port *port,
			  const struct anygw_segment *seg, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	bool access = READ_ONCE(port->role) == ANYGW_PORT_ROLE_ACCESS;
	struct anygw_gateway *gw;
	struct anygw_verdict v;
	struct anygw_frame f;
	struct anygw_rt_result way;
	bool observe, around;

	anygw_skb_parse(&f, skb, port->br_dev);
	v = anygw_ingress_classify(seg, &f, skb, access, &way);
	gw = seg->gw[v.gw].gateway;
	observe = seg->gw[v.gw].state == ANYGW_MODE_OBSERVE;
	around = v.flags & ANYGW_F_NEEDS_ROUTE && way.rerouted;
	if (v.flags & ANYGW_F_NEEDS_ROUTE)
		anygw_route_track_failed(an, gw, &way);
	if (v.flags & ANYGW_F_FALLBACK)
		anygw_stats_inc(gw->stats, ANYGW_STAT_FALLBACK);

	if (v.flags & ANYGW_F_CONFLICT)
		count_conflict(an, gw, port, &f,
			       v.reason ?: ANYGW_REASON_FABRIC_CLAIM);
	/* The bridge has not filtered yet: no VLAN tells on another. */
	if (anygw_frame_is_probe(&f) &&
	    anygw_br_has_vid(port->br_dev, port->dev, seg->vid))
		note_probe(seg, &f);
	if (v.flags & ANYGW_F_FORWARD_REPLY && !observe &&
	    anygw_br_has_vid(port->br_dev, port->dev, seg->vid))
		relay(an, seg, &f, skb, state);
	/* Of a frame that goes on as if nobody had looked: its VLAN. */
	if (observe)
		anygw_ctx_set(skb, seg->vid);

	switch (v.act) {
	case ANYGW_DROP:
		anygw_count_drop(gw, port, v.reason);
		return observe ? NF_ACCEPT : NF_DROP;
	case ANYGW_REDIRECT:
		count_steer(gw, port, v.flags);
		if (observe)
			return NF_ACCEPT;
		if (!(v.flags & ANYGW_F_COPY))
			return steer(an, port, v.gw, seg, skb, state,
				     around ? ANYGW_CTX_REROUTED : 0);
		steer_copy(an, port, v.gw, seg, skb, state);
		return bridge_on(an, port, seg, &f, skb, &v, access);
	case ANYGW_REPLY:
		/* The bridge has not filtered yet, as above. */
		anygw_ctx_set(skb, seg->vid);
		if (observe ||
		    !anygw_br_has_vid(port->br_dev, port->dev, seg->vid))
			return NF_ACCEPT;
		anygw_stats_inc(gw->stats, ANYGW_STAT_ANSWERED);
		anygw_announce_host_ll(seg, gw, &f);
		return NF_DROP;
	case ANYGW_MARK:
		if (f.kind == ANYGW_FRAME_BEACON)
			hear_beacon(an, port, gw, seg, &f, skb);
		break;
	case ANYGW_PASS:
		break;
	}
	return observe ? NF_ACCEPT :
			 bridge_on(an, port, seg, &f, skb, &v, access);
}

/* What is not known of a frame is found out by all that is in it. */
static unsigned int find_out(struct anygw_net *an, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct anygw_port *port = anygw_port_lookup(an, state->in);
	const struct anygw_segment *seg;
	struct anygw_bridge *bridge;
	u32 tag = anygw_vcache_tag(skb);
	u16 vid;

	if (!port) {
		anygw_ctx_set(skb, 0);
		return NF_ACCEPT;
	}
	this_cpu_write(anygw_ingress_ctx.tag, anygw_ctx_word(skb, tag));
	this_cpu_write(anygw_ingress_ctx.cache_gen,
		       anygw_ctx_word(skb, anygw_cache_gen(an, port)));
	bridge = rcu_dereference(port->bridge);
	if (!bridge) {
		anygw_ctx_set(skb, 0);
		anygw_ingress_cache_add(an, skb, skb_mac_header(skb), port, ANYGW_PASS,
				NULL);
		return NF_ACCEPT;
	}
	/* What is judged is what is sent. */
	if (!anygw_skb_settle_csum(skb)) {
		anygw_stats_drop(port->stats, ANYGW_REASON_MALFORMED);
		return NF_DROP;
	}
	if (!anygw_br_tag_vid(port->br_dev, skb, port->dev, &vid)) {
		/* Of no VLAN here, nor is it to LOCAL_IN. */
		anygw_ctx_skip_forward(skb);
		this_cpu_write(anygw_ingress_ctx.ctx, 0);
		return NF_ACCEPT;
	}
	seg = anygw_segment_lookup(bridge, vid);
	if (seg)
		return enter(an, port, seg, skb, state);
	anygw_ctx_set(skb, vid);
	/* No other VLAN can take its place, as one could without a tag. */
	if (tag & VLAN_VID_MASK)
		anygw_ingress_cache_add(an, skb, skb_mac_header(skb), port, ANYGW_PASS,
				NULL);
	return NF_ACCEPT;
}

static noinline unsigned int judge(struct anygw_net *an, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	bool direct = anygw_hook_bh_disable();
	unsigned int verdict = find_out(an, skb, state);

	anygw_hook_bh_enable(direct);
	return verdict;
}

/* What is known of a frame is done with it. */
static noinline unsigned int follow(struct anygw_net *an,
				    const struct anygw_vcache_hit *found,
				    struct sk_buff *skb,
				    const struct nf_hook_state *state)
{
	struct anygw_vlan *vlan;

	if (found->act == ANYGW_MARK) {
		vlan = rcu_dereference(found->gw->vlan);
		if (!vlan)
			return judge(an, skb, state);
		anygw_ctx_set(skb, vlan->vid | ANYGW_CTX_INSPECT |
				    ANYGW_CTX_MARKED | ANYGW_CTX_CACHED);
		return NF_ACCEPT;
	}
	if (anygw_fastpath_receive(an, found, skb))
		return NF_STOLEN;
	return judge(an, skb, state);
}

/* All that is merely bridged comes through here: it is kept short. */
static unsigned int hook_pre(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct anygw_net *an = priv;
	const struct anygw_vcache_hit *found =
		anygw_vcache_lookup(an, skb, state->in);

	if (!found)
		return judge(an, skb, state);
	if (found->act == ANYGW_PASS) {
		anygw_ctx_skip_forward(skb);
		return NF_ACCEPT;
	}
	return follow(an, found, skb, state);
}

static bool looks_for(const struct anygw_gateway *gw,
		      const struct anygw_frame *f)
{
	struct neighbour *n = NULL;

	if (f->kind == ANYGW_FRAME_ARP)
		n = neigh_lookup(&arp_tbl, &f->arp.spa.s6_addr32[3], gw->dev);
#if IS_ENABLED(CONFIG_IPV6)
	else if (ipv6_mod_enabled())
		n = neigh_lookup(&nd_tbl, &f->nd.target, gw->dev);
#endif
	if (!n)
		return false;
	neigh_release(n);
	return true;
}

/*
 * An answer from the fabric concerns every gateway of the VLAN that looks for
 * its sender.
 */
static void deliver_answer(const struct anygw_segment *seg,
			   const struct anygw_gateway *first,
			   const struct anygw_frame *f,
			   const struct sk_buff *skb)
{
	int i;

	for (i = 0; i < seg->n_gw; i++) {
		struct anygw_gateway *gw = seg->gw[i].gateway;
		struct anygw_plan plan;
		struct sk_buff *copy;

		if (gw == first || seg->gw[i].state != ANYGW_MODE_ACTIVE ||
		    !looks_for(gw, f) ||
		    !anygw_plan_deliver(&plan, seg, i, f))
			continue;
		copy = skb_copy(skb, GFP_ATOMIC);
		if (!copy)
			return;
		if (anygw_skb_rewrite(copy, &plan))
			anygw_skb_deliver(gw, copy, false);
		else
			kfree_skb(copy);
	}
}

/*
 * The gateway that a frame for the host MAC was for, where that is not known
 * any more; its destination was written over.
 */
static int find_gateway(const struct anygw_segment *seg,
			const struct anygw_frame *f, bool access)
{
	struct anygw_verdict v;
	int i = ANYGW_NO_GATEWAY;

	if (!access) {
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

static unsigned int arrive(struct anygw_net *an, struct anygw_port *port,
			   const struct anygw_segment *seg, struct sk_buff *skb,
			   bool known, u32 ctx)
{
	bool access = READ_ONCE(port->role) == ANYGW_PORT_ROLE_ACCESS;
	int i = FIELD_GET(ANYGW_CTX_GW, ctx);
	struct anygw_gateway *gw;
	struct anygw_plan plan;
	struct anygw_frame f;

	anygw_skb_parse(&f, skb, port->br_dev);
	if (!known)
		i = find_gateway(seg, &f, access);
	if (i < 0 || i >= seg->n_gw)
		return NF_DROP;
	gw = seg->gw[i].gateway;
	if (seg->gw[i].state == ANYGW_MODE_OBSERVE)
		return NF_ACCEPT;
	if (access) {
		anygw_ep_rx_access(an, port, seg, &f, ANYGW_EP_RX_CAPTURED);
		/* So it came by all the bridge's rules, and will again. */
		if (known && anygw_frame_is_ip(&f) && anygw_fastpath_enabled(gw))
			anygw_ingress_cache_add(an, skb, seg->gw[i].vmac, port,
					ANYGW_REDIRECT, gw);
	} else {
		anygw_ep_rx_fabric(an, port, seg, &f);
	}
	this_cpu_write(anygw_ingress_ctx.ctx, 0);
	if (!anygw_plan_deliver(&plan, seg, i, &f)) {
		anygw_count_drop(gw, port, ANYGW_REASON_NOT_FOR_HOST);
		return NF_DROP;
	}
	if (!anygw_skb_rewrite(skb, &plan)) {
		anygw_count_drop(gw, port, ANYGW_REASON_NO_MEMORY);
		return NF_DROP;
	}
	if (!access && seg->n_gw > 1 && anygw_frame_is_reply(&f))
		deliver_answer(seg, gw, &f, skb);
	anygw_skb_deliver(gw, skb, known && ctx & ANYGW_CTX_REROUTED);
	return NF_STOLEN;
}

static bool is_group_query(const struct anygw_frame *f)
{
	if (f->kind == ANYGW_FRAME_IPV4)
		return f->ip.proto == IPPROTO_IGMP &&
		       f->ip.type == IGMP_HOST_MEMBERSHIP_QUERY;
	return f->kind == ANYGW_FRAME_IPV6 && f->ip.proto == IPPROTO_ICMPV6 &&
	       f->ip.type == ICMPV6_MGM_QUERY;
}

/*
 * Broadcasts and multicasts of the VMs are for the gateways as well. From the
 * fabric only the querier's questions: without the reports that answer them
 * the bridge would forget what the gateways have subscribed to.
 */
static void share(struct anygw_net *an, struct anygw_port *port,
		  const struct anygw_segment *seg, struct sk_buff *skb)
{
	bool access = READ_ONCE(port->role) == ANYGW_PORT_ROLE_ACCESS;
	struct anygw_frame f;
	int i;

	anygw_skb_parse(&f, skb, port->br_dev);
	if (access)
		anygw_ep_rx_access(an, port, seg, &f, 0);
	else
		anygw_ep_rx_fabric(an, port, seg, &f);
	if (!access && !is_group_query(&f))
		return;
	for (i = 0; i < seg->n_gw; i++)
		if (seg->gw[i].state == ANYGW_MODE_ACTIVE)
			anygw_skb_deliver_clone(seg->gw[i].gateway, skb);
}

/*
 * The VLAN of a frame that the bridge hands to the host. Where the tag is gone
 * and nothing is known, it can only be taken for the PVID's.
 */
static const struct anygw_segment *
segment_of(struct anygw_bridge *bridge, const struct anygw_port *port,
	   const struct sk_buff *skb, bool known, u32 ctx)
{
	u16 vid = ctx & ANYGW_CTX_VID;

	if (!known &&
	    (!anygw_br_tag_vid(port->br_dev, skb, port->br_dev, &vid) ||
	     !anygw_br_has_vid(port->br_dev, port->dev, vid)))
		return NULL;
	return anygw_segment_lookup(bridge, vid);
}

static unsigned int local_in(struct anygw_net *an, struct anygw_port *port,
			     struct anygw_bridge *bridge, struct sk_buff *skb,
			     bool direct)
{
	const u8 *dst = skb_mac_header(skb);
	const struct anygw_segment *seg;
	bool known;
	u32 ctx;

	known = anygw_ctx_get(skb, direct, &ctx);
	if (!is_multicast_ether_addr(dst) &&
	    (!ether_addr_equal(dst, an->host.mac) ||
	     (known && !(ctx & ANYGW_CTX_REDIRECTED))))
		return NF_ACCEPT;
	seg = segment_of(bridge, port, skb, known, ctx);
	if (!seg)
		return NF_ACCEPT;
	if (!is_multicast_ether_addr(dst))
		return arrive(an, port, seg, skb, known, ctx);
	share(an, port, seg, skb);
	return NF_ACCEPT;
}

static unsigned int hook_local_in(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct anygw_net *an = priv;
	struct anygw_port *port = anygw_port_lookup(an, state->in);
	struct anygw_bridge *bridge;
	unsigned int verdict;
	bool direct;

	bridge = port ? rcu_dereference(port->bridge) : NULL;
	/* Link-local frames come with the port as their device: not ours. */
	if (!bridge || !netif_is_bridge_master(skb->dev))
		return NF_ACCEPT;
	direct = anygw_hook_bh_disable();
	verdict = local_in(an, port, bridge, skb, direct);
	anygw_hook_bh_enable(direct);
	return verdict;
}

static const struct nf_hook_ops hook_ops[ANYGW_HOOKS] = {
	{
		.hook		= hook_pre,
		.pf		= NFPROTO_BRIDGE,
		.hooknum	= NF_BR_PRE_ROUTING,
		/* Behind the bridge's filters, before br_netfilter. */
		.priority	= NF_BR_PRI_BRNF - 1,
	},
	{
		.hook		= hook_local_in,
		.pf		= NFPROTO_BRIDGE,
		.hooknum	= NF_BR_LOCAL_IN,
		.priority	= NF_BR_PRI_LAST - 1,
	},
	{
		.hook		= anygw_egress_forward,
		.pf		= NFPROTO_BRIDGE,
		.hooknum	= NF_BR_FORWARD,
		.priority	= NF_BR_PRI_LAST - 1,
	},
	{
		.hook		= anygw_egress_local_out,
		.pf		= NFPROTO_BRIDGE,
		.hooknum	= NF_BR_LOCAL_OUT,
		.priority	= NF_BR_PRI_LAST - 1,
	},
};

void anygw_hooks_exit(struct anygw_net *an)
{
	if (!an->hooked)
		return;
	nf_unregister_net_hooks(an->net, an->hooks, ARRAY_SIZE(an->hooks));
	an->hooked = false;
	synchronize_net();
}

int anygw_hooks_sync(struct anygw_net *an)
{
	int i, err;

	if (an->hooked == (an->n_gateways || !list_empty(&an->retired)))
		return 0;
	if (an->hooked) {
		anygw_hooks_exit(an);
		return 0;
	}
	/* Kept from the first gateway on: a namespace without any has none. */
	if (!an->queries)
		an->queries = anygw_query_alloc();
	if (!an->vcache)
		an->vcache = anygw_vcache_alloc();
	if (!an->flows)
		an->flows = anygw_flow_alloc(an->net);
	if (!an->queries || !an->vcache || !an->flows)
		return -ENOMEM;
	memcpy(an->hooks, hook_ops, sizeof(hook_ops));
	for (i = 0; i < ARRAY_SIZE(hook_ops); i++)
		an->hooks[i].priv = an;
	err = nf_register_net_hooks(an->net, an->hooks, ARRAY_SIZE(an->hooks));
	an->hooked = !err;
	return err;
}
