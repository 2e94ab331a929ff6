// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <net/ip6_checksum.h>
#include <net/ndisc.h>

#include "nd.h"

struct advert {
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

#define ND_LEN	(sizeof(struct advert) - offsetof(struct advert, icmp6))

static void fill(struct advert *na, const struct anygw_advert *advert)
{
	ether_addr_copy(na->eth.h_dest, advert->eth_dst);
	ether_addr_copy(na->eth.h_source, advert->eth_src);
	na->eth.h_proto = htons(ETH_P_IPV6);
	na->ip6.version = 6;
	na->ip6.payload_len = htons(ND_LEN);
	na->ip6.nexthdr = IPPROTO_ICMPV6;
	na->ip6.hop_limit = 255;
	na->ip6.saddr = *advert->src;
	na->ip6.daddr = *advert->dst;
	na->icmp6.icmp6_type = NDISC_NEIGHBOUR_ADVERTISEMENT;
	na->icmp6.icmp6_dataun.un_data8[0] = advert->flags;
	na->target = *advert->target;
	na->lladdr.type = ND_OPT_TARGET_LL_ADDR;
	na->lladdr.len = 1;
	ether_addr_copy(na->lladdr.mac, advert->eth_src);
	na->icmp6.icmp6_cksum =
		csum_ipv6_magic(&na->ip6.saddr, &na->ip6.daddr, ND_LEN,
				IPPROTO_ICMPV6,
				csum_partial(&na->icmp6, ND_LEN, 0));
}

struct sk_buff *anygw_nd_advert(struct net_device *dev,
				const struct anygw_advert *advert)
{
	int room = LL_RESERVED_SPACE(dev);
	struct sk_buff *skb;

	skb = alloc_skb(room + sizeof(struct advert) + dev->needed_tailroom,
			GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	fill(skb_put_zero(skb, sizeof(struct advert)), advert);
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = dev;
	return skb;
}
