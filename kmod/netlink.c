// SPDX-License-Identifier: GPL-2.0
/*
 * The control edge: requests about the host, its ports and other hosts. As in
 * nlgateway.c, nlendpoint.c and nltrace.c, all of a request is read and checked
 * before anything is changed.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "host.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "nlmsg.h"
#include "nlread.h"
#include "peer.h"
#include "port.h"

int anygw_nl_host_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = anygw_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rtnl_net_lock(an->net);
	err = anygw_nlmsg_host(msg, an);
	rtnl_net_unlock(an->net);
	return anygw_nl_reply_send(msg, hdr, info, err);
}

static int check_host_set(struct genl_info *info)
{
	const struct nlattr *mac = info->attrs[ANYGW_A_HOST_MAC];

	if (mac && anygw_host_check_mac(nla_data(mac), info->extack)) {
		NL_SET_BAD_ATTR(info->extack, mac);
		return -EINVAL;
	}
	return 0;
}

int anygw_nl_host_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct nlattr **attrs = info->attrs;
	int err;

	err = anygw_nl_may_change(skb, info);
	if (!err)
		err = check_host_set(info);
	if (err || attrs[ANYGW_A_HOST_DRY_RUN])
		return err;

	rtnl_net_lock(an->net);
	if (attrs[ANYGW_A_HOST_MACHINE_ID])
		anygw_host_set_machine_id(an, nla_data(attrs[ANYGW_A_HOST_MACHINE_ID]));
	if (attrs[ANYGW_A_HOST_MAC])
		anygw_host_set_mac(an, nla_data(attrs[ANYGW_A_HOST_MAC]));
	if (attrs[ANYGW_A_HOST_BEACON])
		anygw_host_set_beacon(an, nla_get_u8(attrs[ANYGW_A_HOST_BEACON]));
	rtnl_net_unlock(an->net);
	return 0;
}

static int find_port(struct anygw_net *an, struct genl_info *info,
		     struct anygw_port **port)
{
	struct nlattr **attrs = info->attrs;
	struct net_device *dev;
	int err;

	err = anygw_nl_find_device(an, attrs, info->extack,
				   ANYGW_A_PORT_IFINDEX, ANYGW_A_PORT_IFNAME,
				   &dev);
	if (err)
		return err;
	*port = xa_load(&an->ports, dev->ifindex);
	if (*port)
		return 0;
	return anygw_nl_bad(info->extack, attrs[ANYGW_A_PORT_IFINDEX] ?:
			    attrs[ANYGW_A_PORT_IFNAME], -EINVAL,
			    "The device is not a port of a bridge");
}

int anygw_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_port *port;
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = anygw_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rtnl_net_lock(an->net);
	err = find_port(an, info, &port);
	if (!err)
		err = anygw_nlmsg_port(msg, port);
	rtnl_net_unlock(an->net);
	return anygw_nl_reply_send(msg, hdr, info, err);
}

static int put_port(struct sk_buff *skb, const void *port)
{
	return anygw_nlmsg_port(skb, port);
}

int anygw_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));

	return anygw_nl_dump(skb, cb, an, &an->ports, ANYGW_CMD_PORT_GET,
			     put_port);
}

int anygw_nl_port_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	const struct nlattr *max = info->attrs[ANYGW_A_PORT_ENDPOINT_MAX];
	const struct nlattr *role = info->attrs[ANYGW_A_PORT_ROLE];
	struct anygw_port_wish wish;
	struct anygw_port *port;
	int err;

	err = anygw_nl_may_change(skb, info);
	if (err)
		return err;
	if (!role && !max)
		return anygw_nl_missing(info->extack, ANYGW_A_PORT_ROLE,
					"Name a role or a number of endpoints");

	rtnl_net_lock(an->net);
	err = find_port(an, info, &port);
	if (err || info->attrs[ANYGW_A_PORT_DRY_RUN])
		goto out;
	wish.role = role ? nla_get_u8(role) : port->configured;
	wish.endpoint_max = max ? nla_get_u32(max) : port->endpoint_max;
	err = anygw_port_set(an, port, &wish);
out:
	rtnl_net_unlock(an->net);
	return err;
}

int anygw_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));
	struct anygw_peer_key *key = (void *)cb->ctx;
	struct anygw_peer peer;
	void *hdr;

	BUILD_BUG_ON(sizeof(*key) > sizeof(cb->ctx));
	while (anygw_peer_next(an, key, &peer, &cb->seq)) {
		hdr = anygw_nlmsg_dump(skb, cb, ANYGW_CMD_PEER_GET);
		if (!hdr)
			break;
		if (anygw_nlmsg_peer(skb, an, &peer)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		*key = peer.key;
	}
	return skb->len;
}

int anygw_nl_init(void)
{
	int err;

	err = anygw_compat_join_ops(&anygw_nl_family);
	if (err)
		return err;
	err = genl_register_family(&anygw_nl_family);
	if (err)
		anygw_compat_free_ops(&anygw_nl_family);
	else
		anygw_nlmsg_start(&anygw_nl_family);
	return err;
}

void anygw_nl_exit(void)
{
	anygw_nlmsg_stop();
	genl_unregister_family(&anygw_nl_family);
	anygw_compat_free_ops(&anygw_nl_family);
}
