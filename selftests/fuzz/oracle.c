// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold on the wire, at every port: the lines W1 to W14 of the
 * specification, as far as one frame shows them.
 *
 * A frame without a number is judged by what it says and where it is. One
 * with a number is one of ours: what it was when it was sent says what may
 * have become of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define ND_RS		133
#define ND_RA		134
#define ND_NS		135
#define ND_NA		136
#define ND_REDIRECT	137

/**
 * struct sent - one of ours
 * @must_not: the rule that keeps it from every port, or NULL
 * @port: it came from
 * @vlan: it was sent in; 0 if no gateway has a say in it
 * @ttl: it was sent with
 * @hash: of all behind the EtherType
 * @seen: the ports it has been seen at
 * @out: seen at an exit
 * @same: it shall arrive as it was sent
 * @routed: for the vMAC, or from outside: it is routed or nothing
 * @relayed: an answer, which may go on to several that have asked
 * @known: it has been sent
 * @vague: a sum was to be written over something of it: what it is then is
 *	   known where it comes out
 */
struct sent {
	const char *must_not;
	uint8_t port, vlan;
	int16_t ttl;
	uint32_t hash;
	uint16_t seen;
	bool out, same, routed, relayed, known, vague;
};

static struct sent *sents;
static uint32_t first, last;
static unsigned long fenced, arrived, at_port[PORTS_MAX];

void oracle_new(uint32_t from, uint32_t count)
{
	first = from;
	last = from + count;
	sents = calloc(count, sizeof(*sents));
	if (!sents)
		die("no memory");
}

static uint32_t hash_of(const uint8_t *p, size_t len)
{
	uint32_t h = 2166136261u;

	while (len-- > 0)
		h = (h ^ *p++) * 16777619;
	return h;
}

static bool same_mac(const uint8_t *a, const uint8_t *b)
{
	return !memcmp(a, b, 6);
}

/* A MAC that no VM has: one of the gateway, or of an anygw host */
static bool not_a_vms(const uint8_t *mac)
{
	return same_mac(mac, vmac) || is_host_mac(mac);
}

static bool lladdr_is(const struct reading *r, bool (*is)(const uint8_t *))
{
	int i;

	for (i = 0; r->nd && i < r->lladdrs; i++)
		if (is(r->lladdr[i]))
			return true;
	return false;
}

static bool is_vmac(const uint8_t *mac) { return same_mac(mac, vmac); }

static bool is_other(const uint8_t *mac) { return !same_mac(mac, vmac); }

/* ND, or behind headers (AH) that not every receiver gets through */
static bool may_be_nd(const struct reading *r)
{
	return r->kind == KIND_IP6 && r->l3[6] != 6 && r->l3[6] != 17 &&
	       (!r->l4 || r->proto != 58 || r->icmp_type == -1 ||
		(r->icmp_type >= ND_RS && r->icmp_type <= ND_REDIRECT));
}

/* ------------------------------------------------------------ one of ours */

/* W11, and W1 and W2 by it: what a VM may not say */
static const char *fence_arp(const struct reading *r)
{
	if (r->kind != KIND_ARP && r->kind != KIND_RARP)
		return NULL;
	if (not_a_vms(r->sha))
		return "W11: a VM's ARP with a sender that is not its own";
	if (r->kind == KIND_ARP && is_gateway4(r->vlan, r->spa))
		return "W11: a VM's ARP claims a gateway address";
	return NULL;
}

static const char *fence_nd(const struct reading *r)
{
	if (r->kind == KIND_IP4 && r->icmp == 5)
		return "W11: a VM's ICMP redirect";
	if (r->kind == KIND_IP4 && r->icmp == 9)
		return "W11: a VM's ICMP router advertisement";
	if (r->kind != KIND_IP6 || !r->nd)
		return NULL;
	if (r->icmp == ND_RA)
		return "W11: a VM's router advertisement";
	if (r->icmp == ND_REDIRECT)
		return "W11: a VM's ICMPv6 redirect";
	if (lladdr_is(r, not_a_vms))
		return "W11: a VM's ND with a link-layer address not its own";
	if (r->icmp == ND_NA && is_gateway6(r->vlan, r->target))
		return "W11: a VM's NA claims a gateway address";
	if (r->lladdrs && is_gateway6(r->vlan, r->src))
		return "W11: a VM's ND from a gateway address";
	return NULL;
}

/* W9 */
static const char *question(const struct reading *r)
{
	bool heard = r->eth_dst[0] & 1 || is_vmac(r->eth_dst);

	/* The gateway itself does not know SNAP, and others may. */
	if (r->snap)
		return NULL;
	if (heard && r->kind == KIND_ARP && r->op == 1 &&
	    is_gateway4(r->vlan, r->tpa))
		return "W9: an ARP request for the gateway goes on";
	if (heard && r->kind == KIND_IP6 && r->nd && r->icmp == ND_NS &&
	    is_gateway6(r->vlan, r->target))
		return "W9: an NS for the gateway goes on";
	return NULL;
}

/* Whoever has asked gets it, by W7, and nothing is known of who that is. */
static bool is_answer(const struct reading *r)
{
	return (r->kind == KIND_ARP && r->op == 2) ||
	       (may_be_nd(r) &&
		(r->icmp_type == ND_NA || r->icmp_type == -1));
}

static const char *not_from_vm(const struct reading *r)
{
	const char *why;

	if (not_a_vms(r->eth_src))
		return "W11: a VM's frame from the vMAC or a host MAC";
	if (r->inner)
		return NULL;
	if (r->kind == KIND_BEACON)
		return "W11: a VM's beacon";
	if (same_mac(r->eth_dst, net.host_mac) && !is_answer(r))
		return "W4: a VM's frame to the host MAC";
	why = fence_arp(r);
	if (!why)
		why = fence_nd(r);
	return why ? why : question(r);
}

static const char *not_from_fabric(const struct reading *r)
{
	if (same_mac(r->eth_src, net.host_mac))
		return "W5: the fabric's frame from this host's MAC";
	if (is_vmac(r->eth_src))
		return "W5: the fabric's frame from the vMAC";
	if (is_vmac(r->eth_dst))
		return "W4: the fabric's frame to the vMAC";
	if (same_mac(r->eth_dst, net.host_mac))
		return "W4: the fabric's frame to the host MAC";
	return NULL;
}

/* A sum that is to be written elsewhere than in UDP's or TCP's own field */
static bool writes_over(const struct frame *f, const struct reading *r)
{
	if (!(f->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) || f->vnet.gso_type)
		return false;
	return (r->kind != KIND_IP4 && r->kind != KIND_IP6) || !r->l4 ||
	       (r->proto != 6 && r->proto != 17) ||
	       f->vnet.csum_start != r->l4 - f->data ||
	       f->vnet.csum_offset != (r->proto == 6 ? 16 : 6);
}

void oracle_sent(const struct frame *f, uint32_t n)
{
	const struct port *port = &ports[f->port];
	struct sent *s = &sents[n - first];
	bool sums = f->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM;
	struct reading r;
	bool talk;

	read_frame(&r, port, f->data, f->len, true,
		   sums || f->vnet.flags & VIRTIO_NET_HDR_F_DATA_VALID);
	s->known = true;
	s->port = f->port;
	s->vague = writes_over(f, &r);
	if (s->vague)
		return;
	s->ttl = r.ttl;
	if (port->role == ROLE_EXIT) {
		s->routed = true;
		return;
	}
	if (!has_gateway(r.vlan))
		return;
	s->vlan = r.vlan;
	s->hash = r.l3 ? hash_of(r.l3, f->data + f->len - r.l3) : 0;
	/* Translated as well where no receiver would take it. */
	talk = r.kind == KIND_ARP || r.kind == KIND_RARP || may_be_nd(&r);
	s->same = !sums && !f->vnet.gso_type && r.l3 && !talk && !r.snap;
	s->must_not = port->role == ROLE_VM ? not_from_vm(&r) :
					      not_from_fabric(&r);
	fenced += s->must_not != NULL;
	at_port[f->port] += s->must_not && port->role == ROLE_VM;
	s->relayed = port->role == ROLE_VM && (is_answer(&r) || r.snap);
	s->routed = port->role == ROLE_VM && is_vmac(r.eth_dst) &&
		    !r.inner && !s->relayed;
}

/* ------------------------------------------------------------ any frame */

static const char *fabric_arp(const struct reading *r)
{
	static const uint8_t nobody[4];
	uint8_t host[4];

	if (r->kind != KIND_ARP && r->kind != KIND_RARP)
		return NULL;
	if (is_vmac(r->sha))
		return "W2: ARP from the vMAC on the fabric";
	if (r->kind == KIND_RARP)
		return NULL;
	if (is_gateway4(r->vlan, r->spa))
		return "W2: ARP from a gateway address on the fabric";
	addr4(host, r->vlan, LAST_HOST);
	if (same_mac(r->sha, net.host_mac) && memcmp(r->spa, nobody, 4) &&
	    memcmp(r->spa, host, 4))
		return "W3: ARP of the host from an address not its own";
	return NULL;
}

static const char *fabric_nd(const struct reading *r)
{
	if (r->kind != KIND_IP6 || !r->nd)
		return NULL;
	if (lladdr_is(r, is_vmac))
		return "W2: ND with the vMAC on the fabric";
	/* What a machine on the fabric advertises is its target's. */
	if (r->icmp != ND_RS && is_gateway6(r->vlan, r->src) &&
	    (r->icmp != ND_NA || same_mac(r->eth_src, net.host_mac)))
		return "W2: ND from a gateway address on the fabric";
	if ((r->icmp == ND_NA || r->icmp == ND_REDIRECT) &&
	    is_gateway6(r->vlan, r->target))
		return "W2: a gateway address advertised on the fabric";
	if (r->icmp == ND_RA && same_mac(r->eth_src, net.host_mac))
		return "W2: a router advertisement of the host";
	return NULL;
}

static const char *at_fabric(const struct reading *r)
{
	const char *why;

	if (is_vmac(r->eth_src))
		return "W1: a frame from the vMAC on the fabric";
	if (r->inner)
		return NULL;
	why = fabric_arp(r);
	if (!why)
		why = fabric_nd(r);
	if (why || !same_mac(r->eth_src, net.host_mac))
		return why;
	if (r->kind == KIND_IP4 && r->proto == 2 &&
	    (is_gateway4(r->vlan, r->src) || !get16(r->src)))
		return "W2: an IGMP report of the gateway on the fabric";
	if (r->kind == KIND_IP6 && (r->icmp == 131 || r->icmp == 143) &&
	    is_gateway6(r->vlan, r->src))
		return "W2: an MLD report of the gateway on the fabric";
	return NULL;
}

static const char *shows_host(const struct reading *r)
{
	/* W7: an NS harms nobody, and one that nobody takes even less. */
	if (may_be_nd(r) && !r->inner &&
	    (r->icmp_type == ND_NS || r->icmp_type == -1))
		return NULL;
	if (is_host_mac(r->eth_src) || is_host_mac(r->eth_dst))
		return "W8: a host MAC at a VM";
	if (r->inner)
		return NULL;
	if ((r->kind == KIND_ARP || r->kind == KIND_RARP) &&
	    is_host_mac(r->sha))
		return "W8: ARP from a host MAC at a VM";
	/*
	 * A router's options may be of any length, and the module looks at the
	 * first 256 octets: a known limit.
	 */
	if (lladdr_is(r, is_host_mac) && !r->deep)
		return "W8: ND with a host MAC at a VM";
	return NULL;
}

static const char *misleads(const struct reading *r)
{
	if (r->kind == KIND_ARP && is_gateway4(r->vlan, r->spa) &&
	    !is_vmac(r->sha))
		return "W6: ARP binds a gateway address to another MAC";
	if (r->kind == KIND_IP4 && (r->icmp == 5 || r->icmp == 9) &&
	    is_gateway4(r->vlan, r->src))
		return "W13: an ICMP redirect of the gateway";
	if (r->kind != KIND_IP6 || !r->nd)
		return NULL;
	if (r->icmp == ND_REDIRECT && is_gateway6(r->vlan, r->src))
		return "W13: an ICMPv6 redirect of the gateway";
	if (!lladdr_is(r, is_other))
		return NULL;
	if (is_gateway6(r->vlan, r->icmp == ND_NA || r->icmp == ND_REDIRECT ?
			r->target : r->src))
		return "W6: ND binds a gateway address to another MAC";
	return NULL;
}

static const char *at_vm(const struct reading *r)
{
	const char *why = shows_host(r);

	if (why || r->inner)
		return why;
	if (r->kind == KIND_BEACON)
		return "W11: a beacon at a VM";
	return misleads(r);
}

static const char *by_itself(const struct port *port, const struct reading *r)
{
	if (port->role == ROLE_EXIT || !has_gateway(r->vlan))
		return NULL;
	if (is_vmac(r->eth_dst) && !r->inner)
		return "W10: a frame to the vMAC is bridged";
	return port->role == ROLE_FABRIC ? at_fabric(r) : at_vm(r);
}

/* ------------------------------------------------------------ what became */

static const char *was_routed(const struct port *port, struct sent *s,
			      const struct reading *r)
{
	const uint8_t *self = port->role == ROLE_EXIT ? net.exit_mac :
			      port->role == ROLE_VM ? vmac : net.host_mac;

	if (r->ttl != s->ttl - 1)
		return "W10: routed, but not one hop less";
	if (!same_mac(r->eth_src, self))
		return "W8: a routed frame from another MAC than the router's";
	if (s->seen && s->out != (port->role == ROLE_EXIT))
		return "W10: routed by two ways";
	return NULL;
}

static const char *was_bridged(const struct port *port, struct sent *s,
			       const struct reading *r, bool sums)
{
	if (port->role == ROLE_EXIT)
		return "W10: bridged and routed, or routed from the fabric";
	if (port->index == s->port)
		return "W14: it came back";
	if (s->vlan && r->vlan && s->vlan != r->vlan)
		return "W14: it changed its VLAN";
	if (s->same && !sums && s->vlan && r->l3 &&
	    hash_of(r->l3, r->len) != s->hash)
		return "W14: it changed on its way";
	return NULL;
}

static const char *of_ours(const struct port *port, const struct reading *r,
			   bool sums)
{
	uint16_t bit = 1 << port->index;
	const char *why = NULL;
	struct sent *s;

	if (r->id < first || r->id >= last || !sents[r->id - first].known)
		return "a number that was not sent";
	s = &sents[r->id - first];
	arrived++;
	if (s->vague)
		return NULL;
	if (s->must_not)
		return s->must_not;
	/* What the kernel has cut into segments has the number once. */
	if (s->seen & bit && !s->relayed)
		return "W10: delivered twice";
	if (s->routed)
		why = was_routed(port, s, r);
	else if (!s->relayed)
		why = was_bridged(port, s, r, sums);
	s->seen |= bit;
	s->out |= port->role == ROLE_EXIT;
	return why;
}

const char *oracle_got(const struct port *port, const struct reading *r,
		       bool sums)
{
	const char *why;

	if (r->kind == KIND_MARK)
		return NULL;
	why = by_itself(port, r);
	if (why || !r->has_id)
		return why;
	return of_ours(port, r, sums);
}

void oracle_report(void)
{
	printf("# %lu sent that must not pass, %lu copies delivered\n",
	       fenced, arrived);
}

unsigned long oracle_of_port(int port)
{
	return at_port[port];
}
