/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_MONITOR_H
#define ANYGWCTL_OBJECT_MONITOR_H

#include "cli/args.h"

int cmd_monitor(const struct args *args);

#endif
