// SPDX-License-Identifier: GPL-2.0
/*
 * Shell completion: "anygwctl complete WORDS..." prints what the last word may
 * become. A line "@file" stands for file names.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "cli/netns.h"
#include "cmds.h"
#include "complete.h"
#include "nl/link.h"

static const char *const option_words[] = {
	"-j", "-p", "-s", "-d", "-o", "-t", "-n", "-V", "-h", NULL,
};

static void offer(const char *typed, const char *word)
{
	if (!strncmp(typed, word, strlen(typed)))
		puts(word);
}

/* The devices that may stand for the name of a value */
static void offer_links(const char *value, const char *typed)
{
	static const struct {
		const char *value;
		const char *kind;
		const char *port_kind;
	} kinds[] = {
		{ "BR", "bridge" }, { "VRF", "vrf" }, { "IF", "anygw" },
		{ "PORT", NULL, "bridge" },
	};
	struct links list = { 0 };
	size_t k = 0;

	while (k < ARRAY_SIZE(kinds) && strcmp(value, kinds[k].value))
		k++;
	if (k == ARRAY_SIZE(kinds) || links_read(&list))
		list.n = 0;
	array_foreach(link, list.link, list.n) {
		if (kinds[k].kind ? !strcmp(link->kind, kinds[k].kind) :
		    !strcmp(link->port_kind, kinds[k].port_kind))
			offer(typed, link->ifname);
	}
	links_free(&list);
}

static void offer_value(const struct term *term, const char *typed)
{
	for (int i = 0; i < term->choices; i++)
		offer(typed, term->choice[i]);
	if (!strcmp(term->value, "FILE"))
		puts("@file");
	else
		offer_links(term->value, typed);
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

/* Skip the options. Returns whether the last word is part of them. */
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

static void complete_args(const struct cmdline *line, int argc,
			  char *const *argv)
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
	/* It is no error that an object alone has no command yet. */
	if (cmdline_find(cmds, argc - 1, argv, &line) &&
	    (!line.object || argc > 2))
		return RC_OK;
	if (line.help)
		return RC_OK;
	if (line.object && line.cmd->command && line.used == 1)
		offer_rows(line.object, argv[argc - 1]);
	else
		complete_args(&line, argc, argv);
	return RC_OK;
}
