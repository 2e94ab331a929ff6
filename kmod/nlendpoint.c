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
#include "nlmsg.h"
#include "netlink-gen.h"
#include "nlread.h"

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
	if (anygw_nlmsg_endpoint(skb, an, ep, gw, ep->port)) {
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
