/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_METRICS_H
#define ANYGWCTL_OBJECT_METRICS_H

#include "cli/args.h"

int cmd_metrics(const struct args *args);

#endif
