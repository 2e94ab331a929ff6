/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_TYPES_H
#define ANYGW_CORE_TYPES_H

/* Includes get_unaligned_be16(), whose own header moved in 6.12. */
#include <linux/etherdevice.h>
#include <linux/types.h>
#include <net/ipv6.h>

/* First three octets of the MAC of every anygw host */
#define ANYGW_HOST_PREFIX	0x0a, 0x61, 0x6e

static inline bool anygw_is_host_mac(const u8 *mac)
{
	static const u8 prefix[] = { ANYGW_HOST_PREFIX };

	return !memcmp(mac, prefix, sizeof(prefix));
}

/*
 * Addresses are always struct in6_addr. IPv4 is mapped to ::ffff:a.b.c.d, and
 * its prefix length counts in that form: an IPv4 /24 is 120.
 */
struct anygw_prefix {
	struct in6_addr addr;
	u8 plen;
};

#define ANYGW_PLEN4	96	/* add the IPv4 prefix length */

static inline bool anygw_is_ll(const struct in6_addr *addr)
{
	return ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL;
}

static inline bool anygw_same_family(const struct in6_addr *a,
				     const struct in6_addr *b)
{
	return ipv6_addr_v4mapped(a) == ipv6_addr_v4mapped(b);
}

/* Short all-zero IPv6 prefixes must not match mapped IPv4. */
static inline bool anygw_prefix_contains(const struct anygw_prefix *p,
					 const struct in6_addr *addr)
{
	return ipv6_prefix_equal(&p->addr, addr, p->plen) &&
	       (p->plen >= ANYGW_PLEN4 || !ipv6_addr_v4mapped(addr));
}

#endif
