// SPDX-License-Identifier: GPL-2.0
/*
 * A frame as a line of words, made for the scenes' patterns:
 *
 *   t=MS in|out vlan=V src=MAC dst=MAC REST len=N
 *
 * vlan=0 is an untagged frame. REST is one of
 *
 *   arp=OP sha=MAC spa=IP tha=MAC tpa=IP
 *   rarp=OP sha=MAC; either is "other" when not of Ethernet and IPv4
 *   ip=IP>IP ttl=N PROTO with PROTO one of icmp=TYPE/CODE [mtu=N] [seq=N],
 *     udp=PORT>PORT load=HEX, tcp=PORT>PORT flags=N load=BYTES, proto=N
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
	size_t n, room;
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
	n = vsnprintf(t->p + t->n, t->room - t->n, format, args);
	va_end(args);
	t->n += n;
	if (t->n >= t->room)
		t->n = t->room - 1;
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

/* Ethernet, or IEEE 802, which Linux takes as well; and IPv4 */
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
	/* Padding is no payload. */
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

/* Returns the length of the line, its end included. */
size_t decode_frame(const uint8_t *frame, size_t len, char *text, size_t room)
{
	struct text t = { .p = text, .room = room };
	struct view v = { frame + 14, len - 14 };
	unsigned int type = be16(frame + 12), vlan = 0;

	if (type == 0x8100 && len >= 18) {
		vlan = be16(frame + 14) & 0xfff;
		type = be16(frame + 16);
		v.p += 4;
		v.len -= 4;
	}
	add(&t, "vlan=%u ", vlan);
	add_mac(&t, "src", frame + 6);
	add_mac(&t, "dst", frame);
	if (type == 0x0806) {
		decode_arp(&t, v);
	} else if (type == 0x8035) {
		decode_rarp(&t, v);
	} else if (type == 0x0800) {
		decode_ip(&t, v);
	} else {
		add(&t, "type=%04x ", type);
		add_load(&t, v, 0);
	}
	add(&t, "len=%zu\n", len);
	return t.n;
}
