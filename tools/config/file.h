/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CONFIG_FILE_H
#define ANYGWCTL_CONFIG_FILE_H

#include "cli/args.h"

int save(const struct args *args);
int apply(const struct args *args);

#endif
