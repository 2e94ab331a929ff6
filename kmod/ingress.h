/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_INGRESS_H
#define ANYGW_INGRESS_H

#include "anygw.h"
#include "core/classify.h"
#include "route.h"

/**
 * anygw_ingress_classify() - what to do with a frame that enters the bridge
 * @seg: the segment of its VLAN
 * @f: the frame, read from @skb
 * @skb: the frame in a bridge hook; its destination entry may be dropped
 * @access: whether it enters by an access port
 * @way: filled in if the verdict depends on it, that is with ANYGW_F_NEEDS_ROUTE
 * Context: RCU read side, bottom halves off.
 *
 * Decides and does nothing.
 */
struct anygw_verdict anygw_ingress_classify(const struct anygw_segment *seg,
				      const struct anygw_frame *f,
				      struct sk_buff *skb, bool access,
				      struct anygw_rt_result *way);

/**
 * anygw_hooks_sync() - have the bridge hooks while there are gateways, and until
 *		       what they have sent is through
 * @an: the namespace
 * Return: 0 or a negative error when they could not be registered
 * Context: RTNL.
 */
int anygw_hooks_sync(struct anygw_net *an);

/**
 * anygw_hooks_exit() - have them no more
 * @an: the namespace; no frame is on its way through them afterwards
 * Context: process.
 *
 * This also has the kernel drop what waits in user space, see NFQUEUE.
 */
void anygw_hooks_exit(struct anygw_net *an);

#endif
