// SPDX-License-Identifier: GPL-2.0
/*
 * The control edge: requests are read and checked here, and nothing is
 * changed before all of a request is found good.
 */
#include <linux/capability.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "compat.h"
#include "device.h"
#include "fate.h"
#include "host.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "nlmsg.h"
#include "peer.h"
#include "port.h"

int anygw_nl_may_change(struct sk_buff *skb, struct genl_info *info)
{
	if (netlink_ns_capable(skb, genl_info_net(info)->user_ns,
			       CAP_NET_ADMIN))
		return 0;
	GENL_SET_ERR_MSG(info, "This needs CAP_NET_ADMIN over the network namespace");
	return -EPERM;
}

static int missing(struct genl_info *info, int attr, const char *text)
{
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
	info->extack->_msg = text;
	return -EINVAL;
}

static int bad(struct genl_info *info, int attr, int err, const char *text)
{
	NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	info->extack->_msg = text;
	return err;
}

/* The message answers a request; NULL without memory. */
static struct sk_buff *reply_new(struct genl_info *info, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &anygw_nl_family, 0,
				 info->genlhdr->cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static int reply_send(struct sk_buff *msg, void *hdr, struct genl_info *info,
		      int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int anygw_nl_host_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = reply_new(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	err = anygw_nlmsg_host(msg, an);
	rtnl_unlock();
	return reply_send(msg, hdr, info, err);
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

	rtnl_lock();
	if (attrs[ANYGW_A_HOST_MACHINE_ID])
		anygw_host_set_machine_id(an, nla_data(attrs[ANYGW_A_HOST_MACHINE_ID]));
	if (attrs[ANYGW_A_HOST_MAC])
		anygw_host_set_mac(an, nla_data(attrs[ANYGW_A_HOST_MAC]));
	if (attrs[ANYGW_A_HOST_BEACON])
		anygw_host_set_beacon(an, nla_get_u8(attrs[ANYGW_A_HOST_BEACON]));
	rtnl_unlock();
	return 0;
}

/* A device named by index, by name, or by both if they agree. */
static int find_device(struct anygw_net *an, struct genl_info *info,
		       int index_attr, int name_attr, struct net_device **dev)
{
	const struct nlattr *index = info->attrs[index_attr];
	const struct nlattr *name = info->attrs[name_attr];

	if (!index && !name)
		return missing(info, index_attr, "Name a device");
	*dev = index ? __dev_get_by_index(an->net, nla_get_u32(index)) :
		       __dev_get_by_name(an->net, nla_data(name));
	if (!*dev)
		return bad(info, index ? index_attr : name_attr, -ENODEV,
			   "There is no such device");
	if (index && name && nla_strcmp(name, (*dev)->name))
		return bad(info, name_attr, -EINVAL,
			   "The device with this index has another name");
	return 0;
}

static int find_port(struct anygw_net *an, struct genl_info *info,
		     struct anygw_port **port)
{
	struct net_device *dev;
	int err;

	err = find_device(an, info, ANYGW_A_PORT_IFINDEX, ANYGW_A_PORT_IFNAME,
			  &dev);
	if (err)
		return err;
	*port = xa_load(&an->ports, dev->ifindex);
	if (*port)
		return 0;
	return bad(info, info->attrs[ANYGW_A_PORT_IFINDEX] ?
		   ANYGW_A_PORT_IFINDEX : ANYGW_A_PORT_IFNAME, -EINVAL,
		   "The device is not a port of a bridge");
}

int anygw_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_port *port;
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = reply_new(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	err = find_port(an, info, &port);
	if (!err)
		err = anygw_nlmsg_port(msg, port);
	rtnl_unlock();
	return reply_send(msg, hdr, info, err);
}

/*
 * A dump goes on behind the last key it has shown, whatever has come or gone
 * meanwhile, and says so if something has.
 */
static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		struct anygw_net *an, struct xarray *objects, u8 cmd,
		int (*put)(struct sk_buff *skb, const void *object))
{
	unsigned long i;
	void *object;
	void *hdr;

	rtnl_lock();
	cb->seq = an->generation;
	xa_for_each_start(objects, i, object, cb->args[0]) {
		hdr = anygw_nlmsg_dump(skb, cb, cmd);
		if (!hdr)
			break;
		if (put(skb, object)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		cb->args[0] = i + 1;
	}
	rtnl_unlock();
	return skb->len;
}

static int put_port(struct sk_buff *skb, const void *port)
{
	return anygw_nlmsg_port(skb, port);
}

int anygw_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));

	return dump(skb, cb, an, &an->ports, ANYGW_CMD_PORT_GET, put_port);
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
		return missing(info, ANYGW_A_PORT_ROLE,
			       "Name a role or a number of endpoints");

	rtnl_lock();
	err = find_port(an, info, &port);
	if (err || info->attrs[ANYGW_A_PORT_DRY_RUN])
		goto out;
	wish.role = role ? nla_get_u8(role) : port->configured;
	wish.endpoint_max = max ? nla_get_u32(max) : port->endpoint_max;
	err = anygw_port_set(an, port, &wish);
out:
	rtnl_unlock();
	return err;
}

static int find_gateway(struct anygw_net *an, struct genl_info *info,
			int index_attr, int name_attr,
			struct anygw_gateway **gw)
{
	struct net_device *dev;
	int err;

	err = find_device(an, info, index_attr, name_attr, &dev);
	if (err)
		return err;
	*gw = xa_load(&an->gateways, dev->ifindex);
	if (*gw)
		return 0;
	return bad(info, info->attrs[index_attr] ? index_attr : name_attr,
		   -EINVAL, "The device is not a gateway");
}

/* The same, by the attributes of the requests about gateways. */
static int named_gateway(struct anygw_net *an, struct genl_info *info,
			 struct anygw_gateway **gw)
{
	return find_gateway(an, info, ANYGW_A_GATEWAY_IFINDEX,
			    ANYGW_A_GATEWAY_IFNAME, gw);
}

int anygw_nl_gateway_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_gateway *gw;
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = reply_new(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	err = named_gateway(an, info, &gw);
	if (!err)
		err = anygw_nlmsg_gateway(msg, gw);
	rtnl_unlock();
	return reply_send(msg, hdr, info, err);
}

static int put_gateway(struct sk_buff *skb, const void *gw)
{
	return anygw_nlmsg_gateway(skb, gw);
}

int anygw_nl_gateway_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));

	return dump(skb, cb, an, &an->gateways, ANYGW_CMD_GATEWAY_GET,
		    put_gateway);
}

/* Without a word about it, fallback is what coexist is. */
static int read_switches(struct genl_info *info, struct anygw_settings *set)
{
	const struct nlattr *coexist = info->attrs[ANYGW_A_GATEWAY_COEXIST];
	const struct nlattr *fallback = info->attrs[ANYGW_A_GATEWAY_FALLBACK];
	const struct nlattr *fastpath = info->attrs[ANYGW_A_GATEWAY_FASTPATH];

	if (coexist && set->coexist != nla_get_u8(coexist)) {
		set->coexist = nla_get_u8(coexist);
		set->fallback = set->coexist;
	}
	if (fallback)
		set->fallback = nla_get_u8(fallback);
	if (set->fallback && !set->coexist)
		return bad(info, ANYGW_A_GATEWAY_FALLBACK, -EINVAL,
			   "There is no router to fall back to without coexist");
	if (fastpath && nla_get_u8(fastpath))
		return bad(info, ANYGW_A_GATEWAY_FASTPATH, -EOPNOTSUPP,
			   "This version has no fast path");
	return 0;
}

static int read_host4(struct genl_info *info, struct anygw_settings *set)
{
	const struct nlattr *addr = info->attrs[ANYGW_A_GATEWAY_HOST_ADDRESS4];
	const struct nlattr *len = info->attrs[ANYGW_A_GATEWAY_HOST_PREFIX4];

	if (!addr) {
		if (len)
			return bad(info, ANYGW_A_GATEWAY_HOST_PREFIX4, -EINVAL,
				   "A prefix length without a host-address");
		return 0;
	}
	set->host4 = nla_get_in_addr(addr);
	set->host4_len = len ? nla_get_u8(len) : 32;
	if (set->host4 && (ipv4_is_multicast(set->host4) ||
			   ipv4_is_loopback(set->host4) ||
			   ipv4_is_zeronet(set->host4) ||
			   ipv4_is_lbcast(set->host4)))
		return bad(info, ANYGW_A_GATEWAY_HOST_ADDRESS4, -EINVAL,
			   "The host-address must be a unicast address");
	return 0;
}

static int read_host6(struct genl_info *info, struct anygw_settings *set)
{
	const struct nlattr *addr = info->attrs[ANYGW_A_GATEWAY_HOST_ADDRESS6];
	const struct nlattr *len = info->attrs[ANYGW_A_GATEWAY_HOST_PREFIX6];

	if (!addr) {
		if (len)
			return bad(info, ANYGW_A_GATEWAY_HOST_PREFIX6, -EINVAL,
				   "A prefix length without a host-address");
		return 0;
	}
	set->host6 = nla_get_in6_addr(addr);
	set->host6_len = len ? nla_get_u8(len) : 128;
	if (ipv6_addr_type(&set->host6) &
	    (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL |
	     IPV6_ADDR_MAPPED))
		return bad(info, ANYGW_A_GATEWAY_HOST_ADDRESS6, -EINVAL,
			   "The host-address must be a unicast address, and not link-local");
	return 0;
}

/* The settings that a gateway can be given at any time. */
static int read_settings(struct genl_info *info, struct anygw_settings *set)
{
	const struct nlattr *max = info->attrs[ANYGW_A_GATEWAY_ENDPOINT_MAX];
	const struct nlattr *mode = info->attrs[ANYGW_A_GATEWAY_MODE];
	int err;

	if (mode)
		set->mode = nla_get_u8(mode);
	if (max)
		set->endpoint_max = nla_get_u32(max);
	err = read_switches(info, set);
	if (!err)
		err = read_host4(info, set);
	if (!err)
		err = read_host6(info, set);
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
		return missing(info, ANYGW_A_GATEWAY_BRIDGE, "Name a bridge");
	set->br = __dev_get_by_index(an->net, nla_get_u32(bridge));
	if (!set->br)
		return bad(info, ANYGW_A_GATEWAY_BRIDGE, -ENODEV,
			   "There is no such bridge");
	if (!netif_is_bridge_master(set->br))
		return bad(info, ANYGW_A_GATEWAY_BRIDGE, -EINVAL,
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
		.endpoint_max = ANYGW_GATEWAY_ENDPOINTS,
	};
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = anygw_nl_may_change(skb, info);
	if (err)
		return err;
	msg = reply_new(info, &hdr);
	if (!msg)
		return -ENOMEM;

	rtnl_lock();
	err = read_place(an, info, &set);
	if (!err)
		err = read_settings(info, &set);
	if (!err) {
		err = anygw_device_check(an, &set, info->extack);
		if (err)
			blame(info, set.blame);
	}
	if (!err && info->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		err = nla_put_string(msg, ANYGW_A_GATEWAY_IFNAME, set.name);
	else if (!err)
		err = create(an, info, &set, msg);
	rtnl_unlock();
	return reply_send(msg, hdr, info, err);
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

	rtnl_lock();
	err = named_gateway(an, info, &gw);
	if (err)
		goto out;
	anygw_device_settings(gw, &set);
	err = read_settings(info, &set);
	if (!err) {
		err = anygw_device_check_host(an, gw, &set, info->extack) ?:
		      anygw_device_check_coexist(an, &set, info->extack);
		if (err)
			blame(info, set.blame);
	}
	if (!err && !info->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		err = anygw_device_change(an, gw, &set);
out:
	rtnl_unlock();
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
	rtnl_lock();
	err = named_gateway(an, info, &gw);
	if (!err && !info->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		anygw_device_delete(gw);
	rtnl_unlock();
	return err;
}

/* Neither a group, nor this host to itself, nor nobody. */
static bool travels4(__be32 addr)
{
	return !ipv4_is_zeronet(addr) && !ipv4_is_loopback(addr) &&
	       !ipv4_is_multicast(addr) && !ipv4_is_lbcast(addr);
}

static bool travels6(const struct in6_addr *addr)
{
	return ipv6_addr_type(addr) != IPV6_ADDR_ANY &&
	       !(ipv6_addr_type(addr) &
		 (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK |
		  IPV6_ADDR_LINKLOCAL | IPV6_ADDR_MAPPED));
}

static int read_pair4(struct genl_info *info, struct anygw_fate *fate)
{
	fate->family = AF_INET;
	fate->src4 = nla_get_in_addr(info->attrs[ANYGW_A_TRACE_SOURCE4]);
	fate->dst4 = nla_get_in_addr(info->attrs[ANYGW_A_TRACE_DESTINATION4]);
	if (!travels4(fate->src4))
		return bad(info, ANYGW_A_TRACE_SOURCE4, -EINVAL,
			   "The source must be a unicast address of a machine");
	if (!travels4(fate->dst4))
		return bad(info, ANYGW_A_TRACE_DESTINATION4, -EINVAL,
			   "The destination must be a unicast address of a machine");
	return 0;
}

static int read_pair6(struct genl_info *info, struct anygw_fate *fate)
{
	fate->family = AF_INET6;
	fate->src6 = nla_get_in6_addr(info->attrs[ANYGW_A_TRACE_SOURCE6]);
	fate->dst6 = nla_get_in6_addr(info->attrs[ANYGW_A_TRACE_DESTINATION6]);
	if (!travels6(&fate->src6))
		return bad(info, ANYGW_A_TRACE_SOURCE6, -EINVAL,
			   "The source must be a unicast address, and not link-local: those are not routed");
	if (!travels6(&fate->dst6))
		return bad(info, ANYGW_A_TRACE_DESTINATION6, -EINVAL,
			   "The destination must be a unicast address, and not link-local: those are not routed");
	return 0;
}

static int read_packet(struct genl_info *info, struct anygw_fate *fate)
{
	const struct nlattr *src4 = info->attrs[ANYGW_A_TRACE_SOURCE4];
	const struct nlattr *dst4 = info->attrs[ANYGW_A_TRACE_DESTINATION4];
	const struct nlattr *src6 = info->attrs[ANYGW_A_TRACE_SOURCE6];
	const struct nlattr *dst6 = info->attrs[ANYGW_A_TRACE_DESTINATION6];

	if (!src4 && !src6)
		return missing(info, ANYGW_A_TRACE_SOURCE4, "Name a source");
	if (!dst4 && !dst6)
		return missing(info, src4 ? ANYGW_A_TRACE_DESTINATION4 :
			       ANYGW_A_TRACE_DESTINATION6,
			       "Name a destination");
	if ((src4 || dst4) && (src6 || dst6))
		return bad(info, dst6 ? ANYGW_A_TRACE_DESTINATION6 :
			   ANYGW_A_TRACE_SOURCE6, -EINVAL,
			   "A packet is of IPv4 or of IPv6, not of both");
	return src4 ? read_pair4(info, fate) : read_pair6(info, fate);
}

/* Like routes, it is for everybody to see. */
int anygw_nl_trace_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_fate fate = {};
	struct anygw_gateway *gw;
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = reply_new(info, &hdr);
	if (!msg)
		return -ENOMEM;
	rtnl_lock();
	err = find_gateway(an, info, ANYGW_A_TRACE_IFINDEX,
			   ANYGW_A_TRACE_IFNAME, &gw);
	if (!err)
		err = read_packet(info, &fate);
	if (!err)
		err = anygw_fate_find(gw, &fate);
	if (!err)
		err = anygw_nlmsg_fate(msg, &fate);
	rtnl_unlock();
	return reply_send(msg, hdr, info, err);
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
	return err;
}

void anygw_nl_exit(void)
{
	genl_unregister_family(&anygw_nl_family);
	anygw_compat_free_ops(&anygw_nl_family);
}
