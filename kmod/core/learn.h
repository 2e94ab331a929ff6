/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_LEARN_H
#define ANYGW_CORE_LEARN_H

#include "frame.h"
#include "segment.h"

/* How a frame associates an address with its source MAC */
enum anygw_learn_src {
	ANYGW_LEARN_NONE,
	ANYGW_LEARN_OBSERVED,	/* the sender uses the address */
	ANYGW_LEARN_CLAIMED,	/* ARP or ND binds the address to the MAC */
};

/*
 * Set @addr to the sender's address, unless the result is ANYGW_LEARN_NONE.
 * Only host addresses within a gateway's prefix are learned, and no address of
 * a gateway or of this host. Link-local ones are not: every host has one, and
 * they are not routed.
 */
enum anygw_learn_src anygw_learn(const struct anygw_segment *seg,
				 const struct anygw_frame *f,
				 struct in6_addr *addr);

/* Index of the first gateway with @addr in one of its prefixes */
int anygw_learn_gateway(const struct anygw_segment *seg,
			const struct in6_addr *addr);

#endif
