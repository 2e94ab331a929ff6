// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of the virtual machines: IP-MAC pairs, and what is done when
 * one is quiet or a second machine claims it.
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "endpoint.h"
#include "endtable.h"
#include "nlendpoint.h"

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
/* A machine that uses the addresses of others is looked into only so far. */
#define CLAIMS_MAX	256

static const struct rhashtable_params pair_params = {
	.head_offset		= offsetof(struct anygw_pair, node),
	.key_offset		= offsetof(struct anygw_pair, key),
	.key_len		= sizeof(struct anygw_pair_key),
	.automatic_shrinking	= true,
};

int anygw_pair_init(struct anygw_net *an)
{
	return rhashtable_init(&an->endpoints.pairs, &pair_params);
}

void anygw_pair_exit(struct anygw_net *an)
{
	rhashtable_destroy(&an->endpoints.pairs);
}

struct anygw_pair *anygw_pair_find(struct anygw_net *an,
				   const struct anygw_whereabouts *where,
				   const struct in6_addr *addr)
{
	struct anygw_pair_key key = {
		.addr = *addr,
		.bridge = where->bridge,
		.vid = where->vid,
	};

	return rhashtable_lookup(&an->endpoints.pairs, &key, pair_params);
}

static struct anygw_port *port_of(struct anygw_net *an, int ifindex)
{
	return xa_load(&an->ports, ifindex);
}

static void confirm(struct anygw_pair *pair, enum anygw_lesson lesson)
{
	WRITE_ONCE(pair->seen, jiffies);
	if (lesson != ANYGW_LESSON_SAID)
		return;
	WRITE_ONCE(pair->confirmed, jiffies);
	WRITE_ONCE(pair->was_confirmed, true);
}

/* Under the lock: the answer may come just when the address is given up. */
static void note_answer(struct anygw_net *an, struct anygw_pair *pair)
{
	spin_lock(&an->endpoints.lock);
	pair->asks = 0;
	if (pair->claim)
		pair->claim->owner_said = true;
	spin_unlock(&an->endpoints.lock);
}

bool anygw_pair_confirm(struct anygw_net *an, struct anygw_pair *pair,
			enum anygw_lesson lesson)
{
	bool asked = READ_ONCE(pair->asks) || READ_ONCE(pair->claim);

	confirm(pair, lesson);
	if (asked)
		note_answer(an, pair);
	return asked && lesson == ANYGW_LESSON_SAID;
}

/* The counts of the owner, its port and its VLAN. */
static void account(struct anygw_net *an, struct anygw_endpoint *ep, int n)
{
	struct anygw_port *port = port_of(an, ep->port);

	ep->n_pairs += n;
	ep->vlan->n_pairs += n;
	if (port)
		port->n_pairs += n;
	ep->flags |= ANYGW_EP_CHANGED;
	if (ep->flags & ANYGW_EP_HERE)
		anygw_end_plan(an, ep, ANYGW_SAY_NEWS);
}

/* The owner's port may have noted that the address is the owner's. */
static void take_from_owner(struct anygw_net *an, struct anygw_pair *pair)
{
	struct anygw_port *port = port_of(an, pair->ep->port);

	hlist_del(&pair->list);
	account(an, pair->ep, -1);
	if (port)
		anygw_end_clear_notes(port);
}

static void end_claim(struct anygw_net *an, struct anygw_pair *pair)
{
	struct anygw_port *port;

	if (!pair->claim)
		return;
	port = port_of(an, pair->claim->port);
	if (port) {
		list_del(&pair->claim->on_port);
		port->n_claims--;
	}
	kfree(pair->claim);
	WRITE_ONCE(pair->claim, NULL);
}

void anygw_pair_drop(struct anygw_net *an, struct anygw_pair *pair)
{
	end_claim(an, pair);
	take_from_owner(an, pair);
	WRITE_ONCE(pair->ep, NULL);
	rhashtable_remove_fast(&an->endpoints.pairs, &pair->node, pair_params);
	kfree_rcu(pair, rcu);
}

static bool has_room(struct anygw_net *an, const struct anygw_endpoint *ep)
{
	const struct anygw_port *port = port_of(an, ep->port);

	return port && ep->n_pairs < ANYGW_PAIRS_MAX &&
	       port->n_pairs < ANYGW_PAIRS_OF(port->endpoint_max) &&
	       ep->vlan->n_pairs < ANYGW_PAIRS_OF(ep->vlan->endpoint_max);
}

static bool add(struct anygw_net *an, struct anygw_endpoint *ep,
		const struct in6_addr *addr, enum anygw_lesson lesson)
{
	struct anygw_pair *pair;

	if (!has_room(an, ep))
		return false;
	pair = kzalloc(sizeof(*pair), GFP_ATOMIC);
	if (!pair)
		return false;
	pair->key.addr = *addr;
	pair->key.bridge = ep->key.bridge;
	pair->key.vid = ep->key.vid;
	pair->ep = ep;
	confirm(pair, lesson);
	if (rhashtable_insert_fast(&an->endpoints.pairs, &pair->node,
				   pair_params)) {
		kfree(pair);
		return false;
	}
	hlist_add_head(&pair->list, &ep->pairs);
	account(an, ep, 1);
	return true;
}

/* From its present owner to another endpoint. */
static bool take_over(struct anygw_net *an, struct anygw_pair *pair,
		      struct anygw_endpoint *ep, enum anygw_lesson lesson)
{
	if (!has_room(an, ep))
		return false;
	end_claim(an, pair);
	take_from_owner(an, pair);
	WRITE_ONCE(pair->ep, ep);
	WRITE_ONCE(pair->was_confirmed, false);
	WRITE_ONCE(pair->asks, 0);
	confirm(pair, lesson);
	hlist_add_head(&pair->list, &ep->pairs);
	ep->flags |= ANYGW_EP_TOOK;
	account(an, ep, 1);
	return true;
}

/* Have the owner asked at once; one claim at a time. */
static void contest(struct anygw_net *an, struct anygw_port *port,
		    struct anygw_pair *pair, const u8 *mac, bool said)
{
	struct anygw_claim *claim = pair->claim;

	if (claim) {
		if (said && ether_addr_equal(claim->rival, mac))
			claim->rival_said = true;
		return;
	}
	if (port->gone || port->n_claims >= CLAIMS_MAX)
		return;
	claim = kzalloc(sizeof(*claim), GFP_ATOMIC);
	if (!claim)
		return;
	claim->port = port->dev->ifindex;
	ether_addr_copy(claim->rival, mac);
	claim->rival_said = said;
	list_add_tail(&claim->on_port, &port->claims);
	port->n_claims++;
	WRITE_ONCE(pair->claim, claim);
	/* It is asked for the claim's sake now. */
	WRITE_ONCE(pair->asks, 0);
	anygw_end_plan(an, pair->ep, ANYGW_SAY_ASK);
}

bool anygw_pair_learn(struct anygw_net *an, struct anygw_port *port,
		      struct anygw_endpoint *ep, const struct in6_addr *addr,
		      enum anygw_lesson lesson)
{
	struct anygw_pair *pair = anygw_pair_find(an, &ep->key, addr);

	if (!pair)
		return add(an, ep, addr, lesson);
	if (pair->ep == ep) {
		confirm(pair, lesson);
		return true;
	}
	/* There is nobody to be asked. */
	if (!(pair->ep->flags & ANYGW_EP_HERE))
		return take_over(an, pair, ep, lesson);
	contest(an, port, pair, ep->key.mac, lesson == ANYGW_LESSON_SAID);
	return true;
}

void anygw_pair_contest(struct anygw_net *an, struct anygw_port *port,
			struct anygw_pair *pair, const u8 *mac)
{
	const struct anygw_endpoint *ep;

	spin_lock(&an->endpoints.lock);
	ep = pair->ep;
	if (ep && ep->flags & ANYGW_EP_HERE &&
	    !ether_addr_equal(ep->key.mac, mac))
		contest(an, port, pair, mac, true);
	spin_unlock(&an->endpoints.lock);
}

void anygw_pair_age(struct anygw_net *an, struct anygw_endpoint *ep)
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

static void put_question(struct anygw_saying *s, const struct in6_addr *addr,
			 const u8 *mac)
{
	struct anygw_question *q = &s->question[s->n_questions++];

	q->addr = *addr;
	ether_addr_copy(q->mac, mac);
}

/* Jiffies until a time comes, 0 once it has. */
static u32 until(u32 then)
{
	s32 left = then - (u32)jiffies;

	return max(left, 0);
}

/* The silent owner gives way, also to somebody who is not behind this host. */
static void give_way(struct anygw_net *an, struct anygw_pair *pair)
{
	const struct anygw_claim *claim = pair->claim;
	struct anygw_whereabouts key = pair->ep->key;
	enum anygw_lesson lesson;
	struct anygw_endpoint *ep;

	lesson = claim->rival_said ? ANYGW_LESSON_SAID : ANYGW_LESSON_USED;
	ether_addr_copy(key.mac, claim->rival);
	ep = anygw_end_find(an, &key);
	if (!ep || !(ep->flags & ANYGW_EP_HERE) ||
	    !take_over(an, pair, ep, lesson))
		anygw_pair_drop(an, pair);
}

static void decide(struct anygw_net *an, struct anygw_pair *pair,
		   struct anygw_saying *s)
{
	const struct anygw_claim *claim = pair->claim;
	struct sk_buff *msg;

	if (!claim->owner_said) {
		give_way(an, pair);
		return;
	}
	if (claim->rival_said) {
		anygw_end_count_conflict(an, pair->ep, claim->port);
		msg = anygw_nlend_claim(an, pair);
		if (msg)
			__skb_queue_tail(&s->messages, msg);
	}
	end_claim(an, pair);
}

/* The rival is asked too, if all it has done was to use the address. */
static bool ask_for_claim(struct anygw_net *an, struct anygw_pair *pair,
			  struct anygw_saying *s, unsigned long *wait)
{
	struct anygw_claim *claim = pair->claim;
	u32 left;

	if (!(pair->ep->flags & ANYGW_EP_HERE)) {
		give_way(an, pair);
		return false;
	}
	if (!claim->asked) {
		put_question(s, &pair->key.addr, pair->ep->key.mac);
		if (!claim->rival_said)
			put_question(s, &pair->key.addr, claim->rival);
		claim->asked = true;
		claim->until = jiffies + CLAIM_TIME;
	}
	left = until(claim->until);
	if (!left) {
		decide(an, pair, s);
		return false;
	}
	*wait = min_t(unsigned long, *wait, left);
	return true;
}

static bool ask_quiet(struct anygw_net *an, struct anygw_pair *pair,
		      struct anygw_saying *s, unsigned long *wait)
{
	u32 left = until(pair->ask_at);

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
	put_question(s, &pair->key.addr, pair->ep->key.mac);
	pair->asks++;
	pair->ask_at = jiffies + ASK_INTERVAL;
	*wait = min_t(unsigned long, *wait, ASK_INTERVAL);
	return true;
}

bool anygw_pair_ask(struct anygw_net *an, struct anygw_endpoint *ep,
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
			goes_on |= ask_for_claim(an, pair, s, wait);
		else if (pair->asks)
			goes_on |= ask_quiet(an, pair, s, wait);
	}
	if (!goes_on)
		ep->say &= ~ANYGW_SAY_ASK;
	return false;
}
