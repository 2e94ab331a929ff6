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

#include "act.h"
#include "ask.h"
#include "bridge.h"
#include "core/classify.h"
#include "device.h"
#include "edge.h"
#include "endpoint.h"
#include "leave.h"
#include "vlan.h"

DEFINE_PER_CPU(struct anygw_gateway *, anygw_sending);

static void remember_asker(struct anygw_net *an, const struct net_device *br,
			   const struct anygw_segment *seg,
			   const struct anygw_frame *f)
{
	struct anygw_asker asker = {};
	struct in6_addr addr;

	if (f->kind == ANYGW_FRAME_ARP) {
		asker.spa = f->arp.spa;
		ether_addr_copy(asker.mac, f->arp.sha);
	} else {
		ether_addr_copy(asker.mac, f->nd.has_lladdr ? f->nd.lladdr :
							      f->src);
	}
	anygw_frame_asked(f, &addr);
	anygw_ask_add(an->asks, br->ifindex, seg->vid, &addr, &asker);
}

/* Carry out what was decided about a frame that leaves by a port. */
static unsigned int leave(struct anygw_gateway *gw, struct anygw_port *port,
			  struct sk_buff *skb, enum anygw_leave how,
			  const struct anygw_plan *plan,
			  enum anygw_reason reason)
{
	if (how == ANYGW_LEAVE_AS_IS)
		return NF_ACCEPT;
	if (how != ANYGW_LEAVE_NOT && !anygw_act_edit(skb, plan)) {
		how = ANYGW_LEAVE_NOT;
		reason = ANYGW_REASON_NO_MEMORY;
	}
	if (how == ANYGW_LEAVE_NOT) {
		anygw_edge_drop(gw, port, reason);
		return NF_DROP;
	}
	anygw_stats_inc(gw->stats, ANYGW_STAT_TRANSLATED);
	trace_anygw_translate(gw->dev, port->dev, ANYGW_REASON_NONE);
	return NF_ACCEPT;
}

/*
 * Two machines on this host talk to each other, which is none of our business
 * and need not be looked at each time.
 */
static void note_talk(struct anygw_net *an, const struct anygw_port *in,
		      const struct anygw_segment *seg,
		      const struct anygw_frame *f, const struct sk_buff *skb)
{
	const struct anygw_entry *entry = this_cpu_ptr(&anygw_entry);
	struct anygw_pairing p;
	struct anygw_verdict v;

	if (entry->skb != skb || !anygw_known_is_plain(skb) ||
	    is_multicast_ether_addr(f->dst))
		return;
	/* The tag may have gone since. */
	anygw_known_read(&p, skb, in->dev);
	p.tag = entry->pairing.tag;
	if (!anygw_known_same(&p, &entry->pairing))
		return;
	v = anygw_classify_access(seg, f);
	if (v.act == ANYGW_PASS && !v.flags)
		anygw_known_note(an, &p, entry->epoch, ANYGW_PASS, NULL);
}

static unsigned int forward(struct anygw_net *an, struct anygw_port *in,
			    struct anygw_port *out, struct sk_buff *skb)
{
	bool to_fabric = READ_ONCE(out->role) == ANYGW_PORT_ROLE_FABRIC;
	enum anygw_reason reason = ANYGW_REASON_NONE;
	const struct anygw_segment *seg;
	struct anygw_gateway *gw;
	struct anygw_plan plan;
	struct anygw_frame f;
	enum anygw_leave how;

	gw = anygw_edge_marked(an, skb, in->br_dev, &seg);
	if (!gw)
		return NF_ACCEPT;
	anygw_act_parse(&f, skb, in->br_dev);
	if (ether_addr_equal(f.dst, seg->host_mac)) {
		struct anygw_vlan *vlan = rcu_dereference(gw->vlan);

		/* Flooded: the bridge has no entry for the host MAC. */
		if (vlan)
			anygw_vlan_suspect(an, vlan);
		anygw_edge_drop(gw, out, ANYGW_REASON_FDB_LOST);
		return NF_DROP;
	}
	if (READ_ONCE(in->role) == ANYGW_PORT_ROLE_ACCESS) {
		anygw_endpoint_seen(an, in, seg, &f,
				    to_fabric ? ANYGW_SEEN_BY_FABRIC : 0);
		if (!to_fabric && !anygw_is_host_mac(f.dst))
			note_talk(an, in, seg, &f, skb);
		if (to_fabric || !anygw_is_host_mac(f.dst))
			return NF_ACCEPT;
		anygw_edge_drop(gw, out, ANYGW_REASON_BETWEEN_HOSTS);
		return NF_DROP;
	}
	/* It has reached this host: its copies for VMs are no loss to count. */
	if (f.kind == ANYGW_FRAME_BEACON)
		return to_fabric ? NF_ACCEPT : NF_DROP;
	how = anygw_translate_arrival(seg, &f, to_fabric, &plan, &reason);
	if (how == ANYGW_LEAVE_ASKING)
		remember_asker(an, in->br_dev, seg, &f);
	return leave(gw, out, skb, how, &plan, reason);
}

static noinline unsigned int forward_marked(struct anygw_net *an,
					    struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	struct anygw_port *in = anygw_port_rcu(an, state->in);
	struct anygw_port *out = anygw_port_rcu(an, state->out);
	unsigned int verdict;

	if (!in || !out)
		return NF_ACCEPT;
	local_bh_disable();
	verdict = forward(an, in, out, skb);
	local_bh_enable();
	return verdict;
}

unsigned int anygw_leave_forward(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (!state->in || skb->skb_iif == state->in->ifindex)
		return NF_ACCEPT;
	return forward_marked(priv, skb, state);
}

static unsigned int departure(struct anygw_gateway *gw,
			      const struct anygw_segment *seg,
			      struct anygw_port *out, struct sk_buff *skb,
			      const struct anygw_frame *f)
{
	enum anygw_reason reason = ANYGW_REASON_NONE;
	struct anygw_plan plan;
	enum anygw_leave how;
	int i = anygw_edge_index(seg, gw);

	if (i < 0)
		return NF_DROP;
	how = anygw_translate_departure(seg, i, f, &plan, &reason);
	return leave(gw, out, skb, how, &plan, reason);
}

static struct anygw_gateway *claimed4(struct anygw_net *an, __be32 addr)
{
	struct net_device *dev = addr ? __ip_dev_find(an->net, addr, false) :
					NULL;
	struct anygw_gateway *gw;

	if (!dev || !anygw_device_is(dev))
		return NULL;
	gw = netdev_priv(dev);
	return gw->host4 == addr ? NULL : gw;
}

#if IS_ENABLED(CONFIG_IPV6)
/* Link-local addresses mean something in their own VLAN only. */
static struct anygw_gateway *claimed6(struct anygw_net *an,
				      const struct in6_addr *addr)
{
	struct net_device *dev = NULL;
	struct anygw_gateway *gw;

	if (!ipv6_addr_any(addr) && !anygw_is_ll6(addr))
		dev = ipv6_dev_find(an->net, addr, NULL);
	if (!dev || !anygw_device_is(dev))
		return NULL;
	gw = netdev_priv(dev);
	return ipv6_addr_equal(&gw->host6, addr) ? NULL : gw;
}
#endif

/* The gateway whose address a frame claims for its sender, in any VLAN. */
static struct anygw_gateway *claimed(struct anygw_net *an,
				     const struct anygw_frame *f)
{
	if (f->kind == ANYGW_FRAME_ARP)
		return claimed4(an, f->arp.spa);
#if IS_ENABLED(CONFIG_IPV6)
	if (f->kind == ANYGW_FRAME_ND)
		return claimed6(an, f->nd.type == ANYGW_ND_NA ?
				&f->nd.target : &f->nd.src);
#endif
	return NULL;
}

/* What the host says through the bridge device itself. */
static unsigned int host_departure(struct anygw_net *an,
				   struct anygw_port *out,
				   struct sk_buff *skb,
				   const struct anygw_frame *f)
{
	bool to_fabric = READ_ONCE(out->role) == ANYGW_PORT_ROLE_FABRIC;
	struct anygw_bridge *bridge = rcu_dereference(out->bridge);
	enum anygw_reason reason = ANYGW_REASON_NONE;
	const struct anygw_segment *seg;
	struct anygw_gateway *gw;
	struct anygw_plan plan;
	enum anygw_leave how;
	u16 vid;

	gw = to_fabric ? claimed(an, f) : NULL;
	if (gw) {
		how = anygw_translate_claim(f, &plan, &reason);
		return leave(gw, out, skb, how, &plan, reason);
	}
	if (!bridge || !anygw_br_tag_vid(out->br_dev, skb, out->dev, &vid))
		return NF_ACCEPT;
	seg = anygw_segment_rcu(bridge, vid);
	if (!seg)
		return NF_ACCEPT;
	gw = seg->gw[anygw_segment_any(seg)].gateway;
	how = anygw_translate_host(seg, f, to_fabric, &plan, &reason);
	if (how == ANYGW_LEAVE_ASKING)
		remember_asker(an, out->br_dev, seg, f);
	return leave(gw, out, skb, how, &plan, reason);
}

static unsigned int local_out(struct anygw_net *an, struct anygw_port *out,
			      struct sk_buff *skb)
{
	bool to_fabric = READ_ONCE(out->role) == ANYGW_PORT_ROLE_FABRIC;
	const struct anygw_segment *seg;
	struct anygw_gateway *gw;
	struct anygw_frame f;
	bool own;

	gw = skb->skb_iif ?
	     anygw_edge_marked(an, skb, out->br_dev, &seg) : NULL;
	own = gw && ether_addr_equal(eth_hdr(skb)->h_source, gw->dev->dev_addr);
	/* The machines know it by this address. */
	if (own && !to_fabric)
		return NF_ACCEPT;
	anygw_act_parse(&f, skb, out->br_dev);
	if (own)
		return departure(gw, seg, out, skb, &f);
	/*
	 * A VM's move is announced, the host LL answered for, and beacons are
	 * sent, to the fabric and not to VMs.
	 */
	if (gw && (f.kind == ANYGW_FRAME_RARP ||
		   ether_addr_equal(f.src, seg->host_mac)))
		return to_fabric ? NF_ACCEPT : NF_DROP;
	return host_departure(an, out, skb, &f);
}

unsigned int anygw_leave_local_out(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct anygw_net *an = priv;
	struct anygw_port *out = anygw_port_rcu(an, state->out);
	unsigned int verdict;

	/* A bridge without gateways may lead to the fabric all the same. */
	if (!out || (!rcu_access_pointer(out->bridge) &&
		     skb->protocol != htons(ETH_P_ARP) &&
		     skb->protocol != htons(ETH_P_IPV6)))
		return NF_ACCEPT;
	local_bh_disable();
	verdict = local_out(an, out, skb);
	local_bh_enable();
	return verdict;
}
