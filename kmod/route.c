// SPDX-License-Identifier: GPL-2.0
/*
 * Whether this host can route a packet, or leaves it to a real router.
 *
 * Of several next hops the stack takes the one that the packet's hash selects,
 * even if it has failed. Such packets are moved to another one of them.
 */
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/nexthop.h>

#include "compat.h"
#include "nexthop.h"
#include "route.h"

static void route_set_nh(struct anygw_rt_result *res, struct net_device *dev,
			 bool has_gw, const struct in6_addr *nh,
			 struct neighbour *neigh)
{
	*res = (struct anygw_rt_result){
		.dev = dev,
		.has_gw = has_gw,
		.nud = neigh ? READ_ONCE(neigh->nud_state) : 0,
		.nh = *nh,
		.neigh = neigh,
		.reason = ANYGW_TRACE_REASON_ROUTED,
	};
	if (!netif_carrier_ok(dev)) {
		res->reason = ANYGW_TRACE_REASON_NO_CARRIER;
	} else if (res->nud & NUD_FAILED ||
		   (res->nud & NUD_INCOMPLETE && anygw_failed_nh_is(neigh))) {
		res->reason = ANYGW_TRACE_REASON_NEIGHBOUR_FAILED;
		res->failed = has_gw ? neigh : NULL;
	}
}

/* @gw: the router's address, struct in6_addr or __be32 as of @family, or 0 */
static void route_set_nh4(struct anygw_rt_result *res, struct net_device *dev,
			  u8 family, const void *gw, const struct iphdr *ip)
{
	struct neighbour *neigh;
	struct in6_addr nh;
	__be32 addr;

	if (family == AF_INET6) {
		nh = *(const struct in6_addr *)gw;
		neigh = anygw_compat_neigh6(dev, &nh);
	} else {
		addr = family ? *(const __be32 *)gw : ip->daddr;
		ipv6_addr_set_v4mapped(addr, &nh);
		neigh = __ipv4_neigh_lookup_noref(dev, (__force u32)addr);
	}
	route_set_nh(res, dev, family, &nh, neigh);
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
	/* Rules may match ports. */
	fib4_rules_early_flow_dissect(net, skb, &fl4, &keys);
	*res = (struct fib_result){};
	return fib_lookup(net, &fl4, res, 0);
}

/* NULL if all next hops have failed, or need a tunnel. */
static const struct fib_nh_common *
route_find_other4(struct fib_info *fi, const struct iphdr *ip,
		  struct anygw_rt_result *other)
{
	const struct fib_nh_common *nhc;
	u32 n = fib_info_num_path(fi);
	u32 first, i;

	first = jhash_2words((__force u32)ip->saddr, (__force u32)ip->daddr, 0);
	for (i = 0; i < n; i++) {
		nhc = fib_info_nhc(fi, (first % n + i) % n);
		/* NULL if a nexthop group has shrunk meanwhile. */
		if (!nhc || nhc->nhc_flags & RTNH_F_DEAD || !nhc->nhc_dev ||
		    nhc->nhc_lwtstate)
			continue;
		route_set_nh4(other, nhc->nhc_dev, nhc->nhc_gw_family,
			      &nhc->nhc_gw, ip);
		if (anygw_route_usable(other))
			return nhc;
	}
	return NULL;
}

/* Replace the packet's entry by a clone with that next hop. */
static bool route_set_dst4(struct sk_buff *skb, const struct fib_info *fi,
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

/* Return: whether the packet's entry is the one to use */
static bool route_reroute4(const struct anygw_gateway *gw, struct sk_buff *skb,
			   struct anygw_rt_result *res, bool set_dst)
{
	const struct fib_nh_common *nhc;
	struct anygw_rt_result other;
	struct fib_result fib;

	if (skb_dst(skb)->lwtstate || anygw_fib4_lookup(gw, skb, &fib) ||
	    !fib.fi || fib_info_num_path(fib.fi) < 2)
		return false;
	nhc = route_find_other4(fib.fi, ip_hdr(skb), &other);
	if (!nhc)
		return false;
	other.rerouted = true;
	other.failed = res->failed;
	*res = other;
	return set_dst && route_set_dst4(skb, fib.fi, nhc);
}

static enum anygw_trace_reason route_error_reason(int error)
{
	switch (error) {
	case -ENETUNREACH:
	case -EAGAIN:	/* throw */
		return ANYGW_TRACE_REASON_NO_ROUTE;
	case -EHOSTUNREACH:
		return ANYGW_TRACE_REASON_UNREACHABLE;
	case -EACCES:
		return ANYGW_TRACE_REASON_PROHIBIT;
	default:
		return ANYGW_TRACE_REASON_BLACKHOLE;
	}
}

static void route_lookup4(const struct anygw_gateway *gw, struct sk_buff *skb,
			  struct anygw_rt_result *res, bool set_dst)
{
	struct in_device *in_dev = __in_dev_get_rcu(gw->dev);
	const struct iphdr *ip;
	const struct rtable *rt;

	if (!pskb_may_pull(skb, sizeof(*ip)))
		return;
	skb_dst_drop(skb);
	ip = ip_hdr(skb);
	if (ip_route_input_noref(skb, ip->daddr, ip->saddr,
				 inet_dsfield_to_dscp(ip->tos), gw->dev))
		return;
	rt = skb_rtable(skb);
	/*
	 * An IPv4 input route has a positive errno. A device that does not
	 * forward has the error of an unreachable route.
	 */
	if (rt->dst.error == EHOSTUNREACH && in_dev && !IN_DEV_FORWARD(in_dev))
		res->reason = ANYGW_TRACE_REASON_NOT_FORWARDED;
	else if (rt->dst.error)
		res->reason = route_error_reason(-rt->dst.error);
	else if (rt->rt_type == RTN_UNICAST)
		route_set_nh4(res, dst_dev_rcu(&rt->dst), rt->rt_gw_family,
			      &rt->rt_gw4, ip);
	else
		res->reason = ANYGW_TRACE_REASON_LOCAL;
	if (anygw_route_usable(res) || !res->dev ||
	    !route_reroute4(gw, skb, res, set_dst))
		skb_dst_drop(skb);
}

#if IS_ENABLED(CONFIG_IPV6)
static void route_set_nh6(struct anygw_rt_result *res,
			  const struct rt6_info *rt, const struct ipv6hdr *ip6)
{
	const struct in6_addr *nh = rt6_nexthop(rt, &ip6->daddr);
	struct net_device *dev = dst_dev_rcu(&rt->dst);

	route_set_nh(res, dev, rt->rt6i_flags & RTF_GATEWAY, nh,
		     anygw_compat_neigh6(dev, nh));
}

struct dst_entry *
anygw_fib6_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
		  u32 hash, bool forwards)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct net *net = dev_net(gw->dev);
	struct flow_keys keys;
	struct flowi6 fl6 = {
		.flowi6_iif = gw->dev->ifindex,
		.flowi6_mark = skb->mark,
		.flowi6_proto = ip6->nexthdr,
		.flowlabel = ip6_flowinfo(ip6),
		.daddr = ip6->daddr,
		.saddr = ip6->saddr,
	};

	/* On a host that does not forward, input lookups would probe routers. */
	if (!forwards)
		return ip6_route_lookup(net, &fl6, skb, RT6_LOOKUP_F_HAS_SADDR);
	/* Rules may match ports. */
	fib6_rules_early_flow_dissect(net, skb, &fl6, &keys);
	fl6.mp_hash = hash;
	return ip6_route_input_lookup(net, gw->dev, &fl6, skb,
				      RT6_LOOKUP_F_HAS_SADDR);
}

bool anygw_fib6_is_multipath(const struct rt6_info *rt)
{
	const struct fib6_info *from = rcu_dereference(rt->from);

	return !from || READ_ONCE(from->fib6_nsiblings) ||
	       (from->nh && nexthop_is_multipath(from->nh));
}

/*
 * Give the packet a copy of the route. The stack takes the copy's interface
 * (rt6i_idev) for the ingress device, hence not the egress device's.
 */
static void route_set_dst6(const struct anygw_gateway *gw, struct sk_buff *skb,
			   const struct rt6_info *rt)
{
	struct fib6_info *from = rcu_dereference(rt->from);
	struct rt6_info *new;

	new = ip6_dst_alloc(dev_net(gw->dev), dst_dev_rcu(&rt->dst), 0);
	if (!new)
		return;
	/* NULL once the gateway's MTU is below 1280. */
	new->rt6i_idev = in6_dev_get(gw->dev);
	if (!new->rt6i_idev || !from || !fib6_info_hold_safe(from)) {
		dst_release(&new->dst);
		return;
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
}

/*
 * A hash has 31 bits. The upper ones select a next hop by weight; the tries
 * reach all of those with equal weights. The lower ones select a bucket of a
 * resilient group; any will do.
 */
#define MP_HASH_BITS	31
#define MP_TRIES_BITS	4
#define MP_TRIES	(1 << MP_TRIES_BITS)
#define MP_LOW_BITS	(MP_HASH_BITS - MP_TRIES_BITS - 1)

static u32 route_mp_hash(u32 i)
{
	return (i % MP_TRIES * 2 + 1) << MP_LOW_BITS |
	       (jhash_1word(i, 0) & GENMASK(MP_LOW_BITS - 1, 0));
}

static void route_reroute6(const struct anygw_gateway *gw, struct sk_buff *skb,
			   struct anygw_rt_result *res, bool set_dst)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const struct rt6_info *rt;
	struct anygw_rt_result other;
	struct dst_entry *dst;
	u32 first, i;

	first = ipv6_addr_hash(&ip6->saddr) ^ ipv6_addr_hash(&ip6->daddr);
	for (i = 0; i < MP_TRIES && !res->rerouted; i++) {
		dst = anygw_fib6_lookup(gw, skb, route_mp_hash(first + i),
					true);
		rt = (const struct rt6_info *)dst;
		if (!dst->error && !dst->lwtstate &&
		    !(rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST))) {
			route_set_nh6(&other, rt, ip6);
			if (anygw_route_usable(&other)) {
				other.rerouted = true;
				other.failed = res->failed;
				*res = other;
				if (set_dst)
					route_set_dst6(gw, skb, rt);
			}
		}
		dst_release(dst);
	}
}

static void route_lookup6(const struct anygw_gateway *gw, struct sk_buff *skb,
			  struct anygw_rt_result *res, bool set_dst)
{
	bool forwards = anygw_compat_forwards6(gw->dev);
	const struct ipv6hdr *ip6;
	const struct rt6_info *rt;
	struct dst_entry *dst;

	if (!pskb_may_pull(skb, sizeof(*ip6)))
		return;
	ip6 = ipv6_hdr(skb);
	/* These are for the gateway itself, or not forwarded. */
	if (ipv6_addr_type(&ip6->daddr) &
	    (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK)) {
		res->reason = ANYGW_TRACE_REASON_LOCAL;
		return;
	}
	dst = anygw_fib6_lookup(gw, skb, 0, forwards);
	rt = (const struct rt6_info *)dst;
	if (dst->error)
		res->reason = route_error_reason(dst->error);
	else if (rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST))
		res->reason = ANYGW_TRACE_REASON_LOCAL;
	else if (!forwards)
		res->reason = ANYGW_TRACE_REASON_NOT_FORWARDED;
	else
		route_set_nh6(res, rt, ip6);
	if (res->dev && !anygw_route_usable(res) && anygw_fib6_is_multipath(rt))
		route_reroute6(gw, skb, res, set_dst);
	dst_release(dst);
}
#endif

void anygw_route_lookup(const struct anygw_gateway *gw, struct sk_buff *skb,
			struct anygw_rt_result *res, bool set_dst)
{
	char cb[sizeof(skb->cb)];

	*res = (struct anygw_rt_result){ .reason = ANYGW_TRACE_REASON_REFUSED };
	/* The bridge owns the control block; the lookup writes to it. */
	memcpy(cb, skb->cb, sizeof(cb));
	if (skb->protocol == htons(ETH_P_IP))
		route_lookup4(gw, skb, res, set_dst);
#if IS_ENABLED(CONFIG_IPV6)
	else if (skb->protocol == htons(ETH_P_IPV6) && ipv6_mod_enabled())
		route_lookup6(gw, skb, res, set_dst);
#endif
	memcpy(skb->cb, cb, sizeof(cb));
}

bool anygw_route_usable(const struct anygw_rt_result *res)
{
	switch (res->reason) {
	case ANYGW_TRACE_REASON_NO_ROUTE:
	case ANYGW_TRACE_REASON_UNREACHABLE:
	case ANYGW_TRACE_REASON_NOT_FORWARDED:
	case ANYGW_TRACE_REASON_NO_CARRIER:
		return false;
	case ANYGW_TRACE_REASON_NEIGHBOUR_FAILED:
		return !res->has_gw;
	default:
		return true;
	}
}
