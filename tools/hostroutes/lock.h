/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_LOCK_H
#define ANYGWCTL_HOSTROUTES_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "hostroutes/list.h"

#define HR_TABLE_TEXT	24

/* Become the owner of a routing table. */
int hr_lock(uint32_t table);
/* The same without a message: whether this process is the owner now */
bool hr_may_lock(uint32_t table);
/* Release all tables without routes, but for one. */
void hr_unlock_unused(const struct hr_routes *have, uint32_t always);
void hr_unlock_all(void);
/* The name as in iproute2; buf has HR_TABLE_TEXT bytes. */
const char *hr_table_text(uint32_t table, char *buf);

#endif
