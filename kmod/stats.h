/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_STATS_H
#define ANYGW_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <linux/anygw.h>

#include "core/reasons.h"

struct sk_buff;

/*
 * ANYGW_STATS(X) expands X(NAME) for each counter; ANYGW_A_STATS_<NAME> is
 * the netlink attribute that carries it.
 */
#define ANYGW_STATS(X)							\
	X(CAPTURED) X(FASTPATH) X(FALLBACK) X(ANSWERED) X(ANNOUNCED)	\
	X(TRANSLATED) X(LEARNED) X(CONFLICTS) X(OVERLIMIT)

enum anygw_stat {
#define ANYGW_STAT_ENUM(name)	ANYGW_STAT_##name,
	ANYGW_STATS(ANYGW_STAT_ENUM)
#undef ANYGW_STAT_ENUM
	ANYGW_STAT_MAX
};

/**
 * struct anygw_counters - one CPU's counters of a gateway or port
 * @stat: what happened
 * @drop: what was dropped, by reason
 * @syncp: for 32-bit readers
 */
struct anygw_counters {
	u64_stats_t stat[ANYGW_STAT_MAX];
	u64_stats_t drop[ANYGW_REASON_MAX];
	struct u64_stats_sync syncp;
};

/**
 * anygw_stats_alloc() - counters for all CPUs, zero
 * Return: NULL without memory
 */
struct anygw_counters __percpu *anygw_stats_alloc(void);

/**
 * anygw_stats_put() - put the sum of all CPUs into a message
 * @skb: the message
 * @type: attribute to nest it in
 * @stats: the counters
 * Return: 0 or -EMSGSIZE
 */
int anygw_stats_put(struct sk_buff *skb, int type,
		    struct anygw_counters __percpu *stats);

/**
 * anygw_stats_inc() - count an event
 * @stats: the counters
 * @stat: the event
 * Context: bottom halves off.
 */
static inline void anygw_stats_inc(struct anygw_counters __percpu *stats,
				   enum anygw_stat stat)
{
	struct anygw_counters *c = this_cpu_ptr(stats);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->stat[stat]);
	u64_stats_update_end(&c->syncp);
}

/**
 * anygw_stats_drop() - count a drop
 * @stats: the counters
 * @reason: why
 * Context: bottom halves off.
 */
static inline void anygw_stats_drop(struct anygw_counters __percpu *stats,
				    enum anygw_reason reason)
{
	struct anygw_counters *c = this_cpu_ptr(stats);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->drop[reason]);
	u64_stats_update_end(&c->syncp);
}

#endif
