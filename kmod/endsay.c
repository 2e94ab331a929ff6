// SPDX-License-Identifier: GPL-2.0
/*
 * What is said to virtual machines, to the fabric and to the listeners, and
 * when: one worker for all, so that a crowd of machines makes no storm.
 */
#include <linux/jhash.h>

#include "announce.h"
#include "compat.h"
#include "endpoint.h"
#include "endtable.h"
#include "nlmsg.h"

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

#define SAY_VM		(ANYGW_SAY_ARRIVED | ANYGW_SAY_STILL)

static bool may_say(u32 last, unsigned long *wait)
{
	u32 since = anygw_end_since(last);

	if (since >= ANYGW_SAY_INTERVAL)
		return true;
	*wait = min_t(unsigned long, *wait, ANYGW_SAY_INTERVAL - since);
	return false;
}

static bool heard_lately(const struct anygw_endpoint *ep)
{
	return READ_ONCE(ep->was_heard) &&
	       time_before(jiffies, READ_ONCE(ep->heard) + FABRIC_REFRESH);
}

/* What is said in frames: to the machine and to the fabric. */
static void take_announcements(struct anygw_endpoint *ep,
			       struct anygw_saying *s, unsigned long *wait)
{
	if (!(ep->flags & ANYGW_EP_HERE))
		ep->say &= ~(ANYGW_SAY_GATEWAY | SAY_VM);
	if (READ_ONCE(ep->was_spread))
		ep->say &= ~ANYGW_SAY_ARRIVED;
	if (heard_lately(ep))
		ep->say &= ~ANYGW_SAY_STILL;
	if (ep->say & ANYGW_SAY_GATEWAY && may_say(ep->told, wait)) {
		ep->told = jiffies;
		s->say |= ANYGW_SAY_GATEWAY;
	}
	if (ep->say & SAY_VM && may_say(ep->called, wait)) {
		ep->called = jiffies;
		s->say |= SAY_VM;
	}
	ep->say &= ~s->say;
}

/* What has become of it since the listeners heard of it; 0 for nothing. */
static u8 news_of(const struct anygw_endpoint *ep)
{
	bool here = ep->flags & ANYGW_EP_HERE;

	if (!ep->told_port)
		return here ? ANYGW_CMD_ENDPOINT_NEW_NTF : 0;
	if (!here)
		return ANYGW_CMD_ENDPOINT_GONE_NTF;
	if (ep->told_port != ep->port ||
	    ep->flags & (ANYGW_EP_TOOK | ANYGW_EP_TWICE))
		return ANYGW_CMD_ENDPOINT_MOVE_NTF;
	return ep->flags & ANYGW_EP_CHANGED ? ANYGW_CMD_ENDPOINT_CHANGE_NTF : 0;
}

static struct sk_buff *report(struct anygw_net *an, struct anygw_endpoint *ep,
			      u8 cmd)
{
	struct sk_buff *msg;

	if (!(ep->flags & ANYGW_EP_TWICE))
		return anygw_nlend_message(an, cmd, ep, anygw_end_gateway(ep));
	anygw_end_count_conflict(an, ep, ep->port);
	msg = anygw_nlend_twice(an, ep, anygw_end_gateway(ep));
	ep->flags &= ~ANYGW_EP_TWICE;
	return msg;
}

static void take_news(struct anygw_net *an, struct anygw_endpoint *ep,
		      struct anygw_saying *s, unsigned long *wait)
{
	u8 cmd = news_of(ep);
	struct sk_buff *msg;

	if (!(ep->say & ANYGW_SAY_NEWS))
		return;
	if (cmd) {
		if (!may_say(ep->reported, wait))
			return;
		msg = report(an, ep, cmd);
		if (msg)
			__skb_queue_tail(&s->messages, msg);
		/*
		 * One that announces itself without its address, as QEMU does
		 * it, is not worth much to the listeners: what comes next is.
		 */
		if (cmd != ANYGW_CMD_ENDPOINT_NEW_NTF ||
		    !hlist_empty(&ep->pairs))
			ep->reported = jiffies;
	}
	ep->told_port = ep->flags & ANYGW_EP_HERE ? ep->port : 0;
	ep->flags &= ~(ANYGW_EP_CHANGED | ANYGW_EP_TOOK);
	ep->say &= ~ANYGW_SAY_NEWS;
}

static void binding_age(struct anygw_net *an, struct anygw_endpoint *ep)
{
	unsigned long quiet;
	struct anygw_pair *pair;
	bool ask = false;

	hlist_for_each_entry(pair, &ep->pairs, list) {
		quiet = QUIET + HZ * (jhash(&pair->key, sizeof(pair->key), 0) %
				      QUIET_SPREAD);
		if (pair->asks || pair->claim ||
		    time_before(jiffies, READ_ONCE(pair->seen) + quiet))
			continue;
		WRITE_ONCE(pair->asks, 1);
		pair->ask_at = jiffies;
		ask = true;
	}
	if (ask)
		anygw_end_plan(an, ep, ANYGW_SAY_ASK);
}

static void ep_add_solicit(struct anygw_saying *s, const struct in6_addr *addr,
			 const u8 *mac)
{
	struct anygw_question *q = &s->question[s->n_questions++];

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
static void conflict_yield(struct anygw_net *an, struct anygw_pair *pair)
{
	const struct anygw_claim *claim = pair->claim;
	struct anygw_whereabouts key = pair->ep->key;
	enum anygw_lesson lesson;
	struct anygw_endpoint *ep;

	lesson = claim->rival_said ? ANYGW_LESSON_SAID : ANYGW_LESSON_USED;
	ether_addr_copy(key.mac, claim->rival);
	ep = anygw_end_find(an, &key);
	if (!ep || !(ep->flags & ANYGW_EP_HERE) ||
	    !anygw_pair_take_over(an, pair, ep, lesson))
		anygw_pair_drop(an, pair);
}

static void conflict_decide(struct anygw_net *an, struct anygw_pair *pair,
		   struct anygw_saying *s)
{
	const struct anygw_claim *claim = pair->claim;
	struct sk_buff *msg;

	if (!claim->owner_said) {
		conflict_yield(an, pair);
		return;
	}
	if (claim->rival_said) {
		anygw_end_count_conflict(an, pair->ep, claim->port);
		msg = anygw_nlend_claim(an, pair, anygw_end_gateway(pair->ep));
		if (msg)
			__skb_queue_tail(&s->messages, msg);
	}
	anygw_conflict_end(an, pair);
}

/* The rival is asked too, if all it has done was to use the address. */
static bool conflict_solicit(struct anygw_net *an, struct anygw_pair *pair,
			  struct anygw_saying *s, unsigned long *wait)
{
	struct anygw_claim *claim = pair->claim;
	u32 left;

	if (!(pair->ep->flags & ANYGW_EP_HERE)) {
		conflict_yield(an, pair);
		return false;
	}
	if (!claim->asked) {
		ep_add_solicit(s, &pair->key.addr, pair->ep->key.mac);
		if (!claim->rival_said)
			ep_add_solicit(s, &pair->key.addr, claim->rival);
		claim->asked = true;
		claim->until = jiffies + CLAIM_TIME;
	}
	left = jiffies_until(claim->until);
	if (!left) {
		conflict_decide(an, pair, s);
		return false;
	}
	*wait = min_t(unsigned long, *wait, left);
	return true;
}

static bool binding_solicit_quiet(struct anygw_net *an, struct anygw_pair *pair,
		      struct anygw_saying *s, unsigned long *wait)
{
	u32 left = jiffies_until(pair->ask_at);

	if (!(pair->ep->flags & ANYGW_EP_HERE)) {
		WRITE_ONCE(pair->asks, 0);
		return false;
	}
	if (left) {
		*wait = min_t(unsigned long, *wait, left);
		return true;
	}
	if (pair->asks > ASKS) {
		anygw_pair_drop(an, pair);
		return false;
	}
	ep_add_solicit(s, &pair->key.addr, pair->ep->key.mac);
	pair->asks++;
	pair->ask_at = jiffies + ASK_INTERVAL;
	*wait = min_t(unsigned long, *wait, ASK_INTERVAL);
	return true;
}

static bool ep_solicit_bindings(struct anygw_net *an, struct anygw_endpoint *ep,
		    struct anygw_saying *s, unsigned long *wait)
{
	struct anygw_pair *pair;
	struct hlist_node *next;
	bool goes_on = false;

	hlist_for_each_entry_safe(pair, next, &ep->pairs, list) {
		/* Room for the two questions of a claim. */
		if (s->n_questions + 2 > ANYGW_QUESTIONS)
			return true;
		if (pair->claim)
			goes_on |= conflict_solicit(an, pair, s, wait);
		else if (pair->asks)
			goes_on |= binding_solicit_quiet(an, pair, s, wait);
	}
	if (!goes_on)
		ep->say &= ~ANYGW_SAY_ASK;
	return false;
}

/* Whether there is more to be said of it now. */
static bool take_all(struct anygw_net *an, struct anygw_endpoint *ep,
		     struct anygw_saying *s, unsigned long *wait)
{
	bool more = false;

	s->key = ep->key;
	s->told_hash = ep->told_hash;
	take_announcements(ep, s, wait);
	if (ep->say & ANYGW_SAY_ASK)
		more = ep_solicit_bindings(an, ep, s, wait);
	take_news(an, ep, s, wait);
	return more;
}

static bool next_saying(struct anygw_net *an, struct anygw_saying *s,
			unsigned long *wait)
{
	struct anygw_endpoints *eps = &an->endpoints;
	struct anygw_endpoint *ep;
	bool more;

	s->say = 0;
	s->n_questions = 0;
	__skb_queue_head_init(&s->messages);
	rcu_read_lock();
	spin_lock_bh(&eps->lock);
	ep = list_first_entry_or_null(&eps->due, struct anygw_endpoint, due);
	if (ep) {
		more = take_all(an, ep, s, wait);
		if (ep->say)
			list_move_tail(&ep->due, more ? &eps->due :
							&eps->later);
		else
			list_del_init(&ep->due);
	}
	spin_unlock_bh(&eps->lock);
	rcu_read_unlock();
	return ep;
}

static void say(struct anygw_net *an, struct anygw_saying *s)
{
	const struct anygw_segment *seg;
	struct anygw_bridge *bridge;
	struct sk_buff *msg;
	unsigned int i;

	local_bh_disable();
	rcu_read_lock();
	bridge = xa_load(&an->bridges, s->key.bridge);
	seg = bridge ? anygw_segment_rcu(bridge, s->key.vid) : NULL;
	if (seg && s->say & ANYGW_SAY_GATEWAY)
		anygw_announce_gateway(seg, s->key.mac, s->told_hash);
	if (seg && s->say & SAY_VM)
		anygw_announce_vm(seg, s->key.mac);
	for (i = 0; seg && i < s->n_questions; i++)
		anygw_announce_question(seg, s->question[i].mac,
					&s->question[i].addr);
	rcu_read_unlock();
	local_bh_enable();
	while ((msg = __skb_dequeue(&s->messages)))
		anygw_nlend_send(an, msg);
}

static unsigned long ep_say(struct anygw_net *an)
{
	struct anygw_endpoints *eps = &an->endpoints;
	unsigned long wait = SCAN_INTERVAL;
	struct anygw_saying s;

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
	unsigned long spread, quiet = anygw_end_since(ep->called);
	unsigned long now = jiffies;

	if (time_after(now, READ_ONCE(ep->seen) + FABRIC_REFRESH))
		return;
	if (READ_ONCE(ep->was_heard))
		quiet = min(quiet, now - READ_ONCE(ep->heard));
	spread = jhash(&ep->key, sizeof(ep->key), 0) % FABRIC_SPREAD;
	if (quiet >= FABRIC_REFRESH + spread * HZ)
		anygw_end_plan(an, ep, ANYGW_SAY_STILL);
}

/*
 * One that is quiet and has an address is asked, and goes with the last of
 * its addresses; one that cannot be asked goes in its own time.
 */
static struct sk_buff *scan_one(struct anygw_net *an,
				struct anygw_endpoint *ep, void *arg)
{
	bool here = ep->flags & ANYGW_EP_HERE;
	struct sk_buff *msg = NULL;

	if (ep->flags & ANYGW_EP_DEAD)
		return NULL;
	if (time_after_eq(jiffies, READ_ONCE(ep->seen) + ANYGW_FORGET) &&
	    (!here || hlist_empty(&ep->pairs))) {
		if (ep->told_port)
			msg = anygw_nlend_message(an, ANYGW_CMD_ENDPOINT_GONE_NTF, ep,
						  anygw_end_gateway(ep));
		anygw_end_forget(an, ep);
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
		anygw_end_each(an, scan_one, NULL);
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

void anygw_endpoint_port_gone(struct anygw_net *an, struct anygw_port *port)
{
	spin_lock_bh(&an->endpoints.lock);
	anygw_end_clear_notes(port);
	spin_unlock_bh(&an->endpoints.lock);
	each_on_port(an, port, anygw_end_leave);
}

/* The listeners are told its name, for as long as it has one. */
static void close_port(struct anygw_net *an, struct anygw_endpoint *ep)
{
	anygw_end_leave(an, ep);
	ep->reported = jiffies - ANYGW_SAY_INTERVAL;
}

static void lose_claims(struct anygw_net *an, struct anygw_port *port)
{
	struct anygw_claim *claim, *next;

	spin_lock_bh(&an->endpoints.lock);
	list_for_each_entry_safe(claim, next, &port->claims, on_port) {
		list_del_init(&claim->on_port);
		claim->port = 0;
	}
	port->n_claims = 0;
	spin_unlock_bh(&an->endpoints.lock);
}

void anygw_endpoint_port_closed(struct anygw_net *an, struct anygw_port *port)
{
	/* Hooks still at work with the port let nobody arrive any more. */
	spin_lock_bh(&an->endpoints.lock);
	port->gone = true;
	spin_unlock_bh(&an->endpoints.lock);
	lose_claims(an, port);
	if (list_empty(&port->endpoints))
		return;
	each_on_port(an, port, close_port);
	ep_say(an);
	/* The worker may not have seen what was waiting just now. */
	mod_delayed_work(system_percpu_wq, &an->endpoints.work, 0);
	each_on_port(an, port, anygw_end_give_up_port);
}

int anygw_endpoint_init(struct anygw_net *an)
{
	INIT_DELAYED_WORK(&an->endpoints.work, ep_work);
	an->endpoints.next_scan = jiffies;
	return anygw_end_table_init(an);
}

void anygw_endpoint_exit(struct anygw_net *an)
{
	cancel_delayed_work_sync(&an->endpoints.work);
	anygw_end_table_exit(an);
}
