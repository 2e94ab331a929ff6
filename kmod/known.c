// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "known.h"

static bool is_same(const struct anygw_known *k, const struct anygw_pairing *p,
		    u32 epoch, enum anygw_act act,
		    const struct anygw_gateway *gw)
{
	return k->epoch == epoch && k->finding.act == act &&
	       k->finding.gw == gw && anygw_known_same(&k->pairing, p);
}

/* Without memory what was known stays, which is of no harm. */
static void replace(struct anygw_knowns *knowns,
		    struct anygw_known __rcu **slot, struct anygw_known *old,
		    const struct anygw_known *with)
{
	struct anygw_known *new = kmemdup(with, sizeof(*with), GFP_ATOMIC);

	if (!new)
		return;
	new->finding.id = ++knowns->last_id;
	rcu_assign_pointer(*slot, new);
	if (old)
		kfree_rcu(old, rcu);
}

void anygw_known_note(struct anygw_net *an, const struct anygw_pairing *p,
		      u32 epoch, enum anygw_act act, struct anygw_gateway *gw)
{
	struct anygw_knowns *knowns = an->knowns;
	struct anygw_known __rcu **slot = &knowns->known[anygw_known_slot(p)];
	struct anygw_known *k;

	spin_lock(&knowns->lock);
	k = rcu_dereference_protected(*slot, lockdep_is_held(&knowns->lock));
	/* Found once more, it keeps its number. */
	if (k && is_same(k, p, epoch, act, gw))
		WRITE_ONCE(k->since, jiffies);
	else
		replace(knowns, slot, k, &(struct anygw_known){
			.finding = { .act = act, .gw = gw },
			.pairing = *p,
			.epoch = epoch,
			.since = jiffies,
		});
	spin_unlock(&knowns->lock);
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
