// SPDX-License-Identifier: GPL-2.0
/*
 * The settings of a gateway: parsed from words, merged, compared, and printed
 * as commands. Nothing here talks to the kernel.
 */
#include <string.h>

#include "cli/array.h"
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

static int gw_parse_name(const char *word, char *name)
{
	if (value_device(word))
		return RC_USAGE;
	strcpy(name, word);
	return 0;
}

static int gw_parse_place(const struct args *args, struct gw *gw)
{
	const char *bridge = args_get(args, "bridge");
	const char *vlan = args_get(args, "vlan");
	const char *name = args_get(args, "name");

	if (bridge && gw_parse_name(bridge, gw->bridge_name))
		return RC_USAGE;
	if (vlan && value_range("vlan", vlan, 0, 4094, &gw->vlan))
		return RC_USAGE;
	if (name && gw_parse_name(name, gw->ifname))
		return RC_USAGE;
	gw->words[ANYGW_A_GATEWAY_BRIDGE] = bridge;
	gw->words[ANYGW_A_GATEWAY_VLAN] = vlan;
	gw->words[ANYGW_A_GATEWAY_IFNAME] = name;
	return value_vmac(args, gw->mac, &gw->words[ANYGW_A_GATEWAY_MAC]);
}

static int gw_parse_addresses(const struct args *args, struct gw *gw)
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
		if (addrs_find(&gw->addrs, &a))
			return diag_usage("\"%s\" is given twice", word);
		if (addrs_add(&gw->addrs, &a))
			return diag_no_memory();
	}
	if (none && gw->addrs.n)
		return diag_usage("\"none\" excludes all other addresses");
	return 0;
}

static bool is_no_address(const char *word)
{
	return !strcmp(word, "none") || !strcmp(word, "0.0.0.0/0") ||
	       !strcmp(word, "::/0");
}

static int gw_parse_hosts(const struct args *args, struct gw *gw)
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
			return diag_usage("\"%s\" is link-local: the host MAC already gives the host such an address",
					  word);
		gw->host[which] = a;
		gw->words[which ? ANYGW_A_GATEWAY_HOST_ADDRESS6 :
			  ANYGW_A_GATEWAY_HOST_ADDRESS4] = word;
	}
	return 0;
}

static int gw_parse_settings(const struct args *args, struct gw *gw)
{
	const char *vrf = args_get(args, "vrf");

	gw->mode = value_choice(args_get(args, "mode"), &mode_names);
	gw->words[ANYGW_A_GATEWAY_MODE] = "mode";
	for (int i = 0; i < GW_SWITCHES; i++) {
		const char *word = args_get(args, gw_switch_names[i]);

		gw->sw[i] = value_choice(word, &switch_names);
		gw->words[gw_switch_attrs[i]] = gw_switch_names[i];
	}
	gw->words[ANYGW_A_GATEWAY_ENDPOINT_MAX] = args_get(args, "endpoints");
	if (value_endpoints(args, &gw->endpoints))
		return RC_USAGE;
	gw->has_vrf = vrf;
	if (!vrf || (!strcmp(vrf, "none") && args_get(args, "dev")))
		return 0;
	return gw_parse_name(vrf, gw->vrf);
}

static int gw_check(const struct gw *gw)
{
	char buf[ADDR_TEXT];

	for (int i = 0; i < 2; i++)
		if (addrs_find(&gw->addrs, &gw->host[i]))
			return diag_usage("\"%s\" cannot be both address and host-address",
					  addr_text(&gw->host[i], buf));
	return 0;
}

int gw_parse(const struct args *args, struct gw *gw)
{
	memset(gw, 0, sizeof(*gw));
	return gw_parse_place(args, gw) ?:
	       gw_parse_addresses(args, gw) ?:
	       gw_parse_hosts(args, gw) ?:
	       gw_parse_settings(args, gw) ?:
	       gw_check(gw);
}

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

int gw_copy(struct gw *to, const struct gw *from)
{
	*to = *from;
	to->stats = NULL;
	return addrs_copy(&to->addrs, &from->addrs) ? diag_no_memory() : 0;
}

int gw_merge(struct gw *want, const struct gw *have, const struct gw *request)
{
	if (gw_copy(want, have))
		return RC_REFUSED;
	memcpy(want->words, request->words, sizeof(want->words));
	if (*request->ifname)
		strcpy(want->ifname, request->ifname);
	if (request->mode >= 0)
		want->mode = request->mode;
	for (int i = 0; i < GW_SWITCHES; i++)
		if (request->sw[i] >= 0)
			want->sw[i] = request->sw[i];
	if (request->endpoints)
		want->endpoints = request->endpoints;
	if (request->has_addrs) {
		addrs_free(&want->addrs);
		if (addrs_copy(&want->addrs, &request->addrs))
			return diag_no_memory();
	}
	if (request->has_host)
		memcpy(want->host, request->host, sizeof(want->host));
	if (request->has_vrf) {
		strcpy(want->vrf, request->vrf);
		want->vrf_index = request->vrf_index;
	}
	return gw_check(want);
}

void gw_free(struct gw *gw)
{
	addrs_free(&gw->addrs);
}

const char *gw_name(const struct gw *gw, char *buf)
{
	if (gw->vlan)
		snprintf(buf, IFNAMSIZ, "gw%u", gw->vlan);
	else
		snprintf(buf, IFNAMSIZ, "gw-%.*s", IFNAMSIZ - 4,
			 gw->bridge_name);
	return buf;
}

bool gw_same_place(const struct gw *a, const struct gw *b)
{
	return a->bridge == b->bridge && a->vlan == b->vlan &&
	       !memcmp(a->mac, b->mac, MAC_LEN);
}

bool gw_has_link_local(const struct gw *gw)
{
	array_foreach(a, gw->addrs.addr, gw->addrs.n)
		if (addr_is_link_local(a))
			return true;
	return false;
}

bool gw_has_family(const struct gw *gw, int family)
{
	array_foreach(a, gw->addrs.addr, gw->addrs.n)
		if (a->family == family)
			return true;
	return false;
}

static bool gw_is_auto(const struct gw *gw, const struct addr *a)
{
	struct addr ll;

	addr_from_mac(&ll, gw->mac);
	return addr_equal(a, &ll);
}

bool gw_must_give(const struct gw *gw, const struct addr *a)
{
	if (!gw_is_auto(gw, a))
		return true;
	array_foreach(other, gw->addrs.addr, gw->addrs.n)
		if (addr_is_link_local(other) && !gw_is_auto(gw, other))
			return true;
	return false;
}

bool gw_wants(const struct gw *gw, const struct addr *a)
{
	if (addrs_have(&gw->addrs, a))
		return true;
	if (addr_equal(a, &gw->host[0]) || addr_equal(a, &gw->host[1]))
		return true;
	return gw_is_auto(gw, a) && !gw_has_link_local(gw);
}

bool gw_same_addrs(const struct gw *have, const struct gw *want)
{
	array_foreach(a, want->addrs.addr, want->addrs.n)
		if (!addrs_have(&have->addrs, a))
			return false;
	array_foreach(b, have->addrs.addr, have->addrs.n)
		if (!gw_wants(want, b))
			return false;
	return true;
}

static bool gw_same_hosts(const struct gw *a, const struct gw *b)
{
	return addr_equal(&a->host[0], &b->host[0]) &&
	       addr_equal(&a->host[1], &b->host[1]);
}

bool gw_same_settings(const struct gw *a, const struct gw *b)
{
	return a->mode == b->mode && a->endpoints == b->endpoints &&
	       !memcmp(a->sw, b->sw, sizeof(a->sw)) && gw_same_hosts(a, b);
}

bool gw_serves(const struct gw *gw, int family)
{
	array_foreach(a, gw->addrs.addr, gw->addrs.n)
		if (a->family == family && !addr_is_link_local(a))
			return true;
	return false;
}

/* Returns how many addresses were printed. */
static int gw_print_addrs(FILE *f, const struct gw *gw, const char *keyword,
			  const struct addr *list, size_t max)
{
	char buf[ADDR_TEXT];
	int n = 0;

	for (size_t i = 0; i < max; i++)
		if (list[i].family && gw_must_give(gw, &list[i]))
			n += fprintf(f, " %s %s", keyword,
				     addr_text(&list[i], buf)) > 0;
	return n;
}

static int gw_print_addresses(FILE *f, const struct gw *gw)
{
	return gw_print_addrs(f, gw, "address", gw->addrs.addr, gw->addrs.n);
}

static int gw_print_hosts(FILE *f, const struct gw *gw)
{
	return gw_print_addrs(f, gw, "host-address", gw->host, 2);
}

static void gw_print_settings(FILE *f, const struct gw *have,
			      const struct gw *want)
{
	for (int i = 0; i < GW_SWITCHES; i++)
		if (want->sw[i] != have->sw[i])
			fprintf(f, " %s %s", gw_switch_names[i],
				name_of(&switch_names, want->sw[i]));
	if (want->mode != have->mode)
		fprintf(f, " mode %s", name_of(&mode_names, want->mode));
	if (want->endpoints != have->endpoints)
		fprintf(f, " endpoints %u", want->endpoints);
}

void gw_print_add(FILE *f, const struct gw *gw)
{
	struct gw usual = { .mode = -1, .sw = { gw->sw[GW_COEXIST], -1, -1 } };
	char buf[IFNAMSIZ];

	/* The usual fallback follows this gateway's coexist. */
	gw_fill(&usual);
	usual.sw[GW_COEXIST] = 0;
	fprintf(f, "gateway add bridge %s", gw->bridge_name);
	if (gw->vlan)
		fprintf(f, " vlan %u", gw->vlan);
	if (*gw->ifname && strcmp(gw->ifname, gw_name(gw, buf)))
		fprintf(f, " name %s", gw->ifname);
	if (memcmp(gw->mac, default_vmac, MAC_LEN)) {
		char mac[MAC_TEXT];

		fprintf(f, " mac %s", mac_text(gw->mac, mac));
	}
	gw_print_addresses(f, gw);
	gw_print_hosts(f, gw);
	if (*gw->vrf)
		fprintf(f, " vrf %s", gw->vrf);
	gw_print_settings(f, &usual, gw);
	fputc('\n', f);
}

void gw_print_set(FILE *f, const struct gw *have, const struct gw *want)
{
	fprintf(f, "gateway set dev %s", have->ifname);
	if (*want->ifname && strcmp(have->ifname, want->ifname))
		fprintf(f, " name %s", want->ifname);
	if (!gw_same_addrs(have, want) && !gw_print_addresses(f, want))
		fputs(" address none", f);
	if (!gw_same_hosts(have, want) && !gw_print_hosts(f, want))
		fputs(" host-address none", f);
	if (strcmp(have->vrf, want->vrf))
		fprintf(f, " vrf %s", *want->vrf ? want->vrf : "none");
	gw_print_settings(f, have, want);
	fputc('\n', f);
}
