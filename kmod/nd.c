// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <net/ip6_checksum.h>
#include <net/ndisc.h>

#include "core/frame.h"
#include "nd.h"

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

static void fill(struct nd_frame *f, const struct anygw_nd_message *m)
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

struct sk_buff *anygw_nd_create(struct net_device *dev,
				const struct anygw_nd_message *message)
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
	fill(skb_put_zero(skb, sizeof(struct nd_frame)), message);
	skb->protocol = htons(ETH_P_IPV6);
	skb->dev = dev;
	return skb;
}
