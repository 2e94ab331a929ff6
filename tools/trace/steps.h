/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_TRACE_STEPS_H
#define ANYGWCTL_TRACE_STEPS_H

#include <jansson.h>

#include "nl/route.h"
#include "object/gateway_nl.h"

/* Where a MAC is: unknown, known, or behind a port of the bridge as well */
struct place {
	bool has_mac;
	uint8_t mac[MAC_LEN];
	bool has_port;
	char port[IFNAMSIZ];
	unsigned int role;
};

struct trace {
	struct gw gw;		/* whose vMAC the packet is sent to */
	struct gws gws;
	struct addr from;
	struct addr to;
	unsigned int state;
	unsigned int decision;
	unsigned int reason;
	unsigned int active_decision;	/* these two: in observe, what an */
	unsigned int active_reason;	/* active gateway would do */
	unsigned int path;	/* ANYGW_SLOW_REASON_*, of a routed packet */
	uint32_t exit;		/* egress device of the route, 0 for none */
	char exit_name[IFNAMSIZ];
	struct addr hop;	/* next hop */
	bool has_neigh;
	unsigned int nud;	/* NUD_* of its neighbour entry */
	bool has_route;
	struct route route;
	struct place vm;	/* the sender */
	struct place out;	/* the receiver at the egress bridge */
};

/* "fast" or "full" */
const char *trace_path(const struct trace *t);
/* The gateway that the route leaves by, NULL if it is another device */
const struct gw *trace_exit(const struct trace *t);
/* The prefix of the route; buf has ADDR_TEXT bytes. */
const char *trace_prefix(const struct trace *t, char *buf);
/* The decisions, one after the other */
json_t *trace_steps(const struct trace *t);

#endif
