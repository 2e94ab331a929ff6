/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conditions that rule out the fast path: packet sockets, filters, queues,
 * IPsec and upper devices that would see the packet on the slow path. All are
 * checked for each packet, hence inline. Context: RCU read side.
 */
#ifndef ANYGW_BYPASS_H
#define ANYGW_BYPASS_H

#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <net/xfrm.h>

#include "flow.h"

static __always_inline enum anygw_slow_reason
anygw_bypass_dev(const struct net_device *dev)
{
	if (dev_nit_active((struct net_device *)dev) ||
	    !list_empty(&dev->ptype_specific))
		return ANYGW_SLOW_REASON_PACKET_SOCKET;
	if (anygw_compat_has_tc(dev))
		return ANYGW_SLOW_REASON_TC;
	if (rcu_access_pointer(dev->xdp_prog))
		return ANYGW_SLOW_REASON_XDP;
	if (rcu_dereference_bh(netdev_get_tx_queue(dev, 0)->qdisc)->enqueue)
		return ANYGW_SLOW_REASON_QDISC;
#ifdef CONFIG_NETFILTER_INGRESS
	if (rcu_access_pointer(dev->nf_hooks_ingress))
		return ANYGW_SLOW_REASON_NETDEV_CHAIN;
#endif
#ifdef CONFIG_NETFILTER_EGRESS
	if (rcu_access_pointer(dev->nf_hooks_egress))
		return ANYGW_SLOW_REASON_NETDEV_CHAIN;
#endif
	return ANYGW_SLOW_REASON_NONE;
}

static __always_inline enum anygw_slow_reason
anygw_bypass_xfrm(const struct net *net)
{
#ifdef CONFIG_XFRM
	if (READ_ONCE(net->xfrm.policy_count[XFRM_POLICY_FWD]) ||
	    READ_ONCE(net->xfrm.policy_count[XFRM_POLICY_OUT]) ||
	    READ_ONCE(net->xfrm.policy_default[XFRM_POLICY_FWD]) !=
	    XFRM_USERPOLICY_ACCEPT ||
	    READ_ONCE(net->xfrm.policy_default[XFRM_POLICY_OUT]) !=
	    XFRM_USERPOLICY_ACCEPT)
		return ANYGW_SLOW_REASON_XFRM;
#endif
	return ANYGW_SLOW_REASON_NONE;
}

/*
 * The first and the last hooks of br_netfilter and of bridge connection
 * tracking only act on frames that these have handled before.
 */
bool anygw_bypass_hook_is_passive(nf_hookfn *hook);

/* Passive hooks have @priority; the module's own ones carry @an. */
static inline bool anygw_bypass_chain(const struct anygw_net *an,
				      const struct nf_hook_entries *e,
				      int priority)
{
	struct nf_hook_ops **ops = nf_hook_entries_get_hook_ops(e);
	int i;

	for (i = 0; i < e->num_hook_entries; i++)
		if (ops[i]->priv != an &&
		    (ops[i]->hook_ops_type != NF_HOOK_OP_UNDEFINED ||
		     ops[i]->priority != priority ||
		     !anygw_bypass_hook_is_passive(ops[i]->hook)))
			return true;
	return false;
}

static __always_inline bool
anygw_bypass_prerouting(const struct anygw_net *an,
			struct nf_hook_entries __rcu *const *hooks)
{
	const struct nf_hook_entries *e =
		rcu_dereference(hooks[NF_INET_PRE_ROUTING]);

	return e && anygw_bypass_chain(an, e, NF_IP_PRI_FIRST);
}

/* One function for both families makes the compiler emit longer code. */
static __always_inline enum anygw_slow_reason
anygw_bypass_ipv4(const struct anygw_net *an)
{
	const struct net *net = an->net;

	if (READ_ONCE(an->flows->ptype_all_seen))
		return ANYGW_SLOW_REASON_PACKET_SOCKET;
	if (anygw_bypass_prerouting(an, net->nf.hooks_ipv4))
		return ANYGW_SLOW_REASON_PREROUTING;
	if (rcu_access_pointer(net->nf.hooks_ipv4[NF_INET_FORWARD]))
		return ANYGW_SLOW_REASON_FORWARD;
	return anygw_bypass_xfrm(net);
}

static __always_inline enum anygw_slow_reason
anygw_bypass_ipv6(const struct anygw_net *an)
{
	const struct net *net = an->net;

	if (READ_ONCE(an->flows->ptype_all_seen))
		return ANYGW_SLOW_REASON_PACKET_SOCKET;
#if IS_ENABLED(CONFIG_IPV6)
	if (anygw_bypass_prerouting(an, net->nf.hooks_ipv6))
		return ANYGW_SLOW_REASON_PREROUTING;
	if (rcu_access_pointer(net->nf.hooks_ipv6[NF_INET_FORWARD]))
		return ANYGW_SLOW_REASON_FORWARD;
	/* devconf_all is NULL with ipv6.disable=1. */
	if (!net->ipv6.devconf_all ||
	    !READ_ONCE(net->ipv6.devconf_all->forwarding))
		return ANYGW_SLOW_REASON_ROUTE;
	if (READ_ONCE(net->ipv6.devconf_all->proxy_ndp))
		return ANYGW_SLOW_REASON_PROXY_NDP;
#endif
	return anygw_bypass_xfrm(net);
}

/* The bridge's local input hook, where at least the module's own one is. */
static __always_inline enum anygw_slow_reason
anygw_bypass_bridge(const struct anygw_net *an)
{
	const struct nf_hook_entries *e =
		rcu_dereference(an->net->nf.hooks_bridge[NF_BR_LOCAL_IN]);

	if (!e || (e->num_hook_entries != 1 &&
		   anygw_bypass_chain(an, e, NF_BR_PRI_LAST)))
		return ANYGW_SLOW_REASON_BRIDGE_CHAIN;
	return ANYGW_SLOW_REASON_NONE;
}

static __always_inline enum anygw_slow_reason
anygw_bypass_gateway(const struct anygw_gateway *gw)
{
	enum anygw_slow_reason reason = anygw_bypass_dev(gw->dev);

	if (reason != ANYGW_SLOW_REASON_NONE)
		return reason;
	if (rcu_access_pointer(gw->dev->rx_handler))
		return ANYGW_SLOW_REASON_UPPER;
	if (netif_is_l3_slave(gw->dev))
		return ANYGW_SLOW_REASON_VRF;
	return anygw_bypass_dev(gw->br_dev);
}

/* @out: the egress gateway; the ingress @gw has been checked. */
static __always_inline enum anygw_slow_reason
anygw_bypass_exit_gateway(const struct anygw_gateway *gw,
			  const struct anygw_gateway *out)
{
	return anygw_bypass_dev(out->dev) ?:
	       (out->br_dev != gw->br_dev ? anygw_bypass_dev(out->br_dev) :
					    ANYGW_SLOW_REASON_NONE);
}

/* State of a frame that the bridge or the stack would act on. */
static __always_inline bool anygw_skb_has_metadata(struct sk_buff *skb)
{
	if (skb->_skb_refdst || skb_nfct(skb) || skb_sk_is_prefetched(skb) ||
	    skb_has_extensions(skb))
		return true;
	/* Merged by hardware (LRO) and cannot be segmented again. */
	if (skb->data_len && skb_shinfo(skb)->gso_size &&
	    !skb_shinfo(skb)->gso_type)
		return true;
#ifdef CONFIG_NET_SWITCHDEV
	if (skb->offload_fwd_mark || skb->offload_l3_fwd_mark)
		return true;
#endif
	return false;
}

int anygw_bypass_init(void);
void anygw_bypass_exit(void);

#endif
