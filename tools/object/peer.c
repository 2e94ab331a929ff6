// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl peer: other anygw hosts, and where their settings differ.
 */
#include <linux/anygw.h>

#include "cli/array.h"
#include "cli/commands.h"
#include "nl/genl.h"
#include "object/peer.h"

/* By bit of enum anygw_differs */
static json_t *attr_differs(const struct nlattr *attr)
{
	static const char *const names[] = {
		"version", "mac", "addresses", "coexist", "fallback", "mtu",
	};
	uint32_t differs = nl_uint(attr);
	json_t *list = json_array();

	for (size_t i = 0; i < 32; i++)
		if (differs & 1U << i)
			json_array_append_new(list, json_string(
				i < ARRAY_SIZE(names) ? names[i] : "unknown"));
	return list;
}

/* Devices that are gone have no name. */
static const struct out_key peer_keys[] = {
	{ "mac", "", OUT_NAME, ANYGW_A_PEER_MAC, attr_mac },
	{ "ifname", "dev", 0, ANYGW_A_PEER_IFNAME, attr_text },
	{ "bridge", "bridge", 0, ANYGW_A_PEER_BRIDGE_NAME, attr_text },
	{ "vlan", "vlan", 0, ANYGW_A_PEER_VLAN, attr_number },
	{ "port", "port", 0, ANYGW_A_PEER_PORT_NAME, attr_text },
	{ "age", "age", 0, ANYGW_A_PEER_AGE, attr_number },
	{ "differs", "differs", 0, ANYGW_A_PEER_DIFFERS, attr_differs },
	{ "ifindex", "ifindex", OUT_LINE | OUT_DETAILS, ANYGW_A_PEER_IFINDEX,
	  attr_number },
	{ "bridge_ifindex", "bridge_ifindex", OUT_DETAILS, ANYGW_A_PEER_BRIDGE,
	  attr_number },
	{ "port_ifindex", "port_ifindex", OUT_DETAILS, ANYGW_A_PEER_PORT,
	  attr_number },
	{ 0 },
};

static json_t *peer_json(const struct nlmsghdr *nlh)
{
	return object_json(nlh, ANYGW_A_PEER_MAX, peer_keys);
}

const struct object peer_object = { peer_json, peer_keys };

int cmd_peer_show(const struct args *args)
{
	int rc = genl_open();

	if (rc)
		return rc;
	out_begin();
	return out_end(genl_dump(ANYGW_CMD_PEER_GET, object_show,
				 (void *)&peer_object, "list the other hosts"));
}
