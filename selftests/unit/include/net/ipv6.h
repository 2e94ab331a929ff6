/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_NET_IPV6_H
#define UNIT_NET_IPV6_H

#include <linux/types.h>
#include <linux/ipv6.h>

#define IP6_OFFSET		0xfff8
#define IPV6_ADDR_LINKLOCAL	0x0020U

static inline bool ipv6_addr_equal(const struct in6_addr *a,
				   const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static inline bool ipv6_addr_any(const struct in6_addr *a)
{
	static const struct in6_addr any;

	return ipv6_addr_equal(a, &any);
}

/* No other type than link-local is asked for. */
static inline int ipv6_addr_type(const struct in6_addr *a)
{
	return a->s6_addr[0] == 0xfe && (a->s6_addr[1] & 0xc0) == 0x80 ?
	       IPV6_ADDR_LINKLOCAL : 0;
}

static inline bool ipv6_prefix_equal(const struct in6_addr *a,
				     const struct in6_addr *b,
				     unsigned int plen)
{
	unsigned int whole = plen / 8, rest = plen % 8;

	if (memcmp(a, b, whole))
		return false;
	return !rest || !((a->s6_addr[whole] ^ b->s6_addr[whole]) >>
			  (8 - rest));
}

static inline void ipv6_addr_prefix(struct in6_addr *prefix,
				    const struct in6_addr *addr, int plen)
{
	int whole = plen / 8, rest = plen % 8;

	memset(prefix, 0, sizeof(*prefix));
	memcpy(prefix, addr, whole);
	if (rest)
		prefix->s6_addr[whole] = addr->s6_addr[whole] & 0xff00 >> rest;
}

static inline void ipv6_addr_set_v4mapped(__be32 addr,
					  struct in6_addr *mapped)
{
	memset(mapped, 0, 10);
	memset(&mapped->s6_addr[10], 0xff, 2);
	memcpy(&mapped->s6_addr[12], &addr, sizeof(addr));
}

static inline bool ipv6_addr_v4mapped(const struct in6_addr *a)
{
	struct in6_addr mapped;

	ipv6_addr_set_v4mapped(0, &mapped);
	return ipv6_prefix_equal(a, &mapped, 96);
}

#endif
