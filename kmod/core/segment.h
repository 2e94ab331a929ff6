/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_SEGMENT_H
#define ANYGW_CORE_SEGMENT_H

#include <linux/anygw.h>

#include "types.h"

struct anygw_gateway;

#define ANYGW_NO_GATEWAY	(-1)

/* The configuration of a gateway */
struct anygw_gateway_conf {
	enum anygw_mode mode;		/* as configured */
	bool coexist;			/* the fabric has a real router */
	bool fallback;			/* unroutable packets are left to it */
	bool fastpath;
	unsigned int endpoint_max;	/* limit per VLAN */
	struct anygw_prefix host4;	/* host-address, or all zeros */
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

/* One gateway as the datapath sees it */
struct anygw_segment_gw {
	struct anygw_gateway *gateway;	/* opaque for the core */
	u8 vmac[ETH_ALEN];
	enum anygw_mode state;		/* the mode in force */
	struct anygw_gateway_conf conf;
	u16 first;			/* index into the segment's addr */
	u16 n;
};

/* What decides about the frames of one VLAN; immutable once published */
struct anygw_segment {
	u16 vid;			/* 0 without VLAN filtering */
	u8 host_mac[ETH_ALEN];		/* of this host, on the fabric */
	struct in6_addr host_ll;	/* formed from host_mac */
	u16 n_gw;			/* at least 1 */
	struct anygw_prefix *addr;	/* gateway addresses of all gateways */
	struct anygw_segment_gw gw[];
};

/* p iterates over the gateway addresses of gateway i. */
#define anygw_segment_for_each_addr(p, seg, i)				\
	for (p = &(seg)->addr[(seg)->gw[i].first];			\
	     p < &(seg)->addr[(seg)->gw[i].first + (seg)->gw[i].n]; p++)

/*
 * Index of the gateway with a vMAC, a gateway address, a host-address or
 * either address, or ANYGW_NO_GATEWAY
 */
int anygw_segment_by_vmac(const struct anygw_segment *seg, const u8 *mac);
int anygw_segment_by_addr(const struct anygw_segment *seg,
			  const struct in6_addr *addr);
int anygw_segment_by_host(const struct anygw_segment *seg,
			  const struct in6_addr *addr);
int anygw_segment_by_any_addr(const struct anygw_segment *seg,
			      const struct in6_addr *addr);

bool anygw_segment_has_family(const struct anygw_segment *seg, int gw,
			      bool ipv4);

/*
 * Index of the gateway that resolves @addr: active before standby, then
 * preferably with @addr in one of its prefixes; ANYGW_NO_GATEWAY if all are in
 * mode observe, which sends nothing. @self, unless NULL, is set to the gateway
 * address to send from; in IPv6 that is anygw_segment_self6().
 */
int anygw_segment_requester(const struct anygw_segment *seg,
			    const struct in6_addr *addr,
			    const struct in6_addr **self);

/* The gateway's first link-local or else first IPv6 address, or NULL */
const struct in6_addr *anygw_segment_self6(const struct anygw_segment *seg,
					   int gw);

/* The link-local address of a host MAC, RFC 4291 appendix A */
void anygw_segment_host_ll(struct in6_addr *addr, const u8 *mac);

/* The first active gateway, else the first in standby, else 0 */
int anygw_segment_first_gw(const struct anygw_segment *seg);

/* The gateway that stands for the whole segment */
static inline int anygw_segment_default_gw(const struct anygw_segment *seg)
{
	return seg->n_gw == 1 ? 0 : anygw_segment_first_gw(seg);
}

#endif
