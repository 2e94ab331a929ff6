/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_IF_VLAN_H
#define UNIT_LINUX_IF_VLAN_H

#include <linux/if_ether.h>
#include <linux/types.h>

#define VLAN_HLEN	4
#define VLAN_VID_MASK	0x0fff

static inline bool eth_type_vlan(__be16 etype)
{
	return etype == htons(ETH_P_8021Q) || etype == htons(ETH_P_8021AD);
}

#endif
