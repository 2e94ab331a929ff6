/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_TRACE_STEPS_H
#define ANYGWCTL_TRACE_STEPS_H

#include <jansson.h>

#include "nl/route.h"
#include "object/gateway.h"

/**
 * struct place - where a MAC is
 * @has_mac: whether the MAC is known
 * @mac: the MAC
 * @has_port: whether the bridge knows the port
 * @port: name of the port
 * @role: role of the port
 */
struct place {
	bool has_mac;
	uint8_t mac[MAC_LEN];
	bool has_port;
	char port[IFNAMSIZ];
	unsigned int role;
};

/**
 * struct trace - what becomes of a packet, and all that is told with it
 * @gw: the gateway whose vMAC it is sent to
 * @gws: all gateways
 * @from: its source
 * @to: its destination
 * @state: the gateway's mode in force
 * @decision: what becomes of it
 * @reason: why
 * @active_decision: the same, if the gateway did not only observe
 * @active_reason: the same
 * @path: of what is routed, the fast path, or what keeps it from that
 * @exit: the device that its route leaves by, 0 for none
 * @exit_name: name of that device
 * @hop: the next hop there, of family 0 for none
 * @has_neigh: whether there is a neighbour entry for it
 * @nud: state of that entry
 * @route: its route
 * @has_route: whether that is known
 * @vm: where the sender is
 * @out: where it leaves a bridge
 */
struct trace {
	struct gw gw;
	struct gws gws;
	struct addr from;
	struct addr to;
	unsigned int state;
	unsigned int decision;
	unsigned int reason;
	unsigned int active_decision;
	unsigned int active_reason;
	unsigned int path;
	uint32_t exit;
	char exit_name[IFNAMSIZ];
	struct addr hop;
	bool has_neigh;
	unsigned int nud;
	struct route route;
	bool has_route;
	struct place vm;
	struct place out;
};

/* The path that it takes, in a word. */
static inline const char *trace_path(const struct trace *t)
{
	return t->path == ANYGW_SLOW_REASON_NONE ? "fast" : "full";
}

const struct gw *trace_exit(const struct trace *t);
const char *trace_prefix(const struct trace *t, char *buf);
json_t *trace_steps(const struct trace *t);

#endif
