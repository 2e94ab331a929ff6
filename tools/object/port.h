/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_PORT_H
#define ANYGWCTL_OBJECT_PORT_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/args.h"
#include "object/object.h"

struct port_conf {
	int role;			/* -1 when not given */
	unsigned int endpoints;		/* limit, 0 when not given */
};

struct port {
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	uint32_t bridge;
	char bridge_name[IFNAMSIZ];
	unsigned int role;		/* in force */
	struct port_conf conf;
};

struct ports {
	struct port *port;
	size_t n;
};

extern const struct object port_object;

/* The list has to be freed also after a failure. */
int ports_read(struct ports *list);
void ports_free(struct ports *list);
/* Fails without a message. */
int port_read(uint32_t ifindex, struct port *port);

int port_parse(const struct args *args, struct port_conf *conf);
void port_merge(struct port_conf *to, const struct port_conf *conf);
/* The command that makes one configuration the other, if they differ */
void port_print_set(FILE *f, const char *ifname, const struct port_conf *have,
		    const struct port_conf *want);
int port_send(uint32_t ifindex, const char *ifname,
	      const struct port_conf *conf, bool dry_run);

#endif
