// SPDX-License-Identifier: GPL-2.0
/*
 * The family anygw: finding it, asking it, and saying what it refuses.
 */
#include <errno.h>
#include <string.h>

#include <linux/anygw.h>

#include "cli/diag.h"
#include "nl/genl.h"

static struct nl_sock genl;
static uint16_t family;
static uint32_t events_group;

static void read_groups(const struct nlattr *groups)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *group;

	mnl_attr_for_each_nested(group, groups) {
		nl_nested(group, tb, CTRL_ATTR_MCAST_GRP_MAX);
		if (tb[CTRL_ATTR_MCAST_GRP_NAME] && tb[CTRL_ATTR_MCAST_GRP_ID] &&
		    !strcmp(mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]),
			    ANYGW_MCGRP_EVENTS))
			events_group =
				mnl_attr_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static int read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];

	(void)data;
	if (nl_attrs(nlh, GENL_HDRLEN, tb, CTRL_ATTR_MAX))
		return -EBADMSG;
	if (tb[CTRL_ATTR_FAMILY_ID])
		family = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		read_groups(tb[CTRL_ATTR_MCAST_GROUPS]);
	return 0;
}

/**
 * genl_open() - find the family
 *
 * Return: 0, RC_NO_MODULE when there is none, or RC_REFUSED.
 */
int genl_open(void)
{
	struct genlmsghdr hdr = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	struct nl_request req;
	struct nl_error err;

	if (family)
		return 0;
	if (nl_sock_open(&genl, NETLINK_GENERIC))
		return RC_REFUSED;
	nl_begin(&req, GENL_ID_CTRL, 0, &hdr, sizeof(hdr));
	mnl_attr_put_strz(req.nlh, CTRL_ATTR_FAMILY_NAME, ANYGW_FAMILY_NAME);
	nl_talk(&genl, &req, read_family, NULL, &err);
	if (err.code && err.code != ENOENT)
		return diag_refused("Cannot look for the module: %s",
				    strerror(err.code));
	if (!err.code && family)
		return 0;
	diag_refused("The module anygw is not loaded: modprobe anygw (or insmod anygw.ko)");
	return RC_NO_MODULE;
}

/**
 * genl_join() - open a socket that hears the events
 * @nl: the socket
 *
 * Return: 0 or an exit code.
 */
int genl_join(struct nl_sock *nl)
{
	int rc = genl_open();

	if (rc)
		return rc;
	rc = nl_sock_open(nl, NETLINK_GENERIC);
	if (rc)
		return rc;
	if (mnl_socket_setsockopt(nl->sk, NETLINK_ADD_MEMBERSHIP, &events_group,
				  sizeof(events_group)) < 0)
		return diag_refused("Cannot listen to events: %s",
				    strerror(errno));
	return 0;
}

/**
 * genl_begin() - start a request to the family
 * @req: the request
 * @cmd: one of ANYGW_CMD
 */
void genl_begin(struct nl_request *req, uint8_t cmd)
{
	struct genlmsghdr hdr = {
		.cmd = cmd,
		.version = ANYGW_FAMILY_VERSION,
	};

	nl_begin(req, family, 0, &hdr, sizeof(hdr));
}

/*
 * What generic netlink itself says of a family that has gone, and of one whose
 * module is on its way out; the family always has a sentence.
 */
static bool is_gone(const struct nl_error *err)
{
	return !*err->text &&
	       (err->code == ENOENT || err->code == EPROTONOSUPPORT);
}

/**
 * genl_unloaded() - say that the module has gone meanwhile
 *
 * Return: RC_NO_MODULE.
 */
int genl_unloaded(void)
{
	diag_refused("The module anygw was unloaded");
	return RC_NO_MODULE;
}

static int explain(const struct nl_error *err, const char *what,
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

/**
 * genl_talk() - send a request to the family
 * @req: the request
 * @fn: called for the reply, may be NULL
 * @data: handed to @fn
 * @what: what is attempted, to go after "Cannot"
 * @words: the words that the attributes were made from, by type; may be NULL
 *
 * Return: 0, or after a message RC_REFUSED or RC_NO_MODULE.
 */
int genl_talk(struct nl_request *req, nl_fn fn, void *data, const char *what,
	      const char *const *words)
{
	struct nl_error err;

	if (!nl_talk(&genl, req, fn, data, &err))
		return 0;
	return explain(&err, what, words);
}

/**
 * genl_dump_request() - read the objects that a request is about
 * @req: the request
 * @fn: called for each
 * @data: handed to @fn
 * @what: what is attempted, to go after "Cannot"
 * @words: the words that the attributes were made from, by type; may be NULL
 *
 * Return: 0, or after a message RC_REFUSED or RC_NO_MODULE.
 */
int genl_dump_request(struct nl_request *req, nl_fn fn, void *data,
		      const char *what, const char *const *words)
{
	struct nl_error err;

	if (!nl_dump(&genl, req, fn, data, &err))
		return 0;
	return explain(&err, what, words);
}

/**
 * genl_dump() - read all objects of a kind
 * @cmd: one of ANYGW_CMD
 * @fn: called for each
 * @data: handed to @fn
 * @what: what is attempted, to go after "Cannot"
 *
 * Return: 0, or after a message RC_REFUSED or RC_NO_MODULE.
 */
int genl_dump(uint8_t cmd, nl_fn fn, void *data, const char *what)
{
	struct nl_request req;

	genl_begin(&req, cmd);
	return genl_dump_request(&req, fn, data, what, NULL);
}

/**
 * genl_cmd() - the command of a message
 * @nlh: a message of the family
 */
uint8_t genl_cmd(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *hdr = mnl_nlmsg_get_payload(nlh);

	return hdr->cmd;
}

/**
 * genl_is_event() - whether a message is one of the family's
 * @nlh: a message from the socket of genl_join()
 */
bool genl_is_event(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_type == family &&
	       mnl_nlmsg_get_payload_len(nlh) >= GENL_HDRLEN;
}
