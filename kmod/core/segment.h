/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_SEGMENT_H
#define ANYGW_CORE_SEGMENT_H

#include <linux/anygw.h>

#include "types.h"

struct anygw_gateway;

/* No gateway of the segment. */
#define ANYGW_NO_GATEWAY	(-1)

/**
 * struct anygw_addr4 - one IPv4 address of a gateway
 * @addr: the address
 * @mask: its netmask
 */
struct anygw_addr4 {
	__be32 addr;
	__be32 mask;
};

/**
 * struct anygw_addr6 - one IPv6 address of a gateway
 * @addr: the address
 * @plen: its prefix length
 */
struct anygw_addr6 {
	struct in6_addr addr;
	u8 plen;
};

/**
 * struct anygw_gwconf - one gateway as the datapath sees it
 * @gateway: the module's own object; the core never looks inside
 * @vmac: the MAC that virtual machines know
 * @state: what the gateway does now
 * @coexist: a real router with the same vMAC lives on the fabric
 * @fallback: what cannot be routed here is left to that router
 * @host4: address of this host alone, 0 without one
 * @host6: the same for IPv6, all zero without one
 * @first4: index of its first IPv4 gateway address in the segment's array
 * @n4: number of them
 * @first6: the same for IPv6
 * @n6: number of them
 */
struct anygw_gwconf {
	struct anygw_gateway *gateway;
	u8 vmac[ETH_ALEN];
	enum anygw_mode state;
	bool coexist;
	bool fallback;
	__be32 host4;
	struct in6_addr host6;
	u16 first4;
	u16 n4;
	u16 first6;
	u16 n6;
};

/**
 * struct anygw_segment - all that decides about the frames of one VLAN
 * @vid: VLAN id on the bridge, 0 without VLAN filtering
 * @host_mac: identity of this host on the fabric
 * @host_ll: the link-local address formed of it
 * @n_gw: number of gateways, at least 1
 * @addr4: IPv4 gateway addresses of all of them
 * @addr6: their IPv6 gateway addresses
 * @gw: the gateways
 *
 * Immutable once published.
 */
struct anygw_segment {
	u16 vid;
	u8 host_mac[ETH_ALEN];
	struct in6_addr host_ll;
	u16 n_gw;
	struct anygw_addr4 *addr4;
	struct anygw_addr6 *addr6;
	struct anygw_gwconf gw[];
};

/**
 * anygw_segment_by_vmac() - the gateway that has a MAC
 * @seg: the segment
 * @mac: six octets
 * Return: its index or ANYGW_NO_GATEWAY
 */
int anygw_segment_by_vmac(const struct anygw_segment *seg, const u8 *mac);

/**
 * anygw_segment_by_addr4() - the gateway that has a gateway address
 * @seg: the segment
 * @addr: the address
 * Return: its index or ANYGW_NO_GATEWAY
 */
int anygw_segment_by_addr4(const struct anygw_segment *seg, __be32 addr);

/**
 * anygw_segment_by_host4() - the gateway that has a host-address
 * @seg: the segment
 * @addr: the address
 * Return: its index or ANYGW_NO_GATEWAY
 */
int anygw_segment_by_host4(const struct anygw_segment *seg, __be32 addr);

/**
 * anygw_segment_asker4() - who asks for an address in the gateways' name
 * @seg: the segment
 * @addr: the address looked for
 * @self: set to the gateway address to ask from
 * Return: index of an active gateway, preferably with @addr in one of its
 *	   subnets, otherwise of one in standby, otherwise ANYGW_NO_GATEWAY:
 *	   one that observes does not speak
 */
int anygw_segment_asker4(const struct anygw_segment *seg, __be32 addr,
			 __be32 *self);

/**
 * anygw_segment_by_addr6() - the gateway that has a gateway address
 * @seg: the segment
 * @addr: the address
 * Return: its index or ANYGW_NO_GATEWAY
 */
int anygw_segment_by_addr6(const struct anygw_segment *seg,
			   const struct in6_addr *addr);

/**
 * anygw_segment_by_host6() - the gateway that has a host-address
 * @seg: the segment
 * @addr: the address
 * Return: its index or ANYGW_NO_GATEWAY
 */
int anygw_segment_by_host6(const struct anygw_segment *seg,
			   const struct in6_addr *addr);

/**
 * anygw_segment_near6() - the gateway that an address is near to
 * @seg: the segment
 * @addr: the address
 * Return: index of an active gateway, preferably with @addr in one of its
 *	   subnets, otherwise of one in standby, otherwise ANYGW_NO_GATEWAY
 */
int anygw_segment_near6(const struct anygw_segment *seg,
			const struct in6_addr *addr);

/**
 * anygw_segment_self6() - an address to reach a gateway by
 * @seg: the segment
 * @gw: index of the gateway
 * Return: its first link-local address, or any, or NULL if it has none
 */
const struct in6_addr *anygw_segment_self6(const struct anygw_segment *seg,
					   int gw);

/**
 * anygw_segment_host_ll() - the link-local address of a host MAC
 * @addr: set to it, RFC 4291 appendix A
 * @mac: the host MAC
 */
void anygw_segment_host_ll(struct in6_addr *addr, const u8 *mac);

/* The same where there are several. */
int anygw_segment_any_of(const struct anygw_segment *seg);

/**
 * anygw_segment_any() - the gateway that stands for the whole segment
 * @seg: the segment
 * Return: index of the first active gateway, else of the first in standby,
 *	   else 0
 */
static inline int anygw_segment_any(const struct anygw_segment *seg)
{
	return seg->n_gw == 1 ? 0 : anygw_segment_any_of(seg);
}

#endif
