/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_ROUTE_H
#define ANYGWCTL_NL_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/addr.h"

#define ROUTE_HOPS	16

/**
 * struct route - a route
 * @dst: its prefix; of family 0 for a default route
 * @dst_len: length of its prefix, 0 for a default route
 * @table: the table it is in
 * @protocol: who made it, RTPROT_RA and so on
 * @hop: devices it leaves by
 * @hops: how many
 * @router: whether there is a router behind one of them
 */
struct route {
	struct addr dst;
	uint8_t dst_len;
	uint32_t table;
	uint8_t protocol;
	uint32_t hop[ROUTE_HOPS];
	size_t hops;
	bool router;
};

/**
 * struct route_ask - a packet whose route is asked for
 * @from: its source, of family 0 for none
 * @to: its destination
 * @iif: device it comes in by, 0 for the host's own
 * @vrf: VRF it is in, 0 for none; not with @iif, which says it
 * @protocol: transport protocol, for rules that ask; 0 for any
 */
struct route_ask {
	struct addr from;
	struct addr to;
	uint32_t iif;
	uint32_t vrf;
	uint8_t protocol;
};

/**
 * struct routes - a list of routes
 * @route: the routes
 * @n: how many
 */
struct routes {
	struct route *route;
	size_t n;
};

int route_get(const struct route_ask *ask, struct route *route);
int routes_read(int family, struct routes *list);
void routes_free(struct routes *list);
bool route_leaves_by(const struct route *route, uint32_t ifindex);

#endif
