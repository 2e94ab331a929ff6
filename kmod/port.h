/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_PORT_H
#define ANYGW_PORT_H

#include "anygw.h"

struct anygw_port_conf {
	enum anygw_port_role role;
	unsigned int endpoint_max;
};

void anygw_port_join(struct anygw_net *an, struct net_device *dev,
		     struct net_device *br);
/* No effect if @dev is no bridge port. */
void anygw_port_leave(struct anygw_net *an, struct net_device *dev);
/* @dev is unregistered: its configuration is deleted, too. */
void anygw_port_dev_gone(struct anygw_net *an, struct net_device *dev);

void anygw_port_carrier_event(struct anygw_net *an, struct anygw_port *port);
/* @br has its first gateway, or with a @bridge of NULL none any more. */
void anygw_port_attach(struct anygw_net *an, struct net_device *br,
		       struct anygw_bridge *bridge);

/* Return: 0 or -ENOMEM. */
int anygw_port_configure(struct anygw_net *an, struct anygw_port *port,
			 const struct anygw_port_conf *conf);

/* At namespace exit, without RTNL; the bridge hooks are unregistered. */
void anygw_port_free_all(struct anygw_net *an);

#endif
