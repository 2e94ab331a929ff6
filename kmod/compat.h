/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between kernel versions. compat.sh finds ANYGW_HAVE_* in the
 * headers that the module is built with.
 */
#ifndef ANYGW_COMPAT_H
#define ANYGW_COMPAT_H

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/addrconf.h>
#include <net/genetlink.h>
#include <net/inet_dscp.h>
#include <net/ip6_fib.h>
#include <net/ndisc.h>
#include <net/route.h>
#include <net/sch_generic.h>
#ifdef ANYGW_HAVE_GSO_H
#include <net/gso.h>
#endif

#ifdef ANYGW_HAVE_FDB_NOTIFIED
#define anygw_fdb_add(ops, ndm, tb, dev, mac, vid, flags, extack) ({	\
	bool __notified = false;					\
	(ops)->ndo_fdb_add(ndm, tb, dev, mac, vid, flags, &__notified,	\
			   extack);					\
})
#define anygw_fdb_del(ops, ndm, tb, dev, mac, vid, extack) ({		\
	bool __notified = false;					\
	(ops)->ndo_fdb_del(ndm, tb, dev, mac, vid, &__notified, extack);	\
})
#else
#define anygw_fdb_add(ops, ndm, tb, dev, mac, vid, flags, extack)	\
	(ops)->ndo_fdb_add(ndm, tb, dev, mac, vid, flags, extack)
#define anygw_fdb_del(ops, ndm, tb, dev, mac, vid, extack)		\
	(ops)->ndo_fdb_del(ndm, tb, dev, mac, vid, extack)
#endif

/*
 * Before 6.2 extack has a pointer to the message only, which must outlive the
 * request. RTNL serialises the writers of the buffer; at worst a reply carries
 * the message of the next refusal.
 */
#ifndef ANYGW_HAVE_ERR_MSG_FMT
#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	static char __text[128];					\
	struct netlink_ext_ack *__extack = (extack);			\
									\
	snprintf(__text, sizeof(__text), fmt, ##args);			\
	if (__extack)							\
		__extack->_msg = __text;				\
} while (0)
#endif

#ifndef ANYGW_HAVE_ROUTE_DSCP
#define ip_route_input_noref(skb, daddr, saddr, dscp, dev)		\
	ip_route_input_noref(skb, daddr, saddr, inet_dscp_to_dsfield(dscp), dev)
#endif

/* Set the part of @tos that route lookups use. */
static inline void anygw_compat_flow_tos(struct flowi4 *fl4, u8 tos)
{
#if defined(ANYGW_HAVE_FLOWI_DSCP)
	fl4->flowi4_dscp = inet_dsfield_to_dscp(tos);
#elif defined(ANYGW_HAVE_RT_MASK)
	fl4->flowi4_tos = tos & IPTOS_RT_MASK;
#else
	fl4->flowi4_tos = tos & INET_DSCP_MASK;
#endif
}

#if IS_ENABLED(CONFIG_IPV6)
/*
 * Whether IPv6 packets received from @dev are forwarded: by the sysctl of all
 * devices, which is missing if IPv6 is disabled, or since 6.17 by its own.
 */
static inline bool anygw_compat_forwards6(const struct net_device *dev)
{
	const struct ipv6_devconf *all = dev_net(dev)->ipv6.devconf_all;
#ifdef ANYGW_HAVE_FORCE_FORWARDING
	const struct inet6_dev *idev = __in6_dev_get(dev);

	if (idev && READ_ONCE(idev->cnf.force_forwarding))
		return true;
#endif
	return all && READ_ONCE(all->forwarding);
}
#endif

/* Under RCU. */
static inline struct neighbour *
anygw_compat_neigh6(struct net_device *dev, const struct in6_addr *addr)
{
#if IS_ENABLED(CONFIG_IPV6)
	return __ipv6_neigh_lookup_noref(dev, addr);
#else
	return NULL;
#endif
}

/*
 * The flow label if a rule may match on it, as rules can since 6.14 without
 * being counted in fib6_rules_require_fldissect. Otherwise 0.
 */
#ifdef ANYGW_HAVE_RULE_FLOWLABEL
#define anygw_compat_rule_label(net, flowinfo)				\
	(fib6_has_custom_rules(net) ?					\
	 ntohl((flowinfo) & IPV6_FLOWLABEL_MASK) : 0)
#else
#define anygw_compat_rule_label(net, flowinfo)	0
#endif

#ifndef ANYGW_HAVE_DST_DEV_RCU
/* Under RCU; a route's device may change at any time. */
static inline struct net_device *dst_dev_rcu(const struct dst_entry *dst)
{
	return READ_ONCE(dst->dev);
}
#endif

#ifndef ANYGW_HAVE_RTNL_NET_LOCK
#define rtnl_net_lock(net)	rtnl_lock()
#define rtnl_net_unlock(net)	rtnl_unlock()
#endif

#ifndef ANYGW_HAVE_PERCPU_WQ
#define system_percpu_wq	system_wq
#endif

#ifndef ANYGW_HAVE_QDISC_RESET
#define dev_deactivate(dev, reset_needed)	dev_deactivate(dev)
#endif

/* Whether the device has a clsact or ingress qdisc, or a tcx program. */
static inline bool anygw_compat_has_tc(const struct net_device *dev)
{
#if defined(CONFIG_NET_XGRESS)
	return rcu_access_pointer(dev->tcx_ingress) ||
	       rcu_access_pointer(dev->tcx_egress);
#elif defined(CONFIG_NET_CLS_ACT)
	return rcu_access_pointer(dev->miniq_ingress) ||
	       rcu_access_pointer(dev->miniq_egress);
#else
	return false;
#endif
}

/* Have a device transmit without a lock and stay in its namespace. */
static inline void anygw_compat_pin(struct net_device *dev)
{
#ifdef ANYGW_HAVE_LLTX
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
#if defined(ANYGW_HAVE_NETNS_IMMUTABLE)
	dev->netns_immutable = true;
#elif defined(ANYGW_HAVE_NETNS_LOCAL)
	dev->netns_local = true;
#else
	dev->features |= NETIF_F_NETNS_LOCAL;
#endif
}

#ifndef ANYGW_HAVE_DUMP_INFO
#define genl_info_dump(cb)	genl_dumpit_info(cb)
#endif

/*
 * Kernels without split operations want one entry for each command, which joins
 * the generated entries for do and dump.
 */
#ifdef ANYGW_HAVE_SPLIT_OPS
#define anygw_compat_join_ops(family)	0
#define anygw_compat_free_ops(family)	do { } while (0)
#else
#define genl_split_ops	genl_ops
#define split_ops	ops
#define n_split_ops	n_ops

static inline int anygw_compat_join_ops(struct genl_family *family)
{
	struct genl_ops *joined;
	int i, n = 0;

	joined = kcalloc(family->n_ops, sizeof(*joined), GFP_KERNEL);
	if (!joined)
		return -ENOMEM;
	for (i = 0; i < family->n_ops; i++) {
		const struct genl_ops *op = &family->ops[i];

		if (n && joined[n - 1].cmd == op->cmd) {
			joined[n - 1].dumpit = op->dumpit;
			continue;
		}
		joined[n] = *op;
		joined[n++].flags &= ~(GENL_CMD_CAP_DO | GENL_CMD_CAP_DUMP);
	}
	family->ops = joined;
	family->n_ops = n;
	return 0;
}

static inline void anygw_compat_free_ops(struct genl_family *family)
{
	kfree(family->ops);
}
#endif

#endif
