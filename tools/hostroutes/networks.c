// SPDX-License-Identifier: GPL-2.0
/*
 * The gateways, their routing tables, and the subnets that the host itself is
 * in.
 */
#include <errno.h>
#include <string.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "hostroutes/networks.h"
#include "nl/address.h"
#include "nl/link.h"

struct net_walk {
	struct hr_host *host;
	const struct links *links;
};

static int hr_net_add(uint32_t ifindex, const struct addr *a, void *data)
{
	struct net_walk *walk = data;
	struct hr_host *host = walk->host;
	struct hr_net *net;

	if (a->len == 8 * addr_bytes(a) || addr_is_link_local(a) ||
	    gws_find(&host->gws, ifindex))
		return 0;
	net = array_add(host->net, host->nets);
	if (!net)
		return -ENOMEM;
	net->table = links_table(walk->links, ifindex);
	net->ifindex = ifindex;
	net->addr = *a;
	return 0;
}

static int read_tables(struct hr_host *host, const struct links *links,
		       uint32_t table)
{
	const struct gws *gws = &host->gws;

	host->table = calloc(gws->n + 1, sizeof(*host->table));
	if (!host->table)
		return diag_no_memory();
	for (size_t i = 0; i < gws->n; i++)
		host->table[i] = table ? table :
				 links_table(links, gws->gw[i].ifindex);
	return 0;
}

int hr_host_read(struct hr_host *host, uint32_t table)
{
	struct links links = { 0 };
	struct net_walk walk = { .host = host, .links = &links };
	int rc;

	hr_host_free(host);
	rc = gws_read(&host->gws) ?:
	     links_read(&links) ?:
	     read_tables(host, &links, table) ?:
	     address_each(hr_net_add, &walk);
	links_free(&links);
	return rc;
}

void hr_host_free(struct hr_host *host)
{
	gws_free(&host->gws);
	free(host->table);
	free(host->net);
	memset(host, 0, sizeof(*host));
}

const struct hr_net *hr_host_net(const struct hr_host *host, uint32_t table,
				 uint8_t len, const struct addr *a)
{
	array_foreach(net, host->net, host->nets)
		if (net->table == table && net->addr.len >= len &&
		    addr_covers(&net->addr, a))
			return net;
	return NULL;
}
