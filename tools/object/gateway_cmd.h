/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_GATEWAY_CMD_H
#define ANYGWCTL_OBJECT_GATEWAY_CMD_H

#include "cli/args.h"
#include "object/object.h"

extern const struct object gateway_object;

/* Warn when the host does not forward, also of IPv6 if the gateway has it. */
void gateway_warn_forwarding(bool ipv6);

int cmd_gateway_add(const struct args *args);
int cmd_gateway_set(const struct args *args);
int cmd_gateway_del(const struct args *args);
int cmd_gateway_show(const struct args *args);

#endif
