/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_GATEWAY_H
#define ANYGW_GATEWAY_H

#include "anygw.h"

struct anygw_gateway_request {
	struct net_device *br;
	u16 vid;
	u8 mac[ETH_ALEN];	/* vMAC */
	char name[IFNAMSIZ];	/* empty for the default name */
	struct anygw_gateway_conf conf;
	int bad_attr;		/* netlink attribute of a refusal */
};

extern struct rtnl_link_ops anygw_link_ops;

/*
 * Fill in the default name and check everything. On refusal @bad_attr and
 * @extack are set.
 */
int anygw_gateway_validate(struct anygw_net *an,
			   struct anygw_gateway_request *req,
			   struct netlink_ext_ack *extack);
/* The same for a new configuration of @gw; @req has its identity. */
int anygw_gateway_validate_change(struct anygw_net *an,
				  const struct anygw_gateway *gw,
				  struct anygw_gateway_request *req,
				  struct netlink_ext_ack *extack);

/* @req has been validated. Return: an error pointer on failure. */
struct anygw_gateway *
anygw_gateway_create(struct anygw_net *an,
		     const struct anygw_gateway_request *req,
		     struct netlink_ext_ack *extack);
/* Return: 0, or -ENOMEM with nothing changed. */
int anygw_gateway_change(struct anygw_net *an, struct anygw_gateway *gw,
			 const struct anygw_gateway_conf *conf);
void anygw_gateway_delete(struct anygw_gateway *gw);
/* On module unload: refuse new gateways from now on. Takes RTNL. */
void anygw_gateway_shutdown(void);

void anygw_gateway_addr_event(struct anygw_gateway *gw);
/* Any context: inet6addr notifiers run without RTNL. */
void anygw_gateway_addr_event_deferred(struct anygw_gateway *gw);
void anygw_gateway_repair_work(struct work_struct *work);
/* @dev is a gateway. */
void anygw_gateway_dev_event(struct net_device *dev);
void anygw_gateway_bridge_event(struct anygw_net *an, struct net_device *br,
				unsigned long event);

#endif
