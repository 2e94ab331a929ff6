/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_ARRAY_H
#define ANYGWCTL_CLI_ARRAY_H

#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* The array may be NULL when n is 0. */
#define array_foreach(item, array, n)					\
	for (typeof(*(array)) *item = (array);				\
	     item < (array) + (n); item++)

/* A zeroed element at the end of a malloc'ed array, NULL if out of memory. */
#define array_add(array, n)						\
({									\
	void *more_ = realloc(array, ((n) + 1) * sizeof(*(array)));	\
									\
	if (more_) {							\
		(array) = more_;					\
		more_ = memset(&(array)[(n)++], 0, sizeof(*(array)));	\
	}								\
	more_;								\
})

#endif
