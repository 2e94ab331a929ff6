// SPDX-License-Identifier: GPL-2.0
/*
 * The table of endpoints, the VMs behind access ports, and of their bindings.
 *
 * The FDB has their ports, but not their addresses. Nor does it show whether
 * the fabric has seen them lately, as the gateways keep their traffic off it.
 */
#include "compat.h"
#include "endpoint.h"
#include "notify.h"

static const struct rhashtable_params ep_table_params = {
	.head_offset		= offsetof(struct anygw_endpoint, node),
	.key_offset		= offsetof(struct anygw_endpoint, key),
	.key_len		= sizeof(struct anygw_ep_key),
	.automatic_shrinking	= true,
};

static const struct rhashtable_params binding_table_params = {
	.head_offset		= offsetof(struct anygw_binding, node),
	.key_offset		= offsetof(struct anygw_binding, key),
	.key_len		= sizeof(struct anygw_binding_key),
	.automatic_shrinking	= true,
};

/* NULL once the device is no bridge port any more */
static struct anygw_port *ep_port(struct anygw_net *an,
				  const struct anygw_endpoint *ep)
{
	return xa_load(&an->ports, ep->port);
}

struct anygw_endpoint *anygw_ep_lookup(struct anygw_net *an,
				       const struct anygw_ep_key *key)
{
	return rhashtable_lookup(&an->endpoints.table, key, ep_table_params);
}

bool anygw_ep_is_present(struct anygw_net *an, const struct net_device *br,
			 u16 vid, const u8 *mac)
{
	const struct anygw_ep_key key = anygw_ep_make_key(br, vid, mac);
	const struct anygw_endpoint *ep = anygw_ep_lookup(an, &key);

	return ep && READ_ONCE(ep->flags) & ANYGW_EP_PRESENT;
}

struct anygw_endpoint *
anygw_ep_create(struct anygw_net *an, struct anygw_vlan *vlan,
		const struct anygw_ep_key *key)
{
	struct anygw_endpoint *ep, *old = ERR_PTR(-ENOSPC);
	struct anygw_endpoints *eps = &an->endpoints;

	ep = kzalloc(sizeof(*ep), GFP_ATOMIC);
	if (!ep)
		return NULL;
	ep->key = *key;
	ep->vlan = vlan;
	ep->last_rx = jiffies;
	/* No interval has to pass before the first of each. */
	ep->last_announced = jiffies - ANYGW_EP_INTERVAL;
	ep->last_gratuitous = ep->last_announced;
	ep->last_claimed = ep->last_announced;
	ep->last_notified = ep->last_announced;
	ep->probed_at = ep->last_announced;
	INIT_LIST_HEAD(&ep->due);
	INIT_LIST_HEAD(&ep->on_port);
	spin_lock(&eps->lock);
	if (!vlan->dead && vlan->n_endpoints < READ_ONCE(vlan->endpoint_max))
		old = rhashtable_lookup_get_insert_fast(&eps->table, &ep->node,
							ep_table_params);
	if (old) {
		kfree(ep);
		ep = IS_ERR(old) ? NULL : old;
	} else if (xa_alloc_cyclic(&eps->list, &ep->id, ep, xa_limit_32b,
				   &eps->next_id, GFP_ATOMIC) < 0) {
		ep->flags |= ANYGW_EP_DEAD;
		rhashtable_remove_fast(&eps->table, &ep->node, ep_table_params);
		kfree_rcu(ep, rcu);
		ep = NULL;
	} else {
		vlan->n_endpoints++;
		WRITE_ONCE(eps->count, eps->count + 1);
	}
	spin_unlock(&eps->lock);
	return ep;
}

void anygw_ep_schedule(struct anygw_net *an, struct anygw_endpoint *ep,
		       u8 pending)
{
	lockdep_assert_held(&an->endpoints.lock);
	ep->pending |= pending;
	list_move_tail(&ep->due, &an->endpoints.due);
	mod_delayed_work(system_percpu_wq, &an->endpoints.work, 0);
}

void anygw_port_clear_notes(struct anygw_port *port)
{
	int i;

	anygw_port_cache_invalidate(port);
	WRITE_ONCE(port->ep_note, 0);
	WRITE_ONCE(port->fabric_rx_note, 0);
	for (i = 0; i < ANYGW_PORT_NOTES; i++)
		WRITE_ONCE(port->binding_note[i], 0);
}

void anygw_ep_release_port(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct anygw_port *port = ep_port(an, ep);

	lockdep_assert_held(&an->endpoints.lock);
	if (port) {
		port->n_endpoints--;
		port->n_bindings -= ep->n_bindings;
		list_del_init(&ep->on_port);
		anygw_port_clear_notes(port);
	}
	WRITE_ONCE(ep->port, 0);
}

void anygw_ep_leave(struct anygw_net *an, struct anygw_endpoint *ep,
		    enum anygw_moved_by by)
{
	struct anygw_port *port = ep_port(an, ep);

	lockdep_assert_held(&an->endpoints.lock);
	if (!(ep->flags & ANYGW_EP_PRESENT))
		return;
	WRITE_ONCE(ep->flags,
		   ep->flags & ~(ANYGW_EP_PRESENT | ANYGW_EP_DOUBT));
	WRITE_ONCE(ep->last_rx, jiffies);
	ep->moved_at = jiffies;
	ep->moved_by = by;
	ep->pending &= ANYGW_EP_PENDING_SOLICIT | ANYGW_EP_PENDING_EVENT;
	if (port)
		anygw_port_clear_notes(port);
	anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_EVENT);
}

struct anygw_binding *
anygw_binding_lookup(struct anygw_net *an, const struct anygw_ep_key *key,
		     const struct in6_addr *addr)
{
	const struct anygw_binding_key k = { *addr, key->bridge, key->vid };

	return rhashtable_lookup(&an->endpoints.bindings, &k,
				 binding_table_params);
}

/* @n: 1 or -1 */
static void binding_account(struct anygw_net *an, struct anygw_endpoint *ep,
			    int n)
{
	struct anygw_port *port = ep_port(an, ep);

	lockdep_assert_held(&an->endpoints.lock);
	ep->n_bindings += n;
	ep->vlan->n_bindings += n;
	if (port) {
		port->n_bindings += n;
		/* A note may stand for this MAC with a removed address. */
		if (n < 0)
			anygw_port_clear_notes(port);
	}
	ep->flags |= ANYGW_EP_CHANGED;
	if (ep->flags & ANYGW_EP_PRESENT)
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_EVENT);
}

void anygw_conflict_end(struct anygw_net *an, struct anygw_binding *binding)
{
	struct anygw_addr_conflict *conflict = binding->conflict;
	struct anygw_port *port;

	lockdep_assert_held(&an->endpoints.lock);
	if (!conflict)
		return;
	port = xa_load(&an->ports, conflict->port);
	if (port) {
		list_del(&conflict->on_port);
		port->n_conflicts--;
	}
	kfree(conflict);
	WRITE_ONCE(binding->conflict, NULL);
}

void anygw_binding_del(struct anygw_net *an, struct anygw_binding *binding)
{
	anygw_conflict_end(an, binding);
	hlist_del(&binding->list);
	binding_account(an, binding->ep, -1);
	WRITE_ONCE(binding->ep, NULL);
	rhashtable_remove_fast(&an->endpoints.bindings, &binding->node,
			       binding_table_params);
	kfree_rcu(binding, rcu);
}

void anygw_binding_refresh(struct anygw_binding *binding,
			   enum anygw_learn_src src)
{
	WRITE_ONCE(binding->last_rx, jiffies);
	if (src != ANYGW_LEARN_CLAIMED)
		return;
	WRITE_ONCE(binding->confirmed, jiffies);
	WRITE_ONCE(binding->was_confirmed, true);
}

static bool binding_has_room(struct anygw_net *an,
			     const struct anygw_endpoint *ep)
{
	const struct anygw_port *port = ep_port(an, ep);

	lockdep_assert_held(&an->endpoints.lock);
	return (port ? port->n_bindings < ANYGW_BINDINGS_OF(port->endpoint_max) :
		       ep->flags & ANYGW_EP_REMOTE) &&
	       ep->n_bindings < ANYGW_BINDINGS_MAX &&
	       ep->vlan->n_bindings < ANYGW_BINDINGS_OF(ep->vlan->endpoint_max);
}

struct anygw_binding *
anygw_binding_add(struct anygw_net *an, struct anygw_endpoint *ep,
		  const struct in6_addr *addr, enum anygw_learn_src src)
{
	struct anygw_binding *binding;

	if (!binding_has_room(an, ep))
		return NULL;
	binding = kzalloc(sizeof(*binding), GFP_ATOMIC);
	if (!binding)
		return NULL;
	binding->key = (struct anygw_binding_key){ *addr, ep->key.bridge,
						   ep->key.vid };
	binding->ep = ep;
	anygw_binding_refresh(binding, src);
	if (rhashtable_insert_fast(&an->endpoints.bindings, &binding->node,
				   binding_table_params)) {
		kfree(binding);
		return NULL;
	}
	hlist_add_head(&binding->list, &ep->bindings);
	binding_account(an, ep, 1);
	return binding;
}

bool
anygw_binding_take_over(struct anygw_net *an, struct anygw_binding *binding,
			struct anygw_endpoint *ep, enum anygw_learn_src src)
{
	if (!binding_has_room(an, ep))
		return false;
	anygw_conflict_end(an, binding);
	hlist_del(&binding->list);
	binding_account(an, binding->ep, -1);
	hlist_add_head(&binding->list, &ep->bindings);
	binding_account(an, ep, 1);
	WRITE_ONCE(binding->ep, ep);
	WRITE_ONCE(binding->was_confirmed, false);
	WRITE_ONCE(binding->solicits, 0);
	anygw_binding_refresh(binding, src);
	ep->flags |= ANYGW_EP_ADDR_MOVED;
	return true;
}

void anygw_ep_del(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct anygw_binding *binding;
	struct hlist_node *next;

	lockdep_assert_held(&an->endpoints.lock);
	hlist_for_each_entry_safe(binding, next, &ep->bindings, list)
		anygw_binding_del(an, binding);
	anygw_ep_release_port(an, ep);
	ep->vlan->n_endpoints--;
	WRITE_ONCE(an->endpoints.count, an->endpoints.count - 1);
	WRITE_ONCE(ep->flags, ANYGW_EP_DEAD);
	list_del(&ep->due);
	xa_erase(&an->endpoints.list, ep->id);
	rhashtable_remove_fast(&an->endpoints.table, &ep->node,
			       ep_table_params);
	kfree_rcu(ep, rcu);
}

struct sk_buff *anygw_ep_expire(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct sk_buff *msg = NULL;

	if (ep->notified_port)
		msg = anygw_notify_ep_msg(an, ANYGW_CMD_ENDPOINT_GONE_NTF, ep,
					  anygw_ep_gateway(ep));
	anygw_ep_del(an, ep);
	return msg;
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
			msg = ep->flags & ANYGW_EP_DEAD ? NULL :
							  fn(an, ep, arg);
			spin_unlock_bh(&an->endpoints.lock);
			anygw_notify_send(an, msg);
		}
		rcu_read_unlock();
		cond_resched();
	} while (ep);
}

bool anygw_ep_grants(struct anygw_net *an, const struct net_device *br,
		     u16 vid, const struct anygw_frame *f)
{
	const struct in6_addr *addr = anygw_frame_claimed_addr(f);
	const struct anygw_ep_key key = { .bridge = br->ifindex, .vid = vid };
	const struct anygw_binding *binding;
	const struct anygw_endpoint *owner;

	binding = addr ? anygw_binding_lookup(an, &key, addr) : NULL;
	owner = binding ? READ_ONCE(binding->ep) : NULL;
	return !owner || !(READ_ONCE(owner->flags) & ANYGW_EP_OWNER) ||
	       ether_addr_equal(owner->key.mac,
				anygw_frame_sender_lladdr(f) ?: f->src);
}

static struct sk_buff *ep_del_in_vlan(struct anygw_net *an,
				      struct anygw_endpoint *ep, void *vlan)
{
	if (ep->vlan == vlan)
		anygw_ep_del(an, ep);
	return NULL;
}

void anygw_ep_vlan_del(struct anygw_net *an, struct anygw_vlan *vlan)
{
	ASSERT_RTNL();
	spin_lock_bh(&an->endpoints.lock);
	vlan->dead = true;
	spin_unlock_bh(&an->endpoints.lock);
	if (READ_ONCE(vlan->n_endpoints))
		anygw_ep_for_each(an, ep_del_in_vlan, vlan);
}

static struct sk_buff *ep_flush_one(struct anygw_net *an,
				    struct anygw_endpoint *ep, void *gw)
{
	if (gw && anygw_ep_gateway(ep) != gw)
		return NULL;
	return anygw_ep_expire(an, ep);
}

void anygw_ep_flush(struct anygw_net *an, struct anygw_gateway *gw)
{
	ASSERT_RTNL();
	anygw_ep_for_each(an, ep_flush_one, gw);
}

static struct sk_buff *ep_announce_one(struct anygw_net *an,
				       struct anygw_endpoint *ep, void *vlan)
{
	if (ep->flags & ANYGW_EP_PRESENT && ep->vlan == vlan) {
		ep->skip_hash = 0;
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_GATEWAY);
	}
	return NULL;
}

static struct sk_buff *ep_path_one(struct anygw_net *an,
				   struct anygw_endpoint *ep, void *br)
{
	const struct net_device *dev = br;

	if (ep->flags & ANYGW_EP_PRESENT && ep->key.bridge == dev->ifindex)
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_PATH);
	return NULL;
}

void anygw_ep_path_changed(struct anygw_net *an, struct net_device *br)
{
	ASSERT_RTNL();
	if (READ_ONCE(an->endpoints.count))
		anygw_ep_for_each(an, ep_path_one, br);
}

void anygw_ep_announce_vlan(struct anygw_net *an, struct anygw_vlan *vlan)
{
	ASSERT_RTNL();
	if (READ_ONCE(an->endpoints.count))
		anygw_ep_for_each(an, ep_announce_one, vlan);
}

struct anygw_gateway *anygw_ep_gateway(const struct anygw_endpoint *ep)
{
	const struct anygw_segment_rcu *seg_rcu;
	const struct anygw_segment *seg;
	const struct anygw_binding *binding;
	int i;

	seg_rcu = rcu_dereference(ep->vlan->segment);
	if (!seg_rcu)
		return NULL;
	seg = &seg_rcu->seg;
	hlist_for_each_entry(binding, &ep->bindings, list) {
		i = anygw_learn_gateway(seg, &binding->key.addr);
		if (i >= 0)
			return seg->gw[i].gateway;
	}
	return seg->gw[anygw_segment_default_gw(seg)].gateway;
}

int anygw_ep_table_init(struct anygw_net *an)
{
	struct anygw_endpoints *eps = &an->endpoints;
	int err;

	spin_lock_init(&eps->lock);
	INIT_LIST_HEAD(&eps->due);
	INIT_LIST_HEAD(&eps->later);
	xa_init_flags(&eps->list, XA_FLAGS_ALLOC1);
	err = rhashtable_init(&eps->table, &ep_table_params);
	if (err)
		return err;
	err = rhashtable_init(&eps->bindings, &binding_table_params);
	if (err)
		rhashtable_destroy(&eps->table);
	return err;
}

void anygw_ep_table_exit(struct anygw_net *an)
{
	/* Deleting a VLAN deletes its endpoints. */
	WARN_ON_ONCE(an->endpoints.count);
	rhashtable_destroy(&an->endpoints.table);
	rhashtable_destroy(&an->endpoints.bindings);
	xa_destroy(&an->endpoints.list);
}
