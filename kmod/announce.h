/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ANNOUNCE_H
#define ANYGW_ANNOUNCE_H

#include <linux/jhash.h>

#include "anygw.h"
#include "core/frame.h"

/**
 * anygw_announce_hash() - an address in short, never 0
 * @addr: the address
 */
static inline u32 anygw_announce_hash(const struct in6_addr *addr)
{
	return jhash(addr, sizeof(*addr), 0) ?: 1;
}

/**
 * anygw_announce_gateways() - tell a virtual machine its gateways' MAC
 * @seg: the machine's VLAN
 * @mac: the machine
 * @except: the hash of an address it has just asked for: the answer tells
 * Context: RCU read side, bottom halves off.
 *
 * One ARP reply or neighbour advertisement for each gateway address of each
 * active gateway, to the machine alone.
 */
void anygw_announce_gateways(const struct anygw_segment *seg, const u8 *mac,
			    u32 except);

/**
 * anygw_announce_host_ll() - answer a question for the host LL
 * @seg: the VLAN it was asked in
 * @gw: a gateway of it
 * @f: the neighbour solicitation, from the fabric
 * Context: RCU read side, bottom halves off.
 *
 * From the host MAC and by fabric ports only.
 */
void anygw_announce_host_ll(const struct anygw_segment *seg,
			    struct anygw_gateway *gw,
			    const struct anygw_frame *f);

/**
 * anygw_announce_vm() - tell the fabric where a virtual machine is
 * @seg: the machine's VLAN
 * @mac: the machine
 * Context: RCU read side, bottom halves off.
 *
 * A RARP request from the machine's own MAC, as QEMU sends it after a
 * migration, by fabric ports only.
 */
void anygw_announce_vm(const struct anygw_segment *seg, const u8 *mac);

/**
 * anygw_announce_solicit() - ask a machine for its address, and it alone
 * @seg: the machine's VLAN
 * @mac: the machine
 * @addr: the address
 * Context: RCU read side, bottom halves off.
 *
 * From an active gateway, in whose prefix the address is if there is one;
 * others do not speak.
 */
void anygw_announce_solicit(const struct anygw_segment *seg, const u8 *mac,
			     const struct in6_addr *addr);

#endif
