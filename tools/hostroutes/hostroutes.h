/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of "hostroutes" share: hostroutes.c, the command and its
 * loop; hrwanted.c, the endpoints and the routes they are to have; hrkernel.c,
 * the routes in the kernel; hrlock.c, whose table it is.
 */
#ifndef ANYGWCTL_HOSTROUTES_HOSTROUTES_H
#define ANYGWCTL_HOSTROUTES_HOSTROUTES_H

#include "cli/addr.h"
#include "cli/args.h"
#include "nl/nl.h"
#include "object/gateway.h"

/* As in rt_protos.conf: only routes with it are ever touched. */
#define HR_PROTOCOL	97

/**
 * struct hr_route - the route to one address
 * @table: the kernel's table
 * @ifindex: device of the gateway
 * @metric: its metric, 0 for none
 * @addr: the address
 */
struct hr_route {
	uint32_t table;
	uint32_t ifindex;
	uint32_t metric;
	struct addr addr;
};

/**
 * struct hr_routes - a list of routes
 * @route: the routes
 * @n: how many
 */
struct hr_routes {
	struct hr_route *route;
	size_t n;
};

/**
 * struct hr_net - a network that the host itself is in
 * @table: the table its route is in
 * @ifindex: the device
 * @addr: the host's address, with the length of the prefix
 */
struct hr_net {
	uint32_t table;
	uint32_t ifindex;
	struct addr addr;
};

/**
 * struct hr_host - the devices of the host
 * @gws: the gateways
 * @table: the table of each gateway, in the same order
 * @net: networks of devices that are no gateways
 * @nets: how many
 */
struct hr_host {
	struct gws gws;
	uint32_t *table;
	struct hr_net *net;
	size_t nets;
};

/* hrhost.c */
int hr_host_read(struct hr_host *host, uint32_t table);
void hr_host_free(struct hr_host *host);
bool hr_host_is_gateway(const struct hr_host *host, uint32_t ifindex);
const struct hr_net *hr_host_net(const struct hr_host *host, uint32_t table,
				 uint8_t len, const struct addr *a);

/* hrwanted.c */
int hr_endpoints_read(void);
int hr_endpoint_set(const struct nlmsghdr *nlh, bool gone);
void hr_endpoints_free(void);
int hr_wanted(const struct hr_host *host, struct hr_routes *list);

/* hrkernel.c */
int hr_routes_read(uint32_t table, struct hr_routes *list);
int hr_routes_make(struct hr_routes *have, struct hr_routes *want);
int hr_routes_add(struct hr_routes *list, const struct hr_route *route);
void hr_routes_sort(struct hr_routes *list);
void hr_routes_free(struct hr_routes *list);

/* hrlock.c */
int hr_lock(uint32_t table);
bool hr_may_keep(uint32_t table);
void hr_unlock_unused(const struct hr_routes *have, uint32_t always);
void hr_unlock_all(void);
const char *hr_table_text(uint32_t table, char *buf);
#define HR_TABLE_TEXT	24

int hostroutes(const struct args *args);

#endif
