/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_TRANSLATE_H
#define ANYGW_CORE_TRANSLATE_H

#include "frame.h"
#include "reasons.h"
#include "segment.h"

#define ANYGW_EDITS_MAX	4

/* Octets to write into a frame; @off counts from its Ethernet header */
struct anygw_edit {
	u16 off;
	u16 len;
	u8 octet[sizeof(struct in6_addr)];
};

/**
 * struct anygw_plan - a rewrite, planned before anything is written
 * @n: number of edits
 * @end: how much of the frame has to be writable, from its start
 * @csum_at: offset of a checksum to be brought up to date, which must be a
 *	whole one then, and not left to the device that sends it; 0 without
 * @csum_delta: what the edits change in the sum, RFC 1624 equation 3
 * @edit: the edits
 */
struct anygw_plan {
	u8 n;
	u16 end;
	u16 csum_at;
	u32 csum_delta;
	struct anygw_edit edit[ANYGW_EDITS_MAX];
};

/**
 * enum anygw_egress_action - what becomes of a frame that leaves by a port
 * @ANYGW_EGRESS_PASS: it leaves untouched
 * @ANYGW_EGRESS_REWRITE: it leaves after the planned edits
 * @ANYGW_EGRESS_QUERY: the same, and who has asked is to be remembered
 * @ANYGW_EGRESS_DROP: it does not leave here
 */
enum anygw_egress_action {
	ANYGW_EGRESS_PASS,
	ANYGW_EGRESS_REWRITE,
	ANYGW_EGRESS_QUERY,
	ANYGW_EGRESS_DROP,
};

/* Start a plan that writes the destination or the source MAC. */
void anygw_plan_dst(struct anygw_plan *plan, const u8 *mac);
void anygw_plan_src(struct anygw_plan *plan, const u8 *mac);

/*
 * Start a plan that sends a VM's reply to @mac instead, in ARP with @mac and
 * @addr as its target.
 */
void anygw_plan_reply(struct anygw_plan *plan, const struct anygw_frame *f,
		       const u8 *mac, const struct in6_addr *addr);

/*
 * Start a plan that hands a frame for the host MAC to a gateway: the vMAC
 * becomes its destination, and an answer to the host LL goes to the gateway's
 * own address. Return: false if the gateway has no address for that.
 */
bool anygw_plan_deliver(struct anygw_plan *plan,
			const struct anygw_segment *seg, int gw,
			const struct anygw_frame *f);

/*
 * Carry out a plan on a frame with @len writable octets from its Ethernet
 * header on. Return: false, with nothing written, if an edit would fall
 * outside.
 */
bool anygw_plan_apply(const struct anygw_plan *plan, u8 *frame, u32 len);

/*
 * These say what becomes of a frame that leaves by a port: the edits are put
 * into @plan, and into @reason why it does not leave.
 */

/* A marked frame from the fabric */
enum anygw_egress_action anygw_translate_from_fabric(const struct anygw_segment *seg,
					 const struct anygw_frame *f,
					 bool to_fabric,
					 struct anygw_plan *plan,
					 enum anygw_reason *reason);

/* The frame of gateway @gw, by a fabric port */
enum anygw_egress_action anygw_translate_to_fabric(const struct anygw_segment *seg,
					   int gw, const struct anygw_frame *f,
					   struct anygw_plan *plan,
					   enum anygw_reason *reason);

/*
 * ARP or neighbour discovery of the host from a gateway address, but not from
 * a vMAC, by a fabric port: an ARP request stays the host's, from 0.0.0.0.
 */
enum anygw_egress_action anygw_translate_host_claim(const struct anygw_frame *f,
				       struct anygw_plan *plan,
				       enum anygw_reason *reason);

/*
 * A frame of the bridge device or of something on top of it. The host may own
 * the gateway's address on the gateway device and send from another one; it
 * must not claim the address with another MAC.
 */
enum anygw_egress_action anygw_translate_from_host(const struct anygw_segment *seg,
				      const struct anygw_frame *f,
				      bool to_fabric, struct anygw_plan *plan,
				      enum anygw_reason *reason);

#endif
