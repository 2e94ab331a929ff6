// SPDX-License-Identifier: GPL-2.0
/* Run the tests in the kernel, under KUnit. */
#include <kunit/test.h>
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "unit.h"

static struct kunit *current_case;

void unit_check(bool ok, const char *cond, const char *file, int line)
{
	if (!ok)
		KUNIT_FAIL(current_case, "%s:%d: not so: %s", file, line,
			   cond);
}

void *unit_alloc(u32 len)
{
	return kmalloc(len, GFP_KERNEL);
}

void unit_free(void *p)
{
	kfree(p);
}

__be32 ip(const char *text)
{
	return in_aton(text);
}

struct in6_addr ip6(const char *text)
{
	struct in6_addr addr = {};

	in6_pton(text, -1, addr.s6_addr, -1, NULL);
	return addr;
}

static const void *next_test(const struct unit_suite *suite, const void *prev,
			     char *desc)
{
	const struct unit_test *test = prev;

	test = test ? test + 1 : suite->tests;
	if (test == suite->tests + suite->n)
		return NULL;
	strscpy(desc, test->name, KUNIT_PARAM_DESC_SIZE);
	return test;
}

static void run_test(struct kunit *test)
{
	const struct unit_test *unit = test->param_value;

	current_case = test;
	unit->run();
}

/* Since 6.18 a generator gets the test. */
#ifdef ANYGW_HAVE_KUNIT_PARAM_TEST
#define GENERATOR(name)							\
	const void *name(struct kunit *test, const void *prev, char *desc)
#else
#define GENERATOR(name)	const void *name(const void *prev, char *desc)
#endif

#define SUITE(which)							\
	static GENERATOR(next_##which)					\
	{								\
		return next_test(&unit_##which, prev, desc);		\
	}								\
	static struct kunit_case cases_##which[] = {			\
		KUNIT_CASE_PARAM(run_test, next_##which),		\
		{}							\
	};								\
	static struct kunit_suite suite_##which = {			\
		.name = "anygw_" #which,				\
		.test_cases = cases_##which,				\
	}

SUITE(frame);
SUITE(classify);
SUITE(translate);
SUITE(nd);
SUITE(coexist);
SUITE(learn);
SUITE(beacon);

kunit_test_suites(&suite_frame, &suite_classify, &suite_translate, &suite_nd,
		  &suite_coexist, &suite_learn, &suite_beacon);

MODULE_DESCRIPTION("Tests of the anygw packet core");
MODULE_LICENSE("GPL");
