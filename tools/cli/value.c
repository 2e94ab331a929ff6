// SPDX-License-Identifier: GPL-2.0
/*
 * Values after keywords: numbers, MACs, names.
 */
#include <ctype.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "cli/value.h"

const uint8_t default_vmac[MAC_LEN] = { 0x02, 0x61, 0x6e, 0x79, 0x67, 0x77 };

#define NAMES(...)							\
	{								\
		(const char *const[]){ __VA_ARGS__ },			\
		ARRAY_SIZE(((const char *const[]){ __VA_ARGS__ })),	\
	}

const struct names role_names = NAMES("auto", "access", "fabric");
const struct names mode_names = NAMES("active", "standby", "observe");
const struct names source_names =
	NAMES("none", "random", "machine-id", "configured");
const struct names switch_names = NAMES("off", "on");
const struct names endpoint_state_names = NAMES("present", "leaving", "gone");
const struct names moved_by_names =
	NAMES("unicast", "claim", "rarp", "port-down", "no-reply",
	      "announcement");
const struct names decision_names =
	NAMES("route here", "local", "bridge", "drop");
const struct names reason_names =
	NAMES("routed", "local", "observe", "standby", "down", "vlan-mismatch",
	      "no-route", "unreachable", "not-forwarded", "no-carrier",
	      "neighbour-failed", "blackhole", "prohibit", "refused",
	      "no-protocol");
const struct names path_names =
	NAMES("fast", "off", "bridge-chain", "prerouting", "forward", "xfrm",
	      "packet-socket", "tc", "xdp", "qdisc", "netdev-chain", "upper",
	      "vrf", "proxy-ndp", "rules", "multipath", "redirect",
	      "neighbour", "route");

const char *name_of(const struct names *names, unsigned int i)
{
	return i < names->n ? names->name[i] : "unknown";
}

int value_choice(const char *word, const struct names *names)
{
	for (unsigned int i = 0; word && i < names->n; i++)
		if (!strcmp(word, names->name[i]))
			return i;
	return -1;
}

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

int value_range(const char *keyword, const char *word, unsigned int min,
		unsigned int max, unsigned int *value)
{
	if (!value_number(word, min, max, value))
		return 0;
	return diag_usage("\"%s\" is out of range: \"%s\" takes %u to %u", word,
			  keyword, min, max);
}

int value_mac(const char *word, uint8_t *mac)
{
	static const uint8_t zero[MAC_LEN];
	int n = 0;

	/* The format alone would take single digits and spaces. */
	if (strlen(word) != MAC_TEXT - 1 ||
	    strspn(word, "0123456789abcdefABCDEF:") != MAC_TEXT - 1 ||
	    sscanf(word, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0],
		   &mac[1], &mac[2], &mac[3], &mac[4], &mac[5], &n) != 6 ||
	    n != MAC_TEXT - 1)
		return diag_usage("\"%s\" is not a MAC", word);
	if (mac[0] & 1)
		return diag_usage("\"%s\" is a multicast MAC", word);
	if (!memcmp(mac, zero, MAC_LEN))
		return diag_usage("\"%s\" is the zero MAC", word);
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
	for (size_t i = 0; i < ARRAY_SIZE(fhrp); i++) {
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

int value_endpoints(const struct args *args, unsigned int *value)
{
	const char *word = args_get(args, "endpoints");

	*value = 0;
	return word ? value_range("endpoints", word, 1, 32767, value) : 0;
}

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

int value_device(const char *word)
{
	bool good = *word && strlen(word) < IFNAMSIZ && strcmp(word, ".") &&
		    strcmp(word, "..");

	for (const char *p = word; *p; p++)
		if (*p == '/' || *p == ':' || isspace((unsigned char)*p))
			good = false;
	return good ? 0 : diag_usage("\"%s\" is not a device name", word);
}

const char *mac_text(const uint8_t *mac, char *buf)
{
	snprintf(buf, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
	return buf;
}
