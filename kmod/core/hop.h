/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a router reads of a packet, and what it writes into it. Here is only
 * what has nothing unusual about it; all else is left to the network stack.
 */
#ifndef ANYGW_CORE_HOP_H
#define ANYGW_CORE_HOP_H

#include "types.h"

#define ANYGW_HOP4_HLEN		20
#define ANYGW_HOP6_HLEN		40

/**
 * struct anygw_hop4 - an IPv4 packet that can simply be routed on
 * @src: source
 * @dst: destination
 * @len: length by its header, octets
 * @tos: type of service
 */
struct anygw_hop4 {
	__be32 src;
	__be32 dst;
	u16 len;
	u16 tos;
};

/**
 * struct anygw_hop6 - the same for IPv6
 * @src: source
 * @dst: destination
 * @len: length by its header, octets
 * @tclass: traffic class
 */
struct anygw_hop6 {
	struct in6_addr src;
	struct in6_addr dst;
	u32 len;
	u32 tclass;
};

/* The sum of a header with its checksum, RFC 1071. */
static inline bool anygw_hop4_sums_up(const u8 *p)
{
	u64 first, sum;
	u32 last, half;

	memcpy(&first, p, sizeof(first));
	memcpy(&sum, p + 8, sizeof(sum));
	memcpy(&last, p + 16, sizeof(last));
	sum += first;
	sum += sum < first;
	sum += last;
	sum += sum < last;
	/* Both halves with their carries, twice. */
	sum += sum >> 32 | sum << 32;
	half = sum >> 32;
	half += half >> 16 | half << 16;
	return half >> 16 == 0xffff;
}

/**
 * anygw_hop4_read() - read a packet
 * @hop: filled in
 * @p: the packet, ANYGW_HOP4_HLEN octets of it and one more, if there is one
 * @len: how long it is
 * Return: false if it has options, ends too early, has a wrong checksum or no
 *	   hop left, or is a message of ICMP other than an echo
 */
static inline bool anygw_hop4_read(struct anygw_hop4 *hop, const u8 *p,
				   u32 len)
{
	if (p[0] != 0x45 || p[8] <= 1 || !anygw_hop4_sums_up(p))
		return false;
	hop->len = p[2] << 8 | p[3];
	if (hop->len < ANYGW_HOP4_HLEN || hop->len > len)
		return false;
	/* Later fragments have no type; the stack takes them all. */
	if (p[9] == 1 && (hop->len == ANYGW_HOP4_HLEN || p[6] & 0x3f || p[7] ||
			  p[ANYGW_HOP4_HLEN] & ~8))
		return false;
	hop->tos = p[1];
	memcpy(&hop->src, p + 12, sizeof(hop->src));
	memcpy(&hop->dst, p + 16, sizeof(hop->dst));
	return true;
}

/**
 * anygw_hop4_age() - take a hop off a packet, RFC 1812 section 5.3.1
 * @p: its header
 *
 * The checksum is what the stack makes of it, of the two that there may be.
 */
static inline void anygw_hop4_age(u8 *p)
{
	u32 sum;
	u16 raw;

	memcpy(&raw, p + 10, sizeof(raw));
	sum = raw + (__force u16)htons(0x0100);
	raw = sum + (sum >= 0xffff);
	memcpy(p + 10, &raw, sizeof(raw));
	p[8]--;
}

/**
 * anygw_hop6_read() - read a packet
 * @hop: filled in
 * @p: the packet, ANYGW_HOP6_HLEN octets of it
 * @len: how long it is
 * Return: false if it ends too early, is a jumbogram, or has no hop left
 */
static inline bool anygw_hop6_read(struct anygw_hop6 *hop, const u8 *p,
				   u32 len)
{
	u32 payload = p[4] << 8 | p[5];

	if (p[0] >> 4 != 6 || p[7] <= 1 || !payload ||
	    payload + ANYGW_HOP6_HLEN > len)
		return false;
	hop->len = payload + ANYGW_HOP6_HLEN;
	hop->tclass = (p[0] & 0xf) << 4 | p[1] >> 4;
	memcpy(&hop->src, p + 8, sizeof(hop->src));
	memcpy(&hop->dst, p + 24, sizeof(hop->dst));
	return true;
}

/**
 * anygw_hop6_age() - take a hop off a packet, RFC 8200 section 3
 * @p: its header
 */
static inline void anygw_hop6_age(u8 *p)
{
	p[7]--;
}

#endif
