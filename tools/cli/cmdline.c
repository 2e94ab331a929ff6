// SPDX-License-Identifier: GPL-2.0
/*
 * Command lines: find the row of the command table, match the words with its
 * grammar, print usage.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cmdline.h"
#include "cli/diag.h"
#include "cli/out.h"

/*
 * The first row whose object, or command of a given object, is the word or is
 * the only one that begins with it.
 */
static int cmdline_word(const struct cmd *table, const char *object,
			const char *word, const struct cmd **found)
{
	const char *name = NULL;

	*found = NULL;
	for (const struct cmd *cmd = table; cmd->object; cmd++) {
		const char *w = object ? cmd->command : cmd->object;

		if (!w || (object && strcmp(object, cmd->object)))
			continue;
		if (!strcmp(w, word)) {
			*found = cmd;
			return 0;
		}
		if (!*word || strncmp(w, word, strlen(word)))
			continue;
		if (name && strcmp(name, w))
			return diag_usage("ambiguous word \"%s\": \"%s\" or \"%s\"",
					  word, name, w);
		if (!name)
			*found = cmd;
		name = w;
	}
	return *found ? 0 : diag_usage("unknown word \"%s\"", word);
}

static int explain_no_command(const struct cmd *table, const char *object)
{
	char buf[128] = "";
	size_t at = 0;

	for (const struct cmd *cmd = table; cmd->object; cmd++)
		if (!strcmp(cmd->object, object))
			at += snprintf(buf + at, sizeof(buf) - at, "%s, ",
				       cmd->command);
	return diag_usage("missing word: \"%s\" needs %sor help", object, buf);
}

int cmdline_find(const struct cmd *table, int argc, char *const *argv,
		 struct cmdline *line)
{
	memset(line, 0, sizeof(*line));
	if (!strcmp(argv[0], "help")) {
		line->help = true;
		return 0;
	}
	if (cmdline_word(table, NULL, argv[0], &line->cmd))
		return RC_USAGE;
	line->object = line->cmd->object;
	line->used = 1;
	if (line->cmd->command) {
		if (argc < 2)
			return explain_no_command(table, line->object);
		if (!strcmp(argv[1], "help")) {
			line->cmd = NULL;
			line->help = true;
			return 0;
		}
		if (cmdline_word(table, line->object, argv[1], &line->cmd))
			return RC_USAGE;
		line->used = 2;
	}
	line->help = argc > line->used && !strcmp(argv[line->used], "help");
	return 0;
}

int cmdline_match(const struct cmdline *line, int argc, char *const *argv,
		  struct args *args)
{
	int rc = 0;

	args_init(args, line->cmd->grammar);
	for (int i = line->used; i < argc && !rc; i++)
		rc = args_word(args, argv[i]);
	return rc ? rc : args_finish(args);
}

/* Up to where a line may be broken: not inside a pair of brackets */
static size_t cmdline_chunk(const char *text)
{
	size_t n = 0;
	int depth = 0;

	for (; text[n]; n++) {
		if (text[n] == '[' || text[n] == '{')
			depth++;
		else if (text[n] == ']' || text[n] == '}')
			depth--;
		else if (text[n] == ' ' && depth <= 0)
			break;
		else if (text[n] == ' ' && depth == 1 && n > 40)
			break;
	}
	return n;
}

static void cmdline_print(FILE *f, const struct cmd *cmd, const char *lead,
			  bool wrap)
{
	const char *text = cmd->grammar;
	int indent;
	int at;

	at = fprintf(f, "%sanygwctl %s%s%s", lead, cmd->object,
		     cmd->command ? " " : "", cmd->command ? cmd->command : "");
	indent = at;
	while (*text) {
		int n = cmdline_chunk(text);

		if (wrap && at + 1 + n > 79 && at > indent)
			at = fprintf(f, "\n%*s", indent, "") - 1;
		at += fprintf(f, " %.*s", n, text);
		text += n;
		while (*text == ' ')
			text++;
	}
	fputc('\n', f);
}

static const char options_help[] =
	"Options: -j|--json        as JSON\n"
	"         -p|--pretty      JSON on several lines\n"
	"         -s|--statistics  with counters\n"
	"         -d|--details     with interface indexes\n"
	"         -o|--oneline     one line for each object\n"
	"         -t|--timestamp   with the time of each event\n"
	"         -n|--netns NAME  in the network namespace NAME\n"
	"         -V|--Version     print the version\n"
	"         -h|--help        print this\n";

void cmdline_help(FILE *f, const struct cmd *table, const struct cmdline *line)
{
	bool first = true;

	if (!line->object && !options.oneline) {
		fputs("Usage: anygwctl [ OPTIONS ] OBJECT { COMMAND | help }\n",
		      f);
		first = false;
	}
	for (const struct cmd *cmd = table; cmd->object; cmd++) {
		if (line->cmd ? cmd != line->cmd :
		    line->object && strcmp(cmd->object, line->object))
			continue;
		if (options.oneline) {
			cmdline_print(f, cmd, "", false);
			continue;
		}
		cmdline_print(f, cmd, first ? "Usage: " : "       ", true);
		fprintf(f, "           %s\n", cmd->help);
		first = false;
	}
	if (!line->object && !options.oneline)
		fputs(options_help, f);
}
