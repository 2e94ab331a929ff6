// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of host routes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hostroutes/list.h"

int hr_routes_add(struct hr_routes *list, const struct hr_route *route)
{
	struct hr_route *more = list->route;

	/* The array grows by powers of two: there may be many routes. */
	if (!(list->n & (list->n - 1)))
		more = realloc(more, (list->n ? 2 * list->n : 1) *
				     sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->route = more;
	more[list->n++] = *route;
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
		qsort(list->route, list->n, sizeof(*list->route), hr_route_compare);
}

bool hr_routes_have(const struct hr_routes *list, const struct hr_route *route)
{
	return list->n && bsearch(route, list->route, list->n, sizeof(*route),
				  hr_route_compare);
}
