// SPDX-License-Identifier: GPL-2.0
/* IPv4 and IPv6 packets, valid or nearly so */
#include <string.h>

#include "fuzz.h"

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4	5
#endif

static uint8_t *grow(struct build *b, size_t len)
{
	uint8_t *p = b->l3 + b->n;

	memset(p, 0, len);
	b->n += len;
	return p;
}

/* The number and @more octets */
static void put_payload(struct build *b, size_t more)
{
	uint8_t *p = grow(b, ID_LEN + more);
	size_t i;

	put_id(p, b->id, true);
	b->marked = true;
	for (i = 0; i < more && i < 64; i++)
		p[ID_LEN + i] = rnd(b->r);
}

static size_t some_size(struct build *b)
{
	static const uint16_t sizes[] = { 0, 6, 18, 60, 300, 1100, 1400 };

	return sizes[below(b->r, sizeof(sizes) / sizeof(*sizes))];
}

static int some_ttl(struct build *b)
{
	static const uint8_t ttls[] = { 64, 64, 64, 255, 2, 1, 0 };

	return ttls[below(b->r, sizeof(ttls))];
}

/* ------------------------------------------------------------ IPv4 */

static void ip4(struct build *b, unsigned int proto)
{
	size_t options = percent(b->r, 5) ? 4 * (1 + below(b->r, 10)) : 0;
	uint8_t *p;

	b->type = 0x0800;
	b->n = 0;
	p = grow(b, 20 + options);
	p[0] = 0x45 + options / 4;
	put16(p + 4, b->id);
	p[8] = some_ttl(b);
	p[9] = proto;
	own4(b, p + 12);
	pick4(b, p + 16);
	/* No-operation, or router alert */
	memset(p + 20, 1, options);
	if (options && percent(b->r, 30))
		memcpy(p + 20, "\x94\x04\0\0", 4);
}

static void end4(struct build *b)
{
	put16(b->l3 + 2, b->n);
	put16(b->l3 + 10, 0);
	put16(b->l3 + 10, sum_fold(sum_add(0, b->l3, (b->l3[0] & 15) * 4)));
}

static void put_ports(struct build *b, uint8_t *p)
{
	static const uint16_t known[] = { 53, 67, 68, 9, 123, 546, 547 };

	put16(p, 1024 + below(b->r, 4));
	put16(p + 2, percent(b->r, 20) ? known[below(b->r, 7)] :
	      5000 + below(b->r, 3));
}

static void udp(struct build *b, size_t more)
{
	uint8_t *p = grow(b, 8);

	put_ports(b, p);
	put_payload(b, more);
	put16(p + 4, b->l3 + b->n - p);
}

static void tcp(struct build *b, size_t more)
{
	static const uint8_t flags[] = { 0x02, 0x10, 0x18, 0x12, 0x04, 0x11 };
	uint8_t *p = grow(b, 20);

	put_ports(b, p);
	p[12] = 5 << 4;
	p[13] = flags[below(b->r, sizeof(flags))];
	put16(p + 14, 1000);
	put_payload(b, more);
}

/* Transport offset in a packet without extension headers */
static size_t head_len(const struct build *b)
{
	return b->l3[0] >> 4 == 4 ? (b->l3[0] & 15) * 4 : 40;
}

static void put_sum(struct build *b, size_t at, unsigned int proto,
		    size_t field)
{
	uint8_t *l4 = b->l3 + at;

	put16(l4 + field, 0);
	put16(l4 + field, sum_l4(b->l3, l4, b->n - at, proto));
}

void make_udp4(struct build *b)
{
	ip4(b, 17);
	udp(b, some_size(b));
	put_sum(b, head_len(b), 17, 6);
	end4(b);
}

void make_tcp4(struct build *b)
{
	ip4(b, 6);
	tcp(b, some_size(b));
	put_sum(b, head_len(b), 6, 16);
	end4(b);
}

static void icmp4(struct build *b, size_t at)
{
	put16(b->l3 + at + 2, 0);
	put16(b->l3 + at + 2, sum_fold(sum_add(0, b->l3 + at, b->n - at)));
}

void make_ping4(struct build *b)
{
	uint8_t *p;

	ip4(b, 1);
	p = grow(b, 8);
	p[0] = percent(b->r, 80) ? 8 : 13;
	put16(p + 4, 1);
	put_payload(b, some_size(b));
	icmp4(b, head_len(b));
	end4(b);
}

/* An ICMP redirect */
void make_redirect4(struct build *b)
{
	uint8_t *p;

	ip4(b, 1);
	b->l3[8] = 64;
	if (percent(b->r, 50))
		addr4(b->l3 + 12, b->vlan, LAST_GATEWAY);
	p = grow(b, 8);
	/* Or a router advertisement, RFC 1256 */
	p[0] = percent(b->r, 80) ? 5 : 9;
	p[1] = below(b->r, 4);
	pick4(b, p + 4);
	p = grow(b, 28);
	p[0] = 0x45;
	put16(p + 2, 28);
	p[8] = 63;
	p[9] = 17;
	memcpy(p + 12, b->l3 + 16, 4);
	pick4(b, p + 16);
	put16(p + 10, sum_fold(sum_add(0, p, 20)));
	icmp4(b, head_len(b));
	end4(b);
}

void make_igmp(struct build *b)
{
	uint8_t *p;

	ip4(b, 2);
	b->l3[8] = 1;
	memcpy(b->l3 + 16, "\xe0\0\0\x16", 4);
	p = grow(b, 8);
	p[0] = percent(b->r, 50) ? 0x16 : 0x11;
	memcpy(p + 4, "\xef\1\1\1", 4);
	icmp4(b, head_len(b));
	end4(b);
}

void make_frag4(struct build *b)
{
	if (percent(b->r, 50))
		make_udp4(b);
	else
		make_ping4(b);
	put16(b->l3 + 6, percent(b->r, 50) ? 0x2000 :
	      below(b->r, 1 << 14));
	end4(b);
}

/* ------------------------------------------------------------ IPv6 */

static uint8_t *ext(struct build *b, uint8_t **next, unsigned int proto,
		    size_t len)
{
	uint8_t *p = grow(b, len);

	**next = proto;
	*next = p;
	p[1] = len / 8 - 1;
	return p;
}

/* Padding, or an unknown option to skip */
static void fill_options(struct build *b, uint8_t *p, size_t len)
{
	p[2] = percent(b->r, 80) ? 1 : below(b->r, 0x40);
	p[3] = len - 4 > 255 ? 255 : len - 4;
	if (len - 4 > 255)
		p[4 + 255] = percent(b->r, 50) ? 0 : 1;
}

static void one_ext(struct build *b, uint8_t **next, bool first)
{
	static const uint8_t protos[] = { 60, 60, 43, 44, 0, 51 };
	unsigned int proto = first && percent(b->r, 50) ? 0 :
			     protos[below(b->r, sizeof(protos))];
	size_t len = 8 * (1 + below(b->r, percent(b->r, 15) ? 40 : 3));
	uint8_t *p;

	if (proto == 44) {
		p = ext(b, next, proto, 8);
		p[1] = 0;
		put16(p + 2, percent(b->r, 50) ? 0 : rnd(b->r));
		return;
	}
	p = ext(b, next, proto, len);
	if (proto == 43)
		p[3] = percent(b->r, 70) ? 0 : 1;
	else if (proto == 51)
		p[1] = len / 4 - 2;
	else
		fill_options(b, p, len);
}

/* Return: the last next header field, for the caller to set. */
static uint8_t *ip6(struct build *b, int exts)
{
	uint8_t *next, *p;
	int i;

	b->type = 0x86dd;
	b->n = 0;
	p = grow(b, 40);
	p[0] = 0x60;
	p[7] = some_ttl(b);
	own6(b, p + 8);
	pick6(b, p + 24);
	next = p + 6;
	for (i = 0; i < exts; i++)
		one_ext(b, &next, !i);
	/* The first header only; ext() does not write the length. */
	return next;
}

static int some_exts(struct build *b)
{
	return percent(b->r, 15) ? 1 + below(b->r, 4) : 0;
}

static void end6(struct build *b)
{
	put16(b->l3 + 4, b->n - 40);
}

void make_udp6(struct build *b)
{
	uint8_t *next = ip6(b, some_exts(b));
	size_t at = b->n;

	*next = 17;
	udp(b, some_size(b));
	put_sum(b, at, 17, 6);
	end6(b);
}

void make_tcp6(struct build *b)
{
	uint8_t *next = ip6(b, some_exts(b));
	size_t at = b->n;

	*next = 6;
	tcp(b, some_size(b));
	put_sum(b, at, 6, 16);
	end6(b);
}

/* MESSAGE of a type, with LEN octets; TTL of 255 */
static uint8_t *icmp6(struct build *b, int exts, int type, size_t len,
		      size_t *at)
{
	uint8_t *next = ip6(b, exts);
	uint8_t *p;

	*next = 58;
	*at = b->n;
	b->l3[7] = 255;
	p = grow(b, len);
	p[0] = type;
	return p;
}

void make_ping6(struct build *b)
{
	size_t at;
	uint8_t *p = icmp6(b, some_exts(b), 128, 8, &at);

	b->l3[7] = some_ttl(b);
	put16(p + 4, 1);
	put_payload(b, some_size(b));
	put_sum(b, at, 58, 2);
	end6(b);
}

void make_frag6(struct build *b)
{
	uint8_t *next = ip6(b, 0), *p;
	size_t at;

	p = ext(b, &next, 44, 8);
	p[1] = 0;
	put16(p + 2, percent(b->r, 50) ? 1 : rnd(b->r));
	at = b->n;
	*next = 17;
	udp(b, some_size(b));
	put_sum(b, at, 17, 6);
	end6(b);
}

void make_mld(struct build *b)
{
	size_t at;
	uint8_t *p = icmp6(b, 0, 0, 28, &at);

	p[0] = percent(b->r, 50) ? 143 : 131;
	b->l3[7] = 1;
	own_ll(b, b->l3 + 8);
	memcpy(b->l3 + 24, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\x16", 16);
	put16(p + 6, 1);
	p[8] = 4;
	memcpy(p + 12, "\xff\2\0\0\0\0\0\0\0\0\0\1\xff\1\2\3", 16);
	put_sum(b, at, 58, 2);
	end6(b);
}

/* ------------------------------------------------------------ discovery */

static void one_option(struct build *b, int type)
{
	uint8_t *p;

	if (percent(b->r, 10)) {
		size_t len = 8 * (1 + below(b->r, 12));

		p = grow(b, len);
		p[0] = rnd(b->r);
		p[1] = percent(b->r, 90) ? len / 8 : rnd(b->r);
		return;
	}
	p = grow(b, 8);
	p[0] = percent(b->r, 90) ? type : 3 - type;
	p[1] = 1;
	if (percent(b->r, 60))
		memcpy(p + 2, b->src, 6);
	else
		pick_mac(b, p + 2);
}

static void put_options(struct build *b, int type)
{
	int n = percent(b->r, 80) ? 1 : below(b->r, 4);

	while (n-- > 0)
		one_option(b, type);
}

static int nd_exts(struct build *b)
{
	return percent(b->r, 15) ? 1 + below(b->r, 3) : 0;
}

static void end_nd(struct build *b, size_t at)
{
	if (percent(b->r, 4))
		b->l3[7] = rnd(b->r);
	put_sum(b, at, 58, 2);
	end6(b);
}

void make_rs(struct build *b)
{
	size_t at;

	icmp6(b, nd_exts(b), 133, 8, &at);
	if (percent(b->r, 30))
		pick6(b, b->l3 + 8);
	memcpy(b->l3 + 24, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	put_options(b, 1);
	end_nd(b, at);
}

void make_ra(struct build *b)
{
	size_t at;
	uint8_t *p = icmp6(b, nd_exts(b), 134, 16, &at);

	own_ll(b, b->l3 + 8);
	if (percent(b->r, 50))
		addr_ll_of(b->l3 + 8, vmac);
	if (percent(b->r, 70))
		memcpy(b->l3 + 24, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	p[4] = 64;
	put16(p + 6, 1800);
	put_options(b, 1);
	end_nd(b, at);
}

void make_ns(struct build *b)
{
	size_t at;
	uint8_t *p = icmp6(b, nd_exts(b), 135, 24, &at);

	pick6(b, p + 8);
	if (percent(b->r, 25))
		pick6(b, b->l3 + 8);
	if (percent(b->r, 60)) {
		memcpy(b->l3 + 24, "\xff\2\0\0\0\0\0\0\0\0\0\1\xff", 13);
		memcpy(b->l3 + 37, p + 8 + 13, 3);
	} else {
		memcpy(b->l3 + 24, p + 8, 16);
	}
	put_options(b, 1);
	end_nd(b, at);
}

void make_na(struct build *b)
{
	size_t at;
	uint8_t *p = icmp6(b, nd_exts(b), 136, 24, &at);

	p[4] = rnd(b->r) & 0xe0;
	pick6(b, p + 8);
	if (percent(b->r, 50))
		memcpy(b->l3 + 8, p + 8, 16);
	if (percent(b->r, 50))
		memcpy(b->l3 + 24, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	put_options(b, 2);
	end_nd(b, at);
}

void make_redirect6(struct build *b)
{
	size_t at;
	uint8_t *p = icmp6(b, nd_exts(b), 137, 40, &at);

	own_ll(b, b->l3 + 8);
	if (percent(b->r, 50))
		addr_ll_of(b->l3 + 8, vmac);
	pick6(b, p + 8);
	pick6(b, p + 24);
	put_options(b, 2);
	end_nd(b, at);
}

/* ------------------------------------------------------------ segments */

static void gso(struct build *b, size_t at, unsigned int proto, int type)
{
	size_t head = proto == 6 ? 20 : 8;

	b->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	b->vnet.gso_type = percent(b->r, 90) ? type : (int)below(b->r, 6);
	b->vnet.gso_size = percent(b->r, 80) ? 1400 : 200 + below(b->r, 2000);
	b->vnet.hdr_len = at + head;
	b->vnet.csum_start = at;
	b->vnet.csum_offset = proto == 6 ? 16 : 6;
	/* The partial checksum lacks that of the payload. */
	put16(b->l3 + at + b->vnet.csum_offset,
	      ~sum_fold(sum_pseudo(b->l3, b->n - at, proto)) & 0xffff);
}

static size_t big_size(struct build *b)
{
	return percent(b->r, 10) ? 20000 + below(b->r, 40000) :
				   1500 + below(b->r, 8000);
}

static void big(struct build *b, size_t at, int type)
{
	if (percent(b->r, 70)) {
		tcp(b, big_size(b));
		b->l3[at + 13] = 0x10;
		gso(b, at, 6, type);
		return;
	}
	if (b->l3[0] >> 4 == 4)
		b->l3[9] = 17;
	else
		b->l3[6] = 17;
	udp(b, big_size(b));
	gso(b, at, 17, VIRTIO_NET_HDR_GSO_UDP_L4);
}

void make_gso4(struct build *b)
{
	ip4(b, 6);
	big(b, head_len(b), VIRTIO_NET_HDR_GSO_TCPV4);
	end4(b);
}

void make_gso6(struct build *b)
{
	uint8_t *next = ip6(b, 0);

	*next = 6;
	big(b, 40, VIRTIO_NET_HDR_GSO_TCPV6);
	end6(b);
}
