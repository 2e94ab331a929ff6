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

/*
 * A zeroed element at the end of an array that was made by this macro alone,
 * which doubles it when n is a power of two. NULL if out of memory.
 */
#define array_add(array, n)						\
({									\
	void *more_ = (array);						\
									\
	if (!((n) & ((n) - 1)))						\
		more_ = realloc(more_, ((n) ? 2 * (n) : 1) *		\
				       sizeof(*(array)));		\
	if (more_) {							\
		(array) = more_;					\
		more_ = memset(&(array)[(n)++], 0, sizeof(*(array)));	\
	}								\
	more_;								\
})

#endif
