// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl check: read the state of the host, then report the result of each
 * check.
 */
#include <stdlib.h>

#include "check/checks.h"
#include "check/report.h"
#include "check/ruleset.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "nl/genl.h"

static int read_state(struct check *c)
{
	int rc = host_read(&c->host) ?:
		 gws_read(&c->gws) ?:
		 ports_read(&c->ports) ?:
		 links_read(&c->links) ?:
		 links_read_vlans(&c->links) ?:
		 routes_read(AF_INET, &c->routes[0]) ?:
		 routes_read(AF_INET6, &c->routes[1]) ?:
		 routing_read_exits(c);

	if (!rc)
		c->ruleset = ruleset_read();
	return rc;
}

static void free_state(struct check *c)
{
	gws_free(&c->gws);
	free(c->exit);
	ports_free(&c->ports);
	links_free(&c->links);
	routes_free(&c->routes[0]);
	routes_free(&c->routes[1]);
	json_decref(c->ruleset);
}

static void run_checks(const struct check *c)
{
	check_gateways(c);
	check_identity(c);
	/* The other checks need a gateway. */
	if (!c->gws.n)
		return;
	check_peers(c);
	check_ports(c);
	check_routing(c);
	check_firewall(c);
	check_sockets(c);
}

/* RC_REFUSED when a check failed */
int cmd_check(const struct args *args)
{
	struct check c = { 0 };
	int rc;

	rc = genl_open();
	if (!rc)
		rc = read_state(&c);
	if (!rc) {
		report_begin();
		run_checks(&c);
		rc = report_end() ? RC_REFUSED : RC_OK;
	}
	free_state(&c);
	return rc;
}
