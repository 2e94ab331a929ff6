// SPDX-License-Identifier: GPL-2.0
/*
 * Questions from the fabric that were put to the virtual machines in the
 * gateway's name, and who waits for the answers.
 *
 * Each VLAN has room for its own, so that a flood of them in one pushes out no
 * other's; all together are bounded as well.
 */
#include <linux/etherdevice.h>
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "query.h"

#define ASKS_MAX	8192
#define VLAN_ASKS_MAX	256
#define BUCKETS		1024
/* By then the asker has asked again: ARP retries every second. */
#define ASK_LIFE	(3 * HZ)

/**
 * struct ask - who waits for an answer
 * @node: by @vlan and @addr
 * @age: entry in the list of all, the oldest first
 * @vlan_age: the same in the list of its VLAN
 * @asked: when, jiffies
 * @vlan: where
 * @addr: for which address
 * @asker: who
 */
struct ask {
	struct hlist_node node;
	struct list_head age;
	struct list_head vlan_age;
	unsigned long asked;
	struct anygw_vlan *vlan;
	struct in6_addr addr;
	struct anygw_requester asker;
};

struct anygw_query_table {
	spinlock_t lock;	/* guards all below, and what VLANs have */
	u32 seed;
	unsigned int count;
	struct list_head age;
	struct hlist_head bucket[BUCKETS];
};

struct anygw_query_table *anygw_query_alloc(void)
{
	struct anygw_query_table *asks = kvzalloc(sizeof(*asks), GFP_KERNEL);

	if (!asks)
		return NULL;
	spin_lock_init(&asks->lock);
	INIT_LIST_HEAD(&asks->age);
	asks->seed = get_random_u32();
	return asks;
}

static struct hlist_head *bucket_of(struct anygw_query_table *asks,
				    const struct anygw_vlan *vlan,
				    const struct in6_addr *addr)
{
	u32 hash = jhash(addr, sizeof(*addr),
			 asks->seed ^ hash_ptr((void *)vlan, 32));

	return &asks->bucket[hash % BUCKETS];
}

static void drop(struct anygw_query_table *asks, struct ask *ask)
{
	lockdep_assert_held(&asks->lock);
	hlist_del(&ask->node);
	list_del(&ask->age);
	list_del(&ask->vlan_age);
	ask->vlan->n_queries--;
	asks->count--;
	kfree(ask);
}

static bool is_over(const struct ask *ask)
{
	return time_after_eq(jiffies, ask->asked + ASK_LIFE);
}

/* Room for one more: what nobody waits for any more goes, then the oldest. */
static void make_room(struct anygw_query_table *asks, struct anygw_vlan *vlan)
{
	struct ask *ask;

	while ((ask = list_first_entry_or_null(&asks->age, struct ask, age)) &&
	       is_over(ask))
		drop(asks, ask);
	if (vlan->n_queries >= VLAN_ASKS_MAX ||
	    (asks->count >= ASKS_MAX && vlan->n_queries))
		drop(asks, list_first_entry(&vlan->queries, struct ask, vlan_age));
	else if (asks->count >= ASKS_MAX)
		drop(asks, list_first_entry(&asks->age, struct ask, age));
}

static struct ask *find(struct hlist_head *bucket,
			const struct anygw_vlan *vlan,
			const struct in6_addr *addr, const u8 *mac)
{
	struct ask *ask;

	hlist_for_each_entry(ask, bucket, node)
		if (ask->vlan == vlan && ipv6_addr_equal(&ask->addr, addr) &&
		    (!mac || ether_addr_equal(ask->asker.mac, mac)))
			return ask;
	return NULL;
}

static struct ask *add(struct anygw_query_table *asks, struct anygw_vlan *vlan,
		       struct hlist_head *bucket, const struct in6_addr *addr)
{
	struct ask *ask;

	make_room(asks, vlan);
	ask = kzalloc(sizeof(*ask), GFP_ATOMIC);
	if (!ask)
		return NULL;
	ask->vlan = vlan;
	ask->addr = *addr;
	hlist_add_head(&ask->node, bucket);
	list_add_tail(&ask->age, &asks->age);
	list_add_tail(&ask->vlan_age, &vlan->queries);
	vlan->n_queries++;
	asks->count++;
	return ask;
}

void anygw_query_add(struct anygw_query_table *asks, struct anygw_vlan *vlan,
		   const struct in6_addr *addr,
		   const struct anygw_requester *asker)
{
	struct hlist_head *bucket = bucket_of(asks, vlan, addr);
	struct ask *ask;

	spin_lock(&asks->lock);
	ask = find(bucket, vlan, addr, asker->mac);
	if (!ask && !vlan->queries_closed)
		ask = add(asks, vlan, bucket, addr);
	if (ask) {
		ask->asker = *asker;
		ask->asked = jiffies;
		list_move_tail(&ask->age, &asks->age);
		list_move_tail(&ask->vlan_age, &vlan->queries);
	}
	spin_unlock(&asks->lock);
}

bool anygw_query_take(struct anygw_query_table *asks, struct anygw_vlan *vlan,
		    const struct in6_addr *addr, struct anygw_requester *asker)
{
	struct hlist_head *bucket = bucket_of(asks, vlan, addr);
	struct ask *ask;
	bool found = false;

	if (hlist_empty(bucket))
		return false;
	spin_lock(&asks->lock);
	while (!found && (ask = find(bucket, vlan, addr, NULL))) {
		found = !is_over(ask);
		*asker = ask->asker;
		drop(asks, ask);
	}
	spin_unlock(&asks->lock);
	return found;
}

void anygw_query_close_vlan(struct anygw_query_table *asks, struct anygw_vlan *vlan)
{
	struct ask *ask, *next;

	if (!asks)
		return;
	spin_lock_bh(&asks->lock);
	vlan->queries_closed = true;
	list_for_each_entry_safe(ask, next, &vlan->queries, vlan_age)
		drop(asks, ask);
	spin_unlock_bh(&asks->lock);
}

void anygw_query_free(struct anygw_query_table *asks)
{
	/* They have gone with their VLANs. */
	WARN_ON_ONCE(asks && asks->count);
	kvfree(asks);
}

/* RFC 5227 section 2.1.1: three probes, and two seconds of silence. */
#define PROBE_TIME	(8 * HZ)

static unsigned int probe_slot(__be32 addr)
{
	return hash_32((__force u32)addr, ilog2(ANYGW_PROBES));
}

void anygw_probe_add(struct anygw_vlan *vlan, const struct in6_addr *addr)
{
	__be32 addr4 = addr->s6_addr32[3];
	struct anygw_probe *probe = &vlan->probes[probe_slot(addr4)];

	WRITE_ONCE(probe->at, jiffies);
	WRITE_ONCE(probe->addr, addr4);
}

bool anygw_probe_pending(const struct anygw_vlan *vlan,
			  const struct in6_addr *addr)
{
	__be32 addr4 = addr->s6_addr32[3];
	const struct anygw_probe *probe = &vlan->probes[probe_slot(addr4)];

	return READ_ONCE(probe->addr) == addr4 &&
	       time_before(jiffies, READ_ONCE(probe->at) + PROBE_TIME);
}
