/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_FRAME_H
#define ANYGW_CORE_FRAME_H

#include <linux/icmp.h>
#include <linux/if_arp.h>
#include <net/ndisc.h>

#include "types.h"

/*
 * How many octets behind the Ethernet header the parser needs, unless the
 * frame is shorter: the maximum if anygw_frame_wants_more(), else the minimum.
 */
#define ANYGW_FRAME_L3_MIN	72
#define ANYGW_FRAME_L3_MAX	256

/* ARP for IPv4 over Ethernet, RFC 826 */
#define ANYGW_ARP_LEN		28
#define ANYGW_ARP_SHA		8
#define ANYGW_ARP_SPA		14
#define ANYGW_ARP_THA		18
#define ANYGW_ARP_TPA		24

#define ANYGW_IP6_SRC		offsetof(struct ipv6hdr, saddr)
#define ANYGW_IP6_DST		offsetof(struct ipv6hdr, daddr)

#define ANYGW_ICMP_ROUTER	9	/* router advertisement, RFC 1256 */

/*
 * Stands for an outermost tag with a VID and a protocol that the bridge does
 * not handle: the payload belongs to another network. Reserved by IEEE Std 802.
 */
#define ANYGW_ETYPE_OPAQUE	0xffff

/*
 * Beacons of anygw hosts, see beacon.h. IEEE Std 802 assigns the EtherType to
 * local experiments, so a beacon is known by both. Bridges flood the group MAC.
 */
#define ANYGW_BEACON_ETYPE	0x88b5
#define ANYGW_BEACON_MAC	0x03, 0x61, 0x6e, 0x79, 0x67, 0x77

#define ANYGW_NA_ROUTER		0x80
#define ANYGW_NA_SOLICITED	0x40
#define ANYGW_NA_OVERRIDE	0x20

enum anygw_frame_kind {
	ANYGW_FRAME_OTHER,	/* none of these, or too malformed to tell */
	ANYGW_FRAME_ARP,	/* complete, for IPv4 over Ethernet */
	ANYGW_FRAME_RARP,	/* likewise */
	ANYGW_FRAME_IPV4,	/* with a complete base header */
	ANYGW_FRAME_IPV6,	/* likewise, but not ANYGW_FRAME_ND */
	ANYGW_FRAME_ND,		/* neighbour discovery, valid for receivers */
	ANYGW_FRAME_BEACON,	/* not validated yet */
	/*
	 * Truncated ARP or RARP; invalid neighbour discovery (RFC 4861 sections
	 * 6.1, 7.1 and 8.1), also in fragments (RFC 6980); too many tags
	 */
	ANYGW_FRAME_MALFORMED,
};

struct anygw_arp {
	u16 op;		/* host byte order */
	u8 sha[ETH_ALEN];
	u8 tha[ETH_ALEN];
	struct in6_addr spa;
	struct in6_addr tpa;
};

/* An IPv4 or IPv6 packet */
struct anygw_ip {
	struct in6_addr src;
	struct in6_addr dst;
	u8 proto;	/* the transport protocol, behind extension headers */
	u8 type;	/* of ICMP, ICMPv6 or IGMP; valid if has_type */
	bool has_type;
	/*
	 * The extension headers continue beyond the parsed octets and may
	 * precede neighbour discovery: the hop limit is 255.
	 */
	bool exthdr_truncated;
};

/* A neighbour discovery message; offsets count from the Ethernet header */
struct anygw_nd {
	u8 type;		/* NDISC_* */
	u8 flags;		/* ANYGW_NA_*, neighbour advertisement only */
	bool has_lladdr;
	bool partial;		/* RA or redirect with options not parsed */
	u8 lladdr[ETH_ALEN];	/* source or target option, as fits the type */
	u16 lladdr_at;
	u16 csum_at;
	struct in6_addr src;
	struct in6_addr dst;
	struct in6_addr target;	/* of NS, NA and redirect */
};

/* Values copied from a frame; of the union, the member of kind is valid */
struct anygw_frame {
	u8 dst[ETH_ALEN];
	u8 src[ETH_ALEN];
	u16 l3;		/* packet offset, ETH_HLEN plus the skipped headers */
	bool snap;	/* has a SNAP header; some receivers ignore it */
	enum anygw_frame_kind kind;
	union {
		struct anygw_arp arp;	/* also RARP */
		struct anygw_ip ip;
		struct anygw_nd nd;
	};
};

/**
 * anygw_frame_parse() - parse a frame as its receiver does
 * @f: filled in
 * @eth: the Ethernet header, ETH_HLEN octets
 * @etype: EtherType behind the bridge's VLAN tag, host byte order
 * @l3: what follows the Ethernet header
 * @len: octets at @l3: the whole frame, or as many as the parser needs
 *
 * Skips priority tags (802.1Q or 802.1ad with VID 0) and SNAP headers (RFC
 * 1042). Never reads outside @eth and @l3.
 */
void anygw_frame_parse(struct anygw_frame *f, const u8 *eth, u16 etype,
		       const u8 *l3, u32 len);

/* Whether the parser needs ANYGW_FRAME_L3_MAX: for tags, SNAP and ICMPv6 */
bool anygw_frame_wants_more(u16 etype, const u8 *l3, u32 len);

static inline bool anygw_frame_is_nd(const struct anygw_frame *f, u8 type)
{
	return f->kind == ANYGW_FRAME_ND && f->nd.type == type;
}

static inline bool anygw_frame_is_ip(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_IPV4 || f->kind == ANYGW_FRAME_IPV6;
}

/* Only the first fragment of an ICMP message has a type. */
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
 * Gratuitous ARP request or reply (RFC 5227 section 3), unsolicited neighbour
 * advertisement (RFC 4861 section 7.2.6), or RARP, which QEMU sends for a VM
 * after its migration
 */
static inline bool anygw_frame_is_announcement(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_RARP || anygw_frame_is_garp(f) ||
	       (anygw_frame_is_nd(f, NDISC_NEIGHBOUR_ADVERTISEMENT) &&
		!(f->nd.flags & ANYGW_NA_SOLICITED));
}

/*
 * ARP probe, RFC 5227 section 2.1.1. ARP requests of anygw hosts have the same
 * form (W3) but are not probes.
 */
static inline bool anygw_frame_is_probe(const struct anygw_frame *f)
{
	return anygw_frame_is_arp_request(f) &&
	       !f->arp.spa.s6_addr32[3] && f->arp.tpa.s6_addr32[3] &&
	       !anygw_is_host_mac(f->arp.sha) && !anygw_is_host_mac(f->src);
}

/*
 * Whether a frame shows that the machine with its source MAC runs behind the
 * ingress port: RARP, a claim, a unicast or a broadcast packet. A tap that is
 * set up for a migration sends address probes, MLD and router solicitations
 * with the MAC while the machine still runs elsewhere.
 */
bool anygw_frame_proves(const struct anygw_frame *f);

/*
 * The address that ARP or neighbour discovery binds to its sender: the target
 * of a neighbour advertisement, otherwise the source; NULL for other frames
 */
const struct in6_addr *anygw_frame_claimed_addr(const struct anygw_frame *f);

/* From ARP, RARP or the neighbour discovery option, NULL without one */
const u8 *anygw_frame_sender_lladdr(const struct anygw_frame *f);

/* Only for ARP and neighbour discovery */
static inline const struct in6_addr *
anygw_frame_target_addr(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_ARP ? &f->arp.tpa : &f->nd.target;
}

#endif
