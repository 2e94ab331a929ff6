/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What anygw hosts tell each other of a VLAN, so that each can see where
 * their settings differ.
 *
 * The frame goes from the host MAC to ANYGW_BEACON_MAC with the EtherType
 * ANYGW_BEACON_ETYPE. All numbers are in network byte order.
 *
 *	 0  4  magic
 *	 4  1  version
 *	 5  1  flags
 *	 6  1  number of gateways in the VLAN
 *	 7  1  number of them that follow, the lowest vMACs, in their order
 *	 8  2  seconds that this is good for
 *	10  2  zero
 *	12     for each gateway
 *	       0  6  vMAC
 *	       6  1  flags
 *	       7  1  zero
 *	       8  2  MTU
 *	      10  2  zero
 *	      12  4  digest of the gateway addresses
 *
 * What follows is padding, or of a later day. A receiver of a version that it
 * does not know reads the first ten octets alone.
 */
#ifndef ANYGW_CORE_BEACON_H
#define ANYGW_CORE_BEACON_H

#include "frame.h"
#include "segment.h"

#define ANYGW_BEACON_VERSION	1
#define ANYGW_BEACON_HEAD	12
#define ANYGW_BEACON_GW		16
#define ANYGW_BEACON_GWS	8
#define ANYGW_BEACON_LEN	(ANYGW_BEACON_HEAD + \
				 ANYGW_BEACON_GWS * ANYGW_BEACON_GW)

/* Flags of a beacon: the sender falls silent. */
#define ANYGW_BEACON_GOODBYE	0x01

/* Flags of a gateway */
#define ANYGW_BEACON_COEXIST	0x01
#define ANYGW_BEACON_FALLBACK	0x02

/* A gateway in a beacon */
struct anygw_beacon_gw {
	u8 vmac[ETH_ALEN];
	u8 flags;
	u16 mtu;
	u32 addresses;	/* digest of its gateway addresses */
};

/**
 * struct anygw_beacon - what a beacon says
 * @version: version of the format; of others than ours only @goodbye and @hold
 *	     are read
 * @goodbye: the sender falls silent
 * @total: number of gateways in the VLAN, or 255 if there are more
 * @n: number of them in @gw
 * @hold: seconds that this is good for, at least 1
 * @gw: the gateways with the lowest vMACs, in their order
 */
struct anygw_beacon {
	u8 version;
	bool goodbye;
	u8 total;
	u8 n;
	u16 hold;
	struct anygw_beacon_gw gw[ANYGW_BEACON_GWS];
};

/*
 * Fills in all but @hold and the MTUs. The order of the segment's gateways and
 * addresses does not matter.
 */
void anygw_beacon_make(struct anygw_beacon *b,
		       const struct anygw_segment *seg);

/* Index of the gateway with a vMAC, or ANYGW_NO_GATEWAY */
int anygw_beacon_gw_of(const struct anygw_beacon *b, const u8 *vmac);

/*
 * Write and read what follows the Ethernet header. Writing needs room for
 * ANYGW_BEACON_LEN octets and returns how many were written; reading wants so
 * many, or the whole frame, and returns false if it is no beacon or truncated.
 */
u32 anygw_beacon_write(const struct anygw_beacon *b, u8 *p);
bool anygw_beacon_read(struct anygw_beacon *b, const u8 *p, u32 len);

/*
 * How the configuration of another host differs, enum anygw_differs. @gw is
 * set to the index in @own of the gateway concerned, or ANYGW_NO_GATEWAY.
 */
u32 anygw_beacon_compare(const struct anygw_beacon *own,
			 const struct anygw_beacon *other, int *gw);

#endif
