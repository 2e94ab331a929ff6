// SPDX-License-Identifier: GPL-2.0
/*
 * Build IPv6 frames from words, see build.c:
 *
 *   ns,DST,SRC,FROM,TARGET[,LL]         na,DST,SRC,FROM,TO,TARGET,FLAGS[,LL]
 *   ra,SRC,FROM[,LL]                    rs,SRC,FROM[,LL]
 *   mld,SRC,FROM,GROUP                  mldq,SRC,FROM,VERSION
 *   redirect,DST,SRC,FROM,TO,TARGET,LL[,FOR]
 *   udp6,DST,SRC,FROM,TO,PORT[,HOPS]
 *
 * mld is an MLDv2 report that joins a group, mldq a general query of version 1
 * or 2. LL is a link-layer address option. The DST "group" of a solicitation is the
 * solicited-node group of its target.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define RS		133
#define RA		134
#define NS		135
#define NA		136
#define REDIRECT	137
#define MLD_QUERY	130
#define MLD2_REPORT	143

static void put_ip6(struct build *b, const char *s)
{
	if (!s || inet_pton(AF_INET6, s, b->p + b->n) != 1)
		b->bad = 1;
	b->n += 16;
}

static void put_option(struct build *b, int type, const char *mac)
{
	if (!mac)
		return;
	b->p[b->n++] = type;
	b->p[b->n++] = 1;
	put_mac(b, mac);
}

/* Return the offset of the header. */
static size_t put_head6(struct build *b, const char *from, const char *to,
			int proto, int hops)
{
	size_t at = b->n;

	put16(b, 0x6000);
	put16(b, 0);
	put16(b, 0);
	b->p[b->n++] = proto;
	b->p[b->n++] = hops;
	put_ip6(b, from);
	put_ip6(b, to);
	return at;
}

/* Fill in the length and the checksum, behind @ext octets of options. */
static void finish6_ext(struct build *b, size_t at, size_t sum_at, size_t ext)
{
	uint8_t *ip6 = b->p + at, *data = ip6 + 40 + ext;
	size_t len = b->n - at - 40 - ext;
	uint8_t pseudo[40] = { 0 };
	unsigned long sum;

	ip6[4] = (len + ext) >> 8;
	ip6[5] = len + ext;
	memcpy(pseudo, ip6 + 8, 32);
	pseudo[34] = len >> 8;
	pseudo[35] = len;
	pseudo[39] = ext ? ip6[40] : ip6[6];
	sum = (~checksum(pseudo, 40) & 0xffff) +
	      (~checksum(data, len) & 0xffff);
	sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
	data[sum_at] = sum >> 8;
	data[sum_at + 1] = sum;
}

static void finish6(struct build *b, size_t at, size_t sum_at)
{
	finish6_ext(b, at, sum_at, 0);
}

static void put_icmp6(struct build *b, int type, int flags)
{
	put16(b, type << 8);
	put16(b, 0);
	put16(b, flags << 8);
	put16(b, 0);
}

/* The solicited-node group, RFC 4291 section 2.7.1 */
static void put_group(struct build *b, size_t eth, size_t at,
		      const char *target)
{
	static const uint8_t head[] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
					0xff };
	struct in6_addr addr;

	if (inet_pton(AF_INET6, target, &addr) != 1)
		return;
	memcpy(b->p + at + 24, head, sizeof(head));
	memcpy(b->p + at + 37, addr.s6_addr + 13, 3);
	memcpy(b->p + eth, (uint8_t[]){ 0x33, 0x33, 0xff }, 3);
	memcpy(b->p + eth + 3, addr.s6_addr + 13, 3);
}

static void build_ns(struct build *b, char **w)
{
	int group = !strcmp(w[1], "group");
	size_t eth = b->n, at;

	put_eth(b, group ? "33:33:ff:00:00:00" : w[1], w[2], 0x86dd);
	at = put_head6(b, w[3], w[4], 58, 255);
	if (group)
		put_group(b, eth, at, w[4]);
	put_icmp6(b, NS, 0);
	put_ip6(b, w[4]);
	put_option(b, 1, w[5]);
	finish6(b, at, 2);
}

static void build_na(struct build *b, char **w)
{
	size_t at;

	put_eth(b, w[1], w[2], 0x86dd);
	at = put_head6(b, w[3], w[4], 58, 255);
	put_icmp6(b, NA, atoi(w[6]));
	put_ip6(b, w[5]);
	put_option(b, 2, w[7]);
	finish6(b, at, 2);
}

static void build_ra(struct build *b, char **w)
{
	size_t at;

	put_eth(b, "33:33:00:00:00:01", w[1], 0x86dd);
	at = put_head6(b, w[2], "ff02::1", 58, 255);
	/* Router lifetime 1800 s */
	put_icmp6(b, RA, 64);
	b->p[b->n - 2] = 1800 >> 8;
	b->p[b->n - 1] = 1800 & 0xff;
	b->n += 8;
	put_option(b, 1, w[3]);
	finish6(b, at, 2);
}

static void build_rs(struct build *b, char **w)
{
	size_t at;

	put_eth(b, "33:33:00:00:00:02", w[1], 0x86dd);
	at = put_head6(b, w[2], "ff02::2", 58, 255);
	put_icmp6(b, RS, 0);
	put_option(b, 1, w[3]);
	finish6(b, at, 2);
}

/* Hop-by-hop options with a router alert. Return the offset of the header. */
static size_t put_head_mld(struct build *b, const char *src, const char *from,
			   const char *group_mac, const char *to)
{
	static const uint8_t alert[] = { 58, 0, 5, 2, 0, 0, 1, 0 };
	size_t at;

	put_eth(b, group_mac, src, 0x86dd);
	at = put_head6(b, from, to, 0, 1);
	memcpy(b->p + b->n, alert, sizeof(alert));
	b->n += sizeof(alert);
	return at;
}

static void build_mld(struct build *b, char **w)
{
	size_t at = put_head_mld(b, w[1], w[2], "33:33:00:00:00:16",
				 "ff02::16");

	put16(b, MLD2_REPORT << 8);
	put16(b, 0);
	put16(b, 0);
	put16(b, 1);
	/* CHANGE_TO_EXCLUDE_MODE without sources */
	put16(b, 4 << 8);
	put16(b, 0);
	put_ip6(b, w[3]);
	finish6_ext(b, at, 2, 8);
}

static void build_mldq(struct build *b, char **w)
{
	size_t at = put_head_mld(b, w[1], w[2], "33:33:00:00:00:01",
				 "ff02::1");

	put16(b, MLD_QUERY << 8);
	put16(b, 0);
	/* Maximum response delay, ms */
	put16(b, 500);
	put16(b, 0);
	put_ip6(b, "::");
	if (atoi(w[3]) == 2) {
		put16(b, 2 << 8 | 125);
		put16(b, 0);
	}
	finish6_ext(b, at, 2, 8);
}

static void build_redirect(struct build *b, char **w)
{
	size_t at;

	put_eth(b, w[1], w[2], 0x86dd);
	at = put_head6(b, w[3], w[4], 58, 255);
	put_icmp6(b, REDIRECT, 0);
	put_ip6(b, w[5]);
	put_ip6(b, w[7] ? w[7] : w[4]);
	put_option(b, 2, w[6]);
	finish6(b, at, 2);
}

static void build_udp6(struct build *b, char **w)
{
	size_t at;

	put_eth(b, w[1], w[2], 0x86dd);
	at = put_head6(b, w[3], w[4], 17, w[6] ? atoi(w[6]) : 64);
	put16(b, 4444);
	put16(b, atoi(w[5]));
	put16(b, 8 + 12);
	put16(b, 0);
	memcpy(b->p + b->n, "anygw-tests.", 12);
	b->n += 12;
	finish6(b, at, 6);
}

/* Return whether the frame type is one of this file. */
int build_frame6(struct build *b, char **w, int n)
{
	static const struct {
		const char *name;
		int min, max;
		void (*build)(struct build *b, char **w);
	} types[] = {
		{ "ns", 5, 6, build_ns }, { "na", 7, 8, build_na },
		{ "ra", 3, 4, build_ra }, { "rs", 3, 4, build_rs },
		{ "redirect", 7, 8, build_redirect },
		{ "udp6", 6, 7, build_udp6 }, { "mld", 4, 4, build_mld },
		{ "mldq", 4, 4, build_mldq },
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(w[0], types[i].name) || n < types[i].min ||
		    n > types[i].max)
			continue;
		types[i].build(b, w);
		return 1;
	}
	return 0;
}
