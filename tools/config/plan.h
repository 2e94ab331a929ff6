/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CONFIG_PLAN_H
#define ANYGWCTL_CONFIG_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "object/gateway.h"
#include "object/host.h"
#include "object/port.h"

/* The settings of the host; the former MAC cannot be restored, so it is last. */
enum { PLAN_BEACON, PLAN_MAC, PLAN_HOST };

/* A line is that of the file that last changed the object, 0 for none. */
struct plan_host {
	struct host request;
	unsigned int line;
};

/* The setting of a name or a pattern */
struct plan_port {
	char ifname[IFNAMSIZ];
	struct port_conf have;
	struct port_conf want;
	bool exists;
	unsigned int line;
};

struct plan_gw {
	struct gw have;
	struct gw want;
	bool exists;
	bool wanted;
	unsigned int line;
	unsigned int added;	/* a second one would contradict it */
};

/* The state of the host, and the state that the lines of a file describe */
struct plan {
	const char *file;
	unsigned int line;	/* being read */
	bool words_only;	/* check the words without the kernel */
	struct host host;
	struct plan_host want[PLAN_HOST];
	struct plan_port *port;
	size_t ports;
	struct plan_gw *gw;
	size_t gws;
};

/* The plan has to be freed also after a failure. */
int plan_read(struct plan *plan);
void plan_free(struct plan *plan);

/* A line of the file */
int plan_host_set(struct plan *plan, const struct args *args);
int plan_port_set(struct plan *plan, const struct args *args);
/* What a name would have without a setting of its own */
const struct port_conf *plan_port_usual(const struct plan *plan,
					const char *ifname);
int plan_gateway_add(struct plan *plan, const struct args *args);
int plan_gateway_set(struct plan *plan, const struct args *args);
int plan_gateway_del(struct plan *plan, const struct args *args);

#endif
