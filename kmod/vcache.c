// SPDX-License-Identifier: GPL-2.0
/* Writers of the verdict cache; the lookup is inline, see vcache.h. */
#include <linux/slab.h>

#include "datapath.h"
#include "vcache.h"

static void vcache_add(struct anygw_net *an, const struct anygw_vcache_key *key,
		       const struct anygw_port *port, u32 gen,
		       enum anygw_action act, struct anygw_gateway *gw)
{
	u32 net_gen = atomic_read(&an->cache_gen);
	u32 port_gen = READ_ONCE(port->cache_gen);
	struct anygw_vcache_entry __rcu **slot;
	struct anygw_vcache *vcache = an->vcache;
	struct anygw_vcache_entry *old, *new;

	/* Something has changed since the frame was classified. */
	if (net_gen + port_gen != gen)
		return;
	slot = &vcache->slot[anygw_vcache_hash(key)];
	old = rcu_dereference(*slot);
	if (old && old->cache_gen == net_gen && old->port == port &&
	    old->port_gen == port_gen && old->hit.act == act &&
	    old->hit.gw == gw && anygw_vcache_key_equal(&old->key, key)) {
		/* The id stays valid. At most one write per jiffy. */
		if (READ_ONCE(old->confirmed) != jiffies)
			WRITE_ONCE(old->confirmed, jiffies);
		return;
	}
	new = kmalloc(sizeof(*new), GFP_ATOMIC);
	/* On allocation failure the old entry stays; that is harmless. */
	if (!new)
		return;
	*new = (struct anygw_vcache_entry){
		.hit = { .act = act, .gw = gw },
		.key = *key,
		.port = port,
		.cache_gen = net_gen,
		.port_gen = port_gen,
		.confirmed = jiffies,
	};
	spin_lock(&vcache->lock);
	new->hit.id = ++vcache->last_id;
	old = rcu_replace_pointer(*slot, new, lockdep_is_held(&vcache->lock));
	spin_unlock(&vcache->lock);
	if (old)
		kfree_rcu(old, rcu);
}

void anygw_ingress_cache_add(const struct anygw_pkt *pkt, const u8 *dst,
			     enum anygw_action act, struct anygw_gateway *gw)
{
	const struct sk_buff *skb = pkt->skb;
	struct anygw_vcache_key key;
	u32 gen;

	if (!anygw_vcache_is_cacheable(skb) || is_multicast_ether_addr(dst))
		return;
	anygw_vcache_key_read(&key, skb, pkt->in->dev);
	memcpy(&key.macs, dst, ETH_ALEN);
	if (anygw_ctx_match(skb, this_cpu_read(anygw_ingress_ctx.tag),
			    &key.tag) &&
	    anygw_ctx_match(skb, this_cpu_read(anygw_ingress_ctx.cache_gen),
			    &gen))
		vcache_add(pkt->an, &key, pkt->in, gen, act, gw);
}

struct anygw_vcache *anygw_vcache_alloc(void)
{
	struct anygw_vcache *vcache = kvzalloc(sizeof(*vcache), GFP_KERNEL);

	if (vcache)
		spin_lock_init(&vcache->lock);
	return vcache;
}

void anygw_vcache_free(struct anygw_vcache *vcache)
{
	int i;

	for (i = 0; vcache && i < ARRAY_SIZE(vcache->slot); i++)
		kfree(rcu_access_pointer(vcache->slot[i]));
	kvfree(vcache);
}
