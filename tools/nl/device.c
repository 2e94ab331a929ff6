// SPDX-License-Identifier: GPL-2.0
/*
 * All devices at once, with their settings as bridges and bridge ports.
 */
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "nl/device.h"
#include "nl/nl.h"

static bool flag(const struct nlattr *attr)
{
	return attr && mnl_attr_get_u8(attr);
}

static void take_bridge(struct device *d, const struct nlattr *data)
{
	const struct nlattr *tb[IFLA_BR_MAX + 1];

	nl_nested(data, tb, IFLA_BR_MAX);
	d->filtering = flag(tb[IFLA_BR_VLAN_FILTERING]);
	d->nf_call = flag(tb[IFLA_BR_NF_CALL_IPTABLES]) ||
		     flag(tb[IFLA_BR_NF_CALL_IP6TABLES]) ||
		     flag(tb[IFLA_BR_NF_CALL_ARPTABLES]);
}

static void take_port(struct device *d, const struct nlattr *data)
{
	const struct nlattr *tb[IFLA_BRPORT_MAX + 1];

	nl_nested(data, tb, IFLA_BRPORT_MAX);
	d->neigh_suppress = flag(tb[IFLA_BRPORT_NEIGH_SUPPRESS]);
}

static void take_info(struct device *d, const struct nlattr *nest)
{
	const struct nlattr *tb[IFLA_INFO_MAX + 1];

	nl_nested(nest, tb, IFLA_INFO_MAX);
	if (tb[IFLA_INFO_KIND])
		snprintf(d->kind, sizeof(d->kind), "%s",
			 mnl_attr_get_str(tb[IFLA_INFO_KIND]));
	if (tb[IFLA_INFO_DATA] && !strcmp(d->kind, "bridge"))
		take_bridge(d, tb[IFLA_INFO_DATA]);
	if (tb[IFLA_INFO_SLAVE_DATA] && tb[IFLA_INFO_SLAVE_KIND] &&
	    !strcmp(mnl_attr_get_str(tb[IFLA_INFO_SLAVE_KIND]), "bridge"))
		take_port(d, tb[IFLA_INFO_SLAVE_DATA]);
}

static int read_device(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_MAX + 1];
	struct devices *list = data;
	struct device *more;

	if (nl_attrs(nlh, sizeof(*ifi), tb, IFLA_MAX) || !tb[IFLA_IFNAME])
		return -EBADMSG;
	more = realloc(list->device, (list->n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->device = more;
	more += list->n++;
	memset(more, 0, sizeof(*more));
	more->ifindex = ifi->ifi_index;
	more->up = ifi->ifi_flags & IFF_UP;
	snprintf(more->ifname, sizeof(more->ifname), "%s",
		 mnl_attr_get_str(tb[IFLA_IFNAME]));
	if (tb[IFLA_MASTER])
		more->master = mnl_attr_get_u32(tb[IFLA_MASTER]);
	if (tb[IFLA_MTU])
		more->mtu = mnl_attr_get_u32(tb[IFLA_MTU]);
	if (tb[IFLA_LINKINFO])
		take_info(more, tb[IFLA_LINKINFO]);
	return 0;
}

static struct device *find(const struct devices *list, uint32_t ifindex)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->device[i].ifindex == ifindex)
			return &list->device[i];
	return NULL;
}

/* VLANs come one by one, or as the two ends of a range. */
static void take_vlans(struct device *d, const struct nlattr *spec)
{
	const struct nlattr *attr;
	unsigned int first = 0;

	mnl_attr_for_each_nested(attr, spec) {
		const struct bridge_vlan_info *info;

		if (mnl_attr_get_type(attr) != IFLA_BRIDGE_VLAN_INFO ||
		    mnl_attr_get_payload_len(attr) < sizeof(*info))
			continue;
		info = mnl_attr_get_payload(attr);
		if (!(info->flags & BRIDGE_VLAN_INFO_RANGE_END))
			first = info->vid;
		if (info->flags & BRIDGE_VLAN_INFO_RANGE_BEGIN)
			continue;
		for (unsigned int v = first; v <= info->vid && v < 4096; v++)
			d->vlans[v / 8] |= 1 << v % 8;
	}
}

static int read_vlans(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_MAX + 1];
	struct device *d;

	if (nl_attrs(nlh, sizeof(*ifi), tb, IFLA_MAX))
		return -EBADMSG;
	d = find(data, ifi->ifi_index);
	if (d && tb[IFLA_AF_SPEC])
		take_vlans(d, tb[IFLA_AF_SPEC]);
	return 0;
}

static int dump(struct nl_sock *nl, int family, uint32_t mask, nl_fn fn,
		struct devices *list)
{
	struct ifinfomsg ifi = { .ifi_family = family };
	struct nl_request req;
	struct nl_error err;

	nl_begin(&req, RTM_GETLINK, 0, &ifi, sizeof(ifi));
	mnl_attr_put_u32(req.nlh, IFLA_EXT_MASK, mask);
	if (!nl_dump(nl, &req, fn, list, &err))
		return 0;
	return diag_refused("Cannot list the devices: %s",
			    *err.text ? err.text : strerror(err.code));
}

/**
 * devices_read() - read all devices
 * @list: an empty list, filled in; to be freed also after a failure
 *
 * Return: 0 or RC_REFUSED.
 */
int devices_read(struct devices *list)
{
	struct nl_sock nl = { 0 };
	int rc;

	rc = nl_sock_open(&nl, NETLINK_ROUTE);
	if (!rc)
		rc = dump(&nl, AF_UNSPEC, RTEXT_FILTER_SKIP_STATS, read_device,
			  list);
	if (!rc)
		rc = dump(&nl, AF_BRIDGE, RTEXT_FILTER_BRVLAN_COMPRESSED,
			  read_vlans, list);
	if (nl.sk)
		mnl_socket_close(nl.sk);
	return rc;
}

/**
 * devices_free() - empty a list of devices
 * @list: the list
 */
void devices_free(struct devices *list)
{
	free(list->device);
	list->device = NULL;
	list->n = 0;
}

/**
 * device_find() - a device by its index
 * @list: the devices
 * @ifindex: the index
 *
 * Return: the device, or NULL.
 */
const struct device *device_find(const struct devices *list, uint32_t ifindex)
{
	return find(list, ifindex);
}

/**
 * device_name() - the name of a device
 * @list: the devices
 * @ifindex: its index
 *
 * Return: its name, or a question mark.
 */
const char *device_name(const struct devices *list, uint32_t ifindex)
{
	const struct device *d = find(list, ifindex);

	return d ? d->ifname : "?";
}

/**
 * device_in_vlan() - whether a bridge port is in a VLAN
 * @device: the port
 * @vid: the VLAN id, less than 4096
 */
bool device_in_vlan(const struct device *device, unsigned int vid)
{
	return device->vlans[vid / 8] & 1 << vid % 8;
}
