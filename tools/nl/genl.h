/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_GENL_H
#define ANYGWCTL_NL_GENL_H

#include "nl/nl.h"

/*
 * Requests to the family anygw. @what is the attempt, to go after "Cannot";
 * @words are the words that the attributes are from, by type, or NULL.
 */
int genl_open(void);
/* A socket for the events */
int genl_join(struct nl_sock *nl);
void genl_begin(struct nl_request *req, uint8_t cmd);
int genl_talk(struct nl_request *req, nl_fn fn, void *data, const char *what,
	      const char *const *words);
/* Get the object of a device; @attr has its ifindex. */
int genl_get(uint8_t cmd, uint16_t attr, const char *ifname, nl_fn fn,
	     void *data, const char *what);
int genl_dump_request(struct nl_request *req, nl_fn fn, void *data,
		      const char *what, const char *const *words);
int genl_dump(uint8_t cmd, nl_fn fn, void *data, const char *what);
uint8_t genl_cmd(const struct nlmsghdr *nlh);
bool genl_is_event(const struct nlmsghdr *nlh);
/* Print that the module was unloaded, and return RC_NO_MODULE. */
int genl_unloaded(void);

#endif
