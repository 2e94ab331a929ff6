/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ANNOUNCE_H
#define ANYGW_ANNOUNCE_H

#include <linux/jhash.h>

#include "anygw.h"

/* Never 0 */
static inline u32 anygw_announce_hash(const struct in6_addr *addr)
{
	return jhash(addr, sizeof(*addr), 0) ?: 1;
}

/* A frame with @len zeros, padded to ETH_ZLEN, or NULL. @proto: host order */
struct sk_buff *anygw_announce_alloc(struct net_device *dev, const u8 *dst,
				     const u8 *src, u16 proto,
				     unsigned int len);

/* All below: RCU read side, bottom halves off. */

/*
 * Send @mac, and no other VM, an ARP reply or neighbour advertisement for each
 * address of each active gateway but the one with the hash @skip_hash (W12).
 */
void anygw_announce_gateways(const struct anygw_segment *seg, const u8 *mac,
			     u32 skip_hash);

/* Reply to a solicitation from the fabric, by fabric ports only. */
void anygw_announce_host_ll(const struct anygw_segment *seg,
			    struct anygw_gateway *gw,
			    const struct anygw_frame *f);

/*
 * Reply to a solicitation from an access port in the gateway's name, where the
 * stack must not learn of its sender.
 */
void anygw_announce_reply(struct anygw_gateway *gw,
			  const struct anygw_frame *f);

/*
 * Announce a VM by fabric ports, in frames from its MAC: with @addr it is at
 * that address, else a RARP request, as QEMU sends one after a migration.
 */
void anygw_announce_vm(const struct anygw_segment *seg, const u8 *mac,
		       const struct in6_addr *addr);

/*
 * Report the groups of the host LL and the host-address to the fabric, or its
 * snooping switches keep solicitations for them from this host. @mld1: the
 * querier is of version 1.
 */
void anygw_announce_report(struct anygw_net *an,
			   const struct anygw_segment *seg, bool mld1);

/*
 * Solicit @addr at @mac, in unicast, by @port if the bridge is not to choose;
 * not without an active gateway.
 */
void anygw_announce_solicit(const struct anygw_segment *seg,
			    const struct anygw_port *port, const u8 *mac,
			    const struct in6_addr *addr);

#endif
