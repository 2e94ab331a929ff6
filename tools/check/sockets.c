// SPDX-License-Identifier: GPL-2.0
/*
 * Check which sockets of the host VMs can reach through a gateway.
 */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/checks.h"
#include "check/input_filter.h"
#include "check/report.h"
#include "cli/array.h"
#include "nl/nl.h"

/* A socket that waits for packets */
struct sock {
	int protocol;
	struct addr addr;	/* all zero for any */
	bool both;		/* an IPv6 socket that takes IPv4 as well */
	uint16_t port;
	uint32_t ifindex;	/* it is bound to, 0 for none */
};

struct socks {
	struct sock *sock;
	size_t n;
};

static const struct {
	int protocol;
	const char *name;
	uint32_t states;
	const char *accept;
} protocols[] = {
	{ IPPROTO_TCP, "tcp", 1 << TCP_LISTEN, "tcp_l3mdev_accept" },
	{ IPPROTO_UDP, "udp", 1 << TCP_CLOSE, "udp_l3mdev_accept" },
};

static int socks_add(const struct nlmsghdr *nlh, void *data)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[INET_DIAG_MAX + 1];
	struct socks *list = data;
	struct sock *s;

	if (nl_attrs(nlh, sizeof(*msg), tb, INET_DIAG_MAX))
		return -EBADMSG;
	s = array_add(list->sock, list->n);
	if (!s)
		return -ENOMEM;
	s->addr.family = msg->idiag_family;
	memcpy(s->addr.byte, msg->id.idiag_src, addr_bytes(&s->addr));
	s->both = tb[INET_DIAG_SKV6ONLY] && !nl_uint(tb[INET_DIAG_SKV6ONLY]);
	s->port = ntohs(msg->id.idiag_sport);
	s->ifindex = msg->id.idiag_if;
	return 0;
}

static int socks_dump(struct nl_sock *nl, int family, int which,
		      struct socks *list)
{
	struct inet_diag_req_v2 diag = {
		.sdiag_family = family,
		.sdiag_protocol = protocols[which].protocol,
		.idiag_states = protocols[which].states,
	};
	size_t n = list->n;
	struct nl_request req;
	struct nl_error err;

	nl_begin(&req, SOCK_DIAG_BY_FAMILY, 0, &diag, sizeof(diag));
	nl_dump(nl, &req, socks_add, list, &err);
	for (; n < list->n; n++)
		list->sock[n].protocol = protocols[which].protocol;
	return err.code;
}

static void socks_read(struct socks *list)
{
	struct nl_sock nl = { 0 };
	int err = nl_sock_open(&nl, NETLINK_SOCK_DIAG);

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		int code = err ? -err : socks_dump(&nl, AF_INET, i, list);

		/* An error for IPv6 means that there is no IPv6. */
		if (!err)
			socks_dump(&nl, AF_INET6, i, list);
		if (code)
			report(CHECK_WARN, "sockets", "",
			       fix("modprobe %s_diag", protocols[i].name),
			       "%s sockets were not checked: %s",
			       protocols[i].name, strerror(code));
	}
	nl_sock_close(&nl);
}

static bool is_any(const struct addr *a)
{
	static const uint8_t none[16];

	return !memcmp(a->byte, none, addr_bytes(a));
}

/* An IPv4-mapped IPv6 address */
static bool unmap_v4(const struct addr *a, struct addr *v4)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	if (a->family != AF_INET6 || memcmp(a->byte, prefix, sizeof(prefix)))
		return false;
	memset(v4, 0, sizeof(*v4));
	v4->family = AF_INET;
	memcpy(v4->byte, a->byte + sizeof(prefix), 4);
	return true;
}

static bool is_multicast(const struct addr *a)
{
	return a->family == AF_INET ? a->byte[0] >> 4 == 0xe :
				      a->byte[0] == 0xff;
}

static bool is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	return a->family == AF_INET ? a->byte[0] == 127 :
				      !memcmp(a->byte, one, 16);
}

static bool is_own(const struct gw *gw, const struct addr *a)
{
	return addrs_find(&gw->addrs, a) ||
	       addr_same(&gw->host[a->family == AF_INET6], a);
}

static bool reaches_device(const struct gw *gw, const struct sock *s)
{
	const char *accept = protocols[s->protocol == IPPROTO_UDP].accept;

	if (s->ifindex)
		return s->ifindex == gw->ifindex || s->ifindex == gw->vrf_index;
	return !*gw->vrf || read_sysctl("ipv4", NULL, accept) > 0;
}

static bool reaches_address(const struct gw *gw, const struct sock *s)
{
	struct addr a = s->addr;

	if (!unmap_v4(&s->addr, &a) && is_any(&a))
		return gw_has_family(gw, a.family) ||
		       (s->both && gw_has_family(gw, AF_INET));
	if (is_loopback(&a) || is_multicast(&a) || !gw_has_family(gw, a.family))
		return false;
	/* Packets for all addresses of the host are local, unless in a VRF. */
	return is_own(gw, &a) || (!*gw->vrf && !addr_is_link_local(&a));
}

static int sock_compare(const void *one, const void *other)
{
	const struct sock *a = one;
	const struct sock *b = other;

	if (a->protocol != b->protocol)
		return a->protocol - b->protocol;
	return a->port - b->port;
}

/* The ports of a protocol that VMs reach, separated by commas */
static char *open_ports(const struct check *c, const struct gw *gw,
			const struct socks *list, int which)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int last = -1;

	for (size_t i = 0; f && i < list->n; i++) {
		const struct sock *s = &list->sock[i];

		if (s->protocol != protocols[which].protocol ||
		    s->port == last || !s->port || !reaches_device(gw, s) ||
		    !reaches_address(gw, s) ||
		    input_filter_blocks(c->ruleset, gw,
					protocols[which].name, s->port))
			continue;
		fprintf(f, "%s%u", last < 0 ? "" : ", ", s->port);
		last = s->port;
	}
	if (f)
		fclose(f);
	return text;
}

static void check_gateway(const struct check *c, const struct gw *gw,
			  const struct socks *list)
{
	char *ports[ARRAY_SIZE(protocols)];
	char *filter;
	bool some = false;

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		ports[i] = open_ports(c, gw, list, i);
		some |= ports[i] && *ports[i];
	}
	filter = input_filter_command(gw, ports[0], ports[1]);
	if (!some)
		report(CHECK_PASS, "sockets", gw->ifname, "",
		       "its VMs reach no socket of the host that was checked");
	else
		report(CHECK_WARN, "sockets", gw->ifname,
		       fix("nft %s", filter ? filter : ""),
		       "its VMs reach sockets of the host:%s%s%s%s",
		       *ports[0] ? " tcp " : "", ports[0],
		       *ports[1] ? " udp " : "", ports[1]);
	free(filter);
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		free(ports[i]);
}

void check_sockets(const struct check *c)
{
	struct socks list = { 0 };

	socks_read(&list);
	if (list.n)
		qsort(list.sock, list.n, sizeof(*list.sock), sock_compare);
	array_foreach(gw, c->gws.gw, c->gws.n)
		check_gateway(c, gw, &list);
	free(list.sock);
}
