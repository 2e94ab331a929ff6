/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_HOST_H
#define ANYGW_HOST_H

#include "anygw.h"

/**
 * anygw_host_set_mac() - configure the host MAC
 * @an: the namespace
 * @mac: six octets, checked
 * Context: RTNL.
 */
void anygw_host_set_mac(struct anygw_net *an, const u8 *mac);

/**
 * anygw_host_set_machine_id() - derive the host MAC from the machine id
 * @an: the namespace
 * @id: ANYGW_MACHINE_ID_LEN octets; only the first one handed over counts,
 *	and none after a MAC was configured
 * Context: RTNL.
 */
void anygw_host_set_machine_id(struct anygw_net *an, const u8 *id);

/**
 * anygw_host_set_beacon() - tell other hosts the settings, or cease to
 * @an: the namespace
 * @on: whether to
 * Context: RTNL.
 */
void anygw_host_set_beacon(struct anygw_net *an, bool on);

/**
 * anygw_host_mac_ensure() - have a host MAC, a random one if need be
 * @an: the namespace
 * Context: RTNL.
 */
void anygw_host_mac_ensure(struct anygw_net *an);

#endif
