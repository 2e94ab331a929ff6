/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words in which the two classifiers speak.
 */
#ifndef ANYGW_CORE_VERDICT_H
#define ANYGW_CORE_VERDICT_H

#include "classify.h"

static inline struct anygw_verdict pass(const struct anygw_segment *seg)
{
	return (struct anygw_verdict){
		.act = ANYGW_PASS,
		.gw = anygw_segment_any(seg),
	};
}

static inline struct anygw_verdict drop(int gw, enum anygw_reason reason)
{
	return (struct anygw_verdict){
		.act = ANYGW_DROP,
		.reason = reason,
		.gw = gw,
	};
}

/* About no gateway in particular. */
static inline struct anygw_verdict refuse(const struct anygw_segment *seg,
					  enum anygw_reason reason)
{
	return drop(anygw_segment_any(seg), reason);
}

static inline struct anygw_verdict conflict(int gw, enum anygw_reason reason)
{
	struct anygw_verdict v = drop(gw, reason);

	v.flags = ANYGW_F_CONFLICT;
	return v;
}

/* What is meant for a gateway reaches it unless it stands by. */
static inline struct anygw_verdict steer(const struct anygw_segment *seg,
					 int gw, u8 flags)
{
	struct anygw_verdict v = {
		.act = ANYGW_STEER,
		.flags = flags,
		.gw = gw,
	};

	if (seg->gw[gw].state == ANYGW_MODE_STANDBY)
		v = drop(gw, ANYGW_REASON_STANDBY);
	return v;
}

/* A host MAC is involved: what leaves towards a VM has to be looked at. */
static inline struct anygw_verdict mark(const struct anygw_segment *seg,
					u8 flags)
{
	struct anygw_verdict v = pass(seg);

	v.act = ANYGW_MARK;
	v.flags = flags;
	return v;
}

#endif
