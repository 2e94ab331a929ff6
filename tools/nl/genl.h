/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_GENL_H
#define ANYGWCTL_NL_GENL_H

#include "nl/nl.h"

int genl_open(void);
int genl_join(struct nl_sock *nl);
int genl_unloaded(void);
void genl_begin(struct nl_request *req, uint8_t cmd);
int genl_talk(struct nl_request *req, nl_fn fn, void *data, const char *what,
	      const char *const *words);
int genl_dump_request(struct nl_request *req, nl_fn fn, void *data,
		      const char *what, const char *const *words);
int genl_dump(uint8_t cmd, nl_fn fn, void *data, const char *what);
uint8_t genl_cmd(const struct nlmsghdr *nlh);
bool genl_is_event(const struct nlmsghdr *nlh);

#endif
