// SPDX-License-Identifier: GPL-2.0
/*
 * Whether this host can route a packet on, or leaves it to a real router.
 *
 * Of several next hops the stack takes the one that the packet's hash picks,
 * dead or not. A packet that would be lost so goes by another one of them.
 */
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ndisc.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "compat.h"
#include "nexthop.h"
#include "route.h"

static bool has_failed(const struct anygw_rt_result *way)
{
	return way->nud & NUD_FAILED ||
	       (way->nud & NUD_INCOMPLETE && anygw_failed_nh_is(way->neigh));
}

/* What a next hop's device and neighbour say; nobody is asked. */
static void judge_hop(struct anygw_rt_result *way)
{
	if (way->neigh)
		way->nud = READ_ONCE(way->neigh->nud_state);
	if (!netif_carrier_ok(way->dev))
		way->reason = ANYGW_TRACE_REASON_NO_CARRIER;
	else if (has_failed(way))
		way->reason = ANYGW_TRACE_REASON_NEIGHBOUR_FAILED;
	else
		way->reason = ANYGW_TRACE_REASON_ROUTED;
	if (way->reason == ANYGW_TRACE_REASON_NEIGHBOUR_FAILED && way->has_gw)
		way->failed = way->neigh;
}

/* Another next hop takes the place of one that is dead. */
static void go_around(struct anygw_rt_result *way, const struct anygw_rt_result *other)
{
	struct neighbour *failed = way->failed;

	*way = *other;
	way->rerouted = true;
	way->failed = failed;
}

/* hop: the router's address, of struct in6_addr or __be32; NULL without one */
static void find_hop4(struct anygw_rt_result *way, struct net_device *dev,
		      u8 family, const void *hop, const struct iphdr *ip)
{
	*way = (struct anygw_rt_result){
		.dev = dev,
		.has_gw = family,
		.family = family ?: AF_INET,
	};
	if (family == AF_INET6) {
		way->nh6 = *(const struct in6_addr *)hop;
		way->neigh = anygw_compat_neigh6(dev, &way->nh6);
	} else {
		way->nh4 = family ? *(const __be32 *)hop : ip->daddr;
		way->neigh = __ipv4_neigh_lookup_noref(dev,
						       (__force u32)way->nh4);
	}
	judge_hop(way);
}

int anygw_fib4_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
			struct fib_result *res)
{
	struct net *net = dev_net(gw->dev);
	const struct iphdr *ip = ip_hdr(skb);
	struct flow_keys keys;
	struct flowi4 fl4 = {
		.flowi4_iif = gw->dev->ifindex,
		.flowi4_mark = skb->mark,
		.flowi4_scope = RT_SCOPE_UNIVERSE,
		.saddr = ip->saddr,
		.daddr = ip->daddr,
	};

	anygw_compat_flow_tos(&fl4, ip->tos);
	/* Rules may ask for ports. */
	fib4_rules_early_flow_dissect(net, skb, &fl4, &keys);
	*res = (struct fib_result){};
	return fib_lookup(net, &fl4, res, 0);
}

/* One that is not dead, NULL if all are. What a tunnel needs is not known. */
static const struct fib_nh_common *live_hop4(struct fib_info *fi,
					     const struct iphdr *ip,
					     struct anygw_rt_result *other)
{
	const struct fib_nh_common *nhc;
	u32 n = fib_info_num_path(fi);
	u32 first, i;

	first = jhash_2words((__force u32)ip->saddr, (__force u32)ip->daddr, 0);
	for (i = 0; i < n; i++) {
		nhc = fib_info_nhc(fi, (first % n + i) % n);
		/* A group may have become smaller. */
		if (!nhc || nhc->nhc_flags & RTNH_F_DEAD || !nhc->nhc_dev ||
		    nhc->nhc_lwtstate)
			continue;
		find_hop4(other, nhc->nhc_dev, nhc->nhc_gw_family,
			  &nhc->nhc_gw, ip);
		if (anygw_route_usable(other))
			return nhc;
	}
	return NULL;
}

/* The packet's entry, but by that next hop */
static bool go_by4(struct sk_buff *skb, const struct fib_info *fi,
		   const struct fib_nh_common *nhc)
{
	struct rtable *rt = rt_dst_clone(nhc->nhc_dev, skb_rtable(skb));

	if (!rt)
		return false;
	ip_dst_init_metrics(&rt->dst, fi->fib_metrics);
	rt->rt_gw_family = nhc->nhc_gw_family;
	rt->rt_uses_gateway = !!nhc->nhc_gw_family;
	if (nhc->nhc_gw_family == AF_INET6)
		rt->rt_gw6 = nhc->nhc_gw.ipv6;
	else
		rt->rt_gw4 = nhc->nhc_gw.ipv4;
	skb_dst_drop(skb);
	skb_dst_set(skb, &rt->dst);
	return true;
}

static bool around4(const struct anygw_gateway *gw, struct sk_buff *skb,
		    struct anygw_rt_result *way, bool go)
{
	const struct fib_nh_common *nhc;
	struct anygw_rt_result other;
	struct fib_result res;

	if (skb_dst(skb)->lwtstate || anygw_fib4_lookup(gw, skb, &res) ||
	    !res.fi || fib_info_num_path(res.fi) < 2)
		return false;
	nhc = live_hop4(res.fi, ip_hdr(skb), &other);
	if (!nhc)
		return false;
	go_around(way, &other);
	return go && go_by4(skb, res.fi, nhc);
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

/* go: leave the packet with its entry, if there is a way around */
static void find4(const struct anygw_gateway *gw, struct sk_buff *skb,
		  struct anygw_rt_result *way, bool go)
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
		find_hop4(way, dst_dev_rcu(&rt->dst), rt->rt_gw_family,
			  &rt->rt_gw4, ip);
	else
		way->reason = ANYGW_TRACE_REASON_LOCAL;
	if (anygw_route_usable(way) || !way->dev ||
	    !around4(gw, skb, way, go))
		skb_dst_drop(skb);
}

#if IS_ENABLED(CONFIG_IPV6)
static void find_hop6(struct anygw_rt_result *way, const struct rt6_info *rt,
		      const struct ipv6hdr *ip6)
{
	*way = (struct anygw_rt_result){
		.dev = dst_dev_rcu(&rt->dst),
		.has_gw = rt->rt6i_flags & RTF_GATEWAY,
		.family = AF_INET6,
		.nh6 = *rt6_nexthop(rt, &ip6->daddr),
	};
	way->neigh = anygw_compat_neigh6(way->dev, &way->nh6);
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

/* hash: what picks one of several next hops, 0: the packet's own */
static struct dst_entry *lookup6(const struct anygw_gateway *gw,
				 struct sk_buff *skb, u32 hash)
{
	struct net *net = dev_net(gw->dev);
	struct flow_keys keys;
	struct flowi6 fl6;

	fill_flow6(gw, skb, &fl6);
	/* Rules may ask for ports. */
	fib6_rules_early_flow_dissect(net, skb, &fl6, &keys);
	fl6.mp_hash = hash;
	return ip6_route_input_lookup(net, gw->dev, &fl6, skb,
				      RT6_LOOKUP_F_HAS_SADDR);
}

struct dst_entry *anygw_fib6_lookup(const struct anygw_gateway *gw,
				      struct sk_buff *skb)
{
	return lookup6(gw, skb, 0);
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

bool anygw_fib6_is_multipath(const struct rt6_info *rt)
{
	const struct fib6_info *from = rcu_dereference(rt->from);

	return !from || READ_ONCE(from->fib6_nsiblings) ||
	       (from->nh && nexthop_is_multipath(from->nh));
}

/*
 * A route of its own, like this one. The stack takes the interface that it
 * belongs to for the one that the packet came in by.
 */
static bool go_by6(const struct anygw_gateway *gw, struct sk_buff *skb,
		   const struct rt6_info *rt)
{
	struct fib6_info *from = rcu_dereference(rt->from);
	struct rt6_info *new;

	new = ip6_dst_alloc(dev_net(gw->dev), dst_dev_rcu(&rt->dst), 0);
	if (!new)
		return false;
	/* The gateway loses it with an MTU below 1280, at any time. */
	new->rt6i_idev = in6_dev_get(gw->dev);
	if (!new->rt6i_idev || !from || !fib6_info_hold_safe(from)) {
		dst_release(&new->dst);
		return false;
	}
	rcu_assign_pointer(new->from, from);
	ip_dst_init_metrics(&new->dst, from->fib6_metrics);
	new->dst.input = rt->dst.input;
	new->dst.output = rt->dst.output;
	new->dst.lastuse = jiffies;
	new->rt6i_dst = rt->rt6i_dst;
	new->rt6i_gateway = rt->rt6i_gateway;
	new->rt6i_flags = rt->rt6i_flags;
	skb_dst_drop(skb);
	skb_dst_set(skb, &new->dst);
	return true;
}

/*
 * A hash has 31 bits. Its upper ones pick a next hop by weight: those that have
 * the same weight are all found. The lower ones pick one of a resilient group's
 * buckets: any of them.
 */
#define TRIES_BITS	4
#define TRIES		(1 << TRIES_BITS)
#define HASH_LEN	31
#define LOW_BITS	(HASH_LEN - TRIES_BITS - 1)

static u32 other_hash(u32 i)
{
	return (i % TRIES * 2 + 1) << LOW_BITS |
	       (jhash_1word(i, 0) & GENMASK(LOW_BITS - 1, 0));
}

/* Other hashes pick other next hops. */
static bool around6(const struct anygw_gateway *gw, struct sk_buff *skb,
		    struct anygw_rt_result *way, bool go)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const struct rt6_info *rt;
	struct anygw_rt_result other;
	struct dst_entry *dst;
	bool gone = false;
	u32 first, i;

	first = ipv6_addr_hash(&ip6->saddr) ^ ipv6_addr_hash(&ip6->daddr);
	for (i = 0; i < TRIES && !way->rerouted; i++) {
		dst = lookup6(gw, skb, other_hash(first + i));
		rt = (const struct rt6_info *)dst;
		if (!dst->error && !dst->lwtstate &&
		    !(rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST))) {
			find_hop6(&other, rt, ip6);
			if (anygw_route_usable(&other)) {
				go_around(way, &other);
				gone = go && go_by6(gw, skb, rt);
			}
		}
		dst_release(dst);
	}
	return gone;
}

/* go: as of find4() */
static void find6(const struct anygw_gateway *gw, struct sk_buff *skb,
		  struct anygw_rt_result *way, bool go)
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
	dst = forwards ? anygw_fib6_lookup(gw, skb) :
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
	if (way->dev && !anygw_route_usable(way) &&
	    anygw_fib6_is_multipath(rt))
		around6(gw, skb, way, go);
	dst_release(dst);
}
#endif

static void find(const struct anygw_gateway *gw, struct sk_buff *skb,
		 struct anygw_rt_result *way, bool go)
{
	char cb[sizeof(skb->cb)];

	*way = (struct anygw_rt_result){ .reason = ANYGW_TRACE_REASON_REFUSED };
	/* It is the bridge's, but the lookup writes into it as if its own. */
	memcpy(cb, skb->cb, sizeof(cb));
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		find4(gw, skb, way, go);
		break;
#if IS_ENABLED(CONFIG_IPV6)
	case htons(ETH_P_IPV6):
		if (ipv6_mod_enabled())
			find6(gw, skb, way, go);
		break;
#endif
	}
	memcpy(skb->cb, cb, sizeof(cb));
}

void anygw_route_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
		      struct anygw_rt_result *way)
{
	find(gw, skb, way, false);
}

void anygw_route_reroute(const struct anygw_gateway *gw, struct sk_buff *skb)
{
	struct anygw_rt_result way;

	find(gw, skb, &way, true);
}

bool anygw_route_usable(const struct anygw_rt_result *way)
{
	switch (way->reason) {
	case ANYGW_TRACE_REASON_NO_ROUTE:
	case ANYGW_TRACE_REASON_UNREACHABLE:
	case ANYGW_TRACE_REASON_NOT_FORWARDED:
	case ANYGW_TRACE_REASON_NO_CARRIER:
		return false;
	case ANYGW_TRACE_REASON_NEIGHBOUR_FAILED:
		return !way->has_gw;
	default:
		return true;
	}
}

void anygw_route_track_failed(struct anygw_net *an, struct anygw_gateway *gw,
		      const struct anygw_rt_result *way)
{
	/* Where nothing may be changed on the wire, nobody is asked either. */
	if (way->failed && READ_ONCE(gw->conf.mode) == ANYGW_MODE_ACTIVE)
		anygw_failed_nh_add(an, gw, way->failed);
}

