// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbour discovery: parsing, classification on access and fabric ports, and
 * translation at egress.
 */
#include "unit.h"

static const u8 group[] = { 0x33, 0x33, 0xff, 0, 0, 7 };

#define NS(d, s, from, target, ll)					\
	(&(struct nd_message){ d, s, NDISC_NEIGHBOUR_SOLICITATION, 0, from, \
			       target, target, ll })
#define NA(d, s, from, to, target, flags, ll)				\
	(&(struct nd_message){ d, s, NDISC_NEIGHBOUR_ADVERTISEMENT, flags, \
			       from, to, target, ll })
#define RA(d, s, from, ll)						\
	(&(struct nd_message){ d, s, NDISC_ROUTER_ADVERTISEMENT, 0, from, \
			       ALL_NODES, NULL, ll })

static struct anygw_verdict by_access(const struct nd_message *m)
{
	struct anygw_frame f = nd(m);

	return anygw_classify_access(segment(ANYGW_MODE_ACTIVE), &f);
}

static struct anygw_verdict by_fabric(const struct nd_message *m)
{
	struct anygw_frame f = nd(m);

	return anygw_classify_fabric(segment(ANYGW_MODE_ACTIVE), &f);
}

static bool drops(struct anygw_verdict v, enum anygw_reason reason)
{
	return v.act == ANYGW_DROP && v.reason == reason;
}

static bool proves(const struct nd_message *m)
{
	struct anygw_frame f = nd(m);

	return f.kind == ANYGW_FRAME_ND && anygw_frame_proves(&f);
}

static void probes_and_solicitations_of_routers_prove_nothing(void)
{
	CHECK(!proves(NS(group, vm, "::", VM6_LL, NULL)));
	CHECK(!proves(&(struct nd_message){ group, vm,
					    NDISC_ROUTER_SOLICITATION, 0,
					    VM6_LL, ALL_NODES, NULL, vm }));
	CHECK(proves(NS(group, vm, VM6, GATEWAY6, vm)));
	CHECK(proves(NA(group, vm, VM6, ALL_NODES, VM6, 32, vm)));
}

static void message_is_parsed(void)
{
	struct in6_addr vm6 = ip6(VM6), gw6 = ip6(GATEWAY6);
	struct anygw_frame f = nd(NS(group, vm, VM6, GATEWAY6, vm));

	CHECK(anygw_frame_is_nd(&f, NDISC_NEIGHBOUR_SOLICITATION));
	CHECK(ipv6_addr_equal(&f.nd.src, &vm6));
	CHECK(ipv6_addr_equal(&f.nd.target, &gw6));
	CHECK(f.nd.has_lladdr && ether_addr_equal(f.nd.lladdr, vm));
	CHECK(f.nd.lladdr_at == ETH_HLEN + 66);
	CHECK(f.nd.csum_at == ETH_HLEN + 42);
	f = nd(NS(group, vm, VM6, GATEWAY6, NULL));
	CHECK(anygw_frame_is_nd(&f, NDISC_NEIGHBOUR_SOLICITATION));
	CHECK(!f.nd.has_lladdr);
}

/* Messages that receivers must discard */
static void malformed_message_is_detected(void)
{
	u8 frame[ND_FRAME_MAX];
	u32 len = nd_frame(frame, NS(group, vm, VM6, GATEWAY6, vm)), i;

	for (i = ETH_HLEN + 41; i < len; i++)
		CHECK(nd_parse(frame, i).kind == ANYGW_FRAME_MALFORMED);
	frame[ETH_HLEN + 7] = 254;
	CHECK(nd_parse(frame, len).kind == ANYGW_FRAME_MALFORMED);
	frame[ETH_HLEN + 7] = 255;
	frame[ETH_HLEN + 65] = 0;
	CHECK(nd_parse(frame, len).kind == ANYGW_FRAME_MALFORMED);
	frame[ETH_HLEN + 65] = 2;
	CHECK(nd_parse(frame, len).kind == ANYGW_FRAME_MALFORMED);
	frame[ETH_HLEN + 65] = 1;
	CHECK(nd_parse(frame, len).kind == ANYGW_FRAME_ND);
	/* Receivers might use the other link-layer address. */
	memcpy(frame + len, frame + len - 8, 8);
	frame[ETH_HLEN + 5] += 8;
	CHECK(nd_parse(frame, len + 8).kind == ANYGW_FRAME_MALFORMED);
}

/* Insert an extension header before the message. */
static u32 insert_header(u8 *frame, u32 len, u8 proto, const u8 *header)
{
	u8 *ip6 = frame + ETH_HLEN;

	memmove(ip6 + 48, ip6 + 40, len - ETH_HLEN - 40);
	memcpy(ip6 + 40, header, 8);
	ip6[40] = ip6[6];
	ip6[6] = proto;
	ip6[5] += 8;
	return len + 8;
}

static void extension_headers_are_skipped(void)
{
	static const u8 options[8], first[8] = { 0, 0, 0, 1 },
			later[8] = { 0, 0, 0, 8 };
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	u8 frame[ND_FRAME_MAX];
	struct anygw_frame f;
	u32 len;

	len = nd_frame(frame, RA(broadcast, vm, VM6_LL, vm));
	len = insert_header(frame, len, 60, options);
	f = nd_parse(frame, len);
	CHECK(anygw_frame_is_nd(&f, NDISC_ROUTER_ADVERTISEMENT));
	f = nd_parse(frame, insert_header(frame, len, 0, options));
	CHECK(anygw_frame_is_nd(&f, NDISC_ROUTER_ADVERTISEMENT));

	len = nd_frame(frame, RA(broadcast, vm, VM6_LL, vm));
	f = nd_parse(frame, insert_header(frame, len, 44, first));
	CHECK(f.kind == ANYGW_FRAME_MALFORMED);
	len = nd_frame(frame, RA(broadcast, vm, VM6_LL, vm));
	f = nd_parse(frame, insert_header(frame, len, 44, later));
	CHECK(f.kind == ANYGW_FRAME_IPV6 && !f.ip.exthdr_truncated);

	/* The header chain continues beyond the frame. */
	len = nd_frame(frame, RA(broadcast, vm, VM6_LL, vm));
	len = insert_header(frame, len, 60, options);
	frame[ETH_HLEN + 41] = 31;
	f = nd_parse(frame, len);
	CHECK(f.kind == ANYGW_FRAME_IPV6 && f.ip.exthdr_truncated);
	CHECK(drops(anygw_classify_access(seg, &f),
		    ANYGW_REASON_EXTHDR_TRUNCATED));
}

static void w09_solicitation_for_the_gateway_is_redirected(void)
{
	struct anygw_verdict v = by_access(NS(group, vm, VM6, GATEWAY6, vm));

	CHECK(v.act == ANYGW_REDIRECT && v.flags & ANYGW_F_SOLICIT && !v.gw);
	CHECK(by_access(NS(group, vm, VM6_LL, GATEWAY6_LL, vm)).act ==
	      ANYGW_REDIRECT);
	CHECK(by_access(NS(vmac, vm, VM6, GATEWAY6, NULL)).act ==
	      ANYGW_REDIRECT);
	/* Duplicate address detection as well */
	CHECK(by_access(NS(group, vm, "::", GATEWAY6, NULL)).act ==
	      ANYGW_REDIRECT);
	CHECK(by_access(NS(group, vm, VM6, HOST_ADDRESS6, vm)).act ==
	      ANYGW_REDIRECT);
	v = by_access(NS(group, vm, VM6, GATEWAY6_2, vm));
	CHECK(v.act == ANYGW_REDIRECT && v.gw == 1);
	CHECK(by_access(NS(group, vm, VM6, "fd00:10::9", vm)).act ==
	      ANYGW_PASS);
}

static void w11_vm_may_not_claim_the_gateway(void)
{
	CHECK(drops(by_access(NA(broadcast, vm, GATEWAY6, ALL_NODES, GATEWAY6,
				 ANYGW_NA_OVERRIDE, vm)),
		    ANYGW_REASON_CLAIMED_ADDRESS));
	CHECK(drops(by_access(NA(broadcast, vm, VM6_LL, ALL_NODES, GATEWAY6_LL,
				 ANYGW_NA_OVERRIDE, vm)),
		    ANYGW_REASON_CLAIMED_ADDRESS));
	CHECK(drops(by_access(NS(group, vm, GATEWAY6, VM6, vm)),
		    ANYGW_REASON_CLAIMED_ADDRESS));
	CHECK(drops(by_access(NA(broadcast, vm, VM6, ALL_NODES, HOST_LL,
				 ANYGW_NA_OVERRIDE, vm)),
		    ANYGW_REASON_CLAIMED_ADDRESS));
	CHECK(drops(by_access(NS(group, vm, VM6, "fd00:10::9", vmac)),
		    ANYGW_REASON_SPOOFED_VMAC));
	CHECK(drops(by_access(NS(group, vm, VM6, "fd00:10::9", other_host)),
		    ANYGW_REASON_SPOOFED_HOST_MAC));
	CHECK(drops(by_access(RA(broadcast, vm, VM6_LL, vm)),
		    ANYGW_REASON_ROGUE_ROUTER));
	CHECK(drops(by_access(&(struct nd_message){
		vm, server, NDISC_REDIRECT, 0, VM6_LL, VM6, VM6, vm }),
		    ANYGW_REASON_ROGUE_ROUTER));
	CHECK(by_access(&(struct nd_message){
		broadcast, vm, NDISC_ROUTER_SOLICITATION, 0, VM6_LL, "ff02::2",
		NULL, vm
	}).act == ANYGW_PASS);
}

static void w04_only_the_host_ll_gets_a_reply(void)
{
	CHECK(by_fabric(NS(group, server, VM6_LL, HOST_LL, server)).act ==
	      ANYGW_REPLY);
	CHECK(drops(by_fabric(NS(group, server, "::", HOST_LL, NULL)),
		    ANYGW_REASON_OWN_HOST_MAC));
	CHECK(drops(by_fabric(NA(broadcast, server, HOST_LL, ALL_NODES,
				 HOST_LL, ANYGW_NA_OVERRIDE, server)),
		    ANYGW_REASON_OWN_HOST_MAC));
	CHECK(by_fabric(NS(group, server, VM6_LL, HOST_ADDRESS6,
			   server)).act == ANYGW_REDIRECT);
	/* This host does not reply for the gateway address, W18. */
	CHECK(by_fabric(NS(group, server, VM6_LL, GATEWAY6, server)).act ==
	      ANYGW_PASS);
	CHECK(drops(by_fabric(NS(this_host, server, VM6_LL, "fd00:10::9",
				 server)),
		    ANYGW_REASON_NOT_FOR_HOST));
}

static void w06_fabric_may_not_claim_the_gateway(void)
{
	struct anygw_verdict v;

	v = by_fabric(NA(broadcast, server, GATEWAY6, ALL_NODES, GATEWAY6,
			 ANYGW_NA_OVERRIDE, server));
	CHECK(drops(v, ANYGW_REASON_FABRIC_CLAIM));
	CHECK(v.flags & ANYGW_F_CONFLICT);
	CHECK(drops(by_fabric(RA(broadcast, server, GATEWAY6_LL, server)),
		    ANYGW_REASON_FABRIC_CLAIM));
	CHECK(drops(by_fabric(RA(broadcast, server, VM6_LL, vmac)),
		    ANYGW_REASON_FABRIC_FROM_VMAC));
	CHECK(drops(by_fabric(&(struct nd_message){
		vm, server, NDISC_REDIRECT, 0, GATEWAY6_LL, VM6, "fd00::9",
		server }),
		   ANYGW_REASON_FABRIC_CLAIM));
	/* Other routers of the segment pass. */
	CHECK(by_fabric(RA(broadcast, server, "fe80::9", server)).act ==
	      ANYGW_PASS);
}

static struct anygw_plan plan;

/* Apply the plan and parse the result; the checksum must be valid. */
static struct anygw_frame edited(const struct nd_message *m)
{
	u8 frame[ND_FRAME_MAX];
	u32 len = nd_frame(frame, m);

	CHECK(anygw_plan_apply(&plan, frame, len));
	CHECK(nd_sum_ok(frame, len));
	return nd_parse(frame, len);
}

/* The stack may complete the checksum between parsing and rewriting. */
static void checksum_may_change_after_parsing(void)
{
	const struct nd_message *m = NS(group, vmac, GATEWAY6_LL, VM6, vmac);
	enum anygw_reason reason;
	u8 frame[ND_FRAME_MAX], sum[2];
	u32 len = nd_frame(frame, m);
	u16 at = nd(m).nd.csum_at;
	struct anygw_frame f;

	memcpy(sum, frame + at, sizeof(sum));
	memset(frame + at, 0x5a, sizeof(sum));
	f = nd_parse(frame, len);
	CHECK(anygw_translate_to_fabric(segment(ANYGW_MODE_ACTIVE), 0, &f,
					&plan, &reason) ==
	      ANYGW_EGRESS_REWRITE);
	memcpy(frame + at, sum, sizeof(sum));
	CHECK(anygw_plan_apply(&plan, frame, len));
	CHECK(nd_sum_ok(frame, len));
}

static enum anygw_egress_action egress_gw(const struct nd_message *m)
{
	enum anygw_reason reason = ANYGW_REASON_NONE;
	struct anygw_frame f = nd(m);

	return anygw_translate_to_fabric(segment(ANYGW_MODE_ACTIVE), 0, &f,
					 &plan, &reason);
}

static enum anygw_egress_action egress_fabric(const struct nd_message *m)
{
	enum anygw_reason reason = ANYGW_REASON_NONE;
	struct anygw_frame f = nd(m);

	return anygw_translate_from_fabric(segment(ANYGW_MODE_ACTIVE), &f,
					   false, &plan, &reason);
}

static void w03_solicitation_leaves_from_the_host_ll(void)
{
	const struct nd_message *m = NS(group, vmac, GATEWAY6, VM6, vmac);
	struct in6_addr ll = ip6(HOST_LL), target = ip6(VM6);
	struct anygw_frame f;

	CHECK(egress_gw(m) == ANYGW_EGRESS_REWRITE);
	f = edited(m);
	CHECK(ether_addr_equal(f.src, this_host));
	CHECK(ether_addr_equal(f.nd.lladdr, this_host));
	CHECK(ipv6_addr_equal(&f.nd.src, &ll));
	CHECK(ipv6_addr_equal(&f.nd.target, &target));
	/* Unicast to a known neighbour, without the option */
	m = NS(vm, vmac, GATEWAY6_LL, VM6, NULL);
	CHECK(egress_gw(m) == ANYGW_EGRESS_REWRITE);
	f = edited(m);
	CHECK(ipv6_addr_equal(&f.nd.src, &ll) && !f.nd.has_lladdr);
}

static void w02_gateway_does_not_reach_the_fabric(void)
{
	CHECK(egress_gw(NS(group, vmac, "::", GATEWAY6, NULL)) ==
	      ANYGW_EGRESS_DROP);
	CHECK(egress_gw(NA(vm, vmac, GATEWAY6, VM6, GATEWAY6,
			   ANYGW_NA_SOLICITED, vmac)) == ANYGW_EGRESS_DROP);
	CHECK(egress_gw(RA(broadcast, vmac, GATEWAY6_LL, vmac)) ==
	      ANYGW_EGRESS_DROP);
}

static void w18_host_address_reply_has_the_host_mac(void)
{
	const struct nd_message *m = NA(server, vmac, HOST_ADDRESS6, VM6,
					HOST_ADDRESS6, ANYGW_NA_SOLICITED,
					vmac);
	struct anygw_frame f;

	CHECK(egress_gw(m) == ANYGW_EGRESS_REWRITE);
	f = edited(m);
	CHECK(ether_addr_equal(f.src, this_host));
	CHECK(ether_addr_equal(f.nd.lladdr, this_host));
}

static void w03_advertisement_is_delivered_to_the_gateway(void)
{
	const struct nd_message *m = NA(this_host, vm, VM6, HOST_LL, VM6,
					ANYGW_NA_SOLICITED, vm);
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct in6_addr ll = ip6(GATEWAY6_LL), other = ip6(GATEWAY6_2);
	struct anygw_frame f = nd(m);

	CHECK(by_fabric(m).act == ANYGW_REDIRECT);
	CHECK(anygw_plan_deliver(&plan, seg, 0, &f));
	f = edited(m);
	CHECK(ether_addr_equal(f.dst, vmac) && ipv6_addr_equal(&f.nd.dst, &ll));
	f = nd(m);
	CHECK(anygw_plan_deliver(&plan, seg, 1, &f));
	f = edited(m);
	CHECK(ether_addr_equal(f.dst, vmac2));
	CHECK(ipv6_addr_equal(&f.nd.dst, &other));
	f = nd(m);
	seg->gw[1].n = 1;
	CHECK(!anygw_plan_deliver(&plan, seg, 1, &f));
}

static void w07_solicitation_of_another_host_passes(void)
{
	const struct nd_message *m = NS(group, other_host, OTHER_HOST_LL, VM6,
					other_host);

	CHECK(by_fabric(m).act == ANYGW_MARK);
	CHECK(egress_fabric(m) == ANYGW_EGRESS_PASS);
}

static void w07_solicitation_from_the_gateway_has_the_vmac(void)
{
	const struct nd_message *m = NS(group, server, GATEWAY6, VM6, server);
	struct anygw_verdict v = by_fabric(m);
	struct anygw_frame f;

	CHECK(v.act == ANYGW_MARK && v.flags & ANYGW_F_CONFLICT);
	CHECK(egress_fabric(m) == ANYGW_EGRESS_QUERY);
	f = edited(m);
	CHECK(ether_addr_equal(f.nd.lladdr, vmac));
	CHECK(ether_addr_equal(f.src, server));
}

static void w07_advertisement_also_goes_to_the_requester(void)
{
	const struct nd_message *m = NA(vmac, vm, VM6, GATEWAY6, VM6,
					ANYGW_NA_SOLICITED, vm);
	struct anygw_frame f = nd(m);

	CHECK(by_access(m).act == ANYGW_REDIRECT);
	CHECK(by_access(m).flags & ANYGW_F_FORWARD_REPLY);
	anygw_plan_reply(&plan, &f, server, NULL);
	f = edited(m);
	CHECK(ether_addr_equal(f.dst, server) && ether_addr_equal(f.src, vm));
}

static void w08_advertisement_of_another_host_comes_from_the_vmac(void)
{
	const struct nd_message *m = NA(vm, other_host, "fd00:10::252", VM6,
					"fd00:10::252", ANYGW_NA_SOLICITED,
					other_host);
	struct anygw_frame f;

	CHECK(egress_fabric(m) == ANYGW_EGRESS_REWRITE);
	f = edited(m);
	CHECK(ether_addr_equal(f.src, vmac));
	CHECK(ether_addr_equal(f.nd.lladdr, vmac));
}

static const struct unit_test tests[] = {
	UNIT(message_is_parsed),
	UNIT(probes_and_solicitations_of_routers_prove_nothing),
	UNIT(malformed_message_is_detected),
	UNIT(extension_headers_are_skipped),
	UNIT(w02_gateway_does_not_reach_the_fabric),
	UNIT(w03_solicitation_leaves_from_the_host_ll),
	UNIT(w03_advertisement_is_delivered_to_the_gateway),
	UNIT(w04_only_the_host_ll_gets_a_reply),
	UNIT(w06_fabric_may_not_claim_the_gateway),
	UNIT(w07_solicitation_of_another_host_passes),
	UNIT(w07_solicitation_from_the_gateway_has_the_vmac),
	UNIT(w07_advertisement_also_goes_to_the_requester),
	UNIT(w08_advertisement_of_another_host_comes_from_the_vmac),
	UNIT(w09_solicitation_for_the_gateway_is_redirected),
	UNIT(w11_vm_may_not_claim_the_gateway),
	UNIT(w18_host_address_reply_has_the_host_mac),
	UNIT(checksum_may_change_after_parsing),
};

UNIT_SUITE(nd, tests);
