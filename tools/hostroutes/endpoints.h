/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_ENDPOINTS_H
#define ANYGWCTL_HOSTROUTES_ENDPOINTS_H

#include <stdbool.h>

#include "hostroutes/list.h"
#include "hostroutes/networks.h"
#include "nl/nl.h"

/* Replaces all endpoints. */
int hr_endpoints_read(void);
void hr_endpoints_free(void);
/* Update one from an event. Returns 0 or a negative errno. */
int hr_endpoint_set(const struct nlmsghdr *nlh, bool gone);
/* Fill in a list, sorted, with the routes they need. */
int hr_wanted(const struct hr_host *host, struct hr_routes *list);

#endif
