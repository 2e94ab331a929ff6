// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints and bindings learned from the frames in the bridge. A frame of an
 * endpoint that is up to date costs a comparison with its port's notes.
 */
#include <linux/slab.h>

#include "announce.h"
#include "endpoint.h"

/* Bounds what a VM costs that uses the addresses of others */
#define CONFLICTS_PER_PORT	256

/* A frame of an endpoint. @addr is set unless @src is ANYGW_LEARN_NONE. */
struct ep_rx {
	struct anygw_port *port;
	const struct anygw_segment *seg;
	const struct anygw_frame *f;
	struct in6_addr addr;
	enum anygw_learn_src src;
	bool broadcast;	/* sent by a fabric port to all */
};

/*
 * Return whether the frame may be only the reply to a solicitation, and so no
 * sign of activity.
 */
static bool binding_confirm(struct anygw_net *an, struct anygw_binding *binding,
			    enum anygw_learn_src src)
{
	bool solicited = READ_ONCE(binding->solicits) ||
			 READ_ONCE(binding->conflict);

	anygw_binding_refresh(binding, src);
	if (!solicited)
		return false;
	/* The worker may be about to delete the binding or to move it. */
	spin_lock(&an->endpoints.lock);
	binding->solicits = 0;
	if (binding->conflict)
		binding->conflict->owner_replied = true;
	spin_unlock(&an->endpoints.lock);
	return src == ANYGW_LEARN_CLAIMED;
}

/* Solicit the owner at once. One conflict per binding at a time. */
static void conflict_begin(struct anygw_net *an, struct anygw_port *port,
			   struct anygw_binding *binding, const u8 *mac,
			   bool claimed)
{
	struct anygw_addr_conflict *conflict = binding->conflict;

	lockdep_assert_held(&an->endpoints.lock);
	if (conflict) {
		if (claimed && ether_addr_equal(conflict->contender, mac))
			conflict->contender_claimed = true;
		return;
	}
	if (port->dead || port->n_conflicts >= CONFLICTS_PER_PORT)
		return;
	conflict = kzalloc(sizeof(*conflict), GFP_ATOMIC);
	if (!conflict)
		return;
	conflict->port = port->dev->ifindex;
	ether_addr_copy(conflict->contender, mac);
	conflict->contender_claimed = claimed;
	list_add_tail(&conflict->on_port, &port->conflicts);
	port->n_conflicts++;
	WRITE_ONCE(binding->conflict, conflict);
	/* The conflict has a solicitation of its own. */
	WRITE_ONCE(binding->solicits, 0);
	anygw_ep_schedule(an, binding->ep, ANYGW_EP_PENDING_SOLICIT);
}

/* Return false if a limit is reached. */
static bool binding_learn(struct anygw_net *an, struct anygw_endpoint *ep,
			  const struct ep_rx *rx)
{
	struct anygw_binding *binding;

	lockdep_assert_held(&an->endpoints.lock);
	binding = anygw_binding_lookup(an, &ep->key, &rx->addr);
	if (!binding)
		return anygw_binding_add(an, ep, &rx->addr, rx->src);
	if (binding->ep == ep) {
		anygw_binding_refresh(binding, rx->src);
		return true;
	}
	/* The owner has left: it cannot be asked. */
	if (!(binding->ep->flags & ANYGW_EP_PRESENT))
		return anygw_binding_take_over(an, binding, ep, rx->src);
	conflict_begin(an, rx->port, binding, ep->key.mac,
		       rx->src == ANYGW_LEARN_CLAIMED);
	return true;
}

static bool ep_port_has_room(const struct anygw_port *port,
			     const struct anygw_endpoint *ep)
{
	unsigned int max = READ_ONCE(port->endpoint_max);

	return port->n_endpoints < max &&
	       port->n_bindings + ep->n_bindings <= ANYGW_BINDINGS_OF(max);
}

static void ep_set_port(struct anygw_net *an, struct anygw_endpoint *ep,
			struct anygw_port *port)
{
	lockdep_assert_held(&an->endpoints.lock);
	if (ep->flags & ANYGW_EP_PRESENT) {
		/* Back so soon: the MAC is behind both ports. */
		if (ep->prev_port == port->dev->ifindex &&
		    anygw_jiffies_since(ep->moved_at) < HZ)
			ep->flags |= ANYGW_EP_MAC_FLAP;
		ep->prev_port = ep->port;
		ep->moved_at = jiffies;
	}
	anygw_ep_release_port(an, ep);
	list_add_tail(&ep->on_port, &port->endpoints);
	port->n_endpoints++;
	port->n_bindings += ep->n_bindings;
	WRITE_ONCE(ep->port, port->dev->ifindex);
}

/* Return false if a limit of the port is reached. */
static bool ep_arrive(struct anygw_net *an, struct anygw_endpoint *ep,
		      const struct ep_rx *rx)
{
	struct anygw_port *port = rx->port;
	u8 pending = ANYGW_EP_PENDING_GATEWAY | ANYGW_EP_PENDING_EVENT;

	lockdep_assert_held(&an->endpoints.lock);
	if (port->dead || (ep->port != port->dev->ifindex &&
			   !ep_port_has_room(port, ep))) {
		/* In any case it is no longer behind its old port. */
		anygw_ep_leave(an, ep);
		return false;
	}
	if (ep->port != port->dev->ifindex)
		ep_set_port(an, ep, port);
	WRITE_ONCE(ep->flags, ep->flags | ANYGW_EP_PRESENT);
	ep->on_fabric = rx->broadcast;
	ep->was_broadcast = rx->broadcast;
	/* The reply to its own solicitation announces that address. */
	ep->skip_hash = anygw_frame_is_solicit(rx->f) ?
		anygw_announce_hash(anygw_frame_target_addr(rx->f)) : 0;
	if (!rx->broadcast)
		pending |= ANYGW_EP_PENDING_ARRIVAL;
	anygw_ep_schedule(an, ep, pending);
	return true;
}

static bool ep_is_on_port(const struct anygw_endpoint *ep,
			  const struct anygw_port *port)
{
	return READ_ONCE(ep->flags) & ANYGW_EP_PRESENT &&
	       READ_ONCE(ep->port) == port->dev->ifindex;
}

static void ep_rx_count(const struct ep_rx *rx, enum anygw_stat stat)
{
	int gw = anygw_segment_default_gw(rx->seg);

	anygw_stats_inc(rx->seg->gw[gw].gateway->stats, stat);
	anygw_stats_inc(rx->port->stats, stat);
}

/* The port, a binding, or both are new. */
static void ep_update(struct anygw_net *an, struct anygw_endpoint *ep,
		      const struct ep_rx *rx)
{
	bool arrives = false, room = true;

	spin_lock(&an->endpoints.lock);
	if (!(ep->flags & ANYGW_EP_DEAD)) {
		arrives = !ep_is_on_port(ep, rx->port);
		if (arrives)
			room = ep_arrive(an, ep, rx);
		if (room && rx->src != ANYGW_LEARN_NONE)
			room = binding_learn(an, ep, rx);
	}
	spin_unlock(&an->endpoints.lock);
	if (arrives && ep_is_on_port(ep, rx->port))
		ep_rx_count(rx, ANYGW_STAT_LEARNED);
	if (!room)
		ep_rx_count(rx, ANYGW_STAT_OVERLIMIT);
}

/* It announces itself: it may have come from a host with another gateway. */
static void ep_rx_announcement(struct anygw_net *an, struct anygw_endpoint *ep)
{
	spin_lock(&an->endpoints.lock);
	if (!(ep->flags & ANYGW_EP_DEAD) &&
	    !(ep->pending & ANYGW_EP_PENDING_GATEWAY) &&
	    anygw_jiffies_since(ep->last_announced) >= ANYGW_EP_INTERVAL) {
		ep->skip_hash = 0;
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_GATEWAY);
	}
	spin_unlock(&an->endpoints.lock);
}

static struct anygw_endpoint *ep_get(struct anygw_net *an,
				     const struct ep_rx *rx)
{
	const struct anygw_port *port = rx->port;
	const struct anygw_gateway *gw = rx->seg->gw[0].gateway;
	struct anygw_ep_key key;
	struct anygw_endpoint *ep;
	struct anygw_vlan *vlan;

	key = anygw_ep_make_key(port->br_dev, rx->seg->vid, rx->f->src);
	ep = anygw_ep_lookup(an, &key);
	if (ep)
		return ep;
	vlan = rcu_dereference(gw->vlan);
	if (!vlan)
		return NULL;
	if (READ_ONCE(port->n_endpoints) < READ_ONCE(port->endpoint_max) &&
	    READ_ONCE(vlan->n_endpoints) < READ_ONCE(vlan->endpoint_max))
		ep = anygw_ep_create(an, vlan, &key);
	if (!ep)
		ep_rx_count(rx, ANYGW_STAT_OVERLIMIT);
	return ep;
}

/*
 * The note slot for a frame. Captured IP packets also teach a binding: for
 * them the source address is mixed into @note.
 */
static u64 *ep_note_slot(struct anygw_port *port, const struct anygw_frame *f,
			 int flags, u64 *note)
{
	u32 addr;

	if (!(flags & ANYGW_EP_RX_CAPTURED) || !anygw_frame_is_ip(f))
		return &port->ep_note;
	addr = f->kind == ANYGW_FRAME_IPV4 ?
	       (__force u32)f->ip.src.s6_addr32[3] :
	       jhash(&f->ip.src, sizeof(f->ip.src), 0);
	*note = (u64)addr << 32 | jhash_3words(addr, *note, *note >> 32, 0);
	return &port->binding_note[*note % ANYGW_PORT_NOTES];
}

/* Return false if the endpoint's port or bindings have to be changed. */
static bool ep_refresh(struct anygw_net *an, struct anygw_endpoint *ep,
		       const struct ep_rx *rx)
{
	struct anygw_binding *binding = NULL;
	bool own;

	if (rx->src != ANYGW_LEARN_NONE)
		binding = anygw_binding_lookup(an, &ep->key, &rx->addr);
	own = binding && READ_ONCE(binding->ep) == ep;
	if (!own || !binding_confirm(an, binding, rx->src))
		WRITE_ONCE(ep->last_rx, jiffies);
	if (!ep_is_on_port(ep, rx->port))
		return false;
	/* Use of another endpoint's address adds nothing to a conflict. */
	return own || rx->src == ANYGW_LEARN_NONE ||
	       (binding && rx->src == ANYGW_LEARN_OBSERVED &&
		READ_ONCE(binding->conflict));
}

void anygw_ep_rx_access(struct anygw_net *an, struct anygw_port *port,
			const struct anygw_segment *seg,
			const struct anygw_frame *f, int flags)
{
	bool to_fabric = flags & ANYGW_EP_RX_TO_FABRIC;
	bool announces = anygw_frame_is_announcement(f);
	u64 ep_note = anygw_port_note(f->src, seg->vid), note = ep_note;
	u64 *slot = ep_note_slot(port, f, flags, &note);
	struct ep_rx rx = { .port = port, .seg = seg, .f = f };
	struct anygw_endpoint *ep;
	bool up_to_date;

	if (!to_fabric && !announces && f->kind != ANYGW_FRAME_ARP &&
	    f->kind != ANYGW_FRAME_ND && READ_ONCE(*slot) == note)
		return;
	/* A unicast reaches only the switches on its path. */
	rx.broadcast = to_fabric && is_broadcast_ether_addr(f->dst);
	/* Of IP packets only captured ones teach a binding. */
	if (!anygw_frame_is_ip(f) || flags & ANYGW_EP_RX_CAPTURED)
		rx.src = anygw_learn(seg, f, &rx.addr);
	ep = ep_get(an, &rx);
	if (!ep)
		return;

	if (to_fabric)
		WRITE_ONCE(ep->last_fabric, jiffies);
	up_to_date = ep_refresh(an, ep, &rx);
	if (!up_to_date)
		ep_update(an, ep, &rx);
	if (announces)
		ep_rx_announcement(an, ep);
	if (rx.broadcast)
		WRITE_ONCE(ep->was_broadcast, true);
	if (to_fabric) {
		WRITE_ONCE(ep->on_fabric, true);
		WRITE_ONCE(port->fabric_rx_note, ep_note);
	}
	WRITE_ONCE(port->ep_note, ep_note);
	if (up_to_date)
		WRITE_ONCE(*slot, note);
}

/* Set @ep to the present sender of a frame, @binding to what it claims. */
static bool
ep_fabric_lookup(struct anygw_net *an, const struct anygw_port *port,
		 const struct anygw_segment *seg, const struct anygw_frame *f,
		 struct anygw_endpoint **ep, struct anygw_binding **binding)
{
	struct anygw_ep_key key;
	struct in6_addr addr;

	*ep = NULL;
	*binding = NULL;
	if (!READ_ONCE(an->endpoints.count))
		return false;
	key = anygw_ep_make_key(port->br_dev, seg->vid, f->src);
	*ep = anygw_ep_lookup(an, &key);
	if (*ep && !(READ_ONCE((*ep)->flags) & ANYGW_EP_PRESENT))
		*ep = NULL;
	/* Most frames are IP packets, which claim nothing. */
	if (!anygw_frame_is_ip(f) &&
	    anygw_learn(seg, f, &addr) == ANYGW_LEARN_CLAIMED)
		*binding = anygw_binding_lookup(an, &key, &addr);
	return *ep || *binding;
}

bool anygw_ep_match_fabric(struct anygw_net *an, const struct anygw_port *port,
			   const struct anygw_segment *seg,
			   const struct anygw_frame *f)
{
	struct anygw_endpoint *ep;
	struct anygw_binding *binding;

	return ep_fabric_lookup(an, port, seg, f, &ep, &binding);
}

void anygw_ep_rx_fabric(struct anygw_net *an, struct anygw_port *port,
			const struct anygw_segment *seg,
			const struct anygw_frame *f)
{
	struct anygw_endpoint *ep, *owner;
	struct anygw_binding *binding;

	if (!ep_fabric_lookup(an, port, seg, f, &ep, &binding))
		return;
	spin_lock(&an->endpoints.lock);
	if (ep && !(ep->flags & ANYGW_EP_DEAD))
		anygw_ep_leave(an, ep);
	owner = binding ? binding->ep : NULL;
	if (owner && owner->flags & ANYGW_EP_PRESENT &&
	    !ether_addr_equal(owner->key.mac, f->src))
		conflict_begin(an, port, binding, f->src, true);
	spin_unlock(&an->endpoints.lock);
}
