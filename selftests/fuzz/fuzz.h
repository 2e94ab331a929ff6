/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame fuzzer. It knows the specification, and nothing of the module:
 * no line is shared with kmod/core, or both would have the same errors.
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

/**
 * struct port - one end of the wire, which the fuzzer holds
 * @name: as the scene says it
 * @role: what is behind it
 * @fd: packet socket, or tap
 * @tap: @fd is one
 * @frags: what is written to it arrives in pieces
 * @tagged: frames of its VLANs have tags
 * @quiet: it may lose its carrier: nothing is expected of it
 * @vlan: the VLANs it is in
 * @vlans: number of them
 * @index: its place among all ports; the last octet of its addresses
 * @sent: frames it sent
 * @got: frames it got
 */
struct port {
	const char *name;
	enum role role;
	int fd;
	bool tap, frags, tagged, quiet;
	int vlan[VLANS_MAX], vlans;
	int index;
	unsigned long sent, refused, got;
};

extern struct port ports[PORTS_MAX];
extern int nports;

/* ------------------------------------------------------------ the network */

/**
 * struct network - what the scene has set up
 * @aware: the bridge knows VLANs; without it tagged frames are bridged as
 *	   they are
 * @host_mac: the host's own
 * @exit_mac: of its device to the exit
 */
struct network {
	bool aware;
	uint8_t host_mac[6], exit_mac[6];
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

/* Last octets: the gateway, the servers on the fabric, and the probes. */
#define LAST_GATEWAY	1
#define LAST_PORT	10
#define LAST_PROBE	200
#define LAST_FURTHER	129	/* comes and goes as the gateway's */
#define LAST_HOST	251	/* comes and goes as host-address */

/* ------------------------------------------------------------ frames */

struct frame {
	int port;
	const char *template;
	struct virtio_net_hdr vnet;
	size_t len;
	uint8_t data[FRAME_MAX];
};

/* make.c: frame number N of a seed, always the same */
void make_frame(struct frame *f, uint64_t seed, uint32_t n);
/* NULL behind the last one */
const char *template_name(int i);

/* ------------------------------------------------------------ randomness */

struct rng { uint64_t s; };

uint32_t rnd(struct rng *r);
/* 0 to n - 1 */
uint32_t below(struct rng *r, uint32_t n);
bool percent(struct rng *r, uint32_t n);

/* ------------------------------------------------------------ building */

/**
 * struct build - a frame in the making
 * @r: where chance comes from
 * @port: it will enter by this one
 * @vlan: it is meant for this VLAN
 * @id: its number
 * @marked: the payload has the number already
 * @type: EtherType of @l3
 * @over: a sum is to be written over this octet and the next, counted in a
 *	  frame without tags; 0 for none
 */
struct build {
	struct rng *r;
	const struct port *port;
	int vlan;
	uint32_t id;
	bool marked;
	uint8_t dst[6], src[6];
	unsigned int type;
	uint8_t l3[FRAME_MAX];
	size_t n, over;
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

/* Pools, of the build's VLAN most of the time */
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
 * struct reading - a frame as the receiver behind a port reads it
 * @vlan: its VLAN, or 0 if no bridge of ours has read it as one of a VLAN
 * @inner: another VLAN's frame within: QinQ, of which only the MACs count
 * @snap: IEEE 802.2 with SNAP, in which ARP and IP are read
 * @kind: what it is
 * @l3: what follows the tags, and the EtherType
 * @op, @sha, @spa, @tha, @tpa: of ARP and RARP
 * @src, @dst: of IP, IPv4 in the first four octets
 * @ttl: or hop limit
 * @proto: behind extension headers; 0 when it cannot be seen
 * @frag: a fragment
 * @icmp: type of a message that is whole and whose sum is right, or -1
 * @nd: @icmp is neighbour discovery, with all that a receiver asks for
 * @target: of NS, NA, redirect
 * @lladdr: in options that are for this message
 * @deep: one of them is far into the packet
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
 * @sent: as the bridge reads what is sent there, not as what comes out
 * @sums: the sums are as good as right, the receiver is told so.
 */
void read_frame(struct reading *r, const struct port *port,
		const uint8_t *data, size_t len, bool sent, bool sums);

/* ------------------------------------------------------------ oracle */

void oracle_new(uint32_t from, uint32_t count);
/* What may become of a frame, before it is sent. */
void oracle_sent(const struct frame *f, uint32_t n);
/* NULL, or the rule that a frame at a port breaks */
const char *oracle_got(const struct port *port, const struct reading *r,
		       bool sums);
void oracle_report(void);
unsigned long oracle_of_port(int port);

/* ------------------------------------------------------------ wires */

void open_port(char *spec);
bool send_port(struct port *port, const struct virtio_net_hdr *vnet,
	       const uint8_t *data, size_t len);
/* 0 when there is nothing */
size_t get_port(struct port *port, struct virtio_net_hdr *vnet,
		uint8_t *data, size_t room);
unsigned long lost_port(const struct port *port);
void die(const char *what) __attribute__((noreturn));

#endif
