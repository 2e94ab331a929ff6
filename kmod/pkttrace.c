// SPDX-License-Identifier: GPL-2.0
/*
 * What would become of a packet: one is made, and shown to those who judge
 * the real ones.
 */
#include <linux/etherdevice.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/neighbour.h>

#include "fastpath.h"
#include "ingress.h"
#include "pkttrace.h"
#include "route.h"
#include "skb.h"

/* A ping, of the kind that hosts send; the sums are nobody's business. */
static void put_ip4(struct sk_buff *skb, const struct anygw_pkttrace *trace)
{
	struct icmphdr *icmp;
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = htons(sizeof(*ip) + sizeof(*icmp));
	ip->ttl = 64;
	ip->protocol = IPPROTO_ICMP;
	ip->saddr = trace->src.s6_addr32[3];
	ip->daddr = trace->dst.s6_addr32[3];
	ip_send_check(ip);
	icmp = skb_put_zero(skb, sizeof(*icmp));
	icmp->type = ICMP_ECHO;
	skb->protocol = htons(ETH_P_IP);
}

static void put_ip6(struct sk_buff *skb, const struct anygw_pkttrace *trace)
{
	struct icmp6hdr *icmp;
	struct ipv6hdr *ip6 = skb_put_zero(skb, sizeof(*ip6));

	ip6->version = 6;
	ip6->payload_len = htons(sizeof(*icmp));
	ip6->nexthdr = IPPROTO_ICMPV6;
	ip6->hop_limit = 64;
	ip6->saddr = trace->src;
	ip6->daddr = trace->dst;
	icmp = skb_put_zero(skb, sizeof(*icmp));
	icmp->icmp6_type = ICMPV6_ECHO_REQUEST;
	skb->protocol = htons(ETH_P_IPV6);
}

/* As it is in a bridge hook: the data starts behind the Ethernet header. */
static struct sk_buff *make_packet(const struct anygw_gateway *gw,
				   const struct anygw_pkttrace *trace)
{
	struct sk_buff *skb;
	struct ethhdr *eth;

	skb = alloc_skb(NET_IP_ALIGN + ETH_HLEN + sizeof(struct ipv6hdr) +
			sizeof(struct icmp6hdr), GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_IP_ALIGN);
	eth = skb_put(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, gw->dev->dev_addr);
	eth_random_addr(eth->h_source);
	skb_reset_mac_header(skb);
	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	if (ipv6_addr_v4mapped(&trace->src))
		put_ip4(skb, trace);
	else
		put_ip6(skb, trace);
	eth->h_proto = skb->protocol;
	skb->dev = gw->br_dev;
	return skb;
}

static bool speaks(const struct anygw_gateway *gw, __be16 protocol)
{
#if IS_ENABLED(CONFIG_IPV6)
	const struct inet6_dev *idev = __in6_dev_get(gw->dev);

	if (protocol == htons(ETH_P_IPV6))
		return idev && !READ_ONCE(idev->cnf.disable_ipv6);
#endif
	return protocol == htons(ETH_P_IP) && __in_dev_get_rcu(gw->dev);
}

static void take_way(struct anygw_pkttrace *trace, const struct anygw_rt_result *way)
{
	if (!way->dev)
		return;
	trace->exit = way->dev->ifindex;
	if (way->family == AF_INET)
		ipv6_addr_set_v4mapped(way->nh4, &trace->nh);
	else
		trace->nh = way->nh6;
	if (!way->neigh)
		return;
	trace->has_neigh = true;
	trace->nud = way->nud;
	if (way->nud & NUD_VALID && way->dev->addr_len == ETH_ALEN)
		neigh_ha_snapshot((char *)trace->mac, way->neigh, way->dev);
}

/* What the stack behind the gateway does with what it is handed. */
static enum anygw_trace_decision decide(enum anygw_trace_reason reason)
{
	switch (reason) {
	case ANYGW_TRACE_REASON_ROUTED:
	/* It is asked once more, and the packet waits for the answer. */
	case ANYGW_TRACE_REASON_NEIGHBOUR_FAILED:
		return ANYGW_TRACE_DECISION_ROUTE;
	case ANYGW_TRACE_REASON_LOCAL:
		return ANYGW_TRACE_DECISION_LOCAL;
	default:
		return ANYGW_TRACE_DECISION_DROP;
	}
}

/* Why a packet is bridged, or dropped, before a route is asked for. */
static enum anygw_trace_reason why_not(const struct anygw_gateway *gw,
				       enum anygw_mode state)
{
	if (state != ANYGW_MODE_STANDBY)
		return ANYGW_TRACE_REASON_NO_PROTOCOL;
	if (gw->conf.mode != ANYGW_MODE_ACTIVE)
		return ANYGW_TRACE_REASON_STANDBY;
	return gw->vlan_mismatch ? ANYGW_TRACE_REASON_VLAN_MISMATCH :
			       ANYGW_TRACE_REASON_DOWN;
}

static void judge(struct anygw_gateway *gw, const struct anygw_segment *seg,
		  struct sk_buff *skb, struct anygw_pkttrace *trace)
{
	struct anygw_rt_result way = {};
	struct anygw_verdict v;
	struct anygw_frame f;

	anygw_skb_parse(&f, skb, gw->br_dev);
	v = anygw_ingress_classify(seg, &f, skb, true, &way);
	trace->state = seg->gw[v.gw].state;
	if (v.act == ANYGW_REDIRECT && !(v.flags & ANYGW_F_NEEDS_ROUTE))
		anygw_route_lookup(gw, skb, &way);
	take_way(trace, &way);

	if (v.act == ANYGW_REDIRECT) {
		trace->reason = speaks(gw, skb->protocol) ? way.reason :
			       ANYGW_TRACE_REASON_NO_PROTOCOL;
		trace->decision = decide(trace->reason);
		if (trace->decision == ANYGW_TRACE_DECISION_ROUTE)
			trace->slow_reason = anygw_fastpath_slow_reason(gw, skb);
	} else {
		trace->reason = v.flags & ANYGW_F_NEEDS_ROUTE ? way.reason :
							 why_not(gw, trace->state);
		trace->decision = v.act == ANYGW_DROP ?
				 ANYGW_TRACE_DECISION_DROP :
				 ANYGW_TRACE_DECISION_BRIDGE;
	}
	trace->active_decision = trace->decision;
	trace->active_reason = trace->reason;
	if (trace->state == ANYGW_MODE_OBSERVE) {
		trace->decision = ANYGW_TRACE_DECISION_BRIDGE;
		trace->reason = ANYGW_TRACE_REASON_OBSERVE;
	}
}

int anygw_pkttrace_run(struct anygw_gateway *gw, struct anygw_pkttrace *trace)
{
	struct anygw_segment_rcu *pub;
	struct anygw_vlan *vlan;
	struct sk_buff *skb;

	skb = make_packet(gw, trace);
	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	rcu_read_lock();
	vlan = rcu_dereference(gw->vlan);
	pub = vlan ? rcu_dereference(vlan->segment) : NULL;
	if (pub)
		judge(gw, &pub->seg, skb, trace);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return pub ? 0 : -EAGAIN;
}
