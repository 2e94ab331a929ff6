// SPDX-License-Identifier: GPL-2.0
/*
 * The host routes in the kernel's tables. What is not of our protocol is
 * never touched, and kept where it is in the way.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/out.h"
#include "hostroutes/lock.h"
#include "hostroutes/routes.h"
#include "nl/nl.h"

static struct nl_sock nl;

static const char *reason(const struct nl_error *err)
{
	return *err->text ? err->text : strerror(err->code);
}

/* The table asked about last, and whether it is for this process to keep. */
struct whose {
	uint32_t table;
	bool ours;
};

static bool is_ours(struct whose *whose, const struct hr_route *route)
{
	if (whose->table != route->table) {
		whose->table = route->table;
		whose->ours = hr_may_keep(route->table);
	}
	return whose->ours;
}

/* ---------------------------------------------------------------- reading */

struct route_walk {
	int family;
	uint32_t table;
	struct hr_routes *list;
};

static int walk_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[RTA_MAX + 1];
	const struct route_walk *walk = data;
	struct hr_route route = { 0 };
	const struct nlattr *dst;

	if (nl_attrs(nlh, sizeof(*rtm), tb, RTA_MAX))
		return -EBADMSG;
	dst = tb[RTA_DST];
	route.table = tb[RTA_TABLE] ? mnl_attr_get_u32(tb[RTA_TABLE]) :
				      rtm->rtm_table;
	route.addr.family = rtm->rtm_family;
	route.addr.len = rtm->rtm_dst_len;
	/* Kernels that cannot choose show them all, of all their families. */
	if (rtm->rtm_family != walk->family ||
	    rtm->rtm_protocol != HR_PROTOCOL || rtm->rtm_flags & RTM_F_CLONED ||
	    (walk->table && route.table != walk->table) ||
	    (dst && mnl_attr_get_payload_len(dst) != addr_bytes(&route.addr)))
		return 0;
	if (dst)
		memcpy(route.addr.byte, mnl_attr_get_payload(dst),
		       addr_bytes(&route.addr));
	if (tb[RTA_OIF])
		route.ifindex = mnl_attr_get_u32(tb[RTA_OIF]);
	if (tb[RTA_PRIORITY])
		route.metric = mnl_attr_get_u32(tb[RTA_PRIORITY]);
	return hr_routes_add(walk->list, &route);
}

static int dump_family(struct route_walk *walk, int family)
{
	struct rtmsg rtm = {
		.rtm_family = family,
		.rtm_protocol = HR_PROTOCOL,
	};
	struct nl_request req;
	struct nl_error err;

	walk->family = family;
	nl_begin(&req, RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	if (walk->table)
		mnl_attr_put_u32(req.nlh, RTA_TABLE, walk->table);
	/* ENOENT: there is no such table; the others: no such family. */
	if (!nl_dump(&nl, &req, walk_route, walk, &err) ||
	    err.code == ENOENT || err.code == EOPNOTSUPP ||
	    err.code == EAFNOSUPPORT)
		return 0;
	return diag_refused("Cannot list the routes: %s", reason(&err));
}

/* What another process keeps is not for us to compare. */
static void drop_others(struct hr_routes *list)
{
	struct whose whose = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (is_ours(&whose, &list->route[i]))
			list->route[n++] = list->route[i];
	list->n = n;
}

/**
 * hr_routes_read() - read the host routes in the kernel
 * @table: the table, 0 for all that no other process keeps
 * @list: an empty list, filled in and sorted; to be freed also after a failure
 *
 * Return: 0 or RC_REFUSED.
 */
int hr_routes_read(uint32_t table, struct hr_routes *list)
{
	struct route_walk walk = { .table = table, .list = list };
	int rc = nl_sock_open(&nl, NETLINK_ROUTE);

	if (!rc)
		rc = dump_family(&walk, AF_INET);
	if (!rc)
		rc = dump_family(&walk, AF_INET6);
	hr_routes_sort(list);
	drop_others(list);
	return rc;
}

/* ---------------------------------------------------------------- changing */

static int send_route(uint16_t type, uint16_t flags,
		      const struct hr_route *route, struct nl_error *err)
{
	bool make = type == RTM_NEWROUTE;
	struct rtmsg rtm = {
		.rtm_family = route->addr.family,
		.rtm_dst_len = route->addr.len,
		.rtm_protocol = HR_PROTOCOL,
		.rtm_scope = make ? RT_SCOPE_LINK : RT_SCOPE_NOWHERE,
		.rtm_type = make ? RTN_UNICAST : RTN_UNSPEC,
	};
	struct nl_request req;

	nl_begin(&req, type, flags, &rtm, sizeof(rtm));
	mnl_attr_put_u32(req.nlh, RTA_TABLE, route->table);
	mnl_attr_put(req.nlh, RTA_DST, addr_bytes(&route->addr),
		     route->addr.byte);
	if (route->ifindex)
		mnl_attr_put_u32(req.nlh, RTA_OIF, route->ifindex);
	if (route->metric)
		mnl_attr_put_u32(req.nlh, RTA_PRIORITY, route->metric);
	return nl_talk(&nl, &req, NULL, NULL, err);
}

static void say(const char *what, const struct hr_route *route)
{
	char addr[ADDR_TEXT], table[HR_TABLE_TEXT], dev[IFNAMSIZ] = "";

	if (!options.details)
		return;
	if_indextoname(route->ifindex, dev);
	printf("%s %s dev %s %s\n", what, addr_text(&route->addr, addr),
	       *dev ? dev : "-", hr_table_text(route->table, table));
}

/* Without the right there is no point in going on. */
static int fatal(const struct nl_error *err)
{
	if (err->code == EPERM)
		return diag_refused("Cannot change routes: %s", reason(err));
	return 0;
}

static int remove_route(const struct hr_route *route)
{
	struct nl_error err;

	if (!send_route(RTM_DELROUTE, 0, route, &err)) {
		say("gone", route);
		return 0;
	}
	/* It may have gone with its device. */
	return err.code == ESRCH || err.code == ENODEV ? 0 : fatal(&err);
}

/* What both lists have goes on to the next list, the rest as is said. */
struct diff {
	struct hr_routes next;
	struct hr_routes gone;
	struct hr_routes fresh;
	struct hr_routes failed;
};

/* Those that failed the last time have been complained of. */
static struct hr_routes failed;

static void complain(const struct hr_route *route, const struct nl_error *err)
{
	char addr[ADDR_TEXT], table[HR_TABLE_TEXT];

	if (hr_routes_have(&failed, route))
		return;
	addr_text(&route->addr, addr);
	hr_table_text(route->table, table);
	if (err->code == EEXIST)
		diag_warn("%s has a route to %s that is not of ours: it stays",
			  table, addr);
	else
		diag_warn("Cannot make the route to %s in %s: %s", addr, table,
			  reason(err));
}

static int make_route(const struct hr_route *route, struct diff *diff)
{
	struct nl_error err;

	if (!send_route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route, &err)) {
		say("new", route);
		return hr_routes_add(&diff->next, route);
	}
	if (fatal(&err))
		return -EPERM;
	/* A device that has gone or is down: an event will tell. */
	if (err.code == ENODEV || err.code == ENETDOWN)
		return 0;
	complain(route, &err);
	return hr_routes_add(&diff->failed, route);
}

static int compare(const struct hr_routes *have, const struct hr_routes *want,
		   struct diff *diff)
{
	size_t i = 0, j = 0;
	int err = 0;

	while (!err && (i < have->n || j < want->n)) {
		int order = i == have->n ? 1 : j == want->n ? -1 :
			    hr_route_compare(&have->route[i], &want->route[j]);

		if (order < 0) {
			err = hr_routes_add(&diff->gone, &have->route[i++]);
		} else if (order > 0) {
			err = hr_routes_add(&diff->fresh, &want->route[j++]);
		} else {
			err = hr_routes_add(&diff->next, &have->route[i++]);
			j++;
		}
	}
	return err ? diag_refused("out of memory") : 0;
}

static int change(struct diff *diff)
{
	struct whose whose = { 0 };
	int rc = 0;

	for (size_t i = 0; i < diff->gone.n && !rc; i++)
		if (is_ours(&whose, &diff->gone.route[i]))
			rc = remove_route(&diff->gone.route[i]);
	for (size_t i = 0; i < diff->fresh.n && !rc; i++) {
		int err = 0;

		if (is_ours(&whose, &diff->fresh.route[i]))
			err = make_route(&diff->fresh.route[i], diff);
		if (err == -ENOMEM)
			diag_refused("out of memory");
		if (err)
			rc = RC_REFUSED;
	}
	hr_routes_free(&failed);
	failed = diff->failed;
	return rc;
}

/**
 * hr_routes_make() - make the kernel's routes those that are wanted
 * @have: the routes there are, sorted; those there are afterwards
 * @want: the routes there should be, sorted
 *
 * Return: 0 or RC_REFUSED after a message.
 */
int hr_routes_make(struct hr_routes *have, struct hr_routes *want)
{
	struct diff diff = { 0 };
	int rc = compare(have, want, &diff);

	if (!rc)
		rc = change(&diff);
	if (!rc) {
		hr_routes_free(have);
		*have = diff.next;
		hr_routes_sort(have);
	} else {
		hr_routes_free(&diff.next);
	}
	hr_routes_free(&diff.gone);
	hr_routes_free(&diff.fresh);
	return rc;
}
