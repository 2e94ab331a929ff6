// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a packet, as an object.
 */
#include "nl/neigh.h"
#include "trace/trace.h"

static json_t *route_json(const struct trace *t)
{
	char buf[ADDR_TEXT];
	json_t *o;

	if (!t->exit)
		return json_null();
	o = json_object();
	out_set(o, "dst", t->has_route ? json_string(trace_prefix(t, buf)) :
		json_null());
	out_set(o, "via", addr_same(&t->hop, &t->to) ? json_null() :
		json_string(addr_ip_text(&t->hop, buf)));
	out_set(o, "dev", json_string(t->exit_name));
	out_set(o, "table", t->has_route ? json_integer(t->route.table) :
		json_null());
	return o;
}

static json_t *neighbour_json(const struct trace *t)
{
	char buf[ADDR_TEXT];
	json_t *o;

	if (!t->exit)
		return json_null();
	o = json_object();
	out_set(o, "address", json_string(addr_ip_text(&t->hop, buf)));
	out_set(o, "state", json_string(t->has_neigh ? neigh_state(t->nud) :
					"none"));
	return o;
}

static json_t *exit_json(const struct trace *t)
{
	bool bridged = t->decision == ANYGW_TRACE_DECISION_BRIDGE;
	char mac[MAC_TEXT];
	json_t *o;

	if (!bridged && t->decision != ANYGW_TRACE_DECISION_ROUTE)
		return json_null();
	o = json_object();
	out_set(o, "ifname", json_string(bridged ? t->gw.bridge_name :
						   t->exit_name));
	out_set(o, "mac", t->out.has_mac ?
		json_string(mac_text(t->out.mac, mac)) : json_null());
	out_set(o, "port", t->out.has_port ? json_string(t->out.port) :
					     json_null());
	out_set(o, "role", t->out.has_port ?
		json_string(name_of(role_names, ROLES, t->out.role)) :
		json_null());
	return o;
}

static json_t *vm_json(const struct place *vm)
{
	char mac[MAC_TEXT];
	json_t *o;

	if (!vm->has_mac)
		return json_null();
	o = json_object();
	out_set(o, "mac", json_string(mac_text(vm->mac, mac)));
	out_set(o, "port", vm->has_port ? json_string(vm->port) : json_null());
	out_set(o, "role", vm->has_port ?
		json_string(name_of(role_names, ROLES, vm->role)) :
		json_null());
	return o;
}

/**
 * trace_json() - what becomes of a packet, as an object
 * @t: the trace
 *
 * Return: a new JSON object.
 */
json_t *trace_json(const struct trace *t)
{
	bool observes = t->state == ANYGW_MODE_OBSERVE;
	json_t *o = json_object();
	char buf[ADDR_TEXT];

	out_set(o, "ifname", json_string(t->gw.ifname));
	out_set(o, "from", json_string(addr_ip_text(&t->from, buf)));
	out_set(o, "to", json_string(addr_ip_text(&t->to, buf)));
	out_set(o, "state", json_string(name_of(mode_names, MODES, t->state)));
	out_set(o, "decision", json_string(name_of(decision_names, DECISIONS,
						   t->decision)));
	out_set(o, "reason", json_string(name_of(reason_names, REASONS,
						 t->reason)));
	out_set(o, "active_decision", observes ?
		json_string(name_of(decision_names, DECISIONS,
				    t->active_decision)) : json_null());
	out_set(o, "active_reason", observes ?
		json_string(name_of(reason_names, REASONS,
				    t->active_reason)) : json_null());
	out_set(o, "vm", vm_json(&t->vm));
	out_set(o, "route", route_json(t));
	out_set(o, "neighbour", neighbour_json(t));
	out_set(o, "exit", exit_json(t));
	out_set(o, "path", t->decision == ANYGW_TRACE_DECISION_ROUTE ?
		json_string(trace_path(t)) : json_null());
	out_set(o, "path_reason",
		t->decision == ANYGW_TRACE_DECISION_ROUTE &&
		t->path != ANYGW_PATH_FAST ?
		json_string(name_of(path_names, PATHS, t->path)) : json_null());
	out_set(o, "steps", trace_steps(t));
	return o;
}
