/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_PORT_H
#define ANYGWCTL_OBJECT_PORT_H

#include <jansson.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/args.h"
#include "cli/out.h"
#include "nl/nl.h"

/**
 * struct port_wish - what is configured for a port
 * @role: the role asked for, -1 when not given
 * @endpoints: how many endpoints to remember behind it, 0 when not given
 */
struct port_wish {
	int role;
	unsigned int endpoints;
};

/**
 * struct port - a bridge port, as the kernel has it
 * @ifindex: its index
 * @ifname: its name
 * @bridge: index of the bridge
 * @bridge_name: name of the bridge
 * @role: the role in force
 * @configured: what was asked for
 * @stats: counters, of the message it was read from
 */
struct port {
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	uint32_t bridge;
	char bridge_name[IFNAMSIZ];
	unsigned int role;
	struct port_wish configured;
	const struct nlattr *stats;
};

extern const struct out_key port_keys[];

int port_from_message(const struct nlmsghdr *nlh, struct port *port);
int port_read(uint32_t ifindex, struct port *port);
json_t *port_json(const struct port *port);
int port_parse(const struct args *args, struct port_wish *wish);
void port_merge(struct port_wish *want, const struct port_wish *wish);
void port_print_set(FILE *f, const char *ifname, const struct port_wish *have,
		    const struct port_wish *want);
int port_send(uint32_t ifindex, const char *ifname,
	      const struct port_wish *wish, bool dry_run);

int cmd_port_show(const struct args *args);
int cmd_port_set(const struct args *args);

#endif
