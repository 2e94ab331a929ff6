/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_ENDPOINT_H
#define ANYGWCTL_OBJECT_ENDPOINT_H

#include "object/object.h"

extern const struct object endpoint_object;

#endif
