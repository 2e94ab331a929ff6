// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of bridge ports: their roles, their VLANs, their MTU, and who answers
 * for whom.
 */
#include <string.h>

#include <linux/anygw.h>

#include "check/ports.h"
#include "check/report.h"
#include "check/state.h"

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

/* What never leads to a virtual machine. */
static bool is_network_kind(const char *kind)
{
	static const char *const kinds[] = {
		"bond", "team", "vlan", "vxlan", "geneve", "gretap",
		"ip6gretap", "batadv", NULL,
	};

	return is_one_of(kind, kinds);
}

/* What auto takes for a virtual machine, but for veth, which is both. */
static bool is_vm_kind(const char *kind)
{
	static const char *const kinds[] = {
		"tun", "macvtap", "ipvtap", "netkit", NULL,
	};

	return is_one_of(kind, kinds);
}

static bool has_gateway(const struct check *c, uint32_t bridge)
{
	for (size_t i = 0; i < c->gws.n; i++)
		if (c->gws.gw[i].bridge == bridge)
			return true;
	return false;
}

static bool coexists(const struct check *c, uint32_t bridge)
{
	for (size_t i = 0; i < c->gws.n; i++)
		if (c->gws.gw[i].bridge == bridge &&
		    c->gws.gw[i].sw[GW_COEXIST] > 0)
			return true;
	return false;
}

static const char *kind_of(const struct check *c, const struct port *port)
{
	const struct device *d = device_find(&c->devices, port->ifindex);

	return d ? d->kind : "";
}

static void access_role(const struct port *port, const char *kind)
{
	const char *mend = check_mend("anygwctl port set dev %s role auto",
				      check_word(port->ifname));

	if (is_network_kind(kind))
		check_say(CHECK_FAIL, "role", port->ifname, mend,
			  "a device of kind %s leads to the network, and has the role access: the vMAC leaks there",
			  kind);
	else if (!is_vm_kind(kind) && strcmp(kind, "veth"))
		check_say(CHECK_WARN, "role", port->ifname, mend,
			  "a device of %s%s has the role access: right only if there are VMs behind it",
			  *kind ? "kind " : "hardware", kind);
	else
		check_say(CHECK_PASS, "role", port->ifname, "",
			  "the role is access");
}

static void fabric_role(const struct check *c, const struct port *port,
			const char *kind)
{
	const char *mend = check_mend("anygwctl port set dev %s role auto",
				      check_word(port->ifname));

	if (!is_vm_kind(kind))
		check_say(CHECK_PASS, "role", port->ifname, "",
			  "the role is fabric");
	else if (coexists(c, port->bridge))
		check_say(CHECK_PASS, "role", port->ifname, "",
			  "the role is fabric: right for the VM that is the router");
	else
		check_say(CHECK_WARN, "role", port->ifname, mend,
			  "a device of kind %s has the role fabric: a VM behind it is not served",
			  kind);
}

static void check_roles(const struct check *c)
{
	for (size_t i = 0; i < c->ports; i++) {
		const struct port *port = &c->port[i];

		if (!has_gateway(c, port->bridge))
			continue;
		if (port->role == ANYGW_PORT_ROLE_FABRIC)
			fabric_role(c, port, kind_of(c, port));
		else
			access_role(port, kind_of(c, port));
	}
}

/*
 * The port that most likely leads to the network, or NULL; and how many ports
 * may lead there.
 */
static const char *likely_fabric(const struct check *c, uint32_t bridge,
				 unsigned int *n)
{
	const char *veth = NULL;

	*n = 0;
	for (size_t i = 0; i < c->ports; i++) {
		const char *kind = kind_of(c, &c->port[i]);

		if (c->port[i].bridge != bridge || is_vm_kind(kind))
			continue;
		++*n;
		if (strcmp(kind, "veth"))
			return c->port[i].ifname;
		veth = c->port[i].ifname;
	}
	return *n == 1 ? veth : NULL;
}

static bool has_fabric(const struct check *c, uint32_t bridge)
{
	for (size_t i = 0; i < c->ports; i++)
		if (c->port[i].bridge == bridge &&
		    c->port[i].role == ANYGW_PORT_ROLE_FABRIC)
			return true;
	return false;
}

static void check_fabric(const struct check *c, const struct gw *gw)
{
	const char *port;
	unsigned int n;

	if (has_fabric(c, gw->bridge)) {
		check_say(CHECK_PASS, "fabric", gw->bridge_name, "",
			  "the bridge has a fabric port");
		return;
	}
	/* With taps alone it may be a host that is meant to be by itself. */
	port = likely_fabric(c, gw->bridge, &n);
	check_say(n ? CHECK_FAIL : CHECK_WARN, "fabric", gw->bridge_name,
		  check_mend("anygwctl port set dev %s role fabric",
			     port ? check_word(port) : "PORT"),
		  "no port of the bridge has the role fabric: the network sees the vMAC, or nothing");
}

static void lacks_vlan(const struct gw *gw, const struct device *d, bool all)
{
	const char *mend = check_mend("bridge vlan add dev %s vid %u",
				      check_word(d->ifname), gw->vlan);

	if (all)
		check_say(CHECK_FAIL, "vlan", d->ifname, mend,
			  "VLAN %u of %s is on no fabric port: VMs on other hosts are out of reach",
			  gw->vlan, gw->ifname);
	else
		check_say(CHECK_WARN, "vlan", d->ifname, mend,
			  "VLAN %u of %s is on other fabric ports, but not on this one",
			  gw->vlan, gw->ifname);
}

/* The next fabric port of a gateway's bridge, from a place in the list. */
static const struct device *next_fabric(const struct check *c,
					const struct gw *gw, size_t *i)
{
	while (*i < c->ports) {
		const struct port *port = &c->port[(*i)++];
		const struct device *d;

		if (port->bridge != gw->bridge ||
		    port->role != ANYGW_PORT_ROLE_FABRIC)
			continue;
		d = device_find(&c->devices, port->ifindex);
		if (d)
			return d;
	}
	return NULL;
}

static void check_vlan(const struct check *c, const struct gw *gw)
{
	const struct device *br = device_find(&c->devices, gw->bridge);
	const struct device *d;
	bool some = false;
	bool all = true;
	size_t i = 0;

	if (!br || !br->filtering || !gw->vlan)
		return;
	while ((d = next_fabric(c, gw, &i))) {
		some |= device_in_vlan(d, gw->vlan);
		all &= device_in_vlan(d, gw->vlan);
	}
	for (i = 0; (d = next_fabric(c, gw, &i));)
		if (!device_in_vlan(d, gw->vlan))
			lacks_vlan(gw, d, !some);
	if (some && all)
		check_say(CHECK_PASS, "vlan", gw->ifname, "",
			  "VLAN %u is on the fabric ports", gw->vlan);
}

/*
 * Lowering the bridge helps always: a port takes no more than it can, and the
 * bridge's own MTU does not hold for what it only bridges.
 */
static void check_port_mtu(const struct check *c, const struct gw *gw)
{
	const struct device *dev = device_find(&c->devices, gw->ifindex);
	const struct device *d;
	bool good = true;
	size_t i = 0;

	while (dev && (d = next_fabric(c, gw, &i))) {
		if (d->mtu >= dev->mtu)
			continue;
		good = false;
		check_say(CHECK_FAIL, "mtu", d->ifname,
			  check_mend("ip link set dev %s mtu %u",
				     check_word(gw->bridge_name), d->mtu),
			  "the MTU of this fabric port is %u, that of %s is %u: longer packets get lost",
			  d->mtu, gw->ifname, dev->mtu);
	}
	if (dev && good)
		check_say(CHECK_PASS, "mtu", gw->ifname, "",
			  "the fabric ports take its packets of %u octets",
			  dev->mtu);
}

static void check_suppression(const struct check *c)
{
	for (size_t i = 0; i < c->ports; i++) {
		const struct port *port = &c->port[i];
		const struct device *d = device_find(&c->devices,
						     port->ifindex);

		if (!d || !has_gateway(c, port->bridge))
			continue;
		if (d->neigh_suppress)
			check_say(CHECK_WARN, "neigh-suppress", d->ifname,
				  check_mend("bridge link set dev %s neigh_suppress off",
					     check_word(d->ifname)),
				  "the bridge answers for machines behind this port from memory, which is wrong for a VM that has moved");
		else
			check_say(CHECK_PASS, "neigh-suppress", d->ifname, "",
				  "machines behind this port answer for themselves");
	}
}

/**
 * check_ports() - check the ports of bridges that have gateways
 * @c: what there is
 */
void check_ports(const struct check *c)
{
	check_roles(c);
	for (size_t i = 0; i < c->gws.n; i++) {
		const struct gw *gw = &c->gws.gw[i];

		check_fabric(c, gw);
		check_vlan(c, gw);
		check_port_mtu(c, gw);
	}
	check_suppression(c);
}
