// SPDX-License-Identifier: GPL-2.0
/*
 * VLANs with gateways: their entries in the bridge, and the segment that is
 * published to the datapath.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>

#include "beacon.h"
#include "bridge.h"
#include "compat.h"
#include "endpoint.h"
#include "port.h"
#include "query.h"
#include "vlan.h"

#define VLAN_REPUBLISH_DELAY	(HZ / 10)
/* What the bridge has lost is back within 10 s. */
#define VLAN_CHECK_INTERVAL	(8 * HZ)

struct anygw_vlan *anygw_vlan_find(struct anygw_net *an,
				   const struct net_device *br, u16 vid)
{
	struct anygw_bridge *bridge = xa_load(&an->bridges, br->ifindex);

	ASSERT_RTNL();
	return bridge ? xa_load(&bridge->vlans, vid) : NULL;
}

static struct anygw_bridge *vlan_bridge_get(struct anygw_net *an,
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

static void vlan_bridge_put(struct anygw_net *an, struct anygw_bridge *bridge)
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

static void vlan_cleanup_bridge(struct anygw_net *an, struct anygw_vlan *vlan)
{
	struct anygw_vlan *other;
	unsigned long i;

	anygw_br_fdb_del_local(vlan);
	anygw_br_vlan_del_self(vlan);
	if (vlan->vid)
		return;
	/* If VLAN filtering is on by now, that deleted all VLANs' entries. */
	xa_for_each(&vlan->bridge->vlans, i, other)
		anygw_br_fdb_add_local(other, an->host.mac, NULL);
}

static void vlan_put(struct anygw_net *an, struct anygw_vlan *vlan)
{
	struct anygw_bridge *bridge = vlan->bridge;
	struct anygw_segment_rcu *seg_rcu = rtnl_dereference(vlan->segment);

	if (!list_empty(&vlan->gateways))
		return;
	anygw_ep_vlan_del(an, vlan);
	anygw_query_close_vlan(an->queries, vlan);
	xa_erase(&bridge->vlans, vlan->vid);
	bridge->n_vlans--;
	RCU_INIT_POINTER(vlan->segment, NULL);
	kfree_rcu(seg_rcu, rcu);
	if (bridge->dev->reg_state == NETREG_REGISTERED)
		vlan_cleanup_bridge(an, vlan);
	kfree_rcu(vlan, rcu);
	anygw_peer_kick(an);
}

int anygw_vlan_add(struct anygw_net *an, struct anygw_gateway *gw, u16 vid,
		   struct netlink_ext_ack *extack)
{
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	int err = -ENOMEM;

	ASSERT_RTNL();
	bridge = vlan_bridge_get(an, gw->br_dev);
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
	vlan_bridge_put(an, bridge);
	return err;
}

/* IPv6 addresses may be added without RTNL after they have been counted. */
#define VLAN_ADDR_SPARE	4

/* Without a buffer, addresses are only counted. */
struct vlan_addr_buf {
	struct anygw_prefix *addr;
	int size;
	int n;
};

static void vlan_add_addr(struct vlan_addr_buf *buf,
			  const struct anygw_gateway *gw,
			  const struct in6_addr *addr, u8 plen)
{
	if (anygw_gateway_conf_has_host(&gw->conf, addr))
		return;
	if (buf->addr && buf->n == buf->size)
		return;
	if (buf->addr)
		buf->addr[buf->n] = (struct anygw_prefix){ *addr, plen };
	buf->n++;
}

static void vlan_add_addrs(struct vlan_addr_buf *buf,
			   const struct anygw_gateway *gw)
{
	struct in_device *in_dev = __in_dev_get_rtnl(gw->dev);
	struct inet6_dev *in6_dev = __in6_dev_get(gw->dev);
	const struct inet6_ifaddr *ifa6;
	const struct in_ifaddr *ifa;
	struct in6_addr addr;

	if (in_dev) {
		in_dev_for_each_ifa_rtnl(ifa, in_dev) {
			ipv6_addr_set_v4mapped(ifa->ifa_local, &addr);
			vlan_add_addr(buf, gw, &addr,
				      ANYGW_PLEN4 + ifa->ifa_prefixlen);
		}
	}
	if (!in6_dev)
		return;
	read_lock_bh(&in6_dev->lock);
	list_for_each_entry(ifa6, &in6_dev->addr_list, if_list)
		/* A segment holds IPv4 addresses as mapped ones. */
		if (!(ifa6->flags & IFA_F_DADFAILED) &&
		    !ipv6_addr_v4mapped(&ifa6->addr))
			vlan_add_addr(buf, gw, &ifa6->addr, ifa6->prefix_len);
	read_unlock_bh(&in6_dev->lock);
}

static struct anygw_segment_rcu *
vlan_build_segment(struct anygw_net *an, struct anygw_vlan *vlan, gfp_t gfp)
{
	struct anygw_segment_rcu *seg_rcu;
	struct vlan_addr_buf buf = {};
	struct anygw_segment *seg;
	struct anygw_gateway *gw;
	int n_gw = 0;

	list_for_each_entry(gw, &vlan->gateways, list) {
		n_gw++;
		vlan_add_addrs(&buf, gw);
	}
	buf.size = buf.n + VLAN_ADDR_SPARE;
	seg_rcu = kzalloc(struct_size(seg_rcu, seg.gw, n_gw) +
			  buf.size * sizeof(*seg->addr), gfp);
	if (!seg_rcu)
		return NULL;
	seg = &seg_rcu->seg;
	seg->vid = vlan->vid;
	ether_addr_copy(seg->host_mac, an->host.mac);
	anygw_segment_host_ll(&seg->host_ll, an->host.mac);
	seg->addr = (void *)&seg->gw[n_gw];
	buf = (struct vlan_addr_buf){ .addr = seg->addr, .size = buf.size };
	list_for_each_entry(gw, &vlan->gateways, list) {
		struct anygw_segment_gw *to = &seg->gw[seg->n_gw++];

		to->gateway = gw;
		ether_addr_copy(to->vmac, gw->dev->dev_addr);
		to->state = anygw_gateway_state(gw);
		to->conf = gw->conf;
		to->first = buf.n;
		vlan_add_addrs(&buf, gw);
		to->n = buf.n - to->first;
	}
	anygw_beacon_fill(seg_rcu);
	return seg_rcu;
}

static int vlan_publish(struct anygw_net *an, struct anygw_vlan *vlan,
			gfp_t gfp)
{
	struct anygw_segment_rcu *old = rtnl_dereference(vlan->segment);
	struct anygw_segment_rcu *new = vlan_build_segment(an, vlan, gfp);
	const struct anygw_gateway *gw;
	unsigned int endpoint_max = 0;

	/* The largest limit applies. */
	list_for_each_entry(gw, &vlan->gateways, list)
		endpoint_max = max(endpoint_max, gw->conf.endpoint_max);
	WRITE_ONCE(vlan->endpoint_max, endpoint_max);
	vlan->republish = !new;
	if (!new) {
		/* Pairs with xchg() in anygw_vlan_repair(). */
		smp_store_release(&an->repair_pending, true);
		mod_delayed_work(system_percpu_wq, &an->repair,
				 VLAN_REPUBLISH_DELAY);
		return -ENOMEM;
	}
	anygw_beacon_change(an, vlan, old, new);
	rcu_assign_pointer(vlan->segment, new);
	kfree_rcu(old, rcu);
	return 0;
}

int anygw_vlan_publish(struct anygw_net *an, struct anygw_vlan *vlan)
{
	return vlan_publish(an, vlan, GFP_KERNEL);
}

void anygw_vlan_del(struct anygw_net *an, struct anygw_gateway *gw)
{
	struct anygw_vlan *vlan = rtnl_dereference(gw->vlan);
	struct anygw_bridge *bridge = vlan->bridge;

	if (list_is_singular(&vlan->gateways))
		anygw_beacon_goodbye(an, rtnl_dereference(vlan->segment));
	list_del(&gw->list);
	RCU_INIT_POINTER(gw->vlan, NULL);
	/* The published segment must not refer to the gateway any more. */
	if (list_empty(&vlan->gateways))
		vlan_put(an, vlan);
	else
		vlan_publish(an, vlan, GFP_KERNEL | __GFP_NOFAIL);
	vlan_bridge_put(an, bridge);
}

void anygw_vlan_update_host_mac(struct anygw_net *an)
{
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	unsigned long i, k;

	ASSERT_RTNL();
	xa_for_each(&an->bridges, i, bridge) {
		xa_for_each(&bridge->vlans, k, vlan) {
			anygw_br_fdb_add_local(vlan, an->host.mac, NULL);
			anygw_vlan_publish(an, vlan);
		}
	}
}

/* @check: the datapath misses nothing; look all the same. */
static void vlan_repair(struct anygw_net *an, struct anygw_vlan *vlan,
			bool check)
{
	if (vlan->republish && !anygw_vlan_publish(an, vlan))
		anygw_config_changed(an);
	if (!check && !READ_ONCE(vlan->fdb_check))
		return;
	if (!anygw_br_vlan_add_self(vlan, NULL) &&
	    !anygw_br_fdb_add_local(vlan, an->host.mac, NULL))
		netdev_info(vlan->bridge->dev,
			    "anygw: put back the entry of the host MAC in VLAN %u\n",
			    vlan->vid);
	else if (READ_ONCE(vlan->fdb_check))
		/* Nothing was missing: a filter rule dropped the frame. */
		WRITE_ONCE(vlan->repair_backoff, jiffies + HZ);
	WRITE_ONCE(vlan->fdb_check, false);
}

void anygw_vlan_repair(struct anygw_net *an)
{
	bool check = time_after_eq(jiffies, an->next_check);
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	unsigned long i, k;

	ASSERT_RTNL();
	if (!xchg(&an->repair_pending, false) && !check)
		return;
	if (check)
		WRITE_ONCE(an->next_check, jiffies + VLAN_CHECK_INTERVAL);
	xa_for_each(&an->bridges, i, bridge) {
		if (bridge->dev->reg_state != NETREG_REGISTERED)
			continue;
		xa_for_each(&bridge->vlans, k, vlan)
			vlan_repair(an, vlan, check);
	}
}
