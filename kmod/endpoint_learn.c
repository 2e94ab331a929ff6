// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints and bindings learned from the frames in the bridge. A frame of an
 * endpoint that is up to date costs a comparison with its port's notes.
 */
#include <linux/slab.h>

#include "announce.h"
#include "bridge.h"
#include "endpoint.h"
#include "neigh.h"

/* Bounds what a VM costs that uses the addresses of others */
#define CONFLICTS_PER_PORT	256
/* A frame that comes back from the fabric within this time is a reflection. */
#define EP_REFLECTED		(HZ / 10)
#define CLAIM_DELAY		(3 * HZ / 10)

/* A frame of an endpoint. @addr is set unless @src is ANYGW_LEARN_NONE. */
struct ep_rx {
	struct anygw_port *port;
	const struct anygw_segment *seg;
	const struct anygw_frame *f;
	struct in6_addr addr;
	enum anygw_learn_src src;
	bool broadcast;	/* sent by a fabric port to all */
	bool captured;	/* only the gateway has received it */
	bool proves;	/* see anygw_frame_proves() */
	struct anygw_endpoint *remote;	/* see ep_remote_owner() */
};

/*
 * Return whether the frame may be only the reply to a solicitation, and so no
 * sign of activity. @probed: so may be one to a probe
 */
static bool binding_confirm(struct anygw_net *an, struct anygw_binding *binding,
			    enum anygw_learn_src src, bool probed)
{
	bool solicited = READ_ONCE(binding->solicits) ||
			 READ_ONCE(binding->conflict);

	anygw_binding_refresh(binding, src);
	if (!solicited)
		return src == ANYGW_LEARN_CLAIMED && probed;
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

/*
 * The machine that the gateways have at an address, if that is not the sender
 * of @f and no endpoint of this host has the address. Context: RCU read side.
 */
static struct anygw_endpoint *
ep_remote_owner(struct anygw_net *an, const struct anygw_port *port,
		const struct anygw_segment *seg, const struct anygw_frame *f,
		const struct in6_addr *addr)
{
	struct anygw_vlan *vlan = rcu_dereference(seg->gw[0].gateway->vlan);
	const struct anygw_binding *binding;
	const struct anygw_endpoint *owner;
	struct anygw_ep_key key;
	struct anygw_endpoint *ep;
	u8 mac[ETH_ALEN];

	key = anygw_ep_make_key(port->br_dev, seg->vid, f->src);
	binding = anygw_binding_lookup(an, &key, addr);
	owner = binding ? READ_ONCE(binding->ep) : NULL;
	if (!vlan || (owner && READ_ONCE(owner->flags) & ANYGW_EP_OWNER) ||
	    !anygw_neigh_other(seg, addr, f->src, mac) ||
	    anygw_is_host_mac(mac) || anygw_segment_by_vmac(seg, mac) >= 0)
		return NULL;
	ether_addr_copy(key.mac, mac);
	ep = anygw_ep_lookup(an, &key) ?: anygw_ep_create(an, vlan, &key);
	return ep && !(READ_ONCE(ep->flags) & ANYGW_EP_PRESENT) ? ep : NULL;
}

/* Let it own an address until a conflict is decided. Return: the binding */
static struct anygw_binding *
binding_of_remote(struct anygw_net *an, struct anygw_endpoint *remote,
		  struct anygw_binding *binding, const struct in6_addr *addr)
{
	lockdep_assert_held(&an->endpoints.lock);
	if (remote->flags & (ANYGW_EP_DEAD | ANYGW_EP_PRESENT))
		return binding;
	WRITE_ONCE(remote->flags, remote->flags | ANYGW_EP_REMOTE);
	if (!binding)
		return anygw_binding_add(an, remote, addr,
					 ANYGW_LEARN_OBSERVED);
	if (binding->ep != remote)
		anygw_binding_take_over(an, binding, remote,
					ANYGW_LEARN_OBSERVED);
	return binding;
}

/* Return false if a limit is reached. @new: set if @ep has it from now on. */
static bool binding_learn(struct anygw_net *an, struct anygw_endpoint *ep,
			  const struct ep_rx *rx, bool *new)
{
	struct anygw_binding *binding;

	lockdep_assert_held(&an->endpoints.lock);
	binding = anygw_binding_lookup(an, &ep->key, &rx->addr);
	if (binding && binding->ep == ep) {
		anygw_binding_refresh(binding, rx->src);
		return true;
	}
	if (rx->remote)
		binding = binding_of_remote(an, rx->remote, binding, &rx->addr);
	/* An owner that has left cannot reply. */
	if (binding && binding->ep->flags & ANYGW_EP_OWNER) {
		conflict_begin(an, rx->port, binding, ep->key.mac,
			       rx->src == ANYGW_LEARN_CLAIMED);
		return true;
	}
	if (!binding)
		binding = anygw_binding_add(an, ep, &rx->addr, rx->src);
	else if (!anygw_binding_take_over(an, binding, ep, rx->src))
		binding = NULL;
	if (!binding)
		return false;
	*new = rx->src == ANYGW_LEARN_CLAIMED;
	if (*new && rx->captured) {
		binding->unheard = true;
		/* It may be about to announce itself. */
		if (anygw_jiffies_since(ep->last_claimed) >= CLAIM_DELAY)
			ep->last_claimed = jiffies + CLAIM_DELAY -
					   ANYGW_EP_INTERVAL;
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_CLAIM);
	}
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
	}
	anygw_ep_release_port(an, ep);
	list_add_tail(&ep->on_port, &port->endpoints);
	port->n_endpoints++;
	port->n_bindings += ep->n_bindings;
	WRITE_ONCE(ep->port, port->dev->ifindex);
}

static enum anygw_moved_by ep_arrived_by(const struct anygw_frame *f)
{
	if (f->kind == ANYGW_FRAME_RARP)
		return ANYGW_MOVED_BY_RARP;
	return f->kind == ANYGW_FRAME_ARP || f->kind == ANYGW_FRAME_ND ?
	       ANYGW_MOVED_BY_CLAIM : ANYGW_MOVED_BY_UNICAST;
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
		anygw_ep_leave(an, ep, ep_arrived_by(rx->f));
		return false;
	}
	if (ep->port != port->dev->ifindex)
		ep_set_port(an, ep, port);
	WRITE_ONCE(ep->flags, (ep->flags | ANYGW_EP_PRESENT) &
		   ~ANYGW_EP_DOUBT);
	ep->moved_at = jiffies;
	ep->moved_by = ep_arrived_by(rx->f);
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
		      struct ep_rx *rx)
{
	bool arrives = false, room = true, new = false;

	if (rx->src != ANYGW_LEARN_NONE)
		rx->remote = ep_remote_owner(an, rx->port, rx->seg, rx->f,
					     &rx->addr);
	spin_lock(&an->endpoints.lock);
	if (!(ep->flags & ANYGW_EP_DEAD)) {
		arrives = !ep_is_on_port(ep, rx->port);
		if (arrives)
			room = ep_arrive(an, ep, rx);
		if (room && rx->src != ANYGW_LEARN_NONE)
			room = binding_learn(an, ep, rx, &new);
	}
	spin_unlock(&an->endpoints.lock);
	if (new)
		anygw_neigh_update(rx->seg, &rx->addr, rx->f->src);
	if (arrives && ep_is_on_port(ep, rx->port))
		ep_rx_count(rx, ANYGW_STAT_LEARNED);
	if (!room)
		ep_rx_count(rx, ANYGW_STAT_OVERLIMIT);
}

/* It was heard at its port: a frame from the fabric did not show a move. */
static void ep_stays(struct anygw_net *an, struct anygw_endpoint *ep)
{
	spin_lock(&an->endpoints.lock);
	if (ep->flags & ANYGW_EP_RETEACH)
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_PATH);
	WRITE_ONCE(ep->flags, ep->flags & ~ANYGW_EP_DOUBT);
	spin_unlock(&an->endpoints.lock);
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
	/* A tap may send frames of a VM that is still to come. */
	if (!rx->proves)
		return ep && ep_is_on_port(ep, port) ? ep : NULL;
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
	if (!own || !binding_confirm(an, binding, rx->src,
				     READ_ONCE(ep->flags) & ANYGW_EP_PROBED))
		WRITE_ONCE(ep->last_rx, jiffies);
	if (own && rx->broadcast && rx->src == ANYGW_LEARN_CLAIMED)
		WRITE_ONCE(binding->unheard, false);
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
	struct ep_rx rx = {
		.port = port,
		.seg = seg,
		.f = f,
		.captured = flags & ANYGW_EP_RX_CAPTURED,
	};
	struct anygw_endpoint *ep;
	bool up_to_date;

	if (!to_fabric && !announces && f->kind != ANYGW_FRAME_ARP &&
	    f->kind != ANYGW_FRAME_ND && READ_ONCE(*slot) == note)
		return;
	/* A unicast reaches only the switches on its path. */
	rx.broadcast = to_fabric && is_broadcast_ether_addr(f->dst);
	rx.proves = anygw_frame_proves(f);
	/* Of IP packets only captured ones teach a binding. */
	if (!anygw_frame_is_ip(f) || rx.captured)
		rx.src = anygw_learn(seg, f, &rx.addr);
	ep = ep_get(an, &rx);
	if (!ep)
		return;

	if (to_fabric) {
		WRITE_ONCE(ep->last_fabric, jiffies);
		WRITE_ONCE(ep->last_proved, rx.proves);
	}
	up_to_date = ep_refresh(an, ep, &rx);
	if (!up_to_date)
		ep_update(an, ep, &rx);
	if (rx.proves && READ_ONCE(ep->flags) & ANYGW_EP_LEAVING &&
	    ep_is_on_port(ep, port))
		ep_stays(an, ep);
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

/* Its gateways can send it a solicitation at its port. */
static bool ep_can_be_probed(struct anygw_net *an,
			     const struct anygw_endpoint *ep,
			     const struct anygw_segment *seg)
{
	const struct anygw_port *port = xa_load(&an->ports, ep->port);
	const struct anygw_binding *binding;
	int gw;

	lockdep_assert_held(&an->endpoints.lock);
	if (hlist_empty(&ep->bindings) || !port || !READ_ONCE(port->up))
		return false;
	binding = hlist_entry(ep->bindings.first, struct anygw_binding, list);
	gw = anygw_segment_requester(seg, &binding->key.addr, NULL);
	return gw >= 0 && seg->gw[gw].state == ANYGW_MODE_ACTIVE;
}

/*
 * The fabric has sent a frame from the MAC of an endpoint that is here: it has
 * moved, it is about to, or the fabric has reflected its frame.
 */
static void ep_heard_on_fabric(struct anygw_net *an, struct anygw_endpoint *ep,
			       const struct anygw_segment *seg,
			       const struct anygw_frame *f)
{
	u32 since = READ_ONCE(ep->on_fabric) ?
		    anygw_jiffies_since(ep->last_fabric) : U32_MAX;
	bool reteach = since >= HZ &&
		       anygw_jiffies_since(ep->last_gratuitous) >= HZ;

	lockdep_assert_held(&an->endpoints.lock);
	/*
	 * Switches believe any frame, so they are told if the VM stays. Not
	 * after its own frame or announcement, which this may be a reflection
	 * of: that would go on for ever.
	 */
	if (!anygw_frame_proves(f)) {
		u32 probed = anygw_jiffies_since(ep->probed_at);

		reteach = since >= HZ || READ_ONCE(ep->last_proved);
		if (reteach && !(ep->flags & ANYGW_EP_LEAVING) &&
		    probed < ANYGW_EP_PROBE_INTERVAL) {
			/* It has just replied. */
			anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_PATH);
			return;
		}
	}
	if (reteach)
		WRITE_ONCE(ep->flags, ep->flags | ANYGW_EP_RETEACH);
	if (ep->flags & ANYGW_EP_LEAVING)
		return;
	if (ep_can_be_probed(an, ep, seg)) {
		WRITE_ONCE(ep->flags, ep->flags | ANYGW_EP_LEAVING);
		/* Any frame is a reply. */
		anygw_port_clear_notes(xa_load(&an->ports, ep->port));
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_PROBE);
	} else if (anygw_frame_is_announcement(f) && since >= EP_REFLECTED) {
		anygw_ep_leave(an, ep, ANYGW_MOVED_BY_ANNOUNCEMENT);
	}
}

bool anygw_ep_match_fabric(struct anygw_net *an, const struct anygw_port *port,
			   const struct anygw_segment *seg,
			   const struct anygw_frame *f)
{
	const struct anygw_endpoint *ep;
	struct anygw_ep_key key;
	struct in6_addr addr;

	if (!READ_ONCE(an->endpoints.count))
		return false;
	key = anygw_ep_make_key(port->br_dev, seg->vid, f->src);
	ep = anygw_ep_lookup(an, &key);
	if (ep && READ_ONCE(ep->flags) & ANYGW_EP_PRESENT)
		return true;
	return !anygw_frame_is_ip(f) &&
	       anygw_learn(seg, f, &addr) == ANYGW_LEARN_CLAIMED &&
	       anygw_binding_lookup(an, &key, &addr);
}

/* The bridge has learned from a frame that proves nothing. Under RCU. */
static void ep_relearn(struct anygw_net *an, const struct anygw_endpoint *ep)
{
	const struct anygw_port *port;

	port = xa_load(&an->ports, READ_ONCE(ep->port));
	if (READ_ONCE(ep->flags) & ANYGW_EP_PRESENT && port &&
	    READ_ONCE(port->up))
		anygw_br_relearn(port, ep->key.vid, ep->key.mac);
}

/* A machine on the fabric claims an address with the MAC of @f. */
static void ep_rx_fabric_claim(struct anygw_net *an, struct anygw_port *port,
			       struct anygw_endpoint *remote,
			       const struct anygw_ep_key *key,
			       const struct in6_addr *addr)
{
	struct anygw_binding *binding;

	lockdep_assert_held(&an->endpoints.lock);
	binding = anygw_binding_lookup(an, key, addr);
	if (remote)
		binding = binding_of_remote(an, remote, binding, addr);
	if (!binding)
		return;
	if (ether_addr_equal(binding->ep->key.mac, key->mac)) {
		/* One that is present replies at its port. */
		if (binding->conflict &&
		    !(binding->ep->flags & ANYGW_EP_PRESENT))
			binding->conflict->owner_replied = true;
	} else if (binding->ep->flags & ANYGW_EP_OWNER) {
		conflict_begin(an, port, binding, key->mac, true);
	} else {
		anygw_binding_del(an, binding);
	}
}

void anygw_ep_rx_fabric(struct anygw_net *an, struct anygw_port *port,
			const struct anygw_segment *seg,
			const struct anygw_frame *f)
{
	struct anygw_endpoint *ep, *remote = NULL;
	struct anygw_ep_key key;
	struct in6_addr addr;
	bool claims;

	key = anygw_ep_make_key(port->br_dev, seg->vid, f->src);
	/* Most frames are IP packets, which claim nothing. */
	claims = !anygw_frame_is_ip(f) &&
		 anygw_learn(seg, f, &addr) == ANYGW_LEARN_CLAIMED;
	ep = READ_ONCE(an->endpoints.count) ? anygw_ep_lookup(an, &key) : NULL;
	if (claims)
		remote = ep_remote_owner(an, port, seg, f, &addr);
	if (!ep && !claims)
		return;
	spin_lock(&an->endpoints.lock);
	if (ep && ep->flags & ANYGW_EP_PRESENT)
		ep_heard_on_fabric(an, ep, seg, f);
	if (claims)
		ep_rx_fabric_claim(an, port, remote, &key, &addr);
	spin_unlock(&an->endpoints.lock);
	if (ep && !anygw_frame_proves(f))
		ep_relearn(an, ep);
}
