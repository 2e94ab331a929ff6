// SPDX-License-Identifier: GPL-2.0
/*
 * Bridge ports: their role, their configuration, and their life.
 */
#include "beacon.h"
#include "endpoint.h"
#include "notify.h"
#include "port.h"

/*
 * Device kinds of VMs and containers. Anything else is fabric: a VM port taken
 * for fabric is only not served, an uplink taken for access would leak the
 * vMAC.
 */
static const char * const port_access_kinds[] = {
	"tun", "veth", "macvtap", "ipvtap", "netkit",
};

static enum anygw_port_role port_role(const struct net_device *dev,
				      enum anygw_port_role configured)
{
	const struct rtnl_link_ops *ops = dev->rtnl_link_ops;

	if (configured != ANYGW_PORT_ROLE_AUTO)
		return configured;
	if (ops && match_string(port_access_kinds,
				ARRAY_SIZE(port_access_kinds), ops->kind) >= 0)
		return ANYGW_PORT_ROLE_ACCESS;
	return ANYGW_PORT_ROLE_FABRIC;
}

/* A port_conf is stored as an xarray value: the role in the low bits. */
#define PORT_ROLE_BITS	2

static void *port_conf_pack(const struct anygw_port_conf *conf)
{
	return xa_mk_value((unsigned long)conf->endpoint_max << PORT_ROLE_BITS |
			   conf->role);
}

static struct anygw_port_conf port_conf_unpack(const void *entry)
{
	if (!entry)
		return (struct anygw_port_conf){
			.role = ANYGW_PORT_ROLE_AUTO,
			.endpoint_max = ANYGW_PORT_ENDPOINTS,
		};
	return (struct anygw_port_conf){
		.role = xa_to_value(entry) & (BIT(PORT_ROLE_BITS) - 1),
		.endpoint_max = xa_to_value(entry) >> PORT_ROLE_BITS,
	};
}

static void port_free(struct rcu_head *rcu)
{
	struct anygw_port *port = container_of(rcu, struct anygw_port, rcu);

	free_percpu(port->stats);
	kfree(port);
}

static struct anygw_port __rcu **port_cache_slot(struct anygw_net *an,
						 const struct net_device *dev)
{
	return &an->port_cache[dev->ifindex % ANYGW_PORT_CACHE];
}

void anygw_port_join(struct anygw_net *an, struct net_device *dev,
		     struct net_device *br)
{
	void *entry = xa_load(&an->port_confs, dev->ifindex);
	struct anygw_port_conf conf = port_conf_unpack(entry);
	struct anygw_port *port;

	anygw_port_leave(an, dev);
	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		goto err_close;
	port->stats = netdev_alloc_pcpu_stats(struct anygw_counters);
	if (!port->stats)
		goto err_free;
	port->dev = dev;
	port->br_dev = br;
	INIT_LIST_HEAD(&port->endpoints);
	INIT_LIST_HEAD(&port->conflicts);
	port->up = netif_running(dev) && netif_carrier_ok(dev);
	port->configured = conf.role;
	port->endpoint_max = conf.endpoint_max;
	port->role = port_role(dev, conf.role);
	RCU_INIT_POINTER(port->bridge, xa_load(&an->bridges, br->ifindex));
	if (xa_err(xa_store(&an->ports, dev->ifindex, port, GFP_KERNEL)))
		goto err_free;
	rcu_assign_pointer(*port_cache_slot(an, dev), port);
	anygw_config_changed(an);
	anygw_notify_port(an, port);
	return;

err_free:
	port_free(&port->rcu);
err_close:
	/* The hooks ignore frames of unknown ports: nothing would be fenced. */
	netdev_err(dev, "anygw: no memory for the port, taken down\n");
	dev_close(dev);
}

void anygw_port_leave(struct anygw_net *an, struct net_device *dev)
{
	struct anygw_port *port = xa_load(&an->ports, dev->ifindex);

	ASSERT_RTNL();
	if (!port)
		return;
	/* While lookups still find the port: notifications carry its name. */
	anygw_ep_port_del(an, port);
	if (rtnl_dereference(*port_cache_slot(an, dev)) == port)
		RCU_INIT_POINTER(*port_cache_slot(an, dev), NULL);
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

	ASSERT_RTNL();
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

	ASSERT_RTNL();
	xa_for_each(&an->ports, i, port)
		if (port->br_dev == br)
			rcu_assign_pointer(port->bridge, bridge);
}

int anygw_port_configure(struct anygw_net *an, struct anygw_port *port,
			 const struct anygw_port_conf *conf)
{
	enum anygw_port_role role = port_role(port->dev, conf->role);
	int err;

	ASSERT_RTNL();
	err = xa_err(xa_store(&an->port_confs, port->dev->ifindex,
			      port_conf_pack(conf), GFP_KERNEL));
	if (err)
		return err;
	if (port->configured == conf->role &&
	    port->endpoint_max == conf->endpoint_max)
		return 0;
	WRITE_ONCE(port->endpoint_max, conf->endpoint_max);
	port->configured = conf->role;
	if (port->role != role) {
		WRITE_ONCE(port->role, role);
		anygw_ep_port_down(an, port);
		anygw_peer_kick(an);
		anygw_beacon_expedite_all(an, port->br_dev);
	}
	anygw_config_changed(an);
	anygw_notify_port(an, port);
	return 0;
}

void anygw_port_free_all(struct anygw_net *an)
{
	struct anygw_port *port;
	unsigned long i;

	xa_for_each(&an->ports, i, port) {
		RCU_INIT_POINTER(*port_cache_slot(an, port->dev), NULL);
		xa_erase(&an->ports, i);
		call_rcu(&port->rcu, port_free);
	}
	xa_destroy(&an->ports);
	xa_destroy(&an->port_confs);
}
