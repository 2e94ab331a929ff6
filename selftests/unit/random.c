// SPDX-License-Identifier: GPL-2.0
/* Invariants for random frames made of the addresses that matter */
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

#define FRAMES	500000
#define TAGS_MAX	4
#define MAX_LEN	ND_FRAME_MAX

static u32 state = 1;

static u32 rnd(u32 n)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % n;
}

static const u8 *any_mac(void)
{
	static const u8 *const macs[] = {
		vmac, vmac2, this_host, other_host, vm, server, broadcast,
		beacon_mac,
	};

	return macs[rnd(sizeof(macs) / sizeof(*macs))];
}

static __be32 any_addr(void)
{
	static const char *const addrs[] = {
		GATEWAY, GATEWAY2, HOST_ADDRESS, VM, SERVER, "0.0.0.0",
	};

	return ip(addrs[rnd(sizeof(addrs) / sizeof(*addrs))]);
}

static const char *any_addr6(void)
{
	static const char *const addrs[] = {
		GATEWAY6, GATEWAY6_LL, GATEWAY6_2, HOST_ADDRESS6, HOST_LL,
		OTHER_HOST_LL, VM6, VM6_LL, "::",
	};

	return addrs[rnd(sizeof(addrs) / sizeof(*addrs))];
}

/* Neighbour discovery, one message in four with a random octet */
static u32 make_nd(u8 *frame)
{
	struct nd_message m = {
		.dst = any_mac(), .src = any_mac(),
		.type = NDISC_ROUTER_SOLICITATION + rnd(5), .flags = rnd(256),
		.from = any_addr6(), .to = any_addr6(),
		.lladdr = rnd(3) ? any_mac() : NULL,
	};
	u32 len;

	if (m.type >= NDISC_NEIGHBOUR_SOLICITATION)
		m.target = any_addr6();
	len = nd_frame(frame, &m);
	if (!rnd(4))
		frame[ETH_HLEN + rnd(len - ETH_HLEN)] = rnd(256);
	return rnd(8) ? len : ETH_HLEN + rnd(len - ETH_HLEN);
}

static u32 make(u8 *frame, u16 *etype)
{
	static const u16 types[] = {
		ETH_P_ARP, ETH_P_ARP, ETH_P_RARP, ETH_P_IP, ETH_P_IPV6, 0x88cc,
		ANYGW_BEACON_ETYPE,
	};
	u32 len = ETH_HLEN + rnd(MAX_LEN - ETH_HLEN), i;
	__be32 addr;

	if (!rnd(3)) {
		*etype = ETH_P_IPV6;
		return make_nd(frame);
	}
	for (i = 0; i < MAX_LEN; i++)
		frame[i] = rnd(256);
	*etype = types[rnd(sizeof(types) / sizeof(*types))];
	if (rnd(8)) {
		arp_frame(frame, any_mac(), any_mac(), 1 + rnd(2), any_mac(),
			  "0.0.0.0", "0.0.0.0");
		addr = any_addr();
		memcpy(frame + ETH_HLEN + ANYGW_ARP_SPA, &addr, 4);
		addr = any_addr();
		memcpy(frame + ETH_HLEN + ANYGW_ARP_TPA, &addr, 4);
	}
	if (*etype == ANYGW_BEACON_ETYPE)
		memcpy(frame, rnd(4) ? beacon_mac : broadcast, ETH_ALEN);
	if (*etype == ETH_P_IP && rnd(8))
		frame[ETH_HLEN] = 0x45;
	if (*etype == ETH_P_IPV6 && rnd(8))
		frame[ETH_HLEN] = 0x60;
	return len;
}

/* The fabric must not see the gateway's identity. */
static void check_to_fabric(const struct anygw_segment *seg, const u8 *frame,
			    u16 etype, u32 len)
{
	struct anygw_frame f;

	anygw_frame_parse(&f, frame, etype, frame + ETH_HLEN, len - ETH_HLEN);
	CHECK(anygw_segment_by_vmac(seg, f.src) < 0);
	if (f.kind == ANYGW_FRAME_ND) {
		CHECK(!f.nd.has_lladdr ||
		      anygw_segment_by_vmac(seg, f.nd.lladdr) < 0);
		CHECK(anygw_segment_by_addr(seg, &f.nd.src) < 0);
		CHECK(anygw_segment_by_addr(seg, &f.nd.target) < 0);
	}
	if (f.kind != ANYGW_FRAME_ARP)
		return;
	CHECK(anygw_segment_by_vmac(seg, f.arp.sha) < 0);
	CHECK(anygw_segment_by_addr(seg, &f.arp.spa) < 0);
}

static void check_to_vm(const u8 *frame, u16 etype, u32 len)
{
	struct anygw_frame f;

	anygw_frame_parse(&f, frame, etype, frame + ETH_HLEN, len - ETH_HLEN);
	/* Another host's solicitation may pass, W7. */
	if (anygw_frame_is_nd(&f, NDISC_NEIGHBOUR_SOLICITATION))
		return;
	CHECK(!anygw_is_host_mac(f.src));
	CHECK(f.kind != ANYGW_FRAME_BEACON);
	if (f.kind == ANYGW_FRAME_ND)
		CHECK(!anygw_is_host_mac(f.nd.lladdr));
	if (f.kind == ANYGW_FRAME_ARP)
		CHECK(!anygw_is_host_mac(f.arp.sha));
}

static void check_egress(const struct anygw_segment *seg, const u8 *frame,
			 u16 etype, u32 len, const struct anygw_frame *f)
{
	u8 copy[MAX_LEN];
	enum anygw_reason reason = ANYGW_REASON_NONE;
	struct anygw_plan plan = {};
	enum anygw_egress_action how;
	int gw = rnd(2);

	how = anygw_translate_to_fabric(seg, gw, f, &plan, &reason);
	CHECK(how != ANYGW_EGRESS_DROP || reason != ANYGW_REASON_NONE);
	if (how == ANYGW_EGRESS_REWRITE) {
		memcpy(copy, frame, len);
		CHECK(anygw_plan_apply(&plan, copy, len));
		check_to_fabric(seg, copy, etype, len);
	}
	if (anygw_classify_fabric(seg, f).act != ANYGW_MARK)
		return;
	how = anygw_translate_from_fabric(seg, f, false, &plan, &reason);
	if (how == ANYGW_EGRESS_DROP)
		return;
	memcpy(copy, frame, len);
	if (how != ANYGW_EGRESS_PASS)
		CHECK(anygw_plan_apply(&plan, copy, len));
	check_to_vm(copy, etype, len);
}

/* Add priority tags. Return: the new length. */
static u32 put_tags(u8 *to, u16 *etype, const u8 *frame, u32 len, u32 n)
{
	static const u16 types[] = { ETH_P_8021Q, ETH_P_8021AD };
	u16 inner = *etype, next;
	u32 at = ETH_HLEN, i;

	*etype = types[rnd(2)];
	memcpy(to, frame, ETH_HLEN);
	for (i = 0; i < n; i++, at += 4) {
		next = i + 1 < n ? types[rnd(2)] : inner;
		to[at] = rnd(16) << 4;
		to[at + 1] = 0;
		to[at + 2] = next >> 8;
		to[at + 3] = next;
	}
	memcpy(to + at, frame + ETH_HLEN, len - ETH_HLEN);
	return at + len - ETH_HLEN;
}

static bool same_verdict(struct anygw_verdict a, struct anygw_verdict b)
{
	return a.act == b.act && a.reason == b.reason && a.flags == b.flags &&
	       a.gw == b.gw;
}

/* Receivers skip priority tags: they must not change the verdict. */
static void check_tags(const struct anygw_segment *seg, const u8 *frame,
		       u16 etype, u32 len, const struct anygw_frame *f)
{
	enum anygw_reason reason;
	struct anygw_plan plan = {}, tagged_plan = {};
	u32 n = 1 + rnd(TAGS_MAX), tagged_len;
	u8 tagged[MAX_LEN + 4 * TAGS_MAX], copy[MAX_LEN];
	struct anygw_frame g;

	tagged_len = put_tags(tagged, &etype, frame, len, n);
	anygw_frame_parse(&g, tagged, etype, tagged + ETH_HLEN,
			  tagged_len - ETH_HLEN);
	CHECK(g.kind == f->kind && g.l3 == ETH_HLEN + 4 * n);
	CHECK(same_verdict(anygw_classify_access(seg, &g),
			   anygw_classify_access(seg, f)));
	CHECK(same_verdict(anygw_classify_fabric(seg, &g),
			   anygw_classify_fabric(seg, f)));
	if (anygw_translate_to_fabric(seg, 0, f, &plan, &reason) !=
	    ANYGW_EGRESS_REWRITE)
		return;
	CHECK(anygw_translate_to_fabric(seg, 0, &g, &tagged_plan, &reason) ==
	      ANYGW_EGRESS_REWRITE);
	memcpy(copy, frame, len);
	CHECK(anygw_plan_apply(&plan, copy, len));
	CHECK(anygw_plan_apply(&tagged_plan, tagged, tagged_len));
	CHECK(!memcmp(copy + ETH_HLEN, tagged + g.l3, len - ETH_HLEN));
}

static void check_learned(const struct anygw_segment *seg,
			  const struct anygw_frame *f)
{
	struct in6_addr addr;

	if (anygw_learn(seg, f, &addr) == ANYGW_LEARN_NONE)
		return;
	CHECK(anygw_learn_gateway(seg, &addr) >= 0);
	CHECK(anygw_segment_by_addr(seg, &addr) < 0);
	CHECK(anygw_segment_by_vmac(seg, f->src) < 0 &&
	      !anygw_is_host_mac(f->src));
}

/* Any beacon read can be compared, and written back unchanged. */
static void beacon_invariants(void)
{
	struct anygw_beacon own, b, again;
	u8 buf[ANYGW_BEACON_LEN], out[ANYGW_BEACON_LEN];
	u32 i, k, len, read = 0, differs;
	int gw;

	anygw_beacon_make(&own, segment(ANYGW_MODE_ACTIVE));
	own.hold = 35;
	for (i = 0; i < FRAMES; i++) {
		u8 *exact;

		for (k = 0; k < sizeof(buf); k++)
			buf[k] = rnd(256);
		if (rnd(2)) {
			anygw_beacon_write(&own, buf);
			buf[rnd(sizeof(buf))] = rnd(256);
		} else if (rnd(8)) {
			memcpy(buf, "agwb\001", 5);
			buf[6] = rnd(12);
			buf[7] = rnd(12);
		}
		len = rnd(4) ? sizeof(buf) : rnd(sizeof(buf) + 1);
		exact = malloc(len ? len : 1);
		memcpy(exact, buf, len);
		if (anygw_beacon_read(&b, exact, len)) {
			read++;
			CHECK(b.n <= ANYGW_BEACON_GWS && b.n <= b.total);
			CHECK(b.version && b.hold);
			differs = anygw_beacon_compare(&own, &b, &gw);
			CHECK(gw < own.n);
			CHECK(!differs == !anygw_beacon_compare(&b, &own, &gw));
			CHECK(gw < b.n);
			k = anygw_beacon_write(&b, out);
			CHECK(k <= sizeof(out));
			CHECK(anygw_beacon_read(&again, out, k));
			CHECK(!memcmp(&again, &b, sizeof(b)));
		}
		free(exact);
	}
	CHECK(read > FRAMES / 4);
}

static void frame_invariants(void)
{
	static const enum anygw_mode states[] = {
		ANYGW_MODE_ACTIVE, ANYGW_MODE_STANDBY, ANYGW_MODE_OBSERVE,
	};
	u8 frame[MAX_LEN];
	u32 i;

	for (i = 0; i < FRAMES; i++) {
		struct anygw_segment *seg = segment(states[rnd(3)]);
		struct anygw_verdict v;
		struct anygw_frame f;
		u16 etype;
		u32 len = make(frame, &etype);
		u8 *exact = malloc(len);

		/* Sanitizers report reads beyond the exact size. */
		memcpy(exact, frame, len);
		anygw_frame_parse(&f, exact, etype, exact + ETH_HLEN,
				  len - ETH_HLEN);
		v = anygw_classify_access(seg, &f);
		CHECK(v.gw >= 0 && v.gw < seg->n_gw);
		CHECK((v.act == ANYGW_DROP) == (v.reason != ANYGW_REASON_NONE));
		if (v.act != ANYGW_DROP)
			CHECK(anygw_segment_by_vmac(seg, f.src) < 0 &&
			      !anygw_is_host_mac(f.src) &&
			      f.kind != ANYGW_FRAME_BEACON);
		v = anygw_classify_fabric(seg, &f);
		CHECK(v.gw >= 0 && v.gw < seg->n_gw);
		CHECK((v.act == ANYGW_DROP) == (v.reason != ANYGW_REASON_NONE));
		check_egress(seg, exact, etype, len, &f);
		check_learned(seg, &f);
		check_tags(seg, exact, etype, len, &f);
		free(exact);
	}
}

int main(int argc, char **argv)
{
	static const struct unit_test tests[] = {
		UNIT(frame_invariants),
		UNIT(beacon_invariants),
	};

	if (argc > 1)
		state = strtoul(argv[1], NULL, 0);
	printf("# seed %u\n", state);
	return unit_main(tests, sizeof(tests) / sizeof(*tests));
}
