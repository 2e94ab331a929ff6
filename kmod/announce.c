// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/ipv6.h>
#include <net/arp.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "announce.h"
#include "bridge.h"

/**
 * struct nd_message - a neighbour solicitation or advertisement to be
 * sent, RFC 4861
 * @type: NDISC_NEIGHBOUR_SOLICITATION or NDISC_NEIGHBOUR_ADVERTISEMENT
 * @flags: ANYGW_NA_*, of an advertisement
 * @eth_dst: destination MAC
 * @eth_src: source MAC, and the link-layer address in the option
 * @src: IPv6 source
 * @dst: IPv6 destination
 * @target: the address asked for or advertised
 */
struct nd_message {
	u8 type;
	u8 flags;
	const u8 *eth_dst;
	const u8 *eth_src;
	const struct in6_addr *src;
	const struct in6_addr *dst;
	const struct in6_addr *target;
};

struct nd_frame {
	struct ethhdr eth;
	struct ipv6hdr ip6;
	struct icmp6hdr icmp6;
	struct in6_addr target;
	struct {
		u8 type;
		u8 len;
		u8 mac[ETH_ALEN];
	} lladdr;
} __packed;

#define ND_LEN	(sizeof(struct nd_frame) - offsetof(struct nd_frame, icmp6))

static void nd_fill(struct nd_frame *f, const struct nd_message *m)
{
	ether_addr_copy(f->eth.h_dest, m->eth_dst);
	ether_addr_copy(f->eth.h_source, m->eth_src);
	f->eth.h_proto = htons(ETH_P_IPV6);
	f->ip6.version = 6;
	f->ip6.payload_len = htons(ND_LEN);
	f->ip6.nexthdr = IPPROTO_ICMPV6;
	f->ip6.hop_limit = 255;
	f->ip6.saddr = *m->src;
	f->ip6.daddr = *m->dst;
	f->icmp6.icmp6_type = m->type;
	f->icmp6.icmp6_dataun.un_data8[0] = m->flags;
	f->target = *m->target;
	f->lladdr.type = m->type == NDISC_NEIGHBOUR_SOLICITATION ?
			 ND_OPT_SOURCE_LL_ADDR : ND_OPT_TARGET_LL_ADDR;
	f->lladdr.len = 1;
	ether_addr_copy(f->lladdr.mac, m->eth_src);
	f->icmp6.icmp6_cksum =
		csum_ipv6_magic(&f->ip6.saddr, &f->ip6.daddr, ND_LEN,
				IPPROTO_ICMPV6,
				csum_partial(&f->icmp6, ND_LEN, 0));
}

static struct sk_buff *nd_create(struct net_device *dev,
				 const struct nd_message *message)
{
	int room = LL_RESERVED_SPACE(dev);
	struct sk_buff *skb;

	skb = alloc_skb(room + sizeof(struct nd_frame) + dev->needed_tailroom,
			GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	nd_fill(skb_put_zero(skb, sizeof(struct nd_frame)), message);
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = dev;
	return skb;
}

static struct sk_buff *create_advert(struct anygw_gateway *gw, const u8 *mac,
				     const struct in6_addr *addr)
{
	static const struct in6_addr all_nodes =
		IN6ADDR_LINKLOCAL_ALLNODES_INIT;
	const struct nd_message advert = {
		.type = NDISC_NEIGHBOUR_ADVERTISEMENT,
		.eth_dst = mac,
		.eth_src = gw->dev->dev_addr,
		.src = addr,
		.dst = &all_nodes,
		.target = addr,
		.flags = ANYGW_NA_ROUTER | ANYGW_NA_OVERRIDE,
	};
	__be32 addr4 = addr->s6_addr32[3];

	if (!ipv6_addr_v4mapped(addr))
		return nd_create(gw->dev, &advert);
	return arp_create(ARPOP_REPLY, ETH_P_ARP, addr4, gw->dev, addr4, mac,
			  gw->dev->dev_addr, mac);
}

static void announce_send(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_ARP))
		arp_xmit(skb);
	else
		dev_queue_xmit(skb);
}

void anygw_announce_gateways(const struct anygw_segment *seg, const u8 *mac,
			    u32 except)
{
	const struct anygw_prefix *own;
	struct anygw_gateway *gw;
	struct sk_buff *skb;
	int i;

	for (i = 0; i < seg->n_gw; i++) {
		if (seg->gw[i].state != ANYGW_MODE_ACTIVE)
			continue;
		gw = seg->gw[i].gateway;
		anygw_segment_for_each_addr(own, seg, i) {
			if (anygw_announce_hash(&own->addr) == except)
				continue;
			skb = create_advert(gw, mac, &own->addr);
			if (!skb)
				continue;
			announce_send(skb);
			anygw_stats_inc(gw->stats, ANYGW_STAT_ANNOUNCED);
		}
	}
}

void anygw_announce_host_ll(const struct anygw_segment *seg,
			    struct anygw_gateway *gw,
			    const struct anygw_frame *f)
{
	const struct nd_message advert = {
		.type = NDISC_NEIGHBOUR_ADVERTISEMENT,
		.eth_dst = f->src,
		.eth_src = seg->host_mac,
		.src = &seg->host_ll,
		.dst = &f->nd.src,
		.target = &seg->host_ll,
		.flags = ANYGW_NA_SOLICITED | ANYGW_NA_OVERRIDE,
	};
	struct sk_buff *skb;

	if (READ_ONCE(gw->dying))
		return;
	skb = nd_create(gw->br_dev, &advert);
	if (skb)
		anygw_br_xmit(gw, gw->br_dev, seg->vid, skb);
}

static struct sk_buff *create_rarp(struct net_device *br, const u8 *mac)
{
	int room = LL_RESERVED_SPACE(br);
	struct sk_buff *skb;
	struct ethhdr *eth;
	struct arphdr *arp;
	u8 *p;

	skb = alloc_skb(room + ETH_ZLEN + br->needed_tailroom, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb_reset_mac_header(skb);
	eth = skb_put_zero(skb, ETH_ZLEN);
	eth_broadcast_addr(eth->h_dest);
	ether_addr_copy(eth->h_source, mac);
	eth->h_proto = htons(ETH_P_RARP);
	skb_set_network_header(skb, ETH_HLEN);

	arp = (struct arphdr *)(eth + 1);
	arp->ar_hrd = htons(ARPHRD_ETHER);
	arp->ar_pro = htons(ETH_P_IP);
	arp->ar_hln = ETH_ALEN;
	arp->ar_pln = sizeof(__be32);
	arp->ar_op = htons(ARPOP_RREQUEST);
	p = (u8 *)arp;
	memcpy(p + ANYGW_ARP_SHA, mac, ETH_ALEN);
	memcpy(p + ANYGW_ARP_THA, mac, ETH_ALEN);
	skb->protocol = htons(ETH_P_RARP);
	return skb;
}

void anygw_announce_vm(const struct anygw_segment *seg, const u8 *mac)
{
	struct anygw_gateway *gw;
	struct sk_buff *skb;
	int i;

	for (i = 0; i < seg->n_gw; i++)
		if (seg->gw[i].state == ANYGW_MODE_ACTIVE &&
		    !READ_ONCE(seg->gw[i].gateway->dying))
			break;
	if (i == seg->n_gw)
		return;
	gw = seg->gw[i].gateway;
	skb = create_rarp(gw->br_dev, mac);
	if (!skb)
		return;
	anygw_br_xmit(gw, gw->br_dev, seg->vid, skb);
	anygw_stats_inc(gw->stats, ANYGW_STAT_ANNOUNCED);
}

void anygw_announce_solicit(const struct anygw_segment *seg, const u8 *mac,
			     const struct in6_addr *addr)
{
	struct nd_message solicit = {
		.type = NDISC_NEIGHBOUR_SOLICITATION,
		.eth_dst = mac,
		.dst = addr,
		.target = addr,
	};
	struct net_device *dev;
	struct sk_buff *skb;
	int i;

	i = anygw_segment_requester(seg, addr, &solicit.src);
	if (i < 0 || seg->gw[i].state != ANYGW_MODE_ACTIVE)
		return;
	dev = seg->gw[i].gateway->dev;
	solicit.eth_src = dev->dev_addr;
	if (ipv6_addr_v4mapped(addr))
		skb = arp_create(ARPOP_REQUEST, ETH_P_ARP, addr->s6_addr32[3],
				 dev, solicit.src->s6_addr32[3], mac,
				 dev->dev_addr, NULL);
	else
		skb = nd_create(dev, &solicit);
	if (skb)
		announce_send(skb);
}
