/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_GATEWAY_CMD_H
#define ANYGWCTL_OBJECT_GATEWAY_CMD_H

#include "object/object.h"

extern const struct object gateway_object;

/* Warn when the host does not forward, also of IPv6 if the gateway has it. */
void gateway_warn_forwarding(bool ipv6);

#endif
