// SPDX-License-Identifier: GPL-2.0
/*
 * Devices and their addresses, over rtnetlink.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "cli/diag.h"
#include "nl/nl.h"
#include "nl/rtnl.h"

/*
 * A host that has a route to the gateway's subnet already keeps it: the
 * connected route of a gateway loses against everything usual.
 */
#define GATEWAY_METRIC	4096

static struct nl_sock rtnl;

/**
 * rtnl_open() - get ready to talk to rtnetlink
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_open(void)
{
	return nl_sock_open(&rtnl, NETLINK_ROUTE);
}

static const char *reason(const struct nl_error *err)
{
	return *err->text ? err->text : strerror(err->code);
}

/**
 * rtnl_index() - find a device by its name
 * @ifname: the name
 * @ifindex: filled in
 *
 * Return: 0, or RC_REFUSED after a message that names the device.
 */
int rtnl_index(const char *ifname, uint32_t *ifindex)
{
	*ifindex = if_nametoindex(ifname);
	if (*ifindex)
		return 0;
	return diag_refused("Cannot find device \"%s\"", ifname);
}

static void copy_text(char *to, size_t len, const struct nlattr *attr)
{
	size_t n;

	*to = 0;
	if (!attr)
		return;
	n = strnlen(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	if (n >= len)
		n = len - 1;
	memcpy(to, mnl_attr_get_payload(attr), n);
	to[n] = 0;
}

static int read_link(const struct nlmsghdr *nlh, struct link *link)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *info[IFLA_INFO_MAX + 1];
	const struct nlattr *vrf[IFLA_VRF_MAX + 1];
	const struct nlattr *tb[IFLA_MAX + 1];

	memset(link, 0, sizeof(*link));
	if (nl_attrs(nlh, sizeof(*ifi), tb, IFLA_MAX))
		return -EBADMSG;
	link->ifindex = ifi->ifi_index;
	link->up = ifi->ifi_flags & IFF_UP;
	copy_text(link->ifname, sizeof(link->ifname), tb[IFLA_IFNAME]);
	if (tb[IFLA_MASTER])
		link->master = mnl_attr_get_u32(tb[IFLA_MASTER]);
	if (!tb[IFLA_LINKINFO])
		return 0;
	nl_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	copy_text(link->kind, sizeof(link->kind), info[IFLA_INFO_KIND]);
	copy_text(link->port_kind, sizeof(link->port_kind),
		  info[IFLA_INFO_SLAVE_KIND]);
	if (info[IFLA_INFO_DATA] && !strcmp(link->kind, "vrf")) {
		nl_nested(info[IFLA_INFO_DATA], vrf, IFLA_VRF_MAX);
		if (vrf[IFLA_VRF_TABLE])
			link->table = mnl_attr_get_u32(vrf[IFLA_VRF_TABLE]);
	}
	return 0;
}

static int read_one_link(const struct nlmsghdr *nlh, void *data)
{
	return read_link(nlh, data);
}

static void begin_link(struct nl_request *req, uint16_t type, uint32_t ifindex)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };

	nl_begin(req, type, 0, &ifi, sizeof(ifi));
}

/**
 * rtnl_link() - read one device
 * @ifindex: its index
 * @link: filled in
 *
 * Return: 0 or a negative errno, without a message.
 */
int rtnl_link(uint32_t ifindex, struct link *link)
{
	struct nl_request req;
	struct nl_error err;

	if (rtnl_open())
		return -EIO;
	memset(link, 0, sizeof(*link));
	begin_link(&req, RTM_GETLINK, ifindex);
	mnl_attr_put_u32(req.nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return nl_talk(&rtnl, &req, read_one_link, link, &err);
}

struct link_walk {
	void (*fn)(const struct link *link, void *data);
	void *data;
};

static int walk_link(const struct nlmsghdr *nlh, void *data)
{
	const struct link_walk *walk = data;
	struct link link;

	if (!read_link(nlh, &link))
		walk->fn(&link, walk->data);
	return 0;
}

/**
 * rtnl_links() - read all devices
 * @fn: called for each
 * @data: handed to @fn
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_links(void (*fn)(const struct link *link, void *data), void *data)
{
	struct link_walk walk = { .fn = fn, .data = data };
	struct nl_request req;
	struct nl_error err;

	if (rtnl_open())
		return RC_REFUSED;
	begin_link(&req, RTM_GETLINK, 0);
	mnl_attr_put_u32(req.nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	if (!nl_dump(&rtnl, &req, walk_link, &walk, &err))
		return 0;
	return diag_refused("Cannot list the devices: %s", reason(&err));
}

/**
 * rtnl_set_up() - bring a device up
 * @ifindex: the device
 * @ifname: its name, for the message
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_set_up(uint32_t ifindex, const char *ifname)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct nl_request req;
	struct nl_error err;

	if (rtnl_open())
		return RC_REFUSED;
	nl_begin(&req, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	if (!nl_talk(&rtnl, &req, NULL, NULL, &err))
		return 0;
	return diag_refused("Cannot bring %s up: %s", ifname, reason(&err));
}

/**
 * rtnl_set_master() - put a device into a VRF, or take it out
 * @ifindex: the device
 * @ifname: its name, for the message
 * @master: the VRF, 0 to leave
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_set_master(uint32_t ifindex, const char *ifname, uint32_t master)
{
	struct nl_request req;
	struct nl_error err;

	if (rtnl_open())
		return RC_REFUSED;
	begin_link(&req, RTM_NEWLINK, ifindex);
	mnl_attr_put_u32(req.nlh, IFLA_MASTER, master);
	if (!nl_talk(&rtnl, &req, NULL, NULL, &err))
		return 0;
	return diag_refused("Cannot change the VRF of %s: %s", ifname,
			    reason(&err));
}

/**
 * rtnl_set_name() - rename a device
 * @ifindex: the device
 * @from: its name, for the message
 * @to: its new name
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_set_name(uint32_t ifindex, const char *from, const char *to)
{
	struct nl_request req;
	struct nl_error err;

	if (rtnl_open())
		return RC_REFUSED;
	begin_link(&req, RTM_NEWLINK, ifindex);
	mnl_attr_put_strz(req.nlh, IFLA_IFNAME, to);
	if (!nl_talk(&rtnl, &req, NULL, NULL, &err))
		return 0;
	if (err.code == EBUSY)
		return diag_refused("Cannot rename %s to %s while it is up",
				    from, to);
	return diag_refused("Cannot rename %s to %s: %s", from, to,
			    reason(&err));
}

/**
 * rtnl_no_auto_address() - keep a device from making its link-local address
 * @ifindex: the device
 * @ifname: its name, for the message
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_no_auto_address(uint32_t ifindex, const char *ifname)
{
	struct nlattr *family;
	struct nl_request req;
	struct nlattr *spec;
	struct nl_error err;

	if (rtnl_open())
		return RC_REFUSED;
	begin_link(&req, RTM_NEWLINK, ifindex);
	spec = mnl_attr_nest_start(req.nlh, IFLA_AF_SPEC);
	family = mnl_attr_nest_start(req.nlh, AF_INET6);
	mnl_attr_put_u8(req.nlh, IFLA_INET6_ADDR_GEN_MODE,
			IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(req.nlh, family);
	mnl_attr_nest_end(req.nlh, spec);
	if (!nl_talk(&rtnl, &req, NULL, NULL, &err))
		return 0;
	return diag_refused("Cannot turn off the automatic link-local address of %s: %s",
			    ifname, reason(&err));
}

struct addr_walk {
	uint32_t ifindex;
	int family;
	int (*fn)(uint32_t ifindex, const struct addr *a, void *data);
	void *data;
};

static int walk_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	const struct addr_walk *walk = data;
	const struct nlattr *ip;
	struct addr a = { 0 };

	if (nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX))
		return -EBADMSG;
	/* Asked for a family it lacks, the kernel shows all it has. */
	if ((walk->ifindex && ifa->ifa_index != walk->ifindex) ||
	    ifa->ifa_family != walk->family)
		return 0;
	ip = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	a.family = ifa->ifa_family;
	a.len = ifa->ifa_prefixlen;
	if (!ip || mnl_attr_get_payload_len(ip) != addr_bytes(&a))
		return 0;
	memcpy(a.byte, mnl_attr_get_payload(ip), addr_bytes(&a));
	return walk->fn(ifa->ifa_index, &a, walk->data);
}

static int dump_addresses(struct addr_walk *walk, int family,
			  struct nl_error *err)
{
	struct ifaddrmsg ifa = {
		.ifa_family = family,
		.ifa_index = walk->ifindex,
	};
	struct nl_request req;

	walk->family = family;
	nl_begin(&req, RTM_GETADDR, 0, &ifa, sizeof(ifa));
	return nl_dump(&rtnl, &req, walk_address, walk, err);
}

static int walk_addresses(struct addr_walk *walk)
{
	struct nl_error err;

	if (rtnl_open())
		return RC_REFUSED;
	if (!dump_addresses(walk, AF_INET, &err))
		dump_addresses(walk, AF_INET6, &err);
	/* A kernel without IPv6 does not know its family. */
	if (!err.code || err.code == ENODEV || err.code == EOPNOTSUPP ||
	    err.code == EAFNOSUPPORT)
		return 0;
	return diag_refused("Cannot read the addresses: %s", reason(&err));
}

static int keep_address(uint32_t ifindex, const struct addr *a, void *data)
{
	(void)ifindex;
	return addrs_add(data, a);
}

/**
 * rtnl_addresses() - read the addresses of a device, IPv4 first
 * @ifindex: the device
 * @list: an empty list, filled in
 *
 * A device that is gone has no addresses.
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_addresses(uint32_t ifindex, struct addrs *list)
{
	struct addr_walk walk = {
		.ifindex = ifindex,
		.fn = keep_address,
		.data = list,
	};

	return walk_addresses(&walk);
}

/**
 * rtnl_each_address() - read the addresses of all devices, IPv4 first
 * @fn: called for each; returns 0 or a negative errno
 * @data: handed to @fn
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_each_address(int (*fn)(uint32_t ifindex, const struct addr *a,
				void *data), void *data)
{
	struct addr_walk walk = { .fn = fn, .data = data };

	return walk_addresses(&walk);
}

static void begin_address(struct nl_request *req, uint16_t type, uint16_t flags,
			  uint32_t ifindex, const struct addr *a)
{
	struct ifaddrmsg ifa = {
		.ifa_family = a->family,
		.ifa_prefixlen = a->len,
		.ifa_index = ifindex,
	};

	nl_begin(req, type, flags, &ifa, sizeof(ifa));
	mnl_attr_put(req->nlh, IFA_LOCAL, addr_bytes(a), a->byte);
	mnl_attr_put(req->nlh, IFA_ADDRESS, addr_bytes(a), a->byte);
}

/**
 * rtnl_add_address() - give a device an address
 * @ifindex: the device
 * @ifname: its name, for the message
 * @a: the address
 * @beside: it stands beside another address of its subnet, which has the
 *	route and is the one to send from
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_add_address(uint32_t ifindex, const char *ifname, const struct addr *a,
		     bool beside)
{
	const struct ifa_cacheinfo unpreferred = { .ifa_valid = UINT32_MAX };
	uint32_t flags = beside ? IFA_F_NOPREFIXROUTE : 0;
	struct nl_request req;
	struct nl_error err;
	char buf[ADDR_TEXT];

	if (rtnl_open())
		return RC_REFUSED;
	/* All hosts have the address, so a check for duplicates would fail. */
	if (a->family == AF_INET6)
		flags |= IFA_F_NODAD;
	begin_address(&req, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, a);
	if (flags)
		mnl_attr_put_u32(req.nlh, IFA_FLAGS, flags);
	/* In IPv4 the first address is preferred, in IPv6 any may be. */
	if (beside && a->family == AF_INET6)
		mnl_attr_put(req.nlh, IFA_CACHEINFO, sizeof(unpreferred),
			     &unpreferred);
	if (!addr_is_link_local(a))
		mnl_attr_put_u32(req.nlh, IFA_RT_PRIORITY, GATEWAY_METRIC);
	if (!nl_talk(&rtnl, &req, NULL, NULL, &err))
		return 0;
	return diag_refused("Cannot add the address %s to %s: %s",
			    addr_text(a, buf), ifname, reason(&err));
}

/**
 * rtnl_del_address() - take an address from a device, if it has it
 * @ifindex: the device
 * @ifname: its name, for the message
 * @a: the address
 *
 * Return: 0 or RC_REFUSED.
 */
int rtnl_del_address(uint32_t ifindex, const char *ifname, const struct addr *a)
{
	struct nl_request req;
	struct nl_error err;
	char buf[ADDR_TEXT];

	if (rtnl_open())
		return RC_REFUSED;
	begin_address(&req, RTM_DELADDR, 0, ifindex, a);
	nl_talk(&rtnl, &req, NULL, NULL, &err);
	if (!err.code || err.code == EADDRNOTAVAIL)
		return 0;
	return diag_refused("Cannot take the address %s from %s: %s",
			    addr_text(a, buf), ifname, reason(&err));
}
