/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_NLMSG_H
#define ANYGW_NLMSG_H

#include "anygw.h"
#include "core/reasons.h"

struct genl_family;

/**
 * anygw_nlmsg_start() - have events sent
 * @family: the family, registered
 */
void anygw_nlmsg_start(const struct genl_family *family);

/**
 * anygw_nlmsg_stop() - have none sent any more; the family is about to go
 * Context: process.
 */
void anygw_nlmsg_stop(void);

/**
 * anygw_nlmsg_host() - put this host into a message
 * @msg: the message
 * @an: the namespace
 * Return: 0 or -EMSGSIZE
 * Context: RTNL.
 */
int anygw_nlmsg_host(struct sk_buff *msg, const struct anygw_net *an);

/**
 * anygw_nlmsg_port() - put a port into a message
 * @msg: the message
 * @port: the port
 * Return: 0 or -EMSGSIZE
 * Context: RTNL.
 */
int anygw_nlmsg_port(struct sk_buff *msg, const struct anygw_port *port);

/**
 * anygw_nlmsg_gateway() - put a gateway into a message
 * @msg: the message
 * @gw: the gateway, still in its VLAN
 * Return: 0 or -EMSGSIZE
 * Context: RTNL.
 */
int anygw_nlmsg_gateway(struct sk_buff *msg, const struct anygw_gateway *gw);

/**
 * anygw_nlmsg_peer() - put another host into a message
 * @msg: the message
 * @an: the namespace
 * @peer: the other host; of devices that are gone there is no name
 * Return: 0 or -EMSGSIZE
 */
int anygw_nlmsg_peer(struct sk_buff *msg, const struct anygw_net *an,
		     const struct anygw_peer *peer);

/**
 * anygw_nlend_message() - what has become of an endpoint
 * @an: the namespace
 * @cmd: which of the endpoint notifications
 * @ep: the endpoint
 * @gw: its gateway, or NULL
 * Return: a message to send later, or NULL
 * Context: the endpoints' lock, RCU read side.
 */
struct sk_buff *anygw_nlend_message(struct anygw_net *an, u8 cmd,
				    const struct anygw_endpoint *ep,
				    const struct anygw_gateway *gw);

/**
 * anygw_nlend_claim() - two machines have answered for one address
 * @an: the namespace
 * @pair: the address, with the claim on it
 * @gw: the gateway of its owner, or NULL
 * Return: a message to send later, or NULL
 * Context: the endpoints' lock, RCU read side.
 */
struct sk_buff *anygw_nlend_claim(struct anygw_net *an,
				  const struct anygw_pair *pair,
				  const struct anygw_gateway *gw);

/**
 * anygw_nlend_twice() - one MAC was heard behind two ports
 * @an: the namespace
 * @gw: its gateway, or NULL
 * @ep: the endpoint, at the port of the two it was heard last
 * Return: a message to send later, or NULL
 * Context: the endpoints' lock, RCU read side.
 */
struct sk_buff *anygw_nlend_twice(struct anygw_net *an,
				  const struct anygw_endpoint *ep,
				    const struct anygw_gateway *gw);

/**
 * anygw_nlend_send() - send a message to the listeners
 * @an: the namespace
 * @msg: the message, may be NULL; consumed
 */
void anygw_nlend_send(struct anygw_net *an, struct sk_buff *msg);

/**
 * anygw_nlmsg_endpoint() - put an endpoint into a message
 * @msg: the message
 * @an: the namespace
 * @ep: the endpoint
 * @gw: its gateway
 * @port: interface index of the port to show
 * Return: 0 or -EMSGSIZE
 * Context: the endpoints' lock, RCU read side.
 */
int anygw_nlmsg_endpoint(struct sk_buff *msg, struct anygw_net *an,
			 const struct anygw_endpoint *ep,
			 const struct anygw_gateway *gw, int port);

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
 * anygw_host_warn() - the host MAC was heard from the fabric
 * @an: the namespace
 * @port: where
 * Context: any. The kernel log shows it at most once a minute.
 */
void anygw_host_warn(struct anygw_net *an, const struct net_device *port);

#endif
