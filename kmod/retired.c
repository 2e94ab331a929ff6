// SPDX-License-Identifier: GPL-2.0
/*
 * The vMACs of gateways that have been deleted.
 *
 * Frames of a deleted gateway may still be queued: in a qdisc of the bridge,
 * behind an ifb or in user space (NFQUEUE). Until they are out, the hooks stay
 * registered and keep the vMAC off the fabric (W1).
 */
#include "compat.h"
#include "ingress.h"
#include "retired.h"

/* No sane queue holds a frame longer. */
#define RETIRED_LIFETIME	(30 * HZ)

void anygw_retired_add(struct anygw_net *an, const struct net_device *br,
		       const u8 *vmac)
{
	struct anygw_retired *r = anygw_retired_lookup(an, br->ifindex, vmac);

	ASSERT_RTNL();
	if (!r) {
		r = kzalloc(sizeof(*r), GFP_KERNEL | __GFP_NOFAIL);
		r->bridge = br->ifindex;
		ether_addr_copy(r->vmac, vmac);
		list_add_tail_rcu(&r->list, &an->retired);
	}
	r->until = jiffies + RETIRED_LIFETIME;
	queue_delayed_work(system_percpu_wq, &an->retire, RETIRED_LIFETIME);
}

static void retired_del(struct anygw_retired *r)
{
	list_del_rcu(&r->list);
	kfree_rcu(r, rcu);
}

static void retired_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, retire);
	struct anygw_retired *r, *next;

	rtnl_net_lock(an->net);
	list_for_each_entry_safe(r, next, &an->retired, list)
		if (time_after_eq(jiffies, r->until))
			retired_del(r);
	if (!list_empty(&an->retired))
		queue_delayed_work(system_percpu_wq, &an->retire, HZ);
	anygw_ingress_sync(an);
	rtnl_net_unlock(an->net);
}

void anygw_retired_init(struct anygw_net *an)
{
	INIT_LIST_HEAD(&an->retired);
	INIT_DELAYED_WORK(&an->retire, retired_work);
}

void anygw_retired_exit(struct anygw_net *an)
{
	struct anygw_retired *r, *next;

	cancel_delayed_work_sync(&an->retire);
	list_for_each_entry_safe(r, next, &an->retired, list)
		retired_del(r);
}

static bool retired_has_queue(struct net_device *dev)
{
	const struct Qdisc *q;
	unsigned int i;

	for (i = 0; i < dev->num_tx_queues; i++) {
		q = rtnl_dereference(netdev_get_tx_queue(dev, i)->qdisc);
		if (q && q->enqueue)
			return true;
	}
	return false;
}

void anygw_retired_flush(void)
{
	const struct anygw_retired *r;
	struct net_device *br;
	struct net *net;

	rtnl_lock();
	down_read(&net_rwsem);
	for_each_net(net) {
		list_for_each_entry(r, &anygw_net(net)->retired, list) {
			br = __dev_get_by_index(net, r->bridge);
			if (!br || !netif_running(br) || !retired_has_queue(br))
				continue;
			/* Single frames cannot be dropped from a queue. */
			dev_deactivate(br, true);
			dev_activate(br);
		}
	}
	up_read(&net_rwsem);
	rtnl_unlock();
}
