/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The objects of the module. Unless a member says otherwise, it is written
 * under RTNL and read under RTNL or RCU. The datapath classifies frames by the
 * segment of their VLAN, which is immutable once published.
 */
#ifndef ANYGW_H
#define ANYGW_H

#include <linux/etherdevice.h>
#include <linux/hash.h>
#include <linux/if_bridge.h>
#include <linux/netfilter.h>
#include <linux/rbtree.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>
#include <linux/anygw.h>

#include "core/beacon.h"
#include "core/learn.h"
#include "core/segment.h"
#include "stats.h"

#define ANYGW_HOOKS		4	/* netfilter hooks of the bridge */
#define ANYGW_MACHINE_ID_LEN	16
#define ANYGW_PORT_CACHE	256	/* entries */
#define ANYGW_FAILED_NH_BITS	6
#define ANYGW_PROBES		16	/* address probes noted in each VLAN */
#define ANYGW_PORT_NOTES	4	/* binding notes of each port */
/* Lifetime of a port's notes, and so the resolution of endpoint ages. */
#define ANYGW_NOTE_LIFETIME	(8 * HZ)

/* The table of endpoints, a part of struct anygw_net. */
struct anygw_endpoints {
	struct rhashtable table;	/* struct anygw_endpoint by key */
	struct rhashtable bindings;	/* struct anygw_binding by key */
	struct xarray list;		/* endpoints in order of creation */
	u32 next_id;			/* in @list; under @lock */
	/*
	 * The ep lock. It guards what follows, all endpoints, bindings and
	 * address conflicts, and some members of VLANs and ports.
	 */
	spinlock_t lock;
	struct list_head due;		/* endpoints with pending actions */
	struct list_head later;		/* those that wait for an interval */
	unsigned int count;
	/* Used by @work alone; jiffies */
	unsigned long next_scan;
	unsigned long tokens_at;	/* @tokens were added */
	unsigned int tokens;		/* frames that the fabric may get now */
	struct delayed_work work;
};

/* The module in one network namespace. */
struct anygw_net {
	struct net *net;
	struct {
		u8 mac[ETH_ALEN];	/* zero until a gateway needs it */
		enum anygw_mac_source source;
		u8 machine_id[ANYGW_MACHINE_ID_LEN];
		bool has_machine_id;
		bool beacon;		/* send beacons */
		/* Next warning of a duplicate MAC, jiffies; no lock. */
		unsigned long next_warning;
	} host;

	/* By interface index; bridges only while they have gateways. */
	struct xarray bridges;
	struct xarray ports;
	struct list_head port_settings;	/* struct anygw_port_setting */
	unsigned int n_port_settings;
	struct xarray gateways;
/* Mark in @gateways, set in any context: the IPv6 addresses have changed. */
#define ANYGW_ADDR_CHANGED	XA_MARK_0
	/* Ports by the low bits of the interface index. */
	struct anygw_port __rcu *port_cache[ANYGW_PORT_CACHE];
	unsigned int n_gateways;
	unsigned int generation;	/* of the configuration, for dumps */

	struct nf_hook_ops hooks[ANYGW_HOOKS];
	bool hooked;			/* @hooks are registered */
	atomic_t cache_gen;		/* see anygw_cache_invalidate() */
	/* These three are allocated with the first gateway. */
	struct anygw_query_table *queries;
	struct anygw_vcache *vcache;
	struct anygw_flows *flows;

	struct anygw_endpoints endpoints;
	struct {
		spinlock_t lock;	/* of the rest, for writers */
		/* struct failed_nh; read under RCU. */
		struct hlist_head bucket[1 << ANYGW_FAILED_NH_BITS];
		struct list_head list;
		unsigned int count;
		struct delayed_work work;	/* probes the next hops */
	} failed_nhs;
	struct {
		/* Guards @tree to @generation and the beacon times of VLANs. */
		spinlock_t lock;
		struct rb_root tree;	/* of struct peer, by key */
		unsigned int count;
		unsigned int generation;	/* of @tree, for dumps */
		unsigned long last_run;	/* of @work, jiffies; no lock */
		unsigned long work_pending;	/* bit 0; atomic */
		struct delayed_work work;
	} peers;

	bool repair_pending;		/* atomic; some VLAN needs @repair */
	unsigned long next_check;	/* by @repair, jiffies */
	/* Bridge entries, IPv6 addresses, STP states; while @hooked. */
	struct delayed_work repair;
	struct list_head retired;	/* struct anygw_retired */
	struct delayed_work retire;	/* frees expired entries of @retired */
};

/* A bridge with at least one gateway. */
struct anygw_bridge {
	struct net_device *dev;
	struct xarray vlans;		/* struct anygw_vlan by VLAN id */
	unsigned int n_vlans;
	u64 vmac_bits;			/* anygw_vmac_bit(); never cleared */
	struct rcu_head rcu;
};

/* What is published of a VLAN; immutable. */
struct anygw_segment_rcu {
	struct rcu_head rcu;
	struct anygw_beacon beacon;
	struct anygw_segment seg;
};

/* An ARP probe (RFC 5227). No lock: at worst a probe is missed. */
struct anygw_probe {
	__be32 addr;			/* 0 in an unused slot */
	unsigned long at;		/* last probe, jiffies */
};

/* A VLAN of a bridge with at least one gateway. */
struct anygw_vlan {
	struct anygw_bridge *bridge;
	u16 vid;			/* 0 without VLAN filtering */
	struct list_head gateways;
	struct anygw_segment_rcu __rcu *segment;

	/* What the module has added to the bridge. */
	bool self_added;		/* the bridge as a member of the VLAN */
	u8 fdb_mac[ETH_ALEN];		/* the local FDB entry, or zero */
	bool fdb_check;			/* the datapath misses the FDB entry */
	unsigned long repair_backoff;	/* no repair before, jiffies */
	bool republish;			/* publishing has failed */

	unsigned int endpoint_max;
	/* Under the ep lock. */
	unsigned int n_endpoints;
	unsigned int n_bindings;
	bool dead;			/* takes no more endpoints */

	/* Under the peers' lock; all but @beacon_rx in jiffies. */
	unsigned long beacon_next;
	unsigned long beacon_last;
	unsigned long beacon_window;	/* start of the second of @beacon_rx */
	unsigned int beacon_rx;
	/* A listener report is due; no lock. */
	bool report_due;
	bool report_mld1;

	/* Under the lock of struct anygw_query_table. */
	struct list_head queries;
	unsigned int n_queries;
	bool queries_closed;

	struct anygw_probe probes[ANYGW_PROBES];	/* by hash */
	struct rcu_head rcu;
};

/* The private part of a gateway's netdev. */
struct anygw_gateway {
	struct net_device *dev;
	struct net_device *br_dev;	/* from creation on */
	struct anygw_vlan __rcu *vlan;	/* NULL once it is being deleted */
	struct list_head list;		/* entry in @vlan's gateways */
	/* The datapath reads @mode, @fallback and @fastpath in place. */
	struct anygw_gateway_conf conf;
	bool vlan_mismatch;		/* VLAN filtering was switched since */
	bool dying;			/* being deleted; does not transmit */
	bool announced;			/* to the endpoints of @vlan */
	struct inet6_dev *in6_dev;	/* held; NULL without IPv6 */
	unsigned int n_failed;		/* under the failed next hops' lock */
	unsigned int bridge_mtu;	/* last MTU taken from the bridge */
	unsigned long next_conflict_event;	/* jiffies; no lock */
	struct anygw_counters __percpu *stats;
};

/* The vMAC of a deleted gateway, see retired.h. */
struct anygw_retired {
	struct list_head list;
	int bridge;			/* interface index */
	u8 vmac[ETH_ALEN];
	unsigned long until;		/* jiffies */
	struct rcu_head rcu;
};

/* A bridge port, of any bridge. */
struct anygw_port {
	struct net_device *dev;
	struct net_device *br_dev;
	struct anygw_bridge __rcu *bridge;	/* NULL without gateways */
	enum anygw_port_role role;		/* in force */
	enum anygw_port_role configured;
	char setting[IFNAMSIZ];			/* that applies, or empty */
	unsigned int endpoint_max;
	bool up;			/* carrier at the last event */
	bool forwarding;		/* and STP state */

	/* Under the ep lock, as are all members up to @cache_gen. */
	unsigned int n_endpoints;	/* including those that have left */
	unsigned int n_bindings;
	unsigned int n_conflicts;
	struct list_head endpoints;
	struct list_head conflicts;	/* claimed from this port */
	bool dead;			/* no bridge port any more */
	u32 cache_gen;			/* see anygw_port_cache_invalidate() */

	/* anygw_port_note() of the last sender; no lock. */
	u64 ep_note;
	u64 binding_note[ANYGW_PORT_NOTES];
	u64 fabric_rx_note;		/* its frame left by a fabric port */
	struct anygw_counters __percpu *stats;
	struct rcu_head rcu;
};

struct anygw_ep_key {
	int bridge;			/* interface index */
	u16 vid;
	u8 mac[ETH_ALEN];
};

/*
 * A MAC behind an access port, of a virtual machine; under the ep lock. While
 * an address of a machine on the fabric is contested, that has one as well.
 */
struct anygw_endpoint {
	struct rhash_head node;
	struct anygw_ep_key key;
	int port;			/* interface index; 0 without a port */
	struct anygw_vlan *vlan;	/* valid until ANYGW_EP_DEAD */
	struct hlist_head bindings;
	struct list_head on_port;	/* entry in @port's endpoints */
	union {
		struct list_head due;	/* entry in @due or @later */
		struct rcu_head rcu;	/* once dead */
	};
	/* The low half of jiffies, all of them. */
	u32 last_rx;			/* unsolicited; no lock */
	u32 last_fabric;		/* if @on_fabric; no lock */
	u32 last_announced;		/* its gateways to the endpoint */
	u32 last_gratuitous;		/* the endpoint to the fabric */
	u32 last_claimed;		/* its addresses to the fabric */
	u32 last_notified;		/* netlink event */
	u32 probed_at;			/* whether it has left */
	u32 moved_at;			/* it came or left */
	int notified_port;		/* in the last event; 0 if none is known */
	int prev_port;
	u32 id;				/* in the list of endpoints */
	/* anygw_announce_hash() of what need not be announced to it, or 0. */
	u32 skip_hash;
	u16 flags;
#define ANYGW_EP_PRESENT	0x01	/* behind @port; else remembered */
#define ANYGW_EP_DEAD		0x02	/* to be freed after a grace period */
	/* Events to send */
#define ANYGW_EP_CHANGED	0x04	/* its bindings */
#define ANYGW_EP_ADDR_MOVED	0x08	/* it took over a binding */
#define ANYGW_EP_MAC_FLAP	0x10	/* on two ports within a second */
	/* The fabric has sent a frame from its MAC. */
#define ANYGW_EP_LEAVING	0x20	/* unless it is heard at @port */
#define ANYGW_EP_PROBED		0x40	/* there, at @probed_at */
#define ANYGW_EP_RETEACH	0x100	/* switches believe that frame */
	/* It is on the fabric, and one of its addresses is contested. */
#define ANYGW_EP_REMOTE		0x80
#define ANYGW_EP_OWNER		(ANYGW_EP_PRESENT | ANYGW_EP_REMOTE)
#define ANYGW_EP_DOUBT		(ANYGW_EP_LEAVING | ANYGW_EP_PROBED | \
				 ANYGW_EP_RETEACH)
	u8 pending;			/* ANYGW_EP_PENDING_* */
	u8 n_bindings;
	u8 moved_by;			/* enum anygw_moved_by */
	bool on_fabric;			/* the fabric has seen it; no lock */
	bool was_broadcast;		/* in a broadcast; no lock */
	bool last_proved;		/* the frame of @last_fabric; no lock */
};

/* An address of an endpoint that another one claims; under the ep lock. */
struct anygw_addr_conflict {
	int port;			/* contender's interface index, or 0 */
	struct list_head on_port;	/* entry in @port's conflicts */
	u32 solicited_at;		/* low jiffies, as @deadline */
	u32 deadline;
	u8 contender[ETH_ALEN];
	u8 solicits;			/* sent to the owner */
	bool owner_replied;
	bool contender_claimed;		/* it did not merely use the address */
};

struct anygw_binding_key {
	struct in6_addr addr;		/* IPv4 as ::ffff:a.b.c.d */
	int bridge;			/* interface index */
	u32 vid;
};

/* An address of an endpoint; under the ep lock. */
struct anygw_binding {
	struct rhash_head node;
	struct anygw_binding_key key;
	struct anygw_endpoint *ep;	/* the owner; NULL once removed */
	union {
		struct hlist_node list;	/* entry in @ep's bindings */
		struct rcu_head rcu;	/* once removed */
	};
	unsigned long last_rx;		/* jiffies; no lock */
	u32 confirmed;			/* low jiffies; no lock */
	u32 next_solicit;		/* low jiffies */
	struct anygw_addr_conflict *conflict;	/* or NULL */
	u8 solicits;			/* to a quiet owner, plus 1; or 0 */
	bool unheard;			/* the fabric has not heard the claim */
	bool was_confirmed;		/* @confirmed is valid; no lock */
};

/*
 * Before a reader under RCU modifies an endpoint or binding it takes the ep
 * lock and checks ANYGW_EP_DEAD, or the owner. Both types fill their slab
 * exactly, so that spoofed senders cost little memory.
 */
static_assert(sizeof(struct anygw_endpoint) <= 128);
static_assert(sizeof(struct anygw_binding) <= 96);

/* Compared as memory, so without padding. */
struct anygw_peer_key {
	int bridge;			/* interface index */
	u16 vid;
	u8 mac[ETH_ALEN];		/* the host MAC */
};

/* A snapshot of another anygw host, for netlink. */
struct anygw_peer {
	struct anygw_peer_key key;
	int port;			/* interface index, last beacon */
	int gateway;			/* interface index; compared with it */
	u32 differs;			/* enum anygw_differs */
	u32 age;			/* seconds since the last beacon */
};

extern unsigned int anygw_net_id;

static inline struct anygw_net *anygw_net(const struct net *net)
{
	return net_generic(net, anygw_net_id);
}

/* As netif_is_vxlan() and its like, by the kind. */
static inline bool netif_is_anygw(const struct net_device *dev)
{
	return dev->rtnl_link_ops && !strcmp(dev->rtnl_link_ops->kind, "anygw");
}

/*
 * Make cached verdicts and routes invalid, in any context, after the change
 * that they depend on.
 */
static inline void anygw_cache_invalidate(struct anygw_net *an)
{
	/* Pairs with anygw_cache_gen(). */
	smp_mb__before_atomic();
	atomic_inc(&an->cache_gen);
}

/* The same for frames from one port; under the ep lock. */
static inline void anygw_port_cache_invalidate(struct anygw_port *port)
{
	/* Pairs with anygw_cache_gen(). */
	smp_store_release(&port->cache_gen, port->cache_gen + 1);
}

/* To be called after a change of what dumps of gateways and ports show. */
static inline void anygw_config_changed(struct anygw_net *an)
{
	ASSERT_RTNL();
	an->generation++;
	anygw_cache_invalidate(an);
}

/* The lookups are for RTNL or the RCU read side. @dev may be NULL. */
static inline struct anygw_port *
anygw_port_lookup(struct anygw_net *an, const struct net_device *dev)
{
	struct anygw_port *port;

	if (!dev)
		return NULL;
	port = rcu_dereference_rtnl(an->port_cache[dev->ifindex %
						   ANYGW_PORT_CACHE]);
	return port && port->dev == dev ? port :
	       xa_load(&an->ports, dev->ifindex);
}

/* RCU read side only. */
static inline const struct anygw_segment *
anygw_segment_lookup(struct anygw_bridge *bridge, u16 vid)
{
	struct anygw_vlan *vlan = xa_load(&bridge->vlans, vid);
	struct anygw_segment_rcu *seg_rcu;

	seg_rcu = vlan ? rcu_dereference(vlan->segment) : NULL;
	return seg_rcu ? &seg_rcu->seg : NULL;
}

struct anygw_retired *anygw_retired_lookup(struct anygw_net *an, int bridge,
					   const u8 *mac);

/* The bit of a MAC in a bridge's filter of its gateways' vMACs. */
static inline u64 anygw_vmac_bit(const u8 *mac)
{
	return BIT_ULL(hash_64(ether_addr_to_u64(mac), 6));
}

/* Set the sentence of a refusal, a literal, and yield @err. */
#define anygw_refuse(extack, err, text) ({				\
	NL_SET_ERR_MSG(extack, text);					\
	(err);								\
})

/* The mode in force. */
enum anygw_mode anygw_gateway_state(const struct anygw_gateway *gw);

#endif
