/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files with bridge hooks share: hook.c, where frames come in, and
 * leave.c, where they go out.
 */
#ifndef ANYGW_EDGE_H
#define ANYGW_EDGE_H

#include "anygw.h"
#include "core/segment.h"
#include "known.h"
#include "trace.h"

/**
 * anygw_edge_drop() - count a frame that is dropped
 * @gw: the gateway concerned
 * @port: the port it came in by, or was to leave by
 * @reason: why
 * Context: bottom halves off.
 */
static inline void anygw_edge_drop(struct anygw_gateway *gw,
				   struct anygw_port *port,
				   enum anygw_reason reason)
{
	anygw_stats_drop(gw->stats, reason);
	anygw_stats_drop(port->stats, reason);
	trace_anygw_drop(gw->dev, port->dev, reason);
}

/**
 * anygw_edge_index() - a gateway's index in a segment
 * @seg: the segment
 * @gw: the gateway
 * Return: the index, or ANYGW_NO_GATEWAY if it has just left
 */
static inline int anygw_edge_index(const struct anygw_segment *seg,
				   const struct anygw_gateway *gw)
{
	int i;

	for (i = 0; i < seg->n_gw; i++)
		if (seg->gw[i].gateway == gw)
			return i;
	return ANYGW_NO_GATEWAY;
}

/**
 * anygw_edge_segment() - the segment of a gateway
 * @gw: the gateway
 * Return: NULL if it is being deleted
 * Context: RCU read side.
 */
static inline const struct anygw_segment *
anygw_edge_segment(const struct anygw_gateway *gw)
{
	struct anygw_vlan *vlan = rcu_dereference(gw->vlan);
	struct anygw_published *pub;

	pub = vlan ? rcu_dereference(vlan->pub) : NULL;
	return pub ? &pub->seg : NULL;
}

/* The gateway whose frame is just entering the bridge on this CPU, or NULL. */
DECLARE_PER_CPU(struct anygw_gateway *, anygw_sending);

/**
 * anygw_edge_marked() - the gateway that a frame was marked for
 * @an: the namespace
 * @skb: the frame
 * @br: the bridge it is in
 * @seg: set to the segment
 * Return: NULL if it is not marked
 * Context: RCU read side.
 */
static inline struct anygw_gateway *
anygw_edge_marked(struct anygw_net *an, const struct sk_buff *skb,
		  const struct net_device *br,
		  const struct anygw_segment **seg)
{
	struct anygw_gateway *gw = this_cpu_read(anygw_sending);

	if (!gw || gw->dev->ifindex != skb->skb_iif)
		gw = anygw_gateway_rcu(an, skb->skb_iif);
	if (!gw || gw->br_dev != br)
		return NULL;
	*seg = anygw_edge_segment(gw);
	return *seg ? gw : NULL;
}

/**
 * struct anygw_entry - a frame that is on its way through the bridge
 * @skb: the frame, for comparison only
 * @pairing: its addresses as it came in
 * @epoch: when that was
 */
struct anygw_entry {
	const struct sk_buff *skb;
	struct anygw_pairing pairing;
	u32 epoch;
};

/* The last one that came in on this CPU and is not known yet. */
DECLARE_PER_CPU(struct anygw_entry, anygw_entry);

#endif
