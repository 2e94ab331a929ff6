// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl save and apply: files of commands.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/array.h"
#include "cli/cmdline.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "config/change.h"
#include "nl/genl.h"
#include "object/gateway_nl.h"

#define LINE_WORDS	512

struct line {
	unsigned int number;
	char *text;		/* the words are parts of it */
	struct cmdline cmdline;
	struct args args;
};

/* Each line stays where it is, since its words point into it. */
struct lines {
	struct line **line;
	size_t n;
};

static void lines_free(struct lines *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		args_free(&lines->line[i]->args);
		free(lines->line[i]->text);
		free(lines->line[i]);
	}
	free(lines->line);
}

static struct line *lines_add(struct lines *lines, const char *text,
			      unsigned int number)
{
	struct line *line = calloc(1, sizeof(*line));
	struct line **more = line ? array_add(lines->line, lines->n) : NULL;

	if (!more) {
		free(line);
		return NULL;
	}
	*more = line;
	line->number = number;
	line->text = strdup(text);
	return line->text ? line : NULL;
}

/* A "#" at the start of a word begins a comment. */
static int line_split(char *text, char **words)
{
	char *save;
	int n = 0;

	for (char *w = strtok_r(text, " \t\r\n", &save); w && *w != '#';
	     w = strtok_r(NULL, " \t\r\n", &save)) {
		if (n == LINE_WORDS)
			return -1;
		words[n++] = w;
	}
	return n;
}

static int read_command(struct line *line, const struct cmd *table, int argc,
			char **argv)
{
	struct plan words = { .words_only = true };
	int rc;

	rc = cmdline_find(table, argc, argv, &line->cmdline);
	if (rc)
		return rc;
	if (line->cmdline.help || !line->cmdline.cmd->plan)
		return diag_usage("\"%s%s%s\" is not allowed in a file", argv[0],
				  argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
	rc = cmdline_match(&line->cmdline, argc, argv, &line->args);
	return rc ? rc : line->cmdline.cmd->plan(&words, &line->args);
}

static int read_line(struct lines *lines, const struct cmd *table,
		     const char *text, size_t len, unsigned int number)
{
	char *words[LINE_WORDS];
	struct line *line;
	int n;

	if (strlen(text) != len)
		return diag_usage("the line is not text");
	if (!text[strspn(text, " \t\r\n")] ||
	    text[strspn(text, " \t\r\n")] == '#')
		return 0;
	line = lines_add(lines, text, number);
	if (!line)
		return diag_no_memory();
	n = line_split(line->text, words);
	if (n < 0)
		return diag_usage("the line has more than %d words",
				  LINE_WORDS);
	return read_command(line, table, n, words);
}

static int read_lines(FILE *f, const char *file, struct lines *lines,
		      const struct cmd *table)
{
	unsigned int number = 0;
	char *text = NULL;
	size_t size = 0;
	ssize_t len;
	int rc = 0;

	while (!rc && (len = getline(&text, &size, f)) >= 0) {
		diag_where(file, ++number);
		rc = read_line(lines, table, text, len, number);
	}
	diag_where(NULL, 0);
	free(text);
	if (!rc && ferror(f))
		return diag_usage("Cannot read %s: %s", file, strerror(errno));
	return rc;
}

static int read_file(const char *file, struct lines *lines,
		     const struct cmd *table)
{
	FILE *f;
	int rc;

	if (!strcmp(file, "-"))
		return read_lines(stdin, file, lines, table);
	f = fopen(file, "re");
	if (!f)
		return diag_usage("Cannot open %s: %s", file, strerror(errno));
	rc = read_lines(f, file, lines, table);
	fclose(f);
	return rc;
}

static int make_plan(struct plan *plan, const struct lines *lines)
{
	int rc = plan_read(plan);

	for (size_t i = 0; i < lines->n && !rc; i++) {
		struct line *line = lines->line[i];

		plan->line = line->number;
		diag_where(plan->file, line->number);
		rc = line->cmdline.cmd->plan(plan, &line->args);
	}
	diag_where(NULL, 0);
	return rc ? rc : plan_run(plan, true);
}

int cmd_apply(const struct args *args, const struct cmd *table)
{
	bool dry_run = args_get(args, "dry-run");
	struct plan plan = { .file = args_get(args, "FILE") };
	struct lines lines = { 0 };
	int rc;

	rc = read_file(plan.file, &lines, table) ?:
	     genl_open() ?:
	     make_plan(&plan, &lines);
	if (!rc && dry_run)
		plan_print(&plan);
	else if (!rc)
		rc = plan_run(&plan, false);
	plan_free(&plan);
	lines_free(&lines);
	return rc;
}

static int save_host(void)
{
	struct host host;
	char mac[MAC_TEXT];
	int rc = host_identify(false);

	if (!rc)
		rc = host_read(&host);
	if (rc)
		return rc;
	if (host.source == ANYGW_MAC_SOURCE_CONFIGURED)
		printf("host set mac %s\n", mac_text(host.mac, mac));
	if (!host.beacon)
		puts("host set beacon off");
	return 0;
}

static int save_ports(void)
{
	const struct port_conf *usual;
	struct ports list = { 0 };
	int rc = port_settings_read(&list);

	for (size_t i = 0; i < list.n && !rc; i++) {
		usual = &port_conf_default;
		for (size_t k = i; k--;)
			if (port_setting_applies(list.port[k].ifname,
						 list.port[i].ifname))
				usual = &list.port[k].conf;
		port_print_set(stdout, list.port[i].ifname, usual,
			       &list.port[i].conf);
	}
	ports_free(&list);
	return rc;
}

static int save_gateways(void)
{
	struct gws list = { 0 };
	int rc = gws_read(&list);

	for (size_t i = 0; i < list.n && !rc; i++)
		gw_print_add(stdout, &list.gw[i]);
	gws_free(&list);
	return rc;
}

int cmd_save(const struct args *args)
{
	(void)args;
	return genl_open() ?:
	       save_host() ?:
	       save_ports() ?:
	       save_gateways();
}
