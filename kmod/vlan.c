// SPDX-License-Identifier: GPL-2.0
/*
 * Bridges and VLANs that have gateways: what is prepared on the bridge for
 * them, and what is published to the datapath.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>

#include "beacon.h"
#include "bridge.h"
#include "endpoint.h"
#include "port.h"
#include "query.h"
#include "vlan.h"

/* A bridge that keeps losing our entries, or frames, is looked at so often. */
#define MEND_INTERVAL	(HZ / 10)

struct anygw_vlan *anygw_vlan_find(struct anygw_net *an,
				   const struct net_device *br, u16 vid)
{
	struct anygw_bridge *bridge = xa_load(&an->bridges, br->ifindex);

	return bridge ? xa_load(&bridge->vlans, vid) : NULL;
}

static struct anygw_bridge *bridge_get(struct anygw_net *an,
				       struct net_device *br)
{
	struct anygw_bridge *bridge = xa_load(&an->bridges, br->ifindex);

	if (bridge)
		return bridge;
	bridge = kzalloc(sizeof(*bridge), GFP_KERNEL);
	if (!bridge)
		return NULL;
	bridge->dev = br;
	xa_init(&bridge->vlans);
	if (xa_err(xa_store(&an->bridges, br->ifindex, bridge, GFP_KERNEL))) {
		kfree(bridge);
		return NULL;
	}
	anygw_port_attach(an, br, bridge);
	return bridge;
}

static void bridge_put(struct anygw_net *an, struct anygw_bridge *bridge)
{
	if (bridge->n_vlans)
		return;
	anygw_port_attach(an, bridge->dev, NULL);
	xa_erase(&an->bridges, bridge->dev->ifindex);
	kfree_rcu(bridge, rcu);
}

static struct anygw_vlan *vlan_get(struct anygw_bridge *bridge, u16 vid)
{
	struct anygw_vlan *vlan = xa_load(&bridge->vlans, vid);

	if (vlan)
		return vlan;
	vlan = kzalloc(sizeof(*vlan), GFP_KERNEL);
	if (!vlan)
		return NULL;
	vlan->bridge = bridge;
	vlan->vid = vid;
	INIT_LIST_HEAD(&vlan->gateways);
	INIT_LIST_HEAD(&vlan->queries);
	anygw_beacon_init(vlan);
	if (xa_err(xa_store(&bridge->vlans, vid, vlan, GFP_KERNEL))) {
		kfree(vlan);
		return NULL;
	}
	bridge->n_vlans++;
	return vlan;
}

static bool bridge_is_leaving(const struct anygw_bridge *bridge)
{
	return bridge->dev->reg_state != NETREG_REGISTERED;
}

static void own_all(struct anygw_net *an, struct anygw_bridge *bridge)
{
	struct anygw_vlan *vlan;
	unsigned long i;

	xa_for_each(&bridge->vlans, i, vlan)
		anygw_br_fdb_add_local(vlan, an->host.mac, NULL);
}

static void vlan_put(struct anygw_net *an, struct anygw_vlan *vlan)
{
	struct anygw_bridge *bridge = vlan->bridge;
	struct anygw_segment_rcu *pub = rtnl_dereference(vlan->segment);

	if (!list_empty(&vlan->gateways))
		return;
	anygw_ep_vlan_del(an, vlan);
	anygw_query_close_vlan(an->queries, vlan);
	xa_erase(&bridge->vlans, vlan->vid);
	bridge->n_vlans--;
	RCU_INIT_POINTER(vlan->segment, NULL);
	if (pub)
		kfree_rcu(pub, rcu);
	if (!bridge_is_leaving(bridge)) {
		anygw_br_fdb_del_local(vlan);
		anygw_br_vlan_del_self(vlan);
		/* VLAN id 0 stood for all, had the bridge begun to filter. */
		if (!vlan->vid)
			own_all(an, bridge);
	}
	kfree_rcu(vlan, rcu);
	anygw_peer_kick(an);
}

int anygw_vlan_add(struct anygw_net *an, struct anygw_gateway *gw, u16 vid,
		   struct netlink_ext_ack *extack)
{
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	int err = -ENOMEM;

	bridge = bridge_get(an, gw->br_dev);
	if (!bridge)
		return err;
	vlan = vlan_get(bridge, vid);
	if (!vlan)
		goto put_bridge;

	err = anygw_br_vlan_add_self(vlan, extack);
	if (err)
		goto put_vlan;
	err = anygw_br_fdb_add_local(vlan, an->host.mac, extack);
	if (err && err != -EEXIST)
		goto put_vlan;

	WRITE_ONCE(bridge->vmac_bits, bridge->vmac_bits |
		   anygw_vmac_bit(gw->dev->dev_addr));
	list_add_tail(&gw->list, &vlan->gateways);
	rcu_assign_pointer(gw->vlan, vlan);
	return 0;

put_vlan:
	vlan_put(an, vlan);
put_bridge:
	bridge_put(an, bridge);
	return err;
}

/* Where gateway addresses are copied to: @n are to be had, @room fit. */
struct addr_list {
	struct anygw_prefix *to;
	int room;
	int n;
};

static void add_addr(struct addr_list *list, const struct anygw_gateway *gw,
		     const struct in6_addr *addr, u8 plen)
{
	if (anygw_gateway_conf_has_host(&gw->conf, addr))
		return;
	if (list->n < list->room)
		list->to[list->n] = (struct anygw_prefix){ *addr, plen };
	list->n++;
}

static void add_addr4(struct addr_list *list, const struct anygw_gateway *gw)
{
	struct in_device *in_dev = __in_dev_get_rtnl(gw->dev);
	const struct in_ifaddr *ifa;
	struct in6_addr addr;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rtnl(ifa, in_dev) {
		ipv6_addr_set_v4mapped(ifa->ifa_local, &addr);
		add_addr(list, gw, &addr, ANYGW_PLEN4 + ifa->ifa_prefixlen);
	}
}

static void add_addr6(struct addr_list *list, const struct anygw_gateway *gw)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct inet6_dev *idev = __in6_dev_get(gw->dev);
	const struct inet6_ifaddr *ifa;

	if (!idev)
		return;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list)
		/* A mapped one would pass for the IPv4 address. */
		if (!(ifa->flags & IFA_F_DADFAILED) &&
		    !ipv6_addr_v4mapped(&ifa->addr))
			add_addr(list, gw, &ifa->addr, ifa->prefix_len);
	read_unlock_bh(&idev->lock);
#endif
}

/*
 * Count the addresses of a gateway, and take as many as there is room for:
 * those of IPv6 come and go without RTNL.
 */
static int take_addrs(const struct anygw_gateway *gw, struct anygw_prefix *to,
		      int room)
{
	struct addr_list list = { .to = to, .room = room };

	add_addr4(&list, gw);
	add_addr6(&list, gw);
	return list.n;
}

static struct anygw_segment_rcu *build(struct anygw_net *an,
				     struct anygw_vlan *vlan, gfp_t gfp)
{
	struct anygw_segment_rcu *pub;
	struct anygw_segment *seg;
	struct anygw_gateway *gw;
	int n_gw = 0, n = 0, at = 0;

	list_for_each_entry(gw, &vlan->gateways, list) {
		n_gw++;
		n += take_addrs(gw, NULL, 0);
	}
	pub = kzalloc(struct_size(pub, seg.gw, n_gw) + n * sizeof(*seg->addr),
		      gfp);
	if (!pub)
		return NULL;
	seg = &pub->seg;
	seg->vid = vlan->vid;
	ether_addr_copy(seg->host_mac, an->host.mac);
	anygw_segment_host_ll(&seg->host_ll, an->host.mac);
	seg->addr = (void *)&seg->gw[n_gw];
	list_for_each_entry(gw, &vlan->gateways, list) {
		struct anygw_segment_gw *to = &seg->gw[seg->n_gw++];

		to->gateway = gw;
		ether_addr_copy(to->vmac, gw->dev->dev_addr);
		to->state = anygw_gateway_state(gw);
		to->conf = gw->conf;
		to->first = at;
		to->n = min(take_addrs(gw, &seg->addr[at], n - at), n - at);
		at += to->n;
	}
	anygw_beacon_fill(pub);
	return pub;
}

/* Where gateways share the VLAN, the most generous one decides. */
static void limit_endpoints(struct anygw_vlan *vlan)
{
	const struct anygw_gateway *gw;
	unsigned int max = 0;

	list_for_each_entry(gw, &vlan->gateways, list)
		max = max(max, gw->conf.endpoint_max);
	WRITE_ONCE(vlan->endpoint_max, max);
}

static int publish(struct anygw_net *an, struct anygw_vlan *vlan, gfp_t gfp)
{
	struct anygw_segment_rcu *old = rtnl_dereference(vlan->segment);
	struct anygw_segment_rcu *pub = build(an, vlan, gfp);

	limit_endpoints(vlan);
	vlan->republish = !pub;
	if (!pub) {
		/* Pairs with xchg() in anygw_vlan_repair(). */
		smp_store_release(&an->repair_pending, true);
		schedule_delayed_work(&an->repair, MEND_INTERVAL);
		return -ENOMEM;
	}
	anygw_beacon_change(an, vlan, old, pub);
	rcu_assign_pointer(vlan->segment, pub);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

int anygw_vlan_publish(struct anygw_net *an, struct anygw_vlan *vlan)
{
	return publish(an, vlan, GFP_KERNEL);
}

void anygw_vlan_del(struct anygw_net *an, struct anygw_gateway *gw)
{
	struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);
	struct anygw_bridge *bridge = vlan->bridge;

	if (list_is_singular(&vlan->gateways))
		anygw_beacon_goodbye(an, rtnl_dereference(vlan->segment));
	list_del(&gw->list);
	RCU_INIT_POINTER(gw->vlan, NULL);
	/* Nothing published may refer to the gateway any more. */
	if (list_empty(&vlan->gateways))
		vlan_put(an, vlan);
	else
		publish(an, vlan, GFP_KERNEL | __GFP_NOFAIL);
	bridge_put(an, bridge);
}

void anygw_vlan_update_host_mac(struct anygw_net *an)
{
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	unsigned long i, k;

	xa_for_each(&an->bridges, i, bridge) {
		xa_for_each(&bridge->vlans, k, vlan) {
			anygw_br_fdb_add_local(vlan, an->host.mac, NULL);
			anygw_vlan_publish(an, vlan);
		}
	}
}

static bool mend_vlan(struct anygw_net *an, struct anygw_vlan *vlan)
{
	bool mended = false;

	if (vlan->republish && !anygw_vlan_publish(an, vlan))
		anygw_config_changed(an);
	if (!READ_ONCE(vlan->fdb_check))
		return false;
	if (!anygw_br_vlan_add_self(vlan, NULL))
		mended = !anygw_br_fdb_add_local(vlan, an->host.mac, NULL);
	/* Where nothing was missing, the frame was dropped by a rule. */
	if (!mended)
		WRITE_ONCE(vlan->repair_backoff, jiffies + HZ);
	WRITE_ONCE(vlan->fdb_check, false);
	return mended;
}

void anygw_vlan_repair(struct anygw_net *an)
{
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	unsigned long i, k;

	if (!xchg(&an->repair_pending, false))
		return;
	xa_for_each(&an->bridges, i, bridge) {
		if (bridge_is_leaving(bridge))
			continue;
		xa_for_each(&bridge->vlans, k, vlan)
			if (mend_vlan(an, vlan))
				netdev_info(bridge->dev,
					    "anygw: put back the entry of the host MAC in VLAN %u\n",
					    vlan->vid);
	}
}
