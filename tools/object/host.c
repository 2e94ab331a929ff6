// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl host: this host's identity on the fabric.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/diag.h"
#include "cli/out.h"
#include "nl/genl.h"
#include "object/host.h"

#define MACHINE_ID_FILE	"/etc/machine-id"
#define MACHINE_ID_LEN	16

static const struct out_key host_keys[] = {
	{ "mac", "mac", 0 },
	{ "source", "source", 0 },
	{ "beacon", "beacon", 0 },
	{ 0 },
};

static int read_host(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[ANYGW_A_HOST_MAX + 1];
	struct host *host = data;

	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_HOST_MAX))
		return -EBADMSG;
	if (tb[ANYGW_A_HOST_MAC] &&
	    mnl_attr_get_payload_len(tb[ANYGW_A_HOST_MAC]) == MAC_LEN)
		memcpy(host->mac, mnl_attr_get_payload(tb[ANYGW_A_HOST_MAC]),
		       MAC_LEN);
	if (tb[ANYGW_A_HOST_MAC_SOURCE])
		host->source = mnl_attr_get_u8(tb[ANYGW_A_HOST_MAC_SOURCE]);
	if (tb[ANYGW_A_HOST_BEACON])
		host->beacon = mnl_attr_get_u8(tb[ANYGW_A_HOST_BEACON]);
	return 0;
}

/**
 * host_read() - ask the kernel about this host
 * @host: filled in
 *
 * Return: 0 or an exit code.
 */
int host_read(struct host *host)
{
	struct nl_request req;

	memset(host, 0, sizeof(*host));
	genl_begin(&req, ANYGW_CMD_HOST_GET);
	return genl_talk(&req, read_host, host, "read the host's settings",
			 NULL);
}

/**
 * host_parse() - read the words of "host set"
 * @args: the words
 * @wish: filled in
 *
 * Return: 0 or RC_USAGE.
 */
int host_parse(const struct args *args, struct host *wish)
{
	memset(wish, 0, sizeof(*wish));
	wish->mac_word = args_get(args, "mac");
	wish->beacon_word = args_get(args, "beacon");
	wish->beacon = value_choice(wish->beacon_word, switch_names, 2);
	if (!wish->mac_word)
		return 0;
	wish->source = ANYGW_MAC_SOURCE_CONFIGURED;
	return value_mac(wish->mac_word, wish->mac);
}

/**
 * host_send() - make the kernel change the host's settings
 * @wish: what to change
 * @dry_run: only ask whether it would
 *
 * Return: 0 or RC_REFUSED.
 */
int host_send(const struct host *wish, bool dry_run)
{
	const char *words[ANYGW_A_HOST_MAX + 1] = {
		[ANYGW_A_HOST_MAC] = wish->mac_word,
		[ANYGW_A_HOST_BEACON] = wish->beacon_word ? "beacon" : NULL,
	};
	struct nl_request req;

	genl_begin(&req, ANYGW_CMD_HOST_SET);
	if (wish->source == ANYGW_MAC_SOURCE_CONFIGURED)
		mnl_attr_put(req.nlh, ANYGW_A_HOST_MAC, MAC_LEN, wish->mac);
	if (wish->beacon >= 0)
		mnl_attr_put_u8(req.nlh, ANYGW_A_HOST_BEACON, wish->beacon);
	if (dry_run)
		mnl_attr_put(req.nlh, ANYGW_A_HOST_DRY_RUN, 0, NULL);
	return genl_talk(&req, NULL, NULL, "change the host's settings", words);
}

static int hex_digit(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return isdigit((unsigned char)c) ? c - '0' :
					   tolower((unsigned char)c) - 'a' + 10;
}

/* The file holds 32 hexadecimal digits and a new line. */
static bool read_machine_id(uint8_t *id)
{
	char text[2 * MACHINE_ID_LEN + 2] = "";
	FILE *f = fopen(MACHINE_ID_FILE, "re");
	bool good;

	if (!f)
		return false;
	good = fgets(text, sizeof(text), f) != NULL;
	fclose(f);
	for (int i = 0; good && i < MACHINE_ID_LEN; i++) {
		int high = hex_digit(text[2 * i]);
		int low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);

		good = low >= 0;
		if (good)
			id[i] = high << 4 | low;
	}
	return good && (!text[2 * MACHINE_ID_LEN] ||
			text[2 * MACHINE_ID_LEN] == '\n');
}

/**
 * host_identify() - hand the machine id to the kernel, if it needs one
 * @warn: whether to complain when there is none
 *
 * The host MAC is made from it. Without it the kernel takes a random one.
 *
 * Return: 0 or an exit code. Not to be allowed is no failure: whoever has
 * no rights can still look, and is told when it comes to a change.
 */
int host_identify(bool warn)
{
	uint8_t id[MACHINE_ID_LEN];
	struct nl_request req;
	struct host host;
	bool was;
	int rc;

	rc = host_read(&host);
	if (rc || host.source > ANYGW_MAC_SOURCE_RANDOM)
		return rc;
	if (!read_machine_id(id)) {
		if (warn)
			diag_warn("%s holds no machine id: the host MAC is random, and another one after each load of the module",
				  MACHINE_ID_FILE);
		return 0;
	}
	genl_begin(&req, ANYGW_CMD_HOST_SET);
	mnl_attr_put(req.nlh, ANYGW_A_HOST_MACHINE_ID, sizeof(id), id);
	was = diag_quiet(true);
	genl_talk(&req, NULL, NULL, "hand over the machine id", NULL);
	diag_quiet(was);
	return 0;
}

/**
 * cmd_host_show() - "host show"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_host_show(const struct args *args)
{
	struct host host;
	char mac[MAC_TEXT];
	json_t *o;
	int rc;

	(void)args;
	rc = genl_open();
	if (!rc)
		rc = host_identify(false);
	if (!rc)
		rc = host_read(&host);
	if (rc)
		return rc;
	o = json_object();
	out_set(o, "mac", host.source == ANYGW_MAC_SOURCE_NONE ? json_null() :
		json_string(mac_text(host.mac, mac)));
	out_set(o, "beacon", json_boolean(host.beacon));
	out_set(o, "source", json_string(name_of(source_names, SOURCES,
						 host.source)));
	out_begin();
	out_object(o, host_keys);
	return out_end(0);
}

/**
 * cmd_host_set() - "host set"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_host_set(const struct args *args)
{
	struct host wish;
	int rc;

	rc = host_parse(args, &wish);
	if (!rc)
		rc = genl_open();
	return rc ? rc : host_send(&wish, false);
}
