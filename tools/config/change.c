// SPDX-License-Identifier: GPL-2.0
/*
 * From what is to what a plan wants: a list of steps that are checked first,
 * then done, and undone when one of them fails after all.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "config/plan.h"
#include "object/gateway_cmd.h"

/**
 * struct step - one change
 * @kind: what kind of change
 * @i: which port or gateway
 * @line: line of the file that asked for it
 */
struct step {
	const struct step_kind *kind;
	size_t i;
	unsigned int line;
};

/**
 * struct step_kind - what can be done with a change
 * @line: the line that asks for it, 0 when there is nothing to change
 * @check: asks the kernel whether it would
 * @run: does it
 * @undo: takes it back
 * @print: prints the command for it
 */
struct step_kind {
	unsigned int (*line)(const struct plan *plan, size_t i);
	int (*check)(struct plan *plan, size_t i);
	int (*run)(struct plan *plan, size_t i);
	int (*undo)(struct plan *plan, size_t i);
	void (*print)(const struct plan *plan, size_t i);
};

static unsigned int del_line(const struct plan *plan, size_t i)
{
	const struct plan_gw *p = &plan->gw[i];

	return p->exists && !p->wanted ? p->line : 0;
}

static int del_check(struct plan *plan, size_t i)
{
	return gw_delete(&plan->gw[i].have, true);
}

static int del_run(struct plan *plan, size_t i)
{
	return gw_delete(&plan->gw[i].have, false);
}

static int del_undo(struct plan *plan, size_t i)
{
	const struct gw *have = &plan->gw[i].have;
	struct gw back = *have;
	int rc = 0;

	memset(&back.addrs, 0, sizeof(back.addrs));
	for (size_t j = 0; j < have->addrs.n && !rc; j++)
		if (gw_must_say(have, &have->addrs.addr[j]))
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

	return p->have.role != p->want.role ||
	       p->have.endpoints != p->want.endpoints ? p->line : 0;
}

static int port_check(struct plan *plan, size_t i)
{
	const struct plan_port *p = &plan->port[i];

	return port_send(p->ifindex, p->ifname, &p->want, true);
}

static int port_run(struct plan *plan, size_t i)
{
	const struct plan_port *p = &plan->port[i];

	return port_send(p->ifindex, p->ifname, &p->want, false);
}

static int port_undo(struct plan *plan, size_t i)
{
	const struct plan_port *p = &plan->port[i];

	return port_send(p->ifindex, p->ifname, &p->have, false);
}

static void port_print(const struct plan *plan, size_t i)
{
	const struct plan_port *p = &plan->port[i];

	port_print_set(stdout, p->ifname, &p->have, &p->want);
}

static bool is_same(const struct gw *have, const struct gw *want)
{
	return !strcmp(have->ifname, want->ifname) &&
	       have->vrf_index == want->vrf_index &&
	       gw_same_settings(have, want) && gw_same_addrs(have, want);
}

static unsigned int set_line(const struct plan *plan, size_t i)
{
	const struct plan_gw *p = &plan->gw[i];

	if (!p->exists || !p->wanted || is_same(&p->have, &p->want))
		return 0;
	return p->line;
}

static int set_check(struct plan *plan, size_t i)
{
	struct plan_gw *p = &plan->gw[i];

	return gw_send(ANYGW_CMD_GATEWAY_SET, &p->want, &p->have, true);
}

static int set_run(struct plan *plan, size_t i)
{
	return gw_change(&plan->gw[i].have, &plan->gw[i].want);
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

/* Whether an earlier step takes this name from another gateway. */
static bool is_freed(const struct plan *plan, const char *ifname)
{
	for (size_t i = 0; i < plan->gws; i++) {
		const struct plan_gw *p = &plan->gw[i];

		if (p->exists && !strcmp(p->have.ifname, ifname) &&
		    (!p->wanted || strcmp(p->want.ifname, ifname)))
			return true;
	}
	return false;
}

static int add_check(struct plan *plan, size_t i)
{
	struct gw want = plan->gw[i].want;

	/* The name is taken for now, but will not be. Ask for the rest. */
	if (is_freed(plan, want.ifname))
		strcpy(want.ifname, "anygw-check");
	return gw_send(ANYGW_CMD_GATEWAY_NEW, &want, NULL, true);
}

static int add_run(struct plan *plan, size_t i)
{
	int rc = host_identify(true);

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

static unsigned int beacon_line(const struct plan *plan, size_t i)
{
	(void)i;
	return plan->beacon.beacon != plan->host.beacon ? plan->beacon_line : 0;
}

static int beacon_check(struct plan *plan, size_t i)
{
	(void)i;
	return host_send(&plan->beacon, true);
}

static int beacon_run(struct plan *plan, size_t i)
{
	(void)i;
	return host_send(&plan->beacon, false);
}

static int beacon_undo(struct plan *plan, size_t i)
{
	struct host back = { .beacon = plan->host.beacon };

	(void)i;
	return host_send(&back, false);
}

static void beacon_print(const struct plan *plan, size_t i)
{
	(void)i;
	printf("host set beacon %s\n", switch_names[!!plan->beacon.beacon]);
}

static unsigned int mac_line(const struct plan *plan, size_t i)
{
	(void)i;
	if (plan->host.source == ANYGW_MAC_SOURCE_CONFIGURED &&
	    !memcmp(plan->host.mac, plan->mac.mac, MAC_LEN))
		return 0;
	return plan->mac_line;
}

static int mac_check(struct plan *plan, size_t i)
{
	(void)i;
	return host_send(&plan->mac, true);
}

static int mac_run(struct plan *plan, size_t i)
{
	(void)i;
	return host_send(&plan->mac, false);
}

static void mac_print(const struct plan *plan, size_t i)
{
	char buf[MAC_TEXT];

	(void)i;
	printf("host set mac %s\n", mac_text(plan->mac.mac, buf));
}

static const struct step_kind del_steps = {
	del_line, del_check, del_run, del_undo, del_print,
};
static const struct step_kind port_steps = {
	port_line, port_check, port_run, port_undo, port_print,
};
static const struct step_kind set_steps = {
	set_line, set_check, set_run, set_undo, set_print,
};
static const struct step_kind add_steps = {
	add_line, add_check, add_run, add_undo, add_print,
};
static const struct step_kind beacon_steps = {
	beacon_line, beacon_check, beacon_run, beacon_undo, beacon_print,
};
/* It is the last step, because a host MAC cannot be taken back. */
static const struct step_kind mac_steps = {
	mac_line, mac_check, mac_run, NULL, mac_print,
};

static void collect(const struct plan *plan, const struct step_kind *kind,
		    size_t max, struct step *steps, size_t *n)
{
	for (size_t i = 0; i < max; i++) {
		unsigned int line = kind->line(plan, i);

		if (line)
			steps[(*n)++] = (struct step){ kind, i, line };
	}
}

/*
 * Names are freed before they are taken, and ports have their roles before
 * gateways speak.
 */
static struct step *steps_of(const struct plan *plan, size_t *n)
{
	struct step *steps;

	*n = 0;
	steps = calloc(3 * plan->gws + plan->ports + 2, sizeof(*steps));
	if (!steps) {
		diag_refused("out of memory");
		return NULL;
	}
	collect(plan, &del_steps, plan->gws, steps, n);
	collect(plan, &port_steps, plan->ports, steps, n);
	collect(plan, &set_steps, plan->gws, steps, n);
	collect(plan, &add_steps, plan->gws, steps, n);
	collect(plan, &beacon_steps, 1, steps, n);
	collect(plan, &mac_steps, 1, steps, n);
	return steps;
}

/**
 * plan_check() - ask the kernel whether it would do all of it
 * @plan: the plan
 *
 * Return: 0, or an exit code after a message that names the line.
 */
int plan_check(struct plan *plan)
{
	int rc = 0;
	size_t n;
	struct step *steps = steps_of(plan, &n);

	if (!steps)
		return RC_REFUSED;
	for (size_t i = 0; i < n && !rc; i++) {
		diag_where(plan->file, steps[i].line);
		rc = steps[i].kind->check(plan, steps[i].i);
	}
	diag_where(NULL, 0);
	free(steps);
	return rc;
}

static void undo(struct plan *plan, const struct step *steps, size_t done)
{
	bool was = diag_quiet(true);
	unsigned int left = 0;

	while (done--)
		if (steps[done].kind->undo &&
		    steps[done].kind->undo(plan, steps[done].i))
			left = steps[done].line;
	diag_quiet(was);
	diag_where(NULL, 0);
	if (left)
		diag_warn("%s:%u: this change could not be taken back",
			  plan->file, left);
}

/**
 * plan_execute() - do all of it
 * @plan: the plan, checked
 *
 * Return: 0, or an exit code after everything was taken back.
 */
int plan_execute(struct plan *plan)
{
	bool added = false, six = false;
	int rc = 0;
	size_t n;
	struct step *steps = steps_of(plan, &n);

	if (!steps)
		return RC_REFUSED;
	for (size_t i = 0; i < n && !rc; i++) {
		diag_where(plan->file, steps[i].line);
		rc = steps[i].kind->run(plan, steps[i].i);
		if (steps[i].kind == &add_steps) {
			added = true;
			six |= gw_has_six(&plan->gw[steps[i].i].want);
		}
		if (rc)
			undo(plan, steps, i);
	}
	diag_where(NULL, 0);
	if (!rc && added)
		gateway_warn_forwarding(six);
	free(steps);
	return rc;
}

/**
 * plan_print() - print the commands that would do it
 * @plan: the plan
 */
void plan_print(struct plan *plan)
{
	size_t n;
	struct step *steps = steps_of(plan, &n);

	for (size_t i = 0; i < n && steps; i++)
		steps[i].kind->print(plan, steps[i].i);
	free(steps);
}
