/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_NETLINK_H
#define ANYGW_NETLINK_H

/**
 * anygw_nl_init() - register the netlink family
 * Return: 0 or a negative error
 */
int anygw_nl_init(void);

/**
 * anygw_nl_exit() - unregister it
 */
void anygw_nl_exit(void);

#endif
