/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_LIST_H
#define ANYGWCTL_HOSTROUTES_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/addr.h"

/* The route to one address */
struct hr_route {
	uint32_t table;
	uint32_t ifindex;	/* of the gateway */
	uint32_t metric;	/* 0 for none */
	struct addr addr;
};

struct hr_routes {
	struct hr_route *route;
	size_t n;
};

/* Returns 0 or -ENOMEM. */
int hr_routes_add(struct hr_routes *list, const struct hr_route *route);
void hr_routes_sort(struct hr_routes *list);
/* The list is sorted. */
bool hr_routes_have(const struct hr_routes *list, const struct hr_route *route);
void hr_routes_free(struct hr_routes *list);
/* The order of lists, for qsort() */
int hr_route_compare(const void *one, const void *other);

#endif
