/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CONFIG_CHANGE_H
#define ANYGWCTL_CONFIG_CHANGE_H

#include "config/plan.h"

/* Ask the kernel whether it would carry out all changes of the plan. */
int plan_check(struct plan *plan);
/* Carry them out. Undoes everything after a failure. */
int plan_execute(struct plan *plan);
void plan_print(struct plan *plan);

#endif
