/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_PORTS_H
#define ANYGWCTL_CHECK_PORTS_H

#include "check/state.h"

void check_ports(const struct check *c);

#endif
