// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl: options, and who does what is asked for.
 */
#include <stdio.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/diag.h"
#include "cli/netns.h"
#include "cli/out.h"
#include "cmds.h"
#include "complete.h"

#define VERSION	"1.0"

static const struct {
	const char *letter;
	const char *word;
	bool *on;
} switches[] = {
	{ "j", "json", &options.json },
	{ "p", "pretty", &options.pretty },
	{ "s", "statistics", &options.stats },
	{ "d", "details", &options.details },
	{ "o", "oneline", &options.oneline },
	{ "t", "timestamp", &options.timestamp },
};

static bool is_option(const char *word, const char *letter, const char *full)
{
	return !strcmp(word, letter) || !strcmp(word, full);
}

static int take_switch(const char *word, const char *given)
{
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (is_option(word, switches[i].letter, switches[i].word)) {
			*switches[i].on = true;
			return 0;
		}
	return diag_usage("unknown option \"%s\"", given);
}

/*
 * Take the options off the front. As in iproute2 a long one may have one dash
 * or two.
 */
static int take_options(int *argc, char ***argv, bool *done)
{
	static const struct cmdline everything;
	int rc = 0;

	for (; *argc && **argv[0] == '-' && !rc; (*argc)--, (*argv)++) {
		const char *word = **argv + 1;

		word += *word == '-';
		if (is_option(word, "V", "Version")) {
			printf("anygwctl %s, netlink family %s version %d\n",
			       VERSION, ANYGW_FAMILY_NAME,
			       ANYGW_FAMILY_VERSION);
			*done = true;
			return 0;
		}
		if (is_option(word, "h", "help")) {
			cmdline_help(stdout, cmds, &everything);
			*done = true;
			return 0;
		}
		if (!is_option(word, "n", "netns")) {
			rc = take_switch(word, **argv);
			continue;
		}
		if (*argc < 2)
			return diag_usage("missing word: \"%s\" needs NETNS",
					  **argv);
		(*argc)--;
		(*argv)++;
		rc = netns_enter(**argv);
	}
	return rc;
}

static int run_command(int argc, char **argv)
{
	struct cmdline line;
	struct args args;
	int rc;

	rc = cmdline_find(cmds, argc, argv, &line);
	if (rc)
		return rc;
	if (line.help) {
		cmdline_help(stdout, cmds, &line);
		return RC_OK;
	}
	rc = cmdline_match(&line, argc, argv, &args);
	if (!rc)
		rc = line.cmd->run(&args);
	args_free(&args);
	return rc;
}

int main(int argc, char **argv)
{
	static const struct cmdline everything;
	bool done = false;
	int rc;

	argc--;
	argv++;
	if (argc && !strcmp(argv[0], "complete"))
		return complete(argc - 1, argv + 1);
	rc = take_options(&argc, &argv, &done);
	if (!rc && !done && !argc) {
		cmdline_help(stderr, cmds, &everything);
		return RC_USAGE;
	}
	if (!rc && !done)
		rc = run_command(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		diag_refused("Cannot write the output");
		return rc ? rc : RC_REFUSED;
	}
	return rc;
}
