// SPDX-License-Identifier: GPL-2.0
/*
 * Routes: all of them, and the one that a packet would take.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "nl/nl.h"
#include "nl/route.h"

static struct nl_sock nl;

static void add_hop(struct route *route, uint32_t ifindex)
{
	if (route->hops < ROUTE_HOPS)
		route->hop[route->hops++] = ifindex;
}

static void take_hops(struct route *route, const struct nlattr *attr)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(attr);
	int len = mnl_attr_get_payload_len(attr);

	while (RTNH_OK(hop, len)) {
		const struct nlattr *sub = (const void *)RTNH_DATA(hop);
		int rest = hop->rtnh_len - RTNH_LENGTH(0);

		add_hop(route, hop->rtnh_ifindex);
		for (; mnl_attr_ok(sub, rest); sub = mnl_attr_next(sub)) {
			route->router |= mnl_attr_get_type(sub) == RTA_GATEWAY ||
					 mnl_attr_get_type(sub) == RTA_VIA;
			rest -= MNL_ALIGN(sub->nla_len);
		}
		len -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

static void take_prefix(struct route *route, const struct rtmsg *rtm,
			const struct nlattr *dst)
{
	struct addr a = { .family = rtm->rtm_family, .len = rtm->rtm_dst_len };

	route->dst_len = rtm->rtm_dst_len;
	if (!dst || (a.family != AF_INET && a.family != AF_INET6) ||
	    mnl_attr_get_payload_len(dst) != addr_bytes(&a))
		return;
	memcpy(a.byte, mnl_attr_get_payload(dst), addr_bytes(&a));
	route->dst = a;
}

static int read_route(const struct nlmsghdr *nlh, struct route *route)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[RTA_MAX + 1];

	memset(route, 0, sizeof(*route));
	if (nl_attrs(nlh, sizeof(*rtm), tb, RTA_MAX))
		return -EBADMSG;
	take_prefix(route, rtm, tb[RTA_DST]);
	route->table = tb[RTA_TABLE] ? mnl_attr_get_u32(tb[RTA_TABLE]) :
				       rtm->rtm_table;
	route->protocol = rtm->rtm_protocol;
	route->router = tb[RTA_GATEWAY] || tb[RTA_VIA];
	if (tb[RTA_OIF])
		add_hop(route, mnl_attr_get_u32(tb[RTA_OIF]));
	if (tb[RTA_MULTIPATH])
		take_hops(route, tb[RTA_MULTIPATH]);
	return 0;
}

static int read_one(const struct nlmsghdr *nlh, void *data)
{
	return read_route(nlh, data);
}

/**
 * route_get() - the route that a packet would take
 * @ask: the packet
 * @route: filled in
 *
 * Return: 0 or a negative errno, without a message.
 */
int route_get(const struct route_ask *ask, struct route *route)
{
	struct rtmsg rtm = {
		.rtm_family = ask->to.family,
		.rtm_dst_len = 8 * addr_bytes(&ask->to),
		/* IPv6 always tells the table, and refuses to be asked. */
		.rtm_flags = RTM_F_FIB_MATCH |
			     (ask->to.family == AF_INET ? RTM_F_LOOKUP_TABLE :
							  0),
	};
	struct nl_request req;
	struct nl_error err;

	memset(route, 0, sizeof(*route));
	if (nl_sock_open(&nl, NETLINK_ROUTE))
		return -EIO;
	if (ask->from.family)
		rtm.rtm_src_len = rtm.rtm_dst_len;
	nl_begin(&req, RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	mnl_attr_put(req.nlh, RTA_DST, addr_bytes(&ask->to), ask->to.byte);
	if (ask->from.family)
		mnl_attr_put(req.nlh, RTA_SRC, addr_bytes(&ask->from),
			     ask->from.byte);
	if (ask->protocol)
		mnl_attr_put_u8(req.nlh, RTA_IP_PROTO, ask->protocol);
	if (ask->iif)
		mnl_attr_put_u32(req.nlh, RTA_IIF, ask->iif);
	else if (ask->vrf)
		mnl_attr_put_u32(req.nlh, RTA_OIF, ask->vrf);
	return nl_talk(&nl, &req, read_one, route, &err);
}

struct route_walk {
	int family;
	struct routes *list;
};

/* Asked for a family it lacks, the kernel shows all it has. */
static int read_next(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct route_walk *walk = data;
	struct routes *list = walk->list;
	struct route *more;

	if (rtm->rtm_family != walk->family)
		return 0;
	more = realloc(list->route, (list->n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->route = more;
	return read_route(nlh, &more[list->n++]);
}

/**
 * routes_read() - read all routes of a family
 * @family: AF_INET or AF_INET6
 * @list: an empty list, filled in; to be freed also after a failure
 *
 * A kernel without the family has no routes of it.
 *
 * Return: 0 or RC_REFUSED.
 */
int routes_read(int family, struct routes *list)
{
	struct route_walk walk = { .family = family, .list = list };
	struct rtmsg rtm = { .rtm_family = family };
	struct nl_request req;
	struct nl_error err;

	if (nl_sock_open(&nl, NETLINK_ROUTE))
		return RC_REFUSED;
	nl_begin(&req, RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	if (!nl_dump(&nl, &req, read_next, &walk, &err) ||
	    err.code == EOPNOTSUPP || err.code == EAFNOSUPPORT)
		return 0;
	return diag_refused("Cannot list the routes: %s",
			    *err.text ? err.text : strerror(err.code));
}

/**
 * routes_free() - empty a list of routes
 * @list: the list
 */
void routes_free(struct routes *list)
{
	free(list->route);
	list->route = NULL;
	list->n = 0;
}

/**
 * route_leaves_by() - whether a route uses a device
 * @route: the route
 * @ifindex: the device
 */
bool route_leaves_by(const struct route *route, uint32_t ifindex)
{
	for (size_t i = 0; i < route->hops; i++)
		if (route->hop[i] == ifindex)
			return true;
	return false;
}
