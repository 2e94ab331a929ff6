/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Verdict cache: the verdict on one unicast frame, kept for a second for all
 * frames with the same addresses, tag and ingress port. Entries are invalidated
 * by generation: the namespace's moves with the configuration, a port's with
 * the endpoints behind it. Changes in the bridge itself take effect when the
 * entry expires.
 */
#ifndef ANYGW_VCACHE_H
#define ANYGW_VCACHE_H

#include <linux/if_vlan.h>
#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "anygw.h"
#include "core/classify.h"

struct anygw_pkt;

#define ANYGW_VCACHE_LIFETIME	HZ
#define ANYGW_VCACHE_BITS	12

struct anygw_vcache_key {
	u64 macs;	/* first eight octets of the frame */
	u32 rest;	/* the four that follow */
	u32 tag;	/* VLAN tag as received, 0 without one */
	const struct net_device *in;
};

struct anygw_vcache_hit {
	enum anygw_action act;	/* ANYGW_PASS, ANYGW_MARK, ANYGW_REDIRECT */
	u32 id;			/* unique for each entry */
	struct anygw_gateway *gw; /* NULL for ANYGW_PASS */
};

/* Immutable once published, but for @confirmed. */
struct anygw_vcache_entry {
	struct anygw_vcache_hit hit;
	struct anygw_vcache_key key;
	/* Valid while @cache_gen is: that moves before a port is freed. */
	const struct anygw_port *port;
	u32 cache_gen;		/* of the namespace */
	u32 port_gen;
	unsigned long confirmed; /* jiffies; written without a lock */
	struct rcu_head rcu;
};

struct anygw_vcache {
	spinlock_t lock;	/* guards all below against other writers */
	u32 last_id;
	struct anygw_vcache_entry __rcu *slot[1 << ANYGW_VCACHE_BITS];
};

/*
 * The sum of both generations, which changes whenever one of them does. Read it
 * before anything that the verdict depends on.
 */
static inline u32 anygw_cache_gen(const struct anygw_net *an,
				  const struct anygw_port *port)
{
	u32 net_gen = atomic_read_acquire(&an->cache_gen);

	/* Pairs with anygw_cache_invalidate() and its like for a port. */
	return net_gen + smp_load_acquire(&port->cache_gen);
}

/*
 * A VM chooses where the checksum of a CHECKSUM_PARTIAL frame is written: it
 * must not be within the first @len octets, which were inspected.
 */
static inline bool anygw_vcache_csum_is_behind(const struct sk_buff *skb,
					       int len)
{
	return skb->ip_summed != CHECKSUM_PARTIAL ||
	       skb_checksum_start_offset(skb) + skb->csum_offset >= len;
}

/* VMs may not send some ICMP messages: only echoes are cacheable. */
static inline bool anygw_vcache_is_cacheable4(const struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	/* Two octets more: ICMP type and code. */
	if (skb_headlen(skb) <= sizeof(*ip) ||
	    !anygw_vcache_csum_is_behind(skb, sizeof(*ip) + 2))
		return false;
	if (likely(ip->protocol != IPPROTO_ICMP))
		return true;
	return ip->ihl == sizeof(*ip) / 4 && !(ip->frag_off & htons(0x1fff)) &&
	       (*(const u8 *)(ip + 1) & ~ICMP_ECHO) == ICMP_ECHOREPLY;
}

/*
 * Whether the verdict depends on addresses alone: no ARP, no neighbour
 * discovery, no ICMP but echoes, no beacon, no extension headers.
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

static __always_inline u32 anygw_vcache_tag(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) ?
	       (__force u32)skb->vlan_proto << 16 | skb->vlan_tci : 0;
}

static __always_inline void
anygw_vcache_key_read(struct anygw_vcache_key *key, const struct sk_buff *skb,
		      const struct net_device *in)
{
	const unsigned char *mac = skb_mac_header(skb);

	memcpy(&key->macs, mac, sizeof(key->macs));
	memcpy(&key->rest, mac + sizeof(key->macs), sizeof(key->rest));
	key->tag = anygw_vcache_tag(skb);
	key->in = in;
}

static inline u32 anygw_vcache_hash(const struct anygw_vcache_key *key)
{
	return hash_64(key->macs ^ (u64)key->rest << 21 ^ key->tag,
		       ANYGW_VCACHE_BITS);
}

static inline bool anygw_vcache_key_equal(const struct anygw_vcache_key *a,
					  const struct anygw_vcache_key *b)
{
	return a->macs == b->macs && a->rest == b->rest && a->tag == b->tag &&
	       a->in == b->in;
}

/* RCU read side; @skb in PRE_ROUTING. NULL without a valid entry. */
static __always_inline const struct anygw_vcache_hit *
anygw_vcache_lookup(const struct anygw_net *an, const struct sk_buff *skb,
		    const struct net_device *in)
{
	const struct anygw_vcache_entry *entry;
	struct anygw_vcache_key key;

	if (!anygw_vcache_is_cacheable(skb))
		return NULL;
	anygw_vcache_key_read(&key, skb, in);
	entry = rcu_dereference(an->vcache->slot[anygw_vcache_hash(&key)]);
	if (!entry || !anygw_vcache_key_equal(&entry->key, &key) ||
	    entry->cache_gen != atomic_read(&an->cache_gen) ||
	    entry->port_gen != READ_ONCE(entry->port->cache_gen) ||
	    jiffies - READ_ONCE(entry->confirmed) >= ANYGW_VCACHE_LIFETIME)
		return NULL;
	return &entry->hit;
}

/*
 * Cache the verdict on a frame with ingress context. @pkt: skb, in and an are
 * set. @dst: destination MAC as received; the skb's and its tag may have
 * changed. @gw: NULL for ANYGW_PASS. RCU read side, bottom halves off.
 */
void anygw_ingress_cache_add(const struct anygw_pkt *pkt, const u8 *dst,
			     enum anygw_action act, struct anygw_gateway *gw);

struct anygw_vcache *anygw_vcache_alloc(void);
/* NULL is fine. No hook may be running any more. */
void anygw_vcache_free(struct anygw_vcache *vcache);

#endif
