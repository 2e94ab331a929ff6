// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink requests and replies, for generic netlink and rtnetlink.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/diag.h"
#include "cli/value.h"
#include "nl/nl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

#define DUMP_TRIES	8

/* The messages of a dump, kept until it is complete */
struct dump {
	char *buf;
	size_t len;
	bool interrupted;
};

struct reply {
	const struct nl_request *req;
	nl_fn fn;
	void *data;
	struct nl_error *err;
	bool done;
};

int nl_sock_open(struct nl_sock *nl, int protocol)
{
	int one = 1;

	if (nl->sk)
		return 0;
	nl->sk = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	if (!nl->sk || mnl_socket_bind(nl->sk, 0, MNL_SOCKET_AUTOPID)) {
		int err = -errno;

		nl_sock_close(nl);
		return err;
	}
	/* Without these there is no extack and no filter, but a reply. */
	mnl_socket_setsockopt(nl->sk, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sk, NETLINK_GET_STRICT_CHK, &one,
			      sizeof(one));
	return 0;
}

void nl_sock_close(struct nl_sock *nl)
{
	if (nl->sk)
		mnl_socket_close(nl->sk);
	nl->sk = NULL;
}

int nl_sock_join(struct nl_sock *nl, unsigned int group)
{
	return mnl_socket_setsockopt(nl->sk, NETLINK_ADD_MEMBERSHIP, &group,
				     sizeof(group)) < 0 ? -errno : 0;
}

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
			const struct reply *r)
{
	struct nl_error *err = r->err;
	const struct nlattr *attr;

	if (nlh->nlmsg_len < NLMSG_HDRLEN + offset)
		return;
	mnl_attr_for_each(attr, nlh, offset) {
		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			nl_text(attr, err->text, sizeof(err->text));
			break;
		case NLMSGERR_ATTR_OFFS:
			if (mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
				err->attr = attr_at(r->req,
						    mnl_attr_get_u32(attr));
			break;
		}
	}
}

static int read_error(const struct nlmsghdr *nlh, const struct reply *r)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return -EBADMSG;
	r->err->code = e->error < 0 ? -e->error : e->error;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += e->msg.nlmsg_len - NLMSG_HDRLEN;
	if (r->err->code && nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		read_extack(nlh, MNL_ALIGN(offset), r);
	return -r->err->code;
}

/* The end of a dump carries an error of its own, and its sentence. */
static int read_done(const struct nlmsghdr *nlh, const struct reply *r)
{
	int code = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(nlh), sizeof(code));
	if (code >= 0)
		return 0;
	r->err->code = -code;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		read_extack(nlh, sizeof(code), r);
	return code;
}

static int read_message(const struct nlmsghdr *nlh, struct reply *r)
{
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		r->done = true;
		return read_error(nlh, r);
	case NLMSG_DONE:
		r->done = true;
		/* Also at the end it is told that the table has changed. */
		if (r->fn && nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			r->fn(nlh, r->data);
		return read_done(nlh, r);
	case NLMSG_NOOP:
		return 0;
	case NLMSG_OVERRUN:
		return -ENOBUFS;
	default:
		return r->fn ? r->fn(nlh, r->data) : 0;
	}
}

static int read_reply(struct nl_sock *nl, struct reply *r)
{
	unsigned int portid = mnl_socket_get_portid(nl->sk);
	char buf[NL_BUF] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh;
	int err = 0;

	while (!r->done && !err) {
		int len = mnl_socket_recvfrom(nl->sk, buf, sizeof(buf));

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			err = -errno;
		nlh = (const struct nlmsghdr *)buf;
		for (; !err && !r->done && len > 0 && mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			/* Others are left over from an earlier request. */
			if (mnl_nlmsg_seq_ok(nlh, nl->seq) &&
			    mnl_nlmsg_portid_ok(nlh, portid))
				err = read_message(nlh, r);
	}
	if (err && !r->err->code)
		r->err->code = -err;
	return err;
}

static int nl_send(struct nl_sock *nl, struct nl_request *req, nl_fn fn,
		   void *data, struct nl_error *err)
{
	struct reply r = { .req = req, .fn = fn, .data = data, .err = err };

	memset(err, 0, sizeof(*err));
	req->nlh->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sk, req->nlh, req->nlh->nlmsg_len) < 0) {
		err->code = errno;
		return -errno;
	}
	return read_reply(nl, &r);
}

int nl_talk(struct nl_sock *nl, struct nl_request *req, nl_fn fn, void *data,
	    struct nl_error *err)
{
	req->nlh->nlmsg_flags |= NLM_F_ACK;
	return nl_send(nl, req, fn, data, err);
}

static int dump_keep(const struct nlmsghdr *nlh, void *data)
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

static int dump_replay(const struct dump *dump, nl_fn fn, void *data)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)dump->buf;
	int len = dump->len;
	int err = 0;

	for (; !err && len > 0 && mnl_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		err = fn(nlh, data);
	return err;
}

int nl_dump(struct nl_sock *nl, struct nl_request *req, nl_fn fn, void *data,
	    struct nl_error *err)
{
	struct dump dump = { .interrupted = true };
	int ret = 0;

	req->nlh->nlmsg_flags |= NLM_F_DUMP;
	for (int i = 0; i < DUMP_TRIES && !ret && dump.interrupted; i++) {
		dump.len = 0;
		dump.interrupted = false;
		ret = nl_send(nl, req, dump_keep, &dump, err);
	}
	if (!ret && dump.interrupted)
		diag_warn("the table changed during each of %d dumps: the output may be incomplete",
			  DUMP_TRIES);
	if (!ret && dump.len)
		ret = dump_replay(&dump, fn, data);
	if (ret && !err->code)
		err->code = -ret;
	free(dump.buf);
	return ret;
}

const char *nl_reason(const struct nl_error *err)
{
	return *err->text ? err->text : strerror(err->code);
}

struct table {
	const struct nlattr **tb;
	uint16_t max;
};

static int table_add(const struct nlattr *attr, void *data)
{
	const struct table *table = data;

	if (mnl_attr_get_type(attr) <= table->max)
		table->tb[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

int nl_attrs(const struct nlmsghdr *nlh, size_t header,
	     const struct nlattr **tb, uint16_t max)
{
	struct table table = { .tb = tb, .max = max };

	memset(tb, 0, sizeof(*tb) * (max + 1));
	if (mnl_nlmsg_get_payload_len(nlh) < header)
		return -EBADMSG;
	mnl_attr_parse(nlh, header, table_add, &table);
	return 0;
}

void nl_nested(const struct nlattr *nest, const struct nlattr **tb,
	       uint16_t max)
{
	struct table table = { .tb = tb, .max = max };

	memset(tb, 0, sizeof(*tb) * (max + 1));
	if (nest)
		mnl_attr_parse_nested(nest, table_add, &table);
}

uint64_t nl_uint(const struct nlattr *attr)
{
	switch (attr ? mnl_attr_get_payload_len(attr) : 0) {
	case sizeof(uint8_t):
		return mnl_attr_get_u8(attr);
	case sizeof(uint16_t):
		return mnl_attr_get_u16(attr);
	case sizeof(uint32_t):
		return mnl_attr_get_u32(attr);
	case sizeof(uint64_t):
		return mnl_attr_get_u64(attr);
	default:
		return 0;
	}
}

void nl_text(const struct nlattr *attr, char *buf, size_t len)
{
	size_t n = attr ? strnlen(mnl_attr_get_payload(attr),
				  mnl_attr_get_payload_len(attr)) : 0;

	if (n >= len)
		n = len - 1;
	if (n)
		memcpy(buf, mnl_attr_get_payload(attr), n);
	buf[n] = 0;
}

bool nl_mac(const struct nlattr *attr, uint8_t *mac)
{
	if (!attr || mnl_attr_get_payload_len(attr) != MAC_LEN)
		return false;
	memcpy(mac, mnl_attr_get_payload(attr), MAC_LEN);
	return true;
}

bool nl_addr(const struct nlattr *attr, struct addr *a)
{
	if (!attr || mnl_attr_get_payload_len(attr) != addr_bytes(a)) {
		memset(a, 0, sizeof(*a));
		return false;
	}
	memcpy(a->byte, mnl_attr_get_payload(attr), addr_bytes(a));
	return true;
}
