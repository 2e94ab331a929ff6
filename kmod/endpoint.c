// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual machines behind access ports, by MAC.
 *
 * The bridge knows where they are, but not whether the fabric has heard of
 * them lately: anygw keeps their gateway traffic off it. Nor does it tell
 * when one arrives, or which addresses it has.
 */
#include <linux/etherdevice.h>
#include <linux/slab.h>

#include "compat.h"
#include "endpoint.h"
#include "endtable.h"
#include "nlendpoint.h"

static const struct rhashtable_params table_params = {
	.head_offset		= offsetof(struct anygw_endpoint, node),
	.key_offset		= offsetof(struct anygw_endpoint, key),
	.key_len		= sizeof(struct anygw_whereabouts),
	.automatic_shrinking	= true,
};

struct anygw_endpoint *anygw_end_find(struct anygw_net *an,
				      const struct anygw_whereabouts *key)
{
	return rhashtable_lookup(&an->endpoints.table, key, table_params);
}

/*
 * Into the table and the list, or into neither. Return: NULL, or the one that
 * is there already, or an error; @ep is freed then.
 */
static struct anygw_endpoint *insert(struct anygw_net *an,
				     struct anygw_endpoint *ep)
{
	struct anygw_endpoints *eps = &an->endpoints;
	struct anygw_endpoint *old = ERR_PTR(-ENOSPC);

	lockdep_assert_held(&eps->lock);
	if (!ep->vlan->closed &&
	    ep->vlan->n_endpoints < READ_ONCE(ep->vlan->endpoint_max))
		old = rhashtable_lookup_get_insert_fast(&eps->table, &ep->node,
							table_params);
	if (old) {
		kfree(ep);
		return old;
	}
	if (xa_alloc_cyclic(&eps->list, &ep->id, ep, xa_limit_32b,
			    &eps->next_id, GFP_ATOMIC) < 0) {
		ep->flags |= ANYGW_EP_DEAD;
		rhashtable_remove_fast(&eps->table, &ep->node, table_params);
		kfree_rcu(ep, rcu);
		return ERR_PTR(-ENOMEM);
	}
	ep->vlan->n_endpoints++;
	WRITE_ONCE(eps->count, eps->count + 1);
	return NULL;
}

struct anygw_endpoint *anygw_end_create(struct anygw_net *an,
					struct anygw_vlan *vlan,
					const struct anygw_whereabouts *key)
{
	struct anygw_endpoint *ep, *old;

	ep = kzalloc(sizeof(*ep), GFP_ATOMIC);
	if (!ep)
		return NULL;
	ep->key = *key;
	ep->vlan = vlan;
	ep->seen = jiffies;
	/* As if all was said long ago. */
	ep->told = jiffies - ANYGW_SAY_INTERVAL;
	ep->called = ep->told;
	ep->reported = ep->told;
	INIT_LIST_HEAD(&ep->due);
	INIT_LIST_HEAD(&ep->on_port);
	spin_lock(&an->endpoints.lock);
	old = insert(an, ep);
	spin_unlock(&an->endpoints.lock);
	if (!old)
		return ep;
	return IS_ERR(old) ? NULL : old;
}

static struct anygw_port *port_of(struct anygw_net *an,
				  const struct anygw_endpoint *ep)
{
	return xa_load(&an->ports, ep->port);
}

void anygw_end_clear_notes(struct anygw_port *port)
{
	int i;

	anygw_port_moved(port);
	WRITE_ONCE(port->seen_note, 0);
	WRITE_ONCE(port->fabric_note, 0);
	for (i = 0; i < ANYGW_PORT_NOTES; i++)
		WRITE_ONCE(port->pair_note[i], 0);
}

void anygw_end_give_up_port(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct anygw_port *port = port_of(an, ep);

	if (port) {
		port->n_endpoints--;
		port->n_pairs -= ep->n_pairs;
		list_del_init(&ep->on_port);
		anygw_end_clear_notes(port);
	}
	WRITE_ONCE(ep->port, 0);
}

void anygw_end_leave(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct anygw_port *port = port_of(an, ep);

	if (!(ep->flags & ANYGW_EP_HERE))
		return;
	WRITE_ONCE(ep->flags, ep->flags & ~ANYGW_EP_HERE);
	WRITE_ONCE(ep->seen, jiffies);
	if (port)
		anygw_end_clear_notes(port);
	anygw_end_plan(an, ep, ANYGW_SAY_NEWS);
}

void anygw_end_forget(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct anygw_pair *pair;
	struct hlist_node *next;

	hlist_for_each_entry_safe(pair, next, &ep->pairs, list)
		anygw_pair_drop(an, pair);
	anygw_end_give_up_port(an, ep);
	ep->vlan->n_endpoints--;
	WRITE_ONCE(an->endpoints.count, an->endpoints.count - 1);
	WRITE_ONCE(ep->flags, ANYGW_EP_DEAD);
	list_del(&ep->due);
	xa_erase(&an->endpoints.list, ep->id);
	rhashtable_remove_fast(&an->endpoints.table, &ep->node, table_params);
	kfree_rcu(ep, rcu);
}

void anygw_end_each(struct anygw_net *an,
		    struct sk_buff *(*fn)(struct anygw_net *an,
					  struct anygw_endpoint *ep,
					  void *arg), void *arg)
{
	struct anygw_endpoint *ep;
	struct sk_buff *msg;
	unsigned long id = 0;

	do {
		rcu_read_lock();
		ep = xa_find_after(&an->endpoints.list, &id, ULONG_MAX,
				   XA_PRESENT);
		if (ep) {
			spin_lock_bh(&an->endpoints.lock);
			msg = fn(an, ep, arg);
			spin_unlock_bh(&an->endpoints.lock);
			anygw_nlend_send(an, msg);
		}
		rcu_read_unlock();
		cond_resched();
	} while (ep);
}

/* For how many endpoints of a port the lock is held at a time. */
#define BATCH	64

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
	anygw_end_say(an);
	/* The worker may not have seen what was waiting just now. */
	mod_delayed_work(system_percpu_wq, &an->endpoints.work, 0);
	each_on_port(an, port, anygw_end_give_up_port);
}

bool anygw_endpoint_is_here(struct anygw_net *an, const struct net_device *br,
			    u16 vid, const u8 *mac)
{
	struct anygw_whereabouts key = { .bridge = br->ifindex, .vid = vid };
	const struct anygw_endpoint *ep;

	ether_addr_copy(key.mac, mac);
	ep = anygw_end_find(an, &key);
	return ep && READ_ONCE(ep->flags) & ANYGW_EP_HERE;
}

static struct sk_buff *forget_vlan(struct anygw_net *an,
				   struct anygw_endpoint *ep, void *arg)
{
	if (!(ep->flags & ANYGW_EP_DEAD) && ep->vlan == arg)
		anygw_end_forget(an, ep);
	return NULL;
}

void anygw_endpoint_vlan_closed(struct anygw_net *an, struct anygw_vlan *vlan)
{
	spin_lock_bh(&an->endpoints.lock);
	vlan->closed = true;
	spin_unlock_bh(&an->endpoints.lock);
	if (READ_ONCE(vlan->n_endpoints))
		anygw_end_each(an, forget_vlan, vlan);
}

static struct sk_buff *flush_one(struct anygw_net *an,
				 struct anygw_endpoint *ep, void *arg)
{
	const struct anygw_gateway *gw = arg;
	struct sk_buff *msg = NULL;

	if (ep->flags & ANYGW_EP_DEAD ||
	    (gw && anygw_end_gateway(ep) != gw))
		return NULL;
	if (ep->told_port)
		msg = anygw_nlend_message(an, ANYGW_CMD_ENDPOINT_GONE_NTF, ep);
	anygw_end_forget(an, ep);
	return msg;
}

void anygw_endpoint_flush(struct anygw_net *an, struct anygw_gateway *gw)
{
	anygw_end_each(an, flush_one, gw);
}

static struct sk_buff *tell_in_vlan(struct anygw_net *an,
				    struct anygw_endpoint *ep, void *arg)
{
	if (ep->flags & ANYGW_EP_DEAD || !(ep->flags & ANYGW_EP_HERE) ||
	    ep->vlan != arg)
		return NULL;
	ep->told_hash = 0;
	anygw_end_plan(an, ep, ANYGW_SAY_GATEWAY);
	return NULL;
}

void anygw_endpoint_tell(struct anygw_net *an, struct anygw_vlan *vlan)
{
	if (READ_ONCE(an->endpoints.count))
		anygw_end_each(an, tell_in_vlan, vlan);
}

struct anygw_gateway *anygw_end_gateway(const struct anygw_endpoint *ep)
{
	const struct anygw_published *pub = rcu_dereference(ep->vlan->pub);
	const struct anygw_segment *seg;
	const struct anygw_pair *pair;
	int i = ANYGW_NO_GATEWAY;

	if (!pub)
		return NULL;
	seg = &pub->seg;
	hlist_for_each_entry(pair, &ep->pairs, list) {
		i = anygw_learn_gateway(seg, &pair->key.addr);
		if (i >= 0)
			break;
	}
	return seg->gw[i >= 0 ? i : anygw_segment_any(seg)].gateway;
}

void anygw_end_count_conflict(struct anygw_net *an,
			      const struct anygw_endpoint *ep, int ifindex)
{
	const struct anygw_gateway *gw = anygw_end_gateway(ep);
	const struct anygw_port *port = xa_load(&an->ports, ifindex);

	if (gw)
		anygw_stats_inc(gw->stats, ANYGW_STAT_CONFLICTS);
	if (port)
		anygw_stats_inc(port->stats, ANYGW_STAT_CONFLICTS);
}

int anygw_endpoint_init(struct anygw_net *an)
{
	struct anygw_endpoints *eps = &an->endpoints;
	int err;

	spin_lock_init(&eps->lock);
	INIT_LIST_HEAD(&eps->due);
	INIT_LIST_HEAD(&eps->later);
	INIT_DELAYED_WORK(&eps->work, anygw_end_work);
	xa_init_flags(&eps->list, XA_FLAGS_ALLOC1);
	eps->next_scan = jiffies;
	err = rhashtable_init(&eps->table, &table_params);
	if (err)
		return err;
	err = anygw_pair_init(an);
	if (err)
		rhashtable_destroy(&eps->table);
	return err;
}

void anygw_endpoint_exit(struct anygw_net *an)
{
	cancel_delayed_work_sync(&an->endpoints.work);
	/* Every endpoint has gone with its VLAN. */
	WARN_ON_ONCE(an->endpoints.count);
	rhashtable_destroy(&an->endpoints.table);
	anygw_pair_exit(an);
	xa_destroy(&an->endpoints.list);
}
