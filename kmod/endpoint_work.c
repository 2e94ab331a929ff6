// SPDX-License-Identifier: GPL-2.0
/*
 * What is said to virtual machines, to the fabric and to the listeners, and
 * when: one worker for all, so that a crowd of machines makes no storm.
 */
#include <linux/jhash.h>

#include "announce.h"
#include "compat.h"
#include "endpoint.h"
#include "notify.h"

/* Switches forget a MAC after 300 s; a machine is announced before that. */
#define FABRIC_REFRESH	(240 * HZ)
/* The announcements of many machines are spread over so many seconds. */
#define FABRIC_SPREAD	30
#define SCAN_INTERVAL	(5 * HZ)

/*
 * The owner of a quiet address is asked before the bridge forgets the MAC
 * (300 s), or the question would be flooded. The questions to many machines
 * are spread over so many seconds.
 */
#define QUIET		(240 * HZ)
#define QUIET_SPREAD	30
#define ASKS		3
#define ASK_INTERVAL	HZ
/* So long the owner of a contested address has for its answer. */
#define CLAIM_TIME	HZ
/* For how many endpoints of a port the lock is held at a time. */
#define BATCH		64

#define SAY_VM		(ANYGW_EP_PENDING_ARRIVAL | ANYGW_EP_PENDING_REFRESH)

static bool may_say(u32 last, unsigned long *wait)
{
	u32 since = anygw_jiffies_since(last);

	if (since >= ANYGW_EP_INTERVAL)
		return true;
	*wait = min_t(unsigned long, *wait, ANYGW_EP_INTERVAL - since);
	return false;
}

static bool heard_lately(const struct anygw_endpoint *ep)
{
	return READ_ONCE(ep->on_fabric) &&
	       time_before(jiffies, READ_ONCE(ep->last_fabric) + FABRIC_REFRESH);
}

/* What is said in frames: to the machine and to the fabric. */
static void take_announcements(struct anygw_endpoint *ep,
			       struct anygw_ep_actions *s, unsigned long *wait)
{
	if (!(ep->flags & ANYGW_EP_PRESENT))
		ep->pending &= ~(ANYGW_EP_PENDING_GATEWAY | SAY_VM);
	if (READ_ONCE(ep->was_broadcast))
		ep->pending &= ~ANYGW_EP_PENDING_ARRIVAL;
	if (heard_lately(ep))
		ep->pending &= ~ANYGW_EP_PENDING_REFRESH;
	if (ep->pending & ANYGW_EP_PENDING_GATEWAY && may_say(ep->last_announced, wait)) {
		ep->last_announced = jiffies;
		s->pending |= ANYGW_EP_PENDING_GATEWAY;
	}
	if (ep->pending & SAY_VM && may_say(ep->last_gratuitous, wait)) {
		ep->last_gratuitous = jiffies;
		s->pending |= SAY_VM;
	}
	ep->pending &= ~s->pending;
}

/* What has become of it since the listeners heard of it; 0 for nothing. */
static u8 news_of(const struct anygw_endpoint *ep)
{
	bool here = ep->flags & ANYGW_EP_PRESENT;

	if (!ep->notified_port)
		return here ? ANYGW_CMD_ENDPOINT_NEW_NTF : 0;
	if (!here)
		return ANYGW_CMD_ENDPOINT_GONE_NTF;
	if (ep->notified_port != ep->port ||
	    ep->flags & (ANYGW_EP_ADDR_MOVED | ANYGW_EP_MAC_FLAP))
		return ANYGW_CMD_ENDPOINT_MOVE_NTF;
	return ep->flags & ANYGW_EP_CHANGED ? ANYGW_CMD_ENDPOINT_CHANGE_NTF : 0;
}

static struct sk_buff *report(struct anygw_net *an, struct anygw_endpoint *ep,
			      u8 cmd)
{
	struct sk_buff *msg;

	if (!(ep->flags & ANYGW_EP_MAC_FLAP))
		return anygw_notify_ep_msg(an, cmd, ep, anygw_ep_gateway(ep));
	anygw_ep_count_conflict(an, ep, ep->port);
	msg = anygw_notify_mac_flap_msg(an, ep, anygw_ep_gateway(ep));
	ep->flags &= ~ANYGW_EP_MAC_FLAP;
	return msg;
}

static void take_news(struct anygw_net *an, struct anygw_endpoint *ep,
		      struct anygw_ep_actions *s, unsigned long *wait)
{
	u8 cmd = news_of(ep);
	struct sk_buff *msg;

	if (!(ep->pending & ANYGW_EP_PENDING_EVENT))
		return;
	if (cmd) {
		if (!may_say(ep->last_notified, wait))
			return;
		msg = report(an, ep, cmd);
		if (msg)
			__skb_queue_tail(&s->msgs, msg);
		/*
		 * One that announces itself without its address, as QEMU does
		 * it, is not worth much to the listeners: what comes next is.
		 */
		if (cmd != ANYGW_CMD_ENDPOINT_NEW_NTF ||
		    !hlist_empty(&ep->bindings))
			ep->last_notified = jiffies;
	}
	ep->notified_port = ep->flags & ANYGW_EP_PRESENT ? ep->port : 0;
	ep->flags &= ~(ANYGW_EP_CHANGED | ANYGW_EP_ADDR_MOVED);
	ep->pending &= ~ANYGW_EP_PENDING_EVENT;
}

static void binding_age(struct anygw_net *an, struct anygw_endpoint *ep)
{
	unsigned long quiet;
	struct anygw_binding *pair;
	bool ask = false;

	hlist_for_each_entry(pair, &ep->bindings, list) {
		quiet = QUIET + HZ * (jhash(&pair->key, sizeof(pair->key), 0) %
				      QUIET_SPREAD);
		if (pair->solicits || pair->conflict ||
		    time_before(jiffies, READ_ONCE(pair->last_rx) + quiet))
			continue;
		WRITE_ONCE(pair->solicits, 1);
		pair->next_solicit = jiffies;
		ask = true;
	}
	if (ask)
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_SOLICIT);
}

static void ep_add_solicit(struct anygw_ep_actions *s, const struct in6_addr *addr,
			 const u8 *mac)
{
	struct anygw_ep_solicit *q = &s->solicit[s->n_solicits++];

	q->addr = *addr;
	ether_addr_copy(q->mac, mac);
}

/* Jiffies until a time comes, 0 once it has. */
static u32 jiffies_until(u32 then)
{
	s32 left = then - (u32)jiffies;

	return max(left, 0);
}

/* The silent owner gives way, also to somebody who is not behind this host. */
static void conflict_yield(struct anygw_net *an, struct anygw_binding *pair)
{
	const struct anygw_addr_conflict *claim = pair->conflict;
	struct anygw_ep_key key = pair->ep->key;
	enum anygw_learn_src lesson;
	struct anygw_endpoint *ep;

	lesson = claim->contender_claimed ? ANYGW_LEARN_CLAIMED : ANYGW_LEARN_OBSERVED;
	ether_addr_copy(key.mac, claim->contender);
	ep = anygw_ep_lookup(an, &key);
	if (!ep || !(ep->flags & ANYGW_EP_PRESENT) ||
	    !anygw_binding_take_over(an, pair, ep, lesson))
		anygw_binding_del(an, pair);
}

static void conflict_decide(struct anygw_net *an, struct anygw_binding *pair,
		   struct anygw_ep_actions *s)
{
	const struct anygw_addr_conflict *claim = pair->conflict;
	struct sk_buff *msg;

	if (!claim->owner_replied) {
		conflict_yield(an, pair);
		return;
	}
	if (claim->contender_claimed) {
		anygw_ep_count_conflict(an, pair->ep, claim->port);
		msg = anygw_notify_addr_conflict_msg(an, pair, anygw_ep_gateway(pair->ep));
		if (msg)
			__skb_queue_tail(&s->msgs, msg);
	}
	anygw_conflict_end(an, pair);
}

/* The rival is asked too, if all it has done was to use the address. */
static bool conflict_solicit(struct anygw_net *an, struct anygw_binding *pair,
			  struct anygw_ep_actions *s, unsigned long *wait)
{
	struct anygw_addr_conflict *claim = pair->conflict;
	u32 left;

	if (!(pair->ep->flags & ANYGW_EP_PRESENT)) {
		conflict_yield(an, pair);
		return false;
	}
	if (!claim->solicited) {
		ep_add_solicit(s, &pair->key.addr, pair->ep->key.mac);
		if (!claim->contender_claimed)
			ep_add_solicit(s, &pair->key.addr, claim->contender);
		claim->solicited = true;
		claim->deadline = jiffies + CLAIM_TIME;
	}
	left = jiffies_until(claim->deadline);
	if (!left) {
		conflict_decide(an, pair, s);
		return false;
	}
	*wait = min_t(unsigned long, *wait, left);
	return true;
}

static bool binding_solicit_quiet(struct anygw_net *an, struct anygw_binding *pair,
		      struct anygw_ep_actions *s, unsigned long *wait)
{
	u32 left = jiffies_until(pair->next_solicit);

	if (!(pair->ep->flags & ANYGW_EP_PRESENT)) {
		WRITE_ONCE(pair->solicits, 0);
		return false;
	}
	if (left) {
		*wait = min_t(unsigned long, *wait, left);
		return true;
	}
	if (pair->solicits > ASKS) {
		anygw_binding_del(an, pair);
		return false;
	}
	ep_add_solicit(s, &pair->key.addr, pair->ep->key.mac);
	pair->solicits++;
	pair->next_solicit = jiffies + ASK_INTERVAL;
	*wait = min_t(unsigned long, *wait, ASK_INTERVAL);
	return true;
}

static bool ep_solicit_bindings(struct anygw_net *an, struct anygw_endpoint *ep,
		    struct anygw_ep_actions *s, unsigned long *wait)
{
	struct anygw_binding *pair;
	struct hlist_node *next;
	bool goes_on = false;

	hlist_for_each_entry_safe(pair, next, &ep->bindings, list) {
		/* Room for the two questions of a claim. */
		if (s->n_solicits + 2 > ANYGW_EP_SOLICITS)
			return true;
		if (pair->conflict)
			goes_on |= conflict_solicit(an, pair, s, wait);
		else if (pair->solicits)
			goes_on |= binding_solicit_quiet(an, pair, s, wait);
	}
	if (!goes_on)
		ep->pending &= ~ANYGW_EP_PENDING_SOLICIT;
	return false;
}

/* Whether there is more to be said of it now. */
static bool take_all(struct anygw_net *an, struct anygw_endpoint *ep,
		     struct anygw_ep_actions *s, unsigned long *wait)
{
	bool more = false;

	s->key = ep->key;
	s->skip_hash = ep->skip_hash;
	take_announcements(ep, s, wait);
	if (ep->pending & ANYGW_EP_PENDING_SOLICIT)
		more = ep_solicit_bindings(an, ep, s, wait);
	take_news(an, ep, s, wait);
	return more;
}

static bool next_saying(struct anygw_net *an, struct anygw_ep_actions *s,
			unsigned long *wait)
{
	struct anygw_endpoints *eps = &an->endpoints;
	struct anygw_endpoint *ep;
	bool more;

	s->pending = 0;
	s->n_solicits = 0;
	__skb_queue_head_init(&s->msgs);
	rcu_read_lock();
	spin_lock_bh(&eps->lock);
	ep = list_first_entry_or_null(&eps->due, struct anygw_endpoint, due);
	if (ep) {
		more = take_all(an, ep, s, wait);
		if (ep->pending)
			list_move_tail(&ep->due, more ? &eps->due :
							&eps->later);
		else
			list_del_init(&ep->due);
	}
	spin_unlock_bh(&eps->lock);
	rcu_read_unlock();
	return ep;
}

static void say(struct anygw_net *an, struct anygw_ep_actions *s)
{
	const struct anygw_segment *seg;
	struct anygw_bridge *bridge;
	struct sk_buff *msg;
	unsigned int i;

	local_bh_disable();
	rcu_read_lock();
	bridge = xa_load(&an->bridges, s->key.bridge);
	seg = bridge ? anygw_segment_lookup(bridge, s->key.vid) : NULL;
	if (seg && s->pending & ANYGW_EP_PENDING_GATEWAY)
		anygw_announce_gateways(seg, s->key.mac, s->skip_hash);
	if (seg && s->pending & SAY_VM)
		anygw_announce_vm(seg, s->key.mac);
	for (i = 0; seg && i < s->n_solicits; i++)
		anygw_announce_solicit(seg, s->solicit[i].mac,
					&s->solicit[i].addr);
	rcu_read_unlock();
	local_bh_enable();
	while ((msg = __skb_dequeue(&s->msgs)))
		anygw_notify_send(an, msg);
}

static unsigned long ep_say(struct anygw_net *an)
{
	struct anygw_endpoints *eps = &an->endpoints;
	unsigned long wait = SCAN_INTERVAL;
	struct anygw_ep_actions s;

	while (next_saying(an, &s, &wait)) {
		say(an, &s);
		cond_resched();
	}
	spin_lock_bh(&eps->lock);
	list_splice_tail_init(&eps->later, &eps->due);
	spin_unlock_bh(&eps->lock);
	return wait;
}

/* Only an active machine is worth a broadcast. */
static void refresh(struct anygw_net *an, struct anygw_endpoint *ep)
{
	unsigned long spread, quiet = anygw_jiffies_since(ep->last_gratuitous);
	unsigned long now = jiffies;

	if (time_after(now, READ_ONCE(ep->last_rx) + FABRIC_REFRESH))
		return;
	if (READ_ONCE(ep->on_fabric))
		quiet = min(quiet, now - READ_ONCE(ep->last_fabric));
	spread = jhash(&ep->key, sizeof(ep->key), 0) % FABRIC_SPREAD;
	if (quiet >= FABRIC_REFRESH + spread * HZ)
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_REFRESH);
}

/*
 * One that is quiet and has an address is asked, and goes with the last of
 * its addresses; one that cannot be asked goes in its own time.
 */
static struct sk_buff *scan_one(struct anygw_net *an,
				struct anygw_endpoint *ep, void *arg)
{
	bool here = ep->flags & ANYGW_EP_PRESENT;
	struct sk_buff *msg = NULL;

	if (ep->flags & ANYGW_EP_DEAD)
		return NULL;
	if (time_after_eq(jiffies, READ_ONCE(ep->last_rx) + ANYGW_EP_FORGET) &&
	    (!here || hlist_empty(&ep->bindings))) {
		if (ep->notified_port)
			msg = anygw_notify_ep_msg(an, ANYGW_CMD_ENDPOINT_GONE_NTF, ep,
						  anygw_ep_gateway(ep));
		anygw_ep_del(an, ep);
		return msg;
	}
	if (here) {
		binding_age(an, ep);
		refresh(an, ep);
	}
	return NULL;
}

static void ep_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, endpoints.work);
	unsigned long wait = ep_say(an);

	if (time_after_eq(jiffies, an->endpoints.next_scan)) {
		an->endpoints.next_scan = jiffies + SCAN_INTERVAL;
		anygw_ep_for_each(an, scan_one, NULL);
	}
	if (READ_ONCE(an->endpoints.count))
		queue_delayed_work(system_percpu_wq, &an->endpoints.work, wait);
}

/* What happens to a port concerns its endpoints, and costs no others. */
static void each_on_port(struct anygw_net *an, struct anygw_port *port,
			 void (*fn)(struct anygw_net *an,
				    struct anygw_endpoint *ep))
{
	struct anygw_endpoints *eps = &an->endpoints;
	struct anygw_endpoint *ep;
	unsigned int n;

	spin_lock_bh(&eps->lock);
	for (n = port->n_endpoints; n && !list_empty(&port->endpoints); n--) {
		ep = list_first_entry(&port->endpoints, struct anygw_endpoint,
				      on_port);
		list_move_tail(&ep->on_port, &port->endpoints);
		fn(an, ep);
		if (n % BATCH)
			continue;
		spin_unlock_bh(&eps->lock);
		cond_resched();
		spin_lock_bh(&eps->lock);
	}
	spin_unlock_bh(&eps->lock);
}

void anygw_ep_port_down(struct anygw_net *an, struct anygw_port *port)
{
	spin_lock_bh(&an->endpoints.lock);
	anygw_port_clear_notes(port);
	spin_unlock_bh(&an->endpoints.lock);
	each_on_port(an, port, anygw_ep_leave);
}

/* The listeners are told its name, for as long as it has one. */
static void close_port(struct anygw_net *an, struct anygw_endpoint *ep)
{
	anygw_ep_leave(an, ep);
	ep->last_notified = jiffies - ANYGW_EP_INTERVAL;
}

static void lose_claims(struct anygw_net *an, struct anygw_port *port)
{
	struct anygw_addr_conflict *claim, *next;

	spin_lock_bh(&an->endpoints.lock);
	list_for_each_entry_safe(claim, next, &port->conflicts, on_port) {
		list_del_init(&claim->on_port);
		claim->port = 0;
	}
	port->n_conflicts = 0;
	spin_unlock_bh(&an->endpoints.lock);
}

void anygw_ep_port_del(struct anygw_net *an, struct anygw_port *port)
{
	/* Hooks still at work with the port let nobody arrive any more. */
	spin_lock_bh(&an->endpoints.lock);
	port->dead = true;
	spin_unlock_bh(&an->endpoints.lock);
	lose_claims(an, port);
	if (list_empty(&port->endpoints))
		return;
	each_on_port(an, port, close_port);
	ep_say(an);
	/* The worker may not have seen what was waiting just now. */
	mod_delayed_work(system_percpu_wq, &an->endpoints.work, 0);
	each_on_port(an, port, anygw_ep_release_port);
}

int anygw_ep_init(struct anygw_net *an)
{
	INIT_DELAYED_WORK(&an->endpoints.work, ep_work);
	an->endpoints.next_scan = jiffies;
	return anygw_ep_table_init(an);
}

void anygw_ep_exit(struct anygw_net *an)
{
	cancel_delayed_work_sync(&an->endpoints.work);
	anygw_ep_table_exit(an);
}
