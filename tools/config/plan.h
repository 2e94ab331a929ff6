/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CONFIG_PLAN_H
#define ANYGWCTL_CONFIG_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "object/gateway.h"
#include "object/host.h"
#include "object/port.h"

/**
 * struct plan_port - a bridge port in a plan
 * @ifindex: the port
 * @ifname: its name
 * @have: what was asked for so far
 * @want: what the file asks for
 * @line: line of the file that asked last, 0 for none
 */
struct plan_port {
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	struct port_wish have;
	struct port_wish want;
	unsigned int line;
};

/**
 * struct plan_gw - a gateway in a plan
 * @have: what is
 * @want: what is wanted
 * @exists: whether there is one
 * @wanted: whether there is to be one
 * @line: line of the file that changed it last, 0 for none
 * @added: line that added it, 0 for none; two would contradict each other
 */
struct plan_gw {
	struct gw have;
	struct gw want;
	bool exists;
	bool wanted;
	unsigned int line;
	unsigned int added;
};

/**
 * struct plan - what is, and what the lines of a file make of it
 * @file: name of the file
 * @line: the line being read
 * @words_only: only check the words, without the kernel
 * @host: what this host is
 * @mac: the host as one line wants its MAC to be
 * @mac_line: that line, 0 for none
 * @beacon: the host as one line wants its beacon to be
 * @beacon_line: that line, 0 for none
 * @port: the ports
 * @ports: how many
 * @gw: the gateways
 * @gws: how many
 */
struct plan {
	const char *file;
	unsigned int line;
	bool words_only;
	struct host host;
	struct host mac;
	unsigned int mac_line;
	struct host beacon;
	unsigned int beacon_line;
	struct plan_port *port;
	size_t ports;
	struct plan_gw *gw;
	size_t gws;
};

/* plan.c: what the lines make of what is */
int plan_read(struct plan *plan);
void plan_free(struct plan *plan);
int plan_host_set(struct plan *plan, const struct args *args);
int plan_port_set(struct plan *plan, const struct args *args);
int plan_gateway_add(struct plan *plan, const struct args *args);
int plan_gateway_set(struct plan *plan, const struct args *args);
int plan_gateway_del(struct plan *plan, const struct args *args);

/* change.c: from what is to what is wanted */
int plan_check(struct plan *plan);
int plan_execute(struct plan *plan);
void plan_print(struct plan *plan);

#endif
