// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold on the wire, at every port: the lines W1 to W14 of the
 * specification, as far as a single frame can violate them.
 *
 * Every frame is checked by its content and port. A frame with a number was
 * sent by the fuzzer, and is also checked against the frame as it was sent.
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

/* A frame that was sent */
struct sent {
	const char *must_not;	/* the rule that forbids it on every port */
	uint8_t port;		/* ingress */
	uint8_t vlan;		/* 0 without a gateway */
	int16_t ttl;
	uint32_t hash;		/* of all behind the EtherType */
	uint16_t seen;		/* bitmap of the ports that received it */
	bool out;		/* received at an exit */
	bool same;		/* must arrive unchanged */
	bool routed;		/* to the vMAC or from an exit: never bridged */
	bool relayed;		/* a reply that may reach several requesters */
	bool known;		/* sent */
	bool vague;		/* a checksum offload overwrites its headers */
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

/* The vMAC or the MAC of an anygw host */
static bool not_vm_mac(const uint8_t *mac)
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

/* ND, also behind headers (AH) that some receivers cannot parse */
static bool may_be_nd(const struct reading *r)
{
	return r->kind == KIND_IP6 && r->l3[6] != 6 && r->l3[6] != 17 &&
	       (!r->l4 || r->proto != 58 || r->icmp_type == -1 ||
		(r->icmp_type >= ND_RS && r->icmp_type <= ND_REDIRECT));
}

/* ------------------------------------------------------------ sending */

/* W11, and by it W1 and W2 */
static const char *fence_arp(const struct reading *r)
{
	if (r->kind != KIND_ARP && r->kind != KIND_RARP)
		return NULL;
	if (not_vm_mac(r->sha))
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
	if (lladdr_is(r, not_vm_mac))
		return "W11: a VM's ND with a link-layer address not its own";
	if (r->icmp == ND_NA && is_gateway6(r->vlan, r->target))
		return "W11: a VM's NA claims a gateway address";
	if (r->lladdrs && is_gateway6(r->vlan, r->src))
		return "W11: a VM's ND from a gateway address";
	return NULL;
}

/* W9 */
static const char *solicits_gateway(const struct reading *r)
{
	bool received = r->eth_dst[0] & 1 || is_vmac(r->eth_dst);

	/* The gateway does not reply to SNAP; other hosts may. */
	if (r->snap)
		return NULL;
	if (received && r->kind == KIND_ARP && r->op == 1 &&
	    is_gateway4(r->vlan, r->tpa))
		return "W9: an ARP request for the gateway goes on";
	if (received && r->kind == KIND_IP6 && r->nd && r->icmp == ND_NS &&
	    is_gateway6(r->vlan, r->target))
		return "W9: an NS for the gateway goes on";
	return NULL;
}

/* By W7 every requester gets it; the oracle does not track requesters. */
static bool is_reply(const struct reading *r)
{
	return (r->kind == KIND_ARP && r->op == 2) ||
	       (may_be_nd(r) &&
		(r->icmp_type == ND_NA || r->icmp_type == -1));
}

static const char *not_from_vm(const struct reading *r)
{
	const char *why;

	if (not_vm_mac(r->eth_src))
		return "W11: a VM's frame from the vMAC or a host MAC";
	if (r->inner)
		return NULL;
	if (r->kind == KIND_BEACON)
		return "W11: a VM's beacon";
	if (same_mac(r->eth_dst, net.host_mac) && !is_reply(r))
		return "W4: a VM's frame to the host MAC";
	why = fence_arp(r);
	if (!why)
		why = fence_nd(r);
	return why ? why : solicits_gateway(r);
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

/* A checksum offload that writes outside the UDP or TCP checksum field */
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
	/* These may be translated even if receivers discard them. */
	talk = r.kind == KIND_ARP || r.kind == KIND_RARP || may_be_nd(&r);
	s->same = !sums && !f->vnet.gso_type && r.l3 && !talk && !r.snap;
	s->must_not = port->role == ROLE_VM ? not_from_vm(&r) :
					      not_from_fabric(&r);
	fenced += s->must_not != NULL;
	at_port[f->port] += s->must_not && port->role == ROLE_VM;
	s->relayed = port->role == ROLE_VM && (is_reply(&r) || r.snap);
	s->routed = port->role == ROLE_VM && is_vmac(r.eth_dst) &&
		    !r.inner && !s->relayed;
}

/* ------------------------------------------------------------ any frame */

static const char *fabric_arp(const struct reading *r)
{
	static const uint8_t unspecified[4];
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
	if (same_mac(r->sha, net.host_mac) && memcmp(r->spa, unspecified, 4) &&
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
	/* A host on the fabric may use any source in an NA. */
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

static const char *reveals_host(const struct reading *r)
{
	/* W7: an NS from a host MAC may pass; it is harmless. */
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
	/* The module parses 256 octets; a router's options may be longer. */
	if (lladdr_is(r, is_host_mac) && !r->deep)
		return "W8: ND with a host MAC at a VM";
	return NULL;
}

static const char *binds_other_mac(const struct reading *r)
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
	const char *why = reveals_host(r);

	if (why || r->inner)
		return why;
	if (r->kind == KIND_BEACON)
		return "W11: a beacon at a VM";
	return binds_other_mac(r);
}

static const char *check_any(const struct port *port, const struct reading *r)
{
	if (port->role == ROLE_EXIT || !has_gateway(r->vlan))
		return NULL;
	if (is_vmac(r->eth_dst) && !r->inner)
		return "W10: a frame to the vMAC is bridged";
	return port->role == ROLE_FABRIC ? at_fabric(r) : at_vm(r);
}

/* ------------------------------------------------------------ receiving */

static const char *check_routed(const struct port *port, struct sent *s,
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

static const char *check_bridged(const struct port *port, struct sent *s,
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

static const char *check_sent(const struct port *port, const struct reading *r,
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
	/* Of a segmented packet one segment has the number. */
	if (s->seen & bit && !s->relayed)
		return "W10: delivered twice";
	if (s->routed)
		why = check_routed(port, s, r);
	else if (!s->relayed)
		why = check_bridged(port, s, r, sums);
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
	why = check_any(port, r);
	if (why || !r->has_id)
		return why;
	return check_sent(port, r, sums);
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
