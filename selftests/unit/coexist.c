// SPDX-License-Identifier: GPL-2.0
/* A real router on the fabric shares the vMAC. */
#include "unit.h"

static struct anygw_segment *coexisting(enum anygw_mode state)
{
	struct anygw_segment *seg = segment(state);

	seg->gw[0].conf.coexist = true;
	seg->gw[0].conf.fallback = true;
	return seg;
}

static struct anygw_verdict by_access(enum anygw_mode state,
				      struct anygw_frame f)
{
	return anygw_classify_access(coexisting(state), &f);
}

static struct anygw_verdict by_fabric(struct anygw_frame f)
{
	return anygw_classify_fabric(coexisting(ANYGW_MODE_ACTIVE), &f);
}

static void w04_copy_for_the_vmac_is_bridged(void)
{
	CHECK(by_fabric(ipv4(vmac, server, VM, 17, 0)).act == ANYGW_PASS);
	/* The other gateway does not coexist. */
	CHECK(by_fabric(ipv4(vmac2, server, VM, 17, 0)).act == ANYGW_DROP);
}

static void w05_real_router_may_use_the_vmac(void)
{
	CHECK(by_fabric(ipv4(vm, vmac, VM, 17, 0)).act == ANYGW_PASS);
	CHECK(by_fabric(arp(broadcast, vmac, 1, vmac, GATEWAY, GATEWAY)).act ==
	      ANYGW_PASS);
	CHECK(by_fabric(arp(broadcast, vmac2, 1, vmac2, GATEWAY2,
			    GATEWAY2)).act == ANYGW_DROP);
}

static void w05_real_router_replies_to_this_host(void)
{
	CHECK(by_fabric(arp(this_host, vmac, 2, vmac, "10.0.10.2",
			    "0.0.0.0")).act == ANYGW_REDIRECT);
	CHECK(by_fabric(ipv4(this_host, vmac, HOST_ADDRESS, 17, 0)).act ==
	      ANYGW_REDIRECT);
	CHECK(by_fabric(ipv4(this_host, vmac, VM, 17, 0)).act == ANYGW_DROP);
}

static void w06_claim_with_the_vmac_is_no_conflict(void)
{
	struct anygw_verdict v;

	v = by_fabric(arp(broadcast, server, 2, vmac, GATEWAY, VM));
	CHECK(v.act == ANYGW_PASS && !(v.flags & ANYGW_F_CONFLICT));
	v = by_fabric(arp(broadcast, server, 2, server, GATEWAY, VM));
	CHECK(v.act == ANYGW_DROP && v.flags & ANYGW_F_CONFLICT);
	/* The vMAC of the other gateway is a conflict. */
	v = by_fabric(arp(broadcast, server, 2, vmac, GATEWAY2, VM));
	CHECK(v.act == ANYGW_DROP && v.flags & ANYGW_F_CONFLICT);
	v = by_fabric(nd(&(struct nd_message){
		broadcast, server, NDISC_ROUTER_ADVERTISEMENT, 0, GATEWAY6_LL,
		ALL_NODES, NULL, vmac }));
	CHECK(v.act == ANYGW_PASS);
	v = by_fabric(nd(&(struct nd_message){
		broadcast, server, NDISC_ROUTER_ADVERTISEMENT, 0, GATEWAY6_LL,
		ALL_NODES, NULL, server }));
	CHECK(v.act == ANYGW_DROP && v.flags & ANYGW_F_CONFLICT);
	v = by_fabric(nd(&(struct nd_message){
		broadcast, server, NDISC_NEIGHBOUR_ADVERTISEMENT,
		ANYGW_NA_OVERRIDE, GATEWAY6, ALL_NODES, GATEWAY6, vmac }));
	CHECK(v.act == ANYGW_PASS && !(v.flags & ANYGW_F_CONFLICT));
	v = by_fabric(nd(&(struct nd_message){
		broadcast, server, NDISC_NEIGHBOUR_ADVERTISEMENT,
		ANYGW_NA_OVERRIDE, GATEWAY6, ALL_NODES, GATEWAY6, server }));
	CHECK(v.act == ANYGW_DROP && v.flags & ANYGW_F_CONFLICT);
}

/* With one MAC per address family it may reply with the wrong one. */
static void w06_real_router_is_checked(void)
{
	struct anygw_segment *seg = coexisting(ANYGW_MODE_ACTIVE);
	struct anygw_verdict v;
	struct anygw_frame f;

	seg->gw[1].conf.coexist = true;
	f = arp(vm, vmac2, 2, vmac2, GATEWAY, VM);
	v = anygw_classify_fabric(seg, &f);
	CHECK(v.act == ANYGW_DROP && v.flags & ANYGW_F_CONFLICT);
	f = arp(broadcast, vmac2, 1, vmac2, GATEWAY, VM);
	v = anygw_classify_fabric(seg, &f);
	CHECK(v.act == ANYGW_MARK && v.flags & ANYGW_F_CONFLICT);
	f = arp(vm, vmac2, 2, vmac, GATEWAY, VM);
	CHECK(anygw_classify_fabric(seg, &f).act == ANYGW_PASS);
	f = arp(vm, vmac2, 2, vmac2, "10.0.10.2", VM);
	CHECK(anygw_classify_fabric(seg, &f).act == ANYGW_PASS);
	f = nd(&(struct nd_message){
		broadcast, vmac, NDISC_NEIGHBOUR_ADVERTISEMENT,
		ANYGW_NA_OVERRIDE, GATEWAY6, ALL_NODES, GATEWAY6, server });
	v = anygw_classify_fabric(seg, &f);
	CHECK(v.act == ANYGW_DROP && v.flags & ANYGW_F_CONFLICT);
	/* A router advertisement may have long options. */
	f = nd(&(struct nd_message){
		broadcast, vmac, NDISC_ROUTER_ADVERTISEMENT, 0, GATEWAY6_LL,
		ALL_NODES, NULL, NULL });
	f.nd.partial = true;
	CHECK(anygw_classify_fabric(seg, &f).act == ANYGW_PASS);
	ether_addr_copy(f.src, server);
	CHECK(anygw_classify_fabric(seg, &f).act == ANYGW_DROP);
}

static void w18_real_router_solicits_the_host_address(void)
{
	CHECK(by_fabric(arp(broadcast, vmac, 1, vmac, "10.0.10.2",
			    HOST_ADDRESS)).act == ANYGW_REDIRECT);
}

static void w07_request_with_another_mac_is_translated(void)
{
	struct anygw_verdict v;

	v = by_fabric(arp(broadcast, server, 1, server, GATEWAY, VM));
	CHECK(v.act == ANYGW_MARK && v.flags & ANYGW_F_CONFLICT);
	v = by_fabric(arp(broadcast, vmac, 1, vmac, GATEWAY, VM));
	CHECK(v.act == ANYGW_PASS);
}

static void w17_reply_reaches_both(void)
{
	struct anygw_verdict v;

	v = by_access(ANYGW_MODE_ACTIVE, arp(vmac, vm, 2, vm, VM, GATEWAY));
	CHECK(v.act == ANYGW_REDIRECT && v.flags & ANYGW_F_COPY);
	v = by_access(ANYGW_MODE_ACTIVE, nd(&(struct nd_message){
		vmac, vm, NDISC_NEIGHBOUR_ADVERTISEMENT, ANYGW_NA_SOLICITED,
		VM6, GATEWAY6, VM6, vm }));
	CHECK(v.act == ANYGW_REDIRECT && v.flags & ANYGW_F_COPY);
	/* A request goes to the gateway only, W9. */
	v = by_access(ANYGW_MODE_ACTIVE, arp(vmac, vm, 1, vm, VM, GATEWAY));
	CHECK(v.act == ANYGW_REDIRECT && !(v.flags & ANYGW_F_COPY));
}

static void w15_packet_needs_a_route(void)
{
	struct anygw_verdict v;

	v = by_access(ANYGW_MODE_ACTIVE, ipv4(vmac, vm, "192.0.2.1", 17, 0));
	CHECK(v.act == ANYGW_REDIRECT && v.flags & ANYGW_F_NEEDS_ROUTE);
	v = by_access(ANYGW_MODE_ACTIVE, ipv4(vmac2, vm, "192.0.2.1", 17, 0));
	CHECK(v.act == ANYGW_REDIRECT && !(v.flags & ANYGW_F_NEEDS_ROUTE));
}

/* A gateway without address of the family leaves the packet to the router. */
static void w15_family_without_address_is_the_routers(void)
{
	struct anygw_segment *seg = coexisting(ANYGW_MODE_ACTIVE);
	struct anygw_frame f = ipv4(vmac, vm, "192.0.2.1", 17, 0);
	struct anygw_verdict v;

	seg->gw[0].first = 1;
	seg->gw[0].n = 2;
	v = anygw_classify_access(seg, &f);
	CHECK(v.act == ANYGW_PASS && v.flags & ANYGW_F_FALLBACK && v.gw == 0);
	seg->gw[0].conf.fallback = false;
	CHECK(anygw_classify_access(seg, &f).act == ANYGW_REDIRECT);
	seg->gw[0].conf.fallback = true;
	seg->gw[0].first = 0;
	seg->gw[0].n = 1;
	CHECK(anygw_classify_access(seg, &f).act == ANYGW_REDIRECT);
	f = other(vmac, vm, ETH_P_IPV6);
	f.kind = ANYGW_FRAME_IPV6;
	v = anygw_classify_access(seg, &f);
	CHECK(v.act == ANYGW_PASS && v.flags & ANYGW_F_FALLBACK);
}

static void w15_standby_leaves_all_to_the_router(void)
{
	struct anygw_verdict v;

	v = by_access(ANYGW_MODE_STANDBY, ipv4(vmac, vm, "192.0.2.1", 17, 0));
	CHECK(v.act == ANYGW_PASS && v.flags & ANYGW_F_FALLBACK);
	v = by_access(ANYGW_MODE_STANDBY, arp(vmac, vm, 2, vm, VM, GATEWAY));
	CHECK(v.act == ANYGW_PASS);
	v = by_access(ANYGW_MODE_STANDBY,
		      arp(broadcast, vm, 1, vm, VM, GATEWAY));
	CHECK(v.act == ANYGW_PASS);
	v = by_access(ANYGW_MODE_STANDBY, ipv4(vmac2, vm, VM, 17, 0));
	CHECK(v.act == ANYGW_DROP);
}

/* The real router is on the fabric, never on an access port. */
static void w11_fences_stay(void)
{
	CHECK(by_access(ANYGW_MODE_ACTIVE,
			ipv4(broadcast, vmac, VM, 17, 0)).act ==
	      ANYGW_DROP);
	CHECK(by_access(ANYGW_MODE_ACTIVE, arp(broadcast, vm, 1, vmac, GATEWAY,
					       GATEWAY)).act == ANYGW_DROP);
	CHECK(by_access(ANYGW_MODE_STANDBY,
			ipv4(broadcast, vmac, VM, 17, 0)).act ==
	      ANYGW_DROP);
}

static void w02_real_router_transits(void)
{
	struct anygw_frame f = arp(broadcast, server, 1, server, GATEWAY, VM);
	struct anygw_segment *seg = coexisting(ANYGW_MODE_ACTIVE);
	enum anygw_reason reason = ANYGW_REASON_NONE;
	struct anygw_plan plan;

	CHECK(anygw_translate_from_fabric(seg, &f, true, &plan, &reason) ==
	      ANYGW_EGRESS_PASS);
	seg->gw[0].conf.coexist = false;
	CHECK(anygw_translate_from_fabric(seg, &f, true, &plan, &reason) ==
	      ANYGW_EGRESS_DROP);
}

static const struct unit_test tests[] = {
	UNIT(w02_real_router_transits),
	UNIT(w04_copy_for_the_vmac_is_bridged),
	UNIT(w05_real_router_may_use_the_vmac),
	UNIT(w05_real_router_replies_to_this_host),
	UNIT(w06_claim_with_the_vmac_is_no_conflict),
	UNIT(w06_real_router_is_checked),
	UNIT(w07_request_with_another_mac_is_translated),
	UNIT(w11_fences_stay),
	UNIT(w15_packet_needs_a_route),
	UNIT(w15_family_without_address_is_the_routers),
	UNIT(w15_standby_leaves_all_to_the_router),
	UNIT(w17_reply_reaches_both),
	UNIT(w18_real_router_solicits_the_host_address),
};

UNIT_SUITE(coexist, tests);
