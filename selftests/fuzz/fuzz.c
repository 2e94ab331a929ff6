// SPDX-License-Identifier: GPL-2.0
/*
 * framefuzz - send random frames through a bridge with anygw, all of whose
 * ports it holds, and check every frame that comes out.
 *
 *   framefuzz [-s SEED] [-f FROM] [-n COUNT] [-k VIOLATIONS] [-v]
 *	aware|unaware HOST-MAC EXIT-MAC PORT...
 *
 * PORT is NAME=ROLE:NETNS/DEV:[t]VLAN[,VLAN...][:tap|:frags|:quiet], ROLE one
 * of vm, fabric, exit. Marks go from the first port to the second, both VMs
 * in VLAN 10; VLAN 20 has one as well.
 *
 * Exit status 0, or 1 after VIOLATIONS violations or when the gateway no longer
 * works.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define BATCH		16
#define PROBE_EVERY	2048
#define MARK_MS		2000
#define PROBE_MS	20000
#define HEX_SHOWN	112

struct network net;

static uint64_t seed = 1;
static uint32_t from, count = 1000, now_at;
static int limit = 1, violations, verbose;
static unsigned long replies, marks_late;
static uint32_t mark, mark_received;

/* What a probe waits for */
static struct {
	const struct port *port;
	bool (*is)(const struct reading *r);
	int vlan;
	uint32_t number;
	int received;
} probe;

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

/* ------------------------------------------------------------ violations */

static void show_hex(const char *what, const uint8_t *p, size_t len)
{
	size_t i;

	printf("#   %s: ", what);
	for (i = 0; i < len && i < HEX_SHOWN; i++)
		printf("%02x", p[i]);
	printf("%s (%zu octets)\n", i < len ? "..." : "", len);
}

static void show_frame(uint32_t n)
{
	static struct frame f;
	char what[96];

	make_frame(&f, seed, n);
	snprintf(what, sizeof(what), "%u %s by %s, gso %u flags %u csum %u+%u",
		 n, f.template, ports[f.port].name, f.vnet.gso_type,
		 f.vnet.flags, f.vnet.csum_start, f.vnet.csum_offset);
	show_hex(what, f.data, f.len);
}

static void violation(const struct port *port, const char *why,
		      const struct reading *r, const uint8_t *data, size_t len)
{
	static uint32_t reported[64];
	uint32_t n;

	/* A flooded frame counts once. */
	if (r->has_id && reported[r->id % 64] == r->id + 1)
		return;
	if (r->has_id)
		reported[r->id % 64] = r->id + 1;
	if (violations++ >= limit)
		return;
	printf("# violation: %s\n", why);
	printf("#   seed %llu, at %s\n", (unsigned long long)seed, port->name);
	show_hex("got", data, len);
	if (r->has_id) {
		show_frame(r->id);
	} else {
		for (n = now_at < from + BATCH ? from : now_at - BATCH;
		     n <= now_at; n++)
			show_frame(n);
	}
	printf("#   again: -s %llu -f %u -n %u\n", (unsigned long long)seed,
	       now_at < from + 2 * BATCH ? from : now_at - 2 * BATCH,
	       3 * BATCH);
	fflush(stdout);
}

/* ------------------------------------------------------------ replies */

static const struct virtio_net_hdr plain;

/* Ethernet header, with a tag on a tagged port */
static size_t put_ends(const struct port *port, int vlan, uint8_t *p,
		       const uint8_t *dst, const uint8_t *src,
		       unsigned int type)
{
	size_t n = 12;

	memcpy(p, dst, 6);
	memcpy(p + 6, src, 6);
	if (port->tagged) {
		put16(p + n, 0x8100);
		put16(p + n + 2, vlan);
		n += 4;
	}
	put16(p + n, type);
	return n + 2;
}

/* ARP operation OP from the host with last octet LAST */
static void send_arp(struct port *port, int vlan, int op, int last,
		     const uint8_t *dst, const uint8_t *tpa)
{
	uint8_t p[64] = { 0 }, mac[6], *a;
	size_t n;

	mac_of(mac, vlan, last);
	n = put_ends(port, vlan, p, dst, mac, 0x0806);
	a = p + n;
	memcpy(a, "\0\1\x08\0\6\4", 6);
	put16(a + 6, op);
	memcpy(a + 8, mac, 6);
	addr4(a + 14, vlan, last);
	if (op == 2)
		memcpy(a + 18, dst, 6);
	memcpy(a + 24, tpa, 4);
	send_port(port, &plain, p, n + 28);
}

static void send_nd(struct port *port, int vlan, int type, int last,
		    const uint8_t *dst, const uint8_t *src,
		    const uint8_t *to, const uint8_t *target)
{
	uint8_t p[128] = { 0 }, mac[6], *a;
	size_t n;

	mac_of(mac, vlan, last);
	n = put_ends(port, vlan, p, dst, mac, 0x86dd);
	a = p + n;
	a[0] = 0x60;
	a[5] = 32;
	a[6] = 58;
	a[7] = 255;
	memcpy(a + 8, src, 16);
	memcpy(a + 24, to, 16);
	a[40] = type;
	a[44] = type == 136 ? 0x60 : 0;
	memcpy(a + 48, target, 16);
	a[64] = type == 136 ? 2 : 1;
	a[65] = 1;
	memcpy(a + 66, mac, 6);
	put16(a + 42, sum_l4(a, a + 40, 32, 58));
	send_port(port, &plain, p, n + 72);
}

/* The last octet of the host behind a port with an address, or 0 */
static int host_at4(const struct port *port, int vlan, const uint8_t *a)
{
	uint8_t own[4];
	int i, lasts[] = { LAST_PORT, LAST_PROBE };

	for (i = 0; i < 2; i++) {
		addr4(own, vlan, lasts[i] + port->index);
		if (!memcmp(own, a, 4))
			return lasts[i] + port->index;
	}
	return 0;
}

static int host_at6(const struct port *port, int vlan, const uint8_t *a)
{
	int i, lasts[] = { LAST_PORT, LAST_PROBE };
	uint8_t own[16];

	for (i = 0; i < 2; i++) {
		addr6(own, vlan, lasts[i] + port->index);
		if (!memcmp(own, a, 16))
			return lasts[i] + port->index;
		addr_ll(own, vlan, lasts[i] + port->index);
		if (!memcmp(own, a, 16))
			return lasts[i] + port->index;
	}
	return 0;
}

/* Hosts behind the ports reply to the gateway and to the host. */
static void reply_as_host(struct port *port, const struct reading *r)
{
	bool gateway = !memcmp(r->eth_src, vmac, 6) ||
		       !memcmp(r->eth_src, net.host_mac, 6);
	int last;

	if (!gateway || port->role == ROLE_EXIT || r->inner)
		return;
	if (r->kind == KIND_ARP && r->op == 1) {
		last = host_at4(port, r->vlan, r->tpa);
		if (last)
			send_arp(port, r->vlan, 2, last, r->eth_src, r->spa);
		replies += last != 0;
	} else if (r->kind == KIND_IP6 && r->nd && r->icmp == 135) {
		last = host_at6(port, r->vlan, r->target);
		if (last)
			send_nd(port, r->vlan, 136, last, r->eth_src, r->target,
				r->src, r->target);
		replies += last != 0;
	}
}

/* ------------------------------------------------------------ receiving */

static void complete_sum(uint8_t *data, size_t len,
			 const struct virtio_net_hdr *vnet)
{
	size_t at = vnet->csum_start + vnet->csum_offset;

	if (at + 2 <= len && vnet->csum_start < len)
		put16(data + at, sum_fold(sum_add(0, data + vnet->csum_start,
						  len - vnet->csum_start)));
}

static void check_frame(struct port *port, uint8_t *data, size_t len,
			const struct virtio_net_hdr *vnet)
{
	bool sums = vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM;
	struct reading r;
	const char *why;

	read_frame(&r, port, data, len, false,
		   sums || vnet->flags & VIRTIO_NET_HDR_F_DATA_VALID);
	if (r.kind == KIND_MARK && r.len >= 4 && port == &ports[1])
		mark_received = (uint32_t)get16(r.l3) << 16 | get16(r.l3 + 2);
	if (probe.port == port && probe.is(&r))
		probe.received++;
	why = oracle_got(port, &r, sums);
	if (why)
		violation(port, why, &r, data, len);
	else
		reply_as_host(port, &r);
	if (why || !sums || vnet->gso_type)
		return;
	/* Check the frame that a NIC sends after writing the checksum. */
	complete_sum(data, len, vnet);
	read_frame(&r, port, data, len, false, true);
	r.has_id = false;
	why = oracle_got(port, &r, true);
	if (why)
		violation(port, why, &r, data, len);
}

static void drain(void)
{
	static uint8_t data[FRAME_MAX + 4];
	struct virtio_net_hdr vnet;
	bool more = true;
	int i;

	while (more) {
		more = false;
		for (i = 0; i < nports; i++) {
			size_t len;

			while ((len = get_port(&ports[i], &vnet, data,
					       sizeof(data)))) {
				more = true;
				if (len >= 14)
					check_frame(&ports[i], data, len,
						    &vnet);
			}
		}
	}
}

static void wait_any(int ms)
{
	struct pollfd fds[PORTS_MAX];
	int i;

	for (i = 0; i < nports; i++)
		fds[i] = (struct pollfd){ .fd = ports[i].fd, .events = POLLIN };
	poll(fds, nports, ms);
}

/* Once the mark has arrived, all frames sent before it have, too. */
static void pass_mark(void)
{
	uint64_t end = now_ms() + MARK_MS;
	uint8_t p[64] = { 0 }, mac[6];
	size_t n;

	mac_of(mac, 10, LAST_PROBE);
	mark++;
	n = put_ends(&ports[0], 10, p, bcast, mac, ETYPE_MARK);
	put16(p + n, mark >> 16);
	put16(p + n + 2, mark);
	send_port(&ports[0], &plain, p, 60);
	drain();
	while (mark_received != mark && now_ms() < end) {
		wait_any(20);
		drain();
	}
	marks_late += mark_received != mark;
}

/* ------------------------------------------------------------ probing */

static bool is_arp_reply(const struct reading *r)
{
	uint8_t gw[4];

	addr4(gw, probe.vlan, LAST_GATEWAY);
	return r->kind == KIND_ARP && r->op == 2 &&
	       !memcmp(r->sha, vmac, 6) && !memcmp(r->spa, gw, 4) &&
	       memcmp(r->tpa, gw, 4);
}

static bool is_nd_reply(const struct reading *r)
{
	uint8_t gw[16];

	addr6(gw, probe.vlan, LAST_GATEWAY);
	return r->nd && r->icmp == 136 && !memcmp(r->target, gw, 16) &&
	       r->lladdrs && !memcmp(r->lladdr[0], vmac, 6) &&
	       r->dst[0] != 0xff;
}

static bool is_probe(const struct reading *r)
{
	return (r->kind == KIND_IP4 || r->kind == KIND_IP6) &&
	       r->proto == 17 && r->l4len >= 16 &&
	       !memcmp(r->l4 + 8, "probe", 5) &&
	       get16(r->l4 + 14) == (probe.number & 0xffff);
}

static void send_udp(struct port *port, int vlan, bool six, const uint8_t *dst,
		     const uint8_t *src, const uint8_t *from_ip,
		     const uint8_t *to)
{
	size_t n, head = six ? 40 : 20, size = six ? 16 : 4;
	uint8_t p[128] = { 0 }, *a;

	n = put_ends(port, vlan, p, dst, src, six ? 0x86dd : 0x0800);
	a = p + n;
	a[0] = six ? 0x60 : 0x45;
	put16(a + (six ? 4 : 2), six ? 16 : 36);
	a[six ? 6 : 9] = 17;
	a[six ? 7 : 8] = 64;
	memcpy(a + (six ? 8 : 12), from_ip, size);
	memcpy(a + (six ? 24 : 16), to, size);
	if (!six)
		put16(a + 10, sum_fold(sum_add(0, a, 20)));
	a += head;
	put16(a, 40000);
	put16(a + 2, 40000);
	put16(a + 4, 16);
	memcpy(a + 8, "probe", 5);
	put16(a + 14, probe.number);
	put16(a + 6, sum_l4(p + n, a, 16, 17));
	send_port(port, &plain, p, n + head + 16);
}

static void solicit_gateway(struct port *port, int vlan, bool six)
{
	uint8_t gw[16], own[16], group[6] = { 0x33, 0x33, 0xff, 0, 0, 1 };
	int last = LAST_PROBE + port->index;
	uint8_t to[16] = { 0xff, 2, [11] = 1, 0xff, [15] = 1 };

	if (!six) {
		addr4(gw, vlan, LAST_GATEWAY);
		send_arp(port, vlan, 1, last, bcast, gw);
		return;
	}
	addr6(gw, vlan, LAST_GATEWAY);
	addr6(own, vlan, last);
	send_nd(port, vlan, 135, last, group, own, to, gw);
}

static const uint8_t srv4[4] = { 203, 0, 113, 1 };
static const uint8_t srv6[16] = { 0xfd, 3, [15] = 1 };

static struct port *exit_port(void)
{
	int i;

	for (i = 0; i < nports; i++)
		if (ports[i].role == ROLE_EXIT)
			return &ports[i];
	return NULL;
}

static void own_address(const struct port *port, int vlan, bool six,
			uint8_t *own)
{
	if (six)
		addr6(own, vlan, LAST_PROBE + port->index);
	else
		addr4(own, vlan, LAST_PROBE + port->index);
}

static void send_out(struct port *port, int vlan, bool six)
{
	uint8_t mac[6], own[16];

	mac_of(mac, vlan, LAST_PROBE + port->index);
	own_address(port, vlan, six, own);
	send_udp(port, vlan, six, vmac, mac, own, six ? srv6 : srv4);
}

static void send_in(struct port *port, int vlan, bool six)
{
	uint8_t own[16];

	own_address(port, vlan, six, own);
	send_udp(exit_port(), vlan, six, net.exit_mac, exit_peer,
		 six ? srv6 : srv4, own);
}

/*
 * Send until the expected frame is received at @where. After a single
 * transmission it must be received exactly once.
 */
static bool expect(const char *what, struct port *port, int vlan, bool six,
		   void (*send)(struct port *, int, bool),
		   const struct port *where,
		   bool (*is)(const struct reading *r))
{
	uint64_t end = now_ms() + PROBE_MS;
	int times = 0;

	do {
		probe.port = where;
		probe.vlan = vlan;
		probe.is = is;
		probe.number++;
		probe.received = 0;
		send(port, vlan, six);
		times++;
		pass_mark();
		if (!probe.received)
			wait_any(100);
		drain();
	} while (!probe.received && now_ms() < end);
	probe.port = NULL;
	if (probe.received == 1 || (probe.received && times > 1))
		return true;
	printf("# %s of %s, VLAN %d, IPv%d: %d times after frame %u\n", what,
	       port->name, vlan, six ? 6 : 4, probe.received, now_at);
	violations++;
	return false;
}

static bool probe_port(struct port *port, int vlan)
{
	int six;

	for (six = 0; six < 2; six++)
		if (!expect("W9: the gateway's reply", port, vlan, six,
			    solicit_gateway, port,
			    six ? is_nd_reply : is_arp_reply) ||
		    !expect("W10: egress", port, vlan, six, send_out,
			    exit_port(), is_probe) ||
		    !expect("ingress", port, vlan, six, send_in, port,
			    is_probe))
			return false;
	return true;
}

/* Whether the gateway still works for all VMs */
static bool probe_all(void)
{
	int i, v;

	for (i = 0; i < nports; i++)
		for (v = 0; v < ports[i].vlans; v++)
			if (ports[i].role == ROLE_VM && !ports[i].quiet &&
			    has_gateway(ports[i].vlan[v]) &&
			    !probe_port(&ports[i], ports[i].vlan[v]))
				return false;
	return true;
}

/* ------------------------------------------------------------ the run */

static unsigned long made[64];

static void count_template(const char *name)
{
	int i;

	for (i = 0; template_name(i) && i < 64; i++)
		made[i] += template_name(i) == name;
}

static void run(void)
{
	static struct frame f;
	uint32_t n;

	for (n = from; n < from + count && violations < limit; n++) {
		if ((n - from) % PROBE_EVERY == 0 && !probe_all())
			return;
		make_frame(&f, seed, n);
		count_template(f.template);
		now_at = n;
		if (verbose)
			show_frame(n);
		oracle_sent(&f, n);
		send_port(&ports[f.port], &f.vnet, f.data, f.len);
		if (n % BATCH == BATCH - 1)
			pass_mark();
	}
	pass_mark();
	if (violations < limit)
		probe_all();
}

static void report(uint64_t ms)
{
	unsigned long lost = 0;
	int i;

	printf("# seed %llu: frames %u to %u in %llu ms\n#",
	       (unsigned long long)seed, from, now_at,
	       (unsigned long long)ms);
	for (i = 0; template_name(i); i++)
		printf(" %s %lu", template_name(i), made[i]);
	printf("\n");
	for (i = 0; i < nports; i++) {
		printf("# port %s: sent %lu refused %lu got %lu fenced %lu\n",
		       ports[i].name, ports[i].sent, ports[i].refused,
		       ports[i].got, oracle_of_port(i));
		lost += lost_port(&ports[i]);
	}
	oracle_report();
	printf("# %lu requests replied to, %lu marks late, %lu frames lost\n",
	       replies, marks_late, lost);
	/* Lost frames were not checked. */
	if (lost)
		violations++;
}

static void read_mac(const char *s, uint8_t *mac)
{
	if (sscanf(s, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2,
		   mac + 3, mac + 4, mac + 5) != 6) {
		fprintf(stderr, "framefuzz: bad MAC %s\n", s);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	uint64_t start;
	int opt;

	while ((opt = getopt(argc, argv, "s:f:n:k:v")) != -1) {
		switch (opt) {
		case 's': seed = strtoull(optarg, NULL, 0); break;
		case 'f': from = strtoul(optarg, NULL, 0); break;
		case 'n': count = strtoul(optarg, NULL, 0); break;
		case 'k': limit = atoi(optarg); break;
		case 'v': verbose = 1; break;
		default: return 2;
		}
	}
	if (argc - optind < 6) {
		fprintf(stderr, "usage: see fuzz.c\n");
		return 2;
	}
	net.aware = !strcmp(argv[optind], "aware");
	read_mac(argv[optind + 1], net.host_mac);
	read_mac(argv[optind + 2], net.exit_mac);
	for (opt = optind + 3; opt < argc; opt++)
		open_port(argv[opt]);
	oracle_new(from, count);
	start = now_ms();
	run();
	report(now_ms() - start);
	return violations != 0;
}
