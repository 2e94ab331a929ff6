/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_VLAN_H
#define ANYGW_VLAN_H

#include "anygw.h"

struct netlink_ext_ack;

/**
 * anygw_vlan_find() - a VLAN with gateways
 * @an: the namespace
 * @br: the bridge
 * @vid: VLAN id
 * Return: NULL if there is no gateway
 * Context: RTNL.
 */
struct anygw_vlan *anygw_vlan_find(struct anygw_net *an,
				   const struct net_device *br, u16 vid);

/**
 * anygw_vlan_add() - take a gateway into its VLAN and prepare the bridge
 * @an: the namespace
 * @gw: the gateway, its @br_dev set
 * @vid: VLAN id
 * @extack: says what the bridge refuses
 * Return: 0 or a negative error, then with nothing changed
 * Context: RTNL. Publish afterwards, with anygw_vlan_publish().
 */
int anygw_vlan_add(struct anygw_net *an, struct anygw_gateway *gw, u16 vid,
		   struct netlink_ext_ack *extack);

/**
 * anygw_vlan_del() - take a gateway out of its VLAN
 * @an: the namespace
 * @gw: the gateway
 * Context: RTNL. The bridge is put in order after the last one, unless it is
 * being deleted itself.
 */
void anygw_vlan_del(struct anygw_net *an, struct anygw_gateway *gw);

/**
 * anygw_vlan_publish() - show the datapath the present state of a VLAN
 * @an: the namespace
 * @vlan: the VLAN
 * Return: 0, or -ENOMEM; then the former state stays in force until a
 *	   worker has managed
 * Context: RTNL.
 */
int anygw_vlan_publish(struct anygw_net *an, struct anygw_vlan *vlan);

/**
 * anygw_vlan_update_host_mac() - all VLANs take over the host MAC
 * @an: the namespace, its host MAC changed
 * Context: RTNL.
 */
void anygw_vlan_update_host_mac(struct anygw_net *an);

/**
 * anygw_vlan_repair() - put back what the bridges have lost
 * @an: the namespace
 * Context: RTNL.
 */
void anygw_vlan_repair(struct anygw_net *an);

#endif
