/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_VLAN_H
#define ANYGW_VLAN_H

#include "anygw.h"

/* Return: NULL if the VLAN has no gateway. */
struct anygw_vlan *anygw_vlan_find(struct anygw_net *an,
				   const struct net_device *br, u16 vid);

/*
 * Add @gw to its VLAN and prepare the bridge; anygw_vlan_publish() has to
 * follow. Return: 0, or a negative error with nothing changed.
 */
int anygw_vlan_add(struct anygw_net *an, struct anygw_gateway *gw, u16 vid,
		   struct netlink_ext_ack *extack);
/* With the last gateway the bridge gets its former state back. */
void anygw_vlan_del(struct anygw_net *an, struct anygw_gateway *gw);

/*
 * Build the segment of a VLAN and publish it to the datapath. Return: 0, or
 * -ENOMEM: then the old segment stays until the repair work succeeds.
 */
int anygw_vlan_publish(struct anygw_net *an, struct anygw_vlan *vlan);

/* Apply a changed host MAC to all VLANs. */
void anygw_vlan_update_host_mac(struct anygw_net *an);
/* Restore lost bridge entries, and publish what could not be published. */
void anygw_vlan_repair(struct anygw_net *an);

#endif
