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
#ifndef ANYGW_VCACHE_H
#define ANYGW_VCACHE_H

#include <linux/hash.h>
#include <linux/if_vlan.h>
#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "anygw.h"
#include "core/classify.h"

/* So long the bridge is trusted to do the same again. */
#define ANYGW_VCACHE_LIFETIME	HZ

#define ANYGW_VCACHE_BITS	12

/**
 * struct anygw_vcache_key - the addresses of a frame, and where it comes in
 * @macs: its first eight octets
 * @rest: the four that follow
 * @tag: its VLAN tag as received, 0 without one
 * @in: the port
 */
struct anygw_vcache_key {
	u64 macs;
	u32 rest;
	u32 tag;
	const struct net_device *in;
};

/**
 * struct anygw_vcache_hit - what is to be done with the frames of a pairing
 * @act: ANYGW_PASS; ANYGW_MARK; or ANYGW_REDIRECT: the bridge would hand it to
 *	the gateway
 * @id: number of this finding, unlike those of all others
 * @gw: the gateway; not of ANYGW_PASS
 */
struct anygw_vcache_hit {
	enum anygw_action act;
	u32 id;
	struct anygw_gateway *gw;
};

/**
 * struct anygw_vcache_entry - a pairing that is remembered
 * @hit: which
 * @key: whose
 * @port: the port; there as long as @cache_gen is the namespace's, which moves on
 *	before a port is freed
 * @cache_gen: the namespace's epoch of the finding
 * @port_gen: the port's
 * @confirmed: when it was last found, jiffies; all else stays as it is
 * @rcu: for freeing
 */
struct anygw_vcache_entry {
	struct anygw_vcache_hit hit;
	struct anygw_vcache_key key;
	const struct anygw_port *port;
	u32 cache_gen;
	u32 port_gen;
	unsigned long confirmed;
	struct rcu_head rcu;
};

/**
 * struct anygw_vcache - all that is remembered in one namespace
 * @lock: guards it, for writers
 * @last_id: number of the last finding
 * @slot: by the hash of the pairing
 */
struct anygw_vcache {
	spinlock_t lock;
	u32 last_id;
	struct anygw_vcache_entry __rcu *slot[1 << ANYGW_VCACHE_BITS];
};

/**
 * anygw_cache_gen() - the epoch in which something is going to be found
 * @an: the namespace
 * @port: the port
 * Return: the sum of both epochs, which changes whenever one of them does
 * Context: to be asked before anything that is judged by is read.
 */
static inline u32 anygw_cache_gen(const struct anygw_net *an,
				    const struct anygw_port *port)
{
	/* Pairs with the barriers in anygw_cache_invalidate() and _port_moved(). */
	return atomic_read_acquire(&an->cache_gen) + smp_load_acquire(&port->cache_gen);
}

/*
 * Whether no sum is still to be written into the first octets of a packet: a VM
 * says where, and could have it written over what was looked at.
 */
static inline bool anygw_vcache_csum_is_behind(const struct sk_buff *skb, int len)
{
	return skb->ip_summed != CHECKSUM_PARTIAL ||
	       skb_checksum_start_offset(skb) + skb->csum_offset >= len;
}

/* ICMP has messages that VMs may not send: only echoes are plain. */
static inline bool anygw_vcache_is_cacheable4(const struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	/* Of ICMP, type and code are looked at. */
	if (skb_headlen(skb) <= sizeof(*ip) ||
	    !anygw_vcache_csum_is_behind(skb, sizeof(*ip) + 2))
		return false;
	if (likely(ip->protocol != IPPROTO_ICMP))
		return true;
	return ip->ihl == sizeof(*ip) / 4 && !(ip->frag_off & htons(0x1fff)) &&
	       (*(const u8 *)(ip + 1) & ~ICMP_ECHO) == ICMP_ECHOREPLY;
}

/**
 * anygw_vcache_is_cacheable() - whether a frame's addresses say all about it
 * @skb: a frame in the hook for those that come in
 *
 * No message of ARP, ICMP but echoes, neighbour discovery or anygw itself is in
 * it, and none is hidden by extension headers.
 */
static inline bool anygw_vcache_is_cacheable(const struct sk_buff *skb)
{
	u8 proto;

	if (skb->protocol == htons(ETH_P_IP))
		return anygw_vcache_is_cacheable4(skb);
	if (skb->protocol != htons(ETH_P_IPV6) ||
	    skb_headlen(skb) < sizeof(struct ipv6hdr) ||
	    !anygw_vcache_csum_is_behind(skb, sizeof(struct ipv6hdr)))
		return false;
	proto = ((const struct ipv6hdr *)skb->data)->nexthdr;
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

/* A frame's VLAN tag, 0 without one. */
static __always_inline u32 anygw_vcache_tag(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) ?
	       (__force u32)skb->vlan_proto << 16 | skb->vlan_tci : 0;
}

static __always_inline void anygw_vcache_key_read(struct anygw_vcache_key *p,
				    const struct sk_buff *skb,
				    const struct net_device *in)
{
	const unsigned char *mac = skb_mac_header(skb);

	memcpy(&p->macs, mac, sizeof(p->macs));
	memcpy(&p->rest, mac + sizeof(p->macs), sizeof(p->rest));
	p->tag = anygw_vcache_tag(skb);
	p->in = in;
}

static inline void anygw_vcache_key_set_dst(struct anygw_vcache_key *p, const u8 *dst)
{
	memcpy(&p->macs, dst, ETH_ALEN);
}

static inline u32 anygw_vcache_hash(const struct anygw_vcache_key *p)
{
	return hash_64(p->macs ^ (u64)p->rest << 21 ^ p->tag,
		       ANYGW_VCACHE_BITS);
}

static inline bool anygw_vcache_key_equal(const struct anygw_vcache_key *a,
				    const struct anygw_vcache_key *b)
{
	return a->macs == b->macs && a->rest == b->rest && a->tag == b->tag &&
	       a->in == b->in;
}

/**
 * anygw_vcache_lookup() - what is known of a frame
 * @an: the namespace, with gateways
 * @skb: a frame in the hook for those that come in
 * @in: the port
 * Return: NULL if that is nothing, or too old
 * Context: RCU read side.
 */
static __always_inline const struct anygw_vcache_hit *
anygw_vcache_lookup(const struct anygw_net *an, const struct sk_buff *skb,
		 const struct net_device *in)
{
	const struct anygw_vcache_entry *k;
	struct anygw_vcache_key p;

	if (!anygw_vcache_is_cacheable(skb))
		return NULL;
	anygw_vcache_key_read(&p, skb, in);
	k = rcu_dereference(an->vcache->slot[anygw_vcache_hash(&p)]);
	if (!k || !anygw_vcache_key_equal(&k->key, &p) ||
	    k->cache_gen != atomic_read(&an->cache_gen) ||
	    k->port_gen != READ_ONCE(k->port->cache_gen) ||
	    jiffies - READ_ONCE(k->confirmed) >= ANYGW_VCACHE_LIFETIME)
		return NULL;
	return &k->hit;
}

/**
 * anygw_vcache_add() - remember what was found of a frame
 * @an: the namespace
 * @p: its pairing
 * @port: the port it came in by
 * @cache_gen: anygw_cache_gen() before it was looked at
 * @act: what is to be done with the like
 * @gw: the gateway, or NULL
 * Context: RCU read side, bottom halves off.
 */
void anygw_vcache_add(struct anygw_net *an, const struct anygw_vcache_key *p,
		      const struct anygw_port *port, u32 epoch,
		      enum anygw_action act, struct anygw_gateway *gw);

/**
 * anygw_ingress_cache_add() - remember what was found of a frame that came in
 * @an: the namespace
 * @skb: the frame, by now perhaps without its tag or with another address
 * @dst: the destination it came with
 * @in: the port
 * @act: what is to be done with the like
 * @gw: the gateway, or NULL
 *
 * Only of a frame that is still known.
 */
void anygw_ingress_cache_add(struct anygw_net *an, const struct sk_buff *skb,
		     const u8 *dst, const struct anygw_port *in,
		     enum anygw_action act, struct anygw_gateway *gw);

/**
 * anygw_vcache_alloc() - room for what will be known
 * Return: NULL without memory
 */
struct anygw_vcache *anygw_vcache_alloc(void);

/**
 * anygw_vcache_free() - free it, after the last hook is gone
 * @vcache: what anygw_vcache_alloc() returned, or NULL
 */
void anygw_vcache_free(struct anygw_vcache *knowns);

#endif
