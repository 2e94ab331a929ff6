// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink requests and their answers, for generic netlink and rtnetlink alike.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/diag.h"
#include "nl/nl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

/* The kernel never sends more than this in one piece. */
#define NL_BUF		32768
#define DUMP_TRIES	8

/* What a dump has brought so far: it may have to start over. */
struct dump {
	char *buf;
	size_t len;
	bool interrupted;
};

/* A reply that has to be read: where it is from and where it goes. */
struct answer {
	const struct nl_request *req;
	nl_fn fn;
	void *data;
	struct nl_error *err;
	bool done;
};

/**
 * nl_sock_open() - open a socket, unless it is open
 * @nl: the socket
 * @protocol: NETLINK_GENERIC or NETLINK_ROUTE
 *
 * Return: 0, or RC_REFUSED after a message.
 */
int nl_sock_open(struct nl_sock *nl, int protocol)
{
	int one = 1;

	if (nl->sk)
		return 0;
	nl->sk = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	if (!nl->sk || mnl_socket_bind(nl->sk, 0, MNL_SOCKET_AUTOPID))
		return diag_refused("Cannot open a netlink socket: %s",
				    strerror(errno));
	/* Without these there is no sentence and no filter, but an answer. */
	mnl_socket_setsockopt(nl->sk, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sk, NETLINK_GET_STRICT_CHK, &one,
			      sizeof(one));
	return 0;
}

/**
 * nl_begin() - start a request
 * @req: the request
 * @type: type of the message
 * @flags: flags besides NLM_F_REQUEST
 * @header: the family's header
 * @len: its length
 */
void nl_begin(struct nl_request *req, uint16_t type, uint16_t flags,
	      const void *header, size_t len)
{
	req->nlh = mnl_nlmsg_put_header(req->buf);
	req->nlh->nlmsg_type = type;
	req->nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(mnl_nlmsg_put_extra_header(req->nlh, len), header, len);
	req->header = len;
}

/* The type of the attribute at an offset into the request. */
static uint16_t attr_at(const struct nl_request *req, uint32_t offset)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, req->nlh, req->header) {
		uint32_t at = (const char *)attr - (const char *)req->nlh;

		if (offset >= at && offset < at + MNL_ALIGN(attr->nla_len))
			return mnl_attr_get_type(attr);
	}
	return 0;
}

static void read_extack(const struct nlmsghdr *nlh, size_t offset,
			const struct answer *a)
{
	struct nl_error *err = a->err;
	const struct nlattr *attr;

	if (nlh->nlmsg_len < NLMSG_HDRLEN + offset)
		return;
	mnl_attr_for_each(attr, nlh, offset) {
		size_t len = mnl_attr_get_payload_len(attr);

		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			if (len >= sizeof(err->text))
				len = sizeof(err->text) - 1;
			memcpy(err->text, mnl_attr_get_payload(attr), len);
			err->text[len] = 0;
			break;
		case NLMSGERR_ATTR_OFFS:
			if (len == sizeof(uint32_t))
				err->attr = attr_at(a->req,
						    mnl_attr_get_u32(attr));
			break;
		}
	}
}

static int read_error(const struct nlmsghdr *nlh, const struct answer *a)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return -EBADMSG;
	a->err->code = e->error < 0 ? -e->error : e->error;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += e->msg.nlmsg_len - NLMSG_HDRLEN;
	if (a->err->code && nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		read_extack(nlh, MNL_ALIGN(offset), a);
	return -a->err->code;
}

/* The end of a dump carries an error of its own, and its sentence. */
static int read_done(const struct nlmsghdr *nlh, const struct answer *a)
{
	int code = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(nlh), sizeof(code));
	if (code >= 0)
		return 0;
	a->err->code = -code;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		read_extack(nlh, sizeof(code), a);
	return code;
}

static int read_message(const struct nlmsghdr *nlh, struct answer *a)
{
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		a->done = true;
		return read_error(nlh, a);
	case NLMSG_DONE:
		a->done = true;
		/* Also at the end it is told that the table has changed. */
		if (a->fn && nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			a->fn(nlh, a->data);
		return read_done(nlh, a);
	case NLMSG_NOOP:
		return 0;
	case NLMSG_OVERRUN:
		return -ENOBUFS;
	default:
		return a->fn ? a->fn(nlh, a->data) : 0;
	}
}

static int read_answer(struct nl_sock *nl, struct answer *a)
{
	unsigned int portid = mnl_socket_get_portid(nl->sk);
	char buf[NL_BUF] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh;
	int err = 0;

	while (!a->done && !err) {
		int len = mnl_socket_recvfrom(nl->sk, buf, sizeof(buf));

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			err = -errno;
		nlh = (const struct nlmsghdr *)buf;
		for (; !err && !a->done && len > 0 && mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			/* Others are left over from an earlier request. */
			if (mnl_nlmsg_seq_ok(nlh, nl->seq) &&
			    mnl_nlmsg_portid_ok(nlh, portid))
				err = read_message(nlh, a);
	}
	if (err && !a->err->code)
		a->err->code = -err;
	return err;
}

static int ask(struct nl_sock *nl, struct nl_request *req, nl_fn fn,
	       void *data, struct nl_error *err)
{
	struct answer a = { .req = req, .fn = fn, .data = data, .err = err };

	memset(err, 0, sizeof(*err));
	req->nlh->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sk, req->nlh, req->nlh->nlmsg_len) < 0) {
		err->code = errno;
		return -errno;
	}
	return read_answer(nl, &a);
}

/**
 * nl_talk() - send a request and wait for its acknowledgement
 * @nl: the socket
 * @req: the request
 * @fn: called for a message that comes before, may be NULL
 * @data: handed to @fn
 * @err: filled in
 *
 * Return: 0 or a negative errno.
 */
int nl_talk(struct nl_sock *nl, struct nl_request *req, nl_fn fn, void *data,
	    struct nl_error *err)
{
	req->nlh->nlmsg_flags |= NLM_F_ACK;
	return ask(nl, req, fn, data, err);
}

static int keep(const struct nlmsghdr *nlh, void *data)
{
	size_t len = MNL_ALIGN(nlh->nlmsg_len);
	struct dump *dump = data;
	char *buf;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		dump->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_DONE)
		return 0;
	buf = realloc(dump->buf, dump->len + len);
	if (!buf)
		return -ENOMEM;
	dump->buf = buf;
	memset(buf + dump->len, 0, len);
	memcpy(buf + dump->len, nlh, nlh->nlmsg_len);
	dump->len += len;
	return 0;
}

static int hand_over(const struct dump *dump, nl_fn fn, void *data)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)dump->buf;
	int len = dump->len;
	int err = 0;

	for (; !err && len > 0 && mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		err = fn(nlh, data);
	return err;
}

/**
 * nl_dump() - read a whole table
 * @nl: the socket
 * @req: the request
 * @fn: called for each entry, after all have come
 * @data: handed to @fn
 * @err: filled in
 *
 * A dump that a change has interrupted may have missed an entry or shown it
 * twice, so it is done again. When the table never keeps still, what the last
 * try brought is used, and a warning says so.
 *
 * Return: 0 or a negative errno.
 */
int nl_dump(struct nl_sock *nl, struct nl_request *req, nl_fn fn, void *data,
	    struct nl_error *err)
{
	struct dump dump = { .interrupted = true };
	int ret = 0;

	req->nlh->nlmsg_flags |= NLM_F_DUMP;
	for (int i = 0; i < DUMP_TRIES && !ret && dump.interrupted; i++) {
		dump.len = 0;
		dump.interrupted = false;
		ret = ask(nl, req, keep, &dump, err);
	}
	if (!ret && dump.interrupted)
		diag_warn("the table kept changing while it was read %d times: what is shown may be incomplete",
			  DUMP_TRIES);
	if (!ret && dump.len)
		ret = hand_over(&dump, fn, data);
	if (ret && !err->code)
		err->code = -ret;
	free(dump.buf);
	return ret;
}

/**
 * nl_attrs() - sort the attributes of a message by type
 * @nlh: the message
 * @header: length of the family's header
 * @tb: filled in, room for @max + 1; unknown types are left out
 * @max: greatest type wanted
 *
 * Return: 0, or -EBADMSG when the message is too short.
 */
int nl_attrs(const struct nlmsghdr *nlh, size_t header,
	     const struct nlattr **tb, uint16_t max)
{
	const struct nlattr *attr;

	memset(tb, 0, sizeof(*tb) * (max + 1));
	if (mnl_nlmsg_get_payload_len(nlh) < header)
		return -EBADMSG;
	mnl_attr_for_each(attr, nlh, header)
		if (mnl_attr_get_type(attr) <= max)
			tb[mnl_attr_get_type(attr)] = attr;
	return 0;
}

/**
 * nl_nested() - sort nested attributes by type
 * @nest: what holds them
 * @tb: filled in, room for @max + 1
 * @max: greatest type wanted
 *
 * Return: 0.
 */
int nl_nested(const struct nlattr *nest, const struct nlattr **tb, uint16_t max)
{
	const struct nlattr *attr;

	memset(tb, 0, sizeof(*tb) * (max + 1));
	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) <= max)
			tb[mnl_attr_get_type(attr)] = attr;
	return 0;
}
