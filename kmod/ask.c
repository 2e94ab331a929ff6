// SPDX-License-Identifier: GPL-2.0
/*
 * Questions from the fabric that were put to the virtual machines in the
 * gateway's name, and who waits for the answers.
 */
#include <linux/etherdevice.h>
#include <linux/jhash.h>
#include <linux/slab.h>

#include "ask.h"

#define ASKS		1024
#define BUCKETS		256
/* By then the asker has asked again: ARP retries every second. */
#define ASK_LIFE	(3 * HZ)

struct ask {
	struct hlist_node node;
	struct list_head age;
	unsigned long asked;
	int bridge;
	u16 vid;
	struct in6_addr addr;
	struct anygw_asker asker;
};

struct anygw_asks {
	spinlock_t lock;	/* guards all below */
	struct list_head age;	/* all entries, the oldest first */
	struct hlist_head bucket[BUCKETS];
	struct ask ask[ASKS];
};

struct anygw_asks *anygw_ask_alloc(void)
{
	struct anygw_asks *asks = kvzalloc(sizeof(*asks), GFP_KERNEL);
	int i;

	if (!asks)
		return NULL;
	spin_lock_init(&asks->lock);
	INIT_LIST_HEAD(&asks->age);
	for (i = 0; i < ASKS; i++)
		list_add_tail(&asks->ask[i].age, &asks->age);
	return asks;
}

void anygw_ask_free(struct anygw_asks *asks)
{
	kvfree(asks);
}

static struct hlist_head *bucket_of(struct anygw_asks *asks, int bridge,
				    u16 vid, const struct in6_addr *addr)
{
	return &asks->bucket[jhash(addr, sizeof(*addr), bridge ^ vid << 16) %
			     BUCKETS];
}

static bool matches(const struct ask *ask, int bridge, u16 vid,
		    const struct in6_addr *addr)
{
	return anygw_same6(&ask->addr, addr) && ask->bridge == bridge &&
	       ask->vid == vid;
}

void anygw_ask_add(struct anygw_asks *asks, int bridge, u16 vid,
		   const struct in6_addr *addr,
		   const struct anygw_asker *asker)
{
	struct hlist_head *bucket = bucket_of(asks, bridge, vid, addr);
	struct ask *ask;

	spin_lock(&asks->lock);
	hlist_for_each_entry(ask, bucket, node)
		if (matches(ask, bridge, vid, addr) &&
		    ether_addr_equal(ask->asker.mac, asker->mac))
			goto found;

	ask = list_first_entry(&asks->age, struct ask, age);
	hlist_del_init(&ask->node);
	ask->bridge = bridge;
	ask->vid = vid;
	ask->addr = *addr;
	hlist_add_head(&ask->node, bucket);
found:
	ask->asker = *asker;
	ask->asked = jiffies;
	list_move_tail(&ask->age, &asks->age);
	spin_unlock(&asks->lock);
}

bool anygw_ask_take(struct anygw_asks *asks, int bridge, u16 vid,
		    const struct in6_addr *addr, struct anygw_asker *asker)
{
	struct hlist_head *bucket = bucket_of(asks, bridge, vid, addr);
	struct hlist_node *next;
	struct ask *ask;
	bool found = false;

	if (hlist_empty(bucket))
		return false;
	spin_lock(&asks->lock);
	hlist_for_each_entry_safe(ask, next, bucket, node) {
		if (!matches(ask, bridge, vid, addr))
			continue;
		hlist_del_init(&ask->node);
		list_move(&ask->age, &asks->age);
		found = time_before(jiffies, ask->asked + ASK_LIFE);
		if (!found)
			continue;
		*asker = ask->asker;
		break;
	}
	spin_unlock(&asks->lock);
	return found;
}
