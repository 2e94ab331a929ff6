/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_SOCKETS_H
#define ANYGWCTL_CHECK_SOCKETS_H

#include "check/state.h"

void check_sockets(const struct check *c);

#endif
