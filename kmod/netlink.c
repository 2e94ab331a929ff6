// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink requests. A request is read and checked in full before anything is
 * changed; every refusal names the attribute and the reason.
 */
#include <linux/capability.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
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

/**
 * struct nl_request - a request that is being served, under RTNL
 * @an: the namespace of its socket
 * @info: the request
 * @msg: the reply under construction, NULL for requests without one
 * @hdr: its header
 */
struct nl_request {
	struct anygw_net *an;
	struct genl_info *info;
	struct sk_buff *msg;
	void *hdr;
};

#define NL_CHANGE	0x01	/* needs CAP_NET_ADMIN */
#define NL_REPLY	0x02	/* is replied to with an object */

static int nl_reply_new(struct nl_request *rq)
{
	rq->msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!rq->msg)
		return -ENOMEM;
	rq->hdr = genlmsg_put_reply(rq->msg, rq->info, &anygw_nl_family, 0,
				    rq->info->genlhdr->cmd);
	if (rq->hdr)
		return 0;
	nlmsg_free(rq->msg);
	return -EMSGSIZE;
}

/*
 * Takes RTNL unless it fails. The permission is checked here and not by
 * GENL_UNS_ADMIN_PERM, which leaves no extack message.
 */
static int nl_begin(struct nl_request *rq, struct sk_buff *skb,
		    struct genl_info *info, unsigned int flags)
{
	struct net *net = genl_info_net(info);

	*rq = (struct nl_request){ .an = anygw_net(net), .info = info };
	if (flags & NL_CHANGE &&
	    !netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN)) {
		GENL_SET_ERR_MSG(info, "CAP_NET_ADMIN over the network namespace is required");
		return -EPERM;
	}
	if (flags & NL_REPLY) {
		int err = nl_reply_new(rq);

		if (err)
			return err;
	}
	rtnl_net_lock(net);
	return 0;
}

/* Releases RTNL and sends the reply, if there is one and no error. */
static int nl_end(struct nl_request *rq, int err)
{
	rtnl_net_unlock(rq->an->net);
	if (!rq->msg)
		return err;
	if (err) {
		nlmsg_free(rq->msg);
		return err;
	}
	genlmsg_end(rq->msg, rq->hdr);
	return genlmsg_reply(rq->msg, rq->info);
}

/* text: a constant. extack is NULL in dumps on older kernels. */
static int nl_missing(struct netlink_ext_ack *extack, int attr,
		      const char *text)
{
	NL_SET_ERR_ATTR_MISS(extack, NULL, attr);
	if (extack)
		extack->_msg = text;
	return -EINVAL;
}

static int nl_bad(struct netlink_ext_ack *extack, const struct nlattr *attr,
		  int err, const char *text)
{
	NL_SET_BAD_ATTR(extack, attr);
	if (extack)
		extack->_msg = text;
	return err;
}

/* A device by index, by name, or by both if they agree. */
static int nl_find_dev(struct anygw_net *an, struct nlattr **attrs,
		       struct netlink_ext_ack *extack, int index_attr,
		       int name_attr, struct net_device **dev)
{
	const struct nlattr *index = attrs[index_attr];
	const struct nlattr *name = attrs[name_attr];

	if (!index && !name)
		return nl_missing(extack, index_attr, "A device is required");
	*dev = index ? __dev_get_by_index(an->net, nla_get_u32(index)) :
		       __dev_get_by_name(an->net, nla_data(name));
	if (!*dev)
		return nl_bad(extack, index ?: name, -ENODEV, "No such device");
	if (index && name && nla_strcmp(name, (*dev)->name))
		return nl_bad(extack, name, -EINVAL,
			      "The device with this index has another name");
	return 0;
}

static int nl_find_gateway(struct anygw_net *an, struct nlattr **attrs,
			   struct netlink_ext_ack *extack, int index_attr,
			   int name_attr, struct anygw_gateway **gw)
{
	struct net_device *dev;
	int err;

	err = nl_find_dev(an, attrs, extack, index_attr, name_attr, &dev);
	if (err)
		return err;
	*gw = xa_load(&an->gateways, dev->ifindex);
	if (*gw)
		return 0;
	return nl_bad(extack, attrs[index_attr] ?: attrs[name_attr], -EINVAL,
		      "The device is not a gateway");
}

static void *nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
			 u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &anygw_nl_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

/*
 * Dump objects that RTNL guards. A dump resumes after the last key it has
 * shown, whatever was added or deleted meanwhile, and is marked as inconsistent
 * if anything was.
 */
static int nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		   struct anygw_net *an, struct xarray *objects, u8 cmd,
		   int (*fill)(struct sk_buff *skb, const void *object))
{
	unsigned long i;
	void *object;
	void *hdr;

	rtnl_net_lock(an->net);
	cb->seq = an->generation;
	xa_for_each_start(objects, i, object, cb->args[0]) {
		hdr = nl_dump_put(skb, cb, cmd);
		if (!hdr)
			break;
		if (fill(skb, object)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		cb->args[0] = i + 1;
	}
	rtnl_net_unlock(an->net);
	return skb->len;
}

/* ---- host */

int anygw_nl_host_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_REPLY);
	if (err)
		return err;
	return nl_end(&rq, anygw_fill_host(rq.msg, rq.an));
}

int anygw_nl_host_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *machine_id = info->attrs[ANYGW_A_HOST_MACHINE_ID];
	const struct nlattr *beacon = info->attrs[ANYGW_A_HOST_BEACON];
	const struct nlattr *mac = info->attrs[ANYGW_A_HOST_MAC];
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_CHANGE);
	if (err)
		return err;
	if (mac && !anygw_is_host_mac(nla_data(mac)))
		err = nl_bad(info->extack, mac, -EINVAL,
			     "A host MAC starts with 0a:61:6e");
	if (err || info->attrs[ANYGW_A_HOST_DRY_RUN])
		return nl_end(&rq, err);
	if (machine_id)
		anygw_host_set_machine_id(rq.an, nla_data(machine_id));
	if (mac)
		anygw_host_set_mac(rq.an, nla_data(mac));
	if (beacon)
		anygw_host_set_beacon(rq.an, nla_get_u8(beacon));
	return nl_end(&rq, 0);
}

/* ---- port */

static int nl_port_find(struct nl_request *rq, struct anygw_port **port)
{
	struct nlattr **attrs = rq->info->attrs;
	struct net_device *dev;
	int err;

	err = nl_find_dev(rq->an, attrs, rq->info->extack,
			  ANYGW_A_PORT_IFINDEX, ANYGW_A_PORT_IFNAME, &dev);
	if (err)
		return err;
	*port = xa_load(&rq->an->ports, dev->ifindex);
	if (*port)
		return 0;
	return nl_bad(rq->info->extack, attrs[ANYGW_A_PORT_IFINDEX] ?:
		      attrs[ANYGW_A_PORT_IFNAME], -EINVAL,
		      "The device is not a port of a bridge");
}

int anygw_nl_port_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_port *port;
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_REPLY);
	if (err)
		return err;
	err = nl_port_find(&rq, &port);
	if (!err)
		err = anygw_fill_port(rq.msg, port);
	return nl_end(&rq, err);
}

static int nl_fill_port(struct sk_buff *skb, const void *port)
{
	return anygw_fill_port(skb, port);
}

int anygw_nl_port_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));

	return nl_dump(skb, cb, an, &an->ports, ANYGW_CMD_PORT_GET,
		       nl_fill_port);
}

int anygw_nl_port_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *max = info->attrs[ANYGW_A_PORT_ENDPOINT_MAX];
	const struct nlattr *role = info->attrs[ANYGW_A_PORT_ROLE];
	struct anygw_port_conf conf;
	struct anygw_port *port;
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_CHANGE);
	if (err)
		return err;
	if (role || max)
		err = nl_port_find(&rq, &port);
	else
		err = nl_missing(info->extack, ANYGW_A_PORT_ROLE,
				 "A role or a number of endpoints is required");
	if (err || info->attrs[ANYGW_A_PORT_DRY_RUN])
		return nl_end(&rq, err);
	conf.role = role ? nla_get_u8(role) : port->configured;
	conf.endpoint_max = max ? nla_get_u32(max) : port->endpoint_max;
	return nl_end(&rq, anygw_port_configure(rq.an, port, &conf));
}

/* ---- gateway */

static int nl_gateway_find(struct nl_request *rq, struct anygw_gateway **gw)
{
	return nl_find_gateway(rq->an, rq->info->attrs, rq->info->extack,
			       ANYGW_A_GATEWAY_IFINDEX, ANYGW_A_GATEWAY_IFNAME,
			       gw);
}

int anygw_nl_gateway_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_gateway *gw;
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_REPLY);
	if (err)
		return err;
	err = nl_gateway_find(&rq, &gw);
	if (!err)
		err = anygw_fill_gateway(rq.msg, gw);
	return nl_end(&rq, err);
}

static int nl_fill_gateway(struct sk_buff *skb, const void *gw)
{
	return anygw_fill_gateway(skb, gw);
}

int anygw_nl_gateway_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));

	return nl_dump(skb, cb, an, &an->gateways, ANYGW_CMD_GATEWAY_GET,
		       nl_fill_gateway);
}

/* Unless given, fallback follows coexist. */
static int nl_read_switches(struct genl_info *info,
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
		return nl_bad(info->extack, fallback, -EINVAL,
			      "fallback requires coexist: there is no router to fall back to");
	if (fastpath)
		conf->fastpath = nla_get_u8(fastpath);
	return 0;
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

static int nl_read_host4(struct genl_info *info, const struct nlattr *addr,
			 const struct nlattr *len, struct anygw_prefix *host)
{
	__be32 addr4 = nla_get_in_addr(addr);

	*host = (struct anygw_prefix){};
	if (!addr4)
		return 0;
	if (!nl_is_unicast4(addr4))
		return nl_bad(info->extack, addr, -EINVAL,
			      "The host-address must be a unicast address");
	ipv6_addr_set_v4mapped(addr4, &host->addr);
	host->plen = ANYGW_PLEN4 + (len ? nla_get_u8(len) : 32);
	return 0;
}

static int nl_read_host6(struct genl_info *info, const struct nlattr *addr,
			 const struct nlattr *len, struct anygw_prefix *host)
{
	struct in6_addr addr6 = nla_get_in6_addr(addr);

	*host = (struct anygw_prefix){};
	if (ipv6_addr_any(&addr6))
		return 0;
	if (!ipv6_mod_enabled())
		return nl_bad(info->extack, addr, -EAFNOSUPPORT,
			      "IPv6 is disabled on this host");
	if (!nl_is_unicast6(&addr6))
		return nl_bad(info->extack, addr, -EINVAL,
			      "The host-address must be a unicast address and not link-local");
	host->addr = addr6;
	host->plen = len ? nla_get_u8(len) : 128;
	return 0;
}

static int nl_read_host(struct genl_info *info, int addr_attr, int len_attr,
			struct anygw_prefix *host,
			int (*read)(struct genl_info *info,
				    const struct nlattr *addr,
				    const struct nlattr *len,
				    struct anygw_prefix *host))
{
	const struct nlattr *addr = info->attrs[addr_attr];
	const struct nlattr *len = info->attrs[len_attr];

	if (addr)
		return read(info, addr, len, host);
	return len ? nl_bad(info->extack, len, -EINVAL,
			    "A prefix length requires a host-address") : 0;
}

/* The settings that can be changed at any time. */
static int nl_read_conf(struct genl_info *info, struct anygw_gateway_conf *conf)
{
	const struct nlattr *max = info->attrs[ANYGW_A_GATEWAY_ENDPOINT_MAX];
	const struct nlattr *mode = info->attrs[ANYGW_A_GATEWAY_MODE];
	int err;

	if (mode)
		conf->mode = nla_get_u8(mode);
	if (max)
		conf->endpoint_max = nla_get_u32(max);
	err = nl_read_switches(info, conf);
	if (!err)
		err = nl_read_host(info, ANYGW_A_GATEWAY_HOST_ADDRESS4,
				   ANYGW_A_GATEWAY_HOST_PREFIX4, &conf->host4,
				   nl_read_host4);
	if (!err)
		err = nl_read_host(info, ANYGW_A_GATEWAY_HOST_ADDRESS6,
				   ANYGW_A_GATEWAY_HOST_PREFIX6, &conf->host6,
				   nl_read_host6);
	return err;
}

/* Bridge, VLAN, vMAC and name, which are given once. */
static int nl_read_identity(struct anygw_net *an, struct genl_info *info,
			    struct anygw_gateway_request *req)
{
	static const u8 mac[ETH_ALEN] = { 0x02, 0x61, 0x6e, 0x79, 0x67, 0x77 };
	const struct nlattr *bridge = info->attrs[ANYGW_A_GATEWAY_BRIDGE];
	const struct nlattr *vlan = info->attrs[ANYGW_A_GATEWAY_VLAN];
	const struct nlattr *name = info->attrs[ANYGW_A_GATEWAY_IFNAME];

	if (!bridge)
		return nl_missing(info->extack, ANYGW_A_GATEWAY_BRIDGE,
				  "A bridge is required");
	req->br = __dev_get_by_index(an->net, nla_get_u32(bridge));
	if (!req->br)
		return nl_bad(info->extack, bridge, -ENODEV, "No such bridge");
	if (!netif_is_bridge_master(req->br))
		return nl_bad(info->extack, bridge, -EINVAL,
			      "The device is not a bridge");
	req->vid = vlan ? nla_get_u16(vlan) : 0;
	ether_addr_copy(req->mac, info->attrs[ANYGW_A_GATEWAY_MAC] ?
			nla_data(info->attrs[ANYGW_A_GATEWAY_MAC]) : mac);
	if (name)
		nla_strscpy(req->name, name, IFNAMSIZ);
	return 0;
}

/* Name the attribute that a refusal is about, whether present or missing. */
static int nl_refuse(struct genl_info *info, int attr, int err)
{
	if (err && info->attrs[attr])
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	else if (err)
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, attr);
	return err;
}

static int nl_gateway_create(struct nl_request *rq,
			     const struct anygw_gateway_request *req)
{
	struct anygw_gateway *gw;
	int err;

	anygw_host_mac_ensure(rq->an);
	gw = anygw_gateway_create(rq->an, req, rq->info->extack);
	if (IS_ERR(gw))
		return PTR_ERR(gw);
	err = nla_put_u32(rq->msg, ANYGW_A_GATEWAY_IFINDEX, gw->dev->ifindex) ?:
	      nla_put_string(rq->msg, ANYGW_A_GATEWAY_IFNAME, gw->dev->name);
	if (err)
		anygw_gateway_delete(gw);
	return err;
}

int anygw_nl_gateway_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_gateway_request req = {
		.conf = {
			.endpoint_max = ANYGW_GATEWAY_ENDPOINTS,
			.fastpath = true,
		},
	};
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_CHANGE | NL_REPLY);
	if (err)
		return err;
	err = nl_read_identity(rq.an, info, &req);
	if (!err)
		err = nl_read_conf(info, &req.conf);
	if (!err) {
		err = anygw_gateway_validate(rq.an, &req, info->extack);
		err = nl_refuse(info, req.bad_attr, err);
	}
	if (!err && info->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		err = nla_put_string(rq.msg, ANYGW_A_GATEWAY_IFNAME, req.name);
	else if (!err)
		err = nl_gateway_create(&rq, &req);
	return nl_end(&rq, err);
}

int anygw_nl_gateway_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_gateway_request req;
	struct anygw_gateway *gw;
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_CHANGE);
	if (err)
		return err;
	err = nl_gateway_find(&rq, &gw);
	if (err)
		return nl_end(&rq, err);
	req = (struct anygw_gateway_request){
		.br = gw->br_dev,
		.vid = rtnl_dereference(gw->vlan)->vid,
		.conf = gw->conf,
	};
	ether_addr_copy(req.mac, gw->dev->dev_addr);
	err = nl_read_conf(info, &req.conf);
	if (!err) {
		err = anygw_gateway_validate_change(rq.an, gw, &req,
						    info->extack);
		err = nl_refuse(info, req.bad_attr, err);
	}
	if (!err && !info->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		err = anygw_gateway_change(rq.an, gw, &req.conf);
	return nl_end(&rq, err);
}

int anygw_nl_gateway_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_gateway *gw;
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_CHANGE);
	if (err)
		return err;
	err = nl_gateway_find(&rq, &gw);
	if (!err && !info->attrs[ANYGW_A_GATEWAY_DRY_RUN])
		anygw_gateway_delete(gw);
	return nl_end(&rq, err);
}

/* ---- endpoint */

/* Return the gateway a request names in @gw, NULL for all of them. */
static int nl_endpoint_filter(struct anygw_net *an, struct nlattr **attrs,
			      struct netlink_ext_ack *extack,
			      struct anygw_gateway **gw)
{
	*gw = NULL;
	if (!attrs[ANYGW_A_ENDPOINT_IFINDEX] &&
	    !attrs[ANYGW_A_ENDPOINT_IFNAME])
		return 0;
	return nl_find_gateway(an, attrs, extack, ANYGW_A_ENDPOINT_IFINDEX,
			       ANYGW_A_ENDPOINT_IFNAME, gw);
}

/* State of a dump: the next endpoint's id; the gateway's ifindex, 0 for all. */
struct nl_endpoint_dump {
	unsigned long id;
	int ifindex;
};

static_assert(sizeof(struct nl_endpoint_dump) <=
	      sizeof_field(struct netlink_callback, ctx));

int anygw_nl_endpoint_get_start(struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(cb->skb->sk));
	struct nl_endpoint_dump *dump = (void *)cb->ctx;
	struct anygw_gateway *gw;
	int err;

	rtnl_net_lock(an->net);
	err = nl_endpoint_filter(an, anygw_compat_dump_attrs(cb), cb->extack,
				 &gw);
	if (!err && gw)
		dump->ifindex = gw->dev->ifindex;
	rtnl_net_unlock(an->net);
	return err;
}

static int nl_endpoint_dump_one(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct anygw_net *an,
				const struct anygw_endpoint *ep)
{
	const struct nl_endpoint_dump *dump = (void *)cb->ctx;
	const struct anygw_gateway *gw;
	void *hdr;

	if (ep->flags & ANYGW_EP_DEAD || !(ep->flags & ANYGW_EP_PRESENT))
		return 0;
	gw = anygw_ep_gateway(ep);
	if (!gw || (dump->ifindex && dump->ifindex != gw->dev->ifindex))
		return 0;
	hdr = nl_dump_put(skb, cb, ANYGW_CMD_ENDPOINT_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (anygw_fill_endpoint(skb, an, ep, gw, ep->port)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/*
 * The list is in order of creation, so that an endpoint that stays is shown
 * once, whatever is added or deleted meanwhile.
 */
int anygw_nl_endpoint_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));
	struct nl_endpoint_dump *dump = (void *)cb->ctx;
	struct anygw_endpoint *ep;
	unsigned long id;
	int err = 0;

	rtnl_net_lock(an->net);
	rcu_read_lock();
	xa_for_each_start(&an->endpoints.list, id, ep, dump->id) {
		spin_lock_bh(&an->endpoints.lock);
		err = nl_endpoint_dump_one(skb, cb, an, ep);
		spin_unlock_bh(&an->endpoints.lock);
		if (err)
			break;
		dump->id = id + 1;
	}
	rcu_read_unlock();
	rtnl_net_unlock(an->net);
	return skb->len;
}

int anygw_nl_endpoint_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_gateway *gw;
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_CHANGE);
	if (err)
		return err;
	err = nl_endpoint_filter(rq.an, info->attrs, info->extack, &gw);
	if (!err)
		anygw_ep_flush(rq.an, gw);
	return nl_end(&rq, err);
}

/* ---- peer */

int anygw_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));
	struct anygw_peer_key *key = (void *)cb->ctx;
	struct anygw_peer peer;
	void *hdr;

	BUILD_BUG_ON(sizeof(*key) > sizeof(cb->ctx));
	while (anygw_peer_next(an, key, &peer, &cb->seq)) {
		hdr = nl_dump_put(skb, cb, ANYGW_CMD_PEER_GET);
		if (!hdr)
			break;
		if (anygw_fill_peer(skb, an, &peer)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		*key = peer.key;
	}
	return skb->len;
}

/* ---- packet trace */

static int nl_read_addr4(struct genl_info *info, const struct nlattr *attr,
			 struct in6_addr *addr)
{
	__be32 addr4 = nla_get_in_addr(attr);

	if (!nl_is_unicast4(addr4))
		return nl_bad(info->extack, attr, -EINVAL,
			      "The address must be a unicast address");
	ipv6_addr_set_v4mapped(addr4, addr);
	return 0;
}

static int nl_read_addr6(struct genl_info *info, const struct nlattr *attr,
			 struct in6_addr *addr)
{
	*addr = nla_get_in6_addr(attr);
	if (!nl_is_unicast6(addr))
		return nl_bad(info->extack, attr, -EINVAL,
			      "The address must be a unicast address and not link-local: those are not routed");
	return 0;
}

static int nl_read_packet(struct genl_info *info, struct anygw_pkttrace *trace)
{
	const struct nlattr *src4 = info->attrs[ANYGW_A_TRACE_SOURCE4];
	const struct nlattr *dst4 = info->attrs[ANYGW_A_TRACE_DESTINATION4];
	const struct nlattr *src6 = info->attrs[ANYGW_A_TRACE_SOURCE6];
	const struct nlattr *dst6 = info->attrs[ANYGW_A_TRACE_DESTINATION6];

	if (!src4 && !src6)
		return nl_missing(info->extack, ANYGW_A_TRACE_SOURCE4,
				  "A source is required");
	if (!dst4 && !dst6)
		return nl_missing(info->extack, src4 ?
				  ANYGW_A_TRACE_DESTINATION4 :
				  ANYGW_A_TRACE_DESTINATION6,
				  "A destination is required");
	if ((src4 || dst4) && (src6 || dst6))
		return nl_bad(info->extack, dst6 ?: src6, -EINVAL,
			      "Source and destination must be of the same address family");
	if (src4)
		return nl_read_addr4(info, src4, &trace->src) ?:
		       nl_read_addr4(info, dst4, &trace->dst);
	return nl_read_addr6(info, src6, &trace->src) ?:
	       nl_read_addr6(info, dst6, &trace->dst);
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

/* Privileged: it runs route lookups for a packet of the caller's choice. */
int anygw_nl_trace_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_pkttrace trace = {};
	struct anygw_gateway *gw;
	struct nl_request rq;
	int err;

	err = nl_begin(&rq, skb, info, NL_CHANGE | NL_REPLY);
	if (err)
		return err;
	err = nl_find_gateway(rq.an, info->attrs, info->extack,
			      ANYGW_A_TRACE_IFINDEX, ANYGW_A_TRACE_IFNAME, &gw);
	if (!err)
		err = nl_read_packet(info, &trace);
	if (!err)
		err = anygw_pkttrace_run(gw, &trace);
	if (!err)
		err = nl_fill_trace(rq.msg, &trace);
	return nl_end(&rq, err);
}

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
