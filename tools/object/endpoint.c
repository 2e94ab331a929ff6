// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl endpoint: the VMs behind access ports.
 */
#include <linux/anygw.h>

#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/value.h"
#include "nl/genl.h"
#include "object/endpoint.h"
#include "object/gateway_nl.h"

static json_t *attr_state(const struct nlattr *attr)
{
	return json_string(name_of(&endpoint_state_names, nl_uint(attr)));
}

static json_t *attr_moved_by(const struct nlattr *attr)
{
	return json_string(name_of(&moved_by_names, nl_uint(attr)));
}

static const struct out_key endpoint_keys[] = {
	{ "mac", "", OUT_NAME, ANYGW_A_ENDPOINT_MAC, attr_mac },
	{ "addresses", "address", 0 },
	{ "ifname", "dev", 0, ANYGW_A_ENDPOINT_IFNAME, attr_text },
	{ "vlan", "vlan", 0, ANYGW_A_ENDPOINT_VLAN, attr_number },
	/* A port that is gone may have no name any more. */
	{ "port", "port", 0, ANYGW_A_ENDPOINT_PORT_NAME, attr_text },
	{ "age", "age", 0, ANYGW_A_ENDPOINT_AGE, attr_number },
	{ "state", "state", OUT_LINE | OUT_DETAILS, ANYGW_A_ENDPOINT_STATE,
	  attr_state },
	{ "contested", "contested", OUT_DETAILS },
	{ "moved", "moved", OUT_DETAILS, ANYGW_A_ENDPOINT_MOVED, attr_number },
	{ "moved_by", "by", OUT_DETAILS, ANYGW_A_ENDPOINT_MOVED_BY,
	  attr_moved_by },
	{ "bridge", "bridge", OUT_LINE | OUT_DETAILS,
	  ANYGW_A_ENDPOINT_BRIDGE_NAME, attr_text },
	{ "ifindex", "ifindex", OUT_DETAILS, ANYGW_A_ENDPOINT_IFINDEX,
	  attr_number },
	{ "bridge_ifindex", "bridge_ifindex", OUT_DETAILS,
	  ANYGW_A_ENDPOINT_BRIDGE, attr_number },
	{ "port_ifindex", "port_ifindex", OUT_DETAILS, ANYGW_A_ENDPOINT_PORT,
	  attr_number },
	{ 0 },
};

static json_t *addresses(const struct nlmsghdr *nlh, uint16_t type)
{
	json_t *list = json_array();
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == type)
			json_array_append_new(list, attr_ip(attr));
	return list;
}

static json_t *endpoint_json(const struct nlmsghdr *nlh)
{
	json_t *o = object_json(nlh, ANYGW_A_ENDPOINT_MAX, endpoint_keys);

	if (!o)
		return NULL;
	out_set(o, "addresses", addresses(nlh, ANYGW_A_ENDPOINT_ADDRESS));
	if (options.details)
		out_set(o, "contested",
			addresses(nlh, ANYGW_A_ENDPOINT_CONTESTED));
	return o;
}

const struct object endpoint_object = { endpoint_json, endpoint_keys };

/* A request about all endpoints, or about those of one gateway */
static int endpoint_begin(struct nl_request *req, uint8_t cmd,
			  const char **words, const char *ifname)
{
	struct gw gw = { 0 };
	int rc;

	if (ifname && value_device(ifname))
		return RC_USAGE;
	rc = genl_open();
	/* Older kernels cannot say why they refuse a dump. */
	if (!rc && ifname)
		rc = gw_read(ifname, &gw);
	gw_free(&gw);
	if (rc)
		return rc;
	genl_begin(req, cmd);
	words[ANYGW_A_ENDPOINT_IFINDEX] = ifname;
	if (ifname)
		mnl_attr_put_u32(req->nlh, ANYGW_A_ENDPOINT_IFINDEX,
				 gw.ifindex);
	return 0;
}

int cmd_endpoint_show(const struct args *args)
{
	const char *words[ANYGW_A_ENDPOINT_MAX + 1] = { 0 };
	struct nl_request req;
	int rc;

	rc = endpoint_begin(&req, ANYGW_CMD_ENDPOINT_GET, words,
			    args_get(args, "dev"));
	if (rc)
		return rc;
	out_begin();
	return out_end(genl_dump_request(&req, object_show,
					 (void *)&endpoint_object,
					 "list the endpoints", words));
}

int cmd_endpoint_flush(const struct args *args)
{
	const char *words[ANYGW_A_ENDPOINT_MAX + 1] = { 0 };
	struct nl_request req;
	int rc;

	rc = endpoint_begin(&req, ANYGW_CMD_ENDPOINT_FLUSH, words,
			    args_get(args, "dev"));
	return rc ? rc : genl_talk(&req, NULL, NULL, "forget the endpoints",
				   words);
}
