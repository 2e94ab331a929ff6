// SPDX-License-Identifier: GPL-2.0
/*
 * Plans: the lines of a file change the wanted state, and only its difference
 * to the present state is carried out.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "config/plan.h"
#include "nl/link.h"
#include "object/gateway_nl.h"

static int read_ports(struct plan *plan)
{
	struct ports list = { 0 };
	int rc = port_settings_read(&list);

	for (size_t i = 0; i < list.n && !rc; i++) {
		struct plan_port *p = array_add(plan->port, plan->ports);

		if (!p) {
			rc = diag_no_memory();
			break;
		}
		strcpy(p->ifname, list.port[i].ifname);
		p->have = p->want = list.port[i].conf;
		p->exists = true;
	}
	ports_free(&list);
	return rc;
}

const struct port_conf *plan_port_usual(const struct plan *plan,
					const char *ifname)
{
	const struct plan_port *best = NULL;

	array_foreach(p, plan->port, plan->ports)
		if (port_setting_applies(p->ifname, ifname) &&
		    (!best || port_setting_order(p->ifname, best->ifname) < 0))
			best = p;
	return best ? &best->want : &port_conf_default;
}

static int read_gws(struct plan *plan)
{
	struct gws list = { 0 };
	int rc = gws_read(&list);

	for (size_t i = 0; i < list.n && !rc; i++) {
		struct plan_gw *p = array_add(plan->gw, plan->gws);

		if (!p)
			rc = diag_no_memory();
		if (!rc)
			rc = gw_copy(&p->have, &list.gw[i]);
		if (!rc)
			rc = gw_copy(&p->want, &list.gw[i]);
		if (!rc)
			p->exists = p->wanted = true;
	}
	gws_free(&list);
	return rc;
}

int plan_read(struct plan *plan)
{
	return host_read(&plan->host) ?:
	       read_ports(plan) ?:
	       read_gws(plan);
}

void plan_free(struct plan *plan)
{
	array_foreach(gw, plan->gw, plan->gws) {
		gw_free(&gw->have);
		gw_free(&gw->want);
	}
	free(plan->gw);
	free(plan->port);
}

int plan_host_set(struct plan *plan, const struct args *args)
{
	struct host request;
	int rc = host_parse(args, &request);

	if (!rc && !plan->words_only)
		plan->want[request.mac_word ? PLAN_MAC : PLAN_BEACON] =
			(struct plan_host){ request, plan->line };
	return rc;
}

int plan_port_set(struct plan *plan, const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	struct plan_port *found = NULL;
	struct port_conf request;

	if (port_parse(args, &request))
		return RC_USAGE;
	if (plan->words_only)
		return 0;
	array_foreach(p, plan->port, plan->ports)
		if (!strcmp(p->ifname, ifname))
			found = p;
	if (!found) {
		found = array_add(plan->port, plan->ports);
		if (!found)
			return diag_no_memory();
		strcpy(found->ifname, ifname);
		found->want = *plan_port_usual(plan, ifname);
		found->have = found->want;
	}
	port_merge(&found->want, &request);
	found->line = plan->line;
	return 0;
}

static struct plan_gw *by_name(struct plan *plan, const char *ifname,
			       const struct plan_gw *but)
{
	array_foreach(gw, plan->gw, plan->gws)
		if (gw->wanted && gw != but && !strcmp(gw->want.ifname, ifname))
			return gw;
	return NULL;
}

/* Also finds a gateway that an earlier line has deleted. */
static struct plan_gw *by_place(struct plan *plan, const struct gw *gw)
{
	array_foreach(other, plan->gw, plan->gws)
		if ((other->wanted || other->exists) &&
		    gw_same_place(&other->want, gw))
			return other;
	return NULL;
}

static int check_name(struct plan *plan, const char *ifname,
		      const struct plan_gw *self)
{
	const struct plan_gw *other = by_name(plan, ifname, self);

	if (!other)
		return 0;
	if (other->added)
		return diag_usage("line %u already uses the name \"%s\"",
				  other->added, ifname);
	return diag_refused("\"%s\" is the name of another gateway, on bridge \"%s\" in VLAN %u",
			    ifname, other->want.bridge_name, other->want.vlan);
}

/* Takes the request over, and its addresses with it. */
static void plan_take(struct plan *plan, struct plan_gw *p, struct gw *request)
{
	uint32_t ifindex = p->have.ifindex;

	gw_free(&p->want);
	p->want = *request;
	p->want.ifindex = ifindex;
	p->wanted = true;
	p->line = plan->line;
	memset(&request->addrs, 0, sizeof(request->addrs));
}

static int plan_add(struct plan *plan, struct gw *request)
{
	struct plan_gw *p = by_place(plan, request);
	char buf[IFNAMSIZ];
	int rc;

	if (p && p->added)
		return diag_usage("line %u already adds a gateway on bridge \"%s\" in VLAN %u with this MAC",
				  p->added, request->bridge_name,
				  request->vlan);
	if (!*request->ifname)
		strcpy(request->ifname, p && p->wanted ? p->want.ifname :
		       gw_name(request, buf));
	rc = check_name(plan, request->ifname, p);
	if (rc)
		return rc;
	if (!p)
		p = array_add(plan->gw, plan->gws);
	if (!p)
		return diag_no_memory();
	plan_take(plan, p, request);
	p->added = plan->line;
	return 0;
}

/* What the line does not name gets its default, as in a new gateway. */
int plan_gateway_add(struct plan *plan, const struct args *args)
{
	struct gw request;
	int rc = gw_parse(args, &request);

	if (!rc && !plan->words_only) {
		gw_fill(&request);
		rc = gw_resolve(&request);
		if (!rc)
			rc = plan_add(plan, &request);
	}
	gw_free(&request);
	return rc;
}

static int refuse_not_gateway(const char *ifname)
{
	uint32_t ifindex;

	if (link_index(ifname, &ifindex))
		return RC_REFUSED;
	return diag_refused("\"%s\" is not a gateway", ifname);
}

static int plan_set(struct plan *plan, const char *ifname, struct gw *request)
{
	struct plan_gw *p = by_name(plan, ifname, NULL);
	struct gw want = { 0 };
	int rc;

	if (!p)
		return refuse_not_gateway(ifname);
	rc = gw_resolve(request) ?:
	     gw_merge(&want, &p->want, request) ?:
	     check_name(plan, want.ifname, p);
	if (!rc)
		plan_take(plan, p, &want);
	gw_free(&want);
	return rc;
}

int plan_gateway_set(struct plan *plan, const struct args *args)
{
	const char *ifname = args_get(args, "dev");
	struct gw request;
	int rc;

	if (value_device(ifname))
		return RC_USAGE;
	rc = gw_parse(args, &request);
	if (!rc && !plan->words_only)
		rc = plan_set(plan, ifname, &request);
	gw_free(&request);
	return rc;
}

static void plan_drop(struct plan *plan, struct plan_gw *p)
{
	p->wanted = false;
	p->added = 0;
	p->line = plan->line;
}

static int del_by_name(struct plan *plan, const char *ifname)
{
	struct plan_gw *p = by_name(plan, ifname, NULL);

	if (p) {
		plan_drop(plan, p);
		return 0;
	}
	array_foreach(gw, plan->gw, plan->gws)
		if (!strcmp(gw->have.ifname, ifname))
			return 0;
	/* A gateway that does not exist is no error. */
	return if_nametoindex(ifname) ? refuse_not_gateway(ifname) : 0;
}

static int del_by_vlan(struct plan *plan, const char *bridge, unsigned int vlan)
{
	struct plan_gw *found = NULL;

	array_foreach(p, plan->gw, plan->gws) {
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
		plan_drop(plan, found);
	return 0;
}

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
