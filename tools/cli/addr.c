// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses with a prefix length, and lists of them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/addr.h"
#include "cli/diag.h"
#include "cli/value.h"

/**
 * addr_bytes() - how long an address is
 * @a: the address
 */
size_t addr_bytes(const struct addr *a)
{
	return a->family == AF_INET ? 4 : 16;
}

/**
 * addr_text() - an address as text
 * @a: the address
 * @buf: room for ADDR_TEXT bytes
 *
 * Return: @buf.
 */
const char *addr_text(const struct addr *a, char *buf)
{
	char ip[INET6_ADDRSTRLEN];

	if (!inet_ntop(a->family, a->byte, ip, sizeof(ip)))
		strcpy(ip, "?");
	snprintf(buf, ADDR_TEXT, "%s/%u", ip, a->len);
	return buf;
}

/**
 * addr_ip_text() - an address as text, without its prefix length
 * @a: the address
 * @buf: room for ADDR_TEXT bytes
 *
 * Return: @buf.
 */
const char *addr_ip_text(const struct addr *a, char *buf)
{
	if (!inet_ntop(a->family, a->byte, buf, ADDR_TEXT))
		strcpy(buf, "?");
	return buf;
}

/**
 * addr_same() - whether two addresses are the same but for the prefix length
 * @a: one
 * @b: the other
 */
bool addr_same(const struct addr *a, const struct addr *b)
{
	return a->family == b->family &&
	       !memcmp(a->byte, b->byte, addr_bytes(a));
}

/**
 * addr_equal() - whether two addresses and their prefix lengths are the same
 * @a: one
 * @b: the other
 */
bool addr_equal(const struct addr *a, const struct addr *b)
{
	if (!a->family || !b->family)
		return a->family == b->family;
	return addr_same(a, b) && a->len == b->len;
}

/**
 * addr_covers() - whether an address is in the subnet of another
 * @net: the address with the subnet
 * @a: the address in question
 */
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

/**
 * addr_is_link_local() - whether an address is an IPv6 link-local one
 * @a: the address
 */
bool addr_is_link_local(const struct addr *a)
{
	return a->family == AF_INET6 && a->byte[0] == 0xfe &&
	       (a->byte[1] & 0xc0) == 0x80;
}

/**
 * addr_from_mac() - the link-local address a device makes from its MAC
 * @a: filled in
 * @mac: the MAC
 */
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
		return "is an address of no host";
	if (a->byte[0] == 127)
		return "is a loopback address";
	if (a->byte[0] >= 224)
		return "is not a unicast address";
	if (a->len < 31 && !(ip & rest))
		return "is the subnet, not an address in it";
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
		return "is an address of no host";
	if (IN6_IS_ADDR_LOOPBACK(ip))
		return "is a loopback address";
	if (IN6_IS_ADDR_V4MAPPED(ip))
		return "is an IPv4 address in disguise";
	return NULL;
}

/**
 * addr_parse() - read an address with its prefix length
 * @word: the text
 * @a: filled in
 *
 * Return: 0, or RC_USAGE after a message that names the word.
 */
int addr_parse(const char *word, struct addr *a)
{
	const char *slash = strchr(word, '/');
	char ip[INET6_ADDRSTRLEN] = "";
	const char *why;
	unsigned int len;
	unsigned int max;

	if ((slash ? (size_t)(slash - word) : strlen(word)) < sizeof(ip))
		memcpy(ip, word, slash ? (size_t)(slash - word) : strlen(word));
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, ip, a->byte) == 1)
		a->family = AF_INET;
	else if (inet_pton(AF_INET6, ip, a->byte) == 1)
		a->family = AF_INET6;
	else
		return diag_usage("\"%s\" is not an address", word);
	if (!slash)
		return diag_usage("\"%s\" has no prefix length: write ADDR/LEN",
				  word);
	max = a->family == AF_INET ? 32 : 128;
	if (value_number(slash + 1, 1, max, &len))
		return diag_usage("\"%s\": the prefix length is 1 to %u", word,
				  max);
	a->len = len;
	why = a->family == AF_INET ? unusable4(a) : unusable6(a);
	return why ? diag_usage("\"%s\" %s", word, why) : 0;
}

/**
 * addr_parse_ip() - read an address of a machine, without a prefix length
 * @word: the text
 * @a: filled in
 *
 * Return: 0, or RC_USAGE after a message that names the word.
 */
int addr_parse_ip(const char *word, struct addr *a)
{
	const char *why;

	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, word, a->byte) == 1)
		a->family = AF_INET;
	else if (inet_pton(AF_INET6, word, a->byte) == 1)
		a->family = AF_INET6;
	else if (strchr(word, '/'))
		return diag_usage("\"%s\" is not the address of one machine: leave out the prefix length",
				  word);
	else
		return diag_usage("\"%s\" is not an address", word);
	a->len = 8 * addr_bytes(a);
	why = a->family == AF_INET ? unusable4(a) : unusable6(a);
	return why ? diag_usage("\"%s\" %s", word, why) : 0;
}

/**
 * addrs_have() - whether a list has an address
 * @list: the list
 * @a: the address, with its prefix length
 */
bool addrs_have(const struct addrs *list, const struct addr *a)
{
	for (size_t i = 0; i < list->n; i++)
		if (addr_equal(&list->addr[i], a))
			return true;
	return false;
}

/**
 * addrs_add() - add an address to the end of a list
 * @list: the list
 * @a: the address
 *
 * Return: 0 or -ENOMEM.
 */
int addrs_add(struct addrs *list, const struct addr *a)
{
	struct addr *more;

	more = realloc(list->addr, (list->n + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	more[list->n++] = *a;
	list->addr = more;
	return 0;
}

/**
 * addrs_copy() - make a list equal to another
 * @to: the list to overwrite; what it held is not freed
 * @from: the other list
 *
 * Return: 0 or -ENOMEM.
 */
int addrs_copy(struct addrs *to, const struct addrs *from)
{
	struct addrs copy = { 0 };
	int err = 0;

	for (size_t i = 0; i < from->n && !err; i++)
		err = addrs_add(&copy, &from->addr[i]);
	*to = copy;
	return err;
}

/**
 * addrs_free() - empty a list
 * @list: the list
 */
void addrs_free(struct addrs *list)
{
	free(list->addr);
	list->addr = NULL;
	list->n = 0;
}
