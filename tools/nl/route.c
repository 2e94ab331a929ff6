// SPDX-License-Identifier: GPL-2.0
/*
 * Routes: all of them, and the one that a packet takes.
 */
#include <errno.h>
#include <linux/rtnetlink.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "nl/route.h"
#include "nl/rtnl.h"

static void route_add_hop(struct route *route, uint32_t ifindex)
{
	if (route->hops < ROUTE_HOPS)
		route->hop[route->hops++] = ifindex;
}

static void route_parse_hops(struct route *route, const struct nlattr *attr)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(attr);
	int len = mnl_attr_get_payload_len(attr);

	while (RTNH_OK(hop, len)) {
		const struct nlattr *sub = (const void *)RTNH_DATA(hop);
		int rest = hop->rtnh_len - RTNH_LENGTH(0);

		route_add_hop(route, hop->rtnh_ifindex);
		for (; mnl_attr_ok(sub, rest); sub = mnl_attr_next(sub)) {
			uint16_t type = mnl_attr_get_type(sub);

			route->router |= type == RTA_GATEWAY || type == RTA_VIA;
			rest -= MNL_ALIGN(sub->nla_len);
		}
		len -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
}

static int route_parse(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	struct route *route = data;

	if (nl_attrs(nlh, sizeof(*rtm), tb, RTA_MAX))
		return -EBADMSG;
	*route = (struct route){
		.dst = { .family = rtm->rtm_family, .len = rtm->rtm_dst_len },
		.dst_len = rtm->rtm_dst_len,
		.table = tb[RTA_TABLE] ? nl_uint(tb[RTA_TABLE]) : rtm->rtm_table,
		.protocol = rtm->rtm_protocol,
		.metric = nl_uint(tb[RTA_PRIORITY]),
		.router = tb[RTA_GATEWAY] || tb[RTA_VIA],
	};
	nl_addr(tb[RTA_DST], &route->dst);
	if (tb[RTA_OIF])
		route_add_hop(route, nl_uint(tb[RTA_OIF]));
	if (tb[RTA_MULTIPATH])
		route_parse_hops(route, tb[RTA_MULTIPATH]);
	return 0;
}

int route_get(const struct route_query *query, struct route *route)
{
	size_t len = addr_bytes(&query->to);
	struct rtmsg rtm = {
		.rtm_family = query->to.family,
		.rtm_dst_len = 8 * len,
		.rtm_src_len = query->from.family ? 8 * len : 0,
		.rtm_flags = RTM_F_FIB_MATCH,
	};
	struct nl_request req;
	struct nl_error err;

	*route = (struct route){ 0 };
	/* IPv6 always shows the table, and refuses the flag. */
	if (query->to.family == AF_INET)
		rtm.rtm_flags |= RTM_F_LOOKUP_TABLE;
	nl_begin(&req, RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	mnl_attr_put(req.nlh, RTA_DST, len, query->to.byte);
	if (query->from.family)
		mnl_attr_put(req.nlh, RTA_SRC, len, query->from.byte);
	if (query->protocol)
		mnl_attr_put_u8(req.nlh, RTA_IP_PROTO, query->protocol);
	if (query->iif)
		mnl_attr_put_u32(req.nlh, RTA_IIF, query->iif);
	else if (query->vrf)
		mnl_attr_put_u32(req.nlh, RTA_OIF, query->vrf);
	return rtnl_talk(&req, route_parse, route, &err);
}

struct route_walk {
	int family;
	uint8_t protocol;
	uint32_t table;
	int (*fn)(const struct route *route, void *data);
	void *data;
};

static int route_walk(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct route_walk *walk = data;
	struct route route;

	if (route_parse(nlh, &route))
		return -EBADMSG;
	/* Without the family, the kernel dumps all families it has. */
	if (rtm->rtm_family != walk->family || rtm->rtm_flags & RTM_F_CLONED ||
	    (walk->protocol && route.protocol != walk->protocol) ||
	    (walk->table && route.table != walk->table))
		return 0;
	return walk->fn(&route, walk->data);
}

int route_each(int family, uint8_t protocol, uint32_t table,
	       int (*fn)(const struct route *route, void *data), void *data)
{
	struct rtmsg rtm = { .rtm_family = family, .rtm_protocol = protocol };
	struct route_walk walk = { family, protocol, table, fn, data };
	struct nl_request req;
	struct nl_error err;

	nl_begin(&req, RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	if (table)
		mnl_attr_put_u32(req.nlh, RTA_TABLE, table);
	/* ENOENT: there is no such table. */
	if (!rtnl_dump(&req, route_walk, &walk, &err) || err.code == ENOENT ||
	    rtnl_no_family(&err))
		return 0;
	return diag_refused("Cannot list the routes: %s", nl_reason(&err));
}

static int routes_add(const struct route *route, void *data)
{
	struct routes *list = data;
	struct route *more = array_add(list->route, list->n);

	if (!more)
		return -ENOMEM;
	*more = *route;
	return 0;
}

int routes_read(int family, struct routes *list)
{
	return route_each(family, 0, 0, routes_add, list);
}

void routes_free(struct routes *list)
{
	free(list->route);
	*list = (struct routes){ 0 };
}

bool route_leaves_by(const struct route *route, uint32_t ifindex)
{
	for (size_t i = 0; i < route->hops; i++)
		if (route->hop[i] == ifindex)
			return true;
	return false;
}
