/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_OUT_H
#define ANYGWCTL_CLI_OUT_H

#include <jansson.h>
#include <stdbool.h>

/**
 * struct options - the options given before the object
 * @json: -j
 * @pretty: -p
 * @stats: -s
 * @details: -d
 * @oneline: -o
 * @timestamp: -t
 */
struct options {
	bool json;
	bool pretty;
	bool stats;
	bool details;
	bool oneline;
	bool timestamp;
};

extern struct options options;

/**
 * enum out_flag - how a key is shown as text
 * @OUT_NAME: the value alone and a colon, at the start of an object
 * @OUT_LINE: on a new line
 */
enum out_flag {
	OUT_NAME = 1,
	OUT_LINE = 2,
};

/**
 * struct out_key - one key of an object
 * @key: its name in JSON
 * @label: its name in text
 * @flags: of enum out_flag
 */
struct out_key {
	const char *key;
	const char *label;
	int flags;
};

void out_begin(void);
void out_object(json_t *object, const struct out_key *keys);
int out_end(int rc);
void out_event(json_t *object, const struct out_key *keys);

void out_set(json_t *object, const char *key, json_t *value);

#endif
