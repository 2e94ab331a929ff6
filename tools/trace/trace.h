/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_TRACE_TRACE_H
#define ANYGWCTL_TRACE_TRACE_H

#include "cli/args.h"

int cmd_trace(const struct args *args);

#endif
