// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

static struct anygw_verdict access_of(enum anygw_mode state,
				      struct anygw_frame f)
{
	return anygw_classify_access(segment(state), &f);
}

static struct anygw_verdict fabric_of(enum anygw_mode state,
				      struct anygw_frame f)
{
	return anygw_classify_fabric(segment(state), &f);
}

static struct anygw_verdict from_vm(struct anygw_frame f)
{
	return access_of(ANYGW_MODE_ACTIVE, f);
}

static struct anygw_verdict from_fabric(struct anygw_frame f)
{
	return fabric_of(ANYGW_MODE_ACTIVE, f);
}

static bool drops(struct anygw_verdict v, enum anygw_reason reason)
{
	return v.act == ANYGW_DROP && v.reason == reason;
}

static bool conflicts(struct anygw_verdict v, enum anygw_reason reason)
{
	return drops(v, reason) && v.flags & ANYGW_F_CONFLICT;
}

static bool redirects(struct anygw_verdict v, int gw, u8 flags)
{
	return v.act == ANYGW_REDIRECT && v.gw == gw && v.flags == flags;
}

static void w04_fabric_frame_for_vmac_is_dropped(void)
{
	CHECK(drops(from_fabric(ipv4(vmac, server, "8.8.8.8", 17, 0)),
		    ANYGW_REASON_FABRIC_TO_VMAC));
	CHECK(drops(from_fabric(ipv4(vmac2, server, "8.8.8.8", 17, 0)),
		    ANYGW_REASON_FABRIC_TO_VMAC));
}

static void w04_host_mac_is_no_open_router(void)
{
	CHECK(drops(from_fabric(ipv4(this_host, server, "8.8.8.8", 17, 0)),
		    ANYGW_REASON_NOT_FOR_HOST));
	CHECK(drops(from_fabric(ipv4(this_host, server, GATEWAY, 1, 8)),
		    ANYGW_REASON_NOT_FOR_HOST));
	CHECK(drops(from_fabric(other(this_host, server, 0x88cc)),
		    ANYGW_REASON_NOT_FOR_HOST));
	CHECK(redirects(from_fabric(ipv4(this_host, server, HOST_ADDRESS, 1,
					 8)), 0, 0));
	CHECK(drops(fabric_of(ANYGW_MODE_STANDBY,
			      ipv4(this_host, server, HOST_ADDRESS, 1, 8)),
		    ANYGW_REASON_STANDBY));
}

static void w04_request_to_the_host_mac_is_dropped(void)
{
	CHECK(drops(from_fabric(arp(this_host, other_host, 1, other_host, VM,
				    GATEWAY)),
		    ANYGW_REASON_NOT_FOR_HOST));
	CHECK(drops(from_fabric(arp(this_host, server, 1, server, SERVER,
				    GATEWAY)),
		    ANYGW_REASON_NOT_FOR_HOST));
}

static void w08_frame_between_hosts_is_marked(void)
{
	CHECK(from_fabric(ipv4(other_host, server, VM, 6, 0)).act ==
	      ANYGW_MARK);
	CHECK(from_vm(ipv4(other_host, vm, SERVER, 6, 0)).act == ANYGW_MARK);
}

static void w03_reply_goes_to_the_active_gateway(void)
{
	struct anygw_frame f = arp(this_host, server, 2, server, SERVER,
				   "0.0.0.0");
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);

	seg->gw[0].state = ANYGW_MODE_STANDBY;
	CHECK(redirects(anygw_classify_fabric(seg, &f), 1, 0));
	seg->gw[0].state = ANYGW_MODE_OBSERVE;
	CHECK(redirects(anygw_classify_fabric(seg, &f), 1, 0));
}

static void w05_fabric_frame_from_vmac_is_a_conflict(void)
{
	CHECK(conflicts(from_fabric(ipv4(vm, vmac, VM, 17, 0)),
			ANYGW_REASON_FABRIC_FROM_VMAC));
	CHECK(conflicts(from_fabric(arp(broadcast, server, 2, vmac, SERVER,
					SERVER)),
			ANYGW_REASON_FABRIC_FROM_VMAC));
}

static void w06_fabric_claim_is_a_conflict(void)
{
	CHECK(conflicts(from_fabric(arp(vm, server, 2, server, GATEWAY, VM)),
			ANYGW_REASON_FABRIC_CLAIM));
	CHECK(conflicts(from_fabric(arp(broadcast, server, 1, server, GATEWAY,
					GATEWAY)),
			ANYGW_REASON_FABRIC_CLAIM));
	CHECK(conflicts(from_fabric(arp(broadcast, server, 1, server,
					HOST_ADDRESS, VM)),
			ANYGW_REASON_FABRIC_CLAIM));
}

static void w07_request_is_marked(void)
{
	struct anygw_verdict v;

	v = from_fabric(arp(broadcast, other_host, 1, other_host, "0.0.0.0",
			    VM));
	CHECK(v.act == ANYGW_MARK && !v.flags);
	v = from_fabric(arp(broadcast, server, 1, server, GATEWAY, VM));
	CHECK(v.act == ANYGW_MARK && v.flags == ANYGW_F_CONFLICT);
	v = from_fabric(arp(broadcast, other_host, 1, other_host, "0.0.0.0",
			    GATEWAY));
	CHECK(v.act == ANYGW_MARK && !v.flags);
	v = from_fabric(arp(broadcast, server, 1, server, SERVER, VM));
	CHECK(v.act == ANYGW_PASS && !v.flags);
}

static void w07_vm_reply_is_forwarded(void)
{
	struct anygw_verdict v = from_vm(arp(vmac, vm, 2, vm, VM, GATEWAY));

	CHECK(redirects(v, 0, ANYGW_F_FORWARD_REPLY));
	v = from_vm(arp(server, vm, 2, vm, VM, SERVER));
	CHECK(v.act == ANYGW_PASS && v.flags == ANYGW_F_FORWARD_REPLY);
	v = access_of(ANYGW_MODE_STANDBY, arp(vmac, vm, 2, vm, VM, GATEWAY));
	CHECK(v.act == ANYGW_DROP && v.flags == ANYGW_F_FORWARD_REPLY);
}

static void w09_request_for_the_gateway_is_redirected(void)
{
	CHECK(redirects(from_vm(arp(broadcast, vm, 1, vm, VM, GATEWAY)), 0,
			ANYGW_F_SOLICIT));
	CHECK(redirects(from_vm(arp(vmac, vm, 1, vm, VM, GATEWAY)), 0,
			ANYGW_F_SOLICIT));
	CHECK(redirects(from_vm(arp(broadcast, vm, 1, vm, "0.0.0.0", GATEWAY2)),
			1, ANYGW_F_SOLICIT));
	CHECK(redirects(from_vm(arp(broadcast, vm, 1, vm, VM, HOST_ADDRESS)), 0,
			ANYGW_F_SOLICIT));
	CHECK(from_vm(arp(broadcast, vm, 1, vm, VM, SERVER)).act ==
	      ANYGW_PASS);
	CHECK(access_of(ANYGW_MODE_STANDBY,
			arp(broadcast, vm, 1, vm, VM, GATEWAY)).act ==
	      ANYGW_PASS);
}

static void w10_frame_for_vmac_is_redirected(void)
{
	CHECK(redirects(from_vm(ipv4(vmac, vm, "8.8.8.8", 6, 0)), 0, 0));
	CHECK(redirects(from_vm(ipv4(vmac2, vm, "8.8.8.8", 6, 0)), 1, 0));
	CHECK(redirects(from_vm(other(vmac, vm, 0x88cc)), 0, 0));
	CHECK(drops(access_of(ANYGW_MODE_STANDBY,
			      ipv4(vmac, vm, "8.8.8.8", 6, 0)),
		    ANYGW_REASON_STANDBY));
}

static void w11_vm_is_fenced(void)
{
	CHECK(drops(from_vm(ipv4(server, vmac, SERVER, 6, 0)),
		    ANYGW_REASON_SPOOFED_VMAC));
	CHECK(drops(from_vm(ipv4(server, other_host, SERVER, 6, 0)),
		    ANYGW_REASON_SPOOFED_HOST_MAC));
	CHECK(drops(from_vm(arp(broadcast, vm, 1, vmac, VM, SERVER)),
		    ANYGW_REASON_SPOOFED_VMAC));
	CHECK(drops(from_vm(arp(broadcast, vm, 2, this_host, VM, SERVER)),
		    ANYGW_REASON_SPOOFED_HOST_MAC));
	CHECK(drops(from_vm(arp(broadcast, vm, 1, vm, GATEWAY, GATEWAY)),
		    ANYGW_REASON_CLAIMED_ADDRESS));
	CHECK(drops(from_vm(arp(broadcast, vm, 2, vm, GATEWAY2, VM)),
		    ANYGW_REASON_CLAIMED_ADDRESS));
	CHECK(drops(from_vm(arp(broadcast, vm, 1, vm, GATEWAY, SERVER)),
		    ANYGW_REASON_CLAIMED_ADDRESS));
	CHECK(drops(from_vm(ipv4(this_host, vm, GATEWAY, 6, 0)),
		    ANYGW_REASON_ACCESS_TO_HOST_MAC));
}

static void w14_other_frames_pass(void)
{
	CHECK(from_vm(ipv4(server, vm, SERVER, 6, 0)).act == ANYGW_PASS);
	CHECK(from_vm(other(broadcast, vm, 0x88cc)).act == ANYGW_PASS);
	CHECK(from_fabric(ipv4(vm, server, VM, 6, 0)).act == ANYGW_PASS);
	CHECK(from_fabric(arp(vm, server, 2, server, SERVER, VM)).act ==
	      ANYGW_PASS);
	CHECK(from_fabric(arp(broadcast, server, 1, server, SERVER,
			      GATEWAY)).act == ANYGW_PASS);
}

static void replies_to_the_host_mac_are_redirected(void)
{
	CHECK(redirects(from_fabric(arp(this_host, server, 2, server, SERVER,
					"0.0.0.0")), 0, 0));
	CHECK(redirects(from_fabric(arp(this_host, server, 2, server,
					"10.0.20.5", "0.0.0.0")), 1, 0));
}

static struct anygw_frame icmp4(const u8 *dst, const u8 *src,
				const char *saddr, u8 type)
{
	struct anygw_frame f = ipv4(dst, src, VM, 1, type);

	f.ip.src = address(saddr);
	return f;
}

static void w11_icmp_redirects_of_a_vm_are_dropped(void)
{
	CHECK(drops(from_vm(icmp4(server, vm, GATEWAY, 5)),
		    ANYGW_REASON_ROGUE_ROUTER));
	CHECK(drops(from_vm(icmp4(server, vm, VM, 5)),
		    ANYGW_REASON_ROGUE_ROUTER));
	CHECK(drops(from_vm(icmp4(vmac, vm, VM, 5)),
		    ANYGW_REASON_ROGUE_ROUTER));
	CHECK(drops(from_vm(icmp4(broadcast, vm, VM, 9)),
		    ANYGW_REASON_ROGUE_ROUTER));
	CHECK(from_vm(icmp4(server, vm, VM, 8)).act == ANYGW_PASS);
}

static void w11_icmp_redirects_of_a_gateway_address_are_dropped(void)
{
	CHECK(conflicts(from_fabric(icmp4(vm, server, GATEWAY, 5)),
			ANYGW_REASON_FABRIC_CLAIM));
	CHECK(from_fabric(icmp4(vm, server, SERVER, 5)).act == ANYGW_PASS);
	CHECK(from_fabric(icmp4(vm, server, GATEWAY, 8)).act == ANYGW_PASS);
}

static void truncated_exthdrs_are_dropped(void)
{
	struct anygw_frame f = ipv4(server, vm, VM, 17, 0);

	f.kind = ANYGW_FRAME_IPV6;
	f.ip.exthdr_truncated = true;
	CHECK(drops(from_vm(f), ANYGW_REASON_EXTHDR_TRUNCATED));
	memcpy(f.dst, vm, ETH_ALEN);
	memcpy(f.src, server, ETH_ALEN);
	CHECK(drops(from_fabric(f), ANYGW_REASON_EXTHDR_TRUNCATED));
}

static void request_in_snap_is_fenced_only(void)
{
	struct anygw_frame f = arp(broadcast, vm, 1, vm, VM, GATEWAY);

	f.snap = true;
	CHECK(from_vm(f).act == ANYGW_PASS);
	f = arp(broadcast, vm, 2, vm, GATEWAY, VM);
	f.snap = true;
	CHECK(drops(from_vm(f), ANYGW_REASON_CLAIMED_ADDRESS));
}

static void own_host_mac_from_the_fabric_is_a_conflict(void)
{
	CHECK(conflicts(from_fabric(ipv4(vm, this_host, VM, 6, 0)),
			ANYGW_REASON_OWN_HOST_MAC));
	CHECK(conflicts(from_fabric(arp(broadcast, server, 1, this_host,
					"0.0.0.0", VM)),
			ANYGW_REASON_OWN_HOST_MAC));
}

static void host_address_requests_are_redirected(void)
{
	CHECK(redirects(from_fabric(arp(broadcast, server, 1, server, SERVER,
					HOST_ADDRESS)), 0, ANYGW_F_SOLICIT));
	CHECK(redirects(from_fabric(arp(this_host, other_host, 1, other_host,
					"0.0.0.0", HOST_ADDRESS)), 0,
			ANYGW_F_SOLICIT));
}

static const struct unit_test tests[] = {
	UNIT(w04_fabric_frame_for_vmac_is_dropped),
	UNIT(w04_host_mac_is_no_open_router),
	UNIT(w04_request_to_the_host_mac_is_dropped),
	UNIT(w08_frame_between_hosts_is_marked),
	UNIT(w03_reply_goes_to_the_active_gateway),
	UNIT(w05_fabric_frame_from_vmac_is_a_conflict),
	UNIT(w06_fabric_claim_is_a_conflict),
	UNIT(w07_request_is_marked),
	UNIT(w07_vm_reply_is_forwarded),
	UNIT(w09_request_for_the_gateway_is_redirected),
	UNIT(w10_frame_for_vmac_is_redirected),
	UNIT(w11_vm_is_fenced),
	UNIT(w14_other_frames_pass),
	UNIT(replies_to_the_host_mac_are_redirected),
	UNIT(own_host_mac_from_the_fabric_is_a_conflict),
	UNIT(host_address_requests_are_redirected),
	UNIT(w11_icmp_redirects_of_a_vm_are_dropped),
	UNIT(w11_icmp_redirects_of_a_gateway_address_are_dropped),
	UNIT(truncated_exthdrs_are_dropped),
	UNIT(request_in_snap_is_fenced_only),
};

UNIT_SUITE(classify, tests);
