// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl host: this host's identity on the fabric.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/commands.h"
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

int host_from_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[ANYGW_A_HOST_MAX + 1];
	struct host *host = data;

	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_HOST_MAX))
		return -EBADMSG;
	nl_mac(tb[ANYGW_A_HOST_MAC], host->mac);
	host->source = nl_uint(tb[ANYGW_A_HOST_MAC_SOURCE]);
	host->beacon = nl_uint(tb[ANYGW_A_HOST_BEACON]);
	return 0;
}

int host_read(struct host *host)
{
	struct nl_request req;

	memset(host, 0, sizeof(*host));
	genl_begin(&req, ANYGW_CMD_HOST_GET);
	return genl_talk(&req, host_from_message, host,
			 "read the host's settings", NULL);
}

json_t *host_json(const struct host *host)
{
	json_t *o = json_object();
	char mac[MAC_TEXT];

	out_set(o, "mac", host->source == ANYGW_MAC_SOURCE_NONE ? json_null() :
		json_string(mac_text(host->mac, mac)));
	out_set(o, "source", json_string(name_of(&source_names, host->source)));
	out_set(o, "beacon", json_boolean(host->beacon));
	return o;
}

int host_parse(const struct args *args, struct host *request)
{
	memset(request, 0, sizeof(*request));
	request->mac_word = args_get(args, "mac");
	request->beacon_word = args_get(args, "beacon");
	request->beacon = value_choice(request->beacon_word, &switch_names);
	if (!request->mac_word)
		return 0;
	request->source = ANYGW_MAC_SOURCE_CONFIGURED;
	return value_mac(request->mac_word, request->mac);
}

int host_send(const struct host *request, bool dry_run)
{
	const char *words[ANYGW_A_HOST_MAX + 1] = {
		[ANYGW_A_HOST_MAC] = request->mac_word,
		[ANYGW_A_HOST_BEACON] = request->beacon_word ? "beacon" : NULL,
	};
	struct nl_request req;

	genl_begin(&req, ANYGW_CMD_HOST_SET);
	if (request->source == ANYGW_MAC_SOURCE_CONFIGURED)
		mnl_attr_put(req.nlh, ANYGW_A_HOST_MAC, MAC_LEN, request->mac);
	if (request->beacon >= 0)
		mnl_attr_put_u8(req.nlh, ANYGW_A_HOST_BEACON, request->beacon);
	if (dry_run)
		mnl_attr_put(req.nlh, ANYGW_A_HOST_DRY_RUN, 0, NULL);
	return genl_talk(&req, NULL, NULL, "change the host's settings", words);
}

/* The file holds 32 hexadecimal digits and a new line. */
static bool read_machine_id(uint8_t *id)
{
	char text[2 * MACHINE_ID_LEN + 2] = "";
	FILE *f = fopen(MACHINE_ID_FILE, "re");
	bool good;

	if (!f)
		return false;
	good = fgets(text, sizeof(text), f) &&
	       strspn(text, "0123456789abcdefABCDEF") == 2 * MACHINE_ID_LEN;
	fclose(f);
	for (int i = 0; good && i < MACHINE_ID_LEN; i++)
		good = sscanf(text + 2 * i, "%2hhx", &id[i]) == 1;
	return good && (!text[2 * MACHINE_ID_LEN] ||
			text[2 * MACHINE_ID_LEN] == '\n');
}

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
			diag_warn("%s has no machine id: the host MAC is random, and changes whenever the module is loaded",
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

int cmd_host_show(const struct args *args)
{
	struct host host;
	int rc;

	rc = genl_open() ?:
	     host_identify(false) ?:
	     host_read(&host);
	if (rc)
		return rc;
	out_begin();
	out_object(host_json(&host), host_keys);
	return out_end(0);
}

int cmd_host_set(const struct args *args)
{
	struct host request;

	return host_parse(args, &request) ?:
	       genl_open() ?:
	       host_send(&request, false);
}
