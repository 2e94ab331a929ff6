// SPDX-License-Identifier: GPL-2.0
/*
 * What the host routes depend on beside the endpoints: the gateways, their
 * tables, and the networks that the host itself is in.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "hostroutes/networks.h"
#include "nl/rtnl.h"

/* Devices that are VRFs, and devices in a VRF. */
struct links {
	struct link *link;
	size_t n;
	bool failed;
};

static void keep_link(const struct link *link, void *data)
{
	struct links *list = data;
	struct link *more;

	if (!link->table && !link->master)
		return;
	more = realloc(list->link, (list->n + 1) * sizeof(*more));
	if (!more) {
		list->failed = true;
		return;
	}
	list->link = more;
	more[list->n++] = *link;
}

static const struct link *find(const struct links *list, uint32_t ifindex)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->link[i].ifindex == ifindex)
			return &list->link[i];
	return NULL;
}

/* The table that routes of a device are in. */
static uint32_t table_of(const struct links *list, uint32_t ifindex)
{
	const struct link *link = find(list, ifindex);
	const struct link *vrf = NULL;

	if (link && link->table)
		vrf = link;
	else if (link)
		vrf = find(list, link->master);
	return vrf && vrf->table ? vrf->table : RT_TABLE_MAIN;
}

struct net_walk {
	struct hr_host *host;
	const struct links *links;
};

static int keep_net(uint32_t ifindex, const struct addr *a, void *data)
{
	struct net_walk *walk = data;
	struct hr_host *host = walk->host;
	struct hr_net *more;

	if (a->len == 8 * addr_bytes(a) || addr_is_link_local(a) ||
	    hr_host_is_gateway(host, ifindex))
		return 0;
	more = realloc(host->net, (host->nets + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	host->net = more;
	more[host->nets++] = (struct hr_net){
		.table = table_of(walk->links, ifindex),
		.ifindex = ifindex,
		.addr = *a,
	};
	return 0;
}

static int read_tables(struct hr_host *host, const struct links *links,
		       uint32_t table)
{
	const struct gws *gws = &host->gws;

	host->table = calloc(gws->n + 1, sizeof(*host->table));
	if (!host->table)
		return diag_refused("out of memory");
	for (size_t i = 0; i < gws->n; i++)
		host->table[i] = table ? table :
				 table_of(links, gws->gw[i].ifindex);
	return 0;
}

/**
 * hr_host_read() - read the devices of the host
 * @host: filled in; what was in it is freed
 * @table: the table for all routes, 0 for that of each gateway
 *
 * Return: 0 or an exit code after a message.
 */
int hr_host_read(struct hr_host *host, uint32_t table)
{
	struct links links = { 0 };
	struct net_walk walk = { .host = host, .links = &links };
	int rc;

	hr_host_free(host);
	rc = gws_read(&host->gws);
	if (!rc)
		rc = rtnl_links(keep_link, &links);
	if (!rc)
		rc = read_tables(host, &links, table);
	if (!rc)
		rc = rtnl_each_address(keep_net, &walk);
	if (!rc && links.failed)
		rc = diag_refused("out of memory");
	free(links.link);
	return rc;
}

/**
 * hr_host_free() - forget the devices
 * @host: the devices
 */
void hr_host_free(struct hr_host *host)
{
	gws_free(&host->gws);
	free(host->table);
	free(host->net);
	memset(host, 0, sizeof(*host));
}

/**
 * hr_host_is_gateway() - whether a device is one of the gateways
 * @host: the devices
 * @ifindex: the device
 */
bool hr_host_is_gateway(const struct hr_host *host, uint32_t ifindex)
{
	for (size_t i = 0; i < host->gws.n; i++)
		if (host->gws.gw[i].ifindex == ifindex)
			return true;
	return false;
}

/**
 * hr_host_net() - the network of the host that has an address
 * @host: the devices
 * @table: where its route is
 * @len: prefix length of the gateway's subnet; a shorter one does not count
 * @a: the address
 *
 * Return: the network, or NULL when only gateways have it.
 */
const struct hr_net *hr_host_net(const struct hr_host *host, uint32_t table,
				 uint8_t len, const struct addr *a)
{
	for (size_t i = 0; i < host->nets; i++)
		if (host->net[i].table == table &&
		    host->net[i].addr.len >= len &&
		    addr_covers(&host->net[i].addr, a))
			return &host->net[i];
	return NULL;
}
