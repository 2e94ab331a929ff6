/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that fill an object into a netlink message return 0 or -EMSGSIZE.
 * Without listeners, events are not even built.
 */
#ifndef ANYGW_NOTIFY_H
#define ANYGW_NOTIFY_H

#include "anygw.h"
#include "core/reasons.h"

struct genl_family;

/*
 * Events are sent between these two: after the family is registered, and
 * before it is unregistered. anygw_notify_disable() sleeps.
 */
void anygw_notify_enable(const struct genl_family *family);
void anygw_notify_disable(void);

/* Under RTNL; @gw is still in its VLAN. */
int anygw_fill_host(struct sk_buff *msg, const struct anygw_net *an);
int anygw_fill_port(struct sk_buff *msg, const struct anygw_port *port);
int anygw_fill_gateway(struct sk_buff *msg, const struct anygw_gateway *gw);

/* The names of devices that no longer exist are left out. */
int anygw_fill_peer(struct sk_buff *msg, const struct anygw_net *an,
		    const struct anygw_peer *peer);

/* @port: interface index to show. Context: the ep lock, RCU read side. */
int anygw_fill_endpoint(struct sk_buff *msg, struct anygw_net *an,
			const struct anygw_endpoint *ep,
			const struct anygw_gateway *gw, int port);

/*
 * Build an event for anygw_notify_send(), which takes it without the ep lock.
 * @gw is the gateway of the endpoint, or NULL. They return NULL without @gw,
 * listeners or memory. Context: the ep lock, RCU read side.
 */
struct sk_buff *anygw_notify_ep_msg(struct anygw_net *an, u8 cmd,
				    const struct anygw_endpoint *ep,
				    const struct anygw_gateway *gw);
/* @binding has an address conflict. */
struct sk_buff *
anygw_notify_addr_conflict_msg(struct anygw_net *an,
			       const struct anygw_binding *binding,
			       const struct anygw_gateway *gw);
struct sk_buff *anygw_notify_mac_flap_msg(struct anygw_net *an,
					  const struct anygw_endpoint *ep,
					  const struct anygw_gateway *gw);

/* @msg is consumed and may be NULL. */
void anygw_notify_send(struct anygw_net *an, struct sk_buff *msg);

/* Under RTNL. */
void anygw_notify_gateway(struct anygw_net *an, u8 cmd,
			  struct anygw_gateway *gw);
void anygw_notify_port(struct anygw_net *an, struct anygw_port *port);

/* In process context. */
void anygw_notify_peer(struct anygw_net *an, u8 cmd,
		       const struct anygw_peer *peer);

/*
 * A frame from the fabric, with the source @mac and the ingress port @port,
 * contests a gateway. Under RCU, bottom halves off.
 */
void anygw_notify_conflict(struct anygw_net *an, struct anygw_gateway *gw,
			   struct anygw_port *port, const u8 *mac,
			   enum anygw_reason reason);

/* Log in any context that the fabric has sent a frame from the host MAC. */
void anygw_notify_host_mac_conflict(struct anygw_net *an,
				    const struct net_device *port);

#endif
