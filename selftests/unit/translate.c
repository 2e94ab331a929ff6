// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

static struct anygw_plan plan;
static enum anygw_reason reason;

/* Apply the plan to an ARP frame and parse the result. */
static struct anygw_frame edited(const u8 *dst, const u8 *src, u16 op,
				 const u8 *sha, const char *spa,
				 const char *tpa)
{
	u8 frame[ARP_FRAME_LEN];
	struct anygw_frame f;

	arp_frame(frame, dst, src, op, sha, spa, tpa);
	CHECK(anygw_plan_apply(&plan, frame, sizeof(frame)));
	anygw_frame_parse(&f, frame, ETH_P_ARP, frame + ETH_HLEN,
			  ANYGW_ARP_LEN);
	return f;
}

static enum anygw_egress_action egress_gw(struct anygw_frame f)
{
	return anygw_translate_to_fabric(segment(ANYGW_MODE_ACTIVE), 0, &f,
					 &plan, &reason);
}

static enum anygw_egress_action egress_gw2(struct anygw_frame f)
{
	return anygw_translate_to_fabric(segment(ANYGW_MODE_ACTIVE), 1, &f,
					 &plan, &reason);
}

static enum anygw_egress_action egress_fabric(struct anygw_frame f,
					      bool to_fabric)
{
	return anygw_translate_from_fabric(segment(ANYGW_MODE_ACTIVE), &f,
					   to_fabric, &plan, &reason);
}

static enum anygw_egress_action egress_host(struct anygw_frame f,
					    bool to_fabric)
{
	return anygw_translate_from_host(segment(ANYGW_MODE_ACTIVE), &f,
					 to_fabric, &plan, &reason);
}

static void w02_announcements_do_not_reach_the_fabric(void)
{
	CHECK(egress_gw(arp(vm, vmac, 2, vmac, GATEWAY, VM)) ==
	      ANYGW_EGRESS_DROP);
	CHECK(reason == ANYGW_REASON_ANNOUNCEMENT);
	CHECK(egress_gw(arp(broadcast, vmac, 1, vmac, GATEWAY, GATEWAY)) ==
	      ANYGW_EGRESS_DROP);
	CHECK(egress_gw(ipv4(broadcast, vmac, "224.0.0.22", 2, 0x22)) ==
	      ANYGW_EGRESS_DROP);
	CHECK(egress_gw(other(broadcast, vmac, 0x88cc)) == ANYGW_EGRESS_DROP);
	CHECK(reason == ANYGW_REASON_UNTRANSLATABLE);
}

static void w03_request_leaves_from_the_host(void)
{
	struct anygw_frame f;

	CHECK(egress_gw(arp(broadcast, vmac, 1, vmac, GATEWAY, VM)) ==
	      ANYGW_EGRESS_REWRITE);
	f = edited(broadcast, vmac, 1, vmac, GATEWAY, VM);
	CHECK(ether_addr_equal(f.src, this_host));
	CHECK(ether_addr_equal(f.arp.sha, this_host));
	CHECK(addr_is(&f.arp.spa, HOST_ADDRESS) && addr_is(&f.arp.tpa, VM));
}

static void w03_request_without_host_address_is_a_probe(void)
{
	struct anygw_frame f;

	CHECK(egress_gw2(arp(broadcast, vmac2, 1, vmac2, GATEWAY2, VM)) ==
	      ANYGW_EGRESS_REWRITE);
	f = edited(broadcast, vmac2, 1, vmac2, GATEWAY2, VM);
	CHECK(addr_is(&f.arp.spa, "0.0.0.0"));
	CHECK(ether_addr_equal(f.arp.sha, this_host));
}

static void w01_packet_leaves_from_the_host_mac(void)
{
	u8 frame[ETH_HLEN] = {};

	CHECK(egress_gw(ipv4(vm, vmac, VM, 17, 0)) == ANYGW_EGRESS_REWRITE);
	CHECK(plan.end == ETH_ALEN * 2);
	CHECK(anygw_plan_apply(&plan, frame, sizeof(frame)));
	CHECK(ether_addr_equal(frame + ETH_ALEN, this_host));
}

static void w07_request_reaches_vms_from_the_gateway(void)
{
	struct anygw_frame f;

	CHECK(egress_fabric(arp(broadcast, other_host, 1, other_host, "0.0.0.0",
				VM), false) == ANYGW_EGRESS_QUERY);
	f = edited(broadcast, other_host, 1, other_host, "0.0.0.0", VM);
	CHECK(ether_addr_equal(f.src, vmac));
	CHECK(ether_addr_equal(f.arp.sha, vmac));
	CHECK(addr_is(&f.arp.spa, GATEWAY) && addr_is(&f.arp.tpa, VM));
	CHECK(egress_fabric(arp(broadcast, other_host, 1, other_host, "0.0.0.0",
				"10.0.20.5"), false) == ANYGW_EGRESS_QUERY);
	f = edited(broadcast, other_host, 1, other_host, "0.0.0.0",
		   "10.0.20.5");
	CHECK(ether_addr_equal(f.src, vmac2) && addr_is(&f.arp.spa, GATEWAY2));
}

static void w07_request_passes_between_fabric_ports(void)
{
	CHECK(egress_fabric(arp(broadcast, other_host, 1, other_host, "0.0.0.0",
				VM), true) == ANYGW_EGRESS_PASS);
	CHECK(egress_fabric(arp(broadcast, server, 1, server, GATEWAY, VM),
			    true) == ANYGW_EGRESS_DROP);
}

static void w07_request_for_the_gateway_reaches_no_vm(void)
{
	CHECK(egress_fabric(arp(broadcast, other_host, 1, other_host, "0.0.0.0",
				GATEWAY), false) == ANYGW_EGRESS_DROP);
	CHECK(reason == ANYGW_REASON_FOREIGN_REQUEST);
}

static void w08_vm_sees_no_host_mac(void)
{
	struct anygw_frame f;

	CHECK(egress_fabric(ipv4(vm, other_host, VM, 6, 0), false) ==
	      ANYGW_EGRESS_REWRITE);
	CHECK(plan.n == 1 && !memcmp(plan.edit[0].octet, vmac, ETH_ALEN));
	CHECK(egress_fabric(ipv4(vm, other_host, "10.0.20.5", 6, 0), false) ==
	      ANYGW_EGRESS_REWRITE);
	CHECK(!memcmp(plan.edit[0].octet, vmac2, ETH_ALEN));
	CHECK(egress_fabric(arp(vm, other_host, 2, other_host, "10.0.10.252",
				VM), false) == ANYGW_EGRESS_REWRITE);
	f = edited(vm, other_host, 2, other_host, "10.0.10.252", VM);
	CHECK(ether_addr_equal(f.src, vmac) &&
	      ether_addr_equal(f.arp.sha, vmac));
	CHECK(egress_fabric(other(vm, other_host, 0x88b5), false) ==
	      ANYGW_EGRESS_DROP);
	CHECK(reason == ANYGW_REASON_FABRIC_UNTRANSLATABLE);
}

static void w08_frame_between_hosts_reaches_no_vm(void)
{
	CHECK(egress_fabric(ipv4(other_host, server, VM, 6, 0), false) ==
	      ANYGW_EGRESS_DROP);
	CHECK(reason == ANYGW_REASON_BETWEEN_HOSTS);
	CHECK(egress_fabric(ipv4(other_host, server, VM, 6, 0), true) ==
	      ANYGW_EGRESS_PASS);
}

static void w18_host_address_reply_has_the_host_mac(void)
{
	struct anygw_frame f;

	CHECK(egress_gw(arp(server, vmac, 2, vmac, HOST_ADDRESS, SERVER)) ==
	      ANYGW_EGRESS_REWRITE);
	f = edited(server, vmac, 2, vmac, HOST_ADDRESS, SERVER);
	CHECK(ether_addr_equal(f.src, this_host));
	CHECK(ether_addr_equal(f.arp.sha, this_host));
	CHECK(addr_is(&f.arp.spa, HOST_ADDRESS));
}

static void w20_host_does_not_claim_the_gateway(void)
{
	static const u8 br[] = { 0x52, 0x54, 0, 0, 0, 0xb0 };
	struct anygw_frame f;

	CHECK(egress_host(arp(broadcast, br, 1, br, GATEWAY, VM), true) ==
	      ANYGW_EGRESS_REWRITE);
	f = edited(broadcast, br, 1, br, GATEWAY, VM);
	CHECK(addr_is(&f.arp.spa, "0.0.0.0"));
	CHECK(ether_addr_equal(f.arp.sha, br));
	CHECK(egress_host(arp(broadcast, br, 1, br, GATEWAY, VM), false) ==
	      ANYGW_EGRESS_QUERY);
	f = edited(broadcast, br, 1, br, GATEWAY, VM);
	CHECK(addr_is(&f.arp.spa, GATEWAY));
	CHECK(ether_addr_equal(f.arp.sha, vmac));
	CHECK(egress_host(arp(vm, br, 2, br, GATEWAY, VM), true) ==
	      ANYGW_EGRESS_DROP);
	CHECK(egress_host(arp(vm, br, 2, br, GATEWAY, VM), false) ==
	      ANYGW_EGRESS_DROP);
	CHECK(egress_host(arp(vm, br, 1, br, "10.0.10.5", VM), true) ==
	      ANYGW_EGRESS_PASS);
	CHECK(egress_host(ipv4(vm, vmac, VM, 17, 0), true) ==
	      ANYGW_EGRESS_DROP);
}

static void forwarded_reply_goes_to_the_requester(void)
{
	struct anygw_frame f = arp(vmac, vm, 2, vm, VM, GATEWAY);
	struct in6_addr unspecified = address("0.0.0.0");

	anygw_plan_reply(&plan, &f, other_host, &unspecified);
	f = edited(vmac, vm, 2, vm, VM, GATEWAY);
	CHECK(ether_addr_equal(f.dst, other_host));
	CHECK(ether_addr_equal(f.src, vm) && ether_addr_equal(f.arp.sha, vm));
	CHECK(ether_addr_equal(f.arp.tha, other_host));
	CHECK(addr_is(&f.arp.tpa, "0.0.0.0"));
}

static void plan_outside_the_frame_is_refused(void)
{
	struct anygw_frame f = arp(vmac, vm, 2, vm, VM, GATEWAY);
	u8 frame[ARP_FRAME_LEN] = {};
	static const u8 zero[ARP_FRAME_LEN];
	struct in6_addr to = address(VM);

	anygw_plan_reply(&plan, &f, other_host, &to);
	CHECK(!anygw_plan_apply(&plan, frame, sizeof(frame) - 1));
	CHECK(!memcmp(frame, zero, sizeof(frame)));
}

static const struct unit_test tests[] = {
	UNIT(w01_packet_leaves_from_the_host_mac),
	UNIT(w02_announcements_do_not_reach_the_fabric),
	UNIT(w03_request_leaves_from_the_host),
	UNIT(w03_request_without_host_address_is_a_probe),
	UNIT(w07_request_reaches_vms_from_the_gateway),
	UNIT(w07_request_passes_between_fabric_ports),
	UNIT(w07_request_for_the_gateway_reaches_no_vm),
	UNIT(w08_vm_sees_no_host_mac),
	UNIT(w08_frame_between_hosts_reaches_no_vm),
	UNIT(w18_host_address_reply_has_the_host_mac),
	UNIT(w20_host_does_not_claim_the_gateway),
	UNIT(forwarded_reply_goes_to_the_requester),
	UNIT(plan_outside_the_frame_is_refused),
};

UNIT_SUITE(translate, tests);
