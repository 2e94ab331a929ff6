/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_MONITOR_H
#define ANYGWCTL_MONITOR_H

#include "args.h"

int monitor_signals(void);
int monitor(const struct args *args);

#endif
