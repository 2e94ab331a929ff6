// SPDX-License-Identifier: GPL-2.0
/*
 * Make frames. Each depends only on the seed and its number, so that any part
 * of a run can be repeated alone.
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

const uint8_t vmac[6] = { 0x02, 0x61, 0x6e, 0x79, 0x67, 0x77 };
const uint8_t bcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
const uint8_t beacon_mac[6] = { 0x03, 0x61, 0x6e, 0x79, 0x67, 0x77 };
const uint8_t exit_peer[6] = { 0x52, 0x54, 0x00, 0xe0, 0x00, 0x02 };
static const uint8_t foreign_host[6] = { 0x0a, 0x61, 0x6e, 0x12, 0x34, 0x56 };

/* ------------------------------------------------------------ randomness */

/* SplitMix64: all seeds are equally good. */
uint32_t rnd(struct rng *r)
{
	uint64_t z = r->s += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) >> 16;
}

uint32_t below(struct rng *r, uint32_t n)
{
	return rnd(r) % n;
}

bool percent(struct rng *r, uint32_t n)
{
	return below(r, 100) < n;
}

/* ------------------------------------------------------------ numbers */

static uint32_t salt;

/*
 * The number is in the payload, which ICMP errors quote, or at the end of the
 * frame, which routers cut off. Numbers of an earlier run are ignored: packets
 * may be queued for neighbour resolution.
 */
static void id_words(uint8_t *p, uint32_t id, bool payload)
{
	uint32_t check = (id ^ salt ^ 0x5bd1e995) * 0x9e3779b1;

	memcpy(p, payload ? "fzPL" : "fzTR", 4);
	put16(p + 4, id >> 16);
	put16(p + 6, id);
	put16(p + 8, check >> 16);
	put16(p + 10, check);
}

void put_id(uint8_t *p, uint32_t id, bool payload)
{
	id_words(p, id, payload);
}

bool get_id(const uint8_t *p, uint32_t *id, bool payload)
{
	uint8_t shall[ID_LEN];

	*id = (uint32_t)get16(p + 4) << 16 | get16(p + 6);
	id_words(shall, *id, payload);
	return !memcmp(p, shall, ID_LEN);
}

/* ------------------------------------------------------------ addresses */

void addr4(uint8_t *a, int vlan, int last)
{
	a[0] = 10;
	a[1] = 0;
	a[2] = vlan;
	a[3] = last;
}

/* Decimal digits as in IPv4: fd00:10::11 */
static int digits(int n)
{
	return n / 100 << 8 | n / 10 % 10 << 4 | n % 10;
}

void addr6(uint8_t *a, int vlan, int last)
{
	memset(a, 0, 16);
	a[0] = 0xfd;
	put16(a + 2, digits(vlan));
	put16(a + 14, digits(last));
}

void addr_ll(uint8_t *a, int vlan, int last)
{
	addr6(a, vlan, last);
	a[0] = 0xfe;
	a[1] = 0x80;
	put16(a + 2, 0);
	put16(a + 8, digits(vlan));
}

void addr_ll_of(uint8_t *a, const uint8_t *mac)
{
	memset(a, 0, 16);
	a[0] = 0xfe;
	a[1] = 0x80;
	memcpy(a + 8, mac, 3);
	a[8] ^= 2;
	a[11] = 0xff;
	a[12] = 0xfe;
	memcpy(a + 13, mac + 3, 3);
}

void mac_of(uint8_t *mac, int vlan, int last)
{
	memcpy(mac, "\x52\x54\0\0", 4);
	mac[4] = vlan;
	mac[5] = last;
}

bool has_gateway(int vlan)
{
	return vlan == 10 || vlan == 20;
}

bool is_gateway4(int vlan, const uint8_t *a)
{
	uint8_t own[4];

	addr4(own, vlan, LAST_GATEWAY);
	return has_gateway(vlan) && !memcmp(a, own, 4);
}

bool is_gateway6(int vlan, const uint8_t *a)
{
	uint8_t own[16], ll[16];

	addr6(own, vlan, LAST_GATEWAY);
	addr_ll_of(ll, vmac);
	return has_gateway(vlan) &&
	       (!memcmp(a, own, 16) || !memcmp(a, ll, 16));
}

bool is_host_mac(const uint8_t *mac)
{
	return !memcmp(mac, foreign_host, 3);
}

/* ------------------------------------------------------------ pools */

static int own_last(const struct build *b)
{
	return LAST_PORT + b->port->index;
}

static int some_last(struct build *b)
{
	return LAST_PORT + below(b->r, nports);
}

static int some_vlan(struct build *b)
{
	static const uint8_t vlans[] = { 10, 20, VLAN_FREE };

	return percent(b->r, 90) ? b->vlan : vlans[below(b->r, 3)];
}

static void random_octets(struct build *b, uint8_t *p, size_t n)
{
	while (n-- > 0)
		*p++ = rnd(b->r);
}

void pick_mac(struct build *b, uint8_t *mac)
{
	static const uint8_t groups[][6] = {
		{ 0x33, 0x33, 0, 0, 0, 1 }, { 0x33, 0x33, 0xff, 0, 0, 1 },
		{ 0x01, 0, 0x5e, 0, 0, 1 }, { 0x33, 0x33, 0, 0, 0, 0x16 },
	};
	uint32_t n = below(b->r, 100);

	if (n < 25)
		memcpy(mac, vmac, 6);
	else if (n < 35)
		memcpy(mac, net.host_mac, 6);
	else if (n < 45)
		memcpy(mac, foreign_host, 6);
	else if (n < 70)
		mac_of(mac, some_vlan(b), some_last(b));
	else if (n < 80)
		memcpy(mac, bcast, 6);
	else if (n < 90)
		memcpy(mac, groups[below(b->r, 4)], 6);
	else if (n < 93)
		memcpy(mac, beacon_mac, 6);
	else
		random_octets(b, mac, 6);
}

void pick4(struct build *b, uint8_t *a)
{
	static const uint8_t fixed[][4] = {
		{ 203, 0, 113, 1 }, { 203, 0, 113, 1 }, { 203, 0, 113, 77 },
		{ 0, 0, 0, 0 }, { 255, 255, 255, 255 }, { 224, 0, 0, 1 },
	};
	static const uint8_t lasts[] = { LAST_FURTHER, LAST_HOST, 255, 77 };
	uint32_t n = below(b->r, 100);

	if (n < 30)
		addr4(a, some_vlan(b), LAST_GATEWAY);
	else if (n < 55)
		addr4(a, some_vlan(b), some_last(b));
	else if (n < 63)
		addr4(a, b->vlan == 10 ? 20 : 10, some_last(b));
	else if (n < 70)
		addr4(a, b->vlan, lasts[below(b->r, 4)]);
	else if (n < 98)
		memcpy(a, fixed[below(b->r, 6)], 4);
	else
		random_octets(b, a, 4);
}

void pick6(struct build *b, uint8_t *a)
{
	static const uint8_t fixed[][16] = {
		{ 0xfd, 3, [15] = 1 }, { 0xfd, 3, [15] = 1 }, { 0 },
		{ 0xff, 2, [15] = 1 }, { 0xff, 2, [15] = 2 },
		{ 0xff, 2, [11] = 1, 0xff, 0, 0, 1 },
	};
	uint32_t n = below(b->r, 100);

	if (n < 18)
		addr6(a, some_vlan(b), LAST_GATEWAY);
	else if (n < 34)
		addr_ll_of(a, vmac);
	else if (n < 40)
		addr_ll_of(a, net.host_mac);
	else if (n < 55)
		addr6(a, some_vlan(b), some_last(b));
	else if (n < 63)
		addr6(a, b->vlan == 10 ? 20 : 10, some_last(b));
	else if (n < 70)
		addr_ll(a, b->vlan, some_last(b));
	else if (n < 74)
		addr6(a, b->vlan, percent(b->r, 50) ? LAST_FURTHER : LAST_HOST);
	else if (n < 98)
		memcpy(a, fixed[below(b->r, 6)], 16);
	else
		random_octets(b, a, 16);
}

/* The sender's address, mostly its own */
void own4(struct build *b, uint8_t *a)
{
	static const uint8_t srv[] = { 203, 0, 113, 1 };

	if (percent(b->r, 15))
		pick4(b, a);
	else if (b->port->role == ROLE_EXIT)
		memcpy(a, srv, 4);
	else
		addr4(a, b->vlan, own_last(b));
}

void own6(struct build *b, uint8_t *a)
{
	static const uint8_t srv[16] = { 0xfd, 3, [15] = 1 };

	if (percent(b->r, 15))
		pick6(b, a);
	else if (b->port->role == ROLE_EXIT)
		memcpy(a, srv, 16);
	else
		addr6(a, b->vlan, own_last(b));
}

void own_ll(struct build *b, uint8_t *a)
{
	addr_ll(a, b->vlan, own_last(b));
}

/* ------------------------------------------------------------ templates */

static void arp(struct build *b, unsigned int op)
{
	uint8_t *p = b->l3;

	b->type = 0x0806;
	b->n = 28;
	put16(p, percent(b->r, 95) ? 1 : 6);
	put16(p + 2, 0x0800);
	p[4] = 6;
	p[5] = 4;
	put16(p + 6, percent(b->r, 97) ? op : below(b->r, 12));
	if (percent(b->r, 85))
		memcpy(p + 8, b->src, 6);
	else
		pick_mac(b, p + 8);
	if (percent(b->r, 70))
		own4(b, p + 14);
	else
		pick4(b, p + 14);
	if (percent(b->r, 50))
		memset(p + 18, 0, 6);
	else
		pick_mac(b, p + 18);
	pick4(b, p + 24);
}

static void make_arp_request(struct build *b) { arp(b, 1); }

static void make_arp_reply(struct build *b) { arp(b, 2); }

static void make_garp(struct build *b)
{
	arp(b, percent(b->r, 50) ? 1 : 2);
	memcpy(b->l3 + 24, b->l3 + 14, 4);
}

static void make_rarp(struct build *b)
{
	arp(b, 3);
	b->type = 0x8035;
}

/*
 * A NIC writes an offloaded checksum at any offset in the vnet header, for
 * example over half an address.
 */
static void make_arp_sum(struct build *b)
{
	arp(b, 1 + below(b->r, 2));
	addr4(b->l3 + 14, b->vlan, LAST_GATEWAY);
	b->over = 14 + 16;
}

static void make_mac_sum(struct build *b)
{
	make_udp4(b);
	memcpy(b->src, vmac, 6);
	b->over = 10;
}

static void write_over(struct frame *f, size_t at)
{
	uint8_t *p = f->data + at;
	unsigned int want = get16(p);

	f->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	f->vnet.csum_start = at;
	f->vnet.csum_offset = 0;
	/* Chosen so that the checksum equals the octets it overwrites. */
	put16(p, 0);
	put16(p, ~sum_fold((~want & 0xffff) +
			   sum_fold(sum_add(0, p, f->len - at))) & 0xffff);
}

static void make_beacon(struct build *b)
{
	b->type = ETYPE_BEACON;
	if (percent(b->r, 80))
		memcpy(b->dst, beacon_mac, 6);
	b->n = 12 + 16 * below(b->r, 4);
	random_octets(b, b->l3, b->n);
	/* Magic, version, and as many gateways as there is room for */
	memcpy(b->l3, "\x41\x4e\x47\x57\1\0", 6);
	b->l3[6] = b->l3[7] = b->n / 16;
}

static void make_other(struct build *b)
{
	static const uint16_t types[] = { 0x88b7, 0x8863, 0x8864, 0x88cc, 0x4 };

	b->type = types[below(b->r, 5)];
	b->n = 20 + below(b->r, 100);
	random_octets(b, b->l3, b->n);
}

static const struct template {
	const char *name;
	void (*make)(struct build *b);
	int weight;
} templates[] = {
	{ "arp-request", make_arp_request, 10 },
	{ "arp-reply", make_arp_reply, 8 },
	{ "garp", make_garp, 4 }, { "rarp", make_rarp, 2 },
	{ "udp4", make_udp4, 9 }, { "tcp4", make_tcp4, 4 },
	{ "ping4", make_ping4, 5 }, { "frag4", make_frag4, 3 },
	{ "redirect4", make_redirect4, 3 }, { "igmp", make_igmp, 1 },
	{ "udp6", make_udp6, 9 }, { "tcp6", make_tcp6, 4 },
	{ "ping6", make_ping6, 5 }, { "frag6", make_frag6, 2 },
	{ "ns", make_ns, 9 }, { "na", make_na, 9 }, { "rs", make_rs, 2 },
	{ "ra", make_ra, 5 }, { "redirect6", make_redirect6, 3 },
	{ "mld", make_mld, 1 }, { "beacon", make_beacon, 3 },
	{ "other", make_other, 2 }, { "arp-sum", make_arp_sum, 1 },
	{ "mac-sum", make_mac_sum, 1 },
	{ "gso4", make_gso4, 2 }, { "gso6", make_gso6, 2 },
};

#define TEMPLATES ((int)(sizeof(templates) / sizeof(*templates)))

const char *template_name(int i)
{
	return i < TEMPLATES ? templates[i].name : NULL;
}

static const struct template *pick_template(struct build *b)
{
	int i, sum = 0, n;

	for (i = 0; i < TEMPLATES; i++)
		sum += templates[i].weight;
	n = below(b->r, sum);
	for (i = 0; n >= templates[i].weight; i++)
		n -= templates[i].weight;
	return &templates[i];
}

/* ------------------------------------------------------------ the frame */

static void pick_ends(struct build *b)
{
	if (b->port->role == ROLE_EXIT)
		memcpy(b->src, exit_peer, 6);
	else if (percent(b->r, 85))
		mac_of(b->src, b->vlan, own_last(b));
	else
		pick_mac(b, b->src);
	/* The bridge itself drops multicast sources. */
	b->src[0] &= percent(b->r, 99) ? ~1 : ~0;

	if (b->port->role == ROLE_EXIT && percent(b->r, 95))
		memcpy(b->dst, net.exit_mac, 6);
	else if (b->port->role == ROLE_VM && percent(b->r, 35))
		memcpy(b->dst, vmac, 6);
	else if (percent(b->r, 25))
		memcpy(b->dst, bcast, 6);
	else
		pick_mac(b, b->dst);
}

static size_t put_tag(uint8_t *p, struct build *b, unsigned int vid)
{
	put16(p, percent(b->r, 60) ? 0x8100 : 0x88a8);
	put16(p + 2, below(b->r, 8) << 13 | vid);
	return 4;
}

static unsigned int some_vid(struct build *b)
{
	static const uint16_t vids[] = { 0, 0, 0, 10, 20, 30, 1, 4095 };

	return percent(b->r, 50) ? 0 : vids[below(b->r, 8)];
}

static size_t put_tags(uint8_t *p, struct build *b)
{
	uint32_t how = below(b->r, 100);
	size_t n = 0;
	int more;

	if (how < 8) {
		/* Any EtherType */
		for (more = below(b->r, 5); more > 0; more--)
			n += put_tag(p + n, b, some_vid(b));
		return n;
	}
	if (b->port->tagged) {
		put16(p, 0x8100);
		put16(p + 2, below(b->r, 8) << 13 | b->vlan);
		n = 4;
	}
	if (how < 65)
		return n;
	for (more = 1 + below(b->r, how < 95 ? 2 : 8); more > 0; more--)
		n += put_tag(p + n, b, percent(b->r, 92) ? 0 : some_vid(b));
	return n;
}

static size_t put_type(uint8_t *p, struct build *b)
{
	size_t all = b->n + 8;

	if (!percent(b->r, 8) || all > 1500) {
		put16(p, b->type);
		return 2;
	}
	put16(p, percent(b->r, 90) ? all : below(b->r, 1501));
	memcpy(p + 2, percent(b->r, 95) ? "\xaa\xaa\x03\0\0\0" :
	       "\xaa\xaa\x03\x08\0\x07", 6);
	if (percent(b->r, 40))
		p[7] = 0xf8;
	put16(p + 8, b->type);
	return 10;
}

/* Change, cut or pad behind the MACs; half of the frames stay intact. */
static void mutate(struct frame *f, struct build *b)
{
	int n = percent(b->r, 25) ? 1 + below(b->r, 4) : 0;
	size_t end = f->len < 128 ? f->len : 128;

	while (n-- > 0)
		f->data[12 + below(b->r, end - 12)] = rnd(b->r);
	if (percent(b->r, 6)) {
		f->len = 14 + below(b->r, f->len - 13);
		b->marked = true;
	} else if (percent(b->r, 6)) {
		n = below(b->r, 300);
		memset(f->data + f->len, 0, n);
		f->len += n;
	}
}

/* Checksum offload, and wrong vnet headers */
static void mutate_vnet(struct frame *f, struct build *b)
{
	if (percent(b->r, 4)) {
		f->vnet.flags |= VIRTIO_NET_HDR_F_NEEDS_CSUM;
		f->vnet.csum_start = below(b->r, 64);
		f->vnet.csum_offset = below(b->r, 32);
	}
	if (percent(b->r, 2)) {
		f->vnet.gso_type = below(b->r, 8);
		f->vnet.gso_size = 200 + below(b->r, 2000);
		f->vnet.hdr_len = below(b->r, f->len);
	}
	if (percent(b->r, 2))
		f->vnet.flags |= VIRTIO_NET_HDR_F_DATA_VALID;
}

static void compose(struct frame *f, struct build *b)
{
	uint8_t *p = f->data;
	size_t n = 12;

	memcpy(p, b->dst, 6);
	memcpy(p + 6, b->src, 6);
	n += put_tags(p + n, b);
	n += put_type(p + n, b);
	memcpy(p + n, b->l3, b->n);
	f->len = n + b->n;
	f->vnet = b->vnet;
	if (f->vnet.gso_type) {
		f->vnet.hdr_len += n;
		f->vnet.csum_start += n;
	} else if (!b->over) {
		mutate(f, b);
	}
	mutate_vnet(f, b);
	if (!b->marked) {
		put_id(f->data + f->len, b->id, false);
		f->len += ID_LEN;
	}
	if (b->over)
		write_over(f, b->over < 14 ? b->over : b->over + n - 14);
}

static const struct port *pick_port(struct rng *r)
{
	int i = below(r, nports);

	/* The exit sends only valid packets. */
	while (ports[i].role == ROLE_EXIT && percent(r, 50))
		i = below(r, nports);
	return &ports[i];
}

/*
 * One frame in three repeats a recent one with a new number, to use cached
 * flows.
 */
static uint32_t model(uint64_t seed, uint32_t n)
{
	int depth;

	for (depth = 0; depth < 4; depth++) {
		struct rng r = { seed * 0xd6e8feb86659fd93 + n };

		if (n < 8 || !percent(&r, 33))
			break;
		n -= 1 + below(&r, 7);
	}
	return n;
}

void make_frame(struct frame *f, uint64_t seed, uint32_t n)
{
	static struct build b;
	struct rng r = { seed * 0x2545f4914f6cdd1d + model(seed, n) };
	const struct template *t;

	salt = seed * 0x85ebca6b;
	rnd(&r);
	b = (struct build){ .r = &r, .id = n };
	b.port = pick_port(&r);
	b.vlan = b.port->vlan[below(&r, b.port->vlans)];
	f->port = b.port->index;
	pick_ends(&b);
	t = pick_template(&b);
	f->template = t->name;
	t->make(&b);
	compose(f, &b);
}
