// SPDX-License-Identifier: GPL-2.0
/*
 * wire cap DIR NAME=NETNS/DEV[/in|/out]...
 *
 * For each device, write DIR/NAME.pcap and DIR/NAME.txt (a line per frame, see
 * decode.c). Print "ready" when all sockets are bound. Unlike tcpdump, drain
 * the sockets before exiting, so that a frame missing in the file did not pass.
 * Fail if the kernel dropped any.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define CAPS_MAX	16
#define SNAPLEN		256

struct pcap_head {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, sigfigs, snaplen, network;
};

struct pcap_frame {
	uint32_t sec, nsec, caplen, len;
};

struct capture {
	const char *name;
	int fd, pcap, text;
	char direction;	/* 'i', 'o' or 0 for both */
};

struct frame_meta {
	struct timespec stamp;
	struct tpacket_auxdata aux;
	int have_aux, out;
};

static struct capture caps[CAPS_MAX];

static void read_control(struct msghdr *msg, struct frame_meta *h)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_PACKET &&
		    c->cmsg_type == PACKET_AUXDATA) {
			memcpy(&h->aux, CMSG_DATA(c), sizeof(h->aux));
			h->have_aux = 1;
		} else if (c->cmsg_level == SOL_SOCKET &&
			   c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&h->stamp, CMSG_DATA(c), sizeof(h->stamp));
		}
	}
}

/* The kernel strips the outer tag: insert it again. */
static size_t restore_tag(uint8_t *frame, size_t len,
			  const struct frame_meta *h)
{
	uint16_t tpid = htons(ETHERTYPE_VLAN), tci;

	if (!h->have_aux || !(h->aux.tp_status & TP_STATUS_VLAN_VALID))
		return len;
	if (h->aux.tp_status & TP_STATUS_VLAN_TPID_VALID)
		tpid = htons(h->aux.tp_vlan_tpid);
	tci = htons(h->aux.tp_vlan_tci);
	memmove(frame + 16, frame + 12, len - 12);
	memcpy(frame + 12, &tpid, 2);
	memcpy(frame + 14, &tci, 2);
	return len + 4;
}

static void store_pcap(int out, uint8_t *frame, size_t len,
		       const struct frame_meta *h)
{
	struct pcap_frame pf = {
		.sec = h->stamp.tv_sec, .nsec = h->stamp.tv_nsec,
		.caplen = len < SNAPLEN ? len : SNAPLEN, .len = len,
	};
	struct iovec iov[2] = { { &pf, sizeof(pf) }, { frame, pf.caplen } };

	if (writev(out, iov, 2) < 0)
		die("write");
}

/* One write per line, so that readers never see a partial line. */
static void store_text(int out, const uint8_t *frame, size_t len,
		       const struct frame_meta *h)
{
	char text[512];
	size_t n;

	n = snprintf(text, sizeof(text), "t=%lld %s ",
		     h->stamp.tv_sec * 1000LL + h->stamp.tv_nsec / 1000000,
		     h->out ? "out" : "in");
	n += decode_frame(frame, len, text + n, sizeof(text) - n);
	if (write(out, text, n) != (ssize_t)n)
		die("write");
}

/* Return 0 if the socket is empty. */
static int read_frame(const struct capture *cap)
{
	static uint8_t frame[FRAME_MAX + 4];
	struct sockaddr_ll from;
	struct frame_meta h = { 0 };
	char control[256];
	struct iovec iov = { frame, FRAME_MAX };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(cap->fd, &msg, MSG_DONTWAIT);

	if (len < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		/* The device went down or was deleted; keep the capture. */
		if (errno == ENETDOWN || errno == ENXIO)
			return 1;
		die("recvmsg");
	}
	h.out = from.sll_pkttype == PACKET_OUTGOING;
	if (len < 14 || (cap->direction && (cap->direction == 'o') != h.out))
		return 1;
	read_control(&msg, &h);
	len = restore_tag(frame, len, &h);
	store_pcap(cap->pcap, frame, len, &h);
	store_text(cap->text, frame, len, &h);
	return 1;
}

static int create(const char *dir, const char *name, const char *end)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s.%s", dir, name, end);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
	if (fd < 0)
		die(path);
	return fd;
}

static void set_options(int fd)
{
	int one = 1, size = 64 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)))
		die("setsockopt");
}

static void open_capture(struct capture *cap, const char *dir, char *spec)
{
	struct pcap_head head = { 0xa1b23c4d, 2, 4, 0, 0, 65535, 1 };
	char *netns, *dev, *direction;

	cap->name = strtok(spec, "=");
	netns = strtok(NULL, "/");
	dev = strtok(NULL, "/");
	direction = strtok(NULL, "/");
	if (!dev) {
		fprintf(stderr, "wire: bad capture %s\n", spec);
		exit(1);
	}
	cap->direction = direction ? *direction : 0;
	enter_netns(netns);
	cap->fd = packet_socket(dev, ETH_P_ALL);
	set_options(cap->fd);
	cap->pcap = create(dir, cap->name, "pcap");
	cap->text = create(dir, cap->name, "txt");
	if (write(cap->pcap, &head, sizeof(head)) != sizeof(head))
		die("write");
}

static int lost_frames(const struct capture *cap)
{
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);

	getsockopt(cap->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len);
	if (stats.tp_drops)
		printf("%s lost %u frames\n", cap->name, stats.tp_drops);
	return stats.tp_drops != 0;
}

int cmd_cap(int argc, char **argv)
{
	struct pollfd fds[CAPS_MAX];
	int n = argc - 2, i, lost = 0;

	if (n < 1 || n > CAPS_MAX)
		return 1;
	for (i = 0; i < n; i++) {
		open_capture(&caps[i], argv[1], argv[i + 2]);
		fds[i] = (struct pollfd){ .fd = caps[i].fd, .events = POLLIN };
	}
	print_ready();
	while (!stop) {
		/* Timeout: a signal may arrive just before poll(). */
		poll(fds, n, 100);
		for (i = 0; i < n; i++)
			while (read_frame(&caps[i]))
				;
	}
	for (i = 0; i < n; i++) {
		while (read_frame(&caps[i]))
			;
		lost |= lost_frames(&caps[i]);
	}
	return lost ? 3 : 0;
}
