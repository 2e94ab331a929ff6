/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_TRANSLATE_H
#define ANYGW_CORE_TRANSLATE_H

#include "frame.h"
#include "reasons.h"
#include "segment.h"

#define ANYGW_EDITS_MAX	4

/* Octets to write into a frame */
struct anygw_edit {
	u16 off;	/* from the Ethernet header */
	u16 len;
	u8 octet[sizeof(struct in6_addr)];
};

/* A rewrite, planned before anything is written */
struct anygw_plan {
	u8 n;
	u16 end;	/* octets of the frame that must be writable */
	/*
	 * Offset of a checksum to update, or 0. The checksum has to be
	 * complete, not left to the transmitting device.
	 */
	u16 csum_at;
	u32 csum_delta;	/* RFC 1624 equation 3 */
	struct anygw_edit edit[ANYGW_EDITS_MAX];
};

/* What to do with a frame at an egress port */
enum anygw_egress_action {
	ANYGW_EGRESS_PASS,	/* unchanged */
	ANYGW_EGRESS_REWRITE,	/* after the planned edits */
	ANYGW_EGRESS_QUERY,	/* likewise; remember the requester */
	ANYGW_EGRESS_DROP,
};

/* Start a plan that writes the destination or the source MAC. */
void anygw_plan_dst(struct anygw_plan *plan, const u8 *mac);
void anygw_plan_src(struct anygw_plan *plan, const u8 *mac);

/*
 * Start a plan that redirects a VM's reply to @mac; in ARP, @mac and @addr
 * become the target.
 */
void anygw_plan_reply(struct anygw_plan *plan, const struct anygw_frame *f,
		      const u8 *mac, const struct in6_addr *addr);

/*
 * Start a plan that delivers a frame for the host MAC to a gateway: the
 * destination becomes the vMAC, and that of a reply to the host LL the
 * gateway's own address. Return: false if the gateway has no such address.
 */
bool anygw_plan_deliver(struct anygw_plan *plan,
			const struct anygw_segment *seg, int gw,
			const struct anygw_frame *f);

/*
 * Apply a plan to @len writable octets from the Ethernet header on. Return:
 * false, with nothing written, if an edit would fall outside.
 */
bool anygw_plan_apply(const struct anygw_plan *plan, u8 *frame, u32 len);

/*
 * These decide about a frame at an egress port. They fill in @plan for a
 * rewrite and @reason for a drop; both are undefined otherwise.
 */

/* A marked frame from the fabric */
enum anygw_egress_action
anygw_translate_from_fabric(const struct anygw_segment *seg,
			    const struct anygw_frame *f, bool to_fabric,
			    struct anygw_plan *plan, enum anygw_reason *reason);

/* A frame of gateway @gw, on a fabric port */
enum anygw_egress_action
anygw_translate_to_fabric(const struct anygw_segment *seg, int gw,
			  const struct anygw_frame *f, struct anygw_plan *plan,
			  enum anygw_reason *reason);

/*
 * The host's ARP or neighbour discovery from a gateway address, but not from
 * a vMAC, on a fabric port: an ARP request is rewritten to come from 0.0.0.0.
 */
enum anygw_egress_action
anygw_translate_host_claim(const struct anygw_frame *f, struct anygw_plan *plan,
			   enum anygw_reason *reason);

/*
 * A frame of the bridge device or of a device on top of it. The host may own
 * the gateway address on the gateway device and send from another device; it
 * must not claim the address with another MAC.
 */
enum anygw_egress_action
anygw_translate_from_host(const struct anygw_segment *seg,
			  const struct anygw_frame *f, bool to_fabric,
			  struct anygw_plan *plan, enum anygw_reason *reason);

#endif
