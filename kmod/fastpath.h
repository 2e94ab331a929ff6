/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_FASTPATH_H
#define ANYGW_FASTPATH_H

#include "flow.h"

/*
 * Route a frame in the ingress hook if nothing on the host would see a
 * difference, or else deliver it to the gateway device. @hit: its cached
 * verdict, ANYGW_REDIRECT. Return: true if @skb was consumed, false if it has
 * to go through the bridge. Context: RCU read side.
 */
bool anygw_fastpath_receive(struct anygw_net *an,
			    const struct anygw_vcache_hit *hit,
			    struct sk_buff *skb);

/*
 * What keeps a packet from the fast path. @skb: a well-formed packet, as the
 * bridge would deliver it; its destination entry is dropped. Context: RCU read
 * side, bottom halves off.
 */
enum anygw_slow_reason anygw_fastpath_slow_reason(struct anygw_gateway *gw,
						  struct sk_buff *skb);

#endif
