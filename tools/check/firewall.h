/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_FIREWALL_H
#define ANYGWCTL_CHECK_FIREWALL_H

#include "check/state.h"

void check_firewall(const struct check *c);

#endif
