// SPDX-License-Identifier: GPL-2.0
/*
 * What objects look like in netlink messages, and the messages that are sent
 * without being asked for.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "compat.h"
#include "notify.h"

/* The only multicast group */
#define EVENT_GROUP	0

/* The family while it is registered. Events come until the last worker ends. */
static const struct genl_family __rcu *event_family;

void anygw_notify_enable(const struct genl_family *family)
{
	rcu_assign_pointer(event_family, family);
}

void anygw_notify_disable(void)
{
	RCU_INIT_POINTER(event_family, NULL);
	/* The group's number may soon be another family's. */
	synchronize_rcu();
}

/* Send a message to those who listen to events. */
static void event_multicast(struct anygw_net *an, struct sk_buff *msg)
{
	const struct genl_family *family;

	rcu_read_lock();
	family = rcu_dereference(event_family);
	if (family)
		genlmsg_multicast_netns(family, an->net, msg, 0,
					EVENT_GROUP, GFP_ATOMIC);
	else
		nlmsg_free(msg);
	rcu_read_unlock();
}

/* hdr: set to its header. Return: NULL without listeners or memory. */
static struct sk_buff *event_new(struct anygw_net *an, u8 cmd, void **hdr,
				 gfp_t gfp)
{
	/* It is static: only the multicast group must not outlive it. */
	const struct genl_family *family = rcu_access_pointer(event_family);
	struct sk_buff *msg;

	if (!family || !genl_has_listeners(family, an->net, EVENT_GROUP))
		return NULL;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, gfp);
	if (!msg)
		return NULL;
	*hdr = genlmsg_put(msg, 0, 0, family, 0, cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int anygw_fill_host(struct sk_buff *msg, const struct anygw_net *an)
{
	return nla_put(msg, ANYGW_A_HOST_MAC, ETH_ALEN, an->host.mac) ?:
	       nla_put_u8(msg, ANYGW_A_HOST_MAC_SOURCE, an->host.source) ?:
	       nla_put_u8(msg, ANYGW_A_HOST_BEACON, an->host.beacon);
}

int anygw_fill_port(struct sk_buff *msg, const struct anygw_port *port)
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

	if (!ipv6_addr_any(&gw->conf.host4.addr))
		err = nla_put_in_addr(msg, ANYGW_A_GATEWAY_HOST_ADDRESS4,
				      gw->conf.host4.addr.s6_addr32[3]) ?:
		      nla_put_u8(msg, ANYGW_A_GATEWAY_HOST_PREFIX4,
				 gw->conf.host4.plen - ANYGW_PLEN4);
	if (!err && !ipv6_addr_any(&gw->conf.host6.addr))
		err = nla_put_in6_addr(msg, ANYGW_A_GATEWAY_HOST_ADDRESS6,
				       &gw->conf.host6.addr) ?:
		      nla_put_u8(msg, ANYGW_A_GATEWAY_HOST_PREFIX6,
				 gw->conf.host6.plen);
	return err;
}

int anygw_fill_gateway(struct sk_buff *msg, const struct anygw_gateway *gw)
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
	       nla_put_u8(msg, ANYGW_A_GATEWAY_MODE, gw->conf.mode) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_STATE,
			  anygw_gateway_state(gw)) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_COEXIST, gw->conf.coexist) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_FALLBACK, gw->conf.fallback) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_FASTPATH, gw->conf.fastpath) ?:
	       put_host_addresses(msg, gw) ?:
	       anygw_stats_put(msg, ANYGW_A_GATEWAY_STATS, gw->stats) ?:
	       nla_put_u32(msg, ANYGW_A_GATEWAY_ENDPOINT_MAX,
			   gw->conf.endpoint_max);
}

static int put_link(struct sk_buff *msg, const struct anygw_net *an,
		    int ifindex, int index_attr, int name_attr)
{
	const struct net_device *dev = dev_get_by_index_rcu(an->net, ifindex);

	return nla_put_u32(msg, index_attr, ifindex) ?:
	       dev ? nla_put_string(msg, name_attr, dev->name) : 0;
}

int anygw_fill_peer(struct sk_buff *msg, const struct anygw_net *an,
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

static void event_send(struct anygw_net *an, struct sk_buff *msg, void *hdr,
		       int err)
{
	if (err) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	event_multicast(an, msg);
}

void anygw_notify_gateway(struct anygw_net *an, u8 cmd,
			    struct anygw_gateway *gw)
{
	struct sk_buff *msg;
	void *hdr;

	msg = event_new(an, cmd, &hdr, GFP_KERNEL);
	if (msg)
		event_send(an, msg, hdr, anygw_fill_gateway(msg, gw));
}

void anygw_notify_port(struct anygw_net *an, struct anygw_port *port)
{
	struct sk_buff *msg;
	void *hdr;

	if (!rcu_access_pointer(port->bridge))
		return;
	msg = event_new(an, ANYGW_CMD_PORT_CHANGE_NTF, &hdr, GFP_KERNEL);
	if (msg)
		event_send(an, msg, hdr, anygw_fill_port(msg, port));
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

void anygw_notify_conflict(struct anygw_net *an, struct anygw_gateway *gw,
			     struct anygw_port *port, const u8 *mac,
			     enum anygw_reason reason)
{
	struct anygw_vlan *vlan = rcu_dereference(gw->vlan);
	struct sk_buff *msg;
	void *hdr;

	if (!vlan)
		return;
	msg = event_new(an, ANYGW_CMD_CONFLICT_NTF, &hdr, GFP_ATOMIC);
	if (msg)
		event_send(an, msg, hdr,
			   put_conflict(msg, gw, port, vlan->vid, mac, reason));
}

void anygw_notify_peer(struct anygw_net *an, u8 cmd,
			 const struct anygw_peer *peer)
{
	struct sk_buff *msg;
	void *hdr;

	msg = event_new(an, cmd, &hdr, GFP_KERNEL);
	if (msg)
		event_send(an, msg, hdr, anygw_fill_peer(msg, an, peer));
}

#define WARN_INTERVAL	(60 * HZ)

void anygw_notify_host_mac_conflict(struct anygw_net *an, const struct net_device *port)
{
	if (time_before(jiffies, READ_ONCE(an->host.next_warning)))
		return;
	WRITE_ONCE(an->host.next_warning, jiffies + WARN_INTERVAL);
	netdev_warn(port, "anygw: the host MAC of this host, %pM, is used by another one, or comes back by a loop\n",
		    an->host.mac);
}

/* Four octets for IPv4, sixteen for IPv6. */
static int put_address(struct sk_buff *msg, int attr,
		       const struct in6_addr *addr)
{
	return ipv6_addr_v4mapped(addr) ?
	       nla_put_in_addr(msg, attr, addr->s6_addr32[3]) :
	       nla_put_in6_addr(msg, attr, addr);
}

static int put_addresses(struct sk_buff *msg, const struct anygw_endpoint *ep)
{
	const struct anygw_binding *pair;
	int err = 0;

	hlist_for_each_entry(pair, &ep->bindings, list) {
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
	unsigned long last = READ_ONCE(ep->last_rx);
	const struct anygw_binding *pair;

	hlist_for_each_entry(pair, &ep->bindings, list)
		if (time_after(READ_ONCE(pair->last_rx), last))
			last = READ_ONCE(pair->last_rx);
	return (jiffies - last) / HZ;
}

int anygw_fill_endpoint(struct sk_buff *msg, struct anygw_net *an,
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

struct sk_buff *anygw_notify_ep_msg(struct anygw_net *an, u8 cmd,
				    const struct anygw_endpoint *ep,
				    const struct anygw_gateway *gw)
{
	bool gone = cmd == ANYGW_CMD_ENDPOINT_GONE_NTF;
	struct sk_buff *msg;
	void *hdr;

	msg = gw ? event_new(an, cmd, &hdr, GFP_ATOMIC) : NULL;
	if (!msg)
		return NULL;
	return finish(msg, hdr, anygw_fill_endpoint(msg, an, ep, gw,
					     gone ? ep->notified_port : ep->port));
}

static int put_ep_conflict(struct sk_buff *msg, struct anygw_net *an,
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

struct sk_buff *anygw_notify_addr_conflict_msg(struct anygw_net *an,
				  const struct anygw_binding *pair,
				  const struct anygw_gateway *gw)
{
	const struct anygw_addr_conflict *claim = pair->conflict;
	struct sk_buff *msg;
	void *hdr;

	msg = gw ? event_new(an, ANYGW_CMD_CONFLICT_NTF, &hdr,
				     GFP_ATOMIC) : NULL;
	if (!msg)
		return NULL;
	return finish(msg, hdr,
		      put_ep_conflict(msg, an, pair->ep, gw, claim->contender,
				   claim->port, "endpoint-claim") ?:
		      put_address(msg, ANYGW_A_CONFLICT_ADDRESS,
				  &pair->key.addr));
}

struct sk_buff *anygw_notify_mac_flap_msg(struct anygw_net *an,
				  const struct anygw_endpoint *ep,
				  const struct anygw_gateway *gw)
{
	struct sk_buff *msg;
	void *hdr;

	msg = gw ? event_new(an, ANYGW_CMD_CONFLICT_NTF, &hdr,
				     GFP_ATOMIC) : NULL;
	if (!msg)
		return NULL;
	return finish(msg, hdr, put_ep_conflict(msg, an, ep, gw, ep->key.mac,
					     ep->port, "endpoint-twice"));
}

void anygw_notify_send(struct anygw_net *an, struct sk_buff *msg)
{
	if (msg)
		event_multicast(an, msg);
}
