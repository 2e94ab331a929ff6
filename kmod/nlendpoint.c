// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints in netlink messages: asked for, forgotten on demand, reported.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "endpoint.h"
#include "endtable.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "nlendpoint.h"
#include "nlmsg.h"
#include "nlread.h"

/* Four octets for IPv4, sixteen for IPv6. */
static int put_address(struct sk_buff *msg, int attr,
		       const struct in6_addr *addr)
{
	__be32 addr4;

	if (anygw_addr_is4(addr, &addr4))
		return nla_put_in_addr(msg, attr, addr4);
	return nla_put(msg, attr, sizeof(*addr), addr);
}

static int put_addresses(struct sk_buff *msg, const struct anygw_endpoint *ep)
{
	const struct anygw_pair *pair;
	int err = 0;

	hlist_for_each_entry(pair, &ep->pairs, list) {
		err = put_address(msg, ANYGW_A_ENDPOINT_ADDRESS,
				  &pair->key.addr);
		if (err)
			break;
	}
	return err;
}

static int put_port(struct sk_buff *msg, struct anygw_net *an, int ifindex,
		    int index_attr, int name_attr)
{
	const struct anygw_port *port = xa_load(&an->ports, ifindex);

	if (nla_put_u32(msg, index_attr, ifindex))
		return -EMSGSIZE;
	return port ? nla_put_string(msg, name_attr, port->dev->name) : 0;
}

/* Since any sign of life. */
static u32 age_of(const struct anygw_endpoint *ep)
{
	unsigned long last = READ_ONCE(ep->seen);
	const struct anygw_pair *pair;

	hlist_for_each_entry(pair, &ep->pairs, list)
		if (time_after(READ_ONCE(pair->seen), last))
			last = READ_ONCE(pair->seen);
	return (jiffies - last) / HZ;
}

static int put_endpoint(struct sk_buff *msg, struct anygw_net *an,
			const struct anygw_endpoint *ep,
			const struct anygw_gateway *gw, int port)
{
	return nla_put_u32(msg, ANYGW_A_ENDPOINT_IFINDEX, gw->dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_ENDPOINT_IFNAME, gw->dev->name) ?:
	       nla_put_u32(msg, ANYGW_A_ENDPOINT_BRIDGE,
			   gw->br_dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_ENDPOINT_BRIDGE_NAME,
			      gw->br_dev->name) ?:
	       nla_put_u16(msg, ANYGW_A_ENDPOINT_VLAN, ep->key.vid) ?:
	       nla_put(msg, ANYGW_A_ENDPOINT_MAC, ETH_ALEN, ep->key.mac) ?:
	       put_addresses(msg, ep) ?:
	       put_port(msg, an, port, ANYGW_A_ENDPOINT_PORT,
			ANYGW_A_ENDPOINT_PORT_NAME) ?:
	       nla_put_u32(msg, ANYGW_A_ENDPOINT_AGE, age_of(ep));
}

static struct sk_buff *finish(struct sk_buff *msg, void *hdr, int err)
{
	if (!err) {
		genlmsg_end(msg, hdr);
		return msg;
	}
	nlmsg_free(msg);
	return NULL;
}

struct sk_buff *anygw_nlend_message(struct anygw_net *an, u8 cmd,
				    const struct anygw_endpoint *ep)
{
	bool gone = cmd == ANYGW_CMD_ENDPOINT_GONE_NTF;
	const struct anygw_gateway *gw = anygw_end_gateway(ep);
	struct sk_buff *msg;
	void *hdr;

	msg = gw ? anygw_nlmsg_event(an, cmd, &hdr, GFP_ATOMIC) : NULL;
	if (!msg)
		return NULL;
	return finish(msg, hdr, put_endpoint(msg, an, ep, gw,
					     gone ? ep->told_port : ep->port));
}

static int put_conflict(struct sk_buff *msg, struct anygw_net *an,
			const struct anygw_endpoint *ep,
			const struct anygw_gateway *gw, const u8 *mac,
			int port, const char *reason)
{
	return nla_put_u32(msg, ANYGW_A_CONFLICT_IFINDEX, gw->dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_CONFLICT_IFNAME, gw->dev->name) ?:
	       nla_put_u32(msg, ANYGW_A_CONFLICT_BRIDGE,
			   gw->br_dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_CONFLICT_BRIDGE_NAME,
			      gw->br_dev->name) ?:
	       nla_put_u16(msg, ANYGW_A_CONFLICT_VLAN, ep->key.vid) ?:
	       nla_put(msg, ANYGW_A_CONFLICT_MAC, ETH_ALEN, mac) ?:
	       put_port(msg, an, port, ANYGW_A_CONFLICT_PORT,
			ANYGW_A_CONFLICT_PORT_NAME) ?:
	       nla_put_string(msg, ANYGW_A_CONFLICT_REASON, reason) ?:
	       nla_put(msg, ANYGW_A_CONFLICT_OWNER, ETH_ALEN, ep->key.mac);
}

struct sk_buff *anygw_nlend_claim(struct anygw_net *an,
				  const struct anygw_pair *pair)
{
	const struct anygw_gateway *gw = anygw_end_gateway(pair->ep);
	const struct anygw_claim *claim = pair->claim;
	struct sk_buff *msg;
	void *hdr;

	msg = gw ? anygw_nlmsg_event(an, ANYGW_CMD_CONFLICT_NTF, &hdr,
				     GFP_ATOMIC) : NULL;
	if (!msg)
		return NULL;
	return finish(msg, hdr,
		      put_conflict(msg, an, pair->ep, gw, claim->rival,
				   claim->port, "endpoint-claim") ?:
		      put_address(msg, ANYGW_A_CONFLICT_ADDRESS,
				  &pair->key.addr));
}

struct sk_buff *anygw_nlend_twice(struct anygw_net *an,
				  const struct anygw_endpoint *ep)
{
	const struct anygw_gateway *gw = anygw_end_gateway(ep);
	struct sk_buff *msg;
	void *hdr;

	msg = gw ? anygw_nlmsg_event(an, ANYGW_CMD_CONFLICT_NTF, &hdr,
				     GFP_ATOMIC) : NULL;
	if (!msg)
		return NULL;
	return finish(msg, hdr, put_conflict(msg, an, ep, gw, ep->key.mac,
					     ep->port, "endpoint-twice"));
}

void anygw_nlend_send(struct anygw_net *an, struct sk_buff *msg)
{
	if (msg)
		anygw_nl_multicast(an, msg);
}

/* The gateway that a request names, NULL if it is about all of them. */
static int find_gateway(struct anygw_net *an, struct nlattr **attrs,
			struct netlink_ext_ack *extack,
			struct anygw_gateway **gw)
{
	*gw = NULL;
	if (!attrs[ANYGW_A_ENDPOINT_IFINDEX] &&
	    !attrs[ANYGW_A_ENDPOINT_IFNAME])
		return 0;
	return anygw_nl_find_gateway(an, attrs, extack,
				     ANYGW_A_ENDPOINT_IFINDEX,
				     ANYGW_A_ENDPOINT_IFNAME, gw);
}

/**
 * struct endpoint_dump - how far a dump is
 * @id: the next endpoint's number in the list
 * @ifindex: the gateway they are to be of, 0 for all
 */
struct endpoint_dump {
	unsigned long id;
	int ifindex;
};

static_assert(sizeof(struct endpoint_dump) <=
	      sizeof_field(struct netlink_callback, ctx));

int anygw_nl_endpoint_get_start(struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(cb->skb->sk));
	struct endpoint_dump *dump = (void *)cb->ctx;
	struct anygw_gateway *gw;
	int err;

	rtnl_net_lock(an->net);
	err = find_gateway(an, anygw_compat_dump_attrs(cb), cb->extack, &gw);
	if (!err && gw)
		dump->ifindex = gw->dev->ifindex;
	rtnl_net_unlock(an->net);
	return err;
}

/* One endpoint, unless it is away, or of another gateway. */
static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    struct anygw_net *an, const struct anygw_endpoint *ep)
{
	const struct endpoint_dump *dump = (void *)cb->ctx;
	const struct anygw_gateway *gw;
	void *hdr;

	if (ep->flags & ANYGW_EP_DEAD || !(ep->flags & ANYGW_EP_HERE))
		return 0;
	gw = anygw_end_gateway(ep);
	if (!gw || (dump->ifindex && dump->ifindex != gw->dev->ifindex))
		return 0;
	hdr = anygw_nlmsg_dump(skb, cb, ANYGW_CMD_ENDPOINT_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (put_endpoint(skb, an, ep, gw, ep->port)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/*
 * The list is in the order in which the endpoints came, so that one that
 * stays is shown once, whatever comes and goes meanwhile.
 */
int anygw_nl_endpoint_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct anygw_net *an = anygw_net(sock_net(skb->sk));
	struct endpoint_dump *dump = (void *)cb->ctx;
	struct anygw_endpoint *ep;
	unsigned long id;
	int err = 0;

	rtnl_net_lock(an->net);
	rcu_read_lock();
	xa_for_each_start(&an->endpoints.list, id, ep, dump->id) {
		spin_lock_bh(&an->endpoints.lock);
		err = dump_one(skb, cb, an, ep);
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
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_gateway *gw;
	int err;

	err = anygw_nl_may_change(skb, info);
	if (err)
		return err;
	rtnl_net_lock(an->net);
	err = find_gateway(an, info->attrs, info->extack, &gw);
	if (!err)
		anygw_endpoint_flush(an, gw);
	rtnl_net_unlock(an->net);
	return err;
}
