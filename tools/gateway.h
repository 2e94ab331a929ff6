/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_GATEWAY_H
#define ANYGWCTL_GATEWAY_H

#include "args.h"

int gateway_add(const struct args *args);
int gateway_set(const struct args *args);
int gateway_del(const struct args *args);
int gateway_show(const struct args *args);

void gateway_warn_forwarding(bool six);

#endif
