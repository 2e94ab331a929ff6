/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_DEVICE_H
#define ANYGW_DEVICE_H

#include "anygw.h"

struct netlink_ext_ack;

/**
 * struct anygw_settings - what a gateway is made or changed to be
 * @br: the bridge
 * @vid: VLAN id
 * @mac: vMAC
 * @name: interface name when it is made, or an empty string for the default
 * @conf: all that can be changed later
 * @blame: the netlink attribute that a refusal is about
 */
struct anygw_settings {
	struct net_device *br;
	u16 vid;
	u8 mac[ETH_ALEN];
	char name[IFNAMSIZ];
	struct anygw_gateway_conf conf;
	int blame;
};

extern struct rtnl_link_ops anygw_link_ops;

/**
 * anygw_device_check() - whether a gateway can be made
 * @an: the namespace
 * @set: what it is to be; an empty name is replaced by the default
 * @extack: says why not
 * Return: 0 or a negative error
 * Context: RTNL.
 */
int anygw_device_check(struct anygw_net *an, struct anygw_settings *set,
		       struct netlink_ext_ack *extack);

/**
 * anygw_device_check_host() - whether a gateway can have a host-address
 * @an: the namespace
 * @self: the gateway, NULL while it is being made
 * @set: the place and the host-address
 * @extack: says why not
 * Return: 0 or -EADDRINUSE
 * Context: RTNL.
 */
int anygw_device_check_host(struct anygw_net *an,
			    const struct anygw_gateway *self,
			    struct anygw_settings *set,
			    struct netlink_ext_ack *extack);

/**
 * anygw_device_create() - make a gateway that anygw_device_check() allows
 * @an: the namespace
 * @set: what it is to be
 * @extack: says why not
 * Return: the gateway or an error pointer
 * Context: RTNL.
 */
struct anygw_gateway *anygw_device_create(struct anygw_net *an,
					  const struct anygw_settings *set,
					  struct netlink_ext_ack *extack);

/**
 * anygw_device_change() - change the settings of a gateway
 * @an: the namespace
 * @gw: the gateway
 * @conf: the new configuration
 * Return: 0 or -ENOMEM, then with nothing changed
 * Context: RTNL.
 */
int anygw_device_change(struct anygw_net *an, struct anygw_gateway *gw,
			const struct anygw_gateway_conf *conf);

/**
 * anygw_device_close() - have no more gateways made: the module goes
 * Context: process, without RTNL.
 */
void anygw_device_close(void);

/**
 * anygw_device_delete() - delete a gateway
 * @gw: the gateway
 * Context: RTNL.
 */
void anygw_device_delete(struct anygw_gateway *gw);

/**
 * anygw_device_readdress() - a gateway has got or lost an address
 * @gw: the gateway
 * Context: RTNL.
 */
void anygw_device_readdress(struct anygw_gateway *gw);

/**
 * anygw_device_readdress_later() - the same, outside RTNL
 * @gw: the gateway
 * Context: any.
 */
void anygw_device_readdress_later(struct anygw_gateway *gw);

/**
 * anygw_device_event() - a gateway's device has come up, or changed
 * @dev: the device
 * Context: RTNL, after the stack has heard of it.
 */
void anygw_device_event(struct net_device *dev);

/**
 * anygw_device_mend() - worker: take over addresses, mend the bridges
 * @work: of struct anygw_net
 */
void anygw_device_mend(struct work_struct *work);

/**
 * anygw_device_check_coexist() - whether a gateway can be told to coexist
 * @an: the namespace
 * @set: its place and settings
 * @extack: says why not
 * Return: 0 or -EADDRINUSE
 * Context: RTNL.
 */
int anygw_device_check_coexist(struct anygw_net *an,
			       struct anygw_settings *set,
			       struct netlink_ext_ack *extack);

/**
 * anygw_device_follow() - take over what happened to the bridge
 * @an: the namespace
 * @br: the bridge
 * @event: the netdevice event
 * Context: RTNL.
 */
void anygw_device_follow(struct anygw_net *an, struct net_device *br,
			 unsigned long event);

#endif
