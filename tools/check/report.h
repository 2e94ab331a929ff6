/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_REPORT_H
#define ANYGWCTL_CHECK_REPORT_H

#include <net/if.h>
#include <stdbool.h>

enum check_result {
	CHECK_PASS,
	CHECK_WARN,	/* may be intended */
	CHECK_FAIL,
	CHECK_RESULTS,
};

void report_begin(void);
/* Prints JSON if requested. Returns whether a check has failed. */
bool report_end(void);
/*
 * A line: the name of the check, the device it is about or "", the command
 * that fixes it or "". The same line is reported once.
 */
__attribute__((format(printf, 5, 6)))
void report(enum check_result result, const char *name, const char *subject,
	    const char *fix, const char *fmt, ...);

/*
 * A command for the namespace that is checked, valid until the next one. Words
 * in capitals are for the reader to fill in.
 */
__attribute__((format(printf, 1, 2)))
const char *fix(const char *fmt, ...);
/* A word quoted for the shell, and one for sysctl(8): valid for WORDS more */
const char *fix_word(const char *word);
const char *fix_sysctl(const char *before, const char *ifname,
		       const char *after);
/*
 * A number below /proc/sys/net; @before has slashes, ifname may be NULL.
 * Returns -1 when there is none.
 */
int read_sysctl(const char *before, const char *ifname, const char *after);

#endif
