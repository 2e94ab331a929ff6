/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CMDS_H
#define ANYGWCTL_CMDS_H

#include "cli/cmdline.h"

extern const struct cmd cmds[];

#endif
