/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bridge, by its exported functions and netdev operations alone. A VLAN id
 * is 0 on a bridge without VLAN filtering. What frames are looked up with is
 * for the RCU read side.
 */
#ifndef ANYGW_BRIDGE_H
#define ANYGW_BRIDGE_H

#include "anygw.h"

struct netlink_ext_ack;

/*
 * Set @vid to the VLAN of a frame by its tag. An untagged frame belongs to the
 * PVID of @dev: the port it is received from or sent to, or the bridge itself.
 * Returns false if the frame belongs to no VLAN that can have a gateway.
 */
bool anygw_br_tag_vid(const struct net_device *br, const struct sk_buff *skb,
		      const struct net_device *dev, u16 *vid);

/*
 * Returns the EtherType in host byte order, after the tag that the bridge or
 * the receiver removes; ANYGW_ETYPE_OPAQUE after any other tag.
 */
u16 anygw_br_etype(const struct net_device *br, const struct sk_buff *skb);

/*
 * Iterate over the segments that a frame without an ingress context may belong
 * to: several only if its tag was removed, and the egress port is an untagged
 * member of several VLANs. @skb is tagged as its egress port @out wants it; @in
 * is NULL for a frame from the host. @pos is 0 at first; NULL is the end.
 */
const struct anygw_segment *
anygw_br_next_segment(struct anygw_bridge *bridge, const struct sk_buff *skb,
		      const struct net_device *in,
		      const struct net_device *out, unsigned long *pos);

/* Whether the port @dev is a member of a VLAN. */
bool anygw_br_has_vid(const struct net_device *br,
		      const struct net_device *dev, u16 vid);

/* Whether a VLAN can have a gateway. Returns 0 or -EINVAL. */
int anygw_br_validate_vlan(struct net_device *br, u16 vid,
			   struct netlink_ext_ack *extack);

/* Make the bridge itself a member of the VLAN, and undo it if it was not. */
int anygw_br_vlan_add_self(struct anygw_vlan *vlan,
			   struct netlink_ext_ack *extack);
void anygw_br_vlan_del_self(struct anygw_vlan *vlan);

/*
 * Add the local FDB entry of the host MAC in a VLAN, and delete that of the
 * previous one. Returns -EEXIST if the bridge has the entry already.
 */
int anygw_br_fdb_add_local(struct anygw_vlan *vlan, const u8 *mac,
			   struct netlink_ext_ack *extack);
void anygw_br_fdb_del_local(struct anygw_vlan *vlan);

/*
 * Transmit an untagged frame of a gateway, with its Ethernet header, through
 * the bridge device in @vid, the VLAN of @gw. Consumes @skb and returns as
 * dev_queue_xmit(). Under RCU, bottom halves off.
 */
int anygw_br_xmit(struct anygw_gateway *gw, struct net_device *br, u16 vid,
		  struct sk_buff *skb);

/*
 * The same without the queue of the bridge device, which must be up and have
 * no packet sockets, filters and qdisc.
 */
void anygw_br_xmit_direct(struct anygw_gateway *gw, u16 vid,
			  struct sk_buff *skb);

/* The same by one port, wherever the bridge has the destination. */
void anygw_br_xmit_port(const struct anygw_port *port, u16 vid,
			struct sk_buff *skb);

/*
 * Have the bridge learn @mac on a port from a frame that it does not forward.
 * Bottom halves off.
 */
void anygw_br_relearn(const struct anygw_port *port, u16 vid, const u8 *mac);

/*
 * Have a worker check the VLAN's entries in the bridge, in any context: a frame
 * for the host MAC was not delivered to the bridge device.
 */
void anygw_br_request_repair(struct anygw_net *an, struct anygw_vlan *vlan);

#endif
