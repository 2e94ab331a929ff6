/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_INPUT_FILTER_H
#define ANYGWCTL_CHECK_INPUT_FILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "object/gateway.h"

bool guard_holds(const json_t *set, const struct gw *gw, const char *protocol,
		 unsigned int port);
char *guard_text(const struct gw *gw, const char *tcp, const char *udp);

#endif
