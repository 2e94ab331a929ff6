/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_QUERY_H
#define ANYGW_QUERY_H

#include "anygw.h"

/**
 * struct anygw_requester - who waits for a virtual machine's answer
 * @mac: where the answer goes
 * @spa: the address it asked from in ARP, 0.0.0.0 for a probe
 */
struct anygw_requester {
	u8 mac[ETH_ALEN];
	struct in6_addr spa;
};

/**
 * anygw_query_alloc() - an empty list of askers
 * Return: NULL without memory
 */
struct anygw_query_table *anygw_query_alloc(void);

/**
 * anygw_query_free() - free it
 * @queries: the list, may be NULL; nobody uses it any more
 */
void anygw_query_free(struct anygw_query_table *asks);

/**
 * anygw_query_add() - remember who asks
 * @queries: the list
 * @vlan: the VLAN
 * @addr: the address asked for
 * @asker: who asks
 * Context: RCU read side, bottom halves off. Bounded: the VLAN's oldest
 *	    question gives way.
 */
void anygw_query_add(struct anygw_query_table *asks, struct anygw_vlan *vlan,
		   const struct in6_addr *addr,
		   const struct anygw_requester *asker);

/**
 * anygw_query_take() - somebody who waits for an address, once
 * @queries: the list
 * @vlan: the VLAN
 * @addr: the address
 * @asker: filled in
 * Return: false when nobody waits any more
 * Context: RCU read side, bottom halves off.
 */
bool anygw_query_take(struct anygw_query_table *asks, struct anygw_vlan *vlan,
		    const struct in6_addr *addr, struct anygw_requester *asker);

/**
 * anygw_query_close_vlan() - nobody waits in a VLAN any more
 * @queries: the list, may be NULL
 * @vlan: the VLAN, about to be freed
 * Context: RTNL.
 */
void anygw_query_close_vlan(struct anygw_query_table *asks, struct anygw_vlan *vlan);

/**
 * anygw_probe_add() - a machine probes for an IPv4 address
 * @vlan: the VLAN
 * @addr: the address
 */
void anygw_probe_add(struct anygw_vlan *vlan, const struct in6_addr *addr);

/**
 * anygw_probe_pending() - whether one has done so within the time that a
 *			    question from 0.0.0.0 looks like a conflict to it
 * @vlan: the VLAN
 * @addr: the address
 */
bool anygw_probe_pending(const struct anygw_vlan *vlan,
			  const struct in6_addr *addr);

#endif
