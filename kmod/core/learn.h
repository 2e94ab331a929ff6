/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_LEARN_H
#define ANYGW_CORE_LEARN_H

#include "frame.h"
#include "segment.h"

/**
 * enum anygw_lesson - what a frame teaches of an address of its sender
 * @ANYGW_LESSON_NONE: nothing
 * @ANYGW_LESSON_USED: the sender uses the address
 * @ANYGW_LESSON_SAID: the sender says that the address is at its MAC
 */
enum anygw_lesson {
	ANYGW_LESSON_NONE,
	ANYGW_LESSON_USED,
	ANYGW_LESSON_SAID,
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
enum anygw_lesson anygw_learn(const struct anygw_segment *seg,
			      const struct anygw_frame *f,
			      struct in6_addr *addr);

/* Index of the first gateway with an address in its prefix. */
int anygw_learn_gateway(const struct anygw_segment *seg,
			const struct in6_addr *addr);

#endif
