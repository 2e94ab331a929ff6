/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_PEER_H
#define ANYGWCTL_OBJECT_PEER_H

#include <jansson.h>
#include <net/if.h>
#include <stdint.h>

#include "cli/args.h"
#include "cli/out.h"
#include "cli/value.h"
#include "nl/nl.h"

/**
 * struct peer - another host in a VLAN of this one, as the kernel has it
 * @mac: its host MAC
 * @bridge: index of the bridge
 * @bridge_name: its name; of devices that are gone the name is empty
 * @vlan: VLAN id
 * @ifindex: index of the gateway it was compared with
 * @ifname: its name
 * @port: index of the port it was heard on
 * @port_name: its name
 * @differs: bits of enum anygw_differs
 * @age: seconds since it was heard
 */
struct peer {
	uint8_t mac[MAC_LEN];
	uint32_t bridge;
	char bridge_name[IFNAMSIZ];
	uint16_t vlan;
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	uint32_t port;
	char port_name[IFNAMSIZ];
	uint32_t differs;
	uint32_t age;
};

extern const struct out_key peer_keys[];

int peer_from_message(const struct nlmsghdr *nlh, struct peer *peer);
json_t *peer_json(const struct peer *peer);

int cmd_peer_show(const struct args *args);

#endif
