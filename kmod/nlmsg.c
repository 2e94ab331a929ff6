// SPDX-License-Identifier: GPL-2.0
/*
 * What objects look like in netlink messages, and the messages that are sent
 * without being asked for.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "compat.h"
#include "fate.h"
#include "netlink.h"
#include "netlink-gen.h"
#include "nlmsg.h"
#include "peer.h"

void *anygw_nlmsg_dump(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &anygw_nl_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

int anygw_nlmsg_host(struct sk_buff *msg, const struct anygw_net *an)
{
	return nla_put(msg, ANYGW_A_HOST_MAC, ETH_ALEN, an->host.mac) ?:
	       nla_put_u8(msg, ANYGW_A_HOST_MAC_SOURCE, an->host.source) ?:
	       nla_put_u8(msg, ANYGW_A_HOST_BEACON, an->host.beacon);
}

int anygw_nlmsg_port(struct sk_buff *msg, const struct anygw_port *port)
{
	return nla_put_u32(msg, ANYGW_A_PORT_IFINDEX, port->dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_PORT_IFNAME, port->dev->name) ?:
	       nla_put_u32(msg, ANYGW_A_PORT_BRIDGE, port->br_dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_PORT_BRIDGE_NAME,
			      port->br_dev->name) ?:
	       nla_put_u8(msg, ANYGW_A_PORT_ROLE, port->role) ?:
	       nla_put_u8(msg, ANYGW_A_PORT_CONFIGURED, port->configured) ?:
	       anygw_stats_put(msg, ANYGW_A_PORT_STATS, port->stats) ?:
	       nla_put_u32(msg, ANYGW_A_PORT_ENDPOINT_MAX,
			   port->endpoint_max);
}

static int put_host_addresses(struct sk_buff *msg,
			      const struct anygw_gateway *gw)
{
	int err = 0;

	if (gw->host4)
		err = nla_put_in_addr(msg, ANYGW_A_GATEWAY_HOST_ADDRESS4,
				      gw->host4) ?:
		      nla_put_u8(msg, ANYGW_A_GATEWAY_HOST_PREFIX4,
				 gw->host4_len);
	if (!err && !ipv6_addr_any(&gw->host6))
		err = nla_put_in6_addr(msg, ANYGW_A_GATEWAY_HOST_ADDRESS6,
				       &gw->host6) ?:
		      nla_put_u8(msg, ANYGW_A_GATEWAY_HOST_PREFIX6,
				 gw->host6_len);
	return err;
}

int anygw_nlmsg_gateway(struct sk_buff *msg, const struct anygw_gateway *gw)
{
	const struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);
	const struct net_device *dev = gw->dev;

	return nla_put_u32(msg, ANYGW_A_GATEWAY_IFINDEX, dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_GATEWAY_IFNAME, dev->name) ?:
	       nla_put_u32(msg, ANYGW_A_GATEWAY_BRIDGE,
			   gw->br_dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_GATEWAY_BRIDGE_NAME,
			      gw->br_dev->name) ?:
	       nla_put_u16(msg, ANYGW_A_GATEWAY_VLAN, vlan->vid) ?:
	       nla_put(msg, ANYGW_A_GATEWAY_MAC, ETH_ALEN, dev->dev_addr) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_MODE, gw->mode) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_STATE,
			  anygw_gateway_state(gw)) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_COEXIST, gw->coexist) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_FALLBACK, gw->fallback) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_FASTPATH, gw->fastpath) ?:
	       put_host_addresses(msg, gw) ?:
	       anygw_stats_put(msg, ANYGW_A_GATEWAY_STATS, gw->stats) ?:
	       nla_put_u32(msg, ANYGW_A_GATEWAY_ENDPOINT_MAX,
			   gw->endpoint_max);
}

static int put_link(struct sk_buff *msg, const struct anygw_net *an,
		    int ifindex, int index_attr, int name_attr)
{
	const struct net_device *dev = dev_get_by_index_rcu(an->net, ifindex);

	return nla_put_u32(msg, index_attr, ifindex) ?:
	       dev ? nla_put_string(msg, name_attr, dev->name) : 0;
}

int anygw_nlmsg_peer(struct sk_buff *msg, const struct anygw_net *an,
		     const struct anygw_peer *peer)
{
	int err;

	rcu_read_lock();
	err = nla_put(msg, ANYGW_A_PEER_MAC, ETH_ALEN, peer->key.mac) ?:
	      put_link(msg, an, peer->key.bridge, ANYGW_A_PEER_BRIDGE,
		       ANYGW_A_PEER_BRIDGE_NAME) ?:
	      nla_put_u16(msg, ANYGW_A_PEER_VLAN, peer->key.vid) ?:
	      put_link(msg, an, peer->gateway, ANYGW_A_PEER_IFINDEX,
		       ANYGW_A_PEER_IFNAME) ?:
	      put_link(msg, an, peer->port, ANYGW_A_PEER_PORT,
		       ANYGW_A_PEER_PORT_NAME) ?:
	      nla_put_u32(msg, ANYGW_A_PEER_DIFFERS, peer->differs) ?:
	      nla_put_u32(msg, ANYGW_A_PEER_AGE, peer->age);
	rcu_read_unlock();
	return err;
}

struct sk_buff *anygw_nlmsg_event(struct anygw_net *an, u8 cmd, void **hdr,
				  gfp_t gfp)
{
	struct sk_buff *msg;

	if (!genl_has_listeners(&anygw_nl_family, an->net, ANYGW_NLGRP_EVENTS))
		return NULL;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, gfp);
	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, 0, 0, &anygw_nl_family, 0, cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static void event_send(struct anygw_net *an, struct sk_buff *msg, void *hdr,
		       int err)
{
	if (err) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	anygw_nl_multicast(an, msg);
}

void anygw_nl_gateway_event(struct anygw_net *an, u8 cmd,
			    struct anygw_gateway *gw)
{
	struct sk_buff *msg;
	void *hdr;

	msg = anygw_nlmsg_event(an, cmd, &hdr, GFP_KERNEL);
	if (msg)
		event_send(an, msg, hdr, anygw_nlmsg_gateway(msg, gw));
}

void anygw_nl_port_event(struct anygw_net *an, struct anygw_port *port)
{
	struct sk_buff *msg;
	void *hdr;

	if (!rcu_access_pointer(port->bridge))
		return;
	msg = anygw_nlmsg_event(an, ANYGW_CMD_PORT_CHANGE_NTF, &hdr, GFP_KERNEL);
	if (msg)
		event_send(an, msg, hdr, anygw_nlmsg_port(msg, port));
}

static int put_conflict(struct sk_buff *msg, struct anygw_gateway *gw,
			struct anygw_port *port, u16 vid, const u8 *mac,
			enum anygw_reason reason)
{
	return nla_put_u32(msg, ANYGW_A_CONFLICT_IFINDEX, gw->dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_CONFLICT_IFNAME, gw->dev->name) ?:
	       nla_put_u32(msg, ANYGW_A_CONFLICT_BRIDGE,
			   gw->br_dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_CONFLICT_BRIDGE_NAME,
			      gw->br_dev->name) ?:
	       nla_put_u16(msg, ANYGW_A_CONFLICT_VLAN, vid) ?:
	       nla_put(msg, ANYGW_A_CONFLICT_MAC, ETH_ALEN, mac) ?:
	       nla_put_u32(msg, ANYGW_A_CONFLICT_PORT, port->dev->ifindex) ?:
	       nla_put_string(msg, ANYGW_A_CONFLICT_PORT_NAME,
			      port->dev->name) ?:
	       nla_put_string(msg, ANYGW_A_CONFLICT_REASON,
			      anygw_reason_name(reason));
}

void anygw_nl_conflict_event(struct anygw_net *an, struct anygw_gateway *gw,
			     struct anygw_port *port, const u8 *mac,
			     enum anygw_reason reason)
{
	struct anygw_vlan *vlan = rcu_dereference(gw->vlan);
	struct sk_buff *msg;
	void *hdr;

	if (!vlan)
		return;
	msg = anygw_nlmsg_event(an, ANYGW_CMD_CONFLICT_NTF, &hdr, GFP_ATOMIC);
	if (msg)
		event_send(an, msg, hdr,
			   put_conflict(msg, gw, port, vlan->vid, mac, reason));
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

int anygw_nlmsg_fate(struct sk_buff *msg, const struct anygw_fate *fate)
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

void anygw_nl_peer_event(struct anygw_net *an, u8 cmd,
			 const struct anygw_peer *peer)
{
	struct sk_buff *msg;
	void *hdr;

	msg = anygw_nlmsg_event(an, cmd, &hdr, GFP_KERNEL);
	if (msg)
		event_send(an, msg, hdr, anygw_nlmsg_peer(msg, an, peer));
}

#define WARN_INTERVAL	(60 * HZ)

void anygw_host_warn(struct anygw_net *an, const struct net_device *port)
{
	if (time_before(jiffies, READ_ONCE(an->host.warn_next)))
		return;
	WRITE_ONCE(an->host.warn_next, jiffies + WARN_INTERVAL);
	netdev_warn(port, "anygw: the host MAC of this host, %pM, is used by another one, or comes back by a loop\n",
		    an->host.mac);
}
