/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_STATE_H
#define ANYGWCTL_CHECK_STATE_H

#include <jansson.h>
#include <stddef.h>

#include "nl/device.h"
#include "nl/route.h"
#include "object/gateway.h"
#include "object/host.h"
#include "object/port.h"

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

#endif
