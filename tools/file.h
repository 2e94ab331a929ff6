/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_FILE_H
#define ANYGWCTL_FILE_H

#include "args.h"

int save(const struct args *args);
int apply(const struct args *args);

#endif
