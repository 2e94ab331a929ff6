// SPDX-License-Identifier: GPL-2.0
/* Run the tests in user space. */
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static int failures;

void unit_check(bool ok, const char *cond, const char *file, int line)
{
	if (ok)
		return;
	failures++;
	printf("# %s:%d: not so: %s\n", file, line, cond);
}

int unit_main(const struct unit_test *tests, int n)
{
	int i, failed = 0;

	printf("TAP version 13\n1..%d\n", n);
	for (i = 0; i < n; i++) {
		failures = 0;
		tests[i].run();
		failed += !!failures;
		printf("%sok %d %s\n", failures ? "not " : "", i + 1,
		       tests[i].name);
	}
	return !!failed;
}

void *unit_alloc(u32 len)
{
	return malloc(len ? len : 1);
}

void unit_free(void *p)
{
	free(p);
}

__be32 ip(const char *text)
{
	return inet_addr(text);
}

struct in6_addr ip6(const char *text)
{
	struct in6_addr addr = {};

	inet_pton(AF_INET6, text, &addr);
	return addr;
}
