// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

/* Parse from a buffer of the exact size. */
static struct anygw_frame parse(u16 etype, const u8 *l3, u32 len)
{
	static const u8 eth[ETH_HLEN];
	u8 *copy = unit_alloc(len);
	struct anygw_frame f;

	memcpy(copy, l3, len);
	anygw_frame_parse(&f, eth, etype, copy, len);
	unit_free(copy);
	return f;
}

static void arp_is_parsed(void)
{
	struct anygw_frame f = arp(broadcast, vm, 1, vm, VM, GATEWAY);

	CHECK(f.kind == ANYGW_FRAME_ARP && f.l3 == ETH_HLEN);
	CHECK(anygw_frame_is_solicit(&f) && !anygw_frame_is_reply(&f));
	CHECK(ether_addr_equal(f.src, vm) && ether_addr_equal(f.arp.sha, vm));
	CHECK(addr_is(&f.arp.spa, VM) && addr_is(&f.arp.tpa, GATEWAY));
}

static void truncated_arp_is_malformed(void)
{
	u8 frame[ARP_FRAME_LEN];
	u32 len;

	arp_frame(frame, broadcast, vm, 1, vm, VM, GATEWAY);
	for (len = 0; len < ANYGW_ARP_LEN; len++)
		CHECK(parse(ETH_P_ARP, frame + ETH_HLEN, len).kind ==
		      ANYGW_FRAME_MALFORMED);
	CHECK(parse(ETH_P_ARP, frame + ETH_HLEN, len).kind ==
	      ANYGW_FRAME_ARP);
}

static void arp_of_another_kind_is_other(void)
{
	static const struct { u8 at, value; } wrong[] = {
		{ 1, 2 }, { 2, 9 }, { 4, 8 }, { 5, 16 },
	};
	u8 frame[ARP_FRAME_LEN];
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		arp_frame(frame, broadcast, vm, 1, vm, VM, GATEWAY);
		frame[ETH_HLEN + wrong[i].at] = wrong[i].value;
		CHECK(parse(ETH_P_ARP, frame + ETH_HLEN, ANYGW_ARP_LEN).kind ==
		      ANYGW_FRAME_OTHER);
	}
}

static void arp_with_ieee802_hardware_is_arp(void)
{
	u8 frame[ARP_FRAME_LEN];

	arp_frame(frame, broadcast, vm, 1, vm, VM, GATEWAY);
	frame[ETH_HLEN + 1] = 6;
	CHECK(parse(ETH_P_ARP, frame + ETH_HLEN, ANYGW_ARP_LEN).kind ==
	      ANYGW_FRAME_ARP);
}

static void ipv4_headers_are_parsed_within_bounds(void)
{
	u8 packet[64] = { 0x4f };
	u32 len;

	packet[9] = 1;
	packet[60] = 11;
	for (len = 0; len < 20; len++)
		CHECK(parse(ETH_P_IP, packet, len).kind == ANYGW_FRAME_OTHER);
	CHECK(!parse(ETH_P_IP, packet, 60).ip.has_type);
	CHECK(parse(ETH_P_IP, packet, 61).ip.type == 11);
	packet[7] = 1;
	CHECK(!parse(ETH_P_IP, packet, 64).ip.has_type);
	packet[0] = 0x44;
	CHECK(parse(ETH_P_IP, packet, 64).kind == ANYGW_FRAME_OTHER);
	packet[0] = 0x65;
	CHECK(parse(ETH_P_IP, packet, 64).kind == ANYGW_FRAME_OTHER);
}

static void ipv6_addresses_are_parsed(void)
{
	u8 packet[48] = { 0x60, [6] = 17, [23] = 7, [24] = 0x20, [39] = 9 };
	struct anygw_frame f = parse(ETH_P_IPV6, packet, sizeof(packet));
	struct in6_addr src = ip6("::7"), dst = ip6("2000::9");

	CHECK(ipv6_addr_equal(&f.ip.src, &src));
	CHECK(ipv6_addr_equal(&f.ip.dst, &dst));
}

static void ipv4_addresses_are_parsed(void)
{
	u8 packet[20] = { 0x45, [12] = 10, 0, 10, 7, 192, 0, 2, 1 };
	struct anygw_frame f = parse(ETH_P_IP, packet, sizeof(packet));

	CHECK(addr_is(&f.ip.src, VM));
	CHECK(addr_is(&f.ip.dst, "192.0.2.1"));
}

static void ipv6_report_is_found_behind_hop_by_hop(void)
{
	u8 packet[72] = { 0x60 };

	packet[6] = 0;
	packet[40] = 58;
	packet[48] = 143;
	CHECK(parse(ETH_P_IPV6, packet, 72).ip.type == 143);
	CHECK(!parse(ETH_P_IPV6, packet, 48).ip.has_type);
	packet[41] = 255;
	CHECK(!parse(ETH_P_IPV6, packet, 72).ip.has_type);
}

static void announcements_are_recognised(void)
{
	struct anygw_frame f = arp(broadcast, vm, 1, vm, VM, VM);

	CHECK(anygw_frame_is_announcement(&f));
	f = arp(broadcast, vm, 2, vm, VM, VM);
	CHECK(anygw_frame_is_announcement(&f));
	f = arp(broadcast, vm, 1, vm, VM, GATEWAY);
	CHECK(!anygw_frame_is_announcement(&f));
}

static void leaked_frames_prove_nothing(void)
{
	u8 report[72] = { 0x60, [6] = 0, [40] = 58, [48] = 143 };
	u8 packet[20] = { 0x45, [12] = 10, 0, 10, 7, 255, 255, 255, 255 };
	struct anygw_frame f = arp(broadcast, vm, 1, vm, "0.0.0.0", VM);

	CHECK(!anygw_frame_proves(&f));
	f = arp(broadcast, vm, 1, vm, VM, GATEWAY);
	CHECK(anygw_frame_proves(&f));
	f = parse(ETH_P_IPV6, report, sizeof(report));
	f.dst[0] = 0x33;
	CHECK(!anygw_frame_proves(&f));
	memcpy(f.dst, vm, ETH_ALEN);
	CHECK(anygw_frame_proves(&f));
	f = parse(ETH_P_IP, packet, sizeof(packet));
	memcpy(f.dst, broadcast, ETH_ALEN);
	CHECK(anygw_frame_proves(&f));
}

/* An ARP request behind headers. Return: the length. */
static u32 behind(u8 *l3, const u8 *headers, u32 n)
{
	u8 frame[ARP_FRAME_LEN];

	arp_frame(frame, broadcast, vm, 1, vm, VM, GATEWAY);
	memcpy(l3, headers, n);
	memcpy(l3 + n, frame + ETH_HLEN, ANYGW_ARP_LEN);
	return n + ANYGW_ARP_LEN;
}

static void priority_tags_are_skipped(void)
{
	static const u8 tags[] = { 0xe0, 0, 0x88, 0xa8, 0, 0, 8, 6 };
	u8 l3[64];
	u32 len = behind(l3, tags, sizeof(tags)), cut;
	struct anygw_frame f = parse(ETH_P_8021Q, l3, len);

	CHECK(f.kind == ANYGW_FRAME_ARP && f.l3 == ETH_HLEN + sizeof(tags));
	CHECK(addr_is(&f.arp.tpa, GATEWAY) && !f.snap);
	CHECK(parse(ETH_P_8021AD, l3, len).kind == ANYGW_FRAME_ARP);
	for (cut = 0; cut < len; cut++)
		CHECK(parse(ETH_P_8021Q, l3, cut).kind ==
		      ANYGW_FRAME_MALFORMED);
}

static void vlan_tags_are_not_skipped(void)
{
	static const u8 outer[] = { 0, 5, 8, 6 };
	static const u8 inner[] = { 0, 0, 0x81, 0, 0, 5, 8, 6 };
	u8 l3[64];
	u32 len = behind(l3, outer, sizeof(outer));

	CHECK(parse(ETH_P_8021Q, l3, len).kind == ANYGW_FRAME_OTHER);
	CHECK(parse(ANYGW_ETYPE_OPAQUE, l3, len).kind == ANYGW_FRAME_OTHER);
	len = behind(l3, inner, sizeof(inner));
	CHECK(parse(ETH_P_8021AD, l3, len).kind == ANYGW_FRAME_OTHER);
}

static void tags_without_end_are_malformed(void)
{
	u8 l3[ANYGW_FRAME_L3_MAX] = {};
	u32 i;

	for (i = 2; i < sizeof(l3); i += 4)
		l3[i] = 0x81;
	CHECK(parse(ETH_P_8021Q, l3, sizeof(l3)).kind == ANYGW_FRAME_MALFORMED);
}

/* The packet behind the tags must fit into the octets parsed. */
static void many_tags_are_malformed(void)
{
	u8 l3[ANYGW_FRAME_L3_MAX] = {};
	u32 n, i;

	for (n = 17; n < 64; n++) {
		for (i = 0; i < n; i++) {
			l3[4 * i + 2] = i + 1 < n ? 0x81 : 0x86;
			l3[4 * i + 3] = i + 1 < n ? 0 : 0xdd;
		}
		if (4 * n < sizeof(l3))
			l3[4 * n] = 0x60;
		CHECK(parse(ETH_P_8021Q, l3, sizeof(l3)).kind ==
		      ANYGW_FRAME_MALFORMED);
	}
}

static void snap_is_skipped(void)
{
	u8 snap[] = { 0xaa, 0xaa, 3, 0, 0, 0, 8, 6 };
	u8 l3[64];
	u32 len = behind(l3, snap, sizeof(snap));
	struct anygw_frame f = parse(36, l3, len);

	CHECK(f.kind == ANYGW_FRAME_ARP && f.snap);
	CHECK(f.l3 == ETH_HLEN + sizeof(snap));
	/* ETH_P_802_2 */
	CHECK(parse(4, l3, len).kind == ANYGW_FRAME_ARP);
	CHECK(parse(ETH_P_IP, l3, len).kind == ANYGW_FRAME_OTHER);
	CHECK(parse(36, l3, 7).kind == ANYGW_FRAME_OTHER);
	snap[5] = 0xf8;
	len = behind(l3, snap, sizeof(snap));
	CHECK(parse(36, l3, len).kind == ANYGW_FRAME_ARP);
	snap[5] = 1;
	len = behind(l3, snap, sizeof(snap));
	CHECK(parse(36, l3, len).kind == ANYGW_FRAME_OTHER);
}

static void exthdr_truncated_needs_hop_limit_255(void)
{
	u8 packet[ANYGW_FRAME_L3_MAX] = { 0x60, [6] = 60, [7] = 255 };

	packet[41] = 200;
	CHECK(parse(ETH_P_IPV6, packet, sizeof(packet)).ip.exthdr_truncated);
	packet[7] = 254;
	CHECK(!parse(ETH_P_IPV6, packet, sizeof(packet)).ip.exthdr_truncated);
}

static const struct unit_test tests[] = {
	UNIT(arp_is_parsed),
	UNIT(truncated_arp_is_malformed),
	UNIT(arp_of_another_kind_is_other),
	UNIT(arp_with_ieee802_hardware_is_arp),
	UNIT(ipv4_headers_are_parsed_within_bounds),
	UNIT(ipv4_addresses_are_parsed),
	UNIT(ipv6_addresses_are_parsed),
	UNIT(ipv6_report_is_found_behind_hop_by_hop),
	UNIT(announcements_are_recognised),
	UNIT(leaked_frames_prove_nothing),
	UNIT(priority_tags_are_skipped),
	UNIT(vlan_tags_are_not_skipped),
	UNIT(tags_without_end_are_malformed),
	UNIT(many_tags_are_malformed),
	UNIT(snap_is_skipped),
	UNIT(exthdr_truncated_needs_hop_limit_255),
};

UNIT_SUITE(frame, tests);
