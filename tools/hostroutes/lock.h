/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_HOSTROUTES_LOCK_H
#define ANYGWCTL_HOSTROUTES_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "hostroutes/list.h"

int hr_lock(uint32_t table);
bool hr_may_keep(uint32_t table);
void hr_unlock_unused(const struct hr_routes *have, uint32_t always);
void hr_unlock_all(void);
const char *hr_table_text(uint32_t table, char *buf);
#define HR_TABLE_TEXT	24

#endif
