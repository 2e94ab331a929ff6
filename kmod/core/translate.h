/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_CORE_TRANSLATE_H
#define ANYGW_CORE_TRANSLATE_H

#include "frame.h"
#include "reasons.h"
#include "segment.h"

#define ANYGW_EDITS_MAX	4

/**
 * struct anygw_edit - octets to write into a frame
 * @off: where, counted from the start of the Ethernet header
 * @len: how many
 * @octet: what
 */
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

/**
 * anygw_plan_dst() - start a plan that writes the destination MAC
 * @plan: the plan
 * @mac: six octets
 */
void anygw_plan_dst(struct anygw_plan *plan, const u8 *mac);

/**
 * anygw_plan_src() - the same for the source MAC
 * @plan: the plan
 * @mac: six octets
 */
void anygw_plan_src(struct anygw_plan *plan, const u8 *mac);

/**
 * anygw_plan_reply() - start a plan that readdresses a VM's answer
 * @plan: the plan
 * @f: the answer
 * @mac: whom it goes to; in ARP as target, too
 * @addr: the target protocol address of ARP
 */
void anygw_plan_reply(struct anygw_plan *plan, const struct anygw_frame *f,
		       const u8 *mac, const struct in6_addr *addr);

/**
 * anygw_plan_deliver() - start a plan that hands a frame to a gateway
 * @plan: the plan
 * @seg: the segment
 * @gw: index of the gateway
 * @f: the frame, steered to the host MAC
 * Return: false if the gateway has no address that it could come to
 *
 * The vMAC becomes its destination, and an answer to the host LL goes to the
 * gateway's own address.
 */
bool anygw_plan_deliver(struct anygw_plan *plan,
			const struct anygw_segment *seg, int gw,
			const struct anygw_frame *f);

/**
 * anygw_plan_apply() - carry out a plan
 * @plan: the plan
 * @frame: the frame from its Ethernet header on
 * @len: octets that may be written
 * Return: false, with nothing written, if an edit would fall outside
 */
bool anygw_plan_apply(const struct anygw_plan *plan, u8 *frame, u32 len);

/**
 * anygw_translate_from_fabric() - a marked frame from the fabric leaves by a port
 * @seg: the segment
 * @f: the frame
 * @to_fabric: whether it is a fabric port
 * @plan: the edits
 * @reason: why it does not leave
 */
enum anygw_egress_action anygw_translate_from_fabric(const struct anygw_segment *seg,
					 const struct anygw_frame *f,
					 bool to_fabric,
					 struct anygw_plan *plan,
					 enum anygw_reason *reason);

/**
 * anygw_translate_to_fabric() - a gateway's frame leaves by a fabric port
 * @seg: the segment
 * @gw: index of the gateway that sent it
 * @f: the frame
 * @plan: the edits
 * @reason: why it does not leave
 */
enum anygw_egress_action anygw_translate_to_fabric(const struct anygw_segment *seg,
					   int gw, const struct anygw_frame *f,
					   struct anygw_plan *plan,
					   enum anygw_reason *reason);

/**
 * anygw_translate_host_claim() - the host asks the fabric from a gateway address
 * @f: ARP or neighbour discovery with a gateway address as its sender, not
 *	from a vMAC
 * @plan: the edits: a question in ARP stays the host's, but from 0.0.0.0
 * @reason: why it does not leave
 */
enum anygw_egress_action anygw_translate_host_claim(const struct anygw_frame *f,
				       struct anygw_plan *plan,
				       enum anygw_reason *reason);

/**
 * anygw_translate_from_host() - the host's own frame leaves by a port
 * @seg: the segment
 * @f: the frame, sent by the bridge device or something on top of it
 * @to_fabric: whether it is a fabric port
 * @plan: the edits
 * @reason: why it does not leave
 *
 * The host may own the gateway's address on the gateway device and speak
 * through another one; it must not give it away with another MAC.
 */
enum anygw_egress_action anygw_translate_from_host(const struct anygw_segment *seg,
				      const struct anygw_frame *f,
				      bool to_fabric, struct anygw_plan *plan,
				      enum anygw_reason *reason);

#endif
