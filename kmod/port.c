// SPDX-License-Identifier: GPL-2.0
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "endpoint.h"
#include "netlink.h"
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

static enum anygw_port_role configured_role(struct anygw_net *an,
					    const struct net_device *dev)
{
	void *entry = xa_load(&an->roles, dev->ifindex);

	return entry ? xa_to_value(entry) : ANYGW_PORT_ROLE_AUTO;
}

static void port_free(struct rcu_head *rcu)
{
	struct anygw_port *port = container_of(rcu, struct anygw_port, rcu);

	free_percpu(port->stats);
	kfree(port);
}

void anygw_port_join(struct anygw_net *an, struct net_device *dev,
		     struct net_device *br)
{
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
	port->configured = configured_role(an, dev);
	port->role = role_of(dev, port->configured);
	RCU_INIT_POINTER(port->bridge, xa_load(&an->bridges, br->ifindex));
	if (xa_err(xa_store(&an->ports, dev->ifindex, port, GFP_KERNEL)))
		goto unserved;
	an->generation++;
	anygw_nl_port_event(an, port);
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
	struct anygw_port *port = xa_erase(&an->ports, dev->ifindex);

	if (!port)
		return;
	anygw_endpoint_port_closed(an, port);
	an->generation++;
	anygw_nl_port_event(an, port);
	call_rcu(&port->rcu, port_free);
}

void anygw_port_forget(struct anygw_net *an, struct net_device *dev)
{
	anygw_port_leave(an, dev);
	xa_erase(&an->roles, dev->ifindex);
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

int anygw_port_set_role(struct anygw_net *an, struct anygw_port *port,
			enum anygw_port_role role)
{
	int err;

	err = xa_err(xa_store(&an->roles, port->dev->ifindex,
			      xa_mk_value(role), GFP_KERNEL));
	if (err)
		return err;
	if (port->configured == role)
		return 0;
	port->configured = role;
	role = role_of(port->dev, role);
	if (port->role != role) {
		WRITE_ONCE(port->role, role);
		anygw_endpoint_port_gone(an, port);
	}
	an->generation++;
	anygw_nl_port_event(an, port);
	return 0;
}

void anygw_port_free_all(struct anygw_net *an)
{
	struct anygw_port *port;
	unsigned long i;

	xa_for_each(&an->ports, i, port) {
		xa_erase(&an->ports, i);
		call_rcu(&port->rcu, port_free);
	}
	xa_destroy(&an->ports);
	xa_destroy(&an->roles);
}
