/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_FRAME_H
#define ANYGW_CORE_FRAME_H

#include <linux/icmp.h>
#include <linux/if_arp.h>
#include <net/ndisc.h>

#include "types.h"

/*
 * How much of a frame, counted from behind its Ethernet header, the parser
 * wants to see; a shorter frame is given whole. Of most frames the first
 * ANYGW_FRAME_L3_MIN will do, see anygw_frame_wants_more().
 */
#define ANYGW_FRAME_L3_MIN	72
#define ANYGW_FRAME_L3_MAX	256

/* The wire format of ARP for IPv4 over Ethernet, RFC 826. */
#define ANYGW_ARP_LEN		28
#define ANYGW_ARP_SHA		8
#define ANYGW_ARP_SPA		14
#define ANYGW_ARP_THA		18
#define ANYGW_ARP_TPA		24

#define ANYGW_IP6_SRC		offsetof(struct ipv6hdr, saddr)
#define ANYGW_IP6_DST		offsetof(struct ipv6hdr, daddr)

/* Router advertisement, RFC 1256 */
#define ANYGW_ICMP_ROUTER	9

/*
 * The EtherType of a frame whose outermost tag is of a kind that the bridge
 * does not handle, and no priority tag: what is behind it is another network's.
 * IEEE Std 802 reserves the value.
 */
#define ANYGW_ETYPE_OPAQUE	0xffff

/*
 * Where anygw hosts tell each other their settings, see beacon.h. The type is
 * one that IEEE Std 802 leaves to local experiments, so it takes both to know
 * a beacon. Bridges and switches flood the MAC as any other group's.
 */
#define ANYGW_BEACON_ETYPE	0x88b5
#define ANYGW_BEACON_MAC	0x03, 0x61, 0x6e, 0x79, 0x67, 0x77

#define ANYGW_NA_ROUTER		0x80
#define ANYGW_NA_SOLICITED	0x40
#define ANYGW_NA_OVERRIDE	0x20

/**
 * enum anygw_frame_kind - what a frame carries, as far as it matters here
 * @ANYGW_FRAME_OTHER: none of the below, or not well enough formed to tell
 * @ANYGW_FRAME_ARP: ARP for IPv4 over Ethernet, complete
 * @ANYGW_FRAME_RARP: RARP of the same form, complete
 * @ANYGW_FRAME_IPV4: IPv4 with a complete base header
 * @ANYGW_FRAME_IPV6: IPv6 with a complete base header, but not the next
 * @ANYGW_FRAME_ND: a message of neighbour discovery that receivers may take
 * @ANYGW_FRAME_BEACON: meant for anygw hosts; whether it can be read is not
 *	looked at here
 * @ANYGW_FRAME_MALFORMED: ARP or RARP that ends before its own fields do;
 *	neighbour discovery that no receiver may take: RFC 4861 section 6.1,
 *	7.1 and 8.1, and RFC 6980, which forbids fragments; or priority tags
 *	that go on beyond what was looked at
 */
enum anygw_frame_kind {
	ANYGW_FRAME_OTHER,
	ANYGW_FRAME_ARP,
	ANYGW_FRAME_RARP,
	ANYGW_FRAME_IPV4,
	ANYGW_FRAME_IPV6,
	ANYGW_FRAME_ND,
	ANYGW_FRAME_BEACON,
	ANYGW_FRAME_MALFORMED,
};

/* op: host byte order */
struct anygw_arp {
	u16 op;
	u8 sha[ETH_ALEN];
	u8 tha[ETH_ALEN];
	struct in6_addr spa;
	struct in6_addr tpa;
};

/**
 * struct anygw_ip - the fields of an IPv4 or IPv6 packet
 * @src: source
 * @dst: destination
 * @proto: the transport protocol, behind IPv6's extension headers
 * @type: ICMP, ICMPv6 or IGMP message type; 0 in a later fragment
 * @has_type: whether @type could be read
 * @exthdr_truncated: the extension headers of IPv6 end beyond what was looked at, and
 *	may hide neighbour discovery: the hop limit is 255
 */
struct anygw_ip {
	struct in6_addr src;
	struct in6_addr dst;
	u8 proto;
	u8 type;
	bool has_type;
	bool exthdr_truncated;
};

/**
 * struct anygw_nd - a message of neighbour discovery
 * @type: ANYGW_ND_*
 * @flags: of a neighbour advertisement, ANYGW_NA_*
 * @has_lladdr: whether there is a link-layer address
 * @partial: there are options beyond what was looked at; of router
 *	advertisements and redirects only
 * @lladdr: the option of the kind that goes with the type: the source's
 *	link-layer address, or the target's
 * @lladdr_at: where it is, counted from the Ethernet header's start
 * @csum_at: where the checksum is, counted in the same way
 * @src: IPv6 source
 * @dst: IPv6 destination
 * @target: target; of solicitations, neighbour advertisements and redirects
 */
struct anygw_nd {
	u8 type;
	u8 flags;
	bool has_lladdr;
	bool partial;
	u8 lladdr[ETH_ALEN];
	u16 lladdr_at;
	u16 csum_at;
	struct in6_addr src;
	struct in6_addr dst;
	struct in6_addr target;
};

/**
 * struct anygw_frame - copied values of one frame
 * @dst: destination MAC
 * @src: source MAC
 * @l3: offset of the packet from the Ethernet header's start: ETH_HLEN, or more
 *	behind headers that receivers take off
 * @snap: one of those is a SNAP header, which not every receiver knows
 * @kind: which of the members below is filled in; the others are not
 * @arp: of ARP and RARP
 * @ip: of IPv4 and IPv6
 * @nd: of neighbour discovery
 */
struct anygw_frame {
	u8 dst[ETH_ALEN];
	u8 src[ETH_ALEN];
	u16 l3;
	bool snap;
	enum anygw_frame_kind kind;
	union {
		struct anygw_arp arp;
		struct anygw_ip ip;
		struct anygw_nd nd;
	};
};

/**
 * anygw_frame_parse() - read a frame
 * @f: filled in
 * @eth: the Ethernet header, ETH_HLEN octets
 * @etype: EtherType behind the bridge's VLAN tag, host byte order
 * @l3: what follows the Ethernet header
 * @len: octets of @l3: the whole frame, or as many as the parser wants
 *
 * Reads the frame as its receiver will: through any number of priority tags,
 * 802.1Q or 802.1ad with VID 0, and through SNAP headers (RFC 1042). Reads
 * nothing outside @eth and @l3, whatever the frame says of itself.
 */
void anygw_frame_parse(struct anygw_frame *f, const u8 *eth, u16 etype,
		       const u8 *l3, u32 len);

/*
 * Whether the parser wants all it can get: only tags, messages of ICMPv6 and
 * what may hide one are looked at deeply.
 */
bool anygw_frame_wants_more(u16 etype, const u8 *l3, u32 len);

static inline bool anygw_frame_is_nd(const struct anygw_frame *f, u8 type)
{
	return f->kind == ANYGW_FRAME_ND && f->nd.type == type;
}

static inline bool anygw_frame_is_ip(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_IPV4 || f->kind == ANYGW_FRAME_IPV6;
}

/* Of a fragmented ICMP message only the first fragment shows its type. */
static inline bool anygw_frame_is_icmp4(const struct anygw_frame *f, u8 type)
{
	return f->kind == ANYGW_FRAME_IPV4 && f->ip.proto == IPPROTO_ICMP &&
	       f->ip.has_type && f->ip.type == type;
}

static inline bool anygw_frame_is_arp_request(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_ARP && f->arp.op == ARPOP_REQUEST;
}

/* ARP request or neighbour solicitation */
static inline bool anygw_frame_is_solicit(const struct anygw_frame *f)
{
	return anygw_frame_is_arp_request(f) ||
	       anygw_frame_is_nd(f, NDISC_NEIGHBOUR_SOLICITATION);
}

/* ARP reply or neighbour advertisement */
static inline bool anygw_frame_is_reply(const struct anygw_frame *f)
{
	return (f->kind == ANYGW_FRAME_ARP && f->arp.op == ARPOP_REPLY) ||
	       anygw_frame_is_nd(f, NDISC_NEIGHBOUR_ADVERTISEMENT);
}

/* ARP for the sender's own address */
static inline bool anygw_frame_is_garp(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_ARP &&
	       ipv6_addr_equal(&f->arp.spa, &f->arp.tpa);
}

/*
 * Gratuitous ARP in either form (RFC 5227 section 3), an unsolicited
 * neighbour advertisement (RFC 4861 section 7.2.6), or RARP, which QEMU sends
 * for a VM that has just arrived.
 */
static inline bool anygw_frame_is_announcement(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_RARP || anygw_frame_is_garp(f) ||
	       (anygw_frame_is_nd(f, NDISC_NEIGHBOUR_ADVERTISEMENT) &&
		!(f->nd.flags & ANYGW_NA_SOLICITED));
}

/*
 * An ARP probe, RFC 5227 section 2.1.1. The requests of anygw hosts have the
 * same form (W3) and are none.
 */
static inline bool anygw_frame_is_probe(const struct anygw_frame *f)
{
	return anygw_frame_is_arp_request(f) &&
	       !f->arp.spa.s6_addr32[3] && f->arp.tpa.s6_addr32[3] &&
	       !anygw_is_host_mac(f->arp.sha) && !anygw_is_host_mac(f->src);
}

/*
 * The address that ARP or neighbour discovery binds to its sender: of an
 * advertisement the target, of all else the source. NULL of other frames.
 */
const struct in6_addr *anygw_frame_claimed_addr(const struct anygw_frame *f);

/*
 * The hardware address in ARP, RARP or the matching option of neighbour
 * discovery, NULL without one.
 */
const u8 *anygw_frame_sender_lladdr(const struct anygw_frame *f);

/* The address that ARP or neighbour discovery is about. */
static inline const struct in6_addr *
anygw_frame_target_addr(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_ARP ? &f->arp.tpa : &f->nd.target;
}

#endif
