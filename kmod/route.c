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

/* Where nothing may be changed on the wire, nobody is asked either. */
static bool lives(struct anygw_net *an, const struct anygw_gateway *gw,
		  struct neighbour *n)
{
	if (!n || !(READ_ONCE(n->nud_state) & NUD_FAILED))
		return true;
	if (READ_ONCE(gw->mode) == ANYGW_MODE_ACTIVE)
		note_dead(an, n);
	return false;
}

static bool hop_there4(struct anygw_net *an, const struct anygw_gateway *gw,
		       const struct rtable *rt, const struct sk_buff *skb)
{
	struct net_device *dev = rt->dst.dev;
	struct neighbour *n;
	__be32 addr;

	if (!netif_carrier_ok(dev))
		return false;
	if (rt->rt_gw_family == AF_INET6) {
		n = __ipv6_neigh_lookup_noref(dev, &rt->rt_gw6);
	} else {
		addr = rt->rt_gw_family == AF_INET ? rt->rt_gw4 :
						     ip_hdr(skb)->daddr;
		n = __ipv4_neigh_lookup_noref(dev, (__force u32)addr);
	}
	return lives(an, gw, n);
}

/* No route at all, throw, or unreachable; the rest is a will. */
static bool is_nowhere(int error)
{
	return error == -ENETUNREACH || error == -EHOSTUNREACH ||
	       error == -EAGAIN;
}

static bool there4(struct anygw_net *an, struct anygw_gateway *gw,
		   struct sk_buff *skb)
{
	const struct iphdr *ip;
	const struct rtable *rt;
	bool there = true;

	if (!pskb_may_pull(skb, sizeof(*ip)))
		return true;
	skb_dst_drop(skb);
	ip = ip_hdr(skb);
	if (anygw_ip_route_input(skb, ip->daddr, ip->saddr, ip->tos, gw->dev))
		return true;
	rt = skb_rtable(skb);
	/* In an input route of IPv4 it is a positive number. */
	if (rt->dst.error)
		there = !is_nowhere(-rt->dst.error);
	else if (rt->rt_type == RTN_UNICAST)
		there = hop_there4(an, gw, rt, skb);
	skb_dst_drop(skb);
	return there;
}

#if IS_ENABLED(CONFIG_IPV6)
/* For IPv6, one switch alone decides whether a host forwards. */
static bool hop_there6(struct anygw_net *an, const struct anygw_gateway *gw,
		       struct dst_entry *dst, const struct ipv6hdr *ip6)
{
	const struct rt6_info *rt = (const struct rt6_info *)dst;

	if (rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST))
		return true;
	if (!READ_ONCE(an->net->ipv6.devconf_all->forwarding) ||
	    !netif_carrier_ok(dst->dev))
		return false;
	return lives(an, gw,
		     __ipv6_neigh_lookup_noref(dst->dev,
					       rt6_nexthop(rt, &ip6->daddr)));
}

static bool there6(struct anygw_net *an, struct anygw_gateway *gw,
		   struct sk_buff *skb)
{
	const struct ipv6hdr *ip6;
	struct flowi6 fl6 = {};
	struct dst_entry *dst;
	bool there;

	if (!pskb_may_pull(skb, sizeof(*ip6)))
		return true;
	ip6 = ipv6_hdr(skb);
	/* Such packets are for the gateway itself, or for nobody. */
	if (ipv6_addr_type(&ip6->daddr) &
	    (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK))
		return true;
	fl6.flowi6_iif = gw->dev->ifindex;
	fl6.flowi6_mark = skb->mark;
	fl6.flowi6_proto = ip6->nexthdr;
	fl6.flowlabel = ip6_flowinfo(ip6);
	fl6.daddr = ip6->daddr;
	fl6.saddr = ip6->saddr;
	dst = ip6_route_input_lookup(an->net, gw->dev, &fl6, skb, 0);
	if (dst->error)
		there = !is_nowhere(dst->error);
	else
		there = hop_there6(an, gw, dst, ip6);
	dst_release(dst);
	return there;
}
#endif

bool anygw_route_there(struct anygw_net *an, struct anygw_gateway *gw,
		       struct sk_buff *skb)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return there4(an, gw, skb);
#if IS_ENABLED(CONFIG_IPV6)
	case htons(ETH_P_IPV6):
		return there6(an, gw, skb);
#endif
	default:
		return true;
	}
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
		    !(READ_ONCE(hop->neigh->nud_state) & NUD_FAILED) ||
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
		/* An answer mends the entry; a question does not touch it. */
		local_bh_disable();
		n->ops->solicit(n, NULL);
		local_bh_enable();
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
