/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_HOOK_H
#define ANYGW_HOOK_H

#include "anygw.h"

/**
 * anygw_hook_sync() - have the bridge hooks while there are gateways
 * @an: the namespace
 * Return: 0 or a negative error when they could not be registered
 * Context: RTNL.
 */
int anygw_hook_sync(struct anygw_net *an);

#endif
