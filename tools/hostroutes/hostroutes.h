/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_HOSTROUTES_H
#define ANYGWCTL_HOSTROUTES_HOSTROUTES_H

#include "cli/args.h"

int cmd_hostroutes(const struct args *args);

#endif
