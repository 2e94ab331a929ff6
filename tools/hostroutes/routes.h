/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_ROUTES_H
#define ANYGWCTL_HOSTROUTES_ROUTES_H

#include "hostroutes/list.h"

/* As in rt_protos.conf: routes of other protocols are never touched. */
#define HR_PROTOCOL	97

/* The routes in a table, 0 for all, but for those of another process; sorted */
int hr_routes_read(uint32_t table, struct hr_routes *list);
/*
 * Replace the routes there are with the wanted ones. Both lists are sorted; the
 * first one is updated.
 */
int hr_routes_make(struct hr_routes *have, struct hr_routes *want);

#endif
