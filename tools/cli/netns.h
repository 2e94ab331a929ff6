/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_NETNS_H
#define ANYGWCTL_CLI_NETNS_H

#define NETNS_DIR	"/var/run/netns"

int netns_enter(const char *name);
/* Empty for the namespace in which the program was started */
const char *netns_name(void);

#endif
