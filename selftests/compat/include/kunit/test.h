/* SPDX-License-Identifier: GPL-2.0 */
struct kunit_case {
	const void *(*generate_params)(struct kunit *test,
				       const void *prev, char *desc);
};
