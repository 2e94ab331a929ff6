/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_BEACON_H
#define ANYGW_BEACON_H

#include "anygw.h"

/*
 * Minimum time between runs of the worker for beacons and peers: among
 * thousands of VLANs one is always due.
 */
#define ANYGW_PEER_REST		(HZ / 10)

/* Run that worker. Context: any. */
void anygw_peer_kick(struct anygw_net *an);

void anygw_beacon_init(struct anygw_vlan *vlan);
/* Before the segment is published. */
void anygw_beacon_fill(struct anygw_segment_rcu *seg_rcu);
/* Before @new is published: send a goodbye or beacon if needed. @old or NULL */
void anygw_beacon_change(struct anygw_net *an, struct anygw_vlan *vlan,
			 const struct anygw_segment_rcu *old,
			 const struct anygw_segment_rcu *new);

/*
 * Send the next beacon in @delay jiffies unless it is due earlier, but not
 * within a second of the last one. Under the peers' lock.
 */
void anygw_beacon_expedite(struct anygw_net *an, struct anygw_vlan *vlan,
			   unsigned long delay);
/* The same at once in all VLANs of @br, or of all bridges if NULL. */
void anygw_beacon_expedite_all(struct anygw_net *an,
			       const struct net_device *br);
/* Report the host's multicast groups soon. Context: any. */
void anygw_beacon_report(struct anygw_net *an, struct anygw_vlan *vlan,
			 bool mld1);
/* Let the fabric hear the host MAC in all VLANs of @br, beacons or not. */
void anygw_beacon_path_changed(struct anygw_net *an,
			       const struct net_device *br);
/* @seg_rcu: as published, NULL for none. */
void anygw_beacon_goodbye(struct anygw_net *an,
			  const struct anygw_segment_rcu *seg_rcu);
void anygw_beacon_goodbye_all(struct anygw_net *an);
/* @wait: lowered to the jiffies until the next beacon. Context: process. */
void anygw_beacon_send_due(struct anygw_net *an, unsigned long *wait);

#endif
