/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CMDS_H
#define ANYGWCTL_CMDS_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/args.h"

struct plan;

/**
 * struct cmd - one row of the table of commands
 * @object: the first word
 * @command: the second word, NULL when there is none
 * @grammar: what may follow, see args.c
 * @help: one sentence about it
 * @run: does it
 * @plan: takes it into a plan; NULL when it does not belong into a file
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
 * struct call - a command line taken apart
 * @object: the object, as the table spells it
 * @cmd: the row, NULL when help for the whole object was asked for
 * @used: number of words that named the row
 * @help: whether help was asked for
 */
struct call {
	const char *object;
	const struct cmd *cmd;
	int used;
	bool help;
};

extern const struct cmd cmds[];

int cmd_find(int argc, char *const *argv, struct call *call);
int cmd_match(const struct call *call, int argc, char *const *argv,
	      struct args *args);
void cmd_print(FILE *f, const struct cmd *cmd, const char *lead, bool wrap);
void cmd_help(FILE *f, const struct call *call);

#endif
