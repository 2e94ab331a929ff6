// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about gateways.
 */
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "compat.h"
#include "device.h"
#include "host.h"
#include "netlink-gen.h"
#include "nlmsg.h"
#include "nlread.h"

static int named_gateway(struct anygw_net *an, struct genl_info *info,
			 struct anygw_gateway **gw)
{
	return anygw_nl_find_gateway(an, info->attrs, info->extack,
				     ANYGW_A_GATEWAY_IFINDEX,
				     ANYGW_A_GATEWAY_IFNAME, gw);
}

int anygw_nl_gateway_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_gateway *gw;
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = anygw_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rtnl_net_lock(an->net);
	err = named_gateway(an, info, &gw);
	if (!err)
		err = anygw_nlmsg_gateway(msg, gw);
	rtnl_net_unlock(an->net);
	return anygw_nl_reply_send(msg, hdr, info, err);
}

static int put_gateway(struct sk_buff *skb, const void *gw)
{
	return anygw_nlmsg_gateway(skb, gw);
}

int anygw_nl_gateway_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));

	return anygw_nl_dump(skb, cb, an, &an->gateways, ANYGW_CMD_GATEWAY_GET,
			     put_gateway);
}

/* Without a word about it, fallback is what coexist is. */
static int read_switches(struct genl_info *info,
			 struct anygw_gateway_conf *conf)
{
	const struct nlattr *coexist = info->attrs[ANYGW_A_GATEWAY_COEXIST];
	const struct nlattr *fallback = info->attrs[ANYGW_A_GATEWAY_FALLBACK];
	const struct nlattr *fastpath = info->attrs[ANYGW_A_GATEWAY_FASTPATH];

	if (coexist && conf->coexist != nla_get_u8(coexist)) {
		conf->coexist = nla_get_u8(coexist);
		conf->fallback = conf->coexist;
	}
	if (fallback)
		conf->fallback = nla_get_u8(fallback);
	if (conf->fallback && !conf->coexist)
		return anygw_nl_bad(info->extack, fallback, -EINVAL,
				    "There is no router to fall back to without coexist");
	if (fastpath)
		conf->fastpath = nla_get_u8(fastpath);
	return 0;
}

static int check_host4(struct genl_info *info, const struct nlattr *attr)
{
	__be32 addr = nla_get_in_addr(attr);

	if (ipv4_is_multicast(addr) || ipv4_is_loopback(addr) ||
	    ipv4_is_zeronet(addr) || ipv4_is_lbcast(addr))
		return anygw_nl_bad(info->extack, attr, -EINVAL,
				    "The host-address must be a unicast address");
	return 0;
}

static int check_host6(struct genl_info *info, const struct nlattr *attr)
{
	struct in6_addr addr = nla_get_in6_addr(attr);

	if (!ipv6_mod_enabled())
		return anygw_nl_bad(info->extack, attr, -EAFNOSUPPORT,
				    "There is no IPv6 on this host");
	if (ipv6_addr_type(&addr) &
	    (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL |
	     IPV6_ADDR_MAPPED))
		return anygw_nl_bad(info->extack, attr, -EINVAL,
				    "The host-address must be a unicast address, and not link-local");
	return 0;
}

/* The unspecified address takes the host-address away. */
static int read_host(struct genl_info *info, int addr_attr, int plen_attr,
		     struct anygw_prefix *host)
{
	const struct nlattr *addr = info->attrs[addr_attr];
	const struct nlattr *plen = info->attrs[plen_attr];
	bool ipv4 = addr_attr == ANYGW_A_GATEWAY_HOST_ADDRESS4;

	if (!addr) {
		if (plen)
			return anygw_nl_bad(info->extack, plen, -EINVAL,
					    "A prefix length without a host-address");
		return 0;
	}
	*host = (struct anygw_prefix){};
	if (!ipv4)
		host->addr = nla_get_in6_addr(addr);
	else if (nla_get_in_addr(addr))
		ipv6_addr_set_v4mapped(nla_get_in_addr(addr), &host->addr);
	if (ipv6_addr_any(&host->addr))
		return 0;
	host->plen = plen ? nla_get_u8(plen) + ipv4 * ANYGW_PLEN4 : 128;
	return ipv4 ? check_host4(info, addr) : check_host6(info, addr);
}

/* The settings that a gateway can be given at any time. */
static int read_settings(struct genl_info *info,
			 struct anygw_gateway_conf *conf)
{
	const struct nlattr *max = info->attrs[ANYGW_A_GATEWAY_ENDPOINT_MAX];
	const struct nlattr *mode = info->attrs[ANYGW_A_GATEWAY_MODE];
	int err;

	if (mode)
		conf->mode = nla_get_u8(mode);
	if (max)
		conf->endpoint_max = nla_get_u32(max);
	err = read_switches(info, conf);
	if (!err)
		err = read_host(info, ANYGW_A_GATEWAY_HOST_ADDRESS4,
				ANYGW_A_GATEWAY_HOST_PREFIX4, &conf->host4);
	if (!err)
		err = read_host(info, ANYGW_A_GATEWAY_HOST_ADDRESS6,
				ANYGW_A_GATEWAY_HOST_PREFIX6, &conf->host6);
	return err;
}

static int read_place(struct anygw_net *an, struct genl_info *info,
		      struct anygw_settings *set)
{
	static const u8 mac[ETH_ALEN] = { 0x02, 0x61, 0x6e, 0x79, 0x67, 0x77 };
	const struct nlattr *bridge = info->attrs[ANYGW_A_GATEWAY_BRIDGE];
	const struct nlattr *vlan = info->attrs[ANYGW_A_GATEWAY_VLAN];
	const struct nlattr *name = info->attrs[ANYGW_A_GATEWAY_IFNAME];

	if (!bridge)
		return anygw_nl_missing(info->extack, ANYGW_A_GATEWAY_BRIDGE,
					"Name a bridge");
	set->br = __dev_get_by_index(an->net, nla_get_u32(bridge));
	if (!set->br)
		return anygw_nl_bad(info->extack, bridge, -ENODEV,
				    "There is no such bridge");
	if (!netif_is_bridge_master(set->br))
		return anygw_nl_bad(info->extack, bridge, -EINVAL,
				    "The device is not a bridge");
	set->vid = vlan ? nla_get_u16(vlan) : 0;
	ether_addr_copy(set->mac, mac);
	if (info->attrs[ANYGW_A_GATEWAY_MAC])
		ether_addr_copy(set->mac,
				nla_data(info->attrs[ANYGW_A_GATEWAY_MAC]));
	if (name)
		nla_strscpy(set->name, name, IFNAMSIZ);
	return 0;
}

/* Say which attribute a refusal is about, be it there or missing. */
static void blame(struct genl_info *info, int attr)
{
	if (info->attrs[attr])
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	else
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
}

static int create(struct anygw_net *an, struct genl_info *info,
		  const struct anygw_settings *set, struct sk_buff *msg)
{
	struct anygw_gateway *gw;
	int err;

	anygw_host_ready(an);
	gw = anygw_device_create(an, set, info->extack);
	if (IS_ERR(gw))
		return PTR_ERR(gw);
	err = nla_put_u32(msg, ANYGW_A_GATEWAY_IFINDEX, gw->dev->ifindex) ?:
	      nla_put_string(msg, ANYGW_A_GATEWAY_IFNAME, gw->dev->name);
	if (err)
		anygw_device_delete(gw);
	return err;
}

int anygw_nl_gateway_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_settings set = {
		.conf.endpoint_max = ANYGW_GATEWAY_ENDPOINTS,
		.conf.fastpath = true,
	};
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = anygw_nl_may_change(skb, info);
	if (err)
		return err;
	msg = anygw_nl_reply(info, &hdr);
	if (!msg)
		return -ENOMEM;

	rtnl_net_lock(an->net);
	err = read_place(an, info, &set);
	if (!err)
		err = read_settings(info, &set.conf);
	if (!err) {
		err = anygw_device_check(an, &set, info->extack);
		if (err)
			blame(info, set.blame);
	}
	if (!err && info->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		err = nla_put_string(msg, ANYGW_A_GATEWAY_IFNAME, set.name);
	else if (!err)
		err = create(an, info, &set, msg);
	rtnl_net_unlock(an->net);
	return anygw_nl_reply_send(msg, hdr, info, err);
}

int anygw_nl_gateway_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_settings set;
	struct anygw_gateway *gw;
	int err;

	err = anygw_nl_may_change(skb, info);
	if (err)
		return err;

	rtnl_net_lock(an->net);
	err = named_gateway(an, info, &gw);
	if (err)
		goto out;
	set = (struct anygw_settings){
		.br = gw->br_dev,
		.vid = rtnl_dereference(gw->vlan)->vid,
		.conf = gw->conf,
	};
	ether_addr_copy(set.mac, gw->dev->dev_addr);
	err = read_settings(info, &set.conf);
	if (!err) {
		err = anygw_device_check_host(an, gw, &set, info->extack) ?:
		      anygw_device_check_coexist(an, &set, info->extack);
		if (err)
			blame(info, set.blame);
	}
	if (!err && !info->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		err = anygw_device_change(an, gw, &set.conf);
out:
	rtnl_net_unlock(an->net);
	return err;
}

int anygw_nl_gateway_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_gateway *gw;
	int err;

	err = anygw_nl_may_change(skb, info);
	if (err)
		return err;
	rtnl_net_lock(an->net);
	err = named_gateway(an, info, &gw);
	if (!err && !info->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		anygw_device_delete(gw);
	rtnl_net_unlock(an->net);
	return err;
}
