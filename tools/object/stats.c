// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of gateways and ports.
 */
#include <linux/anygw.h>

#include "cli/array.h"
#include "cli/out.h"
#include "object/stats.h"

static const struct {
	int attr;
	const char *key;
} counters[] = {
	{ ANYGW_A_STATS_CAPTURED, "captured" },
	{ ANYGW_A_STATS_FASTPATH, "fastpath" },
	{ ANYGW_A_STATS_FALLBACK, "fallback" },
	{ ANYGW_A_STATS_ANSWERED, "answered" },
	{ ANYGW_A_STATS_ANNOUNCED, "announced" },
	{ ANYGW_A_STATS_TRANSLATED, "translated" },
	{ ANYGW_A_STATS_LEARNED, "learned" },
	{ ANYGW_A_STATS_CONFLICTS, "conflicts" },
	{ ANYGW_A_STATS_OVERLIMIT, "overlimit" },
};

static json_t *drops_json(const struct nlattr *nest)
{
	const struct nlattr *tb[ANYGW_A_DROP_MAX + 1];
	json_t *drops = json_object();
	const struct nlattr *attr;

	if (!nest)
		return drops;
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) != ANYGW_A_STATS_DROP)
			continue;
		nl_nested(attr, tb, ANYGW_A_DROP_MAX);
		if (tb[ANYGW_A_DROP_REASON] && tb[ANYGW_A_DROP_COUNT])
			out_set(drops,
				mnl_attr_get_str(tb[ANYGW_A_DROP_REASON]),
				json_integer(nl_uint(tb[ANYGW_A_DROP_COUNT])));
	}
	return drops;
}

json_t *stats_json(const struct nlattr *nest)
{
	const struct nlattr *tb[ANYGW_A_STATS_MAX + 1];
	json_t *stats = json_object();

	nl_nested(nest, tb, ANYGW_A_STATS_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		out_set(stats, counters[i].key,
			json_integer(nl_uint(tb[counters[i].attr])));
	out_set(stats, "drops", drops_json(nest));
	return stats;
}
