// SPDX-License-Identifier: GPL-2.0
/*
 * What a gateway is to be: from the words, checked, merged with what is.
 * Nothing here talks to the kernel.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "object/gateway.h"

const char *const gw_switch_names[GW_SWITCHES] = {
	[GW_COEXIST] = "coexist",
	[GW_FALLBACK] = "fallback",
	[GW_FASTPATH] = "fastpath",
};

const int gw_switch_attrs[GW_SWITCHES] = {
	[GW_COEXIST] = ANYGW_A_GATEWAY_COEXIST,
	[GW_FALLBACK] = ANYGW_A_GATEWAY_FALLBACK,
	[GW_FASTPATH] = ANYGW_A_GATEWAY_FASTPATH,
};

static int out_of_memory(void)
{
	return diag_refused("out of memory");
}

static int parse_name(const char *word, char *name)
{
	if (value_device(word))
		return RC_USAGE;
	strcpy(name, word);
	return 0;
}

static int parse_place(const struct args *args, struct gw *gw)
{
	const char *bridge = args_get(args, "bridge");
	const char *vlan = args_get(args, "vlan");
	const char *name = args_get(args, "name");

	if (bridge && parse_name(bridge, gw->bridge_name))
		return RC_USAGE;
	if (vlan && value_range("vlan", vlan, 0, 4094, &gw->vlan))
		return RC_USAGE;
	if (name && parse_name(name, gw->ifname))
		return RC_USAGE;
	gw->words[ANYGW_A_GATEWAY_BRIDGE] = bridge;
	gw->words[ANYGW_A_GATEWAY_VLAN] = vlan;
	gw->words[ANYGW_A_GATEWAY_IFNAME] = name;
	return value_vmac(args, gw->mac, &gw->words[ANYGW_A_GATEWAY_MAC]);
}

static int parse_addresses(const struct args *args, struct gw *gw)
{
	const char *word;
	bool none = false;
	size_t pos = 0;

	while ((word = args_next(args, "address", &pos))) {
		struct addr a;

		gw->has_addrs = true;
		/* Where the grammar has no "none", it is a bad address. */
		if (!strcmp(word, "none") && args_get(args, "dev")) {
			none = true;
			continue;
		}
		if (addr_parse(word, &a))
			return RC_USAGE;
		for (size_t i = 0; i < gw->addrs.n; i++)
			if (addr_same(&gw->addrs.addr[i], &a))
				return diag_usage("\"%s\" is given twice",
						  word);
		if (addrs_add(&gw->addrs, &a))
			return out_of_memory();
	}
	if (none && gw->addrs.n)
		return diag_usage("\"none\" excludes every other address");
	return 0;
}

static bool is_no_address(const char *word)
{
	return !strcmp(word, "none") || !strcmp(word, "0.0.0.0/0") ||
	       !strcmp(word, "::/0");
}

static int parse_hosts(const struct args *args, struct gw *gw)
{
	const char *word;
	size_t pos = 0;

	while ((word = args_next(args, "host-address", &pos))) {
		struct addr a;
		int which;

		gw->has_host = true;
		if (is_no_address(word) &&
		    (args_get(args, "dev") || strcmp(word, "none")))
			continue;
		if (addr_parse(word, &a))
			return RC_USAGE;
		which = a.family == AF_INET6;
		if (gw->host[which].family)
			return diag_usage("\"%s\" is a second host-address of its family",
					  word);
		if (addr_is_link_local(&a))
			return diag_usage("\"%s\" is a link-local address: a host has its own from the host MAC",
					  word);
		gw->host[which] = a;
		gw->words[which ? ANYGW_A_GATEWAY_HOST_ADDRESS6 :
			  ANYGW_A_GATEWAY_HOST_ADDRESS4] = word;
	}
	return 0;
}

static int parse_settings(const struct args *args, struct gw *gw)
{
	const char *vrf = args_get(args, "vrf");

	gw->mode = value_choice(args_get(args, "mode"), mode_names, MODES);
	gw->words[ANYGW_A_GATEWAY_MODE] = "mode";
	for (int i = 0; i < GW_SWITCHES; i++) {
		const char *word = args_get(args, gw_switch_names[i]);

		gw->sw[i] = value_choice(word, switch_names, 2);
		gw->words[gw_switch_attrs[i]] = gw_switch_names[i];
	}
	gw->words[ANYGW_A_GATEWAY_ENDPOINT_MAX] = args_get(args, "endpoints");
	if (value_endpoints(args, &gw->endpoints))
		return RC_USAGE;
	gw->has_vrf = vrf;
	if (!vrf || (!strcmp(vrf, "none") && args_get(args, "dev")))
		return 0;
	return parse_name(vrf, gw->vrf);
}

/**
 * gw_parse() - read the words of "gateway add" or "gateway set"
 * @args: the words
 * @gw: filled in; to be freed by gw_free() also after a failure
 *
 * Return: 0 or RC_USAGE.
 */
int gw_parse(const struct args *args, struct gw *gw)
{
	int rc;

	memset(gw, 0, sizeof(*gw));
	rc = parse_place(args, gw);
	if (!rc)
		rc = parse_addresses(args, gw);
	if (!rc)
		rc = parse_hosts(args, gw);
	if (!rc)
		rc = parse_settings(args, gw);
	return rc ? rc : gw_check(gw);
}

/**
 * gw_check() - check that a gateway does not contradict itself
 * @gw: the gateway
 *
 * Return: 0, or RC_USAGE after a message that names the word.
 */
int gw_check(const struct gw *gw)
{
	char buf[ADDR_TEXT];

	for (int i = 0; i < 2; i++)
		for (size_t j = 0; j < gw->addrs.n; j++)
			if (addr_same(&gw->host[i], &gw->addrs.addr[j]))
				return diag_usage("\"%s\" cannot be address and host-address at once",
						  addr_text(&gw->host[i], buf));
	return 0;
}

/**
 * gw_fill() - give every setting that was not given its default
 * @gw: the gateway
 */
void gw_fill(struct gw *gw)
{
	if (gw->mode < 0)
		gw->mode = ANYGW_MODE_ACTIVE;
	if (gw->sw[GW_COEXIST] < 0)
		gw->sw[GW_COEXIST] = 0;
	if (gw->sw[GW_FALLBACK] < 0)
		gw->sw[GW_FALLBACK] = gw->sw[GW_COEXIST];
	if (gw->sw[GW_FASTPATH] < 0)
		gw->sw[GW_FASTPATH] = 1;
	if (!gw->endpoints)
		gw->endpoints = ANYGW_GATEWAY_ENDPOINTS;
	gw->has_addrs = true;
	gw->has_host = true;
	gw->has_vrf = true;
}

/**
 * gw_copy() - copy a gateway
 * @to: filled in; what it held is not freed
 * @from: the gateway
 *
 * Return: 0 or RC_REFUSED without memory.
 */
int gw_copy(struct gw *to, const struct gw *from)
{
	*to = *from;
	to->stats = NULL;
	return addrs_copy(&to->addrs, &from->addrs) ? out_of_memory() : 0;
}

/**
 * gw_merge() - what is, with what is wished for
 * @want: filled in
 * @have: what is
 * @wish: what is wished for; what was not given stays as it is
 *
 * Return: 0 or an exit code.
 */
int gw_merge(struct gw *want, const struct gw *have, const struct gw *wish)
{
	if (gw_copy(want, have))
		return RC_REFUSED;
	memcpy(want->words, wish->words, sizeof(want->words));
	if (*wish->ifname)
		strcpy(want->ifname, wish->ifname);
	if (wish->mode >= 0)
		want->mode = wish->mode;
	for (int i = 0; i < GW_SWITCHES; i++)
		if (wish->sw[i] >= 0)
			want->sw[i] = wish->sw[i];
	if (wish->endpoints)
		want->endpoints = wish->endpoints;
	if (wish->has_addrs) {
		addrs_free(&want->addrs);
		if (addrs_copy(&want->addrs, &wish->addrs))
			return out_of_memory();
	}
	if (wish->has_host)
		memcpy(want->host, wish->host, sizeof(want->host));
	if (wish->has_vrf) {
		strcpy(want->vrf, wish->vrf);
		want->vrf_index = wish->vrf_index;
	}
	return gw_check(want);
}

/**
 * gw_free() - give back what a gateway holds
 * @gw: the gateway
 */
void gw_free(struct gw *gw)
{
	addrs_free(&gw->addrs);
}

/**
 * gw_name() - the name a gateway gets when none is given
 * @gw: the gateway
 * @buf: room for IFNAMSIZ bytes
 *
 * Return: @buf.
 */
const char *gw_name(const struct gw *gw, char *buf)
{
	if (gw->vlan)
		snprintf(buf, IFNAMSIZ, "gw%u", gw->vlan);
	else
		snprintf(buf, IFNAMSIZ, "gw-%.*s", IFNAMSIZ - 4,
			 gw->bridge_name);
	return buf;
}

/**
 * gw_same_place() - whether two gateways are one: bridge, VLAN and vMAC
 * @a: one
 * @b: the other
 */
bool gw_same_place(const struct gw *a, const struct gw *b)
{
	return a->bridge == b->bridge && a->vlan == b->vlan &&
	       !memcmp(a->mac, b->mac, MAC_LEN);
}

/**
 * gw_has_link_local() - whether a link-local address was given
 * @gw: the gateway
 */
bool gw_has_link_local(const struct gw *gw)
{
	for (size_t i = 0; i < gw->addrs.n; i++)
		if (addr_is_link_local(&gw->addrs.addr[i]))
			return true;
	return false;
}

/**
 * gw_has_six() - whether it is a gateway of IPv6
 * @gw: the gateway
 */
bool gw_has_six(const struct gw *gw)
{
	for (size_t i = 0; i < gw->addrs.n; i++)
		if (gw->addrs.addr[i].family == AF_INET6)
			return true;
	return false;
}

/**
 * gw_is_auto() - whether an address is the one that comes from the vMAC
 * @gw: the gateway
 * @a: the address
 */
bool gw_is_auto(const struct gw *gw, const struct addr *a)
{
	struct addr ll;

	addr_from_mac(&ll, gw->mac);
	return addr_equal(a, &ll);
}

/**
 * gw_must_say() - whether an address has to be given to have it
 * @gw: the gateway
 * @a: one of its addresses
 *
 * The link-local address from the vMAC comes by itself when there is no other.
 */
bool gw_must_say(const struct gw *gw, const struct addr *a)
{
	if (!gw_is_auto(gw, a))
		return true;
	for (size_t i = 0; i < gw->addrs.n; i++)
		if (addr_is_link_local(&gw->addrs.addr[i]) &&
		    !gw_is_auto(gw, &gw->addrs.addr[i]))
			return true;
	return false;
}

/**
 * gw_wants() - whether an address of the device may stay
 * @gw: what is wanted
 * @a: the address
 *
 * The link-local address from the vMAC is there by itself, unless another
 * one takes its place.
 */
bool gw_wants(const struct gw *gw, const struct addr *a)
{
	if (addrs_have(&gw->addrs, a))
		return true;
	if (addr_equal(a, &gw->host[0]) || addr_equal(a, &gw->host[1]))
		return true;
	return gw_is_auto(gw, a) && !gw_has_link_local(gw);
}

/**
 * gw_same_addrs() - whether the addresses can stay as they are
 * @have: what is
 * @want: what is wanted
 */
bool gw_same_addrs(const struct gw *have, const struct gw *want)
{
	for (size_t i = 0; i < want->addrs.n; i++)
		if (!addrs_have(&have->addrs, &want->addrs.addr[i]))
			return false;
	for (size_t i = 0; i < have->addrs.n; i++)
		if (!gw_wants(want, &have->addrs.addr[i]))
			return false;
	return true;
}

/**
 * gw_same_hosts() - whether two gateways have the same host-addresses
 * @a: one
 * @b: the other
 */
bool gw_same_hosts(const struct gw *a, const struct gw *b)
{
	return addr_equal(&a->host[0], &b->host[0]) &&
	       addr_equal(&a->host[1], &b->host[1]);
}

/**
 * gw_same_settings() - whether two gateways agree in what the module keeps
 * @a: one
 * @b: the other
 */
bool gw_same_settings(const struct gw *a, const struct gw *b)
{
	return a->mode == b->mode && a->endpoints == b->endpoints &&
	       !memcmp(a->sw, b->sw, sizeof(a->sw)) && gw_same_hosts(a, b);
}

/**
 * gw_serves() - whether a gateway has addresses of a family
 * @gw: the gateway
 * @family: AF_INET or AF_INET6, without link-local addresses
 */
bool gw_serves(const struct gw *gw, int family)
{
	for (size_t i = 0; i < gw->addrs.n; i++)
		if (gw->addrs.addr[i].family == family &&
		    !addr_is_link_local(&gw->addrs.addr[i]))
			return true;
	return false;
}
