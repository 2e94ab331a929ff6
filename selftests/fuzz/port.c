// SPDX-License-Identifier: GPL-2.0
/*
 * The ends of the wires are packet sockets on veth peers, and taps. All use a
 * vnet header, to send and receive GSO packets.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING	23
#endif

struct port ports[PORTS_MAX];
int nports;

void die(const char *what)
{
	fprintf(stderr, "framefuzz: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void enter_netns(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(name);
	close(fd);
}

static int open_socket(const char *dev)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	int one = 1, size = 64 << 20;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
		       sizeof(one)))
		die("setsockopt");
	sll.sll_protocol = htons(ETH_P_ALL);
	sll.sll_ifindex = if_nametoindex(dev);
	if (!sll.sll_ifindex || bind(fd, (struct sockaddr *)&sll, sizeof(sll)))
		die(dev);
	return fd;
}

static int open_tap(const char *dev, bool frags)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		die("/dev/net/tun");
	if (frags)
		ifr.ifr_flags |= IFF_NAPI | IFF_NAPI_FRAGS;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (ioctl(fd, TUNSETIFF, &ifr))
		die(dev);
	if (ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6))
		die("TUNSETOFFLOAD");
	return fd;
}

static void read_vlans(struct port *p, char *words)
{
	char *word, *state = NULL;

	p->tagged = *words == 't';
	if (p->tagged)
		words++;
	for (word = strtok_r(words, ",", &state); word && p->vlans < VLANS_MAX;
	     word = strtok_r(NULL, ",", &state))
		p->vlan[p->vlans++] = atoi(word);
}

/* NAME=ROLE:NETNS/DEV:[t]VLAN[,VLAN...][:tap|:frags|:quiet] */
void open_port(char *spec)
{
	struct port *p = &ports[nports];
	char *role, *space, *dev, *vlans, *how;

	p->name = strtok(spec, "=");
	role = strtok(NULL, ":");
	space = strtok(NULL, "/");
	dev = strtok(NULL, ":");
	vlans = strtok(NULL, ":");
	how = strtok(NULL, ":");
	if (!vlans || nports == PORTS_MAX) {
		fprintf(stderr, "framefuzz: bad port %s\n", spec);
		exit(2);
	}
	p->index = nports++;
	p->role = !strcmp(role, "vm") ? ROLE_VM :
		  !strcmp(role, "fabric") ? ROLE_FABRIC : ROLE_EXIT;
	read_vlans(p, vlans);
	p->frags = how && !strcmp(how, "frags");
	p->tap = p->frags || (how && !strcmp(how, "tap"));
	p->quiet = how && !strcmp(how, "quiet");
	enter_netns(space);
	p->fd = p->tap ? open_tap(dev, p->frags) : open_socket(dev);
}

bool send_port(struct port *port, const struct virtio_net_hdr *vnet,
	       const uint8_t *data, size_t len)
{
	/* The first fragment must contain the Ethernet header. */
	size_t first = port->frags && len > 14 ? 14 : len;
	struct iovec iov[3] = {
		{ (void *)vnet, sizeof(*vnet) },
		{ (void *)data, first },
		{ (void *)(data + first), len - first },
	};
	ssize_t n = writev(port->fd, iov, first < len ? 3 : 2);

	port->sent++;
	if (n < 0)
		port->refused++;
	return n >= 0;
}

/* The kernel delivers the outer tag in auxiliary data: put it back. */
static size_t restore_tag(uint8_t *data, size_t len,
			  struct virtio_net_hdr *vnet,
			  const struct tpacket_auxdata *aux)
{
	if (!(aux->tp_status & TP_STATUS_VLAN_VALID) || len < 12)
		return len;
	memmove(data + 16, data + 12, len - 12);
	put16(data + 12, aux->tp_status & TP_STATUS_VLAN_TPID_VALID ?
	      aux->tp_vlan_tpid : ETHERTYPE_VLAN);
	put16(data + 14, aux->tp_vlan_tci);
	if (vnet->csum_start >= 12)
		vnet->csum_start += 4;
	return len + 4;
}

static ssize_t get_socket(struct port *port, struct virtio_net_hdr *vnet,
			  uint8_t *data, size_t room)
{
	struct tpacket_auxdata aux = { 0 };
	struct iovec iov[2] = {
		{ vnet, sizeof(*vnet) }, { data, room - 4 },
	};
	char control[256];
	struct msghdr msg = {
		.msg_iov = iov, .msg_iovlen = 2,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(port->fd, &msg, MSG_DONTWAIT);
	struct cmsghdr *c;

	if (n <= (ssize_t)sizeof(*vnet))
		return n;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_PACKET &&
		    c->cmsg_type == PACKET_AUXDATA)
			memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	return sizeof(*vnet) + restore_tag(data, n - sizeof(*vnet), vnet,
					     &aux);
}

size_t get_port(struct port *port, struct virtio_net_hdr *vnet,
		uint8_t *data, size_t room)
{
	struct iovec iov[2] = { { vnet, sizeof(*vnet) }, { data, room } };
	ssize_t n = port->tap ? readv(port->fd, iov, 2) :
				get_socket(port, vnet, data, room);

	if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENETDOWN &&
	    errno != EIO)
		die(port->name);
	if (n <= (ssize_t)sizeof(*vnet))
		return 0;
	port->got++;
	return n - sizeof(*vnet);
}

unsigned long lost_port(const struct port *port)
{
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);

	if (!port->tap)
		getsockopt(port->fd, SOL_PACKET, PACKET_STATISTICS, &stats,
			   &len);
	return stats.tp_drops;
}
