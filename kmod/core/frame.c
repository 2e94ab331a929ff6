// SPDX-License-Identifier: GPL-2.0
#include "frame.h"

#define ARPHRD_ETHERNET	1
#define ARPHRD_IEEE_802	6

#define TAG_LEN		4
#define TAG_VID		0xfff
#define SNAP_LEN	8
/* Nobody honest has more: the packet has to fit into what is looked at. */
#define HEADERS_MAX	64
/* Up to here it is a length, IEEE Std 802.3 clause 3.2.6. */
#define ETYPE_MIN	0x600

#define IPV4_HLEN	20
#define PROTO_HOPOPTS	0
#define PROTO_IGMP	2
#define PROTO_TCP	6
#define PROTO_UDP	17
#define PROTO_ROUTING	43
#define PROTO_FRAGMENT	44
#define PROTO_AUTH	51
#define PROTO_ICMPV6	58
#define PROTO_DSTOPTS	60

static u16 get16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static bool is_tag(u16 etype)
{
	return etype == ETH_P_8021Q || etype == ETH_P_8021AD;
}

/* Of RFC 1042, or as bridges made it (IEEE Std 802.1H). */
static bool is_snap(u16 etype, const u8 *p, u32 len)
{
	static const u8 rfc1042[] = { 0xaa, 0xaa, 3, 0, 0, 0 };
	static const u8 bridged[] = { 0xaa, 0xaa, 3, 0, 0, 0xf8 };

	return etype < ETYPE_MIN && len >= SNAP_LEN &&
	       (!memcmp(p, rfc1042, sizeof(rfc1042)) ||
		!memcmp(p, bridged, sizeof(bridged)));
}

/*
 * Skip what a receiver takes off. Return: the EtherType behind, or of the
 * first tag with a VID, which is left alone; ETH_P_802_2 where the headers do
 * not end within the frame.
 */
static u16 skip_headers(struct anygw_frame *f, u16 etype, const u8 *l3,
			u32 len)
{
	u32 off = 0;

	for (;;) {
		if (is_tag(etype)) {
			if (off + TAG_LEN > len) {
				f->kind = ANYGW_FRAME_MALFORMED;
				return ETH_P_802_2;
			}
			if (get16(l3 + off) & TAG_VID)
				return etype;
			etype = get16(l3 + off + 2);
			off += TAG_LEN;
		} else if (is_snap(etype, l3 + off, len - off)) {
			etype = get16(l3 + off + 6);
			off += SNAP_LEN;
			f->snap = true;
		} else {
			return etype;
		}
		f->l3 = ETH_HLEN + off;
	}
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
	ip->type = 0;
	ip->has_type = false;
	if (ip->proto != ANYGW_PROTO_ICMP && ip->proto != PROTO_IGMP &&
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
	memcpy(&f->ip.src4, p + 12, 4);
	memcpy(&f->ip.dst4, p + 16, 4);
	f->ip.hidden = false;
	/* A later fragment has none. */
	parse_type(&f->ip, p, get16(p + 6) & 0x1fff ? 0 : len, hlen);
}

#define ND_OPT_LEN	8	/* of a link-layer address for Ethernet */

/* How long a message is without its options, by its type. */
static u32 nd_len(u8 type)
{
	switch (type) {
	case ANYGW_ND_RS:
		return 8;
	case ANYGW_ND_RA:
		return 16;
	case ANYGW_ND_REDIRECT:
		return 40;
	default:
		return 24;
	}
}

/* The option that matters: source, or for answers target link-layer. */
static u8 nd_option(u8 type)
{
	return type == ANYGW_ND_NA || type == ANYGW_ND_REDIRECT ? 2 : 1;
}

/*
 * Read the options between two offsets, of which the frame is there up to
 * len. An address given twice would be one for us and one for a receiver.
 */
static bool parse_options(struct anygw_frame *f, const u8 *p, u32 len, u32 off,
			  u32 end)
{
	struct anygw_nd *nd = &f->nd;
	u32 size;

	for (; off < end; off += size) {
		if (off + 2 > len) {
			nd->partial = true;
			return true;
		}
		size = p[off + 1] * 8;
		if (!size || off + size > end)
			return false;
		if (p[off] != nd_option(nd->type))
			continue;
		if (size != ND_OPT_LEN || nd->has_lladdr)
			return false;
		if (off + size > len) {
			nd->partial = true;
			return true;
		}
		nd->has_lladdr = true;
		nd->lladdr_at = f->l3 + off + 2;
		memcpy(nd->lladdr, p + off + 2, ETH_ALEN);
	}
	return true;
}

/* What routers say may have options of any length. */
static bool may_be_partial(u8 type)
{
	return type == ANYGW_ND_RA || type == ANYGW_ND_REDIRECT;
}

static bool parse_nd(struct anygw_frame *f, const u8 *p, u32 len, u32 off,
		     u8 type)
{
	struct anygw_nd *nd = &f->nd;
	u32 end = ANYGW_IP6_HLEN + get16(p + 4);
	u32 fixed = nd_len(type);

	/* Only a neighbour's packet still has all its hops before it. */
	if (p[7] != 255 || off + fixed > end || off + fixed > len)
		return false;
	*nd = (struct anygw_nd){
		.type = type,
		.csum_at = f->l3 + off + 2,
	};
	memcpy(&nd->src, p + ANYGW_IP6_SRC, sizeof(nd->src));
	memcpy(&nd->dst, p + ANYGW_IP6_DST, sizeof(nd->dst));
	if (type == ANYGW_ND_NA)
		nd->flags = p[off + 4];
	if (fixed >= 24)
		memcpy(&nd->target, p + off + 8, sizeof(nd->target));
	return parse_options(f, p, len, off + fixed, end) &&
	       (!nd->partial || may_be_partial(type));
}

/*
 * Go through the extension headers of RFC 8200 section 4. Returns where the
 * transport protocol begins, or 0 if that cannot be seen.
 */
static u32 skip_extensions(const u8 *p, u32 len, u8 *proto, bool *fragment,
			   bool *later)
{
	u32 off = ANYGW_IP6_HLEN;
	u32 size;

	*proto = p[6];
	for (;;) {
		switch (*proto) {
		case PROTO_HOPOPTS:
		case PROTO_ROUTING:
		case PROTO_DSTOPTS:
			size = off + 2 <= len ? 8 + p[off + 1] * 8 : 0;
			break;
		case PROTO_AUTH:
			size = off + 2 <= len ? 8 + p[off + 1] * 4 : 0;
			break;
		case PROTO_FRAGMENT:
			size = off + 8 <= len ? 8 : 0;
			if (!size)
				break;
			*fragment = true;
			*later = get16(p + off + 2) & 0xfff8;
			break;
		default:
			return off;
		}
		if (!size)
			return 0;
		*proto = p[off];
		off += size;
		if (*later)
			return off;
	}
}

static void parse_ipv6(struct anygw_frame *f, const u8 *p, u32 len)
{
	bool fragment = false, later = false;
	u32 off = ANYGW_IP6_HLEN;
	u8 proto;

	if (len < ANYGW_IP6_HLEN || p[0] >> 4 != 6)
		return;
	f->kind = ANYGW_FRAME_IPV6;
	proto = p[6];
	if (proto != PROTO_TCP && proto != PROTO_UDP)
		off = skip_extensions(p, len, &proto, &fragment, &later);
	if (proto == PROTO_ICMPV6 && off && !later && off < len &&
	    p[off] >= ANYGW_ND_RS && p[off] <= ANYGW_ND_REDIRECT) {
		f->kind = ANYGW_FRAME_ND;
		if (fragment || !parse_nd(f, p, len, off, p[off]))
			f->kind = ANYGW_FRAME_MALFORMED;
		return;
	}
	f->ip.proto = proto;
	memcpy(&f->ip.src6, p + ANYGW_IP6_SRC, sizeof(f->ip.src6));
	memcpy(&f->ip.dst6, p + ANYGW_IP6_DST, sizeof(f->ip.dst6));
	/* Only a neighbour's packet still has all its hops before it. */
	f->ip.hidden = p[7] == 255 && !later &&
		       (!off || (proto == PROTO_ICMPV6 && off >= len));
	parse_type(&f->ip, p, off && !later ? len : 0, off);
}

bool anygw_frame_wants_more(u16 etype, const u8 *l3, u32 len)
{
	if (etype == ETH_P_IPV6)
		return len >= ANYGW_IP6_HLEN && l3[6] != PROTO_TCP &&
		       l3[6] != PROTO_UDP;
	return is_tag(etype) || etype < ETYPE_MIN;
}

void anygw_frame_asked(const struct anygw_frame *f, struct in6_addr *addr)
{
	if (f->kind == ANYGW_FRAME_ARP)
		anygw_addr_map(addr, f->arp.tpa);
	else
		*addr = f->nd.target;
}

void anygw_frame_answered(const struct anygw_frame *f, struct in6_addr *addr)
{
	if (f->kind == ANYGW_FRAME_ARP)
		anygw_addr_map(addr, f->arp.spa);
	else
		*addr = f->nd.target;
}

static const u8 beacon_mac[] = { ANYGW_BEACON_MAC };

void anygw_frame_parse(struct anygw_frame *f, const u8 *eth, u16 etype,
		       const u8 *l3, u32 len)
{
	/* What is of another kind is left as it is: each packet comes here. */
	memcpy(f->dst, eth, ETH_ALEN);
	memcpy(f->src, eth + ETH_ALEN, ETH_ALEN);
	f->l3 = ETH_HLEN;
	f->snap = false;
	f->kind = ANYGW_FRAME_OTHER;
	if (is_tag(etype) || etype < ETYPE_MIN) {
		etype = skip_headers(f, etype, l3, len);
		if (f->l3 - ETH_HLEN > HEADERS_MAX)
			f->kind = ANYGW_FRAME_MALFORMED;
		if (f->kind == ANYGW_FRAME_MALFORMED)
			return;
		l3 += f->l3 - ETH_HLEN;
		len -= f->l3 - ETH_HLEN;
	}

	switch (etype) {
	case ANYGW_BEACON_ETYPE:
		if (ether_addr_equal(f->dst, beacon_mac))
			f->kind = ANYGW_FRAME_BEACON;
		break;
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
