// SPDX-License-Identifier: GPL-2.0
#include "beacon.h"

static const u8 beacon_magic[] = { 'a', 'g', 'w', 'b' };

/* FNV-1a with a final mix, so that each octet affects every bit */
static u32 beacon_hash(const void *octets, u32 len, u32 h)
{
	const u8 *p = octets;

	for (; len; len--)
		h = (h ^ *p++) * 16777619u;
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	return h ^ h >> 13;
}

/* Format version 1 hashes IPv4 unmapped, with a netmask. */
static u32 beacon_hash_prefix(const struct anygw_prefix *p)
{
	__be32 mask;

	if (!ipv6_addr_v4mapped(&p->addr))
		return beacon_hash(&p->addr, sizeof(p->addr),
				   beacon_hash(&p->plen, 1, 6));
	mask = htonl((u32)(~0ULL << (128 - p->plen)));
	return beacon_hash(&p->addr.s6_addr32[3], sizeof(__be32),
			   beacon_hash(&mask, sizeof(mask), 4));
}

/* A sum does not depend on the order of the addresses. */
static u32 beacon_digest(const struct anygw_segment *seg, int gw)
{
	const struct anygw_prefix *own;
	struct in6_addr ll;
	u32 sum = 0;

	/* The vMAC is compared anyway; skip the address formed from it. */
	anygw_segment_host_ll(&ll, seg->gw[gw].vmac);
	anygw_segment_for_each_addr(own, seg, gw)
		if (!ipv6_addr_equal(&own->addr, &ll))
			sum += beacon_hash_prefix(own);
	return sum;
}

/* Insert in vMAC order; if full, drop the highest vMAC. */
static void beacon_insert(struct anygw_beacon *b,
			  const struct anygw_beacon_gw *gw)
{
	int i = b->n;

	while (i && memcmp(b->gw[i - 1].vmac, gw->vmac, ETH_ALEN) > 0)
		i--;
	if (i == ANYGW_BEACON_GWS)
		return;
	if (b->n < ANYGW_BEACON_GWS)
		b->n++;
	memmove(&b->gw[i + 1], &b->gw[i], (b->n - 1 - i) * sizeof(*gw));
	b->gw[i] = *gw;
}

void anygw_beacon_make(struct anygw_beacon *b, const struct anygw_segment *seg)
{
	int i;

	memset(b, 0, sizeof(*b));
	b->version = ANYGW_BEACON_VERSION;
	b->total = seg->n_gw < 255 ? seg->n_gw : 255;
	for (i = 0; i < seg->n_gw; i++) {
		const struct anygw_segment_gw *own = &seg->gw[i];
		struct anygw_beacon_gw gw = {};

		ether_addr_copy(gw.vmac, own->vmac);
		if (own->conf.coexist)
			gw.flags |= ANYGW_BEACON_COEXIST;
		if (own->conf.fallback)
			gw.flags |= ANYGW_BEACON_FALLBACK;
		gw.addresses = beacon_digest(seg, i);
		beacon_insert(b, &gw);
	}
}

int anygw_beacon_gw_of(const struct anygw_beacon *b, const u8 *vmac)
{
	int i;

	for (i = 0; i < b->n; i++)
		if (ether_addr_equal(b->gw[i].vmac, vmac))
			return i;
	return ANYGW_NO_GATEWAY;
}

u32 anygw_beacon_write(const struct anygw_beacon *b, u8 *p)
{
	u32 len = ANYGW_BEACON_HEAD + b->n * ANYGW_BEACON_GW;
	int i;

	memset(p, 0, len);
	memcpy(p, beacon_magic, sizeof(beacon_magic));
	p[4] = b->version;
	p[5] = b->goodbye ? ANYGW_BEACON_GOODBYE : 0;
	p[6] = b->total;
	p[7] = b->n;
	put_unaligned_be16(b->hold, p + 8);
	p += ANYGW_BEACON_HEAD;
	for (i = 0; i < b->n; i++, p += ANYGW_BEACON_GW) {
		memcpy(p, b->gw[i].vmac, ETH_ALEN);
		p[6] = b->gw[i].flags;
		put_unaligned_be16(b->gw[i].mtu, p + 8);
		put_unaligned_be32(b->gw[i].addresses, p + 12);
	}
	return len;
}

bool anygw_beacon_read(struct anygw_beacon *b, const u8 *p, u32 len)
{
	int i;

	memset(b, 0, sizeof(*b));
	if (len < ANYGW_BEACON_HEAD ||
	    memcmp(p, beacon_magic, sizeof(beacon_magic)))
		return false;
	b->version = p[4];
	b->goodbye = p[5] & ANYGW_BEACON_GOODBYE;
	b->hold = get_unaligned_be16(p + 8);
	if (!b->hold)
		return false;
	if (b->version != ANYGW_BEACON_VERSION)
		return b->version;
	if (p[7] > ANYGW_BEACON_GWS || p[7] > p[6] ||
	    len < ANYGW_BEACON_HEAD + (u32)p[7] * ANYGW_BEACON_GW)
		return false;
	b->total = p[6];
	b->n = p[7];
	p += ANYGW_BEACON_HEAD;
	for (i = 0; i < b->n; i++, p += ANYGW_BEACON_GW) {
		memcpy(b->gw[i].vmac, p, ETH_ALEN);
		b->gw[i].flags = p[6];
		b->gw[i].mtu = get_unaligned_be16(p + 8);
		b->gw[i].addresses = get_unaligned_be32(p + 12);
	}
	return true;
}

static u32 beacon_compare_gw(const struct anygw_beacon_gw *own,
			     const struct anygw_beacon_gw *other)
{
	u8 flags = own->flags ^ other->flags;
	u32 differs = 0;

	if (own->addresses != other->addresses)
		differs |= ANYGW_DIFFERS_ADDRESSES;
	if (own->mtu != other->mtu)
		differs |= ANYGW_DIFFERS_MTU;
	/* Without coexist there is nothing to fall back to. */
	if (flags & ANYGW_BEACON_COEXIST)
		differs |= ANYGW_DIFFERS_COEXIST;
	else if (flags & ANYGW_BEACON_FALLBACK)
		differs |= ANYGW_DIFFERS_FALLBACK;
	return differs;
}

/* Count the gateways that @other lacks; set @last to the last of them. */
static int beacon_count_missing(const struct anygw_beacon *b,
				const struct anygw_beacon *other, int *last)
{
	int i, n = 0;

	for (i = 0; i < b->n; i++) {
		if (anygw_beacon_gw_of(other, b->gw[i].vmac) >= 0)
			continue;
		*last = i;
		n++;
	}
	return n;
}

u32 anygw_beacon_compare(const struct anygw_beacon *own,
			 const struct anygw_beacon *other, int *gw)
{
	int i, k, n_own, n_other, last_own, last_other;
	u32 differs = 0, d;

	*gw = ANYGW_NO_GATEWAY;
	if (own->version != other->version)
		return ANYGW_DIFFERS_VERSION;
	for (i = 0; i < own->n; i++) {
		k = anygw_beacon_gw_of(other, own->gw[i].vmac);
		d = k < 0 ? 0 : beacon_compare_gw(&own->gw[i], &other->gw[k]);
		if (d && *gw < 0)
			*gw = i;
		differs |= d;
	}
	n_own = beacon_count_missing(own, other, &last_own);
	n_other = beacon_count_missing(other, own, &last_other);
	if (n_own || n_other || own->total != other->total)
		differs |= ANYGW_DIFFERS_MAC;
	if (n_own && *gw < 0)
		*gw = last_own;
	/* One each: probably the same gateway with another vMAC. */
	if (n_own == 1 && n_other == 1)
		differs |= beacon_compare_gw(&own->gw[last_own],
					     &other->gw[last_other]);
	return differs;
}
