/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a frame was dropped: the one list.
 *
 * ANYGW_REASONS(X) expands X(NAME, text, sentence) for each reason. The
 * enum, the counter names, the tracepoints' text and the manual page's table
 * come from here.
 */
#ifndef ANYGW_CORE_REASONS_H
#define ANYGW_CORE_REASONS_H

#define ANYGW_REASONS(X)						\
	X(NONE, "none", "not dropped")					\
	X(MALFORMED, "malformed",					\
	  "ARP or neighbour discovery that no receiver may take, or endless tags")	\
	X(SPOOFED_VMAC, "spoofed-vmac",					\
	  "an access port uses the vMAC as its own address")		\
	X(SPOOFED_HOST_MAC, "spoofed-host-mac",				\
	  "an access port uses the address of an anygw host")		\
	X(CLAIMED_ADDRESS, "claimed-address",				\
	  "an access port claims an address of the gateway")		\
	X(ROGUE_ROUTER, "rogue-router",					\
	  "an access port sends router advertisements or redirects, of IPv4 or IPv6")	\
	X(BEACON, "beacon",						\
	  "an access port sends the beacon of an anygw host")		\
	X(HIDDEN, "hidden",						\
	  "IPv6 headers too long to look behind, in a packet of a neighbour")	\
	X(ACCESS_TO_HOST_MAC, "access-to-host-mac",			\
	  "an access port writes to the host MAC, which is for the fabric") \
	X(STANDBY, "standby",						\
	  "for the vMAC, while the gateway is down or in standby")	\
	X(FABRIC_TO_VMAC, "fabric-to-vmac",				\
	  "for the vMAC, but from the fabric")				\
	X(FABRIC_FROM_VMAC, "fabric-from-vmac",				\
	  "the fabric uses the vMAC as its own address")		\
	X(FABRIC_CLAIM, "fabric-claim",					\
	  "the fabric claims an address of the gateway or of this host") \
	X(OWN_HOST_MAC, "own-host-mac",					\
	  "the fabric uses the host MAC of this host")			\
	X(BAD_BEACON, "bad-beacon",					\
	  "a beacon from the fabric that is cut short or not a host's")	\
	X(TOO_MANY_BEACONS, "too-many-beacons",				\
	  "a beacon from the fabric, beyond the number or rate of hosts") \
	X(NOT_FOR_HOST, "not-for-host",					\
	  "for the host MAC, but neither an answer nor for the host-address") \
	X(FOREIGN_QUESTION, "foreign-question",				\
	  "a question from the fabric that no VM may see")		\
	X(FABRIC_UNTRANSLATABLE, "fabric-untranslatable",		\
	  "from an anygw host to a VM, of a kind that cannot be translated") \
	X(BETWEEN_HOSTS, "between-hosts",				\
	  "for another anygw host, which no VM may see")		\
	X(ANNOUNCEMENT, "announcement",					\
	  "the gateway's announcement, answer or report, kept off the fabric") \
	X(PROBED, "probed",						\
	  "the gateway asks the fabric for an address that a machine probes for") \
	X(UNTRANSLATABLE, "untranslatable",				\
	  "of the gateway, of a kind that cannot be translated")	\
	X(HOST_CLAIM, "host-claim",					\
	  "the host itself speaks for the gateway through the bridge")	\
	X(REDIRECT, "redirect",						\
	  "an ICMP redirect, which this gateway never sends")		\
	X(NOT_ACTIVE, "not-active",					\
	  "sent by a gateway that is not active, or not any more")		\
	X(FDB_LOST, "fdb-lost",						\
	  "the bridge had lost the host MAC's entry, which is mended now") \
	X(NO_MEMORY, "no-memory", "no memory to change the frame")

enum anygw_reason {
#define ANYGW_REASON_ENUM(name, text, sentence)	ANYGW_REASON_##name,
	ANYGW_REASONS(ANYGW_REASON_ENUM)
#undef ANYGW_REASON_ENUM
	ANYGW_REASON_MAX
};

/**
 * anygw_reason_name() - the name of a reason as counters and traces show it
 * @reason: one of the reasons, less than ANYGW_REASON_MAX
 */
const char *anygw_reason_name(enum anygw_reason reason);

#endif
