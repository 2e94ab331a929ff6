/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_FASTPATH_H
#define ANYGW_FASTPATH_H

#include "anygw.h"
#include "flow.h"
#include "vcache.h"

/**
 * anygw_fastpath_receive() - take a frame that the bridge is known to hand over
 * @an: the namespace
 * @found: what is known of it, with ANYGW_REDIRECT
 * @skb: the frame in the hook for those that come in
 * Return: false if it has to go by the bridge; otherwise it is consumed
 * Context: RCU read side.
 *
 * It is routed on from here, where nothing on the host would see a difference,
 * or else handed to the gateway device.
 */
bool anygw_fastpath_receive(struct anygw_net *an, const struct anygw_vcache_hit *found,
		     struct sk_buff *skb);

/**
 * anygw_fastpath_slow_reason() - which path a packet would take
 * @gw: the gateway
 * @skb: a well-formed packet, as it would come in by the bridge; its
 *	destination entry is dropped
 * Return: ANYGW_SLOW_REASON_NONE, or what keeps it from that
 * Context: RCU read side, bottom halves off.
 */
enum anygw_slow_reason anygw_fastpath_slow_reason(struct anygw_gateway *gw,
				struct sk_buff *skb);

/**
 * anygw_fastpath_enabled() - whether a gateway's frames need not go by the
 *			    bridge each
 * @gw: the gateway
 */
static inline bool anygw_fastpath_enabled(const struct anygw_gateway *gw)
{
	return READ_ONCE(gw->conf.fastpath);
}

#endif
