/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ENDPOINT_H
#define ANYGW_ENDPOINT_H

#include "anygw.h"

/* Flags of anygw_ep_rx_access(): sent by a fabric port; for a gateway. */
#define ANYGW_EP_RX_TO_FABRIC	0x01
#define ANYGW_EP_RX_CAPTURED	0x02

/*
 * Source MAC, VLAN and time slot of a frame in one word. While a port's note
 * is equal to that of a frame, there is nothing new to learn from it.
 */
static inline u64 anygw_port_note(const u8 *mac, u16 vid)
{
	return ether_addr_to_u64(mac) << 16 | (u64)vid << 4 |
	       (jiffies / ANYGW_NOTE_LIFETIME & 0xf);
}

int anygw_ep_init(struct anygw_net *an);
/* After the last gateway is deleted and the hooks are unregistered. */
void anygw_ep_exit(struct anygw_net *an);

/*
 * Learn from a frame of an access port that ingress or, with TO_FABRIC, egress
 * has accepted. Context: RCU read side, bottom halves off.
 */
void anygw_ep_rx_access(struct anygw_net *an, struct anygw_port *port,
			const struct anygw_segment *seg,
			const struct anygw_frame *f, int flags);

/*
 * Whether a frame from the fabric has the MAC of a present endpoint as its
 * source, or claims a binding. Context: RCU read side.
 */
bool anygw_ep_match_fabric(struct anygw_net *an, const struct anygw_port *port,
			   const struct anygw_segment *seg,
			   const struct anygw_frame *f);

/*
 * The bridge has accepted a frame that matches: the endpoint has left, or the
 * binding is contested. Context: RCU read side, bottom halves off.
 */
void anygw_ep_rx_fabric(struct anygw_net *an, struct anygw_port *port,
			const struct anygw_segment *seg,
			const struct anygw_frame *f);

/* Context: RCU read side. */
bool anygw_ep_is_present(struct anygw_net *an, const struct net_device *br,
			 u16 vid, const u8 *mac);

/*
 * Whether a frame binds no address to another MAC than that of the present
 * endpoint that has it. What a neighbour entry may be changed by has been
 * received by one of the functions above before. Context: RCU read side.
 */
bool anygw_ep_grants(struct anygw_net *an, const struct net_device *br,
		     u16 vid, const struct anygw_frame *f);

/* All endpoints of the port have left, but may come back. */
void anygw_ep_port_down(struct anygw_net *an, struct anygw_port *port);
/* Before the port is unlinked: events show its name. */
void anygw_ep_port_del(struct anygw_net *an, struct anygw_port *port);
/* The last gateway of a VLAN is deleted. No events. */
void anygw_ep_vlan_del(struct anygw_net *an, struct anygw_vlan *vlan);
/* Delete the endpoints shown with @gw, or all if NULL. */
void anygw_ep_flush(struct anygw_net *an, struct anygw_gateway *gw);
/* Announce the gateways to all endpoints of a VLAN again. */
void anygw_ep_announce_vlan(struct anygw_net *an, struct anygw_vlan *vlan);
/* Announce all endpoints of a bridge to the fabric, which has changed. */
void anygw_ep_path_changed(struct anygw_net *an, struct net_device *br);

/*
 * The gateway an endpoint is shown with: the one with one of its addresses in
 * a prefix, else the default one of the VLAN; NULL before the VLAN has a
 * segment. Context: the ep lock, RCU read side.
 */
struct anygw_gateway *anygw_ep_gateway(const struct anygw_endpoint *ep);

/* ---- Shared by the endpoint files only. */

/* Per endpoint: minimum time between announcements, and between events */
#define ANYGW_EP_INTERVAL		HZ

/* Per endpoint: minimum time between questions whether it has left */
#define ANYGW_EP_PROBE_INTERVAL		HZ

/* Work pending for an endpoint */
#define ANYGW_EP_PENDING_GATEWAY	0x01	/* announce the gateways */
#define ANYGW_EP_PENDING_ARRIVAL	0x02	/* RARP: it has come */
#define ANYGW_EP_PENDING_REFRESH	0x04	/* RARP: it is still here */
#define ANYGW_EP_PENDING_SOLICIT	0x08	/* verify bindings */
#define ANYGW_EP_PENDING_EVENT		0x10
#define ANYGW_EP_PENDING_PROBE		0x20	/* whether it has left */
#define ANYGW_EP_PENDING_CLAIM		0x40	/* addresses, to the fabric */
#define ANYGW_EP_PENDING_PATH		0x80	/* itself, to the fabric */

/* Per endpoint */
#define ANYGW_BINDINGS_MAX		64
/* Limit of bindings where that of endpoints is @n */
#define ANYGW_BINDINGS_OF(n)		(4 * (n))

/* @then: the low half of jiffies */
static inline u32 anygw_jiffies_since(u32 then)
{
	return (u32)jiffies - then;
}

static inline struct anygw_ep_key
anygw_ep_make_key(const struct net_device *br, u16 vid, const u8 *mac)
{
	struct anygw_ep_key key = { .bridge = br->ifindex, .vid = vid };

	ether_addr_copy(key.mac, mac);
	return key;
}

int anygw_ep_table_init(struct anygw_net *an);
void anygw_ep_table_exit(struct anygw_net *an);

/* Context: RCU read side. */
struct anygw_endpoint *anygw_ep_lookup(struct anygw_net *an,
				       const struct anygw_ep_key *key);

/*
 * Return the endpoint, an existing one too; NULL without memory or beyond the
 * VLAN's limit. Context: RCU read side, bottom halves off.
 */
struct anygw_endpoint *
anygw_ep_create(struct anygw_net *an, struct anygw_vlan *vlan,
		const struct anygw_ep_key *key);

/*
 * Call @fn for every endpoint, under the ep lock and RCU. It returns an event
 * to send, or NULL. Context: process.
 */
void anygw_ep_for_each(struct anygw_net *an,
		       struct sk_buff *(*fn)(struct anygw_net *an,
					     struct anygw_endpoint *ep,
					     void *arg), void *arg);

/* Under the ep lock, from here on. */

/* @pending: ANYGW_EP_PENDING_* */
void anygw_ep_schedule(struct anygw_net *an, struct anygw_endpoint *ep,
		       u8 pending);
void anygw_port_clear_notes(struct anygw_port *port);
/* The endpoint no longer counts against its port's limits. */
void anygw_ep_release_port(struct anygw_net *an, struct anygw_endpoint *ep);
/* Not present any more, but remembered with its bindings for a while. */
void anygw_ep_leave(struct anygw_net *an, struct anygw_endpoint *ep,
		    enum anygw_moved_by by);
void anygw_ep_del(struct anygw_net *an, struct anygw_endpoint *ep);
/* Return the event to send, or NULL. RCU read side as well. */
struct sk_buff *anygw_ep_expire(struct anygw_net *an,
				struct anygw_endpoint *ep);

/* @key: its MAC is ignored. RCU read side; needs no lock. */
struct anygw_binding *
anygw_binding_lookup(struct anygw_net *an, const struct anygw_ep_key *key,
		     const struct in6_addr *addr);
/* Update its times. Needs no lock. */
void anygw_binding_refresh(struct anygw_binding *binding,
			   enum anygw_learn_src src);
/*
 * Add a binding that does not exist, or move one to another endpoint. Both
 * fail (NULL, false) if a limit is reached, the first also without memory.
 */
struct anygw_binding *
anygw_binding_add(struct anygw_net *an, struct anygw_endpoint *ep,
		  const struct in6_addr *addr, enum anygw_learn_src src);
bool
anygw_binding_take_over(struct anygw_net *an, struct anygw_binding *binding,
			struct anygw_endpoint *ep, enum anygw_learn_src src);
void anygw_binding_del(struct anygw_net *an, struct anygw_binding *binding);
/* Does nothing without a conflict. */
void anygw_conflict_end(struct anygw_net *an, struct anygw_binding *binding);

#endif
