// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl peer: other anygw hosts, and where their settings differ.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/anygw.h>

#include "nl/genl.h"
#include "object/peer.h"

/* In the order of the kernel's bits, with the names of the settings. */
static const char *const differs_names[] = {
	"version", "mac", "addresses", "coexist", "fallback", "mtu",
};

#define DIFFERS	(sizeof(differs_names) / sizeof(differs_names[0]))

const struct out_key peer_keys[] = {
	{ "mac", "", OUT_NAME },
	{ "ifname", "dev", 0 },
	{ "bridge", "bridge", 0 },
	{ "vlan", "vlan", 0 },
	{ "port", "port", 0 },
	{ "age", "age", 0 },
	{ "differs", "differs", 0 },
	{ "ifindex", "ifindex", OUT_LINE },
	{ "bridge_ifindex", "bridge_ifindex", 0 },
	{ "port_ifindex", "port_ifindex", 0 },
	{ 0 },
};

static void take_name(char *to, const struct nlattr *attr)
{
	if (attr)
		snprintf(to, IFNAMSIZ, "%s", mnl_attr_get_str(attr));
}

static void take_u32(uint32_t *to, const struct nlattr *attr)
{
	if (attr)
		*to = mnl_attr_get_u32(attr);
}

/**
 * peer_from_message() - read another host
 * @nlh: the message
 * @peer: filled in
 *
 * Return: 0 or -EBADMSG.
 */
int peer_from_message(const struct nlmsghdr *nlh, struct peer *peer)
{
	const struct nlattr *tb[ANYGW_A_PEER_MAX + 1];

	memset(peer, 0, sizeof(*peer));
	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_PEER_MAX))
		return -EBADMSG;
	if (tb[ANYGW_A_PEER_MAC] &&
	    mnl_attr_get_payload_len(tb[ANYGW_A_PEER_MAC]) == MAC_LEN)
		memcpy(peer->mac, mnl_attr_get_payload(tb[ANYGW_A_PEER_MAC]),
		       MAC_LEN);
	if (tb[ANYGW_A_PEER_VLAN])
		peer->vlan = mnl_attr_get_u16(tb[ANYGW_A_PEER_VLAN]);
	take_u32(&peer->bridge, tb[ANYGW_A_PEER_BRIDGE]);
	take_name(peer->bridge_name, tb[ANYGW_A_PEER_BRIDGE_NAME]);
	take_u32(&peer->ifindex, tb[ANYGW_A_PEER_IFINDEX]);
	take_name(peer->ifname, tb[ANYGW_A_PEER_IFNAME]);
	take_u32(&peer->port, tb[ANYGW_A_PEER_PORT]);
	take_name(peer->port_name, tb[ANYGW_A_PEER_PORT_NAME]);
	take_u32(&peer->differs, tb[ANYGW_A_PEER_DIFFERS]);
	take_u32(&peer->age, tb[ANYGW_A_PEER_AGE]);
	return 0;
}

/* A device may be gone by the time its peer is. */
static json_t *name_json(const char *name)
{
	return *name ? json_string(name) : json_null();
}

static json_t *differs_json(uint32_t differs)
{
	json_t *list = json_array();

	for (size_t i = 0; i < 32; i++)
		if (differs & 1U << i)
			json_array_append_new(list, json_string(
				name_of(differs_names, DIFFERS, i)));
	return list;
}

/**
 * peer_json() - another host as JSON
 * @peer: the other host
 *
 * Return: a new JSON object.
 */
json_t *peer_json(const struct peer *peer)
{
	char mac[MAC_TEXT];
	json_t *o = json_object();

	out_set(o, "mac", json_string(mac_text(peer->mac, mac)));
	out_set(o, "ifname", name_json(peer->ifname));
	out_set(o, "bridge", name_json(peer->bridge_name));
	out_set(o, "vlan", json_integer(peer->vlan));
	out_set(o, "port", name_json(peer->port_name));
	out_set(o, "age", json_integer(peer->age));
	out_set(o, "differs", differs_json(peer->differs));
	if (options.details) {
		out_set(o, "ifindex", json_integer(peer->ifindex));
		out_set(o, "bridge_ifindex", json_integer(peer->bridge));
		out_set(o, "port_ifindex", json_integer(peer->port));
	}
	return o;
}

static int show_message(const struct nlmsghdr *nlh, void *data)
{
	struct peer peer;

	(void)data;
	if (peer_from_message(nlh, &peer))
		return -EBADMSG;
	out_object(peer_json(&peer), peer_keys);
	return 0;
}

/**
 * cmd_peer_show() - "peer show"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_peer_show(const struct args *args)
{
	int rc = genl_open();

	(void)args;
	if (rc)
		return rc;
	out_begin();
	rc = genl_dump(ANYGW_CMD_PEER_GET, show_message, NULL,
		       "list the other hosts");
	return out_end(rc);
}
