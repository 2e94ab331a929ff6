// SPDX-License-Identifier: GPL-2.0
/* Addresses, a segment and frames for the tests */
#include "unit.h"

const u8 vmac[] = { 0x02, 0x61, 0x6e, 0x79, 0x67, 0x77 };
const u8 vmac2[] = { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x07 };
const u8 this_host[] = { 0x0a, 0x61, 0x6e, 1, 1, 1 };
const u8 other_host[] = { 0x0a, 0x61, 0x6e, 2, 2, 2 };
const u8 vm[] = { 0x52, 0x54, 0, 0, 0, 7 };
const u8 server[] = { 0x52, 0x54, 0, 0, 0, 9 };
const u8 broadcast[] = { 255, 255, 255, 255, 255, 255 };
const u8 beacon_mac[] = { ANYGW_BEACON_MAC };

static struct anygw_prefix addrs[5];
static union {
	struct anygw_segment seg;
	u8 buf[sizeof(struct anygw_segment) +
	       2 * sizeof(struct anygw_segment_gw)];
} store;

struct in6_addr address(const char *text)
{
	struct in6_addr addr;

	if (strchr(text, ':'))
		return ip6(text);
	ipv6_addr_set_v4mapped(ip(text), &addr);
	return addr;
}

bool addr_is(const struct in6_addr *addr, const char *text)
{
	struct in6_addr other = address(text);

	return ipv6_addr_equal(addr, &other);
}

static void set_prefix(struct anygw_prefix *p, const char *text)
{
	p->addr = address(text);
	p->plen = ipv6_addr_v4mapped(&p->addr) ? 120 : 64;
}

struct anygw_segment *segment(enum anygw_mode state)
{
	static const char *const texts[] = {
		GATEWAY, GATEWAY6, GATEWAY6_LL, GATEWAY2, GATEWAY6_2,
	};
	struct anygw_segment *seg = &store.seg;
	int i;

	memset(&store, 0, sizeof(store));
	for (i = 0; i < 5; i++)
		set_prefix(&addrs[i], texts[i]);
	seg->vid = 10;
	memcpy(seg->host_mac, this_host, ETH_ALEN);
	anygw_segment_host_ll(&seg->host_ll, this_host);
	seg->n_gw = 2;
	seg->addr = addrs;
	memcpy(seg->gw[0].vmac, vmac, ETH_ALEN);
	memcpy(seg->gw[1].vmac, vmac2, ETH_ALEN);
	seg->gw[0].state = seg->gw[1].state = state;
	set_prefix(&seg->gw[0].conf.host4, HOST_ADDRESS);
	set_prefix(&seg->gw[0].conf.host6, HOST_ADDRESS6);
	seg->gw[0].n = seg->gw[1].first = 3;
	seg->gw[1].n = 2;
	return seg;
}

static void ether(u8 *frame, const u8 *dst, const u8 *src, u16 etype)
{
	memcpy(frame, dst, ETH_ALEN);
	memcpy(frame + ETH_ALEN, src, ETH_ALEN);
	frame[12] = etype >> 8;
	frame[13] = etype;
}

void arp_frame(u8 *frame, const u8 *dst, const u8 *src, u16 op, const u8 *sha,
	       const char *spa, const char *tpa)
{
	static const u8 head[] = { 0, 1, 8, 0, 6, 4 };
	__be32 addr;

	ether(frame, dst, src, ETH_P_ARP);
	frame += ETH_HLEN;
	memset(frame, 0, ANYGW_ARP_LEN);
	memcpy(frame, head, sizeof(head));
	put_unaligned_be16(op, frame + offsetof(struct arphdr, ar_op));
	memcpy(frame + ANYGW_ARP_SHA, sha, ETH_ALEN);
	addr = ip(spa);
	memcpy(frame + ANYGW_ARP_SPA, &addr, 4);
	addr = ip(tpa);
	memcpy(frame + ANYGW_ARP_TPA, &addr, 4);
}

struct anygw_frame arp(const u8 *dst, const u8 *src, u16 op, const u8 *sha,
		       const char *spa, const char *tpa)
{
	u8 frame[ARP_FRAME_LEN];
	struct anygw_frame f;

	arp_frame(frame, dst, src, op, sha, spa, tpa);
	anygw_frame_parse(&f, frame, ETH_P_ARP, frame + ETH_HLEN,
			  ANYGW_ARP_LEN);
	return f;
}

struct anygw_frame ipv4(const u8 *dst, const u8 *src, const char *daddr,
			u8 proto, u8 type)
{
	u8 frame[ETH_HLEN + 24] = {};
	__be32 addr = ip(daddr);
	struct anygw_frame f;

	ether(frame, dst, src, ETH_P_IP);
	frame[ETH_HLEN] = 0x45;
	frame[ETH_HLEN + 9] = proto;
	memcpy(frame + ETH_HLEN + 16, &addr, 4);
	frame[ETH_HLEN + 20] = type;
	anygw_frame_parse(&f, frame, ETH_P_IP, frame + ETH_HLEN, 24);
	return f;
}

static u32 sum(const u8 *p, u32 len, u32 start)
{
	u32 i;

	for (i = 0; i < len; i += 2)
		start += p[i] << 8 | p[i + 1];
	return start;
}

/* The sum over the pseudo-header and the message, RFC 8200 section 8.1. */
static u16 nd_sum(const u8 *frame, u32 len)
{
	const u8 *ip6 = frame + ETH_HLEN;
	u32 s = sum(ip6 + ANYGW_IP6_SRC, len - ETH_HLEN - ANYGW_IP6_SRC, 0);

	s += len - ETH_HLEN - sizeof(struct ipv6hdr) + 58;
	s = (s & 0xffff) + (s >> 16);
	return (s & 0xffff) + (s >> 16);
}

bool nd_sum_ok(const u8 *frame, u32 len)
{
	return nd_sum(frame, len) == 0xffff;
}

static void put6(u8 *p, const char *text)
{
	struct in6_addr addr = ip6(text);

	memcpy(p, &addr, sizeof(addr));
}

u32 nd_frame(u8 *frame, const struct nd_message *m)
{
	u8 *ip6 = frame + ETH_HLEN, *icmp = ip6 + sizeof(struct ipv6hdr);
	bool answers = m->type == NDISC_NEIGHBOUR_ADVERTISEMENT ||
		       m->type == NDISC_REDIRECT;
	u8 *p = icmp + 8;
	u16 s;

	memset(frame, 0, ND_FRAME_MAX);
	ether(frame, m->dst, m->src, ETH_P_IPV6);
	ip6[0] = 0x60;
	ip6[6] = 58;
	ip6[7] = 255;
	put6(ip6 + ANYGW_IP6_SRC, m->from);
	put6(ip6 + ANYGW_IP6_DST, m->to);
	icmp[0] = m->type;
	icmp[4] = m->flags;
	if (m->type == NDISC_ROUTER_ADVERTISEMENT)
		p += 8;
	if (m->target) {
		put6(p, m->target);
		p += 16;
	}
	if (m->type == NDISC_REDIRECT)
		p += 16;
	if (m->lladdr) {
		p[0] = answers ? 2 : 1;
		p[1] = 1;
		memcpy(p + 2, m->lladdr, ETH_ALEN);
		p += 8;
	}
	ip6[5] = p - icmp;
	s = ~nd_sum(frame, p - frame);
	icmp[2] = s >> 8;
	icmp[3] = s;
	return p - frame;
}

struct anygw_frame nd_parse(const u8 *frame, u32 len)
{
	u8 *exact = unit_alloc(len);
	struct anygw_frame f;

	memcpy(exact, frame, len);
	anygw_frame_parse(&f, exact, ETH_P_IPV6, exact + ETH_HLEN,
			  len - ETH_HLEN);
	unit_free(exact);
	return f;
}

struct anygw_frame nd(const struct nd_message *m)
{
	u8 frame[ND_FRAME_MAX];

	return nd_parse(frame, nd_frame(frame, m));
}

struct anygw_frame other(const u8 *dst, const u8 *src, u16 etype)
{
	u8 frame[ETH_HLEN + 46] = {};
	struct anygw_frame f;

	ether(frame, dst, src, etype);
	anygw_frame_parse(&f, frame, etype, frame + ETH_HLEN, 46);
	return f;
}
