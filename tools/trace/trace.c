// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl trace: the decisions about a packet. The module decides with the
 * code for real packets; this file adds ports, names and routes.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "cli/array.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/out.h"
#include "nl/genl.h"
#include "nl/link.h"
#include "nl/neigh.h"
#include "object/port.h"
#include "trace/steps.h"

static int trace_from_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[ANYGW_A_TRACE_MAX + 1];
	struct trace *t = data;

	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_TRACE_MAX))
		return -EBADMSG;
	t->state = nl_uint(tb[ANYGW_A_TRACE_STATE]);
	t->decision = nl_uint(tb[ANYGW_A_TRACE_DECISION]);
	t->reason = nl_uint(tb[ANYGW_A_TRACE_REASON]);
	t->path = nl_uint(tb[ANYGW_A_TRACE_SLOW_REASON]);
	t->active_decision = nl_uint(tb[ANYGW_A_TRACE_ACTIVE_DECISION]);
	t->active_reason = nl_uint(tb[ANYGW_A_TRACE_ACTIVE_REASON]);
	t->exit = nl_uint(tb[ANYGW_A_TRACE_EXIT]);
	t->hop.family = tb[ANYGW_A_TRACE_NEXTHOP4] ? AF_INET : AF_INET6;
	t->hop.len = 8 * addr_bytes(&t->hop);
	nl_addr(tb[ANYGW_A_TRACE_NEXTHOP4] ? tb[ANYGW_A_TRACE_NEXTHOP4] :
		tb[ANYGW_A_TRACE_NEXTHOP6], &t->hop);
	t->has_neigh = tb[ANYGW_A_TRACE_NEIGHBOUR_STATE];
	t->nud = nl_uint(tb[ANYGW_A_TRACE_NEIGHBOUR_STATE]);
	t->out.has_mac = nl_mac(tb[ANYGW_A_TRACE_NEIGHBOUR_MAC], t->out.mac);
	return 0;
}

static int trace_request(struct trace *t, const struct args *args)
{
	const char *words[ANYGW_A_TRACE_MAX + 1] = {
		[ANYGW_A_TRACE_IFINDEX] = t->gw.ifname,
		[ANYGW_A_TRACE_SOURCE4] = args_get(args, "from"),
		[ANYGW_A_TRACE_SOURCE6] = args_get(args, "from"),
		[ANYGW_A_TRACE_DESTINATION4] = args_get(args, "to"),
		[ANYGW_A_TRACE_DESTINATION6] = args_get(args, "to"),
	};
	bool six = t->from.family == AF_INET6;
	struct nl_request req;

	genl_begin(&req, ANYGW_CMD_TRACE);
	mnl_attr_put_u32(req.nlh, ANYGW_A_TRACE_IFINDEX, t->gw.ifindex);
	mnl_attr_put(req.nlh, six ? ANYGW_A_TRACE_SOURCE6 :
				    ANYGW_A_TRACE_SOURCE4,
		     addr_bytes(&t->from), t->from.byte);
	mnl_attr_put(req.nlh, six ? ANYGW_A_TRACE_DESTINATION6 :
				    ANYGW_A_TRACE_DESTINATION4,
		     addr_bytes(&t->to), t->to.byte);
	return genl_talk(&req, trace_from_message, t, "trace the packet", words);
}

/* The port that a MAC is behind; fails for the bridge itself. */
static void find_port(const struct gw *gw, struct place *place)
{
	struct port port;
	uint32_t ifindex;

	if (!place->has_mac ||
	    neigh_port(gw->bridge, gw->vlan, place->mac, &ifindex) ||
	    port_read(ifindex, &port))
		return;
	place->has_port = true;
	place->role = port.role;
	memcpy(place->port, port.ifname, IFNAMSIZ);
}

static void find_vm(struct trace *t)
{
	t->vm.has_mac = !neigh_mac(t->gw.ifindex, &t->from, t->vm.mac);
	find_port(&t->gw, &t->vm);
}

/* A failed lookup is described by the module's reason. */
static void find_route(struct trace *t)
{
	struct route_query query = {
		.from = t->from,
		.to = t->to,
		.iif = t->gw.ifindex,
		.protocol = t->to.family == AF_INET ? IPPROTO_ICMP :
						      IPPROTO_ICMPV6,
	};

	if (t->exit || t->decision == ANYGW_TRACE_DECISION_LOCAL)
		t->has_route = !route_get(&query, &t->route);
}

static void find_name(struct trace *t)
{
	uint32_t ifindex = t->exit;
	struct link link;

	if (!ifindex && t->has_route && t->route.hops)
		ifindex = t->route.hop[0];
	if (ifindex && !link_get(ifindex, &link))
		memcpy(t->exit_name, link.ifname, IFNAMSIZ);
}

static void find_exit(struct trace *t)
{
	const struct gw *exit = trace_exit(t);

	if (t->decision == ANYGW_TRACE_DECISION_BRIDGE) {
		t->out.has_mac = true;
		memcpy(t->out.mac, t->gw.mac, MAC_LEN);
		find_port(&t->gw, &t->out);
	} else if (exit) {
		find_port(exit, &t->out);
	}
}

static int trace_parse(struct trace *t, const struct args *args)
{
	const char *from = args_get(args, "from");
	const char *to = args_get(args, "to");
	int rc;

	rc = value_device(args_get(args, "dev")) ?:
	     addr_parse_ip(from, &t->from) ?:
	     addr_parse_ip(to, &t->to);
	if (rc || t->from.family == t->to.family)
		return rc;
	return diag_usage("\"%s\" and \"%s\" are of different families", from,
			  to);
}

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

static void set_place(json_t *o, const struct place *place)
{
	char mac[MAC_TEXT];

	out_set(o, "mac", place->has_mac ?
		json_string(mac_text(place->mac, mac)) : json_null());
	out_set(o, "port", place->has_port ? json_string(place->port) :
					     json_null());
	out_set(o, "role", place->has_port ?
		json_string(name_of(&role_names, place->role)) : json_null());
}

static json_t *exit_json(const struct trace *t)
{
	bool bridged = t->decision == ANYGW_TRACE_DECISION_BRIDGE;
	json_t *o;

	if (!bridged && t->decision != ANYGW_TRACE_DECISION_ROUTE)
		return json_null();
	o = json_object();
	out_set(o, "ifname", json_string(bridged ? t->gw.bridge_name :
						   t->exit_name));
	set_place(o, &t->out);
	return o;
}

static json_t *vm_json(const struct place *vm)
{
	json_t *o;

	if (!vm->has_mac)
		return json_null();
	o = json_object();
	set_place(o, vm);
	return o;
}

static json_t *name_json(const struct names *names, unsigned int i, bool shown)
{
	return shown ? json_string(name_of(names, i)) : json_null();
}

static json_t *trace_json(const struct trace *t)
{
	bool observes = t->state == ANYGW_MODE_OBSERVE;
	bool routed = t->decision == ANYGW_TRACE_DECISION_ROUTE;
	json_t *o = json_object();
	char buf[ADDR_TEXT];

	out_set(o, "ifname", json_string(t->gw.ifname));
	out_set(o, "from", json_string(addr_ip_text(&t->from, buf)));
	out_set(o, "to", json_string(addr_ip_text(&t->to, buf)));
	out_set(o, "state", name_json(&mode_names, t->state, true));
	out_set(o, "decision", name_json(&decision_names, t->decision, true));
	out_set(o, "reason", name_json(&reason_names, t->reason, true));
	out_set(o, "active_decision",
		name_json(&decision_names, t->active_decision, observes));
	out_set(o, "active_reason",
		name_json(&reason_names, t->active_reason, observes));
	out_set(o, "vm", vm_json(&t->vm));
	out_set(o, "route", route_json(t));
	out_set(o, "neighbour", neighbour_json(t));
	out_set(o, "exit", exit_json(t));
	out_set(o, "path", routed ? json_string(trace_path(t)) : json_null());
	out_set(o, "path_reason", name_json(&path_names, t->path, routed &&
					    t->path != ANYGW_SLOW_REASON_NONE));
	out_set(o, "steps", trace_steps(t));
	return o;
}

static void print_text(json_t *o)
{
	const char *line = options.oneline ? "\\  " : "\n    ";
	json_t *step;
	size_t i;

	printf("%s: from %s to %s",
	       json_string_value(json_object_get(o, "ifname")),
	       json_string_value(json_object_get(o, "from")),
	       json_string_value(json_object_get(o, "to")));
	json_array_foreach(json_object_get(o, "steps"), i, step)
		printf("%s%-*s %s", line, options.oneline ? 0 : 10,
		       json_string_value(json_object_get(step, "step")),
		       json_string_value(json_object_get(step, "text")));
	printf("%s%-*s %s\n", line, options.oneline ? 0 : 10, "decision",
	       json_string_value(json_object_get(o, "decision")));
	json_decref(o);
}

int cmd_trace(const struct args *args)
{
	struct trace t = { 0 };
	int rc;

	rc = trace_parse(&t, args) ?:
	     genl_open() ?:
	     gw_read(args_get(args, "dev"), &t.gw) ?:
	     gws_read(&t.gws) ?:
	     trace_request(&t, args);
	if (!rc) {
		find_vm(&t);
		find_route(&t);
		find_name(&t);
		find_exit(&t);
		out_begin();
		if (options.json)
			out_object(trace_json(&t), NULL);
		else
			print_text(trace_json(&t));
		rc = out_end(0);
	}
	gws_free(&t.gws);
	gw_free(&t.gw);
	return rc;
}
