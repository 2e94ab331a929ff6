// SPDX-License-Identifier: GPL-2.0
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <net/ip.h>

#include "frame.h"

#define SNAP_LEN	8
/* The packet has to fit into the octets parsed; real frames have less. */
#define HEADERS_MAX	64

static bool frame_is_tag(u16 etype)
{
	return eth_type_vlan(htons(etype));
}

/* RFC 1042, or the bridge-tunnel encapsulation of IEEE Std 802.1H */
static bool frame_is_snap(u16 etype, const u8 *p, u32 len)
{
	static const u8 rfc1042[] = { 0xaa, 0xaa, 3, 0, 0, 0 };
	static const u8 bridged[] = { 0xaa, 0xaa, 3, 0, 0, 0xf8 };

	return etype < ETH_P_802_3_MIN && len >= SNAP_LEN &&
	       (!memcmp(p, rfc1042, sizeof(rfc1042)) ||
		!memcmp(p, bridged, sizeof(bridged)));
}

/*
 * Skip the headers that receivers remove. Return: the EtherType behind them,
 * or that of the first tag with a VID, which is not skipped.
 */
static u16 frame_skip_headers(struct anygw_frame *f, u16 etype, const u8 *l3,
			      u32 len)
{
	u32 off = 0;

	for (;;) {
		if (frame_is_tag(etype)) {
			if (off + VLAN_HLEN > len) {
				f->kind = ANYGW_FRAME_MALFORMED;
				return ETH_P_802_2;
			}
			if (get_unaligned_be16(l3 + off) & VLAN_VID_MASK)
				return etype;
			etype = get_unaligned_be16(l3 + off + 2);
			off += VLAN_HLEN;
		} else if (frame_is_snap(etype, l3 + off, len - off)) {
			etype = get_unaligned_be16(l3 + off + 6);
			off += SNAP_LEN;
			f->snap = true;
		} else {
			return etype;
		}
		f->l3 = ETH_HLEN + off;
	}
}

static void frame_parse_addr4(struct in6_addr *addr, const u8 *p)
{
	__be32 addr4;

	memcpy(&addr4, p, sizeof(addr4));
	ipv6_addr_set_v4mapped(addr4, addr);
}

/* A mapped address in an IPv6 packet must not match the IPv4 address. */
static void frame_parse_addr6(struct in6_addr *addr, const u8 *p)
{
	memcpy(addr, p, sizeof(*addr));
	if (ipv6_addr_v4mapped(addr))
		addr->s6_addr[0] = 0xff;
}

static void frame_parse_arp(struct anygw_frame *f, const u8 *p, u32 len,
			    enum anygw_frame_kind kind)
{
	u16 hrd;

	if (len < ANYGW_ARP_SHA) {
		f->kind = ANYGW_FRAME_MALFORMED;
		return;
	}
	/* Receivers accept both hardware types. */
	hrd = get_unaligned_be16(p);
	if ((hrd != ARPHRD_ETHER && hrd != ARPHRD_IEEE802) ||
	    get_unaligned_be16(p + 2) != ETH_P_IP ||
	    p[4] != ETH_ALEN || p[5] != sizeof(__be32))
		return;
	if (len < ANYGW_ARP_LEN) {
		f->kind = ANYGW_FRAME_MALFORMED;
		return;
	}
	f->kind = kind;
	f->arp.op = get_unaligned_be16(p + offsetof(struct arphdr, ar_op));
	memcpy(f->arp.sha, p + ANYGW_ARP_SHA, ETH_ALEN);
	frame_parse_addr4(&f->arp.spa, p + ANYGW_ARP_SPA);
	memcpy(f->arp.tha, p + ANYGW_ARP_THA, ETH_ALEN);
	frame_parse_addr4(&f->arp.tpa, p + ANYGW_ARP_TPA);
}

static void frame_parse_type(struct anygw_ip *ip, const u8 *p, u32 len, u32 off)
{
	ip->has_type = off < len && (ip->proto == IPPROTO_ICMP ||
				     ip->proto == IPPROTO_IGMP ||
				     ip->proto == IPPROTO_ICMPV6);
	ip->type = ip->has_type ? p[off] : 0;
}

static void frame_parse_ipv4(struct anygw_frame *f, const u8 *p, u32 len)
{
	u32 hlen;

	if (len < sizeof(struct iphdr) || p[0] >> 4 != 4)
		return;
	hlen = (p[0] & 0xf) * 4;
	if (hlen < sizeof(struct iphdr))
		return;
	f->kind = ANYGW_FRAME_IPV4;
	f->ip.proto = p[9];
	frame_parse_addr4(&f->ip.src, p + offsetof(struct iphdr, saddr));
	frame_parse_addr4(&f->ip.dst, p + offsetof(struct iphdr, daddr));
	f->ip.exthdr_truncated = false;
	/* Later fragments have no transport header. */
	if (get_unaligned_be16(p + 6) & IP_OFFSET)
		len = 0;
	frame_parse_type(&f->ip, p, len, hlen);
}

#define ND_OPT_LEN	8	/* with a link-layer address for Ethernet */

/* The length of a message without its options */
static u32 frame_nd_len(u8 type)
{
	switch (type) {
	case NDISC_ROUTER_SOLICITATION:
		return 8;
	case NDISC_ROUTER_ADVERTISEMENT:
		return 16;
	case NDISC_REDIRECT:
		return 40;
	default:
		return 24;
	}
}

/*
 * Parse the options from @off to @end, as far as the @len octets of the packet
 * go. A repeated link-layer address is refused: receivers might use the other.
 */
static bool frame_parse_options(struct anygw_frame *f, const u8 *p, u32 len,
				u32 off, u32 end)
{
	struct anygw_nd *nd = &f->nd;
	u8 wanted = nd->type == NDISC_NEIGHBOUR_ADVERTISEMENT ||
		    nd->type == NDISC_REDIRECT ? ND_OPT_TARGET_LL_ADDR :
						 ND_OPT_SOURCE_LL_ADDR;
	u32 size;

	for (; off < end; off += size) {
		if (off + 2 > len) {
			nd->partial = true;
			return true;
		}
		size = p[off + 1] * 8;
		if (!size || off + size > end)
			return false;
		if (p[off] != wanted)
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

static bool frame_parse_nd(struct anygw_frame *f, const u8 *p, u32 len, u32 off,
			   u8 type)
{
	struct anygw_nd *nd = &f->nd;
	u32 end = sizeof(struct ipv6hdr) + get_unaligned_be16(p + 4);
	u32 fixed = frame_nd_len(type);

	/* A hop limit of 255 proves that no router forwarded the packet. */
	if (p[7] != 255 || off + fixed > end || off + fixed > len)
		return false;
	*nd = (struct anygw_nd){
		.type = type,
		.csum_at = f->l3 + off + 2,
	};
	frame_parse_addr6(&nd->src, p + ANYGW_IP6_SRC);
	frame_parse_addr6(&nd->dst, p + ANYGW_IP6_DST);
	if (type == NDISC_NEIGHBOUR_ADVERTISEMENT)
		nd->flags = p[off + 4];
	if (fixed >= 24)
		frame_parse_addr6(&nd->target, p + off + 8);
	/* Routers may send options of any length. */
	return frame_parse_options(f, p, len, off + fixed, end) &&
	       (!nd->partial || type == NDISC_ROUTER_ADVERTISEMENT ||
		type == NDISC_REDIRECT);
}

/*
 * Skip extension headers, RFC 8200 section 4. Return: the offset of the
 * transport header, or 0 if it is beyond @len. @later: not the first fragment.
 */
static u32 frame_skip_exthdrs(const u8 *p, u32 len, u8 *proto, bool *fragment,
			      bool *later)
{
	u32 off = sizeof(struct ipv6hdr);
	u32 size;

	*proto = p[6];
	for (;;) {
		switch (*proto) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			size = off + 2 <= len ? 8 + p[off + 1] * 8 : 0;
			break;
		case IPPROTO_AH:
			size = off + 2 <= len ? 8 + p[off + 1] * 4 : 0;
			break;
		case IPPROTO_FRAGMENT:
			size = off + 8 <= len ? 8 : 0;
			if (!size)
				break;
			*fragment = true;
			*later = get_unaligned_be16(p + off + 2) & IP6_OFFSET;
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

static void frame_parse_ipv6(struct anygw_frame *f, const u8 *p, u32 len)
{
	bool fragment = false, later = false;
	u32 off = sizeof(struct ipv6hdr);
	u8 proto;

	if (len < sizeof(struct ipv6hdr) || p[0] >> 4 != 6)
		return;
	f->kind = ANYGW_FRAME_IPV6;
	proto = p[6];
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		off = frame_skip_exthdrs(p, len, &proto, &fragment, &later);
	if (proto == IPPROTO_ICMPV6 && off && !later && off < len &&
	    p[off] >= NDISC_ROUTER_SOLICITATION && p[off] <= NDISC_REDIRECT) {
		f->kind = ANYGW_FRAME_ND;
		if (fragment || !frame_parse_nd(f, p, len, off, p[off]))
			f->kind = ANYGW_FRAME_MALFORMED;
		return;
	}
	f->ip.proto = proto;
	frame_parse_addr6(&f->ip.src, p + ANYGW_IP6_SRC);
	frame_parse_addr6(&f->ip.dst, p + ANYGW_IP6_DST);
	/* Neighbour discovery needs a hop limit of 255. */
	f->ip.exthdr_truncated = p[7] == 255 && !later &&
		(!off || (proto == IPPROTO_ICMPV6 && off >= len));
	frame_parse_type(&f->ip, p, off && !later ? len : 0, off);
}

bool anygw_frame_wants_more(u16 etype, const u8 *l3, u32 len)
{
	if (etype == ETH_P_IPV6)
		return len >= sizeof(struct ipv6hdr) &&
		       l3[6] != IPPROTO_TCP && l3[6] != IPPROTO_UDP;
	return frame_is_tag(etype) || etype < ETH_P_802_3_MIN;
}

const struct in6_addr *anygw_frame_claimed_addr(const struct anygw_frame *f)
{
	switch (f->kind) {
	case ANYGW_FRAME_ARP:
		return &f->arp.spa;
	case ANYGW_FRAME_ND:
		return f->nd.type == NDISC_NEIGHBOUR_ADVERTISEMENT ?
		       &f->nd.target : &f->nd.src;
	default:
		return NULL;
	}
}

const u8 *anygw_frame_sender_lladdr(const struct anygw_frame *f)
{
	if (f->kind == ANYGW_FRAME_ARP || f->kind == ANYGW_FRAME_RARP)
		return f->arp.sha;
	return f->kind == ANYGW_FRAME_ND && f->nd.has_lladdr ? f->nd.lladdr :
							       NULL;
}

bool anygw_frame_proves(const struct anygw_frame *f)
{
	switch (f->kind) {
	case ANYGW_FRAME_ARP:
		return f->arp.spa.s6_addr32[3];
	case ANYGW_FRAME_RARP:
		return true;
	case ANYGW_FRAME_ND:
		return f->nd.type == NDISC_NEIGHBOUR_ADVERTISEMENT ||
		       (f->nd.type == NDISC_NEIGHBOUR_SOLICITATION &&
			!ipv6_addr_any(&f->nd.src));
	default:
		return !is_multicast_ether_addr(f->dst) ||
		       is_broadcast_ether_addr(f->dst);
	}
}

void anygw_frame_parse(struct anygw_frame *f, const u8 *eth, u16 etype,
		       const u8 *l3, u32 len)
{
	static const u8 beacon_mac[] = { ANYGW_BEACON_MAC };

	/* Per-packet path: union members of other kinds are not cleared. */
	memcpy(f->dst, eth, ETH_ALEN);
	memcpy(f->src, eth + ETH_ALEN, ETH_ALEN);
	f->l3 = ETH_HLEN;
	f->snap = false;
	f->kind = ANYGW_FRAME_OTHER;
	if (frame_is_tag(etype) || etype < ETH_P_802_3_MIN) {
		etype = frame_skip_headers(f, etype, l3, len);
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
		frame_parse_arp(f, l3, len, ANYGW_FRAME_ARP);
		break;
	case ETH_P_RARP:
		frame_parse_arp(f, l3, len, ANYGW_FRAME_RARP);
		break;
	case ETH_P_IP:
		frame_parse_ipv4(f, l3, len);
		break;
	case ETH_P_IPV6:
		frame_parse_ipv6(f, l3, len);
		break;
	}
}
