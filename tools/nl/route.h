/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_ROUTE_H
#define ANYGWCTL_NL_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/addr.h"

#define ROUTE_HOPS	16

struct route {
	struct addr dst;	/* family 0 for a default route */
	uint8_t dst_len;
	uint32_t table;
	uint8_t protocol;	/* RTPROT_* */
	uint32_t metric;
	uint32_t hop[ROUTE_HOPS];	/* egress devices */
	size_t hops;
	bool router;		/* one of the hops is a router */
};

/* A packet whose route is looked up */
struct route_query {
	struct addr from;	/* family 0 for none */
	struct addr to;
	uint32_t iif;		/* ingress device, 0 for the host itself */
	uint32_t vrf;		/* ifindex, 0 for none; not with iif */
	uint8_t protocol;	/* transport protocol, 0 for any */
};

struct routes {
	struct route *route;
	size_t n;
};

/* Returns 0 or a negative errno, without a message. */
int route_get(const struct route_query *query, struct route *route);
/*
 * All routes of a family, with protocol and table if they are not 0. fn returns
 * 0 or a negative errno. A kernel without the family has no routes.
 */
int route_each(int family, uint8_t protocol, uint32_t table,
	       int (*fn)(const struct route *route, void *data), void *data);
/* The list has to be freed also after a failure. */
int routes_read(int family, struct routes *list);
void routes_free(struct routes *list);
bool route_leaves_by(const struct route *route, uint32_t ifindex);

#endif
