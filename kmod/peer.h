/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_PEER_H
#define ANYGW_PEER_H

#include "anygw.h"

void anygw_peer_init(struct anygw_net *an);
/* After the hooks are unregistered. */
void anygw_peer_exit(struct anygw_net *an);

/*
 * Return why the beacon is dropped, or ANYGW_REASON_NONE. The data of @skb
 * begins behind the Ethernet header. Context: RCU read side, bottom halves off.
 */
enum anygw_reason
anygw_peer_rx_beacon(struct anygw_net *an, const struct anygw_port *port,
		     const struct anygw_gateway *gw,
		     const struct anygw_frame *f, const struct sk_buff *skb);

/*
 * Fill in the peer that follows @key, and the generation of all peers; all
 * zeros precede the first. Return false if there is none. Context: process.
 */
bool anygw_peer_next(struct anygw_net *an, const struct anygw_peer_key *key,
		     struct anygw_peer *peer, unsigned int *generation);

#endif
