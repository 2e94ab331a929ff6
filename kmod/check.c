// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a gateway can be what it is asked to be, and if not why.
 */
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>

#include "bridge.h"
#include "compat.h"
#include "device.h"
#include "vlan.h"

static int check_mac(struct anygw_settings *set,
		     struct netlink_ext_ack *extack)
{
	struct net_device *port;
	struct list_head *iter;

	set->blame = ANYGW_A_GATEWAY_MAC;
	if (!is_valid_ether_addr(set->mac)) {
		NL_SET_ERR_MSG(extack, "The gateway's MAC must be a unicast address and not zero");
		return -EADDRNOTAVAIL;
	}
	if (anygw_is_host_mac(set->mac)) {
		NL_SET_ERR_MSG(extack, "MACs that start with 0a:61:6e are for hosts, not for gateways");
		return -EADDRNOTAVAIL;
	}
	if (ether_addr_equal(set->mac, set->br->dev_addr)) {
		NL_SET_ERR_MSG(extack, "The gateway's MAC is the bridge's own");
		return -EADDRINUSE;
	}
	netdev_for_each_lower_dev(set->br, port, iter) {
		if (ether_addr_equal(set->mac, port->dev_addr)) {
			NL_SET_ERR_MSG(extack, "The gateway's MAC is that of a port of the bridge");
			return -EADDRINUSE;
		}
	}
	return 0;
}

static int check_name(struct anygw_net *an, struct anygw_settings *set,
		      struct netlink_ext_ack *extack)
{
	set->blame = ANYGW_A_GATEWAY_IFNAME;
	if (!set->name[0]) {
		if (set->vid)
			snprintf(set->name, IFNAMSIZ, "gw%u", set->vid);
		else
			snprintf(set->name, IFNAMSIZ, "gw-%.12s", set->br->name);
	}
	if (!dev_valid_name(set->name)) {
		NL_SET_ERR_MSG(extack, "Not a name for a network device");
		return -EINVAL;
	}
	if (strchr(set->name, '%')) {
		NL_SET_ERR_MSG(extack, "A gateway's name must be given in full");
		return -EINVAL;
	}
	if (__dev_get_by_name(an->net, set->name)) {
		NL_SET_ERR_MSG(extack, "The device name is taken; choose another one with: name");
		return -EEXIST;
	}
	return 0;
}

static bool has_addr(const struct anygw_gateway *gw,
		     const struct in6_addr *addr)
{
	struct in_device *in_dev = __in_dev_get_rtnl(gw->dev);
	const struct in_ifaddr *ifa;

	if (ipv6_addr_v4mapped(addr) && in_dev)
		in_dev_for_each_ifa_rtnl(ifa, in_dev)
			if (ifa->ifa_local == addr->s6_addr32[3])
				return true;
#if IS_ENABLED(CONFIG_IPV6)
	if (!ipv6_addr_v4mapped(addr) && ipv6_mod_enabled() &&
	    ipv6_chk_addr(dev_net(gw->dev), addr, gw->dev, 1))
		return true;
#endif
	return anygw_gateway_conf_has_host(&gw->conf, addr);
}

int anygw_device_check_host(struct anygw_net *an,
			    const struct anygw_gateway *self,
			    struct anygw_settings *set,
			    struct netlink_ext_ack *extack)
{
	struct anygw_vlan *vlan = anygw_vlan_find(an, set->br, set->vid);
	struct anygw_gateway *gw;

	if (!vlan)
		return 0;
	list_for_each_entry(gw, &vlan->gateways, list) {
		if (gw == self)
			continue;
		set->blame = ANYGW_A_GATEWAY_HOST_ADDRESS4;
		if (!ipv6_addr_any(&set->conf.host4.addr) &&
		    has_addr(gw, &set->conf.host4.addr))
			goto taken;
		set->blame = ANYGW_A_GATEWAY_HOST_ADDRESS6;
		if (!ipv6_addr_any(&set->conf.host6.addr) &&
		    has_addr(gw, &set->conf.host6.addr))
			goto taken;
	}
	return 0;
taken:
	NL_SET_ERR_MSG(extack, "The host-address is an address of another gateway in this VLAN");
	return -EADDRINUSE;
}

int anygw_device_check_coexist(struct anygw_net *an,
			       struct anygw_settings *set,
			       struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct anygw_port *port;

	set->blame = ANYGW_A_GATEWAY_COEXIST;
	dev = set->conf.coexist ?
	      br_fdb_find_port(set->br, set->mac, set->vid) : NULL;
	port = anygw_port_rcu(an, dev);
	if (!port || port->role != ANYGW_PORT_ROLE_ACCESS)
		return 0;
	NL_SET_ERR_MSG_FMT(extack,
			   "The vMAC is behind port %s; a router's port needs the role fabric",
			   dev->name);
	return -EADDRINUSE;
}

static int check_alone(struct anygw_net *an, struct anygw_settings *set,
		       struct netlink_ext_ack *extack)
{
	struct anygw_vlan *vlan = anygw_vlan_find(an, set->br, set->vid);
	struct anygw_gateway *gw;

	set->blame = ANYGW_A_GATEWAY_MAC;
	if (!vlan)
		return 0;
	list_for_each_entry(gw, &vlan->gateways, list) {
		if (!ether_addr_equal(gw->dev->dev_addr, set->mac))
			continue;
		NL_SET_ERR_MSG(extack, "There is a gateway with this MAC in this VLAN already");
		return -EEXIST;
	}
	return 0;
}

int anygw_device_check(struct anygw_net *an, struct anygw_settings *set,
		       struct netlink_ext_ack *extack)
{
	set->blame = ANYGW_A_GATEWAY_VLAN;
	return anygw_br_check_vlan(set->br, set->vid, extack) ?:
	       check_mac(set, extack) ?:
	       check_alone(an, set, extack) ?:
	       anygw_device_check_host(an, NULL, set, extack) ?:
	       anygw_device_check_coexist(an, set, extack) ?:
	       check_name(an, set, extack);
}
