// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/sch_generic.h>

#include "hook.h"
#include "retired.h"

/* Longer than any frame waits in a queue that is worth its name. */
#define LINGER	(30 * HZ)

struct retired {
	struct list_head list;
	int bridge;
	u8 vmac[ETH_ALEN];
	unsigned long until;
	struct rcu_head rcu;
};

static struct retired *find(struct anygw_net *an, int bridge, const u8 *mac)
{
	struct retired *r;

	list_for_each_entry_rcu(r, &an->retired, list, lockdep_rtnl_is_held())
		if (r->bridge == bridge && ether_addr_equal(r->vmac, mac))
			return r;
	return NULL;
}

void anygw_retired_add(struct anygw_net *an, const struct net_device *br,
		       const u8 *vmac)
{
	struct retired *r = find(an, br->ifindex, vmac);

	ASSERT_RTNL();
	if (!r) {
		r = kzalloc(sizeof(*r), GFP_KERNEL | __GFP_NOFAIL);
		r->bridge = br->ifindex;
		ether_addr_copy(r->vmac, vmac);
		list_add_tail_rcu(&r->list, &an->retired);
	}
	r->until = jiffies + LINGER;
	queue_delayed_work(system_wq, &an->retire, LINGER);
}

bool anygw_retired_is(struct anygw_net *an, const struct net_device *br,
		      const u8 *mac)
{
	return !list_empty(&an->retired) && find(an, br->ifindex, mac);
}

static void forget(struct retired *r)
{
	list_del_rcu(&r->list);
	kfree_rcu(r, rcu);
}

static void retire_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, retire);
	struct retired *r, *next;

	rtnl_lock();
	list_for_each_entry_safe(r, next, &an->retired, list)
		if (time_after_eq(jiffies, r->until))
			forget(r);
	if (!list_empty(&an->retired))
		queue_delayed_work(system_wq, &an->retire, HZ);
	anygw_hook_sync(an);
	rtnl_unlock();
}

static bool has_queue(const struct net_device *dev)
{
	const struct Qdisc *q = rtnl_dereference(dev->qdisc);

	return q && q->enqueue;
}

void anygw_retired_init(struct anygw_net *an)
{
	INIT_LIST_HEAD(&an->retired);
	INIT_DELAYED_WORK(&an->retire, retire_work);
}

/*
 * The module goes, and what waits in the bridge's queue would leave by the
 * fabric as it is. The frames of a gateway cannot be told from the others'.
 */
void anygw_retired_exit(struct anygw_net *an)
{
	struct retired *r, *next;
	struct net_device *br;

	cancel_delayed_work_sync(&an->retire);
	rtnl_lock();
	list_for_each_entry_safe(r, next, &an->retired, list) {
		br = __dev_get_by_index(an->net, r->bridge);
		if (br && netif_running(br) && has_queue(br)) {
			dev_deactivate(br);
			dev_activate(br);
		}
		forget(r);
	}
	rtnl_unlock();
}
