/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/anygw.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_ANYGW_GEN_H
#define _LINUX_ANYGW_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/anygw.h>

int anygw_nl_endpoint_get_start(struct netlink_callback *cb);

int anygw_nl_host_get_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_host_set_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int anygw_nl_port_set_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_gateway_get_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_gateway_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int anygw_nl_gateway_new_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_gateway_set_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_gateway_del_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_endpoint_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int anygw_nl_endpoint_flush_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_trace_doit(struct sk_buff *skb, struct genl_info *info);
int anygw_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

enum {
	ANYGW_NLGRP_EVENTS,
};

extern struct genl_family anygw_nl_family;

#endif /* _LINUX_ANYGW_GEN_H */
