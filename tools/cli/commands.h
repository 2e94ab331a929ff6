/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_COMMANDS_H
#define ANYGWCTL_CLI_COMMANDS_H

#include "cli/cmdline.h"

/* The commands, see cmds.c. They return the exit code. */
int cmd_host_show(const struct args *args);
int cmd_host_set(const struct args *args);
int cmd_port_show(const struct args *args);
int cmd_port_set(const struct args *args);
int cmd_gateway_add(const struct args *args);
int cmd_gateway_set(const struct args *args);
int cmd_gateway_del(const struct args *args);
int cmd_gateway_show(const struct args *args);
int cmd_endpoint_show(const struct args *args);
int cmd_endpoint_flush(const struct args *args);
int cmd_peer_show(const struct args *args);
int cmd_monitor(const struct args *args);
int cmd_trace(const struct args *args);
int cmd_check(const struct args *args);
int cmd_metrics(const struct args *args);
int cmd_hostroutes(const struct args *args);
int cmd_save(const struct args *args);
/* table: the commands that the lines of the file are matched with */
int cmd_apply(const struct args *args, const struct cmd *table);

#endif
