/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_STATS_H
#define ANYGW_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <linux/anygw.h>

#include "core/reasons.h"

struct sk_buff;

/* X(NAME) for each counter; its netlink attribute is ANYGW_A_STATS_<NAME>. */
#define ANYGW_STATS(X)							\
	X(CAPTURED) X(FASTPATH) X(FALLBACK) X(ANSWERED) X(ANNOUNCED)	\
	X(TRANSLATED) X(LEARNED) X(CONFLICTS) X(OVERLIMIT)

enum anygw_stat {
#define ANYGW_STAT_ENUM(name)	ANYGW_STAT_##name,
	ANYGW_STATS(ANYGW_STAT_ENUM)
#undef ANYGW_STAT_ENUM
	ANYGW_STAT_MAX
};

#define ANYGW_COUNTERS	(ANYGW_STAT_MAX + (int)ANYGW_REASON_MAX)

/* The counters of a gateway or port on one CPU; the drops by reason are last */
struct anygw_counters {
	u64_stats_t stat[ANYGW_COUNTERS];
	struct u64_stats_sync syncp;
};

/* Put the sum over all CPUs into an attribute @type. Returns 0 or -EMSGSIZE. */
int anygw_stats_put(struct sk_buff *skb, int type,
		    struct anygw_counters __percpu *stats);

/* Both increments need bottom halves off. */
static inline void anygw_stats_inc(struct anygw_counters __percpu *stats,
				   unsigned int stat)
{
	struct anygw_counters *c = this_cpu_ptr(stats);

	u64_stats_update_begin(&c->syncp);
	u64_stats_inc(&c->stat[stat]);
	u64_stats_update_end(&c->syncp);
}

static inline void anygw_stats_drop(struct anygw_counters __percpu *stats,
				    enum anygw_reason reason)
{
	anygw_stats_inc(stats, ANYGW_STAT_MAX + (int)reason);
}

#endif
