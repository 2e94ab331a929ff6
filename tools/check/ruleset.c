// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of packet filters, in the output of their own programs
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

/* The kernel's limit of nested jumps */
#define DEPTH	16

static void program_exec(const char *program, int out)
{
	char *path;

	/* The default path of a user does not include /usr/sbin. */
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

static void program_drain(int fd, FILE *f)
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
		program_exec(program, fds[1]);
	}
	close(fds[1]);
	f = open_memstream(text, &len);
	if (f) {
		program_drain(fds[0], f);
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

json_t *rule_path(const json_t *rule, const char *const *keys)
{
	json_t *value = (json_t *)rule;

	for (; *keys; keys++)
		value = json_object_get(value, *keys);
	return value;
}

const char *rule_word(const json_t *rule, const char *const *keys)
{
	const char *text = json_string_value(rule_path(rule, keys));

	return text ? text : "";
}

struct chain chain_of_rule(const json_t *rule)
{
	return (struct chain){
		.family = rule_text(rule, "family"),
		.table = rule_text(rule, "table"),
		.name = rule_text(rule, "chain"),
	};
}

struct chain chain_of(const json_t *chain)
{
	return (struct chain){
		.family = rule_text(chain, "family"),
		.table = rule_text(chain, "table"),
		.name = rule_text(chain, "name"),
	};
}

bool chain_equal(const struct chain *a, const struct chain *b)
{
	return !strcmp(a->family, b->family) && !strcmp(a->table, b->table) &&
	       !strcmp(a->name, b->name);
}

static bool jumps_to(const json_t *verdict, const char *name)
{
	return !strcmp(rule_text(verdict, "jump", "target"), name) ||
	       !strcmp(rule_text(verdict, "goto", "target"), name);
}

/* Directly, or by a map */
static bool rule_jumps_to(const json_t *rule, const char *name)
{
	const json_t *expr, *pair;
	size_t i, j;

	rule_foreach(rule, i, expr) {
		if (jumps_to(expr, name))
			return true;
		json_array_foreach(rule_get(expr, "vmap", "data", "set"), j,
				   pair)
			if (jumps_to(json_array_get(pair, 1), name))
				return true;
	}
	return false;
}

static const char *hook_of(const json_t *set, const struct chain *chain)
{
	const json_t *c;

	ruleset_foreach(set, "chain", c) {
		struct chain this = chain_of(c);

		if (chain_equal(&this, chain))
			return rule_text(c, "hook");
	}
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
		struct chain from = chain_of_rule(rule);

		if (strcmp(from.name, chain->name) &&
		    !strcmp(from.family, chain->family) &&
		    !strcmp(from.table, chain->table) &&
		    rule_jumps_to(rule, chain->name) &&
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
	const json_t *list = json_is_object(value) ? rule_get(value, "set") :
						     value;
	const json_t *item;
	size_t i;

	if (json_is_string(list))
		return !fnmatch(json_string_value(list), word, 0);
	json_array_foreach(list, i, item)
		if (value_has(item, word))
			return true;
	return false;
}
