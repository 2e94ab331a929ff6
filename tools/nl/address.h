/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_ADDRESS_H
#define ANYGWCTL_NL_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/addr.h"

/* IPv4 first; a device that is gone has no addresses. */
int address_read(uint32_t ifindex, struct addrs *list);
/* Of all devices; fn returns 0 or a negative errno. */
int address_each(int (*fn)(uint32_t ifindex, const struct addr *a, void *data),
		 void *data);
/*
 * @beside: another address of the subnet keeps the route, and is preferred as
 * a source
 */
int address_add(uint32_t ifindex, const char *ifname, const struct addr *a,
		bool beside);
/* It is no error when the device does not have the address. */
int address_del(uint32_t ifindex, const char *ifname, const struct addr *a);

#endif
