/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_GATEWAY_H
#define ANYGW_GATEWAY_H

#include "anygw.h"

struct netlink_ext_ack;

/**
 * struct anygw_gateway_request - what a gateway is made or changed to be
 * @br: the bridge
 * @vid: VLAN id
 * @mac: vMAC
 * @name: interface name when it is made, or an empty string for the default
 * @conf: all that can be changed later
 * @bad_attr: the netlink attribute that a refusal is about
 */
struct anygw_gateway_request {
	struct net_device *br;
	u16 vid;
	u8 mac[ETH_ALEN];
	char name[IFNAMSIZ];
	struct anygw_gateway_conf conf;
	int bad_attr;
};

extern struct rtnl_link_ops anygw_link_ops;

/**
 * anygw_gateway_validate() - whether a gateway can be made
 * @an: the namespace
 * @set: what it is to be; an empty name is replaced by the default
 * @extack: says why not
 * Return: 0 or a negative error
 * Context: RTNL.
 */
int anygw_gateway_validate(struct anygw_net *an, struct anygw_gateway_request *set,
		       struct netlink_ext_ack *extack);

/**
 * anygw_gateway_validate_change() - check a new configuration of a gateway
 * @req: its identity and the new configuration; @bad_attr is set on refusal
 * Return: 0 or -EADDRINUSE
 */
int anygw_gateway_validate_change(struct anygw_net *an,
				  const struct anygw_gateway *gw,
				  struct anygw_gateway_request *req,
				  struct netlink_ext_ack *extack);

/**
 * anygw_gateway_create() - make a gateway that anygw_gateway_validate() allows
 * @an: the namespace
 * @set: what it is to be
 * @extack: says why not
 * Return: the gateway or an error pointer
 * Context: RTNL.
 */
struct anygw_gateway *anygw_gateway_create(struct anygw_net *an,
					  const struct anygw_gateway_request *set,
					  struct netlink_ext_ack *extack);

/**
 * anygw_gateway_change() - change the settings of a gateway
 * @an: the namespace
 * @gw: the gateway
 * @conf: the new configuration
 * Return: 0 or -ENOMEM, then with nothing changed
 * Context: RTNL.
 */
int anygw_gateway_change(struct anygw_net *an, struct anygw_gateway *gw,
			const struct anygw_gateway_conf *conf);

/**
 * anygw_gateway_shutdown() - have no more gateways made: the module goes
 * Context: process, without RTNL.
 */
void anygw_gateway_shutdown(void);

/**
 * anygw_gateway_delete() - delete a gateway
 * @gw: the gateway
 * Context: RTNL.
 */
void anygw_gateway_delete(struct anygw_gateway *gw);

/**
 * anygw_gateway_addr_event() - a gateway has got or lost an address
 * @gw: the gateway
 * Context: RTNL.
 */
void anygw_gateway_addr_event(struct anygw_gateway *gw);

/**
 * anygw_gateway_addr_event_deferred() - the same, outside RTNL
 * @gw: the gateway
 * Context: any.
 */
void anygw_gateway_addr_event_deferred(struct anygw_gateway *gw);

/**
 * anygw_gateway_dev_event() - a gateway's device has come up, or changed
 * @dev: the device
 * Context: RTNL, after the stack has heard of it.
 */
void anygw_gateway_dev_event(struct net_device *dev);

/**
 * anygw_gateway_repair_work() - worker: take over addresses, mend the bridges
 * @work: of struct anygw_net
 */
void anygw_gateway_repair_work(struct work_struct *work);

/**
 * anygw_gateway_bridge_event() - take over what happened to the bridge
 * @an: the namespace
 * @br: the bridge
 * @event: the netdevice event
 * Context: RTNL.
 */
void anygw_gateway_bridge_event(struct anygw_net *an, struct net_device *br,
			 unsigned long event);

#endif
