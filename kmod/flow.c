// SPDX-License-Identifier: GPL-2.0
#include <linux/if_packet.h>
#include <linux/inetdevice.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "compat.h"
#include "flow.h"
#include "route.h"

/* What nobody has used for so long is forgotten. */
#define IDLE		(10 * HZ)
/* What could not be remembered may be so after a while. */
#define REFUSAL		HZ
/* So often it is looked who listens. */
#define WORK_INTERVAL	HZ

/* ---- the way of one packet */

/* A packet of this kind may go otherwise than the one before. */
static bool rules_look_deeper(const struct net *net, __be16 protocol)
{
#ifdef CONFIG_IP_MULTIPLE_TABLES
	if (protocol == htons(ETH_P_IP))
		return net->ipv4.fib_rules_require_fldissect;
#endif
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	if (protocol == htons(ETH_P_IPV6))
		return net->ipv6.fib6_rules_require_fldissect;
#endif
	return false;
}

/* One of several next hops is chosen by what is deeper in the packet. */
static bool is_multipath4(const struct anygw_gateway *gw, struct sk_buff *skb)
{
	struct fib_result res;

	return anygw_fib4_lookup(gw, skb, &res) || !res.fi ||
	       fib_info_num_path(res.fi) > 1;
}

static void keep(struct anygw_flow *flow, struct dst_entry *dst)
{
	if (!dst_hold_safe(dst))
		return;
	flow->dst = dst;
	flow->slow_reason = ANYGW_SLOW_REASON_NONE;
	flow->expires = jiffies + ANYGW_NOTE_LIFETIME;
}

/* Out of another gateway the way is shorter. */
static bool leaves_by(struct anygw_flow *flow, const struct net_device *dev)
{
	const struct anygw_vlan *vlan;

	if (!netif_is_anygw(dev))
		return true;
	flow->out = netdev_priv(dev);
	vlan = rcu_dereference(flow->out->vlan);
	if (!vlan || READ_ONCE(flow->out->conf.mode) != ANYGW_MODE_ACTIVE ||
	    READ_ONCE(flow->out->vlan_mismatch))
		return false;
	flow->vid = vlan->vid;
	return true;
}

/* What is the same for both families. */
static bool suits(const struct anygw_gateway *gw, const struct dst_entry *dst,
		  struct anygw_flow *flow)
{
	const struct net_device *dev = dst_dev_rcu(dst);

	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	if (dst->error || dst->lwtstate || dst_xfrm(dst) ||
	    dev->flags & IFF_LOOPBACK)
		return false;
	/* The stack tells the machine of a shorter way. */
	flow->slow_reason = ANYGW_SLOW_REASON_REDIRECT;
	if (dev == gw->dev)
		return false;
	flow->slow_reason = ANYGW_SLOW_REASON_VRF;
	if (netif_is_l3_slave(dev) || netif_is_l3_master(dev))
		return false;
	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	return leaves_by(flow, dev);
}

static void find4(struct anygw_gateway *gw, struct sk_buff *skb,
		  struct anygw_flow *flow)
{
	struct in_device *in_dev = __in_dev_get_rcu(gw->dev);
	const struct iphdr *ip = ip_hdr(skb);
	const struct rtable *rt;

	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	if (!in_dev)
		return;
	flow->src_check = anygw_flow_src_check(in_dev);
	flow->genid = rt_genid_ipv4(dev_net(gw->dev));
	skb_dst_drop(skb);
	if (anygw_ip_route_input(skb, ip->daddr, ip->saddr, ip->tos, gw->dev))
		return;
	rt = skb_rtable(skb);
	if (rt->rt_type != RTN_UNICAST || !suits(gw, &rt->dst, flow))
		goto out;
	flow->slow_reason = ANYGW_SLOW_REASON_MULTIPATH;
	if (is_multipath4(gw, skb))
		goto out;
	flow->nh_is_v6 = rt->rt_gw_family == AF_INET6;
	if (flow->nh_is_v6)
		flow->nh6 = rt->rt_gw6;
	else
		flow->nh4 = rt->rt_gw_family ? rt->rt_gw4 : ip->daddr;
	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	if (ip_mtu_locked(&rt->dst) || rt->rt_genid != (int)flow->genid)
		goto out;
	flow->mtu = ip_dst_mtu_maybe_forward(&rt->dst, true);
	keep(flow, skb_dst(skb));
out:
	skb_dst_drop(skb);
}

#if IS_ENABLED(CONFIG_IPV6)
/* Neither this machine, nor this link, nor a group of machines. */
static bool travels6(const struct in6_addr *addr)
{
	int type = ipv6_addr_type(addr);

	return type & IPV6_ADDR_UNICAST &&
	       !(type & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK));
}

static void find6(struct anygw_gateway *gw, struct sk_buff *skb,
		  struct anygw_flow *flow)
{
	const struct anygw_flows *flows = anygw_net(dev_net(gw->dev))->flows;
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const struct inet6_dev *idev = __in6_dev_get(gw->dev);
	const struct rt6_info *rt;
	struct dst_entry *dst;

	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	if (!travels6(&ip6->saddr) || !travels6(&ip6->daddr) || !idev ||
	    READ_ONCE(idev->cnf.disable_ipv6) || !READ_ONCE(flows->fib_registered))
		return;
	flow->genid = rt_genid_ipv6(dev_net(gw->dev));
	flow->fib6_gen = atomic_read(&flows->fib6_gen);
	smp_rmb();
	dst = anygw_fib6_lookup(gw, skb);
	rt = (const struct rt6_info *)dst;
	if (rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT) ||
	    !suits(gw, dst, flow))
		goto out;
	flow->slow_reason = ANYGW_SLOW_REASON_MULTIPATH;
	if (anygw_fib6_is_multipath(rt))
		goto out;
	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	flow->cookie = rt6_get_cookie(rt);
	flow->nh6 = *rt6_nexthop(rt, &ip6->daddr);
	keep(flow, dst);
out:
	dst_release(dst);
}
#else
static void find6(struct anygw_gateway *gw, struct sk_buff *skb,
		  struct anygw_flow *flow)
{
}
#endif

void anygw_flow_lookup_route(struct anygw_gateway *gw,
			 const struct anygw_flow_key *key,
			 struct sk_buff *skb, struct anygw_flow *flow)
{
	char cb[sizeof(skb->cb)];

	*flow = (struct anygw_flow){
		.key = *key,
		.slow_reason = ANYGW_SLOW_REASON_RULES,
		.expires = jiffies + REFUSAL,
		.last_used = jiffies,
	};
	if (rules_look_deeper(dev_net(gw->dev), anygw_flow_key_proto(key)))
		return;
	/* It is the bridge's, but the lookup writes into it as if its own. */
	memcpy(cb, skb->cb, sizeof(cb));
	if (anygw_flow_key_proto(key) == htons(ETH_P_IP))
		find4(gw, skb, flow);
	else
		find6(gw, skb, flow);
	memcpy(skb->cb, cb, sizeof(cb));
}

void anygw_flow_release(struct anygw_flow *flow)
{
	if (flow->slow_reason == ANYGW_SLOW_REASON_NONE)
		dst_release(flow->dst);
}

/* ---- all of them */

static void put(struct anygw_flows *flows, struct anygw_flow __rcu **way,
		struct anygw_flow *flow)
{
	struct anygw_flow *old;

	old = rcu_replace_pointer(*way, flow, lockdep_is_held(&flows->lock));
	flows->count += !!flow - !!old;
	if (!old)
		return;
	/* Who looks at it has its route until the grace period is over. */
	anygw_flow_release(old);
	kfree_rcu(old, rcu);
}

/* The way of its own older self, or a free one, or that of an idle flow. */
static struct anygw_flow __rcu **way_for(struct anygw_flows *flows,
					 const struct anygw_flow_key *key)
{
	struct anygw_flow __rcu **way = flows->flow[anygw_flow_hash(key)];
	struct anygw_flow __rcu **best = way;
	const struct anygw_flow *flow, *idle = NULL;
	int i;

	for (i = 0; i < ANYGW_FLOW_SLOTS; i++) {
		flow = rcu_dereference_protected(way[i],
						 lockdep_is_held(&flows->lock));
		if (flow && anygw_flow_key_equal(&flow->key, key))
			return &way[i];
		if (i && (!rcu_access_pointer(*best) ||
			  (flow && time_after(flow->last_used, idle->last_used))))
			continue;
		best = &way[i];
		idle = flow;
	}
	return best;
}

static bool insert(struct anygw_flows *flows, struct anygw_flow *flow,
		   unsigned int generation)
{
	bool kept;

	spin_lock(&flows->lock);
	kept = flows->generation == generation && !flows->dead;
	if (kept) {
		if (!flows->count)
			schedule_delayed_work(&flows->work, 0);
		put(flows, way_for(flows, &flow->key), flow);
	}
	spin_unlock(&flows->lock);
	return kept;
}

struct anygw_flow *anygw_flow_create(struct anygw_net *an,
				    struct anygw_gateway *gw,
				    const struct anygw_flow_key *key,
				    struct sk_buff *skb)
{
	unsigned int generation = READ_ONCE(an->flows->generation);
	struct anygw_flow *flow;

	flow = kmalloc(sizeof(*flow), GFP_ATOMIC);
	if (!flow)
		return NULL;
	anygw_flow_lookup_route(gw, key, skb, flow);
	if (insert(an->flows, flow, generation))
		return flow;
	anygw_flow_release(flow);
	kfree(flow);
	return NULL;
}

/* One that is dead leads nowhere, and shall be given back as well. */
static bool leads_to(const struct anygw_flow *flow,
		     const struct net_device *dev)
{
	return flow->slow_reason == ANYGW_SLOW_REASON_NONE &&
	       (READ_ONCE(flow->dst->dev) == dev ||
		flow->dst->obsolete != DST_OBSOLETE_FORCE_CHK);
}

/* Forgets those that were not used since, and those that leave by a device. */
static void forget(struct anygw_flows *flows, unsigned long idle,
		   const struct net_device *dev)
{
	const struct anygw_flow *flow;
	int i, k;

	lockdep_assert_held(&flows->lock);
	for (i = 0; flows->count && i < ARRAY_SIZE(flows->flow); i++) {
		for (k = 0; k < ANYGW_FLOW_SLOTS; k++) {
			flow = rcu_dereference_protected(flows->flow[i][k],
				lockdep_is_held(&flows->lock));
			if (flow &&
			    (jiffies - READ_ONCE(flow->last_used) >= idle ||
			     (dev && leads_to(flow, dev))))
				put(flows, &flows->flow[i][k], NULL);
		}
	}
}

/*
 * A packet socket for all devices and one protocol leaves no trace at a
 * device, and none that a packet could look for.
 */
static bool is_overheard(struct net *net)
{
	bool found = false;
#if IS_ENABLED(CONFIG_PACKET)
	struct sockaddr_ll from;
	struct sock *sk;

	/* Sockets leave the list before they fall apart. */
	mutex_lock(&net->packet.sklist_lock);
	sk_for_each(sk, &net->packet.sklist) {
		/* Those of the old kind do not say which protocol. */
		if (sk->sk_type == SOCK_PACKET)
			found = true;
		if (kernel_getsockname(sk->sk_socket,
				       (struct sockaddr *)&from) < 0)
			continue;
		if (!from.sll_ifindex &&
		    (from.sll_protocol == htons(ETH_P_IP) ||
		     from.sll_protocol == htons(ETH_P_IPV6)))
			found = true;
	}
	mutex_unlock(&net->packet.sklist_lock);
#endif
	return found;
}

static int fib_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct anygw_flows *flows = container_of(nb, struct anygw_flows, fib);
	const struct fib_notifier_info *info = ptr;

	if (info->family == AF_INET6)
		atomic_inc_return_release(&flows->fib6_gen);
	return NOTIFY_DONE;
}

/* It takes RTNL, and is refused while routes change all the time. */
static void listen(struct anygw_flows *flows)
{
	if (!flows->fib_registered &&
	    !register_fib_notifier(flows->net, &flows->fib, NULL, NULL))
		WRITE_ONCE(flows->fib_registered, true);
}

static void look_after(struct work_struct *work)
{
	struct anygw_flows *flows = container_of(to_delayed_work(work),
						 struct anygw_flows, work);

	listen(flows);
	WRITE_ONCE(flows->ptype_all_seen, is_overheard(flows->net));
	spin_lock_bh(&flows->lock);
	if (time_after_eq(jiffies, flows->next_scan)) {
		forget(flows, IDLE, NULL);
		flows->next_scan = jiffies + IDLE;
	}
	if (flows->count || (!flows->fib_registered && !flows->dead))
		schedule_delayed_work(&flows->work, WORK_INTERVAL);
	spin_unlock_bh(&flows->lock);
}

void anygw_flow_flush_dev(struct anygw_net *an,
			    const struct net_device *dev)
{
	struct anygw_flows *flows = an->flows;

	if (!flows || !READ_ONCE(flows->count))
		return;
	spin_lock_bh(&flows->lock);
	WRITE_ONCE(flows->generation, flows->generation + 1);
	forget(flows, ULONG_MAX, dev);
	spin_unlock_bh(&flows->lock);
}

struct anygw_flows *anygw_flow_alloc(struct net *net)
{
	struct anygw_flows *flows = kvzalloc(sizeof(*flows), GFP_KERNEL);

	if (!flows)
		return NULL;
	flows->net = net;
	spin_lock_init(&flows->lock);
	INIT_DELAYED_WORK(&flows->work, look_after);
	flows->fib.notifier_call = fib_event;
	schedule_delayed_work(&flows->work, 0);
	return flows;
}

void anygw_flow_free(struct anygw_flows *flows)
{
	if (!flows)
		return;
	spin_lock_bh(&flows->lock);
	flows->dead = true;
	forget(flows, 0, NULL);
	spin_unlock_bh(&flows->lock);
	cancel_delayed_work_sync(&flows->work);
	if (flows->fib_registered)
		unregister_fib_notifier(flows->net, &flows->fib);
	kvfree(flows);
}
