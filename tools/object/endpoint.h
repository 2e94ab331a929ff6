/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_ENDPOINT_H
#define ANYGWCTL_OBJECT_ENDPOINT_H

#include <jansson.h>

#include "cli/args.h"
#include "cli/out.h"
#include "nl/nl.h"

extern const struct out_key endpoint_keys[];

json_t *endpoint_json(const struct nlmsghdr *nlh);
json_t *endpoint_address_json(const struct nlattr *attr);

int cmd_endpoint_show(const struct args *args);
int cmd_endpoint_flush(const struct args *args);

#endif
