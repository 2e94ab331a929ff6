// SPDX-License-Identifier: GPL-2.0
/*
 * The fast path: a packet is routed where it comes in, without a visit to the
 * bridge and the network stack.
 *
 * It is taken only as long as nobody on the host would notice. What would see
 * the packet on the full path is looked for with every packet; what could not
 * be seen in time, or is only half understood, rules the fast path out.
 * Whoever has doubts returns to the full path, nothing written yet.
 */
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/netfilter.h>
#include <net/addrconf.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "bridge.h"
#include "bypass.h"
#include "datapath.h"
#include "endpoint.h"
#include "fastpath.h"
#include "skb.h"

/* ---- whether a flow still holds */

/*
 * The cookie is of the table that the route is in; a better route in a table
 * that was asked before moves the namespace's generation, and one that is
 * deleted only ours: with nexthop objects routes share what the cookie is of.
 */
static __always_inline bool holds6(const struct anygw_flow *flow,
				   const struct anygw_net *an)
{
#if IS_ENABLED(CONFIG_IPV6)
	return flow->genid == rt_genid_ipv6(an->net) &&
	       flow->fib6_gen == atomic_read(&an->flows->fib6_gen) &&
	       dst_check(flow->dst, flow->cookie);
#else
	return false;
#endif
}

static __always_inline bool holds(const struct anygw_net *an,
				  const struct anygw_flow *flow,
				  const struct anygw_gateway *gw)
{
	const struct anygw_gateway *out = flow->out;

	if ((out && READ_ONCE(out->dying)) ||
	    flow->dst->obsolete != DST_OBSOLETE_FORCE_CHK)
		return false;
	if (anygw_flow_key_proto(&flow->key) == htons(ETH_P_IP)) {
		struct in_device *in_dev = __in_dev_get_rcu(gw->dev);

		/* As ipv4_dst_check() does. */
		return flow->genid == rt_genid_ipv4(an->net) &&
		       in_dev && anygw_flow_src_check(in_dev) == flow->src_check;
	}
	return holds6(flow, an);
}

/* What a packet tells of the machine behind its port, as on the full path. */
static bool tell(struct anygw_net *an, struct anygw_gateway *gw,
		 struct sk_buff *skb)
{
	const struct anygw_segment *seg = anygw_gateway_segment(gw);
	struct anygw_port *port = anygw_port_lookup(an, skb->dev);
	struct anygw_frame f;

	if (!port || !seg)
		return false;
	anygw_skb_parse(&f, skb, gw->br_dev);
	anygw_ep_rx_access(an, port, seg, &f, ANYGW_EP_RX_CAPTURED);
	return true;
}

/* The way of a packet whose flow is not known, or has to be found again. */
static noinline struct anygw_flow *learn(struct anygw_net *an,
					 struct anygw_gateway *gw,
					 const struct anygw_flow_key *key,
					 struct sk_buff *skb)
{
	return tell(an, gw, skb) ? anygw_flow_create(an, gw, key, skb) : NULL;
}

static __always_inline struct anygw_flow *
flow_of(struct anygw_net *an, struct anygw_gateway *gw,
	const struct anygw_flow_key *key, struct sk_buff *skb)
{
	struct anygw_flow *flow = anygw_flow_lookup(an->flows, key);

	if (likely(flow && time_before(jiffies, flow->expires) &&
		   (flow->slow_reason != ANYGW_SLOW_REASON_NONE || holds(an, flow, gw))))
		return flow;
	return learn(an, gw, key, skb);
}

static __always_inline struct anygw_flow *
flow4(struct anygw_net *an, const struct anygw_vcache_hit *found,
      const struct iphdr *ip, struct sk_buff *skb)
{
	const struct anygw_flow_key key = {
		.addr = { (__force u32)ip->saddr |
			  (u64)(__force u32)ip->daddr << 32 },
		.id = anygw_flow_key_id(found->id, skb->mark),
		.meta = anygw_flow_key_meta(htons(ETH_P_IP), ip->tos),
	};

	return flow_of(an, found->gw, &key, skb);
}

#if IS_ENABLED(CONFIG_IPV6)
static __always_inline struct anygw_flow *
flow6(struct anygw_net *an, const struct anygw_vcache_hit *found,
      const struct ipv6hdr *ip6, struct sk_buff *skb)
{
	const struct anygw_flow_key key = {
		.src = ip6->saddr,
		.dst = ip6->daddr,
		.id = anygw_flow_key_id(found->id, skb->mark),
		.meta = anygw_flow_key_meta(htons(ETH_P_IPV6),
					ipv6_get_dsfield(ip6)) |
			(u64)anygw_compat_rule_label(an->net,
						     ip6_flowinfo(ip6)) << 32,
	};

	return flow_of(an, found->gw, &key, skb);
}
#endif

/* ---- on the way out */

/* As the stack does, with what it has found itself. */
static int finish4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct rtable *rt = skb_rtable(skb);
	struct neighbour *n;
	bool is_v6gw;
	int ret = 0;

	rcu_read_lock();
	n = ip_neigh_for_gw(rt, skb, &is_v6gw);
	if (IS_ERR(n))
		kfree_skb(skb);
	else
		ret = neigh_output(n, skb, is_v6gw);
	rcu_read_unlock();
	return ret;
}

/* The neighbour's header, as neigh_hh_output() puts it; of Ethernet only. */
static __always_inline bool put_header(struct sk_buff *skb,
				       const struct neighbour *n)
{
	const struct hh_cache *hh = &n->hh;
	unsigned int seq;

	if (!(READ_ONCE(n->nud_state) & NUD_CONNECTED) ||
	    READ_ONCE(hh->hh_len) != ETH_HLEN ||
	    skb_headroom(skb) < HH_DATA_MOD)
		return false;
	do {
		seq = read_seqbegin(&hh->hh_lock);
		memcpy(skb->data - HH_DATA_MOD, hh->hh_data, HH_DATA_MOD);
	} while (read_seqretry(&hh->hh_lock, seq));
	__skb_push(skb, ETH_HLEN);
	return true;
}

static __always_inline void leave(const struct anygw_flow *flow,
				  struct neighbour *n, struct sk_buff *skb)
{
	unsigned int len;

	if (flow->nh_is_v6 || !put_header(skb, n)) {
		neigh_output(n, skb, flow->nh_is_v6);
		return;
	}
	if (!flow->out) {
		dev_queue_xmit(skb);
		return;
	}
	len = skb->len;
	skb_dst_drop(skb);
	anygw_br_xmit_direct(flow->out, flow->vid, skb);
	dev_sw_netstats_tx_add(flow->out->dev, 1, len);
}

/* As NF_HOOK() does. Return: whether the packet is still there to be sent. */
static __always_inline bool postroute(struct nf_hook_entries __rcu *const *at,
				      u8 pf, const struct anygw_gateway *gw,
				      const struct anygw_flow *flow,
				      struct sk_buff *skb,
				      int (*finish)(struct net *, struct sock *,
						    struct sk_buff *))
{
	const struct nf_hook_entries *e =
		rcu_dereference(at[NF_INET_POST_ROUTING]);
	struct nf_hook_state state = {
		.hook = NF_INET_POST_ROUTING,
		.pf = pf,
		.in = gw->dev,
		.out = dst_dev_rcu(flow->dst),
		.sk = NULL,
		.net = dev_net(gw->dev),
		.okfn = finish,
	};

	return !e || nf_hook_slow(skb, &state, e, 0) == 1;
}

static __always_inline void count(const struct anygw_gateway *gw,
				  const struct sk_buff *skb, unsigned int len)
{
	struct anygw_counters *c = this_cpu_ptr(gw->stats);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->stat[ANYGW_STAT_CAPTURED]);
	u64_stats_inc(&c->stat[ANYGW_STAT_FASTPATH]);
	u64_stats_update_end(&c->syncp);
	dev_sw_netstats_rx_add(gw->br_dev, len);
	dev_sw_netstats_rx_add(gw->dev, len + ETH_HLEN);
	trace_anygw_capture(gw->dev, skb->dev, ANYGW_REASON_NONE);
}

/* Whether a neighbour can be sent to without a question. */
static __always_inline bool is_known(const struct neighbour *n)
{
	return n && READ_ONCE(n->nud_state) & NUD_VALID;
}

/* Whether it can leave in one piece. */
static __always_inline bool fits(const struct sk_buff *skb, unsigned int len,
				 unsigned int mtu)
{
	return len <= mtu ||
	       (skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

/* What the stack would have taken off, or put on. */
static __always_inline void prepare(struct sk_buff *skb,
				    const struct anygw_flow *flow,
				    const struct anygw_gateway *gw,
				    struct net_device *dev)
{
	skb->pkt_type = PACKET_HOST;
	skb->skb_iif = gw->dev->ifindex;
	__vlan_hwaccel_clear_tag(skb);
	skb_orphan(skb);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb_dst_set_noref(skb, flow->dst);
	skb->dev = dev;
}

static __always_inline bool make_room(struct sk_buff *skb, unsigned int len,
				      const struct net_device *dev)
{
	return !pskb_trim_rcsum(skb, len) &&
	       !skb_cow(skb, LL_RESERVED_SPACE(dev));
}

/*
 * The stack answers, drops or looks into everything else. Of ICMP,
 * anygw_vcache_is_cacheable() has let pass echoes alone, with the header linear.
 */
static __always_inline bool is_forwardable4(const struct iphdr *ip,
					    unsigned int len)
{
	unsigned int size = ntohs(ip->tot_len);

	return ip->version == 4 && ip->ihl == sizeof(*ip) / 4 && ip->ttl > 1 &&
	       !ip_fast_csum(ip, sizeof(*ip) / 4) &&
	       size >= sizeof(*ip) && size <= len &&
	       (ip->protocol != IPPROTO_ICMP ||
		(size > sizeof(*ip) && !ip_is_fragment(ip)));
}

static __always_inline bool forward4(struct anygw_net *an,
				     const struct anygw_vcache_hit *found,
				     struct sk_buff *skb)
{
	struct anygw_gateway *gw = found->gw;
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	struct anygw_flow *flow;
	struct neighbour *n;
	struct net *net = an->net;
	struct net_device *dev;
	unsigned int len = skb->len, size;
	u8 tos;

	if (!is_forwardable4(ip, len) ||
	    anygw_bypass_ipv4(an) != ANYGW_SLOW_REASON_NONE)
		return false;
	/* The header may move below. */
	size = ntohs(ip->tot_len);
	tos = ip->tos;
	flow = flow4(an, found, ip, skb);
	if (!flow || flow->slow_reason != ANYGW_SLOW_REASON_NONE)
		return false;
	n = anygw_flow_neigh(flow, htons(ETH_P_IP));
	if (!is_known(n) ||
	    (flow->out &&
	     anygw_bypass_exit_gateway(gw, flow->out) != ANYGW_SLOW_REASON_NONE) ||
	    READ_ONCE(net->ipv4.sysctl_ip_fwd_use_pmtu) ||
	    !fits(skb, size, flow->mtu))
		return false;
	/* Whether such routes count is a setting without a generation. */
	dev = dst_dev_rcu(flow->dst);
	if (!netif_carrier_ok(dev))
		return false;

	/* From here on it is ours. */
	count(gw, skb, len);
	__IP_UPD_PO_STATS(net, IPSTATS_MIB_IN, len);
	__IP_ADD_STATS(net, IPSTATS_MIB_NOECTPKTS + (tos & INET_ECN_MASK),
		       max_t(u16, 1, skb_shinfo(skb)->gso_segs));
	if (!make_room(skb, size, dev)) {
		kfree_skb(skb);
		return true;
	}
	__IP_INC_STATS(net, IPSTATS_MIB_OUTFORWDATAGRAMS);
	__IP_UPD_PO_STATS(net, IPSTATS_MIB_OUT, size);
	ip_decrease_ttl((struct iphdr *)skb->data);
	skb->transport_header = skb->network_header + sizeof(struct iphdr);
	*IPCB(skb) = (struct inet_skb_parm){
		.iif = gw->dev->ifindex,
		.flags = IPSKB_FORWARDED,
	};
	if (READ_ONCE(net->ipv4.sysctl_ip_fwd_update_priority))
		skb->priority = rt_tos2priority(tos);
	prepare(skb, flow, gw, dev);
	anygw_flow_touch(flow);
	if (postroute(net->nf.hooks_ipv4, NFPROTO_IPV4, gw, flow, skb, finish4))
		leave(flow, n, skb);
	return true;
}

#if IS_ENABLED(CONFIG_IPV6)
static int finish6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct in6_addr *hop;
	struct dst_entry *dst = skb_dst(skb);
	struct neighbour *n;
	int ret = 0;

	rcu_read_lock();
	hop = rt6_nexthop((struct rt6_info *)dst, &ipv6_hdr(skb)->daddr);
	n = ip_neigh_gw6(dst_dev_rcu(dst), hop);
	if (IS_ERR(n))
		kfree_skb(skb);
	else
		ret = neigh_output(n, skb, false);
	rcu_read_unlock();
	return ret;
}

/* Jumbograms have no length here. */
static __always_inline bool is_forwardable6(const struct ipv6hdr *ip6,
					    unsigned int len)
{
	return ip6->version == 6 && ip6->hop_limit > 1 && ip6->payload_len &&
	       sizeof(*ip6) + ntohs(ip6->payload_len) <= len;
}

static __always_inline bool forward6(struct anygw_net *an,
				     const struct anygw_vcache_hit *found,
				     struct sk_buff *skb)
{
	struct anygw_gateway *gw = found->gw;
	struct inet6_dev *from, *to;
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	struct anygw_flow *flow;
	struct neighbour *n;
	struct net *net = an->net;
	struct net_device *dev;
	unsigned int len = skb->len, size;
	u8 ecn;

	if (!is_forwardable6(ip6, len) ||
	    anygw_bypass_ipv6(an) != ANYGW_SLOW_REASON_NONE)
		return false;
	/* The header may move below. */
	size = sizeof(*ip6) + ntohs(ip6->payload_len);
	ecn = ipv6_get_dsfield(ip6) & INET_ECN_MASK;
	flow = flow6(an, found, ip6, skb);
	if (!flow || flow->slow_reason != ANYGW_SLOW_REASON_NONE)
		return false;
	n = anygw_flow_neigh(flow, htons(ETH_P_IPV6));
	if (!is_known(n) ||
	    (flow->out &&
	     anygw_bypass_exit_gateway(gw, flow->out) != ANYGW_SLOW_REASON_NONE) ||
	    !fits(skb, size,
		  max_t(u32, IPV6_MIN_MTU,
			ip6_dst_mtu_maybe_forward(flow->dst, true))))
		return false;
	from = __in6_dev_get(gw->dev);
	to = ip6_dst_idev(flow->dst);
	dev = dst_dev_rcu(flow->dst);
	if (!from || !to || READ_ONCE(to->cnf.disable_ipv6) ||
	    !netif_carrier_ok(dev))
		return false;

	/* From here on it is ours. */
	count(gw, skb, len);
	__IP6_UPD_PO_STATS(net, from, IPSTATS_MIB_IN, len);
	__IP6_ADD_STATS(net, from, IPSTATS_MIB_NOECTPKTS + ecn,
			max_t(u16, 1, skb_shinfo(skb)->gso_segs));
	if (!make_room(skb, size, dev)) {
		kfree_skb(skb);
		return true;
	}
	__IP6_INC_STATS(net, to, IPSTATS_MIB_OUTFORWDATAGRAMS);
	IP6_UPD_PO_STATS(net, to, IPSTATS_MIB_OUT, size);
	((struct ipv6hdr *)skb->data)->hop_limit--;
	skb->transport_header = skb->network_header + sizeof(struct ipv6hdr);
	*IP6CB(skb) = (struct inet6_skb_parm){
		.iif = gw->dev->ifindex,
		.nhoff = offsetof(struct ipv6hdr, nexthdr),
		.flags = IP6SKB_FORWARDED,
	};
	prepare(skb, flow, gw, dev);
	anygw_flow_touch(flow);
	if (postroute(net->nf.hooks_ipv6, NFPROTO_IPV6, gw, flow, skb, finish6))
		leave(flow, n, skb);
	return true;
}
#else
static bool forward6(struct anygw_net *an, const struct anygw_vcache_hit *found,
		     struct sk_buff *skb)
{
	return false;
}
#endif

/* ---- the door */

/* Hand it to the gateway device, past a bridge that would do the same. */
static bool deliver(struct anygw_net *an, const struct anygw_vcache_hit *found,
		    struct sk_buff *skb)
{
	struct anygw_gateway *gw = found->gw;

	/* Whether it can be routed is to be found out first. */
	if (gw->conf.fallback || !tell(an, gw, skb))
		return false;
	anygw_stats_inc(gw->stats, ANYGW_STAT_CAPTURED);
	trace_anygw_capture(gw->dev, skb->dev, ANYGW_REASON_NONE);
	dev_sw_netstats_rx_add(gw->br_dev, skb->len);
	anygw_skb_deliver(gw, skb, false);
	return true;
}

enum anygw_slow_reason anygw_fastpath_slow_reason(struct anygw_gateway *gw, struct sk_buff *skb)
{
	const struct anygw_net *an = anygw_net(dev_net(gw->dev));
	struct anygw_flow_key key = {
		.meta = anygw_flow_key_meta(skb->protocol, 0),
	};
	enum anygw_slow_reason path = anygw_bypass_bridge(an);
	struct anygw_flow flow;

	if (!READ_ONCE(gw->conf.fastpath))
		return ANYGW_SLOW_REASON_OFF;
	if (path == ANYGW_SLOW_REASON_NONE)
		path = skb->protocol == htons(ETH_P_IP) ?
		       anygw_bypass_ipv4(an) : anygw_bypass_ipv6(an);
	if (path == ANYGW_SLOW_REASON_NONE)
		path = anygw_bypass_gateway(gw);
	if (path != ANYGW_SLOW_REASON_NONE)
		return path;
	anygw_flow_lookup_route(gw, &key, skb, &flow);
	if (flow.slow_reason == ANYGW_SLOW_REASON_NONE &&
	    !is_known(anygw_flow_neigh(&flow, skb->protocol)))
		path = ANYGW_SLOW_REASON_NEIGHBOUR;
	else if (flow.slow_reason == ANYGW_SLOW_REASON_NONE && flow.out)
		path = anygw_bypass_exit_gateway(gw, flow.out);
	anygw_flow_release(&flow);
	return flow.slow_reason == ANYGW_SLOW_REASON_NONE ? path : flow.slow_reason;
}

bool anygw_fastpath_receive(struct anygw_net *an, const struct anygw_vcache_hit *found,
		     struct sk_buff *skb)
{
	bool taken;

	/* Those requeued from user space come with bottom halves on. */
	if (anygw_skb_has_metadata(skb) || !in_softirq() ||
	    anygw_bypass_bridge(an) != ANYGW_SLOW_REASON_NONE)
		return false;
	taken = anygw_bypass_gateway(found->gw) == ANYGW_SLOW_REASON_NONE &&
		(skb->protocol == htons(ETH_P_IP) ? forward4(an, found, skb) :
						    forward6(an, found, skb));
	return taken || deliver(an, found, skb);
}
