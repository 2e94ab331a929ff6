// SPDX-License-Identifier: GPL-2.0
/*
 * For comparison in the benchmark: a minimal eBPF router at a VM's port. It
 * looks the route up with bpf_fib_lookup() and redirects the frame; everything
 * else is left to the stack.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define FAMILY_INET	2
#define FAMILY_INET6	10

static __always_inline int decrease_ttl(struct iphdr *iph)
{
	__u32 sum = iph->check;

	sum += bpf_htons(0x0100);
	iph->check = sum + (sum >= 0xffff);
	return --iph->ttl;
}

SEC("tc")
int route(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;
	struct bpf_fib_lookup fib = { .ifindex = skb->ifindex };
	struct ethhdr *eth = data;
	struct ipv6hdr *ip6h = (void *)(eth + 1);
	struct iphdr *iph = (void *)(eth + 1);

	if ((void *)(iph + 1) > end)
		return TC_ACT_OK;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		if (iph->ihl != 5 || iph->ttl <= 1)
			return TC_ACT_OK;
		fib.family = FAMILY_INET;
		fib.tos = iph->tos;
		fib.l4_protocol = iph->protocol;
		fib.tot_len = skb->gso_segs > 1 ? 0 :
					bpf_ntohs(iph->tot_len);
		fib.ipv4_src = iph->saddr;
		fib.ipv4_dst = iph->daddr;
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6) &&
		   (void *)(ip6h + 1) <= end) {
		if (ip6h->hop_limit <= 1)
			return TC_ACT_OK;
		fib.family = FAMILY_INET6;
		fib.flowinfo = *(__be32 *)ip6h & bpf_htonl(0x0fffffff);
		fib.l4_protocol = ip6h->nexthdr;
		fib.tot_len = skb->gso_segs > 1 ? 0 :
					bpf_ntohs(ip6h->payload_len);
		__builtin_memcpy(fib.ipv6_src, &ip6h->saddr, 16);
		__builtin_memcpy(fib.ipv6_dst, &ip6h->daddr, 16);
	} else {
		return TC_ACT_OK;
	}
	if (bpf_fib_lookup(skb, &fib, sizeof(fib), 0) !=
	    BPF_FIB_LKUP_RET_SUCCESS)
		return TC_ACT_OK;
	if (fib.family == FAMILY_INET)
		decrease_ttl(iph);
	else
		ip6h->hop_limit--;
	__builtin_memcpy(eth->h_dest, fib.dmac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, fib.smac, ETH_ALEN);
	return bpf_redirect(fib.ifindex, 0);
}

char _license[] SEC("license") = "GPL";
