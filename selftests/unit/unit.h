/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_H
#define UNIT_H

#include "core/beacon.h"
#include "core/classify.h"
#include "core/learn.h"
#include "core/translate.h"

struct unit_test {
	const char *name;
	void (*run)(void);
};

#define UNIT(fn)	{ #fn, fn }

struct unit_suite {
	const char *name;
	const struct unit_test *tests;
	int n;
};

/* The tests of a file are a program here, a KUnit suite in the kernel. */
#ifdef __KERNEL__
#define UNIT_SUITE(name, tests)						\
	const struct unit_suite unit_##name = {				\
		#name, tests, ARRAY_SIZE(tests),			\
	}
#else
#define UNIT_SUITE(name, tests)						\
	int main(void)							\
	{								\
		return unit_main(tests, sizeof(tests) / sizeof(*tests));	\
	}								\
	extern const struct unit_suite unit_##name
#endif

extern const struct unit_suite unit_frame, unit_classify, unit_translate;
extern const struct unit_suite unit_nd, unit_coexist, unit_learn, unit_beacon;

/* Record a failure unless a condition holds. */
#define CHECK(cond)	unit_check(cond, #cond, __FILE__, __LINE__)

void unit_check(bool ok, const char *cond, const char *file, int line);

/* Memory of an exact size: sanitizers report reads beyond it. */
void *unit_alloc(u32 len);
void unit_free(void *p);

/* Run tests, print KTAP, return the exit status. */
int unit_main(const struct unit_test *tests, int n);

/* The addresses in the tests; the server is a plain host on the fabric. */
extern const u8 vmac[ETH_ALEN], vmac2[ETH_ALEN];
extern const u8 this_host[ETH_ALEN], other_host[ETH_ALEN];
extern const u8 vm[ETH_ALEN], server[ETH_ALEN], broadcast[ETH_ALEN];
extern const u8 beacon_mac[ETH_ALEN];

#define GATEWAY		"10.0.10.1"
#define GATEWAY2	"10.0.20.1"
#define HOST_ADDRESS	"10.0.10.251"
#define VM		"10.0.10.7"
#define SERVER         "10.0.10.9"

#define GATEWAY6	"fd00:10::1"
#define GATEWAY6_LL	"fe80::61:6eff:fe79:6777"
#define GATEWAY6_2	"fd00:20::1"
#define HOST_ADDRESS6	"fd00:10::251"
#define HOST_LL		"fe80::861:6eff:fe01:101"
#define OTHER_HOST_LL	"fe80::861:6eff:fe02:202"
#define VM6		"fd00:10::7"
#define VM6_LL		"fe80::5054:ff:fe00:7"
#define ALL_NODES	"ff02::1"

__be32 ip(const char *text);
struct in6_addr ip6(const char *text);

/* An address of either family, IPv4 mapped */
struct in6_addr address(const char *text);
bool addr_is(const struct in6_addr *addr, const char *text);

/*
 * A segment with two gateways: 0 has vmac, HOST_ADDRESS and HOST_ADDRESS6, and
 * the addresses 0 to 2: GATEWAY, GATEWAY6, GATEWAY6_LL; 1 has vmac2 and the
 * addresses 3 and 4: GATEWAY2, GATEWAY6_2. All are /24 or /64.
 */
struct anygw_segment *segment(enum anygw_mode state);

/* Build an ARP frame; build and parse it. */
#define ARP_FRAME_LEN	(ETH_HLEN + ANYGW_ARP_LEN)
void arp_frame(u8 *frame, const u8 *dst, const u8 *src, u16 op, const u8 *sha,
	       const char *spa, const char *tpa);
struct anygw_frame arp(const u8 *dst, const u8 *src, u16 op, const u8 *sha,
		       const char *spa, const char *tpa);

/* Build and parse a frame with an IPv4 packet. */
struct anygw_frame ipv4(const u8 *dst, const u8 *src, const char *daddr,
			u8 proto, u8 type);

/* A neighbour discovery message; without option if lladdr is NULL */
#define ND_FRAME_MAX	128
struct nd_message {
	const u8 *dst, *src;
	u8 type, flags;
	const char *from, *to, *target;
	const u8 *lladdr;
};

u32 nd_frame(u8 *frame, const struct nd_message *m);
struct anygw_frame nd_parse(const u8 *frame, u32 len);
struct anygw_frame nd(const struct nd_message *m);

bool nd_sum_ok(const u8 *frame, u32 len);

/* Build and parse a frame with an empty payload. */
struct anygw_frame other(const u8 *dst, const u8 *src, u16 etype);

#endif
