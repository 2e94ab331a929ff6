/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_SKB_H
#define ANYGW_SKB_H

#include <linux/skbuff.h>

#include "anygw.h"
#include "core/frame.h"
#include "core/translate.h"

/**
 * anygw_skb_settle_csum() - write the sum that is still to be written in a frame
 *	that comes in, where it may be written over what the frame says
 * @skb: the frame, its data behind the Ethernet header
 * Return: false without memory, or if the sum's place is outside the frame
 */
bool anygw_skb_settle_csum(struct sk_buff *skb);

/**
 * anygw_skb_parse() - read a frame in a bridge hook
 * @f: filled in
 * @skb: the frame, its data behind the Ethernet header
 * @br: the bridge, which takes tags of another protocol for payload
 */
void anygw_skb_parse(struct anygw_frame *f, const struct sk_buff *skb,
		     const struct net_device *br);

/**
 * anygw_skb_rewrite() - carry out a plan on a frame in a bridge hook
 * @skb: the frame; made writable first, whoever shares it
 * @plan: the plan
 * Return: false without memory, or if the frame is too short; the frame is
 *	   as it was
 */
bool anygw_skb_rewrite(struct sk_buff *skb, const struct anygw_plan *plan);

/**
 * anygw_skb_deliver() - hand a frame to a gateway device as received
 * @gw: the gateway
 * @skb: the frame, its data behind the Ethernet header; consumed
 * @rerouted: it is a packet that anygw_route_lookup() has found a way around for
 * Context: RCU read side, bottom halves off.
 */
void anygw_skb_deliver(struct anygw_gateway *gw, struct sk_buff *skb,
		       bool around);

/**
 * anygw_skb_deliver_clone() - hand a copy of a broadcast or multicast to a gateway
 * @gw: the gateway
 * @skb: the frame, its data behind the Ethernet header
 * Context: RCU read side, bottom halves off.
 *
 * A multicast only if the device has subscribed to it.
 */
void anygw_skb_deliver_clone(struct anygw_gateway *gw, const struct sk_buff *skb);

#endif
