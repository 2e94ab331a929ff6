// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "known.h"

static bool is_same(const struct anygw_known *k, const struct anygw_known *with)
{
	return k->epoch == with->epoch && k->port_epoch == with->port_epoch &&
	       k->port == with->port && k->finding.act == with->finding.act &&
	       k->finding.gw == with->finding.gw &&
	       anygw_known_same(&k->pairing, &with->pairing);
}

/* Without memory what was known stays, which is of no harm. */
static void replace(struct anygw_knowns *knowns,
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
	const struct anygw_known with = {
		.finding = { .act = act, .gw = gw },
		.pairing = *p,
		.port = port,
		.epoch = atomic_read(&an->epoch),
		.port_epoch = READ_ONCE(port->epoch),
		.since = jiffies,
	};
	struct anygw_known *k = rcu_dereference(*slot);

	/* Something has changed since the frame was looked at. */
	if (with.epoch + with.port_epoch != epoch)
		return;
	if (!k || !is_same(k, &with)) {
		replace(knowns, slot, &with);
		return;
	}
	/* Found once more, it keeps its number; written once a tick. */
	if (READ_ONCE(k->since) != with.since)
		WRITE_ONCE(k->since, with.since);
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
