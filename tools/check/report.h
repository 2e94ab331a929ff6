/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_REPORT_H
#define ANYGWCTL_CHECK_REPORT_H

#include <net/if.h>
#include <stdbool.h>

/**
 * enum check_result - how a check ends
 * @CHECK_PASS: right, or nothing to worry about
 * @CHECK_WARN: may be meant so
 * @CHECK_FAIL: something will not work
 * @CHECK_RESULTS: how many there are
 */
enum check_result {
	CHECK_PASS,
	CHECK_WARN,
	CHECK_FAIL,
	CHECK_RESULTS,
};

void report_begin(void);
bool report_end(void);
__attribute__((format(printf, 5, 6)))
void check_say(enum check_result result, const char *name, const char *subject,
	       const char *mend, const char *fmt, ...);
__attribute__((format(printf, 1, 2)))
const char *check_mend(const char *fmt, ...);
const char *check_word(const char *word);
const char *check_sysctl(const char *before, const char *ifname,
			 const char *after);
int check_read_sysctl(const char *before, const char *ifname,
		      const char *after);

#endif
