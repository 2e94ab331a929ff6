// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

/* Parse from a buffer of the exact size: reading on would be noticed. */
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

static void arp_is_read(void)
{
	struct anygw_frame f = arp(broadcast, vm, 1, vm, VM, GATEWAY);

	CHECK(f.kind == ANYGW_FRAME_ARP && f.l3 == ETH_HLEN);
	CHECK(anygw_frame_is_question(&f) && !anygw_frame_is_answer(&f));
	CHECK(ether_addr_equal(f.src, vm) && ether_addr_equal(f.arp.sha, vm));
	CHECK(f.arp.spa == ip(VM) && f.arp.tpa == ip(GATEWAY));
}

static void arp_cut_short_is_malformed(void)
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

static void ipv4_headers_are_read_within_bounds(void)
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

static void ipv6_addresses_are_read(void)
{
	u8 packet[48] = { 0x60, [6] = 17, [23] = 7, [24] = 0x20, [39] = 9 };
	struct anygw_frame f = parse(ETH_P_IPV6, packet, sizeof(packet));
	struct in6_addr src = ip6("::7"), dst = ip6("2000::9");

	CHECK(anygw_same6(&f.ip.src6, &src));
	CHECK(anygw_same6(&f.ip.dst6, &dst));
}

static void ipv4_addresses_are_read(void)
{
	u8 packet[20] = { 0x45, [12] = 10, 0, 10, 7, 192, 0, 2, 1 };
	struct anygw_frame f = parse(ETH_P_IP, packet, sizeof(packet));

	CHECK(f.ip.src4 == ip(VM));
	CHECK(f.ip.dst4 == ip("192.0.2.1"));
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

static void announcements_are_told_apart(void)
{
	struct anygw_frame f = arp(broadcast, vm, 1, vm, VM, VM);

	CHECK(anygw_frame_is_announcement(&f));
	f = arp(broadcast, vm, 2, vm, VM, VM);
	CHECK(anygw_frame_is_announcement(&f));
	f = arp(broadcast, vm, 1, vm, VM, GATEWAY);
	CHECK(!anygw_frame_is_announcement(&f));
}

static const struct unit_test tests[] = {
	UNIT(arp_is_read),
	UNIT(arp_cut_short_is_malformed),
	UNIT(arp_of_another_kind_is_other),
	UNIT(arp_with_ieee802_hardware_is_arp),
	UNIT(ipv4_headers_are_read_within_bounds),
	UNIT(ipv4_addresses_are_read),
	UNIT(ipv6_addresses_are_read),
	UNIT(ipv6_report_is_found_behind_hop_by_hop),
	UNIT(announcements_are_told_apart),
};

UNIT_SUITE(frame, tests);
