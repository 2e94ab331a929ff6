// SPDX-License-Identifier: GPL-2.0
#include "frame.h"

#define ARPHRD_ETHERNET	1
#define ARPHRD_IEEE_802	6

#define IPV4_HLEN	20
#define IPV6_HLEN	40
#define PROTO_HOPOPTS	0
#define PROTO_ICMP	1
#define PROTO_IGMP	2
#define PROTO_ICMPV6	58

static u16 get16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static void parse_arp(struct anygw_frame *f, const u8 *p, u32 len,
		      enum anygw_frame_kind kind)
{
	if (len < ANYGW_ARP_SHA) {
		f->kind = ANYGW_FRAME_MALFORMED;
		return;
	}
	/* Receivers take both hardware types for Ethernet's. */
	if ((get16(p) != ARPHRD_ETHERNET && get16(p) != ARPHRD_IEEE_802) ||
	    get16(p + 2) != ETH_P_IP || p[4] != ETH_ALEN || p[5] != 4)
		return;
	if (len < ANYGW_ARP_LEN) {
		f->kind = ANYGW_FRAME_MALFORMED;
		return;
	}
	f->kind = kind;
	f->arp.op = get16(p + ANYGW_ARP_OP);
	memcpy(f->arp.sha, p + ANYGW_ARP_SHA, ETH_ALEN);
	memcpy(&f->arp.spa, p + ANYGW_ARP_SPA, 4);
	memcpy(f->arp.tha, p + ANYGW_ARP_THA, ETH_ALEN);
	memcpy(&f->arp.tpa, p + ANYGW_ARP_TPA, 4);
}

static void parse_type(struct anygw_ip *ip, const u8 *p, u32 len, u32 off)
{
	if (ip->proto != PROTO_ICMP && ip->proto != PROTO_IGMP &&
	    ip->proto != PROTO_ICMPV6)
		return;
	if (off >= len)
		return;
	ip->type = p[off];
	ip->has_type = true;
}

static void parse_ipv4(struct anygw_frame *f, const u8 *p, u32 len)
{
	u32 hlen;

	if (len < IPV4_HLEN || p[0] >> 4 != 4)
		return;
	hlen = (p[0] & 0xf) * 4;
	if (hlen < IPV4_HLEN)
		return;
	f->kind = ANYGW_FRAME_IPV4;
	f->ip.proto = p[9];
	memcpy(&f->ip.dst4, p + 16, 4);
	if (!(get16(p + 6) & 0x1fff))
		parse_type(&f->ip, p, len, hlen);
}

static void parse_ipv6(struct anygw_frame *f, const u8 *p, u32 len)
{
	u32 off = IPV6_HLEN;

	if (len < IPV6_HLEN || p[0] >> 4 != 6)
		return;
	f->kind = ANYGW_FRAME_IPV6;
	f->ip.proto = p[6];
	/* MLD carries its router alert in front, RFC 3810 section 5. */
	if (f->ip.proto == PROTO_HOPOPTS && len >= off + 2) {
		f->ip.proto = p[off];
		off += 8 + p[off + 1] * 8;
	}
	parse_type(&f->ip, p, len, off);
}

void anygw_frame_parse(struct anygw_frame *f, const u8 *eth, u16 etype,
		       const u8 *l3, u32 len)
{
	memset(f, 0, sizeof(*f));
	memcpy(f->dst, eth, ETH_ALEN);
	memcpy(f->src, eth + ETH_ALEN, ETH_ALEN);
	f->etype = etype;

	switch (etype) {
	case ETH_P_ARP:
		parse_arp(f, l3, len, ANYGW_FRAME_ARP);
		break;
	case ETH_P_RARP:
		parse_arp(f, l3, len, ANYGW_FRAME_RARP);
		break;
	case ETH_P_IP:
		parse_ipv4(f, l3, len);
		break;
	case ETH_P_IPV6:
		parse_ipv6(f, l3, len);
		break;
	}
}
