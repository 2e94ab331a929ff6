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
 * anygw_learn() - which address a frame teaches of its sender
 * @seg: the segment
 * @f: the frame
 * @addr: the address, an IPv4 one as ::ffff:a.b.c.d; set unless the lesson
 *	  is none
 *
 * Only addresses within a gateway's prefix that can be a machine's, and none
 * of the gateways' or of this host. Link-local ones are no lesson: every
 * machine has one, and nobody can route to it.
 */
enum anygw_lesson anygw_learn(const struct anygw_segment *seg,
			      const struct anygw_frame *f,
			      struct in6_addr *addr);

/**
 * anygw_learn_gateway() - the gateway whose prefix an address is in
 * @seg: the segment
 * @addr: the address, in the form of anygw_learn()
 * Return: index of the first one, or ANYGW_NO_GATEWAY
 */
int anygw_learn_gateway(const struct anygw_segment *seg,
			const struct in6_addr *addr);

#endif
