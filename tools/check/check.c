// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl check: is this host set up right. The state is read first, then
 * each check reports its lines.
 */
#include <errno.h>
#include <stdlib.h>

#include "check/check.h"
#include "check/firewall.h"
#include "check/gateways.h"
#include "check/identity.h"
#include "check/peers.h"
#include "check/ports.h"
#include "check/report.h"
#include "check/routing.h"
#include "check/ruleset.h"
#include "check/sockets.h"
#include "check/state.h"
#include "cli/diag.h"
#include "nl/genl.h"

static int read_port(const struct nlmsghdr *nlh, void *data)
{
	struct check *c = data;
	struct port *more;

	more = realloc(c->port, (c->ports + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	c->port = more;
	if (port_from_message(nlh, &more[c->ports]))
		return -EBADMSG;
	more[c->ports++].stats = NULL;
	return 0;
}

static int read_all(struct check *c)
{
	int rc = host_read(&c->host);

	if (!rc)
		rc = gws_read(&c->gws);
	if (!rc)
		rc = genl_dump(ANYGW_CMD_PORT_GET, read_port, c,
			       "list the ports");
	if (!rc)
		rc = devices_read(&c->devices);
	if (!rc)
		rc = routes_read(AF_INET, &c->routes[0]);
	if (!rc)
		rc = routes_read(AF_INET6, &c->routes[1]);
	if (!rc)
		rc = routing_read_exits(c);
	if (!rc)
		c->ruleset = ruleset_read();
	return rc;
}

static void free_all(struct check *c)
{
	gws_free(&c->gws);
	free(c->exit);
	free(c->port);
	devices_free(&c->devices);
	routes_free(&c->routes[0]);
	routes_free(&c->routes[1]);
	json_decref(c->ruleset);
}

/* Without a gateway there is nothing that packets could be kept from. */
static void check_all(const struct check *c)
{
	check_gateways(c);
	check_identity(c);
	if (!c->gws.n)
		return;
	check_peers(c);
	check_ports(c);
	check_routing(c);
	check_firewall(c);
	check_sockets(c);
}

/**
 * cmd_check() - "check"
 * @args: the words
 *
 * Return: exit code; RC_REFUSED when a check failed.
 */
int cmd_check(const struct args *args)
{
	struct check c = { 0 };
	int rc;

	(void)args;
	rc = genl_open();
	if (!rc)
		rc = read_all(&c);
	if (!rc) {
		report_begin();
		check_all(&c);
		rc = report_end() ? RC_REFUSED : RC_OK;
	}
	free_all(&c);
	return rc;
}
