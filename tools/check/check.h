/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_CHECK_H
#define ANYGWCTL_CHECK_CHECK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "cli/args.h"
#include "nl/device.h"
#include "nl/route.h"
#include "object/gateway.h"
#include "object/host.h"
#include "object/port.h"

/**
 * enum check_result - how a check ends
 * @CHECK_PASS: right, or nothing to worry about
 * @CHECK_WARN: may be meant so
 * @CHECK_FAIL: something will not work
 * @CHECK_RESULTS: how many there are
 */
enum check_result {
	CHECK_PASS,
	CHECK_WARN,
	CHECK_FAIL,
	CHECK_RESULTS,
};

/**
 * struct check - what the checks look at, read once
 * @host: this host
 * @gws: the gateways
 * @exit: for each gateway its ways out, of IPv4 and of IPv6
 * @port: the ports
 * @ports: how many
 * @devices: all devices
 * @routes: all routes, of IPv4 and of IPv6
 * @ruleset: the rules of nftables, NULL when they could not be read
 */
struct check {
	struct host host;
	struct gws gws;
	struct route (*exit)[2];
	struct port *port;
	size_t ports;
	struct devices devices;
	struct routes routes[2];
	json_t *ruleset;
};

int check(const struct args *args);

/* check.c: what the checks say */
__attribute__((format(printf, 5, 6)))
void check_say(enum check_result result, const char *name, const char *subject,
	       const char *mend, const char *fmt, ...);
__attribute__((format(printf, 1, 2)))
const char *check_mend(const char *fmt, ...);
const char *check_word(const char *word);
const char *check_sysctl(const char *before, const char *ifname,
			 const char *after);
int check_read_sysctl(const char *before, const char *ifname,
		      const char *after);
bool check_serves(const struct gw *gw, int family);

/* The checks, by the file they are in */
void check_ports(const struct check *c);
void check_gateways(const struct check *c);
int check_exits(struct check *c);
void check_routing(const struct check *c);
void check_identity(const struct check *c);
void check_peers(const struct check *c);
void check_sockets(const struct check *c);
void check_firewall(const struct check *c);

#endif
