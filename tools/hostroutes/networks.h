/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_NETWORKS_H
#define ANYGWCTL_HOSTROUTES_NETWORKS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/addr.h"
#include "object/gateway.h"

/**
 * struct hr_net - a network that the host itself is in
 * @table: the table its route is in
 * @ifindex: the device
 * @addr: the host's address, with the length of the prefix
 */
struct hr_net {
	uint32_t table;
	uint32_t ifindex;
	struct addr addr;
};

/**
 * struct hr_host - the devices of the host
 * @gws: the gateways
 * @table: the table of each gateway, in the same order
 * @net: networks of devices that are no gateways
 * @nets: how many
 */
struct hr_host {
	struct gws gws;
	uint32_t *table;
	struct hr_net *net;
	size_t nets;
};

int hr_host_read(struct hr_host *host, uint32_t table);
void hr_host_free(struct hr_host *host);
bool hr_host_is_gateway(const struct hr_host *host, uint32_t ifindex);
const struct hr_net *hr_host_net(const struct hr_host *host, uint32_t table,
				 uint8_t len, const struct addr *a);

#endif
