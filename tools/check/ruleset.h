/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_RULESET_H
#define ANYGWCTL_CHECK_RULESET_H

#include <jansson.h>
#include <stdbool.h>

/**
 * struct chain - a chain of nftables
 * @family: its family
 * @table: its table
 * @name: its name
 */
struct chain {
	const char *family;
	const char *table;
	const char *name;
};

int program_read(const char *program, char **text);

json_t *ruleset_read(void);
const char *rule_text(const json_t *rule, const char *key);
bool rule_is_in(const json_t *rule, const struct chain *chain);
bool ruleset_sees_routed(const json_t *set, const struct chain *chain);
const char *expr_verdict(const json_t *expr);
bool value_has(const json_t *value, const char *word);

#define ruleset_foreach(set, kind, object)				\
	for (size_t i_ = 0; i_ < json_array_size(set); i_++)		\
		if (((object) = json_object_get(json_array_get((set), i_), \
						(kind))))

#endif
