// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces, by their names in ip-netns(8)
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/netns.h"

static char entered[256];

int netns_enter(const char *name)
{
	char path[256];
	int err;
	int fd;

	if (!*name || strchr(name, '/') ||
	    snprintf(path, sizeof(path), NETNS_DIR "/%s", name) >=
	    (int)sizeof(path))
		return diag_usage("\"%s\" is not a name of a network namespace",
				  name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return diag_usage("Cannot open network namespace \"%s\": %s",
				  name, strerror(errno));
	err = setns(fd, CLONE_NEWNET) ? errno : 0;
	close(fd);
	if (err)
		return diag_refused("Cannot enter network namespace \"%s\": %s",
				    name, strerror(err));
	snprintf(entered, sizeof(entered), "%s", name);
	return 0;
}

const char *netns_name(void)
{
	return entered;
}
