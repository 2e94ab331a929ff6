/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ACT_H
#define ANYGW_ACT_H

#include <linux/skbuff.h>

#include "anygw.h"
#include "core/frame.h"
#include "core/translate.h"

/**
 * anygw_act_settle() - write the sum that is still to be written in a frame
 *	that comes in, where it may be written over what the frame says
 * @skb: the frame, its data behind the Ethernet header
 * Return: false without memory, or if the sum's place is outside the frame
 */
bool anygw_act_settle(struct sk_buff *skb);

/**
 * anygw_act_parse() - read a frame in a bridge hook
 * @f: filled in
 * @skb: the frame, its data behind the Ethernet header
 * @br: the bridge, which takes tags of another protocol for payload
 */
void anygw_act_parse(struct anygw_frame *f, const struct sk_buff *skb,
		     const struct net_device *br);

/**
 * anygw_act_edit() - carry out a plan on a frame in a bridge hook
 * @skb: the frame; made writable first, whoever shares it
 * @plan: the plan
 * Return: false without memory, or if the frame is too short; the frame is
 *	   as it was
 */
bool anygw_act_edit(struct sk_buff *skb, const struct anygw_plan *plan);

/**
 * anygw_act_deliver() - hand a frame to a gateway device as received
 * @gw: the gateway
 * @skb: the frame, its data behind the Ethernet header; consumed
 * @around: it is a packet that anygw_route_find() has found a way around for
 * Context: RCU read side, bottom halves off.
 */
void anygw_act_deliver(struct anygw_gateway *gw, struct sk_buff *skb,
		       bool around);

/**
 * anygw_act_copy() - hand a copy of a broadcast or multicast to a gateway
 * @gw: the gateway
 * @skb: the frame, its data behind the Ethernet header
 * Context: RCU read side, bottom halves off.
 *
 * A multicast only if the device has subscribed to it.
 */
void anygw_act_copy(struct anygw_gateway *gw, const struct sk_buff *skb);

#endif
