// SPDX-License-Identifier: GPL-2.0
/*
 * The changes that a plan needs: a list of steps, which are checked, then run,
 * and undone when one of them fails.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "config/change.h"
#include "object/gateway_cmd.h"
#include "object/gateway_nl.h"

struct step {
	const struct step_kind *kind;
	size_t i;		/* of a port or a gateway */
	unsigned int line;
};

struct step_kind {
	/* The line of the file, 0 when there is nothing to change */
	unsigned int (*line)(const struct plan *plan, size_t i);
	int (*run)(struct plan *plan, size_t i, bool dry_run);
	int (*undo)(struct plan *plan, size_t i);
	void (*print)(const struct plan *plan, size_t i);
};

static unsigned int del_line(const struct plan *plan, size_t i)
{
	const struct plan_gw *p = &plan->gw[i];

	return p->exists && !p->wanted ? p->line : 0;
}

static int del_run(struct plan *plan, size_t i, bool dry_run)
{
	return gw_delete(&plan->gw[i].have, dry_run);
}

/* The automatic link-local address comes back by itself. */
static int del_undo(struct plan *plan, size_t i)
{
	const struct gw *have = &plan->gw[i].have;
	struct gw back = *have;
	int rc = 0;

	back.addrs = (struct addrs){ 0 };
	for (size_t j = 0; j < have->addrs.n && !rc; j++)
		if (gw_must_give(have, &have->addrs.addr[j]))
			rc = addrs_add(&back.addrs, &have->addrs.addr[j]);
	if (!rc)
		rc = gw_create(&back);
	gw_free(&back);
	return rc;
}

static void del_print(const struct plan *plan, size_t i)
{
	printf("gateway del dev %s\n", plan->gw[i].have.ifname);
}

static unsigned int port_line(const struct plan *plan, size_t i)
{
	const struct plan_port *p = &plan->port[i];
	const struct port_conf *have = p->exists ? &p->have :
				       plan_port_usual(plan, p->ifname);

	return have->role != p->want.role ||
	       have->endpoints != p->want.endpoints ? p->line : 0;
}

static int port_run(struct plan *plan, size_t i, bool dry_run)
{
	const struct plan_port *p = &plan->port[i];

	return port_send(p->ifname, &p->want, dry_run);
}

static int port_undo(struct plan *plan, size_t i)
{
	const struct plan_port *p = &plan->port[i];

	return port_send(p->ifname, &p->have, false);
}

static void port_print(const struct plan *plan, size_t i)
{
	const struct plan_port *p = &plan->port[i];

	port_print_set(stdout, p->ifname, p->exists ? &p->have :
		       plan_port_usual(plan, p->ifname), &p->want);
}

static bool gw_same(const struct gw *have, const struct gw *want)
{
	return !strcmp(have->ifname, want->ifname) &&
	       have->vrf_index == want->vrf_index &&
	       gw_same_settings(have, want) && gw_same_addrs(have, want);
}

static unsigned int set_line(const struct plan *plan, size_t i)
{
	const struct plan_gw *p = &plan->gw[i];

	if (!p->exists || !p->wanted || gw_same(&p->have, &p->want))
		return 0;
	return p->line;
}

static int set_run(struct plan *plan, size_t i, bool dry_run)
{
	struct plan_gw *p = &plan->gw[i];

	return dry_run ? gw_send(ANYGW_CMD_GATEWAY_SET, &p->want, &p->have,
				 true) :
			 gw_change(&p->have, &p->want);
}

static int set_undo(struct plan *plan, size_t i)
{
	struct gw now;
	int rc = gw_read(plan->gw[i].want.ifname, &now);

	if (!rc)
		rc = gw_change(&now, &plan->gw[i].have);
	gw_free(&now);
	return rc;
}

static void set_print(const struct plan *plan, size_t i)
{
	gw_print_set(stdout, &plan->gw[i].have, &plan->gw[i].want);
}

static unsigned int add_line(const struct plan *plan, size_t i)
{
	const struct plan_gw *p = &plan->gw[i];

	return !p->exists && p->wanted ? p->line : 0;
}

/* Whether another gateway has the name now, but an earlier step takes it. */
static bool is_freed(const struct plan *plan, const char *ifname)
{
	array_foreach(p, plan->gw, plan->gws) {
		if (p->exists && !strcmp(p->have.ifname, ifname) &&
		    (!p->wanted || strcmp(p->want.ifname, ifname)))
			return true;
	}
	return false;
}

static int add_run(struct plan *plan, size_t i, bool dry_run)
{
	struct gw want = plan->gw[i].want;
	int rc;

	if (dry_run) {
		/* The kernel would refuse a name that is still taken. */
		if (is_freed(plan, want.ifname))
			strcpy(want.ifname, "anygw-check");
		return gw_send(ANYGW_CMD_GATEWAY_NEW, &want, NULL, true);
	}
	rc = host_identify(true);
	return rc ? rc : gw_create(&plan->gw[i].want);
}

static int add_undo(struct plan *plan, size_t i)
{
	return gw_delete(&plan->gw[i].want, false);
}

static void add_print(const struct plan *plan, size_t i)
{
	gw_print_add(stdout, &plan->gw[i].want);
}

static unsigned int host_line(const struct plan *plan, size_t i)
{
	const struct host *have = &plan->host;
	const struct host *want = &plan->want[i].request;
	bool same = i == PLAN_BEACON ? want->beacon == have->beacon :
		    have->source == ANYGW_MAC_SOURCE_CONFIGURED &&
		    !memcmp(have->mac, want->mac, MAC_LEN);

	return same ? 0 : plan->want[i].line;
}

static int host_run(struct plan *plan, size_t i, bool dry_run)
{
	return host_send(&plan->want[i].request, dry_run);
}

static int host_undo(struct plan *plan, size_t i)
{
	struct host back = { .beacon = plan->host.beacon };

	return host_send(&back, false);
}

static void host_print(const struct plan *plan, size_t i)
{
	const struct host *want = &plan->want[i].request;
	char buf[MAC_TEXT];

	printf("host set %s %s\n", i == PLAN_BEACON ? "beacon" : "mac",
	       i == PLAN_BEACON ? name_of(&switch_names, want->beacon) :
				  mac_text(want->mac, buf));
}

static const struct step_kind del_steps = {
	del_line, del_run, del_undo, del_print,
};
static const struct step_kind port_steps = {
	port_line, port_run, port_undo, port_print,
};
static const struct step_kind set_steps = {
	set_line, set_run, set_undo, set_print,
};
static const struct step_kind add_steps = {
	add_line, add_run, add_undo, add_print,
};
static const struct step_kind host_steps = {
	host_line, host_run, host_undo, host_print,
};

static int port_step_compare(const void *one, const void *other)
{
	const struct plan_port *a = one, *b = other;

	return port_setting_order(a->ifname, b->ifname);
}

static void collect_steps(const struct plan *plan, const struct step_kind *kind,
			  size_t max, struct step *steps, size_t *n)
{
	for (size_t i = 0; i < max; i++) {
		unsigned int line = kind->line(plan, i);

		if (line)
			steps[(*n)++] = (struct step){ kind, i, line };
	}
}

/*
 * Names are freed before they are taken, and ports get their roles before
 * gateways become active.
 */
static struct step *plan_steps(const struct plan *plan, size_t *n)
{
	struct step *steps;

	*n = 0;
	steps = calloc(3 * plan->gws + plan->ports + PLAN_HOST, sizeof(*steps));
	if (!steps) {
		diag_no_memory();
		return NULL;
	}
	collect_steps(plan, &del_steps, plan->gws, steps, n);
	/* A setting that its pattern makes needless would not be kept. */
	if (plan->ports)
		qsort(plan->port, plan->ports, sizeof(*plan->port),
		      port_step_compare);
	collect_steps(plan, &port_steps, plan->ports, steps, n);
	collect_steps(plan, &set_steps, plan->gws, steps, n);
	collect_steps(plan, &add_steps, plan->gws, steps, n);
	collect_steps(plan, &host_steps, PLAN_HOST, steps, n);
	return steps;
}

static void plan_undo(struct plan *plan, const struct step *steps, size_t done)
{
	bool was = diag_quiet(true);
	unsigned int left = 0;

	while (done--)
		if (steps[done].kind->undo(plan, steps[done].i))
			left = steps[done].line;
	diag_quiet(was);
	diag_where(NULL, 0);
	if (left)
		diag_warn("%s:%u: this change could not be undone",
			  plan->file, left);
}

int plan_run(struct plan *plan, bool dry_run)
{
	bool added = false, ipv6 = false;
	int rc = 0;
	size_t n;
	struct step *steps = plan_steps(plan, &n);

	if (!steps)
		return RC_REFUSED;
	for (size_t i = 0; i < n && !rc; i++) {
		const struct step *step = &steps[i];

		diag_where(plan->file, step->line);
		rc = step->kind->run(plan, step->i, dry_run);
		if (rc && !dry_run)
			plan_undo(plan, steps, i);
		if (step->kind != &add_steps)
			continue;
		added = true;
		ipv6 |= gw_has_family(&plan->gw[step->i].want, AF_INET6);
	}
	diag_where(NULL, 0);
	if (!rc && added && !dry_run)
		gateway_warn_forwarding(ipv6);
	free(steps);
	return rc;
}

void plan_print(struct plan *plan)
{
	size_t n;
	struct step *steps = plan_steps(plan, &n);

	for (size_t i = 0; i < n && steps; i++)
		steps[i].kind->print(plan, steps[i].i);
	free(steps);
}
