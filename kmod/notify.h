/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_NOTIFY_H
#define ANYGW_NOTIFY_H

#include "anygw.h"
#include "core/reasons.h"

struct genl_family;

/**
 * anygw_notify_enable() - have events sent
 * @family: the family, registered
 */
void anygw_notify_enable(const struct genl_family *family);

/**
 * anygw_notify_disable() - have none sent any more; the family is about to go
 * Context: process.
 */
void anygw_notify_disable(void);

/**
 * anygw_fill_host() - put this host into a message
 * @msg: the message
 * @an: the namespace
 * Return: 0 or -EMSGSIZE
 * Context: RTNL.
 */
int anygw_fill_host(struct sk_buff *msg, const struct anygw_net *an);

/**
 * anygw_fill_port() - put a port into a message
 * @msg: the message
 * @port: the port
 * Return: 0 or -EMSGSIZE
 * Context: RTNL.
 */
int anygw_fill_port(struct sk_buff *msg, const struct anygw_port *port);

/**
 * anygw_fill_gateway() - put a gateway into a message
 * @msg: the message
 * @gw: the gateway, still in its VLAN
 * Return: 0 or -EMSGSIZE
 * Context: RTNL.
 */
int anygw_fill_gateway(struct sk_buff *msg, const struct anygw_gateway *gw);

/**
 * anygw_fill_peer() - put another host into a message
 * @msg: the message
 * @an: the namespace
 * @peer: the other host; of devices that are gone there is no name
 * Return: 0 or -EMSGSIZE
 */
int anygw_fill_peer(struct sk_buff *msg, const struct anygw_net *an,
		     const struct anygw_peer *peer);

/**
 * anygw_notify_ep_msg() - what has become of an endpoint
 * @an: the namespace
 * @cmd: which of the endpoint notifications
 * @ep: the endpoint
 * @gw: its gateway, or NULL
 * Return: a message to send later, or NULL
 * Context: the endpoints' lock, RCU read side.
 */
struct sk_buff *anygw_notify_ep_msg(struct anygw_net *an, u8 cmd,
				    const struct anygw_endpoint *ep,
				    const struct anygw_gateway *gw);

/**
 * anygw_notify_addr_conflict_msg() - two machines have answered for one address
 * @an: the namespace
 * @pair: the address, with the claim on it
 * @gw: the gateway of its owner, or NULL
 * Return: a message to send later, or NULL
 * Context: the endpoints' lock, RCU read side.
 */
struct sk_buff *anygw_notify_addr_conflict_msg(struct anygw_net *an,
				  const struct anygw_binding *pair,
				  const struct anygw_gateway *gw);

/**
 * anygw_notify_mac_flap_msg() - one MAC was heard behind two ports
 * @an: the namespace
 * @gw: its gateway, or NULL
 * @ep: the endpoint, at the port of the two it was heard last
 * Return: a message to send later, or NULL
 * Context: the endpoints' lock, RCU read side.
 */
struct sk_buff *anygw_notify_mac_flap_msg(struct anygw_net *an,
				  const struct anygw_endpoint *ep,
				    const struct anygw_gateway *gw);

/**
 * anygw_notify_send() - send a message to the listeners
 * @an: the namespace
 * @msg: the message, may be NULL; consumed
 */
void anygw_notify_send(struct anygw_net *an, struct sk_buff *msg);

/**
 * anygw_fill_endpoint() - put an endpoint into a message
 * @msg: the message
 * @an: the namespace
 * @ep: the endpoint
 * @gw: its gateway
 * @port: interface index of the port to show
 * Return: 0 or -EMSGSIZE
 * Context: the endpoints' lock, RCU read side.
 */
int anygw_fill_endpoint(struct sk_buff *msg, struct anygw_net *an,
			 const struct anygw_endpoint *ep,
			 const struct anygw_gateway *gw, int port);

/**
 * anygw_notify_gateway() - tell listeners about a gateway
 * @an: the namespace
 * @cmd: which of the gateway notifications
 * @gw: the gateway
 * Context: RTNL.
 */
void anygw_notify_gateway(struct anygw_net *an, u8 cmd,
			    struct anygw_gateway *gw);

/**
 * anygw_notify_port() - tell listeners about a port of a bridge with
 *			   gateways
 * @an: the namespace
 * @port: the port
 * Context: RTNL.
 */
void anygw_notify_port(struct anygw_net *an, struct anygw_port *port);

/**
 * anygw_notify_conflict() - tell listeners who contests a gateway
 * @an: the namespace
 * @gw: the gateway
 * @port: where it was heard
 * @mac: who
 * @reason: how
 * Context: RCU read side, bottom halves off.
 */
void anygw_notify_conflict(struct anygw_net *an, struct anygw_gateway *gw,
			     struct anygw_port *port, const u8 *mac,
			     enum anygw_reason reason);

/**
 * anygw_notify_peer() - tell listeners about another host
 * @an: the namespace
 * @cmd: which of the peer notifications
 * @peer: the other host
 * Context: process.
 */
void anygw_notify_peer(struct anygw_net *an, u8 cmd,
			 const struct anygw_peer *peer);

/**
 * anygw_notify_host_mac_conflict() - the host MAC was heard from the fabric
 * @an: the namespace
 * @port: where
 * Context: any. The kernel log shows it at most once a minute.
 */
void anygw_notify_host_mac_conflict(struct anygw_net *an, const struct net_device *port);

#endif
