/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_ROUTING_H
#define ANYGWCTL_CHECK_ROUTING_H

#include "check/state.h"

int routing_read_exits(struct check *c);
void check_routing(const struct check *c);

#endif
