// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl metrics: settings and counters in the text of OpenMetrics 1.0.
 */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/diag.h"
#include "cli/out.h"
#include "cli/value.h"
#include "nl/genl.h"
#include "object/endpoint.h"
#include "object/gateway.h"
#include "object/host.h"
#include "object/metrics.h"
#include "object/peer.h"
#include "object/port.h"
#include "object/stats.h"

/**
 * struct family - a family of metrics made from a counter
 * @key: the counter, as the tool's own JSON names it
 * @name: what the family is called, after "anygw_gateway_" or "anygw_port_"
 * @unit: the end of @name when that is a unit, or NULL
 * @help: one sentence
 */
struct family {
	const char *key;
	const char *name;
	const char *unit;
	const char *help;
};

static const struct family families[] = {
	{ "captured", "captured_frames", "frames",
	  "Frames from access ports taken to the gateway device" },
	{ "fastpath", "fastpath_frames", "frames",
	  "Captured frames that took the fast path" },
	{ "fallback", "fallback_frames", "frames",
	  "Frames bridged on to the real router" },
	{ "answered", "answered_frames", "frames",
	  "Questions for a gateway address handed to the gateway" },
	{ "announced", "announced_frames", "frames",
	  "Announcements sent to VMs and, of VMs, to the fabric" },
	{ "translated", "translated_frames", "frames",
	  "Frames translated between vMAC and host MAC" },
	{ "learned", "learned", NULL, "VMs that appeared on an access port" },
	{ "conflicts", "conflicts", NULL,
	  "Frames from the fabric that contest the gateway, and addresses of VMs found in two places" },
	{ "overlimit", "overlimit_frames", "frames",
	  "Frames of VMs for which the limits of endpoints left no room" },
};

#define FAMILIES	(sizeof(families) / sizeof(families[0]))

/**
 * struct kind - a kind of object that has metrics
 * @name: what its families begin with
 * @labels: keys that tell one object from another, and stand at each counter
 * @info: further keys, for the family that says the settings
 * @list: the objects
 */
struct kind {
	const char *name;
	const char *const *labels;
	const char *const *info;
	json_t *list;
};

static const char *const gw_labels[] = { "ifname", "bridge", "vlan", NULL };
static const char *const gw_info[] = {
	"mac", "mode", "coexist", "fallback", "fastpath", "vrf", NULL,
};
static const char *const port_labels[] = { "ifname", "bridge", NULL };
static const char *const port_info[] = { "role", "configured", NULL };
static const char *const peer_labels[] = { "mac", "bridge", "vlan", NULL };
static const char *const host_labels[] = { NULL };
static const char *const host_info[] = { "mac", "source", "beacon", NULL };

static void put_text(const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '\\':
			fputs("\\\\", stdout);
			break;
		case '"':
			fputs("\\\"", stdout);
			break;
		case '\n':
			fputs("\\n", stdout);
			break;
		default:
			putchar(*text);
		}
}

static void put_label(const char *key, const json_t *value, bool *some)
{
	printf("%c%s=\"", *some ? ',' : '{', key);
	*some = true;
	if (json_is_string(value))
		put_text(json_string_value(value));
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		fputs(switch_names[json_is_true(value)], stdout);
	putchar('"');
}

static void put_labels(const json_t *object, const char *const *keys,
		       bool *some)
{
	for (; *keys; keys++)
		put_label(*keys, json_object_get(object, *keys), some);
}

static void put_family(const char *kind, const char *name, const char *type,
		       const char *unit, const char *help)
{
	printf("# TYPE anygw_%s%s %s\n", kind, name, type);
	if (unit)
		printf("# UNIT anygw_%s%s %s\n", kind, name, unit);
	printf("# HELP anygw_%s%s %s.\n", kind, name, help);
}

static void put_info(const struct kind *kind)
{
	put_family(kind->name, "", "info", NULL, "Settings");
	for (size_t i = 0; i < json_array_size(kind->list); i++) {
		const json_t *object = json_array_get(kind->list, i);
		bool some = false;

		printf("anygw_%s_info", kind->name);
		put_labels(object, kind->labels, &some);
		put_labels(object, kind->info, &some);
		puts("} 1");
	}
}

static void put_states(const struct kind *kind)
{
	put_family(kind->name, "_state", "stateset", NULL,
		   "The mode in force");
	for (size_t i = 0; i < json_array_size(kind->list); i++) {
		const json_t *object = json_array_get(kind->list, i);
		const char *state = json_string_value(
			json_object_get(object, "state"));

		for (int m = 0; state && m < MODES; m++) {
			bool some = false;

			printf("anygw_%s_state", kind->name);
			put_labels(object, kind->labels, &some);
			printf(",anygw_%s_state=\"%s\"} %d\n", kind->name,
			       mode_names[m], !strcmp(mode_names[m], state));
		}
	}
}

static void put_counter(const struct kind *kind, const struct family *family)
{
	char name[64];

	snprintf(name, sizeof(name), "_%s", family->name);
	put_family(kind->name, name, "counter", family->unit, family->help);
	for (size_t i = 0; i < json_array_size(kind->list); i++) {
		const json_t *object = json_array_get(kind->list, i);
		const json_t *stats = json_object_get(object, "stats");
		bool some = false;

		printf("anygw_%s%s_total", kind->name, name);
		put_labels(object, kind->labels, &some);
		printf("} %" JSON_INTEGER_FORMAT "\n",
		       json_integer_value(json_object_get(stats,
							  family->key)));
	}
}

/* A reason that has not occurred yet has no sample. */
static void put_drops(const struct kind *kind)
{
	put_family(kind->name, "_dropped_frames", "counter", "frames",
		   "Frames dropped, by reason");
	for (size_t i = 0; i < json_array_size(kind->list); i++) {
		json_t *object = json_array_get(kind->list, i);
		json_t *drops = json_object_get(json_object_get(object,
								"stats"),
						"drops");
		const char *reason;
		json_t *count;

		json_object_foreach(drops, reason, count) {
			bool some = false;

			printf("anygw_%s_dropped_frames_total", kind->name);
			put_labels(object, kind->labels, &some);
			printf(",reason=\"");
			put_text(reason);
			printf("\"} %" JSON_INTEGER_FORMAT "\n",
			       json_integer_value(count));
		}
	}
}

/* @counts: by the name of the object */
static void put_endpoints(const struct kind *kind, const json_t *counts)
{
	put_family(kind->name, "_endpoints", "gauge", NULL,
		   "VMs that are known now");
	for (size_t i = 0; i < json_array_size(kind->list); i++) {
		const json_t *object = json_array_get(kind->list, i);
		const char *name = json_string_value(
			json_object_get(object, "ifname"));
		bool some = false;

		printf("anygw_%s_endpoints", kind->name);
		put_labels(object, kind->labels, &some);
		printf("} %" JSON_INTEGER_FORMAT "\n",
		       json_integer_value(json_object_get(counts, name)));
	}
}

static void put_differences(const json_t *peers)
{
	put_family("peer", "_differences", "gauge", NULL,
		   "Settings that another host has in another way");
	for (size_t i = 0; i < json_array_size(peers); i++) {
		const json_t *peer = json_array_get(peers, i);
		bool some = false;

		printf("anygw_peer_differences");
		put_labels(peer, peer_labels, &some);
		printf("} %zu\n", json_array_size(
			json_object_get(peer, "differs")));
	}
}

static void put_counters(const struct kind *kind)
{
	for (size_t i = 0; i < FAMILIES; i++)
		put_counter(kind, &families[i]);
	put_drops(kind);
}

/* A name of bytes that are no text would make all of it unreadable. */
static bool is_readable(json_t *object)
{
	if (json_is_string(json_object_get(object, "ifname")))
		return true;
	diag_warn("a device whose name is not UTF-8 is left out");
	json_decref(object);
	return false;
}

static int read_gateway(const struct nlmsghdr *nlh, void *data)
{
	json_t *list = data;
	struct gw gw;
	json_t *o;

	if (gw_from_message(nlh, &gw))
		return -EBADMSG;
	o = gw_add_links(&gw) ? NULL : gw_json(&gw);
	gw_free(&gw);
	if (!o)
		return -EIO;
	if (is_readable(o))
		json_array_append_new(list, o);
	return 0;
}

static int read_port(const struct nlmsghdr *nlh, void *data)
{
	json_t *list = data;
	struct port port;
	json_t *o;

	if (port_from_message(nlh, &port))
		return -EBADMSG;
	o = port_json(&port);
	if (is_readable(o))
		json_array_append_new(list, o);
	return 0;
}

static void count_one(json_t *counts, const json_t *name)
{
	const char *key = json_string_value(name);

	if (key)
		json_object_set_new(counts, key, json_integer(
			json_integer_value(json_object_get(counts, key)) + 1));
}

/* Gateways and ports are devices: no two have one name. */
static int count_endpoint(const struct nlmsghdr *nlh, void *data)
{
	json_t *o = endpoint_json(nlh);

	if (!o)
		return -EBADMSG;
	count_one(data, json_object_get(o, "ifname"));
	count_one(data, json_object_get(o, "port"));
	json_decref(o);
	return 0;
}

static int read_peer(const struct nlmsghdr *nlh, void *data)
{
	json_t *list = data;
	struct peer peer;

	if (peer_from_message(nlh, &peer))
		return -EBADMSG;
	json_array_append_new(list, peer_json(&peer));
	return 0;
}

static int read_host(json_t *list)
{
	char mac[MAC_TEXT];
	struct host host;
	json_t *o;
	int rc;

	rc = host_read(&host);
	if (rc)
		return rc;
	o = json_object();
	out_set(o, "mac", json_string(host.source == ANYGW_MAC_SOURCE_NONE ?
				      "" : mac_text(host.mac, mac)));
	out_set(o, "source", json_string(name_of(source_names, SOURCES,
						 host.source)));
	out_set(o, "beacon", json_boolean(host.beacon));
	json_array_append_new(list, o);
	return 0;
}

/**
 * cmd_metrics() - "metrics"
 * @args: the words
 *
 * Return: exit code; after a failure nothing is printed.
 */
int cmd_metrics(const struct args *args)
{
	struct kind host = { "host", host_labels, host_info, json_array() };
	struct kind gws = { "gateway", gw_labels, gw_info, json_array() };
	struct kind ports = { "port", port_labels, port_info, json_array() };
	json_t *endpoints = json_object(), *peers = json_array();
	int rc;

	(void)args;
	options.stats = true;
	rc = genl_open();
	if (!rc)
		rc = read_host(host.list);
	if (!rc)
		rc = genl_dump(ANYGW_CMD_GATEWAY_GET, read_gateway, gws.list,
			       "list the gateways");
	if (!rc)
		rc = genl_dump(ANYGW_CMD_PORT_GET, read_port, ports.list,
			       "list the ports");
	if (!rc)
		rc = genl_dump(ANYGW_CMD_ENDPOINT_GET, count_endpoint,
			       endpoints, "list the endpoints");
	if (!rc)
		rc = genl_dump(ANYGW_CMD_PEER_GET, read_peer, peers,
			       "list the other hosts");
	if (!rc) {
		put_info(&host);
		put_info(&gws);
		put_states(&gws);
		put_counters(&gws);
		put_endpoints(&gws, endpoints);
		put_info(&ports);
		put_counters(&ports);
		put_endpoints(&ports, endpoints);
		put_differences(peers);
		puts("# EOF");
	}
	json_decref(host.list);
	json_decref(gws.list);
	json_decref(ports.list);
	json_decref(endpoints);
	json_decref(peers);
	return rc;
}
