// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl port: what is behind the ports of the bridges.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/diag.h"
#include "cli/value.h"
#include "nl/genl.h"
#include "nl/rtnl.h"
#include "object/port.h"
#include "object/stats.h"

const struct out_key port_keys[] = {
	{ "ifname", "", OUT_NAME },
	{ "bridge", "bridge", 0 },
	{ "role", "role", 0 },
	{ "configured", "configured", 0 },
	{ "endpoint_max", "endpoints", 0 },
	{ "ifindex", "ifindex", OUT_LINE },
	{ "bridge_ifindex", "bridge_ifindex", 0 },
	{ "stats", "stats", OUT_LINE },
	{ 0 },
};

static void take_name(char *to, const struct nlattr *attr)
{
	if (attr)
		snprintf(to, IFNAMSIZ, "%s", mnl_attr_get_str(attr));
}

/**
 * port_from_message() - read a port
 * @nlh: the message
 * @port: filled in
 *
 * Return: 0 or -EBADMSG.
 */
int port_from_message(const struct nlmsghdr *nlh, struct port *port)
{
	const struct nlattr *tb[ANYGW_A_PORT_MAX + 1];

	memset(port, 0, sizeof(*port));
	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_PORT_MAX))
		return -EBADMSG;
	if (tb[ANYGW_A_PORT_IFINDEX])
		port->ifindex = mnl_attr_get_u32(tb[ANYGW_A_PORT_IFINDEX]);
	if (tb[ANYGW_A_PORT_BRIDGE])
		port->bridge = mnl_attr_get_u32(tb[ANYGW_A_PORT_BRIDGE]);
	if (tb[ANYGW_A_PORT_ROLE])
		port->role = mnl_attr_get_u8(tb[ANYGW_A_PORT_ROLE]);
	if (tb[ANYGW_A_PORT_CONFIGURED])
		port->configured.role =
			mnl_attr_get_u8(tb[ANYGW_A_PORT_CONFIGURED]);
	if (tb[ANYGW_A_PORT_ENDPOINT_MAX])
		port->configured.endpoints =
			mnl_attr_get_u32(tb[ANYGW_A_PORT_ENDPOINT_MAX]);
	take_name(port->ifname, tb[ANYGW_A_PORT_IFNAME]);
	take_name(port->bridge_name, tb[ANYGW_A_PORT_BRIDGE_NAME]);
	port->stats = tb[ANYGW_A_PORT_STATS];
	return 0;
}

static int read_one(const struct nlmsghdr *nlh, void *data)
{
	return port_from_message(nlh, data);
}

/**
 * port_read() - read one port
 * @ifindex: the port
 * @port: filled in, but for its counters
 *
 * Return: 0 or RC_REFUSED, without a message.
 */
int port_read(uint32_t ifindex, struct port *port)
{
	struct nl_request req;
	bool was;
	int rc;

	memset(port, 0, sizeof(*port));
	genl_begin(&req, ANYGW_CMD_PORT_GET);
	mnl_attr_put_u32(req.nlh, ANYGW_A_PORT_IFINDEX, ifindex);
	was = diag_quiet(true);
	rc = genl_talk(&req, read_one, port, "read the port", NULL);
	diag_quiet(was);
	port->stats = NULL;
	return rc;
}

/**
 * port_json() - a port as JSON
 * @port: the port
 *
 * Return: a new JSON object.
 */
json_t *port_json(const struct port *port)
{
	json_t *o = json_object();

	out_set(o, "ifname", json_string(port->ifname));
	/* A port that has just left its bridge has none. */
	out_set(o, "bridge", *port->bridge_name ?
		json_string(port->bridge_name) : json_null());
	out_set(o, "role", json_string(name_of(role_names, ROLES, port->role)));
	out_set(o, "configured", json_string(name_of(role_names, ROLES,
						     port->configured.role)));
	out_set(o, "endpoint_max", json_integer(port->configured.endpoints));
	if (options.details) {
		out_set(o, "ifindex", json_integer(port->ifindex));
		out_set(o, "bridge_ifindex", json_integer(port->bridge));
	}
	if (options.stats)
		out_set(o, "stats", stats_json(port->stats));
	return o;
}

/**
 * port_parse() - read the words of "port set"
 * @args: the words
 * @wish: filled in
 *
 * Return: 0 or RC_USAGE.
 */
int port_parse(const struct args *args, struct port_wish *wish)
{
	wish->role = value_choice(args_get(args, "role"), role_names, ROLES);
	if (value_device(args_get(args, "dev")) ||
	    value_endpoints(args, &wish->endpoints))
		return RC_USAGE;
	if (wish->role < 0 && !wish->endpoints)
		return diag_usage("missing word: \"role\" or \"endpoints\"");
	return 0;
}

/**
 * port_merge() - take a wish over
 * @want: what is wanted so far
 * @wish: what is wished for; what was not given stays as it is
 */
void port_merge(struct port_wish *want, const struct port_wish *wish)
{
	if (wish->role >= 0)
		want->role = wish->role;
	if (wish->endpoints)
		want->endpoints = wish->endpoints;
}

/**
 * port_print_set() - the command that gives a port another configuration
 * @f: where to print
 * @ifname: the port
 * @have: what is configured
 * @want: what is wanted; when both are the same, nothing is printed
 */
void port_print_set(FILE *f, const char *ifname, const struct port_wish *have,
		    const struct port_wish *want)
{
	if (have->role == want->role && have->endpoints == want->endpoints)
		return;
	fprintf(f, "port set dev %s", ifname);
	if (have->role != want->role)
		fprintf(f, " role %s", name_of(role_names, ROLES, want->role));
	if (have->endpoints != want->endpoints)
		fprintf(f, " endpoints %u", want->endpoints);
	fputc('\n', f);
}

/**
 * port_send() - make the kernel configure a port
 * @ifindex: the port
 * @ifname: its name, for messages
 * @wish: what is wished for
 * @dry_run: only ask whether it would
 *
 * Return: 0 or RC_REFUSED.
 */
int port_send(uint32_t ifindex, const char *ifname,
	      const struct port_wish *wish, bool dry_run)
{
	const char *words[ANYGW_A_PORT_MAX + 1] = {
		[ANYGW_A_PORT_IFINDEX] = ifname,
		[ANYGW_A_PORT_ROLE] = "role",
		[ANYGW_A_PORT_ENDPOINT_MAX] = "endpoints",
	};
	struct nl_request req;

	genl_begin(&req, ANYGW_CMD_PORT_SET);
	mnl_attr_put_u32(req.nlh, ANYGW_A_PORT_IFINDEX, ifindex);
	if (wish->role >= 0)
		mnl_attr_put_u8(req.nlh, ANYGW_A_PORT_ROLE, wish->role);
	if (wish->endpoints)
		mnl_attr_put_u32(req.nlh, ANYGW_A_PORT_ENDPOINT_MAX,
				 wish->endpoints);
	if (dry_run)
		mnl_attr_put(req.nlh, ANYGW_A_PORT_DRY_RUN, 0, NULL);
	return genl_talk(&req, NULL, NULL, "configure the port", words);
}

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	struct port port;

	(void)data;
	if (port_from_message(nlh, &port))
		return -EBADMSG;
	out_object(port_json(&port), port_keys);
	return 0;
}

static int show_one(const char *ifname)
{
	const char *words[ANYGW_A_PORT_MAX + 1] = {
		[ANYGW_A_PORT_IFINDEX] = ifname,
	};
	struct nl_request req;
	uint32_t ifindex;

	if (rtnl_index(ifname, &ifindex))
		return RC_REFUSED;
	genl_begin(&req, ANYGW_CMD_PORT_GET);
	mnl_attr_put_u32(req.nlh, ANYGW_A_PORT_IFINDEX, ifindex);
	return genl_talk(&req, show_message, NULL, "read the port", words);
}

/**
 * cmd_port_show() - "port show"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_port_show(const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	int rc;

	if (ifname && value_device(ifname))
		return RC_USAGE;
	rc = genl_open();
	if (rc)
		return rc;
	out_begin();
	if (ifname)
		rc = show_one(ifname);
	else
		rc = genl_dump(ANYGW_CMD_PORT_GET, show_message, NULL,
			       "list the ports");
	return out_end(rc);
}

/**
 * cmd_port_set() - "port set"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_port_set(const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	struct port_wish wish;
	uint32_t ifindex;
	int rc;

	rc = port_parse(args, &wish);
	if (!rc)
		rc = genl_open();
	if (!rc)
		rc = rtnl_index(ifname, &ifindex);
	return rc ? rc : port_send(ifindex, ifname, &wish, false);
}
