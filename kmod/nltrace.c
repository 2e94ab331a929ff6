// SPDX-License-Identifier: GPL-2.0
/*
 * The request that asks what would become of a packet.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "compat.h"
#include "fate.h"
#include "netlink-gen.h"
#include "nlmsg.h"
#include "nlread.h"

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
	const struct nlattr *src = info->attrs[ANYGW_A_TRACE_SOURCE4];
	const struct nlattr *dst = info->attrs[ANYGW_A_TRACE_DESTINATION4];

	fate->family = AF_INET;
	fate->src4 = nla_get_in_addr(src);
	fate->dst4 = nla_get_in_addr(dst);
	if (!travels4(fate->src4))
		return anygw_nl_bad(info->extack, src, -EINVAL,
				    "The source must be a unicast address of a machine");
	if (!travels4(fate->dst4))
		return anygw_nl_bad(info->extack, dst, -EINVAL,
				    "The destination must be a unicast address of a machine");
	return 0;
}

static int read_pair6(struct genl_info *info, struct anygw_fate *fate)
{
	const struct nlattr *src = info->attrs[ANYGW_A_TRACE_SOURCE6];
	const struct nlattr *dst = info->attrs[ANYGW_A_TRACE_DESTINATION6];

	fate->family = AF_INET6;
	fate->src6 = nla_get_in6_addr(src);
	fate->dst6 = nla_get_in6_addr(dst);
	if (!travels6(&fate->src6))
		return anygw_nl_bad(info->extack, src, -EINVAL,
				    "The source must be a unicast address, and not link-local: those are not routed");
	if (!travels6(&fate->dst6))
		return anygw_nl_bad(info->extack, dst, -EINVAL,
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
		return anygw_nl_missing(info->extack, ANYGW_A_TRACE_SOURCE4,
					"Name a source");
	if (!dst4 && !dst6)
		return anygw_nl_missing(info->extack, src4 ?
					ANYGW_A_TRACE_DESTINATION4 :
					ANYGW_A_TRACE_DESTINATION6,
					"Name a destination");
	if ((src4 || dst4) && (src6 || dst6))
		return anygw_nl_bad(info->extack, dst6 ?: src6, -EINVAL,
				    "A packet is of IPv4 or of IPv6, not of both");
	return src4 ? read_pair4(info, fate) : read_pair6(info, fate);
}

static int put_hop(struct sk_buff *msg, const struct anygw_fate *fate)
{
	int err;

	if (!fate->exit)
		return 0;
	err = nla_put_u32(msg, ANYGW_A_TRACE_EXIT, fate->exit) ?:
	      (fate->hop_family == AF_INET ?
	       nla_put_in_addr(msg, ANYGW_A_TRACE_NEXTHOP4, fate->hop4) :
	       nla_put_in6_addr(msg, ANYGW_A_TRACE_NEXTHOP6, &fate->hop6));
	if (!err && fate->has_neigh)
		err = nla_put_u16(msg, ANYGW_A_TRACE_NEIGHBOUR_STATE,
				  fate->nud);
	if (!err && !is_zero_ether_addr(fate->mac))
		err = nla_put(msg, ANYGW_A_TRACE_NEIGHBOUR_MAC, ETH_ALEN,
			      fate->mac);
	return err;
}

static int put_fate(struct sk_buff *msg, const struct anygw_fate *fate)
{
	int err;

	err = nla_put_u8(msg, ANYGW_A_TRACE_STATE, fate->state) ?:
	      nla_put_u8(msg, ANYGW_A_TRACE_DECISION, fate->decision) ?:
	      nla_put_u8(msg, ANYGW_A_TRACE_REASON, fate->reason);
	if (!err && fate->state == ANYGW_MODE_OBSERVE)
		err = nla_put_u8(msg, ANYGW_A_TRACE_ACTIVE_DECISION,
				 fate->active_decision) ?:
		      nla_put_u8(msg, ANYGW_A_TRACE_ACTIVE_REASON,
				 fate->active_reason);
	if (!err && fate->decision == ANYGW_TRACE_DECISION_ROUTE)
		err = nla_put_u8(msg, ANYGW_A_TRACE_PATH, fate->path);
	return err ?: put_hop(msg, fate);
}

/* It runs lookups on a packet that is made up: not for everybody. */
int anygw_nl_trace_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct anygw_net *an = anygw_net(genl_info_net(info));
	struct anygw_fate fate = {};
	struct anygw_gateway *gw;
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
	err = anygw_nl_find_gateway(an, info->attrs, info->extack,
				    ANYGW_A_TRACE_IFINDEX,
				    ANYGW_A_TRACE_IFNAME, &gw);
	if (!err)
		err = read_packet(info, &fate);
	if (!err)
		err = anygw_fate_find(gw, &fate);
	if (!err)
		err = put_fate(msg, &fate);
	rtnl_net_unlock(an->net);
	return anygw_nl_reply_send(msg, hdr, info, err);
}
