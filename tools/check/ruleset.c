// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of the packet filters, as their own programs tell them.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/ruleset.h"
#include "cli/array.h"

/* Jumps deeper than this the kernel does not allow either. */
#define DEPTH	16

static void run(const char *program, int out)
{
	char *path;

	/* They live where an ordinary user's path does not lead. */
	if (asprintf(&path, "%s:/usr/sbin:/sbin",
		     getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin") > 0)
		setenv("PATH", path, 1);
	dup2(out, STDOUT_FILENO);
	if (!freopen("/dev/null", "w", stderr))
		_exit(126);
	if (!strcmp(program, "nft"))
		execlp(program, program, "-j", "list", "ruleset", NULL);
	else
		execlp(program, program, NULL);
	_exit(errno == ENOENT ? 127 : 126);
}

static void drain(int fd, FILE *f)
{
	char buf[4096];
	ssize_t len;

	while ((len = read(fd, buf, sizeof(buf))) > 0 ||
	       (len < 0 && errno == EINTR))
		if (len > 0)
			fwrite(buf, 1, len, f);
}

int program_read(const char *program, char **text)
{
	int fds[2], status = -1;
	size_t len;
	FILE *f;
	pid_t pid;

	*text = NULL;
	if (pipe(fds))
		return -EIO;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		close(fds[0]);
		run(program, fds[1]);
	}
	close(fds[1]);
	f = open_memstream(text, &len);
	if (f) {
		drain(fds[0], f);
		fclose(f);
	}
	close(fds[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (f && pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	free(*text);
	*text = NULL;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127 ?
	       -ENOENT : -EIO;
}

json_t *ruleset_read(void)
{
	json_t *all, *set = NULL;
	char *text;

	if (program_read("nft", &text))
		return NULL;
	all = json_loads(text, 0, NULL);
	free(text);
	if (all)
		set = json_incref(json_object_get(all, "nftables"));
	json_decref(all);
	return set;
}

const char *rule_text(const json_t *rule, const char *key)
{
	const char *text = json_string_value(json_object_get(rule, key));

	return text ? text : "";
}

bool rule_is_in(const json_t *rule, const struct chain *chain)
{
	return !strcmp(rule_text(rule, "family"), chain->family) &&
	       !strcmp(rule_text(rule, "table"), chain->table) &&
	       !strcmp(rule_text(rule, "chain"), chain->name);
}

static const char *target(const json_t *expr)
{
	const json_t *to = json_object_get(expr, "jump");

	if (!to)
		to = json_object_get(expr, "goto");
	return to ? rule_text(to, "target") : "";
}

/* Whether an expression goes on in a chain, also by way of a map. */
static bool leads_to(const json_t *expr, const char *name)
{
	const json_t *data = json_object_get(json_object_get(expr, "vmap"),
					     "data");
	const json_t *set = json_object_get(data, "set");

	if (!strcmp(target(expr), name))
		return true;
	for (size_t i = 0; i < json_array_size(set); i++)
		if (!strcmp(target(json_array_get(json_array_get(set, i), 1)),
			    name))
			return true;
	return false;
}

static bool rule_leads_to(const json_t *rule, const char *name)
{
	const json_t *exprs = json_object_get(rule, "expr");

	for (size_t i = 0; i < json_array_size(exprs); i++)
		if (leads_to(json_array_get(exprs, i), name))
			return true;
	return false;
}

static const char *hook_of(const json_t *set, const struct chain *chain)
{
	const json_t *c;

	ruleset_foreach(set, "chain", c)
		if (!strcmp(rule_text(c, "family"), chain->family) &&
		    !strcmp(rule_text(c, "table"), chain->table) &&
		    !strcmp(rule_text(c, "name"), chain->name))
			return rule_text(c, "hook");
	return "";
}

static bool sees_routed(const json_t *set, const struct chain *chain, int depth)
{
	const char *hook = hook_of(set, chain);
	const json_t *rule;

	if (*hook)
		return !strcmp(hook, "forward") ||
		       !strcmp(hook, "prerouting") ||
		       !strcmp(hook, "postrouting");
	if (depth == DEPTH)
		return false;
	ruleset_foreach(set, "rule", rule) {
		struct chain from = *chain;

		from.name = rule_text(rule, "chain");
		if (strcmp(from.name, chain->name) && rule_is_in(rule, &from) &&
		    rule_leads_to(rule, chain->name) &&
		    sees_routed(set, &from, depth + 1))
			return true;
	}
	return false;
}

bool ruleset_sees_routed(const json_t *set, const struct chain *chain)
{
	if (strcmp(chain->family, "inet") && strcmp(chain->family, "ip") &&
	    strcmp(chain->family, "ip6"))
		return false;
	return sees_routed(set, chain, 0);
}

const char *expr_verdict(const json_t *expr)
{
	static const char *const verdicts[] = { "drop", "reject", "accept" };

	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (json_object_get(expr, verdicts[i]))
			return verdicts[i];
	return "";
}

bool value_has(const json_t *value, const char *word)
{
	const json_t *list = json_is_object(value) ?
			     json_object_get(value, "set") : value;

	if (json_is_string(list))
		return !fnmatch(json_string_value(list), word, 0);
	for (size_t i = 0; i < json_array_size(list); i++)
		if (value_has(json_array_get(list, i), word))
			return true;
	return false;
}
