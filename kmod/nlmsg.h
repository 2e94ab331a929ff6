/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_NLMSG_H
#define ANYGW_NLMSG_H

#include "anygw.h"

struct anygw_fate;
struct anygw_peer;
struct netlink_callback;

/**
 * anygw_nlmsg_dump() - start one object's message in a dump
 * @skb: the dump
 * @cb: its state, with @seq set
 * @cmd: the command
 * Return: NULL without room
 */
void *anygw_nlmsg_dump(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd);

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
 * anygw_nlmsg_event() - start a message to the listeners
 * @an: the namespace
 * @cmd: the command
 * @hdr: set to its header
 * @gfp: how to allocate it
 * Return: NULL if there are no listeners, or no memory
 */
struct sk_buff *anygw_nlmsg_event(struct anygw_net *an, u8 cmd, void **hdr,
				  gfp_t gfp);

/**
 * anygw_nlmsg_fate() - put what would become of a packet into a message
 * @msg: the message
 * @fate: what anygw_fate_find() has found
 * Return: 0 or -EMSGSIZE
 */
int anygw_nlmsg_fate(struct sk_buff *msg, const struct anygw_fate *fate);

/**
 * anygw_nlmsg_peer() - put another host into a message
 * @msg: the message
 * @an: the namespace
 * @peer: the other host; of devices that are gone there is no name
 * Return: 0 or -EMSGSIZE
 */
int anygw_nlmsg_peer(struct sk_buff *msg, const struct anygw_net *an,
		     const struct anygw_peer *peer);

#endif
