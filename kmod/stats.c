// SPDX-License-Identifier: GPL-2.0
/* The counters of gateways and ports. */
#include <net/netlink.h>

#include "stats.h"

static void stats_add_cpu(u64 *sum, const struct anygw_counters *c)
{
	u64 now[ANYGW_COUNTERS];
	unsigned int start;
	int i;

	do {
		start = u64_stats_fetch_begin(&c->syncp);
		for (i = 0; i < ANYGW_COUNTERS; i++)
			now[i] = u64_stats_read(&c->stat[i]);
	} while (u64_stats_fetch_retry(&c->syncp, start));

	for (i = 0; i < ANYGW_COUNTERS; i++)
		sum[i] += now[i];
}

/* Counts are of type uint in the spec: eight octets without alignment. */
static int stats_put_drop(struct sk_buff *skb, enum anygw_reason reason,
			  const u64 *count)
{
	struct nlattr *nest = nla_nest_start(skb, ANYGW_A_STATS_DROP);

	if (!nest ||
	    nla_put_string(skb, ANYGW_A_DROP_REASON,
			   anygw_reason_name(reason)) ||
	    nla_put(skb, ANYGW_A_DROP_COUNT, sizeof(*count), count))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int stats_put_sum(struct sk_buff *skb, const u64 *sum)
{
	static const int attr[] = {
#define ANYGW_STAT_ATTR(name)	ANYGW_A_STATS_##name,
		ANYGW_STATS(ANYGW_STAT_ATTR)
#undef ANYGW_STAT_ATTR
	};
	const u64 *drop = sum + ANYGW_STAT_MAX;
	int i, err = 0;

	for (i = 0; !err && i < ANYGW_STAT_MAX; i++)
		err = nla_put(skb, attr[i], sizeof(*sum), &sum[i]);
	for (i = 0; !err && i < ANYGW_REASON_MAX; i++)
		if (drop[i])
			err = stats_put_drop(skb, i, &drop[i]);
	return err;
}

int anygw_stats_put(struct sk_buff *skb, int type,
		    struct anygw_counters __percpu *stats)
{
	u64 sum[ANYGW_COUNTERS] = {};
	struct nlattr *nest;
	int cpu;

	for_each_possible_cpu(cpu)
		stats_add_cpu(sum, per_cpu_ptr(stats, cpu));

	nest = nla_nest_start(skb, type);
	if (!nest || stats_put_sum(skb, sum))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
