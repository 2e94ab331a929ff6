// SPDX-License-Identifier: GPL-2.0
/*
 * Output: every object is a JSON object, printed as JSON or, by a list of its
 * keys, as text.
 */
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "cli/diag.h"
#include "cli/out.h"

struct options options;

static json_t *array;

void out_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		diag_warn("out of memory: \"%s\" is left out", key);
}

static void out_value(const char *label, const json_t *value);

static void out_list(const char *label, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (i)
			putchar(' ');
		out_value(label, json_array_get(list, i));
	}
}

/* Counters, and counters within counters. */
static void out_members(const json_t *object)
{
	const char *between = "";
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		if (json_is_object(value) && !json_object_size(value))
			continue;
		fputs(between, stdout);
		between = " ";
		out_value(key, value);
	}
}

static void out_value(const char *label, const json_t *value)
{
	if (json_is_array(value)) {
		out_list(label, value);
		return;
	}
	if (*label)
		printf("%s ", label);
	if (json_is_object(value))
		out_members(value);
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "on" : "off", stdout);
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_string(value))
		fputs(json_string_value(value), stdout);
}

static bool out_is_shown(const json_t *value, int flags)
{
	return value && !json_is_null(value) &&
	       !(flags & OUT_IF_OFF && json_is_true(value)) &&
	       (!json_is_array(value) || json_array_size(value)) &&
	       (!json_is_object(value) || json_object_size(value));
}

static void out_text(const json_t *object, const struct out_key *keys,
		     const char *new_line)
{
	bool broken = false;
	bool first = true;

	for (; keys->key; keys++) {
		const json_t *value = json_object_get(object, keys->key);

		/* A key that is left out passes its line break on. */
		if (keys->flags & OUT_LINE)
			broken = !first;
		if (!out_is_shown(value, keys->flags))
			continue;
		if (broken)
			fputs(new_line, stdout);
		else if (!first)
			putchar(' ');
		broken = false;
		first = false;
		if (keys->flags & OUT_NAME) {
			out_value("", value);
			putchar(':');
		} else {
			out_value(keys->label, value);
		}
	}
	putchar('\n');
}

void out_json(const json_t *value)
{
	json_dumpf(value, stdout, options.pretty ? JSON_INDENT(4) :
						   JSON_COMPACT);
	putchar('\n');
}

void out_begin(void)
{
	if (options.json)
		array = json_array();
}

void out_object(json_t *object, const struct out_key *keys)
{
	if (options.json) {
		json_array_append_new(array, object);
		return;
	}
	out_text(object, keys, options.oneline ? "\\   " : "\n    ");
	json_decref(object);
}

int out_end(int rc)
{
	if (!options.json)
		return rc;
	if (!rc)
		out_json(array);
	json_decref(array);
	array = NULL;
	return rc;
}

static void out_stamp(char *buf, size_t len)
{
	struct timeval now;
	struct tm tm;
	size_t n;

	gettimeofday(&now, NULL);
	localtime_r(&now.tv_sec, &tm);
	n = strftime(buf, len, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, len - n, ".%06ld", (long)now.tv_usec);
}

void out_event(json_t *object, const struct out_key *keys)
{
	char when[64];

	out_stamp(when, sizeof(when));
	if (options.json) {
		if (options.timestamp)
			out_set(object, "timestamp", json_string(when));
		json_dumpf(object, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		if (options.timestamp)
			printf("[%s] ", when);
		printf("%s ",
		       json_string_value(json_object_get(object, "event")));
		out_text(object, keys, " ");
	}
	fflush(stdout);
	json_decref(object);
}
