// SPDX-License-Identifier: GPL-2.0
/*
 * Gateways as the kernel has them: settings over generic netlink, addresses
 * and VRF over rtnetlink.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "nl/genl.h"
#include "nl/rtnl.h"
#include "object/gateway.h"

static void take_name(char *to, const struct nlattr *attr)
{
	if (attr)
		snprintf(to, IFNAMSIZ, "%s", mnl_attr_get_str(attr));
}

static void take_host(struct addr *a, int family, const struct nlattr *ip,
		      const struct nlattr *len)
{
	static const uint8_t none[16];

	a->family = family;
	a->len = len ? mnl_attr_get_u8(len) : 8 * addr_bytes(a);
	if (!ip || mnl_attr_get_payload_len(ip) != addr_bytes(a) ||
	    !memcmp(mnl_attr_get_payload(ip), none, addr_bytes(a))) {
		memset(a, 0, sizeof(*a));
		return;
	}
	memcpy(a->byte, mnl_attr_get_payload(ip), addr_bytes(a));
}

static void take_place(struct gw *gw, const struct nlattr **tb)
{
	if (tb[ANYGW_A_GATEWAY_IFINDEX])
		gw->ifindex = mnl_attr_get_u32(tb[ANYGW_A_GATEWAY_IFINDEX]);
	if (tb[ANYGW_A_GATEWAY_BRIDGE])
		gw->bridge = mnl_attr_get_u32(tb[ANYGW_A_GATEWAY_BRIDGE]);
	if (tb[ANYGW_A_GATEWAY_VLAN])
		gw->vlan = mnl_attr_get_u16(tb[ANYGW_A_GATEWAY_VLAN]);
	if (tb[ANYGW_A_GATEWAY_MAC] &&
	    mnl_attr_get_payload_len(tb[ANYGW_A_GATEWAY_MAC]) == MAC_LEN)
		memcpy(gw->mac, mnl_attr_get_payload(tb[ANYGW_A_GATEWAY_MAC]),
		       MAC_LEN);
	take_name(gw->ifname, tb[ANYGW_A_GATEWAY_IFNAME]);
	take_name(gw->bridge_name, tb[ANYGW_A_GATEWAY_BRIDGE_NAME]);
}

/**
 * gw_from_message() - read a gateway, but for its addresses and VRF
 * @nlh: the message
 * @gw: filled in
 *
 * Return: 0 or -EBADMSG.
 */
int gw_from_message(const struct nlmsghdr *nlh, struct gw *gw)
{
	const struct nlattr *tb[ANYGW_A_GATEWAY_MAX + 1];

	memset(gw, 0, sizeof(*gw));
	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_GATEWAY_MAX))
		return -EBADMSG;
	take_place(gw, tb);
	if (tb[ANYGW_A_GATEWAY_MODE])
		gw->mode = mnl_attr_get_u8(tb[ANYGW_A_GATEWAY_MODE]);
	if (tb[ANYGW_A_GATEWAY_STATE])
		gw->state = mnl_attr_get_u8(tb[ANYGW_A_GATEWAY_STATE]);
	for (int i = 0; i < GW_SWITCHES; i++)
		if (tb[gw_switch_attrs[i]])
			gw->sw[i] = mnl_attr_get_u8(tb[gw_switch_attrs[i]]);
	if (tb[ANYGW_A_GATEWAY_ENDPOINT_MAX])
		gw->endpoints =
			mnl_attr_get_u32(tb[ANYGW_A_GATEWAY_ENDPOINT_MAX]);
	take_host(&gw->host[0], AF_INET, tb[ANYGW_A_GATEWAY_HOST_ADDRESS4],
		  tb[ANYGW_A_GATEWAY_HOST_PREFIX4]);
	take_host(&gw->host[1], AF_INET6, tb[ANYGW_A_GATEWAY_HOST_ADDRESS6],
		  tb[ANYGW_A_GATEWAY_HOST_PREFIX6]);
	gw->stats = tb[ANYGW_A_GATEWAY_STATS];
	return 0;
}

static int add_addresses(struct gw *gw)
{
	struct addrs all = { 0 };
	int rc = rtnl_addresses(gw->ifindex, &all);

	for (size_t i = 0; i < all.n && !rc; i++) {
		const struct addr *a = &all.addr[i];

		if (addr_same(a, &gw->host[0]) || addr_same(a, &gw->host[1]))
			continue;
		if (addrs_add(&gw->addrs, a))
			rc = diag_refused("out of memory");
	}
	addrs_free(&all);
	return rc;
}

/**
 * gw_add_links() - read the addresses of a gateway and its VRF
 * @gw: as gw_from_message() left it
 *
 * A device that has gone meanwhile has neither.
 *
 * Return: 0 or RC_REFUSED.
 */
int gw_add_links(struct gw *gw)
{
	struct link link;
	struct link vrf;

	if (rtnl_link(gw->ifindex, &link))
		return 0;
	gw->down = !link.up;
	if (link.master && !rtnl_link(link.master, &vrf) &&
	    !strcmp(vrf.kind, "vrf")) {
		gw->vrf_index = vrf.ifindex;
		strcpy(gw->vrf, vrf.ifname);
	}
	return add_addresses(gw);
}

static int read_one(const struct nlmsghdr *nlh, void *data)
{
	return gw_from_message(nlh, data);
}

/**
 * gw_read() - read one gateway
 * @ifname: name of its device
 * @gw: filled in
 *
 * Return: 0 or RC_REFUSED.
 */
int gw_read(const char *ifname, struct gw *gw)
{
	const char *words[ANYGW_A_GATEWAY_MAX + 1] = {
		[ANYGW_A_GATEWAY_IFINDEX] = ifname,
	};
	struct nl_request req;
	uint32_t ifindex;
	int rc;

	memset(gw, 0, sizeof(*gw));
	if (rtnl_index(ifname, &ifindex))
		return RC_REFUSED;
	genl_begin(&req, ANYGW_CMD_GATEWAY_GET);
	mnl_attr_put_u32(req.nlh, ANYGW_A_GATEWAY_IFINDEX, ifindex);
	rc = genl_talk(&req, read_one, gw, "read the gateway", words);
	/* The message is gone, and its counters with it. */
	gw->stats = NULL;
	return rc ? rc : gw_add_links(gw);
}

static int read_next(const struct nlmsghdr *nlh, void *data)
{
	struct gws *list = data;
	struct gw *more;

	more = realloc(list->gw, (list->n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->gw = more;
	if (gw_from_message(nlh, &more[list->n]))
		return -EBADMSG;
	more[list->n++].stats = NULL;
	return 0;
}

static int by_place(const void *one, const void *other)
{
	const struct gw *a = one;
	const struct gw *b = other;
	int diff = strcmp(a->bridge_name, b->bridge_name);

	if (!diff)
		diff = (int)a->vlan - (int)b->vlan;
	return diff ? diff : strcmp(a->ifname, b->ifname);
}

/**
 * gws_read() - read all gateways, in the order of bridge, VLAN and name
 * @list: an empty list, filled in; to be freed also after a failure
 *
 * Return: 0 or RC_REFUSED.
 */
int gws_read(struct gws *list)
{
	int rc = genl_dump(ANYGW_CMD_GATEWAY_GET, read_next, list,
			   "list the gateways");

	for (size_t i = 0; i < list->n && !rc; i++)
		rc = gw_add_links(&list->gw[i]);
	if (!rc && list->n)
		qsort(list->gw, list->n, sizeof(*list->gw), by_place);
	return rc;
}

/**
 * gws_free() - empty a list of gateways
 * @list: the list
 */
void gws_free(struct gws *list)
{
	for (size_t i = 0; i < list->n; i++)
		gw_free(&list->gw[i]);
	free(list->gw);
	list->gw = NULL;
	list->n = 0;
}

/**
 * gw_resolve() - find the devices that a wish names
 * @gw: what gw_parse() has read
 *
 * Return: 0, or RC_REFUSED after a message that names the device.
 */
int gw_resolve(struct gw *gw)
{
	struct link link;

	if (*gw->bridge_name && rtnl_index(gw->bridge_name, &gw->bridge))
		return RC_REFUSED;
	if (!*gw->vrf)
		return 0;
	if (rtnl_index(gw->vrf, &gw->vrf_index))
		return RC_REFUSED;
	if (!rtnl_link(gw->vrf_index, &link) && !strcmp(link.kind, "vrf"))
		return 0;
	return diag_refused("\"%s\" is not a VRF", gw->vrf);
}
