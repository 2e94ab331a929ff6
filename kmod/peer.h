/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_PEER_H
#define ANYGW_PEER_H

#include "anygw.h"
#include "core/frame.h"
#include "core/reasons.h"

/**
 * anygw_peer_init() - start with no other host known
 * @an: the namespace
 */
void anygw_peer_init(struct anygw_net *an);

/**
 * anygw_peer_exit() - forget all, after the last hook is gone
 * @an: the namespace
 */
void anygw_peer_exit(struct anygw_net *an);

/**
 * anygw_peer_rx_beacon() - a beacon came in by a fabric port
 * @an: the namespace
 * @port: the port
 * @gw: a gateway of its VLAN
 * @f: the frame
 * @skb: the same, its data behind the Ethernet header
 * Return: why it was not taken, ANYGW_REASON_NONE if it was
 * Context: RCU read side, bottom halves off.
 */
enum anygw_reason anygw_peer_rx_beacon(struct anygw_net *an,
				   const struct anygw_port *port,
				   const struct anygw_gateway *gw,
				   const struct anygw_frame *f,
				   const struct sk_buff *skb);

/**
 * anygw_peer_next() - the next one in the order of keys
 * @an: the namespace
 * @key: where to go on; all zero for the first
 * @peer: filled in
 * @generation: set to the present one of all peers
 * Return: false if there is none
 * Context: process.
 */
bool anygw_peer_next(struct anygw_net *an, const struct anygw_peer_key *key,
		     struct anygw_peer *peer, unsigned int *generation);

#endif
