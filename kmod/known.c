// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "edge.h"
#include "known.h"

/* Without memory what was known stays, which is of no harm. */
static noinline void replace(struct anygw_knowns *knowns,
			     struct anygw_known __rcu **slot,
			     const struct anygw_known *with)
{
	struct anygw_known *new = kmemdup(with, sizeof(*with), GFP_ATOMIC);
	struct anygw_known *old;

	if (!new)
		return;
	spin_lock(&knowns->lock);
	new->finding.id = ++knowns->last_id;
	old = rcu_replace_pointer(*slot, new, lockdep_is_held(&knowns->lock));
	spin_unlock(&knowns->lock);
	if (old)
		kfree_rcu(old, rcu);
}

void anygw_known_note(struct anygw_net *an, const struct anygw_pairing *p,
		      const struct anygw_port *port, u32 epoch,
		      enum anygw_act act, struct anygw_gateway *gw)
{
	struct anygw_knowns *knowns = an->knowns;
	struct anygw_known __rcu **slot = &knowns->known[anygw_known_slot(p)];
	u32 of_net = atomic_read(&an->epoch), of_port = READ_ONCE(port->epoch);
	struct anygw_known *k = rcu_dereference(*slot);

	/* Something has changed since the frame was looked at. */
	if (of_net + of_port != epoch)
		return;
	if (k && k->epoch == of_net && k->port == port &&
	    k->port_epoch == of_port && k->finding.act == act &&
	    k->finding.gw == gw && anygw_known_same(&k->pairing, p)) {
		/* It keeps its number; written once a tick. */
		if (READ_ONCE(k->since) != jiffies)
			WRITE_ONCE(k->since, jiffies);
		return;
	}
	replace(knowns, slot, &(struct anygw_known){
		.finding = { .act = act, .gw = gw },
		.pairing = *p,
		.port = port,
		.epoch = of_net,
		.port_epoch = of_port,
		.since = jiffies,
	});
}

struct anygw_knowns *anygw_known_alloc(void)
{
	struct anygw_knowns *knowns = kvzalloc(sizeof(*knowns), GFP_KERNEL);

	if (knowns)
		spin_lock_init(&knowns->lock);
	return knowns;
}

void anygw_known_free(struct anygw_knowns *knowns)
{
	int i;

	for (i = 0; knowns && i < ARRAY_SIZE(knowns->known); i++)
		kfree(rcu_access_pointer(knowns->known[i]));
	kvfree(knowns);
}

void anygw_edge_note(struct anygw_net *an, const struct sk_buff *skb,
		     const u8 *dst, const struct anygw_port *in,
		     enum anygw_act act, struct anygw_gateway *gw)
{
	struct anygw_pairing p;
	u32 epoch;

	if (!anygw_known_is_plain(skb) || is_multicast_ether_addr(dst))
		return;
	anygw_known_read(&p, skb, in->dev);
	anygw_known_set_dst(&p, dst);
	if (anygw_edge_known(skb, this_cpu_read(anygw_ingress.tag), &p.tag) &&
	    anygw_edge_known(skb, this_cpu_read(anygw_ingress.epoch), &epoch))
		anygw_known_note(an, &p, in, epoch, act, gw);
}
