// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of the other hosts: their gateways are to be like those here.
 */
#include <errno.h>

#include <linux/anygw.h>

#include "check/peers.h"
#include "check/report.h"
#include "check/state.h"
#include "nl/genl.h"
#include "object/peer.h"

/**
 * struct heard - what was heard of other hosts
 * @c: what there is here
 * @all: how many there are, one in two VLANs being two
 * @other: how many of them differ
 */
struct heard {
	const struct check *c;
	unsigned int all;
	unsigned int other;
};

static void say(const struct peer *peer, const char *what, const char *mend)
{
	char mac[MAC_TEXT];

	check_say(CHECK_WARN, "peers", peer->ifname, mend,
		  "the host %s on %s, VLAN %u, has %s",
		  mac_text(peer->mac, mac), peer->port_name, peer->vlan, what);
}

static const struct gw *gw_of(const struct check *c, const struct peer *peer)
{
	for (size_t i = 0; i < c->gws.n; i++)
		if (c->gws.gw[i].ifindex == peer->ifindex)
			return &c->gws.gw[i];
	return NULL;
}

/* What is off here is on there: which of them is right, nobody knows. */
static void say_switches(const struct peer *peer, const struct gw *gw)
{
	const char *dev = check_word(gw->ifname);

	if (peer->differs & ANYGW_DIFFERS_COEXIST)
		say(peer, "coexist set otherwise",
		    check_mend("anygwctl gateway set dev %s coexist %s", dev,
			       switch_names[!gw->sw[GW_COEXIST]]));
	if (peer->differs & ANYGW_DIFFERS_FALLBACK)
		say(peer, "fallback set otherwise",
		    check_mend("anygwctl gateway set dev %s fallback %s", dev,
			       switch_names[!gw->sw[GW_FALLBACK]]));
}

static void say_differences(const struct peer *peer, const struct gw *gw)
{
	const char *dev = check_word(gw->ifname);

	if (peer->differs & ANYGW_DIFFERS_VERSION)
		say(peer, "another version of anygw", "");
	if (peer->differs & ANYGW_DIFFERS_MAC)
		say(peer, "gateways with other MACs",
		    check_mend("anygwctl gateway show dev %s", dev));
	if (peer->differs & ANYGW_DIFFERS_ADDRESSES)
		say(peer, "other gateway addresses",
		    check_mend("anygwctl gateway set dev %s address ADDR/LEN",
			       dev));
	if (peer->differs & ANYGW_DIFFERS_MTU)
		say(peer, "a gateway with another MTU",
		    check_mend("ip link set dev %s mtu MTU", dev));
	say_switches(peer, gw);
}

static int look_at(const struct nlmsghdr *nlh, void *data)
{
	struct heard *heard = data;
	const struct gw *gw;
	struct peer peer;

	if (peer_from_message(nlh, &peer))
		return -EBADMSG;
	heard->all++;
	gw = gw_of(heard->c, &peer);
	if (!peer.differs || !gw)
		return 0;
	heard->other++;
	say_differences(&peer, gw);
	return 0;
}

/**
 * check_peers() - compare with the other hosts
 * @c: what there is
 */
void check_peers(const struct check *c)
{
	struct heard heard = { .c = c };

	if (genl_dump(ANYGW_CMD_PEER_GET, look_at, &heard,
		      "list the other hosts"))
		return;
	if (!heard.all)
		check_say(CHECK_PASS, "peers", "", "",
			  "no other host was heard");
	else if (!heard.other)
		check_say(CHECK_PASS, "peers", "", "",
			  "all other hosts that were heard have the same settings");
}
