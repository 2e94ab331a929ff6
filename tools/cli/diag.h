/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_DIAG_H
#define ANYGWCTL_CLI_DIAG_H

#include <stdbool.h>

/**
 * enum rc - how the program ends
 * @RC_OK: done
 * @RC_USAGE: the words were wrong; nothing was asked of the kernel
 * @RC_REFUSED: the kernel, or what it knows, refused
 * @RC_NO_MODULE: the module is not loaded
 */
enum rc {
	RC_OK,
	RC_USAGE,
	RC_REFUSED,
	RC_NO_MODULE,
};

void diag_where(const char *file, unsigned int line);
bool diag_quiet(bool quiet);

__attribute__((format(printf, 1, 2))) int diag_usage(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) int diag_refused(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void diag_warn(const char *fmt, ...);

#endif
