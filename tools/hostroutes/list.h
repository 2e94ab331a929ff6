/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_LIST_H
#define ANYGWCTL_HOSTROUTES_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/addr.h"

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

int hr_routes_add(struct hr_routes *list, const struct hr_route *route);
void hr_routes_sort(struct hr_routes *list);
bool hr_routes_have(const struct hr_routes *list, const struct hr_route *route);
int hr_route_compare(const void *one, const void *other);
void hr_routes_free(struct hr_routes *list);

#endif
