// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl monitor: events as they come, one line each.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/out.h"
#include "nl/genl.h"
#include "object/endpoint.h"
#include "object/gateway.h"
#include "object/monitor.h"
#include "object/peer.h"
#include "object/port.h"

static const struct out_key conflict_keys[] = {
	{ "ifname", "", OUT_NAME },
	{ "bridge", "bridge", 0 },
	{ "vlan", "vlan", 0 },
	{ "mac", "mac", 0 },
	{ "port", "port", 0 },
	{ "reason", "reason", 0 },
	{ "address", "address", 0 },
	{ "owner", "owner", 0 },
	{ "ifindex", "ifindex", 0 },
	{ "bridge_ifindex", "bridge_ifindex", 0 },
	{ "port_ifindex", "port_ifindex", 0 },
	{ 0 },
};

static json_t *gateway_json(const struct nlmsghdr *nlh)
{
	json_t *o = NULL;
	struct gw gw;

	/* The event may be the last of a device: what is gone is empty. */
	if (!gw_from_message(nlh, &gw) && !gw_add_links(&gw))
		o = gw_json(&gw);
	gw_free(&gw);
	return o;
}

static json_t *port_event_json(const struct nlmsghdr *nlh)
{
	struct port port;

	return port_from_message(nlh, &port) ? NULL : port_json(&port);
}

static json_t *peer_event_json(const struct nlmsghdr *nlh)
{
	struct peer peer;

	return peer_from_message(nlh, &peer) ? NULL : peer_json(&peer);
}

static json_t *text_json(const struct nlattr *attr)
{
	return attr ? json_string(mnl_attr_get_str(attr)) : json_null();
}

static json_t *index_json(const struct nlattr *attr)
{
	return attr ? json_integer(mnl_attr_get_u32(attr)) : json_null();
}

static json_t *mac_json(const struct nlattr *attr)
{
	char buf[MAC_TEXT];

	if (!attr || mnl_attr_get_payload_len(attr) != MAC_LEN)
		return json_null();
	return json_string(mac_text(mnl_attr_get_payload(attr), buf));
}

static json_t *conflict_json(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[ANYGW_A_CONFLICT_MAX + 1];
	const struct nlattr *vlan;
	json_t *o;

	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_CONFLICT_MAX))
		return NULL;
	vlan = tb[ANYGW_A_CONFLICT_VLAN];
	o = json_object();
	out_set(o, "ifname", text_json(tb[ANYGW_A_CONFLICT_IFNAME]));
	out_set(o, "bridge", text_json(tb[ANYGW_A_CONFLICT_BRIDGE_NAME]));
	out_set(o, "vlan", json_integer(vlan ? mnl_attr_get_u16(vlan) : 0));
	out_set(o, "mac", mac_json(tb[ANYGW_A_CONFLICT_MAC]));
	out_set(o, "port", text_json(tb[ANYGW_A_CONFLICT_PORT_NAME]));
	out_set(o, "reason", text_json(tb[ANYGW_A_CONFLICT_REASON]));
	out_set(o, "address",
		endpoint_address_json(tb[ANYGW_A_CONFLICT_ADDRESS]));
	out_set(o, "owner", mac_json(tb[ANYGW_A_CONFLICT_OWNER]));
	if (options.details) {
		out_set(o, "ifindex", index_json(tb[ANYGW_A_CONFLICT_IFINDEX]));
		out_set(o, "bridge_ifindex",
			index_json(tb[ANYGW_A_CONFLICT_BRIDGE]));
		out_set(o, "port_ifindex",
			index_json(tb[ANYGW_A_CONFLICT_PORT]));
	}
	return o;
}

static const struct event {
	uint8_t cmd;
	const char *filter;
	const char *name;
	json_t *(*json)(const struct nlmsghdr *nlh);
	const struct out_key *keys;
} events[] = {
	{ ANYGW_CMD_GATEWAY_NEW_NTF, "gateway", "gateway-new", gateway_json,
	  gw_keys },
	{ ANYGW_CMD_GATEWAY_DEL_NTF, "gateway", "gateway-del", gateway_json,
	  gw_keys },
	{ ANYGW_CMD_GATEWAY_CHANGE_NTF, "gateway", "gateway-change",
	  gateway_json, gw_keys },
	{ ANYGW_CMD_PORT_CHANGE_NTF, "port", "port-change", port_event_json,
	  port_keys },
	{ ANYGW_CMD_CONFLICT_NTF, "conflict", "conflict", conflict_json,
	  conflict_keys },
	{ ANYGW_CMD_ENDPOINT_NEW_NTF, "endpoint", "endpoint-new",
	  endpoint_json, endpoint_keys },
	{ ANYGW_CMD_ENDPOINT_MOVE_NTF, "endpoint", "endpoint-move",
	  endpoint_json, endpoint_keys },
	{ ANYGW_CMD_ENDPOINT_GONE_NTF, "endpoint", "endpoint-gone",
	  endpoint_json, endpoint_keys },
	{ ANYGW_CMD_ENDPOINT_CHANGE_NTF, "endpoint", "endpoint-change",
	  endpoint_json, endpoint_keys },
	{ ANYGW_CMD_PEER_NEW_NTF, "peer", "peer-new", peer_event_json,
	  peer_keys },
	{ ANYGW_CMD_PEER_GONE_NTF, "peer", "peer-gone", peer_event_json,
	  peer_keys },
	{ ANYGW_CMD_PEER_DIFFERS_NTF, "peer", "peer-differs", peer_event_json,
	  peer_keys },
};

static const struct event *event_of(uint8_t cmd)
{
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i].cmd == cmd)
			return &events[i];
	return NULL;
}

static int show_event(const struct nlmsghdr *nlh, const char *filter)
{
	const struct event *event;
	json_t *body;
	json_t *o;

	if (!genl_is_event(nlh))
		return 0;
	event = event_of(genl_cmd(nlh));
	if (!event || (filter && strcmp(filter, event->filter)))
		return 0;
	body = event->json(nlh);
	if (!body)
		return diag_refused("Cannot read an event %s", event->name);
	o = json_object();
	out_set(o, "event", json_string(event->name));
	json_object_update(o, body);
	json_decref(body);
	out_event(o, event->keys);
	return 0;
}

static int hear(struct nl_sock *nl, const char *filter)
{
	char buf[32768] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	int len = mnl_socket_recvfrom(nl->sk, buf, sizeof(buf));

	if (len < 0 && errno == ENOBUFS) {
		diag_warn("events came too fast, and some were lost");
		return 0;
	}
	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (len < 0)
		return diag_refused("Cannot read events: %s", strerror(errno));
	for (; len > 0 && mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		/* An event that cannot be read was named; the next may be. */
		show_event(nlh, filter);
	return ferror(stdout) ? RC_REFUSED : 0;
}

/**
 * monitor_signals() - have SIGINT and SIGTERM come in by a descriptor
 *
 * So none falls between two calls.
 *
 * Return: the descriptor, -1 after a failure.
 */
int monitor_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int hear_until_stopped(struct nl_sock *nl, int signals,
			      const char *filter)
{
	struct pollfd fds[] = {
		{ .fd = mnl_socket_get_fd(nl->sk), .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int rc = 0;

	while (!rc) {
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return diag_refused("Cannot wait for events: %s",
					    strerror(errno));
		}
		if (fds[1].revents)
			return 0;
		if (fds[0].revents)
			rc = hear(nl, filter);
	}
	return rc;
}

/**
 * cmd_monitor() - "monitor"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_monitor(const struct args *args)
{
	const char *filter = args->n ? args->arg[0].value : NULL;
	struct nl_sock nl = { 0 };
	int signals;
	int rc;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signals = monitor_signals();
	if (signals < 0)
		return diag_refused("Cannot wait for signals: %s",
				    strerror(errno));
	rc = genl_join(&nl);
	if (!rc)
		rc = hear_until_stopped(&nl, signals, filter);
	if (nl.sk)
		mnl_socket_close(nl.sk);
	close(signals);
	return rc;
}
