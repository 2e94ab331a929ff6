/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ASK_H
#define ANYGW_ASK_H

#include "anygw.h"

/**
 * struct anygw_asker - who waits for a virtual machine's answer
 * @mac: where the answer goes
 * @spa: the address it asked from in ARP, 0.0.0.0 for a probe
 */
struct anygw_asker {
	u8 mac[ETH_ALEN];
	struct in6_addr spa;
};

/**
 * anygw_ask_alloc() - an empty list of askers
 * Return: NULL without memory
 */
struct anygw_asks *anygw_ask_alloc(void);

/**
 * anygw_ask_free() - free it
 * @asks: the list, may be NULL; nobody uses it any more
 */
void anygw_ask_free(struct anygw_asks *asks);

/**
 * anygw_ask_add() - remember who asks
 * @asks: the list
 * @vlan: the VLAN
 * @addr: the address asked for
 * @asker: who asks
 * Context: RCU read side, bottom halves off. Bounded: the VLAN's oldest
 *	    question gives way.
 */
void anygw_ask_add(struct anygw_asks *asks, struct anygw_vlan *vlan,
		   const struct in6_addr *addr,
		   const struct anygw_asker *asker);

/**
 * anygw_ask_take() - somebody who waits for an address, once
 * @asks: the list
 * @vlan: the VLAN
 * @addr: the address
 * @asker: filled in
 * Return: false when nobody waits any more
 * Context: RCU read side, bottom halves off.
 */
bool anygw_ask_take(struct anygw_asks *asks, struct anygw_vlan *vlan,
		    const struct in6_addr *addr, struct anygw_asker *asker);

/**
 * anygw_ask_close() - nobody waits in a VLAN any more
 * @asks: the list, may be NULL
 * @vlan: the VLAN, about to be freed
 * Context: RTNL.
 */
void anygw_ask_close(struct anygw_asks *asks, struct anygw_vlan *vlan);

/**
 * anygw_vlan_probed() - a machine probes for an IPv4 address
 * @vlan: the VLAN
 * @addr: the address
 */
void anygw_vlan_probed(struct anygw_vlan *vlan, const struct in6_addr *addr);

/**
 * anygw_vlan_is_probed() - whether one has done so within the time that a
 *			    question from 0.0.0.0 looks like a conflict to it
 * @vlan: the VLAN
 * @addr: the address
 */
bool anygw_vlan_is_probed(const struct anygw_vlan *vlan,
			  const struct in6_addr *addr);

#endif
