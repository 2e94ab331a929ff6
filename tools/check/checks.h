/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_CHECKS_H
#define ANYGWCTL_CHECK_CHECKS_H

#include <jansson.h>

#include "nl/link.h"
#include "nl/route.h"
#include "object/gateway_nl.h"
#include "object/host.h"
#include "object/port.h"

/* The state of the host, read once for all checks */
struct check {
	struct host host;
	struct gws gws;
	struct route (*exit)[2];	/* of each gateway, IPv4 and IPv6 */
	struct ports ports;
	struct links links;
	struct routes routes[2];	/* IPv4 and IPv6 */
	json_t *ruleset;		/* NULL when it could not be read */
};

int routing_read_exits(struct check *c);

void check_firewall(const struct check *c);
void check_gateways(const struct check *c);
void check_identity(const struct check *c);
void check_peers(const struct check *c);
void check_ports(const struct check *c);
void check_routing(const struct check *c);
void check_sockets(const struct check *c);

#endif
