/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CONFIG_FILE_H
#define ANYGWCTL_CONFIG_FILE_H

#include "cli/cmdline.h"

int cmd_save(const struct args *args);
int cmd_apply(const struct args *args, const struct cmd *table);

#endif
