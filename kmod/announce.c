// SPDX-License-Identifier: GPL-2.0
/* The ARP, RARP and neighbour discovery frames that the module builds. */
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/mld.h>
#include <net/ndisc.h>

#include "announce.h"
#include "bridge.h"

/* A neighbour solicitation or advertisement, RFC 4861 section 4.3 and 4.4 */
struct nd_message {
	u8 type;	/* ICMPv6 */
	u8 flags;	/* ANYGW_NA_* */
	const u8 *eth_dst;
	const u8 *eth_src;	/* and the link-layer address option */
	const struct in6_addr *src;
	const struct in6_addr *dst;
	const struct in6_addr *target;
};

struct nd_payload {
	struct ipv6hdr ip6;
	struct icmp6hdr icmp6;
	struct in6_addr target;
	struct nd_opt_hdr opt;
	u8 lladdr[ETH_ALEN];
} __packed;

#define ND_LEN	(sizeof(struct nd_payload) - sizeof(struct ipv6hdr))

struct sk_buff *anygw_announce_alloc(struct net_device *dev, const u8 *dst,
				     const u8 *src, u16 proto, unsigned int len)
{
	unsigned int size = max_t(unsigned int, ETH_HLEN + len, ETH_ZLEN);
	int headroom = LL_RESERVED_SPACE(dev);
	struct sk_buff *skb;
	struct ethhdr *eth;

	skb = alloc_skb(headroom + size + dev->needed_tailroom, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	eth = skb_put_zero(skb, size);
	ether_addr_copy(eth->h_dest, dst);
	ether_addr_copy(eth->h_source, src);
	eth->h_proto = htons(proto);
	skb->protocol = eth->h_proto;
	skb->dev = dev;
	return skb;
}

static struct sk_buff *announce_create_nd(struct net_device *dev,
					  const struct nd_message *m)
{
	struct nd_payload *p;
	struct sk_buff *skb;

	skb = anygw_announce_alloc(dev, m->eth_dst, m->eth_src, ETH_P_IPV6,
				   sizeof(*p));
	if (!skb)
		return NULL;
	p = (struct nd_payload *)skb_network_header(skb);
	p->ip6.version = 6;
	p->ip6.payload_len = htons(ND_LEN);
	p->ip6.nexthdr = IPPROTO_ICMPV6;
	p->ip6.hop_limit = 255;
	p->ip6.saddr = *m->src;
	p->ip6.daddr = *m->dst;
	p->icmp6.icmp6_type = m->type;
	p->icmp6.icmp6_dataun.un_data8[0] = m->flags;
	p->target = *m->target;
	p->opt.nd_opt_type = m->type == NDISC_NEIGHBOUR_SOLICITATION ?
			     ND_OPT_SOURCE_LL_ADDR : ND_OPT_TARGET_LL_ADDR;
	p->opt.nd_opt_len = 1;
	ether_addr_copy(p->lladdr, m->eth_src);
	p->icmp6.icmp6_cksum =
		csum_ipv6_magic(&p->ip6.saddr, &p->ip6.daddr, ND_LEN,
				IPPROTO_ICMPV6,
				csum_partial(&p->icmp6, ND_LEN, 0));
	return skb;
}

/* As an ARP packet if the target is IPv4. Its destination may be all nodes. */
static struct sk_buff *announce_create(struct net_device *dev,
				       const struct nd_message *m)
{
	bool solicit = m->type == NDISC_NEIGHBOUR_SOLICITATION;
	const struct in6_addr *dst;

	if (!ipv6_addr_v4mapped(m->target))
		return announce_create_nd(dev, m);
	dst = ipv6_addr_v4mapped(m->dst) ? m->dst : m->target;
	return arp_create(solicit ? ARPOP_REQUEST : ARPOP_REPLY, ETH_P_ARP,
			  dst->s6_addr32[3], dev, m->src->s6_addr32[3],
			  m->eth_dst, m->eth_src, solicit ? NULL : m->eth_dst);
}

static bool announce_send(struct net_device *dev, const struct nd_message *m)
{
	struct sk_buff *skb = announce_create(dev, m);

	if (!skb)
		return false;
	if (skb->protocol == htons(ETH_P_ARP))
		arp_xmit(skb);
	else
		dev_queue_xmit(skb);
	return true;
}

static const struct in6_addr announce_all_nodes =
	IN6ADDR_LINKLOCAL_ALLNODES_INIT;

void anygw_announce_gateways(const struct anygw_segment *seg, const u8 *mac,
			     u32 skip_hash)
{
	struct nd_message advert = {
		.type = NDISC_NEIGHBOUR_ADVERTISEMENT,
		.eth_dst = mac,
		.dst = &announce_all_nodes,
		.flags = ANYGW_NA_ROUTER | ANYGW_NA_OVERRIDE,
	};
	const struct anygw_prefix *prefix;
	struct anygw_gateway *gw;
	int i;

	for (i = 0; i < seg->n_gw; i++) {
		if (seg->gw[i].state != ANYGW_MODE_ACTIVE)
			continue;
		gw = seg->gw[i].gateway;
		advert.eth_src = gw->dev->dev_addr;
		anygw_segment_for_each_addr(prefix, seg, i) {
			advert.src = &prefix->addr;
			advert.target = &prefix->addr;
			if (anygw_announce_hash(&prefix->addr) != skip_hash &&
			    announce_send(gw->dev, &advert))
				anygw_stats_inc(gw->stats,
						ANYGW_STAT_ANNOUNCED);
		}
	}
}

void anygw_announce_host_ll(const struct anygw_segment *seg,
			    struct anygw_gateway *gw,
			    const struct anygw_frame *f)
{
	const struct nd_message advert = {
		.type = NDISC_NEIGHBOUR_ADVERTISEMENT,
		.eth_dst = f->src,
		.eth_src = seg->host_mac,
		.src = &seg->host_ll,
		.dst = &f->nd.src,
		.target = &seg->host_ll,
		.flags = ANYGW_NA_SOLICITED | ANYGW_NA_OVERRIDE,
	};
	struct sk_buff *skb;

	if (READ_ONCE(gw->dying))
		return;
	skb = announce_create_nd(gw->br_dev, &advert);
	if (skb)
		anygw_br_xmit(gw, gw->br_dev, seg->vid, skb);
}

void anygw_announce_reply(struct anygw_gateway *gw, const struct anygw_frame *f)
{
	const struct nd_message advert = {
		.type = NDISC_NEIGHBOUR_ADVERTISEMENT,
		.eth_dst = f->src,
		.eth_src = gw->dev->dev_addr,
		.src = anygw_frame_target_addr(f),
		.dst = anygw_frame_claimed_addr(f),
		.target = anygw_frame_target_addr(f),
		.flags = ANYGW_NA_ROUTER | ANYGW_NA_SOLICITED |
			 ANYGW_NA_OVERRIDE,
	};

	announce_send(gw->dev, &advert);
}

/* RARP, gratuitous ARP, or an unsolicited neighbour advertisement */
static struct sk_buff *announce_create_vm(struct net_device *br, const u8 *mac,
					  const struct in6_addr *addr)
{
	u8 all[ETH_ALEN];
	const struct nd_message advert = {
		.type = NDISC_NEIGHBOUR_ADVERTISEMENT,
		.eth_dst = all,
		.eth_src = mac,
		.src = addr,
		.dst = &announce_all_nodes,
		.target = addr,
		.flags = ANYGW_NA_OVERRIDE,
	};

	if (addr && !ipv6_addr_v4mapped(addr)) {
		ipv6_eth_mc_map(&announce_all_nodes, all);
		return announce_create_nd(br, &advert);
	}
	eth_broadcast_addr(all);
	if (!addr)
		return arp_create(ARPOP_RREQUEST, ETH_P_RARP, 0, br, 0, all,
				  mac, mac);
	return arp_create(ARPOP_REQUEST, ETH_P_ARP, addr->s6_addr32[3], br,
			  addr->s6_addr32[3], all, mac, NULL);
}

void anygw_announce_vm(const struct anygw_segment *seg, const u8 *mac,
		       const struct in6_addr *addr)
{
	struct anygw_gateway *gw;
	struct sk_buff *skb;
	int i;

	for (i = 0; i < seg->n_gw; i++)
		if (seg->gw[i].state == ANYGW_MODE_ACTIVE &&
		    !READ_ONCE(seg->gw[i].gateway->dying))
			break;
	if (i == seg->n_gw)
		return;
	gw = seg->gw[i].gateway;
	skb = announce_create_vm(gw->br_dev, mac, addr);
	if (!skb || eth_skb_pad(skb))
		return;
	skb_reset_mac_header(skb);
	skb->protocol = eth_hdr(skb)->h_proto;
	anygw_br_xmit(gw, gw->br_dev, seg->vid, skb);
	anygw_stats_inc(gw->stats, ANYGW_STAT_ANNOUNCED);
}

/* The solicited-node groups of this host, RFC 4291 section 2.7.1 */
struct announce_groups {
	int n;
	struct in6_addr group[2];
};

static void announce_host_groups(const struct anygw_segment *seg,
				 struct announce_groups *groups)
{
	int i;

	addrconf_addr_solict_mult(&seg->host_ll, &groups->group[0]);
	groups->n = 1;
	for (i = 0; i < seg->n_gw && groups->n == 1; i++)
		if (!ipv6_addr_any(&seg->gw[i].conf.host6.addr))
			addrconf_addr_solict_mult(&seg->gw[i].conf.host6.addr,
						  &groups->group[groups->n++]);
}

/* An IPv6 packet of multicast listener discovery with @len zeros */
static struct sk_buff *announce_alloc_mld(struct net_device *br,
					  const struct anygw_segment *seg,
					  const struct in6_addr *dst,
					  unsigned int len)
{
	static const u8 router_alert[] = {
		IPPROTO_ICMPV6, 0, IPV6_TLV_ROUTERALERT, 2, 0, 0, IPV6_TLV_PADN,
	};
	unsigned int size = sizeof(router_alert) + 1 + len;
	u8 eth_dst[ETH_ALEN];
	struct ipv6hdr *ip6;
	struct sk_buff *skb;

	ipv6_eth_mc_map(dst, eth_dst);
	skb = anygw_announce_alloc(br, eth_dst, seg->host_mac, ETH_P_IPV6,
				   sizeof(*ip6) + size);
	if (!skb)
		return NULL;
	ip6 = ipv6_hdr(skb);
	ip6->version = 6;
	ip6->payload_len = htons(size);
	ip6->nexthdr = NEXTHDR_HOP;
	ip6->hop_limit = 1;
	ip6->saddr = seg->host_ll;
	ip6->daddr = *dst;
	memcpy(ip6 + 1, router_alert, sizeof(router_alert));
	skb_set_transport_header(skb, ETH_HLEN + sizeof(*ip6) +
				 sizeof(router_alert) + 1);
	return skb;
}

/*
 * By the fabric ports, not through the bridge, which would take the host for a
 * member of the groups.
 */
static void announce_send_mld(struct anygw_net *an, struct net_device *br,
			      u16 vid, struct sk_buff *skb, unsigned int len)
{
	struct icmp6hdr *icmp6 = icmp6_hdr(skb);
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const struct anygw_port *port;
	struct sk_buff *clone;
	unsigned long i;

	icmp6->icmp6_cksum = csum_ipv6_magic(&ip6->saddr, &ip6->daddr, len,
					     IPPROTO_ICMPV6,
					     csum_partial(icmp6, len, 0));
	xa_for_each(&an->ports, i, port) {
		if (port->br_dev != br || !READ_ONCE(port->forwarding) ||
		    READ_ONCE(port->role) != ANYGW_PORT_ROLE_FABRIC)
			continue;
		clone = skb_clone(skb, GFP_ATOMIC);
		if (clone)
			anygw_br_xmit_port(port, vid, clone);
	}
	kfree_skb(skb);
}

static void announce_report2(struct anygw_net *an, struct net_device *br,
			     const struct anygw_segment *seg,
			     const struct announce_groups *groups)
{
	const struct in6_addr all_routers = MLD2_ALL_MCR_INIT;
	unsigned int len = sizeof(struct icmp6hdr) +
			   groups->n * sizeof(struct mld2_grec);
	struct mld2_report *report;
	struct sk_buff *skb;
	int i;

	skb = announce_alloc_mld(br, seg, &all_routers, len);
	if (!skb)
		return;
	report = (struct mld2_report *)icmp6_hdr(skb);
	report->mld2r_type = ICMPV6_MLD2_REPORT;
	report->mld2r_ngrec = htons(groups->n);
	for (i = 0; i < groups->n; i++) {
		report->mld2r_grec[i].grec_type = MLD2_CHANGE_TO_EXCLUDE;
		report->mld2r_grec[i].grec_mca = groups->group[i];
	}
	announce_send_mld(an, br, seg->vid, skb, len);
}

static void announce_report1(struct anygw_net *an, struct net_device *br,
			     const struct anygw_segment *seg,
			     const struct in6_addr *group)
{
	struct sk_buff *skb;
	struct mld_msg *msg;

	skb = announce_alloc_mld(br, seg, group, sizeof(*msg));
	if (!skb)
		return;
	msg = (struct mld_msg *)icmp6_hdr(skb);
	msg->mld_type = ICMPV6_MGM_REPORT;
	msg->mld_mca = *group;
	announce_send_mld(an, br, seg->vid, skb, sizeof(*msg));
}

void anygw_announce_report(struct anygw_net *an,
			   const struct anygw_segment *seg, bool mld1)
{
	const struct anygw_segment_gw *gw =
		&seg->gw[anygw_segment_default_gw(seg)];
	struct net_device *br = gw->gateway->br_dev;
	struct announce_groups groups;
	int i;

	for (i = 0; i < seg->n_gw; i++)
		if (anygw_segment_has_family(seg, i, false))
			break;
	if (gw->state != ANYGW_MODE_ACTIVE || i == seg->n_gw)
		return;
	announce_host_groups(seg, &groups);
	if (!mld1) {
		announce_report2(an, br, seg, &groups);
		return;
	}
	for (i = 0; i < groups.n; i++)
		announce_report1(an, br, seg, &groups.group[i]);
}

void anygw_announce_solicit(const struct anygw_segment *seg,
			    const struct anygw_port *port, const u8 *mac,
			    const struct in6_addr *addr)
{
	struct nd_message solicit = {
		.type = NDISC_NEIGHBOUR_SOLICITATION,
		.eth_dst = mac,
		.dst = addr,
		.target = addr,
	};
	struct anygw_gateway *gw;
	struct sk_buff *skb;
	int i;

	i = anygw_segment_requester(seg, addr, &solicit.src);
	if (i < 0 || seg->gw[i].state != ANYGW_MODE_ACTIVE)
		return;
	gw = seg->gw[i].gateway;
	solicit.eth_src = gw->dev->dev_addr;
	if (!port) {
		announce_send(gw->dev, &solicit);
		return;
	}
	if (port->br_dev != gw->br_dev ||
	    READ_ONCE(port->role) != ANYGW_PORT_ROLE_ACCESS)
		return;
	skb = announce_create(gw->dev, &solicit);
	if (skb)
		anygw_br_xmit_port(port, seg->vid, skb);
}
