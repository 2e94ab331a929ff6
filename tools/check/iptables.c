// SPDX-License-Identifier: GPL-2.0
/*
 * The iptables rules that drop invalid packets, in the output of iptables-save
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/iptables.h"
#include "check/ruleset.h"
#include "cli/array.h"

#define LINES	65536
#define DEPTH	16

/* The output of iptables-save */
struct save {
	char **line;
	size_t n;
};

/* Whether a word is in the list after an option of the rule */
static bool rule_has(const char *line, const char *option, const char *word)
{
	const char *at = strstr(line, option);
	size_t len = strlen(word);

	if (!at)
		return false;
	for (at += strlen(option); *at && *at != ' '; at++)
		if (!strncmp(at, word, len) && strchr(" ,", at[len]))
			return true;
	return false;
}

static void line_chain(const char *line, char *buf, size_t len)
{
	size_t n = strcspn(line + 3, " ");

	snprintf(buf, len, "%.*s", (int)n, line + 3);
}

static bool is_rule(const char *line)
{
	return !strncmp(line, "-A ", 3);
}

/* The first and last line of the table that a line is in */
static void table_bounds(const struct save *s, size_t at, size_t *from,
			 size_t *to)
{
	for (*from = at; *from && *s->line[*from] != '*';)
		--*from;
	for (*to = at; *to < s->n && strcmp(s->line[*to], "COMMIT");)
		++*to;
}

static bool sees_routed(const struct save *s, size_t at, const char *chain,
			int depth)
{
	size_t from, to;
	char name[64];

	if (!strcmp(chain, "FORWARD") || !strcmp(chain, "PREROUTING") ||
	    !strcmp(chain, "POSTROUTING"))
		return true;
	table_bounds(s, at, &from, &to);
	for (; from < to && depth < DEPTH; from++) {
		const char *line = s->line[from];

		if (!is_rule(line) ||
		    (!rule_has(line, " -j ", chain) && !rule_has(line, " -g ", chain)))
			continue;
		line_chain(line, name, sizeof(name));
		if (strcmp(name, chain) && sees_routed(s, at, name, depth + 1))
			return true;
	}
	return false;
}

static bool drops_invalid(const char *line)
{
	if (!is_rule(line) || strstr(line, "! --ctstate") ||
	    strstr(line, "! --state"))
		return false;
	return (rule_has(line, " --ctstate ", "INVALID") ||
		rule_has(line, " --state ", "INVALID")) &&
	       (rule_has(line, " -j ", "DROP") || rule_has(line, " -j ", "REJECT"));
}

static void scan_line(const struct save *s, size_t at, const char *program,
		      iptables_fn fn, void *data)
{
	const char *line = s->line[at];
	size_t from, to;
	char chain[64];
	char *how;

	if (!drops_invalid(line))
		return;
	line_chain(line, chain, sizeof(chain));
	if (!sees_routed(s, at, chain, 0))
		return;
	table_bounds(s, at, &from, &to);
	/* The name of the program, without "-save", is that for changes. */
	if (asprintf(&how, "%.*s -t %s -D %s", (int)strlen(program) - 5,
		     program, s->line[from] + 1, line + 3) < 0)
		return;
	fn(how, line, data);
	free(how);
}

static void scan_lines(char *text, const char *program, iptables_fn fn,
		       void *data)
{
	struct save s = { 0 };
	char *next = text;
	char *line;

	s.line = calloc(LINES, sizeof(*s.line));
	while (s.line && s.n < LINES && (line = strsep(&next, "\n")))
		s.line[s.n++] = line;
	for (size_t i = 0; i < s.n; i++)
		scan_line(&s, i, program, fn, data);
	free(s.line);
}

bool iptables_scan(iptables_fn fn, void *data)
{
	static const char *const programs[] = {
		"iptables-save", "ip6tables-save", "iptables-legacy-save",
		"ip6tables-legacy-save",
	};
	bool some = false;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		char *text;

		if (program_read(programs[i], &text))
			continue;
		some = true;
		scan_lines(text, programs[i], fn, data);
		free(text);
	}
	return some;
}
