// SPDX-License-Identifier: GPL-2.0
/* Beacons between anygw hosts */
#include "unit.h"

static struct anygw_beacon made(const struct anygw_segment *seg)
{
	struct anygw_beacon b;
	int i;

	anygw_beacon_make(&b, seg);
	b.hold = 35;
	for (i = 0; i < b.n; i++)
		b.gw[i].mtu = 1500;
	return b;
}

static struct anygw_beacon own(void)
{
	return made(segment(ANYGW_MODE_ACTIVE));
}

/* Read from a buffer of the exact size. */
static bool reads(struct anygw_beacon *b, const u8 *p, u32 len)
{
	u8 *exact = unit_alloc(len);
	bool ok;

	memcpy(exact, p, len);
	ok = anygw_beacon_read(b, exact, len);
	unit_free(exact);
	return ok;
}

static bool is_differs(const struct anygw_beacon *a,
		       const struct anygw_beacon *b, u32 differs, int gw)
{
	int at;

	return anygw_beacon_compare(a, b, &at) == differs && at == gw;
}

static void beacon_is_known_by_mac_and_type(void)
{
	CHECK(other(beacon_mac, vm, ANYGW_BEACON_ETYPE).kind ==
	      ANYGW_FRAME_BEACON);
	CHECK(other(broadcast, vm, ANYGW_BEACON_ETYPE).kind ==
	      ANYGW_FRAME_OTHER);
	CHECK(other(beacon_mac, vm, 0x88cc).kind == ANYGW_FRAME_OTHER);
	/* Not a reserved address: plain bridges and switches flood it. */
	CHECK(beacon_mac[0] & 1 && beacon_mac[0] & 2);
}

static void w11_beacon_of_a_vm_is_fenced(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct anygw_frame f = other(beacon_mac, vm, ANYGW_BEACON_ETYPE);
	struct anygw_verdict v = anygw_classify_access(seg, &f);

	CHECK(v.act == ANYGW_DROP && v.reason == ANYGW_REASON_BEACON);
	f = other(beacon_mac, other_host, ANYGW_BEACON_ETYPE);
	v = anygw_classify_access(seg, &f);
	CHECK(v.reason == ANYGW_REASON_SPOOFED_HOST_MAC);
	/* The EtherType is for local experiments of anyone. */
	f = other(broadcast, vm, ANYGW_BEACON_ETYPE);
	CHECK(anygw_classify_access(seg, &f).act == ANYGW_PASS);
}

static void beacon_from_the_fabric_is_for_hosts_only(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct anygw_frame f = other(beacon_mac, other_host,
				     ANYGW_BEACON_ETYPE);
	enum anygw_reason reason = ANYGW_REASON_NONE;
	struct anygw_plan plan;

	CHECK(anygw_classify_fabric(seg, &f).act == ANYGW_MARK);
	CHECK(anygw_translate_from_fabric(seg, &f, true, &plan, &reason) ==
	      ANYGW_EGRESS_PASS);
	CHECK(anygw_translate_from_fabric(seg, &f, false, &plan, &reason) ==
	      ANYGW_EGRESS_DROP);
	f = other(beacon_mac, server, ANYGW_BEACON_ETYPE);
	CHECK(anygw_classify_fabric(seg, &f).act == ANYGW_MARK);
	f = other(beacon_mac, this_host, ANYGW_BEACON_ETYPE);
	CHECK(anygw_classify_fabric(seg, &f).reason ==
	      ANYGW_REASON_OWN_HOST_MAC);
	f = other(beacon_mac, vmac, ANYGW_BEACON_ETYPE);
	CHECK(anygw_classify_fabric(seg, &f).reason ==
	      ANYGW_REASON_FABRIC_FROM_VMAC);
}

static void beacon_is_read_as_written(void)
{
	struct anygw_beacon b = own(), c;
	u8 buf[ANYGW_BEACON_LEN + 60] = {};
	u32 len = anygw_beacon_write(&b, buf);

	CHECK(b.n == 2 && b.total == 2);
	CHECK(len == ANYGW_BEACON_HEAD + 2 * ANYGW_BEACON_GW);
	CHECK(reads(&c, buf, len) && !memcmp(&b, &c, sizeof(b)));
	/* Padding or an extension */
	CHECK(reads(&c, buf, len + 60) && !memcmp(&b, &c, sizeof(b)));
	b.goodbye = true;
	b.n = 0;
	len = anygw_beacon_write(&b, buf);
	CHECK(reads(&c, buf, len) && c.goodbye && !c.n);
}

static void truncated_beacon_is_refused(void)
{
	struct anygw_beacon b = own();
	u8 buf[ANYGW_BEACON_LEN];
	u32 whole = anygw_beacon_write(&b, buf), len;

	for (len = 0; len < whole; len++)
		CHECK(!reads(&b, buf, len));
	CHECK(reads(&b, buf, whole));
}

static void inconsistent_beacon_is_refused(void)
{
	static const struct { u8 at, value; } wrong[] = {
		{ 0, 'b' }, { 3, 0 }, { 4, 0 }, { 6, 1 }, { 7, 3 },
		{ 7, ANYGW_BEACON_GWS + 1 }, { 7, 255 }, { 9, 0 },
	};
	struct anygw_beacon b = own();
	u8 buf[ANYGW_BEACON_LEN] = {};
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		anygw_beacon_write(&b, buf);
		buf[wrong[i].at] = wrong[i].value;
		CHECK(!reads(&b, buf, sizeof(buf)));
		b = own();
	}
}

static void other_beacon_version_is_reported(void)
{
	struct anygw_beacon b = own(), c;
	u8 buf[ANYGW_BEACON_LEN];
	u32 len = anygw_beacon_write(&b, buf);

	buf[4] = 2;
	buf[7] = 255;
	CHECK(reads(&c, buf, len) && c.version == 2 && c.hold == 35 && !c.n);
	CHECK(is_differs(&b, &c, ANYGW_DIFFERS_VERSION, ANYGW_NO_GATEWAY));
	buf[5] = ANYGW_BEACON_GOODBYE;
	CHECK(reads(&c, buf, ANYGW_BEACON_HEAD) && c.goodbye);
}

static void same_settings_agree_in_any_order(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct anygw_beacon a = made(seg), b;
	struct anygw_segment_gw gw = seg->gw[0];
	struct anygw_prefix addr = seg->addr[1];

	seg->gw[0] = seg->gw[1];
	seg->gw[1] = gw;
	seg->addr[1] = seg->addr[2];
	seg->addr[2] = addr;
	b = made(seg);
	CHECK(!memcmp(&a, &b, sizeof(a)));
	CHECK(is_differs(&a, &b, 0, ANYGW_NO_GATEWAY));
	/* State and host-address may differ per host. */
	seg->gw[0].state = ANYGW_MODE_STANDBY;
	seg->gw[1].conf.host4.addr = address(SERVER);
	b = made(seg);
	CHECK(is_differs(&a, &b, 0, ANYGW_NO_GATEWAY));
}

/* The lower vMAC is that of the segment's second gateway. */
static void each_setting_is_compared(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct anygw_beacon a = made(seg), b;

	seg->addr[0].addr = address(SERVER);
	b = made(seg);
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_ADDRESSES, 1));
	seg = segment(ANYGW_MODE_ACTIVE);
	seg->addr[3].plen = 112;
	b = made(seg);
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_ADDRESSES, 0));
	seg = segment(ANYGW_MODE_ACTIVE);
	seg->addr[1].plen = 56;
	b = made(seg);
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_ADDRESSES, 1));
	seg = segment(ANYGW_MODE_ACTIVE);
	seg->gw[0].n = 2;
	b = made(seg);
	CHECK(is_differs(&a, &b, 0, ANYGW_NO_GATEWAY));
	seg->gw[0].conf.coexist = seg->gw[0].conf.fallback = true;
	b = made(seg);
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_COEXIST, 1));
	seg->gw[0].conf.fallback = false;
	a = made(seg);
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_FALLBACK, 1));
	b = a;
	b.gw[0].mtu = 9000;
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_MTU, 0));
	b.gw[1].addresses++;
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_MTU | ANYGW_DIFFERS_ADDRESSES,
			 0));
}

static void another_vmac_differs(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct anygw_beacon a = made(seg), b = a;

	b.gw[1].vmac[5]++;
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_MAC, 1));
	b.gw[1].addresses++;
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_MAC | ANYGW_DIFFERS_ADDRESSES,
			 1));
	/* One gateway more, and one less. */
	seg->n_gw = 1;
	b = made(seg);
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_MAC, 0));
	CHECK(is_differs(&b, &a, ANYGW_DIFFERS_MAC, ANYGW_NO_GATEWAY));
}

static void addresses_on_each_others_mac_differ(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct anygw_beacon a = made(seg), b;
	struct anygw_prefix addr = seg->addr[0];

	seg->addr[0] = seg->addr[3];
	seg->addr[3] = addr;
	b = made(seg);
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_ADDRESSES, 0));
}

/* Format version 1 does not depend on the addresses' form in memory. */
static void digest_is_stable(void)
{
	static const struct {
		u8 i, plen;
		u32 digest;
	} known[] = {
		{ 3, 96, 0x838a0fd2 }, { 3, 97, 0x67c0dc57 },
		{ 3, 104, 0xec327e69 }, { 3, 116, 0xf6ff0862 },
		{ 3, 120, 0xfaa3cf41 }, { 3, 121, 0x1c184645 },
		{ 3, 126, 0x43ff0599 }, { 3, 127, 0x7b89fd5c },
		{ 3, 128, 0x52272369 },
		{ 4, 0, 0x0dc00e23 }, { 4, 1, 0x533b9437 },
		{ 4, 7, 0xf06f9810 }, { 4, 8, 0xf8edf288 },
		{ 4, 10, 0xe6479134 }, { 4, 48, 0xe4f95ce4 },
		{ 4, 63, 0x8b5fe2eb }, { 4, 64, 0x69bf6a20 },
		{ 4, 127, 0x73c561e2 }, { 4, 128, 0x5395713d },
	};
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct anygw_beacon b = made(seg);
	unsigned int i;

	CHECK(b.gw[0].addresses == 0x64633961);
	CHECK(b.gw[1].addresses == 0x7f587c2b);
	seg->gw[1].n = 1;
	for (i = 0; i < sizeof(known) / sizeof(*known); i++) {
		seg->gw[1].first = known[i].i;
		seg->addr[known[i].i].plen = known[i].plen;
		b = made(seg);
		CHECK(b.gw[0].addresses == known[i].digest);
	}
}

#define MANY	12

static void many_gateways_are_truncated(void)
{
	static union {
		struct anygw_segment seg;
		u8 buf[sizeof(struct anygw_segment) +
		       MANY * sizeof(struct anygw_segment_gw)];
	} store;
	struct anygw_segment *seg = &store.seg;
	struct anygw_beacon a, b;
	int i;

	memset(&store, 0, sizeof(store));
	seg->n_gw = MANY;
	for (i = 0; i < MANY; i++)
		seg->gw[i].vmac[5] = i;
	a = made(seg);
	CHECK(a.n == ANYGW_BEACON_GWS && a.total == MANY);
	for (i = 0; i < MANY; i++)
		seg->gw[i].vmac[5] = MANY - 1 - i;
	b = made(seg);
	CHECK(!memcmp(&a, &b, sizeof(a)));
	for (i = 0; i < a.n; i++)
		CHECK(a.gw[i].vmac[5] == i);
	seg->n_gw--;
	b = made(seg);
	CHECK(is_differs(&a, &b, ANYGW_DIFFERS_MAC, 0));
	seg->n_gw++;
	seg->n_gw = 2;
	b = made(seg);
	CHECK(b.n == 2 && b.total == 2);
}

static const struct unit_test tests[] = {
	UNIT(beacon_is_known_by_mac_and_type),
	UNIT(w11_beacon_of_a_vm_is_fenced),
	UNIT(beacon_from_the_fabric_is_for_hosts_only),
	UNIT(beacon_is_read_as_written),
	UNIT(truncated_beacon_is_refused),
	UNIT(inconsistent_beacon_is_refused),
	UNIT(other_beacon_version_is_reported),
	UNIT(same_settings_agree_in_any_order),
	UNIT(each_setting_is_compared),
	UNIT(another_vmac_differs),
	UNIT(addresses_on_each_others_mac_differ),
	UNIT(digest_is_stable),
	UNIT(many_gateways_are_truncated),
};

UNIT_SUITE(beacon, tests);
