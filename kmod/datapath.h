/* SPDX-License-Identifier: GPL-2.0 */
/* What ingress.c and egress.c share: per-CPU context and drop counting. */
#ifndef ANYGW_DATAPATH_H
#define ANYGW_DATAPATH_H

#include <linux/bitfield.h>

#include "anygw.h"
#include "core/frame.h"
#include "trace.h"

/* Bottom halves off. @port: ingress or egress port. Returns NF_DROP. */
static inline unsigned int anygw_count_drop(struct anygw_gateway *gw,
					    struct anygw_port *port,
					    enum anygw_reason reason)
{
	anygw_stats_drop(gw->stats, reason);
	anygw_stats_drop(port->stats, reason);
	trace_anygw_drop(gw->dev, port->dev, reason);
	return NF_DROP;
}

/* A frame in a hook. It is __uninitialized: @f is large, and parsed in full. */
struct anygw_pkt {
	struct anygw_net *an;
	struct anygw_port *in;	/* not LOCAL_OUT */
	struct anygw_port *out;	/* FORWARD and LOCAL_OUT */
	bool access;		/* @in's role, once parsed */
	bool to_fabric;		/* @out's role */
	const struct anygw_segment *seg;
	struct sk_buff *skb;
	const struct nf_hook_state *state;	/* PRE_ROUTING only */
	/* PRE_ROUTING's context, ANYGW_CTX_*; LOCAL_IN and FORWARD */
	bool has_ctx;
	u32 ctx;
	struct anygw_frame f;
};

/* Under RCU. NULL while the VLAN is being deleted. */
static inline struct anygw_vlan *
anygw_segment_vlan(const struct anygw_segment *seg)
{
	struct anygw_vlan *vlan = NULL;
	int i;

	/* A gateway of the segment may be gone already. */
	for (i = 0; !vlan && i < seg->n_gw; i++)
		vlan = rcu_dereference(seg->gw[i].gateway->vlan);
	return vlan;
}

/* Under RCU. NULL while the gateway is being deleted. */
static inline const struct anygw_segment *
anygw_gateway_segment(const struct anygw_gateway *gw)
{
	struct anygw_vlan *vlan = rcu_dereference(gw->vlan);
	struct anygw_segment_rcu *seg_rcu;

	seg_rcu = vlan ? rcu_dereference(vlan->segment) : NULL;
	return seg_rcu ? &seg_rcu->seg : NULL;
}

/*
 * Context of a frame: PRE_ROUTING writes it per CPU, the later hooks read it.
 * It is not kept in the skb: tc, drop monitor and BPF read skb_iif; qdiscs and
 * br_netfilter overwrite cb.
 *
 * A frame and its clones are identified by the buffer they share, skb->head.
 * After a stay in a queue, or after another frame on the same CPU, the context
 * does not match any more and the frame is classified again in full. Each word
 * holds the hash of skb->head in its upper half, because softirqs may preempt
 * each other between two writes (PREEMPT_RT). NFQUEUE reinjects a frame later
 * and on any CPU: the context may be that of another frame in the same memory,
 * see anygw_ctx_is_direct().
 */
#define ANYGW_CTX_VID		0x00000fff
#define ANYGW_CTX_GW		0x00fff000	/* index in the segment */
#define ANYGW_CTX_INSPECT	0x01000000	/* the next hook parses it */
#define ANYGW_CTX_REDIRECTED	0x02000000	/* to the host MAC */
#define ANYGW_CTX_EP_RX		0x04000000	/* an endpoint may have moved */
#define ANYGW_CTX_MARKED	0x08000000	/* translate towards VMs */
#define ANYGW_CTX_REROUTED	0x10000000	/* past a failed next hop */
#define ANYGW_CTX_CACHED	0x20000000	/* verdict cache hit */

struct anygw_ingress_ctx {
	const void *skip_forward; /* skb->head; FORWARD accepts it at once */
	u64 ctx;		/* ANYGW_CTX_* */
	u64 tag;		/* as received, see struct anygw_vcache_key */
	u64 cache_gen;		/* anygw_cache_gen() before classification */
};
DECLARE_PER_CPU(struct anygw_ingress_ctx, anygw_ingress_ctx);

/* The frame that a gateway transmits on this CPU. */
struct anygw_egress_ctx {
	struct anygw_gateway *gw; /* NULL while none does */
	u64 ctx;		/* VLAN id, with the hash of skb->head */
};
DECLARE_PER_CPU(struct anygw_egress_ctx, anygw_egress_ctx);

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

static __always_inline void anygw_ctx_set(const struct sk_buff *skb, u32 ctx)
{
	/* A variable: x86's this_cpu_write() of 6.1 takes no conditional. */
	const void *skip = ctx & ANYGW_CTX_INSPECT ? NULL : skb->head;

	this_cpu_write(anygw_ingress_ctx.skip_forward, skip);
	this_cpu_write(anygw_ingress_ctx.ctx, anygw_ctx_word(skb, ctx));
}

/* False after NFQUEUE, which reinjects frames with bottom halves on. */
static __always_inline bool anygw_ctx_is_direct(void)
{
	return in_softirq();
}

/*
 * Enclose a hook, which then has bottom halves off. Returns whether the frame
 * came directly; pass that on to anygw_ctx_leave().
 */
static __always_inline bool anygw_ctx_enter(void)
{
	bool direct = anygw_ctx_is_direct();

	if (unlikely(!direct))
		local_bh_disable();
	return direct;
}

static __always_inline void anygw_ctx_leave(bool direct)
{
	if (unlikely(!direct))
		local_bh_enable();
}

/* @direct: from anygw_ctx_enter(). False if PRE_ROUTING's context is lost. */
static __always_inline bool anygw_ctx_get(const struct sk_buff *skb,
					  bool direct, u32 *ctx)
{
	return anygw_ctx_match(skb, this_cpu_read(anygw_ingress_ctx.ctx),
			       ctx) && direct;
}

static inline u32 anygw_ctx_make(const struct anygw_segment *seg, int gw,
				 u32 flags)
{
	/* Indices above 4095 do not fit. */
	if (gw > FIELD_MAX(ANYGW_CTX_GW))
		gw = 0;
	return seg->vid | FIELD_PREP(ANYGW_CTX_GW, gw) | flags;
}

/* Bridge hooks FORWARD and LOCAL_OUT; @priv is the struct anygw_net. */
unsigned int anygw_egress_forward(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state);
unsigned int anygw_egress_local_out(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state);

#endif
