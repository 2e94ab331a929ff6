// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl gateway.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/diag.h"
#include "nl/genl.h"
#include "nl/rtnl.h"
#include "object/gateway.h"
#include "object/gateway_cmd.h"
#include "object/host.h"

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

/**
 * gateway_warn_forwarding() - say so if the host does not forward
 * @six: IPv6 as well
 *
 * In IPv4 the gateway's device forwards by itself, but what comes back
 * arrives on another one; IPv6 has one switch for all. Neither is ours to
 * change.
 */
void gateway_warn_forwarding(bool six)
{
	if (is_off("/proc/sys/net/ipv4/conf/all/forwarding"))
		diag_warn("replies from the exit are not forwarded: sysctl -w net.ipv4.ip_forward=1");
	if (six && is_off("/proc/sys/net/ipv6/conf/all/forwarding"))
		diag_warn("IPv6 is not forwarded: sysctl -w net.ipv6.conf.all.forwarding=1 (accept_ra=2 on the exit first, if it has its route by router advertisements)");
}

/**
 * cmd_gateway_add() - "gateway add"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_gateway_add(const struct args *args)
{
	struct gw want;
	int rc;

	rc = gw_parse(args, &want);
	if (!rc)
		rc = genl_open();
	if (!rc)
		rc = gw_resolve(&want);
	if (!rc)
		rc = host_identify(true);
	if (!rc)
		rc = gw_create(&want);
	if (!rc)
		gateway_warn_forwarding(gw_has_six(&want));
	gw_free(&want);
	return rc;
}

static int set_wish(const char *ifname, const struct gw *wish)
{
	struct gw have;
	struct gw want = { 0 };
	int rc;

	rc = gw_read(ifname, &have);
	if (!rc)
		rc = gw_merge(&want, &have, wish);
	if (!rc)
		rc = gw_change(&have, &want);
	gw_free(&have);
	gw_free(&want);
	return rc;
}

/**
 * cmd_gateway_set() - "gateway set"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_gateway_set(const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	struct gw wish;
	int rc;

	if (value_device(ifname))
		return RC_USAGE;
	rc = gw_parse(args, &wish);
	if (!rc)
		rc = genl_open();
	if (!rc)
		rc = gw_resolve(&wish);
	if (!rc)
		rc = set_wish(ifname, &wish);
	gw_free(&wish);
	return rc;
}

/**
 * struct filter - which gateways are meant
 * @ifname: by the name of the device, or NULL
 * @bridge_name: by the bridge, or NULL
 * @bridge: index of the bridge, or 0
 * @vlan: by the VLAN, or -1
 * @found: the first of them
 * @n: how many there are
 * @names: their names
 */
struct filter {
	const char *ifname;
	const char *bridge_name;
	uint32_t bridge;
	int vlan;
	struct gw found;
	size_t n;
	char names[512];
};

static int filter_parse(const struct args *args, struct filter *f)
{
	const char *vlan = args_get(args, "vlan");
	unsigned int vid;

	memset(f, 0, sizeof(*f));
	f->ifname = args_get(args, "dev");
	f->bridge_name = args_get(args, "bridge");
	f->vlan = -1;
	if (f->ifname && value_device(f->ifname))
		return RC_USAGE;
	if (f->bridge_name && value_device(f->bridge_name))
		return RC_USAGE;
	if (!vlan)
		return 0;
	if (value_range("vlan", vlan, 0, 4094, &vid))
		return RC_USAGE;
	f->vlan = vid;
	return 0;
}

static bool filter_takes(const struct filter *f, const struct gw *gw)
{
	return (!f->bridge || f->bridge == gw->bridge) &&
	       (f->vlan < 0 || f->vlan == (int)gw->vlan);
}

static int find_message(const struct nlmsghdr *nlh, void *data)
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

/* The one gateway of a VLAN. */
static int find_by_vlan(struct filter *f)
{
	int rc = rtnl_index(f->bridge_name, &f->bridge);

	if (!rc)
		rc = genl_dump(ANYGW_CMD_GATEWAY_GET, find_message, f,
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

/**
 * cmd_gateway_del() - "gateway del"
 * @args: the words
 *
 * Return: exit code.
 */
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
		rc = rtnl_index(f.ifname, &f.found.ifindex);
		snprintf(f.found.ifname, IFNAMSIZ, "%s", f.ifname);
	} else {
		rc = find_by_vlan(&f);
	}
	return rc ? rc : gw_delete(&f.found, false);
}

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	const struct filter *f = data;
	struct gw gw;
	int err = 0;

	if (gw_from_message(nlh, &gw))
		return -EBADMSG;
	if (!filter_takes(f, &gw))
		return 0;
	if (gw_add_links(&gw))
		err = -EIO;
	else
		out_object(gw_json(&gw), gw_keys);
	gw_free(&gw);
	return err;
}

static int show_one(struct filter *f)
{
	const char *words[ANYGW_A_GATEWAY_MAX + 1] = {
		[ANYGW_A_GATEWAY_IFINDEX] = f->ifname,
	};
	struct nl_request req;
	uint32_t ifindex;

	if (rtnl_index(f->ifname, &ifindex))
		return RC_REFUSED;
	genl_begin(&req, ANYGW_CMD_GATEWAY_GET);
	mnl_attr_put_u32(req.nlh, ANYGW_A_GATEWAY_IFINDEX, ifindex);
	return genl_talk(&req, show_message, f, "read the gateway", words);
}

/**
 * cmd_gateway_show() - "gateway show"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_gateway_show(const struct args *args)
{
	struct filter f;
	int rc;

	rc = filter_parse(args, &f);
	if (!rc)
		rc = genl_open();
	if (!rc && f.bridge_name)
		rc = rtnl_index(f.bridge_name, &f.bridge);
	if (rc)
		return rc;
	out_begin();
	if (f.ifname)
		rc = show_one(&f);
	else
		rc = genl_dump(ANYGW_CMD_GATEWAY_GET, show_message, &f,
			       "list the gateways");
	return out_end(rc);
}
