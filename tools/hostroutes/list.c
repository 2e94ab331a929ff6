// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of host routes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hostroutes/list.h"

/**
 * hr_routes_add() - add a route to a list
 * @list: the list
 * @route: the route
 *
 * Return: 0 or -ENOMEM.
 */
int hr_routes_add(struct hr_routes *list, const struct hr_route *route)
{
	struct hr_route *more = list->route;

	/* Room is made by powers of two: there may be many. */
	if (!(list->n & (list->n - 1)))
		more = realloc(more, (list->n ? 2 * list->n : 1) *
				     sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->route = more;
	more[list->n++] = *route;
	return 0;
}

/**
 * hr_routes_free() - empty a list of routes
 * @list: the list
 */
void hr_routes_free(struct hr_routes *list)
{
	free(list->route);
	list->route = NULL;
	list->n = 0;
}

static int by_number(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/**
 * hr_route_compare() - the order of lists of routes
 * @one: one route
 * @other: the other
 */
int hr_route_compare(const void *one, const void *other)
{
	const struct hr_route *a = one;
	const struct hr_route *b = other;
	int diff = by_number(a->table, b->table);

	if (!diff)
		diff = by_number(a->addr.family, b->addr.family);
	if (!diff)
		diff = memcmp(a->addr.byte, b->addr.byte, sizeof(a->addr.byte));
	if (!diff)
		diff = by_number(a->addr.len, b->addr.len);
	if (!diff)
		diff = by_number(a->ifindex, b->ifindex);
	return diff ? diff : by_number(a->metric, b->metric);
}

/**
 * hr_routes_sort() - put a list of routes in order
 * @list: the list
 */
void hr_routes_sort(struct hr_routes *list)
{
	if (list->n)
		qsort(list->route, list->n, sizeof(*list->route), hr_route_compare);
}

/**
 * hr_routes_have() - whether a route is in a sorted list
 * @list: the list
 * @route: the route
 */
bool hr_routes_have(const struct hr_routes *list, const struct hr_route *route)
{
	return list->n && bsearch(route, list->route, list->n, sizeof(*route),
				  hr_route_compare);
}
