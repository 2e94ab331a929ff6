// SPDX-License-Identifier: GPL-2.0
/* The netlink representation of objects, and the multicast events. */
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "compat.h"
#include "notify.h"

/* The only multicast group */
#define NOTIFY_GROUP		0
#define NOTIFY_WARN_INTERVAL	(60 * HZ)

/* The family while it is registered; workers notify until they are stopped. */
static const struct genl_family __rcu *notify_family;

void anygw_notify_enable(const struct genl_family *family)
{
	rcu_assign_pointer(notify_family, family);
}

void anygw_notify_disable(void)
{
	RCU_INIT_POINTER(notify_family, NULL);
	/* The id of the multicast group may be reused once it is free. */
	synchronize_rcu();
}

/* ---- objects */

/* A device: its index, and in the next attribute its name unless it is gone. */
static int fill_ifindex(struct sk_buff *msg, int attr, int ifindex,
			const struct net_device *dev)
{
	return nla_put_u32(msg, attr, ifindex) ?:
	       (dev ? nla_put_string(msg, attr + 1, dev->name) : 0);
}

static int fill_dev(struct sk_buff *msg, int attr, const struct net_device *dev)
{
	return fill_ifindex(msg, attr, dev->ifindex, dev);
}

/* The name is left out if the device is a bridge port no more. */
static int fill_port_ifindex(struct sk_buff *msg, struct anygw_net *an,
			     int attr, int ifindex)
{
	const struct anygw_port *port = xa_load(&an->ports, ifindex);

	return fill_ifindex(msg, attr, ifindex, port ? port->dev : NULL);
}

static int fill_mac(struct sk_buff *msg, int attr, const u8 *mac)
{
	return nla_put(msg, attr, ETH_ALEN, mac);
}

/* Four octets for IPv4, 16 for IPv6. */
static int fill_addr(struct sk_buff *msg, int attr, const struct in6_addr *addr)
{
	return ipv6_addr_v4mapped(addr) ?
	       nla_put_in_addr(msg, attr, addr->s6_addr32[3]) :
	       nla_put_in6_addr(msg, attr, addr);
}

int anygw_fill_host(struct sk_buff *msg, const struct anygw_net *an)
{
	return fill_mac(msg, ANYGW_A_HOST_MAC, an->host.mac) ?:
	       nla_put_u8(msg, ANYGW_A_HOST_MAC_SOURCE, an->host.source) ?:
	       nla_put_u8(msg, ANYGW_A_HOST_BEACON, an->host.beacon);
}

int anygw_fill_port(struct sk_buff *msg, const struct anygw_port *port)
{
	return fill_dev(msg, ANYGW_A_PORT_IFINDEX, port->dev) ?:
	       fill_dev(msg, ANYGW_A_PORT_BRIDGE, port->br_dev) ?:
	       nla_put_u8(msg, ANYGW_A_PORT_ROLE, port->role) ?:
	       nla_put_u8(msg, ANYGW_A_PORT_CONFIGURED, port->configured) ?:
	       anygw_stats_put(msg, ANYGW_A_PORT_STATS, port->stats) ?:
	       nla_put_u32(msg, ANYGW_A_PORT_ENDPOINT_MAX,
			   port->endpoint_max) ?:
	       nla_put_u8(msg, ANYGW_A_PORT_PRESENT, 1) ?:
	       (*port->setting ? nla_put_string(msg, ANYGW_A_PORT_SETTING,
						port->setting) : 0);
}

/* The attribute of the prefix length follows that of the address. */
static int fill_host_addr(struct sk_buff *msg, int attr,
			  const struct anygw_prefix *host, u8 plen)
{
	if (ipv6_addr_any(&host->addr))
		return 0;
	return fill_addr(msg, attr, &host->addr) ?:
	       nla_put_u8(msg, attr + 1, plen);
}

int anygw_fill_gateway(struct sk_buff *msg, const struct anygw_gateway *gw)
{
	const struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);
	const struct anygw_gateway_conf *conf = &gw->conf;

	return fill_dev(msg, ANYGW_A_GATEWAY_IFINDEX, gw->dev) ?:
	       fill_dev(msg, ANYGW_A_GATEWAY_BRIDGE, gw->br_dev) ?:
	       nla_put_u16(msg, ANYGW_A_GATEWAY_VLAN, vlan->vid) ?:
	       fill_mac(msg, ANYGW_A_GATEWAY_MAC, gw->dev->dev_addr) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_MODE, conf->mode) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_STATE,
			  anygw_gateway_state(gw)) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_COEXIST, conf->coexist) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_FALLBACK, conf->fallback) ?:
	       nla_put_u8(msg, ANYGW_A_GATEWAY_FASTPATH, conf->fastpath) ?:
	       fill_host_addr(msg, ANYGW_A_GATEWAY_HOST_ADDRESS4, &conf->host4,
			      conf->host4.plen - ANYGW_PLEN4) ?:
	       fill_host_addr(msg, ANYGW_A_GATEWAY_HOST_ADDRESS6, &conf->host6,
			      conf->host6.plen) ?:
	       anygw_stats_put(msg, ANYGW_A_GATEWAY_STATS, gw->stats) ?:
	       nla_put_u32(msg, ANYGW_A_GATEWAY_ENDPOINT_MAX,
			   conf->endpoint_max);
}

static int fill_peer_dev(struct sk_buff *msg, const struct anygw_net *an,
			 int attr, int ifindex)
{
	return fill_ifindex(msg, attr, ifindex,
			    dev_get_by_index_rcu(an->net, ifindex));
}

int anygw_fill_peer(struct sk_buff *msg, const struct anygw_net *an,
		    const struct anygw_peer *peer)
{
	int err;

	rcu_read_lock();
	err = fill_mac(msg, ANYGW_A_PEER_MAC, peer->key.mac) ?:
	      fill_peer_dev(msg, an, ANYGW_A_PEER_BRIDGE, peer->key.bridge) ?:
	      nla_put_u16(msg, ANYGW_A_PEER_VLAN, peer->key.vid) ?:
	      fill_peer_dev(msg, an, ANYGW_A_PEER_IFINDEX, peer->gateway) ?:
	      fill_peer_dev(msg, an, ANYGW_A_PEER_PORT, peer->port) ?:
	      nla_put_u32(msg, ANYGW_A_PEER_DIFFERS, peer->differs) ?:
	      nla_put_u32(msg, ANYGW_A_PEER_AGE, peer->age);
	rcu_read_unlock();
	return err;
}

static int fill_bindings(struct sk_buff *msg, const struct anygw_endpoint *ep)
{
	const struct anygw_binding *binding;

	hlist_for_each_entry(binding, &ep->bindings, list)
		if (fill_addr(msg, ANYGW_A_ENDPOINT_ADDRESS,
			      &binding->key.addr))
			return -EMSGSIZE;
	return 0;
}

static int fill_contested(struct sk_buff *msg, const struct anygw_endpoint *ep)
{
	const struct anygw_binding *binding;

	hlist_for_each_entry(binding, &ep->bindings, list)
		if (binding->conflict &&
		    fill_addr(msg, ANYGW_A_ENDPOINT_CONTESTED,
			      &binding->key.addr))
			return -EMSGSIZE;
	return 0;
}

static enum anygw_endpoint_state fill_state(const struct anygw_endpoint *ep)
{
	if (!(ep->flags & ANYGW_EP_PRESENT))
		return ANYGW_ENDPOINT_STATE_GONE;
	return ep->flags & ANYGW_EP_LEAVING ? ANYGW_ENDPOINT_STATE_LEAVING :
					      ANYGW_ENDPOINT_STATE_PRESENT;
}

/* Seconds since a frame of the endpoint or a use of one of its addresses. */
static u32 fill_age(const struct anygw_endpoint *ep)
{
	unsigned long age = (u32)jiffies - READ_ONCE(ep->last_rx);
	const struct anygw_binding *binding;

	hlist_for_each_entry(binding, &ep->bindings, list)
		age = min(age, jiffies - READ_ONCE(binding->last_rx));
	return age / HZ;
}

int anygw_fill_endpoint(struct sk_buff *msg, struct anygw_net *an,
			const struct anygw_endpoint *ep,
			const struct anygw_gateway *gw, int port)
{
	lockdep_assert_held(&an->endpoints.lock);
	return fill_dev(msg, ANYGW_A_ENDPOINT_IFINDEX, gw->dev) ?:
	       fill_dev(msg, ANYGW_A_ENDPOINT_BRIDGE, gw->br_dev) ?:
	       nla_put_u16(msg, ANYGW_A_ENDPOINT_VLAN, ep->key.vid) ?:
	       fill_mac(msg, ANYGW_A_ENDPOINT_MAC, ep->key.mac) ?:
	       fill_bindings(msg, ep) ?:
	       fill_port_ifindex(msg, an, ANYGW_A_ENDPOINT_PORT, port) ?:
	       nla_put_u32(msg, ANYGW_A_ENDPOINT_AGE, fill_age(ep)) ?:
	       nla_put_u8(msg, ANYGW_A_ENDPOINT_STATE, fill_state(ep)) ?:
	       nla_put_u8(msg, ANYGW_A_ENDPOINT_MOVED_BY, ep->moved_by) ?:
	       nla_put_u32(msg, ANYGW_A_ENDPOINT_MOVED,
			   ((u32)jiffies - ep->moved_at) / HZ) ?:
	       fill_contested(msg, ep);
}

/* ---- events */

/* Returns NULL without listeners or memory. */
static struct sk_buff *notify_begin(struct anygw_net *an, u8 cmd, gfp_t gfp)
{
	/*
	 * The family itself is static, so it can be used without RCU: only the
	 * group must not be used once it is unregistered.
	 */
	const struct genl_family *family = rcu_access_pointer(notify_family);
	struct sk_buff *msg;

	if (!family || !genl_has_listeners(family, an->net, NOTIFY_GROUP))
		return NULL;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, gfp);
	if (!msg || genlmsg_put(msg, 0, 0, family, 0, cmd))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

static struct sk_buff *notify_end(struct sk_buff *msg, int err)
{
	if (!err) {
		nlmsg_end(msg, nlmsg_hdr(msg));
		return msg;
	}
	nlmsg_free(msg);
	return NULL;
}

void anygw_notify_send(struct anygw_net *an, struct sk_buff *msg)
{
	const struct genl_family *family;

	if (!msg)
		return;
	rcu_read_lock();
	family = rcu_dereference(notify_family);
	if (family)
		genlmsg_multicast_netns(family, an->net, msg, 0,
					NOTIFY_GROUP, GFP_ATOMIC);
	else
		nlmsg_free(msg);
	rcu_read_unlock();
}

static void notify_finish(struct anygw_net *an, struct sk_buff *msg, int err)
{
	anygw_notify_send(an, notify_end(msg, err));
}

void anygw_notify_gateway(struct anygw_net *an, u8 cmd,
			  struct anygw_gateway *gw)
{
	struct sk_buff *msg = notify_begin(an, cmd, GFP_KERNEL);

	if (msg)
		notify_finish(an, msg, anygw_fill_gateway(msg, gw));
}

void anygw_notify_port(struct anygw_net *an, struct anygw_port *port)
{
	struct sk_buff *msg;

	if (!rcu_access_pointer(port->bridge))
		return;
	msg = notify_begin(an, ANYGW_CMD_PORT_CHANGE_NTF, GFP_KERNEL);
	if (msg)
		notify_finish(an, msg, anygw_fill_port(msg, port));
}

void anygw_notify_peer(struct anygw_net *an, u8 cmd,
		       const struct anygw_peer *peer)
{
	struct sk_buff *msg = notify_begin(an, cmd, GFP_KERNEL);

	if (msg)
		notify_finish(an, msg, anygw_fill_peer(msg, an, peer));
}

struct sk_buff *anygw_notify_ep_msg(struct anygw_net *an, u8 cmd,
				    const struct anygw_endpoint *ep,
				    const struct anygw_gateway *gw)
{
	int port = cmd == ANYGW_CMD_ENDPOINT_GONE_NTF ? ep->notified_port :
							ep->port;
	struct sk_buff *msg = gw ? notify_begin(an, cmd, GFP_ATOMIC) : NULL;

	if (!msg)
		return NULL;
	return notify_end(msg, anygw_fill_endpoint(msg, an, ep, gw, port));
}

/*
 * @mac contests, on @port, the gateway or with @ep this endpoint: its @addr, or
 * if that is NULL its MAC.
 */
static struct sk_buff *
notify_conflict_msg(struct anygw_net *an, const struct anygw_gateway *gw,
		    u16 vid, const u8 *mac, int port, const char *reason,
		    const struct anygw_endpoint *ep,
		    const struct in6_addr *addr)
{
	struct sk_buff *msg;
	int err;

	msg = gw ? notify_begin(an, ANYGW_CMD_CONFLICT_NTF, GFP_ATOMIC) : NULL;
	if (!msg)
		return NULL;
	err = fill_dev(msg, ANYGW_A_CONFLICT_IFINDEX, gw->dev) ?:
	      fill_dev(msg, ANYGW_A_CONFLICT_BRIDGE, gw->br_dev) ?:
	      nla_put_u16(msg, ANYGW_A_CONFLICT_VLAN, vid) ?:
	      fill_mac(msg, ANYGW_A_CONFLICT_MAC, mac) ?:
	      fill_port_ifindex(msg, an, ANYGW_A_CONFLICT_PORT, port) ?:
	      nla_put_string(msg, ANYGW_A_CONFLICT_REASON, reason);
	if (!err && ep)
		err = fill_mac(msg, ANYGW_A_CONFLICT_OWNER, ep->key.mac);
	if (!err && addr)
		err = fill_addr(msg, ANYGW_A_CONFLICT_ADDRESS, addr);
	return notify_end(msg, err);
}

void anygw_notify_conflict(struct anygw_net *an, struct anygw_gateway *gw,
			   struct anygw_port *port, const u8 *mac,
			   enum anygw_reason reason)
{
	struct anygw_vlan *vlan = rcu_dereference(gw->vlan);
	struct sk_buff *msg;

	if (!vlan)
		return;
	msg = notify_conflict_msg(an, gw, vlan->vid, mac, port->dev->ifindex,
				  anygw_reason_name(reason), NULL, NULL);
	anygw_notify_send(an, msg);
}

struct sk_buff *
anygw_notify_addr_conflict_msg(struct anygw_net *an,
			       const struct anygw_binding *binding,
			       const struct anygw_gateway *gw)
{
	const struct anygw_addr_conflict *conflict = binding->conflict;

	return notify_conflict_msg(an, gw, binding->ep->key.vid,
				   conflict->contender, conflict->port,
				   "endpoint-claim", binding->ep,
				   &binding->key.addr);
}

struct sk_buff *anygw_notify_mac_flap_msg(struct anygw_net *an,
					  const struct anygw_endpoint *ep,
					  const struct anygw_gateway *gw)
{
	return notify_conflict_msg(an, gw, ep->key.vid, ep->key.mac, ep->port,
				   "endpoint-twice", ep, NULL);
}

void anygw_notify_host_mac_conflict(struct anygw_net *an,
				    const struct net_device *port)
{
	if (time_before(jiffies, READ_ONCE(an->host.next_warning)))
		return;
	WRITE_ONCE(an->host.next_warning, jiffies + NOTIFY_WARN_INTERVAL);
	netdev_warn(port, "anygw: the host MAC of this host, %pM, is also used by another host, or there is a loop\n",
		    an->host.mac);
}
