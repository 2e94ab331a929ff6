/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was found of a frame's addresses holds for the next one, too. For a
 * second it is remembered that two machines merely talk to each other, or that
 * one of them has reached a gateway by all the rules of the bridge: a packet
 * of theirs then costs a comparison.
 *
 * Epochs count what could change that: the namespace's the settings, a port's
 * where the endpoints behind it are. What changes in the bridge is noticed
 * within the second.
 */
#ifndef ANYGW_KNOWN_H
#define ANYGW_KNOWN_H

#include <linux/hash.h>
#include <linux/if_vlan.h>
#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "anygw.h"
#include "core/classify.h"

/* So long the bridge is trusted to do the same again. */
#define ANYGW_KNOWN_LIFE	HZ

#define ANYGW_KNOWN_BITS	12

/**
 * struct anygw_pairing - the addresses of a frame, and where it comes in
 * @macs: its first eight octets
 * @rest: the four that follow
 * @tag: its VLAN tag as received, 0 without one
 * @in: the port
 */
struct anygw_pairing {
	u64 macs;
	u32 rest;
	u32 tag;
	const struct net_device *in;
};

/**
 * struct anygw_finding - what is to be done with the frames of a pairing
 * @act: ANYGW_PASS; ANYGW_MARK; or ANYGW_STEER: the bridge would hand it to
 *	the gateway
 * @id: number of this finding, unlike those of all others
 * @gw: the gateway; not of ANYGW_PASS
 */
struct anygw_finding {
	enum anygw_act act;
	u32 id;
	struct anygw_gateway *gw;
};

/**
 * struct anygw_known - a pairing that is remembered
 * @finding: which
 * @pairing: whose
 * @port: the port; there as long as @epoch is the namespace's, which moves on
 *	before a port is freed
 * @epoch: the namespace's epoch of the finding
 * @port_epoch: the port's
 * @since: when it was last found, jiffies; all else stays as it is
 * @rcu: for freeing
 */
struct anygw_known {
	struct anygw_finding finding;
	struct anygw_pairing pairing;
	const struct anygw_port *port;
	u32 epoch;
	u32 port_epoch;
	unsigned long since;
	struct rcu_head rcu;
};

/**
 * struct anygw_knowns - all that is remembered in one namespace
 * @lock: guards it, for writers
 * @last_id: number of the last finding
 * @known: by the hash of the pairing
 */
struct anygw_knowns {
	spinlock_t lock;
	u32 last_id;
	struct anygw_known __rcu *known[1 << ANYGW_KNOWN_BITS];
};

/**
 * anygw_known_epoch() - the epoch in which something is going to be found
 * @an: the namespace
 * @port: the port
 * Return: the sum of both epochs, which changes whenever one of them does
 * Context: to be asked before anything that is judged by is read.
 */
static inline u32 anygw_known_epoch(const struct anygw_net *an,
				    const struct anygw_port *port)
{
	/* Pairs with the barriers in anygw_net_moved() and _port_moved(). */
	return atomic_read_acquire(&an->epoch) + smp_load_acquire(&port->epoch);
}

/*
 * Whether no sum is still to be written into the first octets of a packet: a VM
 * says where, and could have it written over what was looked at.
 */
static inline bool anygw_known_sum_is_behind(const struct sk_buff *skb, int len)
{
	return skb->ip_summed != CHECKSUM_PARTIAL ||
	       skb_checksum_start_offset(skb) + skb->csum_offset >= len;
}

/* ICMP has messages that VMs may not send: only echoes are plain. */
static inline bool anygw_known_is_plain4(const struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	/* Of ICMP, type and code are looked at. */
	if (skb_headlen(skb) <= sizeof(*ip) ||
	    !anygw_known_sum_is_behind(skb, sizeof(*ip) + 2))
		return false;
	if (likely(ip->protocol != IPPROTO_ICMP))
		return true;
	return ip->ihl == sizeof(*ip) / 4 && !(ip->frag_off & htons(0x1fff)) &&
	       (*(const u8 *)(ip + 1) & ~ICMP_ECHO) == ICMP_ECHOREPLY;
}

/**
 * anygw_known_is_plain() - whether a frame's addresses say all about it
 * @skb: a frame in the hook for those that come in
 *
 * No message of ARP, ICMP but echoes, neighbour discovery or anygw itself is in
 * it, and none is hidden by extension headers.
 */
static inline bool anygw_known_is_plain(const struct sk_buff *skb)
{
	u8 proto;

	if (skb->protocol == htons(ETH_P_IP))
		return anygw_known_is_plain4(skb);
	if (skb->protocol != htons(ETH_P_IPV6) ||
	    skb_headlen(skb) < sizeof(struct ipv6hdr) ||
	    !anygw_known_sum_is_behind(skb, sizeof(struct ipv6hdr)))
		return false;
	proto = ((const struct ipv6hdr *)skb->data)->nexthdr;
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

/* A frame's VLAN tag, 0 without one. */
static __always_inline u32 anygw_known_tag(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) ?
	       (__force u32)skb->vlan_proto << 16 | skb->vlan_tci : 0;
}

static __always_inline void anygw_known_read(struct anygw_pairing *p,
				    const struct sk_buff *skb,
				    const struct net_device *in)
{
	const unsigned char *mac = skb_mac_header(skb);

	memcpy(&p->macs, mac, sizeof(p->macs));
	memcpy(&p->rest, mac + sizeof(p->macs), sizeof(p->rest));
	p->tag = anygw_known_tag(skb);
	p->in = in;
}

static inline void anygw_known_set_dst(struct anygw_pairing *p, const u8 *dst)
{
	memcpy(&p->macs, dst, ETH_ALEN);
}

static inline u32 anygw_known_slot(const struct anygw_pairing *p)
{
	return hash_64(p->macs ^ (u64)p->rest << 21 ^ p->tag,
		       ANYGW_KNOWN_BITS);
}

static inline bool anygw_known_same(const struct anygw_pairing *a,
				    const struct anygw_pairing *b)
{
	return a->macs == b->macs && a->rest == b->rest && a->tag == b->tag &&
	       a->in == b->in;
}

/**
 * anygw_known_find() - what is known of a frame
 * @an: the namespace, with gateways
 * @skb: a frame in the hook for those that come in
 * @in: the port
 * Return: NULL if that is nothing, or too old
 * Context: RCU read side.
 */
static __always_inline const struct anygw_finding *
anygw_known_find(const struct anygw_net *an, const struct sk_buff *skb,
		 const struct net_device *in)
{
	const struct anygw_known *k;
	struct anygw_pairing p;

	if (!anygw_known_is_plain(skb))
		return NULL;
	anygw_known_read(&p, skb, in);
	k = rcu_dereference(an->knowns->known[anygw_known_slot(&p)]);
	if (!k || !anygw_known_same(&k->pairing, &p) ||
	    k->epoch != atomic_read(&an->epoch) ||
	    k->port_epoch != READ_ONCE(k->port->epoch) ||
	    jiffies - READ_ONCE(k->since) >= ANYGW_KNOWN_LIFE)
		return NULL;
	return &k->finding;
}

/**
 * anygw_known_note() - remember what was found of a frame
 * @an: the namespace
 * @p: its pairing
 * @port: the port it came in by
 * @epoch: anygw_known_epoch() before it was looked at
 * @act: what is to be done with the like
 * @gw: the gateway, or NULL
 * Context: RCU read side, bottom halves off.
 */
void anygw_known_note(struct anygw_net *an, const struct anygw_pairing *p,
		      const struct anygw_port *port, u32 epoch,
		      enum anygw_act act, struct anygw_gateway *gw);

/**
 * anygw_edge_note() - remember what was found of a frame that came in
 * @an: the namespace
 * @skb: the frame, by now perhaps without its tag or with another address
 * @dst: the destination it came with
 * @in: the port
 * @act: what is to be done with the like
 * @gw: the gateway, or NULL
 *
 * Only of a frame that is still known.
 */
void anygw_edge_note(struct anygw_net *an, const struct sk_buff *skb,
		     const u8 *dst, const struct anygw_port *in,
		     enum anygw_act act, struct anygw_gateway *gw);

/**
 * anygw_known_alloc() - room for what will be known
 * Return: NULL without memory
 */
struct anygw_knowns *anygw_known_alloc(void);

/**
 * anygw_known_free() - free it, after the last hook is gone
 * @knowns: what anygw_known_alloc() returned, or NULL
 */
void anygw_known_free(struct anygw_knowns *knowns);

#endif
