/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_ETHERDEVICE_H
#define UNIT_LINUX_ETHERDEVICE_H

#include <linux/if_ether.h>
#include <linux/types.h>
#include <linux/unaligned.h>

static inline bool ether_addr_equal(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, ETH_ALEN);
}

static inline void ether_addr_copy(u8 *dst, const u8 *src)
{
	memcpy(dst, src, ETH_ALEN);
}

static inline bool is_multicast_ether_addr(const u8 *addr)
{
	return addr[0] & 1;
}

static inline bool is_broadcast_ether_addr(const u8 *addr)
{
	return !memcmp(addr, "\xff\xff\xff\xff\xff\xff", ETH_ALEN);
}

#endif
