/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_FATE_H
#define ANYGW_FATE_H

#include "anygw.h"

/**
 * struct anygw_fate - what would become of a packet, and why
 * @family: of the packet, AF_INET or AF_INET6
 * @src4: source, set by the caller
 * @dst4: destination, set by the caller
 * @src6: the same for IPv6
 * @dst6: the same for IPv6
 * @state: the gateway's mode in force
 * @decision: what becomes of it
 * @reason: why
 * @active_decision: the same, if the gateway did not only observe
 * @active_reason: the same
 * @path: of what is routed, the fast path, or what keeps it from that
 * @exit: interface index of the device that the route leaves by, or 0
 * @hop_family: family of the next hop
 * @hop4: the next hop
 * @hop6: the same for IPv6
 * @nud: NUD_* of its neighbour entry
 * @has_neigh: whether there is such an entry
 * @mac: its MAC, zero without one
 */
struct anygw_fate {
	u8 family;
	__be32 src4;
	__be32 dst4;
	struct in6_addr src6;
	struct in6_addr dst6;
	enum anygw_mode state;
	enum anygw_trace_decision decision;
	enum anygw_trace_reason reason;
	enum anygw_trace_decision active_decision;
	enum anygw_trace_reason active_reason;
	enum anygw_path path;
	int exit;
	u8 hop_family;
	__be32 hop4;
	struct in6_addr hop6;
	u8 nud;
	bool has_neigh;
	u8 mac[ETH_ALEN];
};

/**
 * anygw_fate_find() - find what would become of a ping to a gateway's vMAC
 * @gw: the gateway
 * @fate: the packet; the rest is filled in
 * Return: 0, -ENOMEM, or -EAGAIN if the gateway is being deleted
 * Context: RTNL.
 *
 * The packet is made, judged by the code that judges real ones, and thrown
 * away. Nothing is sent, counted or remembered.
 */
int anygw_fate_find(struct anygw_gateway *gw, struct anygw_fate *fate);

#endif
