// SPDX-License-Identifier: GPL-2.0
/*
 * The fast path routes a packet at ingress, past the bridge and the network
 * stack, as long as nothing on the host would see a difference.
 *
 * What would see the packet on the slow path is checked for each packet; what
 * cannot be checked in time rules out the fast path. A packet is not modified
 * before it is accepted, so that it can still take the slow path.
 */
#include <net/ip.h>
#include <net/ip6_route.h>

#include "bridge.h"
#include "bypass.h"
#include "datapath.h"
#include "endpoint.h"
#include "fastpath.h"
#include "skb.h"

static __always_inline bool fastpath_flow_valid(const struct anygw_net *an,
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
#if IS_ENABLED(CONFIG_IPV6)
	/*
	 * The cookie covers the table that the route is in. A better route in
	 * a table looked up earlier changes the namespace's generation, one
	 * that is deleted only fib6_gen: nexthop objects share their cookie
	 * among routes.
	 */
	return flow->genid == rt_genid_ipv6(an->net) &&
	       flow->fib6_gen == atomic_read(&an->flows->fib6_gen) &&
	       dst_check(flow->dst, flow->cookie);
#else
	return false;
#endif
}

/* Learn the endpoint, as the slow path does. */
static bool fastpath_learn(struct anygw_net *an, struct anygw_gateway *gw,
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

static noinline struct anygw_flow *
fastpath_new_flow(struct anygw_net *an, struct anygw_gateway *gw,
		  const struct anygw_flow_key *key, struct sk_buff *skb)
{
	return fastpath_learn(an, gw, skb) ?
	       anygw_flow_create(an, gw, key, skb) : NULL;
}

static __always_inline struct anygw_flow *
fastpath_flow(struct anygw_net *an, struct anygw_gateway *gw,
	      const struct anygw_flow_key *key, struct sk_buff *skb)
{
	struct anygw_flow *flow = anygw_flow_lookup(an->flows, key);

	if (likely(flow && time_before(jiffies, flow->expires) &&
		   (flow->slow_reason != ANYGW_SLOW_REASON_NONE ||
		    fastpath_flow_valid(an, flow, gw))))
		return flow;
	return fastpath_new_flow(an, gw, key, skb);
}

static __always_inline struct anygw_flow *
fastpath_flow4(struct anygw_net *an, const struct anygw_vcache_hit *hit,
	       const struct iphdr *ip, struct sk_buff *skb)
{
	const struct anygw_flow_key key = {
		.addr = { (__force u32)ip->saddr |
			  (u64)(__force u32)ip->daddr << 32 },
		.id = hit->id | (u64)skb->mark << 32,
		.meta = anygw_flow_key_meta(htons(ETH_P_IP), ip->tos),
	};

	return fastpath_flow(an, hit->gw, &key, skb);
}

#if IS_ENABLED(CONFIG_IPV6)
static __always_inline struct anygw_flow *
fastpath_flow6(struct anygw_net *an, const struct anygw_vcache_hit *hit,
	       const struct ipv6hdr *ip6, struct sk_buff *skb)
{
	const struct anygw_flow_key key = {
		.src = ip6->saddr,
		.dst = ip6->daddr,
		.id = hit->id | (u64)skb->mark << 32,
		.meta = anygw_flow_key_meta(htons(ETH_P_IPV6),
					    ipv6_get_dsfield(ip6)) |
			(u64)anygw_compat_rule_label(an->net,
						     ip6_flowinfo(ip6)) << 32,
	};

	return fastpath_flow(an, hit->gw, &key, skb);
}
#endif

/* Like ip_finish_output2(), for packets that a postrouting hook has queued. */
static int fastpath_finish(struct net *net, struct sock *sk,
			   struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);
	struct neighbour *n;
	bool is_v6gw = false;
	int ret = 0;

	rcu_read_lock();
	if (skb->protocol == htons(ETH_P_IP))
		n = ip_neigh_for_gw(skb_rtable(skb), skb, &is_v6gw);
	else
		n = ip_neigh_gw6(dst_dev_rcu(dst),
				 rt6_nexthop((struct rt6_info *)dst,
					     &ipv6_hdr(skb)->daddr));
	if (IS_ERR(n))
		kfree_skb(skb);
	else
		ret = neigh_output(n, skb, is_v6gw);
	rcu_read_unlock();
	return ret;
}

/* Like neigh_hh_output(), but for Ethernet only. */
static __always_inline bool fastpath_push_header(struct sk_buff *skb,
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

static __always_inline void fastpath_xmit(const struct anygw_flow *flow,
					  struct neighbour *n,
					  struct sk_buff *skb)
{
	unsigned int len;

	if (flow->nh_is_v6 || !fastpath_push_header(skb, n)) {
		neigh_output(n, skb, flow->nh_is_v6);
	} else if (!flow->out) {
		dev_queue_xmit(skb);
	} else {
		len = skb->len;
		skb_dst_drop(skb);
		anygw_br_xmit_direct(flow->out, flow->vid, skb);
		dev_sw_netstats_tx_add(flow->out->dev, 1, len);
	}
}

static __always_inline void
fastpath_output(struct nf_hook_entries __rcu *const *hooks, u8 pf,
		const struct anygw_gateway *gw, struct anygw_flow *flow,
		struct neighbour *n, struct net_device *dev,
		struct sk_buff *skb)
{
	const struct nf_hook_entries *e;

	/* What the stack would have reset or set by now. */
	skb->pkt_type = PACKET_HOST;
	skb->skb_iif = gw->dev->ifindex;
	__vlan_hwaccel_clear_tag(skb);
	skb_orphan(skb);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb_dst_set_noref(skb, flow->dst);
	skb->dev = dev;
	/* At most one write per tick: all CPUs read the cache line. */
	if (READ_ONCE(flow->last_used) != jiffies)
		WRITE_ONCE(flow->last_used, jiffies);
	e = rcu_dereference(hooks[NF_INET_POST_ROUTING]);
	if (e) {
		struct nf_hook_state state = {
			.hook = NF_INET_POST_ROUTING,
			.pf = pf,
			.in = gw->dev,
			.out = dev,
			.net = dev_net(gw->dev),
			.okfn = fastpath_finish,
		};

		/* Another verdict has consumed or queued the packet. */
		if (nf_hook_slow(skb, &state, e, 0) != 1)
			return;
	}
	fastpath_xmit(flow, n, skb);
}

/* The entry of the next hop, or NULL if the packet needs the slow path. */
static __always_inline struct neighbour *
fastpath_neigh(const struct anygw_gateway *gw, const struct anygw_flow *flow,
	       __be16 protocol)
{
	struct neighbour *n;

	if (!flow || flow->slow_reason != ANYGW_SLOW_REASON_NONE)
		return NULL;
	n = anygw_flow_neigh(flow, protocol);
	if (n && flow->out && anygw_bypass_exit_gateway(gw, flow->out) !=
			      ANYGW_SLOW_REASON_NONE)
		return NULL;
	return n;
}

/* Needs no fragmentation. */
static __always_inline bool
fastpath_fits_mtu(const struct sk_buff *skb, u32 len, u32 mtu)
{
	return len <= mtu ||
	       (skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

/*
 * Count the packet, cut padding behind @size, and make the header writable
 * with room in front of it for @dev. Return: false if @skb was freed.
 */
static __always_inline bool
fastpath_accept(const struct anygw_gateway *gw, struct sk_buff *skb, u32 size,
		const struct net_device *dev)
{
	struct anygw_counters *c = this_cpu_ptr(gw->stats);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->stat[ANYGW_STAT_CAPTURED]);
	u64_stats_inc(&c->stat[ANYGW_STAT_FASTPATH]);
	u64_stats_update_end(&c->syncp);
	dev_sw_netstats_rx_add(gw->br_dev, skb->len);
	dev_sw_netstats_rx_add(gw->dev, skb->len + ETH_HLEN);
	trace_anygw_capture(gw->dev, skb->dev, ANYGW_REASON_NONE);
	if (!pskb_trim_rcsum(skb, size) &&
	    !skb_cow(skb, LL_RESERVED_SPACE(dev)))
		return true;
	kfree_skb(skb);
	return false;
}

/*
 * The stack drops, replies to or inspects everything else. The only ICMP
 * messages that anygw_vcache_is_cacheable() lets through are echoes with a
 * linear header.
 */
static __always_inline bool fastpath_is_forwardable4(const struct iphdr *ip,
						     unsigned int len)
{
	unsigned int size = ntohs(ip->tot_len);

	return ip->version == 4 && ip->ihl == sizeof(*ip) / 4 && ip->ttl > 1 &&
	       !ip_fast_csum(ip, sizeof(*ip) / 4) &&
	       size >= sizeof(*ip) && size <= len &&
	       (ip->protocol != IPPROTO_ICMP ||
		(size > sizeof(*ip) && !ip_is_fragment(ip)));
}

static __always_inline bool fastpath_forward4(struct anygw_net *an,
					      const struct anygw_vcache_hit *hit,
					      struct sk_buff *skb)
{
	struct anygw_gateway *gw = hit->gw;
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	struct anygw_flow *flow;
	struct neighbour *n;
	struct net *net = an->net;
	struct net_device *dev;
	unsigned int len = skb->len, size;
	u8 tos;

	if (!fastpath_is_forwardable4(ip, len) ||
	    anygw_bypass_ipv4(an) != ANYGW_SLOW_REASON_NONE)
		return false;
	/* The header may move below. */
	size = ntohs(ip->tot_len);
	tos = ip->tos;
	flow = fastpath_flow4(an, hit, ip, skb);
	n = fastpath_neigh(gw, flow, htons(ETH_P_IP));
	if (!n || READ_ONCE(net->ipv4.sysctl_ip_fwd_use_pmtu) ||
	    !fastpath_fits_mtu(skb, size, flow->mtu))
		return false;
	/* ignore_routes_with_linkdown has no generation counter. */
	dev = dst_dev_rcu(flow->dst);
	if (!netif_carrier_ok(dev))
		return false;

	/* Accepted: no fallback from here on. */
	__IP_UPD_PO_STATS(net, IPSTATS_MIB_IN, len);
	__IP_ADD_STATS(net, IPSTATS_MIB_NOECTPKTS + (tos & INET_ECN_MASK),
		       max_t(u16, 1, skb_shinfo(skb)->gso_segs));
	if (!fastpath_accept(gw, skb, size, dev))
		return true;
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
	fastpath_output(net->nf.hooks_ipv4, NFPROTO_IPV4, gw, flow, n, dev,
			skb);
	return true;
}

#if IS_ENABLED(CONFIG_IPV6)
/* Jumbograms have a payload length of 0. */
static __always_inline bool fastpath_is_forwardable6(const struct ipv6hdr *ip6,
						     unsigned int len)
{
	return ip6->version == 6 && ip6->hop_limit > 1 && ip6->payload_len &&
	       sizeof(*ip6) + ntohs(ip6->payload_len) <= len;
}

static __always_inline bool fastpath_forward6(struct anygw_net *an,
					      const struct anygw_vcache_hit *hit,
					      struct sk_buff *skb)
{
	struct anygw_gateway *gw = hit->gw;
	struct inet6_dev *from, *to;
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	struct anygw_flow *flow;
	struct neighbour *n;
	struct net *net = an->net;
	struct net_device *dev;
	unsigned int len = skb->len, size, mtu;
	u8 ecn;

	if (!fastpath_is_forwardable6(ip6, len) ||
	    anygw_bypass_ipv6(an) != ANYGW_SLOW_REASON_NONE)
		return false;
	/* The header may move below. */
	size = sizeof(*ip6) + ntohs(ip6->payload_len);
	ecn = ipv6_get_dsfield(ip6) & INET_ECN_MASK;
	flow = fastpath_flow6(an, hit, ip6, skb);
	n = fastpath_neigh(gw, flow, htons(ETH_P_IPV6));
	if (!n)
		return false;
	mtu = ip6_dst_mtu_maybe_forward(flow->dst, true);
	if (!fastpath_fits_mtu(skb, size, max_t(u32, IPV6_MIN_MTU, mtu)))
		return false;
	from = __in6_dev_get(gw->dev);
	to = ip6_dst_idev(flow->dst);
	dev = dst_dev_rcu(flow->dst);
	if (!from || !to || READ_ONCE(to->cnf.disable_ipv6) ||
	    !netif_carrier_ok(dev))
		return false;

	/* Accepted: no fallback from here on. */
	__IP6_UPD_PO_STATS(net, from, IPSTATS_MIB_IN, len);
	__IP6_ADD_STATS(net, from, IPSTATS_MIB_NOECTPKTS + ecn,
			max_t(u16, 1, skb_shinfo(skb)->gso_segs));
	if (!fastpath_accept(gw, skb, size, dev))
		return true;
	__IP6_INC_STATS(net, to, IPSTATS_MIB_OUTFORWDATAGRAMS);
	IP6_UPD_PO_STATS(net, to, IPSTATS_MIB_OUT, size);
	((struct ipv6hdr *)skb->data)->hop_limit--;
	skb->transport_header = skb->network_header + sizeof(struct ipv6hdr);
	*IP6CB(skb) = (struct inet6_skb_parm){
		.iif = gw->dev->ifindex,
		.nhoff = offsetof(struct ipv6hdr, nexthdr),
		.flags = IP6SKB_FORWARDED,
	};
	fastpath_output(net->nf.hooks_ipv6, NFPROTO_IPV6, gw, flow, n, dev,
			skb);
	return true;
}
#endif

static __always_inline bool fastpath_forward(struct anygw_net *an,
					     const struct anygw_vcache_hit *hit,
					     struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return fastpath_forward4(an, hit, skb);
#if IS_ENABLED(CONFIG_IPV6)
	return fastpath_forward6(an, hit, skb);
#else
	return false;
#endif
}

enum anygw_slow_reason anygw_fastpath_slow_reason(struct anygw_gateway *gw,
						  struct sk_buff *skb)
{
	const struct anygw_net *an = anygw_net(dev_net(gw->dev));
	enum anygw_slow_reason reason;
	struct anygw_flow flow;

	if (!READ_ONCE(gw->conf.fastpath))
		return ANYGW_SLOW_REASON_OFF;
	reason = anygw_bypass_bridge(an) ?:
		 (skb->protocol == htons(ETH_P_IP) ?
		  anygw_bypass_ipv4(an) : anygw_bypass_ipv6(an)) ?:
		 anygw_bypass_gateway(gw);
	if (reason != ANYGW_SLOW_REASON_NONE)
		return reason;
	anygw_flow_lookup_route(gw, skb, &flow);
	if (flow.slow_reason != ANYGW_SLOW_REASON_NONE)
		return flow.slow_reason;
	if (!anygw_flow_neigh(&flow, skb->protocol))
		reason = ANYGW_SLOW_REASON_NEIGHBOUR;
	else if (flow.out)
		reason = anygw_bypass_exit_gateway(gw, flow.out);
	anygw_flow_release(&flow);
	return reason;
}

bool anygw_fastpath_receive(struct anygw_net *an,
			    const struct anygw_vcache_hit *hit,
			    struct sk_buff *skb)
{
	struct anygw_gateway *gw = hit->gw;

	/* Frames requeued from user space come with bottom halves enabled. */
	if (anygw_skb_has_metadata(skb) || !in_softirq() ||
	    anygw_bypass_bridge(an) != ANYGW_SLOW_REASON_NONE)
		return false;
	if (anygw_bypass_gateway(gw) == ANYGW_SLOW_REASON_NONE &&
	    fastpath_forward(an, hit, skb))
		return true;
	/*
	 * The bridge would deliver the frame to the gateway device as well: skip
	 * it. The fallback mode needs a route lookup first.
	 */
	if (READ_ONCE(gw->conf.fallback) || !fastpath_learn(an, gw, skb))
		return false;
	anygw_stats_inc(gw->stats, ANYGW_STAT_CAPTURED);
	trace_anygw_capture(gw->dev, skb->dev, ANYGW_REASON_NONE);
	dev_sw_netstats_rx_add(gw->br_dev, skb->len);
	anygw_skb_deliver(gw, skb, false);
	return true;
}
