// SPDX-License-Identifier: GPL-2.0
/*
 * The endpoints as the events tell of them, and the routes they are to have.
 */
#include <errno.h>
#include <net/if.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/diag.h"
#include "hostroutes/endpoints.h"
#include "nl/genl.h"

/* One of IPv6 without a metric would get one that loses against BGP's. */
#define METRIC6		1

struct endpoint {
	uint32_t bridge;
	uint16_t vlan;
	uint8_t mac[MAC_LEN];
	struct addrs addrs;
};

static void *endpoints;

static int by_key(const void *one, const void *other)
{
	const struct endpoint *a = one;
	const struct endpoint *b = other;

	if (a->bridge != b->bridge)
		return a->bridge < b->bridge ? -1 : 1;
	if (a->vlan != b->vlan)
		return a->vlan < b->vlan ? -1 : 1;
	return memcmp(a->mac, b->mac, MAC_LEN);
}

static int read_key(const struct nlmsghdr *nlh, struct endpoint *ep)
{
	const struct nlattr *tb[ANYGW_A_ENDPOINT_MAX + 1];
	const struct nlattr *mac;

	memset(ep, 0, sizeof(*ep));
	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_ENDPOINT_MAX))
		return -EBADMSG;
	mac = tb[ANYGW_A_ENDPOINT_MAC];
	if (!mac || mnl_attr_get_payload_len(mac) != MAC_LEN ||
	    !tb[ANYGW_A_ENDPOINT_BRIDGE] || !tb[ANYGW_A_ENDPOINT_VLAN])
		return -EBADMSG;
	memcpy(ep->mac, mnl_attr_get_payload(mac), MAC_LEN);
	ep->bridge = mnl_attr_get_u32(tb[ANYGW_A_ENDPOINT_BRIDGE]);
	ep->vlan = mnl_attr_get_u16(tb[ANYGW_A_ENDPOINT_VLAN]);
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
		    (len != 4 && len != 16))
			continue;
		memcpy(a.byte, mnl_attr_get_payload(attr), len);
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

static void forget(struct endpoint *key)
{
	struct endpoint **found = tfind(key, &endpoints, by_key);
	struct endpoint *ep;

	if (!found)
		return;
	ep = *found;
	tdelete(key, &endpoints, by_key);
	free_endpoint(ep);
}

/**
 * hr_endpoint_set() - note what is said of an endpoint
 * @nlh: the message
 * @gone: it is here no more
 *
 * Return: 0 or a negative errno.
 */
int hr_endpoint_set(const struct nlmsghdr *nlh, bool gone)
{
	struct endpoint *ep = malloc(sizeof(*ep));
	int err;

	if (!ep)
		return -ENOMEM;
	err = read_key(nlh, ep);
	if (!err)
		forget(ep);
	if (!err && !gone)
		err = read_addresses(nlh, &ep->addrs);
	if (!err && !gone && !tsearch(ep, &endpoints, by_key))
		err = -ENOMEM;
	if (err || gone)
		free_endpoint(ep);
	return err;
}

static int set_here(const struct nlmsghdr *nlh, void *data)
{
	(void)data;
	return hr_endpoint_set(nlh, false);
}

/**
 * hr_endpoints_read() - read all endpoints, in place of those known
 *
 * Return: 0 or an exit code after a message.
 */
int hr_endpoints_read(void)
{
	hr_endpoints_free();
	return genl_dump(ANYGW_CMD_ENDPOINT_GET, set_here, NULL,
			 "list the endpoints");
}

/**
 * hr_endpoints_free() - forget all endpoints
 */
void hr_endpoints_free(void)
{
	tdestroy(endpoints, free_endpoint);
	endpoints = NULL;
}

static const struct addr *subnet_of(const struct gw *gw, const struct addr *a)
{
	for (size_t i = 0; i < gw->addrs.n; i++)
		if (addr_covers(&gw->addrs.addr[i], a))
			return &gw->addrs.addr[i];
	for (size_t i = 0; i < 2; i++)
		if (gw->host[i].family && addr_covers(&gw->host[i], a))
			return &gw->host[i];
	return NULL;
}

/* The gateway that serves an address, or none. */
static const struct gw *gateway_of(const struct hr_host *host,
				   const struct endpoint *ep,
				   const struct addr *a,
				   const struct addr **subnet)
{
	for (size_t i = 0; i < host->gws.n; i++) {
		const struct gw *gw = &host->gws.gw[i];

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
 * Where the host has an address of its own in the network, its packets would
 * take another way with the route than without.
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

/* Two VLANs may have the same address, but not in the same table. */
static void drop_doubles(struct hr_routes *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (!n || list->route[n - 1].table != list->route[i].table ||
		    !addr_equal(&list->route[n - 1].addr, &list->route[i].addr))
			list->route[n++] = list->route[i];
	list->n = n;
}

/**
 * hr_wanted() - the routes there should be
 * @host: the devices
 * @list: an empty list, filled in and sorted
 *
 * Return: 0 or RC_REFUSED.
 */
int hr_wanted(const struct hr_host *host, struct hr_routes *list)
{
	struct want want = { .host = host, .list = list };

	twalk_r(endpoints, want_endpoint, &want);
	if (want.err)
		return diag_refused("out of memory");
	hr_routes_sort(list);
	drop_doubles(list);
	return 0;
}
