/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files with bridge hooks share: hook.c, where frames come in, and
 * leave.c, where they go out.
 */
#ifndef ANYGW_DATAPATH_H
#define ANYGW_DATAPATH_H

#include <linux/bitfield.h>
#include <linux/hash.h>

#include "anygw.h"
#include "core/segment.h"
#include "trace.h"

/**
 * anygw_count_drop() - count a frame that is dropped
 * @gw: the gateway concerned
 * @port: the port it came in by, or was to leave by
 * @reason: why
 * Context: bottom halves off.
 */
static inline void anygw_count_drop(struct anygw_gateway *gw,
				   struct anygw_port *port,
				   enum anygw_reason reason)
{
	anygw_stats_drop(gw->stats, reason);
	anygw_stats_drop(port->stats, reason);
	trace_anygw_drop(gw->dev, port->dev, reason);
}

/**
 * anygw_segment_index() - a gateway's index in a segment
 * @seg: the segment
 * @gw: the gateway
 * Return: the index, or ANYGW_NO_GATEWAY if it has just left
 */
static inline int anygw_segment_index(const struct anygw_segment *seg,
				   const struct anygw_gateway *gw)
{
	int i;

	for (i = 0; i < seg->n_gw; i++)
		if (seg->gw[i].gateway == gw)
			return i;
	return ANYGW_NO_GATEWAY;
}

/**
 * anygw_segment_vlan() - the VLAN of a segment
 * @seg: the segment
 * Return: NULL if it is being deleted
 * Context: RCU read side.
 */
static inline struct anygw_vlan *
anygw_segment_vlan(const struct anygw_segment *seg)
{
	const struct anygw_gateway *gw;
	struct anygw_vlan *vlan = NULL;
	int i;

	/* One of several may have left meanwhile. */
	for (i = 0; !vlan && i < seg->n_gw; i++) {
		gw = seg->gw[i].gateway;
		vlan = rcu_dereference(gw->vlan);
	}
	return vlan;
}

/**
 * anygw_gateway_segment() - the segment of a gateway
 * @gw: the gateway
 * Return: NULL if it is being deleted
 * Context: RCU read side.
 */
static inline const struct anygw_segment *
anygw_gateway_segment(const struct anygw_gateway *gw)
{
	struct anygw_vlan *vlan = rcu_dereference(gw->vlan);
	struct anygw_segment_rcu *pub;

	pub = vlan ? rcu_dereference(vlan->segment) : NULL;
	return pub ? &pub->seg : NULL;
}

/*
 * What the hook for frames that come in has found of one, for the hooks that
 * it meets later. Nothing of it is in the skb, where others would see it
 * (skb_iif: tc, drop monitor, BPF) or write over it (cb: qdiscs, br_netfilter).
 *
 * A frame and its clones are known by the memory that they share. One that was
 * queued on its way, or that another one has come in between, is not known any
 * more: it is looked at again in full. Each word has that memory's hash in its
 * upper half, so that none is taken for another frame's, also where softirqs
 * preempt each other (PREEMPT_RT).
 *
 * A verdict from user space (NFQUEUE) resumes a frame with bottom halves on, on
 * any CPU, and at another time: what is there then was found of another frame
 * in the same memory.
 */
#define ANYGW_CTX_VID		0x00000fff	/* VLAN id */
#define ANYGW_CTX_GW		0x00fff000	/* index of the gateway */
#define ANYGW_CTX_INSPECT		0x01000000	/* the next hook looks at it */
#define ANYGW_CTX_REDIRECTED	0x02000000	/* it is for the host MAC now */
#define ANYGW_CTX_EP_RX		0x04000000	/* an endpoint may have left */
#define ANYGW_CTX_MARKED	0x08000000	/* to be translated towards VMs */
#define ANYGW_CTX_REROUTED	0x10000000	/* past a next hop that is dead */
#define ANYGW_CTX_CACHED		0x20000000	/* its addresses say all of it */

/**
 * struct anygw_ingress_ctx - the frame that came in last on this CPU
 * @skip_forward: its memory, if FORWARD need not look at it
 * @ctx: ANYGW_CTX_*, of a frame that is not plain
 * @tag: its VLAN tag as received, as of struct anygw_vcache_key
 * @cache_gen: the epoch it was looked at in, as of anygw_cache_gen()
 */
struct anygw_ingress_ctx {
	const void *skip_forward;
	u64 ctx;
	u64 tag;
	u64 cache_gen;
};

DECLARE_PER_CPU(struct anygw_ingress_ctx, anygw_ingress_ctx);

static __always_inline u64 anygw_ctx_hash(const void *head)
{
	return ((unsigned long)head * GOLDEN_RATIO_64) & GENMASK_ULL(63, 32);
}

static __always_inline u64 anygw_ctx_word(const struct sk_buff *skb, u32 value)
{
	return anygw_ctx_hash(skb->head) | value;
}

static __always_inline bool anygw_ctx_match(const struct sk_buff *skb,
					     u64 word, u32 *value)
{
	*value = word;
	return !((word ^ anygw_ctx_hash(skb->head)) >> 32);
}

/**
 * anygw_ctx_skip_forward() - FORWARD need not look at a frame
 * @skb: the frame
 */
static __always_inline void anygw_ctx_skip_forward(const struct sk_buff *skb)
{
	this_cpu_write(anygw_ingress_ctx.skip_forward, skb->head);
}

static __always_inline bool anygw_ctx_skips_forward(const struct sk_buff *skb)
{
	return this_cpu_read(anygw_ingress_ctx.skip_forward) == skb->head;
}

/**
 * anygw_ctx_set() - tell the later hooks of a frame
 * @skb: the frame
 * @ctx: ANYGW_CTX_*
 */
static __always_inline void anygw_ctx_set(const struct sk_buff *skb, u32 ctx)
{
	const void *quiet = ctx & ANYGW_CTX_INSPECT ? NULL : skb->head;

	this_cpu_write(anygw_ingress_ctx.skip_forward, quiet);
	this_cpu_write(anygw_ingress_ctx.ctx, anygw_ctx_word(skb, ctx));
}

/**
 * anygw_ctx_is_direct() - whether a frame has come here without a stay
 * Context: in a hook.
 * Return: false if nothing may be taken for known
 */
static __always_inline bool anygw_ctx_is_direct(void)
{
	return in_softirq();
}

/**
 * anygw_hook_bh_disable() - a hook begins: bottom halves are off from here
 * Return: anygw_ctx_is_direct() before
 */
static __always_inline bool anygw_hook_bh_disable(void)
{
	bool direct = anygw_ctx_is_direct();

	if (unlikely(!direct))
		local_bh_disable();
	return direct;
}

/**
 * anygw_hook_bh_enable() - a hook ends
 * @direct: what anygw_hook_bh_disable() returned
 */
static __always_inline void anygw_hook_bh_enable(bool direct)
{
	if (unlikely(!direct))
		local_bh_enable();
}

/**
 * anygw_ctx_get() - what the first hook has found of a frame
 * @skb: the frame
 * @direct: anygw_ctx_is_direct()
 * @ctx: set to ANYGW_CTX_*
 * Return: false if it is not known
 */
static __always_inline bool anygw_ctx_get(const struct sk_buff *skb,
					   bool direct, u32 *ctx)
{
	return anygw_ctx_match(skb, this_cpu_read(anygw_ingress_ctx.ctx), ctx) &&
	       direct;
}

/**
 * anygw_ctx_make() - a frame concerns a gateway
 * @seg: the segment
 * @gw: index of the gateway
 * @flags: ANYGW_CTX_*
 * Return: the context; without the index if that is too large for it
 */
static inline u32 anygw_ctx_make(const struct anygw_segment *seg, int gw,
				 u32 flags)
{
	if (gw > FIELD_MAX(ANYGW_CTX_GW))
		gw = 0;
	return seg->vid | FIELD_PREP(ANYGW_CTX_GW, gw) | flags;
}

/**
 * struct anygw_egress_ctx - the frame that a gateway is sending on this CPU
 * @gw: the gateway, NULL while none does
 * @ctx: the frame's VLAN id, as of struct anygw_ingress_ctx
 */
struct anygw_egress_ctx {
	struct anygw_gateway *gw;
	u64 ctx;
};

DECLARE_PER_CPU(struct anygw_egress_ctx, anygw_egress_ctx);

#endif
