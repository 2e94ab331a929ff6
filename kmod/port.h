/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_PORT_H
#define ANYGW_PORT_H

#include "anygw.h"

struct anygw_port_conf {
	enum anygw_port_role role;
	unsigned int endpoint_max;
};

/*
 * The configuration of ports by name: such ports need not exist. The first one
 * that matches applies: names come before patterns, long ones before short
 * ones. Under RTNL.
 */
struct anygw_port_setting {
	struct list_head list;
	char name[IFNAMSIZ];	/* or a pattern, with * and ? */
	struct anygw_port_conf conf;
};

/* What applies to a device of that name */
struct anygw_port_conf anygw_port_conf_of(struct anygw_net *an,
					  const char *name);
/* The setting of exactly this name or pattern, or NULL */
struct anygw_port_setting *anygw_port_setting_find(struct anygw_net *an,
						   const char *name);
struct anygw_port *anygw_port_by_name(struct anygw_net *an, const char *name);

void anygw_port_join(struct anygw_net *an, struct net_device *dev,
		     struct net_device *br);
/* No effect if @dev is no bridge port. */
void anygw_port_leave(struct anygw_net *an, struct net_device *dev);
/* @dev has another name. */
void anygw_port_rename(struct anygw_net *an, struct net_device *dev);

void anygw_port_carrier_event(struct anygw_net *an, struct anygw_port *port);
/* Behind a fabric port frames may take another way: announce what is here. */
void anygw_port_path_changed(struct anygw_net *an, struct anygw_port *port);
/* No event tells of STP states. */
void anygw_port_poll(struct anygw_net *an);
/* @br has its first gateway, or with a @bridge of NULL none any more. */
void anygw_port_attach(struct anygw_net *an, struct net_device *br,
		       struct anygw_bridge *bridge);

/*
 * Configure the ports of that name or pattern, now and later. The default
 * configuration deletes the setting, unless it is an exception to a pattern.
 * Return: 0, -ENOMEM, or -ENOSPC if there are too many settings.
 */
int anygw_port_configure(struct anygw_net *an, const char *name,
			 const struct anygw_port_conf *conf);

/* At namespace exit, without RTNL; the bridge hooks are unregistered. */
void anygw_port_free_all(struct anygw_net *an);

#endif
