// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of host routes.
 */
#include <errno.h>

#include "cli/array.h"
#include "hostroutes/list.h"

int hr_routes_add(struct hr_routes *list, const struct hr_route *route)
{
	struct hr_route *more = array_add(list->route, list->n);

	if (!more)
		return -ENOMEM;
	*more = *route;
	return 0;
}

void hr_routes_free(struct hr_routes *list)
{
	free(list->route);
	*list = (struct hr_routes){ 0 };
}

static int compare_number(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

int hr_route_compare(const void *one, const void *other)
{
	const struct hr_route *a = one;
	const struct hr_route *b = other;
	int diff = compare_number(a->table, b->table);

	if (!diff)
		diff = compare_number(a->addr.family, b->addr.family);
	if (!diff)
		diff = memcmp(a->addr.byte, b->addr.byte, sizeof(a->addr.byte));
	if (!diff)
		diff = compare_number(a->addr.len, b->addr.len);
	if (!diff)
		diff = compare_number(a->ifindex, b->ifindex);
	return diff ? diff : compare_number(a->metric, b->metric);
}

void hr_routes_sort(struct hr_routes *list)
{
	if (list->n)
		qsort(list->route, list->n, sizeof(*list->route),
		      hr_route_compare);
}

bool hr_routes_have(const struct hr_routes *list, const struct hr_route *route)
{
	return list->n && bsearch(route, list->route, list->n, sizeof(*route),
				  hr_route_compare);
}
