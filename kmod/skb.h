/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_SKB_H
#define ANYGW_SKB_H

#include "anygw.h"
#include "core/translate.h"

struct anygw_pkt;

/* All take an skb as in bridge hooks, with data behind the Ethernet header. */

/*
 * Complete a checksum that could alter the frame. The sender of a
 * CHECKSUM_PARTIAL frame chooses where the checksum is written: unless that is
 * the TCP or UDP checksum field, write it before the frame is classified.
 * Returns false without memory, or if that place is outside the frame.
 */
bool anygw_skb_settle_csum(struct sk_buff *skb);

/* @br: the bridge, to which tags of another protocol are payload */
void anygw_skb_parse(struct anygw_frame *f, const struct sk_buff *skb,
		     const struct net_device *br);

/* Parse @pkt->skb as received from @pkt->in. */
void anygw_pkt_parse(struct anygw_pkt *pkt);

/*
 * Apply a plan; skb->head may change. Returns false without memory or if the
 * frame is too short; the frame is unchanged then.
 */
bool anygw_skb_rewrite(struct sk_buff *skb, const struct anygw_plan *plan);

/*
 * Receive a frame on a gateway device; consumes @skb. @rerouted: the route
 * lookup found a next hop in place of a failed one. RCU read side, bottom
 * halves off.
 */
void anygw_skb_deliver(struct anygw_gateway *gw, struct sk_buff *skb,
		       bool rerouted);

/* Deliver a copy of a broadcast, or of a multicast the device subscribes to. */
void anygw_skb_deliver_clone(struct anygw_gateway *gw,
			     const struct sk_buff *skb);

#endif
