/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_FAST_H
#define ANYGW_FAST_H

#include "anygw.h"
#include "flow.h"
#include "known.h"

/**
 * anygw_fast_take() - take a frame that the bridge is known to hand over
 * @an: the namespace
 * @found: what is known of it, with ANYGW_STEER
 * @skb: the frame in the hook for those that come in
 * Return: false if it has to go by the bridge; otherwise it is consumed
 * Context: RCU read side.
 *
 * It is routed on from here, where nothing on the host would see a difference,
 * or else handed to the gateway device.
 */
bool anygw_fast_take(struct anygw_net *an, const struct anygw_finding *found,
		     struct sk_buff *skb);

/**
 * anygw_fast_path() - which path a packet would take
 * @gw: the gateway
 * @skb: a well-formed packet, as it would come in by the bridge; its
 *	destination entry is dropped
 * Return: ANYGW_PATH_FAST, or what keeps it from that
 * Context: RCU read side, bottom halves off.
 */
enum anygw_path anygw_fast_path(struct anygw_gateway *gw,
				struct sk_buff *skb);

/**
 * anygw_fast_may_learn() - whether a gateway's frames need not go by the
 *			    bridge each
 * @gw: the gateway
 */
static inline bool anygw_fast_may_learn(const struct anygw_gateway *gw)
{
	return READ_ONCE(gw->conf.fastpath);
}

#endif
