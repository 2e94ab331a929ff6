/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_BEACON_H
#define ANYGW_BEACON_H

#include "anygw.h"

/* So long the worker rests: among thousands of VLANs one is always due. */
#define ANYGW_PEER_REST		(HZ / 10)

/**
 * anygw_peer_kick() - have the worker look after beacons and peers
 * @an: the namespace
 * Context: any.
 */
void anygw_peer_kick(struct anygw_net *an);

/**
 * anygw_beacon_init() - a VLAN that has not been told of yet
 * @vlan: the VLAN
 */
void anygw_beacon_init(struct anygw_vlan *vlan);

/**
 * anygw_beacon_fill() - work out what is told of a segment
 * @segment: the segment, about to be published
 * Context: RTNL.
 */
void anygw_beacon_fill(struct anygw_segment_rcu *pub);

/**
 * anygw_beacon_change() - what is told of a VLAN is about to change
 * @an: the namespace
 * @vlan: the VLAN
 * @old: what is published, NULL for nothing
 * @new: what will be
 * Context: RTNL.
 */
void anygw_beacon_change(struct anygw_net *an, struct anygw_vlan *vlan,
			 const struct anygw_segment_rcu *old,
			 const struct anygw_segment_rcu *new);

/**
 * anygw_beacon_expedite() - have a beacon sent before its time
 * @an: the namespace, its peers locked
 * @vlan: the VLAN
 * @delay: not before so many jiffies, nor a second after the last one
 */
void anygw_beacon_expedite(struct anygw_net *an, struct anygw_vlan *vlan,
		       unsigned long delay);

/**
 * anygw_beacon_expedite_all() - have beacons sent at once
 * @an: the namespace
 * @br: the bridge, NULL for all
 * Context: RTNL.
 */
void anygw_beacon_expedite_all(struct anygw_net *an, const struct net_device *br);

/**
 * anygw_beacon_goodbye() - tell that this host falls silent in a VLAN
 * @an: the namespace
 * @segment: what is published of the VLAN, NULL for nothing
 * Context: RTNL.
 */
void anygw_beacon_goodbye(struct anygw_net *an, const struct anygw_segment_rcu *pub);

/**
 * anygw_beacon_goodbye_all() - the same in all VLANs
 * @an: the namespace
 * Context: RTNL.
 */
void anygw_beacon_goodbye_all(struct anygw_net *an);

/**
 * anygw_beacon_send_due() - send the beacons that are due
 * @an: the namespace
 * @wait: lowered to the jiffies until the next one is
 * Context: process.
 */
void anygw_beacon_send_due(struct anygw_net *an, unsigned long *wait);

#endif
