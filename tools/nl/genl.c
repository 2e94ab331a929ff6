// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to the generic netlink family anygw, and its events.
 */
#include <errno.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/diag.h"
#include "nl/genl.h"
#include "nl/link.h"

static struct nl_sock genl;
static uint16_t family;
static uint32_t events_group;

static void read_groups(const struct nlattr *groups)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *group;
	char name[GENL_NAMSIZ];

	mnl_attr_for_each_nested(group, groups) {
		nl_nested(group, tb, CTRL_ATTR_MCAST_GRP_MAX);
		nl_text(tb[CTRL_ATTR_MCAST_GRP_NAME], name, sizeof(name));
		if (!strcmp(name, ANYGW_MCGRP_EVENTS))
			events_group = nl_uint(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static int read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];

	if (nl_attrs(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MAX))
		return -EBADMSG;
	family = nl_uint(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		read_groups(tb[CTRL_ATTR_MCAST_GROUPS]);
	return 0;
}

static int genl_sock_open(struct nl_sock *nl)
{
	int err = nl_sock_open(nl, NETLINK_GENERIC);

	return err ? diag_refused("Cannot open a netlink socket: %s",
				  strerror(-err)) : 0;
}

int genl_open(void)
{
	struct genlmsghdr hdr = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	struct nl_request req;
	struct nl_error err;

	if (family)
		return 0;
	if (genl_sock_open(&genl))
		return RC_REFUSED;
	nl_begin(&req, GENL_ID_CTRL, 0, &hdr, sizeof(hdr));
	mnl_attr_put_strz(req.nlh, CTRL_ATTR_FAMILY_NAME, ANYGW_FAMILY_NAME);
	nl_talk(&genl, &req, read_family, NULL, &err);
	if (err.code && err.code != ENOENT)
		return diag_refused("Cannot look up the module: %s",
				    strerror(err.code));
	if (!err.code && family)
		return 0;
	return diag_error(RC_NO_MODULE,
			  "The module anygw is not loaded: modprobe anygw (or insmod anygw.ko)");
}

int genl_join(struct nl_sock *nl)
{
	int rc = genl_open();
	int err;

	if (!rc)
		rc = genl_sock_open(nl);
	if (rc)
		return rc;
	err = nl_sock_join(nl, events_group);
	return err ? diag_refused("Cannot subscribe to events: %s",
				  strerror(-err)) : 0;
}

void genl_begin(struct nl_request *req, uint8_t cmd)
{
	struct genlmsghdr hdr = {
		.cmd = cmd,
		.version = ANYGW_FAMILY_VERSION,
	};

	nl_begin(req, family, 0, &hdr, sizeof(hdr));
}

/*
 * The errors of generic netlink for a family that is gone, and for one whose
 * module is being unloaded. Those of the family always have an extack message.
 */
static bool is_gone(const struct nl_error *err)
{
	return !*err->text &&
	       (err->code == ENOENT || err->code == EPROTONOSUPPORT);
}

int genl_unloaded(void)
{
	return diag_error(RC_NO_MODULE, "The module anygw was unloaded");
}

static int genl_refused(const struct nl_error *err, const char *what,
			const char *const *words)
{
	const char *word = words && err->attr ? words[err->attr] : NULL;

	if (is_gone(err))
		return genl_unloaded();
	if (!*err->text)
		return diag_refused("Cannot %s: %s", what, strerror(err->code));
	if (word && !strstr(err->text, word))
		return diag_refused("\"%s\": %s", word, err->text);
	return diag_refused("%s", err->text);
}

int genl_talk(struct nl_request *req, nl_fn fn, void *data, const char *what,
	      const char *const *words)
{
	struct nl_error err;

	if (!nl_talk(&genl, req, fn, data, &err))
		return 0;
	return genl_refused(&err, what, words);
}

int genl_get(uint8_t cmd, uint16_t attr, const char *ifname, nl_fn fn,
	     void *data, const char *what)
{
	const char *words[UINT8_MAX + 1] = { 0 };
	struct nl_request req;
	uint32_t ifindex;

	words[attr] = ifname;
	if (link_index(ifname, &ifindex))
		return RC_REFUSED;
	genl_begin(&req, cmd);
	mnl_attr_put_u32(req.nlh, attr, ifindex);
	return genl_talk(&req, fn, data, what, words);
}

int genl_dump_request(struct nl_request *req, nl_fn fn, void *data,
		      const char *what, const char *const *words)
{
	struct nl_error err;

	if (!nl_dump(&genl, req, fn, data, &err))
		return 0;
	return genl_refused(&err, what, words);
}

int genl_dump(uint8_t cmd, nl_fn fn, void *data, const char *what)
{
	struct nl_request req;

	genl_begin(&req, cmd);
	return genl_dump_request(&req, fn, data, what, NULL);
}

uint8_t genl_cmd(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *hdr = mnl_nlmsg_get_payload(nlh);

	return hdr->cmd;
}

bool genl_is_event(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_type == family &&
	       mnl_nlmsg_get_payload_len(nlh) >= GENL_HDRLEN;
}
