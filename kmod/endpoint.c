// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual machines behind access ports, by MAC.
 *
 * The bridge knows where they are, but not whether the fabric has heard of
 * them lately: anygw keeps their gateway traffic off it. Nor does it tell
 * when one arrives.
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "announce.h"
#include "bridge.h"
#include "endpoint.h"

/* Switches forget a MAC after 300 s; a machine is announced before that. */
#define FABRIC_REFRESH	(240 * HZ)
/* The announcements of many machines are spread over so many seconds. */
#define FABRIC_SPREAD	30
/* A machine is told and announced at most so often. */
#define SAY_INTERVAL	HZ
/* One not seen for so long is forgotten, as by the bridge. */
#define FORGET		(300 * HZ)
#define SCAN_INTERVAL	(5 * HZ)
/* A machine that makes up addresses exhausts its own port's share only. */
#define PORT_MAX	1024

/* To the machine: who its gateways are. */
#define SAY_GATEWAY	0x01
/* To the fabric: the machine is here now, or it is still here. */
#define SAY_ARRIVED	0x02
#define SAY_STILL	0x04
#define SAY_VM		(SAY_ARRIVED | SAY_STILL)

struct whereabouts {
	int bridge;
	u16 vid;
	u8 mac[ETH_ALEN];
};

/*
 * @port: interface index, 0 while it is not behind one of our access ports;
 *	under the lock, as are @say, @due, @dead, @told_addr and the times
 *	@told and @called
 * @seen, @heard: last frame at all, and last frame that left by the fabric,
 *	in jiffies; @heard counts only if @was_heard
 * @was_spread: one of them was a broadcast, which the whole fabric hears
 */
struct endpoint {
	struct rhash_head node;
	struct whereabouts key;
	int port;
	u8 say;
	bool dead;
	bool was_heard;
	bool was_spread;
	bool was_told;
	bool was_called;
	struct in6_addr told_addr;
	struct list_head due;
	unsigned long seen;
	unsigned long heard;
	unsigned long told;
	unsigned long called;
	struct rcu_head rcu;
};

static const struct rhashtable_params table_params = {
	.head_offset		= offsetof(struct endpoint, node),
	.key_offset		= offsetof(struct endpoint, key),
	.key_len		= sizeof(struct whereabouts),
	.automatic_shrinking	= true,
};

static struct whereabouts key_of(const struct net_device *br, u16 vid, const u8 *mac)
{
	struct whereabouts key = { .bridge = br->ifindex, .vid = vid };

	ether_addr_copy(key.mac, mac);
	return key;
}

static struct endpoint *create(struct anygw_net *an, const struct whereabouts *key)
{
	struct endpoint *ep, *old;

	ep = kzalloc(sizeof(*ep), GFP_ATOMIC);
	if (!ep)
		return NULL;
	ep->key = *key;
	ep->seen = jiffies;
	INIT_LIST_HEAD(&ep->due);
	old = rhashtable_lookup_get_insert_fast(&an->endpoints.table,
						&ep->node, table_params);
	if (!old) {
		spin_lock(&an->endpoints.lock);
		an->endpoints.count++;
		spin_unlock(&an->endpoints.lock);
		return ep;
	}
	kfree(ep);
	return IS_ERR(old) ? NULL : old;
}

static void plan_to_say(struct anygw_net *an, struct endpoint *ep, u8 say)
{
	ep->say |= say;
	if (list_empty(&ep->due))
		list_add_tail(&ep->due, &an->endpoints.due);
	mod_delayed_work(system_wq, &an->endpoints.work, 0);
}

static void left_port(struct anygw_net *an, struct endpoint *ep)
{
	struct anygw_port *port = xa_load(&an->ports, ep->port);

	ep->port = 0;
	if (!port)
		return;
	port->n_endpoints--;
	WRITE_ONCE(port->seen_note, 0);
	WRITE_ONCE(port->fabric_note, 0);
}

/*
 * The address a machine asks for is not announced to it at the same moment:
 * the answer says the same.
 */
static struct in6_addr asked_addr(const struct anygw_frame *f)
{
	struct in6_addr addr = {};

	if (anygw_frame_is_question(f))
		anygw_frame_asked(f, &addr);
	return addr;
}

static void arrived(struct anygw_net *an, struct anygw_port *port,
		    struct endpoint *ep, const struct anygw_segment *seg,
		    const struct anygw_frame *f, bool spread)
{
	struct anygw_gateway *gw = seg->gw[anygw_segment_any(seg)].gateway;

	spin_lock(&an->endpoints.lock);
	if (ep->dead || port->gone || ep->port == port->dev->ifindex ||
	    port->n_endpoints >= PORT_MAX) {
		spin_unlock(&an->endpoints.lock);
		return;
	}
	if (ep->port)
		left_port(an, ep);
	ep->port = port->dev->ifindex;
	port->n_endpoints++;
	ep->was_heard = spread;
	ep->was_spread = spread;
	ep->told_addr = asked_addr(f);
	plan_to_say(an, ep, SAY_GATEWAY | (spread ? 0 : SAY_ARRIVED));
	spin_unlock(&an->endpoints.lock);

	anygw_stats_inc(gw->stats, ANYGW_STAT_LEARNED);
	anygw_stats_inc(port->stats, ANYGW_STAT_LEARNED);
}

/* A machine that announces itself may have come from another gateway. */
static void announced(struct anygw_net *an, struct endpoint *ep)
{
	spin_lock(&an->endpoints.lock);
	if (!ep->dead && !(ep->say & SAY_GATEWAY) &&
	    (!ep->was_told ||
	     time_after_eq(jiffies, ep->told + SAY_INTERVAL))) {
		ep->told_addr = in6addr_any;
		plan_to_say(an, ep, SAY_GATEWAY);
	}
	spin_unlock(&an->endpoints.lock);
}

void anygw_endpoint_seen(struct anygw_net *an, struct anygw_port *port,
			 const struct anygw_segment *seg,
			 const struct anygw_frame *f, int flags)
{
	bool by_fabric = flags & ANYGW_SEEN_BY_FABRIC;
	/* A unicast teaches the switches on its way, and no others. */
	bool spread = by_fabric && is_broadcast_ether_addr(f->dst);
	bool announces = anygw_frame_is_announcement(f);
	u64 note = anygw_endpoint_note(f->src, seg->vid);
	struct endpoint *ep;
	struct whereabouts key;

	if (!by_fabric && !announces && READ_ONCE(port->seen_note) == note)
		return;
	key = key_of(port->br_dev, seg->vid, f->src);
	ep = rhashtable_lookup(&an->endpoints.table, &key, table_params);
	if (!ep && READ_ONCE(port->n_endpoints) < PORT_MAX)
		ep = create(an, &key);
	if (!ep)
		return;

	WRITE_ONCE(ep->seen, jiffies);
	if (by_fabric)
		WRITE_ONCE(ep->heard, jiffies);
	if (READ_ONCE(ep->port) != port->dev->ifindex)
		arrived(an, port, ep, seg, f, spread);
	else if (announces)
		announced(an, ep);
	if (spread)
		WRITE_ONCE(ep->was_spread, true);
	if (by_fabric) {
		WRITE_ONCE(ep->was_heard, true);
		WRITE_ONCE(port->fabric_note, note);
	}
	WRITE_ONCE(port->seen_note, note);
}

void anygw_endpoint_away(struct anygw_net *an, struct anygw_port *port,
			 const struct anygw_segment *seg, const u8 *mac)
{
	struct whereabouts key;
	struct endpoint *ep;

	if (!READ_ONCE(an->endpoints.count))
		return;
	key = key_of(port->br_dev, seg->vid, mac);
	ep = rhashtable_lookup(&an->endpoints.table, &key, table_params);
	/* The bridge has not filtered yet. */
	if (!ep || !READ_ONCE(ep->port) ||
	    !anygw_br_has_vid(port->br_dev, port->dev, seg->vid))
		return;
	spin_lock(&an->endpoints.lock);
	if (ep->port)
		left_port(an, ep);
	spin_unlock(&an->endpoints.lock);
}

/* Call a function for every endpoint, in process context. */
static void for_each(struct anygw_net *an,
		     void (*fn)(struct anygw_net *an, struct endpoint *ep,
				void *arg), void *arg)
{
	struct rhashtable_iter iter;
	struct endpoint *ep;

	rhashtable_walk_enter(&an->endpoints.table, &iter);
	rhashtable_walk_start(&iter);
	while ((ep = rhashtable_walk_next(&iter))) {
		/* The table was resized: some may come twice. */
		if (IS_ERR(ep))
			continue;
		spin_lock_bh(&an->endpoints.lock);
		fn(an, ep, arg);
		spin_unlock_bh(&an->endpoints.lock);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

static void leave_port(struct anygw_net *an, struct endpoint *ep, void *arg)
{
	const struct anygw_port *port = arg;

	if (ep->port != port->dev->ifindex)
		return;
	left_port(an, ep);
	ep->seen = jiffies - FORGET;
}

void anygw_endpoint_port_gone(struct anygw_net *an, struct anygw_port *port)
{
	WRITE_ONCE(port->seen_note, 0);
	WRITE_ONCE(port->fabric_note, 0);
	for_each(an, leave_port, port);
}

void anygw_endpoint_port_closed(struct anygw_net *an, struct anygw_port *port)
{
	/* Hooks still at work with the port let nobody arrive any more. */
	spin_lock_bh(&an->endpoints.lock);
	port->gone = true;
	spin_unlock_bh(&an->endpoints.lock);
	anygw_endpoint_port_gone(an, port);
}

static void tell_in_vlan(struct anygw_net *an, struct endpoint *ep, void *arg)
{
	const struct whereabouts *vlan = arg;

	if (ep->dead || !ep->port || ep->key.bridge != vlan->bridge ||
	    ep->key.vid != vlan->vid)
		return;
	ep->told_addr = in6addr_any;
	plan_to_say(an, ep, SAY_GATEWAY);
}

void anygw_endpoint_tell(struct anygw_net *an, const struct net_device *br,
			 u16 vid)
{
	struct whereabouts vlan = { .bridge = br->ifindex, .vid = vid };

	if (READ_ONCE(an->endpoints.count))
		for_each(an, tell_in_vlan, &vlan);
}

static void scan_one(struct anygw_net *an, struct endpoint *ep, void *arg)
{
	unsigned long now = jiffies, last, spread;

	if (ep->dead)
		return;
	if (time_after_eq(now, READ_ONCE(ep->seen) + FORGET)) {
		ep->dead = true;
		list_del_init(&ep->due);
		if (ep->port)
			left_port(an, ep);
		an->endpoints.count--;
		rhashtable_remove_fast(&an->endpoints.table, &ep->node,
				       table_params);
		kfree_rcu(ep, rcu);
		return;
	}
	/* Only an active machine is worth a broadcast. */
	if (!ep->port || time_after(now, READ_ONCE(ep->seen) + FABRIC_REFRESH))
		return;
	last = ep->was_heard ? READ_ONCE(ep->heard) : ep->called;
	if (ep->was_called && time_after(ep->called, last))
		last = ep->called;
	spread = jhash(&ep->key, sizeof(ep->key), 0) % FABRIC_SPREAD;
	if (time_after_eq(now, last + FABRIC_REFRESH + spread * HZ))
		plan_to_say(an, ep, SAY_STILL);
}

/* What is to be said of one endpoint, and nothing that may go away. */
struct saying {
	struct whereabouts key;
	u8 say;
	struct in6_addr told_addr;
};

static bool may_say(bool before, unsigned long last, unsigned long *wait)
{
	unsigned long now = jiffies;

	if (!before || time_after_eq(now, last + SAY_INTERVAL))
		return true;
	*wait = min(*wait, last + SAY_INTERVAL - now);
	return false;
}

static bool heard_lately(const struct endpoint *ep)
{
	return READ_ONCE(ep->was_heard) &&
	       time_before(jiffies, READ_ONCE(ep->heard) + FABRIC_REFRESH);
}

static void take_sayings(struct endpoint *ep, struct saying *s,
			 unsigned long *wait)
{
	u8 say = 0;

	if (!ep->port)
		ep->say = 0;
	if (READ_ONCE(ep->was_spread))
		ep->say &= ~SAY_ARRIVED;
	if (heard_lately(ep))
		ep->say &= ~SAY_STILL;
	if (ep->say & SAY_GATEWAY && may_say(ep->was_told, ep->told, wait)) {
		ep->was_told = true;
		ep->told = jiffies;
		say |= SAY_GATEWAY;
	}
	if (ep->say & SAY_VM && may_say(ep->was_called, ep->called, wait)) {
		ep->was_called = true;
		ep->called = jiffies;
		say |= SAY_VM;
	}
	ep->say &= ~say;
	if (!ep->say)
		list_del_init(&ep->due);
	s->key = ep->key;
	s->say = say;
	s->told_addr = ep->told_addr;
}

static bool next_saying(struct anygw_net *an, struct saying *s,
			unsigned long *wait)
{
	struct endpoint *ep, *next;

	s->say = 0;
	spin_lock_bh(&an->endpoints.lock);
	list_for_each_entry_safe(ep, next, &an->endpoints.due, due) {
		take_sayings(ep, s, wait);
		if (s->say)
			break;
	}
	spin_unlock_bh(&an->endpoints.lock);
	return s->say;
}

static void say(struct anygw_net *an, const struct saying *s)
{
	const struct anygw_segment *seg;
	struct anygw_bridge *bridge;

	local_bh_disable();
	rcu_read_lock();
	bridge = xa_load(&an->bridges, s->key.bridge);
	seg = bridge ? anygw_segment_rcu(bridge, s->key.vid) : NULL;
	if (seg && s->say & SAY_GATEWAY)
		anygw_announce_gateway(seg, s->key.mac, &s->told_addr);
	if (seg && s->say & SAY_VM)
		anygw_announce_vm(seg, s->key.mac);
	rcu_read_unlock();
	local_bh_enable();
}

static void endpoint_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, endpoints.work);
	unsigned long wait = SCAN_INTERVAL;
	struct saying s;

	while (next_saying(an, &s, &wait))
		say(an, &s);
	if (time_after_eq(jiffies, an->endpoints.next_scan)) {
		an->endpoints.next_scan = jiffies + SCAN_INTERVAL;
		for_each(an, scan_one, NULL);
	}
	if (READ_ONCE(an->endpoints.count))
		queue_delayed_work(system_wq, &an->endpoints.work, wait);
}

int anygw_endpoint_init(struct anygw_net *an)
{
	spin_lock_init(&an->endpoints.lock);
	INIT_LIST_HEAD(&an->endpoints.due);
	INIT_DELAYED_WORK(&an->endpoints.work, endpoint_work);
	an->endpoints.next_scan = jiffies;
	return rhashtable_init(&an->endpoints.table, &table_params);
}

static void free_endpoint(void *ep, void *arg)
{
	kfree(ep);
}

void anygw_endpoint_exit(struct anygw_net *an)
{
	cancel_delayed_work_sync(&an->endpoints.work);
	rhashtable_free_and_destroy(&an->endpoints.table, free_endpoint, NULL);
}
