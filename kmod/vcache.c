// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "datapath.h"
#include "vcache.h"

/* Without memory what was known stays, which is of no harm. */
static noinline void replace(struct anygw_vcache *knowns,
			     struct anygw_vcache_entry __rcu **slot,
			     const struct anygw_vcache_entry *with)
{
	struct anygw_vcache_entry *new = kmemdup(with, sizeof(*with), GFP_ATOMIC);
	struct anygw_vcache_entry *old;

	if (!new)
		return;
	spin_lock(&knowns->lock);
	new->hit.id = ++knowns->last_id;
	old = rcu_replace_pointer(*slot, new, lockdep_is_held(&knowns->lock));
	spin_unlock(&knowns->lock);
	if (old)
		kfree_rcu(old, rcu);
}

void anygw_vcache_add(struct anygw_net *an, const struct anygw_vcache_key *p,
		      const struct anygw_port *port, u32 epoch,
		      enum anygw_action act, struct anygw_gateway *gw)
{
	struct anygw_vcache *knowns = an->vcache;
	struct anygw_vcache_entry __rcu **slot = &knowns->slot[anygw_vcache_hash(p)];
	u32 of_net = atomic_read(&an->cache_gen), of_port = READ_ONCE(port->cache_gen);
	struct anygw_vcache_entry *k = rcu_dereference(*slot);

	/* Something has changed since the frame was looked at. */
	if (of_net + of_port != epoch)
		return;
	if (k && k->cache_gen == of_net && k->port == port &&
	    k->port_gen == of_port && k->hit.act == act &&
	    k->hit.gw == gw && anygw_vcache_key_equal(&k->key, p)) {
		/* It keeps its number; written once a tick. */
		if (READ_ONCE(k->confirmed) != jiffies)
			WRITE_ONCE(k->confirmed, jiffies);
		return;
	}
	replace(knowns, slot, &(struct anygw_vcache_entry){
		.hit = { .act = act, .gw = gw },
		.key = *p,
		.port = port,
		.cache_gen = of_net,
		.port_gen = of_port,
		.confirmed = jiffies,
	});
}

struct anygw_vcache *anygw_vcache_alloc(void)
{
	struct anygw_vcache *knowns = kvzalloc(sizeof(*knowns), GFP_KERNEL);

	if (knowns)
		spin_lock_init(&knowns->lock);
	return knowns;
}

void anygw_vcache_free(struct anygw_vcache *knowns)
{
	int i;

	for (i = 0; knowns && i < ARRAY_SIZE(knowns->slot); i++)
		kfree(rcu_access_pointer(knowns->slot[i]));
	kvfree(knowns);
}

void anygw_ingress_cache_add(struct anygw_net *an, const struct sk_buff *skb,
		     const u8 *dst, const struct anygw_port *in,
		     enum anygw_action act, struct anygw_gateway *gw)
{
	struct anygw_vcache_key p;
	u32 epoch;

	if (!anygw_vcache_is_cacheable(skb) || is_multicast_ether_addr(dst))
		return;
	anygw_vcache_key_read(&p, skb, in->dev);
	anygw_vcache_key_set_dst(&p, dst);
	if (anygw_ctx_match(skb, this_cpu_read(anygw_ingress_ctx.tag), &p.tag) &&
	    anygw_ctx_match(skb, this_cpu_read(anygw_ingress_ctx.cache_gen), &epoch))
		anygw_vcache_add(an, &p, in, epoch, act, gw);
}
