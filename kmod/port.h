/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_PORT_H
#define ANYGW_PORT_H

#include "anygw.h"

/**
 * struct anygw_port_conf - what is configured for a port
 * @role: the role asked for
 * @endpoint_max: how many virtual machines to remember behind it
 */
struct anygw_port_conf {
	enum anygw_port_role role;
	unsigned int endpoint_max;
};

/**
 * anygw_port_join() - a device has become a port of a bridge
 * @an: the namespace
 * @dev: the device
 * @br: the bridge
 * Context: RTNL.
 */
void anygw_port_join(struct anygw_net *an, struct net_device *dev,
		     struct net_device *br);

/**
 * anygw_port_leave() - a device is no bridge port any more
 * @an: the namespace
 * @dev: the device
 * Context: RTNL.
 */
void anygw_port_leave(struct anygw_net *an, struct net_device *dev);

/**
 * anygw_port_dev_gone() - a device goes away, and its configuration with it
 * @an: the namespace
 * @dev: the device
 * Context: RTNL.
 */
void anygw_port_dev_gone(struct anygw_net *an, struct net_device *dev);

/**
 * anygw_port_carrier_event() - a port has come up or gone down, perhaps
 * @an: the namespace
 * @port: the port
 * Context: RTNL.
 */
void anygw_port_carrier_event(struct anygw_net *an, struct anygw_port *port);

/**
 * anygw_port_attach() - tell the ports of a bridge that it has gateways
 * @an: the namespace
 * @br: the bridge
 * @bridge: the same with gateways, NULL when it has none any more
 * Context: RTNL.
 */
void anygw_port_attach(struct anygw_net *an, struct net_device *br,
		       struct anygw_bridge *bridge);

/**
 * anygw_port_configure() - configure a port
 * @an: the namespace
 * @port: the port
 * @wish: what is asked for
 * Return: 0 or -ENOMEM
 * Context: RTNL.
 */
int anygw_port_configure(struct anygw_net *an, struct anygw_port *port,
		   const struct anygw_port_conf *wish);

/**
 * anygw_port_free_all() - forget all ports
 * @an: the namespace, its hooks gone
 */
void anygw_port_free_all(struct anygw_net *an);

#endif
