/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Beacons advertise the settings of a VLAN among anygw hosts, so that each can
 * detect differences.
 *
 * The frame goes from the host MAC to ANYGW_BEACON_MAC with the EtherType
 * ANYGW_BEACON_ETYPE. All numbers are in network byte order.
 *
 *	 0  4  magic
 *	 4  1  version
 *	 5  1  flags
 *	 6  1  number of gateways in the VLAN
 *	 7  1  number of gateways that follow, the lowest vMACs, ascending
 *	 8  2  hold time in seconds
 *	10  2  zero
 *	12     for each gateway
 *	       0  6  vMAC
 *	       6  1  flags
 *	       7  1  zero
 *	       8  2  MTU
 *	      10  2  zero
 *	      12  4  digest of the gateway addresses
 *
 * The rest is padding or reserved for extensions. Of an unknown version only
 * the first ten octets are read.
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

/* Flags of a beacon */
#define ANYGW_BEACON_GOODBYE	0x01	/* the sender stops sending beacons */

/* Flags of a gateway */
#define ANYGW_BEACON_COEXIST	0x01
#define ANYGW_BEACON_FALLBACK	0x02

struct anygw_beacon_gw {
	u8 vmac[ETH_ALEN];
	u8 flags;
	u16 mtu;
	u32 addresses;	/* digest of its gateway addresses */
};

struct anygw_beacon {
	u8 version;	/* if unknown, only goodbye and hold are valid */
	bool goodbye;
	u8 total;	/* gateways in the VLAN, at most 255 */
	u8 n;
	u16 hold;	/* seconds, at least 1 */
	struct anygw_beacon_gw gw[ANYGW_BEACON_GWS];	/* sorted by vMAC */
};

/*
 * Fill in all but the hold time and the MTUs. The result does not depend on
 * the order of the segment's gateways and addresses.
 */
void anygw_beacon_make(struct anygw_beacon *b,
		       const struct anygw_segment *seg);

/* Return: an index or ANYGW_NO_GATEWAY */
int anygw_beacon_gw_of(const struct anygw_beacon *b, const u8 *vmac);

/*
 * Write and read the payload of the Ethernet frame. Writing needs a buffer of
 * ANYGW_BEACON_LEN octets and returns the length written. Reading needs as
 * many, or the whole payload, and returns false if it is invalid or truncated.
 */
u32 anygw_beacon_write(const struct anygw_beacon *b, u8 *p);
bool anygw_beacon_read(struct anygw_beacon *b, const u8 *p, u32 len);

/*
 * Return: the differences as enum anygw_differs. @gw is set to the index in
 * @own of the first gateway concerned, or ANYGW_NO_GATEWAY.
 */
u32 anygw_beacon_compare(const struct anygw_beacon *own,
			 const struct anygw_beacon *other, int *gw);

#endif
