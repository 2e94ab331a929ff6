// SPDX-License-Identifier: GPL-2.0
/*
 * The host routes in the kernel. Routes of other protocols are never touched,
 * and stay where they conflict.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "cli/out.h"
#include "hostroutes/lock.h"
#include "hostroutes/routes.h"
#include "nl/route.h"
#include "nl/rtnl.h"

/* The last table that was looked up, and whether this process owns it */
struct owner {
	uint32_t table;
	bool ours;
};

static bool is_ours(struct owner *owner, const struct hr_route *route)
{
	if (owner->table != route->table) {
		owner->table = route->table;
		owner->ours = hr_may_lock(route->table);
	}
	return owner->ours;
}

static int hr_routes_add_route(const struct route *route, void *data)
{
	struct hr_route r = {
		.table = route->table,
		.ifindex = route->hops ? route->hop[0] : 0,
		.metric = route->metric,
		.addr = route->dst,
	};

	return hr_routes_add(data, &r);
}

/* The routes of another process are not ours to compare. */
static void drop_others(struct hr_routes *list)
{
	struct owner owner = { 0 };
	size_t n = 0;

	array_foreach(route, list->route, list->n)
		if (is_ours(&owner, route))
			list->route[n++] = *route;
	list->n = n;
}

int hr_routes_read(uint32_t table, struct hr_routes *list)
{
	int rc = route_each(AF_INET, HR_PROTOCOL, table, hr_routes_add_route,
			    list);

	if (!rc)
		rc = route_each(AF_INET6, HR_PROTOCOL, table,
				hr_routes_add_route, list);
	hr_routes_sort(list);
	drop_others(list);
	return rc;
}

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
	return rtnl_talk(&req, NULL, NULL, err);
}

static void print_change(const char *what, const struct hr_route *route)
{
	char addr[ADDR_TEXT], table[HR_TABLE_TEXT], dev[IFNAMSIZ] = "";

	if (!options.details)
		return;
	if_indextoname(route->ifindex, dev);
	printf("%s %s dev %s %s\n", what, addr_text(&route->addr, addr),
	       *dev ? dev : "-", hr_table_text(route->table, table));
}

/* Without permission every other route would fail, too. */
static int check_permission(const struct nl_error *err)
{
	if (err->code == EPERM)
		return diag_refused("Cannot change routes: %s", nl_reason(err));
	return 0;
}

static int remove_route(const struct hr_route *route)
{
	struct nl_error err;

	if (!send_route(RTM_DELROUTE, 0, route, &err)) {
		print_change("gone", route);
		return 0;
	}
	/* It may be gone with its device. */
	if (err.code == ESRCH || err.code == ENODEV)
		return 0;
	return check_permission(&err);
}

/* The next list has what is in both lists. */
struct diff {
	struct hr_routes next;
	struct hr_routes gone;
	struct hr_routes fresh;
	struct hr_routes failed;
};

/* Those that failed the last time were reported then. */
static struct hr_routes failed;

static void report_failure(const struct hr_route *route,
			   const struct nl_error *err)
{
	char addr[ADDR_TEXT], table[HR_TABLE_TEXT];

	if (hr_routes_have(&failed, route))
		return;
	addr_text(&route->addr, addr);
	hr_table_text(route->table, table);
	if (err->code == EEXIST)
		diag_warn("%s already has a route to %s of another protocol, which stays",
			  table, addr);
	else
		diag_warn("Cannot add the route to %s in %s: %s", addr, table,
			  nl_reason(err));
}

static int make_route(const struct hr_route *route, struct diff *diff)
{
	struct nl_error err;

	if (!send_route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route, &err)) {
		print_change("new", route);
		return hr_routes_add(&diff->next, route);
	}
	if (check_permission(&err))
		return -EPERM;
	/* The device is gone or down: an event will follow. */
	if (err.code == ENODEV || err.code == ENETDOWN)
		return 0;
	report_failure(route, &err);
	return hr_routes_add(&diff->failed, route);
}

static int diff_make(const struct hr_routes *have,
		     const struct hr_routes *want, struct diff *diff)
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
	return err ? diag_no_memory() : 0;
}

static int diff_apply(struct diff *diff)
{
	struct owner owner = { 0 };
	int rc = 0;

	for (size_t i = 0; i < diff->gone.n && !rc; i++)
		if (is_ours(&owner, &diff->gone.route[i]))
			rc = remove_route(&diff->gone.route[i]);
	for (size_t i = 0; i < diff->fresh.n && !rc; i++) {
		int err = 0;

		if (is_ours(&owner, &diff->fresh.route[i]))
			err = make_route(&diff->fresh.route[i], diff);
		if (err == -ENOMEM)
			diag_no_memory();
		if (err)
			rc = RC_REFUSED;
	}
	hr_routes_free(&failed);
	failed = diff->failed;
	return rc;
}

int hr_routes_make(struct hr_routes *have, struct hr_routes *want)
{
	struct diff diff = { 0 };
	int rc = diff_make(have, want, &diff);

	if (!rc)
		rc = diff_apply(&diff);
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
