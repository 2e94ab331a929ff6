// SPDX-License-Identifier: GPL-2.0
/*
 * All that is asked of the bridge, by its public interfaces alone.
 */
#include <linux/if_bridge.h>
#include <linux/if_vlan.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "bridge.h"
#include "compat.h"
#include "datapath.h"

DEFINE_PER_CPU(struct anygw_egress_ctx, anygw_egress_ctx);

bool anygw_br_tag_vid(const struct net_device *br, const struct sk_buff *skb,
		      const struct net_device *dev, u16 *vid)
{
	u16 proto;

	*vid = skb_vlan_tag_present(skb) ? skb_vlan_tag_get_id(skb) : 0;
	if (!br_vlan_enabled(br))
		return !*vid;
	if (*vid && !br_vlan_get_proto(br, &proto) &&
	    skb->vlan_proto == htons(proto))
		return true;
	/* Untagged, priority-tagged, or with a tag that means nothing here. */
	return !br_vlan_get_pvid_rcu(dev, vid) && *vid;
}

/* Whether a frame's tag is of the kind that the bridge handles. */
static bool has_own_tag(const struct net_device *br, const struct sk_buff *skb)
{
	u16 proto;

	return skb_vlan_tag_present(skb) &&
	       (!br_vlan_enabled(br) || (!br_vlan_get_proto(br, &proto) &&
					 skb->vlan_proto == htons(proto)));
}

u16 anygw_br_etype(const struct net_device *br, const struct sk_buff *skb)
{
	if (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb) &&
	    !has_own_tag(br, skb))
		return ANYGW_ETYPE_OPAQUE;
	return ntohs(skb->protocol);
}

static bool sends_untagged(const struct net_device *port, u16 vid)
{
	struct bridge_vlan_info info;

	return !br_vlan_get_info_rcu(port, vid, &info) &&
	       info.flags & BRIDGE_VLAN_INFO_UNTAGGED;
}

const struct anygw_segment *
anygw_br_next_segment(struct anygw_bridge *bridge, const struct sk_buff *skb,
		      const struct net_device *in,
		      const struct net_device *out, unsigned long *at)
{
	struct net_device *br = bridge->dev;
	const struct anygw_segment *seg;
	struct anygw_vlan *vlan;
	u16 vid = 0;

	if (!br_vlan_enabled(br) || has_own_tag(br, skb)) {
		if (skb_vlan_tag_present(skb))
			vid = skb_vlan_tag_get_id(skb);
		return (*at)++ ? NULL : anygw_segment_lookup(bridge, vid);
	}
	while ((vlan = xa_find_after(&bridge->vlans, at, VLAN_N_VID,
				     XA_PRESENT))) {
		if (!sends_untagged(out, vlan->vid) ||
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

	if (!br_vlan_enabled(br)) {
		if (!vid)
			return 0;
		NL_SET_ERR_MSG(extack, "The bridge does not filter VLANs; leave out the VLAN id");
		return -EINVAL;
	}
	if (!vid) {
		NL_SET_ERR_MSG(extack, "The bridge filters VLANs; name the VLAN id");
		return -EINVAL;
	}
	/*
	 * Behind the bridge, frames of all its untagged VLANs look alike; we
	 * take them for the PVID's.
	 */
	if (!br_vlan_get_info(br, vid, &info) &&
	    info.flags & BRIDGE_VLAN_INFO_BRENTRY &&
	    info.flags & BRIDGE_VLAN_INFO_UNTAGGED &&
	    (br_vlan_get_pvid(br, &pvid) || pvid != vid)) {
		NL_SET_ERR_MSG(extack, "The VLAN is untagged on the bridge itself without being its PVID");
		return -EINVAL;
	}
	return 0;
}

/* bridge vlan { add | del } dev BRIDGE vid VID self, from within. */
static int set_self_vlan(struct net_device *br, u16 vid, bool add,
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

int anygw_br_vlan_add_self(struct anygw_vlan *vlan, struct netlink_ext_ack *extack)
{
	struct net_device *br = vlan->bridge->dev;
	struct bridge_vlan_info info;
	int err;

	if (!vlan->vid)
		return 0;
	if (!br_vlan_get_info(br, vlan->vid, &info) &&
	    info.flags & BRIDGE_VLAN_INFO_BRENTRY)
		return 0;
	err = set_self_vlan(br, vlan->vid, true, extack);
	if (!err)
		vlan->self_added = true;
	return err;
}

void anygw_br_vlan_del_self(struct anygw_vlan *vlan)
{
	if (vlan->self_added)
		set_self_vlan(vlan->bridge->dev, vlan->vid, false, NULL);
	vlan->self_added = false;
}

/* bridge fdb add MAC dev BRIDGE self permanent vlan VID, from within. */
static int fdb_add(const struct anygw_vlan *vlan, const u8 *mac, u16 flags,
		   struct netlink_ext_ack *extack)
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

static int fdb_del(const struct anygw_vlan *vlan)
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
	struct net_device *br = vlan->bridge->dev;
	int err;

	if (!ether_addr_equal(vlan->fdb_mac, mac))
		anygw_br_fdb_del_local(vlan);
	/* VLAN id 0 would mean every VLAN of a filtering bridge. */
	if (!vlan->vid && br_vlan_enabled(br))
		return -EINVAL;
	err = fdb_add(vlan, mac, NLM_F_CREATE | NLM_F_EXCL, extack);
	/* The bridge may have learned the MAC on a port: it is ours. */
	if (err == -EEXIST &&
	    fdb_add(vlan, mac, NLM_F_REPLACE, extack))
		return -EADDRINUSE;
	if (!err || err == -EEXIST)
		ether_addr_copy(vlan->fdb_mac, mac);
	return err;
}

void anygw_br_fdb_del_local(struct anygw_vlan *vlan)
{
	if (is_zero_ether_addr(vlan->fdb_mac))
		return;
	/* The bridge keeps the entry of a VLAN that was taken from it. */
	if (fdb_del(vlan) && !anygw_br_vlan_add_self(vlan, NULL))
		fdb_del(vlan);
	eth_zero_addr(vlan->fdb_mac);
}

/*
 * The frame enters the bridge from the gateway device: the hook at egress
 * finds noted here which VLAN it is in, also where the tag is gone by then.
 */
static void enter_bridge(struct anygw_gateway *gw, struct net_device *br,
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

	enter_bridge(gw, br, vid, skb);
	ret = dev_queue_xmit(skb);
	this_cpu_write(anygw_egress_ctx.gw, NULL);
	return ret;
}

void anygw_br_xmit_direct(struct anygw_gateway *gw, u16 vid,
		       struct sk_buff *skb)
{
	struct net_device *br = gw->br_dev;

	enter_bridge(gw, br, vid, skb);
	br->netdev_ops->ndo_start_xmit(skb, br);
	this_cpu_write(anygw_egress_ctx.gw, NULL);
}

void anygw_br_request_repair(struct anygw_net *an, struct anygw_vlan *vlan)
{
	if (READ_ONCE(vlan->fdb_check) ||
	    time_before(jiffies, READ_ONCE(vlan->repair_backoff)))
		return;
	WRITE_ONCE(vlan->fdb_check, true);
	/* Pairs with xchg() in anygw_vlan_repair(). */
	smp_store_release(&an->repair_pending, true);
	schedule_delayed_work(&an->repair, 0);
}
