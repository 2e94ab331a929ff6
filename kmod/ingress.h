/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_INGRESS_H
#define ANYGW_INGRESS_H

#include "anygw.h"
#include "core/classify.h"
#include "route.h"

/*
 * Classify a frame that enters the bridge. No side effects, but the dst entry
 * of @skb may be dropped. @access: it enters by an access port. @rt: filled in
 * if the verdict has ANYGW_F_NEEDS_ROUTE. RCU read side, bottom halves off.
 */
struct anygw_verdict anygw_ingress_classify(const struct anygw_segment *seg,
					    const struct anygw_frame *f,
					    struct sk_buff *skb, bool access,
					    struct anygw_rt_result *rt);

/*
 * Register the bridge hooks as long as they are needed: while there are
 * gateways, and until the last frames of deleted ones have left. Returns 0 or a
 * negative error.
 */
int anygw_ingress_sync(struct anygw_net *an);

/*
 * Unregister the hooks and wait for frames within them. The kernel drops frames
 * that wait in user space (NFQUEUE). May sleep.
 */
void anygw_ingress_exit(struct anygw_net *an);

#endif
