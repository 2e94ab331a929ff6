// SPDX-License-Identifier: GPL-2.0
/*
 * Parse a frame as its receiver does. ARP, ICMP and neighbour discovery are
 * valid only if a receiver accepts them: with valid checksum, length and hop
 * limit, complete and not fragmented.
 */
#include <string.h>

#include "fuzz.h"

#define ND_RS		133
#define ND_NS		135
#define ND_NA		136
#define ND_REDIRECT	137
#define DEEP		256

unsigned int get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

void put16(uint8_t *p, unsigned int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

uint32_t sum_add(uint32_t sum, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += get16(p + i);
	if (len & 1)
		sum += p[len - 1] << 8;
	/* Fold: more than 64 KiB would overflow. */
	return (sum & 0xffff) + (sum >> 16);
}

unsigned int sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

uint32_t sum_pseudo(const uint8_t *ip, size_t len, unsigned int proto)
{
	uint32_t sum = proto + (len >> 16) + (len & 0xffff);

	if (ip[0] >> 4 == 4)
		return sum_add(sum, ip + 12, 8);
	return sum_add(sum, ip + 8, 32);
}

/* Transport checksum with pseudo header */
unsigned int sum_l4(const uint8_t *ip, const uint8_t *l4, size_t len,
		    unsigned int proto)
{
	return sum_fold(sum_add(sum_pseudo(ip, len, proto), l4, len));
}

static bool is_tag(unsigned int type)
{
	return type == 0x8100 || type == 0x88a8;
}

/* Skip tags. Return: the offset of the EtherType, or 0 if truncated. */
static size_t read_tags(struct reading *r, const struct port *port,
			const uint8_t *data, size_t len, bool sent)
{
	bool first = true;
	size_t at = 12;

	r->vlan = port->tagged ? 0 : port->vlan[0];
	for (; at + 2 <= len && is_tag(get16(data + at)); at += 4) {
		unsigned int vid;

		if (at + 6 > len)
			return 0;
		vid = get16(data + at + 2) & 0xfff;
		/*
		 * The outermost 802.1Q tag selects the VLAN. With VLAN
		 * filtering the bridge removes it on access ports.
		 */
		if (first && vid && get16(data + at) == 0x8100 &&
		    (port->tagged || (net.aware && sent)))
			r->vlan = vid;
		else if (vid)
			r->inner = true;
		first = false;
	}
	/* Without VLAN filtering, tagged frames are bridged unchanged. */
	if (r->inner && !net.aware)
		r->vlan = 0;
	return at + 2 <= len ? at : 0;
}

/* IEEE 802.2 with SNAP is equivalent to Ethernet II. */
static unsigned int read_type(struct reading *r, const uint8_t *data,
			      size_t len, size_t at)
{
	static const uint8_t snap[] = { 0xaa, 0xaa, 0x03, 0, 0 };
	unsigned int type = get16(data + at);
	const uint8_t *p = data + at + 2;

	r->l3 = p;
	r->len = len - at - 2;
	if (type >= 0x600)
		return type;
	r->snap = true;
	if (type > r->len || type < 8 || memcmp(p, snap, sizeof(snap)) ||
	    (p[5] != 0 && p[5] != 0xf8))
		return 0;
	r->l3 = p + 8;
	r->len = type - 8;
	return get16(p + 6);
}

static void read_arp(struct reading *r, enum kind kind)
{
	const uint8_t *p = r->l3;

	if (r->len < 28 || (get16(p) != 1 && get16(p) != 6) ||
	    get16(p + 2) != 0x0800 || p[4] != 6 || p[5] != 4)
		return;
	r->kind = kind;
	r->op = get16(p + 6);
	memcpy(r->sha, p + 8, 6);
	memcpy(r->spa, p + 14, 4);
	memcpy(r->tha, p + 18, 6);
	memcpy(r->tpa, p + 24, 4);
}

static void read_icmp4(struct reading *r, bool sums)
{
	if (r->l4len < 8)
		return;
	r->icmp_type = r->l4[0];
	if (sums || !sum_fold(sum_add(0, r->l4, r->l4len)))
		r->icmp = r->l4[0];
}

static void read_ip4(struct reading *r, bool sums)
{
	const uint8_t *p = r->l3;
	size_t head, all;

	if (r->len < 20 || p[0] >> 4 != 4)
		return;
	head = (p[0] & 15) * 4;
	all = get16(p + 2);
	if (head < 20 || head > all || all > r->len ||
	    sum_fold(sum_add(0, p, head)))
		return;
	r->kind = KIND_IP4;
	r->ttl = p[8];
	memcpy(r->src, p + 12, 4);
	memcpy(r->dst, p + 16, 4);
	r->proto = p[9];
	r->frag = get16(p + 6) & 0x3fff;
	r->l4 = p + head;
	r->l4len = all - head;
	if (r->proto == 1 && !r->frag)
		read_icmp4(r, sums);
}

/* Whether a receiver skips all options: known, or unknown to be skipped */
static bool read_tlvs(const uint8_t *p, size_t len)
{
	size_t at = 2;

	while (at < len) {
		if (!p[at]) {
			at++;
			continue;
		}
		if (at + 2 > len || at + 2 + p[at + 1] > len)
			return false;
		/* Jumbograms and Mobile IPv6 have rules of their own. */
		if (p[at] >> 6 || p[at] == 0x05)
			return false;
		at += 2 + p[at + 1];
	}
	return true;
}

/* Skip extension headers; false if a receiver discards the packet. */
static bool skip_headers(struct reading *r, const uint8_t *p, size_t end)
{
	unsigned int proto = p[6];
	size_t at = 40, size;

	for (;;) {
		bool options = proto == 0 || proto == 60;

		if (!options && proto != 43 && proto != 44) {
			r->proto = proto;
			r->l4 = p + at;
			r->l4len = end - at;
			return true;
		}
		if (at + 8 > end || (proto == 0 && at != 40))
			return false;
		size = proto == 44 ? 8 : 8 + p[at + 1] * 8;
		if (at + size > end)
			return false;
		if (proto == 44)
			r->frag = true;
		if (proto == 44 && get16(p + at + 2) & 0xfff9)
			return false;
		/* Only a routing header without segments left is skipped. */
		if (proto == 43 && p[at + 3])
			return false;
		if (options && !read_tlvs(p + at, size))
			return false;
		proto = p[at];
		at += size;
	}
}

static size_t nd_fixed(int type)
{
	static const uint8_t fixed[] = { 8, 16, 24, 24, 40 };

	return fixed[type - ND_RS];
}

/* Read the source or target link-layer address, as fits the message. */
static bool read_options(struct reading *r, size_t at)
{
	bool target = r->icmp == ND_NA || r->icmp == ND_REDIRECT;

	while (at < r->l4len) {
		const uint8_t *p = r->l4 + at;
		size_t size;

		if (at + 2 > r->l4len)
			return false;
		size = p[1] * 8;
		if (!size || at + size > r->l4len)
			return false;
		if (p[0] == (target ? 2 : 1) && size == 8 &&
		    r->lladdrs < LLADDRS_MAX) {
			memcpy(r->lladdr[r->lladdrs++], p + 2, 6);
			r->deep |= p + 8 - r->l3 > DEEP;
		}
		at += size;
	}
	return true;
}

static bool is_group6(const uint8_t *a) { return a[0] == 0xff; }

static bool is_any6(const uint8_t *a)
{
	static const uint8_t zero[16];

	return !memcmp(a, zero, 16);
}

/* RFC 4861 section 6.1, 7.1 and 8.1, RFC 6980 */
static void read_nd(struct reading *r)
{
	size_t fixed = nd_fixed(r->icmp);
	bool ll = r->src[0] == 0xfe && (r->src[1] & 0xc0) == 0x80;

	if (r->ttl != 255 || r->l4[1] || r->l4len < fixed || r->frag)
		return;
	if ((r->icmp == 134 || r->icmp == ND_REDIRECT) && !ll)
		return;
	if (fixed >= 24) {
		memcpy(r->target, r->l4 + 8, 16);
		if (is_group6(r->target))
			return;
	}
	if (is_group6(r->src) || !read_options(r, fixed)) {
		r->lladdrs = 0;
		return;
	}
	/* The unspecified source must not have a link-layer address. */
	if (is_any6(r->src) && r->icmp <= ND_NS && r->lladdrs) {
		r->lladdrs = 0;
		return;
	}
	r->nd = true;
}

static void read_ip6(struct reading *r, bool sums)
{
	const uint8_t *p = r->l3;
	size_t end;

	if (r->len < 40 || p[0] >> 4 != 6)
		return;
	end = 40 + get16(p + 4);
	if (end > r->len)
		return;
	r->kind = KIND_IP6;
	r->ttl = p[7];
	memcpy(r->src, p + 8, 16);
	memcpy(r->dst, p + 24, 16);
	if (!skip_headers(r, p, end) || r->proto != 58 || r->l4len < 8)
		return;
	r->icmp_type = r->l4[0];
	if (!sums && sum_l4(p, r->l4, r->l4len, 58))
		return;
	r->icmp = r->l4[0];
	if (r->icmp >= ND_RS && r->icmp <= ND_REDIRECT)
		read_nd(r);
}

/* Offset of the payload that has a number, or 0 */
static size_t payload(const struct reading *r)
{
	unsigned int echo = r->kind == KIND_IP4 ? 8 : 128;

	if (!r->l4 || (r->frag && r->kind == KIND_IP6))
		return 0;
	if (r->proto == 17)
		return 8;
	if (r->proto == 6 && r->l4len >= 20)
		return (r->l4[12] >> 4) * 4;
	if ((r->proto == 1 || r->proto == 58) && r->l4len >= 8 &&
	    r->l4[0] == echo)
		return 8;
	return 0;
}

/* ICMP errors quote a packet, whose number is not their own. */
static bool quotes(const struct reading *r)
{
	if (r->kind == KIND_IP4)
		return r->proto == 1 && r->icmp_type != 5 && r->icmp_type != 9;
	return r->kind == KIND_IP6 && r->proto == 58 && r->icmp_type < 130;
}

static void read_id(struct reading *r)
{
	size_t at = payload(r);

	if (r->kind == KIND_IP4 && r->frag && (get16(r->l3 + 6) & 0x1fff))
		at = 0;
	if (at && at + ID_LEN <= r->l4len &&
	    get_id(r->l4 + at, &r->id, true)) {
		r->has_id = true;
		return;
	}
	if (!quotes(r) && r->len >= ID_LEN)
		r->has_id = get_id(r->l3 + r->len - ID_LEN, &r->id, false);
}

void read_frame(struct reading *r, const struct port *port,
		const uint8_t *data, size_t len, bool sent, bool sums)
{
	unsigned int type;
	size_t at;

	memset(r, 0, sizeof(*r));
	r->icmp = r->icmp_type = -1;
	memcpy(r->eth_dst, data, 6);
	memcpy(r->eth_src, data + 6, 6);
	at = read_tags(r, port, data, len, sent);
	if (!at)
		return;
	type = read_type(r, data, len, at);
	/* The number is at the end of the frame, behind the SNAP length. */
	if (r->inner) {
		r->len = data + len - r->l3;
		read_id(r);
		return;
	}
	if (type == ETYPE_MARK)
		r->kind = KIND_MARK;
	else if (type == ETYPE_BEACON && !r->snap &&
		 !memcmp(r->eth_dst, beacon_mac, 6))
		r->kind = KIND_BEACON;
	else if (type == 0x0806)
		read_arp(r, KIND_ARP);
	else if (type == 0x8035 && !r->snap)
		read_arp(r, KIND_RARP);
	else if (type == 0x0800)
		read_ip4(r, sums);
	else if (type == 0x86dd)
		read_ip6(r, sums);
	r->len = data + len - r->l3;
	read_id(r);
}
