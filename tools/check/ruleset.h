/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_RULESET_H
#define ANYGWCTL_CHECK_RULESET_H

#include <jansson.h>
#include <stdbool.h>

struct chain {
	const char *family;
	const char *table;
	const char *name;
};

/*
 * The output of "nft -j list ruleset", or of another program without words.
 * Returns 0, -ENOENT when there is no such program, or -EIO. The text has to
 * be freed, and is NULL after a failure.
 */
int program_read(const char *program, char **text);
/* An array of objects as nft(8) makes them, or NULL */
json_t *ruleset_read(void);
/* Whether routed packets pass a chain */
bool ruleset_sees_routed(const json_t *set, const struct chain *chain);

/* A word of a rule, table or chain; empty when there is none */
const char *rule_text(const json_t *rule, const char *key);
bool rule_is_in(const json_t *rule, const struct chain *chain);
/* "drop", "reject", "accept", or empty */
const char *expr_verdict(const json_t *expr);
/* Whether the right side of a match, a word, a list or a set, has a word */
bool value_has(const json_t *value, const char *word);

#define ruleset_foreach(set, kind, object)				\
	for (size_t i_ = 0; i_ < json_array_size(set); i_++)		\
		if (((object) = json_object_get(json_array_get((set), i_), \
						(kind))))

#endif
