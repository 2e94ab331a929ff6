/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pending neighbour queries: ARP requests and neighbour solicitations from the
 * fabric that were passed on to VMs in the gateway's name, and the requesters
 * that wait for a reply. Without memory a query is lost; it will be repeated.
 */
#ifndef ANYGW_QUERY_H
#define ANYGW_QUERY_H

#include "anygw.h"

struct anygw_requester {
	u8 mac[ETH_ALEN];	/* destination of the reply */
	struct in6_addr spa;	/* ARP: sender address, 0.0.0.0 in a probe */
};

struct anygw_query_table *anygw_query_alloc(void);
/* NULL is fine. All VLANs are closed. */
void anygw_query_free(struct anygw_query_table *table);

/* The two below: RCU read side, bottom halves off. */

/* @addr: target address. At the limit the VLAN's oldest query is dropped. */
void anygw_query_add(struct anygw_query_table *table, struct anygw_vlan *vlan,
		     const struct in6_addr *addr,
		     const struct anygw_requester *requester);

/* Remove one requester of @addr, false if there is none left. */
bool anygw_query_take(struct anygw_query_table *table, struct anygw_vlan *vlan,
		      const struct in6_addr *addr,
		      struct anygw_requester *requester);

/* Before a VLAN is freed: drop its queries and accept no more. */
void anygw_query_close_vlan(struct anygw_query_table *table,
			    struct anygw_vlan *vlan);

/* Record that a VM probes for an IPv4 address, RFC 5227. */
void anygw_probe_add(struct anygw_vlan *vlan, const struct in6_addr *addr);

/* A VM may still take an ARP request from 0.0.0.0 for a conflicting probe. */
bool anygw_probe_pending(const struct anygw_vlan *vlan,
			 const struct in6_addr *addr);

#endif
