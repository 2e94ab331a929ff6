// SPDX-License-Identifier: GPL-2.0
/*
 * Values after keywords: numbers, MACs, names.
 */
#include <ctype.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/value.h"

const uint8_t default_vmac[MAC_LEN] = { 0x02, 0x61, 0x6e, 0x79, 0x67, 0x77 };

/* In the order of the kernel's enums. */
const char *const role_names[] = { "auto", "access", "fabric" };
const char *const mode_names[] = { "active", "standby", "observe" };
const char *const source_names[] = {
	"none", "random", "machine-id", "configured",
};
const char *const switch_names[] = { "off", "on" };
const char *const decision_names[] = {
	"route here", "local", "bridge", "drop",
};
const char *const reason_names[] = {
	"routed", "local", "observe", "standby", "down", "vlan-mismatch",
	"no-route", "unreachable", "not-forwarded", "no-carrier",
	"neighbour-failed", "blackhole", "prohibit", "refused", "no-protocol",
};
const char *const path_names[] = {
	"fast", "off", "bridge-chain", "prerouting", "forward", "xfrm",
	"packet-socket", "tc", "xdp", "qdisc", "netdev-chain", "upper", "vrf",
	"proxy-ndp", "rules", "multipath", "redirect", "neighbour", "route",
};

/**
 * name_of() - the name of a number that came from the kernel
 * @names: the names
 * @n: how many there are
 * @i: the number
 *
 * Return: the name; a kernel newer than this tool may have more of them.
 */
const char *name_of(const char *const *names, unsigned int n, unsigned int i)
{
	return i < n ? names[i] : "unknown";
}

/**
 * value_number() - read a decimal number
 * @word: the text
 * @min: least value
 * @max: greatest value
 * @value: filled in
 *
 * Return: 0 or RC_USAGE, without a message.
 */
int value_number(const char *word, unsigned int min, unsigned int max,
		 unsigned int *value)
{
	unsigned long n = 0;

	if (!*word || strlen(word) > 10)
		return RC_USAGE;
	for (; *word; word++) {
		if (!isdigit((unsigned char)*word))
			return RC_USAGE;
		n = n * 10 + *word - '0';
	}
	if (n < min || n > max)
		return RC_USAGE;
	*value = n;
	return 0;
}

/**
 * value_range() - read the number that a keyword takes
 * @keyword: the keyword
 * @word: the text
 * @min: least value
 * @max: greatest value
 * @value: filled in
 *
 * Return: 0, or RC_USAGE after a message that names word and range.
 */
int value_range(const char *keyword, const char *word, unsigned int min,
		unsigned int max, unsigned int *value)
{
	if (!value_number(word, min, max, value))
		return 0;
	return diag_usage("\"%s\" is out of range: \"%s\" takes %u to %u", word,
			  keyword, min, max);
}

static int hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return tolower((unsigned char)c) - 'a' + 10;
}

/**
 * value_mac() - read a MAC that a device can have
 * @word: the text
 * @mac: filled in
 *
 * Return: 0, or RC_USAGE after a message that names the word.
 */
int value_mac(const char *word, uint8_t *mac)
{
	static const uint8_t zero[MAC_LEN];
	bool good = strlen(word) == MAC_TEXT - 1;

	for (int i = 0; good && i < MAC_LEN; i++) {
		const char *p = word + 3 * i;

		good = isxdigit((unsigned char)p[0]) &&
		       isxdigit((unsigned char)p[1]) &&
		       p[2] == (i < MAC_LEN - 1 ? ':' : 0);
		if (good)
			mac[i] = hex(p[0]) << 4 | hex(p[1]);
	}
	if (!good)
		return diag_usage("\"%s\" is not a MAC", word);
	if (mac[0] & 1)
		return diag_usage("\"%s\" is a multicast MAC", word);
	if (!memcmp(mac, zero, MAC_LEN))
		return diag_usage("\"%s\" is a MAC of nobody", word);
	return 0;
}

/* GROUP.FORWARDER: six zero bits, ten of the group, eight of the forwarder. */
static int glbp_mac(const char *word, uint8_t *mac)
{
	const char *dot = strchr(word, '.');
	unsigned int forwarder;
	char group_word[8] = "";
	unsigned int group;

	if (dot && dot - word < (int)sizeof(group_word))
		memcpy(group_word, word, dot - word);
	if (!dot || value_number(group_word, 0, 1023, &group) ||
	    value_number(dot + 1, 1, 4, &forwarder))
		return diag_usage("\"%s\" is out of range: \"glbp\" takes GROUP.FORWARDER, 0 to 1023 and 1 to 4",
				  word);
	memcpy(mac, (uint8_t[]){ 0x00, 0x07, 0xb4, group >> 8, group,
				 forwarder }, MAC_LEN);
	return 0;
}

/* The redundancy protocols number their routers in the last bits of a MAC. */
static const struct {
	const char *keyword;
	unsigned int min;
	unsigned int max;
	uint8_t base[MAC_LEN];
} fhrp[] = {
	{ "vrrp", 1, 255, { 0x00, 0x00, 0x5e, 0x00, 0x01, 0x00 } },
	{ "vrrp6", 1, 255, { 0x00, 0x00, 0x5e, 0x00, 0x02, 0x00 } },
	{ "hsrp", 0, 255, { 0x00, 0x00, 0x0c, 0x07, 0xac, 0x00 } },
	{ "hsrp2", 0, 4095, { 0x00, 0x00, 0x0c, 0x9f, 0xf0, 0x00 } },
	{ "hsrp6", 0, 4095, { 0x00, 0x05, 0x73, 0xa0, 0x00, 0x00 } },
};

static int fhrp_mac(const struct args *args, uint8_t *mac, const char **word)
{
	for (size_t i = 0; i < sizeof(fhrp) / sizeof(fhrp[0]); i++) {
		unsigned int id;

		*word = args_get(args, fhrp[i].keyword);
		if (!*word)
			continue;
		if (value_range(fhrp[i].keyword, *word, fhrp[i].min,
				fhrp[i].max, &id))
			return RC_USAGE;
		memcpy(mac, fhrp[i].base, MAC_LEN);
		mac[4] |= id >> 8;
		mac[5] |= id;
		return 0;
	}
	memcpy(mac, default_vmac, MAC_LEN);
	return 0;
}

/**
 * value_endpoints() - the limit of endpoints that the words ask for
 * @args: the words
 * @value: filled in, 0 when none is given
 *
 * Return: 0, or RC_USAGE after a message that names the word.
 */
int value_endpoints(const struct args *args, unsigned int *value)
{
	const char *word = args_get(args, "endpoints");

	*value = 0;
	return word ? value_range("endpoints", word, 1, 32767, value) : 0;
}

/**
 * value_vmac() - the vMAC that the words ask for, or the default one
 * @args: the words
 * @mac: filled in
 * @word: filled in with the word it came from, NULL for the default
 *
 * Return: 0, or RC_USAGE after a message that names the word.
 */
int value_vmac(const struct args *args, uint8_t *mac, const char **word)
{
	*word = args_get(args, "mac");
	if (*word)
		return value_mac(*word, mac);
	*word = args_get(args, "glbp");
	if (*word)
		return glbp_mac(*word, mac);
	return fhrp_mac(args, mac, word);
}

/**
 * value_device() - check that a word can be the name of a device
 * @word: the word
 *
 * Return: 0, or RC_USAGE after a message that names the word.
 */
int value_device(const char *word)
{
	bool good = *word && strlen(word) < IFNAMSIZ && strcmp(word, ".") &&
		    strcmp(word, "..");

	for (const char *p = word; *p; p++)
		if (*p == '/' || *p == ':' || isspace((unsigned char)*p))
			good = false;
	return good ? 0 : diag_usage("\"%s\" is not a device name", word);
}

/**
 * value_choice() - which of some names a word is
 * @word: the word, NULL when it was not given
 * @names: the names
 * @n: how many
 *
 * Return: the number of the name, or -1.
 */
int value_choice(const char *word, const char *const *names, int n)
{
	for (int i = 0; word && i < n; i++)
		if (!strcmp(word, names[i]))
			return i;
	return -1;
}

/**
 * mac_text() - a MAC as text
 * @mac: the MAC
 * @buf: room for MAC_TEXT bytes
 *
 * Return: @buf.
 */
const char *mac_text(const uint8_t *mac, char *buf)
{
	snprintf(buf, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
	return buf;
}
