/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_STATS_H
#define ANYGWCTL_OBJECT_STATS_H

#include <jansson.h>

#include "nl/nl.h"

/* The counters in a nest; NULL means that all are zero. */
json_t *stats_json(const struct nlattr *nest);

#endif
