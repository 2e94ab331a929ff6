// SPDX-License-Identifier: GPL-2.0
/*
 * Other anygw hosts, by the beacons they send.
 *
 * Hearing one only notes what it says. The worker compares it with what this
 * host would say itself, forgets who has fallen silent, and tells of both: so
 * a flood of beacons costs no more than the notes.
 */
#include <linux/etherdevice.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "beacon.h"
#include "compat.h"
#include "notify.h"
#include "peer.h"

/* Beyond these nobody is listened to: somebody makes hosts up. */
#define VLAN_MAX	256
#define TOTAL_MAX	8192
/* All of a VLAN may answer a newcomer within a second. */
#define HEARD_MAX	VLAN_MAX
/* Nobody is believed in for longer, in seconds. */
#define HOLD_MAX	300
#define IDLE		(60 * HZ)
/* A difference is told at most so often. */
#define TELL_INTERVAL	HZ

/*
 * @beacon: what it said last
 * @port: interface index, where
 * @heard: when, jiffies
 * @gateway: interface index of the gateway compared with
 * @differs: the result
 * @told: whether listeners know of it; @told_differs, @told_at: and of what
 */
struct peer {
	struct rb_node node;
	struct anygw_peer_key key;
	struct anygw_beacon beacon;
	int port;
	unsigned long heard;
	int gateway;
	u32 differs;
	bool told;
	u32 told_differs;
	unsigned long told_at;
};

#define peer_of(n)	rb_entry(n, struct peer, node)

static int compare(const void *key, const struct rb_node *node)
{
	return memcmp(key, &peer_of(node)->key, sizeof(struct anygw_peer_key));
}

static bool comes_before(struct rb_node *node, const struct rb_node *other)
{
	return compare(&peer_of(node)->key, other) < 0;
}

/* The first one behind a key, or the one that has it. */
static struct rb_node *from(struct anygw_net *an,
			    const struct anygw_peer_key *key, bool behind)
{
	struct rb_node *node = an->peers.tree.rb_node, *best = NULL;

	while (node) {
		int diff = compare(key, node);

		if (diff < 0 || (!diff && !behind)) {
			best = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return best;
}

static bool vlan_is_full(struct anygw_net *an, const struct anygw_peer_key *key)
{
	struct anygw_peer_key first = { key->bridge, key->vid };
	struct rb_node *node = from(an, &first, false);
	int n = 0;

	for (; node && n < VLAN_MAX; node = rb_next(node), n++)
		if (memcmp(&peer_of(node)->key, &first,
			   offsetof(struct anygw_peer_key, mac)))
			return false;
	return n == VLAN_MAX;
}

static bool too_fast(struct anygw_vlan *vlan)
{
	if (time_after_eq(jiffies, vlan->beacon_window + HZ)) {
		vlan->beacon_window = jiffies;
		vlan->beacon_rx = 0;
	}
	return vlan->beacon_rx++ >= HEARD_MAX;
}

static struct peer *create(struct anygw_net *an, struct anygw_vlan *vlan,
			   const struct anygw_peer_key *key)
{
	struct peer *peer;

	if (an->peers.count >= TOTAL_MAX || vlan_is_full(an, key))
		return NULL;
	peer = kzalloc(sizeof(*peer), GFP_ATOMIC);
	if (!peer)
		return NULL;
	peer->key = *key;
	rb_add(&peer->node, &an->peers.tree, comes_before);
	an->peers.count++;
	an->peers.generation++;
	/* The newcomer shall not have to wait; but not all answer at once. */
	anygw_beacon_expedite(an, vlan, get_random_u32() % HZ);
	return peer;
}

static enum anygw_reason note(struct anygw_net *an, struct anygw_vlan *vlan,
			      const struct anygw_peer_key *key, int port,
			      const struct anygw_beacon *b)
{
	struct rb_node *node;
	struct peer *peer;

	if (too_fast(vlan))
		return ANYGW_REASON_TOO_MANY_BEACONS;
	node = rb_find(key, &an->peers.tree, compare);
	if (!node && b->goodbye)
		return ANYGW_REASON_NONE;
	peer = node ? peer_of(node) : create(an, vlan, key);
	if (!peer)
		return ANYGW_REASON_TOO_MANY_BEACONS;
	if (memcmp(&peer->beacon, b, sizeof(*b)) || peer->port != port)
		anygw_peer_kick(an);
	peer->beacon = *b;
	peer->port = port;
	peer->heard = jiffies;
	return ANYGW_REASON_NONE;
}

enum anygw_reason anygw_peer_rx_beacon(struct anygw_net *an,
				   const struct anygw_port *port,
				   const struct anygw_gateway *gw,
				   const struct anygw_frame *f,
				   const struct sk_buff *skb)
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
	reason = note(an, vlan, &key, port->dev->ifindex, &b);
	spin_unlock(&an->peers.lock);
	return reason;
}

static const struct anygw_segment_rcu *published(struct anygw_net *an,
					       const struct peer *peer)
{
	struct anygw_bridge *bridge = xa_load(&an->bridges, peer->key.bridge);
	struct anygw_vlan *vlan;

	vlan = bridge ? xa_load(&bridge->vlans, peer->key.vid) : NULL;
	return vlan ? rcu_dereference(vlan->segment) : NULL;
}

/* Whether a peer is still there: itself, and the way it was heard on. */
static bool is_there(struct anygw_net *an, const struct peer *peer,
		     unsigned long *wait)
{
	const struct anygw_port *port = xa_load(&an->ports, peer->port);
	unsigned long hold = min_t(unsigned long, peer->beacon.hold, HOLD_MAX);
	unsigned long left = peer->heard + hold * HZ - jiffies;

	if (peer->beacon.goodbye || (long)left <= 0 || !port ||
	    READ_ONCE(port->role) != ANYGW_PORT_ROLE_FABRIC ||
	    port->br_dev->ifindex != peer->key.bridge)
		return false;
	*wait = min(*wait, left);
	return true;
}

static void judge(struct anygw_net *an, struct peer *peer,
		  const struct anygw_segment_rcu *pub)
{
	const struct anygw_segment *seg = &pub->seg;
	u32 differs;
	int gw;

	differs = anygw_beacon_compare(&pub->beacon, &peer->beacon, &gw);
	if (gw >= 0)
		gw = anygw_segment_by_vmac(seg, pub->beacon.gw[gw].vmac);
	if (gw < 0)
		gw = anygw_segment_default_gw(seg);
	peer->gateway = seg->gw[gw].gateway->dev->ifindex;
	if (peer->differs != differs)
		an->peers.generation++;
	peer->differs = differs;
}

static void show(struct anygw_peer *to, const struct peer *peer)
{
	to->key = peer->key;
	to->port = peer->port;
	to->gateway = peer->gateway;
	to->differs = peer->differs;
	to->age = (jiffies - peer->heard) / HZ;
}

/* What listeners are told of a peer in one go. */
struct news {
	struct anygw_peer peer;
	bool new;
	bool differs;
	bool gone;
};

static void bury(struct anygw_net *an, struct peer *peer, struct news *news)
{
	/* Who came and went between two looks was never there. */
	news->gone = peer->told;
	rb_erase(&peer->node, &an->peers.tree);
	an->peers.count--;
	an->peers.generation++;
	kfree(peer);
}

static void look(struct anygw_net *an, struct peer *peer, struct news *news,
		 unsigned long *wait)
{
	const struct anygw_segment_rcu *pub = published(an, peer);
	unsigned long rest = peer->told_at + TELL_INTERVAL - jiffies;

	if (pub && is_there(an, peer, wait))
		judge(an, peer, pub);
	else
		pub = NULL;
	show(&news->peer, peer);
	if (!pub) {
		bury(an, peer, news);
		return;
	}
	news->new = !peer->told;
	news->differs = peer->differs != peer->told_differs;
	if (news->differs && peer->told && (long)rest > 0) {
		*wait = min(*wait, rest);
		news->differs = false;
	}
	if (news->differs) {
		peer->told_differs = peer->differs;
		peer->told_at = jiffies;
	}
	peer->told = true;
}

/* Look at the peers behind a key until one of them is news. */
static bool next_news(struct anygw_net *an, struct anygw_peer_key *key,
		      struct news *news, unsigned long *wait)
{
	struct rb_node *node, *next;

	memset(news, 0, sizeof(*news));
	spin_lock_bh(&an->peers.lock);
	rcu_read_lock();
	for (node = from(an, key, true); node; node = next) {
		next = rb_next(node);
		*key = peer_of(node)->key;
		look(an, peer_of(node), news, wait);
		if (news->new || news->differs || news->gone)
			break;
	}
	rcu_read_unlock();
	spin_unlock_bh(&an->peers.lock);
	return node;
}

static void tell(struct anygw_net *an, const struct news *news)
{
	if (news->new)
		anygw_notify_peer(an, ANYGW_CMD_PEER_NEW_NTF, &news->peer);
	if (news->differs)
		anygw_notify_peer(an, ANYGW_CMD_PEER_DIFFERS_NTF,
				    &news->peer);
	if (news->gone)
		anygw_notify_peer(an, ANYGW_CMD_PEER_GONE_NTF, &news->peer);
}

static void peer_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, peers.work);
	struct anygw_peer_key key = {};
	unsigned long wait = IDLE;
	struct news news;

	WRITE_ONCE(an->peers.last_run, jiffies);
	clear_bit(0, &an->peers.work_pending);
	anygw_beacon_send_due(an, &wait);
	while (next_news(an, &key, &news, &wait))
		tell(an, &news);
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
	for (node = from(an, key, true); node; node = rb_next(node))
		if (peer_of(node)->told)
			break;
	if (node)
		show(peer, peer_of(node));
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
