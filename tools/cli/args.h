/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_ARGS_H
#define ANYGWCTL_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#define GRAMMAR_TERMS	24
#define GRAMMAR_CHOICES	8
#define GRAMMAR_GROUPS	4
#define WORD_LEN	24

/**
 * struct term - one keyword of a command, or one positional word
 * @keyword: the word itself; empty for a positional word
 * @value: name of the value in capitals, empty for none
 * @choice: the words the value may be, besides @value
 * @choices: how many
 * @group: number of the alternatives it belongs to, 0 for none
 * @branch: which of them
 * @required: whether it must be given (when its branch is taken)
 * @repeat: whether it may be given again
 */
struct term {
	char keyword[WORD_LEN];
	char value[WORD_LEN];
	char choice[GRAMMAR_CHOICES][WORD_LEN];
	int choices;
	int group;
	int branch;
	bool required;
	bool repeat;
};

/**
 * struct grammar - the words of one command, made from its grammar text
 * @term: what may be given, in the order of the text
 * @terms: how many
 * @groups: number of groups of alternatives
 * @group_required: whether one alternative of a group must be taken
 */
struct grammar {
	struct term term[GRAMMAR_TERMS];
	int terms;
	int groups;
	bool group_required[GRAMMAR_GROUPS + 1];
};

/**
 * struct arg - a keyword that was given
 * @term: which
 * @value: its value; for a flag the keyword
 */
struct arg {
	const struct term *term;
	const char *value;
};

/**
 * struct args - what was given to a command
 * @grammar: what may be given
 * @arg: the keywords in the order given
 * @n: how many
 * @pending: keyword whose value comes next, NULL for none
 * @branch: alternative taken in each group, -1 for none
 */
struct args {
	struct grammar grammar;
	struct arg *arg;
	size_t n;
	const struct term *pending;
	int branch[GRAMMAR_GROUPS + 1];
};

void args_init(struct args *args, const char *grammar);
void args_free(struct args *args);
int args_word(struct args *args, const char *word);
int args_finish(struct args *args);
bool args_open(const struct args *args, const struct term *term);

const char *args_get(const struct args *args, const char *keyword);
const char *args_next(const struct args *args, const char *keyword,
		      size_t *pos);

#endif
