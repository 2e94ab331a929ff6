/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pure core needs of its surroundings: the kernel's types in the
 * module, the same names from the C library in unit tests and fuzzers.
 */
#ifndef ANYGW_CORE_TYPES_H
#define ANYGW_CORE_TYPES_H

#ifdef __KERNEL__
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define __force

static inline bool ether_addr_equal(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, ETH_ALEN);
}

static inline void ether_addr_copy(u8 *dst, const u8 *src)
{
	memcpy(dst, src, ETH_ALEN);
}

static inline bool is_multicast_ether_addr(const u8 *addr)
{
	return addr[0] & 1;
}
#endif

/* Every anygw host's own MAC starts with these three octets. */
#define ANYGW_HOST_PREFIX	0x0a, 0x61, 0x6e

/**
 * anygw_is_host_mac() - whether a MAC is that of an anygw host
 * @mac: six octets
 */
static inline bool anygw_is_host_mac(const u8 *mac)
{
	static const u8 prefix[] = { ANYGW_HOST_PREFIX };

	return !memcmp(mac, prefix, sizeof(prefix));
}

/**
 * anygw_same6() - whether two IPv6 addresses are the same
 * @a: one
 * @b: the other
 */
static inline bool anygw_same6(const struct in6_addr *a,
			       const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/**
 * anygw_any6() - whether an IPv6 address is the unspecified one
 * @a: the address
 */
static inline bool anygw_any6(const struct in6_addr *a)
{
	static const struct in6_addr any;

	return anygw_same6(a, &any);
}

/**
 * anygw_is_ll6() - whether an IPv6 address is link-local
 * @a: the address
 */
static inline bool anygw_is_ll6(const struct in6_addr *a)
{
	return a->s6_addr[0] == 0xfe && (a->s6_addr[1] & 0xc0) == 0x80;
}

/**
 * anygw_addr_map() - the common form of an IPv4 address
 * @addr: filled in with ::ffff:a.b.c.d
 * @addr4: the address
 */
static inline void anygw_addr_map(struct in6_addr *addr, __be32 addr4)
{
	memset(addr, 0, sizeof(*addr));
	addr->s6_addr[10] = 0xff;
	addr->s6_addr[11] = 0xff;
	memcpy(&addr->s6_addr[12], &addr4, sizeof(addr4));
}

/**
 * anygw_addr_is4() - whether an address in the common form is an IPv4 one
 * @addr: the address
 * @addr4: set to it
 */
static inline bool anygw_addr_is4(const struct in6_addr *addr, __be32 *addr4)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (memcmp(addr->s6_addr, mapped, sizeof(mapped)))
		return false;
	memcpy(addr4, &addr->s6_addr[12], sizeof(*addr4));
	return true;
}

#endif
