// SPDX-License-Identifier: GPL-2.0
/*
 * Check of the other hosts: their gateways have to be like those here.
 */
#include <errno.h>
#include <string.h>

#include <linux/anygw.h>

#include "check/checks.h"
#include "check/report.h"
#include "cli/array.h"
#include "nl/genl.h"
#include "object/peer.h"

struct peer_count {
	const struct check *c;
	unsigned int all;	/* a host in two VLANs counts twice */
	unsigned int other;	/* those that differ */
};

/* It is unknown which host is right: the fix makes this one like the other. */
static const char *fix_difference(const struct gw *gw, const char *what)
{
	const char *dev = fix_word(gw->ifname);

	if (!strcmp(what, "mac"))
		return fix("anygwctl gateway show dev %s", dev);
	if (!strcmp(what, "addresses"))
		return fix("anygwctl gateway set dev %s address ADDR/LEN", dev);
	if (!strcmp(what, "mtu"))
		return fix("ip link set dev %s mtu MTU", dev);
	for (int i = 0; i < GW_SWITCHES; i++)
		if (!strcmp(what, gw_switch_names[i]))
			return fix("anygwctl gateway set dev %s %s %s", dev,
				   what, name_of(&switch_names, !gw->sw[i]));
	return "";
}

static bool has_word(const json_t *list, const char *word)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (!strcmp(json_string_value(item), word))
			return true;
	return false;
}

static void report_differences(const json_t *peer, const json_t *differs,
			       const struct gw *gw)
{
	static const struct {
		const char *what;
		const char *text;
	} texts[] = {
		{ "version", "a different version of anygw" },
		{ "mac", "gateways with different MACs" },
		{ "addresses", "different gateway addresses" },
		{ "mtu", "a gateway with a different MTU" },
		{ "coexist", "a different coexist setting" },
		{ "fallback", "a different fallback setting" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (has_word(differs, texts[i].what))
			report(CHECK_WARN, "peers", gw->ifname,
			       fix_difference(gw, texts[i].what),
			       "the host %s on %s, VLAN %u, has %s",
			       object_text(peer, "mac"), object_text(peer, "port"),
			       gw->vlan, texts[i].text);
}

static const struct gw *gw_by_name(const struct check *c, const char *ifname)
{
	array_foreach(gw, c->gws.gw, c->gws.n)
		if (!strcmp(gw->ifname, ifname))
			return gw;
	return NULL;
}

static int check_peer(const struct nlmsghdr *nlh, void *data)
{
	json_t *peer = peer_object.json(nlh);
	struct peer_count *count = data;
	const json_t *differs;
	const struct gw *gw;

	if (!peer)
		return -EBADMSG;
	count->all++;
	differs = json_object_get(peer, "differs");
	gw = gw_by_name(count->c, object_text(peer, "ifname"));
	if (gw && json_array_size(differs)) {
		count->other++;
		report_differences(peer, differs, gw);
	}
	json_decref(peer);
	return 0;
}

void check_peers(const struct check *c)
{
	struct peer_count count = { .c = c };

	if (genl_dump(ANYGW_CMD_PEER_GET, check_peer, &count,
		      "list the other hosts"))
		return;
	if (!count.all)
		report(CHECK_PASS, "peers", "", "", "no other host was seen");
	else if (!count.other)
		report(CHECK_PASS, "peers", "", "",
		       "all other hosts have the same settings");
}
