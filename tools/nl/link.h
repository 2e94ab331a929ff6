/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_LINK_H
#define ANYGWCTL_NL_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link {
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	char kind[32];		/* empty for hardware */
	char port_kind[32];	/* of the master, empty for none */
	uint32_t master;	/* ifindex, 0 for none */
	uint32_t mtu;
	uint32_t table;		/* of a VRF, 0 for any other kind */
	bool up;
	bool filtering;		/* bridge: VLAN filtering */
	bool nf_call;		/* bridge: one of nf_call_*tables */
	bool neigh_suppress;	/* bridge port */
	uint8_t vlans[4096 / 8];	/* bridge port: a bit for each */
};

struct links {
	struct link *link;
	size_t n;
};

int link_index(const char *ifname, uint32_t *ifindex);
/* Returns a negative errno without a message. */
int link_get(uint32_t ifindex, struct link *link);
/* The list has to be freed also after a failure; vlans stays empty. */
int links_read(struct links *list);
int links_read_vlans(struct links *list);
void links_free(struct links *list);
const struct link *links_find(const struct links *list, uint32_t ifindex);
const char *links_name(const struct links *list, uint32_t ifindex);
/* The routing table of a device, by the VRF that it is or is in */
uint32_t links_table(const struct links *list, uint32_t ifindex);
bool link_in_vlan(const struct link *link, unsigned int vid);

/* The names are for messages. */
int link_set_up(uint32_t ifindex, const char *ifname);
int link_set_master(uint32_t ifindex, const char *ifname, uint32_t master);
int link_set_name(uint32_t ifindex, const char *from, const char *to);
/* No automatic IPv6 link-local address */
int link_no_auto_address(uint32_t ifindex, const char *ifname);

#endif
