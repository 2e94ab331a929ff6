/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ANNOUNCE_H
#define ANYGW_ANNOUNCE_H

#include "anygw.h"

/**
 * anygw_announce_gateway() - tell a virtual machine its gateways' MAC
 * @seg: the machine's VLAN
 * @mac: the machine
 * @except: an address it has just been told, or 0
 * Context: RCU read side, bottom halves off.
 *
 * One ARP reply for each gateway address of each active gateway, to the
 * machine alone.
 */
void anygw_announce_gateway(const struct anygw_segment *seg, const u8 *mac,
			    __be32 except);

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

#endif
