/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_BRIDGE_H
#define ANYGW_BRIDGE_H

#include "anygw.h"

struct netlink_ext_ack;

/**
 * anygw_br_tag_vid() - the VLAN a tag means to a bridge
 * @br: the bridge
 * @skb: a frame as it is received from, or sent to, @dev
 * @dev: a port of the bridge, or the bridge itself
 * @vid: set to the VLAN id; 0 on a bridge without VLAN filtering
 * Return: false if the frame belongs to no VLAN a gateway could be in
 * Context: RCU read side.
 *
 * Untagged frames are taken to be in @dev's PVID.
 */
bool anygw_br_tag_vid(const struct net_device *br, const struct sk_buff *skb,
		      const struct net_device *dev, u16 *vid);

/**
 * anygw_br_etype() - the EtherType a frame has for a bridge
 * @br: the bridge
 * @skb: a frame as it is received from, or sent to, one of its ports
 * Return: EtherType in host byte order, behind the tag that the bridge or a
 *	   receiver takes off; ANYGW_ETYPE_OPAQUE behind another one
 */
u16 anygw_br_etype(const struct net_device *br, const struct sk_buff *skb);

/**
 * anygw_br_next_segment() - a segment that a frame at egress may belong to
 * @bridge: the bridge
 * @skb: the frame, its tag treated as the port it leaves by wants it
 * @in: the port it came in by, NULL if the host sent it
 * @out: the port it leaves by
 * @at: where to go on, 0 at first
 * Return: NULL if there is none any more
 * Context: RCU read side.
 *
 * For frames of which nothing else is known. There is more than one only where
 * the tag is gone, and the port sends several VLANs without.
 */
const struct anygw_segment *
anygw_br_next_segment(struct anygw_bridge *bridge, const struct sk_buff *skb,
		      const struct net_device *in,
		      const struct net_device *out, unsigned long *at);

/**
 * anygw_br_has_vid() - whether a port is a member of a VLAN
 * @br: the bridge
 * @dev: the port
 * @vid: VLAN id, 0 on a bridge without VLAN filtering
 * Context: RCU read side.
 */
bool anygw_br_has_vid(const struct net_device *br,
		      const struct net_device *dev, u16 vid);

/**
 * anygw_br_validate_vlan() - whether a gateway can stand in a VLAN
 * @br: the bridge
 * @vid: VLAN id, 0 for the untagged traffic without VLAN filtering
 * @extack: says why not
 * Return: 0 or -EINVAL
 * Context: RTNL.
 */
int anygw_br_validate_vlan(struct net_device *br, u16 vid,
			struct netlink_ext_ack *extack);

/**
 * anygw_br_vlan_add_self() - make sure that the bridge itself is in a VLAN
 * @vlan: the VLAN; notes whether something had to be added
 * @extack: says why not
 * Return: 0 or a negative error
 * Context: RTNL.
 */
int anygw_br_vlan_add_self(struct anygw_vlan *vlan, struct netlink_ext_ack *extack);

/**
 * anygw_br_vlan_del_self() - take back what anygw_br_vlan_add_self() added
 * @vlan: the VLAN
 * Context: RTNL.
 */
void anygw_br_vlan_del_self(struct anygw_vlan *vlan);

/**
 * anygw_br_fdb_add_local() - have the bridge deliver a MAC to itself in a VLAN
 * @vlan: the VLAN; notes the MAC
 * @mac: the host MAC; the entry of a former one is removed
 * @extack: says why not
 * Return: 0 or a negative error, -EEXIST if the bridge already had the entry
 * Context: RTNL.
 */
int anygw_br_fdb_add_local(struct anygw_vlan *vlan, const u8 *mac,
		 struct netlink_ext_ack *extack);

/**
 * anygw_br_fdb_del_local() - remove the entry made by anygw_br_fdb_add_local()
 * @vlan: the VLAN
 * Context: RTNL.
 */
void anygw_br_fdb_del_local(struct anygw_vlan *vlan);

/**
 * anygw_br_xmit() - send a frame into the bridge as a gateway
 * @gw: the gateway, whose index marks the frame for the hooks
 * @br: its bridge
 * @vid: its VLAN
 * @skb: the frame from its Ethernet header on, untagged; consumed
 * Context: RCU read side, bottom halves off.
 * Return: as dev_queue_xmit()
 */
int anygw_br_xmit(struct anygw_gateway *gw, struct net_device *br,
		  u16 vid, struct sk_buff *skb);

/**
 * anygw_br_xmit_direct() - the same, past the bridge device's own queue
 * @gw: the gateway, whose index marks the frame for the hooks
 * @vid: its VLAN
 * @skb: the frame from its Ethernet header on, untagged; consumed
 * Context: RCU read side, bottom halves off; the bridge device is up, and
 *	nobody listens, filters or queues there.
 */
void anygw_br_xmit_direct(struct anygw_gateway *gw, u16 vid,
		       struct sk_buff *skb);

/**
 * anygw_br_request_repair() - the bridge did not deliver what it should have
 * @an: the namespace
 * @vlan: the VLAN, whose entries a worker is to look after
 * Context: any.
 */
void anygw_br_request_repair(struct anygw_net *an, struct anygw_vlan *vlan);

#endif
