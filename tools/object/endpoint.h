/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_ENDPOINT_H
#define ANYGWCTL_OBJECT_ENDPOINT_H

#include "cli/args.h"
#include "object/object.h"

extern const struct object endpoint_object;

int cmd_endpoint_show(const struct args *args);
int cmd_endpoint_flush(const struct args *args);

#endif
