/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_RTNL_H
#define ANYGWCTL_NL_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/addr.h"

/**
 * struct link - a network device as rtnetlink shows it
 * @ifindex: its index
 * @ifname: its name
 * @kind: its kind, such as "bridge"; empty for hardware
 * @port_kind: kind of the device it is a port of, empty for none
 * @master: index of that device, 0 for none
 * @table: the routing table of a VRF, 0 for any other kind
 * @up: whether it is administratively up
 */
struct link {
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	char kind[32];
	char port_kind[32];
	uint32_t master;
	uint32_t table;
	bool up;
};

int rtnl_open(void);
int rtnl_index(const char *ifname, uint32_t *ifindex);
int rtnl_link(uint32_t ifindex, struct link *link);
int rtnl_links(void (*fn)(const struct link *link, void *data), void *data);
int rtnl_set_up(uint32_t ifindex, const char *ifname);
int rtnl_set_master(uint32_t ifindex, const char *ifname, uint32_t master);
int rtnl_set_name(uint32_t ifindex, const char *from, const char *to);
int rtnl_no_auto_address(uint32_t ifindex, const char *ifname);

int rtnl_addresses(uint32_t ifindex, struct addrs *list);
int rtnl_each_address(int (*fn)(uint32_t ifindex, const struct addr *a,
				void *data), void *data);
int rtnl_add_address(uint32_t ifindex, const char *ifname, const struct addr *a,
		     bool beside);
int rtnl_del_address(uint32_t ifindex, const char *ifname,
		     const struct addr *a);

#endif
