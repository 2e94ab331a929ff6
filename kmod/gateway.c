// SPDX-License-Identifier: GPL-2.0
/*
 * The gateway's network device.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <linux/if_vlan.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ndisc.h>
#include <net/rtnetlink.h>
#include <net/sch_generic.h>

#include "bridge.h"
#include "compat.h"
#include "endpoint.h"
#include "gateway.h"
#include "ingress.h"
#include "nexthop.h"
#include "notify.h"
#include "retired.h"
#include "trace.h"
#include "vlan.h"

/* What a bridge can do itself, its gateways can. */
#define FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA | \
			 NETIF_F_GSO_MASK | NETIF_F_HW_CSUM)

/* The stack sends none with extension headers. */
static bool is_redirect6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6;
	struct ipv6hdr _ip6;
	const u8 *type;
	u8 _type;

	ip6 = skb_header_pointer(skb, ETH_HLEN, sizeof(_ip6), &_ip6);
	if (!ip6 || ip6->nexthdr != IPPROTO_ICMPV6)
		return false;
	type = skb_header_pointer(skb, ETH_HLEN + sizeof(_ip6), 1, &_type);
	return type && *type == NDISC_REDIRECT;
}

static bool is_redirect(const struct sk_buff *skb)
{
	const struct icmphdr *icmp;
	struct icmphdr _icmp;
	const struct iphdr *ip;
	struct iphdr _ip;

	if (skb->protocol == htons(ETH_P_IPV6))
		return is_redirect6(skb);
	if (skb->protocol != htons(ETH_P_IP))
		return false;
	ip = skb_header_pointer(skb, ETH_HLEN, sizeof(_ip), &_ip);
	if (!ip || ip->protocol != IPPROTO_ICMP ||
	    ip->frag_off & htons(IP_OFFSET))
		return false;
	icmp = skb_header_pointer(skb, ETH_HLEN + ip->ihl * 4, sizeof(_icmp),
				  &_icmp);
	return icmp && icmp->type == ICMP_REDIRECT;
}

static netdev_tx_t device_xmit(struct sk_buff *skb, struct net_device *dev)
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
	 * The sysctl that turns redirects off is the union of this device's
	 * and the namespace's, which is not ours to change.
	 */
	reason = ANYGW_REASON_REDIRECT;
	if (is_redirect(skb))
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

/* The carrier is the bridge's, unless the gateway keeps out of the way. */
static void sync_carrier(struct anygw_gateway *gw)
{
	if (gw->conf.mode == ANYGW_MODE_ACTIVE && !gw->vlan_mismatch)
		netif_stacked_transfer_operstate(gw->br_dev, gw->dev);
	else
		netif_carrier_off(gw->dev);
	if (!netif_carrier_ok(gw->dev))
		gw->announced = false;
}

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

void anygw_gateway_repair_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, repair);
	struct anygw_gateway *gw;
	unsigned long i;

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

/*
 * The VMs of its VLAN may know another MAC for a gateway that takes over. What
 * is sent before the stack has activated the device would be lost.
 */
static void announce_ready(struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);
	struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);

	if (gw->announced || !vlan || !netif_running(dev) ||
	    !netif_carrier_ok(dev) || qdisc_tx_is_noop(dev))
		return;
	gw->announced = true;
	anygw_ep_announce_vlan(anygw_net(dev_net(dev)), vlan);
}

static int device_open(struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);

	sync_carrier(gw);
	anygw_gateway_addr_event(gw);
	return 0;
}

static int device_stop(struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);

	netif_carrier_off(dev);
	gw->announced = false;
	anygw_gateway_addr_event(gw);
	return 0;
}

static int device_init(struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);

	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	gw->stats = anygw_stats_alloc();
	if (dev->tstats && gw->stats)
		return 0;
	free_percpu(dev->tstats);
	free_percpu(gw->stats);
	dev->tstats = NULL;
	gw->stats = NULL;
	return -ENOMEM;
}

static void device_free(struct net_device *dev)
{
	struct anygw_gateway *gw = netdev_priv(dev);

	free_percpu(dev->tstats);
	free_percpu(gw->stats);
}

static int device_change_mtu(struct net_device *dev, int mtu)
{
	struct anygw_gateway *gw = netdev_priv(dev);
	struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);

	if (mtu > max_t(int, gw->br_dev->mtu, IPV6_MIN_MTU))
		return -ERANGE;
	dev->mtu = mtu;
	/* Other hosts are told. */
	if (vlan)
		anygw_vlan_publish(anygw_net(dev_net(dev)), vlan);
	return 0;
}

static int device_get_iflink(const struct net_device *dev)
{
	const struct anygw_gateway *gw = netdev_priv(dev);

	return READ_ONCE(gw->br_dev)->ifindex;
}

static const struct net_device_ops anygw_netdev_ops = {
	.ndo_init		= device_init,
	.ndo_open		= device_open,
	.ndo_stop		= device_stop,
	.ndo_start_xmit		= device_xmit,
	.ndo_change_mtu		= device_change_mtu,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_get_iflink		= device_get_iflink,
};

static void device_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &anygw_netdev_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = device_free;
	/* A gateway in another bridge would be a loop waiting to happen. */
	dev->priv_flags |= IFF_NO_QUEUE | IFF_DONT_BRIDGE;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->features |= FEATURES;
	dev->hw_features |= FEATURES;
	dev->vlan_features |= FEATURES;
	dev->max_mtu = ETH_MAX_MTU;
	anygw_compat_pin(dev);
}

#if IS_ENABLED(CONFIG_IPV6)
/*
 * Its advertisements must say that it is a router, or VMs drop their default
 * route (RFC 4861 section 7.2.5). The sysctl would also make the host forget
 * the routes it has learned by router advertisements.
 */
static void be_router6(struct net_device *dev, struct inet6_dev *in6_dev)
{
	if (in6_dev->cnf.forwarding)
		return;
	in6_dev->cnf.forwarding = 1;
	ipv6_dev_mc_inc(dev, &in6addr_linklocal_allrouters);
}

static void set_sysctls6(struct net_device *dev, struct inet6_dev *in6_dev)
{
	in6_dev->cnf.accept_dad = 0;
	in6_dev->cnf.dad_transmits = 0;
	in6_dev->cnf.accept_ra = 0;
	in6_dev->cnf.accept_redirects = 0;
	in6_dev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_EUI64;
	in6_dev->cnf.autoconf = 0;
	in6_dev->cnf.keep_addr_on_down = 1;
	in6_dev->cnf.ignore_routes_with_linkdown = 1;
	be_router6(dev, in6_dev);
}

/*
 * The stack throws its part of a device away when the MTU falls below that of
 * IPv6, and makes a new one later. Held on to, the old one cannot be taken for
 * the new one, and the sysctls that an administrator has set since stay.
 */
static void follow_inet6(struct anygw_gateway *gw)
{
	struct inet6_dev *in6_dev = gw->dying ? NULL :
				    __in6_dev_get(gw->dev);

	if (gw->in6_dev == in6_dev)
		return;
	if (gw->in6_dev)
		in6_dev_put(gw->in6_dev);
	gw->in6_dev = in6_dev;
	if (!in6_dev)
		return;
	in6_dev_hold(in6_dev);
	set_sysctls6(gw->dev, in6_dev);
}

/* Whether it has an address of IPv6 that did not come by itself. */
static bool speaks_inet6(const struct anygw_gateway *gw)
{
	struct inet6_dev *in6_dev = __in6_dev_get(gw->dev);
	const struct inet6_ifaddr *ifa;
	bool found = false;

	if (!in6_dev)
		return false;
	read_lock_bh(&in6_dev->lock);
	list_for_each_entry(ifa, &in6_dev->addr_list, if_list)
		found |= !anygw_is_ll(&ifa->addr);
	read_unlock_bh(&in6_dev->lock);
	return found;
}
#else
static void follow_inet6(struct anygw_gateway *gw)
{
}

static bool speaks_inet6(const struct anygw_gateway *gw)
{
	return false;
}
#endif

/*
 * The same addresses live on every host: nobody may probe for them (RFC 4862
 * section 5.4, RFC 5227), nor learn routes from a router like itself.
 */
static void set_sysctls(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);

	if (!in_dev)
		return;
	IN_DEV_CONF_SET(in_dev, FORWARDING, 1);
	IN_DEV_CONF_SET(in_dev, ARP_IGNORE, 1);
	IN_DEV_CONF_SET(in_dev, SEND_REDIRECTS, 0);
	IN_DEV_CONF_SET(in_dev, IGNORE_ROUTES_WITH_LINKDOWN, 1);
	/*
	 * The host may have an address of its own in the same subnet, and
	 * with it a better route there: the strict filter would then drop
	 * every packet of the VMs.
	 */
	IN_DEV_CONF_SET(in_dev, RP_FILTER, 2);
}

static int device_newlink_refused(struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack, "Gateways are made with: anygwctl gateway add");
	return -EOPNOTSUPP;
}

#ifdef ANYGW_HAVE_NEWLINK_PARAMS
static int device_newlink(struct net_device *dev,
			  struct rtnl_newlink_params *params,
			  struct netlink_ext_ack *extack)
#else
static int device_newlink(struct net *net, struct net_device *dev,
			  struct nlattr *tb[], struct nlattr *data[],
			  struct netlink_ext_ack *extack)
#endif
{
	return device_newlink_refused(extack);
}

static void device_dellink(struct net_device *dev, struct list_head *head)
{
	struct anygw_net *an = anygw_net(dev_net(dev));
	struct anygw_gateway *gw = netdev_priv(dev);

	/* A bridge may take its gateways along that are already going. */
	if (!rtnl_dereference(gw->vlan))
		return;
	WRITE_ONCE(gw->dying, true);
	follow_inet6(gw);
	/* What is being sent now, or waits in a queue, stays off the fabric. */
	anygw_retired_add(an, gw->br_dev, dev->dev_addr);
	anygw_notify_gateway(an, ANYGW_CMD_GATEWAY_DEL_NTF, gw);
	anygw_vlan_del(an, gw);
	xa_erase_bh(&an->gateways, dev->ifindex);
	an->n_gateways--;
	anygw_config_changed(an);
	anygw_failed_nh_flush_gateway(an, gw);
	netdev_upper_dev_unlink(gw->br_dev, dev);
	unregister_netdevice_queue(dev, head);
}

struct rtnl_link_ops anygw_link_ops __read_mostly = {
	.kind		= "anygw",
	.priv_size	= sizeof(struct anygw_gateway),
	.setup		= device_setup,
	.newlink	= device_newlink,
	.dellink	= device_dellink,
};

void anygw_gateway_delete(struct anygw_gateway *gw)
{
	LIST_HEAD(list);

	device_dellink(gw->dev, &list);
	unregister_netdevice_many(&list);
}

/* The datapath reads these two without a lock. */
static void device_apply(struct anygw_gateway *gw,
			 const struct anygw_gateway_conf *conf)
{
	WRITE_ONCE(gw->conf.mode, conf->mode);
	WRITE_ONCE(gw->conf.fastpath, conf->fastpath);
	gw->conf = *conf;
}

static struct net_device *new_device(struct anygw_net *an,
				     const struct anygw_gateway_request *set)
{
	struct anygw_gateway *gw;
	struct net_device *dev;
	int err;

	dev = alloc_netdev(sizeof(*gw), set->name, NET_NAME_USER,
			   device_setup);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev_net_set(dev, an->net);
	dev->rtnl_link_ops = &anygw_link_ops;
	gw = netdev_priv(dev);
	gw->dev = dev;
	gw->br_dev = set->br;
	gw->bridge_mtu = set->br->mtu;
	gw->conf = set->conf;
	dev->mtu = set->br->mtu;
	dev->needed_headroom = set->br->needed_headroom;
	dev->needed_tailroom = set->br->needed_tailroom;
	eth_hw_addr_set(dev, set->mac);
	netif_carrier_off(dev);

	err = register_netdevice(dev);
	if (err) {
		free_netdev(dev);
		return ERR_PTR(err);
	}
	set_sysctls(dev);
	follow_inet6(gw);
	return dev;
}

/* The module goes; under RTNL. */
static bool closing;

void anygw_gateway_shutdown(void)
{
	rtnl_lock();
	closing = true;
	rtnl_unlock();
}

struct anygw_gateway *anygw_gateway_create(struct anygw_net *an,
					  const struct anygw_gateway_request *set,
					  struct netlink_ext_ack *extack)
{
	struct anygw_gateway *gw;
	struct net_device *dev;
	int err;

	if (closing) {
		NL_SET_ERR_MSG(extack, "The module is being unloaded");
		return ERR_PTR(-ENODEV);
	}
	dev = new_device(an, set);
	if (IS_ERR(dev))
		return ERR_CAST(dev);
	gw = netdev_priv(dev);

	err = netdev_upper_dev_link(set->br, dev, extack);
	if (err)
		goto unregister;
	err = anygw_vlan_add(an, gw, set->vid, extack);
	if (err)
		goto unlink;
	err = xa_err(xa_store_bh(&an->gateways, dev->ifindex, gw,
				 GFP_KERNEL));
	if (err)
		goto del_vlan;
	an->n_gateways++;
	err = anygw_hooks_sync(an);
	if (err)
		goto erase;
	err = anygw_vlan_publish(an, rtnl_dereference(gw->vlan));
	if (err)
		goto erase;

	anygw_config_changed(an);
	anygw_notify_gateway(an, ANYGW_CMD_GATEWAY_NEW_NTF, gw);
	return gw;

erase:
	xa_erase_bh(&an->gateways, dev->ifindex);
	an->n_gateways--;
	anygw_hooks_sync(an);
del_vlan:
	anygw_vlan_del(an, gw);
unlink:
	netdev_upper_dev_unlink(set->br, dev);
unregister:
	gw->dying = true;
	follow_inet6(gw);
	unregister_netdevice(dev);
	return ERR_PTR(err);
}

int anygw_gateway_change(struct anygw_net *an, struct anygw_gateway *gw,
			const struct anygw_gateway_conf *conf)
{
	struct anygw_gateway_conf old = gw->conf;
	int err;

	device_apply(gw, conf);
	err = anygw_vlan_publish(an, rtnl_dereference(gw->vlan));
	if (err) {
		device_apply(gw, &old);
		return err;
	}
	if (netif_running(gw->dev))
		sync_carrier(gw);
	anygw_config_changed(an);
	anygw_notify_gateway(an, ANYGW_CMD_GATEWAY_CHANGE_NTF, gw);
	return 0;
}

/*
 * A bridge's MTU is that of its narrowest port. Where that is too narrow for
 * IPv6 the others are not: the stack would take the gateway's addresses away.
 */
static unsigned int mtu_of_bridge(const struct anygw_gateway *gw)
{
	unsigned int mtu = gw->br_dev->mtu;

	return mtu < IPV6_MIN_MTU && speaks_inet6(gw) ? IPV6_MIN_MTU : mtu;
}

static void follow_mtu(struct anygw_gateway *gw)
{
	unsigned int mtu = mtu_of_bridge(gw);

	/* A lower MTU of the gateway's own stays. */
	if (gw->dev->mtu == gw->bridge_mtu || gw->dev->mtu > mtu)
		dev_set_mtu(gw->dev, mtu);
	gw->bridge_mtu = mtu;
}

/*
 * With VLAN filtering switched, a gateway has no place any more: its frames
 * would enter another VLAN than its own. It stands by until that is undone.
 */
static void follow_filtering(struct anygw_gateway *gw)
{
	struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);
	bool misplaced = vlan && br_vlan_enabled(gw->br_dev) != !!vlan->vid;

	if (gw->vlan_mismatch == misplaced)
		return;
	WRITE_ONCE(gw->vlan_mismatch, misplaced);
	netdev_info(gw->dev, misplaced ?
		    "stands by, the bridge has changed its VLAN filtering\n" :
		    "is back, the bridge filters VLANs as before\n");
	anygw_gateway_addr_event(gw);
}

static void delete_all(struct anygw_net *an, struct net_device *br)
{
	struct anygw_gateway *gw;
	unsigned long i;
	LIST_HEAD(list);

	xa_for_each(&an->gateways, i, gw)
		if (gw->br_dev == br)
			device_dellink(gw->dev, &list);
	unregister_netdevice_many(&list);
}

void anygw_gateway_bridge_event(struct anygw_net *an, struct net_device *br,
			 unsigned long event)
{
	struct anygw_gateway *gw;
	unsigned long i;

	if (!xa_load(&an->bridges, br->ifindex))
		return;
	if (event == NETDEV_UNREGISTER) {
		/* Also sent to a notifier that leaves: the bridge stays. */
		if (br->reg_state == NETREG_UNREGISTERING)
			delete_all(an, br);
		return;
	}
	xa_for_each(&an->gateways, i, gw) {
		if (gw->br_dev != br)
			continue;
		if (event == NETDEV_CHANGEMTU) {
			follow_mtu(gw);
			continue;
		}
		follow_filtering(gw);
		if (netif_running(gw->dev))
			sync_carrier(gw);
	}
}

void anygw_gateway_dev_event(struct net_device *dev)
{
	follow_inet6(netdev_priv(dev));
	announce_ready(dev);
}

/* ---- validation */

static int check_mac(struct anygw_gateway_request *set,
		     struct netlink_ext_ack *extack)
{
	struct net_device *port;
	struct list_head *iter;

	set->bad_attr = ANYGW_A_GATEWAY_MAC;
	if (!is_valid_ether_addr(set->mac)) {
		NL_SET_ERR_MSG(extack, "The gateway's MAC must be a unicast address and not zero");
		return -EADDRNOTAVAIL;
	}
	if (anygw_is_host_mac(set->mac)) {
		NL_SET_ERR_MSG(extack, "MACs that start with 0a:61:6e are for hosts, not for gateways");
		return -EADDRNOTAVAIL;
	}
	if (ether_addr_equal(set->mac, set->br->dev_addr)) {
		NL_SET_ERR_MSG(extack, "The gateway's MAC is the bridge's own");
		return -EADDRINUSE;
	}
	netdev_for_each_lower_dev(set->br, port, iter) {
		if (ether_addr_equal(set->mac, port->dev_addr)) {
			NL_SET_ERR_MSG(extack, "The gateway's MAC is that of a port of the bridge");
			return -EADDRINUSE;
		}
	}
	return 0;
}

static int check_name(struct anygw_net *an, struct anygw_gateway_request *set,
		      struct netlink_ext_ack *extack)
{
	set->bad_attr = ANYGW_A_GATEWAY_IFNAME;
	if (!set->name[0]) {
		if (set->vid)
			snprintf(set->name, IFNAMSIZ, "gw%u", set->vid);
		else
			snprintf(set->name, IFNAMSIZ, "gw-%.12s", set->br->name);
	}
	if (!dev_valid_name(set->name)) {
		NL_SET_ERR_MSG(extack, "Not a name for a network device");
		return -EINVAL;
	}
	if (strchr(set->name, '%')) {
		NL_SET_ERR_MSG(extack, "A gateway's name must be given in full");
		return -EINVAL;
	}
	if (__dev_get_by_name(an->net, set->name)) {
		NL_SET_ERR_MSG(extack, "The device name is taken; choose another one with: name");
		return -EEXIST;
	}
	return 0;
}

static bool has_addr(const struct anygw_gateway *gw,
		     const struct in6_addr *addr)
{
	struct in_device *in_dev = __in_dev_get_rtnl(gw->dev);
	const struct in_ifaddr *ifa;

	if (ipv6_addr_v4mapped(addr) && in_dev)
		in_dev_for_each_ifa_rtnl(ifa, in_dev)
			if (ifa->ifa_local == addr->s6_addr32[3])
				return true;
#if IS_ENABLED(CONFIG_IPV6)
	if (!ipv6_addr_v4mapped(addr) && ipv6_mod_enabled() &&
	    ipv6_chk_addr(dev_net(gw->dev), addr, gw->dev, 1))
		return true;
#endif
	return anygw_gateway_conf_has_host(&gw->conf, addr);
}

static int gateway_validate_host(struct anygw_net *an,
			    const struct anygw_gateway *self,
			    struct anygw_gateway_request *set,
			    struct netlink_ext_ack *extack)
{
	struct anygw_vlan *vlan = anygw_vlan_find(an, set->br, set->vid);
	struct anygw_gateway *gw;

	if (!vlan)
		return 0;
	list_for_each_entry(gw, &vlan->gateways, list) {
		if (gw == self)
			continue;
		set->bad_attr = ANYGW_A_GATEWAY_HOST_ADDRESS4;
		if (!ipv6_addr_any(&set->conf.host4.addr) &&
		    has_addr(gw, &set->conf.host4.addr))
			goto taken;
		set->bad_attr = ANYGW_A_GATEWAY_HOST_ADDRESS6;
		if (!ipv6_addr_any(&set->conf.host6.addr) &&
		    has_addr(gw, &set->conf.host6.addr))
			goto taken;
	}
	return 0;
taken:
	NL_SET_ERR_MSG(extack, "The host-address is an address of another gateway in this VLAN");
	return -EADDRINUSE;
}

static int gateway_validate_coexist(struct anygw_net *an,
			       struct anygw_gateway_request *set,
			       struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct anygw_port *port;

	set->bad_attr = ANYGW_A_GATEWAY_COEXIST;
	dev = set->conf.coexist ?
	      br_fdb_find_port(set->br, set->mac, set->vid) : NULL;
	port = anygw_port_lookup(an, dev);
	if (!port || port->role != ANYGW_PORT_ROLE_ACCESS)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "The vMAC is behind port %s; a router's port needs the role fabric",
			   dev->name);
	return -EADDRINUSE;
}

static int check_alone(struct anygw_net *an, struct anygw_gateway_request *set,
		       struct netlink_ext_ack *extack)
{
	struct anygw_vlan *vlan = anygw_vlan_find(an, set->br, set->vid);
	struct anygw_gateway *gw;

	set->bad_attr = ANYGW_A_GATEWAY_MAC;
	if (!vlan)
		return 0;
	list_for_each_entry(gw, &vlan->gateways, list) {
		if (!ether_addr_equal(gw->dev->dev_addr, set->mac))
			continue;
		NL_SET_ERR_MSG(extack, "There is a gateway with this MAC in this VLAN already");
		return -EEXIST;
	}
	return 0;
}

int anygw_gateway_validate(struct anygw_net *an, struct anygw_gateway_request *set,
		       struct netlink_ext_ack *extack)
{
	set->bad_attr = ANYGW_A_GATEWAY_VLAN;
	return anygw_br_validate_vlan(set->br, set->vid, extack) ?:
	       check_mac(set, extack) ?:
	       check_alone(an, set, extack) ?:
	       gateway_validate_host(an, NULL, set, extack) ?:
	       gateway_validate_coexist(an, set, extack) ?:
	       check_name(an, set, extack);
}

int anygw_gateway_validate_change(struct anygw_net *an,
				  const struct anygw_gateway *gw,
				  struct anygw_gateway_request *req,
				  struct netlink_ext_ack *extack)
{
	return gateway_validate_host(an, gw, req, extack) ?:
	       gateway_validate_coexist(an, req, extack);
}
