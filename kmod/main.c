// SPDX-License-Identifier: GPL-2.0
/* Module init and exit, and the dispatch of device and address events. */
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <net/addrconf.h>
#include <net/genetlink.h>
#include <net/geneve.h>
#include <net/gre.h>
#include <net/vxlan.h>

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

static void
main_changeupper(struct anygw_net *an, struct net_device *dev,
		 const struct netdev_notifier_changeupper_info *info)
{
	if (!netif_is_bridge_master(info->upper_dev))
		return;
	if (info->linking && netif_is_bridge_port(dev))
		anygw_port_join(an, dev, info->upper_dev);
	else if (!info->linking)
		anygw_port_leave(an, dev);
}

/* The notifier replays NETDEV_REGISTER for the ports that exist already. */
static void main_register(struct anygw_net *an, struct net_device *dev)
{
	struct net_device *br = netdev_master_upper_dev_get(dev);

	if (br && netif_is_bridge_port(dev))
		anygw_port_join(an, dev, br);
}

static void main_unregister(struct anygw_net *an, struct net_device *dev)
{
	anygw_flow_flush_dev(an, dev);
	anygw_port_leave(an, dev);
	anygw_failed_nh_flush(an, NULL, dev);
}

static void main_path_changed(struct anygw_net *an, struct net_device *dev)
{
	struct anygw_port *port = xa_load(&an->ports, dev->ifindex);

	if (port)
		anygw_port_path_changed(an, port);
}

/* Whether a change may be another address of the tunnel */
static bool main_is_tunnel(const struct net_device *dev)
{
	return netif_is_vxlan(dev) || netif_is_geneve(dev) ||
	       netif_is_gretap(dev) || netif_is_ip6gretap(dev);
}

static void main_link_state(struct anygw_net *an, struct net_device *dev,
			    unsigned long event)
{
	struct anygw_port *port = xa_load(&an->ports, dev->ifindex);

	/* A bridge port has no next hops. */
	if (event == NETDEV_DOWN && !netif_is_bridge_port(dev)) {
		anygw_flow_flush_dev(an, dev);
		anygw_failed_nh_flush(an, NULL, dev);
	}
	if (port)
		anygw_port_carrier_event(an, port);
	if (event == NETDEV_CHANGE && main_is_tunnel(dev))
		main_path_changed(an, dev);
}

static int main_netdev_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct anygw_net *an = anygw_net(dev_net(dev));

	switch (event) {
	case NETDEV_REGISTER:
		main_register(an, dev);
		return NOTIFY_DONE;
	case NETDEV_CHANGEUPPER:
		main_changeupper(an, dev, ptr);
		return NOTIFY_DONE;
	case NETDEV_BONDING_FAILOVER:
	case NETDEV_NOTIFY_PEERS:
	case NETDEV_RESEND_IGMP:
		main_path_changed(an, dev);
		return NOTIFY_DONE;
	case NETDEV_CHANGENAME:
		anygw_port_rename(an, dev);
		anygw_config_changed(an);
		return NOTIFY_DONE;
	case NETDEV_UNREGISTER:
		main_unregister(an, dev);
		break;
	case NETDEV_DOWN:
	case NETDEV_UP:
	case NETDEV_CHANGE:
		main_link_state(an, dev, event);
		fallthrough;
	case NETDEV_CHANGEMTU:
		if (netif_is_anygw(dev))
			anygw_gateway_dev_event(dev);
		break;
	default:
		return NOTIFY_DONE;
	}
	anygw_gateway_bridge_event(an, dev, event);
	return NOTIFY_DONE;
}

static struct notifier_block main_netdev_notifier = {
	.notifier_call = main_netdev_event,
};

static int main_inetaddr_event(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->ifa_dev->dev;

	if (netif_is_anygw(dev))
		anygw_gateway_addr_event(netdev_priv(dev));
	return NOTIFY_DONE;
}

static struct notifier_block main_inetaddr_notifier = {
	.notifier_call = main_inetaddr_event,
};

/* An atomic notifier, without RTNL. */
static int main_inet6addr_event(struct notifier_block *nb, unsigned long event,
				void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->idev->dev;

	if (netif_is_anygw(dev))
		anygw_gateway_addr_event_deferred(netdev_priv(dev));
	return NOTIFY_DONE;
}

static struct notifier_block main_inet6addr_notifier = {
	.notifier_call = main_inet6addr_event,
};

static int __net_init main_net_init(struct net *net)
{
	struct anygw_net *an = anygw_net(net);

	an->net = net;
	an->generation = 1;
	atomic_set(&an->cache_gen, 1);
	xa_init(&an->bridges);
	xa_init(&an->ports);
	INIT_LIST_HEAD(&an->port_settings);
	/* The inet6addr notifier sets marks in softirq context. */
	xa_init_flags(&an->gateways, XA_FLAGS_LOCK_BH);
	INIT_DELAYED_WORK(&an->repair, anygw_gateway_repair_work);
	an->next_check = jiffies;
	an->host.beacon = true;
	an->host.next_warning = jiffies;
	anygw_retired_init(an);
	anygw_failed_nh_init(an);
	anygw_peer_init(an);
	return anygw_ep_init(an);
}

/* The gateways of the namespace are deleted before. */
static void __net_exit main_net_exit(struct net *net)
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

static struct pernet_operations main_net_ops = {
	.init = main_net_init,
	.exit = main_net_exit,
	.id = &anygw_net_id,
	.size = sizeof(struct anygw_net),
};

static int __init anygw_init(void)
{
	int err;

	err = register_pernet_subsys(&main_net_ops);
	if (err)
		return err;
	err = anygw_bypass_init();
	if (err)
		goto err_pernet;
	err = register_netdevice_notifier(&main_netdev_notifier);
	if (err)
		goto err_bypass;
	err = register_inetaddr_notifier(&main_inetaddr_notifier);
	if (err)
		goto err_netdevice;
	err = register_inet6addr_notifier(&main_inet6addr_notifier);
	if (err)
		goto err_inetaddr;
	err = rtnl_link_register(&anygw_link_ops);
	if (err)
		goto err_inet6addr;
	err = anygw_nl_init();
	if (err)
		goto err_link;
	return 0;

err_link:
	rtnl_link_unregister(&anygw_link_ops);
err_inet6addr:
	unregister_inet6addr_notifier(&main_inet6addr_notifier);
err_inetaddr:
	unregister_inetaddr_notifier(&main_inetaddr_notifier);
err_netdevice:
	unregister_netdevice_notifier(&main_netdev_notifier);
err_bypass:
	anygw_bypass_exit();
err_pernet:
	unregister_pernet_subsys(&main_net_ops);
	return err;
}

static void __exit anygw_exit(void)
{
	/* Gateways go first, so that their events are still sent. */
	anygw_gateway_shutdown();
	rtnl_link_unregister(&anygw_link_ops);
	anygw_retired_flush();
	anygw_nl_exit();
	unregister_inet6addr_notifier(&main_inet6addr_notifier);
	unregister_inetaddr_notifier(&main_inetaddr_notifier);
	unregister_netdevice_notifier(&main_netdev_notifier);
	anygw_bypass_exit();
	unregister_pernet_subsys(&main_net_ops);
	/* Wait for hooks that still run, and for freed objects. */
	synchronize_net();
	rcu_barrier();
}

module_init(anygw_init);
module_exit(anygw_exit);

MODULE_DESCRIPTION("Anycast gateway for the VLANs of a bridge");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("anygw");
MODULE_ALIAS_GENL_FAMILY("anygw");
