/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_IPTABLES_H
#define ANYGWCTL_CHECK_IPTABLES_H

#include <stdbool.h>

typedef void (*iptables_fn)(const char *fix, const char *rule, void *data);

/*
 * Look for rules that drop invalid packets. fix is the command that deletes
 * the rule. Returns whether the program exists.
 */
bool iptables_scan(iptables_fn fn, void *data);

#endif
