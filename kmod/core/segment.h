/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_SEGMENT_H
#define ANYGW_CORE_SEGMENT_H

#include <linux/anygw.h>

#include "types.h"

struct anygw_gateway;

/* No gateway of the segment. */
#define ANYGW_NO_GATEWAY	(-1)

/**
 * struct anygw_gateway_conf - the configuration of a gateway
 * @mode: the mode asked for
 * @coexist: a real router with the same vMAC lives on the fabric
 * @fallback: what cannot be routed here is left to that router
 * @fastpath: packets may take the fast path
 * @endpoint_max: limit of endpoints in the VLAN
 * @host4: IPv4 host-address, all zero without one
 * @host6: the same for IPv6
 */
struct anygw_gateway_conf {
	enum anygw_mode mode;
	bool coexist;
	bool fallback;
	bool fastpath;
	unsigned int endpoint_max;
	struct anygw_prefix host4;
	struct anygw_prefix host6;
};

static inline bool
anygw_gateway_conf_has_host(const struct anygw_gateway_conf *conf,
			    const struct in6_addr *addr)
{
	return !ipv6_addr_any(addr) &&
	       (ipv6_addr_equal(&conf->host4.addr, addr) ||
		ipv6_addr_equal(&conf->host6.addr, addr));
}

/**
 * struct anygw_segment_gw - one gateway as the datapath sees it
 * @gateway: the module's own object; the core never looks inside
 * @vmac: the MAC that virtual machines know
 * @state: the mode in force
 * @conf: its configuration
 * @first: index of its first gateway address in the segment's array
 * @n: number of them, of both families
 */
struct anygw_segment_gw {
	struct anygw_gateway *gateway;
	u8 vmac[ETH_ALEN];
	enum anygw_mode state;
	struct anygw_gateway_conf conf;
	u16 first;
	u16 n;
};

/**
 * struct anygw_segment - all that decides about the frames of one VLAN
 * @vid: VLAN id on the bridge, 0 without VLAN filtering
 * @host_mac: identity of this host on the fabric
 * @host_ll: the link-local address formed of it
 * @n_gw: number of gateways, at least 1
 * @addr: gateway addresses of all of them
 * @gw: the gateways
 *
 * Immutable once published.
 */
struct anygw_segment {
	u16 vid;
	u8 host_mac[ETH_ALEN];
	struct in6_addr host_ll;
	u16 n_gw;
	struct anygw_prefix *addr;
	struct anygw_segment_gw gw[];
};

/* p: a pointer that walks through the addresses of a gateway */
#define anygw_segment_for_each_addr(p, seg, i)				\
	for (p = &(seg)->addr[(seg)->gw[i].first];			\
	     p < &(seg)->addr[(seg)->gw[i].first + (seg)->gw[i].n]; p++)

/*
 * These return the index of the gateway with a vMAC, a gateway address, a
 * host-address, or any of the two, or ANYGW_NO_GATEWAY.
 */
int anygw_segment_by_vmac(const struct anygw_segment *seg, const u8 *mac);
int anygw_segment_by_addr(const struct anygw_segment *seg,
			  const struct in6_addr *addr);
int anygw_segment_by_host(const struct anygw_segment *seg,
			  const struct in6_addr *addr);
int anygw_segment_by_any_addr(const struct anygw_segment *seg,
			      const struct in6_addr *addr);

/* Whether a gateway has an address of a family. */
bool anygw_segment_has_family(const struct anygw_segment *seg, int gw,
			      bool ipv4);

/**
 * anygw_segment_requester() - the gateway that resolves an address
 * @seg: the segment
 * @addr: the target address
 * @self: set to the gateway address to send from, unless NULL: in IPv6 the
 *	  gateway's first link-local one, or the first of any kind
 * Return: index of an active gateway, preferably with @addr in one of its
 *	   subnets, otherwise of one in standby, otherwise ANYGW_NO_GATEWAY:
 *	   mode observe sends nothing
 */
int anygw_segment_requester(const struct anygw_segment *seg,
			    const struct in6_addr *addr,
			    const struct in6_addr **self);

/* The gateway's first IPv6 link-local address, or any, or NULL. */
const struct in6_addr *anygw_segment_self6(const struct anygw_segment *seg,
					   int gw);

/* The link-local address of a host MAC, RFC 4291 appendix A */
void anygw_segment_host_ll(struct in6_addr *addr, const u8 *mac);

/* The same where there are several. */
int anygw_segment_first_gw(const struct anygw_segment *seg);

/*
 * The gateway that stands for the whole segment: the first active one, else
 * the first in standby, else 0.
 */
static inline int anygw_segment_default_gw(const struct anygw_segment *seg)
{
	return seg->n_gw == 1 ? 0 : anygw_segment_first_gw(seg);
}

#endif
