/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The headers in this folder replace kernel headers, so that the packet core
 * builds in user space unchanged. They add what the UAPI headers lack.
 */
#ifndef UNIT_LINUX_TYPES_H
#define UNIT_LINUX_TYPES_H

#include_next <linux/types.h>
#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#define __force

#endif
