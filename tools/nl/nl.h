/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_NL_H
#define ANYGWCTL_NL_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "cli/addr.h"

/* The kernel never sends more than this in one piece. */
#define NL_BUF		32768

struct nl_error {
	int code;	/* errno, 0 for none */
	uint16_t attr;	/* type of the offending attribute, 0 if unknown */
	char text[256];	/* extack message, may be empty */
};

struct nl_sock {
	struct mnl_socket *sk;	/* NULL before it is opened */
	uint32_t seq;
};

struct nl_request {
	char buf[4096] __attribute__((aligned(8)));
	struct nlmsghdr *nlh;	/* at the start of buf */
	size_t header;		/* length of the family's header */
};

/* Returns 0 or a negative errno. */
typedef int (*nl_fn)(const struct nlmsghdr *nlh, void *data);

/*
 * All functions of this file return 0 or a negative errno, and print no
 * message.
 */
int nl_sock_open(struct nl_sock *nl, int protocol);
void nl_sock_close(struct nl_sock *nl);
int nl_sock_join(struct nl_sock *nl, unsigned int group);

void nl_begin(struct nl_request *req, uint16_t type, uint16_t flags,
	      const void *header, size_t len);
/* fn may be NULL. */
int nl_talk(struct nl_sock *nl, struct nl_request *req, nl_fn fn, void *data,
	    struct nl_error *err);
/*
 * A dump that a change has interrupted may lack an entry or show it twice, so
 * it is repeated. fn is called when a dump is complete, or after the last try,
 * with a warning.
 */
int nl_dump(struct nl_sock *nl, struct nl_request *req, nl_fn fn, void *data,
	    struct nl_error *err);
const char *nl_reason(const struct nl_error *err);

/* Attributes by type, up to max; others are ignored. */
int nl_attrs(const struct nlmsghdr *nlh, size_t header,
	     const struct nlattr **tb, uint16_t max);
void nl_nested(const struct nlattr *nest, const struct nlattr **tb,
	       uint16_t max);

/*
 * The value of an attribute: of whatever size, in host order; 0, false or empty
 * when it is NULL
 */
uint64_t nl_uint(const struct nlattr *attr);
/* Up to len bytes, always terminated */
void nl_text(const struct nlattr *attr, char *buf, size_t len);
bool nl_mac(const struct nlattr *attr, uint8_t *mac);
/* a->family decides about the length; a is cleared when it does not match. */
bool nl_addr(const struct nlattr *attr, struct addr *a);

#endif
