// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of routing: exits, forwarding, reverse path filter, bridge filter.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "check/checks.h"
#include "check/report.h"
#include "cli/array.h"
#include "cli/diag.h"

#define CONF4	"ipv4/conf"
#define CONF6	"ipv6/conf"

/* Documentation prefixes, which only a default route matches */
static const char *const outside[] = { "198.51.100.1", "2001:db8:5747::1" };
static const int families[] = { AF_INET, AF_INET6 };
static const char *const family_names[] = { "IPv4", "IPv6" };

static bool is_neighbour(const struct gw *gw, const struct addr *a)
{
	return !addrs_find(&gw->addrs, a) &&
	       !addr_same(&gw->host[a->family == AF_INET6], a);
}

/* A possible address of a VM in the first subnet of the gateway */
static bool vm_address(const struct gw *gw, int family, struct addr *vm)
{
	size_t i = 0;

	while (i < gw->addrs.n && (gw->addrs.addr[i].family != family ||
				   addr_is_link_local(&gw->addrs.addr[i])))
		i++;
	if (i == gw->addrs.n || gw->addrs.addr[i].len + 1u >=
	    8 * addr_bytes(&gw->addrs.addr[i]))
		return false;
	*vm = gw->addrs.addr[i];
	/* Skip the subnet and the broadcast address. */
	for (uint8_t bits = 1; bits < 4; bits++) {
		uint8_t *last = &vm->byte[addr_bytes(vm) - 1];

		*last = (gw->addrs.addr[i].byte[addr_bytes(vm) - 1] & ~3) |
			bits;
		if (is_neighbour(gw, vm))
			return true;
	}
	return false;
}

/*
 * Look up the route of a VM's packet, for the policy rules that match source
 * and ingress; if that fails, the route of the host's own packet.
 */
static void find_exit(const struct gw *gw, int i, struct route *exit)
{
	struct route_query query = { .to = { .family = families[i] } };

	inet_pton(families[i], outside[i], query.to.byte);
	if (gw->state == ANYGW_MODE_ACTIVE &&
	    vm_address(gw, families[i], &query.from)) {
		query.iif = gw->ifindex;
		if (!route_get(&query, exit) && exit->hops)
			return;
	}
	memset(&query.from, 0, sizeof(query.from));
	query.iif = 0;
	query.vrf = gw->vrf_index;
	if (route_get(&query, exit))
		memset(exit, 0, sizeof(*exit));
}

int routing_read_exits(struct check *c)
{
	c->exit = calloc(c->gws.n + 1, sizeof(*c->exit));
	if (!c->exit)
		return diag_no_memory();
	for (size_t i = 0; i < c->gws.n; i++)
		for (int f = 0; f < 2; f++)
			if (gw_serves(&c->gws.gw[i], families[f]))
				find_exit(&c->gws.gw[i], f, &c->exit[i][f]);
	return 0;
}

/* Whether there are routes to routers other than a default route */
static bool knows_routers(const struct check *c, int f)
{
	const struct routes *list = &c->routes[f];

	array_foreach(route, list->route, list->n)
		if (route->router && route->dst_len)
			return true;
	return false;
}

static void check_exit(const struct check *c, const struct gw *gw,
		       const struct route *exit, int f)
{
	const char *how = fix("ip %sroute add default via ROUTER%s%s",
			      f ? "-6 " : "", *gw->vrf ? " vrf " : "",
			      *gw->vrf ? fix_word(gw->vrf) : "");

	if (exit->hops)
		report(CHECK_PASS, "exit", gw->ifname, "",
		       "external %s packets leave by %s", family_names[f],
		       links_name(&c->links, exit->hop[0]));
	else if (gw->sw[GW_FALLBACK] > 0)
		report(CHECK_WARN, "exit", gw->ifname, how,
		       "this host has no %s default route: fallback leaves external packets to the other router",
		       family_names[f]);
	else
		report(knows_routers(c, f) && !*gw->vrf ? CHECK_WARN :
							  CHECK_FAIL,
		       "exit", gw->ifname, how,
		       "there is no %s default route for packets of its VMs",
		       family_names[f]);
}

/* In IPv4 the ingress device of replies decides. */
static void check_forward4(const char *ifname)
{
	const char *how = fix("sysctl -w net.ipv4.ip_forward=1");

	if (read_sysctl(CONF4, ifname, "forwarding")) {
		report(CHECK_PASS, "forwarding", ifname, "",
		       "received IPv4 packets are forwarded");
		return;
	}
	/* It is off for the device alone. */
	if (read_sysctl(CONF4, "all", "forwarding"))
		how = fix("sysctl -w %s=1",
			  fix_sysctl("net.ipv4.conf", ifname, "forwarding"));
	report(CHECK_FAIL, "forwarding", ifname, how,
	       "received IPv4 packets are not forwarded");
}

static void check_forwarding4(const struct check *c, const struct gw *gw,
			      const struct route *exit)
{
	check_forward4(gw->ifname);
	for (size_t i = 0; i < exit->hops; i++)
		if (links_find(&c->links, exit->hop[i]))
			check_forward4(links_name(&c->links, exit->hop[i]));
	if (!exit->hops && !read_sysctl(CONF4, "all", "forwarding"))
		report(CHECK_WARN, "forwarding", "",
		       fix("sysctl -w net.ipv4.ip_forward=1"),
		       "IPv4 packets received on an exit would not be forwarded");
}

/* The device that needs accept_ra=2: forwarding disables RA routes. */
static const char *exit6(const struct check *c, const struct route *exit)
{
	const struct routes *list = &c->routes[1];

	array_foreach(route, list->route, list->n)
		if (route->protocol == RTPROT_RA && route->hops)
			return links_name(&c->links, route->hop[0]);
	return exit->hops ? links_name(&c->links, exit->hop[0]) : NULL;
}

static void check_forwarding6(const struct check *c, const struct route *exit)
{
	const char *ifname = exit6(c, exit);
	const char *how;

	if (read_sysctl(CONF6, "all", "forwarding")) {
		report(CHECK_PASS, "forwarding", "", "",
		       "IPv6 packets are forwarded");
		return;
	}
	if (ifname)
		how = fix("sysctl -w %s=2 net.ipv6.conf.all.forwarding=1",
			  fix_sysctl("net.ipv6.conf", ifname, "accept_ra"));
	else
		how = fix("sysctl -w net.ipv6.conf.all.forwarding=1");
	report(CHECK_FAIL, "forwarding", "", how,
	       "IPv6 packets are not forwarded");
}

/* The greater value of "all" and the device applies. */
static bool is_strict(const char *ifname)
{
	int all = read_sysctl(CONF4, "all", "rp_filter");
	int own = read_sysctl(CONF4, ifname, "rp_filter");

	return (all > own ? all : own) == 1;
}

static const char *fix_rp_filter(const char *ifname)
{
	return fix("sysctl -w %s=2",
		   fix_sysctl("net.ipv4.conf", ifname, "rp_filter"));
}

/*
 * A strict filter on a gateway drops packets of VMs unless the host's own route
 * to them is by the gateway, not by an address of the host in the subnet.
 */
static void check_filter_in(const struct check *c, const struct gw *gw)
{
	struct route_query query = { .vrf = gw->vrf_index };
	struct route route;

	if (is_strict(gw->ifname) && vm_address(gw, AF_INET, &query.to) &&
	    !route_get(&query, &route) && route.hops &&
	    !route_leaves_by(&route, gw->ifindex))
		report(CHECK_FAIL, "rp-filter", gw->ifname, fix_rp_filter(gw->ifname),
		       "the strict reverse path filter drops packets of VMs: the host's own route to them is by %s",
		       links_name(&c->links, route.hop[0]));
	else
		report(CHECK_PASS, "rp-filter", gw->ifname, "",
		       "the reverse path filter accepts packets of its VMs");
}

/* Whether a default route of a gateway leaves by the device */
static bool is_way_out(const struct check *c, uint32_t ifindex)
{
	for (size_t i = 0; i < c->gws.n; i++)
		if (!c->exit[i][0].dst_len &&
		    route_leaves_by(&c->exit[i][0], ifindex))
			return true;
	return false;
}

/*
 * Replies may be received from every router. A strict filter accepts them only
 * on the exit.
 */
static void check_filter_out(const struct check *c, uint32_t ifindex)
{
	const struct link *d = links_find(&c->links, ifindex);

	if (!d || !d->up)
		return;
	if (is_strict(d->ifname) && !is_way_out(c, ifindex))
		report(CHECK_WARN, "rp-filter", d->ifname, fix_rp_filter(d->ifname),
		       "the strict reverse path filter drops replies to VMs received here: this is not the exit");
	else
		report(CHECK_PASS, "rp-filter", d->ifname, "",
		       "the reverse path filter accepts replies");
}

static void check_filters(const struct check *c)
{
	const struct routes *list = &c->routes[0];

	array_foreach(gw, c->gws.gw, c->gws.n)
		if (gw_serves(gw, AF_INET))
			check_filter_in(c, gw);
	array_foreach(route, list->route, list->n)
		for (size_t n = 0; route->router && n < route->hops; n++)
			check_filter_out(c, route->hop[n]);
}

/* br_netfilter: filters for routed packets also see bridged frames. */
static void check_bridge_filter(const struct check *c)
{
	static const char *const calls[] = {
		"bridge-nf-call-iptables", "bridge-nf-call-ip6tables",
		"bridge-nf-call-arptables",
	};
	bool good = true;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (read_sysctl("bridge", NULL, calls[i]) <= 0)
			continue;
		good = false;
		report(CHECK_WARN, "bridge-filter", "",
		       fix("sysctl -w net.bridge.%s=0", calls[i]),
		       "%s is on: rules for routed packets also match frames between VMs",
		       calls[i]);
	}
	array_foreach(gw, c->gws.gw, c->gws.n) {
		const struct link *br = links_find(&c->links, gw->bridge);

		if (!br || !br->nf_call)
			continue;
		good = false;
		report(CHECK_WARN, "bridge-filter", br->ifname,
		       fix("ip link set dev %s type bridge nf_call_iptables 0 nf_call_ip6tables 0 nf_call_arptables 0",
			   fix_word(br->ifname)),
		       "rules for routed packets also match frames of this bridge");
	}
	if (good)
		report(CHECK_PASS, "bridge-filter", "", "",
		       "rules for routed packets match no bridged frames");
}

void check_routing(const struct check *c)
{
	for (size_t i = 0; i < c->gws.n; i++) {
		const struct gw *gw = &c->gws.gw[i];

		for (int f = 0; f < 2; f++)
			if (gw_serves(gw, families[f]))
				check_exit(c, gw, &c->exit[i][f], f);
		if (gw_serves(gw, AF_INET))
			check_forwarding4(c, gw, &c->exit[i][0]);
		if (gw_serves(gw, AF_INET6))
			check_forwarding6(c, &c->exit[i][1]);
	}
	check_filters(c);
	check_bridge_filter(c);
}
