/* SPDX-License-Identifier: GPL-2.0 */
/* What Debian 12's sparse does not know, and kernels since 7.0 ask of it. */
#define __typeof_unqual__	__typeof__
#define __builtin_strlen(s)	(sizeof(s) - 1)
