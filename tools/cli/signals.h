/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_SIGNALS_H
#define ANYGWCTL_CLI_SIGNALS_H

/*
 * A descriptor that SIGINT and SIGTERM come in by, so that none falls between
 * two calls. Returns -1 after a message.
 */
int signals_open(void);

#endif
