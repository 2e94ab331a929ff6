/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's own state.
 *
 * Everything is written under RTNL and read under RCU, unless the field says
 * otherwise. What the datapath needs to judge a frame is a copy of its own,
 * immutable once published: struct anygw_segment.
 */
#ifndef ANYGW_H
#define ANYGW_H

#include <linux/etherdevice.h>
#include <linux/hash.h>
#include <linux/if_bridge.h>
#include <linux/in6.h>
#include <linux/netfilter.h>
#include <linux/netdevice.h>
#include <linux/rbtree.h>
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include <linux/u64_stats_sync.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>
#include <linux/anygw.h>

#include "core/beacon.h"
#include "core/learn.h"
#include "core/segment.h"
#include "stats.h"

#define ANYGW_MACHINE_ID_LEN	16

/* How many different senders' addresses a port notes at once. */
#define ANYGW_PORT_NOTES	4

/* A note is good for so long, and so exact are the ages of endpoints. */
#define ANYGW_NOTE_LIFETIME		(8 * HZ)

/* Of so many addresses that machines probe for a VLAN knows. */
#define ANYGW_PROBES		16

struct anygw_vlan;
struct anygw_query_table;
struct anygw_flows;
struct anygw_vcache;

/**
 * struct anygw_host - this host's identity in one network namespace
 * @mac: the host MAC, zero until it is needed or decided
 * @source: where it comes from
 * @machine_id: the machine id handed over
 * @has_machine_id: whether one was
 * @beacon: whether to tell other hosts the settings
 * @next_warning: no warning of another one with this MAC before this time in
 *	jiffies
 */
struct anygw_host {
	u8 mac[ETH_ALEN];
	enum anygw_mac_source source;
	u8 machine_id[ANYGW_MACHINE_ID_LEN];
	bool has_machine_id;
	bool beacon;
	unsigned long next_warning;
};

/**
 * struct anygw_endpoints - the virtual machines of one namespace
 * @table: by bridge, VLAN and MAC
 * @bindings: their addresses, by bridge, VLAN and address
 * @list: the same as @table in the order they came, for walking through
 * @next_id: the next one's number in @list
 * @lock: guards all of an endpoint but when it was last heard, and the counts
 * @due: endpoints with something to be said
 * @later: those whose time to say it has not come yet
 * @count: endpoints in @table
 * @next_scan: when to look for what is to be refreshed or forgotten, jiffies
 * @work: sends, refreshes, asks and forgets
 */
struct anygw_endpoints {
	struct rhashtable table;
	struct rhashtable bindings;
	struct xarray list;
	u32 next_id;
	spinlock_t lock;
	struct list_head due;
	struct list_head later;
	unsigned int count;
	unsigned long next_scan;
	struct delayed_work work;
};

/**
 * struct anygw_peers - other anygw hosts heard in one namespace
 * @lock: guards the rest, but @work_pending and @work, and when VLANs have beacons
 * @tree: of struct peer, see peer.c
 * @count: peers in @tree
 * @generation: moves on with every change, for consistent dumps
 * @last_run: when the worker ran last, jiffies
 * @work_pending: bit 0 while the worker is asked for
 * @work: sends beacons, looks after the peers and tells of them
 */
struct anygw_peers {
	spinlock_t lock;
	struct rb_root tree;
	unsigned int count;
	unsigned int generation;
	unsigned long last_run;
	unsigned long work_pending;
	struct delayed_work work;
};

#define ANYGW_FAILED_NH_BITS	6

/**
 * struct anygw_failed_nhs - routers that traffic falls back from
 * @lock: guards the rest, for writers
 * @bucket: of struct failed_nh, see route.c; read under RCU
 * @list: all of them
 * @count: entries in @list
 * @work: asks whether they answer again
 */
struct anygw_failed_nhs {
	spinlock_t lock;
	struct hlist_head bucket[1 << ANYGW_FAILED_NH_BITS];
	struct list_head list;
	unsigned int count;
	struct delayed_work work;
};

#define ANYGW_ADDR_CHANGED		XA_MARK_0

/* Where frames enter the bridge, and where they leave it. */
#define ANYGW_HOOKS		4

/* The ports of most hosts are found in one step. */
#define ANYGW_PORT_CACHE	256

/**
 * struct anygw_net - the module in one network namespace
 * @net: the namespace
 * @host: identity
 * @bridges: struct anygw_bridge by interface index, those with gateways
 * @ports: struct anygw_port by interface index, every bridge port
 * @port_cache: some of @ports, by the low bits of the interface index
 * @port_confs: what was configured for ports, by interface index
 * @gateways: struct anygw_gateway by interface index; marked
 *	ANYGW_ADDR_CHANGED are those whose IPv6 addresses have changed
 * @n_gateways: number of them
 * @generation: moves on with every change, for consistent dumps
 * @hooks: the bridge hooks
 * @hooked: whether they are registered
 * @cache_gen: moves on when what was found of frames may not hold any more
 * @queries: who waits for a virtual machine's answer, from the first gateway on
 * @vcache: what was found of frames, likewise
 * @flows: ways that were found for packets, likewise
 * @endpoints: the virtual machines
 * @failed_nhs: what keeps traffic from being routed here
 * @peers: other hosts
 * @repair_pending: some VLAN is to be looked at by @repair; set by the datapath
 * @repair: puts back what the bridge has lost, and takes over IPv6 addresses
 * @retired: vMACs of gateways that were deleted, see retired.h
 * @retire: forgets them
 */
struct anygw_net {
	struct net *net;
	struct anygw_host host;
	struct xarray bridges;
	struct xarray ports;
	struct anygw_port __rcu *port_cache[ANYGW_PORT_CACHE];
	struct xarray port_confs;
	struct xarray gateways;
	unsigned int n_gateways;
	unsigned int generation;
	struct nf_hook_ops hooks[ANYGW_HOOKS];
	bool hooked;
	atomic_t cache_gen;
	struct anygw_query_table *queries;
	struct anygw_vcache *vcache;
	struct anygw_flows *flows;
	struct anygw_endpoints endpoints;
	struct anygw_failed_nhs failed_nhs;
	struct anygw_peers peers;
	bool repair_pending;
	struct delayed_work repair;
	struct list_head retired;
	struct delayed_work retire;
};

/**
 * struct anygw_bridge - a bridge with at least one gateway
 * @dev: the bridge device
 * @vlans: struct anygw_vlan by VLAN id
 * @n_vlans: number of them
 * @vmac_bits: which values of anygw_vmac_bit() its gateways' MACs have, or had
 * @rcu: for freeing
 */
struct anygw_bridge {
	struct net_device *dev;
	struct xarray vlans;
	unsigned int n_vlans;
	u64 vmac_bits;
	struct rcu_head rcu;
};

/**
 * anygw_vmac_bit() - a short form of a MAC
 * @mac: the MAC
 *
 * So most frames are seen not to be from a gateway without looking it up.
 */
static inline u64 anygw_vmac_bit(const u8 *mac)
{
	return BIT_ULL(hash_64(ether_addr_to_u64(mac), 6));
}

/**
 * struct anygw_segment_rcu - a segment and what the module needs to free it
 * @rcu: for freeing
 * @beacon: what is told other hosts of it
 * @seg: what the datapath sees
 */
struct anygw_segment_rcu {
	struct rcu_head rcu;
	struct anygw_beacon beacon;
	struct anygw_segment seg;
};

/**
 * struct anygw_probe - a machine is about to take an address (RFC 5227)
 * @addr: the address, 0 for none
 * @at: when it was probed for last, jiffies
 *
 * Written and read without a lock: at worst one is missed.
 */
struct anygw_probe {
	__be32 addr;
	unsigned long at;
};

/**
 * struct anygw_vlan - a VLAN of a bridge with at least one gateway
 * @bridge: the bridge
 * @vid: VLAN id, 0 for a bridge without VLAN filtering
 * @gateways: its gateways
 * @segment: the published segment
 * @self_added: the bridge itself was made a member of the VLAN for us
 * @fdb_mac: the host MAC the bridge has a permanent entry for, or zero
 * @fdb_check: the bridge seems to have lost something; set by the datapath
 * @repair_backoff: nothing is suspected before this time in jiffies
 * @republish: publishing failed for lack of memory and is to be tried again
 * @endpoint_max: how many endpoints are remembered
 * @n_endpoints: how many are, under the endpoints' lock
 * @n_bindings: how many addresses they have, under the same lock
 * @dead: no gateway is left and no endpoint comes, under the same lock
 * @beacon_next: when the next beacon is due, jiffies; under the peers' lock,
 *	as are the other times of beacons
 * @beacon_last: when the last one was sent
 * @beacon_window: beginning of the second that @beacon_rx counts in
 * @beacon_rx: beacons of others in it
 * @queries: who waits for the answer of a VM in it; this and the two below under
 *	the lock of struct anygw_query_table
 * @n_queries: number of them
 * @queries_closed: nobody waits any more
 * @probes: addresses that machines probe for, by their hash
 * @rcu: for freeing
 */
struct anygw_vlan {
	struct anygw_bridge *bridge;
	u16 vid;
	struct list_head gateways;
	struct anygw_segment_rcu __rcu *segment;
	bool self_added;
	u8 fdb_mac[ETH_ALEN];
	bool fdb_check;
	unsigned long repair_backoff;
	bool republish;
	unsigned int endpoint_max;
	unsigned int n_endpoints;
	unsigned int n_bindings;
	bool dead;
	unsigned long beacon_next;
	unsigned long beacon_last;
	unsigned long beacon_window;
	unsigned int beacon_rx;
	struct list_head queries;
	unsigned int n_queries;
	bool queries_closed;
	struct anygw_probe probes[ANYGW_PROBES];
	struct rcu_head rcu;
};

/**
 * struct anygw_port - a bridge port
 * @dev: the port's device
 * @br_dev: the bridge it belongs to
 * @bridge: the same as an object, while it has gateways
 * @role: the role in force
 * @configured: the role asked for
 * @endpoint_max: how many virtual machines are remembered behind it
 * @n_endpoints: how many are, under the endpoints' lock: those that have
 *	left it and may come back are among them
 * @n_bindings: how many addresses they have, under the same lock
 * @n_conflicts: addresses contested from here, under the same lock
 * @endpoints: those endpoints, under the same lock
 * @conflicts: those claims, likewise
 * @dead: no bridge port any more, under the same lock
 * @cache_gen: moves on when what was found of frames from it may not hold any
 *	more; written under the same lock
 * @up: it has a carrier, as it was last seen; under RTNL
 * @ep_note: which machine was last noted as alive, and when
 * @binding_note: which machines were last noted as users of their addresses
 * @fabric_note: which machine was last noted as heard by the fabric
 * @stats: counters
 * @rcu: for freeing
 */
struct anygw_port {
	struct net_device *dev;
	struct net_device *br_dev;
	struct anygw_bridge __rcu *bridge;
	enum anygw_port_role role;
	enum anygw_port_role configured;
	unsigned int endpoint_max;
	unsigned int n_endpoints;
	unsigned int n_bindings;
	unsigned int n_conflicts;
	struct list_head endpoints;
	struct list_head conflicts;
	bool dead;
	u32 cache_gen;
	bool up;
	u64 ep_note;
	u64 binding_note[ANYGW_PORT_NOTES];
	u64 fabric_note;
	struct anygw_counters __percpu *stats;
	struct rcu_head rcu;
};

/**
 * struct anygw_gateway - a gateway, the private part of its device
 * @dev: the device
 * @br_dev: the bridge, as long as the two are linked
 * @vlan: where it stands; NULL once it is being deleted
 * @list: entry in the VLAN's gateways
 * @conf: its configuration; the datapath reads @mode, @fallback and @fastpath
 * @vlan_mismatch: the bridge has begun or ceased to filter VLANs since
 * @dying: being deleted, nothing is sent any more
 * @announced: has come up, and the machines of its VLAN were told
 * @in6_dev: what IPv6 has of the device, held; NULL without
 * @n_failed: routers that its traffic falls back from, under the lock of
 *	struct anygw_failed_nhs
 * @bridge_mtu: MTU of the bridge when it was last followed
 * @next_conflict_event: no conflict event before this time in jiffies
 * @stats: counters
 */
struct anygw_gateway {
	struct net_device *dev;
	struct net_device *br_dev;
	struct anygw_vlan __rcu *vlan;
	struct list_head list;
	struct anygw_gateway_conf conf;
	bool vlan_mismatch;
	bool dying;
	bool announced;
	struct inet6_dev *in6_dev;
	unsigned int n_failed;
	unsigned int bridge_mtu;
	unsigned long next_conflict_event;
	struct anygw_counters __percpu *stats;
};

/**
 * struct anygw_retired - the vMAC of a gateway that was deleted, see retired.c
 * @list: entry in the namespace's list
 * @bridge: interface index of its bridge
 * @vmac: its MAC
 * @until: when to forget it, jiffies
 * @rcu: for freeing
 */
struct anygw_retired {
	struct list_head list;
	int bridge;
	u8 vmac[ETH_ALEN];
	unsigned long until;
	struct rcu_head rcu;
};

/* It is behind its port, or was and may come back. */
#define ANYGW_EP_PRESENT		0x01
/* Forgotten, about to be freed. */
#define ANYGW_EP_DEAD		0x02
/* News: an address has come or gone, or come from another machine. */
#define ANYGW_EP_CHANGED	0x04
#define ANYGW_EP_ADDR_MOVED		0x08
/* News: its MAC was heard behind two ports within a second. */
#define ANYGW_EP_MAC_FLAP		0x10

/**
 * struct anygw_ep_key - the key of an endpoint
 * @bridge: interface index of the bridge
 * @vid: VLAN id
 * @mac: its MAC
 */
struct anygw_ep_key {
	int bridge;
	u16 vid;
	u8 mac[ETH_ALEN];
};

/**
 * struct anygw_binding_key - the key of an address
 * @addr: the address, an IPv4 one as ::ffff:a.b.c.d
 * @bridge: interface index of the bridge
 * @vid: VLAN id
 */
struct anygw_binding_key {
	struct in6_addr addr;
	int bridge;
	u32 vid;
};

/**
 * struct anygw_endpoint - a virtual machine
 * @node: in the table
 * @key: where it is, and its MAC
 * @port: interface index of the port it is behind, or was; 0 once that is
 *	none any more
 * @vlan: its VLAN, for as long as it is not dead
 * @bindings: its addresses
 * @on_port: entry in @port's endpoints
 * @due: entry in what is to be said, until it is dead
 * @rcu: for freeing
 * @seen: last frame of its own accord, jiffies; without the lock
 * @beacon_rx: last frame that left by the fabric, jiffies; counts only if
 *	@was_heard; both without the lock
 * @told: when it was last told of its gateways; this and all times below in
 *	the low half of jiffies
 * @called: when it was last announced to the fabric
 * @reported: when the listeners last heard of it
 * @told_port: the port the listeners know it behind, 0 if they do not
 * @left_port: the port it was behind before
 * @left_at: when it left that
 * @id: its number in the list
 * @told_hash: an address it need not be told, anygw_announce_hash(), or 0
 * @say: ANYGW_SAY_*
 * @flags: ANYGW_EP_*
 * @n_bindings: number of @bindings
 * @was_heard: whether the fabric has heard it at all; without the lock
 * @was_spread: it was a broadcast, which the whole fabric hears; the same
 *
 * Under the lock of struct anygw_endpoints, unless it says otherwise. Those
 * that hold one under RCU look for ANYGW_EP_DEAD under the lock first.
 */
struct anygw_endpoint {
	struct rhash_head node;
	struct anygw_ep_key key;
	int port;
	struct anygw_vlan *vlan;
	struct hlist_head bindings;
	struct list_head on_port;
	union {
		struct list_head due;
		struct rcu_head rcu;
	};
	unsigned long last_rx;
	unsigned long last_fabric;
	u32 last_announced;
	u32 last_gratuitous;
	u32 last_notified;
	int notified_port;
	int prev_port;
	u32 moved_at;
	u32 id;
	u32 skip_hash;
	u8 pending;
	u8 flags;
	u8 n_bindings;
	bool on_fabric;
	bool was_broadcast;
};

/**
 * struct anygw_addr_conflict - an address that a second machine claims
 * @port: interface index of the port it was claimed on, 0 once that is none
 *	any more
 * @on_port: entry in that port's claims
 * @until: when it is decided, in the low half of jiffies; from @asked on
 * @rival: MAC of the second machine
 * @asked: the owner was asked
 * @owner_said: the owner has spoken up since
 * @rival_said: the claim was said, not only made use of
 */
struct anygw_addr_conflict {
	int port;
	struct list_head on_port;
	u32 deadline;
	u8 contender[ETH_ALEN];
	bool solicited;
	bool owner_replied;
	bool contender_claimed;
};

/**
 * struct anygw_binding - an address of an endpoint
 * @node: in the table
 * @key: where, and which
 * @ep: whose, NULL once it is dropped; changed under the lock, read under RCU
 * @list: entry in its endpoint's list, until it is dropped
 * @rcu: for freeing
 * @seen: when it was last used or said, jiffies; without the lock
 * @confirmed: when the machine last said that it has it, in the low half of
 *	jiffies; counts only if @was_confirmed; both without the lock
 * @ask_at: when to ask next, in the low half of jiffies
 * @claim: a second machine claims it
 * @queries: how often the quiet owner was asked, and one more; 0 while it is not
 * @was_confirmed: whether the machine said so at all
 */
struct anygw_binding {
	struct rhash_head node;
	struct anygw_binding_key key;
	struct anygw_endpoint *ep;
	union {
		struct hlist_node list;
		struct rcu_head rcu;
	};
	unsigned long last_rx;
	u32 confirmed;
	u32 next_solicit;
	struct anygw_addr_conflict *conflict;
	u8 solicits;
	bool was_confirmed;
};

/* Made-up machines shall cost little: both fit their slabs exactly. */
static_assert(sizeof(struct anygw_endpoint) <= 128);
static_assert(sizeof(struct anygw_binding) <= 96);

/**
 * struct anygw_peer_key - another host in a VLAN of this one
 * @bridge: interface index of the bridge
 * @vid: VLAN id
 * @mac: its host MAC
 *
 * There is no room between the fields.
 */
struct anygw_peer_key {
	int bridge;
	u16 vid;
	u8 mac[ETH_ALEN];
};

/**
 * struct anygw_peer - what is shown of another host
 * @key: who and where
 * @port: interface index of the port it was last heard on
 * @gateway: interface index of the gateway it was compared with
 * @differs: enum anygw_differs
 * @age: seconds since it was last heard
 */
struct anygw_peer {
	struct anygw_peer_key key;
	int port;
	int gateway;
	u32 differs;
	u32 age;
};

extern unsigned int anygw_net_id;

/**
 * anygw_cache_invalidate() - what was found of frames may not hold any more
 * @an: the namespace
 * Context: any; after the change.
 */
static inline void anygw_cache_invalidate(struct anygw_net *an)
{
	/* Pairs with anygw_cache_gen(). */
	smp_mb__before_atomic();
	atomic_inc(&an->cache_gen);
}

/**
 * anygw_port_cache_invalidate() - what was found of frames from a port may not hold any
 *			more
 * @port: the port
 * Context: the endpoints' lock; after the change.
 */
static inline void anygw_port_cache_invalidate(struct anygw_port *port)
{
	/* Pairs with anygw_cache_gen(). */
	smp_store_release(&port->cache_gen, port->cache_gen + 1);
}

/**
 * anygw_config_changed() - the settings or the ports are others now
 * @an: the namespace
 * Context: RTNL; after the change.
 */
static inline void anygw_config_changed(struct anygw_net *an)
{
	an->generation++;
	anygw_cache_invalidate(an);
}

static inline struct anygw_net *anygw_net(const struct net *net)
{
	return net_generic(net, anygw_net_id);
}

/* As netif_is_vxlan() and its like, by the kind. */
static inline bool netif_is_anygw(const struct net_device *dev)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, "anygw");
}

/**
 * anygw_port_lookup() - the port of a device
 * @an: the namespace
 * @dev: the device, may be NULL
 * Context: RCU read side, or RTNL.
 */
static inline struct anygw_port *anygw_port_lookup(struct anygw_net *an,
						const struct net_device *dev)
{
	struct anygw_port *port;

	if (!dev)
		return NULL;
	port = rcu_dereference_rtnl(an->port_cache[dev->ifindex %
						   ANYGW_PORT_CACHE]);
	return port && port->dev == dev ? port :
	       xa_load(&an->ports, dev->ifindex);
}

/**
 * anygw_gateway_lookup() - the gateway with an interface index
 * @an: the namespace
 * @ifindex: interface index
 * Context: RCU read side, or RTNL.
 */
static inline struct anygw_gateway *anygw_gateway_lookup(struct anygw_net *an,
						      int ifindex)
{
	return xa_load(&an->gateways, ifindex);
}

/**
 * anygw_segment_lookup() - the published segment of a VLAN
 * @bridge: the bridge
 * @vid: VLAN id
 * Context: RCU read side.
 */
static inline const struct anygw_segment *
anygw_segment_lookup(struct anygw_bridge *bridge, u16 vid)
{
	struct anygw_vlan *vlan = xa_load(&bridge->vlans, vid);
	struct anygw_segment_rcu *pub;

	pub = vlan ? rcu_dereference(vlan->segment) : NULL;
	return pub ? &pub->seg : NULL;
}

/**
 * anygw_gateway_state() - the mode in force
 * @gw: the gateway
 */
enum anygw_mode anygw_gateway_state(const struct anygw_gateway *gw);

/**
 * anygw_retired_lookup() - a gateway of a bridge that had a MAC until lately
 * @an: the namespace
 * @bridge: interface index of the bridge
 * @mac: the MAC
 * Context: RCU read side, or RTNL.
 */
struct anygw_retired *anygw_retired_lookup(struct anygw_net *an, int bridge,
					   const u8 *mac);

#endif
