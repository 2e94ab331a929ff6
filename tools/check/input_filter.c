// SPDX-License-Identifier: GPL-2.0
/*
 * nftables rules between VMs and sockets of the host
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/input_filter.h"
#include "check/ruleset.h"
#include "cli/array.h"

static bool number_in(const json_t *value, unsigned int port)
{
	const json_t *range = rule_get(value, "range");
	const json_t *item;
	size_t i;

	if (json_is_integer(value))
		return json_integer_value(value) == port;
	if (range)
		return json_integer_value(json_array_get(range, 0)) <= port &&
		       json_integer_value(json_array_get(range, 1)) >= port;
	json_array_foreach(rule_get(value, "set"), i, item)
		if (number_in(item, port))
			return true;
	return false;
}

/* In a VRF, iif is the VRF and sdif the gateway. */
static bool match_takes_device(const char *key, const json_t *right,
			       const struct gw *gw)
{
	if (!strcmp(key, "sdifname") || !strcmp(key, "sdif"))
		return *gw->vrf && value_has(right, gw->ifname);
	if (strcmp(key, "iifname") && strcmp(key, "iif"))
		return false;
	return value_has(right, *gw->vrf ? gw->vrf : gw->ifname);
}

/* Whether a match includes packets of VMs to the port, as far as known */
static bool match_takes(const json_t *match, const struct gw *gw,
			const char *protocol, unsigned int port)
{
	const json_t *payload = rule_get(match, "left", "payload");
	const json_t *right = rule_get(match, "right");

	if (!strcmp(rule_text(match, "op"), "!="))
		return false;
	if (payload)
		return !strcmp(rule_text(payload, "protocol"), protocol) &&
		       !strcmp(rule_text(payload, "field"), "dport") &&
		       number_in(right, port);
	return match_takes_device(rule_text(match, "left", "meta", "key"), right, gw);
}

static bool rule_stops(const json_t *rule, const struct gw *gw,
		       const char *protocol, unsigned int port)
{
	const json_t *expr;
	size_t i;

	rule_foreach(rule, i, expr) {
		const json_t *match = rule_get(expr, "match");
		const char *verdict = expr_verdict(expr);

		if (match && !match_takes(match, gw, protocol, port))
			return false;
		if (*verdict)
			return strcmp(verdict, "accept");
		if (!match && !rule_get(expr, "counter") &&
		    !rule_get(expr, "log"))
			return false;
	}
	return false;
}

static bool is_input(const json_t *chain, const struct gw *gw)
{
	const char *family = rule_text(chain, "family");

	/* A chain of one family does not filter the other. */
	return !strcmp(rule_text(chain, "hook"), "input") &&
	       (!strcmp(family, "inet") ||
		(!strcmp(family, "ip") && !gw_serves(gw, AF_INET6)) ||
		(!strcmp(family, "ip6") && !gw_serves(gw, AF_INET)));
}

static bool chain_stops(const json_t *set, const json_t *base,
			const struct gw *gw, const char *protocol,
			unsigned int port)
{
	const struct chain chain = chain_of(base);
	const json_t *rule;

	if (!strcmp(rule_text(base, "policy"), "drop"))
		return true;
	ruleset_foreach(set, "rule", rule) {
		struct chain this = chain_of_rule(rule);

		if (chain_equal(&this, &chain) &&
		    rule_stops(rule, gw, protocol, port))
			return true;
	}
	return false;
}

bool input_filter_blocks(const json_t *set, const struct gw *gw,
			 const char *protocol, unsigned int port)
{
	const json_t *base;

	ruleset_foreach(set, "chain", base)
		if (is_input(base, gw) &&
		    chain_stops(set, base, gw, protocol, port))
			return true;
	return false;
}

static void add_rule(FILE *f, const struct gw *gw, const char *protocol,
		     const char *ports)
{
	if (ports && *ports)
		fprintf(f, "; add rule inet anygw input meta %s \"%s\" %s dport { %s } drop",
			*gw->vrf ? "sdifname" : "iifname", gw->ifname,
			protocol, ports);
}

char *input_filter_command(const struct gw *gw, const char *tcp,
			   const char *udp)
{
	char *text = NULL, *word = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs("add table inet anygw; add chain inet anygw input { type filter hook input priority 0; }",
	      f);
	add_rule(f, gw, "tcp", tcp);
	add_rule(f, gw, "udp", udp);
	fclose(f);
	/* A quotation mark in the name would end the word. */
	if (text && !strchr(gw->ifname, '\'') &&
	    asprintf(&word, "'%s'", text) < 0)
		word = NULL;
	free(text);
	return word;
}
