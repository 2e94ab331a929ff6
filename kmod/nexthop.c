// SPDX-License-Identifier: GPL-2.0
/*
 * Next hops that do not answer.
 *
 * The stack does not ask one again as long as no packet is sent to it, and once
 * its entry is collected, packets wait for an answer again. So those found dead
 * are held on to and asked from here.
 */
#include <linux/hash.h>
#include <net/neighbour.h>

#include "compat.h"
#include "nexthop.h"

/* Between two rounds of the stack's own questions, growing. */
#define PAUSE_MIN	HZ
#define PAUSE_MAX	(8 * HZ)
/* Nobody wanted to send there for so long. */
#define FORGET		(60 * HZ)
/* Until an answer has come. */
#define NUD_DEAD	(NUD_FAILED | NUD_INCOMPLETE)
/* A route has few next hops, and so have all routes together. */
#define FAILED_MAX	64

/**
 * struct failed_nh - a router that does not answer
 * @node: by @neigh, read under RCU
 * @list: the same in the order they came
 * @neigh: its neighbour entry, held
 * @gw: the gateway whose traffic has found it
 * @wanted: when a packet was to go there last, jiffies; without the lock
 * @ask_at: when to ask next, jiffies
 * @pause: how long to wait after that
 * @rcu: for freeing
 */
struct failed_nh {
	struct hlist_node node;
	struct list_head list;
	struct neighbour *neigh;
	struct anygw_gateway *gw;
	unsigned long wanted;
	unsigned long ask_at;
	unsigned long pause;
	struct rcu_head rcu;
};

static struct hlist_head *bucket_of(struct anygw_net *an,
				    const struct neighbour *n)
{
	return &an->failed_nhs.bucket[hash_ptr((void *)n, ANYGW_FAILED_NH_BITS)];
}

static struct failed_nh *find(struct anygw_net *an, const struct neighbour *n)
{
	struct failed_nh *hop;

	hlist_for_each_entry_rcu(hop, bucket_of(an, n), node,
				 lockdep_is_held(&an->failed_nhs.lock))
		if (hop->neigh == n)
			return hop;
	return NULL;
}

static void add_failed(struct anygw_net *an, struct anygw_gateway *gw,
		       struct neighbour *n)
{
	struct failed_nh *hop;

	lockdep_assert_held(&an->failed_nhs.lock);
	if (find(an, n) || gw->n_failed >= FAILED_MAX || gw->dying)
		return;
	hop = kzalloc(sizeof(*hop), GFP_ATOMIC);
	if (!hop)
		return;
	/* It may be on its way out. */
	if (!refcount_inc_not_zero(&n->refcnt)) {
		kfree(hop);
		return;
	}
	hop->neigh = n;
	hop->gw = gw;
	hop->wanted = jiffies;
	hop->ask_at = jiffies;
	hop->pause = PAUSE_MIN;
	hlist_add_head_rcu(&hop->node, bucket_of(an, n));
	list_add_tail(&hop->list, &an->failed_nhs.list);
	WRITE_ONCE(gw->n_failed, gw->n_failed + 1);
	WRITE_ONCE(an->failed_nhs.count, an->failed_nhs.count + 1);
	mod_delayed_work(system_percpu_wq, &an->failed_nhs.work, 0);
}

/* Each packet comes through here: it writes nothing that others read. */
void anygw_failed_nh_add(struct anygw_net *an, struct anygw_gateway *gw,
		       struct neighbour *n)
{
	struct failed_nh *hop = find(an, n);

	if (hop) {
		if (time_after(jiffies, READ_ONCE(hop->wanted) + HZ))
			WRITE_ONCE(hop->wanted, jiffies);
		return;
	}
	if (READ_ONCE(gw->n_failed) >= FAILED_MAX)
		return;
	spin_lock(&an->failed_nhs.lock);
	add_failed(an, gw, n);
	spin_unlock(&an->failed_nhs.lock);
}

bool anygw_failed_nh_is(const struct neighbour *n)
{
	struct anygw_net *an = anygw_net(dev_net(n->dev));

	return READ_ONCE(an->failed_nhs.count) && find(an, n);
}

static void release(struct anygw_net *an, struct failed_nh *hop)
{
	hlist_del_rcu(&hop->node);
	list_del(&hop->list);
	WRITE_ONCE(hop->gw->n_failed, hop->gw->n_failed - 1);
	WRITE_ONCE(an->failed_nhs.count, an->failed_nhs.count - 1);
	neigh_release(hop->neigh);
	kfree_rcu(hop, rcu);
}

static bool is_over(const struct failed_nh *hop)
{
	return hop->neigh->dead ||
	       !(READ_ONCE(hop->neigh->nud_state) & NUD_DEAD) ||
	       time_after(jiffies, READ_ONCE(hop->wanted) + FORGET);
}

/* The next one to be asked, with a reference; those that live are let go. */
static struct neighbour *next_failed(struct anygw_net *an, unsigned long *wait)
{
	struct failed_nh *hop, *next;
	struct neighbour *n = NULL;

	spin_lock_bh(&an->failed_nhs.lock);
	list_for_each_entry_safe(hop, next, &an->failed_nhs.list, list) {
		if (is_over(hop)) {
			release(an, hop);
			continue;
		}
		/* The stack is still at it: the pause begins when it ends. */
		if (READ_ONCE(hop->neigh->nud_state) & NUD_INCOMPLETE)
			hop->ask_at = jiffies + hop->pause;
		if (time_before(jiffies, hop->ask_at)) {
			*wait = min(*wait, hop->ask_at - jiffies);
			continue;
		}
		n = hop->neigh;
		neigh_hold(n);
		hop->pause = min_t(unsigned long, hop->pause * 2, PAUSE_MAX);
		hop->ask_at = jiffies + hop->pause;
		break;
	}
	spin_unlock_bh(&an->failed_nhs.lock);
	return n;
}

static void failed_nh_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, failed_nhs.work);
	unsigned long wait = PAUSE_MIN;
	struct neighbour *n;

	while ((n = next_failed(an, &wait))) {
		/*
		 * As if there were a packet: IPv6 takes no answer for an
		 * entry that has failed and is not asked for.
		 */
		neigh_event_send(n, NULL);
		neigh_release(n);
	}
	if (READ_ONCE(an->failed_nhs.count))
		queue_delayed_work(system_percpu_wq, &an->failed_nhs.work, wait);
}

void anygw_failed_nh_flush_gateway(struct anygw_net *an,
			       const struct anygw_gateway *gw)
{
	struct failed_nh *hop, *next;

	spin_lock_bh(&an->failed_nhs.lock);
	list_for_each_entry_safe(hop, next, &an->failed_nhs.list, list)
		if (hop->gw == gw)
			release(an, hop);
	spin_unlock_bh(&an->failed_nhs.lock);
}

void anygw_failed_nh_flush_dev(struct anygw_net *an,
			      const struct net_device *dev)
{
	struct failed_nh *hop, *next;

	if (!READ_ONCE(an->failed_nhs.count))
		return;
	spin_lock_bh(&an->failed_nhs.lock);
	list_for_each_entry_safe(hop, next, &an->failed_nhs.list, list)
		if (hop->neigh->dev == dev)
			release(an, hop);
	spin_unlock_bh(&an->failed_nhs.lock);
}

void anygw_failed_nh_init(struct anygw_net *an)
{
	spin_lock_init(&an->failed_nhs.lock);
	INIT_LIST_HEAD(&an->failed_nhs.list);
	INIT_DELAYED_WORK(&an->failed_nhs.work, failed_nh_work);
}

void anygw_failed_nh_exit(struct anygw_net *an)
{
	cancel_delayed_work_sync(&an->failed_nhs.work);
	/* They have gone with their gateways. */
	WARN_ON_ONCE(an->failed_nhs.count);
}
