/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_RTNL_H
#define ANYGWCTL_NL_RTNL_H

#include "nl/nl.h"

/* As nl_talk() and nl_dump(), over a socket that is opened when needed */
int rtnl_talk(struct nl_request *req, nl_fn fn, void *data,
	      struct nl_error *err);
int rtnl_dump(struct nl_request *req, nl_fn fn, void *data,
	      struct nl_error *err);
/* The kernel lacks the address family that was asked for, mostly IPv6. */
bool rtnl_no_family(const struct nl_error *err);

/* Request a change; fmt says what it is, after "Cannot". */
__attribute__((format(printf, 2, 3)))
int rtnl_change(struct nl_request *req, const char *fmt, ...);

#endif
