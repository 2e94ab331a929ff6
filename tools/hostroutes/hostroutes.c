// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl hostroutes: a route to each address of this host's endpoints, for
 * a routing daemon to tell the outside. Events keep the routes in step; when
 * some were lost, and now and then, all is read anew and compared.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/anygw.h>

#include "cli/diag.h"
#include "cli/value.h"
#include "hostroutes/endpoints.h"
#include "hostroutes/hostroutes.h"
#include "hostroutes/lock.h"
#include "hostroutes/networks.h"
#include "hostroutes/routes.h"
#include "nl/genl.h"
#include "nl/rtnl.h"
#include "object/monitor.h"

/* The group in which generic netlink tells of families; it has no name. */
#define GENL_CTRL_GROUP	GENL_ID_CTRL

/* Milliseconds: devices change in crowds; nobody tells of lost routes. */
#define READ_APART	200
#define READ_AGAIN	60000

/**
 * struct keeper - what keeps the routes
 * @events: hears of endpoints and gateways
 * @links: hears of devices and addresses
 * @signals: hears of the end
 * @table: the table asked for, 0 for that of each gateway
 * @host: the devices
 * @have: the routes there are
 * @changed: an endpoint has changed
 * @lost: an event was lost
 * @unloaded: the module has gone
 * @last: when all was read
 * @next: when to read it again
 * @warned: the device that the last warning was about
 */
struct keeper {
	struct nl_sock events;
	struct nl_sock links;
	int signals;
	uint32_t table;
	struct hr_host host;
	struct hr_routes have;
	bool changed;
	bool lost;
	bool unloaded;
	int64_t last;
	int64_t next;
	uint32_t warned;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void read_soon(struct keeper *k)
{
	if (k->next > k->last + READ_APART)
		k->next = k->last + READ_APART;
}

/* ---------------------------------------------------------------- routes */

static int update(struct keeper *k)
{
	struct hr_routes want = { 0 };
	int rc = hr_wanted(&k->host, &want);

	k->changed = false;
	if (!rc)
		rc = hr_routes_make(&k->have, &want);
	if (!rc)
		hr_unlock_unused(&k->have, k->table ? k->table : RT_TABLE_MAIN);
	hr_routes_free(&want);
	return rc;
}

/* The first network of the host that keeps routes away. */
static const struct hr_net *in_the_way(const struct hr_host *host,
				       const struct gw **gw)
{
	for (size_t i = 0; i < host->gws.n; i++) {
		const struct addrs *list = &host->gws.gw[i].addrs;

		*gw = &host->gws.gw[i];
		for (size_t j = 0; j < list->n; j++) {
			const struct hr_net *net =
				hr_host_net(host, host->table[i],
					    list->addr[j].len, &list->addr[j]);

			if (net)
				return net;
		}
	}
	return NULL;
}

static void warn_of_networks(struct keeper *k)
{
	char addr[ADDR_TEXT], dev[IFNAMSIZ] = "";
	const struct gw *gw;
	const struct hr_net *net = in_the_way(&k->host, &gw);

	if (net && net->ifindex != k->warned) {
		if_indextoname(net->ifindex, dev);
		diag_warn("no routes to endpoints of %s: the host itself is in that network with %s on %s, and its own packets would change their way; use \"table\"",
			  gw->ifname, addr_text(&net->addr, addr), dev);
	}
	k->warned = net ? net->ifindex : 0;
}

static int read_all(struct keeper *k)
{
	struct hr_routes have = { 0 };
	int rc;

	k->lost = false;
	k->last = now_ms();
	k->next = k->last + READ_AGAIN;
	rc = hr_host_read(&k->host, k->table);
	if (!rc)
		rc = hr_endpoints_read();
	if (!rc)
		rc = hr_routes_read(k->table, &have);
	if (rc) {
		hr_routes_free(&have);
		return rc;
	}
	hr_routes_free(&k->have);
	k->have = have;
	warn_of_networks(k);
	return update(k);
}

/* ---------------------------------------------------------------- events */

static void take_family(struct keeper *k, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];

	if (genl_cmd(nlh) != CTRL_CMD_DELFAMILY ||
	    nl_attrs(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MAX))
		return;
	if (tb[CTRL_ATTR_FAMILY_NAME] &&
	    !strcmp(mnl_attr_get_str(tb[CTRL_ATTR_FAMILY_NAME]),
		    ANYGW_FAMILY_NAME))
		k->unloaded = true;
}

static void take_endpoint(struct keeper *k, const struct nlmsghdr *nlh,
			  bool gone)
{
	if (hr_endpoint_set(nlh, gone))
		k->lost = true;
	k->changed = true;
}

static void take_event(struct keeper *k, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		take_family(k, nlh);
	if (!genl_is_event(nlh))
		return;
	switch (genl_cmd(nlh)) {
	case ANYGW_CMD_ENDPOINT_NEW_NTF:
	case ANYGW_CMD_ENDPOINT_MOVE_NTF:
	case ANYGW_CMD_ENDPOINT_CHANGE_NTF:
		take_endpoint(k, nlh, false);
		break;
	case ANYGW_CMD_ENDPOINT_GONE_NTF:
		take_endpoint(k, nlh, true);
		break;
	case ANYGW_CMD_GATEWAY_NEW_NTF:
	case ANYGW_CMD_GATEWAY_DEL_NTF:
	case ANYGW_CMD_GATEWAY_CHANGE_NTF:
		read_soon(k);
		break;
	}
}

/* Up, down, another VRF, another address: of ports and others no matter. */
static void take_link(struct keeper *k, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*ifi) &&
		    hr_host_is_gateway(&k->host, ifi->ifi_index))
			read_soon(k);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		read_soon(k);
		break;
	}
}

/*
 * All that has come. What is still there after an overrun is older than what
 * was lost: all of it goes before everything is read anew.
 */
static int hear(struct keeper *k, struct nl_sock *nl,
		void (*take)(struct keeper *k, const struct nlmsghdr *nlh))
{
	char buf[32768] __attribute__((aligned(8)));

	for (;;) {
		const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
		int len = mnl_socket_recvfrom(nl->sk, buf, sizeof(buf));

		if (len < 0 && errno == ENOBUFS) {
			k->lost = true;
			diag_warn("events came too fast, and some were lost: all is read anew");
			continue;
		}
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0 && errno == EAGAIN)
			return 0;
		if (len < 0)
			return diag_refused("Cannot read events: %s",
					    strerror(errno));
		for (; len > 0 && mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			take(k, nlh);
	}
}

static int join(struct nl_sock *nl, unsigned int group)
{
	int fd = mnl_socket_get_fd(nl->sk);

	if (mnl_socket_setsockopt(nl->sk, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		return diag_refused("Cannot listen to events: %s",
				    strerror(errno));
	return 0;
}

static int listen_all(struct keeper *k)
{
	static const unsigned int groups[] = {
		RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
	};
	int rc = genl_join(&k->events);

	if (!rc)
		rc = join(&k->events, GENL_CTRL_GROUP);
	if (!rc)
		rc = nl_sock_open(&k->links, NETLINK_ROUTE);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]) && !rc; i++)
		rc = join(&k->links, groups[i]);
	k->signals = monitor_signals();
	if (!rc && k->signals < 0)
		rc = diag_refused("Cannot wait for signals: %s",
				  strerror(errno));
	return rc;
}

/* ---------------------------------------------------------------- the loop */

static int act(struct keeper *k)
{
	if (k->unloaded)
		return 0;
	if (k->lost || now_ms() >= k->next)
		return read_all(k);
	return k->changed ? update(k) : 0;
}

static int hear_all(struct keeper *k)
{
	int rc = hear(k, &k->events, take_event);

	return rc ? rc : hear(k, &k->links, take_link);
}

static int keep(struct keeper *k)
{
	struct pollfd fds[] = {
		{ .fd = k->signals, .events = POLLIN },
		{ .fd = mnl_socket_get_fd(k->events.sk), .events = POLLIN },
		{ .fd = mnl_socket_get_fd(k->links.sk), .events = POLLIN },
	};
	int rc = read_all(k);

	while (!rc) {
		int64_t wait = k->next - now_ms();

		if (poll(fds, 3, wait > 0 ? wait : 0) < 0 && errno != EINTR)
			return diag_refused("Cannot wait for events: %s",
					    strerror(errno));
		if (fds[0].revents)
			return 0;
		rc = hear_all(k);
		if (!rc)
			rc = act(k);
		/* With the module went what was asked of the kernel. */
		if (rc == RC_REFUSED)
			hear_all(k);
		if (k->unloaded && rc != RC_NO_MODULE)
			rc = genl_unloaded();
	}
	return rc;
}

static void finish(struct keeper *k)
{
	struct hr_routes none = { 0 };

	hr_routes_make(&k->have, &none);
	hr_routes_free(&k->have);
	hr_unlock_all();
	hr_endpoints_free();
	hr_host_free(&k->host);
	if (k->events.sk)
		mnl_socket_close(k->events.sk);
	if (k->links.sk)
		mnl_socket_close(k->links.sk);
	if (k->signals >= 0)
		close(k->signals);
}

static int take_table(const struct args *args, uint32_t *table)
{
	const char *word = args_get(args, "table");
	unsigned int n = 0;

	if (word && value_range("table", word, 1, UINT32_MAX, &n))
		return RC_USAGE;
	if (n == RT_TABLE_LOCAL)
		return diag_usage("\"%s\": that table has the host's own addresses",
				  word);
	*table = n;
	return 0;
}

/**
 * cmd_hostroutes() - "hostroutes"
 * @args: the words
 *
 * Return: exit code.
 */
int cmd_hostroutes(const struct args *args)
{
	struct keeper k = { .signals = -1 };
	int rc = take_table(args, &k.table);

	if (rc)
		return rc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = listen_all(&k);
	if (!rc)
		rc = hr_lock(k.table ? k.table : RT_TABLE_MAIN);
	if (!rc)
		rc = keep(&k);
	finish(&k);
	return rc;
}
