// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbour tables and the FDBs of bridges.
 */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "cli/array.h"
#include "cli/value.h"
#include "nl/neigh.h"
#include "nl/rtnl.h"

struct neigh {
	uint32_t ifindex;
	uint16_t state;
	bool has_mac;
	uint8_t mac[MAC_LEN];
};

static int neigh_parse(const struct nlmsghdr *nlh, void *data)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[NDA_MAX + 1];
	struct neigh *neigh = data;

	if (nl_attrs(nlh, sizeof(*ndm), tb, NDA_MAX))
		return -EBADMSG;
	neigh->ifindex = ndm->ndm_ifindex;
	neigh->state = ndm->ndm_state;
	neigh->has_mac = nl_mac(tb[NDA_LLADDR], neigh->mac);
	return 0;
}

int neigh_mac(uint32_t ifindex, const struct addr *a, uint8_t *mac)
{
	struct ndmsg ndm = {
		.ndm_family = a->family,
		.ndm_ifindex = ifindex,
	};
	struct neigh neigh = { 0 };
	struct nl_request req;
	struct nl_error err;
	int ret;

	nl_begin(&req, RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	mnl_attr_put(req.nlh, NDA_DST, addr_bytes(a), a->byte);
	ret = rtnl_talk(&req, neigh_parse, &neigh, &err);
	if (ret)
		return ret;
	if (!neigh.has_mac || neigh.state & (NUD_INCOMPLETE | NUD_FAILED))
		return -ENOENT;
	memcpy(mac, neigh.mac, MAC_LEN);
	return 0;
}

int neigh_port(uint32_t bridge, unsigned int vlan, const uint8_t *mac,
	       uint32_t *port)
{
	struct ndmsg ndm = { .ndm_family = AF_BRIDGE };
	struct neigh neigh = { 0 };
	struct nl_request req;
	struct nl_error err;
	int ret;

	nl_begin(&req, RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	mnl_attr_put(req.nlh, NDA_LLADDR, MAC_LEN, mac);
	mnl_attr_put_u32(req.nlh, NDA_MASTER, bridge);
	if (vlan)
		mnl_attr_put_u16(req.nlh, NDA_VLAN, vlan);
	ret = rtnl_talk(&req, neigh_parse, &neigh, &err);
	*port = neigh.ifindex;
	return ret;
}

const char *neigh_state(unsigned int nud)
{
	/* By bit, from NUD_INCOMPLETE on */
	static const char *const names[] = {
		"incomplete", "reachable", "stale", "delay", "probe", "failed",
		"noarp", "permanent",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (nud & 1u << i)
			return names[i];
	return "none";
}
