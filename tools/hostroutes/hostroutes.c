// SPDX-License-Identifier: GPL-2.0
/*
 * anygwctl hostroutes: a route to each address of this host's endpoints, for a
 * routing daemon to advertise. Events keep the routes up to date; after lost
 * events, and periodically, everything is read again and compared.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/anygw.h>

#include "cli/array.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/signals.h"
#include "cli/value.h"
#include "hostroutes/endpoints.h"
#include "hostroutes/lock.h"
#include "hostroutes/networks.h"
#include "hostroutes/routes.h"
#include "nl/genl.h"

/* The multicast group of generic netlink itself, which has no name */
#define GENL_CTRL_GROUP	GENL_ID_CTRL

/*
 * Milliseconds. Devices often change together; there is no event for a route
 * that was lost.
 */
#define READ_APART	200
#define READ_AGAIN	60000

struct daemon {
	struct nl_sock events;	/* of the module, and of generic netlink */
	struct nl_sock links;	/* of devices and addresses */
	int signals;
	uint32_t table;		/* 0 for the table of each gateway */
	struct hr_host host;
	struct hr_routes have;
	bool changed;		/* an endpoint */
	bool lost;		/* an event */
	bool unloaded;		/* the module */
	int64_t last;		/* milliseconds: when all was read, and */
	int64_t next;		/* when it is read again */
	uint32_t warned;	/* the device of the last warning */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void read_soon(struct daemon *d)
{
	if (d->next > d->last + READ_APART)
		d->next = d->last + READ_APART;
}

static int update_routes(struct daemon *d)
{
	struct hr_routes want = { 0 };
	int rc = hr_wanted(&d->host, &want);

	d->changed = false;
	if (!rc)
		rc = hr_routes_make(&d->have, &want);
	if (!rc)
		hr_unlock_unused(&d->have, d->table ? d->table : RT_TABLE_MAIN);
	hr_routes_free(&want);
	return rc;
}

/* The first subnet of the host that prevents routes */
static const struct hr_net *conflicting_net(const struct hr_host *host,
					    const struct gw **gw)
{
	for (size_t i = 0; i < host->gws.n; i++) {
		const struct addrs *list = &host->gws.gw[i].addrs;

		*gw = &host->gws.gw[i];
		array_foreach(a, list->addr, list->n) {
			const struct hr_net *net =
				hr_host_net(host, host->table[i], a->len, a);

			if (net)
				return net;
		}
	}
	return NULL;
}

static void warn_of_networks(struct daemon *d)
{
	char addr[ADDR_TEXT], dev[IFNAMSIZ] = "";
	const struct gw *gw;
	const struct hr_net *net = conflicting_net(&d->host, &gw);

	if (net && net->ifindex != d->warned) {
		if_indextoname(net->ifindex, dev);
		diag_warn("no routes to endpoints of %s: they would divert packets of the host itself, which is in that subnet with %s on %s; use \"table\"",
			  gw->ifname, addr_text(&net->addr, addr), dev);
	}
	d->warned = net ? net->ifindex : 0;
}

static int read_all(struct daemon *d)
{
	struct hr_routes have = { 0 };
	int rc;

	d->lost = false;
	d->last = now_ms();
	d->next = d->last + READ_AGAIN;
	rc = hr_host_read(&d->host, d->table) ?:
	     hr_endpoints_read() ?:
	     hr_routes_read(d->table, &have);
	if (rc) {
		hr_routes_free(&have);
		return rc;
	}
	hr_routes_free(&d->have);
	d->have = have;
	warn_of_networks(d);
	return update_routes(d);
}

static void take_family(struct daemon *d, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	char name[GENL_NAMSIZ];

	if (genl_cmd(nlh) != CTRL_CMD_DELFAMILY ||
	    nl_attrs(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MAX))
		return;
	nl_text(tb[CTRL_ATTR_FAMILY_NAME], name, sizeof(name));
	if (!strcmp(name, ANYGW_FAMILY_NAME))
		d->unloaded = true;
}

static void take_endpoint(struct daemon *d, const struct nlmsghdr *nlh,
			  bool gone)
{
	if (hr_endpoint_set(nlh, gone))
		d->lost = true;
	d->changed = true;
}

static int take_event(const struct nlmsghdr *nlh, void *data)
{
	struct daemon *d = data;

	if (nlh->nlmsg_type == GENL_ID_CTRL)
		take_family(d, nlh);
	if (!genl_is_event(nlh))
		return MNL_CB_OK;
	switch (genl_cmd(nlh)) {
	case ANYGW_CMD_ENDPOINT_NEW_NTF:
	case ANYGW_CMD_ENDPOINT_MOVE_NTF:
	case ANYGW_CMD_ENDPOINT_CHANGE_NTF:
		take_endpoint(d, nlh, false);
		break;
	case ANYGW_CMD_ENDPOINT_GONE_NTF:
		take_endpoint(d, nlh, true);
		break;
	case ANYGW_CMD_GATEWAY_NEW_NTF:
	case ANYGW_CMD_GATEWAY_DEL_NTF:
	case ANYGW_CMD_GATEWAY_CHANGE_NTF:
		read_soon(d);
		break;
	}
	return MNL_CB_OK;
}

/* Of devices other than gateways, only the addresses matter. */
static int take_link(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct daemon *d = data;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*ifi) &&
		    gws_find(&d->host.gws, ifi->ifi_index))
			read_soon(d);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		read_soon(d);
		break;
	}
	return MNL_CB_OK;
}

/*
 * Receive all that is queued. After an overrun the queue has older events than
 * the lost ones: it is emptied before everything is read again.
 */
static int recv_all(struct daemon *d, struct nl_sock *nl, mnl_cb_t take)
{
	char buf[NL_BUF] __attribute__((aligned(8)));

	for (;;) {
		int len = mnl_socket_recvfrom(nl->sk, buf, sizeof(buf));

		if (len >= 0) {
			mnl_cb_run(buf, len, 0, 0, take, d);
		} else if (errno == ENOBUFS) {
			d->lost = true;
			diag_warn("events were lost: everything is read again");
		} else if (errno == EAGAIN) {
			return 0;
		} else if (errno != EINTR) {
			return diag_refused("Cannot read events: %s",
					    strerror(errno));
		}
	}
}

static int recv_events(struct daemon *d)
{
	int rc = recv_all(d, &d->events, take_event);

	return rc ? rc : recv_all(d, &d->links, take_link);
}

static int join_group(struct nl_sock *nl, unsigned int group)
{
	int err = nl_sock_join(nl, group);

	if (!err && fcntl(mnl_socket_get_fd(nl->sk), F_SETFL, O_NONBLOCK) < 0)
		err = -errno;
	return err ? diag_refused("Cannot subscribe to events: %s",
				  strerror(-err)) : 0;
}

static int join_all(struct daemon *d)
{
	static const unsigned int groups[] = {
		RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
	};
	int rc = genl_join(&d->events);

	if (!rc)
		rc = join_group(&d->events, GENL_CTRL_GROUP);
	if (!rc && nl_sock_open(&d->links, NETLINK_ROUTE))
		rc = diag_refused("Cannot open a netlink socket: %s",
				  strerror(errno));
	for (size_t i = 0; i < ARRAY_SIZE(groups) && !rc; i++)
		rc = join_group(&d->links, groups[i]);
	if (rc)
		return rc;
	d->signals = signals_open();
	return d->signals < 0 ? RC_REFUSED : 0;
}

static int daemon_update(struct daemon *d)
{
	if (d->unloaded)
		return 0;
	if (d->lost || now_ms() >= d->next)
		return read_all(d);
	return d->changed ? update_routes(d) : 0;
}

static int daemon_run(struct daemon *d)
{
	struct pollfd fds[] = {
		{ .fd = d->signals, .events = POLLIN },
		{ .fd = mnl_socket_get_fd(d->events.sk), .events = POLLIN },
		{ .fd = mnl_socket_get_fd(d->links.sk), .events = POLLIN },
	};
	int rc = read_all(d);

	while (!rc) {
		int64_t wait = d->next - now_ms();

		if (poll(fds, 3, wait > 0 ? wait : 0) < 0 && errno != EINTR)
			return diag_refused("Cannot wait for events: %s",
					    strerror(errno));
		if (fds[0].revents)
			return 0;
		rc = recv_events(d);
		if (!rc)
			rc = daemon_update(d);
		/* A request may have failed because the module was unloaded. */
		if (rc == RC_REFUSED)
			recv_events(d);
		if (d->unloaded && rc != RC_NO_MODULE)
			rc = genl_unloaded();
	}
	return rc;
}

static void daemon_finish(struct daemon *d)
{
	struct hr_routes none = { 0 };

	hr_routes_make(&d->have, &none);
	hr_routes_free(&d->have);
	hr_unlock_all();
	hr_endpoints_free();
	hr_host_free(&d->host);
	nl_sock_close(&d->events);
	nl_sock_close(&d->links);
	if (d->signals >= 0)
		close(d->signals);
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

int cmd_hostroutes(const struct args *args)
{
	struct daemon d = { .signals = -1 };
	int rc = take_table(args, &d.table);

	if (rc)
		return rc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = join_all(&d);
	if (!rc)
		rc = hr_lock(d.table ? d.table : RT_TABLE_MAIN);
	if (!rc)
		rc = daemon_run(&d);
	daemon_finish(&d);
	return rc;
}
