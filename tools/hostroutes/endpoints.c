// SPDX-License-Identifier: GPL-2.0
/*
 * The endpoints, kept up to date by events, and the routes they need.
 */
#include <errno.h>
#include <net/if.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "hostroutes/endpoints.h"
#include "nl/genl.h"

/* The default metric of IPv6 would lose against a route from BGP. */
#define METRIC6		1

struct endpoint {
	uint32_t bridge;
	uint16_t vlan;
	uint8_t mac[MAC_LEN];
	struct addrs addrs;
};

static void *endpoints;

static int endpoint_compare(const void *one, const void *other)
{
	const struct endpoint *a = one;
	const struct endpoint *b = other;

	if (a->bridge != b->bridge)
		return a->bridge < b->bridge ? -1 : 1;
	if (a->vlan != b->vlan)
		return a->vlan < b->vlan ? -1 : 1;
	return memcmp(a->mac, b->mac, MAC_LEN);
}

static int read_endpoint(const struct nlmsghdr *nlh, struct endpoint *ep)
{
	const struct nlattr *tb[ANYGW_A_ENDPOINT_MAX + 1];

	memset(ep, 0, sizeof(*ep));
	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_ENDPOINT_MAX) ||
	    !nl_mac(tb[ANYGW_A_ENDPOINT_MAC], ep->mac) ||
	    !tb[ANYGW_A_ENDPOINT_BRIDGE] || !tb[ANYGW_A_ENDPOINT_VLAN])
		return -EBADMSG;
	ep->bridge = nl_uint(tb[ANYGW_A_ENDPOINT_BRIDGE]);
	ep->vlan = nl_uint(tb[ANYGW_A_ENDPOINT_VLAN]);
	return 0;
}

static int read_addresses(const struct nlmsghdr *nlh, struct addrs *list)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		size_t len = mnl_attr_get_payload_len(attr);
		struct addr a = {
			.family = len == 4 ? AF_INET : AF_INET6,
			.len = 8 * len,
		};

		if (mnl_attr_get_type(attr) != ANYGW_A_ENDPOINT_ADDRESS ||
		    !nl_addr(attr, &a))
			continue;
		if (addrs_add(list, &a))
			return -ENOMEM;
	}
	return 0;
}

static void free_endpoint(void *endpoint)
{
	struct endpoint *ep = endpoint;

	addrs_free(&ep->addrs);
	free(ep);
}

static void remove_endpoint(struct endpoint *key)
{
	struct endpoint **found = tfind(key, &endpoints, endpoint_compare);
	struct endpoint *ep;

	if (!found)
		return;
	ep = *found;
	tdelete(key, &endpoints, endpoint_compare);
	free_endpoint(ep);
}

int hr_endpoint_set(const struct nlmsghdr *nlh, bool gone)
{
	struct endpoint *ep = malloc(sizeof(*ep));
	int err;

	if (!ep)
		return -ENOMEM;
	err = read_endpoint(nlh, ep);
	if (!err)
		remove_endpoint(ep);
	if (!err && !gone)
		err = read_addresses(nlh, &ep->addrs);
	if (!err && !gone && !tsearch(ep, &endpoints, endpoint_compare))
		err = -ENOMEM;
	if (err || gone)
		free_endpoint(ep);
	return err;
}

static int add_endpoint(const struct nlmsghdr *nlh, void *data)
{
	(void)data;
	return hr_endpoint_set(nlh, false);
}

int hr_endpoints_read(void)
{
	hr_endpoints_free();
	return genl_dump(ANYGW_CMD_ENDPOINT_GET, add_endpoint, NULL,
			 "list the endpoints");
}

void hr_endpoints_free(void)
{
	tdestroy(endpoints, free_endpoint);
	endpoints = NULL;
}

static const struct addr *subnet_of(const struct gw *gw, const struct addr *a)
{
	const struct addr *host = &gw->host[a->family == AF_INET6];
	const struct addr *net = addrs_subnet(&gw->addrs, a);

	if (!net && host->family && addr_covers(host, a))
		net = host;
	return net;
}

/* The active gateway whose subnet has the address */
static const struct gw *gateway_of(const struct hr_host *host,
				   const struct endpoint *ep,
				   const struct addr *a,
				   const struct addr **subnet)
{
	array_foreach(gw, host->gws.gw, host->gws.n) {
		if (gw->bridge != ep->bridge || gw->vlan != ep->vlan ||
		    gw->state != ANYGW_MODE_ACTIVE || gw->down)
			continue;
		*subnet = subnet_of(gw, a);
		if (*subnet)
			return gw;
	}
	return NULL;
}

struct want {
	const struct hr_host *host;
	struct hr_routes *list;
	int err;
};

/*
 * No route where the host has an address of its own in the subnet: it would
 * divert the host's own packets.
 */
static void want_address(struct want *want, const struct endpoint *ep,
			 const struct addr *a)
{
	const struct hr_host *host = want->host;
	struct hr_route route = { .addr = *a };
	const struct addr *subnet;
	const struct gw *gw = gateway_of(host, ep, a, &subnet);

	if (!gw || addr_is_link_local(a))
		return;
	route.table = host->table[gw - host->gws.gw];
	route.ifindex = gw->ifindex;
	route.metric = a->family == AF_INET6 ? METRIC6 : 0;
	if (!hr_host_net(host, route.table, subnet->len, a))
		want->err = hr_routes_add(want->list, &route);
}

static void want_endpoint(const void *node, VISIT visit, void *data)
{
	const struct endpoint *ep = *(struct endpoint *const *)node;
	struct want *want = data;

	if (visit != preorder && visit != leaf)
		return;
	for (size_t i = 0; i < ep->addrs.n && !want->err; i++)
		want_address(want, ep, &ep->addrs.addr[i]);
}

/* An address may be in two VLANs, but only once in a table. */
static void drop_duplicates(struct hr_routes *list)
{
	size_t n = 0;

	array_foreach(route, list->route, list->n)
		if (!n || list->route[n - 1].table != route->table ||
		    !addr_equal(&list->route[n - 1].addr, &route->addr))
			list->route[n++] = *route;
	list->n = n;
}

int hr_wanted(const struct hr_host *host, struct hr_routes *list)
{
	struct want want = { .host = host, .list = list };

	twalk_r(endpoints, want_endpoint, &want);
	if (want.err)
		return diag_no_memory();
	hr_routes_sort(list);
	drop_duplicates(list);
	return 0;
}
