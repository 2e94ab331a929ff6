/* SPDX-License-Identifier: GPL-2.0 */
/*
 * This folder bears the names of kernel headers, so that the packet core is
 * built in user space unchanged: here what it needs beside the UAPI headers.
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
