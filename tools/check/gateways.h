/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_GATEWAYS_H
#define ANYGWCTL_CHECK_GATEWAYS_H

#include "check/state.h"

void check_gateways(const struct check *c);

#endif
