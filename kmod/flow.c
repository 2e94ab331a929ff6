// SPDX-License-Identifier: GPL-2.0
#include <linux/if_packet.h>
#include <linux/net.h>
#include <net/fib_notifier.h>
#include <net/ip6_route.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/nexthop.h>

#include "flow.h"
#include "route.h"

#define FLOW_IDLE_TIMEOUT	(10 * HZ)
/* Flows that need the slow path are looked up again after this time. */
#define FLOW_SLOW_LIFETIME	HZ
/* Packet socket poll interval */
#define FLOW_WORK_INTERVAL	HZ

/* Rules match on fields that are not in the flow key. */
static bool flow_rules_dissect(const struct net *net, __be16 protocol)
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

static void flow_hold(struct anygw_flow *flow, struct dst_entry *dst)
{
	if (!dst_hold_safe(dst))
		return;
	flow->dst = dst;
	flow->slow_reason = ANYGW_SLOW_REASON_NONE;
	flow->expires = jiffies + ANYGW_NOTE_LIFETIME;
}

static bool flow_dst_usable(const struct anygw_gateway *gw,
			    const struct dst_entry *dst,
			    struct anygw_flow *flow)
{
	const struct net_device *dev = dst_dev_rcu(dst);
	const struct anygw_vlan *vlan;

	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	if (dst->error || dst->lwtstate || dst_xfrm(dst) ||
	    dev->flags & IFF_LOOPBACK)
		return false;
	/* The stack sends an ICMP redirect. */
	flow->slow_reason = ANYGW_SLOW_REASON_REDIRECT;
	if (dev == gw->dev)
		return false;
	flow->slow_reason = ANYGW_SLOW_REASON_VRF;
	if (netif_is_l3_slave(dev) || netif_is_l3_master(dev))
		return false;
	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	if (!netif_is_anygw(dev))
		return true;
	/* Packets that leave by another gateway skip that device. */
	flow->out = netdev_priv(dev);
	vlan = rcu_dereference(flow->out->vlan);
	if (!vlan || READ_ONCE(flow->out->conf.mode) != ANYGW_MODE_ACTIVE ||
	    READ_ONCE(flow->out->vlan_mismatch))
		return false;
	flow->vid = vlan->vid;
	return true;
}

static void flow_lookup_route4(struct anygw_gateway *gw, struct sk_buff *skb,
			       struct anygw_flow *flow)
{
	struct in_device *in_dev = __in_dev_get_rcu(gw->dev);
	const struct iphdr *ip = ip_hdr(skb);
	const struct rtable *rt;
	struct fib_result res;

	if (!in_dev)
		return;
	flow->src_check = anygw_flow_src_check(in_dev);
	flow->genid = rt_genid_ipv4(dev_net(gw->dev));
	skb_dst_drop(skb);
	if (ip_route_input_noref(skb, ip->daddr, ip->saddr,
				 inet_dsfield_to_dscp(ip->tos), gw->dev))
		return;
	rt = skb_rtable(skb);
	if (rt->rt_type != RTN_UNICAST || !flow_dst_usable(gw, &rt->dst, flow))
		goto out;
	/* The next hop may depend on ports, which are not in the key. */
	flow->slow_reason = ANYGW_SLOW_REASON_MULTIPATH;
	if (anygw_fib4_lookup(gw, skb, &res) || !res.fi ||
	    fib_info_num_path(res.fi) > 1)
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
	flow_hold(flow, skb_dst(skb));
out:
	skb_dst_drop(skb);
}

#if IS_ENABLED(CONFIG_IPV6)
static bool flow_is_routable6(const struct in6_addr *addr)
{
	int type = ipv6_addr_type(addr);

	return type & IPV6_ADDR_UNICAST &&
	       !(type & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK));
}

static void flow_lookup_route6(struct anygw_gateway *gw, struct sk_buff *skb,
			       struct anygw_flow *flow)
{
	const struct anygw_flows *flows = anygw_net(dev_net(gw->dev))->flows;
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const struct inet6_dev *idev = __in6_dev_get(gw->dev);
	const struct rt6_info *rt;
	struct dst_entry *dst;

	if (!flow_is_routable6(&ip6->saddr) ||
	    !flow_is_routable6(&ip6->daddr) || !idev ||
	    READ_ONCE(idev->cnf.disable_ipv6) ||
	    !READ_ONCE(flows->fib_registered))
		return;
	flow->genid = rt_genid_ipv6(dev_net(gw->dev));
	flow->fib6_gen = atomic_read(&flows->fib6_gen);
	/* Pairs with the release in flow_fib_event(). */
	smp_rmb();
	dst = anygw_fib6_lookup(gw, skb, 0, true);
	rt = (const struct rt6_info *)dst;
	if (rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST | RTF_REJECT) ||
	    !flow_dst_usable(gw, dst, flow))
		goto out;
	flow->slow_reason = ANYGW_SLOW_REASON_MULTIPATH;
	if (anygw_fib6_is_multipath(rt))
		goto out;
	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	flow->cookie = rt6_get_cookie(rt);
	flow->nh6 = *rt6_nexthop(rt, &ip6->daddr);
	flow_hold(flow, dst);
out:
	dst_release(dst);
}
#endif

void anygw_flow_lookup_route(struct anygw_gateway *gw, struct sk_buff *skb,
			     struct anygw_flow *flow)
{
	char cb[sizeof(skb->cb)];

	*flow = (struct anygw_flow){
		.slow_reason = ANYGW_SLOW_REASON_RULES,
		.expires = jiffies + FLOW_SLOW_LIFETIME,
		.last_used = jiffies,
	};
	if (flow_rules_dissect(dev_net(gw->dev), skb->protocol))
		return;
	flow->slow_reason = ANYGW_SLOW_REASON_ROUTE;
	/* The bridge owns the control block; the lookup writes to it. */
	memcpy(cb, skb->cb, sizeof(cb));
	if (skb->protocol == htons(ETH_P_IP))
		flow_lookup_route4(gw, skb, flow);
#if IS_ENABLED(CONFIG_IPV6)
	else
		flow_lookup_route6(gw, skb, flow);
#endif
	memcpy(skb->cb, cb, sizeof(cb));
}

void anygw_flow_release(struct anygw_flow *flow)
{
	if (flow->slow_reason == ANYGW_SLOW_REASON_NONE)
		dst_release(flow->dst);
}

static void flow_replace(struct anygw_flows *flows,
			 struct anygw_flow __rcu **slot, struct anygw_flow *flow)
{
	struct anygw_flow *old;

	old = rcu_replace_pointer(*slot, flow, lockdep_is_held(&flows->lock));
	flows->count += !!flow - !!old;
	if (!old)
		return;
	/* RCU readers may use the route: its freeing is deferred, too. */
	anygw_flow_release(old);
	kfree_rcu(old, rcu);
}

/* The slot of the same key, else a free one, else the longest idle one. */
static struct anygw_flow __rcu **flow_slot(struct anygw_flows *flows,
					   const struct anygw_flow_key *key)
{
	struct anygw_flow __rcu **slot = flows->flow[anygw_flow_hash(key)];
	struct anygw_flow __rcu **best = slot;
	const struct anygw_flow *flow, *idle = NULL;
	int i;

	for (i = 0; i < ANYGW_FLOW_SLOTS; i++) {
		flow = rcu_dereference_protected(slot[i],
						 lockdep_is_held(&flows->lock));
		if (flow && anygw_flow_key_equal(&flow->key, key))
			return &slot[i];
		if (i && (!rcu_access_pointer(*best) ||
			  (flow && time_after(flow->last_used, idle->last_used))))
			continue;
		best = &slot[i];
		idle = flow;
	}
	return best;
}

struct anygw_flow *
anygw_flow_create(struct anygw_net *an, struct anygw_gateway *gw,
		  const struct anygw_flow_key *key, struct sk_buff *skb)
{
	struct anygw_flows *flows = an->flows;
	unsigned int generation = READ_ONCE(flows->generation);
	struct anygw_flow *flow;
	bool valid;

	flow = kmalloc(sizeof(*flow), GFP_ATOMIC);
	if (!flow)
		return NULL;
	anygw_flow_lookup_route(gw, skb, flow);
	flow->key = *key;
	spin_lock(&flows->lock);
	valid = flows->generation == generation && !flows->dead;
	if (valid) {
		if (!flows->count)
			schedule_delayed_work(&flows->work, 0);
		flow_replace(flows, flow_slot(flows, key), flow);
	}
	spin_unlock(&flows->lock);
	if (valid)
		return flow;
	anygw_flow_release(flow);
	kfree(flow);
	return NULL;
}

/* An obsolete route matches any device: its reference has to go as well. */
static bool flow_matches_dev(const struct anygw_flow *flow,
			     const struct net_device *dev)
{
	return flow->slow_reason == ANYGW_SLOW_REASON_NONE &&
	       (READ_ONCE(flow->dst->dev) == dev ||
		flow->dst->obsolete != DST_OBSOLETE_FORCE_CHK);
}

/* Remove flows that were idle for @idle jiffies or leave by @dev. */
static void flow_gc(struct anygw_flows *flows, unsigned long idle,
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
			     (dev && flow_matches_dev(flow, dev))))
				flow_replace(flows, &flows->flow[i][k], NULL);
		}
	}
}

/*
 * A packet socket for one protocol on all devices is in no list that the
 * packet path could check.
 */
static bool flow_ptype_all_seen(struct net *net)
{
	bool seen = false;
#if IS_ENABLED(CONFIG_PACKET)
	struct sockaddr_ll addr;
	struct sock *sk;

	/* Sockets leave the list before they are released. */
	mutex_lock(&net->packet.sklist_lock);
	sk_for_each(sk, &net->packet.sklist) {
		/* SOCK_PACKET sockets do not report their protocol. */
		if (sk->sk_type == SOCK_PACKET ||
		    (kernel_getsockname(sk->sk_socket,
					(struct sockaddr *)&addr) >= 0 &&
		     !addr.sll_ifindex &&
		     (addr.sll_protocol == htons(ETH_P_IP) ||
		      addr.sll_protocol == htons(ETH_P_IPV6))))
			seen = true;
	}
	mutex_unlock(&net->packet.sklist_lock);
#endif
	return seen;
}

static int flow_fib_event(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	struct anygw_flows *flows = container_of(nb, struct anygw_flows, fib);
	const struct fib_notifier_info *info = ptr;

	if (info->family == AF_INET6)
		atomic_inc_return_release(&flows->fib6_gen);
	return NOTIFY_DONE;
}

static void flow_work(struct work_struct *work)
{
	struct anygw_flows *flows = container_of(to_delayed_work(work),
						 struct anygw_flows, work);

	/* Takes RTNL, and fails while routes change all the time. */
	if (!flows->fib_registered &&
	    !register_fib_notifier(flows->net, &flows->fib, NULL, NULL))
		WRITE_ONCE(flows->fib_registered, true);
	WRITE_ONCE(flows->ptype_all_seen, flow_ptype_all_seen(flows->net));
	spin_lock_bh(&flows->lock);
	if (time_after_eq(jiffies, flows->next_scan)) {
		flow_gc(flows, FLOW_IDLE_TIMEOUT, NULL);
		flows->next_scan = jiffies + FLOW_IDLE_TIMEOUT;
	}
	if (flows->count || (!flows->fib_registered && !flows->dead))
		schedule_delayed_work(&flows->work, FLOW_WORK_INTERVAL);
	spin_unlock_bh(&flows->lock);
}

void anygw_flow_flush_dev(struct anygw_net *an, const struct net_device *dev)
{
	struct anygw_flows *flows = an->flows;

	if (!flows || !READ_ONCE(flows->count))
		return;
	spin_lock_bh(&flows->lock);
	WRITE_ONCE(flows->generation, flows->generation + 1);
	flow_gc(flows, ULONG_MAX, dev);
	spin_unlock_bh(&flows->lock);
}

struct anygw_flows *anygw_flow_alloc(struct net *net)
{
	struct anygw_flows *flows = kvzalloc(sizeof(*flows), GFP_KERNEL);

	if (!flows)
		return NULL;
	flows->net = net;
	spin_lock_init(&flows->lock);
	INIT_DELAYED_WORK(&flows->work, flow_work);
	flows->fib.notifier_call = flow_fib_event;
	schedule_delayed_work(&flows->work, 0);
	return flows;
}

void anygw_flow_free(struct anygw_flows *flows)
{
	if (!flows)
		return;
	spin_lock_bh(&flows->lock);
	flows->dead = true;
	flow_gc(flows, 0, NULL);
	spin_unlock_bh(&flows->lock);
	cancel_delayed_work_sync(&flows->work);
	if (flows->fib_registered)
		unregister_fib_notifier(flows->net, &flows->fib);
	kvfree(flows);
}
