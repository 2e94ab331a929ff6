/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_NETWORKS_H
#define ANYGWCTL_HOSTROUTES_NETWORKS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/addr.h"
#include "object/gateway_nl.h"

/* A subnet that the host is in with a device that is no gateway */
struct hr_net {
	uint32_t table;
	uint32_t ifindex;
	struct addr addr;	/* of the host */
};

struct hr_host {
	struct gws gws;
	uint32_t *table;	/* of each gateway */
	struct hr_net *net;
	size_t nets;
};

/* Frees what was in @host; table is 0 for the table of each gateway. */
int hr_host_read(struct hr_host *host, uint32_t table);
void hr_host_free(struct hr_host *host);
/*
 * The subnet of the host that has an address, NULL for none. One with a shorter
 * prefix than the gateway's, len, does not count.
 */
const struct hr_net *hr_host_net(const struct hr_host *host, uint32_t table,
				 uint8_t len, const struct addr *a);

#endif
