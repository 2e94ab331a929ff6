/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_CLASSIFY_H
#define ANYGW_CORE_CLASSIFY_H

#include "frame.h"
#include "reasons.h"
#include "segment.h"

/**
 * enum anygw_action - what becomes of a frame that enters the bridge
 * @ANYGW_PASS: bridged untouched
 * @ANYGW_MARK: bridged, and looked at again for each port it leaves by
 * @ANYGW_REDIRECT: handed to the gateway, and to nobody else
 * @ANYGW_REPLY: somebody on the fabric asks for the host LL: answered, and
 *	shown to nobody else
 * @ANYGW_DROP: dropped, the reason counted
 */
enum anygw_action {
	ANYGW_PASS,
	ANYGW_MARK,
	ANYGW_REDIRECT,
	ANYGW_REPLY,
	ANYGW_DROP,
};

/* What is to be done beside the act itself. */
#define ANYGW_F_SOLICIT	0x01	/* somebody asks for the gateway */
#define ANYGW_F_FORWARD_REPLY		0x02	/* a VM answers: tell who has asked */
#define ANYGW_F_CONFLICT	0x04	/* the fabric contests the gateway */
#define ANYGW_F_COPY		0x08	/* bridge it on to the real router, too */
#define ANYGW_F_NEEDS_ROUTE		0x10	/* only if there is a route, else... */
#define ANYGW_F_FALLBACK	0x20	/* ...it is left to the real router */

/**
 * struct anygw_verdict - what becomes of one frame
 * @act: bridge, steer or drop it
 * @reason: why it is dropped
 * @flags: ANYGW_F_*
 * @gw: index of the gateway concerned
 */
struct anygw_verdict {
	enum anygw_action act;
	enum anygw_reason reason;
	u8 flags;
	int gw;
};

/* Of a frame that enters by an access port, or by a fabric port */
struct anygw_verdict anygw_classify_access(const struct anygw_segment *seg,
					   const struct anygw_frame *f);
struct anygw_verdict anygw_classify_fabric(const struct anygw_segment *seg,
					   const struct anygw_frame *f);

#endif
