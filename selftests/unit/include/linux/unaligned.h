/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_UNALIGNED_H
#define UNIT_LINUX_UNALIGNED_H

#include <linux/types.h>

static inline u16 get_unaligned_be16(const void *from)
{
	const u8 *p = from;

	return p[0] << 8 | p[1];
}

static inline u32 get_unaligned_be32(const void *from)
{
	return (u32)get_unaligned_be16(from) << 16 |
	       get_unaligned_be16((const u8 *)from + 2);
}

static inline void put_unaligned_be16(u16 v, void *to)
{
	u8 *p = to;

	p[0] = v >> 8;
	p[1] = v;
}

static inline void put_unaligned_be32(u32 v, void *to)
{
	put_unaligned_be16(v >> 16, to);
	put_unaligned_be16(v, (u8 *)to + 2);
}

#endif
