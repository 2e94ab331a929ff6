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
/* The chain that a rule is in, and that a chain is */
struct chain chain_of_rule(const json_t *rule);
struct chain chain_of(const json_t *chain);
bool chain_equal(const struct chain *a, const struct chain *b);

/* "drop", "reject", "accept", or empty */
const char *expr_verdict(const json_t *expr);
/* Whether the right side of a match, a word, a list or a set, has a word */
bool value_has(const json_t *value, const char *word);

/* What the keys lead to, NULL for nothing; as a word, empty for none */
json_t *rule_path(const json_t *rule, const char *const *keys);
const char *rule_word(const json_t *rule, const char *const *keys);

#define KEYS(...)	((const char *const[]){ __VA_ARGS__, NULL })
#define rule_get(rule, ...)	rule_path(rule, KEYS(__VA_ARGS__))
#define rule_text(rule, ...)	rule_word(rule, KEYS(__VA_ARGS__))

#define ruleset_foreach(set, kind, object)				\
	for (size_t i_ = 0; i_ < json_array_size(set); i_++)		\
		if (((object) = json_object_get(json_array_get((set), i_), \
						(kind))))

#define rule_foreach(rule, i, expr)					\
	json_array_foreach(rule_get(rule, "expr"), i, expr)

#endif
