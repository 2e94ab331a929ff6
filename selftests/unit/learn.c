// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

static enum anygw_learn_src learn(const struct anygw_frame *f, const char *text)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct in6_addr addr = {};
	enum anygw_learn_src src;

	src = anygw_learn(seg, f, &addr);
	if (src != ANYGW_LEARN_NONE)
	     CHECK(addr_is(&addr, text));
	return src;
}

static enum anygw_learn_src learn6(const struct anygw_frame *f,
				   const char *text)
{
	struct in6_addr addr = address(text);
	enum anygw_learn_src src = learn(f, text);

	if (src != ANYGW_LEARN_NONE)
	     CHECK(anygw_learn_gateway(segment(ANYGW_MODE_ACTIVE),
				       &addr) == 0);
	return src;
}

static struct anygw_frame from6(const char *saddr)
{
	struct anygw_frame f = other(vmac, vm, ETH_P_IPV6);

	f.kind = ANYGW_FRAME_IPV6;
	f.ip.proto = 17;
	f.ip.src = ip6(saddr);
	f.ip.dst = ip6("2001:db8::1");
	return f;
}

static struct anygw_frame from(const char *saddr)
{
	struct anygw_frame f = ipv4(vmac, vm, "192.0.2.1", 17, 0);

	f.ip.src = address(saddr);
	return f;
}

static void arp_claims_the_sender_address(void)
{
	struct anygw_frame f = arp(broadcast, vm, 1, vm, VM, GATEWAY);

	CHECK(learn(&f, VM) == ANYGW_LEARN_CLAIMED);
	f = arp(vmac, vm, 2, vm, VM, GATEWAY);
	CHECK(learn(&f, VM) == ANYGW_LEARN_CLAIMED);
	f = arp(broadcast, vm, 1, vm, VM, VM);
	CHECK(learn(&f, VM) == ANYGW_LEARN_CLAIMED);
}

static void arp_probe_is_not_learned(void)
{
	struct anygw_frame f = arp(broadcast, vm, 1, vm, "0.0.0.0", VM);

	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
}

static void proxy_arp_is_not_learned(void)
{
	struct anygw_frame f = arp(vmac, vm, 2, server, VM, GATEWAY);

	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
}

static void gateways_and_hosts_are_not_learned(void)
{
	struct anygw_frame f;

	f = arp(broadcast, vmac, 1, vmac, VM, GATEWAY);
	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
	f = arp(broadcast, other_host, 1, other_host, VM, GATEWAY);
	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
	f = arp(broadcast, vm, 1, vm, GATEWAY, VM);
	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
	f = arp(broadcast, vm, 1, vm, HOST_ADDRESS, VM);
	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
	f = from(GATEWAY);
	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
	f = from(HOST_ADDRESS);
	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
}

static void other_prefixes_are_not_learned(void)
{
	static const char * const outside[] = {
		"10.0.11.7", "10.0.9.255", "192.0.2.7", "0.0.0.0",
		"255.255.255.255", "224.0.0.1",
	};
	struct anygw_frame f;
	unsigned int i;

	for (i = 0; i < sizeof(outside) / sizeof(*outside); i++) {
		f = arp(broadcast, vm, 1, vm, outside[i], GATEWAY);
		CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
		f = from(outside[i]);
		CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
	}
	f = arp(broadcast, vm, 1, vm, "10.0.20.7", GATEWAY2);
	CHECK(learn(&f, "10.0.20.7") == ANYGW_LEARN_CLAIMED);
}

static void subnet_and_broadcast_are_not_learned(void)
{
	struct anygw_frame f = from("10.0.10.255");

	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
	f = from("10.0.10.0");
	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
	f = from("10.0.10.254");
	CHECK(learn(&f, "10.0.10.254") == ANYGW_LEARN_OBSERVED);
}

/* RFC 3021: both addresses of a /31 are host addresses. */
static void prefix_31_has_two_hosts(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct anygw_frame f = from("10.0.10.0");
	struct in6_addr addr;

	seg->addr[0].plen = 127;
	CHECK(anygw_learn(seg, &f, &addr) == ANYGW_LEARN_OBSERVED);
	f = from("10.0.10.2");
	CHECK(anygw_learn(seg, &f, &addr) == ANYGW_LEARN_NONE);
}

static void ipv4_source_is_observed(void)
{
	struct anygw_frame f = from(VM);

	CHECK(learn(&f, VM) == ANYGW_LEARN_OBSERVED);
}

static void nd_claims_the_sender_address(void)
{
	struct anygw_frame f = nd(&(struct nd_message){
		vmac, vm, NDISC_NEIGHBOUR_SOLICITATION, 0, VM6, GATEWAY6,
		GATEWAY6, vm });

	CHECK(learn6(&f, VM6) == ANYGW_LEARN_CLAIMED);
	f = nd(&(struct nd_message){
		vmac, vm, NDISC_NEIGHBOUR_SOLICITATION, 0, VM6, GATEWAY6,
		GATEWAY6, NULL });
	CHECK(learn6(&f, VM6) == ANYGW_LEARN_OBSERVED);
	f = nd(&(struct nd_message){
		vmac, vm, NDISC_NEIGHBOUR_ADVERTISEMENT, ANYGW_NA_SOLICITED,
		VM6_LL, GATEWAY6, VM6, vm });
	CHECK(learn6(&f, VM6) == ANYGW_LEARN_CLAIMED);
	f = nd(&(struct nd_message){
		vmac, vm, NDISC_NEIGHBOUR_ADVERTISEMENT, ANYGW_NA_SOLICITED,
		VM6, GATEWAY6, VM6, NULL });
	CHECK(learn6(&f, VM6) == ANYGW_LEARN_CLAIMED);
}

static void nd_is_not_learned(void)
{
	struct anygw_frame f;

	/* A probe, RFC 4862 */
	f = nd(&(struct nd_message){
		broadcast, vm, NDISC_NEIGHBOUR_SOLICITATION, 0, "::", ALL_NODES,
		VM6, NULL });
	CHECK(learn6(&f, VM6) == ANYGW_LEARN_NONE);
	/* For another host */
	f = nd(&(struct nd_message){
		vmac, vm, NDISC_NEIGHBOUR_ADVERTISEMENT, ANYGW_NA_SOLICITED,
		VM6_LL, GATEWAY6, VM6, server });
	CHECK(learn6(&f, VM6) == ANYGW_LEARN_NONE);
	/* Link-local */
	f = nd(&(struct nd_message){
		vmac, vm, NDISC_NEIGHBOUR_SOLICITATION, 0, VM6_LL, GATEWAY6,
		GATEWAY6, vm });
	CHECK(learn6(&f, VM6_LL) == ANYGW_LEARN_NONE);
	/* From another anygw host */
	f = nd(&(struct nd_message){
		vmac, other_host, NDISC_NEIGHBOUR_SOLICITATION, 0, VM6,
		GATEWAY6, GATEWAY6, other_host });
	CHECK(learn6(&f, VM6) == ANYGW_LEARN_NONE);
	/* A redirect is about other hosts. */
	f = nd(&(struct nd_message){
		vmac, vm, NDISC_REDIRECT, 0, VM6, GATEWAY6, VM6, vm });
	CHECK(learn6(&f, VM6) == ANYGW_LEARN_NONE);
}

static void ipv6_source_is_observed(void)
{
	static const char * const unlearned[] = {
		GATEWAY6, HOST_ADDRESS6, VM6_LL, "fd00:10::", "fd00:11::7",
		"::", "2001:db8::7",
	};
	struct anygw_frame f = from6(VM6);
	unsigned int i;

	CHECK(learn6(&f, VM6) == ANYGW_LEARN_OBSERVED);
	for (i = 0; i < sizeof(unlearned) / sizeof(*unlearned); i++) {
		f = from6(unlearned[i]);
		CHECK(learn6(&f, VM6) == ANYGW_LEARN_NONE);
	}
}

/* RFC 6164: all zeros are a host address in a /127. */
static void prefix_127_has_two_hosts(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct anygw_frame f = from6("fd00:10::");
	struct in6_addr addr;

	seg->addr[1].plen = 127;
	CHECK(anygw_learn(seg, &f, &addr) == ANYGW_LEARN_OBSERVED);
	seg->addr[1].plen = 121;
	CHECK(anygw_learn(seg, &f, &addr) == ANYGW_LEARN_NONE);
	f = from6("fd00:10::80");
	CHECK(anygw_learn(seg, &f, &addr) == ANYGW_LEARN_NONE);
	f = from6("fd00:10::7f");
	CHECK(anygw_learn(seg, &f, &addr) == ANYGW_LEARN_OBSERVED);
}

static void mapped_addresses_in_ipv6_are_not_ipv4(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct in6_addr addr;
	struct anygw_frame f;

	seg->addr[1].plen = 0;
	f = nd(&(struct nd_message){
		vmac, vm, NDISC_NEIGHBOUR_SOLICITATION, 0,
		"::ffff:10.0.10.7", GATEWAY6, "::ffff:10.0.10.1", vm });
	CHECK(anygw_classify_access(seg, &f).act == ANYGW_REDIRECT);
	CHECK(anygw_classify_access(seg, &f).flags == 0);
	CHECK(anygw_learn(seg, &f, &addr) == ANYGW_LEARN_NONE ||
	      !ipv6_addr_v4mapped(&addr));
	f = nd(&(struct nd_message){
		broadcast, vm, NDISC_NEIGHBOUR_ADVERTISEMENT, 0,
		VM6, ALL_NODES, "::ffff:10.0.10.1", vm });
	CHECK(anygw_classify_access(seg, &f).act == ANYGW_PASS);
	CHECK(anygw_classify_fabric(seg, &f).act == ANYGW_PASS);
}

static void other_frames_are_not_learned(void)
{
	struct anygw_frame f = other(broadcast, vm, 0x88b5);

	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
	f = other(broadcast, vm, ETH_P_IPV6);
	CHECK(learn(&f, VM) == ANYGW_LEARN_NONE);
}

static void address_has_its_gateway(void)
{
	struct anygw_segment *seg = segment(ANYGW_MODE_ACTIVE);
	struct in6_addr addr;

	addr = address(VM);
	CHECK(anygw_learn_gateway(seg, &addr) == 0);
	addr = address("10.0.20.9");
	CHECK(anygw_learn_gateway(seg, &addr) == 1);
	addr = address("10.0.30.9");
	CHECK(anygw_learn_gateway(seg, &addr) == ANYGW_NO_GATEWAY);
	addr = address(VM6);
	CHECK(anygw_learn_gateway(seg, &addr) == 0);
	addr = address("fd00:20::9");
	CHECK(anygw_learn_gateway(seg, &addr) == 1);
	memset(&addr, 0x20, sizeof(addr));
	CHECK(anygw_learn_gateway(seg, &addr) == ANYGW_NO_GATEWAY);
}

static const struct unit_test tests[] = {
	UNIT(arp_claims_the_sender_address),
	UNIT(arp_probe_is_not_learned),
	UNIT(proxy_arp_is_not_learned),
	UNIT(gateways_and_hosts_are_not_learned),
	UNIT(other_prefixes_are_not_learned),
	UNIT(subnet_and_broadcast_are_not_learned),
	UNIT(prefix_31_has_two_hosts),
	UNIT(ipv4_source_is_observed),
	UNIT(nd_claims_the_sender_address),
	UNIT(nd_is_not_learned),
	UNIT(ipv6_source_is_observed),
	UNIT(prefix_127_has_two_hosts),
	UNIT(mapped_addresses_in_ipv6_are_not_ipv4),
	UNIT(other_frames_are_not_learned),
	UNIT(address_has_its_gateway),
};

UNIT_SUITE(learn, tests);
