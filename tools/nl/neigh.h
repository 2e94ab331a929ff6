/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_NEIGH_H
#define ANYGWCTL_NL_NEIGH_H

#include <stdint.h>

#include "cli/addr.h"
#include "cli/value.h"

int neigh_mac(uint32_t ifindex, const struct addr *a, uint8_t *mac);
int neigh_port(uint32_t bridge, unsigned int vlan, const uint8_t *mac,
	       uint32_t *port);
const char *neigh_state(unsigned int nud);

#endif
