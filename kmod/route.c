// SPDX-License-Identifier: GPL-2.0
/*
 * Whether this host can route a packet on, or leaves it to a real router.
 *
 * A next hop that has failed is not asked again by the stack as long as no
 * packet is sent to it, and once its entry is collected, packets wait for an
 * answer again. So those found dead are held on to and asked from here.
 */
#include <linux/inetdevice.h>
#include <net/arp.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "compat.h"
#include "route.h"

#define PROBE_INTERVAL	HZ
/* Nobody wanted to send there for so long. */
#define FORGET		(60 * HZ)
/* Until an answer has come. */
#define NUD_DEAD	(NUD_FAILED | NUD_INCOMPLETE)

struct dead_hop {
	struct list_head list;
	struct neighbour *neigh;
	unsigned long wanted;
};

static struct dead_hop *find(struct anygw_net *an, const struct neighbour *n)
{
	struct dead_hop *hop;

	list_for_each_entry(hop, &an->dead_hops.list, list)
		if (hop->neigh == n)
			return hop;
	return NULL;
}

static void note_dead(struct anygw_net *an, struct neighbour *n)
{
	struct dead_hop *hop;

	spin_lock(&an->dead_hops.lock);
	hop = find(an, n);
	if (hop) {
		hop->wanted = jiffies;
	} else if (an->dead_hops.count < ANYGW_DEAD_HOPS_MAX) {
		hop = kmalloc(sizeof(*hop), GFP_ATOMIC);
		if (hop) {
			neigh_hold(n);
			hop->neigh = n;
			hop->wanted = jiffies;
			list_add_tail(&hop->list, &an->dead_hops.list);
			if (!an->dead_hops.count++)
				schedule_delayed_work(&an->dead_hops.work, 0);
		}
	}
	spin_unlock(&an->dead_hops.lock);
}

/* Whether a next hop was found dead, and has not answered since. */
static bool was_dead(const struct neighbour *n)
{
	struct anygw_net *an = anygw_net(dev_net(n->dev));
	bool dead;

	if (!READ_ONCE(an->dead_hops.count))
		return false;
	spin_lock(&an->dead_hops.lock);
	dead = find(an, n);
	spin_unlock(&an->dead_hops.lock);
	return dead;
}

static bool has_failed(const struct anygw_way *way)
{
	return way->nud & NUD_FAILED ||
	       (way->nud & NUD_INCOMPLETE && was_dead(way->neigh));
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
	way->family = rt->rt_gw_family ?: AF_INET;
	if (way->family == AF_INET6) {
		way->hop6 = rt->rt_gw6;
		way->neigh = __ipv6_neigh_lookup_noref(way->dev, &way->hop6);
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
	way->family = AF_INET6;
	way->hop6 = *rt6_nexthop(rt, &ip6->daddr);
	way->neigh = __ipv6_neigh_lookup_noref(way->dev, &way->hop6);
	judge_hop(way);
}

/*
 * For IPv6, one switch alone decides whether a host forwards. Off, the lookup
 * for what comes in would ask routers whether they live.
 */
static struct dst_entry *lookup6(const struct anygw_gateway *gw,
				 const struct sk_buff *skb, bool forwards)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct net *net = dev_net(gw->dev);
	struct flowi6 fl6 = {};

	fl6.flowi6_iif = gw->dev->ifindex;
	fl6.flowi6_mark = skb->mark;
	fl6.flowi6_proto = ip6->nexthdr;
	fl6.flowlabel = ip6_flowinfo(ip6);
	fl6.daddr = ip6->daddr;
	fl6.saddr = ip6->saddr;
	if (!forwards)
		return ip6_route_lookup(net, &fl6, skb, 0);
	return ip6_route_input_lookup(net, gw->dev, &fl6, skb, 0);
}

static void find6(const struct anygw_gateway *gw, struct sk_buff *skb,
		  struct anygw_way *way)
{
	bool forwards = READ_ONCE(dev_net(gw->dev)->ipv6.devconf_all->forwarding);
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
	dst = lookup6(gw, skb, forwards);
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
	*way = (struct anygw_way){ .reason = ANYGW_TRACE_REASON_REFUSED };
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		find4(gw, skb, way);
		break;
#if IS_ENABLED(CONFIG_IPV6)
	case htons(ETH_P_IPV6):
		find6(gw, skb, way);
		break;
#endif
	}
}

bool anygw_route_is_way(const struct anygw_way *way)
{
	switch (way->reason) {
	case ANYGW_TRACE_REASON_NO_ROUTE:
	case ANYGW_TRACE_REASON_UNREACHABLE:
	case ANYGW_TRACE_REASON_NOT_FORWARDED:
	case ANYGW_TRACE_REASON_NO_CARRIER:
	case ANYGW_TRACE_REASON_NEIGHBOUR_FAILED:
		return false;
	default:
		return true;
	}
}

void anygw_route_used(struct anygw_net *an, const struct anygw_gateway *gw,
		      const struct anygw_way *way)
{
	/* Where nothing may be changed on the wire, nobody is asked either. */
	if (way->reason == ANYGW_TRACE_REASON_NEIGHBOUR_FAILED &&
	    READ_ONCE(gw->mode) == ANYGW_MODE_ACTIVE)
		note_dead(an, way->neigh);
}

static void release(struct anygw_net *an, struct dead_hop *hop)
{
	list_del(&hop->list);
	an->dead_hops.count--;
	neigh_release(hop->neigh);
	kfree(hop);
}

/* The next one to be asked, with a reference; those that live are let go. */
static struct neighbour *next_dead(struct anygw_net *an, unsigned int *at)
{
	struct dead_hop *hop, *next;
	struct neighbour *n = NULL;
	unsigned int i = 0;

	spin_lock_bh(&an->dead_hops.lock);
	list_for_each_entry_safe(hop, next, &an->dead_hops.list, list) {
		if (i++ < *at)
			continue;
		if (hop->neigh->dead ||
		    !(READ_ONCE(hop->neigh->nud_state) & NUD_DEAD) ||
		    time_after(jiffies, hop->wanted + FORGET)) {
			release(an, hop);
			i--;
			continue;
		}
		n = hop->neigh;
		neigh_hold(n);
		(*at)++;
		break;
	}
	spin_unlock_bh(&an->dead_hops.lock);
	return n;
}

static void dead_hop_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, dead_hops.work);
	struct neighbour *n;
	unsigned int at = 0;

	while ((n = next_dead(an, &at))) {
		/*
		 * As if there were a packet: IPv6 takes no answer for an
		 * entry that has failed and is not asked for.
		 */
		neigh_event_send(n, NULL);
		neigh_release(n);
	}
	if (READ_ONCE(an->dead_hops.count))
		schedule_delayed_work(&an->dead_hops.work, PROBE_INTERVAL);
}

void anygw_route_device_gone(struct anygw_net *an,
			     const struct net_device *dev)
{
	struct dead_hop *hop, *next;

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
	INIT_DELAYED_WORK(&an->dead_hops.work, dead_hop_work);
}

void anygw_route_exit(struct anygw_net *an)
{
	struct dead_hop *hop, *next;

	cancel_delayed_work_sync(&an->dead_hops.work);
	list_for_each_entry_safe(hop, next, &an->dead_hops.list, list)
		release(an, hop);
}
