/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ENDPOINT_H
#define ANYGW_ENDPOINT_H

#include "anygw.h"
#include "core/frame.h"

/* The frame seen leaves by a fabric port. */
#define ANYGW_SEEN_BY_FABRIC	0x01
/* It goes to a gateway. */
#define ANYGW_SEEN_CAPTURED	0x02

/**
 * anygw_endpoint_note() - who was seen, in which VLAN and when, in one word
 * @mac: the machine
 * @vid: the VLAN
 */
static inline u64 anygw_endpoint_note(const u8 *mac, u16 vid)
{
	return ether_addr_to_u64(mac) << 16 | (u64)vid << 4 |
	       (jiffies / ANYGW_NOTE_LIFE & 0xf);
}

/**
 * anygw_endpoint_noted() - whether a note still tells all about a frame
 * @note: the port's note
 * @mac: who sent the frame
 * @vid: the VLAN
 */
static inline bool anygw_endpoint_noted(u64 note, const u8 *mac, u16 vid)
{
	return note == anygw_endpoint_note(mac, vid);
}

/**
 * anygw_endpoint_init() - start with no virtual machine known
 * @an: the namespace
 * Return: 0 or a negative error
 */
int anygw_endpoint_init(struct anygw_net *an);

/**
 * anygw_endpoint_exit() - end, after the last gateway and hook are gone
 * @an: the namespace
 */
void anygw_endpoint_exit(struct anygw_net *an);

/**
 * anygw_endpoint_seen() - the bridge has let a frame in by an access port
 * @an: the namespace
 * @port: the port
 * @seg: the frame's VLAN
 * @f: the frame
 * @flags: ANYGW_SEEN_*
 * Context: RCU read side, bottom halves off.
 */
void anygw_endpoint_seen(struct anygw_net *an, struct anygw_port *port,
			 const struct anygw_segment *seg,
			 const struct anygw_frame *f, int flags);

/**
 * anygw_endpoint_concerned() - whether a frame from the fabric has an endpoint
 *				as its sender, or says who has its address
 * @an: the namespace
 * @port: the fabric port
 * @seg: the frame's VLAN
 * @f: the frame
 * Context: RCU read side.
 */
bool anygw_endpoint_concerned(struct anygw_net *an,
			      const struct anygw_port *port,
			      const struct anygw_segment *seg,
			      const struct anygw_frame *f);

/**
 * anygw_endpoint_heard() - the bridge has let in such a frame
 * @an: the namespace
 * @port: the fabric port
 * @seg: the frame's VLAN
 * @f: the frame: its sender is not, or no more, behind an access port
 * Context: RCU read side, bottom halves off.
 */
void anygw_endpoint_heard(struct anygw_net *an, struct anygw_port *port,
			  const struct anygw_segment *seg,
			  const struct anygw_frame *f);

/**
 * anygw_endpoint_is_here() - whether a MAC is that of an endpoint behind a port
 * @an: the namespace
 * @br: the bridge
 * @vid: VLAN id
 * @mac: the MAC
 * Context: RCU read side.
 */
bool anygw_endpoint_is_here(struct anygw_net *an, const struct net_device *br,
			    u16 vid, const u8 *mac);

/**
 * anygw_endpoint_port_gone() - nobody is behind a port any more
 * @an: the namespace
 * @port: the port
 * Context: RTNL.
 */
void anygw_endpoint_port_gone(struct anygw_net *an, struct anygw_port *port);

/**
 * anygw_endpoint_port_closed() - the same for good: it is no port any more
 * @an: the namespace
 * @port: the port, still to be found
 * Context: RTNL.
 */
void anygw_endpoint_port_closed(struct anygw_net *an, struct anygw_port *port);

/**
 * anygw_endpoint_vlan_closed() - the last gateway of a VLAN is gone
 * @an: the namespace
 * @vlan: the VLAN; its endpoints are forgotten, which nobody is told
 * Context: RTNL.
 */
void anygw_endpoint_vlan_closed(struct anygw_net *an, struct anygw_vlan *vlan);

/**
 * anygw_endpoint_flush() - forget endpoints until they are heard again
 * @an: the namespace
 * @gw: those that are shown with this gateway, NULL for all
 * Context: RTNL.
 */
void anygw_endpoint_flush(struct anygw_net *an, struct anygw_gateway *gw);

/**
 * anygw_endpoint_tell() - a gateway of a VLAN has taken over
 * @an: the namespace
 * @vlan: the VLAN, its new segment published
 * Context: RTNL.
 *
 * The machines there are told again: they may know another MAC.
 */
void anygw_endpoint_tell(struct anygw_net *an, struct anygw_vlan *vlan);

#endif
