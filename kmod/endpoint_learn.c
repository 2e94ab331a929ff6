// SPDX-License-Identifier: GPL-2.0
/*
 * What the frames in the bridge tell of the virtual machines: that one is
 * there, that it has come or gone, and which addresses it has.
 *
 * A machine that is known costs a comparison with what its port has noted.
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "announce.h"
#include "endpoint.h"

/* A machine that uses the addresses of others is looked into only so far. */
#define CLAIMS_MAX	256

static struct anygw_ep_key key_of(const struct net_device *br, u16 vid,
				       const u8 *mac)
{
	struct anygw_ep_key key = { .bridge = br->ifindex, .vid = vid };

	ether_addr_copy(key.mac, mac);
	return key;
}

/* Under the lock: the answer may come just when the address is given up. */
static void binding_note_reply(struct anygw_net *an, struct anygw_binding *pair)
{
	spin_lock(&an->endpoints.lock);
	pair->solicits = 0;
	if (pair->conflict)
		pair->conflict->owner_replied = true;
	spin_unlock(&an->endpoints.lock);
}

bool anygw_binding_confirm(struct anygw_net *an, struct anygw_binding *pair,
			enum anygw_learn_src lesson)
{
	bool asked = READ_ONCE(pair->solicits) || READ_ONCE(pair->conflict);

	anygw_binding_refresh(pair, lesson);
	if (asked)
		binding_note_reply(an, pair);
	return asked && lesson == ANYGW_LEARN_CLAIMED;
}

/* Have the owner asked at once; one claim at a time. */
static void conflict_begin(struct anygw_net *an, struct anygw_port *port,
		    struct anygw_binding *pair, const u8 *mac, bool said)
{
	struct anygw_addr_conflict *claim = pair->conflict;

	if (claim) {
		if (said && ether_addr_equal(claim->contender, mac))
			claim->contender_claimed = true;
		return;
	}
	if (port->dead || port->n_conflicts >= CLAIMS_MAX)
		return;
	claim = kzalloc(sizeof(*claim), GFP_ATOMIC);
	if (!claim)
		return;
	claim->port = port->dev->ifindex;
	ether_addr_copy(claim->contender, mac);
	claim->contender_claimed = said;
	list_add_tail(&claim->on_port, &port->conflicts);
	port->n_conflicts++;
	WRITE_ONCE(pair->conflict, claim);
	/* It is asked for the claim's sake now. */
	WRITE_ONCE(pair->solicits, 0);
	anygw_ep_schedule(an, pair->ep, ANYGW_EP_PENDING_SOLICIT);
}

bool anygw_binding_learn(struct anygw_net *an, struct anygw_port *port,
		      struct anygw_endpoint *ep, const struct in6_addr *addr,
		      enum anygw_learn_src lesson)
{
	struct anygw_binding *pair = anygw_binding_lookup(an, &ep->key, addr);

	if (!pair)
		return anygw_binding_add(an, ep, addr, lesson);
	if (pair->ep == ep) {
		anygw_binding_refresh(pair, lesson);
		return true;
	}
	/* There is nobody to be asked. */
	if (!(pair->ep->flags & ANYGW_EP_PRESENT))
		return anygw_binding_take_over(an, pair, ep, lesson);
	conflict_begin(an, port, pair, ep->key.mac, lesson == ANYGW_LEARN_CLAIMED);
	return true;
}

void anygw_binding_contest(struct anygw_net *an, struct anygw_port *port,
			struct anygw_binding *pair, const u8 *mac)
{
	const struct anygw_endpoint *ep;

	spin_lock(&an->endpoints.lock);
	ep = pair->ep;
	if (ep && ep->flags & ANYGW_EP_PRESENT &&
	    !ether_addr_equal(ep->key.mac, mac))
		conflict_begin(an, port, pair, mac, true);
	spin_unlock(&an->endpoints.lock);
}

/*
 * The address a machine asks for is not announced to it at the same moment:
 * the answer says the same.
 */
static u32 asked_hash(const struct anygw_frame *f)
{
	return anygw_frame_is_solicit(f) ?
	       anygw_announce_hash(anygw_frame_target_addr(f)) : 0;
}

static bool has_room(const struct anygw_port *port,
		     const struct anygw_endpoint *ep)
{
	unsigned int max = READ_ONCE(port->endpoint_max);

	return port->n_endpoints < max &&
	       port->n_bindings + ep->n_bindings <= ANYGW_BINDINGS_OF(max);
}

/* Back to a port so soon, its MAC is behind two of them. */
static void change_port(struct anygw_net *an, struct anygw_port *port,
			struct anygw_endpoint *ep)
{
	if (ep->flags & ANYGW_EP_PRESENT) {
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

/**
 * struct sighting - a frame of a machine
 * @port: the port it came in by
 * @seg: its VLAN
 * @f: the frame
 * @addr: the address it teaches, unless @src is none
 * @src: whether it was used or said
 * @broadcast: the whole fabric hears it
 */
struct sighting {
	struct anygw_port *port;
	const struct anygw_segment *seg;
	const struct anygw_frame *f;
	struct in6_addr addr;
	enum anygw_learn_src src;
	bool broadcast;
};

/* Whether there is room for it behind the port. */
static bool arrive(struct anygw_net *an, struct anygw_endpoint *ep,
		   const struct sighting *s)
{
	struct anygw_port *port = s->port;

	if (port->dead || (ep->port != port->dev->ifindex &&
			   !has_room(port, ep))) {
		/* Wherever it was, there it is no more. */
		anygw_ep_leave(an, ep);
		return false;
	}
	if (ep->port != port->dev->ifindex)
		change_port(an, port, ep);
	WRITE_ONCE(ep->flags, ep->flags | ANYGW_EP_PRESENT);
	ep->on_fabric = s->broadcast;
	ep->was_broadcast = s->broadcast;
	ep->skip_hash = asked_hash(s->f);
	anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_GATEWAY | ANYGW_EP_PENDING_EVENT |
			       (s->broadcast ? 0 : ANYGW_EP_PENDING_ARRIVAL));
	return true;
}

static bool is_here(const struct anygw_endpoint *ep,
		    const struct anygw_port *port)
{
	return READ_ONCE(ep->flags) & ANYGW_EP_PRESENT &&
	       READ_ONCE(ep->port) == port->dev->ifindex;
}

static void count(const struct sighting *s, enum anygw_stat stat)
{
	const struct anygw_segment *seg = s->seg;

	anygw_stats_inc(seg->gw[anygw_segment_default_gw(seg)].gateway->stats, stat);
	anygw_stats_inc(s->port->stats, stat);
}

/* Something is new of it: its place, an address, or both. */
static void take_note(struct anygw_net *an, struct anygw_endpoint *ep,
		      const struct sighting *s)
{
	bool arrives = false, room = true;

	spin_lock(&an->endpoints.lock);
	if (!(ep->flags & ANYGW_EP_DEAD)) {
		arrives = !is_here(ep, s->port);
		if (arrives)
			room = arrive(an, ep, s);
		if (room && s->src != ANYGW_LEARN_NONE)
			room = anygw_binding_learn(an, s->port, ep, &s->addr,
						s->src);
	}
	spin_unlock(&an->endpoints.lock);
	if (arrives && is_here(ep, s->port))
		count(s, ANYGW_STAT_LEARNED);
	if (!room)
		count(s, ANYGW_STAT_OVERLIMIT);
}

/* A machine that announces itself may have come from another gateway. */
static void announced(struct anygw_net *an, struct anygw_endpoint *ep)
{
	spin_lock(&an->endpoints.lock);
	if (!(ep->flags & ANYGW_EP_DEAD) && !(ep->pending & ANYGW_EP_PENDING_GATEWAY) &&
	    anygw_jiffies_since(ep->last_announced) >= ANYGW_EP_INTERVAL) {
		ep->skip_hash = 0;
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_GATEWAY);
	}
	spin_unlock(&an->endpoints.lock);
}

static struct anygw_endpoint *get(struct anygw_net *an,
				  const struct sighting *s,
				  const struct anygw_ep_key *key)
{
	struct anygw_endpoint *ep = anygw_ep_lookup(an, key);
	const struct anygw_gateway *gw = s->seg->gw[0].gateway;
	struct anygw_vlan *vlan;

	if (ep)
		return ep;
	vlan = rcu_dereference(gw->vlan);
	if (!vlan)
		return NULL;
	if (READ_ONCE(s->port->n_endpoints) <
	    READ_ONCE(s->port->endpoint_max) &&
	    READ_ONCE(vlan->n_endpoints) < READ_ONCE(vlan->endpoint_max))
		ep = anygw_ep_create(an, vlan, key);
	if (!ep)
		count(s, ANYGW_STAT_OVERLIMIT);
	return ep;
}

/* The note that stands for a machine and the address it uses. */
static u64 pair_note(const struct anygw_frame *f, u64 note)
{
	u32 addr = f->kind == ANYGW_FRAME_IPV4 ?
		   (__force u32)f->ip.src.s6_addr32[3] :
		   jhash(&f->ip.src, sizeof(f->ip.src), 0);

	return (u64)addr << 32 | jhash_3words(addr, note, note >> 32, 0);
}

static u64 *note_of(struct anygw_port *port, const struct anygw_frame *f,
		    int flags, u64 *note)
{
	if (!(flags & ANYGW_EP_RX_CAPTURED) || !anygw_frame_is_ip(f))
		return &port->ep_note;
	*note = pair_note(f, *note);
	return &port->binding_note[*note % ANYGW_PORT_NOTES];
}

/* Addresses are learned from what machines say, and from captured traffic. */
static enum anygw_learn_src lesson_of(struct sighting *s, int flags)
{
	if (anygw_frame_is_ip(s->f) && !(flags & ANYGW_EP_RX_CAPTURED))
		return ANYGW_LEARN_NONE;
	return anygw_learn(s->seg, s->f, &s->addr);
}

/* Whether nothing has to be changed but times. */
static bool refresh(struct anygw_net *an, struct anygw_endpoint *ep,
		    const struct sighting *s)
{
	struct anygw_binding *pair = NULL;
	bool own;

	if (s->src != ANYGW_LEARN_NONE)
		pair = anygw_binding_lookup(an, &ep->key, &s->addr);
	own = pair && READ_ONCE(pair->ep) == ep;
	if (!own || !anygw_binding_confirm(an, pair, s->src))
		WRITE_ONCE(ep->last_rx, jiffies);
	if (!is_here(ep, s->port))
		return false;
	/* What a second machine uses is being looked into already. */
	return own || s->src == ANYGW_LEARN_NONE ||
	       (pair && s->src == ANYGW_LEARN_OBSERVED &&
		READ_ONCE(pair->conflict));
}

void anygw_ep_rx_access(struct anygw_net *an, struct anygw_port *port,
			 const struct anygw_segment *seg,
			 const struct anygw_frame *f, int flags)
{
	bool by_fabric = flags & ANYGW_EP_RX_TO_FABRIC;
	bool announces = anygw_frame_is_announcement(f);
	u64 seen_note = anygw_port_note(f->src, seg->vid), note = seen_note;
	u64 *noted = note_of(port, f, flags, &note);
	struct sighting s = { .port = port, .seg = seg, .f = f };
	struct anygw_ep_key key;
	struct anygw_endpoint *ep;
	bool known;

	if (!by_fabric && !announces && f->kind != ANYGW_FRAME_ARP &&
	    f->kind != ANYGW_FRAME_ND &&
	    READ_ONCE(*noted) == note)
		return;
	/* A unicast teaches the switches on its way, and no others. */
	s.broadcast = by_fabric && is_broadcast_ether_addr(f->dst);
	s.src = lesson_of(&s, flags);
	key = key_of(port->br_dev, seg->vid, f->src);
	ep = get(an, &s, &key);
	if (!ep)
		return;

	if (by_fabric)
		WRITE_ONCE(ep->last_fabric, jiffies);
	known = refresh(an, ep, &s);
	if (!known)
		take_note(an, ep, &s);
	if (announces)
		announced(an, ep);
	if (s.broadcast)
		WRITE_ONCE(ep->was_broadcast, true);
	if (by_fabric) {
		WRITE_ONCE(ep->on_fabric, true);
		WRITE_ONCE(port->fabric_note, seen_note);
	}
	WRITE_ONCE(port->ep_note, seen_note);
	if (known)
		WRITE_ONCE(*noted, note);
}

/* Here no more: its MAC is heard elsewhere. */
static void depart(struct anygw_net *an, struct anygw_endpoint *ep)
{
	spin_lock(&an->endpoints.lock);
	if (!(ep->flags & ANYGW_EP_DEAD))
		anygw_ep_leave(an, ep);
	spin_unlock(&an->endpoints.lock);
}

/* The endpoint that sends it, and the address of which it tells whose it is. */
static void find_concerned(struct anygw_net *an, const struct anygw_port *port,
			   const struct anygw_segment *seg,
			   const struct anygw_frame *f,
			   struct anygw_endpoint **ep, struct anygw_binding **pair)
{
	struct anygw_ep_key key;
	struct in6_addr addr;

	*ep = NULL;
	*pair = NULL;
	if (!READ_ONCE(an->endpoints.count))
		return;
	key = key_of(port->br_dev, seg->vid, f->src);
	*ep = anygw_ep_lookup(an, &key);
	if (*ep && !(READ_ONCE((*ep)->flags) & ANYGW_EP_PRESENT))
		*ep = NULL;
	/* Only what is said counts; most frames are plain packets. */
	if (!anygw_frame_is_ip(f) &&
	    anygw_learn(seg, f, &addr) == ANYGW_LEARN_CLAIMED)
		*pair = anygw_binding_lookup(an, &key, &addr);
}

bool anygw_ep_match_fabric(struct anygw_net *an,
			      const struct anygw_port *port,
			      const struct anygw_segment *seg,
			      const struct anygw_frame *f)
{
	struct anygw_endpoint *ep;
	struct anygw_binding *pair;

	find_concerned(an, port, seg, f, &ep, &pair);
	return ep || pair;
}

void anygw_ep_rx_fabric(struct anygw_net *an, struct anygw_port *port,
			  const struct anygw_segment *seg,
			  const struct anygw_frame *f)
{
	struct anygw_endpoint *ep;
	struct anygw_binding *pair;

	find_concerned(an, port, seg, f, &ep, &pair);
	if (ep)
		depart(an, ep);
	if (pair)
		anygw_binding_contest(an, port, pair, f->src);
}
