// SPDX-License-Identifier: GPL-2.0
/*
 * Load and unload, and what happens to devices and addresses meanwhile.
 */
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <net/addrconf.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>

#include "beacon.h"
#include "bypass.h"
#include "endpoint.h"
#include "flow.h"
#include "gateway.h"
#include "ingress.h"
#include "netlink.h"
#include "nexthop.h"
#include "peer.h"
#include "port.h"
#include "query.h"
#include "retired.h"
#include "vlan.h"

static void ports_changed(struct anygw_net *an, struct net_device *dev,
			  const struct netdev_notifier_changeupper_info *info)
{
	if (!netif_is_bridge_master(info->upper_dev))
		return;
	if (info->linking && netif_is_bridge_port(dev))
		anygw_port_join(an, dev, info->upper_dev);
	else if (!info->linking)
		anygw_port_leave(an, dev);
}

/* The module is loaded, or a device comes, with a bridge it is a port of. */
static void device_appeared(struct anygw_net *an, struct net_device *dev)
{
	struct net_device *br = netdev_master_upper_dev_get(dev);

	if (br && netif_is_bridge_port(dev))
		anygw_port_join(an, dev, br);
}

static void port_changed(struct anygw_net *an, struct net_device *dev)
{
	struct anygw_port *port = xa_load(&an->ports, dev->ifindex);

	if (port)
		anygw_port_carrier_event(an, port);
}

static int device_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct anygw_net *an = anygw_net(dev_net(dev));

	switch (event) {
	case NETDEV_REGISTER:
		device_appeared(an, dev);
		break;
	case NETDEV_CHANGEUPPER:
		ports_changed(an, dev, ptr);
		break;
	case NETDEV_UNREGISTER:
		anygw_flow_flush_dev(an, dev);
		anygw_port_dev_gone(an, dev);
		anygw_failed_nh_flush_dev(an, dev);
		anygw_gateway_bridge_event(an, dev, event);
		break;
	case NETDEV_DOWN:
		/* Ports of bridges lead to no next hop. */
		if (!netif_is_bridge_port(dev)) {
			anygw_flow_flush_dev(an, dev);
			anygw_failed_nh_flush_dev(an, dev);
		}
		fallthrough;
	case NETDEV_UP:
	case NETDEV_CHANGE:
		port_changed(an, dev);
		if (netif_is_anygw(dev))
			anygw_gateway_dev_event(dev);
		anygw_gateway_bridge_event(an, dev, event);
		break;
	case NETDEV_CHANGEMTU:
		if (netif_is_anygw(dev))
			anygw_gateway_dev_event(dev);
		anygw_gateway_bridge_event(an, dev, event);
		break;
	case NETDEV_CHANGENAME:
		anygw_config_changed(an);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

static int address_event(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->ifa_dev->dev;

	if (netif_is_anygw(dev))
		anygw_gateway_addr_event(netdev_priv(dev));
	return NOTIFY_DONE;
}

static struct notifier_block address_notifier = {
	.notifier_call = address_event,
};

/* IPv6 tells in any context. */
static int address6_event(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->idev->dev;

	if (netif_is_anygw(dev))
		anygw_gateway_addr_event_deferred(netdev_priv(dev));
	return NOTIFY_DONE;
}

static struct notifier_block address6_notifier = {
	.notifier_call = address6_event,
};

static int __net_init net_init(struct net *net)
{
	struct anygw_net *an = anygw_net(net);

	an->net = net;
	an->generation = 1;
	atomic_set(&an->cache_gen, 1);
	xa_init(&an->bridges);
	xa_init(&an->ports);
	xa_init(&an->port_confs);
	/* Its marks are set in any context. */
	xa_init_flags(&an->gateways, XA_FLAGS_LOCK_BH);
	INIT_DELAYED_WORK(&an->repair, anygw_gateway_repair_work);
	an->host.beacon = true;
	an->host.next_warning = jiffies;
	anygw_retired_init(an);
	anygw_failed_nh_init(an);
	anygw_peer_init(an);
	return anygw_ep_init(an);
}

/* All gateways of the namespace are gone by now. */
static void __net_exit net_exit(struct net *net)
{
	struct anygw_net *an = anygw_net(net);

	anygw_retired_exit(an);
	anygw_ingress_exit(an);
	cancel_delayed_work_sync(&an->repair);
	anygw_failed_nh_exit(an);
	anygw_peer_exit(an);
	anygw_port_free_all(an);
	anygw_ep_exit(an);
	anygw_query_free(an->queries);
	anygw_vcache_free(an->vcache);
	anygw_flow_free(an->flows);
	xa_destroy(&an->bridges);
	xa_destroy(&an->gateways);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &anygw_net_id,
	.size = sizeof(struct anygw_net),
};

static int __init anygw_init(void)
{
	int err;

	err = register_pernet_subsys(&net_ops);
	if (err)
		return err;
	err = anygw_bypass_init();
	if (err)
		goto pernet;
	err = register_netdevice_notifier(&device_notifier);
	if (err)
		goto witness;
	err = register_inetaddr_notifier(&address_notifier);
	if (err)
		goto netdevice;
	err = register_inet6addr_notifier(&address6_notifier);
	if (err)
		goto inetaddr;
	err = rtnl_link_register(&anygw_link_ops);
	if (err)
		goto inet6addr;
	err = anygw_nl_init();
	if (err)
		goto link;
	return 0;

link:
	rtnl_link_unregister(&anygw_link_ops);
inet6addr:
	unregister_inet6addr_notifier(&address6_notifier);
inetaddr:
	unregister_inetaddr_notifier(&address_notifier);
netdevice:
	unregister_netdevice_notifier(&device_notifier);
witness:
	anygw_bypass_exit();
pernet:
	unregister_pernet_subsys(&net_ops);
	return err;
}

static void __exit anygw_exit(void)
{
	/* The gateways go first, and while those who listen can be told. */
	anygw_gateway_shutdown();
	rtnl_link_unregister(&anygw_link_ops);
	anygw_retired_flush();
	anygw_nl_exit();
	unregister_inet6addr_notifier(&address6_notifier);
	unregister_inetaddr_notifier(&address_notifier);
	unregister_netdevice_notifier(&device_notifier);
	anygw_bypass_exit();
	unregister_pernet_subsys(&net_ops);
	/* Hooks and freed state may still be under somebody's eyes. */
	synchronize_net();
	rcu_barrier();
}

module_init(anygw_init);
module_exit(anygw_exit);

MODULE_DESCRIPTION("Anycast gateway for the VLANs of a bridge");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("anygw");
MODULE_ALIAS_GENL_FAMILY("anygw");
