/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_ARGS_H
#define ANYGWCTL_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#define GRAMMAR_TERMS	24
#define GRAMMAR_CHOICES	8
#define GRAMMAR_GROUPS	4
#define WORD_LEN	24

/* A keyword of a command, or a positional word */
struct term {
	char keyword[WORD_LEN];		/* empty for a positional word */
	char value[WORD_LEN];		/* its name in capitals, or empty */
	char choice[GRAMMAR_CHOICES][WORD_LEN];	/* besides a free value */
	int choices;
	int group;			/* of alternatives, 0 for none */
	int branch;			/* the alternative in that group */
	bool required;			/* when its branch is taken */
	bool repeat;
};

struct grammar {
	struct term term[GRAMMAR_TERMS];
	int terms;
	int groups;
	bool group_required[GRAMMAR_GROUPS + 1];
};

struct arg {
	const struct term *term;
	const char *value;	/* of a keyword without value: the keyword */
};

struct args {
	struct grammar grammar;
	struct arg *arg;	/* in the order given */
	size_t n;
	const struct term *pending;	/* the next word is its value */
	int branch[GRAMMAR_GROUPS + 1];	/* taken in each group, -1 for none */
};

void args_init(struct args *args, const char *grammar);
void args_free(struct args *args);
/* Match the next word, which has to outlive args. */
int args_word(struct args *args, const char *word);
/* Check that no word is missing. */
int args_finish(struct args *args);
bool args_open(const struct args *args, const struct term *term);

/* By keyword, or by the name of a positional word; NULL when not given */
const char *args_get(const struct args *args, const char *keyword);
/* The next value of a keyword that is repeated; pos starts at 0. */
const char *args_next(const struct args *args, const char *keyword,
		      size_t *pos);

#endif
