// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses with a prefix length, and lists of them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "cli/addr.h"
#include "cli/array.h"
#include "cli/diag.h"
#include "cli/value.h"

size_t addr_bytes(const struct addr *a)
{
	return a->family == AF_INET ? 4 : 16;
}

const char *addr_text(const struct addr *a, char *buf)
{
	char ip[INET6_ADDRSTRLEN];

	if (!inet_ntop(a->family, a->byte, ip, sizeof(ip)))
		strcpy(ip, "?");
	snprintf(buf, ADDR_TEXT, "%s/%u", ip, a->len);
	return buf;
}

const char *addr_ip_text(const struct addr *a, char *buf)
{
	if (!inet_ntop(a->family, a->byte, buf, ADDR_TEXT))
		strcpy(buf, "?");
	return buf;
}

bool addr_same(const struct addr *a, const struct addr *b)
{
	return a->family == b->family &&
	       !memcmp(a->byte, b->byte, addr_bytes(a));
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	if (!a->family || !b->family)
		return a->family == b->family;
	return addr_same(a, b) && a->len == b->len;
}

bool addr_covers(const struct addr *net, const struct addr *a)
{
	unsigned int rest = net->len % 8;
	uint8_t mask = 0xff00 >> rest;

	if (net->family != a->family ||
	    memcmp(net->byte, a->byte, net->len / 8))
		return false;
	return !rest ||
	       !((net->byte[net->len / 8] ^ a->byte[net->len / 8]) & mask);
}

bool addr_is_link_local(const struct addr *a)
{
	return a->family == AF_INET6 && a->byte[0] == 0xfe &&
	       (a->byte[1] & 0xc0) == 0x80;
}

void addr_from_mac(struct addr *a, const uint8_t *mac)
{
	const uint8_t byte[16] = {
		0xfe, 0x80, 0, 0, 0, 0, 0, 0, mac[0] ^ 2, mac[1], mac[2], 0xff,
		0xfe, mac[3], mac[4], mac[5],
	};

	a->family = AF_INET6;
	a->len = 64;
	memcpy(a->byte, byte, sizeof(byte));
}

/* Why an address cannot belong to a gateway, or NULL. */
static const char *unusable4(const struct addr *a)
{
	uint32_t ip = (uint32_t)a->byte[0] << 24 | a->byte[1] << 16 |
		      a->byte[2] << 8 | a->byte[3];
	uint32_t rest = a->len ? ~(UINT32_MAX << (32 - a->len)) : UINT32_MAX;

	if (a->len == 32)
		rest = 0;
	if (!a->byte[0])
		return "is not the address of a host";
	if (a->byte[0] == 127)
		return "is a loopback address";
	if (a->byte[0] >= 224)
		return "is not a unicast address";
	if (a->len < 31 && !(ip & rest))
		return "is the subnet itself";
	if (a->len < 31 && (ip & rest) == rest)
		return "is the broadcast address of its subnet";
	return NULL;
}

static const char *unusable6(const struct addr *a)
{
	const struct in6_addr *ip = (const struct in6_addr *)a->byte;

	if (IN6_IS_ADDR_MULTICAST(ip))
		return "is not a unicast address";
	if (IN6_IS_ADDR_UNSPECIFIED(ip))
		return "is not the address of a host";
	if (IN6_IS_ADDR_LOOPBACK(ip))
		return "is a loopback address";
	if (IN6_IS_ADDR_V4MAPPED(ip))
		return "is an IPv4-mapped address";
	return NULL;
}

/* The part of a word before a slash, if there is one. */
static bool addr_parse_family(const char *word, struct addr *a)
{
	size_t n = strcspn(word, "/");
	char ip[INET6_ADDRSTRLEN] = "";

	if (n < sizeof(ip))
		memcpy(ip, word, n);
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, ip, a->byte) == 1)
		a->family = AF_INET;
	else if (inet_pton(AF_INET6, ip, a->byte) == 1)
		a->family = AF_INET6;
	return a->family;
}

static int addr_check(const char *word, const struct addr *a)
{
	const char *why = a->family == AF_INET ? unusable4(a) : unusable6(a);

	return why ? diag_usage("\"%s\" %s", word, why) : 0;
}

int addr_parse(const char *word, struct addr *a)
{
	const char *slash = strchr(word, '/');
	unsigned int len;
	unsigned int max;

	if (!addr_parse_family(word, a))
		return diag_usage("\"%s\" is not an address", word);
	if (!slash)
		return diag_usage("\"%s\" has no prefix length: write ADDR/LEN",
				  word);
	max = 8 * addr_bytes(a);
	if (value_number(slash + 1, 1, max, &len))
		return diag_usage("\"%s\": the prefix length is 1 to %u", word,
				  max);
	a->len = len;
	return addr_check(word, a);
}

int addr_parse_ip(const char *word, struct addr *a)
{
	if (strchr(word, '/'))
		return diag_usage("\"%s\" is not a single address: remove the prefix length",
				  word);
	if (!addr_parse_family(word, a))
		return diag_usage("\"%s\" is not an address", word);
	a->len = 8 * addr_bytes(a);
	return addr_check(word, a);
}

const struct addr *addrs_find(const struct addrs *list, const struct addr *a)
{
	array_foreach(b, list->addr, list->n)
		if (addr_same(b, a))
			return b;
	return NULL;
}

bool addrs_have(const struct addrs *list, const struct addr *a)
{
	array_foreach(b, list->addr, list->n)
		if (addr_equal(b, a))
			return true;
	return false;
}

const struct addr *addrs_subnet(const struct addrs *list, const struct addr *a)
{
	array_foreach(b, list->addr, list->n)
		if (addr_covers(b, a))
			return b;
	return NULL;
}

int addrs_add(struct addrs *list, const struct addr *a)
{
	struct addr *more = array_add(list->addr, list->n);

	if (!more)
		return -ENOMEM;
	*more = *a;
	return 0;
}

int addrs_copy(struct addrs *to, const struct addrs *from)
{
	int err = 0;

	*to = (struct addrs){ 0 };
	for (size_t i = 0; i < from->n && !err; i++)
		err = addrs_add(to, &from->addr[i]);
	return err;
}

void addrs_free(struct addrs *list)
{
	free(list->addr);
	*list = (struct addrs){ 0 };
}
