// SPDX-License-Identifier: GPL-2.0
/*
 * Traffic that detects losses. echo and stream: a TCP session whose data is
 * compared in both directions. sink and source: numbered UDP datagrams, so that
 * duplicates are noticed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

#define CHUNK		1024
#define TIMEOUT_MS	120000
#define FLOWS		256
#define SEQS		(1 << 18)

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static void bad_address(const char *addr)
{
	fprintf(stderr, "wire: bad address %s\n", addr);
	exit(1);
}

static void address4(union address *a, const char *addr, const char *port)
{
	a->v4 = (struct sockaddr_in){ .sin_family = AF_INET };
	a->v4.sin_port = htons(atoi(port));
	if (addr && inet_pton(AF_INET, addr, &a->v4.sin_addr) != 1)
		bad_address(addr);
}

/* IPv4-mapped addresses: one socket serves both families. */
static void address6(union address *a, const char *addr, const char *port)
{
	char mapped[64];

	a->v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6 };
	a->v6.sin6_port = htons(atoi(port));
	if (!addr)
		return;
	snprintf(mapped, sizeof(mapped), "%s%s",
		 strchr(addr, ':') ? "" : "::ffff:", addr);
	if (inet_pton(AF_INET6, mapped, &a->v6.sin6_addr) != 1)
		bad_address(addr);
}

/* Fall back to IPv4 on kernels without IPv6. */
static int open_socket(int type, union address *a, const char *addr,
		       const char *port)
{
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		address6(a, addr, port);
		return fd;
	}
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("socket");
	address4(a, addr, port);
	return fd;
}

static int bind_socket(int type, const char *port)
{
	union address a;
	int one = 1, fd = open_socket(type, &a, NULL, port);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &a.sa, sizeof(a)))
		die("bind");
	return fd;
}

static void echo_session(int fd)
{
	static char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (write(fd, buf, n) != n)
			break;
	close(fd);
}

int cmd_echo(int argc, char **argv)
{
	int fd;

	if (argc != 2)
		return 1;
	fd = bind_socket(SOCK_STREAM, argv[1]);
	if (listen(fd, 64))
		die("listen");
	signal(SIGCHLD, SIG_IGN);
	print_ready();
	while (!stop) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int c;

		if (poll(&p, 1, 200) <= 0)
			continue;
		c = accept(fd, NULL, NULL);
		if (c < 0)
			continue;
		if (!fork()) {
			signal(SIGTERM, SIG_DFL);
			echo_session(c);
			_exit(0);
		}
		close(c);
	}
	return 0;
}

struct session {
	int fd;
	uint64_t sent, back;
	uint64_t recv_ms, stall_ms;
};

static uint8_t pattern(uint64_t i)
{
	return (i * 2654435761u) >> 13;
}

static int send_chunk(struct session *s)
{
	uint8_t buf[CHUNK];
	ssize_t n;
	int i;

	for (i = 0; i < CHUNK; i++)
		buf[i] = pattern(s->sent + i);
	n = send(s->fd, buf, CHUNK, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	s->sent += n;
	return 0;
}

/* Return 1 at the end of the stream, -1 on errors and wrong data. */
static int recv_echo(struct session *s)
{
	static uint8_t buf[65536];
	ssize_t n = recv(s->fd, buf, sizeof(buf), MSG_DONTWAIT), i;
	uint64_t now = now_ms();

	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	if (!n)
		return 1;
	for (i = 0; i < n; i++) {
		if (buf[i] != pattern(s->back + i)) {
			errno = EBADMSG;
			return -1;
		}
	}
	s->back += n;
	if (now - s->recv_ms > s->stall_ms)
		s->stall_ms = now - s->recv_ms;
	s->recv_ms = now;
	return 0;
}

/*
 * Send a chunk every pause_us until the deadline or SIGTERM, then wait for the
 * remaining echoes. The session is lost if nothing arrives for TIMEOUT_MS.
 */
static int run_session(struct session *s, uint64_t until, int pause_us)
{
	int done = 0, closed = 0;

	s->recv_ms = now_ms();
	while (done == 0) {
		struct pollfd p = { .fd = s->fd, .events = POLLIN };

		if (!closed && (stop || now_ms() >= until)) {
			shutdown(s->fd, SHUT_WR);
			closed = 1;
		}
		if (!closed && send_chunk(s) < 0)
			return -1;
		if (!closed)
			usleep(pause_us);
		else
			poll(&p, 1, 100);
		done = recv_echo(s);
		if (now_ms() - s->recv_ms > TIMEOUT_MS) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
	return done < 0 ? -1 : 0;
}

int cmd_stream(int argc, char **argv)
{
	struct session s = { 0 };
	union address a;
	int err, pause_us = 10000;

	if (argc != 4 && argc != 5)
		return 1;
	if (argc == 5)
		pause_us = atoi(argv[4]);
	s.fd = open_socket(SOCK_STREAM, &a, argv[1], argv[2]);
	if (connect(s.fd, &a.sa, sizeof(a)))
		die("connect");
	print_ready();
	err = run_session(&s, now_ms() + atof(argv[3]) * 1000, pause_us);
	printf("sent %llu back %llu stall_ms %llu %s\n",
	       (unsigned long long)s.sent, (unsigned long long)s.back,
	       (unsigned long long)s.stall_ms, err ? "lost" : "ok");
	return err || s.sent != s.back || !s.sent;
}

struct datagram {
	uint32_t flow, seq;
};

static uint8_t *seen[FLOWS];
static uint32_t got[FLOWS], twice[FLOWS];

static void note_datagram(const struct datagram *d)
{
	uint32_t flow = ntohl(d->flow) % FLOWS, seq = ntohl(d->seq) % SEQS;

	if (!seen[flow])
		seen[flow] = calloc(SEQS, 1);
	if (!seen[flow])
		die("calloc");
	if (seen[flow][seq]++)
		twice[flow]++;
	else
		got[flow]++;
}

int cmd_sink(int argc, char **argv)
{
	struct datagram d;
	int fd, i;

	if (argc != 2)
		return 1;
	fd = bind_socket(SOCK_DGRAM, argv[1]);
	print_ready();
	while (!stop) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		poll(&p, 1, 100);
		while (recv(fd, &d, sizeof(d), MSG_DONTWAIT) == sizeof(d))
			note_datagram(&d);
	}
	for (i = 0; i < FLOWS; i++)
		if (seen[i])
			printf("flow %d got %u twice %u\n", i, got[i],
			       twice[i]);
	return 0;
}

int cmd_source(int argc, char **argv)
{
	union address a;
	struct datagram d;
	int fd, count, i;

	if (argc != 6)
		return 1;
	fd = open_socket(SOCK_DGRAM, &a, argv[1], argv[2]);
	count = atoi(argv[4]);
	d.flow = htonl(atoi(argv[3]));
	for (i = 0; i < count && !stop; i++) {
		d.seq = htonl(i);
		/* The sink reports datagrams that could not be sent. */
		sendto(fd, &d, sizeof(d), 0, &a.sa, sizeof(a));
		usleep(atoi(argv[5]));
	}
	printf("sent %d\n", i);
	return 0;
}
