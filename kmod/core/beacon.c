// SPDX-License-Identifier: GPL-2.0
#include "beacon.h"

static const u8 magic[] = { 'a', 'g', 'w', 'b' };

/* FNV-1a, and an end that lets each octet reach each bit. */
static u32 hash(const void *octets, u32 len, u32 h)
{
	const u8 *p = octets;

	for (; len; len--)
		h = (h ^ *p++) * 16777619u;
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	return h ^ h >> 13;
}

/* On the wire of version 1, IPv4 has its own form and a mask. */
static u32 beacon_hash_prefix(const struct anygw_prefix *p)
{
	__be32 mask;

	if (!ipv6_addr_v4mapped(&p->addr))
		return hash(&p->addr, sizeof(p->addr), hash(&p->plen, 1, 6));
	mask = htonl((u32)(~0ULL << (128 - p->plen)));
	return hash(&p->addr.s6_addr32[3], sizeof(__be32),
		    hash(&mask, sizeof(mask), 4));
}

/* The sum of hashes does not depend on the order. */
static u32 digest(const struct anygw_segment *seg, int gw)
{
	const struct anygw_prefix *own;
	struct in6_addr ll;
	u32 sum = 0;

	/* The address that follows from the vMAC says nothing more. */
	anygw_segment_host_ll(&ll, seg->gw[gw].vmac);
	anygw_segment_for_each_addr(own, seg, gw)
		if (!ipv6_addr_equal(&own->addr, &ll))
			sum += beacon_hash_prefix(own);
	return sum;
}

/* Put a gateway in its place; of too many, the highest vMAC falls out. */
static void insert(struct anygw_beacon *b, const struct anygw_beacon_gw *gw)
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
		struct anygw_beacon_gw gw;

		memset(&gw, 0, sizeof(gw));
		ether_addr_copy(gw.vmac, own->vmac);
		if (own->conf.coexist)
			gw.flags |= ANYGW_BEACON_COEXIST;
		if (own->conf.fallback)
			gw.flags |= ANYGW_BEACON_FALLBACK;
		gw.addresses = digest(seg, i);
		insert(b, &gw);
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
	memcpy(p, magic, sizeof(magic));
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
	if (len < ANYGW_BEACON_HEAD || memcmp(p, magic, sizeof(magic)))
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

static u32 compare_gw(const struct anygw_beacon_gw *own,
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

/* How many gateways only one of two hosts has, and the last of them. */
static int lone(const struct anygw_beacon *b, const struct anygw_beacon *other,
		int *last)
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
	int i, k, mine = ANYGW_NO_GATEWAY, its = ANYGW_NO_GATEWAY;
	int n_mine, n_its;
	u32 differs = 0, d;

	*gw = ANYGW_NO_GATEWAY;
	if (own->version != other->version)
		return ANYGW_DIFFERS_VERSION;
	for (i = 0; i < own->n; i++) {
		k = anygw_beacon_gw_of(other, own->gw[i].vmac);
		d = k < 0 ? 0 : compare_gw(&own->gw[i], &other->gw[k]);
		if (d && *gw < 0)
			*gw = i;
		differs |= d;
	}
	n_mine = lone(own, other, &mine);
	n_its = lone(other, own, &its);
	if (n_mine || n_its || own->total != other->total)
		differs |= ANYGW_DIFFERS_MAC;
	if (n_mine && *gw < 0)
		*gw = mine;
	/* One each: the same gateway, but for its MAC. */
	if (n_mine == 1 && n_its == 1)
		differs |= compare_gw(&own->gw[mine], &other->gw[its]);
	return differs;
}
