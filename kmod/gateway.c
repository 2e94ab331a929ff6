// SPDX-License-Identifier: GPL-2.0
/*
 * The gateway: a network device on top of a bridge, its configuration, and
 * what bridge and address events mean to it.
 */
#include <linux/icmp.h>
#include <linux/inetdevice.h>
#include <net/ip.h>

#include "bridge.h"
#include "compat.h"
#include "endpoint.h"
#include "gateway.h"
#include "ingress.h"
#include "nexthop.h"
#include "notify.h"
#include "port.h"
#include "retired.h"
#include "trace.h"
#include "vlan.h"

#define GATEWAY_POLL	(HZ / 2)	/* of the repair work */

/* COMMON_FEATURES of net/bridge */
#define GATEWAY_FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
			  NETIF_F_GSO_MASK | NETIF_F_HW_CSUM)

/* ---- device operations */

/* The stack sends no redirects with IPv6 extension headers. */
static bool gateway_is_redirect(const struct sk_buff *skb)
{
	const struct icmphdr *icmp;
	struct ipv6hdr *ip6, _ip6;
	struct icmphdr _icmp;
	struct iphdr *ip, _ip;
	int offset, type;

	if (skb->protocol == htons(ETH_P_IP)) {
		ip = skb_header_pointer(skb, ETH_HLEN, sizeof(_ip), &_ip);
		if (!ip || ip->protocol != IPPROTO_ICMP ||
		    ip->frag_off & htons(IP_OFFSET))
			return false;
		offset = ip->ihl * 4;
		type = ICMP_REDIRECT;
	} else if (skb->protocol == htons(ETH_P_IPV6)) {
		ip6 = skb_header_pointer(skb, ETH_HLEN, sizeof(_ip6), &_ip6);
		if (!ip6 || ip6->nexthdr != IPPROTO_ICMPV6)
			return false;
		offset = sizeof(_ip6);
		type = NDISC_REDIRECT;
	} else {
		return false;
	}
	icmp = skb_header_pointer(skb, ETH_HLEN + offset, sizeof(_icmp),
				  &_icmp);
	return icmp && icmp->type == type;
}

static netdev_tx_t gateway_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);
	enum anygw_reason reason = ANYGW_REASON_NOT_ACTIVE;
	unsigned int len = skb->len;
	struct anygw_vlan *vlan;
	int err;

	rcu_read_lock();
	vlan = rcu_dereference(gw->vlan);
	if (!vlan || READ_ONCE(gw->dying) || READ_ONCE(gw->vlan_mismatch) ||
	    READ_ONCE(gw->conf.mode) != ANYGW_MODE_ACTIVE)
		goto drop;
	/*
	 * send_redirects of the namespace (conf/all) overrides that of the
	 * device, and is not ours to change.
	 */
	reason = ANYGW_REASON_REDIRECT;
	if (gateway_is_redirect(skb))
		goto drop;

	err = anygw_br_xmit(gw, gw->br_dev, vlan->vid, skb);
	rcu_read_unlock();
	if (likely(err == NET_XMIT_SUCCESS || err == NET_XMIT_CN))
		dev_sw_netstats_tx_add(dev, 1, len);
	else
		DEV_STATS_INC(dev, tx_dropped);
	return NETDEV_TX_OK;

drop:
	anygw_stats_drop(gw->stats, reason);
	trace_anygw_drop(dev, NULL, reason);
	rcu_read_unlock();
	DEV_STATS_INC(dev, tx_dropped);
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

static void gateway_update_carrier(struct anygw_gateway *gw)
{
	if (anygw_gateway_state(gw) == ANYGW_MODE_ACTIVE)
		netif_stacked_transfer_operstate(gw->br_dev, gw->dev);
	else
		netif_carrier_off(gw->dev);
	if (!netif_carrier_ok(gw->dev))
		gw->announced = false;
}

/* netif_running() is true in ndo_open() already, and false in ndo_stop(). */
static int gateway_open_stop(struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);

	gateway_update_carrier(gw);
	anygw_gateway_addr_event(gw);
	return 0;
}

static void gateway_free(struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);

	free_percpu(dev->tstats);
	free_percpu(gw->stats);
}

static int gateway_init(struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);

	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	gw->stats = netdev_alloc_pcpu_stats(struct anygw_counters);
	if (dev->tstats && gw->stats)
		return 0;
	/* The destructor is not called. */
	gateway_free(dev);
	return -ENOMEM;
}

static int gateway_change_mtu(struct net_device *dev, int mtu)
{
	struct anygw_gateway *gw = netdev_priv(dev);
	struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);

	if (mtu > max_t(int, gw->br_dev->mtu, IPV6_MIN_MTU))
		return -ERANGE;
	dev->mtu = mtu;
	/* Beacons carry the MTU. */
	if (vlan)
		anygw_vlan_publish(anygw_net(dev_net(dev)), vlan);
	return 0;
}

static int gateway_get_iflink(const struct net_device *dev)
{
	const struct anygw_gateway *gw = netdev_priv(dev);

	return READ_ONCE(gw->br_dev)->ifindex;
}

static const struct net_device_ops gateway_netdev_ops = {
	.ndo_init		= gateway_init,
	.ndo_open		= gateway_open_stop,
	.ndo_stop		= gateway_open_stop,
	.ndo_start_xmit		= gateway_xmit,
	.ndo_change_mtu		= gateway_change_mtu,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_get_iflink		= gateway_get_iflink,
};

static void gateway_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &gateway_netdev_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = gateway_free;
	/* A gateway as a bridge port could form a loop. */
	dev->priv_flags |= IFF_NO_QUEUE | IFF_DONT_BRIDGE;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->features |= GATEWAY_FEATURES;
	dev->hw_features |= GATEWAY_FEATURES;
	dev->vlan_features |= GATEWAY_FEATURES;
	dev->max_mtu = ETH_MAX_MTU;
	anygw_compat_pin(dev);
}

/* ---- sysctl set-up */

/*
 * All hosts have the same gateway addresses: do not probe for them (RFC 4862
 * section 5.4, RFC 5227), and learn no routes from a router with the same vMAC.
 */
static void gateway_set_sysctls4(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (!in_dev)
		return;
	IN_DEV_CONF_SET(in_dev, FORWARDING, 1);
	IN_DEV_CONF_SET(in_dev, ARP_IGNORE, 1);
	IN_DEV_CONF_SET(in_dev, SEND_REDIRECTS, 0);
	IN_DEV_CONF_SET(in_dev, IGNORE_ROUTES_WITH_LINKDOWN, 1);
	/*
	 * The host may have a better route to the subnet, by an address of its
	 * own. Strict mode would then drop every packet of the VMs.
	 */
	IN_DEV_CONF_SET(in_dev, RP_FILTER, 2);
}

static void gateway_set_sysctls6(struct net_device *dev,
				 struct inet6_dev *in6_dev)
{
	in6_dev->cnf.accept_dad = 0;
	in6_dev->cnf.dad_transmits = 0;
	in6_dev->cnf.accept_ra = 0;
	in6_dev->cnf.accept_redirects = 0;
	in6_dev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_EUI64;
	in6_dev->cnf.autoconf = 0;
	in6_dev->cnf.keep_addr_on_down = 1;
	in6_dev->cnf.ignore_routes_with_linkdown = 1;
	/*
	 * Advertisements need the router flag, or VMs delete their default
	 * route (RFC 4861 section 7.2.5). Writing the sysctl would also purge
	 * the routes the host has learned from router advertisements.
	 */
	if (in6_dev->cnf.forwarding)
		return;
	in6_dev->cnf.forwarding = 1;
	ipv6_dev_mc_inc(dev, &in6addr_linklocal_allrouters);
}

/*
 * IPv6 drops its inet6_dev if the MTU falls below 1280, and allocates another
 * later. The reference keeps the address of the old one from being reused, so
 * that sysctls are set once per inet6_dev: changes made since stay.
 */
static void gateway_update_in6_dev(struct anygw_gateway *gw)
{
	struct inet6_dev *in6_dev = gw->dying ? NULL : __in6_dev_get(gw->dev);

	if (!IS_ENABLED(CONFIG_IPV6) || gw->in6_dev == in6_dev)
		return;
	if (gw->in6_dev)
		in6_dev_put(gw->in6_dev);
	gw->in6_dev = in6_dev;
	if (!in6_dev)
		return;
	in6_dev_hold(in6_dev);
	gateway_set_sysctls6(gw->dev, in6_dev);
}

/* Automatic link-local addresses do not count. */
static bool gateway_has_ipv6(const struct anygw_gateway *gw)
{
	struct inet6_dev *in6_dev = __in6_dev_get(gw->dev);
	const struct inet6_ifaddr *ifa;
	bool found = false;

	if (!IS_ENABLED(CONFIG_IPV6) || !in6_dev)
		return false;
	read_lock_bh(&in6_dev->lock);
	list_for_each_entry(ifa, &in6_dev->addr_list, if_list)
		found |= !anygw_is_ll(&ifa->addr);
	read_unlock_bh(&in6_dev->lock);
	return found;
}

/* ---- life cycle */

#ifdef ANYGW_HAVE_NEWLINK_PARAMS
static int gateway_newlink(struct net_device *dev,
			   struct rtnl_newlink_params *params,
			   struct netlink_ext_ack *extack)
#else
static int gateway_newlink(struct net *net, struct net_device *dev,
			   struct nlattr *tb[], struct nlattr *data[],
			   struct netlink_ext_ack *extack)
#endif
{
	return anygw_refuse(extack, -EOPNOTSUPP, "Gateways are made with: anygwctl gateway add");
}

static void gateway_dellink(struct net_device *dev, struct list_head *head)
{
	struct anygw_net *an = anygw_net(dev_net(dev));
	struct anygw_gateway *gw = netdev_priv(dev);

	/* Already deleted, with its bridge. */
	if (!rtnl_dereference(gw->vlan))
		return;
	WRITE_ONCE(gw->dying, true);
	gateway_update_in6_dev(gw);
	/* Frames that are in flight or queued must not reach the fabric. */
	anygw_retired_add(an, gw->br_dev, dev->dev_addr);
	anygw_notify_gateway(an, ANYGW_CMD_GATEWAY_DEL_NTF, gw);
	anygw_vlan_del(an, gw);
	xa_erase_bh(&an->gateways, dev->ifindex);
	an->n_gateways--;
	anygw_config_changed(an);
	anygw_failed_nh_flush(an, gw, NULL);
	netdev_upper_dev_unlink(gw->br_dev, dev);
	unregister_netdevice_queue(dev, head);
}

struct rtnl_link_ops anygw_link_ops __read_mostly = {
	.kind		= "anygw",
	.priv_size	= sizeof(struct anygw_gateway),
	.setup		= gateway_setup,
	.newlink	= gateway_newlink,
	.dellink	= gateway_dellink,
};

void anygw_gateway_delete(struct anygw_gateway *gw)
{
	LIST_HEAD(list);

	gateway_dellink(gw->dev, &list);
	unregister_netdevice_many(&list);
}

static struct net_device *
gateway_register(struct anygw_net *an, const struct anygw_gateway_request *req)
{
	struct anygw_gateway *gw;
	struct net_device *dev;
	int err;

	dev = alloc_netdev(sizeof(*gw), req->name, NET_NAME_USER,
			   gateway_setup);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev_net_set(dev, an->net);
	dev->rtnl_link_ops = &anygw_link_ops;
	gw = netdev_priv(dev);
	gw->dev = dev;
	gw->br_dev = req->br;
	gw->bridge_mtu = req->br->mtu;
	gw->conf = req->conf;
	dev->mtu = req->br->mtu;
	dev->needed_headroom = req->br->needed_headroom;
	dev->needed_tailroom = req->br->needed_tailroom;
	eth_hw_addr_set(dev, req->mac);
	netif_carrier_off(dev);

	err = register_netdevice(dev);
	if (err) {
		free_netdev(dev);
		return ERR_PTR(err);
	}
	gateway_set_sysctls4(dev);
	gateway_update_in6_dev(gw);
	return dev;
}

static bool gateway_is_shutdown;	/* under RTNL */

void anygw_gateway_shutdown(void)
{
	rtnl_lock();
	gateway_is_shutdown = true;
	rtnl_unlock();
}

struct anygw_gateway *
anygw_gateway_create(struct anygw_net *an,
		     const struct anygw_gateway_request *req,
		     struct netlink_ext_ack *extack)
{
	struct anygw_gateway *gw;
	struct net_device *dev;
	int err;

	ASSERT_RTNL();
	if (gateway_is_shutdown) {
		NL_SET_ERR_MSG(extack, "The module is being unloaded");
		return ERR_PTR(-ENODEV);
	}
	dev = gateway_register(an, req);
	if (IS_ERR(dev))
		return ERR_CAST(dev);
	gw = netdev_priv(dev);

	err = netdev_upper_dev_link(req->br, dev, extack);
	if (err)
		goto unregister;
	err = anygw_vlan_add(an, gw, req->vid, extack);
	if (err)
		goto unlink;
	err = xa_insert_bh(&an->gateways, dev->ifindex, gw, GFP_KERNEL);
	if (err)
		goto del_vlan;
	an->n_gateways++;
	err = anygw_ingress_sync(an);
	if (!err)
		err = anygw_vlan_publish(an, rtnl_dereference(gw->vlan));
	if (err)
		goto erase;

	anygw_config_changed(an);
	anygw_notify_gateway(an, ANYGW_CMD_GATEWAY_NEW_NTF, gw);
	return gw;

erase:
	xa_erase_bh(&an->gateways, dev->ifindex);
	an->n_gateways--;
	anygw_ingress_sync(an);
del_vlan:
	anygw_vlan_del(an, gw);
unlink:
	netdev_upper_dev_unlink(req->br, dev);
unregister:
	gw->dying = true;
	gateway_update_in6_dev(gw);
	unregister_netdevice(dev);
	return ERR_PTR(err);
}

static void gateway_set_conf(struct anygw_gateway *gw,
			     const struct anygw_gateway_conf *conf)
{
	/* The datapath reads these without a lock. */
	WRITE_ONCE(gw->conf.mode, conf->mode);
	WRITE_ONCE(gw->conf.fallback, conf->fallback);
	WRITE_ONCE(gw->conf.fastpath, conf->fastpath);
	/* LOCAL_OUT may read a half-written host-address: one ARP request. */
	gw->conf.host4 = conf->host4;
	gw->conf.host6 = conf->host6;
	gw->conf.coexist = conf->coexist;
	gw->conf.endpoint_max = conf->endpoint_max;
}

int anygw_gateway_change(struct anygw_net *an, struct anygw_gateway *gw,
			 const struct anygw_gateway_conf *conf)
{
	struct anygw_gateway_conf old = gw->conf;
	int err;

	gateway_set_conf(gw, conf);
	err = anygw_vlan_publish(an, rtnl_dereference(gw->vlan));
	if (err) {
		gateway_set_conf(gw, &old);
		return err;
	}
	gateway_update_carrier(gw);
	anygw_config_changed(an);
	anygw_notify_gateway(an, ANYGW_CMD_GATEWAY_CHANGE_NTF, gw);
	return 0;
}

/* ---- events */

void anygw_gateway_addr_event(struct anygw_gateway *gw)
{
	struct anygw_net *an = anygw_net(dev_net(gw->dev));
	struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);

	if (!vlan)
		return;
	anygw_vlan_publish(an, vlan);
	anygw_config_changed(an);
	anygw_notify_gateway(an, ANYGW_CMD_GATEWAY_CHANGE_NTF, gw);
}

void anygw_gateway_addr_event_deferred(struct anygw_gateway *gw)
{
	struct anygw_net *an = anygw_net(dev_net(gw->dev));

	local_bh_disable();
	xa_set_mark(&an->gateways, gw->dev->ifindex, ANYGW_ADDR_CHANGED);
	local_bh_enable();
	mod_delayed_work(system_percpu_wq, &an->repair, 0);
}

static bool gateway_repair_is_due(struct anygw_net *an)
{
	return READ_ONCE(an->repair_pending) ||
	       xa_marked(&an->gateways, ANYGW_ADDR_CHANGED) ||
	       time_after_eq(jiffies, READ_ONCE(an->next_check));
}

void anygw_gateway_repair_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, repair);
	struct anygw_gateway *gw;
	unsigned long i;

	/* A poll is not worth waiting for RTNL. */
	if (rtnl_trylock()) {
		anygw_port_poll(an);
		rtnl_unlock();
	}
	if (READ_ONCE(an->hooked))
		queue_delayed_work(system_percpu_wq, &an->repair, GATEWAY_POLL);
	if (!gateway_repair_is_due(an))
		return;
	rtnl_net_lock(an->net);
	xa_for_each_marked(&an->gateways, i, gw, ANYGW_ADDR_CHANGED) {
		local_bh_disable();
		xa_clear_mark(&an->gateways, i, ANYGW_ADDR_CHANGED);
		local_bh_enable();
		anygw_gateway_addr_event(gw);
	}
	anygw_vlan_repair(an);
	rtnl_net_unlock(an->net);
}

void anygw_gateway_dev_event(struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);
	struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);

	ASSERT_RTNL();
	gateway_update_in6_dev(gw);
	/*
	 * The VMs may have another MAC in their caches if the gateway takes
	 * over. Until dev_activate() has run, the device would drop what is
	 * sent.
	 */
	if (gw->announced || !vlan || !netif_running(dev) ||
	    !netif_carrier_ok(dev) || qdisc_tx_is_noop(dev))
		return;
	gw->announced = true;
	anygw_ep_announce_vlan(anygw_net(dev_net(dev)), vlan);
}

static void gateway_update_mtu(struct anygw_gateway *gw)
{
	unsigned int mtu = gw->br_dev->mtu;

	/*
	 * The MTU of a bridge is that of its narrowest port. Below 1280, IPv6
	 * would delete the gateway's addresses for all ports.
	 */
	if (mtu < IPV6_MIN_MTU && gateway_has_ipv6(gw))
		mtu = IPV6_MIN_MTU;
	/* Keep a lower MTU that an administrator has set. */
	if (gw->dev->mtu == gw->bridge_mtu || gw->dev->mtu > mtu)
		dev_set_mtu(gw->dev, mtu);
	gw->bridge_mtu = mtu;
}

/*
 * After VLAN filtering was switched on or off, frames of the gateway would enter
 * another VLAN. Stand by until that is undone.
 */
static void gateway_update_vlan_mismatch(struct anygw_gateway *gw)
{
	struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);
	bool mismatch = vlan && br_vlan_enabled(gw->br_dev) != !!vlan->vid;

	if (gw->vlan_mismatch == mismatch)
		return;
	WRITE_ONCE(gw->vlan_mismatch, mismatch);
	netdev_info(gw->dev, mismatch ?
		    "stands by, the bridge has changed its VLAN filtering\n" :
		    "is back, the bridge filters VLANs as before\n");
	anygw_gateway_addr_event(gw);
}

void anygw_gateway_bridge_event(struct anygw_net *an, struct net_device *br,
				unsigned long event)
{
	struct anygw_gateway *gw;
	unsigned long i;
	LIST_HEAD(list);

	ASSERT_RTNL();
	if (!xa_load(&an->bridges, br->ifindex))
		return;
	/* unregister_netdevice_notifier() sends it for every device. */
	if (event == NETDEV_UNREGISTER && br->reg_state != NETREG_UNREGISTERING)
		return;
	xa_for_each(&an->gateways, i, gw) {
		if (gw->br_dev != br)
			continue;
		if (event == NETDEV_UNREGISTER) {
			gateway_dellink(gw->dev, &list);
		} else if (event == NETDEV_CHANGEMTU) {
			gateway_update_mtu(gw);
		} else {
			gateway_update_vlan_mismatch(gw);
			gateway_update_carrier(gw);
		}
	}
	unregister_netdevice_many(&list);
}

/* ---- validation */

static int gateway_validate_mac(struct anygw_net *an,
				struct anygw_gateway_request *req,
				struct netlink_ext_ack *extack)
{
	struct anygw_vlan *vlan = anygw_vlan_find(an, req->br, req->vid);
	struct anygw_gateway *gw;
	struct net_device *port;
	struct list_head *iter;

	req->bad_attr = ANYGW_A_GATEWAY_MAC;
	if (!is_valid_ether_addr(req->mac))
		return anygw_refuse(extack, -EADDRNOTAVAIL, "The gateway's MAC must be a unicast address and not zero");
	if (anygw_is_host_mac(req->mac))
		return anygw_refuse(extack, -EADDRNOTAVAIL, "MACs that start with 0a:61:6e are for hosts, not for gateways");
	if (ether_addr_equal(req->mac, req->br->dev_addr))
		return anygw_refuse(extack, -EADDRINUSE, "The gateway's MAC is the bridge's own");
	netdev_for_each_lower_dev(req->br, port, iter)
		if (ether_addr_equal(req->mac, port->dev_addr))
			return anygw_refuse(extack, -EADDRINUSE, "The gateway's MAC is that of a port of the bridge");
	if (!vlan)
		return 0;
	list_for_each_entry(gw, &vlan->gateways, list)
		if (ether_addr_equal(gw->dev->dev_addr, req->mac))
			return anygw_refuse(extack, -EEXIST, "There is a gateway with this MAC in this VLAN already");
	return 0;
}

static int gateway_validate_name(struct anygw_net *an,
				 struct anygw_gateway_request *req,
				 struct netlink_ext_ack *extack)
{
	req->bad_attr = ANYGW_A_GATEWAY_IFNAME;
	if (!req->name[0] && req->vid)
		snprintf(req->name, IFNAMSIZ, "gw%u", req->vid);
	else if (!req->name[0])
		snprintf(req->name, IFNAMSIZ, "gw-%.12s", req->br->name);
	if (!dev_valid_name(req->name))
		return anygw_refuse(extack, -EINVAL, "Not a name for a network device");
	if (strchr(req->name, '%'))
		return anygw_refuse(extack, -EINVAL, "A gateway's name must be given in full");
	if (__dev_get_by_name(an->net, req->name))
		return anygw_refuse(extack, -EEXIST, "The device name is taken; choose another one with: name");
	return 0;
}

static bool gateway_has_addr(const struct anygw_gateway *gw,
			     const struct in6_addr *addr)
{
	struct in_device *in_dev = __in_dev_get_rtnl(gw->dev);
	const struct in_ifaddr *ifa;

	if (ipv6_addr_any(addr))
		return false;
	if (ipv6_addr_v4mapped(addr) && in_dev)
		in_dev_for_each_ifa_rtnl(ifa, in_dev)
			if (ifa->ifa_local == addr->s6_addr32[3])
				return true;
	if (IS_ENABLED(CONFIG_IPV6) && !ipv6_addr_v4mapped(addr) &&
	    ipv6_mod_enabled() &&
	    ipv6_chk_addr(dev_net(gw->dev), addr, gw->dev, 1))
		return true;
	return anygw_gateway_conf_has_host(&gw->conf, addr);
}

static int gateway_validate_host(struct anygw_net *an,
				 const struct anygw_gateway *self,
				 struct anygw_gateway_request *req,
				 struct netlink_ext_ack *extack)
{
	struct anygw_vlan *vlan = anygw_vlan_find(an, req->br, req->vid);
	struct anygw_gateway *gw;

	if (!vlan)
		return 0;
	list_for_each_entry(gw, &vlan->gateways, list) {
		if (gw == self)
			continue;
		if (gateway_has_addr(gw, &req->conf.host4.addr))
			req->bad_attr = ANYGW_A_GATEWAY_HOST_ADDRESS4;
		else if (gateway_has_addr(gw, &req->conf.host6.addr))
			req->bad_attr = ANYGW_A_GATEWAY_HOST_ADDRESS6;
		else
			continue;
		return anygw_refuse(extack, -EADDRINUSE, "The host-address is an address of another gateway in this VLAN");
	}
	return 0;
}

static int gateway_validate_coexist(struct anygw_net *an,
				    struct anygw_gateway_request *req,
				    struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct anygw_port *port;

	req->bad_attr = ANYGW_A_GATEWAY_COEXIST;
	dev = req->conf.coexist ?
	      br_fdb_find_port(req->br, req->mac, req->vid) : NULL;
	port = anygw_port_lookup(an, dev);
	if (!port || port->role != ANYGW_PORT_ROLE_ACCESS)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "The vMAC is behind port %s; a router's port needs the role fabric",
			   dev->name);
	return -EADDRINUSE;
}

int anygw_gateway_validate(struct anygw_net *an,
			   struct anygw_gateway_request *req,
			   struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	req->bad_attr = ANYGW_A_GATEWAY_VLAN;
	return anygw_br_validate_vlan(req->br, req->vid, extack) ?:
	       gateway_validate_mac(an, req, extack) ?:
	       gateway_validate_host(an, NULL, req, extack) ?:
	       gateway_validate_coexist(an, req, extack) ?:
	       gateway_validate_name(an, req, extack);
}

int anygw_gateway_validate_change(struct anygw_net *an,
				  const struct anygw_gateway *gw,
				  struct anygw_gateway_request *req,
				  struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	return gateway_validate_host(an, gw, req, extack) ?:
	       gateway_validate_coexist(an, req, extack);
}
