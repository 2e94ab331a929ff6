/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_FRAME_H
#define ANYGW_CORE_FRAME_H

#include "types.h"

/*
 * How much of a frame, counted from behind its Ethernet header, the parser
 * wants to see; a shorter frame is given whole.
 */
#define ANYGW_FRAME_L3_MAX	72

/* The wire format of ARP for IPv4 over Ethernet, RFC 826. */
#define ANYGW_ARP_LEN		28
#define ANYGW_ARP_OP		6
#define ANYGW_ARP_SHA		8
#define ANYGW_ARP_SPA		14
#define ANYGW_ARP_THA		18
#define ANYGW_ARP_TPA		24

#define ANYGW_ARP_REQUEST	1
#define ANYGW_ARP_REPLY		2

/**
 * enum anygw_frame_kind - what a frame carries, as far as it matters here
 * @ANYGW_FRAME_OTHER: none of the below, or not well enough formed to tell
 * @ANYGW_FRAME_ARP: ARP for IPv4 over Ethernet, complete
 * @ANYGW_FRAME_RARP: RARP of the same form, complete
 * @ANYGW_FRAME_IPV4: IPv4 with a complete base header
 * @ANYGW_FRAME_IPV6: IPv6 with a complete base header
 * @ANYGW_FRAME_MALFORMED: ARP or RARP that ends before its own fields do
 */
enum anygw_frame_kind {
	ANYGW_FRAME_OTHER,
	ANYGW_FRAME_ARP,
	ANYGW_FRAME_RARP,
	ANYGW_FRAME_IPV4,
	ANYGW_FRAME_IPV6,
	ANYGW_FRAME_MALFORMED,
};

/**
 * struct anygw_arp - the fields of an ARP or RARP frame
 * @op: operation, host byte order
 * @sha: sender hardware address
 * @tha: target hardware address
 * @spa: sender protocol address
 * @tpa: target protocol address
 */
struct anygw_arp {
	u16 op;
	u8 sha[ETH_ALEN];
	u8 tha[ETH_ALEN];
	__be32 spa;
	__be32 tpa;
};

/**
 * struct anygw_ip - the fields of an IPv4 or IPv6 packet
 * @dst4: destination, of IPv4 only
 * @proto: the transport protocol, behind a hop-by-hop header if there is one
 * @type: ICMP, ICMPv6 or IGMP message type; 0 in a later fragment
 * @has_type: whether @type could be read
 */
struct anygw_ip {
	__be32 dst4;
	u8 proto;
	u8 type;
	bool has_type;
};

/**
 * struct anygw_frame - copied values of one frame
 * @dst: destination MAC
 * @src: source MAC
 * @etype: EtherType behind the VLAN tag that the bridge handles, host order
 * @kind: which of the members below is filled in
 * @arp: of ARP and RARP
 * @ip: of IPv4 and IPv6
 */
struct anygw_frame {
	u8 dst[ETH_ALEN];
	u8 src[ETH_ALEN];
	u16 etype;
	enum anygw_frame_kind kind;
	union {
		struct anygw_arp arp;
		struct anygw_ip ip;
	};
};

/**
 * anygw_frame_parse() - read a frame
 * @f: filled in
 * @eth: the Ethernet header, ETH_HLEN octets
 * @etype: EtherType behind the bridge's VLAN tag, host byte order
 * @l3: what follows the Ethernet header
 * @len: how many octets of it there are, at least ANYGW_FRAME_L3_MAX of them
 *	 or the whole frame
 *
 * Reads nothing outside @eth and @l3, whatever the frame says of itself.
 */
void anygw_frame_parse(struct anygw_frame *f, const u8 *eth, u16 etype,
		       const u8 *l3, u32 len);

/**
 * anygw_frame_is_question() - whether a frame is an ARP request
 * @f: the frame
 */
static inline bool anygw_frame_is_question(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_ARP && f->arp.op == ANYGW_ARP_REQUEST;
}

/**
 * anygw_frame_is_answer() - whether a frame is an ARP reply
 * @f: the frame
 */
static inline bool anygw_frame_is_answer(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_ARP && f->arp.op == ANYGW_ARP_REPLY;
}

/**
 * anygw_frame_is_announcement() - whether a frame only announces its sender
 * @f: the frame
 *
 * Gratuitous ARP in either form (RFC 5227 section 3), or RARP, which QEMU
 * sends for a VM that has just arrived.
 */
static inline bool anygw_frame_is_announcement(const struct anygw_frame *f)
{
	return f->kind == ANYGW_FRAME_RARP ||
	       (f->kind == ANYGW_FRAME_ARP && f->arp.spa == f->arp.tpa);
}

#endif
