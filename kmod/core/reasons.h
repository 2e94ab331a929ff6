/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ANYGW_REASONS(X) expands X(NAME, text, sentence) for each drop reason. The
 * enum, the counter names, the tracepoints and the manual page come from it.
 */
#ifndef ANYGW_CORE_REASONS_H
#define ANYGW_CORE_REASONS_H

#define ANYGW_REASONS(X)						\
	X(NONE, "none", "not dropped")					\
	X(MALFORMED, "malformed",					\
	  "ARP or neighbour discovery that receivers must discard, or too many tags")	\
	X(SPOOFED_VMAC, "spoofed-vmac",					\
	  "an access port uses the vMAC as its own address")		\
	X(SPOOFED_HOST_MAC, "spoofed-host-mac",				\
	  "an access port uses the address of an anygw host")		\
	X(CLAIMED_ADDRESS, "claimed-address",				\
	  "an access port claims an address of the gateway")		\
	X(CONTESTED, "contested",					\
	  "claims an address that another machine has, until that is decided") \
	X(ROGUE_ROUTER, "rogue-router",					\
	  "an access port sends router advertisements or redirects, of IPv4 or IPv6")	\
	X(BEACON, "beacon",						\
	  "an access port sends the beacon of an anygw host")		\
	X(EXTHDR_TRUNCATED, "exthdr-truncated",				\
	  "an IPv6 header chain too long to parse, in a packet of a neighbour")	\
	X(ACCESS_TO_HOST_MAC, "access-to-host-mac",			\
	  "an access port sends to the host MAC, which is for the fabric") \
	X(STANDBY, "standby",						\
	  "to the vMAC, while the gateway is down or in standby")	\
	X(FABRIC_TO_VMAC, "fabric-to-vmac",				\
	  "to the vMAC, from the fabric")				\
	X(FABRIC_FROM_VMAC, "fabric-from-vmac",				\
	  "the fabric uses the vMAC as its own address")		\
	X(FABRIC_CLAIM, "fabric-claim",					\
	  "the fabric claims an address of the gateway or of this host") \
	X(OWN_HOST_MAC, "own-host-mac",					\
	  "the fabric uses the host MAC of this host")			\
	X(BAD_BEACON, "bad-beacon",					\
	  "a beacon from the fabric that is truncated or not a host's")	\
	X(TOO_MANY_BEACONS, "too-many-beacons",				\
	  "a beacon from the fabric, beyond the limit of hosts or rate") \
	X(NOT_FOR_HOST, "not-for-host",					\
	  "to the host MAC, but neither a reply nor to the host-address") \
	X(FOREIGN_REQUEST, "foreign-request",				\
	  "a request from the fabric that VMs must not see")		\
	X(FABRIC_UNTRANSLATABLE, "fabric-untranslatable",		\
	  "from an anygw host to a VM, of a kind that cannot be translated") \
	X(BETWEEN_HOSTS, "between-hosts",				\
	  "to another anygw host, which VMs must not see")		\
	X(ANNOUNCEMENT, "announcement",					\
	  "the gateway's announcement, reply or report, kept off the fabric") \
	X(PROBED, "probed",						\
	  "the gateway's ARP request for an address that is being probed for") \
	X(UNTRANSLATABLE, "untranslatable",				\
	  "from the gateway, of a kind that cannot be translated")	\
	X(HOST_CLAIM, "host-claim",					\
	  "the host itself claims to be the gateway through the bridge")	\
	X(REDIRECT, "redirect",						\
	  "an ICMP redirect, which this gateway never sends")		\
	X(NOT_ACTIVE, "not-active",					\
	  "sent by a gateway that is not active, or no longer")		\
	X(FDB_LOST, "fdb-lost",						\
	  "the bridge had lost the host MAC's FDB entry, now restored") \
	X(NO_MEMORY, "no-memory", "no memory to rewrite the frame")

enum anygw_reason {
#define ANYGW_REASON_ENUM(name, text, sentence)	ANYGW_REASON_##name,
	ANYGW_REASONS(ANYGW_REASON_ENUM)
#undef ANYGW_REASON_ENUM
	ANYGW_REASON_MAX
};

const char *anygw_reason_name(enum anygw_reason reason);

#endif
