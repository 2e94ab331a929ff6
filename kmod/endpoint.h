/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ENDPOINT_H
#define ANYGW_ENDPOINT_H

#include "anygw.h"
#include "core/frame.h"
#include "core/learn.h"

/* The frame seen leaves by a fabric port. */
#define ANYGW_EP_RX_TO_FABRIC	0x01
/* It goes to a gateway. */
#define ANYGW_EP_RX_CAPTURED	0x02

/**
 * anygw_port_note() - who was seen, in which VLAN and when, in one word
 * @mac: the machine
 * @vid: the VLAN
 */
static inline u64 anygw_port_note(const u8 *mac, u16 vid)
{
	return ether_addr_to_u64(mac) << 16 | (u64)vid << 4 |
	       (jiffies / ANYGW_NOTE_LIFETIME & 0xf);
}

/**
 * anygw_port_note_matches() - whether a note still tells all about a frame
 * @note: the port's note
 * @mac: who sent the frame
 * @vid: the VLAN
 */
static inline bool anygw_port_note_matches(u64 note, const u8 *mac, u16 vid)
{
	return note == anygw_port_note(mac, vid);
}

/**
 * anygw_ep_init() - start with no virtual machine known
 * @an: the namespace
 * Return: 0 or a negative error
 */
int anygw_ep_init(struct anygw_net *an);

/**
 * anygw_ep_exit() - end, after the last gateway and hook are gone
 * @an: the namespace
 */
void anygw_ep_exit(struct anygw_net *an);

/**
 * anygw_ep_rx_access() - the bridge has let a frame in by an access port
 * @an: the namespace
 * @port: the port
 * @seg: the frame's VLAN
 * @f: the frame
 * @flags: ANYGW_SEEN_*
 * Context: RCU read side, bottom halves off.
 */
void anygw_ep_rx_access(struct anygw_net *an, struct anygw_port *port,
			 const struct anygw_segment *seg,
			 const struct anygw_frame *f, int flags);

/**
 * anygw_ep_match_fabric() - whether a frame from the fabric has an endpoint
 *				as its sender, or says who has its address
 * @an: the namespace
 * @port: the fabric port
 * @seg: the frame's VLAN
 * @f: the frame
 * Context: RCU read side.
 */
bool anygw_ep_match_fabric(struct anygw_net *an,
			      const struct anygw_port *port,
			      const struct anygw_segment *seg,
			      const struct anygw_frame *f);

/**
 * anygw_ep_rx_fabric() - the bridge has let in such a frame
 * @an: the namespace
 * @port: the fabric port
 * @seg: the frame's VLAN
 * @f: the frame: its sender is not, or no more, behind an access port
 * Context: RCU read side, bottom halves off.
 */
void anygw_ep_rx_fabric(struct anygw_net *an, struct anygw_port *port,
			  const struct anygw_segment *seg,
			  const struct anygw_frame *f);

/**
 * anygw_ep_is_present() - whether a MAC is that of an endpoint behind a port
 * @an: the namespace
 * @br: the bridge
 * @vid: VLAN id
 * @mac: the MAC
 * Context: RCU read side.
 */
bool anygw_ep_is_present(struct anygw_net *an, const struct net_device *br,
			    u16 vid, const u8 *mac);

/**
 * anygw_ep_port_down() - nobody is behind a port any more
 * @an: the namespace
 * @port: the port
 * Context: RTNL.
 */
void anygw_ep_port_down(struct anygw_net *an, struct anygw_port *port);

/**
 * anygw_ep_port_del() - the same for good: it is no port any more
 * @an: the namespace
 * @port: the port, still to be found
 * Context: RTNL.
 */
void anygw_ep_port_del(struct anygw_net *an, struct anygw_port *port);

/**
 * anygw_ep_vlan_del() - the last gateway of a VLAN is gone
 * @an: the namespace
 * @vlan: the VLAN; its endpoints are forgotten, which nobody is told
 * Context: RTNL.
 */
void anygw_ep_vlan_del(struct anygw_net *an, struct anygw_vlan *vlan);

/**
 * anygw_ep_flush() - forget endpoints until they are heard again
 * @an: the namespace
 * @gw: those that are shown with this gateway, NULL for all
 * Context: RTNL.
 */
void anygw_ep_flush(struct anygw_net *an, struct anygw_gateway *gw);

/**
 * anygw_ep_announce_vlan() - a gateway of a VLAN has taken over
 * @an: the namespace
 * @vlan: the VLAN, its new segment published
 * Context: RTNL.
 *
 * The machines there are told again: they may know another MAC.
 */
void anygw_ep_announce_vlan(struct anygw_net *an, struct anygw_vlan *vlan);

/* ---- shared by the endpoint files */

/* A machine is told, announced and reported at most so often. */
#define ANYGW_EP_INTERVAL	HZ
/* One that has left, or that cannot be asked, is forgotten after so long. */
#define ANYGW_EP_FORGET		(300 * HZ)

/* To the machine: who its gateways are. */
#define ANYGW_EP_PENDING_GATEWAY	0x01
/* To the fabric: the machine is here now, or it is still here. */
#define ANYGW_EP_PENDING_ARRIVAL	0x02
#define ANYGW_EP_PENDING_REFRESH		0x04
/* To machines: do you still have this address? */
#define ANYGW_EP_PENDING_SOLICIT		0x08
/* To the listeners: what has become of it. */
#define ANYGW_EP_PENDING_EVENT		0x10

/* Most machines have a few addresses; some carry many for others. */
#define ANYGW_BINDINGS_MAX		64
/* So many addresses go with a limit of so many machines. */
#define ANYGW_BINDINGS_OF(n)	(4 * (n))

/**
 * struct anygw_ep_solicit - do you have this address?
 * @addr: the address
 * @mac: who is asked
 */
struct anygw_ep_solicit {
	struct in6_addr addr;
	u8 mac[ETH_ALEN];
};

#define ANYGW_EP_SOLICITS	8

/**
 * struct anygw_ep_actions - what is to be said of one endpoint, and nothing that
 *			 may go away
 * @key: the endpoint
 * @pending: ANYGW_SAY_*
 * @skip_hash: an address it need not be told, anygw_announce_hash(), or 0
 * @n_solicits: number of @solicit
 * @solicit: what is asked, and whom
 * @msgs: for the listeners
 */
struct anygw_ep_actions {
	struct anygw_ep_key key;
	u8 pending;
	u32 skip_hash;
	unsigned int n_solicits;
	struct anygw_ep_solicit solicit[ANYGW_EP_SOLICITS];
	struct sk_buff_head msgs;
};

/**
 * anygw_jiffies_since() - how long ago something was
 * @then: when, in the low half of jiffies
 */
static inline u32 anygw_jiffies_since(u32 then)
{
	return (u32)jiffies - then;
}

/**
 * anygw_ep_lookup() - the endpoint with a MAC
 * @an: the namespace
 * @key: where, and which
 * Context: RCU read side.
 */
struct anygw_endpoint *anygw_ep_lookup(struct anygw_net *an,
				      const struct anygw_ep_key *key);

/**
 * anygw_ep_create() - have an endpoint
 * @an: the namespace
 * @vlan: its VLAN
 * @key: where, and which
 * Return: the endpoint, also if it is there already; NULL without memory, or
 *	   if the VLAN's limit leaves no room
 * Context: RCU read side, bottom halves off, not the endpoints' lock.
 */
struct anygw_endpoint *anygw_ep_create(struct anygw_net *an,
					struct anygw_vlan *vlan,
					const struct anygw_ep_key *key);

/**
 * anygw_port_clear_notes() - what a port has noted holds no more
 * @port: the port
 * Context: the endpoints' lock.
 */
void anygw_port_clear_notes(struct anygw_port *port);

/**
 * anygw_ep_release_port() - an endpoint's share of its port is for others
 * @an: the namespace
 * @ep: the endpoint
 * Context: the endpoints' lock.
 */
void anygw_ep_release_port(struct anygw_net *an, struct anygw_endpoint *ep);

/**
 * anygw_ep_gateway() - the gateway that an endpoint is shown with
 * @ep: the endpoint
 * Return: the one with its address in a prefix, or that stands for its VLAN;
 *	   NULL while nothing is published
 * Context: the endpoints' lock, RCU read side.
 */
struct anygw_gateway *anygw_ep_gateway(const struct anygw_endpoint *ep);

/**
 * anygw_ep_leave() - an endpoint is behind its port no more
 * @an: the namespace
 * @ep: the endpoint; it is remembered for a while
 * Context: the endpoints' lock.
 */
void anygw_ep_leave(struct anygw_net *an, struct anygw_endpoint *ep);

/**
 * anygw_ep_del() - forget an endpoint and all its addresses
 * @an: the namespace
 * @ep: the endpoint; freed after a grace period
 * Context: the endpoints' lock.
 */
void anygw_ep_del(struct anygw_net *an, struct anygw_endpoint *ep);

/**
 * anygw_ep_count_conflict() - count that an endpoint was contested
 * @an: the namespace
 * @ep: the endpoint
 * @port: interface index of the port it was contested from
 * Context: the endpoints' lock, RCU read side.
 */
void anygw_ep_count_conflict(struct anygw_net *an,
			      const struct anygw_endpoint *ep, int port);

/**
 * anygw_ep_for_each() - call a function for every endpoint
 * @an: the namespace
 * @fn: called under the endpoints' lock and in an RCU read side section, also
 *	for those that die meanwhile; returns a message for the listeners or
 *	NULL
 * @arg: passed to it
 * Context: process context.
 */
void anygw_ep_for_each(struct anygw_net *an,
		    struct sk_buff *(*fn)(struct anygw_net *an,
					  struct anygw_endpoint *ep,
					  void *arg), void *arg);

/**
 * anygw_binding_lookup() - who has an address
 * @an: the namespace
 * @where: its bridge and VLAN
 * @addr: the address
 * Context: RCU read side.
 */
struct anygw_binding *anygw_binding_lookup(struct anygw_net *an,
				   const struct anygw_ep_key *where,
				   const struct in6_addr *addr);

/**
 * anygw_binding_confirm() - the owner of an address has used or said it
 * @an: the namespace
 * @pair: the address
 * @src: which of both
 * Return: true if it has only answered a question of ours
 * Context: RCU read side, bottom halves off, not the endpoints' lock.
 */
bool anygw_binding_confirm(struct anygw_net *an, struct anygw_binding *pair,
			enum anygw_learn_src lesson);

/**
 * anygw_binding_learn() - an endpoint has an address that it had not so far
 * @an: the namespace
 * @port: the port it is behind
 * @ep: the endpoint
 * @addr: the address
 * @src: whether it has used it or said it
 * Return: false if a limit leaves no room for it
 * Context: the endpoints' lock, RCU read side.
 */
bool anygw_binding_learn(struct anygw_net *an, struct anygw_port *port,
		      struct anygw_endpoint *ep, const struct in6_addr *addr,
		      enum anygw_learn_src lesson);

/**
 * anygw_binding_contest() - the fabric says that somebody else has an address
 * @an: the namespace
 * @port: the fabric port
 * @pair: the address
 * @mac: who has it
 * Context: RCU read side, bottom halves off, not the endpoints' lock.
 */
void anygw_binding_contest(struct anygw_net *an, struct anygw_port *port,
			struct anygw_binding *pair, const u8 *mac);

/**
 * anygw_binding_del() - forget an address
 * @an: the namespace
 * @pair: the address; freed after a grace period
 * Context: the endpoints' lock.
 */
void anygw_binding_del(struct anygw_net *an, struct anygw_binding *pair);

/**
 * anygw_binding_refresh() - the owner of an address has used or said it
 * @pair: the address
 * @src: which of both
 * Context: any.
 */
void anygw_binding_refresh(struct anygw_binding *pair, enum anygw_learn_src lesson);

/**
 * anygw_binding_add() - give an endpoint an address that none has
 * @an: the namespace
 * @ep: the endpoint
 * @addr: the address
 * @src: whether it has used it or said it
 * Return: false without memory, or if a limit leaves no room for it
 * Context: the endpoints' lock.
 */
bool anygw_binding_add(struct anygw_net *an, struct anygw_endpoint *ep,
		    const struct in6_addr *addr, enum anygw_learn_src lesson);

/**
 * anygw_binding_take_over() - give an address to another endpoint
 * @an: the namespace
 * @pair: the address
 * @ep: its new owner
 * @src: whether that has used it or said it
 * Return: false if a limit leaves no room for it
 * Context: the endpoints' lock.
 */
bool anygw_binding_take_over(struct anygw_net *an, struct anygw_binding *pair,
			  struct anygw_endpoint *ep, enum anygw_learn_src lesson);

/**
 * anygw_conflict_end() - end the conflict about an address, if there is one
 * @an: the namespace
 * @pair: the address
 * Context: the endpoints' lock.
 */
void anygw_conflict_end(struct anygw_net *an, struct anygw_binding *pair);

/**
 * anygw_ep_table_init() - start with no endpoint known
 * @an: the namespace
 * Return: 0 or a negative error
 */
int anygw_ep_table_init(struct anygw_net *an);

/**
 * anygw_ep_table_exit() - end, after all endpoints are gone
 * @an: the namespace
 */
void anygw_ep_table_exit(struct anygw_net *an);

/**
 * anygw_ep_schedule() - have something said
 * @an: the namespace
 * @ep: of whom
 * @pending: ANYGW_SAY_*
 * Context: the endpoints' lock.
 */
void anygw_ep_schedule(struct anygw_net *an, struct anygw_endpoint *ep, u8 say);

#endif
