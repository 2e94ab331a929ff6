// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of the gateways themselves, and of the bridge they are on.
 */
#include "check/checks.h"
#include "check/report.h"
#include "cli/array.h"

/* Why the gateway is not active, although its mode is */
static void report_state(const struct gw *gw, const struct link *br)
{
	if (gw->down)
		report(CHECK_WARN, "state", gw->ifname,
		       fix("ip link set dev %s up", fix_word(gw->ifname)),
		       "the device is down, so the gateway is on standby");
	else if (br->filtering != !!gw->vlan)
		report(CHECK_FAIL, "state", gw->ifname,
		       fix("ip link set dev %s type bridge vlan_filtering %d",
			   fix_word(br->ifname), !!gw->vlan),
		       "the gateway was added to a bridge that %s VLANs, and is on standby",
		       gw->vlan ? "filters" : "does not filter");
	else
		report(CHECK_FAIL, "state", gw->ifname,
		       fix("anygwctl gateway set dev %s mode active",
			   fix_word(gw->ifname)),
		       "the mode is active, but the gateway is not");
}

static void check_state(const struct gw *gw, const struct link *br)
{
	const char *state = name_of(&mode_names, gw->state);

	if (gw->mode == ANYGW_MODE_ACTIVE && gw->state != gw->mode)
		report_state(gw, br);
	else
		report(CHECK_PASS, "state", gw->ifname, "", "it is %s%s",
		       gw->state == ANYGW_MODE_STANDBY ? "on " : "", state);
	if (br->up)
		report(CHECK_PASS, "bridge", br->ifname, "",
		       "the bridge is up");
	else
		report(CHECK_FAIL, "bridge", br->ifname,
		       fix("ip link set dev %s up", fix_word(br->ifname)),
		       "the bridge is down");
}

static void check_address(const struct gw *gw)
{
	if (gw_serves(gw, AF_INET) || gw_serves(gw, AF_INET6)) {
		report(CHECK_PASS, "address", gw->ifname, "",
		       "the gateway has an address");
		return;
	}
	report(gw->mode == ANYGW_MODE_ACTIVE ? CHECK_FAIL : CHECK_WARN,
	       "address", gw->ifname,
	       fix("anygwctl gateway set dev %s address ADDR/LEN",
		   fix_word(gw->ifname)),
	       "the gateway has no address, and serves no VM");
}

static void check_mtu(const struct gw *gw, const struct link *dev,
		      const struct link *br)
{
	if (dev->mtu == br->mtu)
		report(CHECK_PASS, "bridge-mtu", gw->ifname, "",
		       "the MTU is that of the bridge");
	else
		report(CHECK_WARN, "bridge-mtu", gw->ifname,
		       fix("ip link set dev %s mtu %u", fix_word(gw->ifname),
			   br->mtu), "the MTU is %u, but that of %s is %u",
		       dev->mtu, br->ifname, br->mtu);
}

void check_gateways(const struct check *c)
{
	if (!c->gws.n)
		report(CHECK_WARN, "gateway", "",
		       fix("anygwctl gateway add bridge BR vlan VID address ADDR/LEN"),
		       "there is no gateway");
	array_foreach(gw, c->gws.gw, c->gws.n) {
		const struct link *br = links_find(&c->links, gw->bridge);
		const struct link *dev = links_find(&c->links, gw->ifindex);

		/* It may be deleted meanwhile. */
		if (!br || !dev)
			continue;
		check_state(gw, br);
		check_address(gw);
		check_mtu(gw, dev, br);
	}
}
