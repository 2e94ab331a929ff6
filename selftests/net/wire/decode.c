// SPDX-License-Identifier: GPL-2.0
/*
 * Print a frame as a line of words, which the tests match with patterns:
 *
 *   t=MS in|out vlan=V src=MAC dst=MAC [tag=TPID:VID]... REST len=N
 *
 * vlan=V is the outermost tag if it is of 802.1Q and has a VID; otherwise it is
 * vlan=0, and every tag is a tag= word. The payload of an 802.2 header follows
 * snap=OUI, that of PPPoE follows pppoe=SESSION. REST is one of
 *
 *   arp=OP sha=MAC spa=IP tha=MAC tpa=IP
 *   rarp=OP sha=MAC; arp=other or rarp=other if not for Ethernet and IPv4
 *   ip=IP>IP ttl=N PROTO with PROTO one of icmp=TYPE/CODE [mtu=N] [seq=N],
 *     udp=PORT>PORT load=HEX, tcp=PORT>PORT flags=N load=BYTES, proto=N
 *   ip6=IP>IP hops=N PROTO with PROTO as above, but icmp6=TYPE/CODE [mtu=N]
 *     [seq=N] [target=IP] [ll=MAC] [flags=N] sum=ok|bad, or mld=TYPE
 *     [group=IP]... sum=ok|bad behind a router alert
 *   beacon=VERSION flags=N hold=SECONDS gateways=N [gw=HEX/FLAGS/MTU/HEX]...
 *     with the vMAC and the digest as hex digits
 *   type=HEX load=HEX
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "wire.h"

#define LOAD_SHOWN	16

struct text {
	char *p;
	size_t n, size;
};

struct view {
	const uint8_t *p;
	size_t len;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->p + t->n, t->size - t->n, format, args);
	va_end(args);
	t->n += n;
	if (t->n >= t->size)
		t->n = t->size - 1;
}

static unsigned int be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static void add_mac(struct text *t, const char *key, const uint8_t *m)
{
	add(t, "%s=%02x:%02x:%02x:%02x:%02x:%02x ", key, m[0], m[1], m[2],
	    m[3], m[4], m[5]);
}

static void add_ip(struct text *t, const char *key, const uint8_t *a)
{
	add(t, "%s=%u.%u.%u.%u ", key, a[0], a[1], a[2], a[3]);
}

static void add_load(struct text *t, struct view v, size_t skip)
{
	size_t i;

	add(t, "load=");
	for (i = skip; i < v.len && i < skip + LOAD_SHOWN; i++)
		add(t, "%02x", v.p[i]);
	add(t, " ");
}

/* Linux accepts the hardware types Ethernet and IEEE 802. */
static int is_arp_of_ipv4(struct view v)
{
	return v.len >= 28 && (be16(v.p) == 1 || be16(v.p) == 6) &&
	       be16(v.p + 2) == 0x0800 && be16(v.p + 4) == 0x0604;
}

static void decode_arp(struct text *t, struct view v)
{
	if (!is_arp_of_ipv4(v)) {
		add(t, "arp=other ");
		return;
	}
	add(t, "arp=%u ", be16(v.p + 6));
	add_mac(t, "sha", v.p + 8);
	add_ip(t, "spa", v.p + 14);
	add_mac(t, "tha", v.p + 18);
	add_ip(t, "tpa", v.p + 24);
}

static void decode_rarp(struct text *t, struct view v)
{
	if (!is_arp_of_ipv4(v)) {
		add(t, "rarp=other ");
		return;
	}
	add(t, "rarp=%u ", be16(v.p + 6));
	add_mac(t, "sha", v.p + 8);
}

static void decode_icmp(struct text *t, struct view v)
{
	add(t, "icmp=%u/%u ", v.p[0], v.p[1]);
	if (v.p[0] == 3 && v.p[1] == 4)
		add(t, "mtu=%u ", be16(v.p + 6));
	else if (v.p[0] == 8 || v.p[0] == 0)
		add(t, "seq=%u ", be16(v.p + 6));
}

static void decode_tcp(struct text *t, struct view v)
{
	size_t head = (v.p[12] >> 4) * 4;

	add(t, "tcp=%u>%u flags=%u load=%zu ", be16(v.p), be16(v.p + 2),
	    v.p[13], v.len > head ? v.len - head : 0);
}

static void add_ip6(struct text *t, const char *key, const uint8_t *a)
{
	char buf[INET6_ADDRSTRLEN];

	add(t, "%s%s", key, inet_ntop(AF_INET6, a, buf, sizeof(buf)));
}

static int sum6_ok(const uint8_t *ip6, struct view v)
{
	unsigned long sum = v.len + 58;
	size_t i;

	for (i = 8; i < 40; i += 2)
		sum += be16(ip6 + i);
	for (i = 0; i + 1 < v.len; i += 2)
		sum += be16(v.p + i);
	if (i < v.len)
		sum += v.p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/* The offset of the options, 0 if the message has none */
static size_t nd_options(int type)
{
	switch (type) {
	case 133: return 8;
	case 134: return 16;
	case 135:
	case 136: return 24;
	case 137: return 40;
	default: return 0;
	}
}

static void decode_icmp6(struct text *t, struct view v, const uint8_t *ip6)
{
	size_t at = nd_options(v.p[0]);

	add(t, "icmp6=%u/%u ", v.p[0], v.p[1]);
	if (v.p[0] == 2)
		add(t, "mtu=%u ", be16(v.p + 6));
	else if (v.p[0] == 128 || v.p[0] == 129)
		add(t, "seq=%u ", be16(v.p + 6));
	if (at >= 24 && v.len >= 24)
		add_ip6(t, "target=", v.p + 8), add(t, " ");
	for (; at && at + 8 <= v.len && v.p[at + 1]; at += v.p[at + 1] * 8)
		if (v.p[at] == 1 || v.p[at] == 2)
			add_mac(t, "ll", v.p + at + 2);
	if (v.p[0] == 136)
		add(t, "flags=%u ", v.p[4]);
	add(t, "sum=%s ", sum6_ok(ip6, v) ? "ok" : "bad");
}

/* Behind hop-by-hop options: listener queries, reports of both versions */
static void decode_mld(struct text *t, struct view v, const uint8_t *ip6)
{
	size_t at = v.p[0] == 143 ? 12 : 8;

	add(t, "mld=%u ", v.p[0]);
	for (; at + 16 <= v.len; at += 20) {
		add_ip6(t, "group=", v.p + at), add(t, " ");
		if (v.p[0] != 143)
			break;
	}
	add(t, "sum=%s ", sum6_ok(ip6, v) ? "ok" : "bad");
}

static void decode_ip6(struct text *t, struct view v)
{
	const uint8_t *ip6 = v.p;
	size_t total;

	if (v.len < 40) {
		add(t, "ip6=short ");
		return;
	}
	add_ip6(t, "ip6=", ip6 + 8);
	add_ip6(t, ">", ip6 + 24);
	add(t, " hops=%u ", ip6[7]);
	total = be16(ip6 + 4);
	v.p += 40;
	v.len -= 40;
	if (total && total < v.len)
		v.len = total;
	if (ip6[6] == 58 && v.len >= 8) {
		decode_icmp6(t, v, ip6);
	} else if (ip6[6] == 17 && v.len >= 8) {
		add(t, "udp=%u>%u ", be16(v.p), be16(v.p + 2));
		add_load(t, v, 8);
	} else if (ip6[6] == 6 && v.len >= 20) {
		decode_tcp(t, v);
	} else if (!ip6[6] && v.len >= 16 && v.p[0] == 58 && !v.p[1]) {
		v.p += 8;
		v.len -= 8;
		decode_mld(t, v, ip6);
	} else {
		add(t, "proto=%d ", ip6[6]);
	}
}

static void decode_ip(struct text *t, struct view v)
{
	size_t head, total;
	int proto;

	if (v.len < 20) {
		add(t, "ip=short ");
		return;
	}
	head = (v.p[0] & 15) * 4;
	total = be16(v.p + 2);
	proto = v.p[9];
	add(t, "ip=%u.%u.%u.%u>%u.%u.%u.%u ttl=%u ", v.p[12], v.p[13],
	    v.p[14], v.p[15], v.p[16], v.p[17], v.p[18], v.p[19], v.p[8]);
	/* Ignore padding. */
	if (total >= head && total < v.len)
		v.len = total;
	if (head < 20 || v.len < head)
		return;
	v.p += head;
	v.len -= head;
	if (proto == 1 && v.len >= 8) {
		decode_icmp(t, v);
	} else if (proto == 17 && v.len >= 8) {
		add(t, "udp=%u>%u ", be16(v.p), be16(v.p + 2));
		add_load(t, v, 8);
	} else if (proto == 6 && v.len >= 20) {
		decode_tcp(t, v);
	} else {
		add(t, "proto=%d ", proto);
	}
}

static int is_beacon(const uint8_t *frame, unsigned int type)
{
	static const uint8_t mac[] = { 0x03, 0x61, 0x6e, 0x79, 0x67, 0x77 };

	return type == 0x88b5 && !memcmp(frame, mac, 6);
}

static void decode_beacon(struct text *t, struct view v)
{
	const uint8_t *p = v.p + 12;
	int i, n;

	if (v.len < 12 || v.len < 12 + 16 * (size_t)v.p[7]) {
		add(t, "beacon=short ");
		return;
	}
	n = v.p[7];
	add(t, "beacon=%u flags=%u hold=%u gateways=%u ", v.p[4], v.p[5],
	    be16(v.p + 8), v.p[6]);
	for (i = 0; i < n; i++, p += 16)
		add(t, "gw=%02x%02x%02x%02x%02x%02x/%u/%u/%04x%04x ", p[0],
		    p[1], p[2], p[3], p[4], p[5], p[6], be16(p + 8),
		    be16(p + 12), be16(p + 14));
}

static unsigned int strip_type(struct view *v)
{
	unsigned int type = v->len >= 2 ? be16(v->p) : 0;

	v->p += 2;
	v->len -= v->len >= 2 ? 2 : v->len;
	return type;
}

static unsigned int strip_tags(struct text *t, struct view *v,
			       unsigned int type)
{
	while ((type == 0x8100 || type == 0x88a8) && v->len >= 4) {
		add(t, "tag=%04x:%u ", type, be16(v->p) & 0xfff);
		v->p += 2;
		v->len -= 2;
		type = strip_type(v);
	}
	return type;
}

/* RFC 1042 and 802.1H, or a PPPoE session with IPv4 or IPv6 */
static unsigned int strip_encap(struct text *t, struct view *v,
				unsigned int type)
{
	static const uint8_t snap[] = { 0xaa, 0xaa, 3 };

	if (type < 0x600 && v->len >= 8 && !memcmp(v->p, snap, 3)) {
		add(t, "snap=%02x%02x%02x ", v->p[3], v->p[4], v->p[5]);
		v->p += 6;
		v->len -= 6;
		return strip_type(v);
	}
	if (type == 0x8864 && v->len >= 8 &&
	    (be16(v->p + 6) == 0x21 || be16(v->p + 6) == 0x57)) {
		add(t, "pppoe=%u ", be16(v->p + 2));
		type = be16(v->p + 6) == 0x21 ? 0x0800 : 0x86dd;
		v->p += 8;
		v->len -= 8;
	}
	return type;
}

/* Return the length of the line including its newline. */
size_t decode_frame(const uint8_t *frame, size_t len, char *text, size_t size)
{
	struct text t = { .p = text, .size = size };
	struct view v = { frame + 14, len - 14 };
	unsigned int type = be16(frame + 12), vlan = 0;

	if (type == 0x8100 && len >= 18 && be16(frame + 14) & 0xfff) {
		vlan = be16(frame + 14) & 0xfff;
		type = be16(frame + 16);
		v.p += 4;
		v.len -= 4;
	}
	add(&t, "vlan=%u ", vlan);
	add_mac(&t, "src", frame + 6);
	add_mac(&t, "dst", frame);
	type = strip_encap(&t, &v, strip_tags(&t, &v, type));
	if (type == 0x0806) {
		decode_arp(&t, v);
	} else if (type == 0x8035) {
		decode_rarp(&t, v);
	} else if (type == 0x0800) {
		decode_ip(&t, v);
	} else if (type == 0x86dd) {
		decode_ip6(&t, v);
	} else if (is_beacon(frame, type)) {
		decode_beacon(&t, v);
	} else {
		add(&t, "type=%04x ", type);
		add_load(&t, v, 0);
	}
	add(&t, "len=%zu\n", len);
	return t.n;
}
