/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_NL_H
#define ANYGWCTL_NL_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

/**
 * struct nl_error - why the kernel refused
 * @code: errno, 0 for no error
 * @attr: type of the offending attribute, 0 when it is not known
 * @text: the kernel's sentence, empty when it gave none
 */
struct nl_error {
	int code;
	uint16_t attr;
	char text[256];
};

/**
 * struct nl_sock - a netlink socket
 * @sk: the socket, NULL before it is opened
 * @seq: number of the last request
 */
struct nl_sock {
	struct mnl_socket *sk;
	uint32_t seq;
};

/**
 * struct nl_request - a request under construction
 * @buf: room for it
 * @nlh: its header, at the start of the room
 * @header: length of the headers before the attributes
 */
struct nl_request {
	char buf[4096] __attribute__((aligned(8)));
	struct nlmsghdr *nlh;
	size_t header;
};

typedef int (*nl_fn)(const struct nlmsghdr *nlh, void *data);

int nl_sock_open(struct nl_sock *nl, int protocol);
void nl_begin(struct nl_request *req, uint16_t type, uint16_t flags,
	      const void *header, size_t len);
int nl_talk(struct nl_sock *nl, struct nl_request *req, nl_fn fn, void *data,
	    struct nl_error *err);
int nl_dump(struct nl_sock *nl, struct nl_request *req, nl_fn fn, void *data,
	    struct nl_error *err);

int nl_attrs(const struct nlmsghdr *nlh, size_t header, const struct nlattr **tb,
	     uint16_t max);
int nl_nested(const struct nlattr *nest, const struct nlattr **tb, uint16_t max);

#endif
