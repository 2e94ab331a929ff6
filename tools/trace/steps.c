// SPDX-License-Identifier: GPL-2.0
/*
 * The trace of a packet: one step for each decision.
 */
#include <assert.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/array.h"
#include "cli/out.h"
#include "nl/neigh.h"
#include "trace/steps.h"

#define SENTENCE	256

__attribute__((format(printf, 4, 5)))
static void add_step(json_t *steps, const char *name, const char *result,
		     const char *fmt, ...)
{
	json_t *o = json_object();
	char text[SENTENCE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	out_set(o, "step", json_string(name));
	out_set(o, "result", json_string(result));
	out_set(o, "text", json_string(text));
	json_array_append_new(steps, o);
}

__attribute__((format(printf, 2, 3)))
static const char *print(char *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, SENTENCE, fmt, ap);
	va_end(ap);
	return buf;
}

static const char *family_name(const struct trace *t)
{
	return t->to.family == AF_INET ? "IPv4" : "IPv6";
}

/* The reason as half a sentence, for what is in force or would be if active */
static const char *why(const struct trace *t, unsigned int reason, char *buf)
{
	const char *name = t->gw.ifname;
	char ip[ADDR_TEXT];

	switch (reason) {
	case ANYGW_TRACE_REASON_ROUTED:
		return "there is a route";
	case ANYGW_TRACE_REASON_LOCAL:
		return "the destination is this host";
	case ANYGW_TRACE_REASON_OBSERVE:
		return print(buf, "%s only observes", name);
	case ANYGW_TRACE_REASON_STANDBY:
		return print(buf, "%s is on standby", name);
	case ANYGW_TRACE_REASON_DOWN:
		return print(buf, "%s is down", name);
	case ANYGW_TRACE_REASON_VLAN_MISMATCH:
		return print(buf,
			     "%s is on standby, since VLAN filtering of %s was changed",
			     name, t->gw.bridge_name);
	case ANYGW_TRACE_REASON_NO_ROUTE:
		return print(buf, "there is no route to %s",
			     addr_ip_text(&t->to, ip));
	case ANYGW_TRACE_REASON_UNREACHABLE:
		return print(buf, "the route to %s is of type unreachable",
			     addr_ip_text(&t->to, ip));
	case ANYGW_TRACE_REASON_NOT_FORWARDED:
		if (t->to.family == AF_INET6)
			return "this host does not forward IPv6 (net.ipv6.conf.all.forwarding)";
		return print(buf,
			     "%s does not forward IPv4 (net.ipv4.conf.%s.forwarding)",
			     name, name);
	case ANYGW_TRACE_REASON_NO_CARRIER:
		return print(buf, "the egress device %s has no carrier",
			     t->exit_name);
	case ANYGW_TRACE_REASON_NEIGHBOUR_FAILED:
		return print(buf, "the next hop %s does not answer",
			     addr_ip_text(&t->hop, ip));
	case ANYGW_TRACE_REASON_BLACKHOLE:
		return "a blackhole route or rule matches";
	case ANYGW_TRACE_REASON_PROHIBIT:
		return "a prohibit route or rule matches";
	case ANYGW_TRACE_REASON_REFUSED:
		return print(buf,
			     "the stack accepts no packet from %s on %s: reverse path filter, or an address of this host",
			     addr_ip_text(&t->from, ip), name);
	case ANYGW_TRACE_REASON_NO_PROTOCOL:
		return print(buf, "%s is disabled on %s", family_name(t), name);
	default:
		return "the reason is unknown to this tool";
	}
}

static const char *dropped(const struct trace *t)
{
	switch (t->reason) {
	case ANYGW_TRACE_REASON_NO_ROUTE:
	case ANYGW_TRACE_REASON_UNREACHABLE:
	case ANYGW_TRACE_REASON_PROHIBIT:
		return "dropped with an ICMP error";
	case ANYGW_TRACE_REASON_NO_CARRIER:
	case ANYGW_TRACE_REASON_NEIGHBOUR_FAILED:
		return "dropped";
	default:
		return "silently discarded";
	}
}

static const char *gw_place(const struct gw *gw, char *buf, size_t len)
{
	if (gw->vlan)
		snprintf(buf, len, "VLAN %u of %s", gw->vlan, gw->bridge_name);
	else
		snprintf(buf, len, "%s", gw->bridge_name);
	return buf;
}

static void step_gateway(json_t *steps, const struct trace *t)
{
	char buf[SENTENCE], place[48];

	snprintf(buf, sizeof(buf), "%s is active", t->gw.ifname);
	add_step(steps, "gateway", name_of(&mode_names, t->state),
		 "%s, in %s%s%s",
		 t->state == ANYGW_MODE_ACTIVE ? buf : why(t, t->reason, buf),
		 gw_place(&t->gw, place, sizeof(place)),
		 *t->gw.vrf ? ", VRF " : "", t->gw.vrf);
}

static void step_source(json_t *steps, const struct trace *t)
{
	const struct addr *net = addrs_subnet(&t->gw.addrs, &t->from);
	const struct gw *other = NULL;
	char ip[ADDR_TEXT], own[ADDR_TEXT];

	addr_ip_text(&t->from, ip);
	if (net && addr_same(net, &t->from)) {
		add_step(steps, "source", "gateway",
			 "%s is an address of %s itself", ip, t->gw.ifname);
		return;
	}
	if (net) {
		add_step(steps, "source", "here",
			 "%s is in the subnet of %s, which is %s", ip,
			 t->gw.ifname, addr_text(net, own));
		return;
	}
	for (size_t i = 0; i < t->gws.n && !other; i++)
		if (addrs_subnet(&t->gws.gw[i].addrs, &t->from) &&
		    !strcmp(t->gws.gw[i].vrf, t->gw.vrf))
			other = &t->gws.gw[i];
	if (other)
		add_step(steps, "source", "elsewhere",
			 "%s is in a subnet of %s, not of %s: its VM would send to %s",
			 ip, other->ifname, t->gw.ifname, other->ifname);
	else
		add_step(steps, "source", "nowhere",
			 "%s is in no subnet of a gateway here", ip);
}

static void step_vm(json_t *steps, const struct trace *t)
{
	const struct place *vm = &t->vm;
	char mac[MAC_TEXT];

	mac_text(vm->mac, mac);
	if (!vm->has_mac)
		add_step(steps, "vm", "unknown", "its MAC is unknown");
	else if (!vm->has_port)
		add_step(steps, "vm", "unknown", "%s, not in the FDB of %s",
			 mac, t->gw.bridge_name);
	else if (vm->role == ANYGW_PORT_ROLE_ACCESS)
		add_step(steps, "vm", "access", "%s behind access port %s", mac,
			 vm->port);
	else
		add_step(steps, "vm", "fabric",
			 "%s behind fabric port %s: not on this host, but traced as if it were",
			 mac, vm->port);
}

static void step_capture(json_t *steps, const struct trace *t)
{
	bool fallback = t->gw.sw[GW_FALLBACK] > 0;
	char buf[SENTENCE], active[SENTENCE];

	why(t, t->reason, buf);
	if (t->state == ANYGW_MODE_OBSERVE) {
		add_step(steps, "capture", "bridged", "bridged unchanged: %s",
			 buf);
		add_step(steps, "active",
			 name_of(&decision_names, t->active_decision),
			 "if it were active: %s, %s",
			 name_of(&decision_names, t->active_decision),
			 why(t, t->active_reason, active));
	} else if (t->decision == ANYGW_TRACE_DECISION_BRIDGE) {
		add_step(steps, "capture", "bridged",
			 "bridged unchanged: %s, and fallback is on", buf);
	} else if (t->state != ANYGW_MODE_ACTIVE) {
		add_step(steps, "capture", "dropped",
			 "dropped at the bridge: %s, and fallback is off", buf);
	} else {
		add_step(steps, "capture", "captured",
			 fallback ?
			 "captured: no reason for fallback" :
			 "captured: fallback is off");
	}
}

static const char *table_name(uint32_t table, char *buf, size_t len)
{
	switch (table) {
	case RT_TABLE_MAIN:
		return "main";
	case RT_TABLE_LOCAL:
		return "local";
	case RT_TABLE_DEFAULT:
		return "default";
	}
	snprintf(buf, len, "%u", table);
	return buf;
}

const char *trace_prefix(const struct trace *t, char *buf)
{
	if (!t->route.dst.family)
		return "default";
	return addr_text(&t->route.dst, buf);
}

static void step_route(json_t *steps, const struct trace *t)
{
	char prefix[ADDR_TEXT + 32] = "a route", table[16];
	char ip[ADDR_TEXT], buf[SENTENCE];

	if (t->decision == ANYGW_TRACE_DECISION_LOCAL) {
		add_step(steps, "route", "local",
			 "%s is an address of this host%s%s",
			 addr_ip_text(&t->to, ip), *t->exit_name ? ", on " : "",
			 t->exit_name);
		return;
	}
	if (!t->exit) {
		add_step(steps, "route", name_of(&reason_names, t->reason),
			 "%s", why(t, t->reason, buf));
		return;
	}
	if (t->has_route)
		snprintf(prefix, sizeof(prefix), "%s of table %s",
			 trace_prefix(t, ip),
			 table_name(t->route.table, table, sizeof(table)));
	if (addr_same(&t->hop, &t->to))
		add_step(steps, "route", "found", "%s, on-link dev %s", prefix,
			 t->exit_name);
	else
		add_step(steps, "route", "found", "%s, via %s dev %s", prefix,
			 addr_ip_text(&t->hop, ip), t->exit_name);
}

static void step_neighbour(json_t *steps, const struct trace *t)
{
	const char *state = t->has_neigh ? neigh_state(t->nud) : "none";
	char ip[ADDR_TEXT], mac[MAC_TEXT];

	addr_ip_text(&t->hop, ip);
	if (t->reason == ANYGW_TRACE_REASON_NO_CARRIER)
		add_step(steps, "neighbour", state,
			 "%s is not resolved: %s has no carrier", ip,
			 t->exit_name);
	else if (t->reason == ANYGW_TRACE_REASON_NEIGHBOUR_FAILED)
		add_step(steps, "neighbour", state, "%s does not answer%s", ip,
			 t->decision == ANYGW_TRACE_DECISION_BRIDGE ?
			 "" :
			 "; it is resolved once more, and failure causes an ICMP error");
	else if (t->out.has_mac)
		add_step(steps, "neighbour", state, "%s is %s, %s", ip,
			 mac_text(t->out.mac, mac), state);
	else if (t->has_neigh && t->nud & NUD_NOARP)
		add_step(steps, "neighbour", state, "%s needs no MAC on %s", ip,
			 t->exit_name);
	else
		add_step(steps, "neighbour", state,
			 "%s is not resolved yet: the packet is queued meanwhile",
			 ip);
}

static void step_bridged(json_t *steps, const struct trace *t)
{
	char mac[MAC_TEXT];

	mac_text(t->gw.mac, mac);
	if (t->out.has_port)
		add_step(steps, "exit", t->out.port,
			 "by %s port %s of %s, the FDB entry of %s",
			 name_of(&role_names, t->out.role), t->out.port,
			 t->gw.bridge_name, mac);
	else
		add_step(steps, "exit", "flooded",
			 "flooded by %s, without an FDB entry of %s",
			 t->gw.bridge_name, mac);
}

const struct gw *trace_exit(const struct trace *t)
{
	return gws_find(&t->gws, t->exit);
}

static void step_exit(json_t *steps, const struct trace *t)
{
	const struct gw *exit = trace_exit(t);
	char place[48];

	if (!exit) {
		add_step(steps, "exit", t->exit_name, "by %s", t->exit_name);
		return;
	}
	gw_place(exit, place, sizeof(place));
	if (!t->out.has_mac)
		add_step(steps, "exit", t->exit_name,
			 "by %s into %s; the port is unknown until the neighbour answers",
			 t->exit_name, place);
	else if (!t->out.has_port)
		add_step(steps, "exit", t->exit_name,
			 "by %s into %s, flooded: the neighbour has no FDB entry",
			 t->exit_name, place);
	else
		add_step(steps, "exit", t->exit_name,
			 "by %s into %s, to %s port %s", t->exit_name, place,
			 name_of(&role_names, t->out.role), t->out.port);
}

/* By enum anygw_slow_reason */
static const char *const obstacles[] = {
	NULL,
	"fastpath is off",
	"a chain of the bridge family sees local input",
	"a prerouting chain sees the packet",
	"a forward chain sees the packet",
	"there are IPsec policies",
	"there is a packet socket on a gateway or the bridge",
	"there is a clsact or ingress qdisc on a gateway or the bridge",
	"there is an XDP program on a gateway or the bridge",
	"there is a queueing discipline on a gateway or the bridge",
	"a chain of the netdev family sees the packet",
	"an upper device takes the gateway's packets",
	"a VRF sees the packet",
	"the host is a proxy for IPv6 neighbours (proxy_ndp)",
	"policy rules match more than addresses, marks and type of service",
	"the route has several next hops",
	"ingress and egress device are the same",
	"the next hop has no valid neighbour entry",
	"the route is not a plain one",
};

const char *trace_path(const struct trace *t)
{
	return t->path == ANYGW_SLOW_REASON_NONE ? "fast" : "full";
}

static void step_path(json_t *steps, const struct trace *t)
{
	const char *path = trace_path(t);

	static_assert(ARRAY_SIZE(obstacles) == ANYGW_SLOW_REASON_ROUTE + 1,
		      "a text for each path");
	if (t->path == ANYGW_SLOW_REASON_NONE)
		add_step(steps, "path", path, "%s: bypasses the kernel's stack",
			 path);
	else
		add_step(steps, "path", path,
			 "%s: through the kernel's stack (%s)", path,
			 t->path < ARRAY_SIZE(obstacles) ?
			 obstacles[t->path] : "unknown reason");
}

json_t *trace_steps(const struct trace *t)
{
	bool observes = t->state == ANYGW_MODE_OBSERVE;
	json_t *steps = json_array();
	char buf[SENTENCE];

	step_gateway(steps, t);
	step_source(steps, t);
	step_vm(steps, t);
	step_capture(steps, t);
	if (t->state == ANYGW_MODE_ACTIVE)
		step_route(steps, t);
	if (t->exit && !observes)
		step_neighbour(steps, t);
	if (t->decision == ANYGW_TRACE_DECISION_BRIDGE)
		step_bridged(steps, t);
	else if (t->decision == ANYGW_TRACE_DECISION_DROP)
		add_step(steps, "drop", name_of(&reason_names, t->reason),
			 "%s: %s", dropped(t), why(t, t->reason, buf));
	else if (t->decision == ANYGW_TRACE_DECISION_ROUTE)
		step_exit(steps, t);
	if (t->decision == ANYGW_TRACE_DECISION_ROUTE)
		step_path(steps, t);
	return steps;
}
