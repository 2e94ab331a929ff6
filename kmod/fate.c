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

#include "act.h"
#include "fast.h"
#include "fate.h"
#include "hook.h"
#include "route.h"
#include "vlan.h"

/* A ping, of the kind that hosts send; the sums are nobody's business. */
static void put_ip4(struct sk_buff *skb, const struct anygw_fate *fate)
{
	struct icmphdr *icmp;
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = htons(sizeof(*ip) + sizeof(*icmp));
	ip->ttl = 64;
	ip->protocol = IPPROTO_ICMP;
	ip->saddr = fate->src4;
	ip->daddr = fate->dst4;
	ip_send_check(ip);
	icmp = skb_put_zero(skb, sizeof(*icmp));
	icmp->type = ICMP_ECHO;
	skb->protocol = htons(ETH_P_IP);
}

static void put_ip6(struct sk_buff *skb, const struct anygw_fate *fate)
{
	struct icmp6hdr *icmp;
	struct ipv6hdr *ip6 = skb_put_zero(skb, sizeof(*ip6));

	ip6->version = 6;
	ip6->payload_len = htons(sizeof(*icmp));
	ip6->nexthdr = IPPROTO_ICMPV6;
	ip6->hop_limit = 64;
	ip6->saddr = fate->src6;
	ip6->daddr = fate->dst6;
	icmp = skb_put_zero(skb, sizeof(*icmp));
	icmp->icmp6_type = ICMPV6_ECHO_REQUEST;
	skb->protocol = htons(ETH_P_IPV6);
}

/* As it is in a bridge hook: the data starts behind the Ethernet header. */
static struct sk_buff *make_packet(const struct anygw_gateway *gw,
				   const struct anygw_fate *fate)
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
	if (fate->family == AF_INET)
		put_ip4(skb, fate);
	else
		put_ip6(skb, fate);
	eth->h_proto = skb->protocol;
	skb->dev = gw->br_dev;
	return skb;
}

static bool speaks(const struct anygw_gateway *gw, u8 family)
{
#if IS_ENABLED(CONFIG_IPV6)
	const struct inet6_dev *idev = __in6_dev_get(gw->dev);

	if (family == AF_INET6)
		return idev && !READ_ONCE(idev->cnf.disable_ipv6);
#endif
	return family == AF_INET && __in_dev_get_rcu(gw->dev);
}

static void take_way(struct anygw_fate *fate, const struct anygw_way *way)
{
	if (!way->dev)
		return;
	fate->exit = way->dev->ifindex;
	fate->hop_family = way->family;
	if (way->family == AF_INET)
		fate->hop4 = way->hop4;
	else
		fate->hop6 = way->hop6;
	if (!way->neigh)
		return;
	fate->has_neigh = true;
	fate->nud = way->nud;
	if (way->nud & NUD_VALID && way->dev->addr_len == ETH_ALEN)
		neigh_ha_snapshot((char *)fate->mac, way->neigh, way->dev);
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
	return gw->misplaced ? ANYGW_TRACE_REASON_MISPLACED :
			       ANYGW_TRACE_REASON_DOWN;
}

static void judge(struct anygw_gateway *gw, const struct anygw_segment *seg,
		  struct sk_buff *skb, struct anygw_fate *fate)
{
	struct anygw_way way = {};
	struct anygw_verdict v;
	struct anygw_frame f;

	anygw_act_parse(&f, skb, gw->br_dev);
	v = anygw_hook_judge(seg, &f, skb, true, &way);
	fate->state = seg->gw[v.gw].state;
	if (v.act == ANYGW_STEER && !(v.flags & ANYGW_F_ROUTE))
		anygw_route_find(gw, skb, &way);
	take_way(fate, &way);

	if (v.act == ANYGW_STEER) {
		fate->reason = speaks(gw, fate->family) ? way.reason :
			       ANYGW_TRACE_REASON_NO_PROTOCOL;
		fate->decision = decide(fate->reason);
		if (fate->decision == ANYGW_TRACE_DECISION_ROUTE)
			fate->path = anygw_fast_path(gw, skb);
	} else {
		fate->reason = v.flags & ANYGW_F_ROUTE ? way.reason :
							 why_not(gw, fate->state);
		fate->decision = v.act == ANYGW_DROP ?
				 ANYGW_TRACE_DECISION_DROP :
				 ANYGW_TRACE_DECISION_BRIDGE;
	}
	fate->active_decision = fate->decision;
	fate->active_reason = fate->reason;
	if (fate->state == ANYGW_MODE_OBSERVE) {
		fate->decision = ANYGW_TRACE_DECISION_BRIDGE;
		fate->reason = ANYGW_TRACE_REASON_OBSERVE;
	}
}

int anygw_fate_find(struct anygw_gateway *gw, struct anygw_fate *fate)
{
	struct anygw_published *pub;
	struct anygw_vlan *vlan;
	struct sk_buff *skb;

	skb = make_packet(gw, fate);
	if (!skb)
		return -ENOMEM;
	local_bh_disable();
	rcu_read_lock();
	vlan = rcu_dereference(gw->vlan);
	pub = vlan ? rcu_dereference(vlan->pub) : NULL;
	if (pub)
		judge(gw, &pub->seg, skb, fate);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	return pub ? 0 : -EAGAIN;
}
