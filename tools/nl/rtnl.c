// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to rtnetlink.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/diag.h"
#include "nl/rtnl.h"

static struct nl_sock rtnl;

static int rtnl_open(struct nl_error *err)
{
	int ret = nl_sock_open(&rtnl, NETLINK_ROUTE);

	*err = (struct nl_error){ .code = -ret };
	return ret;
}

int rtnl_talk(struct nl_request *req, nl_fn fn, void *data,
	      struct nl_error *err)
{
	int ret = rtnl_open(err);

	return ret ? ret : nl_talk(&rtnl, req, fn, data, err);
}

int rtnl_dump(struct nl_request *req, nl_fn fn, void *data,
	      struct nl_error *err)
{
	int ret = rtnl_open(err);

	return ret ? ret : nl_dump(&rtnl, req, fn, data, err);
}

bool rtnl_no_family(const struct nl_error *err)
{
	return err->code == EOPNOTSUPP || err->code == EAFNOSUPPORT;
}

int rtnl_change(struct nl_request *req, const char *fmt, ...)
{
	struct nl_error err;
	char what[128];
	va_list ap;

	if (!rtnl_talk(req, NULL, NULL, &err))
		return 0;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return diag_refused("Cannot %s: %s", what, nl_reason(&err));
}
