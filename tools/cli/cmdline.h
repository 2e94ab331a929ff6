/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_CMDLINE_H
#define ANYGWCTL_CLI_CMDLINE_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/args.h"

struct plan;

/* A row of the table of commands, which ends with an empty row */
struct cmd {
	const char *object;
	const char *command;	/* NULL when the object has none */
	const char *grammar;	/* of the words that follow, see args.c */
	const char *help;
	int (*run)(const struct args *args);
	/* NULL when the command is not allowed in a file */
	int (*plan)(struct plan *plan, const struct args *args);
};

struct cmdline {
	const char *object;	/* as spelt in the table, NULL for none */
	const struct cmd *cmd;	/* NULL for help about a whole object */
	int used;		/* number of words that named the row */
	bool help;
};

/* argc is at least 1. */
int cmdline_find(const struct cmd *table, int argc, char *const *argv,
		 struct cmdline *line);
/* The whole line again; args has to be freed also after a failure. */
int cmdline_match(const struct cmdline *line, int argc, char *const *argv,
		  struct args *args);
void cmdline_help(FILE *f, const struct cmd *table, const struct cmdline *line);

#endif
