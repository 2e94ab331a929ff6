/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_PEERS_H
#define ANYGWCTL_CHECK_PEERS_H

#include "check/state.h"

void check_peers(const struct check *c);

#endif
