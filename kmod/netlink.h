/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_NETLINK_H
#define ANYGW_NETLINK_H

/* Register the netlink family. Returns 0 or a negative error. */
int anygw_nl_init(void);
void anygw_nl_exit(void);

#endif
