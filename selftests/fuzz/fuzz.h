/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame fuzzer implements the specification independently: it shares no
 * code with kmod/core, so that it does not share its errors.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX	(65536 + 128)
#define PORTS_MAX	16
#define VLANS_MAX	4
#define VLAN_FREE	30	/* has no gateway */

#define ETYPE_MARK	0x88b6
#define ETYPE_BEACON	0x88b5

/* ------------------------------------------------------------ ports */

enum role { ROLE_VM, ROLE_FABRIC, ROLE_EXIT };

/* The fuzzer's end of a wire */
struct port {
	const char *name;	/* from the command line */
	enum role role;
	int fd;
	bool tap;		/* fd is a tap, not a packet socket */
	bool frags;		/* frames written arrive in fragments */
	bool tagged;		/* frames have VLAN tags */
	bool quiet;		/* not probed: it may lose its carrier */
	int vlan[VLANS_MAX], vlans;
	int index;		/* among all ports; part of its addresses */
	unsigned long sent, refused, got;
};

extern struct port ports[PORTS_MAX];
extern int nports;

/* ------------------------------------------------------------ the network */

/* What the test has set up */
struct network {
	bool aware;		/* bridge with VLAN filtering */
	uint8_t host_mac[6];
	uint8_t exit_mac[6];	/* of the host's device to the exit */
};

extern struct network net;
extern const uint8_t vmac[6], bcast[6], beacon_mac[6], exit_peer[6];

void addr4(uint8_t *a, int vlan, int last);
void addr6(uint8_t *a, int vlan, int last);
void addr_ll(uint8_t *a, int vlan, int last);
void addr_ll_of(uint8_t *a, const uint8_t *mac);
void mac_of(uint8_t *mac, int vlan, int last);
bool is_gateway4(int vlan, const uint8_t *a);
bool is_gateway6(int vlan, const uint8_t *a);
bool is_host_mac(const uint8_t *mac);
bool has_gateway(int vlan);

/* Last octets of addresses */
#define LAST_GATEWAY	1
#define LAST_PORT	10
#define LAST_PROBE	200
#define LAST_FURTHER	129	/* added and removed as gateway address */
#define LAST_HOST	251	/* added and removed as host-address */

/* ------------------------------------------------------------ frames */

struct frame {
	int port;
	const char *template;
	struct virtio_net_hdr vnet;
	size_t len;
	uint8_t data[FRAME_MAX];
};

/* make.c: frame N of a seed is always the same. */
void make_frame(struct frame *f, uint64_t seed, uint32_t n);
/* NULL after the last one */
const char *template_name(int i);

/* ------------------------------------------------------------ randomness */

struct rng { uint64_t s; };

uint32_t rnd(struct rng *r);
/* 0 to n - 1 */
uint32_t below(struct rng *r, uint32_t n);
bool percent(struct rng *r, uint32_t n);

/* ------------------------------------------------------------ building */

/* A frame under construction */
struct build {
	struct rng *r;
	const struct port *port;	/* ingress */
	int vlan;
	uint32_t id;
	bool marked;			/* the payload has the number already */
	uint8_t dst[6], src[6];
	unsigned int type;		/* EtherType */
	uint8_t l3[FRAME_MAX];
	size_t n;			/* octets in l3 */
	size_t over;	/* checksum offset in an untagged frame, 0 for none */
	struct virtio_net_hdr vnet;
};

#define ID_LEN	12

void put_id(uint8_t *p, uint32_t id, bool payload);
bool get_id(const uint8_t *p, uint32_t *id, bool payload);
void put16(uint8_t *p, unsigned int v);
unsigned int get16(const uint8_t *p);
uint32_t sum_add(uint32_t sum, const uint8_t *p, size_t len);
unsigned int sum_fold(uint32_t sum);
uint32_t sum_pseudo(const uint8_t *ip, size_t len, unsigned int proto);
unsigned int sum_l4(const uint8_t *ip, const uint8_t *l4, size_t len,
		    unsigned int proto);

/* Pick from pools, mostly of the build's VLAN. */
void pick_mac(struct build *b, uint8_t *mac);
void pick4(struct build *b, uint8_t *a);
void pick6(struct build *b, uint8_t *a);
void own4(struct build *b, uint8_t *a);
void own6(struct build *b, uint8_t *a);
void own_ll(struct build *b, uint8_t *a);

/* make-ip.c */
void make_udp4(struct build *b);
void make_tcp4(struct build *b);
void make_ping4(struct build *b);
void make_redirect4(struct build *b);
void make_igmp(struct build *b);
void make_frag4(struct build *b);
void make_udp6(struct build *b);
void make_tcp6(struct build *b);
void make_ping6(struct build *b);
void make_frag6(struct build *b);
void make_mld(struct build *b);
void make_rs(struct build *b);
void make_ra(struct build *b);
void make_ns(struct build *b);
void make_na(struct build *b);
void make_redirect6(struct build *b);
void make_gso4(struct build *b);
void make_gso6(struct build *b);

/* ------------------------------------------------------------ reading */

enum kind { KIND_OTHER, KIND_ARP, KIND_RARP, KIND_IP4, KIND_IP6, KIND_BEACON,
	    KIND_MARK };

#define LLADDRS_MAX	4

/**
 * struct reading - a frame as the receiver behind a port parses it
 * @vlan: its VLAN, or 0 if the bridge assigns none
 * @inner: QinQ: only the MACs are checked
 * @snap: IEEE 802.2 with SNAP
 * @kind: which of the members below are valid
 * @l3: what follows the tags and the EtherType
 * @op, @sha, @spa, @tha, @tpa: ARP and RARP
 * @src, @dst: IP, IPv4 in the first four octets
 * @ttl: TTL or hop limit
 * @proto: behind extension headers; 0 if unknown
 * @frag: a fragment
 * @icmp: type of a complete message with valid checksum, or -1
 * @nd: @icmp is valid neighbour discovery
 * @target: NS, NA, redirect
 * @lladdr: the options that match the message type
 * @deep: one of them is beyond what the module parses
 */
struct reading {
	uint8_t eth_dst[6], eth_src[6];
	int vlan;
	bool inner, snap;
	enum kind kind;
	const uint8_t *l3;
	size_t len;
	unsigned int op;
	uint8_t sha[6], spa[4], tha[6], tpa[4];
	uint8_t src[16], dst[16];
	int ttl;
	unsigned int proto;
	bool frag;
	const uint8_t *l4;
	size_t l4len;
	int icmp, icmp_type;
	bool nd;
	uint8_t target[16];
	uint8_t lladdr[LLADDRS_MAX][6];
	int lladdrs;
	bool deep;
	bool has_id;
	uint32_t id;
};

/*
 * @sent: parse as ingress of the bridge, otherwise as its egress
 * @sums: assume valid checksums: the receiver gets them as verified
 */
void read_frame(struct reading *r, const struct port *port,
		const uint8_t *data, size_t len, bool sent, bool sums);

/* ------------------------------------------------------------ oracle */

void oracle_new(uint32_t from, uint32_t count);
/* Record what may happen to a frame before it is sent. */
void oracle_sent(const struct frame *f, uint32_t n);
/* The rule that a frame at a port violates, or NULL */
const char *oracle_got(const struct port *port, const struct reading *r,
		       bool sums);
void oracle_report(void);
unsigned long oracle_of_port(int port);

/* ------------------------------------------------------------ wires */

void open_port(char *spec);
bool send_port(struct port *port, const struct virtio_net_hdr *vnet,
	       const uint8_t *data, size_t len);
/* 0 if nothing was received */
size_t get_port(struct port *port, struct virtio_net_hdr *vnet,
		uint8_t *data, size_t room);
unsigned long lost_port(const struct port *port);
void die(const char *what) __attribute__((noreturn));

#endif
