// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses of network devices, over rtnetlink.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "cli/diag.h"
#include "nl/address.h"
#include "nl/rtnl.h"

/*
 * A host that already has a route to the gateway's subnet keeps using it: the
 * connected route of a gateway has a higher metric than all usual ones.
 */
#define GATEWAY_METRIC	4096

struct address_walk {
	uint32_t ifindex;	/* 0 for all devices */
	int family;
	int (*fn)(uint32_t ifindex, const struct addr *a, void *data);
	void *data;
};

static int address_parse(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	const struct address_walk *walk = data;
	struct addr a;

	if (nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX))
		return -EBADMSG;
	/* Without the family, the kernel dumps all families it has. */
	if ((walk->ifindex && ifa->ifa_index != walk->ifindex) ||
	    ifa->ifa_family != walk->family)
		return 0;
	a = (struct addr){ .family = walk->family, .len = ifa->ifa_prefixlen };
	if (!nl_addr(tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS], &a))
		return 0;
	return walk->fn(ifa->ifa_index, &a, walk->data);
}

static int address_walk(struct address_walk *walk)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct nl_request req;
	struct nl_error err;

	for (int i = 0; i < 2; i++) {
		struct ifaddrmsg ifa = {
			.ifa_family = families[i],
			.ifa_index = walk->ifindex,
		};

		walk->family = families[i];
		nl_begin(&req, RTM_GETADDR, 0, &ifa, sizeof(ifa));
		if (!rtnl_dump(&req, address_parse, walk, &err))
			continue;
		if (err.code == ENODEV || rtnl_no_family(&err))
			return 0;
		return diag_refused("Cannot read the addresses: %s",
				    nl_reason(&err));
	}
	return 0;
}

static int address_keep(uint32_t ifindex, const struct addr *a, void *data)
{
	return addrs_add(data, a);
}

int address_read(uint32_t ifindex, struct addrs *list)
{
	struct address_walk walk = {
		.ifindex = ifindex,
		.fn = address_keep,
		.data = list,
	};

	return address_walk(&walk);
}

int address_each(int (*fn)(uint32_t ifindex, const struct addr *a, void *data),
		 void *data)
{
	struct address_walk walk = { .fn = fn, .data = data };

	return address_walk(&walk);
}

static void address_begin(struct nl_request *req, uint16_t type, uint16_t flags,
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

int address_add(uint32_t ifindex, const char *ifname, const struct addr *a,
		bool beside)
{
	const struct ifa_cacheinfo unpreferred = { .ifa_valid = UINT32_MAX };
	uint32_t flags = beside ? IFA_F_NOPREFIXROUTE : 0;
	struct nl_request req;
	char buf[ADDR_TEXT];

	/* All hosts have the address, so DAD would fail. */
	if (a->family == AF_INET6)
		flags |= IFA_F_NODAD;
	address_begin(&req, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, a);
	if (flags)
		mnl_attr_put_u32(req.nlh, IFA_FLAGS, flags);
	/* In IPv4 the first address is preferred, in IPv6 any may be. */
	if (beside && a->family == AF_INET6)
		mnl_attr_put(req.nlh, IFA_CACHEINFO, sizeof(unpreferred),
			     &unpreferred);
	if (!addr_is_link_local(a))
		mnl_attr_put_u32(req.nlh, IFA_RT_PRIORITY, GATEWAY_METRIC);
	return rtnl_change(&req, "add the address %s to %s", addr_text(a, buf),
			   ifname);
}

int address_del(uint32_t ifindex, const char *ifname, const struct addr *a)
{
	struct nl_request req;
	struct nl_error err;
	char buf[ADDR_TEXT];

	address_begin(&req, RTM_DELADDR, 0, ifindex, a);
	if (!rtnl_talk(&req, NULL, NULL, &err) || err.code == EADDRNOTAVAIL)
		return 0;
	return diag_refused("Cannot delete the address %s of %s: %s",
			    addr_text(a, buf), ifname, nl_reason(&err));
}
