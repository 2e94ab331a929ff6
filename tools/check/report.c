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

/* How many words of one command may be under construction. */
#define WORDS		8
#define WORD_ROOM	256

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

/* All that has been reported. */
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
	const char *mend = json_string_value(json_object_get(line, "mend"));

	printf("%s %s", result_titles[result],
	       json_string_value(json_object_get(line, "check")));
	if (subject && *subject)
		printf(" %s", subject);
	printf(": %s", json_string_value(json_object_get(line, "text")));
	if (mend && *mend)
		printf("%s%s", options.oneline ? "\\     " : "\n     ", mend);
	putchar('\n');
}

/**
 * check_say() - a line of a check
 * @result: how it ended
 * @name: the check
 * @subject: the device it is about, or empty
 * @mend: the command that mends it, or empty
 * @fmt: one sentence
 *
 * What is true for several gateways is reported once.
 */
void check_say(enum check_result result, const char *name, const char *subject,
	       const char *mend, const char *fmt, ...)
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
	out_set(line, "mend", json_string(mend));
	free(text);
	failed |= result == CHECK_FAIL;
	if (!is_reported(line)) {
		if (!options.json)
			print_line(result, line);
		json_array_append(reported, line);
	}
	json_decref(line);
}

/* Devices may have any name: what the shell would read gets quotes. */
static void put_word(FILE *f, const char *word)
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

static char *room(void)
{
	static char words[WORDS][WORD_ROOM];
	static unsigned int next;

	return words[next++ % WORDS];
}

/**
 * check_word() - a short word as the shell takes it
 * @word: the word
 *
 * Return: text that stays until some more words are made.
 */
const char *check_word(const char *word)
{
	char *buf = room();
	FILE *f = fmemopen(buf, WORD_ROOM, "w");

	*buf = 0;
	if (!f)
		return buf;
	put_word(f, word);
	fclose(f);
	return buf;
}

/**
 * check_sysctl() - a setting of a device as the program sysctl takes it
 * @before: what stands before the device
 * @ifname: the device
 * @after: what stands behind it
 *
 * Return: text that stays until some more words are made.
 */
const char *check_sysctl(const char *before, const char *ifname,
			 const char *after)
{
	char name[IFNAMSIZ];
	char text[WORD_ROOM];

	snprintf(name, sizeof(name), "%s", ifname);
	for (char *p = name; *p; p++)
		if (*p == '.')
			*p = '/';
	snprintf(text, sizeof(text), "%s.%s.%s", before, name, after);
	return check_word(text);
}

/**
 * check_read_sysctl() - read a setting
 * @before: what stands before the device, with slashes
 * @ifname: the device, or NULL for a setting without one
 * @after: what stands behind it
 *
 * Return: the number, or -1 when there is none.
 */
int check_read_sysctl(const char *before, const char *ifname,
		      const char *after)
{
	char path[WORD_ROOM];
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

/**
 * check_mend() - a command that mends something
 * @fmt: the command; words in capitals are for the reader to fill in
 *
 * Return: the command for the namespace that is looked at, until the next one.
 */
const char *check_mend(const char *fmt, ...)
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
			  check_word(netns_name()), text) < 0)
		command = NULL;
	if (command != text)
		free(text);
	return command ? command : "";
}

/**
 * report_begin() - start a report
 */
void report_begin(void)
{
	reported = json_array();
	failed = false;
}

/**
 * report_end() - print a report as JSON, if that was requested
 *
 * Return: whether a check has failed.
 */
bool report_end(void)
{
	if (options.json) {
		json_dumpf(reported, stdout, options.pretty ? JSON_INDENT(4) :
							      JSON_COMPACT);
		putchar('\n');
	}
	json_decref(reported);
	return failed;
}
