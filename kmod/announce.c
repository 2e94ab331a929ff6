// SPDX-License-Identifier: GPL-2.0
/* The ARP, RARP and neighbour discovery frames that the module builds. */
#include <net/arp.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "announce.h"
#include "bridge.h"

/* A neighbour solicitation or advertisement, RFC 4861 section 4.3 and 4.4 */
struct nd_message {
	u8 type;	/* ICMPv6 */
	u8 flags;	/* ANYGW_NA_* */
	const u8 *eth_dst;
	const u8 *eth_src;	/* and the link-layer address option */
	const struct in6_addr *src;
	const struct in6_addr *dst;
	const struct in6_addr *target;
};

struct nd_payload {
	struct ipv6hdr ip6;
	struct icmp6hdr icmp6;
	struct in6_addr target;
	struct nd_opt_hdr opt;
	u8 lladdr[ETH_ALEN];
} __packed;

#define ND_LEN	(sizeof(struct nd_payload) - sizeof(struct ipv6hdr))

struct sk_buff *anygw_announce_alloc(struct net_device *dev, const u8 *dst,
				     const u8 *src, u16 proto, unsigned int len)
{
	unsigned int size = max_t(unsigned int, ETH_HLEN + len, ETH_ZLEN);
	int headroom = LL_RESERVED_SPACE(dev);
	struct sk_buff *skb;
	struct ethhdr *eth;

	skb = alloc_skb(headroom + size + dev->needed_tailroom, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	eth = skb_put_zero(skb, size);
	ether_addr_copy(eth->h_dest, dst);
	ether_addr_copy(eth->h_source, src);
	eth->h_proto = htons(proto);
	skb->protocol = eth->h_proto;
	skb->dev = dev;
	return skb;
}

static struct sk_buff *announce_create_nd(struct net_device *dev,
					  const struct nd_message *m)
{
	struct nd_payload *p;
	struct sk_buff *skb;

	skb = anygw_announce_alloc(dev, m->eth_dst, m->eth_src, ETH_P_IPV6,
				   sizeof(*p));
	if (!skb)
		return NULL;
	p = (struct nd_payload *)skb_network_header(skb);
	p->ip6.version = 6;
	p->ip6.payload_len = htons(ND_LEN);
	p->ip6.nexthdr = IPPROTO_ICMPV6;
	p->ip6.hop_limit = 255;
	p->ip6.saddr = *m->src;
	p->ip6.daddr = *m->dst;
	p->icmp6.icmp6_type = m->type;
	p->icmp6.icmp6_dataun.un_data8[0] = m->flags;
	p->target = *m->target;
	p->opt.nd_opt_type = m->type == NDISC_NEIGHBOUR_SOLICITATION ?
			     ND_OPT_SOURCE_LL_ADDR : ND_OPT_TARGET_LL_ADDR;
	p->opt.nd_opt_len = 1;
	ether_addr_copy(p->lladdr, m->eth_src);
	p->icmp6.icmp6_cksum =
		csum_ipv6_magic(&p->ip6.saddr, &p->ip6.daddr, ND_LEN,
				IPPROTO_ICMPV6,
				csum_partial(&p->icmp6, ND_LEN, 0));
	return skb;
}

/* As an ARP packet if the addresses are IPv4. */
static bool announce_send(struct net_device *dev, const struct nd_message *m)
{
	bool solicit = m->type == NDISC_NEIGHBOUR_SOLICITATION;
	struct sk_buff *skb;

	if (ipv6_addr_v4mapped(m->target)) {
		skb = arp_create(solicit ? ARPOP_REQUEST : ARPOP_REPLY,
				 ETH_P_ARP, m->target->s6_addr32[3], dev,
				 m->src->s6_addr32[3], m->eth_dst, m->eth_src,
				 solicit ? NULL : m->eth_dst);
		if (skb)
			arp_xmit(skb);
	} else {
		skb = announce_create_nd(dev, m);
		if (skb)
			dev_queue_xmit(skb);
	}
	return skb != NULL;
}

void anygw_announce_gateways(const struct anygw_segment *seg, const u8 *mac,
			     u32 skip_hash)
{
	static const struct in6_addr all_nodes =
		IN6ADDR_LINKLOCAL_ALLNODES_INIT;
	struct nd_message advert = {
		.type = NDISC_NEIGHBOUR_ADVERTISEMENT,
		.eth_dst = mac,
		.dst = &all_nodes,
		.flags = ANYGW_NA_ROUTER | ANYGW_NA_OVERRIDE,
	};
	const struct anygw_prefix *prefix;
	struct anygw_gateway *gw;
	int i;

	for (i = 0; i < seg->n_gw; i++) {
		if (seg->gw[i].state != ANYGW_MODE_ACTIVE)
			continue;
		gw = seg->gw[i].gateway;
		advert.eth_src = gw->dev->dev_addr;
		anygw_segment_for_each_addr(prefix, seg, i) {
			advert.src = &prefix->addr;
			advert.target = &prefix->addr;
			if (anygw_announce_hash(&prefix->addr) != skip_hash &&
			    announce_send(gw->dev, &advert))
				anygw_stats_inc(gw->stats,
						ANYGW_STAT_ANNOUNCED);
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
	skb = announce_create_nd(gw->br_dev, &advert);
	if (skb)
		anygw_br_xmit(gw, gw->br_dev, seg->vid, skb);
}

void anygw_announce_vm(const struct anygw_segment *seg, const u8 *mac)
{
	struct anygw_gateway *gw;
	u8 broadcast[ETH_ALEN];
	struct sk_buff *skb;
	int i;

	for (i = 0; i < seg->n_gw; i++)
		if (seg->gw[i].state == ANYGW_MODE_ACTIVE &&
		    !READ_ONCE(seg->gw[i].gateway->dying))
			break;
	if (i == seg->n_gw)
		return;
	gw = seg->gw[i].gateway;
	eth_broadcast_addr(broadcast);
	skb = arp_create(ARPOP_RREQUEST, ETH_P_RARP, 0, gw->br_dev, 0,
			 broadcast, mac, mac);
	if (!skb || eth_skb_pad(skb))
		return;
	skb_reset_mac_header(skb);
	skb->protocol = htons(ETH_P_RARP);
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
	int i;

	i = anygw_segment_requester(seg, addr, &solicit.src);
	if (i < 0 || seg->gw[i].state != ANYGW_MODE_ACTIVE)
		return;
	dev = seg->gw[i].gateway->dev;
	solicit.eth_src = dev->dev_addr;
	announce_send(dev, &solicit);
}
