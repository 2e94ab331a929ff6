// SPDX-License-Identifier: GPL-2.0
/*
 * Other anygw hosts, by the beacons that they send.
 *
 * Receiving a beacon only stores it. The worker compares it with the beacon of
 * this host, deletes peers that have expired, and sends the events. So a flood
 * of beacons costs no more than the storing.
 */
#include <linux/random.h>

#include "beacon.h"
#include "compat.h"
#include "notify.h"
#include "peer.h"

/* Limits against forged beacons */
#define PEERS_PER_VLAN		256
#define PEERS_MAX		8192
/* All peers of a VLAN may answer a new one within a second. */
#define BEACONS_PER_SECOND	PEERS_PER_VLAN
/* Limit of the hold time in a beacon, in seconds */
#define PEER_HOLD_MAX		300
#define PEER_IDLE		(60 * HZ)
/* Per peer: minimum time between events about differences */
#define PEER_NOTIFY_INTERVAL	HZ

/* All under the peers' lock */
struct peer {
	struct rb_node node;
	struct anygw_peer info;		/* its age is set by peer_info() */
	struct anygw_beacon beacon;	/* the last one */
	unsigned long last_rx;		/* jiffies */
	bool notified;
	u32 notified_differs;
	unsigned long notified_at;	/* jiffies */
};

#define peer_of(n)	rb_entry(n, struct peer, node)

static int peer_cmp(const void *key, const struct rb_node *node)
{
	return memcmp(key, &peer_of(node)->info.key,
		      sizeof(struct anygw_peer_key));
}

static bool peer_less(struct rb_node *node, const struct rb_node *other)
{
	return peer_cmp(&peer_of(node)->info.key, other) < 0;
}

/* The first one behind @key, or at @key if @behind is not set. */
static struct rb_node *
peer_find_from(struct anygw_net *an, const struct anygw_peer_key *key,
	       bool behind)
{
	struct rb_node *node = an->peers.tree.rb_node, *best = NULL;

	lockdep_assert_held(&an->peers.lock);
	while (node) {
		int diff = peer_cmp(key, node);

		if (diff < 0 || (!diff && !behind)) {
			best = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return best;
}

static bool peer_vlan_is_full(struct anygw_net *an,
			      const struct anygw_peer_key *key)
{
	struct anygw_peer_key first = { key->bridge, key->vid };
	struct rb_node *node = peer_find_from(an, &first, false);
	int n = 0;

	for (; node && n < PEERS_PER_VLAN; node = rb_next(node), n++)
		if (memcmp(&peer_of(node)->info.key, &first,
			   offsetof(struct anygw_peer_key, mac)))
			return false;
	return n == PEERS_PER_VLAN;
}

static bool peer_rate_exceeded(struct anygw_vlan *vlan)
{
	if (time_after_eq(jiffies, vlan->beacon_window + HZ)) {
		vlan->beacon_window = jiffies;
		vlan->beacon_rx = 0;
	}
	return vlan->beacon_rx++ >= BEACONS_PER_SECOND;
}

static struct peer *peer_create(struct anygw_net *an, struct anygw_vlan *vlan,
				const struct anygw_peer_key *key)
{
	struct peer *peer;

	lockdep_assert_held(&an->peers.lock);
	if (an->peers.count >= PEERS_MAX || peer_vlan_is_full(an, key))
		return NULL;
	peer = kzalloc(sizeof(*peer), GFP_ATOMIC);
	if (!peer)
		return NULL;
	peer->info.key = *key;
	rb_add(&peer->node, &an->peers.tree, peer_less);
	an->peers.count++;
	an->peers.generation++;
	/* A new peer need not wait for a beacon; all answer it, so spread. */
	anygw_beacon_expedite(an, vlan, get_random_u32() % HZ);
	return peer;
}

static void peer_del(struct anygw_net *an, struct peer *peer)
{
	rb_erase(&peer->node, &an->peers.tree);
	an->peers.count--;
	an->peers.generation++;
	kfree(peer);
}

static enum anygw_reason
peer_update(struct anygw_net *an, struct anygw_vlan *vlan,
	    const struct anygw_peer_key *key, int port,
	    const struct anygw_beacon *b)
{
	struct rb_node *node;
	struct peer *peer;

	lockdep_assert_held(&an->peers.lock);
	if (peer_rate_exceeded(vlan))
		return ANYGW_REASON_TOO_MANY_BEACONS;
	node = rb_find(key, &an->peers.tree, peer_cmp);
	if (!node && b->goodbye)
		return ANYGW_REASON_NONE;
	peer = node ? peer_of(node) : peer_create(an, vlan, key);
	if (!peer)
		return ANYGW_REASON_TOO_MANY_BEACONS;
	if (memcmp(&peer->beacon, b, sizeof(*b)) || peer->info.port != port)
		anygw_peer_kick(an);
	peer->beacon = *b;
	peer->info.port = port;
	peer->last_rx = jiffies;
	return ANYGW_REASON_NONE;
}

enum anygw_reason
anygw_peer_rx_beacon(struct anygw_net *an, const struct anygw_port *port,
		     const struct anygw_gateway *gw,
		     const struct anygw_frame *f, const struct sk_buff *skb)
{
	u32 off = f->l3 - ETH_HLEN;
	u32 len = min_t(u32, skb->len - off, ANYGW_BEACON_LEN);
	struct anygw_vlan *vlan = rcu_dereference(gw->vlan);
	struct anygw_peer_key key = { port->br_dev->ifindex };
	u8 buf[ANYGW_BEACON_LEN];
	enum anygw_reason reason;
	struct anygw_beacon b;
	const u8 *p;

	p = skb_header_pointer(skb, off, len, buf);
	if (!p || !anygw_beacon_read(&b, p, len) || !anygw_is_host_mac(f->src))
		return ANYGW_REASON_BAD_BEACON;
	if (!vlan)
		return ANYGW_REASON_NONE;
	key.vid = vlan->vid;
	ether_addr_copy(key.mac, f->src);
	spin_lock(&an->peers.lock);
	reason = peer_update(an, vlan, &key, port->dev->ifindex, &b);
	spin_unlock(&an->peers.lock);
	return reason;
}

static const struct anygw_segment_rcu *
peer_segment(struct anygw_net *an, const struct anygw_peer_key *key)
{
	struct anygw_bridge *bridge = xa_load(&an->bridges, key->bridge);
	struct anygw_vlan *vlan;

	vlan = bridge ? xa_load(&bridge->vlans, key->vid) : NULL;
	return vlan ? rcu_dereference(vlan->segment) : NULL;
}

/* Its beacon has not expired, and its port is a fabric port of the bridge. */
static bool peer_is_valid(struct anygw_net *an, const struct peer *peer,
			  unsigned long *wait)
{
	const struct anygw_port *port = xa_load(&an->ports, peer->info.port);
	unsigned long hold = min_t(unsigned long, peer->beacon.hold,
				   PEER_HOLD_MAX);
	unsigned long left = peer->last_rx + hold * HZ - jiffies;

	if (peer->beacon.goodbye || (long)left <= 0 || !port ||
	    READ_ONCE(port->role) != ANYGW_PORT_ROLE_FABRIC ||
	    port->br_dev->ifindex != peer->info.key.bridge)
		return false;
	*wait = min(*wait, left);
	return true;
}

static void peer_compare(struct anygw_net *an, struct peer *peer,
			 const struct anygw_segment_rcu *seg_rcu)
{
	const struct anygw_beacon *own = &seg_rcu->beacon;
	const struct anygw_segment *seg = &seg_rcu->seg;
	u32 differs;
	int gw;

	differs = anygw_beacon_compare(own, &peer->beacon, &gw);
	if (gw >= 0)
		gw = anygw_segment_by_vmac(seg, own->gw[gw].vmac);
	if (gw < 0)
		gw = anygw_segment_default_gw(seg);
	peer->info.gateway = seg->gw[gw].gateway->dev->ifindex;
	if (peer->info.differs != differs)
		an->peers.generation++;
	peer->info.differs = differs;
}

static struct anygw_peer peer_info(struct peer *peer)
{
	peer->info.age = (jiffies - peer->last_rx) / HZ;
	return peer->info;
}

/* The events of a peer, to be sent without the lock */
struct peer_events {
	struct anygw_peer peer;
	unsigned int n;
	u8 cmd[2];
};

static void peer_check(struct anygw_net *an, struct peer *peer,
		       struct peer_events *events, unsigned long *wait)
{
	unsigned long rest = peer->notified_at + PEER_NOTIFY_INTERVAL - jiffies;
	const struct anygw_peer_key *key = &peer->info.key;
	const struct anygw_segment_rcu *seg_rcu = peer_segment(an, key);
	bool differs;

	if (!seg_rcu || !peer_is_valid(an, peer, wait)) {
		events->peer = peer_info(peer);
		if (peer->notified)
			events->cmd[events->n++] = ANYGW_CMD_PEER_GONE_NTF;
		peer_del(an, peer);
		return;
	}
	peer_compare(an, peer, seg_rcu);
	events->peer = peer_info(peer);
	differs = peer->info.differs != peer->notified_differs;
	if (!peer->notified) {
		events->cmd[events->n++] = ANYGW_CMD_PEER_NEW_NTF;
	} else if (differs && (long)rest > 0) {
		*wait = min(*wait, rest);
		differs = false;
	}
	if (differs) {
		events->cmd[events->n++] = ANYGW_CMD_PEER_DIFFERS_NTF;
		peer->notified_differs = peer->info.differs;
		peer->notified_at = jiffies;
	}
	peer->notified = true;
}

/* Check the peers behind @key until there are events of one. */
static bool peer_next_events(struct anygw_net *an, struct anygw_peer_key *key,
			     struct peer_events *events, unsigned long *wait)
{
	struct rb_node *node, *next;

	events->n = 0;
	spin_lock_bh(&an->peers.lock);
	rcu_read_lock();
	for (node = peer_find_from(an, key, true); node && !events->n;
	     node = next) {
		next = rb_next(node);
		*key = peer_of(node)->info.key;
		peer_check(an, peer_of(node), events, wait);
	}
	rcu_read_unlock();
	spin_unlock_bh(&an->peers.lock);
	return events->n;
}

static void peer_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, peers.work);
	struct anygw_peer_key key = {};
	unsigned long wait = PEER_IDLE;
	struct peer_events events;
	unsigned int i;

	WRITE_ONCE(an->peers.last_run, jiffies);
	clear_bit(0, &an->peers.work_pending);
	anygw_beacon_send_due(an, &wait);
	while (peer_next_events(an, &key, &events, &wait))
		for (i = 0; i < events.n; i++)
			anygw_notify_peer(an, events.cmd[i], &events.peer);
	if (!xa_empty(&an->bridges) || READ_ONCE(an->peers.count))
		queue_delayed_work(system_percpu_wq, &an->peers.work,
				   max_t(unsigned long, wait, ANYGW_PEER_REST));
}

bool anygw_peer_next(struct anygw_net *an, const struct anygw_peer_key *key,
		     struct anygw_peer *peer, unsigned int *generation)
{
	struct rb_node *node;

	spin_lock_bh(&an->peers.lock);
	*generation = an->peers.generation;
	for (node = peer_find_from(an, key, true); node; node = rb_next(node))
		if (peer_of(node)->notified)
			break;
	if (node)
		*peer = peer_info(peer_of(node));
	spin_unlock_bh(&an->peers.lock);
	return node;
}

void anygw_peer_init(struct anygw_net *an)
{
	spin_lock_init(&an->peers.lock);
	an->peers.tree = RB_ROOT;
	an->peers.generation = 1;
	an->peers.last_run = jiffies - ANYGW_PEER_REST;
	INIT_DELAYED_WORK(&an->peers.work, peer_work);
}

void anygw_peer_exit(struct anygw_net *an)
{
	struct peer *peer, *next;

	cancel_delayed_work_sync(&an->peers.work);
	rbtree_postorder_for_each_entry_safe(peer, next, &an->peers.tree, node)
		kfree(peer);
	an->peers.tree = RB_ROOT;
}
