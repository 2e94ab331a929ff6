// SPDX-License-Identifier: GPL-2.0
/*
 * Parsing, rewriting and delivery of an skb. The core works on copies of header
 * fields, so that no pointer into an skb outlives a reallocation of its head.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/dst.h>

#include "bridge.h"
#include "datapath.h"
#include "route.h"
#include "skb.h"

DEFINE_PER_CPU(struct anygw_ingress_ctx, anygw_ingress_ctx);

/* The checksum goes to the TCP or UDP header's own field. */
static bool skb_csum_is_tcp_udp(const struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	int at = skb_checksum_start_offset(skb);
	u8 proto = IPPROTO_UDP;

	if (skb->csum_offset == offsetof(struct tcphdr, check))
		proto = IPPROTO_TCP;
	else if (skb->csum_offset != offsetof(struct udphdr, check))
		return false;
	if (skb->protocol == htons(ETH_P_IP))
		return skb_headlen(skb) >= sizeof(*ip) &&
		       ip->protocol == proto && at == ip->ihl * 4;
	return skb->protocol == htons(ETH_P_IPV6) &&
	       skb_headlen(skb) >= sizeof(*ip6) &&
	       ip6->nexthdr == proto && at == sizeof(*ip6);
}

bool anygw_skb_settle_csum(struct sk_buff *skb)
{
	bool ok;
	int at;

	/*
	 * GSO segments get a checksum where their protocol has it, and so does
	 * SCTP, whose checksum offload only the host's stack can request.
	 */
	if (likely(skb->ip_summed != CHECKSUM_PARTIAL) || skb_is_gso(skb) ||
	    skb_csum_is_sctp(skb) || skb_csum_is_tcp_udp(skb))
		return true;
	skb_push(skb, ETH_HLEN);
	at = skb_checksum_start_offset(skb);
	ok = at >= 0 && at + skb->csum_offset + sizeof(__sum16) <=
			skb_headlen(skb) && !skb_checksum_help(skb);
	skb_pull(skb, ETH_HLEN);
	return ok;
}

void anygw_skb_parse(struct anygw_frame *f, const struct sk_buff *skb,
		     const struct net_device *br)
{
	u32 len = min_t(u32, skb->len, ANYGW_FRAME_L3_MIN);
	u16 etype = anygw_br_etype(br, skb);
	u8 buf[ANYGW_FRAME_L3_MAX];
	const u8 *l3 = skb_header_pointer(skb, 0, len, buf);

	if (l3 && anygw_frame_wants_more(etype, l3, len)) {
		len = min_t(u32, skb->len, ANYGW_FRAME_L3_MAX);
		l3 = skb_header_pointer(skb, 0, len, buf);
	}
	if (!l3)
		len = 0;
	anygw_frame_parse(f, skb_mac_header(skb), etype, l3, len);
}

void anygw_pkt_parse(struct anygw_pkt *pkt)
{
	pkt->access = READ_ONCE(pkt->in->role) == ANYGW_PORT_ROLE_ACCESS;
	anygw_skb_parse(&pkt->f, pkt->skb, pkt->in->br_dev);
}

bool anygw_skb_rewrite(struct sk_buff *skb, const struct anygw_plan *plan)
{
	bool ok;

	if (plan->csum_at && skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_checksum_help(skb))
		return false;
	skb_push(skb, ETH_HLEN);
	ok = plan->end <= skb->len && !skb_ensure_writable(skb, plan->end) &&
	     anygw_plan_apply(plan, skb->data, plan->end);
	skb_pull(skb, ETH_HLEN);
	/* The checksum over the received packet is invalid now. */
	if (ok && plan->end > ETH_HLEN && skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	return ok;
}

static void skb_receive(struct anygw_gateway *gw, struct sk_buff *skb)
{
	skb->dev = gw->dev;
	__vlan_hwaccel_clear_tag(skb);
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	/* With it br_netfilter would skip the device's prerouting hooks. */
	skb_ext_del(skb, SKB_EXT_BRIDGE_NF);
#endif
	dev_sw_netstats_rx_add(gw->dev, skb->len + ETH_HLEN);
	netif_receive_skb(skb);
}

void anygw_skb_deliver(struct anygw_gateway *gw, struct sk_buff *skb,
		       bool rerouted)
{
	struct anygw_rt_result res __uninitialized;

	skb->pkt_type = PACKET_HOST;
	skb_dst_drop(skb);
	if (rerouted)
		anygw_route_lookup(gw, skb, &res, true);
	skb_receive(gw, skb);
}

static bool skb_dev_has_group(struct net_device *dev, const u8 *group)
{
	const struct netdev_hw_addr *ha;
	bool found = false;

	if (is_broadcast_ether_addr(group) ||
	    dev->flags & (IFF_PROMISC | IFF_ALLMULTI))
		return true;
	netif_addr_lock(dev);
	netdev_for_each_mc_addr(ha, dev)
		if (ether_addr_equal(ha->addr, group))
			found = true;
	netif_addr_unlock(dev);
	return found;
}

void anygw_skb_deliver_clone(struct anygw_gateway *gw,
			     const struct sk_buff *skb)
{
	const u8 *dst = skb_mac_header(skb);
	struct sk_buff *clone;

	if (!skb_dev_has_group(gw->dev, dst))
		return;
	clone = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);
	if (!clone) {
		DEV_STATS_INC(gw->dev, rx_dropped);
		return;
	}
	/* The unconfirmed conntrack entry belongs to the bridged frame. */
	nf_reset_ct(clone);
	skb_dst_drop(clone);
	clone->pkt_type = is_broadcast_ether_addr(dst) ? PACKET_BROADCAST :
							 PACKET_MULTICAST;
	skb_receive(gw, clone);
}
