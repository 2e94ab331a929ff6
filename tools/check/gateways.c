// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of the gateways themselves, and of the bridge they are on.
 */
#include "check/gateways.h"
#include "check/report.h"
#include "check/state.h"

/* Asked to serve, and does not. */
static void explain_state(const struct gw *gw, const struct device *br)
{
	if (gw->down)
		check_say(CHECK_WARN, "state", gw->ifname,
			  check_mend("ip link set dev %s up",
				     check_word(gw->ifname)),
			  "it is down, and so on standby");
	else if (br->filtering != !!gw->vlan)
		check_say(CHECK_FAIL, "state", gw->ifname,
			  check_mend("ip link set dev %s type bridge vlan_filtering %d",
				     check_word(br->ifname), !!gw->vlan),
			  "it was made for a bridge that %s VLANs, and is on standby",
			  gw->vlan ? "filters" : "does not filter");
	else
		check_say(CHECK_FAIL, "state", gw->ifname,
			  check_mend("anygwctl gateway set dev %s mode active",
				     check_word(gw->ifname)),
			  "it is to be active, and is not");
}

static void check_state(const struct gw *gw, const struct device *br)
{
	const char *state = name_of(mode_names, MODES, gw->state);

	if (gw->mode == ANYGW_MODE_ACTIVE && gw->state != gw->mode)
		explain_state(gw, br);
	else
		check_say(CHECK_PASS, "state", gw->ifname, "", "it is %s%s",
			  gw->state == ANYGW_MODE_STANDBY ? "on " : "", state);
	if (br->up)
		check_say(CHECK_PASS, "bridge", br->ifname, "",
			  "the bridge is up");
	else
		check_say(CHECK_FAIL, "bridge", br->ifname,
			  check_mend("ip link set dev %s up",
				     check_word(br->ifname)),
			  "the bridge is down");
}

static void check_address(const struct gw *gw)
{
	if (gw_serves(gw, AF_INET) || gw_serves(gw, AF_INET6)) {
		check_say(CHECK_PASS, "address", gw->ifname, "",
			  "it has an address");
		return;
	}
	check_say(gw->mode == ANYGW_MODE_ACTIVE ? CHECK_FAIL : CHECK_WARN,
		  "address", gw->ifname,
		  check_mend("anygwctl gateway set dev %s address ADDR/LEN",
			     check_word(gw->ifname)),
		  "it has no address, and serves nobody");
}

static void check_mtu(const struct gw *gw, const struct device *dev,
		      const struct device *br)
{
	if (dev->mtu == br->mtu)
		check_say(CHECK_PASS, "bridge-mtu", gw->ifname, "",
			  "its MTU is the bridge's");
	else
		check_say(CHECK_WARN, "bridge-mtu", gw->ifname,
			  check_mend("ip link set dev %s mtu %u",
				     check_word(gw->ifname), br->mtu),
			  "its MTU is %u, that of %s is %u", dev->mtu,
			  br->ifname, br->mtu);
}

/**
 * check_gateways() - check each gateway by itself
 * @c: what there is
 */
void check_gateways(const struct check *c)
{
	if (!c->gws.n)
		check_say(CHECK_WARN, "gateway", "",
			  check_mend("anygwctl gateway add bridge BR vlan VID address ADDR/LEN"),
			  "there is no gateway");
	for (size_t i = 0; i < c->gws.n; i++) {
		const struct gw *gw = &c->gws.gw[i];
		const struct device *br = device_find(&c->devices, gw->bridge);
		const struct device *dev = device_find(&c->devices,
						       gw->ifindex);

		/* It may go while it is looked at. */
		if (!br || !dev)
			continue;
		check_state(gw, br);
		check_address(gw);
		check_mtu(gw, dev, br);
	}
}
