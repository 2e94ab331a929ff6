/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_CLASSIFY_H
#define ANYGW_CORE_CLASSIFY_H

#include "frame.h"
#include "reasons.h"
#include "segment.h"

/* What to do with a frame at an ingress port */
enum anygw_action {
	ANYGW_PASS,	/* bridge it unchanged */
	ANYGW_MARK,	/* bridge it, examine it again at each egress port */
	ANYGW_REDIRECT,	/* deliver it to the gateway only */
	ANYGW_REPLY,	/* NS from the fabric for the host LL: reply, consume */
	ANYGW_DROP,
};

/* What to do in addition to the action */
#define ANYGW_F_SOLICIT		0x01	/* solicits a gateway address */
#define ANYGW_F_FORWARD_REPLY	0x02	/* a VM's reply, for its requesters */
#define ANYGW_F_CONFLICT	0x04	/* the fabric contests the gateway */
#define ANYGW_F_COPY		0x08	/* also bridge it to the real router */
#define ANYGW_F_NEEDS_ROUTE	0x10	/* only if a route exists, else */
#define ANYGW_F_FALLBACK	0x20	/* leave it to the real router */

struct anygw_verdict {
	enum anygw_action act;
	enum anygw_reason reason;	/* of ANYGW_DROP */
	u8 flags;			/* ANYGW_F_* */
	int gw;				/* index of the gateway concerned */
};

/* For a frame received on an access port, and on a fabric port */
struct anygw_verdict anygw_classify_access(const struct anygw_segment *seg,
					   const struct anygw_frame *f);
struct anygw_verdict anygw_classify_fabric(const struct anygw_segment *seg,
					   const struct anygw_frame *f);

#endif
