/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_PEER_H
#define ANYGW_PEER_H

#include "anygw.h"
#include "core/frame.h"
#include "core/reasons.h"

/**
 * struct anygw_peer_key - another host in a VLAN of this one
 * @bridge: interface index of the bridge
 * @vid: VLAN id
 * @mac: its host MAC
 *
 * There is no room between the fields.
 */
struct anygw_peer_key {
	int bridge;
	u16 vid;
	u8 mac[ETH_ALEN];
};

/**
 * struct anygw_peer - what is shown of another host
 * @key: who and where
 * @port: interface index of the port it was last heard on
 * @gateway: interface index of the gateway it was compared with
 * @differs: enum anygw_differs
 * @age: seconds since it was last heard
 */
struct anygw_peer {
	struct anygw_peer_key key;
	int port;
	int gateway;
	u32 differs;
	u32 age;
};

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
 * anygw_peer_heard() - a beacon came in by a fabric port
 * @an: the namespace
 * @port: the port
 * @gw: a gateway of its VLAN
 * @f: the frame
 * @skb: the same, its data behind the Ethernet header
 * Return: why it was not taken, ANYGW_REASON_NONE if it was
 * Context: RCU read side, bottom halves off.
 */
enum anygw_reason anygw_peer_heard(struct anygw_net *an,
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
