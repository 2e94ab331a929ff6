/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_HOST_H
#define ANYGW_HOST_H

#include "anygw.h"

/* @mac starts with ANYGW_HOST_PREFIX. */
void anygw_host_set_mac(struct anygw_net *an, const u8 *mac);
/*
 * Derive the host MAC from ANYGW_MACHINE_ID_LEN octets, unless a MAC has been
 * configured. Only the first machine id counts.
 */
void anygw_host_set_machine_id(struct anygw_net *an, const u8 *id);
/* Choose a random host MAC if there is none yet. */
void anygw_host_mac_ensure(struct anygw_net *an);

void anygw_host_set_beacon(struct anygw_net *an, bool on);

#endif
