/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_NEIGH_H
#define ANYGWCTL_NL_NEIGH_H

#include <stdint.h>

#include "cli/addr.h"

/*
 * Look up an entry, without resolving anything. They return 0 or a negative
 * errno, without a message.
 */
int neigh_mac(uint32_t ifindex, const struct addr *a, uint8_t *mac);
/* In a bridge's FDB; vlan is 0 without VLAN filtering. */
int neigh_port(uint32_t bridge, unsigned int vlan, const uint8_t *mac,
	       uint32_t *port);
/* The name of a NUD_* state */
const char *neigh_state(unsigned int nud);

#endif
