// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices, over rtnetlink.
 */
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "nl/link.h"
#include "nl/rtnl.h"

int link_index(const char *ifname, uint32_t *ifindex)
{
	*ifindex = if_nametoindex(ifname);
	if (*ifindex)
		return 0;
	return diag_refused("Cannot find device \"%s\"", ifname);
}

static void link_parse_data(struct link *link, const struct nlattr *data)
{
	const struct nlattr *br[IFLA_BR_MAX + 1];
	const struct nlattr *vrf[IFLA_VRF_MAX + 1];

	if (!strcmp(link->kind, "vrf")) {
		nl_nested(data, vrf, IFLA_VRF_MAX);
		link->table = nl_uint(vrf[IFLA_VRF_TABLE]);
	} else if (!strcmp(link->kind, "bridge")) {
		nl_nested(data, br, IFLA_BR_MAX);
		link->filtering = nl_uint(br[IFLA_BR_VLAN_FILTERING]);
		link->nf_call = nl_uint(br[IFLA_BR_NF_CALL_IPTABLES]) ||
				nl_uint(br[IFLA_BR_NF_CALL_IP6TABLES]) ||
				nl_uint(br[IFLA_BR_NF_CALL_ARPTABLES]);
	}
}

static void link_parse_info(struct link *link, const struct nlattr *nest)
{
	const struct nlattr *port[IFLA_BRPORT_MAX + 1];
	const struct nlattr *tb[IFLA_INFO_MAX + 1];

	nl_nested(nest, tb, IFLA_INFO_MAX);
	nl_text(tb[IFLA_INFO_KIND], link->kind, sizeof(link->kind));
	nl_text(tb[IFLA_INFO_SLAVE_KIND], link->port_kind,
		sizeof(link->port_kind));
	link_parse_data(link, tb[IFLA_INFO_DATA]);
	if (strcmp(link->port_kind, "bridge"))
		return;
	nl_nested(tb[IFLA_INFO_SLAVE_DATA], port, IFLA_BRPORT_MAX);
	link->neigh_suppress = nl_uint(port[IFLA_BRPORT_NEIGH_SUPPRESS]);
}

static int link_parse(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_MAX + 1];
	struct link *link = data;

	if (nl_attrs(nlh, sizeof(*ifi), tb, IFLA_MAX))
		return -EBADMSG;
	link->ifindex = ifi->ifi_index;
	link->up = ifi->ifi_flags & IFF_UP;
	nl_text(tb[IFLA_IFNAME], link->ifname, sizeof(link->ifname));
	link->master = nl_uint(tb[IFLA_MASTER]);
	link->mtu = nl_uint(tb[IFLA_MTU]);
	link_parse_info(link, tb[IFLA_LINKINFO]);
	return 0;
}

static int links_add(const struct nlmsghdr *nlh, void *data)
{
	struct links *list = data;
	struct link *link = array_add(list->link, list->n);

	return link ? link_parse(nlh, link) : -ENOMEM;
}

/* VLANs come one by one, or as the two ends of a range. */
static void link_parse_vlans(struct link *link, const struct nlattr *spec)
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
			link->vlans[v / 8] |= 1 << v % 8;
	}
}

static int links_add_vlans(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFLA_MAX + 1];
	const struct links *list = data;

	if (nl_attrs(nlh, sizeof(*ifi), tb, IFLA_MAX))
		return -EBADMSG;
	for (size_t i = 0; i < list->n && tb[IFLA_AF_SPEC]; i++)
		if (list->link[i].ifindex == (uint32_t)ifi->ifi_index)
			link_parse_vlans(&list->link[i], tb[IFLA_AF_SPEC]);
	return 0;
}

static void link_begin(struct nl_request *req, uint16_t type, int family,
		       uint32_t ifindex)
{
	struct ifinfomsg ifi = { .ifi_family = family, .ifi_index = ifindex };

	nl_begin(req, type, 0, &ifi, sizeof(ifi));
}

int link_get(uint32_t ifindex, struct link *link)
{
	struct nl_request req;
	struct nl_error err;

	memset(link, 0, sizeof(*link));
	link_begin(&req, RTM_GETLINK, AF_UNSPEC, ifindex);
	mnl_attr_put_u32(req.nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return rtnl_talk(&req, link_parse, link, &err);
}

static int links_dump(struct links *list, int family, uint32_t mask, nl_fn fn)
{
	struct nl_request req;
	struct nl_error err;

	link_begin(&req, RTM_GETLINK, family, 0);
	mnl_attr_put_u32(req.nlh, IFLA_EXT_MASK, mask);
	if (!rtnl_dump(&req, fn, list, &err))
		return 0;
	return diag_refused("Cannot list the devices: %s", nl_reason(&err));
}

int links_read(struct links *list)
{
	return links_dump(list, AF_UNSPEC, RTEXT_FILTER_SKIP_STATS, links_add);
}

int links_read_vlans(struct links *list)
{
	return links_dump(list, AF_BRIDGE, RTEXT_FILTER_BRVLAN_COMPRESSED,
			  links_add_vlans);
}

void links_free(struct links *list)
{
	free(list->link);
	*list = (struct links){ 0 };
}

const struct link *links_find(const struct links *list, uint32_t ifindex)
{
	array_foreach(l, list->link, list->n)
		if (l->ifindex == ifindex)
			return l;
	return NULL;
}

const char *links_name(const struct links *list, uint32_t ifindex)
{
	const struct link *link = links_find(list, ifindex);

	return link ? link->ifname : "?";
}

uint32_t links_table(const struct links *list, uint32_t ifindex)
{
	const struct link *link = links_find(list, ifindex);

	if (link && !link->table)
		link = links_find(list, link->master);
	return link && link->table ? link->table : RT_TABLE_MAIN;
}

bool link_in_vlan(const struct link *link, unsigned int vid)
{
	return link->vlans[vid / 8] & 1 << vid % 8;
}

int link_set_up(uint32_t ifindex, const char *ifname)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct nl_request req;

	nl_begin(&req, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	return rtnl_change(&req, "bring %s up", ifname);
}

int link_set_master(uint32_t ifindex, const char *ifname, uint32_t master)
{
	struct nl_request req;

	link_begin(&req, RTM_NEWLINK, AF_UNSPEC, ifindex);
	mnl_attr_put_u32(req.nlh, IFLA_MASTER, master);
	return rtnl_change(&req, "change the VRF of %s", ifname);
}

int link_set_name(uint32_t ifindex, const char *from, const char *to)
{
	struct nl_request req;
	struct nl_error err;

	link_begin(&req, RTM_NEWLINK, AF_UNSPEC, ifindex);
	mnl_attr_put_strz(req.nlh, IFLA_IFNAME, to);
	if (!rtnl_talk(&req, NULL, NULL, &err))
		return 0;
	if (err.code == EBUSY)
		return diag_refused("Cannot rename %s to %s while it is up",
				    from, to);
	return diag_refused("Cannot rename %s to %s: %s", from, to,
			    nl_reason(&err));
}

int link_no_auto_address(uint32_t ifindex, const char *ifname)
{
	struct nlattr *spec, *family;
	struct nl_request req;

	link_begin(&req, RTM_NEWLINK, AF_UNSPEC, ifindex);
	spec = mnl_attr_nest_start(req.nlh, IFLA_AF_SPEC);
	family = mnl_attr_nest_start(req.nlh, AF_INET6);
	mnl_attr_put_u8(req.nlh, IFLA_INET6_ADDR_GEN_MODE,
			IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(req.nlh, family);
	mnl_attr_nest_end(req.nlh, spec);
	return rtnl_change(&req, "turn off the automatic link-local address of %s",
			   ifname);
}
