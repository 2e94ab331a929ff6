// SPDX-License-Identifier: GPL-2.0
#include "core/hop.h"
#include "unit.h"

#define LEN	40

static u32 state = 7;

static u32 rnd(u32 n)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % n;
}

/* RFC 1071, word for word. */
static u16 sum(const u8 *p)
{
	u32 total = 0, i;

	for (i = 0; i < ANYGW_HOP4_HLEN; i += 2)
		total += p[i] << 8 | p[i + 1];
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total;
}

static void seal(u8 *p)
{
	u16 value;

	p[10] = 0;
	p[11] = 0;
	value = sum(p);
	p[10] = value >> 8;
	p[11] = value;
}

/* UDP from VM to a machine beyond the gateway. */
static void packet4(u8 *p)
{
	__be32 src = ip(VM), dst = ip("192.0.2.1");

	memset(p, 0, LEN);
	p[0] = 0x45;
	p[1] = 0xb9;
	p[3] = LEN;
	p[8] = 64;
	p[9] = 17;
	memcpy(p + 12, &src, sizeof(src));
	memcpy(p + 16, &dst, sizeof(dst));
	seal(p);
}

static void packet6(u8 *p)
{
	struct in6_addr src = ip6(VM6), dst = ip6("2001:db8::1");

	memset(p, 0, ANYGW_HOP6_HLEN + 8);
	p[0] = 0x6b;
	p[1] = 0x90;
	p[5] = 8;
	p[6] = 17;
	p[7] = 64;
	memcpy(p + 8, &src, sizeof(src));
	memcpy(p + 24, &dst, sizeof(dst));
}

static void ipv4_is_read(void)
{
	struct anygw_hop4 hop;
	u8 p[LEN];

	packet4(p);
	CHECK(anygw_hop4_read(&hop, p, LEN));
	CHECK(hop.src == ip(VM) && hop.dst == ip("192.0.2.1"));
	CHECK(hop.len == LEN && hop.tos == 0xb9);
	/* Padding is none of the packet's. */
	CHECK(anygw_hop4_read(&hop, p, LEN + 6) && hop.len == LEN);
}

/* Each of them is the stack's to answer, to drop, or to look into. */
static void unusual_ipv4_is_left_to_the_stack(void)
{
	static const struct {
		u8 at, value;
	} odd[] = {
		{ 0, 0x46 }, { 0, 0x44 }, { 0, 0x55 }, { 8, 1 }, { 8, 0 },
		{ 3, 19 }, { 3, LEN + 1 }, { 2, 1 },
	};
	struct anygw_hop4 hop;
	u8 p[LEN];
	u32 i;

	for (i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		packet4(p);
		p[odd[i].at] = odd[i].value;
		seal(p);
		CHECK(!anygw_hop4_read(&hop, p, LEN));
	}
	packet4(p);
	p[11] ^= 1;
	CHECK(!anygw_hop4_read(&hop, p, LEN));
}

static void of_icmp_only_echoes_are_taken(void)
{
	struct anygw_hop4 hop;
	u8 p[LEN];
	u32 type;

	for (type = 0; type < 256; type++) {
		packet4(p);
		p[9] = 1;
		seal(p);
		p[ANYGW_HOP4_HLEN] = type;
		CHECK(anygw_hop4_read(&hop, p, LEN) == (!type || type == 8));
	}
	/* In a later fragment there is no type to be seen. */
	packet4(p);
	p[9] = 1;
	p[7] = 3;
	seal(p);
	CHECK(!anygw_hop4_read(&hop, p, LEN));
}

static void sums_are_checked_as_they_are_made(void)
{
	u8 p[LEN];
	u32 i, k;

	for (i = 0; i < 20000; i++) {
		for (k = 0; k < ANYGW_HOP4_HLEN; k++)
			p[k] = rnd(4) ? rnd(256) : rnd(2) * 0xff;
		CHECK(anygw_hop4_sums_up(p) == !sum(p));
		seal(p);
		CHECK(anygw_hop4_sums_up(p));
	}
}

static void a_hop_is_taken_off(void)
{
	u8 p[LEN], before[LEN];
	u32 i, k;

	/* Random ones, and a header with every checksum there is. */
	for (i = 0; i < 2 * 0x10000; i++) {
		if (i < 0x10000) {
			packet4(p);
			p[4] = i >> 8;
			p[5] = i;
		} else {
			for (k = 0; k < ANYGW_HOP4_HLEN; k++)
				p[k] = rnd(256);
			p[8] = 2 + rnd(254);
		}
		seal(p);
		/* Zero may be written in two ways; the stack makes but one. */
		if (!p[10] && !p[11])
			memset(p + 10, 0xff, 2);
		memcpy(before, p, sizeof(before));
		anygw_hop4_age(p);
		CHECK(p[8] == before[8] - 1);
		CHECK(anygw_hop4_sums_up(p));
		CHECK(p[10] != 0xff || p[11] != 0xff);
		p[8] = before[8];
		memcpy(p + 10, before + 10, 2);
		CHECK(!memcmp(p, before, ANYGW_HOP4_HLEN));
	}
}

static void ipv6_is_read_and_aged(void)
{
	struct in6_addr src = ip6(VM6), dst = ip6("2001:db8::1");
	u8 p[ANYGW_HOP6_HLEN + 8];
	struct anygw_hop6 hop;

	packet6(p);
	CHECK(anygw_hop6_read(&hop, p, sizeof(p)));
	CHECK(anygw_same6(&hop.src, &src) && anygw_same6(&hop.dst, &dst));
	CHECK(hop.len == sizeof(p) && hop.tclass == 0xb9);
	anygw_hop6_age(p);
	CHECK(p[7] == 63);
	p[7] = 1;
	CHECK(!anygw_hop6_read(&hop, p, sizeof(p)));
	packet6(p);
	CHECK(!anygw_hop6_read(&hop, p, sizeof(p) - 1));
	p[5] = 0;
	CHECK(!anygw_hop6_read(&hop, p, sizeof(p)));
	packet6(p);
	p[0] = 0x4b;
	CHECK(!anygw_hop6_read(&hop, p, sizeof(p)));
}

static const struct unit_test tests[] = {
	UNIT(ipv4_is_read),
	UNIT(unusual_ipv4_is_left_to_the_stack),
	UNIT(of_icmp_only_echoes_are_taken),
	UNIT(sums_are_checked_as_they_are_made),
	UNIT(a_hop_is_taken_off),
	UNIT(ipv6_is_read_and_aged),
};

UNIT_SUITE(hop, tests);
