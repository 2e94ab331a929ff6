// SPDX-License-Identifier: GPL-2.0
/* Pending neighbour queries and ARP probes. */
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "query.h"

#define QUERY_MAX	8192
/* A flood in one VLAN displaces no query of another. */
#define QUERY_VLAN_MAX	256
#define QUERY_BUCKETS	1024
/* The requester has repeated it by then: ARP retries every second. */
#define QUERY_LIFETIME	(3 * HZ)

struct query {
	struct hlist_node node;
	struct list_head age;		/* in the table's list */
	struct list_head vlan_age;	/* in the VLAN's list */
	unsigned long time;		/* jiffies */
	struct anygw_vlan *vlan;
	struct in6_addr addr;
	struct anygw_requester requester;
};

struct anygw_query_table {
	spinlock_t lock;	/* guards all below, and the VLANs' queries */
	u32 seed;
	unsigned int count;
	struct list_head age;	/* oldest first */
	struct hlist_head bucket[QUERY_BUCKETS];
};

struct anygw_query_table *anygw_query_alloc(void)
{
	struct anygw_query_table *table = kvzalloc(sizeof(*table), GFP_KERNEL);

	if (!table)
		return NULL;
	spin_lock_init(&table->lock);
	INIT_LIST_HEAD(&table->age);
	table->seed = get_random_u32();
	return table;
}

void anygw_query_free(struct anygw_query_table *table)
{
	WARN_ON_ONCE(table && table->count);
	kvfree(table);
}

static struct hlist_head *query_bucket(struct anygw_query_table *table,
				       const struct anygw_vlan *vlan,
				       const struct in6_addr *addr)
{
	u32 hash = jhash(addr, sizeof(*addr),
			 table->seed ^ hash_ptr((void *)vlan, 32));

	return &table->bucket[hash % QUERY_BUCKETS];
}

static void query_del(struct anygw_query_table *table, struct query *q)
{
	lockdep_assert_held(&table->lock);
	hlist_del(&q->node);
	list_del(&q->age);
	list_del(&q->vlan_age);
	q->vlan->n_queries--;
	table->count--;
	kfree(q);
}

static bool query_expired(const struct query *q)
{
	return time_after_eq(jiffies, q->time + QUERY_LIFETIME);
}

/* Drop expired queries, then the oldest one if a limit is reached. */
static void query_make_room(struct anygw_query_table *table,
			    struct anygw_vlan *vlan)
{
	struct query *q;

	while ((q = list_first_entry_or_null(&table->age, struct query, age)) &&
	       query_expired(q))
		query_del(table, q);
	if (vlan->n_queries < QUERY_VLAN_MAX && table->count < QUERY_MAX)
		return;
	q = vlan->n_queries ?
		list_first_entry(&vlan->queries, struct query, vlan_age) :
		list_first_entry(&table->age, struct query, age);
	query_del(table, q);
}

/* @mac: the requester's, NULL for any */
static struct query *query_find(struct hlist_head *bucket,
				const struct anygw_vlan *vlan,
				const struct in6_addr *addr, const u8 *mac)
{
	struct query *q;

	hlist_for_each_entry(q, bucket, node)
		if (q->vlan == vlan && ipv6_addr_equal(&q->addr, addr) &&
		    (!mac || ether_addr_equal(q->requester.mac, mac)))
			return q;
	return NULL;
}

static struct query *query_new(struct anygw_query_table *table,
			       struct anygw_vlan *vlan,
			       struct hlist_head *bucket,
			       const struct in6_addr *addr)
{
	struct query *q;

	query_make_room(table, vlan);
	q = kzalloc(sizeof(*q), GFP_ATOMIC);
	if (!q)
		return NULL;
	q->vlan = vlan;
	q->addr = *addr;
	hlist_add_head(&q->node, bucket);
	list_add_tail(&q->age, &table->age);
	list_add_tail(&q->vlan_age, &vlan->queries);
	vlan->n_queries++;
	table->count++;
	return q;
}

void anygw_query_add(struct anygw_query_table *table, struct anygw_vlan *vlan,
		     const struct in6_addr *addr,
		     const struct anygw_requester *requester)
{
	struct hlist_head *bucket = query_bucket(table, vlan, addr);
	struct query *q;

	spin_lock(&table->lock);
	q = query_find(bucket, vlan, addr, requester->mac);
	if (!q && !vlan->queries_closed)
		q = query_new(table, vlan, bucket, addr);
	if (q) {
		q->requester = *requester;
		q->time = jiffies;
		list_move_tail(&q->age, &table->age);
		list_move_tail(&q->vlan_age, &vlan->queries);
	}
	spin_unlock(&table->lock);
}

bool anygw_query_take(struct anygw_query_table *table, struct anygw_vlan *vlan,
		      const struct in6_addr *addr,
		      struct anygw_requester *requester)
{
	struct hlist_head *bucket = query_bucket(table, vlan, addr);
	struct query *q;
	bool taken = false;

	if (hlist_empty(bucket))
		return false;
	spin_lock(&table->lock);
	while (!taken && (q = query_find(bucket, vlan, addr, NULL))) {
		taken = !query_expired(q);
		*requester = q->requester;
		query_del(table, q);
	}
	spin_unlock(&table->lock);
	return taken;
}

void anygw_query_close_vlan(struct anygw_query_table *table,
			    struct anygw_vlan *vlan)
{
	struct query *q, *next;

	if (!table)
		return;
	spin_lock_bh(&table->lock);
	vlan->queries_closed = true;
	list_for_each_entry_safe(q, next, &vlan->queries, vlan_age)
		query_del(table, q);
	spin_unlock_bh(&table->lock);
}

/* RFC 5227 section 2.1.1: three probes, and two seconds of silence. */
#define PROBE_LIFETIME	(8 * HZ)

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
	       time_before(jiffies, READ_ONCE(probe->at) + PROBE_LIFETIME);
}
