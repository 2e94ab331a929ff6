// SPDX-License-Identifier: GPL-2.0
/*
 * Next hops that do not answer.
 *
 * The stack stops probing a next hop that no packet is sent to, and packets
 * wait for resolution again once its neighbour entry is collected. So the
 * entries of failed next hops are held and probed from here.
 */
#include "compat.h"
#include "nexthop.h"

/* Pause between the stack's resolution attempts; doubles each time. */
#define NH_PAUSE_MIN	HZ
#define NH_PAUSE_MAX	(8 * HZ)
/* Probing ends when no packet has wanted the next hop for this time. */
#define NH_UNUSED_TIMEOUT	(60 * HZ)
/* Per gateway. A route has few next hops, and so have all routes together. */
#define NH_FAILED_MAX	64

/* Guarded by an->failed_nhs.lock, but for RCU readers of @node and @neigh. */
struct failed_nh {
	struct hlist_node node;
	struct list_head list;
	struct neighbour *neigh;	/* held */
	struct anygw_gateway *gw;	/* whose traffic has found it */
	unsigned long wanted;		/* last packet, jiffies; without the lock */
	unsigned long probe_at;		/* jiffies */
	unsigned long pause;		/* to the next probe, jiffies */
	struct rcu_head rcu;
};

static struct hlist_head *failed_nh_bucket(struct anygw_net *an,
					   const struct neighbour *n)
{
	return &an->failed_nhs.bucket[hash_ptr((void *)n, ANYGW_FAILED_NH_BITS)];
}

static struct failed_nh *failed_nh_find(struct anygw_net *an,
					const struct neighbour *n)
{
	struct failed_nh *nh;

	hlist_for_each_entry_rcu(nh, failed_nh_bucket(an, n), node,
				 lockdep_is_held(&an->failed_nhs.lock))
		if (nh->neigh == n)
			return nh;
	return NULL;
}

static void failed_nh_insert(struct anygw_net *an, struct anygw_gateway *gw,
			     struct neighbour *n)
{
	struct failed_nh *nh;

	lockdep_assert_held(&an->failed_nhs.lock);
	if (failed_nh_find(an, n) || gw->n_failed >= NH_FAILED_MAX || gw->dying)
		return;
	nh = kzalloc(sizeof(*nh), GFP_ATOMIC);
	if (!nh)
		return;
	/* The entry was found under RCU and may be about to be freed. */
	if (!refcount_inc_not_zero(&n->refcnt)) {
		kfree(nh);
		return;
	}
	nh->neigh = n;
	nh->gw = gw;
	nh->wanted = jiffies;
	nh->probe_at = jiffies;
	nh->pause = NH_PAUSE_MIN;
	hlist_add_head_rcu(&nh->node, failed_nh_bucket(an, n));
	list_add_tail(&nh->list, &an->failed_nhs.list);
	WRITE_ONCE(gw->n_failed, gw->n_failed + 1);
	WRITE_ONCE(an->failed_nhs.count, an->failed_nhs.count + 1);
	mod_delayed_work(system_percpu_wq, &an->failed_nhs.work, 0);
}

void anygw_failed_nh_add(struct anygw_net *an, struct anygw_gateway *gw,
			 struct neighbour *n)
{
	struct failed_nh *nh;

	/* The other modes change nothing on the wire. */
	if (!n || READ_ONCE(gw->conf.mode) != ANYGW_MODE_ACTIVE)
		return;
	nh = failed_nh_find(an, n);
	if (nh) {
		/* Per packet: at most one shared write a second. */
		if (time_after(jiffies, READ_ONCE(nh->wanted) + HZ))
			WRITE_ONCE(nh->wanted, jiffies);
		return;
	}
	if (READ_ONCE(gw->n_failed) >= NH_FAILED_MAX)
		return;
	spin_lock(&an->failed_nhs.lock);
	failed_nh_insert(an, gw, n);
	spin_unlock(&an->failed_nhs.lock);
}

bool anygw_failed_nh_is(const struct neighbour *n)
{
	struct anygw_net *an = anygw_net(dev_net(n->dev));

	return READ_ONCE(an->failed_nhs.count) && failed_nh_find(an, n);
}

static void failed_nh_remove(struct anygw_net *an, struct failed_nh *nh)
{
	hlist_del_rcu(&nh->node);
	list_del(&nh->list);
	WRITE_ONCE(nh->gw->n_failed, nh->gw->n_failed - 1);
	WRITE_ONCE(an->failed_nhs.count, an->failed_nhs.count - 1);
	neigh_release(nh->neigh);
	kfree_rcu(nh, rcu);
}

static bool failed_nh_done(const struct failed_nh *nh)
{
	u8 nud = READ_ONCE(nh->neigh->nud_state);

	return nh->neigh->dead || !(nud & (NUD_FAILED | NUD_INCOMPLETE)) ||
	       time_after(jiffies, READ_ONCE(nh->wanted) + NH_UNUSED_TIMEOUT);
}

/* Return: the next one to probe, with a reference; NULL: after @wait jiffies */
static struct neighbour *failed_nh_next(struct anygw_net *an,
					unsigned long *wait)
{
	struct failed_nh *nh, *next;
	struct neighbour *n = NULL;

	spin_lock_bh(&an->failed_nhs.lock);
	list_for_each_entry_safe(nh, next, &an->failed_nhs.list, list) {
		if (failed_nh_done(nh)) {
			failed_nh_remove(an, nh);
			continue;
		}
		/* The pause begins when the stack's own probing ends. */
		if (READ_ONCE(nh->neigh->nud_state) & NUD_INCOMPLETE)
			nh->probe_at = jiffies + nh->pause;
		if (time_before(jiffies, nh->probe_at)) {
			*wait = min(*wait, nh->probe_at - jiffies);
			continue;
		}
		n = nh->neigh;
		neigh_hold(n);
		nh->pause = min_t(unsigned long, nh->pause * 2, NH_PAUSE_MAX);
		nh->probe_at = jiffies + nh->pause;
		break;
	}
	spin_unlock_bh(&an->failed_nhs.lock);
	return n;
}

static void failed_nh_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, failed_nhs.work);
	unsigned long wait = NH_PAUSE_MIN;
	struct neighbour *n;

	while ((n = failed_nh_next(an, &wait))) {
		/*
		 * As for a packet: IPv6 accepts no advertisement for a failed
		 * entry that is not being resolved.
		 */
		neigh_event_send(n, NULL);
		neigh_release(n);
	}
	if (READ_ONCE(an->failed_nhs.count))
		queue_delayed_work(system_percpu_wq, &an->failed_nhs.work, wait);
}

void anygw_failed_nh_flush(struct anygw_net *an, const struct anygw_gateway *gw,
			   const struct net_device *dev)
{
	struct failed_nh *nh, *next;

	/* Of a gateway always: an insertion may be under way. */
	if (!gw && !READ_ONCE(an->failed_nhs.count))
		return;
	spin_lock_bh(&an->failed_nhs.lock);
	list_for_each_entry_safe(nh, next, &an->failed_nhs.list, list)
		if (nh->gw == gw || nh->neigh->dev == dev)
			failed_nh_remove(an, nh);
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
	/* Each gateway has flushed its own. */
	WARN_ON_ONCE(an->failed_nhs.count);
}
