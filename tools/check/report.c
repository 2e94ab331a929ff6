// SPDX-License-Identifier: GPL-2.0
/*
 * The lines that checks report, and the commands that fix what they found.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/report.h"
#include "cli/netns.h"
#include "cli/out.h"

/* Words of a command that may be under construction at a time */
#define WORDS		8
#define WORD_SIZE	256

static const char *const result_names[CHECK_RESULTS] = {
	[CHECK_PASS] = "pass",
	[CHECK_WARN] = "warn",
	[CHECK_FAIL] = "fail",
};

static const char *const result_titles[CHECK_RESULTS] = {
	[CHECK_PASS] = "PASS",
	[CHECK_WARN] = "WARN",
	[CHECK_FAIL] = "FAIL",
};

static json_t *reported;
static bool failed;

static bool is_reported(const json_t *line)
{
	for (size_t i = 0; i < json_array_size(reported); i++)
		if (json_equal(json_array_get(reported, i), line))
			return true;
	return false;
}

static void print_line(enum check_result result, const json_t *line)
{
	const char *subject = json_string_value(json_object_get(line,
								"subject"));
	const char *fix = json_string_value(json_object_get(line, "mend"));

	printf("%s %s", result_titles[result],
	       json_string_value(json_object_get(line, "check")));
	if (subject && *subject)
		printf(" %s", subject);
	printf(": %s", json_string_value(json_object_get(line, "text")));
	if (fix && *fix)
		printf("%s%s", options.oneline ? "\\     " : "\n     ", fix);
	putchar('\n');
}

void report(enum check_result result, const char *name, const char *subject,
	    const char *fix, const char *fmt, ...)
{
	json_t *line = json_object();
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	out_set(line, "check", json_string(name));
	out_set(line, "result", json_string(result_names[result]));
	out_set(line, "subject", json_string(subject));
	out_set(line, "text", json_string(text ? text : "out of memory"));
	out_set(line, "mend", json_string(fix));
	free(text);
	failed |= result == CHECK_FAIL;
	if (!is_reported(line)) {
		if (!options.json)
			print_line(result, line);
		json_array_append(reported, line);
	}
	json_decref(line);
}

/* Devices may have any name: quote what the shell would interpret. */
static void quote_word(FILE *f, const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_.:/=@%+,-";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, f);
		return;
	}
	fputc('\'', f);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", f);
		else
			fputc(*word, f);
	fputc('\'', f);
}

static char *next_buffer(void)
{
	static char words[WORDS][WORD_SIZE];
	static unsigned int next;

	return words[next++ % WORDS];
}

const char *fix_word(const char *word)
{
	char *buf = next_buffer();
	FILE *f = fmemopen(buf, WORD_SIZE, "w");

	*buf = 0;
	if (!f)
		return buf;
	quote_word(f, word);
	fclose(f);
	return buf;
}

const char *fix_sysctl(const char *before, const char *ifname,
		       const char *after)
{
	char name[IFNAMSIZ];
	char text[WORD_SIZE];

	snprintf(name, sizeof(name), "%s", ifname);
	for (char *p = name; *p; p++)
		if (*p == '.')
			*p = '/';
	snprintf(text, sizeof(text), "%s.%s.%s", before, name, after);
	return fix_word(text);
}

int read_sysctl(const char *before, const char *ifname, const char *after)
{
	char path[WORD_SIZE];
	int value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/%s%s%s/%s", before,
		 ifname ? "/" : "", ifname ? ifname : "", after);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fscanf(f, "%d", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

const char *fix(const char *fmt, ...)
{
	static char *command;
	char *text = NULL;
	va_list ap;

	free(command);
	command = NULL;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text || !*netns_name())
		command = text;
	else if (asprintf(&command, "ip netns exec %s %s",
			  fix_word(netns_name()), text) < 0)
		command = NULL;
	if (command != text)
		free(text);
	return command ? command : "";
}

void report_begin(void)
{
	reported = json_array();
	failed = false;
}

bool report_end(void)
{
	if (options.json)
		out_json(reported);
	json_decref(reported);
	return failed;
}
