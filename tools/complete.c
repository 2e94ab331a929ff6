// SPDX-License-Identifier: GPL-2.0
/*
 * What may follow, for the shell: anygwctl complete WORDS..., where the last
 * word is the one being typed. A line "@file" stands for names of files.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/netns.h"
#include "cmds.h"
#include "complete.h"
#include "nl/rtnl.h"

static const char *const option_words[] = {
	"-j", "-p", "-s", "-d", "-o", "-t", "-n", "-V", "-h", NULL,
};

/**
 * struct wish - what the word being typed may become
 * @typed: what there is of it
 * @value: kind of device wanted
 */
struct wish {
	const char *typed;
	const char *value;
};

static void offer(const char *typed, const char *word)
{
	if (!strncmp(typed, word, strlen(typed)))
		puts(word);
}

static void offer_link(const struct link *link, void *data)
{
	static const struct {
		const char *value;
		const char *kind;
	} kinds[] = {
		{ "BR", "bridge" }, { "VRF", "vrf" }, { "IF", "anygw" },
	};
	const struct wish *wish = data;

	if (!strcmp(wish->value, "PORT") && !strcmp(link->port_kind, "bridge"))
		offer(wish->typed, link->ifname);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(wish->value, kinds[i].value) &&
		    !strcmp(link->kind, kinds[i].kind))
			offer(wish->typed, link->ifname);
}

static void offer_value(const struct term *term, const char *typed)
{
	struct wish wish = { .typed = typed, .value = term->value };

	for (int i = 0; i < term->choices; i++)
		offer(typed, term->choice[i]);
	if (!strcmp(term->value, "FILE"))
		puts("@file");
	else if (*term->value)
		rtnl_links(offer_link, &wish);
}

static void offer_keywords(const struct args *args, const char *typed)
{
	const struct grammar *g = &args->grammar;

	for (int i = 0; i < g->terms; i++) {
		if (!args_open(args, &g->term[i]))
			continue;
		if (*g->term[i].keyword)
			offer(typed, g->term[i].keyword);
		else
			offer_value(&g->term[i], typed);
	}
	if (!args->n)
		offer(typed, "help");
}

static void offer_rows(const char *object, const char *typed)
{
	const char *last = "";

	for (const struct cmd *cmd = cmds; cmd->object; cmd++) {
		const char *word = object ? cmd->command : cmd->object;

		if (!word || (object && strcmp(object, cmd->object)) ||
		    !strcmp(word, last))
			continue;
		offer(typed, word);
		last = word;
	}
	offer(typed, "help");
}

static void offer_netns(const char *typed)
{
	struct dirent *entry;
	DIR *dir = opendir(NETNS_DIR);

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			offer(typed, entry->d_name);
	closedir(dir);
}

/* Pass over the options; says whether the word typed is part of them. */
static bool skip_options(int *argc, char *const **argv)
{
	const char *typed = (*argv)[*argc - 1];

	while (*argc > 1 && **argv[0] == '-') {
		bool netns = !strcmp(**argv, "-n") || !strcmp(**argv, "--netns");

		if (netns && *argc == 2) {
			offer_netns(typed);
			return true;
		}
		if (netns)
			netns_enter((*argv)[1]);
		*argc -= 1 + netns;
		*argv += 1 + netns;
	}
	if (*typed != '-' || *argc > 1)
		return false;
	for (int i = 0; option_words[i]; i++)
		offer(typed, option_words[i]);
	return true;
}

static void complete_args(const struct cmdline *line, int argc, char *const *argv)
{
	const char *typed = argv[argc - 1];
	struct args args;
	int rc = 0;

	args_init(&args, line->cmd->grammar);
	for (int i = line->used; i < argc - 1 && !rc; i++)
		rc = args_word(&args, argv[i]);
	if (!rc && args.pending)
		offer_value(args.pending, typed);
	else if (!rc)
		offer_keywords(&args, typed);
	args_free(&args);
}

/**
 * complete() - print what the last word may become
 * @argc: number of words
 * @argv: the words after the name of the program
 *
 * Return: RC_OK: where nothing fits there is nothing to say.
 */
int complete(int argc, char *const *argv)
{
	struct cmdline line;

	diag_quiet(true);
	if (argc < 1 || skip_options(&argc, &argv))
		return RC_OK;
	if (argc == 1) {
		offer_rows(NULL, argv[0]);
		return RC_OK;
	}
	/* A lone object has no command yet, which is no row but no error. */
	if (cmdline_find(cmds, argc - 1, argv, &line) && (!line.object || argc > 2))
		return RC_OK;
	if (line.help)
		return RC_OK;
	if (line.object && line.cmd->command && line.used == 1)
		offer_rows(line.object, argv[argc - 1]);
	else
		complete_args(&line, argc, argv);
	return RC_OK;
}
