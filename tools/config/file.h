/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CONFIG_FILE_H
#define ANYGWCTL_CONFIG_FILE_H

#include "cli/cmdline.h"

int cmd_save(const struct args *args);
/* table: the commands that lines are matched with */
int cmd_apply(const struct args *args, const struct cmd *table);

#endif
