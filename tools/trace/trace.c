// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl trace: what becomes of a packet. The module decides, with the code
 * that decides about real packets; the names around it are looked up here.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "cli/diag.h"
#include "nl/genl.h"
#include "nl/neigh.h"
#include "nl/rtnl.h"
#include "object/port.h"
#include "trace/steps.h"
#include "trace/trace.h"

static unsigned int number(const struct nlattr *attr)
{
	return attr ? mnl_attr_get_u8(attr) : 0;
}

static void take_hop(struct trace *t, int family, const struct nlattr *attr)
{
	if (!attr)
		return;
	t->hop.family = family;
	t->hop.len = 8 * addr_bytes(&t->hop);
	if (mnl_attr_get_payload_len(attr) == addr_bytes(&t->hop))
		memcpy(t->hop.byte, mnl_attr_get_payload(attr),
		       addr_bytes(&t->hop));
}

static int read_fate(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[ANYGW_A_TRACE_MAX + 1];
	const struct nlattr *mac;
	struct trace *t = data;

	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_TRACE_MAX))
		return -EBADMSG;
	t->state = number(tb[ANYGW_A_TRACE_STATE]);
	t->decision = number(tb[ANYGW_A_TRACE_DECISION]);
	t->reason = number(tb[ANYGW_A_TRACE_REASON]);
	t->path = number(tb[ANYGW_A_TRACE_SLOW_REASON]);
	t->active_decision = number(tb[ANYGW_A_TRACE_ACTIVE_DECISION]);
	t->active_reason = number(tb[ANYGW_A_TRACE_ACTIVE_REASON]);
	if (tb[ANYGW_A_TRACE_EXIT])
		t->exit = mnl_attr_get_u32(tb[ANYGW_A_TRACE_EXIT]);
	take_hop(t, AF_INET, tb[ANYGW_A_TRACE_NEXTHOP4]);
	take_hop(t, AF_INET6, tb[ANYGW_A_TRACE_NEXTHOP6]);
	t->has_neigh = tb[ANYGW_A_TRACE_NEIGHBOUR_STATE];
	if (t->has_neigh)
		t->nud = mnl_attr_get_u16(tb[ANYGW_A_TRACE_NEIGHBOUR_STATE]);
	mac = tb[ANYGW_A_TRACE_NEIGHBOUR_MAC];
	t->out.has_mac = mac && mnl_attr_get_payload_len(mac) == MAC_LEN;
	if (t->out.has_mac)
		memcpy(t->out.mac, mnl_attr_get_payload(mac), MAC_LEN);
	return 0;
}

static int ask(struct trace *t, const struct args *args)
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
	return genl_talk(&req, read_fate, t, "trace the packet", words);
}

/* Behind which port a MAC is. The bridge itself is none. */
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

/* Of the lookups that failed, the module's reason says all there is. */
static void find_route(struct trace *t)
{
	struct route_ask ask = {
		.from = t->from,
		.to = t->to,
		.iif = t->gw.ifindex,
		.protocol = t->to.family == AF_INET ? IPPROTO_ICMP :
						      IPPROTO_ICMPV6,
	};

	if (t->exit || t->decision == ANYGW_TRACE_DECISION_LOCAL)
		t->has_route = !route_get(&ask, &t->route);
}

static void find_name(struct trace *t)
{
	uint32_t ifindex = t->exit;
	struct link link;

	if (!ifindex && t->has_route && t->route.hops)
		ifindex = t->route.hop[0];
	if (ifindex && !rtnl_link(ifindex, &link))
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

static int parse(struct trace *t, const struct args *args)
{
	const char *from = args_get(args, "from");
	const char *to = args_get(args, "to");
	int rc;

	rc = value_device(args_get(args, "dev"));
	if (!rc)
		rc = addr_parse_ip(from, &t->from);
	if (!rc)
		rc = addr_parse_ip(to, &t->to);
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

static json_t *trace_json(const struct trace *t)
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
		t->path != ANYGW_SLOW_REASON_NONE ?
		json_string(name_of(path_names, PATHS, t->path)) : json_null());
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

/**
 * cmd_trace() - "trace"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_trace(const struct args *args)
{
	struct trace t = { 0 };
	int rc;

	rc = parse(&t, args);
	if (!rc)
		rc = genl_open();
	if (!rc)
		rc = gw_read(args_get(args, "dev"), &t.gw);
	if (!rc)
		rc = gws_read(&t.gws);
	if (!rc)
		rc = ask(&t, args);
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
