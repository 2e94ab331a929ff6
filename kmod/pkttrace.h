/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_PKTTRACE_H
#define ANYGW_PKTTRACE_H

#include "anygw.h"

/* Addresses are IPv6, or IPv4 mapped. */
struct anygw_pkttrace {
	struct in6_addr src;	/* set by the caller, as @dst is */
	struct in6_addr dst;
	enum anygw_mode state;	/* of the gateway, in force */
	enum anygw_trace_decision decision;
	enum anygw_trace_reason reason;
	/* what they would be if the gateway were active and not observing */
	enum anygw_trace_decision active_decision;
	enum anygw_trace_reason active_reason;
	enum anygw_slow_reason slow_reason;	/* of ANYGW_TRACE_DECISION_ROUTE */
	int exit;		/* ifindex of the egress device, or 0 */
	struct in6_addr nh;	/* the next hop, with @exit */
	bool has_neigh;		/* it has a neighbour entry */
	u8 nud;			/* NUD_* of that entry */
	u8 mac[ETH_ALEN];	/* its link-layer address, or zero */
};

/*
 * Build a ping for the vMAC, run it through the functions that classify real
 * packets and free it. Nothing is sent, counted or cached. The rest of @trace
 * is filled in. Return: 0, -ENOMEM, or -EAGAIN if the gateway is being
 * deleted.
 */
int anygw_pkttrace_run(struct anygw_gateway *gw, struct anygw_pkttrace *trace);

#endif
