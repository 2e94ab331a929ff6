// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink requests. A request is parsed and validated in full before anything
 * is changed; every refusal names the attribute and the reason.
 */
#include <linux/capability.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "compat.h"
#include "endpoint.h"
#include "gateway.h"
#include "host.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "notify.h"
#include "peer.h"
#include "pkttrace.h"
#include "port.h"

/* ---- common to all requests */

/* A request, or the start of a dump, under RTNL. */
struct nl_request {
	struct anygw_net *an;
	struct nlattr **attrs;
	struct netlink_ext_ack *extack;	/* NULL in dumps on older kernels */
	struct genl_info *info;		/* NULL in dumps */
	struct sk_buff *msg;		/* the reply, if there is one */
	struct anygw_gateway *gw;	/* see nl_find_gateway() */
	struct anygw_port *port;	/* see nl_find_port() */
};

#define NL_CHANGE	0x01	/* needs CAP_NET_ADMIN */
#define NL_REPLY	0x02	/* the reply is an object */

static int nl_reply_new(struct nl_request *rq)
{
	rq->msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!rq->msg)
		return -ENOMEM;
	if (genlmsg_put_reply(rq->msg, rq->info, &anygw_nl_family, 0,
			      rq->info->genlhdr->cmd))
		return 0;
	nlmsg_free(rq->msg);
	return -EMSGSIZE;
}

static int nl_reply_send(struct nl_request *rq, int err)
{
	if (err || !rq->msg) {
		nlmsg_free(rq->msg);
		return err;
	}
	nlmsg_end(rq->msg, nlmsg_hdr(rq->msg));
	return genlmsg_reply(rq->msg, rq->info);
}

/* @handler is called under RTNL. */
static int nl_serve(struct sk_buff *skb, struct genl_info *info,
		    unsigned int flags,
		    int (*handler)(struct nl_request *rq))
{
	struct net *net = genl_info_net(info);
	struct nl_request rq = {
		.an = anygw_net(net),
		.attrs = info->attrs,
		.extack = info->extack,
		.info = info,
	};
	int err;

	/* GENL_UNS_ADMIN_PERM would refuse without an extack message. */
	if (flags & NL_CHANGE &&
	    !netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN)) {
		GENL_SET_ERR_MSG(info, "CAP_NET_ADMIN over the network namespace is required");
		return -EPERM;
	}
	if (flags & NL_REPLY) {
		err = nl_reply_new(&rq);
		if (err)
			return err;
	}
	rtnl_net_lock(net);
	err = handler(&rq);
	rtnl_net_unlock(net);
	return nl_reply_send(&rq, err);
}

/* The entry point of a command that nl_COMMAND() handles */
#define NL_DOIT(command, flags)						\
int anygw_nl_##command##_doit(struct sk_buff *skb, struct genl_info *info) \
{									\
	return nl_serve(skb, info, flags, nl_##command);		\
}

/* @text is a constant. */
static int nl_missing(const struct nl_request *rq, int attr, const char *text)
{
	NL_SET_ERR_ATTR_MISS(rq->extack, NULL, attr);
	if (rq->extack)
		rq->extack->_msg = text;
	return -EINVAL;
}

static int nl_bad(const struct nl_request *rq, const struct nlattr *attr,
		  int err, const char *text)
{
	NL_SET_BAD_ATTR(rq->extack, attr);
	if (rq->extack)
		rq->extack->_msg = text;
	return err;
}

/*
 * The object of a device, by the index of the device, by its name, or by both
 * if they agree. The attribute of the name follows that of the index. @text is
 * the refusal if the device is not in @objects.
 */
static void *nl_find(const struct nl_request *rq, int index_attr,
		     struct xarray *objects, const char *text)
{
	const struct nlattr *index = rq->attrs[index_attr];
	const struct nlattr *name = rq->attrs[index_attr + 1];
	struct net_device *dev;

	if (!index && !name)
		return ERR_PTR(nl_missing(rq, index_attr,
					  "A device is required"));
	dev = index ? __dev_get_by_index(rq->an->net, nla_get_u32(index)) :
		      __dev_get_by_name(rq->an->net, nla_data(name));
	if (!dev)
		return ERR_PTR(nl_bad(rq, index ?: name, -ENODEV,
				      "No such device"));
	if (index && name && nla_strcmp(name, dev->name))
		return ERR_PTR(nl_bad(rq, name, -EINVAL,
				      "The device with this index has another name"));
	return xa_load(objects, dev->ifindex) ?:
	       ERR_PTR(nl_bad(rq, index ?: name, -EINVAL, text));
}

static int nl_find_gateway(struct nl_request *rq, int index_attr)
{
	rq->gw = nl_find(rq, index_attr, &rq->an->gateways,
			 "The device is not a gateway");
	return PTR_ERR_OR_ZERO(rq->gw);
}

static int nl_find_port(struct nl_request *rq)
{
	rq->port = nl_find(rq, ANYGW_A_PORT_IFINDEX, &rq->an->ports,
			   "The device is not a port of a bridge");
	return PTR_ERR_OR_ZERO(rq->port);
}

static bool nl_is_unicast4(__be32 addr)
{
	return !ipv4_is_multicast(addr) && !ipv4_is_loopback(addr) &&
	       !ipv4_is_zeronet(addr) && !ipv4_is_lbcast(addr);
}

/* IPv6 and global */
static bool nl_is_unicast6(const struct in6_addr *addr)
{
	return ipv6_addr_type(addr) != IPV6_ADDR_ANY &&
	       !(ipv6_addr_type(addr) &
		 (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK |
		  IPV6_ADDR_LINKLOCAL | IPV6_ADDR_MAPPED));
}

static int nl_read_addr(const struct nl_request *rq, const struct nlattr *attr,
			bool ipv4, struct in6_addr *addr)
{
	if (ipv4)
		ipv6_addr_set_v4mapped(nla_get_in_addr(attr), addr);
	else
		*addr = nla_get_in6_addr(attr);
	if (ipv4 ? nl_is_unicast4(nla_get_in_addr(attr)) : nl_is_unicast6(addr))
		return 0;
	return nl_bad(rq, attr, -EINVAL, ipv4 ?
		      "The address must be a unicast address" :
		      "The address must be a unicast address and not link-local");
}

static void *nl_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
			   u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &anygw_nl_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

static int nl_dump_end(struct sk_buff *skb, void *hdr, int err)
{
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

/*
 * Dump ports or gateways. A dump resumes after the last key it has shown,
 * whatever was added or deleted meanwhile, and is marked as inconsistent if
 * anything was.
 */
static int nl_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));
	bool ports = cmd == ANYGW_CMD_PORT_GET;
	struct xarray *objects = ports ? &an->ports : &an->gateways;
	void *object, *hdr;
	unsigned long i;

	rtnl_net_lock(an->net);
	cb->seq = an->generation;
	xa_for_each_start(objects, i, object, cb->args[0]) {
		hdr = nl_dump_begin(skb, cb, cmd);
		if (!hdr ||
		    nl_dump_end(skb, hdr, ports ?
				anygw_fill_port(skb, object) :
				anygw_fill_gateway(skb, object)))
			break;
		cb->args[0] = i + 1;
	}
	rtnl_net_unlock(an->net);
	return skb->len;
}

/* ---- host */

static int nl_host_get(struct nl_request *rq)
{
	return anygw_fill_host(rq->msg, rq->an);
}
NL_DOIT(host_get, NL_REPLY)

static int nl_host_set(struct nl_request *rq)
{
	const struct nlattr *machine_id = rq->attrs[ANYGW_A_HOST_MACHINE_ID];
	const struct nlattr *beacon = rq->attrs[ANYGW_A_HOST_BEACON];
	const struct nlattr *mac = rq->attrs[ANYGW_A_HOST_MAC];

	if (mac && !anygw_is_host_mac(nla_data(mac)))
		return nl_bad(rq, mac, -EINVAL,
			      "A host MAC starts with 0a:61:6e");
	if (rq->attrs[ANYGW_A_HOST_DRY_RUN])
		return 0;
	if (machine_id)
		anygw_host_set_machine_id(rq->an, nla_data(machine_id));
	if (mac)
		anygw_host_set_mac(rq->an, nla_data(mac));
	if (beacon)
		anygw_host_set_beacon(rq->an, nla_get_u8(beacon));
	return 0;
}
NL_DOIT(host_set, NL_CHANGE)

/* ---- port */

static int nl_fill_setting(struct sk_buff *msg,
			   const struct anygw_port_setting *setting)
{
	return nla_put_string(msg, ANYGW_A_PORT_IFNAME, setting->name) ?:
	       nla_put_u8(msg, ANYGW_A_PORT_ROLE, setting->conf.role) ?:
	       nla_put_u8(msg, ANYGW_A_PORT_CONFIGURED, setting->conf.role) ?:
	       nla_put_u32(msg, ANYGW_A_PORT_ENDPOINT_MAX,
			   setting->conf.endpoint_max) ?:
	       nla_put_u8(msg, ANYGW_A_PORT_PRESENT, 0) ?:
	       nla_put_string(msg, ANYGW_A_PORT_SETTING, setting->name);
}

/* The settings of names without a port, and of patterns */
static int nl_dump_settings(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));
	const struct anygw_port_setting *setting;
	unsigned long i = 0;
	void *hdr;

	rtnl_net_lock(an->net);
	cb->seq = an->generation;
	list_for_each_entry(setting, &an->port_settings, list) {
		if (i++ < cb->args[1] ||
		    anygw_port_by_name(an, setting->name))
			continue;
		hdr = nl_dump_begin(skb, cb, ANYGW_CMD_PORT_GET);
		if (!hdr || nl_dump_end(skb, hdr, nl_fill_setting(skb, setting)))
			break;
		cb->args[1] = i;
	}
	rtnl_net_unlock(an->net);
	return skb->len;
}

static int nl_port_get(struct nl_request *rq)
{
	const struct nlattr *name = rq->attrs[ANYGW_A_PORT_IFNAME];
	const struct anygw_port_setting *setting = NULL;

	if (name && !rq->attrs[ANYGW_A_PORT_IFINDEX] &&
	    !anygw_port_by_name(rq->an, nla_data(name)))
		setting = anygw_port_setting_find(rq->an, nla_data(name));
	if (setting)
		return nl_fill_setting(rq->msg, setting);
	return nl_find_port(rq) ?: anygw_fill_port(rq->msg, rq->port);
}
NL_DOIT(port_get, NL_REPLY)

int anygw_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	int len = nl_dump(skb, cb, ANYGW_CMD_PORT_GET);

	/* All ports have been shown once nothing more is. */
	return len ?: nl_dump_settings(skb, cb);
}

/* A name alone may also be that of no device, or a pattern. */
static const char *nl_port_name(const struct nl_request *rq)
{
	const struct nlattr *index = rq->attrs[ANYGW_A_PORT_IFINDEX];
	const struct nlattr *name = rq->attrs[ANYGW_A_PORT_IFNAME];
	const struct net_device *dev;

	if (!index && !name)
		return ERR_PTR(nl_missing(rq, ANYGW_A_PORT_IFINDEX,
					  "A device is required"));
	if (name && !dev_valid_name(nla_data(name)))
		return ERR_PTR(nl_bad(rq, name, -EINVAL,
				      "Not a name for a network device"));
	dev = index ? __dev_get_by_index(rq->an->net, nla_get_u32(index)) :
		      NULL;
	if (index && !dev)
		return ERR_PTR(nl_bad(rq, index, -ENODEV, "No such device"));
	if (dev && name && nla_strcmp(name, dev->name))
		return ERR_PTR(nl_bad(rq, name, -EINVAL,
				      "The device with this index has another name"));
	return name ? nla_data(name) : dev->name;
}

static int nl_port_set(struct nl_request *rq)
{
	const struct nlattr *max = rq->attrs[ANYGW_A_PORT_ENDPOINT_MAX];
	const struct nlattr *role = rq->attrs[ANYGW_A_PORT_ROLE];
	struct anygw_port_conf conf;
	const char *name;
	int err;

	if (!role && !max)
		return nl_missing(rq, ANYGW_A_PORT_ROLE,
				  "A role or a limit of endpoints is required");
	name = nl_port_name(rq);
	if (IS_ERR(name))
		return PTR_ERR(name);
	if (rq->attrs[ANYGW_A_PORT_DRY_RUN])
		return 0;
	conf = anygw_port_conf_of(rq->an, name);
	if (role)
		conf.role = nla_get_u8(role);
	if (max)
		conf.endpoint_max = nla_get_u32(max);
	err = anygw_port_configure(rq->an, name, &conf);
	return err == -ENOSPC ? anygw_refuse(rq->extack, err, "There are too many settings of ports") : err;
}
NL_DOIT(port_set, NL_CHANGE)

/* ---- gateway */

static int nl_gateway_get(struct nl_request *rq)
{
	return nl_find_gateway(rq, ANYGW_A_GATEWAY_IFINDEX) ?:
	       anygw_fill_gateway(rq->msg, rq->gw);
}
NL_DOIT(gateway_get, NL_REPLY)

int anygw_nl_gateway_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	return nl_dump(skb, cb, ANYGW_CMD_GATEWAY_GET);
}

static int nl_read_switches(const struct nl_request *rq,
			    struct anygw_gateway_conf *conf)
{
	const struct nlattr *coexist = rq->attrs[ANYGW_A_GATEWAY_COEXIST];
	const struct nlattr *fallback = rq->attrs[ANYGW_A_GATEWAY_FALLBACK];
	const struct nlattr *fastpath = rq->attrs[ANYGW_A_GATEWAY_FASTPATH];

	/* A change of coexist sets the default of fallback. */
	if (coexist && conf->coexist != nla_get_u8(coexist)) {
		conf->coexist = nla_get_u8(coexist);
		conf->fallback = conf->coexist;
	}
	if (fallback)
		conf->fallback = nla_get_u8(fallback);
	if (conf->fallback && !conf->coexist)
		return nl_bad(rq, fallback, -EINVAL,
			      "fallback requires coexist: there is no router to fall back to");
	if (fastpath)
		conf->fastpath = nla_get_u8(fastpath);
	return 0;
}

static int nl_read_host(const struct nl_request *rq, bool ipv4, int addr_attr,
			int len_attr, struct anygw_prefix *host)
{
	const struct nlattr *addr = rq->attrs[addr_attr];
	const struct nlattr *len = rq->attrs[len_attr];

	if (!addr)
		return len ? nl_bad(rq, len, -EINVAL,
				    "A prefix length requires a host-address") :
			     0;
	*host = (struct anygw_prefix){};
	/* An all-zero address removes the host-address. */
	if (!memchr_inv(nla_data(addr), 0, nla_len(addr)))
		return 0;
	if (!ipv4 && !ipv6_mod_enabled())
		return nl_bad(rq, addr, -EAFNOSUPPORT,
			      "IPv6 is disabled on this host");
	host->plen = len ? (ipv4 ? ANYGW_PLEN4 : 0) + nla_get_u8(len) : 128;
	return nl_read_addr(rq, addr, ipv4, &host->addr);
}

/* The configuration that can be changed at any time. */
static int nl_read_conf(const struct nl_request *rq,
			struct anygw_gateway_conf *conf)
{
	const struct nlattr *max = rq->attrs[ANYGW_A_GATEWAY_ENDPOINT_MAX];
	const struct nlattr *mode = rq->attrs[ANYGW_A_GATEWAY_MODE];

	if (mode)
		conf->mode = nla_get_u8(mode);
	if (max)
		conf->endpoint_max = nla_get_u32(max);
	return nl_read_switches(rq, conf) ?:
	       nl_read_host(rq, true, ANYGW_A_GATEWAY_HOST_ADDRESS4,
			    ANYGW_A_GATEWAY_HOST_PREFIX4, &conf->host4) ?:
	       nl_read_host(rq, false, ANYGW_A_GATEWAY_HOST_ADDRESS6,
			    ANYGW_A_GATEWAY_HOST_PREFIX6, &conf->host6);
}

/* Bridge, VLAN, vMAC and name, which are fixed at creation. */
static int nl_read_identity(const struct nl_request *rq,
			    struct anygw_gateway_request *req)
{
	static const u8 default_mac[ETH_ALEN] = {
		0x02, 0x61, 0x6e, 0x79, 0x67, 0x77
	};
	const struct nlattr *bridge = rq->attrs[ANYGW_A_GATEWAY_BRIDGE];
	const struct nlattr *vlan = rq->attrs[ANYGW_A_GATEWAY_VLAN];
	const struct nlattr *name = rq->attrs[ANYGW_A_GATEWAY_IFNAME];
	const struct nlattr *mac = rq->attrs[ANYGW_A_GATEWAY_MAC];

	if (!bridge)
		return nl_missing(rq, ANYGW_A_GATEWAY_BRIDGE,
				  "A bridge is required");
	req->br = __dev_get_by_index(rq->an->net, nla_get_u32(bridge));
	if (!req->br)
		return nl_bad(rq, bridge, -ENODEV, "No such bridge");
	if (!netif_is_bridge_master(req->br))
		return nl_bad(rq, bridge, -EINVAL,
			      "The device is not a bridge");
	req->vid = vlan ? nla_get_u16(vlan) : 0;
	ether_addr_copy(req->mac, mac ? nla_data(mac) : default_mac);
	if (name)
		nla_strscpy(req->name, name, IFNAMSIZ);
	return 0;
}

/* Point extack at @attr if @err is set, whether present or missing. */
static int nl_set_bad_attr(const struct nl_request *rq, int attr, int err)
{
	if (err && rq->attrs[attr])
		NL_SET_BAD_ATTR(rq->extack, rq->attrs[attr]);
	else if (err)
		NL_SET_ERR_ATTR_MISS(rq->extack, NULL, attr);
	return err;
}

static int nl_gateway_create(struct nl_request *rq,
			     const struct anygw_gateway_request *req)
{
	struct anygw_gateway *gw;
	int err;

	anygw_host_mac_ensure(rq->an);
	gw = anygw_gateway_create(rq->an, req, rq->extack);
	if (IS_ERR(gw))
		return PTR_ERR(gw);
	err = nla_put_u32(rq->msg, ANYGW_A_GATEWAY_IFINDEX, gw->dev->ifindex) ?:
	      nla_put_string(rq->msg, ANYGW_A_GATEWAY_IFNAME, gw->dev->name);
	if (err)
		anygw_gateway_delete(gw);
	return err;
}

static int nl_gateway_new(struct nl_request *rq)
{
	struct anygw_gateway_request req = {
		.conf = {
			.endpoint_max = ANYGW_GATEWAY_ENDPOINTS,
			.fastpath = true,
		},
	};
	int err;

	err = nl_read_identity(rq, &req) ?: nl_read_conf(rq, &req.conf);
	if (err)
		return err;
	err = anygw_gateway_validate(rq->an, &req, rq->extack);
	if (err)
		return nl_set_bad_attr(rq, req.bad_attr, err);
	if (rq->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		return nla_put_string(rq->msg, ANYGW_A_GATEWAY_IFNAME,
				      req.name);
	return nl_gateway_create(rq, &req);
}
NL_DOIT(gateway_new, NL_CHANGE | NL_REPLY)

static int nl_gateway_set(struct nl_request *rq)
{
	struct anygw_gateway_request req = {};
	int err;

	err = nl_find_gateway(rq, ANYGW_A_GATEWAY_IFINDEX);
	if (err)
		return err;
	req.br = rq->gw->br_dev;
	req.vid = rtnl_dereference(rq->gw->vlan)->vid;
	req.conf = rq->gw->conf;
	ether_addr_copy(req.mac, rq->gw->dev->dev_addr);
	err = nl_read_conf(rq, &req.conf);
	if (err)
		return err;
	err = anygw_gateway_validate_change(rq->an, rq->gw, &req, rq->extack);
	if (err)
		return nl_set_bad_attr(rq, req.bad_attr, err);
	return rq->attrs[ANYGW_A_GATEWAY_DRY_RUN] ? 0 :
	       anygw_gateway_change(rq->an, rq->gw, &req.conf);
}
NL_DOIT(gateway_set, NL_CHANGE)

static int nl_gateway_del(struct nl_request *rq)
{
	int err = nl_find_gateway(rq, ANYGW_A_GATEWAY_IFINDEX);

	if (!err && !rq->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		anygw_gateway_delete(rq->gw);
	return err;
}
NL_DOIT(gateway_del, NL_CHANGE)

/* ---- endpoint */

/* Without a gateway in the request, rq->gw stays NULL: it is for all. */
static int nl_find_endpoint_gateway(struct nl_request *rq)
{
	if (!rq->attrs[ANYGW_A_ENDPOINT_IFINDEX] &&
	    !rq->attrs[ANYGW_A_ENDPOINT_IFNAME])
		return 0;
	return nl_find_gateway(rq, ANYGW_A_ENDPOINT_IFINDEX);
}

/* The arguments of the dump: the next id, and the gateway or 0 for all. */
int anygw_nl_endpoint_get_start(struct netlink_callback *cb)
{
	struct nl_request rq = {
		.an = anygw_net(sock_net(cb->skb->sk)),
		.attrs = genl_info_dump(cb)->attrs,
		.extack = cb->extack,
	};
	int err;

	rtnl_net_lock(rq.an->net);
	err = nl_find_endpoint_gateway(&rq);
	if (!err && rq.gw)
		cb->args[1] = rq.gw->dev->ifindex;
	rtnl_net_unlock(rq.an->net);
	return err;
}

static int nl_endpoint_dump_one(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct anygw_net *an,
				const struct anygw_endpoint *ep)
{
	const struct anygw_gateway *gw;
	void *hdr;

	if (ep->flags & ANYGW_EP_DEAD || !(ep->flags & ANYGW_EP_PRESENT))
		return 0;
	gw = anygw_ep_gateway(ep);
	if (!gw || (cb->args[1] && cb->args[1] != gw->dev->ifindex))
		return 0;
	hdr = nl_dump_begin(skb, cb, ANYGW_CMD_ENDPOINT_GET);
	if (!hdr)
		return -EMSGSIZE;
	return nl_dump_end(skb, hdr,
			   anygw_fill_endpoint(skb, an, ep, gw, ep->port));
}

/*
 * The list is in order of creation, so that an endpoint that stays is shown
 * once, whatever is added or deleted meanwhile.
 */
int anygw_nl_endpoint_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));
	struct anygw_endpoint *ep;
	unsigned long id;
	int err;

	rtnl_net_lock(an->net);
	rcu_read_lock();
	xa_for_each_start(&an->endpoints.list, id, ep, cb->args[0]) {
		spin_lock_bh(&an->endpoints.lock);
		err = nl_endpoint_dump_one(skb, cb, an, ep);
		spin_unlock_bh(&an->endpoints.lock);
		if (err)
			break;
		cb->args[0] = id + 1;
	}
	rcu_read_unlock();
	rtnl_net_unlock(an->net);
	return skb->len;
}

static int nl_endpoint_flush(struct nl_request *rq)
{
	int err = nl_find_endpoint_gateway(rq);

	if (!err)
		anygw_ep_flush(rq->an, rq->gw);
	return err;
}
NL_DOIT(endpoint_flush, NL_CHANGE)

/* ---- peer */

int anygw_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));
	struct anygw_peer_key *key = (void *)cb->ctx;
	struct anygw_peer peer;
	void *hdr;

	BUILD_BUG_ON(sizeof(*key) > sizeof(cb->ctx));
	while (anygw_peer_next(an, key, &peer, &cb->seq)) {
		hdr = nl_dump_begin(skb, cb, ANYGW_CMD_PEER_GET);
		if (!hdr ||
		    nl_dump_end(skb, hdr, anygw_fill_peer(skb, an, &peer)))
			break;
		*key = peer.key;
	}
	return skb->len;
}

/* ---- packet trace */

static int nl_read_packet(const struct nl_request *rq,
			  struct anygw_pkttrace *trace)
{
	const struct nlattr *src4 = rq->attrs[ANYGW_A_TRACE_SOURCE4];
	const struct nlattr *dst4 = rq->attrs[ANYGW_A_TRACE_DESTINATION4];
	const struct nlattr *src6 = rq->attrs[ANYGW_A_TRACE_SOURCE6];
	const struct nlattr *dst6 = rq->attrs[ANYGW_A_TRACE_DESTINATION6];

	if (!src4 && !src6)
		return nl_missing(rq, ANYGW_A_TRACE_SOURCE4,
				  "A source address is required");
	if (!dst4 && !dst6)
		return nl_missing(rq, src4 ? ANYGW_A_TRACE_DESTINATION4 :
					     ANYGW_A_TRACE_DESTINATION6,
				  "A destination address is required");
	if ((src4 || dst4) && (src6 || dst6))
		return nl_bad(rq, dst6 ?: src6, -EINVAL,
			      "Source and destination must be of the same address family");
	return nl_read_addr(rq, src4 ?: src6, src4, &trace->src) ?:
	       nl_read_addr(rq, dst4 ?: dst6, dst4, &trace->dst);
}

static int nl_fill_nexthop(struct sk_buff *msg,
			   const struct anygw_pkttrace *trace)
{
	int err;

	if (!trace->exit)
		return 0;
	err = nla_put_u32(msg, ANYGW_A_TRACE_EXIT, trace->exit) ?:
	      (ipv6_addr_v4mapped(&trace->nh) ?
	       nla_put_in_addr(msg, ANYGW_A_TRACE_NEXTHOP4,
			       trace->nh.s6_addr32[3]) :
	       nla_put_in6_addr(msg, ANYGW_A_TRACE_NEXTHOP6, &trace->nh));
	if (!err && trace->has_neigh)
		err = nla_put_u16(msg, ANYGW_A_TRACE_NEIGHBOUR_STATE,
				  trace->nud);
	if (!err && !is_zero_ether_addr(trace->mac))
		err = nla_put(msg, ANYGW_A_TRACE_NEIGHBOUR_MAC, ETH_ALEN,
			      trace->mac);
	return err;
}

static int nl_fill_trace(struct sk_buff *msg,
			 const struct anygw_pkttrace *trace)
{
	int err;

	err = nla_put_u8(msg, ANYGW_A_TRACE_STATE, trace->state) ?:
	      nla_put_u8(msg, ANYGW_A_TRACE_DECISION, trace->decision) ?:
	      nla_put_u8(msg, ANYGW_A_TRACE_REASON, trace->reason);
	if (!err && trace->state == ANYGW_MODE_OBSERVE)
		err = nla_put_u8(msg, ANYGW_A_TRACE_ACTIVE_DECISION,
				 trace->active_decision) ?:
		      nla_put_u8(msg, ANYGW_A_TRACE_ACTIVE_REASON,
				 trace->active_reason);
	if (!err && trace->decision == ANYGW_TRACE_DECISION_ROUTE)
		err = nla_put_u8(msg, ANYGW_A_TRACE_SLOW_REASON,
				 trace->slow_reason);
	return err ?: nl_fill_nexthop(msg, trace);
}

static int nl_trace(struct nl_request *rq)
{
	struct anygw_pkttrace trace = {};

	return nl_find_gateway(rq, ANYGW_A_TRACE_IFINDEX) ?:
	       nl_read_packet(rq, &trace) ?:
	       anygw_pkttrace_run(rq->gw, &trace) ?:
	       nl_fill_trace(rq->msg, &trace);
}

/* Privileged, because it runs route lookups for any packet. */
NL_DOIT(trace, NL_CHANGE | NL_REPLY)

/* ---- the family */

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
		anygw_notify_enable(&anygw_nl_family);
	return err;
}

void anygw_nl_exit(void)
{
	anygw_notify_disable();
	genl_unregister_family(&anygw_nl_family);
	anygw_compat_free_ops(&anygw_nl_family);
}
