// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of bridge ports: role, VLAN, MTU, neighbour suppression.
 */
#include <string.h>

#include <linux/anygw.h>

#include "check/checks.h"
#include "check/report.h"
#include "cli/array.h"

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

static bool is_network_kind(const char *kind)
{
	static const char *const kinds[] = {
		"bond", "team", "vlan", "vxlan", "geneve", "gretap",
		"ip6gretap", "batadv", NULL,
	};

	return is_one_of(kind, kinds);
}

/* The kinds that are access ports with role auto, but for veth */
static bool is_vm_kind(const char *kind)
{
	static const char *const kinds[] = {
		"tun", "macvtap", "ipvtap", "netkit", NULL,
	};

	return is_one_of(kind, kinds);
}

static bool has_gateway(const struct check *c, uint32_t bridge, bool coexist)
{
	array_foreach(gw, c->gws.gw, c->gws.n)
		if (gw->bridge == bridge && gw->sw[GW_COEXIST] >= coexist)
			return true;
	return false;
}

static const char *kind_of(const struct check *c, const struct port *port)
{
	const struct link *d = links_find(&c->links, port->ifindex);

	return d ? d->kind : "";
}

static void access_role(const struct port *port, const char *kind)
{
	const char *how = fix("anygwctl port set dev %s role auto",
			      fix_word(port->ifname));

	if (is_network_kind(kind))
		report(CHECK_FAIL, "role", port->ifname, how,
		       "the role is access, but kind %s leads to the network: the vMAC leaks",
		       kind);
	else if (!is_vm_kind(kind) && strcmp(kind, "veth"))
		report(CHECK_WARN, "role", port->ifname, how,
		       "the role is access, but %s%s usually leads to the network: correct only with VMs behind it",
		       *kind ? "kind " : "hardware", kind);
	else
		report(CHECK_PASS, "role", port->ifname, "",
		       "the role is access");
}

static void fabric_role(const struct check *c, const struct port *port,
			const char *kind)
{
	const char *how = fix("anygwctl port set dev %s role auto",
			      fix_word(port->ifname));

	if (!is_vm_kind(kind))
		report(CHECK_PASS, "role", port->ifname, "",
		       "the role is fabric");
	else if (has_gateway(c, port->bridge, true))
		report(CHECK_PASS, "role", port->ifname, "",
		       "the role is fabric: correct for a router VM");
	else
		report(CHECK_WARN, "role", port->ifname, how,
		       "the role is fabric, but kind %s leads to VMs: a VM behind it is not served",
		       kind);
}

static void check_roles(const struct check *c)
{
	array_foreach(port, c->ports.port, c->ports.n) {
		if (!has_gateway(c, port->bridge, false))
			continue;
		if (port->role == ANYGW_PORT_ROLE_FABRIC)
			fabric_role(c, port, kind_of(c, port));
		else
			access_role(port, kind_of(c, port));
	}
}

/* The most likely uplink, or NULL; n is the number of candidates. */
static const char *likely_fabric(const struct check *c, uint32_t bridge,
				 unsigned int *n)
{
	const char *veth = NULL;

	*n = 0;
	array_foreach(port, c->ports.port, c->ports.n) {
		const char *kind = kind_of(c, port);

		if (port->bridge != bridge || is_vm_kind(kind))
			continue;
		++*n;
		if (strcmp(kind, "veth"))
			return port->ifname;
		veth = port->ifname;
	}
	return *n == 1 ? veth : NULL;
}

static bool has_fabric(const struct check *c, uint32_t bridge)
{
	array_foreach(port, c->ports.port, c->ports.n)
		if (port->bridge == bridge &&
		    port->role == ANYGW_PORT_ROLE_FABRIC)
			return true;
	return false;
}

static void check_fabric(const struct check *c, const struct gw *gw)
{
	const char *port;
	unsigned int n;

	if (has_fabric(c, gw->bridge)) {
		report(CHECK_PASS, "fabric", gw->bridge_name, "",
		       "the bridge has a fabric port");
		return;
	}
	/* With taps alone, the bridge may be isolated on purpose. */
	port = likely_fabric(c, gw->bridge, &n);
	report(n ? CHECK_FAIL : CHECK_WARN, "fabric", gw->bridge_name,
	       fix("anygwctl port set dev %s role fabric",
		   port ? fix_word(port) : "PORT"),
	       "the bridge has no fabric port: the network sees the vMAC, or is unreachable");
}

static void lacks_vlan(const struct gw *gw, const struct link *d, bool all)
{
	const char *how = fix("bridge vlan add dev %s vid %u",
			      fix_word(d->ifname), gw->vlan);

	if (all)
		report(CHECK_FAIL, "vlan", d->ifname, how,
		       "VLAN %u of %s is on no fabric port: VMs on other hosts are unreachable",
		       gw->vlan, gw->ifname);
	else
		report(CHECK_WARN, "vlan", d->ifname, how,
		       "VLAN %u of %s is on other fabric ports, but not on this one",
		       gw->vlan, gw->ifname);
}

/* The next fabric port of a gateway's bridge, from index i of the list */
static const struct link *next_fabric(const struct check *c,
				      const struct gw *gw, size_t *i)
{
	while (*i < c->ports.n) {
		const struct port *port = &c->ports.port[(*i)++];
		const struct link *d;

		if (port->bridge != gw->bridge ||
		    port->role != ANYGW_PORT_ROLE_FABRIC)
			continue;
		d = links_find(&c->links, port->ifindex);
		if (d)
			return d;
	}
	return NULL;
}

static void check_vlan(const struct check *c, const struct gw *gw)
{
	const struct link *br = links_find(&c->links, gw->bridge);
	const struct link *d;
	bool some = false;
	bool all = true;
	size_t i = 0;

	if (!br || !br->filtering || !gw->vlan)
		return;
	while ((d = next_fabric(c, gw, &i))) {
		some |= link_in_vlan(d, gw->vlan);
		all &= link_in_vlan(d, gw->vlan);
	}
	for (i = 0; (d = next_fabric(c, gw, &i));)
		if (!link_in_vlan(d, gw->vlan))
			lacks_vlan(gw, d, !some);
	if (some && all)
		report(CHECK_PASS, "vlan", gw->ifname, "",
		       "VLAN %u is on the fabric ports", gw->vlan);
}

/*
 * A lower MTU of the bridge always helps: not every port can raise its own, and
 * the MTU of the bridge does not limit bridged frames.
 */
static void check_port_mtu(const struct check *c, const struct gw *gw)
{
	const struct link *dev = links_find(&c->links, gw->ifindex);
	const struct link *d;
	bool good = true;
	size_t i = 0;

	while (dev && (d = next_fabric(c, gw, &i))) {
		if (d->mtu >= dev->mtu)
			continue;
		good = false;
		report(CHECK_FAIL, "mtu", d->ifname,
		       fix("ip link set dev %s mtu %u",
			   fix_word(gw->bridge_name), d->mtu),
		       "the MTU of this fabric port is %u, that of %s is %u: longer packets are lost",
		       d->mtu, gw->ifname, dev->mtu);
	}
	if (dev && good)
		report(CHECK_PASS, "mtu", gw->ifname, "",
		       "the fabric ports carry its packets of %u bytes",
		       dev->mtu);
}

static void check_suppression(const struct check *c)
{
	array_foreach(port, c->ports.port, c->ports.n) {
		const struct link *d = links_find(&c->links, port->ifindex);

		if (!d || !has_gateway(c, port->bridge, false))
			continue;
		if (d->neigh_suppress)
			report(CHECK_WARN, "neigh-suppress", d->ifname,
			       fix("bridge link set dev %s neigh_suppress off",
				   fix_word(d->ifname)),
			       "the bridge answers ARP and ND for hosts behind this port: wrong for a VM that has moved");
		else
			report(CHECK_PASS, "neigh-suppress", d->ifname, "",
			       "neighbour suppression is off");
	}
}

void check_ports(const struct check *c)
{
	check_roles(c);
	array_foreach(gw, c->gws.gw, c->gws.n) {
		check_fabric(c, gw);
		check_vlan(c, gw);
		check_port_mtu(c, gw);
	}
	check_suppression(c);
}
