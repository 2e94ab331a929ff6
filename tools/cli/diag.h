/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_DIAG_H
#define ANYGWCTL_CLI_DIAG_H

#include <stdbool.h>

/*
 * Exit codes. A function that returns int returns 0 or, after a message, one
 * of these, unless a comment says otherwise.
 */
enum rc {
	RC_OK,
	RC_USAGE,	/* wrong words; no request was sent */
	RC_REFUSED,
	RC_NO_MODULE,
};

/* The file and line that the next messages name; no file: NULL */
void diag_where(const char *file, unsigned int line);
/* Returns the previous setting. */
bool diag_quiet(bool quiet);

/* Returns rc. */
__attribute__((format(printf, 2, 3)))
int diag_error(enum rc rc, const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void diag_warn(const char *fmt, ...);

#define diag_usage(...)		diag_error(RC_USAGE, __VA_ARGS__)
#define diag_refused(...)	diag_error(RC_REFUSED, __VA_ARGS__)
#define diag_no_memory()	diag_refused("out of memory")

#endif
