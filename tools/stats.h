/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_STATS_H
#define ANYGWCTL_STATS_H

#include <jansson.h>

#include "nl.h"

json_t *stats_json(const struct nlattr *nest);

#endif
