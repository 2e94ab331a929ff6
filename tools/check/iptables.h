/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_IPTABLES_H
#define ANYGWCTL_CHECK_IPTABLES_H

#include <stdbool.h>

typedef void (*iptables_fn)(const char *mend, const char *rule, void *data);

bool iptables_scan(iptables_fn fn, void *data);

#endif
