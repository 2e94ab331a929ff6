/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/anygw.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_ANYGW_H
#define _UAPI_LINUX_ANYGW_H

#define ANYGW_FAMILY_NAME	"anygw"
#define ANYGW_FAMILY_VERSION	1

#define ANYGW_PORT_ENDPOINTS	1024
#define ANYGW_GATEWAY_ENDPOINTS	16384

/**
 * enum anygw_port_role - Role of a bridge port.
 * @ANYGW_PORT_ROLE_AUTO: by the type of the device: access for tun, tap, veth,
 *   macvtap, ipvtap and netkit, fabric for all others
 * @ANYGW_PORT_ROLE_ACCESS: faces virtual machines; they see the gateway
 *   instead of the host
 * @ANYGW_PORT_ROLE_FABRIC: faces the physical network or an overlay, which
 *   sees the host under its host MAC only
 */
enum anygw_port_role {
	ANYGW_PORT_ROLE_AUTO,
	ANYGW_PORT_ROLE_ACCESS,
	ANYGW_PORT_ROLE_FABRIC,
};

/**
 * enum anygw_mode - What a gateway does with frames for it.
 * @ANYGW_MODE_ACTIVE: replies, routes and announces
 * @ANYGW_MODE_STANDBY: neither replies nor routes, but keeps its vMAC off the
 *   fabric
 * @ANYGW_MODE_OBSERVE: changes no frame, and counts what it would have done
 */
enum anygw_mode {
	ANYGW_MODE_ACTIVE,
	ANYGW_MODE_STANDBY,
	ANYGW_MODE_OBSERVE,
};

/**
 * enum anygw_mac_source - Origin of the host MAC.
 * @ANYGW_MAC_SOURCE_NONE: not chosen yet, as no gateway was created
 * @ANYGW_MAC_SOURCE_RANDOM: as no machine id was set; another one at each load
 * @ANYGW_MAC_SOURCE_MACHINE_ID: derived from the machine id and the namespace
 * @ANYGW_MAC_SOURCE_CONFIGURED: set by the administrator
 */
enum anygw_mac_source {
	ANYGW_MAC_SOURCE_NONE,
	ANYGW_MAC_SOURCE_RANDOM,
	ANYGW_MAC_SOURCE_MACHINE_ID,
	ANYGW_MAC_SOURCE_CONFIGURED,
};

/**
 * enum anygw_trace_decision - What happens to a virtual machine's packet.
 * @ANYGW_TRACE_DECISION_ROUTE: captured, and forwarded by this host
 * @ANYGW_TRACE_DECISION_LOCAL: captured, and delivered to this host
 * @ANYGW_TRACE_DECISION_BRIDGE: bridged unchanged, to another station with the
 *   vMAC
 * @ANYGW_TRACE_DECISION_DROP: dropped by the gateway or by the network stack
 */
enum anygw_trace_decision {
	ANYGW_TRACE_DECISION_ROUTE,
	ANYGW_TRACE_DECISION_LOCAL,
	ANYGW_TRACE_DECISION_BRIDGE,
	ANYGW_TRACE_DECISION_DROP,
};

/**
 * enum anygw_trace_reason - Reason of the decision.
 * @ANYGW_TRACE_REASON_ROUTED: there is a route with a usable next hop
 * @ANYGW_TRACE_REASON_LOCAL: for an address of this host, or a broadcast
 * @ANYGW_TRACE_REASON_OBSERVE: the gateway is in mode observe
 * @ANYGW_TRACE_REASON_STANDBY: the gateway is in mode standby
 * @ANYGW_TRACE_REASON_DOWN: the gateway device is down
 * @ANYGW_TRACE_REASON_VLAN_MISMATCH: the bridge's VLAN filtering was switched
 * @ANYGW_TRACE_REASON_NO_ROUTE: no route matches, or only a throw route
 * @ANYGW_TRACE_REASON_UNREACHABLE: an unreachable route
 * @ANYGW_TRACE_REASON_NOT_FORWARDED: forwarding is disabled
 * @ANYGW_TRACE_REASON_NO_CARRIER: the device of the next hop has no carrier
 * @ANYGW_TRACE_REASON_NEIGHBOUR_FAILED: resolution of the next hop failed
 * @ANYGW_TRACE_REASON_BLACKHOLE: a blackhole route or rule
 * @ANYGW_TRACE_REASON_PROHIBIT: a prohibit route or rule
 * @ANYGW_TRACE_REASON_REFUSED: the network stack does not accept the packet
 *   from the device: reverse path filter, or an invalid source address
 * @ANYGW_TRACE_REASON_NO_PROTOCOL: the device has no IPv4 or IPv6
 */
enum anygw_trace_reason {
	ANYGW_TRACE_REASON_ROUTED,
	ANYGW_TRACE_REASON_LOCAL,
	ANYGW_TRACE_REASON_OBSERVE,
	ANYGW_TRACE_REASON_STANDBY,
	ANYGW_TRACE_REASON_DOWN,
	ANYGW_TRACE_REASON_VLAN_MISMATCH,
	ANYGW_TRACE_REASON_NO_ROUTE,
	ANYGW_TRACE_REASON_UNREACHABLE,
	ANYGW_TRACE_REASON_NOT_FORWARDED,
	ANYGW_TRACE_REASON_NO_CARRIER,
	ANYGW_TRACE_REASON_NEIGHBOUR_FAILED,
	ANYGW_TRACE_REASON_BLACKHOLE,
	ANYGW_TRACE_REASON_PROHIBIT,
	ANYGW_TRACE_REASON_REFUSED,
	ANYGW_TRACE_REASON_NO_PROTOCOL,
};

/**
 * enum anygw_slow_reason - Why a packet is routed by the network stack.
 * @ANYGW_SLOW_REASON_NONE: the packet takes the fast path
 * @ANYGW_SLOW_REASON_OFF: the fast path of the gateway is disabled
 * @ANYGW_SLOW_REASON_BRIDGE_CHAIN: a bridge chain of packets for the host
 * @ANYGW_SLOW_REASON_PREROUTING: a prerouting chain of its family
 * @ANYGW_SLOW_REASON_FORWARD: a forward chain of its family
 * @ANYGW_SLOW_REASON_XFRM: there are IPsec policies
 * @ANYGW_SLOW_REASON_PACKET_SOCKET: a packet socket on the gateway or bridge
 * @ANYGW_SLOW_REASON_TC: a clsact or ingress qdisc on the gateway or bridge
 * @ANYGW_SLOW_REASON_XDP: an XDP program on the gateway or bridge
 * @ANYGW_SLOW_REASON_QDISC: a queueing discipline on the gateway or bridge
 * @ANYGW_SLOW_REASON_NETDEV_CHAIN: a netdev chain on the gateway or bridge
 * @ANYGW_SLOW_REASON_UPPER: an upper device of the gateway
 * @ANYGW_SLOW_REASON_VRF: a VRF
 * @ANYGW_SLOW_REASON_PROXY_NDP: the host is an IPv6 ND proxy
 * @ANYGW_SLOW_REASON_RULES: policy rules match on more than addresses
 * @ANYGW_SLOW_REASON_MULTIPATH: the route has several next hops
 * @ANYGW_SLOW_REASON_REDIRECT: the egress device is the gateway itself
 * @ANYGW_SLOW_REASON_NEIGHBOUR: the next hop is not resolved, or has failed
 * @ANYGW_SLOW_REASON_ROUTE: an unusual route
 */
enum anygw_slow_reason {
	ANYGW_SLOW_REASON_NONE,
	ANYGW_SLOW_REASON_OFF,
	ANYGW_SLOW_REASON_BRIDGE_CHAIN,
	ANYGW_SLOW_REASON_PREROUTING,
	ANYGW_SLOW_REASON_FORWARD,
	ANYGW_SLOW_REASON_XFRM,
	ANYGW_SLOW_REASON_PACKET_SOCKET,
	ANYGW_SLOW_REASON_TC,
	ANYGW_SLOW_REASON_XDP,
	ANYGW_SLOW_REASON_QDISC,
	ANYGW_SLOW_REASON_NETDEV_CHAIN,
	ANYGW_SLOW_REASON_UPPER,
	ANYGW_SLOW_REASON_VRF,
	ANYGW_SLOW_REASON_PROXY_NDP,
	ANYGW_SLOW_REASON_RULES,
	ANYGW_SLOW_REASON_MULTIPATH,
	ANYGW_SLOW_REASON_REDIRECT,
	ANYGW_SLOW_REASON_NEIGHBOUR,
	ANYGW_SLOW_REASON_ROUTE,
};

/**
 * enum anygw_moved_by - Why an endpoint is believed to have come or left.
 * @ANYGW_MOVED_BY_UNICAST: came, with a unicast frame
 * @ANYGW_MOVED_BY_CLAIM: came, with ARP or neighbour discovery
 * @ANYGW_MOVED_BY_RARP: came, with RARP
 * @ANYGW_MOVED_BY_PORT_DOWN: left, as its port has no carrier or is gone
 * @ANYGW_MOVED_BY_NO_REPLY: left, seen on the fabric and silent at its port
 * @ANYGW_MOVED_BY_ANNOUNCEMENT: left, announced on the fabric, and has no
 *   address to probe
 */
enum anygw_moved_by {
	ANYGW_MOVED_BY_UNICAST,
	ANYGW_MOVED_BY_CLAIM,
	ANYGW_MOVED_BY_RARP,
	ANYGW_MOVED_BY_PORT_DOWN,
	ANYGW_MOVED_BY_NO_REPLY,
	ANYGW_MOVED_BY_ANNOUNCEMENT,
};

/**
 * enum anygw_endpoint_state - Whether an endpoint is behind its port.
 * @ANYGW_ENDPOINT_STATE_PRESENT: proved by one of its frames
 * @ANYGW_ENDPOINT_STATE_LEAVING: seen on the fabric, and probed at its port
 * @ANYGW_ENDPOINT_STATE_GONE: remembered with its addresses
 */
enum anygw_endpoint_state {
	ANYGW_ENDPOINT_STATE_PRESENT,
	ANYGW_ENDPOINT_STATE_LEAVING,
	ANYGW_ENDPOINT_STATE_GONE,
};

/**
 * enum anygw_differs - Settings that differ from those of another host.
 * @ANYGW_DIFFERS_VERSION: the beacon's version; nothing else is compared
 * @ANYGW_DIFFERS_MAC: the vMACs of the VLAN
 * @ANYGW_DIFFERS_ADDRESSES: the gateway addresses
 * @ANYGW_DIFFERS_COEXIST: coexistence with a router on the fabric
 * @ANYGW_DIFFERS_FALLBACK: fallback to that router
 * @ANYGW_DIFFERS_MTU: the MTU of the gateway device
 */
enum anygw_differs {
	ANYGW_DIFFERS_VERSION = 1,
	ANYGW_DIFFERS_MAC = 2,
	ANYGW_DIFFERS_ADDRESSES = 4,
	ANYGW_DIFFERS_COEXIST = 8,
	ANYGW_DIFFERS_FALLBACK = 16,
	ANYGW_DIFFERS_MTU = 32,
};

enum {
	ANYGW_A_HOST_MAC = 1,
	ANYGW_A_HOST_MAC_SOURCE,
	ANYGW_A_HOST_BEACON,
	ANYGW_A_HOST_MACHINE_ID,
	ANYGW_A_HOST_DRY_RUN,

	__ANYGW_A_HOST_MAX,
	ANYGW_A_HOST_MAX = (__ANYGW_A_HOST_MAX - 1)
};

enum {
	ANYGW_A_PORT_IFINDEX = 1,
	ANYGW_A_PORT_IFNAME,
	ANYGW_A_PORT_BRIDGE,
	ANYGW_A_PORT_BRIDGE_NAME,
	ANYGW_A_PORT_ROLE,
	ANYGW_A_PORT_CONFIGURED,
	ANYGW_A_PORT_STATS,
	ANYGW_A_PORT_DRY_RUN,
	ANYGW_A_PORT_ENDPOINT_MAX,
	ANYGW_A_PORT_PRESENT,
	ANYGW_A_PORT_SETTING,

	__ANYGW_A_PORT_MAX,
	ANYGW_A_PORT_MAX = (__ANYGW_A_PORT_MAX - 1)
};

enum {
	ANYGW_A_GATEWAY_IFINDEX = 1,
	ANYGW_A_GATEWAY_IFNAME,
	ANYGW_A_GATEWAY_BRIDGE,
	ANYGW_A_GATEWAY_BRIDGE_NAME,
	ANYGW_A_GATEWAY_VLAN,
	ANYGW_A_GATEWAY_MAC,
	ANYGW_A_GATEWAY_MODE,
	ANYGW_A_GATEWAY_STATE,
	ANYGW_A_GATEWAY_COEXIST,
	ANYGW_A_GATEWAY_FALLBACK,
	ANYGW_A_GATEWAY_FASTPATH,
	ANYGW_A_GATEWAY_HOST_ADDRESS4,
	ANYGW_A_GATEWAY_HOST_PREFIX4,
	ANYGW_A_GATEWAY_HOST_ADDRESS6,
	ANYGW_A_GATEWAY_HOST_PREFIX6,
	ANYGW_A_GATEWAY_STATS,
	ANYGW_A_GATEWAY_DRY_RUN,
	ANYGW_A_GATEWAY_ENDPOINT_MAX,

	__ANYGW_A_GATEWAY_MAX,
	ANYGW_A_GATEWAY_MAX = (__ANYGW_A_GATEWAY_MAX - 1)
};

enum {
	ANYGW_A_STATS_CAPTURED = 1,
	ANYGW_A_STATS_FASTPATH,
	ANYGW_A_STATS_FALLBACK,
	ANYGW_A_STATS_ANSWERED,
	ANYGW_A_STATS_ANNOUNCED,
	ANYGW_A_STATS_TRANSLATED,
	ANYGW_A_STATS_LEARNED,
	ANYGW_A_STATS_CONFLICTS,
	ANYGW_A_STATS_DROP,
	ANYGW_A_STATS_OVERLIMIT,

	__ANYGW_A_STATS_MAX,
	ANYGW_A_STATS_MAX = (__ANYGW_A_STATS_MAX - 1)
};

enum {
	ANYGW_A_DROP_REASON = 1,
	ANYGW_A_DROP_COUNT,

	__ANYGW_A_DROP_MAX,
	ANYGW_A_DROP_MAX = (__ANYGW_A_DROP_MAX - 1)
};

enum {
	ANYGW_A_CONFLICT_IFINDEX = 1,
	ANYGW_A_CONFLICT_IFNAME,
	ANYGW_A_CONFLICT_BRIDGE,
	ANYGW_A_CONFLICT_BRIDGE_NAME,
	ANYGW_A_CONFLICT_VLAN,
	ANYGW_A_CONFLICT_MAC,
	ANYGW_A_CONFLICT_PORT,
	ANYGW_A_CONFLICT_PORT_NAME,
	ANYGW_A_CONFLICT_REASON,
	ANYGW_A_CONFLICT_ADDRESS,
	ANYGW_A_CONFLICT_OWNER,

	__ANYGW_A_CONFLICT_MAX,
	ANYGW_A_CONFLICT_MAX = (__ANYGW_A_CONFLICT_MAX - 1)
};

enum {
	ANYGW_A_ENDPOINT_IFINDEX = 1,
	ANYGW_A_ENDPOINT_IFNAME,
	ANYGW_A_ENDPOINT_BRIDGE,
	ANYGW_A_ENDPOINT_BRIDGE_NAME,
	ANYGW_A_ENDPOINT_VLAN,
	ANYGW_A_ENDPOINT_MAC,
	ANYGW_A_ENDPOINT_ADDRESS,
	ANYGW_A_ENDPOINT_PORT,
	ANYGW_A_ENDPOINT_PORT_NAME,
	ANYGW_A_ENDPOINT_AGE,
	ANYGW_A_ENDPOINT_STATE,
	ANYGW_A_ENDPOINT_MOVED_BY,
	ANYGW_A_ENDPOINT_MOVED,
	ANYGW_A_ENDPOINT_CONTESTED,

	__ANYGW_A_ENDPOINT_MAX,
	ANYGW_A_ENDPOINT_MAX = (__ANYGW_A_ENDPOINT_MAX - 1)
};

enum {
	ANYGW_A_TRACE_IFINDEX = 1,
	ANYGW_A_TRACE_IFNAME,
	ANYGW_A_TRACE_SOURCE4,
	ANYGW_A_TRACE_DESTINATION4,
	ANYGW_A_TRACE_SOURCE6,
	ANYGW_A_TRACE_DESTINATION6,
	ANYGW_A_TRACE_STATE,
	ANYGW_A_TRACE_DECISION,
	ANYGW_A_TRACE_REASON,
	ANYGW_A_TRACE_ACTIVE_DECISION,
	ANYGW_A_TRACE_ACTIVE_REASON,
	ANYGW_A_TRACE_EXIT,
	ANYGW_A_TRACE_NEXTHOP4,
	ANYGW_A_TRACE_NEXTHOP6,
	ANYGW_A_TRACE_NEIGHBOUR_STATE,
	ANYGW_A_TRACE_NEIGHBOUR_MAC,
	ANYGW_A_TRACE_SLOW_REASON,

	__ANYGW_A_TRACE_MAX,
	ANYGW_A_TRACE_MAX = (__ANYGW_A_TRACE_MAX - 1)
};

enum {
	ANYGW_A_PEER_MAC = 1,
	ANYGW_A_PEER_BRIDGE,
	ANYGW_A_PEER_BRIDGE_NAME,
	ANYGW_A_PEER_VLAN,
	ANYGW_A_PEER_IFINDEX,
	ANYGW_A_PEER_IFNAME,
	ANYGW_A_PEER_PORT,
	ANYGW_A_PEER_PORT_NAME,
	ANYGW_A_PEER_DIFFERS,
	ANYGW_A_PEER_AGE,

	__ANYGW_A_PEER_MAX,
	ANYGW_A_PEER_MAX = (__ANYGW_A_PEER_MAX - 1)
};

enum {
	ANYGW_CMD_HOST_GET = 1,
	ANYGW_CMD_HOST_SET,
	ANYGW_CMD_PORT_GET,
	ANYGW_CMD_PORT_SET,
	ANYGW_CMD_GATEWAY_GET,
	ANYGW_CMD_GATEWAY_NEW,
	ANYGW_CMD_GATEWAY_SET,
	ANYGW_CMD_GATEWAY_DEL,
	ANYGW_CMD_GATEWAY_NEW_NTF,
	ANYGW_CMD_GATEWAY_DEL_NTF,
	ANYGW_CMD_GATEWAY_CHANGE_NTF,
	ANYGW_CMD_PORT_CHANGE_NTF,
	ANYGW_CMD_CONFLICT_NTF,
	ANYGW_CMD_ENDPOINT_GET,
	ANYGW_CMD_ENDPOINT_FLUSH,
	ANYGW_CMD_ENDPOINT_NEW_NTF,
	ANYGW_CMD_ENDPOINT_MOVE_NTF,
	ANYGW_CMD_ENDPOINT_GONE_NTF,
	ANYGW_CMD_ENDPOINT_CHANGE_NTF,
	ANYGW_CMD_TRACE,
	ANYGW_CMD_PEER_GET,
	ANYGW_CMD_PEER_NEW_NTF,
	ANYGW_CMD_PEER_GONE_NTF,
	ANYGW_CMD_PEER_DIFFERS_NTF,

	__ANYGW_CMD_MAX,
	ANYGW_CMD_MAX = (__ANYGW_CMD_MAX - 1)
};

#define ANYGW_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_ANYGW_H */
