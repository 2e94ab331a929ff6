/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_CMDLINE_H
#define ANYGWCTL_CLI_CMDLINE_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/args.h"

struct plan;

/**
 * struct cmd - one row of the table of commands
 * @object: the first word
 * @command: the second word, NULL when there is none
 * @grammar: the words that may follow, see args.c
 * @help: one sentence
 * @run: runs the command, returns the exit code
 * @plan: adds the command to a plan; NULL when it is not allowed in a file
 */
struct cmd {
	const char *object;
	const char *command;
	const char *grammar;
	const char *help;
	int (*run)(const struct args *args);
	int (*plan)(struct plan *plan, const struct args *args);
};

/**
 * struct cmdline - a command line matched with the table
 * @object: the object as spelt in the table, NULL for none
 * @cmd: the row, NULL when help for a whole object was requested
 * @used: number of words that named the row
 * @help: help was requested
 */
struct cmdline {
	const char *object;
	const struct cmd *cmd;
	int used;
	bool help;
};

int cmdline_find(const struct cmd *table, int argc, char *const *argv,
		 struct cmdline *line);
int cmdline_match(const struct cmdline *line, int argc, char *const *argv,
		  struct args *args);
void cmdline_help(FILE *f, const struct cmd *table,
		  const struct cmdline *line);

#endif
