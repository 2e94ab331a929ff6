/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_NL_DEVICE_H
#define ANYGWCTL_NL_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct device - a network device, with all that the checks ask about
 * @ifindex: its index
 * @ifname: its name
 * @kind: its kind, empty for hardware
 * @master: index of the bridge, bond or VRF it belongs to, 0 for none
 * @mtu: its MTU
 * @up: whether it is administratively up
 * @filtering: of a bridge: whether it filters VLANs
 * @nf_call: of a bridge: whether it shows its frames to the packet filter
 * @neigh_suppress: of a bridge port: whether the bridge answers for others
 * @vlans: of a bridge port: a bit for each VLAN it is in
 */
struct device {
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	char kind[32];
	uint32_t master;
	uint32_t mtu;
	bool up;
	bool filtering;
	bool nf_call;
	bool neigh_suppress;
	uint8_t vlans[4096 / 8];
};

/**
 * struct devices - all devices
 * @device: the devices
 * @n: how many
 */
struct devices {
	struct device *device;
	size_t n;
};

int devices_read(struct devices *list);
void devices_free(struct devices *list);
const struct device *device_find(const struct devices *list, uint32_t ifindex);
const char *device_name(const struct devices *list, uint32_t ifindex);
bool device_in_vlan(const struct device *device, unsigned int vid);

#endif
