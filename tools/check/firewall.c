// SPDX-License-Identifier: GPL-2.0
/*
 * Check of packet filters: each host sees one direction of a flow between VMs
 * of two hosts, which connection tracking takes for invalid.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/checks.h"
#include "check/iptables.h"
#include "check/report.h"
#include "check/ruleset.h"
#include "cli/array.h"

/* A match of the conntrack state that includes invalid */
static bool match_takes_invalid(const json_t *expr)
{
	bool other = !strcmp(rule_text(expr, "match", "op"), "!=");

	return !strcmp(rule_text(expr, "match", "left", "ct", "key"),
		       "state") &&
	       other != value_has(rule_get(expr, "match", "right"), "invalid");
}

static bool expr_drops(const json_t *expr)
{
	const char *verdict = expr_verdict(expr);

	return !strcmp(verdict, "drop") || !strcmp(verdict, "reject");
}

/* A map from the conntrack state that drops invalid */
static bool maps_invalid(const json_t *expr)
{
	const json_t *pair;
	size_t i;

	if (strcmp(rule_text(expr, "vmap", "key", "ct", "key"), "state"))
		return false;
	json_array_foreach(rule_get(expr, "vmap", "data", "set"), i, pair)
		if (value_has(json_array_get(pair, 0), "invalid") &&
		    expr_drops(json_array_get(pair, 1)))
			return true;
	return false;
}

/* Whether a value matches an ingress or egress device of such flows */
static bool is_ours(const struct check *c, const json_t *value)
{
	for (size_t i = 0; i < c->gws.n; i++) {
		const struct gw *gw = &c->gws.gw[i];

		if (value_has(value, gw->ifname) ||
		    (*gw->vrf && value_has(value, gw->vrf)))
			return true;
		for (int f = 0; f < 2; f++)
			for (size_t n = 0; n < c->exit[i][f].hops; n++)
				if (value_has(value,
					      links_name(&c->links,
							 c->exit[i][f].hop[n])))
					return true;
	}
	return false;
}

/* A match of a device that is none of ours; a negated one may be any. */
static bool is_elsewhere(const struct check *c, const json_t *expr)
{
	static const char *const keys[] = {
		"iifname", "oifname", "iif", "oif",
	};
	const char *key = rule_text(expr, "match", "left", "meta", "key");

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(key, keys[i]))
			return strcmp(rule_text(expr, "match", "op"), "!=") &&
			       !is_ours(c, rule_get(expr, "match", "right"));
	return false;
}

enum verdict { FINE, DROPS_INVALID, MAPS_INVALID };

static enum verdict rule_verdict(const struct check *c, const json_t *rule)
{
	const json_t *expr;
	bool invalid = false;
	size_t i;

	rule_foreach(rule, i, expr) {
		if (is_elsewhere(c, expr))
			return FINE;
		invalid |= match_takes_invalid(expr);
		if (maps_invalid(expr))
			return MAPS_INVALID;
		if (invalid && expr_drops(expr))
			return DROPS_INVALID;
	}
	return FINE;
}

/* A rule that accepts all invalid packets */
static bool accepts_invalid(const json_t *rule)
{
	const json_t *expr;
	bool invalid = false;
	size_t i;

	rule_foreach(rule, i, expr) {
		if (rule_get(expr, "match")) {
			if (!match_takes_invalid(expr))
				return false;
			invalid = true;
		}
		if (invalid && !strcmp(expr_verdict(expr), "accept"))
			return true;
	}
	return false;
}

/* Whether an earlier rule of the chain accepts invalid packets */
static bool is_accepted(const json_t *set, const struct chain *chain,
			const json_t *until)
{
	const json_t *rule;

	ruleset_foreach(set, "rule", rule) {
		struct chain this = chain_of_rule(rule);

		if (rule == until)
			return false;
		if (chain_equal(&this, chain) && accepts_invalid(rule))
			return true;
	}
	return false;
}

static bool check_rule(const struct check *c, const json_t *rule)
{
	enum verdict verdict = rule_verdict(c, rule);
	struct chain chain = chain_of_rule(rule);
	const char *how;
	long long handle;

	if (verdict == FINE || !ruleset_sees_routed(c->ruleset, &chain) ||
	    is_accepted(c->ruleset, &chain, rule))
		return false;
	handle = json_integer_value(json_object_get(rule, "handle"));
	/* The other elements of the map have to stay. */
	how = verdict == DROPS_INVALID ?
	      fix("nft delete rule %s %s %s handle %lld", chain.family,
		  chain.table, chain.name, handle) :
	      fix("nft insert rule %s %s %s position %lld ct state invalid accept",
		  chain.family, chain.table, chain.name, handle);
	report(CHECK_FAIL, "conntrack", "", how,
	       "nftables drops \"ct state invalid\" in chain %s of table %s %s: flows between VMs of two hosts break",
	       chain.name, chain.family, chain.table);
	return true;
}

/* nft shows the matches of iptables-nft by their names only. */
static bool has_foreign_rules(const json_t *set)
{
	const json_t *rule, *expr;
	size_t i;

	ruleset_foreach(set, "rule", rule)
		rule_foreach(rule, i, expr) {
			const char *name = rule_text(expr, "xt", "name");

			if (!strcmp(name, "conntrack") ||
			    !strcmp(name, "state"))
				return true;
		}
	return false;
}

static bool check_nftables(const struct check *c)
{
	const json_t *rule;
	bool found = false;

	if (!c->ruleset) {
		report(CHECK_WARN, "conntrack", "",
		       fix("apt-get install nftables"),
		       "nftables rules were not checked: nft is not installed, or failed");
		return true;
	}
	ruleset_foreach(c->ruleset, "rule", rule)
		found |= check_rule(c, rule);
	return found;
}

static bool has_legacy_tables(void)
{
	FILE *f = fopen("/proc/self/net/ip_tables_names", "re");
	bool some;

	if (!f)
		return false;
	some = fgetc(f) != EOF;
	fclose(f);
	return some;
}

static void report_iptables(const char *how, const char *rule, void *data)
{
	bool *found = data;

	*found = true;
	report(CHECK_FAIL, "conntrack", "", fix("%s", how),
	       "iptables drops invalid packets (%s): flows between VMs of two hosts break",
	       rule);
}

static bool check_iptables(const struct check *c)
{
	bool found = false;

	if (iptables_scan(report_iptables, &found) ||
	    (!has_foreign_rules(c->ruleset) && !has_legacy_tables()))
		return found;
	report(CHECK_WARN, "conntrack", "", fix("apt-get install iptables"),
	       "iptables rules were not checked: iptables-save is not installed");
	return true;
}

void check_firewall(const struct check *c)
{
	bool found = check_nftables(c);

	found |= check_iptables(c);
	if (!found)
		report(CHECK_PASS, "conntrack", "", "",
		       "no rule drops one direction of a flow as invalid");
}
