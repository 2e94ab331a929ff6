// SPDX-License-Identifier: GPL-2.0
/*
 * Signals that end a command which runs until it is interrupted.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "cli/diag.h"
#include "cli/signals.h"

int signals_open(void)
{
	sigset_t set;
	int fd = -1;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (!sigprocmask(SIG_BLOCK, &set, NULL))
		fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		diag_refused("Cannot wait for signals: %s", strerror(errno));
	return fd;
}
