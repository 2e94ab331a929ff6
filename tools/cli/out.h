/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_OUT_H
#define ANYGWCTL_CLI_OUT_H

#include <jansson.h>
#include <stdbool.h>

struct nlattr;

struct options {
	bool json;
	bool pretty;
	bool stats;
	bool details;
	bool oneline;
	bool timestamp;
};

extern struct options options;

enum out_flag {
	OUT_NAME = 1,		/* the value alone and a colon */
	OUT_LINE = 2,		/* on a new line */
	OUT_DETAILS = 4,	/* only with -d */
	OUT_STATS = 8,		/* only with -s */
	OUT_IF_OFF = 16,	/* left out of the text if true */
};

/*
 * A key of an object, in the order of the text. Keys that are made from an
 * attribute have its number and a function for that, see object/object.h.
 */
struct out_key {
	const char *key;	/* NULL after the last one */
	const char *label;
	int flags;
	int attr;
	json_t *(*json)(const struct nlattr *attr);
};

/* These take the object over. */
void out_begin(void);
void out_object(json_t *object, const struct out_key *keys);
/* After a failure no JSON is printed. Returns rc. */
int out_end(int rc);
/* On one line, and flushed */
void out_event(json_t *object, const struct out_key *keys);

void out_json(const json_t *value);
/* Takes the value over. */
void out_set(json_t *object, const char *key, json_t *value);

#endif
