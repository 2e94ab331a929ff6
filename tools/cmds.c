// SPDX-License-Identifier: GPL-2.0
/*
 * The table of commands. Dispatch, usage, help, completion and the synopsis
 * of the manual page come from here, and a test compares them.
 */
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "cli/diag.h"
#include "cli/out.h"
#include "cmds.h"
#include "config/file.h"
#include "config/plan.h"
#include "hostroutes/hostroutes.h"
#include "object/endpoint.h"
#include "object/gateway_cmd.h"
#include "object/host.h"
#include "object/metrics.h"
#include "object/monitor.h"
#include "object/peer.h"
#include "object/port.h"
#include "trace/trace.h"

#define SETTINGS							\
	"[ coexist { on | off } ] [ fallback { on | off } ] "		\
	"[ mode { active | standby | observe } ] [ fastpath { on | off } ] "	\
	"[ endpoints N ]"

const struct cmd cmds[] = {
	{ "host", "show", "",
	  "Show this host's identity on the fabric.",
	  host_show, NULL },
	{ "host", "set", "{ mac MAC | beacon { on | off } }",
	  "Set the host MAC, or whether this host tells others its settings.",
	  host_set, plan_host_set },
	{ "port", "show", "[ dev PORT ]",
	  "Show bridge ports and what is behind them.",
	  port_show, NULL },
	{ "port", "set",
	  "dev PORT [ role { auto | access | fabric } ] [ endpoints N ]",
	  "Say what is behind a bridge port, and how much of it is remembered.",
	  port_set, plan_port_set },
	{ "gateway", "add",
	  "bridge BR [ vlan VID ] [ name IF ] "
	  "[ mac MAC | vrrp VRID | vrrp6 VRID | hsrp GROUP | hsrp2 GROUP | "
	  "hsrp6 GROUP | glbp GROUP.FORWARDER ] "
	  "[ address ADDR/LEN ]... [ host-address ADDR/LEN ]... [ vrf VRF ] "
	  SETTINGS,
	  "Make a gateway on a bridge and VLAN.",
	  gateway_add, plan_gateway_add },
	{ "gateway", "set",
	  "dev IF [ name IF ] [ address { ADDR/LEN | none } ]... "
	  "[ host-address { ADDR/LEN | none } ]... [ vrf { VRF | none } ] "
	  SETTINGS,
	  "Change a gateway; what is not named stays as it is.",
	  gateway_set, plan_gateway_set },
	{ "gateway", "del", "{ dev IF | bridge BR vlan VID }",
	  "Delete a gateway.",
	  gateway_del, plan_gateway_del },
	{ "gateway", "show", "[ dev IF | bridge BR [ vlan VID ] ]",
	  "Show gateways.",
	  gateway_show, NULL },
	{ "endpoint", "show", "[ dev IF ]",
	  "Show the virtual machines behind access ports.",
	  endpoint_show, NULL },
	{ "endpoint", "flush", "[ dev IF ]",
	  "Forget them until they are heard again.",
	  endpoint_flush, NULL },
	{ "peer", "show", "",
	  "Show other hosts with anygw, and where their settings differ.",
	  peer_show, NULL },
	{ "monitor", NULL, "[ gateway | port | endpoint | peer | conflict ]",
	  "Show events as they come, until stopped.",
	  monitor, NULL },
	{ "trace", NULL, "dev IF from ADDR to ADDR",
	  "Tell what becomes of a VM's packet, and why.",
	  trace, NULL },
	{ "check", NULL, "",
	  "Tell whether this host is set up right, and what mends it.",
	  check, NULL },
	{ "metrics", NULL, "",
	  "Print settings and counters in the text of OpenMetrics.",
	  metrics, NULL },
	{ "hostroutes", NULL, "[ table N ]",
	  "Keep routes to the addresses of endpoints, until stopped.",
	  hostroutes, NULL },
	{ "save", NULL, "",
	  "Print the commands that make the present state.",
	  save, NULL },
	{ "apply", NULL, "FILE [ dry-run ]",
	  "Make the state that a file of commands describes.",
	  apply, NULL },
	{ 0 },
};

static const char *word_of(const struct cmd *cmd, bool command)
{
	return command ? cmd->command : cmd->object;
}

/*
 * The row whose object, or command of a given object, is the word or alone
 * begins with it.
 */
static int find(const char *object, const char *word, const struct cmd **found)
{
	const char *name = NULL;

	*found = NULL;
	for (const struct cmd *cmd = cmds; cmd->object; cmd++) {
		const char *w = word_of(cmd, object);

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

static int explain_no_command(const char *object)
{
	char buf[128] = "";
	size_t at = 0;

	for (const struct cmd *cmd = cmds; cmd->object; cmd++)
		if (!strcmp(cmd->object, object))
			at += snprintf(buf + at, sizeof(buf) - at, "%s, ",
				       cmd->command);
	return diag_usage("missing word: \"%s\" needs %sor help", object, buf);
}

/**
 * cmd_find() - find the row that a command line is about
 * @argc: number of words, at least one
 * @argv: the words
 * @call: filled in
 *
 * Return: 0, or RC_USAGE after a message that names the word.
 */
int cmd_find(int argc, char *const *argv, struct call *call)
{
	memset(call, 0, sizeof(*call));
	if (!strcmp(argv[0], "help")) {
		call->help = true;
		return 0;
	}
	if (find(NULL, argv[0], &call->cmd))
		return RC_USAGE;
	call->object = call->cmd->object;
	call->used = 1;
	if (call->cmd->command) {
		if (argc < 2)
			return explain_no_command(call->object);
		if (!strcmp(argv[1], "help")) {
			call->cmd = NULL;
			call->help = true;
			return 0;
		}
		if (find(call->object, argv[1], &call->cmd))
			return RC_USAGE;
		call->used = 2;
	}
	call->help = argc > call->used && !strcmp(argv[call->used], "help");
	return 0;
}

/**
 * cmd_match() - match the words after the command
 * @call: what cmd_find() has found
 * @argc: number of words, of the whole line
 * @argv: the words, of the whole line
 * @args: filled in; to be freed by args_free() also after a failure
 *
 * Return: 0 or RC_USAGE.
 */
int cmd_match(const struct call *call, int argc, char *const *argv,
	      struct args *args)
{
	int rc = 0;

	args_init(args, call->cmd->grammar);
	for (int i = call->used; i < argc && !rc; i++)
		rc = args_word(args, argv[i]);
	return rc ? rc : args_finish(args);
}

/* Where a line may be broken: not inside a pair of brackets. */
static size_t chunk(const char *text)
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

/**
 * cmd_print() - print the usage of a command
 * @f: where to print
 * @cmd: the row
 * @lead: text before it
 * @wrap: break long lines
 */
void cmd_print(FILE *f, const struct cmd *cmd, const char *lead, bool wrap)
{
	const char *text = cmd->grammar;
	int indent;
	int at;

	at = fprintf(f, "%sanygwctl %s%s%s", lead, cmd->object,
		     cmd->command ? " " : "", cmd->command ? cmd->command : "");
	indent = at;
	while (*text) {
		int n = chunk(text);

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

/**
 * cmd_help() - print the help that was asked for
 * @f: where to print
 * @call: for which object or command
 */
void cmd_help(FILE *f, const struct call *call)
{
	bool first = true;

	if (!call->object && !options.oneline) {
		fputs("Usage: anygwctl [ OPTIONS ] OBJECT { COMMAND | help }\n",
		      f);
		first = false;
	}
	for (const struct cmd *cmd = cmds; cmd->object; cmd++) {
		if (call->cmd ? cmd != call->cmd :
		    call->object && strcmp(cmd->object, call->object))
			continue;
		if (options.oneline) {
			cmd_print(f, cmd, "", false);
			continue;
		}
		cmd_print(f, cmd, first ? "Usage: " : "       ", true);
		fprintf(f, "           %s\n", cmd->help);
		first = false;
	}
	if (!call->object && !options.oneline)
		fputs(options_help, f);
}
