/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_ENDPOINTS_H
#define ANYGWCTL_HOSTROUTES_ENDPOINTS_H

#include <stdbool.h>

#include "hostroutes/list.h"
#include "hostroutes/networks.h"
#include "nl/nl.h"

int hr_endpoints_read(void);
int hr_endpoint_set(const struct nlmsghdr *nlh, bool gone);
void hr_endpoints_free(void);
int hr_wanted(const struct hr_host *host, struct hr_routes *list);

#endif
