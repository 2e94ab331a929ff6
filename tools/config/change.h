/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CONFIG_CHANGE_H
#define ANYGWCTL_CONFIG_CHANGE_H

#include "config/plan.h"

/*
 * Carry out all changes of the plan, and undo everything after a failure; or
 * ask the kernel whether it would carry them out.
 */
int plan_run(struct plan *plan, bool dry_run);
void plan_print(struct plan *plan);

#endif
