/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The neighbour entries of gateways. What the stack learns from ARP and
 * neighbour discovery goes to the gateway device in frames; this is for
 * decisions about addresses that no frame tells it of.
 */
#ifndef ANYGW_NEIGH_H
#define ANYGW_NEIGH_H

#include "anygw.h"

/* Return: the entry with a reference, or NULL. */
struct neighbour *anygw_neigh_lookup(const struct anygw_gateway *gw,
				     const struct in6_addr *addr);

/*
 * Set @mac to what an active gateway of a VLAN has for @addr, if it differs from
 * @claimed and neighbour resolution has not found out otherwise. Return: false
 * if there is none. Context: as below.
 */
bool anygw_neigh_other(const struct anygw_segment *seg,
		       const struct in6_addr *addr, const u8 *claimed, u8 *mac);

/*
 * The active gateways of a VLAN have @addr at @mac from now on, if they have an
 * entry for it. A permanent one stays. Context: RCU read side, bottom halves
 * off, without locks: packets that wait for the entry are sent.
 */
void anygw_neigh_update(const struct anygw_segment *seg,
			const struct in6_addr *addr, const u8 *mac);

#endif
