/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_METRICS_H
#define ANYGWCTL_METRICS_H

#include "args.h"

int metrics(const struct args *args);

#endif
