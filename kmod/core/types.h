/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_TYPES_H
#define ANYGW_CORE_TYPES_H

/* Brings get_unaligned_be16() along, whose own header was moved in 6.12. */
#include <linux/etherdevice.h>
#include <linux/types.h>
#include <net/ipv6.h>

/* Every anygw host's own MAC starts with these three octets. */
#define ANYGW_HOST_PREFIX	0x0a, 0x61, 0x6e

static inline bool anygw_is_host_mac(const u8 *mac)
{
	static const u8 prefix[] = { ANYGW_HOST_PREFIX };

	return !memcmp(mac, prefix, sizeof(prefix));
}

#endif
