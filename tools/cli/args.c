// SPDX-License-Identifier: GPL-2.0
/*
 * Keywords. The text that the usage shows is what words are matched against:
 *
 *	word VALUE          a keyword and its value
 *	word { a | b | C }  a value out of a list; capitals stand for any word
 *	word                a keyword alone
 *	VALUE               a word without keyword
 *	[ ... ]             may be left out; ]... may be given again
 *	{ x | y } [ x | y ] alternatives of which one may be taken
 *
 * Keywords come in any order, as in iproute2.
 */
#include <ctype.h>
#include <stdio.h>

#include "cli/args.h"
#include "cli/array.h"
#include "cli/diag.h"

#define GRAMMAR_WORDS	128

struct grammar_text {
	char buf[1024];
	char *word[GRAMMAR_WORDS];
	int words;
	int pos;
	struct grammar *g;
};

/* Grammars are constants of this program. */
static void grammar_bug(const char *what)
{
	fprintf(stderr, "anygwctl: bug in a grammar: %s\n", what);
	abort();
}

static bool is_capital(const char *word)
{
	return isupper((unsigned char)word[0]);
}

static const char *grammar_word(const struct grammar_text *t)
{
	return t->pos < t->words ? t->word[t->pos] : "";
}

static bool is_end(const char *word)
{
	return !word[0] || word[0] == ']' || word[0] == '}' || word[0] == '|';
}

/* Whether the brackets that start here hold a "|" of their own. */
static bool has_alternatives(const struct grammar_text *t)
{
	int depth = 0;

	for (int i = t->pos; i < t->words; i++) {
		const char *w = t->word[i];

		if (w[0] == '[' || w[0] == '{')
			depth++;
		else if (w[0] == ']' || w[0] == '}')
			depth--;
		else if (w[0] == '|' && depth == 1)
			return true;
		if (!depth)
			break;
	}
	return false;
}

static void copy_word(char *to, const char *from)
{
	if (strlen(from) >= WORD_LEN)
		grammar_bug(from);
	strcpy(to, from);
}

static void grammar_choices(struct grammar_text *t, struct term *term)
{
	const char *w;

	for (t->pos++; *(w = grammar_word(t)) != '}'; t->pos++) {
		if (!*w)
			grammar_bug("a list without end");
		if (*w == '|')
			continue;
		if (is_capital(w)) {
			copy_word(term->value, w);
			continue;
		}
		if (term->choices == GRAMMAR_CHOICES)
			grammar_bug("too many choices");
		copy_word(term->choice[term->choices++], w);
	}
	t->pos++;
}

static void grammar_term(struct grammar_text *t, int group, int branch,
			 bool required)
{
	struct term *term = &t->g->term[t->g->terms++];

	if (t->g->terms > GRAMMAR_TERMS)
		grammar_bug("too many terms");
	term->group = group;
	term->branch = branch;
	term->required = required;
	if (!is_capital(grammar_word(t)))
		copy_word(term->keyword, t->word[t->pos++]);
	if (is_capital(grammar_word(t)))
		copy_word(term->value, t->word[t->pos++]);
	else if (*term->keyword && *grammar_word(t) == '{')
		grammar_choices(t, term);
}

static int grammar_group(struct grammar *g, bool required)
{
	if (g->groups == GRAMMAR_GROUPS)
		grammar_bug("too many groups");
	g->group_required[++g->groups] = required;
	return g->groups;
}

static void grammar_sequence(struct grammar_text *t, int group, int branch,
			     bool required);

static void grammar_brackets(struct grammar_text *t, int group, int branch)
{
	bool needed = *grammar_word(t) == '{';
	int first = t->g->terms;

	if (has_alternatives(t)) {
		group = grammar_group(t->g, needed);
		branch = 0;
		needed = true;
	}
	do {
		t->pos++;
		grammar_sequence(t, group, branch++, needed);
	} while (*grammar_word(t) == '|');
	if (!strcmp(grammar_word(t), "]..."))
		for (int i = first; i < t->g->terms; i++)
			t->g->term[i].repeat = true;
	if (!*grammar_word(t))
		grammar_bug("brackets without end");
	t->pos++;
}

static void grammar_sequence(struct grammar_text *t, int group, int branch,
			     bool required)
{
	while (!is_end(grammar_word(t)))
		if (*grammar_word(t) == '[' || *grammar_word(t) == '{')
			grammar_brackets(t, group, branch);
		else
			grammar_term(t, group, branch, required);
}

void args_init(struct args *args, const char *grammar)
{
	struct grammar_text t = { .g = &args->grammar };
	char *save;

	memset(args, 0, sizeof(*args));
	for (int i = 0; i <= GRAMMAR_GROUPS; i++)
		args->branch[i] = -1;
	if (strlen(grammar) >= sizeof(t.buf))
		grammar_bug("too long");
	strcpy(t.buf, grammar);
	for (char *w = strtok_r(t.buf, " ", &save); w;
	     w = strtok_r(NULL, " ", &save)) {
		if (t.words == GRAMMAR_WORDS)
			grammar_bug("too many words");
		t.word[t.words++] = w;
	}
	grammar_sequence(&t, 0, 0, true);
	if (*grammar_word(&t))
		grammar_bug(grammar_word(&t));
}

void args_free(struct args *args)
{
	free(args->arg);
	args->arg = NULL;
	args->n = 0;
}

static bool args_given(const struct args *args, const struct term *term)
{
	array_foreach(arg, args->arg, args->n)
		if (arg->term == term)
			return true;
	return false;
}

static bool is_excluded(const struct args *args, const struct term *term)
{
	int branch = args->branch[term->group];

	return term->group && branch >= 0 && branch != term->branch;
}

bool args_open(const struct args *args, const struct term *term)
{
	if (is_excluded(args, term))
		return false;
	return term->repeat || !args_given(args, term);
}

static const struct term *args_find_term(const struct args *args,
					 const char *word)
{
	const struct grammar *g = &args->grammar;

	for (int i = 0; i < g->terms; i++)
		if (*g->term[i].keyword && !strcmp(g->term[i].keyword, word))
			return &g->term[i];
	for (int i = 0; i < g->terms; i++)
		if (!*g->term[i].keyword && !args_given(args, &g->term[i]))
			return &g->term[i];
	return NULL;
}

static int args_store(struct args *args, const struct term *term,
		      const char *value)
{
	struct arg *arg = array_add(args->arg, args->n);

	if (!arg)
		return diag_usage("out of memory");
	arg->term = term;
	arg->value = value;
	args->branch[term->group] = term->branch;
	return 0;
}

static const char *list_choices(const struct term *term, char *buf, size_t len)
{
	size_t at = 0;

	buf[0] = 0;
	for (int i = 0; i < term->choices && at < len; i++)
		at += snprintf(buf + at, len - at, "%s%s", !i ? "" :
			       i + 1 == term->choices ? " or " : ", ",
			       term->choice[i]);
	return buf;
}

static int args_value(struct args *args, const char *word)
{
	const struct term *term = args->pending;
	char buf[GRAMMAR_CHOICES * WORD_LEN];
	bool good = *term->value;

	for (int i = 0; i < term->choices; i++)
		if (!strcmp(term->choice[i], word))
			good = true;
	if (!good)
		return diag_usage("unknown word \"%s\": \"%s\" takes %s", word,
				  term->keyword,
				  list_choices(term, buf, sizeof(buf)));
	args->pending = NULL;
	return args_store(args, term, word);
}

static int explain_excluded(const struct args *args, const struct term *term)
{
	array_foreach(arg, args->arg, args->n)
		if (arg->term->group == term->group)
			return diag_usage("\"%s\" and \"%s\" exclude each other",
					  arg->term->keyword, term->keyword);
	return diag_usage("\"%s\" is not possible here", term->keyword);
}

int args_word(struct args *args, const char *word)
{
	const struct term *term;

	if (args->pending)
		return args_value(args, word);
	term = args_find_term(args, word);
	if (!term)
		return diag_usage("unknown word \"%s\"", word);
	if (is_excluded(args, term))
		return explain_excluded(args, term);
	if (!args_open(args, term))
		return diag_usage("\"%s\" is given twice", word);
	if (!*term->keyword || (!*term->value && !term->choices))
		return args_store(args, term, word);
	args->pending = term;
	return 0;
}

static const char *term_name(const struct term *term)
{
	return *term->keyword ? term->keyword : term->value;
}

static int explain_missing(const struct grammar *g, int group)
{
	char buf[256];
	size_t at = 0;
	int branch = -1;

	for (int i = 0; i < g->terms; i++) {
		if (g->term[i].group != group || g->term[i].branch == branch)
			continue;
		branch = g->term[i].branch;
		at += snprintf(buf + at, sizeof(buf) - at, "%s\"%s\"",
			       at ? " or " : "", term_name(&g->term[i]));
	}
	return diag_usage("missing word: %s", buf);
}

int args_finish(struct args *args)
{
	const struct term *pending = args->pending;
	const struct grammar *g = &args->grammar;
	char buf[GRAMMAR_CHOICES * WORD_LEN];

	if (pending)
		return diag_usage("missing word: \"%s\" needs %s",
				  pending->keyword, *pending->value ?
				  pending->value :
				  list_choices(pending, buf, sizeof(buf)));
	for (int i = 0; i < g->terms; i++) {
		const struct term *t = &g->term[i];

		if (t->required && !args_given(args, t) &&
		    (!t->group || args->branch[t->group] == t->branch))
			return diag_usage("missing word: \"%s\"", term_name(t));
	}
	for (int i = 1; i <= g->groups; i++)
		if (g->group_required[i] && args->branch[i] < 0)
			return explain_missing(g, i);
	return 0;
}

const char *args_next(const struct args *args, const char *keyword, size_t *pos)
{
	while (*pos < args->n) {
		const struct arg *arg = &args->arg[(*pos)++];

		if (!strcmp(term_name(arg->term), keyword))
			return arg->value;
	}
	return NULL;
}

const char *args_get(const struct args *args, const char *keyword)
{
	size_t pos = 0;

	return args_next(args, keyword, &pos);
}
