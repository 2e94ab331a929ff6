/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_LEARN_H
#define ANYGW_CORE_LEARN_H

#include "frame.h"
#include "segment.h"

/**
 * enum anygw_learn_src - what a frame teaches of an address of its sender
 * @ANYGW_LEARN_NONE: nothing
 * @ANYGW_LEARN_OBSERVED: the sender uses the address
 * @ANYGW_LEARN_CLAIMED: the sender says that the address is at its MAC
 */
enum anygw_learn_src {
	ANYGW_LEARN_NONE,
	ANYGW_LEARN_OBSERVED,
	ANYGW_LEARN_CLAIMED,
};

/**
 * anygw_learn() - the address that a frame teaches of its sender
 * @seg: the segment
 * @f: the frame
 * @addr: set unless the lesson is none
 *
 * Only host addresses within a gateway's prefix, and none of the gateways' or
 * of this host. Link-local ones are not learned: every host has one, and they
 * are not routed.
 */
enum anygw_learn_src anygw_learn(const struct anygw_segment *seg,
			      const struct anygw_frame *f,
			      struct in6_addr *addr);

/* Index of the first gateway with an address in its prefix. */
int anygw_learn_gateway(const struct anygw_segment *seg,
			const struct in6_addr *addr);

#endif
