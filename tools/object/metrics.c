// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl metrics: settings and counters in OpenMetrics 1.0 text format.
 */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/array.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/value.h"
#include "nl/genl.h"
#include "object/endpoint.h"
#include "object/gateway_cmd.h"
#include "object/host.h"
#include "object/peer.h"
#include "object/port.h"

/* A family of metrics for each counter of gateways and ports */
static const struct family {
	const char *key;	/* of the counter in JSON */
	const char *name;
	const char *unit;	/* the end of the name, or NULL */
	const char *help;
} families[] = {
	{ "captured", "_captured_frames", "frames",
	  "Frames from access ports taken to the gateway device" },
	{ "fastpath", "_fastpath_frames", "frames",
	  "Captured frames that took the fast path" },
	{ "fallback", "_fallback_frames", "frames",
	  "Frames bridged to the real router" },
	{ "answered", "_answered_frames", "frames",
	  "ARP requests and neighbour solicitations for a gateway address" },
	{ "announced", "_announced_frames", "frames",
	  "Announcements to VMs, and of VMs to the fabric" },
	{ "translated", "_translated_frames", "frames",
	  "Frames translated between vMAC and host MAC" },
	{ "learned", "_learned", NULL, "VMs that appeared on an access port" },
	{ "conflicts", "_conflicts", NULL,
	  "Frames from the fabric in conflict with the gateway, and address conflicts of VMs" },
	{ "overlimit", "_overlimit_frames", "frames",
	  "Frames of VMs beyond the endpoint limits" },
};

/* A kind of object that has metrics */
struct kind {
	const char *name;
	const struct object *object;
	const char *const *labels;	/* keys that identify an object */
	const char *const *info;	/* further keys of the info family */
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

static void put_escaped(const char *text)
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
		put_escaped(json_string_value(value));
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		fputs(name_of(&switch_names, json_is_true(value)), stdout);
	putchar('"');
}

static void put_labels(const json_t *object, const char *const *keys,
		       bool *some)
{
	for (; *keys; keys++)
		put_label(*keys, json_object_get(object, *keys), some);
}

static void put_family(const struct kind *kind, const char *name,
		       const char *type, const char *unit, const char *help)
{
	printf("# TYPE anygw_%s%s %s\n", kind->name, name, type);
	if (unit)
		printf("# UNIT anygw_%s%s %s\n", kind->name, name, unit);
	printf("# HELP anygw_%s%s %s.\n", kind->name, name, help);
}

/* key is one more label, or NULL. */
static void put_sample(const struct kind *kind, const json_t *object,
		       const char *name, const char *key, const char *value,
		       json_int_t n)
{
	bool some = false;

	printf("anygw_%s%s", kind->name, name);
	put_labels(object, kind->labels, &some);
	if (key) {
		printf(",%s=\"", key);
		put_escaped(value);
		putchar('"');
	}
	printf("} %" JSON_INTEGER_FORMAT "\n", n);
}

static void put_value(const struct kind *kind, const json_t *object,
		      const char *name, json_int_t n)
{
	put_sample(kind, object, name, NULL, NULL, n);
}

static void put_info(const struct kind *kind)
{
	const json_t *object;
	size_t i;

	put_family(kind, "", "info", NULL, "Settings");
	json_array_foreach(kind->list, i, object) {
		bool some = false;

		printf("anygw_%s_info", kind->name);
		put_labels(object, kind->labels, &some);
		put_labels(object, kind->info, &some);
		puts("} 1");
	}
}

static void put_states(const struct kind *kind)
{
	const json_t *object;
	size_t i;

	put_family(kind, "_state", "stateset", NULL, "The mode in force");
	json_array_foreach(kind->list, i, object)
		for (unsigned int m = 0; m < mode_names.n; m++)
			put_sample(kind, object, "_state",
				   "anygw_gateway_state", mode_names.name[m],
				   !strcmp(mode_names.name[m],
					   object_text(object, "state")));
}

/* A reason that has not occurred yet has no sample. */
static void put_drops(const struct kind *kind)
{
	const json_t *object;
	size_t i;

	put_family(kind, "_dropped_frames", "counter", "frames",
		   "Frames dropped, by reason");
	json_array_foreach(kind->list, i, object) {
		json_t *stats = json_object_get(object, "stats");
		const char *reason;
		json_t *count;

		json_object_foreach(json_object_get(stats, "drops"), reason,
				    count)
			put_sample(kind, object, "_dropped_frames_total",
				   "reason", reason, json_integer_value(count));
	}
}

static void put_counters(const struct kind *kind)
{
	const json_t *object;
	char total[64];
	size_t i;

	for (const struct family *f = families;
	     f < families + ARRAY_SIZE(families); f++) {
		put_family(kind, f->name, "counter", f->unit, f->help);
		snprintf(total, sizeof(total), "%s_total", f->name);
		json_array_foreach(kind->list, i, object)
			put_value(kind, object, total, json_integer_value(
				json_object_get(json_object_get(object,
								"stats"),
						f->key)));
	}
	put_drops(kind);
}

/* @counts: by the name of the object */
static void put_endpoints(const struct kind *kind, const json_t *counts)
{
	const json_t *object;
	size_t i;

	put_family(kind, "_endpoints", "gauge", NULL, "Known endpoints");
	json_array_foreach(kind->list, i, object)
		put_value(kind, object, "_endpoints", json_integer_value(
			json_object_get(counts, object_text(object,
							    "ifname"))));
}

static void put_differences(const struct kind *kind)
{
	const json_t *object;
	size_t i;

	put_family(kind, "_differences", "gauge", NULL,
		   "Settings that differ on another host");
	json_array_foreach(kind->list, i, object)
		put_value(kind, object, "_differences", json_array_size(
			json_object_get(object, "differs")));
}

static int kind_add(const struct nlmsghdr *nlh, void *data)
{
	const struct kind *kind = data;
	json_t *o = kind->object->json(nlh);

	if (!o)
		return -EBADMSG;
	/* A name that is not UTF-8 would make all of the text invalid. */
	if (kind->labels != peer_labels &&
	    !json_is_string(json_object_get(o, "ifname"))) {
		diag_warn("a device whose name is not UTF-8 is left out");
		json_decref(o);
		return 0;
	}
	json_array_append_new(kind->list, o);
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
	json_t *o = endpoint_object.json(nlh);

	if (!o)
		return -EBADMSG;
	count_one(data, json_object_get(o, "ifname"));
	count_one(data, json_object_get(o, "port"));
	json_decref(o);
	return 0;
}

static int read_host(json_t *list)
{
	struct host host;
	int rc = host_read(&host);

	if (!rc)
		json_array_append_new(list, host_json(&host));
	return rc;
}

/* After a failure nothing is printed. */
int cmd_metrics(const struct args *args)
{
	struct kind host = { "host", NULL, host_labels, host_info,
			     json_array() };
	struct kind gws = { "gateway", &gateway_object, gw_labels, gw_info,
			    json_array() };
	struct kind ports = { "port", &port_object, port_labels, port_info,
			      json_array() };
	struct kind peers = { "peer", &peer_object, peer_labels, NULL,
			      json_array() };
	json_t *endpoints = json_object();
	int rc;

	options.stats = true;
	rc = genl_open() ?:
	     read_host(host.list) ?:
	     genl_dump(ANYGW_CMD_GATEWAY_GET, kind_add, &gws,
		       "list the gateways") ?:
	     genl_dump(ANYGW_CMD_PORT_GET, kind_add, &ports,
		       "list the ports") ?:
	     genl_dump(ANYGW_CMD_ENDPOINT_GET, count_endpoint, endpoints,
		       "list the endpoints") ?:
	     genl_dump(ANYGW_CMD_PEER_GET, kind_add, &peers,
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
		put_differences(&peers);
		puts("# EOF");
	}
	json_decref(host.list);
	json_decref(gws.list);
	json_decref(ports.list);
	json_decref(peers.list);
	json_decref(endpoints);
	return rc;
}
