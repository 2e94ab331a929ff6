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

void anygw_known_note(struct anygw_net *an, const struct anygw_pairing *p,
		      u32 epoch, enum anygw_act act, struct anygw_gateway *gw)
{
	struct anygw_known *k = &an->knowns->known[anygw_known_slot(p)];

	spin_lock(&an->knowns->lock);
	/* Found once more, it keeps its number. */
	if (!is_same(k, p, epoch, act, gw)) {
		write_seqcount_begin(&k->seq);
		k->pairing = *p;
		k->epoch = epoch;
		k->finding.act = act;
		k->finding.gw = gw;
		k->finding.id = ++an->knowns->last_id;
		write_seqcount_end(&k->seq);
	}
	WRITE_ONCE(k->since, jiffies);
	spin_unlock(&an->knowns->lock);
}

struct anygw_knowns *anygw_known_alloc(void)
{
	struct anygw_knowns *knowns = kvzalloc(sizeof(*knowns), GFP_KERNEL);
	int i;

	if (!knowns)
		return NULL;
	spin_lock_init(&knowns->lock);
	for (i = 0; i < ARRAY_SIZE(knowns->known); i++)
		seqcount_init(&knowns->known[i].seq);
	return knowns;
}

void anygw_known_free(struct anygw_knowns *knowns)
{
	kvfree(knowns);
}
