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
#include "notify.h"

static const struct rhashtable_params table_params = {
	.head_offset		= offsetof(struct anygw_endpoint, node),
	.key_offset		= offsetof(struct anygw_endpoint, key),
	.key_len		= sizeof(struct anygw_ep_key),
	.automatic_shrinking	= true,
};

static const struct rhashtable_params pair_params = {
	.head_offset		= offsetof(struct anygw_binding, node),
	.key_offset		= offsetof(struct anygw_binding, key),
	.key_len		= sizeof(struct anygw_binding_key),
	.automatic_shrinking	= true,
};

/* NULL once it is no bridge port any more */
static struct anygw_port *port_by_index(struct anygw_net *an, int ifindex)
{
	return xa_load(&an->ports, ifindex);
}

struct anygw_endpoint *anygw_ep_lookup(struct anygw_net *an,
				      const struct anygw_ep_key *key)
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
	if (!ep->vlan->dead &&
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

struct anygw_endpoint *anygw_ep_create(struct anygw_net *an,
					struct anygw_vlan *vlan,
					const struct anygw_ep_key *key)
{
	struct anygw_endpoint *ep, *old;

	ep = kzalloc(sizeof(*ep), GFP_ATOMIC);
	if (!ep)
		return NULL;
	ep->key = *key;
	ep->vlan = vlan;
	ep->last_rx = jiffies;
	/* As if all was said long ago. */
	ep->last_announced = jiffies - ANYGW_EP_INTERVAL;
	ep->last_gratuitous = ep->last_announced;
	ep->last_notified = ep->last_announced;
	INIT_LIST_HEAD(&ep->due);
	INIT_LIST_HEAD(&ep->on_port);
	spin_lock(&an->endpoints.lock);
	old = insert(an, ep);
	spin_unlock(&an->endpoints.lock);
	if (!old)
		return ep;
	return IS_ERR(old) ? NULL : old;
}

void anygw_ep_schedule(struct anygw_net *an, struct anygw_endpoint *ep, u8 say)
{
	ep->pending |= say;
	list_move_tail(&ep->due, &an->endpoints.due);
	mod_delayed_work(system_percpu_wq, &an->endpoints.work, 0);
}

void anygw_port_clear_notes(struct anygw_port *port)
{
	int i;

	anygw_port_cache_invalidate(port);
	WRITE_ONCE(port->ep_note, 0);
	WRITE_ONCE(port->fabric_note, 0);
	for (i = 0; i < ANYGW_PORT_NOTES; i++)
		WRITE_ONCE(port->binding_note[i], 0);
}

void anygw_ep_release_port(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct anygw_port *port = port_by_index(an, ep->port);

	if (port) {
		port->n_endpoints--;
		port->n_bindings -= ep->n_bindings;
		list_del_init(&ep->on_port);
		anygw_port_clear_notes(port);
	}
	WRITE_ONCE(ep->port, 0);
}

void anygw_ep_leave(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct anygw_port *port = port_by_index(an, ep->port);

	if (!(ep->flags & ANYGW_EP_PRESENT))
		return;
	WRITE_ONCE(ep->flags, ep->flags & ~ANYGW_EP_PRESENT);
	WRITE_ONCE(ep->last_rx, jiffies);
	if (port)
		anygw_port_clear_notes(port);
	anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_EVENT);
}

struct anygw_binding *anygw_binding_lookup(struct anygw_net *an,
				   const struct anygw_ep_key *where,
				   const struct in6_addr *addr)
{
	struct anygw_binding_key key = {
		.addr = *addr,
		.bridge = where->bridge,
		.vid = where->vid,
	};

	return rhashtable_lookup(&an->endpoints.bindings, &key, pair_params);
}

/* The counts of the owner, its port and its VLAN. */
static void binding_account(struct anygw_net *an, struct anygw_endpoint *ep, int n)
{
	struct anygw_port *port = port_by_index(an, ep->port);

	ep->n_bindings += n;
	ep->vlan->n_bindings += n;
	if (port)
		port->n_bindings += n;
	ep->flags |= ANYGW_EP_CHANGED;
	if (ep->flags & ANYGW_EP_PRESENT)
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_EVENT);
}

/* The owner's port may have noted that the address is the owner's. */
static void binding_detach(struct anygw_net *an, struct anygw_binding *pair)
{
	struct anygw_port *port = port_by_index(an, pair->ep->port);

	hlist_del(&pair->list);
	binding_account(an, pair->ep, -1);
	if (port)
		anygw_port_clear_notes(port);
}

void anygw_conflict_end(struct anygw_net *an, struct anygw_binding *pair)
{
	struct anygw_port *port;

	if (!pair->conflict)
		return;
	port = port_by_index(an, pair->conflict->port);
	if (port) {
		list_del(&pair->conflict->on_port);
		port->n_conflicts--;
	}
	kfree(pair->conflict);
	WRITE_ONCE(pair->conflict, NULL);
}

void anygw_binding_del(struct anygw_net *an, struct anygw_binding *pair)
{
	anygw_conflict_end(an, pair);
	binding_detach(an, pair);
	WRITE_ONCE(pair->ep, NULL);
	rhashtable_remove_fast(&an->endpoints.bindings, &pair->node, pair_params);
	kfree_rcu(pair, rcu);
}

void anygw_binding_refresh(struct anygw_binding *pair, enum anygw_learn_src lesson)
{
	WRITE_ONCE(pair->last_rx, jiffies);
	if (lesson != ANYGW_LEARN_CLAIMED)
		return;
	WRITE_ONCE(pair->confirmed, jiffies);
	WRITE_ONCE(pair->was_confirmed, true);
}

static bool binding_has_room(struct anygw_net *an, const struct anygw_endpoint *ep)
{
	const struct anygw_port *port = port_by_index(an, ep->port);

	return port && ep->n_bindings < ANYGW_BINDINGS_MAX &&
	       port->n_bindings < ANYGW_BINDINGS_OF(port->endpoint_max) &&
	       ep->vlan->n_bindings < ANYGW_BINDINGS_OF(ep->vlan->endpoint_max);
}

bool anygw_binding_add(struct anygw_net *an, struct anygw_endpoint *ep,
		const struct in6_addr *addr, enum anygw_learn_src lesson)
{
	struct anygw_binding *pair;

	if (!binding_has_room(an, ep))
		return false;
	pair = kzalloc(sizeof(*pair), GFP_ATOMIC);
	if (!pair)
		return false;
	pair->key.addr = *addr;
	pair->key.bridge = ep->key.bridge;
	pair->key.vid = ep->key.vid;
	pair->ep = ep;
	anygw_binding_refresh(pair, lesson);
	if (rhashtable_insert_fast(&an->endpoints.bindings, &pair->node,
				   pair_params)) {
		kfree(pair);
		return false;
	}
	hlist_add_head(&pair->list, &ep->bindings);
	binding_account(an, ep, 1);
	return true;
}

/* From its present owner to another endpoint. */
bool anygw_binding_take_over(struct anygw_net *an, struct anygw_binding *pair,
		      struct anygw_endpoint *ep, enum anygw_learn_src lesson)
{
	if (!binding_has_room(an, ep))
		return false;
	anygw_conflict_end(an, pair);
	binding_detach(an, pair);
	WRITE_ONCE(pair->ep, ep);
	WRITE_ONCE(pair->was_confirmed, false);
	WRITE_ONCE(pair->solicits, 0);
	anygw_binding_refresh(pair, lesson);
	hlist_add_head(&pair->list, &ep->bindings);
	ep->flags |= ANYGW_EP_ADDR_MOVED;
	binding_account(an, ep, 1);
	return true;
}

void anygw_ep_del(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct anygw_binding *pair;
	struct hlist_node *next;

	hlist_for_each_entry_safe(pair, next, &ep->bindings, list)
		anygw_binding_del(an, pair);
	anygw_ep_release_port(an, ep);
	ep->vlan->n_endpoints--;
	WRITE_ONCE(an->endpoints.count, an->endpoints.count - 1);
	WRITE_ONCE(ep->flags, ANYGW_EP_DEAD);
	list_del(&ep->due);
	xa_erase(&an->endpoints.list, ep->id);
	rhashtable_remove_fast(&an->endpoints.table, &ep->node, table_params);
	kfree_rcu(ep, rcu);
}

void anygw_ep_for_each(struct anygw_net *an,
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
			anygw_notify_send(an, msg);
		}
		rcu_read_unlock();
		cond_resched();
	} while (ep);
}

bool anygw_ep_is_present(struct anygw_net *an, const struct net_device *br,
			    u16 vid, const u8 *mac)
{
	struct anygw_ep_key key = { .bridge = br->ifindex, .vid = vid };
	const struct anygw_endpoint *ep;

	ether_addr_copy(key.mac, mac);
	ep = anygw_ep_lookup(an, &key);
	return ep && READ_ONCE(ep->flags) & ANYGW_EP_PRESENT;
}

static struct sk_buff *forget_vlan(struct anygw_net *an,
				   struct anygw_endpoint *ep, void *arg)
{
	if (!(ep->flags & ANYGW_EP_DEAD) && ep->vlan == arg)
		anygw_ep_del(an, ep);
	return NULL;
}

void anygw_ep_vlan_del(struct anygw_net *an, struct anygw_vlan *vlan)
{
	spin_lock_bh(&an->endpoints.lock);
	vlan->dead = true;
	spin_unlock_bh(&an->endpoints.lock);
	if (READ_ONCE(vlan->n_endpoints))
		anygw_ep_for_each(an, forget_vlan, vlan);
}

static struct sk_buff *flush_one(struct anygw_net *an,
				 struct anygw_endpoint *ep, void *arg)
{
	const struct anygw_gateway *gw = arg;
	struct sk_buff *msg = NULL;

	if (ep->flags & ANYGW_EP_DEAD ||
	    (gw && anygw_ep_gateway(ep) != gw))
		return NULL;
	if (ep->notified_port)
		msg = anygw_notify_ep_msg(an, ANYGW_CMD_ENDPOINT_GONE_NTF, ep,
						  anygw_ep_gateway(ep));
	anygw_ep_del(an, ep);
	return msg;
}

void anygw_ep_flush(struct anygw_net *an, struct anygw_gateway *gw)
{
	anygw_ep_for_each(an, flush_one, gw);
}

static struct sk_buff *tell_in_vlan(struct anygw_net *an,
				    struct anygw_endpoint *ep, void *arg)
{
	if (ep->flags & ANYGW_EP_DEAD || !(ep->flags & ANYGW_EP_PRESENT) ||
	    ep->vlan != arg)
		return NULL;
	ep->skip_hash = 0;
	anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_GATEWAY);
	return NULL;
}

void anygw_ep_announce_vlan(struct anygw_net *an, struct anygw_vlan *vlan)
{
	if (READ_ONCE(an->endpoints.count))
		anygw_ep_for_each(an, tell_in_vlan, vlan);
}

struct anygw_gateway *anygw_ep_gateway(const struct anygw_endpoint *ep)
{
	const struct anygw_segment_rcu *pub = rcu_dereference(ep->vlan->segment);
	const struct anygw_segment *seg;
	const struct anygw_binding *pair;
	int i = ANYGW_NO_GATEWAY;

	if (!pub)
		return NULL;
	seg = &pub->seg;
	hlist_for_each_entry(pair, &ep->bindings, list) {
		i = anygw_learn_gateway(seg, &pair->key.addr);
		if (i >= 0)
			break;
	}
	return seg->gw[i >= 0 ? i : anygw_segment_default_gw(seg)].gateway;
}

void anygw_ep_count_conflict(struct anygw_net *an,
			      const struct anygw_endpoint *ep, int ifindex)
{
	const struct anygw_gateway *gw = anygw_ep_gateway(ep);
	const struct anygw_port *port = xa_load(&an->ports, ifindex);

	if (gw)
		anygw_stats_inc(gw->stats, ANYGW_STAT_CONFLICTS);
	if (port)
		anygw_stats_inc(port->stats, ANYGW_STAT_CONFLICTS);
}

int anygw_ep_table_init(struct anygw_net *an)
{
	struct anygw_endpoints *eps = &an->endpoints;
	int err;

	spin_lock_init(&eps->lock);
	INIT_LIST_HEAD(&eps->due);
	INIT_LIST_HEAD(&eps->later);
	xa_init_flags(&eps->list, XA_FLAGS_ALLOC1);
	err = rhashtable_init(&eps->table, &table_params);
	if (err)
		return err;
	err = rhashtable_init(&eps->bindings, &pair_params);
	if (err)
		rhashtable_destroy(&eps->table);
	return err;
}

void anygw_ep_table_exit(struct anygw_net *an)
{
	/* Every endpoint has gone with its VLAN. */
	WARN_ON_ONCE(an->endpoints.count);
	rhashtable_destroy(&an->endpoints.table);
	rhashtable_destroy(&an->endpoints.bindings);
	xa_destroy(&an->endpoints.list);
}
