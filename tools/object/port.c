// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl port: the roles of bridge ports.
 */
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/array.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/value.h"
#include "nl/genl.h"
#include "object/port.h"
#include "object/stats.h"

static json_t *attr_role(const struct nlattr *attr)
{
	return json_string(name_of(&role_names, nl_uint(attr)));
}

static const struct out_key port_keys[] = {
	{ "ifname", "", OUT_NAME, ANYGW_A_PORT_IFNAME, attr_text },
	/* A port that has just left its bridge has none. */
	{ "bridge", "bridge", 0, ANYGW_A_PORT_BRIDGE_NAME, attr_text },
	{ "role", "role", 0, ANYGW_A_PORT_ROLE, attr_role },
	{ "configured", "configured", 0, ANYGW_A_PORT_CONFIGURED, attr_role },
	{ "present", "present", OUT_IF_OFF, ANYGW_A_PORT_PRESENT, attr_yes },
	{ "setting", "setting", OUT_DETAILS, ANYGW_A_PORT_SETTING, attr_text },
	{ "endpoint_max", "endpoints", 0, ANYGW_A_PORT_ENDPOINT_MAX,
	  attr_number },
	{ "ifindex", "ifindex", OUT_LINE | OUT_DETAILS, ANYGW_A_PORT_IFINDEX,
	  attr_number },
	{ "bridge_ifindex", "bridge_ifindex", OUT_DETAILS, ANYGW_A_PORT_BRIDGE,
	  attr_number },
	{ "stats", "stats", OUT_LINE | OUT_STATS, ANYGW_A_PORT_STATS,
	  stats_json },
	{ 0 },
};

static json_t *port_json(const struct nlmsghdr *nlh)
{
	return object_json(nlh, ANYGW_A_PORT_MAX, port_keys);
}

const struct object port_object = { port_json, port_keys };

static int port_from_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[ANYGW_A_PORT_MAX + 1];
	struct port *port = data;

	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_PORT_MAX))
		return -EBADMSG;
	port->ifindex = nl_uint(tb[ANYGW_A_PORT_IFINDEX]);
	port->bridge = nl_uint(tb[ANYGW_A_PORT_BRIDGE]);
	port->role = nl_uint(tb[ANYGW_A_PORT_ROLE]);
	port->conf.role = nl_uint(tb[ANYGW_A_PORT_CONFIGURED]);
	port->conf.endpoints = nl_uint(tb[ANYGW_A_PORT_ENDPOINT_MAX]);
	nl_text(tb[ANYGW_A_PORT_IFNAME], port->ifname, IFNAMSIZ);
	nl_text(tb[ANYGW_A_PORT_BRIDGE_NAME], port->bridge_name, IFNAMSIZ);
	nl_text(tb[ANYGW_A_PORT_SETTING], port->setting, IFNAMSIZ);
	port->present = nl_uint(tb[ANYGW_A_PORT_PRESENT]);
	return 0;
}

static int ports_add(const struct nlmsghdr *nlh, void *data)
{
	struct ports *list = data;
	struct port *port = array_add(list->port, list->n);
	int rc = port ? port_from_message(nlh, port) : -ENOMEM;

	/* Also of a port whose own name is not that of its setting */
	if (!rc && !(list->settings ? !strcmp(port->setting, port->ifname) :
				      port->present))
		list->n--;
	return rc;
}

int ports_read(struct ports *list)
{
	return genl_dump(ANYGW_CMD_PORT_GET, ports_add, list,
			 "list the ports");
}

static bool is_pattern(const char *ifname)
{
	return strpbrk(ifname, "*?");
}

int port_setting_order(const char *one, const char *other)
{
	int diff = is_pattern(other) - is_pattern(one);

	if (!diff && is_pattern(one))
		diff = (int)strlen(other) - (int)strlen(one);
	return diff ? diff : strcmp(one, other);
}

bool port_setting_applies(const char *setting, const char *ifname)
{
	return is_pattern(setting) && !is_pattern(ifname) &&
	       !fnmatch(setting, ifname, FNM_NOESCAPE);
}

static int setting_compare(const void *one, const void *other)
{
	const struct port *a = one, *b = other;

	return port_setting_order(a->ifname, b->ifname);
}

int port_settings_read(struct ports *list)
{
	int rc;

	list->settings = true;
	rc = ports_read(list);
	if (list->n)
		qsort(list->port, list->n, sizeof(*list->port),
		      setting_compare);
	return rc;
}

void ports_free(struct ports *list)
{
	free(list->port);
	*list = (struct ports){ 0 };
}

int port_read(uint32_t ifindex, struct port *port)
{
	struct nl_request req;
	bool was;
	int rc;

	memset(port, 0, sizeof(*port));
	genl_begin(&req, ANYGW_CMD_PORT_GET);
	mnl_attr_put_u32(req.nlh, ANYGW_A_PORT_IFINDEX, ifindex);
	was = diag_quiet(true);
	rc = genl_talk(&req, port_from_message, port, "read the port", NULL);
	diag_quiet(was);
	return rc;
}

int port_parse(const struct args *args, struct port_conf *conf)
{
	conf->role = value_choice(args_get(args, "role"), &role_names);
	if (value_device(args_get(args, "dev")) ||
	    value_endpoints(args, &conf->endpoints))
		return RC_USAGE;
	if (conf->role < 0 && !conf->endpoints)
		return diag_usage("missing word: \"role\" or \"endpoints\"");
	return 0;
}

const struct port_conf port_conf_default = {
	.role = ANYGW_PORT_ROLE_AUTO,
	.endpoints = ANYGW_PORT_ENDPOINTS,
};

void port_merge(struct port_conf *to, const struct port_conf *conf)
{
	if (conf->role >= 0)
		to->role = conf->role;
	if (conf->endpoints)
		to->endpoints = conf->endpoints;
}

void port_print_set(FILE *f, const char *ifname, const struct port_conf *have,
		    const struct port_conf *want)
{
	if (have->role == want->role && have->endpoints == want->endpoints)
		return;
	fprintf(f, "port set dev %s", ifname);
	if (have->role != want->role)
		fprintf(f, " role %s", name_of(&role_names, want->role));
	if (have->endpoints != want->endpoints)
		fprintf(f, " endpoints %u", want->endpoints);
	fputc('\n', f);
}

int port_send(const char *ifname, const struct port_conf *conf, bool dry_run)
{
	const char *words[ANYGW_A_PORT_MAX + 1] = {
		[ANYGW_A_PORT_IFNAME] = ifname,
		[ANYGW_A_PORT_ROLE] = "role",
		[ANYGW_A_PORT_ENDPOINT_MAX] = "endpoints",
	};
	struct nl_request req;

	genl_begin(&req, ANYGW_CMD_PORT_SET);
	mnl_attr_put_strz(req.nlh, ANYGW_A_PORT_IFNAME, ifname);
	if (conf->role >= 0)
		mnl_attr_put_u8(req.nlh, ANYGW_A_PORT_ROLE, conf->role);
	if (conf->endpoints)
		mnl_attr_put_u32(req.nlh, ANYGW_A_PORT_ENDPOINT_MAX,
				 conf->endpoints);
	if (dry_run)
		mnl_attr_put(req.nlh, ANYGW_A_PORT_DRY_RUN, 0, NULL);
	return genl_talk(&req, NULL, NULL, "configure the port", words);
}

/* A name or a pattern that has a setting need not be that of a port. */
static int port_show(const char *ifname)
{
	const char *words[ANYGW_A_PORT_MAX + 1] = {
		[ANYGW_A_PORT_IFNAME] = ifname,
	};
	struct nl_request req;

	genl_begin(&req, ANYGW_CMD_PORT_GET);
	mnl_attr_put_strz(req.nlh, ANYGW_A_PORT_IFNAME, ifname);
	return genl_talk(&req, object_show, (void *)&port_object,
			 "read the port", words);
}

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
		rc = port_show(ifname);
	else
		rc = genl_dump(ANYGW_CMD_PORT_GET, object_show,
			       (void *)&port_object, "list the ports");
	return out_end(rc);
}

int cmd_port_set(const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	struct port_conf conf;

	return port_parse(args, &conf) ?:
	       genl_open() ?:
	       port_send(ifname, &conf, false);
}
