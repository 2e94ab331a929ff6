/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_NETLINK_H
#define ANYGW_NETLINK_H

#include "anygw.h"
#include "core/reasons.h"

struct anygw_peer;

/**
 * anygw_nl_gateway_event() - tell listeners about a gateway
 * @an: the namespace
 * @cmd: which of the gateway notifications
 * @gw: the gateway
 * Context: RTNL.
 */
void anygw_nl_gateway_event(struct anygw_net *an, u8 cmd,
			    struct anygw_gateway *gw);

/**
 * anygw_nl_port_event() - tell listeners about a port of a bridge with
 *			   gateways
 * @an: the namespace
 * @port: the port
 * Context: RTNL.
 */
void anygw_nl_port_event(struct anygw_net *an, struct anygw_port *port);

/**
 * anygw_nl_conflict_event() - tell listeners who contests a gateway
 * @an: the namespace
 * @gw: the gateway
 * @port: where it was heard
 * @mac: who
 * @reason: how
 * Context: RCU read side, bottom halves off.
 */
void anygw_nl_conflict_event(struct anygw_net *an, struct anygw_gateway *gw,
			     struct anygw_port *port, const u8 *mac,
			     enum anygw_reason reason);

/**
 * anygw_nl_peer_event() - tell listeners about another host
 * @an: the namespace
 * @cmd: which of the peer notifications
 * @peer: the other host
 * Context: process.
 */
void anygw_nl_peer_event(struct anygw_net *an, u8 cmd,
			 const struct anygw_peer *peer);

/**
 * anygw_nl_init() - register the netlink family
 * Return: 0 or a negative error
 */
int anygw_nl_init(void);

/**
 * anygw_nl_exit() - unregister it
 */
void anygw_nl_exit(void);

/**
 * anygw_nl_multicast() - send a message to those who listen to events
 * @an: the namespace
 * @msg: the message; it is freed where there is no family any more
 * Context: any.
 */
void anygw_nl_multicast(struct anygw_net *an, struct sk_buff *msg);

/**
 * anygw_host_warn() - the host MAC was heard from the fabric
 * @an: the namespace
 * @port: where
 * Context: any. The kernel log shows it at most once a minute.
 */
void anygw_host_warn(struct anygw_net *an, const struct net_device *port);

#endif
