/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_ADDR_H
#define ANYGWCTL_CLI_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDR_TEXT	(INET6_ADDRSTRLEN + 4)

/**
 * struct addr - an address and its prefix length
 * @family: AF_INET, AF_INET6, or 0 for no address
 * @len: prefix length
 * @byte: the address in network order
 */
struct addr {
	int family;
	uint8_t len;
	uint8_t byte[16];
};

/**
 * struct addrs - a list of addresses
 * @addr: the addresses
 * @n: how many
 */
struct addrs {
	struct addr *addr;
	size_t n;
};

size_t addr_bytes(const struct addr *a);
const char *addr_text(const struct addr *a, char *buf);
const char *addr_ip_text(const struct addr *a, char *buf);
bool addr_same(const struct addr *a, const struct addr *b);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_covers(const struct addr *net, const struct addr *a);
bool addr_is_link_local(const struct addr *a);
void addr_from_mac(struct addr *a, const uint8_t *mac);
int addr_parse(const char *word, struct addr *a);
int addr_parse_ip(const char *word, struct addr *a);

bool addrs_have(const struct addrs *list, const struct addr *a);
int addrs_add(struct addrs *list, const struct addr *a);
int addrs_copy(struct addrs *to, const struct addrs *from);
void addrs_free(struct addrs *list);

#endif
