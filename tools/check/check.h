/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_CHECK_H
#define ANYGWCTL_CHECK_CHECK_H

#include "cli/args.h"

int cmd_check(const struct args *args);

#endif
