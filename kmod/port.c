// SPDX-License-Identifier: GPL-2.0
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "beacon.h"
#include "endpoint.h"
#include "notify.h"
#include "port.h"

/*
 * Kinds of devices that lead to virtual machines and containers. Everything
 * else is fabric: a VM taken for fabric is merely not served, an uplink taken
 * for access would leak the vMAC.
 */
static const char * const access_kinds[] = {
	"tun", "veth", "macvtap", "ipvtap", "netkit",
};

static enum anygw_port_role role_of(const struct net_device *dev,
				    enum anygw_port_role configured)
{
	const struct rtnl_link_ops *ops = dev->rtnl_link_ops;

	if (configured != ANYGW_PORT_ROLE_AUTO)
		return configured;
	if (ops && match_string(access_kinds, ARRAY_SIZE(access_kinds),
				ops->kind) >= 0)
		return ANYGW_PORT_ROLE_ACCESS;
	return ANYGW_PORT_ROLE_FABRIC;
}

/* Both parts of a wish are kept in one number. */
#define ROLE_BITS	2

static void *pack(const struct anygw_port_conf *wish)
{
	return xa_mk_value((unsigned long)wish->endpoint_max << ROLE_BITS |
			   wish->role);
}

static struct anygw_port_conf wish_for(struct anygw_net *an,
				       const struct net_device *dev)
{
	void *entry = xa_load(&an->port_confs, dev->ifindex);
	struct anygw_port_conf wish = {
		.role = ANYGW_PORT_ROLE_AUTO,
		.endpoint_max = ANYGW_PORT_ENDPOINTS,
	};

	if (entry) {
		wish.role = xa_to_value(entry) & ((1 << ROLE_BITS) - 1);
		wish.endpoint_max = xa_to_value(entry) >> ROLE_BITS;
	}
	return wish;
}

static void port_free(struct rcu_head *rcu)
{
	struct anygw_port *port = container_of(rcu, struct anygw_port, rcu);

	free_percpu(port->stats);
	kfree(port);
}

static struct anygw_port __rcu **cached(struct anygw_net *an,
					const struct net_device *dev)
{
	return &an->port_cache[dev->ifindex % ANYGW_PORT_CACHE];
}

void anygw_port_join(struct anygw_net *an, struct net_device *dev,
		     struct net_device *br)
{
	struct anygw_port_conf wish = wish_for(an, dev);
	struct anygw_port *port;

	anygw_port_leave(an, dev);
	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		goto unserved;
	port->stats = anygw_stats_alloc();
	if (!port->stats)
		goto unserved;
	port->dev = dev;
	port->br_dev = br;
	INIT_LIST_HEAD(&port->endpoints);
	INIT_LIST_HEAD(&port->conflicts);
	port->up = netif_running(dev) && netif_carrier_ok(dev);
	port->configured = wish.role;
	port->endpoint_max = wish.endpoint_max;
	port->role = role_of(dev, port->configured);
	RCU_INIT_POINTER(port->bridge, xa_load(&an->bridges, br->ifindex));
	if (xa_err(xa_store(&an->ports, dev->ifindex, port, GFP_KERNEL)))
		goto unserved;
	rcu_assign_pointer(*cached(an, dev), port);
	anygw_config_changed(an);
	anygw_notify_port(an, port);
	return;

unserved:
	/* Without a port object its frames would pass unfenced. */
	if (port)
		port_free(&port->rcu);
	netdev_err(dev, "anygw: no memory for the port, taken down\n");
	dev_close(dev);
}

void anygw_port_leave(struct anygw_net *an, struct net_device *dev)
{
	struct anygw_port *port = xa_load(&an->ports, dev->ifindex);

	if (!port)
		return;
	/* While it can be found: its name is wanted for what is to be said. */
	anygw_ep_port_del(an, port);
	if (rtnl_dereference(*cached(an, dev)) == port)
		RCU_INIT_POINTER(*cached(an, dev), NULL);
	xa_erase(&an->ports, dev->ifindex);
	anygw_peer_kick(an);
	anygw_config_changed(an);
	anygw_notify_port(an, port);
	call_rcu(&port->rcu, port_free);
}

void anygw_port_dev_gone(struct anygw_net *an, struct net_device *dev)
{
	anygw_port_leave(an, dev);
	xa_erase(&an->port_confs, dev->ifindex);
}

void anygw_port_carrier_event(struct anygw_net *an, struct anygw_port *port)
{
	bool up = netif_running(port->dev) && netif_carrier_ok(port->dev);

	if (port->up == up)
		return;
	port->up = up;
	if (!up)
		anygw_ep_port_down(an, port);
	else if (port->role == ANYGW_PORT_ROLE_FABRIC)
		anygw_beacon_expedite_all(an, port->br_dev);
}

void anygw_port_attach(struct anygw_net *an, struct net_device *br,
		       struct anygw_bridge *bridge)
{
	struct anygw_port *port;
	unsigned long i;

	xa_for_each(&an->ports, i, port)
		if (port->br_dev == br)
			rcu_assign_pointer(port->bridge, bridge);
}

static void take_role(struct anygw_net *an, struct anygw_port *port,
		      enum anygw_port_role configured)
{
	enum anygw_port_role role = role_of(port->dev, configured);

	port->configured = configured;
	if (port->role == role)
		return;
	WRITE_ONCE(port->role, role);
	anygw_ep_port_down(an, port);
	anygw_peer_kick(an);
	anygw_beacon_expedite_all(an, port->br_dev);
}

int anygw_port_configure(struct anygw_net *an, struct anygw_port *port,
		   const struct anygw_port_conf *wish)
{
	int err;

	err = xa_err(xa_store(&an->port_confs, port->dev->ifindex, pack(wish),
			      GFP_KERNEL));
	if (err)
		return err;
	if (port->configured == wish->role &&
	    port->endpoint_max == wish->endpoint_max)
		return 0;
	WRITE_ONCE(port->endpoint_max, wish->endpoint_max);
	take_role(an, port, wish->role);
	anygw_config_changed(an);
	anygw_notify_port(an, port);
	return 0;
}

void anygw_port_free_all(struct anygw_net *an)
{
	struct anygw_port *port;
	unsigned long i;

	xa_for_each(&an->ports, i, port) {
		RCU_INIT_POINTER(*cached(an, port->dev), NULL);
		xa_erase(&an->ports, i);
		call_rcu(&port->rcu, port_free);
	}
	xa_destroy(&an->ports);
	xa_destroy(&an->port_confs);
}
