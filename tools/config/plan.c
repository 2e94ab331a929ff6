// SPDX-License-Identifier: GPL-2.0
/*
 * What the lines of a file make of what there is. The lines change a picture
 * of the state; only its difference to the state itself is carried out. So a
 * line that asks for what is already there changes nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "config/plan.h"
#include "nl/genl.h"
#include "nl/rtnl.h"

static int out_of_memory(void)
{
	return diag_refused("out of memory");
}

static int read_port(const struct nlmsghdr *nlh, void *data)
{
	struct plan *plan = data;
	struct plan_port *more;
	struct port port;

	if (port_from_message(nlh, &port))
		return -EBADMSG;
	more = realloc(plan->port, (plan->ports + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	plan->port = more;
	more += plan->ports++;
	memset(more, 0, sizeof(*more));
	more->ifindex = port.ifindex;
	strcpy(more->ifname, port.ifname);
	more->have = port.configured;
	more->want = port.configured;
	return 0;
}

static struct plan_gw *new_gw(struct plan *plan)
{
	struct plan_gw *more;

	more = realloc(plan->gw, (plan->gws + 1) * sizeof(*more));
	if (!more)
		return NULL;
	plan->gw = more;
	more += plan->gws++;
	memset(more, 0, sizeof(*more));
	return more;
}

static int read_gws(struct plan *plan)
{
	struct gws list = { 0 };
	int rc = gws_read(&list);

	for (size_t i = 0; i < list.n && !rc; i++) {
		struct plan_gw *p = new_gw(plan);

		if (!p)
			rc = out_of_memory();
		else
			rc = gw_copy(&p->have, &list.gw[i]) ||
			     gw_copy(&p->want, &list.gw[i]);
		if (rc)
			rc = RC_REFUSED;
		else
			p->exists = p->wanted = true;
	}
	gws_free(&list);
	return rc;
}

/**
 * plan_read() - read the state
 * @plan: an empty plan, filled in; to be freed also after a failure
 *
 * Return: 0 or an exit code.
 */
int plan_read(struct plan *plan)
{
	int rc = host_read(&plan->host);

	if (!rc)
		rc = genl_dump(ANYGW_CMD_PORT_GET, read_port, plan,
			       "list the ports");
	return rc ? rc : read_gws(plan);
}

/**
 * plan_free() - give back what a plan holds
 * @plan: the plan
 */
void plan_free(struct plan *plan)
{
	for (size_t i = 0; i < plan->gws; i++) {
		gw_free(&plan->gw[i].have);
		gw_free(&plan->gw[i].want);
	}
	free(plan->gw);
	free(plan->port);
}

/**
 * plan_host_set() - a line "host set"
 * @plan: the plan
 * @args: the words
 *
 * Return: 0 or an exit code.
 */
int plan_host_set(struct plan *plan, const struct args *args)
{
	struct host wish;
	int rc = host_parse(args, &wish);

	if (rc || plan->words_only)
		return rc;
	if (wish.mac_word) {
		plan->mac = wish;
		plan->mac_line = plan->line;
	} else {
		plan->beacon = wish;
		plan->beacon_line = plan->line;
	}
	return 0;
}

/**
 * plan_port_set() - a line "port set"
 * @plan: the plan
 * @args: the words
 *
 * Return: 0 or an exit code.
 */
int plan_port_set(struct plan *plan, const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	struct port_wish wish;
	uint32_t ifindex;

	if (port_parse(args, &wish))
		return RC_USAGE;
	if (plan->words_only)
		return 0;
	if (rtnl_index(ifname, &ifindex))
		return RC_REFUSED;
	for (size_t i = 0; i < plan->ports; i++) {
		if (plan->port[i].ifindex != ifindex)
			continue;
		port_merge(&plan->port[i].want, &wish);
		plan->port[i].line = plan->line;
		return 0;
	}
	return diag_refused("\"%s\" is not a port of a bridge", ifname);
}

static struct plan_gw *by_name(struct plan *plan, const char *ifname,
			       const struct plan_gw *but)
{
	for (size_t i = 0; i < plan->gws; i++)
		if (plan->gw[i].wanted && &plan->gw[i] != but &&
		    !strcmp(plan->gw[i].want.ifname, ifname))
			return &plan->gw[i];
	return NULL;
}

/* A gateway that an earlier line has deleted is found as well. */
static struct plan_gw *by_place(struct plan *plan, const struct gw *gw)
{
	for (size_t i = 0; i < plan->gws; i++)
		if ((plan->gw[i].wanted || plan->gw[i].exists) &&
		    gw_same_place(&plan->gw[i].want, gw))
			return &plan->gw[i];
	return NULL;
}

static int check_name(struct plan *plan, const char *ifname,
		      const struct plan_gw *self)
{
	const struct plan_gw *other = by_name(plan, ifname, self);

	if (!other)
		return 0;
	if (other->added)
		return diag_usage("the name \"%s\" is given in line %u already",
				  ifname, other->added);
	return diag_refused("\"%s\" is another gateway, on bridge \"%s\" in VLAN %u",
			    ifname, other->want.bridge_name, other->want.vlan);
}

/* The picture takes the wish over, and its addresses with it. */
static void take(struct plan *plan, struct plan_gw *p, struct gw *wish)
{
	uint32_t ifindex = p->have.ifindex;

	gw_free(&p->want);
	p->want = *wish;
	p->want.ifindex = ifindex;
	p->wanted = true;
	p->line = plan->line;
	memset(&wish->addrs, 0, sizeof(wish->addrs));
}

static int add(struct plan *plan, struct gw *wish)
{
	struct plan_gw *p = by_place(plan, wish);
	char buf[IFNAMSIZ];
	int rc;

	if (p && p->added)
		return diag_usage("line %u adds a gateway on bridge \"%s\" in VLAN %u with this MAC already",
				  p->added, wish->bridge_name, wish->vlan);
	if (!*wish->ifname)
		strcpy(wish->ifname, p && p->wanted ? p->want.ifname :
		       gw_name(wish, buf));
	rc = check_name(plan, wish->ifname, p);
	if (rc)
		return rc;
	if (!p)
		p = new_gw(plan);
	if (!p)
		return out_of_memory();
	take(plan, p, wish);
	p->added = plan->line;
	return 0;
}

/**
 * plan_gateway_add() - a line "gateway add"
 * @plan: the plan
 * @args: the words
 *
 * The line describes the whole gateway: what it does not name gets its
 * default, as if the gateway were new.
 *
 * Return: 0 or an exit code.
 */
int plan_gateway_add(struct plan *plan, const struct args *args)
{
	struct gw wish;
	int rc = gw_parse(args, &wish);

	if (!rc && !plan->words_only) {
		gw_fill(&wish);
		rc = gw_resolve(&wish);
		if (!rc)
			rc = add(plan, &wish);
	}
	gw_free(&wish);
	return rc;
}

static int explain_no_gateway(const char *ifname)
{
	uint32_t ifindex;

	if (rtnl_index(ifname, &ifindex))
		return RC_REFUSED;
	return diag_refused("\"%s\" is not a gateway", ifname);
}

static int set(struct plan *plan, const char *ifname, struct gw *wish)
{
	struct plan_gw *p = by_name(plan, ifname, NULL);
	struct gw want = { 0 };
	int rc;

	if (!p)
		return explain_no_gateway(ifname);
	rc = gw_resolve(wish);
	if (!rc)
		rc = gw_merge(&want, &p->want, wish);
	if (!rc)
		rc = check_name(plan, want.ifname, p);
	if (!rc)
		take(plan, p, &want);
	gw_free(&want);
	return rc;
}

/**
 * plan_gateway_set() - a line "gateway set"
 * @plan: the plan
 * @args: the words
 *
 * Return: 0 or an exit code.
 */
int plan_gateway_set(struct plan *plan, const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	struct gw wish;
	int rc;

	if (value_device(ifname))
		return RC_USAGE;
	rc = gw_parse(args, &wish);
	if (!rc && !plan->words_only)
		rc = set(plan, ifname, &wish);
	gw_free(&wish);
	return rc;
}

static void drop(struct plan *plan, struct plan_gw *p)
{
	p->wanted = false;
	p->added = 0;
	p->line = plan->line;
}

static int del_by_name(struct plan *plan, const char *ifname)
{
	struct plan_gw *p = by_name(plan, ifname, NULL);

	if (p) {
		drop(plan, p);
		return 0;
	}
	for (size_t i = 0; i < plan->gws; i++)
		if (!strcmp(plan->gw[i].have.ifname, ifname))
			return 0;
	/* What is not there need not be deleted; another device must not. */
	return if_nametoindex(ifname) ? explain_no_gateway(ifname) : 0;
}

static int del_by_vlan(struct plan *plan, const char *bridge, unsigned int vlan)
{
	struct plan_gw *found = NULL;

	for (size_t i = 0; i < plan->gws; i++) {
		struct plan_gw *p = &plan->gw[i];

		if (!p->wanted || p->want.vlan != vlan ||
		    strcmp(p->want.bridge_name, bridge))
			continue;
		if (found)
			return diag_refused("Several gateways share bridge \"%s\" and VLAN %u: name one of %s, %s",
					    bridge, vlan, found->want.ifname,
					    p->want.ifname);
		found = p;
	}
	if (found)
		drop(plan, found);
	return 0;
}

/**
 * plan_gateway_del() - a line "gateway del"
 * @plan: the plan
 * @args: the words
 *
 * Return: 0 or an exit code.
 */
int plan_gateway_del(struct plan *plan, const struct args *args)
{
	const char *bridge = args_get(args, "bridge");
	const char *ifname = args_get(args, "dev");
	unsigned int vlan = 0;

	if (value_device(ifname ? ifname : bridge))
		return RC_USAGE;
	if (bridge && value_range("vlan", args_get(args, "vlan"), 0, 4094,
				  &vlan))
		return RC_USAGE;
	if (plan->words_only)
		return 0;
	return ifname ? del_by_name(plan, ifname) :
			del_by_vlan(plan, bridge, vlan);
}
