/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_ADDR_H
#define ANYGWCTL_CLI_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDR_TEXT	(INET6_ADDRSTRLEN + 4)

struct addr {
	int family;		/* 0 for no address */
	uint8_t len;		/* of the prefix */
	uint8_t byte[16];	/* network order */
};

struct addrs {
	struct addr *addr;
	size_t n;
};

size_t addr_bytes(const struct addr *a);
/* These write up to ADDR_TEXT bytes to buf and return it. */
const char *addr_text(const struct addr *a, char *buf);
const char *addr_ip_text(const struct addr *a, char *buf);
/* addr_same() ignores the prefix length. */
bool addr_same(const struct addr *a, const struct addr *b);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_covers(const struct addr *net, const struct addr *a);
bool addr_is_link_local(const struct addr *a);
/* The link-local address in modified EUI-64 format */
void addr_from_mac(struct addr *a, const uint8_t *mac);

/* ADDR/LEN, or ADDR alone, that a host can have */
int addr_parse(const char *word, struct addr *a);
int addr_parse_ip(const char *word, struct addr *a);

const struct addr *addrs_find(const struct addrs *list, const struct addr *a);
bool addrs_have(const struct addrs *list, const struct addr *a);
const struct addr *addrs_subnet(const struct addrs *list, const struct addr *a);
/* Return 0 or -ENOMEM; addrs_copy() does not free what @to held. */
int addrs_add(struct addrs *list, const struct addr *a);
int addrs_copy(struct addrs *to, const struct addrs *from);
void addrs_free(struct addrs *list);

#endif
