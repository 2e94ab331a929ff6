/* SPDX-License-Identifier: GPL-2.0 */
/* Kernels since 7.0 need what the sparse of Debian 12 does not know. */
#define __typeof_unqual__	__typeof__
#define __builtin_strlen(s)	(sizeof(s) - 1)
