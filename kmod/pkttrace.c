// SPDX-License-Identifier: GPL-2.0
/*
 * Packet trace: build a packet and run it through the functions that classify
 * and route real ones.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/ip.h>
#include <net/neighbour.h>

#include "datapath.h"
#include "fastpath.h"
#include "ingress.h"
#include "pkttrace.h"
#include "route.h"
#include "skb.h"

static void pkttrace_put_ping(struct sk_buff *skb,
			      const struct anygw_pkttrace *trace)
{
	u8 icmp[sizeof(struct icmphdr)] = {};

	if (ipv6_addr_v4mapped(&trace->src)) {
		struct iphdr ip = {
			.version = 4,
			.ihl = sizeof(ip) / 4,
			.tot_len = htons(sizeof(ip) + sizeof(icmp)),
			.ttl = 64,
			.protocol = IPPROTO_ICMP,
			.saddr = trace->src.s6_addr32[3],
			.daddr = trace->dst.s6_addr32[3],
		};

		ip_send_check(&ip);
		skb_put_data(skb, &ip, sizeof(ip));
		skb->protocol = htons(ETH_P_IP);
		icmp[0] = ICMP_ECHO;
	} else {
		const struct ipv6hdr ip6 = {
			.version = 6,
			.payload_len = htons(sizeof(icmp)),
			.nexthdr = IPPROTO_ICMPV6,
			.hop_limit = 64,
			.saddr = trace->src,
			.daddr = trace->dst,
		};

		skb_put_data(skb, &ip6, sizeof(ip6));
		skb->protocol = htons(ETH_P_IPV6);
		icmp[0] = ICMPV6_ECHO_REQUEST;
	}
	/* Nothing checks the ICMP checksum. */
	skb_put_data(skb, icmp, sizeof(icmp));
}

/* As in a bridge hook, the data starts behind the Ethernet header. */
static struct sk_buff *pkttrace_build(const struct anygw_gateway *gw,
				      const struct anygw_pkttrace *trace)
{
	struct sk_buff *skb;
	struct ethhdr *eth;

	skb = alloc_skb(NET_IP_ALIGN + ETH_HLEN + sizeof(struct ipv6hdr) +
			sizeof(struct icmphdr), GFP_KERNEL);
	if (!skb)
		return NULL;
	skb_reserve(skb, NET_IP_ALIGN);
	eth = skb_put(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, gw->dev->dev_addr);
	eth_random_addr(eth->h_source);
	skb_reset_mac_header(skb);
	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	pkttrace_put_ping(skb, trace);
	eth->h_proto = skb->protocol;
	skb->dev = gw->br_dev;
	return skb;
}

static bool pkttrace_has_protocol(const struct anygw_gateway *gw,
				  __be16 protocol)
{
#if IS_ENABLED(CONFIG_IPV6)
	const struct inet6_dev *idev = __in6_dev_get(gw->dev);

	if (protocol == htons(ETH_P_IPV6))
		return idev && !READ_ONCE(idev->cnf.disable_ipv6);
#endif
	return protocol == htons(ETH_P_IP) && __in_dev_get_rcu(gw->dev);
}

static void pkttrace_set_nh(struct anygw_pkttrace *trace,
			    const struct anygw_rt_result *res)
{
	if (!res->dev)
		return;
	trace->exit = res->dev->ifindex;
	trace->nh = res->nh;
	if (!res->neigh)
		return;
	trace->has_neigh = true;
	trace->nud = res->nud;
	if (res->nud & NUD_VALID && res->dev->addr_len == ETH_ALEN)
		neigh_ha_snapshot((char *)trace->mac, res->neigh, res->dev);
}

/* What the stack does with a packet delivered to the gateway. */
static enum anygw_trace_decision
pkttrace_stack_decision(enum anygw_trace_reason reason)
{
	/* The stack resolves a failed next hop again while the packet waits. */
	if (reason == ANYGW_TRACE_REASON_ROUTED ||
	    reason == ANYGW_TRACE_REASON_NEIGHBOUR_FAILED)
		return ANYGW_TRACE_DECISION_ROUTE;
	return reason == ANYGW_TRACE_REASON_LOCAL ?
	       ANYGW_TRACE_DECISION_LOCAL : ANYGW_TRACE_DECISION_DROP;
}

/* Why a packet is bridged or dropped without a route lookup. */
static enum anygw_trace_reason
pkttrace_no_lookup_reason(const struct anygw_gateway *gw, enum anygw_mode state)
{
	if (state != ANYGW_MODE_STANDBY)
		return ANYGW_TRACE_REASON_NO_PROTOCOL;
	if (gw->conf.mode != ANYGW_MODE_ACTIVE)
		return ANYGW_TRACE_REASON_STANDBY;
	return gw->vlan_mismatch ? ANYGW_TRACE_REASON_VLAN_MISMATCH :
				   ANYGW_TRACE_REASON_DOWN;
}

static void pkttrace_decide(struct anygw_gateway *gw,
			    const struct anygw_segment *seg,
			    struct sk_buff *skb, struct anygw_pkttrace *trace)
{
	struct anygw_rt_result res = {};
	struct anygw_verdict v;
	struct anygw_frame f;

	anygw_skb_parse(&f, skb, gw->br_dev);
	v = anygw_ingress_classify(seg, &f, skb, true, &res);
	trace->state = seg->gw[v.gw].state;
	if (v.act == ANYGW_REDIRECT && !(v.flags & ANYGW_F_NEEDS_ROUTE))
		anygw_route_lookup(gw, skb, &res, false);
	pkttrace_set_nh(trace, &res);
	if (v.act == ANYGW_REDIRECT) {
		trace->reason = pkttrace_has_protocol(gw, skb->protocol) ?
				res.reason : ANYGW_TRACE_REASON_NO_PROTOCOL;
		trace->decision = pkttrace_stack_decision(trace->reason);
		if (trace->decision == ANYGW_TRACE_DECISION_ROUTE)
			trace->slow_reason = anygw_fastpath_slow_reason(gw, skb);
	} else {
		trace->reason = v.flags & ANYGW_F_NEEDS_ROUTE ? res.reason :
				pkttrace_no_lookup_reason(gw, trace->state);
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
	const struct anygw_segment *seg;
	struct sk_buff *skb;

	ASSERT_RTNL();
	skb = pkttrace_build(gw, trace);
	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	rcu_read_lock();
	seg = anygw_gateway_segment(gw);
	if (seg)
		pkttrace_decide(gw, seg, skb, trace);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return seg ? 0 : -EAGAIN;
}
