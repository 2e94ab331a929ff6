// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of nftables between VMs and sockets of the host.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/input_filter.h"
#include "check/ruleset.h"

static bool number_in(const json_t *value, unsigned int port)
{
	const json_t *list = json_object_get(value, "set");
	const json_t *range = json_object_get(value, "range");

	if (json_is_integer(value))
		return json_integer_value(value) == port;
	if (range)
		return json_integer_value(json_array_get(range, 0)) <= port &&
		       json_integer_value(json_array_get(range, 1)) >= port;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (number_in(json_array_get(list, i), port))
			return true;
	return false;
}

/* Packets of a VRF show the VRF as their device, and the gateway beside. */
static bool takes_device(const char *key, const json_t *right,
			 const struct gw *gw)
{
	if (!strcmp(key, "sdifname") || !strcmp(key, "sdif"))
		return *gw->vrf && value_has(right, gw->ifname);
	if (strcmp(key, "iifname") && strcmp(key, "iif"))
		return false;
	return value_has(right, *gw->vrf ? gw->vrf : gw->ifname);
}

/* Whether a match takes a VM's packet to the port, for all that is known. */
static bool takes(const json_t *match, const struct gw *gw,
		  const char *protocol, unsigned int port)
{
	const json_t *left = json_object_get(match, "left");
	const json_t *payload = json_object_get(left, "payload");
	const json_t *right = json_object_get(match, "right");

	if (!strcmp(rule_text(match, "op"), "!="))
		return false;
	if (payload)
		return !strcmp(rule_text(payload, "protocol"), protocol) &&
		       !strcmp(rule_text(payload, "field"), "dport") &&
		       number_in(right, port);
	return takes_device(rule_text(json_object_get(left, "meta"), "key"),
			    right, gw);
}

static bool stops(const json_t *rule, const struct gw *gw, const char *protocol,
		  unsigned int port)
{
	const json_t *exprs = json_object_get(rule, "expr");

	for (size_t i = 0; i < json_array_size(exprs); i++) {
		const json_t *expr = json_array_get(exprs, i);
		const json_t *match = json_object_get(expr, "match");
		const char *verdict = expr_verdict(expr);

		if (match && !takes(match, gw, protocol, port))
			return false;
		if (*verdict)
			return strcmp(verdict, "accept");
		if (!match && !json_object_get(expr, "counter") &&
		    !json_object_get(expr, "log"))
			return false;
	}
	return false;
}

static bool is_input(const json_t *chain, const struct gw *gw)
{
	const char *family = rule_text(chain, "family");

	/* What is only for IPv4 leaves IPv6 open. */
	return !strcmp(rule_text(chain, "hook"), "input") &&
	       (!strcmp(family, "inet") ||
		(!strcmp(family, "ip") && !gw_serves(gw, AF_INET6)) ||
		(!strcmp(family, "ip6") && !gw_serves(gw, AF_INET)));
}

bool input_filter_blocks(const json_t *set, const struct gw *gw, const char *protocol,
			 unsigned int port)
{
	const json_t *base;

	ruleset_foreach(set, "chain", base) {
		const struct chain chain = {
			.family = rule_text(base, "family"),
			.table = rule_text(base, "table"),
			.name = rule_text(base, "name"),
		};

		if (!is_input(base, gw))
			continue;
		if (!strcmp(rule_text(base, "policy"), "drop"))
			return true;
		for (size_t i = 0; i < json_array_size(set); i++) {
			const json_t *rule = json_object_get(
				json_array_get(set, i), "rule");

			if (rule && rule_is_in(rule, &chain) &&
			    stops(rule, gw, protocol, port))
				return true;
		}
	}
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

char *input_filter_command(const struct gw *gw, const char *tcp, const char *udp)
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
	/* A name with a quotation mark would end the word. */
	if (text && !strchr(gw->ifname, '\'') &&
	    asprintf(&word, "'%s'", text) < 0)
		word = NULL;
	free(text);
	return word;
}
