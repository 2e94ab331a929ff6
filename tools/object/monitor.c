// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl monitor: one line for each event.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/anygw.h>

#include "cli/array.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/signals.h"
#include "nl/genl.h"
#include "object/endpoint.h"
#include "object/gateway_cmd.h"
#include "object/peer.h"
#include "object/port.h"

static const struct out_key conflict_keys[] = {
	{ "ifname", "", OUT_NAME, ANYGW_A_CONFLICT_IFNAME, attr_text },
	{ "bridge", "bridge", 0, ANYGW_A_CONFLICT_BRIDGE_NAME, attr_text },
	{ "vlan", "vlan", 0, ANYGW_A_CONFLICT_VLAN, attr_number },
	{ "mac", "mac", 0, ANYGW_A_CONFLICT_MAC, attr_mac },
	{ "port", "port", 0, ANYGW_A_CONFLICT_PORT_NAME, attr_text },
	{ "reason", "reason", 0, ANYGW_A_CONFLICT_REASON, attr_text },
	{ "address", "address", 0, ANYGW_A_CONFLICT_ADDRESS, attr_ip },
	{ "owner", "owner", 0, ANYGW_A_CONFLICT_OWNER, attr_mac },
	{ "ifindex", "ifindex", OUT_DETAILS, ANYGW_A_CONFLICT_IFINDEX,
	  attr_index },
	{ "bridge_ifindex", "bridge_ifindex", OUT_DETAILS,
	  ANYGW_A_CONFLICT_BRIDGE, attr_index },
	{ "port_ifindex", "port_ifindex", OUT_DETAILS, ANYGW_A_CONFLICT_PORT,
	  attr_index },
	{ 0 },
};

static json_t *conflict_json(const struct nlmsghdr *nlh)
{
	return object_json(nlh, ANYGW_A_CONFLICT_MAX, conflict_keys);
}

static const struct object conflict_object = { conflict_json, conflict_keys };

static const struct event {
	uint8_t cmd;
	const char *filter;
	const char *name;
	const struct object *object;
} events[] = {
	{ ANYGW_CMD_GATEWAY_NEW_NTF, "gateway", "gateway-new",
	  &gateway_object },
	{ ANYGW_CMD_GATEWAY_DEL_NTF, "gateway", "gateway-del",
	  &gateway_object },
	{ ANYGW_CMD_GATEWAY_CHANGE_NTF, "gateway", "gateway-change",
	  &gateway_object },
	{ ANYGW_CMD_PORT_CHANGE_NTF, "port", "port-change", &port_object },
	{ ANYGW_CMD_CONFLICT_NTF, "conflict", "conflict", &conflict_object },
	{ ANYGW_CMD_ENDPOINT_NEW_NTF, "endpoint", "endpoint-new",
	  &endpoint_object },
	{ ANYGW_CMD_ENDPOINT_MOVE_NTF, "endpoint", "endpoint-move",
	  &endpoint_object },
	{ ANYGW_CMD_ENDPOINT_GONE_NTF, "endpoint", "endpoint-gone",
	  &endpoint_object },
	{ ANYGW_CMD_ENDPOINT_CHANGE_NTF, "endpoint", "endpoint-change",
	  &endpoint_object },
	{ ANYGW_CMD_PEER_NEW_NTF, "peer", "peer-new", &peer_object },
	{ ANYGW_CMD_PEER_GONE_NTF, "peer", "peer-gone", &peer_object },
	{ ANYGW_CMD_PEER_DIFFERS_NTF, "peer", "peer-differs", &peer_object },
};

static const struct event *event_of(uint8_t cmd)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].cmd == cmd)
			return &events[i];
	return NULL;
}

/* An event that cannot be read is reported; the next one may be readable. */
static int monitor_event(const struct nlmsghdr *nlh, void *filter)
{
	const struct event *event;
	json_t *body;
	json_t *o;

	if (!genl_is_event(nlh))
		return MNL_CB_OK;
	event = event_of(genl_cmd(nlh));
	if (!event || (filter && strcmp(filter, event->filter)))
		return MNL_CB_OK;
	body = event->object->json(nlh);
	if (!body) {
		diag_refused("Cannot read an event %s", event->name);
		return MNL_CB_OK;
	}
	o = json_object();
	out_set(o, "event", json_string(event->name));
	json_object_update(o, body);
	json_decref(body);
	out_event(o, event->object->keys);
	return MNL_CB_OK;
}

static int monitor_recv(struct nl_sock *nl, void *filter)
{
	char buf[NL_BUF] __attribute__((aligned(8)));
	int len = mnl_socket_recvfrom(nl->sk, buf, sizeof(buf));

	if (len < 0 && errno == ENOBUFS) {
		diag_warn("events came faster than they were read, and some were lost");
		return 0;
	}
	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (len < 0)
		return diag_refused("Cannot read events: %s", strerror(errno));
	mnl_cb_run(buf, len, 0, 0, monitor_event, filter);
	return ferror(stdout) ? RC_REFUSED : 0;
}

static int monitor_loop(struct nl_sock *nl, int signals, void *filter)
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
			rc = monitor_recv(nl, filter);
	}
	return rc;
}

int cmd_monitor(const struct args *args)
{
	const char *filter = args->n ? args->arg[0].value : NULL;
	struct nl_sock nl = { 0 };
	int signals;
	int rc;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signals = signals_open();
	if (signals < 0)
		return RC_REFUSED;
	rc = genl_join(&nl);
	if (!rc)
		rc = monitor_loop(&nl, signals, (void *)filter);
	nl_sock_close(&nl);
	close(signals);
	return rc;
}
