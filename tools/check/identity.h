/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_IDENTITY_H
#define ANYGWCTL_CHECK_IDENTITY_H

#include "check/state.h"

void check_identity(const struct check *c);

#endif
