// SPDX-License-Identifier: GPL-2.0
/* What the module needs of the bridge: VLANs, FDB entries and transmission. */
#include <linux/if_vlan.h>
#include <linux/neighbour.h>
#include <net/netlink.h>

#include "bridge.h"
#include "compat.h"
#include "datapath.h"

DEFINE_PER_CPU(struct anygw_egress_ctx, anygw_egress_ctx);

static bool bridge_is_vlan_proto(const struct net_device *br,
				 const struct sk_buff *skb)
{
	u16 proto;

	return !br_vlan_get_proto(br, &proto) &&
	       skb->vlan_proto == htons(proto);
}

bool anygw_br_tag_vid(const struct net_device *br, const struct sk_buff *skb,
		      const struct net_device *dev, u16 *vid)
{
	*vid = skb_vlan_tag_present(skb) ? skb_vlan_tag_get_id(skb) : 0;
	if (!br_vlan_enabled(br))
		return !*vid;
	if (*vid && bridge_is_vlan_proto(br, skb))
		return true;
	/* Untagged, priority-tagged, or tagged with another protocol. */
	return !br_vlan_get_pvid_rcu(dev, vid) && *vid;
}

/* Whether the bridge interprets the frame's tag. */
static bool bridge_has_tag(const struct net_device *br,
			   const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) &&
	       (!br_vlan_enabled(br) || bridge_is_vlan_proto(br, skb));
}

u16 anygw_br_etype(const struct net_device *br, const struct sk_buff *skb)
{
	if (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb) &&
	    !bridge_has_tag(br, skb))
		return ANYGW_ETYPE_OPAQUE;
	return ntohs(skb->protocol);
}

static bool bridge_is_untagged(const struct net_device *port, u16 vid)
{
	struct bridge_vlan_info info;

	return !br_vlan_get_info_rcu(port, vid, &info) &&
	       info.flags & BRIDGE_VLAN_INFO_UNTAGGED;
}

const struct anygw_segment *
anygw_br_next_segment(struct anygw_bridge *bridge, const struct sk_buff *skb,
		      const struct net_device *in,
		      const struct net_device *out, unsigned long *pos)
{
	struct net_device *br = bridge->dev;
	const struct anygw_segment *seg;
	struct anygw_vlan *vlan;
	u16 vid = 0;

	if (!br_vlan_enabled(br) || bridge_has_tag(br, skb)) {
		if (skb_vlan_tag_present(skb))
			vid = skb_vlan_tag_get_id(skb);
		return (*pos)++ ? NULL : anygw_segment_lookup(bridge, vid);
	}
	while ((vlan = xa_find_after(&bridge->vlans, pos, VLAN_N_VID,
				     XA_PRESENT))) {
		if (!bridge_is_untagged(out, vlan->vid) ||
		    (in && !anygw_br_has_vid(br, in, vlan->vid)))
			continue;
		seg = anygw_segment_lookup(bridge, vlan->vid);
		if (seg)
			return seg;
	}
	return NULL;
}

bool anygw_br_has_vid(const struct net_device *br,
		      const struct net_device *dev, u16 vid)
{
	struct bridge_vlan_info info;

	return !br_vlan_enabled(br) || !br_vlan_get_info_rcu(dev, vid, &info);
}

int anygw_br_validate_vlan(struct net_device *br, u16 vid,
			   struct netlink_ext_ack *extack)
{
	struct bridge_vlan_info info;
	u16 pvid;

	ASSERT_RTNL();
	if (!br_vlan_enabled(br)) {
		if (!vid)
			return 0;
		return anygw_refuse(extack, -EINVAL, "The bridge does not filter VLANs; leave out the VLAN id");
	}
	if (!vid)
		return anygw_refuse(extack, -EINVAL, "The bridge filters VLANs; name the VLAN id");
	/*
	 * At the bridge device, frames of all its untagged VLANs look the
	 * same: they are taken for frames of the PVID.
	 */
	if (!br_vlan_get_info(br, vid, &info) &&
	    info.flags & BRIDGE_VLAN_INFO_BRENTRY &&
	    info.flags & BRIDGE_VLAN_INFO_UNTAGGED &&
	    (br_vlan_get_pvid(br, &pvid) || pvid != vid))
		return anygw_refuse(extack, -EINVAL, "The bridge itself is an untagged member of the VLAN, which is not its PVID");
	return 0;
}

/* The equivalent of: bridge vlan { add | del } dev BRIDGE vid VID self */
static int bridge_set_self_vlan(struct net_device *br, u16 vid, bool add,
				struct netlink_ext_ack *extack)
{
	struct bridge_vlan_info info = { .vid = vid };
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	struct sk_buff *skb;
	int err = -ENOMEM;

	skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return err;
	nlh = nlmsg_put(skb, 0, 0, add ? RTM_SETLINK : RTM_DELLINK,
			sizeof(struct ifinfomsg), 0);
	if (!nlh)
		goto out;
	nest = nla_nest_start(skb, IFLA_AF_SPEC);
	if (!nest ||
	    nla_put_u16(skb, IFLA_BRIDGE_FLAGS, BRIDGE_FLAGS_SELF) ||
	    nla_put(skb, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info))
		goto out;
	nla_nest_end(skb, nest);
	nlmsg_end(skb, nlh);

	if (add)
		err = br->netdev_ops->ndo_bridge_setlink(br, nlh,
							 BRIDGE_FLAGS_SELF,
							 extack);
	else
		err = br->netdev_ops->ndo_bridge_dellink(br, nlh,
							 BRIDGE_FLAGS_SELF);
out:
	nlmsg_free(skb);
	return err;
}

int anygw_br_vlan_add_self(struct anygw_vlan *vlan,
			   struct netlink_ext_ack *extack)
{
	struct net_device *br = vlan->bridge->dev;
	struct bridge_vlan_info info;
	int err;

	ASSERT_RTNL();
	if (!vlan->vid)
		return 0;
	if (!br_vlan_get_info(br, vlan->vid, &info) &&
	    info.flags & BRIDGE_VLAN_INFO_BRENTRY)
		return 0;
	err = bridge_set_self_vlan(br, vlan->vid, true, extack);
	if (!err)
		vlan->self_added = true;
	return err;
}

void anygw_br_vlan_del_self(struct anygw_vlan *vlan)
{
	ASSERT_RTNL();
	if (vlan->self_added)
		bridge_set_self_vlan(vlan->bridge->dev, vlan->vid, false, NULL);
	vlan->self_added = false;
}

/* The equivalent of: bridge fdb add MAC dev BRIDGE self permanent vlan VID */
static int bridge_fdb_add(const struct anygw_vlan *vlan, const u8 *mac,
			  u16 flags, struct netlink_ext_ack *extack)
{
	struct net_device *br = vlan->bridge->dev;
	struct ndmsg ndm = {
		.ndm_family = AF_BRIDGE,
		.ndm_ifindex = br->ifindex,
		.ndm_state = NUD_PERMANENT,
		.ndm_flags = NTF_SELF,
	};
	struct nlattr *tb[NDA_MAX + 1] = {};

	return anygw_fdb_add(br->netdev_ops, &ndm, tb, br, mac, vlan->vid,
			     flags, extack);
}

static int bridge_fdb_del(const struct anygw_vlan *vlan)
{
	struct net_device *br = vlan->bridge->dev;
	struct ndmsg ndm = { .ndm_family = AF_BRIDGE };
	struct nlattr *tb[NDA_MAX + 1] = {};

	return anygw_fdb_del(br->netdev_ops, &ndm, tb, br, vlan->fdb_mac,
			     vlan->vid, NULL);
}

int anygw_br_fdb_add_local(struct anygw_vlan *vlan, const u8 *mac,
			   struct netlink_ext_ack *extack)
{
	int err;

	ASSERT_RTNL();
	if (!ether_addr_equal(vlan->fdb_mac, mac))
		anygw_br_fdb_del_local(vlan);
	/* A bridge with VLAN filtering takes VLAN id 0 for all VLANs. */
	if (!vlan->vid && br_vlan_enabled(vlan->bridge->dev))
		return -EINVAL;
	err = bridge_fdb_add(vlan, mac, NLM_F_CREATE | NLM_F_EXCL, extack);
	/* Replace an entry that the bridge has learned on a port. */
	if (err == -EEXIST && bridge_fdb_add(vlan, mac, NLM_F_REPLACE, extack))
		return -EADDRINUSE;
	if (!err || err == -EEXIST)
		ether_addr_copy(vlan->fdb_mac, mac);
	return err;
}

void anygw_br_fdb_del_local(struct anygw_vlan *vlan)
{
	ASSERT_RTNL();
	if (is_zero_ether_addr(vlan->fdb_mac))
		return;
	/*
	 * The bridge keeps the entry when its own membership of the VLAN is
	 * deleted, and deletes entries of its VLANs only.
	 */
	if (bridge_fdb_del(vlan) && !anygw_br_vlan_add_self(vlan, NULL))
		bridge_fdb_del(vlan);
	eth_zero_addr(vlan->fdb_mac);
}

/*
 * Note the gateway and the VLAN for the egress hook, which finds the frame
 * without its tag on an untagged port.
 */
static void bridge_xmit_begin(struct anygw_gateway *gw, struct net_device *br,
			      u16 vid, struct sk_buff *skb)
{
	u16 proto;

	if (vid) {
		if (br_vlan_get_proto(br, &proto))
			proto = ETH_P_8021Q;
		__vlan_hwaccel_put_tag(skb, htons(proto), vid);
	}
	skb->dev = br;
	this_cpu_write(anygw_egress_ctx.gw, gw);
	this_cpu_write(anygw_egress_ctx.ctx, anygw_ctx_word(skb, vid));
}

int anygw_br_xmit(struct anygw_gateway *gw, struct net_device *br,
		  u16 vid, struct sk_buff *skb)
{
	int ret;

	bridge_xmit_begin(gw, br, vid, skb);
	ret = dev_queue_xmit(skb);
	this_cpu_write(anygw_egress_ctx.gw, NULL);
	return ret;
}

void anygw_br_xmit_direct(struct anygw_gateway *gw, u16 vid,
			  struct sk_buff *skb)
{
	struct net_device *br = gw->br_dev;

	bridge_xmit_begin(gw, br, vid, skb);
	br->netdev_ops->ndo_start_xmit(skb, br);
	this_cpu_write(anygw_egress_ctx.gw, NULL);
}

/* False if the port has left the VLAN. */
static bool bridge_put_tag(const struct anygw_port *port, u16 vid,
			   struct sk_buff *skb)
{
	u16 proto;

	if (!anygw_br_has_vid(port->br_dev, port->dev, vid))
		return false;
	if (vid && !bridge_is_untagged(port->dev, vid) &&
	    !br_vlan_get_proto(port->br_dev, &proto))
		__vlan_hwaccel_put_tag(skb, htons(proto), vid);
	skb->dev = port->dev;
	return true;
}

void anygw_br_xmit_port(const struct anygw_port *port, u16 vid,
			struct sk_buff *skb)
{
	if (bridge_put_tag(port, vid, skb))
		dev_queue_xmit(skb);
	else
		kfree_skb(skb);
}

/*
 * Frames for a reserved group address, which belongs to the link, are learned
 * from and not forwarded. The port's device has no use for the EtherType.
 */
void anygw_br_relearn(const struct anygw_port *port, u16 vid, const u8 *mac)
{
	static const u8 nearest[] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e };
	struct sk_buff *skb;
	struct ethhdr *eth;

	if (br_port_flag_is_set(port->dev, BR_PORT_LOCKED))
		return;
	skb = alloc_skb(NET_IP_ALIGN + ETH_ZLEN, GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, NET_IP_ALIGN);
	eth = skb_put_zero(skb, ETH_ZLEN);
	ether_addr_copy(eth->h_dest, nearest);
	ether_addr_copy(eth->h_source, mac);
	eth->h_proto = htons(ANYGW_BEACON_ETYPE);
	skb_reset_mac_header(skb);
	skb_pull(skb, ETH_HLEN);
	skb->protocol = eth->h_proto;
	skb->pkt_type = PACKET_MULTICAST;
	if (bridge_put_tag(port, vid, skb))
		netif_rx(skb);
	else
		kfree_skb(skb);
}

void anygw_br_request_repair(struct anygw_net *an, struct anygw_vlan *vlan)
{
	if (READ_ONCE(vlan->fdb_check) ||
	    time_before(jiffies, READ_ONCE(vlan->repair_backoff)))
		return;
	WRITE_ONCE(vlan->fdb_check, true);
	/* Pairs with xchg() in anygw_vlan_repair(). */
	smp_store_release(&an->repair_pending, true);
	mod_delayed_work(system_percpu_wq, &an->repair, 0);
}
