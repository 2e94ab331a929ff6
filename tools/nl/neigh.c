// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours: who has an address, and behind which port of a bridge a MAC is.
 * Only what is known already is asked for.
 */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "nl/neigh.h"
#include "nl/nl.h"

static struct nl_sock nl;

struct entry {
	uint32_t ifindex;
	uint16_t state;
	bool has_mac;
	uint8_t mac[MAC_LEN];
};

static int read_entry(const struct nlmsghdr *nlh, void *data)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[NDA_MAX + 1];
	struct entry *entry = data;

	if (nl_attrs(nlh, sizeof(*ndm), tb, NDA_MAX))
		return -EBADMSG;
	entry->ifindex = ndm->ndm_ifindex;
	entry->state = ndm->ndm_state;
	entry->has_mac = tb[NDA_LLADDR] &&
			 mnl_attr_get_payload_len(tb[NDA_LLADDR]) == MAC_LEN;
	if (entry->has_mac)
		memcpy(entry->mac, mnl_attr_get_payload(tb[NDA_LLADDR]),
		       MAC_LEN);
	return 0;
}

static int get(struct nl_request *req, struct entry *entry)
{
	struct nl_error err;

	memset(entry, 0, sizeof(*entry));
	return nl_talk(&nl, req, read_entry, entry, &err);
}

/**
 * neigh_mac() - the MAC of a neighbour, if it is known
 * @ifindex: the device it is a neighbour on
 * @a: its address
 * @mac: filled in
 *
 * Return: 0 or a negative errno, without a message.
 */
int neigh_mac(uint32_t ifindex, const struct addr *a, uint8_t *mac)
{
	struct ndmsg ndm = {
		.ndm_family = a->family,
		.ndm_ifindex = ifindex,
	};
	struct nl_request req;
	struct entry entry;
	int err;

	if (nl_sock_open(&nl, NETLINK_ROUTE))
		return -EIO;
	nl_begin(&req, RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	mnl_attr_put(req.nlh, NDA_DST, addr_bytes(a), a->byte);
	err = get(&req, &entry);
	if (err)
		return err;
	if (!entry.has_mac || entry.state & (NUD_INCOMPLETE | NUD_FAILED))
		return -ENOENT;
	memcpy(mac, entry.mac, MAC_LEN);
	return 0;
}

/**
 * neigh_port() - where a bridge has learned a MAC
 * @bridge: the bridge
 * @vlan: the VLAN, 0 on a bridge that does not filter them
 * @mac: the MAC
 * @port: filled in: a port, or the bridge itself
 *
 * Return: 0 or a negative errno, without a message.
 */
int neigh_port(uint32_t bridge, unsigned int vlan, const uint8_t *mac,
	       uint32_t *port)
{
	struct ndmsg ndm = { .ndm_family = AF_BRIDGE };
	struct nl_request req;
	struct entry entry;
	int err;

	if (nl_sock_open(&nl, NETLINK_ROUTE))
		return -EIO;
	nl_begin(&req, RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	mnl_attr_put(req.nlh, NDA_LLADDR, MAC_LEN, mac);
	mnl_attr_put_u32(req.nlh, NDA_MASTER, bridge);
	if (vlan)
		mnl_attr_put_u16(req.nlh, NDA_VLAN, vlan);
	err = get(&req, &entry);
	*port = entry.ifindex;
	return err;
}

/**
 * neigh_state() - the name of a neighbour's state
 * @nud: NUD_*
 */
const char *neigh_state(unsigned int nud)
{
	static const struct {
		unsigned int nud;
		const char *name;
	} names[] = {
		{ NUD_INCOMPLETE, "incomplete" }, { NUD_REACHABLE, "reachable" },
		{ NUD_STALE, "stale" }, { NUD_DELAY, "delay" },
		{ NUD_PROBE, "probe" }, { NUD_FAILED, "failed" },
		{ NUD_NOARP, "noarp" }, { NUD_PERMANENT, "permanent" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (nud & names[i].nud)
			return names[i].name;
	return "none";
}
