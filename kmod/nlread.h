/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files that read netlink requests share.
 */
#ifndef ANYGW_NLREAD_H
#define ANYGW_NLREAD_H

#include <net/genetlink.h>

#include "anygw.h"

/**
 * anygw_nl_may_change() - whether the sender of a request may change things
 * @skb: the request
 * @info: the same, read; says why not
 * Return: 0, or -EPERM without the right over the namespace of the change
 */
int anygw_nl_may_change(struct sk_buff *skb, struct genl_info *info);

/**
 * anygw_nl_missing() - refuse a request that lacks something
 * @extack: says so
 * @attr: the attribute it lacks
 * @text: what to do about it, a constant
 * Return: -EINVAL
 */
int anygw_nl_missing(struct netlink_ext_ack *extack, int attr,
		     const char *text);

/**
 * anygw_nl_bad() - refuse a request for what it says
 * @extack: says so; may be NULL, as for dumps on older kernels
 * @attr: the attribute that is wrong
 * @err: a negative error
 * @text: what is wrong with it, a constant
 * Return: @err
 */
int anygw_nl_bad(struct netlink_ext_ack *extack, const struct nlattr *attr,
		 int err, const char *text);

/**
 * anygw_nl_reply() - start the message that answers a request
 * @info: the request
 * @hdr: set to the message's header
 * Return: NULL without memory
 */
struct sk_buff *anygw_nl_reply(struct genl_info *info, void **hdr);

/**
 * anygw_nl_reply_send() - send it, unless something has gone wrong
 * @msg: the message; consumed
 * @hdr: its header
 * @info: the request
 * @err: what has gone wrong, or 0
 * Return: 0 or a negative error
 */
int anygw_nl_reply_send(struct sk_buff *msg, void *hdr, struct genl_info *info,
			int err);

/**
 * anygw_nl_find_device() - a device named by index, by name, or by both if
 *			    they agree
 * @an: the namespace
 * @attrs: the request's attributes
 * @extack: says what is wrong
 * @index_attr: the attribute of the index
 * @name_attr: the attribute of the name
 * @dev: set to the device
 * Return: 0 or a negative error
 * Context: RTNL.
 */
int anygw_nl_find_device(struct anygw_net *an, struct nlattr **attrs,
			 struct netlink_ext_ack *extack, int index_attr,
			 int name_attr, struct net_device **dev);

/**
 * anygw_nl_find_gateway() - the gateway that is named in the same way
 * @an: the namespace
 * @attrs: the request's attributes
 * @extack: says what is wrong
 * @index_attr: the attribute of the index
 * @name_attr: the attribute of the name
 * @gw: set to the gateway
 * Return: 0 or a negative error
 * Context: RTNL.
 */
int anygw_nl_find_gateway(struct anygw_net *an, struct nlattr **attrs,
			  struct netlink_ext_ack *extack, int index_attr,
			  int name_attr, struct anygw_gateway **gw);

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
 * anygw_nl_dump() - go on with a dump of objects that RTNL guards
 * @skb: the dump
 * @cb: the same
 * @an: the namespace
 * @objects: the objects
 * @cmd: the command
 * @put: puts one of them into a message
 *
 * A dump goes on behind the last key it has shown, whatever has come or gone
 * meanwhile, and says so if something has.
 */
int anygw_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		  struct anygw_net *an, struct xarray *objects, u8 cmd,
		  int (*put)(struct sk_buff *skb, const void *object));

#endif
