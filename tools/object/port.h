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
	char setting[IFNAMSIZ];		/* the name or pattern that applies */
	bool present;
};

struct ports {
	struct port *port;
	size_t n;
	bool settings;			/* names and patterns, not ports */
};

extern const struct object port_object;

/* The list has to be freed also after a failure. */
int ports_read(struct ports *list);
/* In the order of port_setting_order() */
int port_settings_read(struct ports *list);

/* As strcmp(): patterns come before names, and long patterns before others. */
int port_setting_order(const char *one, const char *other);
/* A pattern applies to a name that has no setting of its own. */
bool port_setting_applies(const char *setting, const char *ifname);
extern const struct port_conf port_conf_default;
void ports_free(struct ports *list);
/* Fails without a message. */
int port_read(uint32_t ifindex, struct port *port);

int port_parse(const struct args *args, struct port_conf *conf);
void port_merge(struct port_conf *to, const struct port_conf *conf);
/* The command that makes one configuration the other, if they differ */
void port_print_set(FILE *f, const char *ifname, const struct port_conf *have,
		    const struct port_conf *want);
/* @ifname: also a pattern */
int port_send(const char *ifname, const struct port_conf *conf, bool dry_run);

#endif
