/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_PEER_H
#define ANYGWCTL_OBJECT_PEER_H

#include "object/object.h"

extern const struct object peer_object;

#endif
