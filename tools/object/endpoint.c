// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl endpoint: the virtual machines behind access ports.
 */
#include <arpa/inet.h>
#include <errno.h>

#include <linux/anygw.h>

#include "cli/diag.h"
#include "cli/value.h"
#include "nl/genl.h"
#include "object/endpoint.h"
#include "object/gateway.h"

const struct out_key endpoint_keys[] = {
	{ "mac", "", OUT_NAME },
	{ "addresses", "address", 0 },
	{ "ifname", "dev", 0 },
	{ "vlan", "vlan", 0 },
	{ "port", "port", 0 },
	{ "age", "age", 0 },
	{ "bridge", "bridge", OUT_LINE },
	{ "ifindex", "ifindex", 0 },
	{ "bridge_ifindex", "bridge_ifindex", 0 },
	{ "port_ifindex", "port_ifindex", 0 },
	{ 0 },
};

/**
 * endpoint_address_json() - an address of either family
 * @attr: its attribute, may be NULL
 *
 * Return: a new JSON string, or null.
 */
json_t *endpoint_address_json(const struct nlattr *attr)
{
	size_t len = attr ? mnl_attr_get_payload_len(attr) : 0;
	char buf[INET6_ADDRSTRLEN];

	if (len != 4 && len != 16)
		return json_null();
	return json_string(inet_ntop(len == 4 ? AF_INET : AF_INET6,
				     mnl_attr_get_payload(attr), buf,
				     sizeof(buf)));
}

static json_t *addresses_json(const struct nlmsghdr *nlh)
{
	json_t *array = json_array();
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) == ANYGW_A_ENDPOINT_ADDRESS)
			json_array_append_new(array,
					      endpoint_address_json(attr));
	return array;
}

static json_t *number(const struct nlattr *attr)
{
	return json_integer(attr ? mnl_attr_get_u32(attr) : 0);
}

static json_t *text(const struct nlattr *attr)
{
	return attr ? json_string(mnl_attr_get_str(attr)) : json_null();
}

/**
 * endpoint_json() - an endpoint as JSON
 * @nlh: the message
 *
 * Return: a new JSON object, or NULL when the message cannot be read.
 */
json_t *endpoint_json(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[ANYGW_A_ENDPOINT_MAX + 1];
	const struct nlattr *vlan, *mac;
	char buf[MAC_TEXT];
	json_t *o;

	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_ENDPOINT_MAX))
		return NULL;
	vlan = tb[ANYGW_A_ENDPOINT_VLAN];
	mac = tb[ANYGW_A_ENDPOINT_MAC];
	if (!mac || mnl_attr_get_payload_len(mac) != MAC_LEN)
		return NULL;
	o = json_object();
	out_set(o, "ifname", text(tb[ANYGW_A_ENDPOINT_IFNAME]));
	out_set(o, "vlan", json_integer(vlan ? mnl_attr_get_u16(vlan) : 0));
	out_set(o, "mac", json_string(mac_text(mnl_attr_get_payload(mac), buf)));
	out_set(o, "addresses", addresses_json(nlh));
	/* A port that is gone may have no name any more. */
	out_set(o, "port", text(tb[ANYGW_A_ENDPOINT_PORT_NAME]));
	out_set(o, "age", number(tb[ANYGW_A_ENDPOINT_AGE]));
	if (options.details) {
		out_set(o, "bridge", text(tb[ANYGW_A_ENDPOINT_BRIDGE_NAME]));
		out_set(o, "ifindex", number(tb[ANYGW_A_ENDPOINT_IFINDEX]));
		out_set(o, "bridge_ifindex",
			number(tb[ANYGW_A_ENDPOINT_BRIDGE]));
		out_set(o, "port_ifindex", number(tb[ANYGW_A_ENDPOINT_PORT]));
	}
	return o;
}

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	json_t *o = endpoint_json(nlh);

	(void)data;
	if (!o)
		return -EBADMSG;
	out_object(o, endpoint_keys);
	return 0;
}

/* A request about all endpoints, or about those of one gateway. */
static int begin(struct nl_request *req, uint8_t cmd, const char *ifname)
{
	struct gw gw = { 0 };
	int rc;

	if (ifname && value_device(ifname))
		return RC_USAGE;
	rc = genl_open();
	if (rc)
		return rc;
	/* A dump that is refused cannot say why on older kernels. */
	if (ifname) {
		rc = gw_read(ifname, &gw);
		gw_free(&gw);
	}
	if (rc)
		return rc;
	genl_begin(req, cmd);
	if (ifname)
		mnl_attr_put_u32(req->nlh, ANYGW_A_ENDPOINT_IFINDEX,
				 gw.ifindex);
	return 0;
}

/**
 * cmd_endpoint_show() - "endpoint show"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_endpoint_show(const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	const char *words[ANYGW_A_ENDPOINT_MAX + 1] = {
		[ANYGW_A_ENDPOINT_IFINDEX] = ifname,
	};
	struct nl_request req;
	int rc;

	rc = begin(&req, ANYGW_CMD_ENDPOINT_GET, ifname);
	if (rc)
		return rc;
	out_begin();
	return out_end(genl_dump_request(&req, show_message, NULL,
					 "list the endpoints", words));
}

/**
 * cmd_endpoint_flush() - "endpoint flush"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_endpoint_flush(const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	const char *words[ANYGW_A_ENDPOINT_MAX + 1] = {
		[ANYGW_A_ENDPOINT_IFINDEX] = ifname,
	};
	struct nl_request req;
	int rc;

	rc = begin(&req, ANYGW_CMD_ENDPOINT_FLUSH, ifname);
	if (rc)
		return rc;
	return genl_talk(&req, NULL, NULL, "forget the endpoints", words);
}
