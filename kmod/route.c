// SPDX-License-Identifier: GPL-2.0
/*
 * Whether this host can route a packet on, or leaves it to a real router.
 *
 * A next hop that has failed is not asked again by the stack as long as no
 * packet is sent to it, and once its entry is collected, packets wait for an
 * answer again. So those found dead are held on to and asked from here.
 */
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <net/arp.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "compat.h"
#include "route.h"

/* Between two rounds of the stack's own questions, growing. */
#define PAUSE_MIN	HZ
#define PAUSE_MAX	(8 * HZ)
/* Nobody wanted to send there for so long. */
#define FORGET		(60 * HZ)
/* Until an answer has come. */
#define NUD_DEAD	(NUD_FAILED | NUD_INCOMPLETE)
/* A route has few next hops, and so have all routes together. */
#define FAILED_MAX	64

/**
 * struct failed_nh - a router that does not answer
 * @node: by @neigh, read under RCU
 * @list: the same in the order they came
 * @neigh: its neighbour entry, held
 * @gw: the gateway whose traffic has found it
 * @wanted: when a packet was to go there last, jiffies; without the lock
 * @ask_at: when to ask next, jiffies
 * @pause: how long to wait after that
 * @rcu: for freeing
 */
struct failed_nh {
	struct hlist_node node;
	struct list_head list;
	struct neighbour *neigh;
	struct anygw_gateway *gw;
	unsigned long wanted;
	unsigned long ask_at;
	unsigned long pause;
	struct rcu_head rcu;
};

static struct hlist_head *bucket_of(struct anygw_net *an,
				    const struct neighbour *n)
{
	return &an->dead_hops.bucket[hash_ptr((void *)n, ANYGW_FAILED_NH_BITS)];
}

static struct failed_nh *find(struct anygw_net *an, const struct neighbour *n)
{
	struct failed_nh *hop;

	hlist_for_each_entry_rcu(hop, bucket_of(an, n), node,
				 lockdep_is_held(&an->dead_hops.lock))
		if (hop->neigh == n)
			return hop;
	return NULL;
}

static void add_failed(struct anygw_net *an, struct anygw_gateway *gw,
		       struct neighbour *n)
{
	struct failed_nh *hop;

	lockdep_assert_held(&an->dead_hops.lock);
	if (find(an, n) || gw->n_failed >= FAILED_MAX || gw->leaving)
		return;
	hop = kzalloc(sizeof(*hop), GFP_ATOMIC);
	if (!hop)
		return;
	/* It may be on its way out. */
	if (!refcount_inc_not_zero(&n->refcnt)) {
		kfree(hop);
		return;
	}
	hop->neigh = n;
	hop->gw = gw;
	hop->wanted = jiffies;
	hop->ask_at = jiffies;
	hop->pause = PAUSE_MIN;
	hlist_add_head_rcu(&hop->node, bucket_of(an, n));
	list_add_tail(&hop->list, &an->dead_hops.list);
	WRITE_ONCE(gw->n_failed, gw->n_failed + 1);
	WRITE_ONCE(an->dead_hops.count, an->dead_hops.count + 1);
	mod_delayed_work(system_wq, &an->dead_hops.work, 0);
}

/* Each packet comes through here: it writes nothing that others read. */
static void note_failed(struct anygw_net *an, struct anygw_gateway *gw,
			struct neighbour *n)
{
	struct failed_nh *hop = find(an, n);

	if (hop) {
		if (time_after(jiffies, READ_ONCE(hop->wanted) + HZ))
			WRITE_ONCE(hop->wanted, jiffies);
		return;
	}
	if (READ_ONCE(gw->n_failed) >= FAILED_MAX)
		return;
	spin_lock(&an->dead_hops.lock);
	add_failed(an, gw, n);
	spin_unlock(&an->dead_hops.lock);
}

/* Whether a next hop was found to fail, and has not answered since. */
static bool was_failed(const struct neighbour *n)
{
	struct anygw_net *an = anygw_net(dev_net(n->dev));

	return READ_ONCE(an->dead_hops.count) && find(an, n);
}

static bool has_failed(const struct anygw_way *way)
{
	return way->nud & NUD_FAILED ||
	       (way->nud & NUD_INCOMPLETE && was_failed(way->neigh));
}

/* What a next hop's device and neighbour say; nobody is asked. */
static void judge_hop(struct anygw_way *way)
{
	if (way->neigh)
		way->nud = READ_ONCE(way->neigh->nud_state);
	if (!netif_carrier_ok(way->dev))
		way->reason = ANYGW_TRACE_REASON_NO_CARRIER;
	else if (has_failed(way))
		way->reason = ANYGW_TRACE_REASON_NEIGHBOUR_FAILED;
	else
		way->reason = ANYGW_TRACE_REASON_ROUTED;
}

static void find_hop4(struct anygw_way *way, const struct rtable *rt,
		      const struct iphdr *ip)
{
	way->dev = rt->dst.dev;
	way->via = rt->rt_gw_family;
	way->family = rt->rt_gw_family ?: AF_INET;
	if (way->family == AF_INET6) {
		way->hop6 = rt->rt_gw6;
		way->neigh = anygw_compat_neigh6(way->dev, &way->hop6);
	} else {
		way->hop4 = rt->rt_gw_family ? rt->rt_gw4 : ip->daddr;
		way->neigh = __ipv4_neigh_lookup_noref(way->dev,
						       (__force u32)way->hop4);
	}
	judge_hop(way);
}

/* Found no route at all, throw, or unreachable; the rest is a will. */
static enum anygw_trace_reason reason_of(int error)
{
	switch (error) {
	case -ENETUNREACH:
	case -EAGAIN:
		return ANYGW_TRACE_REASON_NO_ROUTE;
	case -EHOSTUNREACH:
		return ANYGW_TRACE_REASON_UNREACHABLE;
	case -EACCES:
		return ANYGW_TRACE_REASON_PROHIBIT;
	default:
		return ANYGW_TRACE_REASON_BLACKHOLE;
	}
}

/* A device that does not forward has the error of an unreachable route. */
static enum anygw_trace_reason reason_of4(const struct net_device *dev,
					  int error)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);

	if (error == -EHOSTUNREACH && in_dev && !IN_DEV_FORWARD(in_dev))
		return ANYGW_TRACE_REASON_NOT_FORWARDED;
	return reason_of(error);
}

static void find4(const struct anygw_gateway *gw, struct sk_buff *skb,
		  struct anygw_way *way)
{
	const struct iphdr *ip;
	const struct rtable *rt;

	if (!pskb_may_pull(skb, sizeof(*ip)))
		return;
	skb_dst_drop(skb);
	ip = ip_hdr(skb);
	if (anygw_ip_route_input(skb, ip->daddr, ip->saddr, ip->tos, gw->dev))
		return;
	rt = skb_rtable(skb);
	/* In an input route of IPv4 it is a positive number. */
	if (rt->dst.error)
		way->reason = reason_of4(gw->dev, -rt->dst.error);
	else if (rt->rt_type == RTN_UNICAST)
		find_hop4(way, rt, ip);
	else
		way->reason = ANYGW_TRACE_REASON_LOCAL;
	skb_dst_drop(skb);
}

#if IS_ENABLED(CONFIG_IPV6)
static void find_hop6(struct anygw_way *way, const struct rt6_info *rt,
		      const struct ipv6hdr *ip6)
{
	way->dev = rt->dst.dev;
	way->via = rt->rt6i_flags & RTF_GATEWAY;
	way->family = AF_INET6;
	way->hop6 = *rt6_nexthop(rt, &ip6->daddr);
	way->neigh = anygw_compat_neigh6(way->dev, &way->hop6);
	judge_hop(way);
}

static void fill_flow6(const struct anygw_gateway *gw, struct sk_buff *skb,
		       struct flowi6 *fl6)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);

	*fl6 = (struct flowi6){
		.flowi6_iif = gw->dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = ip6->nexthdr,
		.flowlabel = ip6_flowinfo(ip6),
		.daddr = ip6->daddr,
		.saddr = ip6->saddr,
	};
}

struct dst_entry *anygw_route_lookup6(const struct anygw_gateway *gw,
				      struct sk_buff *skb)
{
	struct net *net = dev_net(gw->dev);
	struct flow_keys keys;
	struct flowi6 fl6;

	fill_flow6(gw, skb, &fl6);
	/* Rules may ask for ports. */
	fib6_rules_early_flow_dissect(net, skb, &fl6, &keys);
	return ip6_route_input_lookup(net, gw->dev, &fl6, skb,
				      RT6_LOOKUP_F_HAS_SADDR);
}

/* On a host that does not forward, the above would ask routers for signs. */
static struct dst_entry *lookup_quietly6(const struct anygw_gateway *gw,
					 struct sk_buff *skb)
{
	struct flowi6 fl6;

	fill_flow6(gw, skb, &fl6);
	return ip6_route_lookup(dev_net(gw->dev), &fl6, skb,
				RT6_LOOKUP_F_HAS_SADDR);
}

static void find6(const struct anygw_gateway *gw, struct sk_buff *skb,
		  struct anygw_way *way)
{
	bool forwards = anygw_compat_forwards6(gw->dev);
	const struct ipv6hdr *ip6;
	const struct rt6_info *rt;
	struct dst_entry *dst;

	if (!pskb_may_pull(skb, sizeof(*ip6)))
		return;
	ip6 = ipv6_hdr(skb);
	/* Such packets are for the gateway itself, or for nobody. */
	if (ipv6_addr_type(&ip6->daddr) &
	    (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK)) {
		way->reason = ANYGW_TRACE_REASON_LOCAL;
		return;
	}
	dst = forwards ? anygw_route_lookup6(gw, skb) :
			 lookup_quietly6(gw, skb);
	rt = (const struct rt6_info *)dst;
	if (dst->error)
		way->reason = reason_of(dst->error);
	else if (rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST))
		way->reason = ANYGW_TRACE_REASON_LOCAL;
	else if (!forwards)
		way->reason = ANYGW_TRACE_REASON_NOT_FORWARDED;
	else
		find_hop6(way, rt, ip6);
	dst_release(dst);
}
#endif

void anygw_route_find(const struct anygw_gateway *gw, struct sk_buff *skb,
		      struct anygw_way *way)
{
	char cb[sizeof(skb->cb)];

	*way = (struct anygw_way){ .reason = ANYGW_TRACE_REASON_REFUSED };
	/* It is the bridge's, but the lookup writes into it as if its own. */
	memcpy(cb, skb->cb, sizeof(cb));
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		find4(gw, skb, way);
		break;
#if IS_ENABLED(CONFIG_IPV6)
	case htons(ETH_P_IPV6):
		if (ipv6_mod_enabled())
			find6(gw, skb, way);
		break;
#endif
	}
	memcpy(skb->cb, cb, sizeof(cb));
}

bool anygw_route_is_way(const struct anygw_way *way)
{
	switch (way->reason) {
	case ANYGW_TRACE_REASON_NO_ROUTE:
	case ANYGW_TRACE_REASON_UNREACHABLE:
	case ANYGW_TRACE_REASON_NOT_FORWARDED:
	case ANYGW_TRACE_REASON_NO_CARRIER:
		return false;
	case ANYGW_TRACE_REASON_NEIGHBOUR_FAILED:
		return !way->via;
	default:
		return true;
	}
}

void anygw_route_used(struct anygw_net *an, struct anygw_gateway *gw,
		      const struct anygw_way *way)
{
	/* Where nothing may be changed on the wire, nobody is asked either. */
	if (way->reason == ANYGW_TRACE_REASON_NEIGHBOUR_FAILED && way->via &&
	    READ_ONCE(gw->mode) == ANYGW_MODE_ACTIVE)
		note_failed(an, gw, way->neigh);
}

static void release(struct anygw_net *an, struct failed_nh *hop)
{
	hlist_del_rcu(&hop->node);
	list_del(&hop->list);
	WRITE_ONCE(hop->gw->n_failed, hop->gw->n_failed - 1);
	WRITE_ONCE(an->dead_hops.count, an->dead_hops.count - 1);
	neigh_release(hop->neigh);
	kfree_rcu(hop, rcu);
}

static bool is_over(const struct failed_nh *hop)
{
	return hop->neigh->dead ||
	       !(READ_ONCE(hop->neigh->nud_state) & NUD_DEAD) ||
	       time_after(jiffies, READ_ONCE(hop->wanted) + FORGET);
}

/* The next one to be asked, with a reference; those that live are let go. */
static struct neighbour *next_failed(struct anygw_net *an, unsigned long *wait)
{
	struct failed_nh *hop, *next;
	struct neighbour *n = NULL;

	spin_lock_bh(&an->dead_hops.lock);
	list_for_each_entry_safe(hop, next, &an->dead_hops.list, list) {
		if (is_over(hop)) {
			release(an, hop);
			continue;
		}
		/* The stack is still at it: the pause begins when it ends. */
		if (READ_ONCE(hop->neigh->nud_state) & NUD_INCOMPLETE)
			hop->ask_at = jiffies + hop->pause;
		if (time_before(jiffies, hop->ask_at)) {
			*wait = min(*wait, hop->ask_at - jiffies);
			continue;
		}
		n = hop->neigh;
		neigh_hold(n);
		hop->pause = min_t(unsigned long, hop->pause * 2, PAUSE_MAX);
		hop->ask_at = jiffies + hop->pause;
		break;
	}
	spin_unlock_bh(&an->dead_hops.lock);
	return n;
}

static void failed_nh_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, dead_hops.work);
	unsigned long wait = PAUSE_MIN;
	struct neighbour *n;

	while ((n = next_failed(an, &wait))) {
		/*
		 * As if there were a packet: IPv6 takes no answer for an
		 * entry that has failed and is not asked for.
		 */
		neigh_event_send(n, NULL);
		neigh_release(n);
	}
	if (READ_ONCE(an->dead_hops.count))
		queue_delayed_work(system_wq, &an->dead_hops.work, wait);
}

void anygw_route_gateway_gone(struct anygw_net *an,
			      const struct anygw_gateway *gw)
{
	struct failed_nh *hop, *next;

	spin_lock_bh(&an->dead_hops.lock);
	list_for_each_entry_safe(hop, next, &an->dead_hops.list, list)
		if (hop->gw == gw)
			release(an, hop);
	spin_unlock_bh(&an->dead_hops.lock);
}

void anygw_route_device_gone(struct anygw_net *an,
			     const struct net_device *dev)
{
	struct failed_nh *hop, *next;

	if (!READ_ONCE(an->dead_hops.count))
		return;
	spin_lock_bh(&an->dead_hops.lock);
	list_for_each_entry_safe(hop, next, &an->dead_hops.list, list)
		if (hop->neigh->dev == dev)
			release(an, hop);
	spin_unlock_bh(&an->dead_hops.lock);
}

void anygw_route_init(struct anygw_net *an)
{
	spin_lock_init(&an->dead_hops.lock);
	INIT_LIST_HEAD(&an->dead_hops.list);
	INIT_DELAYED_WORK(&an->dead_hops.work, failed_nh_work);
}

void anygw_route_exit(struct anygw_net *an)
{
	cancel_delayed_work_sync(&an->dead_hops.work);
	/* They have gone with their gateways. */
	WARN_ON_ONCE(an->dead_hops.count);
}
