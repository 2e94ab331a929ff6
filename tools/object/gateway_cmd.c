// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl gateway.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/diag.h"
#include "nl/genl.h"
#include "nl/link.h"
#include "object/gateway_cmd.h"
#include "object/gateway_nl.h"
#include "object/host.h"
#include "object/stats.h"

static const struct out_key gateway_keys[] = {
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

static json_t *addrs_json(const struct addr *list, size_t n)
{
	json_t *array = json_array();
	char buf[ADDR_TEXT];

	for (size_t i = 0; i < n; i++)
		if (list[i].family)
			json_array_append_new(array, json_string(
				addr_text(&list[i], buf)));
	return array;
}

static json_t *gw_json(const struct gw *gw)
{
	json_t *o = json_object();
	char mac[MAC_TEXT];

	out_set(o, "ifname", json_string(gw->ifname));
	out_set(o, "bridge", json_string(gw->bridge_name));
	out_set(o, "vlan", json_integer(gw->vlan));
	out_set(o, "mac", json_string(mac_text(gw->mac, mac)));
	out_set(o, "addresses", addrs_json(gw->addrs.addr, gw->addrs.n));
	out_set(o, "mode", json_string(name_of(&mode_names, gw->mode)));
	out_set(o, "state", json_string(name_of(&mode_names, gw->state)));
	for (int i = 0; i < GW_SWITCHES; i++)
		out_set(o, gw_switch_names[i], json_boolean(gw->sw[i]));
	out_set(o, "endpoint_max", json_integer(gw->endpoints));
	out_set(o, "host_addresses", addrs_json(gw->host, 2));
	out_set(o, "vrf", text_json(gw->vrf));
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

static json_t *gateway_json(const struct nlmsghdr *nlh)
{
	json_t *o = NULL;
	struct gw gw;

	if (!gw_from_message(nlh, &gw) && !gw_add_links(&gw))
		o = gw_json(&gw);
	gw_free(&gw);
	return o;
}

const struct object gateway_object = { gateway_json, gateway_keys };

static bool is_off(const char *sysctl)
{
	FILE *f = fopen(sysctl, "re");
	bool off;

	if (!f)
		return false;
	off = fgetc(f) == '0';
	fclose(f);
	return off;
}

/*
 * In IPv4 the gateway's device forwards by itself, but replies arrive on
 * another one; IPv6 has one switch for all devices. Neither is ours to change.
 */
void gateway_warn_forwarding(bool ipv6)
{
	if (is_off("/proc/sys/net/ipv4/conf/all/forwarding"))
		diag_warn("replies from the exit are not forwarded: sysctl -w net.ipv4.ip_forward=1");
	if (ipv6 && is_off("/proc/sys/net/ipv6/conf/all/forwarding"))
		diag_warn("IPv6 is not forwarded: sysctl -w net.ipv6.conf.all.forwarding=1 (first accept_ra=2 on the exit, if its route is from router advertisements)");
}

int cmd_gateway_add(const struct args *args)
{
	struct gw want;
	int rc;

	rc = gw_parse(args, &want) ?:
	     genl_open() ?:
	     gw_resolve(&want) ?:
	     host_identify(true) ?:
	     gw_create(&want);
	if (!rc)
		gateway_warn_forwarding(gw_has_family(&want, AF_INET6));
	gw_free(&want);
	return rc;
}

static int gateway_set(const char *ifname, const struct gw *request)
{
	struct gw have;
	struct gw want = { 0 };
	int rc;

	rc = gw_read(ifname, &have) ?:
	     gw_merge(&want, &have, request) ?:
	     gw_change(&have, &want);
	gw_free(&have);
	gw_free(&want);
	return rc;
}

int cmd_gateway_set(const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	struct gw request;
	int rc;

	if (value_device(ifname))
		return RC_USAGE;
	rc = gw_parse(args, &request) ?:
	     genl_open() ?:
	     gw_resolve(&request) ?:
	     gateway_set(ifname, &request);
	gw_free(&request);
	return rc;
}

/* The gateways that the words of "del" or "show" select */
struct filter {
	const char *ifname;	/* NULL for any */
	const char *bridge_name;	/* NULL for any */
	uint32_t bridge;
	int vlan;		/* -1 for any */
	struct gw found;	/* the first one */
	size_t n;
	char names[512];
};

static int filter_parse(const struct args *args, struct filter *f)
{
	const char *vlan = args_get(args, "vlan");
	unsigned int vid = 0;

	memset(f, 0, sizeof(*f));
	f->ifname = args_get(args, "dev");
	f->bridge_name = args_get(args, "bridge");
	if (f->ifname && value_device(f->ifname))
		return RC_USAGE;
	if (f->bridge_name && value_device(f->bridge_name))
		return RC_USAGE;
	if (vlan && value_range("vlan", vlan, 0, 4094, &vid))
		return RC_USAGE;
	f->vlan = vlan ? (int)vid : -1;
	return 0;
}

static bool filter_takes(const struct filter *f, const struct gw *gw)
{
	return (!f->bridge || f->bridge == gw->bridge) &&
	       (f->vlan < 0 || f->vlan == (int)gw->vlan);
}

static int filter_find(const struct nlmsghdr *nlh, void *data)
{
	struct filter *f = data;
	struct gw gw;
	size_t at;

	if (gw_from_message(nlh, &gw))
		return -EBADMSG;
	if (!filter_takes(f, &gw))
		return 0;
	if (!f->n++)
		f->found = gw;
	at = strlen(f->names);
	snprintf(f->names + at, sizeof(f->names) - at, "%s%s", at ? ", " : "",
		 gw.ifname);
	return 0;
}

/* The one gateway of a VLAN */
static int find_by_vlan(struct filter *f)
{
	int rc = link_index(f->bridge_name, &f->bridge);

	if (!rc)
		rc = genl_dump(ANYGW_CMD_GATEWAY_GET, filter_find, f,
			       "list the gateways");
	if (rc)
		return rc;
	if (!f->n)
		return diag_refused("There is no gateway on bridge \"%s\" in VLAN %d",
				    f->bridge_name, f->vlan);
	if (f->n > 1)
		return diag_refused("Several gateways share bridge \"%s\" and VLAN %d: name one of %s",
				    f->bridge_name, f->vlan, f->names);
	return 0;
}

int cmd_gateway_del(const struct args *args)
{
	struct filter f;
	int rc;

	rc = filter_parse(args, &f);
	if (!rc)
		rc = genl_open();
	if (rc)
		return rc;
	if (f.ifname) {
		rc = link_index(f.ifname, &f.found.ifindex);
		snprintf(f.found.ifname, IFNAMSIZ, "%s", f.ifname);
	} else {
		rc = find_by_vlan(&f);
	}
	return rc ? rc : gw_delete(&f.found, false);
}

static int filter_show(const struct nlmsghdr *nlh, void *data)
{
	struct gw gw;

	if (gw_from_message(nlh, &gw))
		return -EBADMSG;
	return filter_takes(data, &gw) ?
	       object_show(nlh, (void *)&gateway_object) : 0;
}

int cmd_gateway_show(const struct args *args)
{
	struct filter f;
	int rc;

	rc = filter_parse(args, &f);
	if (!rc)
		rc = genl_open();
	if (!rc && f.bridge_name)
		rc = link_index(f.bridge_name, &f.bridge);
	if (rc)
		return rc;
	out_begin();
	if (f.ifname)
		rc = genl_get(ANYGW_CMD_GATEWAY_GET, ANYGW_A_GATEWAY_IFINDEX,
			      f.ifname, filter_show, &f, "read the gateway");
	else
		rc = genl_dump(ANYGW_CMD_GATEWAY_GET, filter_show, &f,
			       "list the gateways");
	return out_end(rc);
}
