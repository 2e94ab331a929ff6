// SPDX-License-Identifier: GPL-2.0
/*
 * Gateways as objects for the reader, and as the commands that make them.
 */
#include <string.h>

#include "object/gateway.h"
#include "object/stats.h"

const struct out_key gw_keys[] = {
	{ "ifname", "", OUT_NAME },
	{ "bridge", "bridge", 0 },
	{ "vlan", "vlan", 0 },
	{ "mac", "mac", 0 },
	{ "state", "state", 0 },
	{ "addresses", "address", OUT_LINE },
	{ "host_addresses", "host-address", 0 },
	{ "vrf", "vrf", 0 },
	{ "mode", "mode", OUT_LINE },
	{ "coexist", "coexist", 0 },
	{ "fallback", "fallback", 0 },
	{ "fastpath", "fastpath", 0 },
	{ "endpoint_max", "endpoints", 0 },
	{ "ifindex", "ifindex", OUT_LINE },
	{ "bridge_ifindex", "bridge_ifindex", 0 },
	{ "vrf_ifindex", "vrf_ifindex", 0 },
	{ "stats", "stats", OUT_LINE },
	{ 0 },
};

static json_t *addrs_json(const struct addrs *list)
{
	json_t *array = json_array();
	char buf[ADDR_TEXT];

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(array, json_string(
			addr_text(&list->addr[i], buf)));
	return array;
}

static json_t *hosts_json(const struct gw *gw)
{
	json_t *array = json_array();
	char buf[ADDR_TEXT];

	for (int i = 0; i < 2; i++)
		if (gw->host[i].family)
			json_array_append_new(array, json_string(
				addr_text(&gw->host[i], buf)));
	return array;
}

static const char *mode_name(int mode)
{
	return name_of(mode_names, MODES, mode);
}

/**
 * gw_json() - a gateway as JSON
 * @gw: the gateway
 *
 * Return: a new JSON object.
 */
json_t *gw_json(const struct gw *gw)
{
	json_t *o = json_object();
	char mac[MAC_TEXT];

	out_set(o, "ifname", json_string(gw->ifname));
	out_set(o, "bridge", json_string(gw->bridge_name));
	out_set(o, "vlan", json_integer(gw->vlan));
	out_set(o, "mac", json_string(mac_text(gw->mac, mac)));
	out_set(o, "addresses", addrs_json(&gw->addrs));
	out_set(o, "mode", json_string(mode_name(gw->mode)));
	out_set(o, "state", json_string(mode_name(gw->state)));
	for (int i = 0; i < GW_SWITCHES; i++)
		out_set(o, gw_switch_names[i], json_boolean(gw->sw[i]));
	out_set(o, "endpoint_max", json_integer(gw->endpoints));
	out_set(o, "host_addresses", hosts_json(gw));
	out_set(o, "vrf", *gw->vrf ? json_string(gw->vrf) : json_null());
	if (options.details) {
		out_set(o, "ifindex", json_integer(gw->ifindex));
		out_set(o, "bridge_ifindex", json_integer(gw->bridge));
		out_set(o, "vrf_ifindex", gw->vrf_index ?
			json_integer(gw->vrf_index) : json_null());
	}
	if (options.stats)
		out_set(o, "stats", stats_json(gw->stats));
	return o;
}

static int print_addresses(FILE *f, const struct gw *gw)
{
	char buf[ADDR_TEXT];
	int n = 0;

	for (size_t i = 0; i < gw->addrs.n; i++) {
		const struct addr *a = &gw->addrs.addr[i];

		if (!gw_must_say(gw, a))
			continue;
		fprintf(f, " address %s", addr_text(a, buf));
		n++;
	}
	return n;
}

static int print_hosts(FILE *f, const struct gw *gw)
{
	char buf[ADDR_TEXT];
	int n = 0;

	for (int i = 0; i < 2; i++) {
		if (!gw->host[i].family)
			continue;
		fprintf(f, " host-address %s", addr_text(&gw->host[i], buf));
		n++;
	}
	return n;
}

static void print_settings(FILE *f, const struct gw *have,
			   const struct gw *want)
{
	for (int i = 0; i < GW_SWITCHES; i++)
		if (want->sw[i] != have->sw[i])
			fprintf(f, " %s %s", gw_switch_names[i],
				switch_names[!!want->sw[i]]);
	if (want->mode != have->mode)
		fprintf(f, " mode %s", mode_name(want->mode));
	if (want->endpoints != have->endpoints)
		fprintf(f, " endpoints %u", want->endpoints);
}

/**
 * gw_print_add() - the command that makes a gateway
 * @f: where to print
 * @gw: the gateway, every setting filled in
 */
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
	print_addresses(f, gw);
	print_hosts(f, gw);
	if (*gw->vrf)
		fprintf(f, " vrf %s", gw->vrf);
	print_settings(f, &usual, gw);
	fputc('\n', f);
}

/**
 * gw_print_set() - the command that makes one gateway another
 * @f: where to print
 * @have: what is
 * @want: what is wanted
 */
void gw_print_set(FILE *f, const struct gw *have, const struct gw *want)
{
	fprintf(f, "gateway set dev %s", have->ifname);
	if (*want->ifname && strcmp(have->ifname, want->ifname))
		fprintf(f, " name %s", want->ifname);
	if (!gw_same_addrs(have, want) && !print_addresses(f, want))
		fputs(" address none", f);
	if (!gw_same_hosts(have, want) && !print_hosts(f, want))
		fputs(" host-address none", f);
	if (strcmp(have->vrf, want->vrf))
		fprintf(f, " vrf %s", *want->vrf ? want->vrf : "none");
	print_settings(f, have, want);
	fputc('\n', f);
}
