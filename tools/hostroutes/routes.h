/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_ROUTES_H
#define ANYGWCTL_HOSTROUTES_ROUTES_H

#include "hostroutes/list.h"

/* As in rt_protos.conf: only routes with it are ever touched. */
#define HR_PROTOCOL	97

int hr_routes_read(uint32_t table, struct hr_routes *list);
int hr_routes_make(struct hr_routes *have, struct hr_routes *want);

#endif
