/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_GUARD_H
#define ANYGWCTL_GUARD_H

#include <jansson.h>
#include <stdbool.h>

#include "gw.h"

bool guard_holds(const json_t *set, const struct gw *gw, const char *protocol,
		 unsigned int port);
char *guard_text(const struct gw *gw, const char *tcp, const char *udp);

#endif
