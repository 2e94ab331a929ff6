// SPDX-License-Identifier: GPL-2.0
/*
 * wire - send, capture and check frames for the tests.
 *
 *   wire [-N NETNS] cap DIR NAME=NETNS/DEV[/in|/out]...
 *   wire [-N NETNS] send [-n COUNT] [-w USEC] DEV FRAME...
 *   wire [-N NETNS] fuzz DEV SEED COUNT FRAME...
 *   wire sysctl NETNS:PATH=VALUE...
 *   wire reload MODULE COUNT
 *   wire [-N NETNS] echo PORT
 *   wire [-N NETNS] stream ADDR PORT SECONDS
 *   wire [-N NETNS] sink PORT
 *   wire [-N NETNS] source ADDR PORT FLOW COUNT USEC
 *
 * Starting a process is expensive in the guests, so one process handles many
 * devices or frames. cap and send: see cap.c and build.c; echo, stream, sink
 * and source: flow.c.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void die(const char *what)
{
	fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
	exit(2);
}

void print_ready(void)
{
	printf("ready\n");
	fflush(stdout);
}

uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ULL + ts.tv_nsec / 1000000;
}

void enter_netns(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(name);
	close(fd);
}

int packet_socket(const char *dev, int proto)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	sll.sll_protocol = htons(proto);
	sll.sll_ifindex = if_nametoindex(dev);
	if (!sll.sll_ifindex || bind(fd, (struct sockaddr *)&sll, sizeof(sll)))
		die(dev);
	return fd;
}

/* Retry for a second while the queue is full. */
static void send_frame(int fd, const uint8_t *frame, size_t len)
{
	int tries = 1000;

	while (send(fd, frame, len, 0) != (ssize_t)len) {
		if (errno != ENOBUFS || !tries--)
			die("send");
		usleep(1000);
	}
}

static int cmd_send_frames(int fd, char **words, int n)
{
	static uint8_t frame[FRAME_MAX];
	char copy[4096];
	int i;

	for (i = 0; i < n; i++) {
		size_t len;

		snprintf(copy, sizeof(copy), "%s", words[i]);
		len = build_frame(copy, frame);
		if (!len) {
			fprintf(stderr, "wire: bad frame %s\n", words[i]);
			return 1;
		}
		send_frame(fd, frame, len);
	}
	return 0;
}

int cmd_send(int argc, char **argv)
{
	int opt, count = 1, usec = 0, fd, err = 0;

	while ((opt = getopt(argc, argv, "n:w:")) != -1) {
		if (opt == 'n')
			count = atoi(optarg);
		else if (opt == 'w')
			usec = atoi(optarg);
		else
			return 1;
	}
	if (argc - optind < 2)
		return 1;
	fd = packet_socket(argv[optind++], 0);
	while (!err && count-- > 0 && !stop) {
		err = cmd_send_frames(fd, argv + optind, argc - optind);
		if (usec)
			usleep(usec);
	}
	return err;
}

/* Change some bytes behind the MACs; often cut and sometimes pad the frame. */
static size_t mutate(uint8_t *frame, size_t len)
{
	int n = rand() % 5;

	while (n-- > 0)
		frame[12 + rand() % (len - 12)] = rand();
	if (rand() % 3 == 0)
		len = 14 + rand() % (len - 13);
	else if (rand() % 8 == 0)
		len += rand() % 1200;
	return len;
}

static int cmd_fuzz(int argc, char **argv)
{
	static uint8_t frame[FRAME_MAX];
	char copy[4096];
	int fd, i;

	if (argc < 5)
		return 1;
	fd = packet_socket(argv[1], 0);
	srand(atoi(argv[2]));
	for (i = 0; i < atoi(argv[3]) && !stop; i++) {
		size_t len;

		memset(frame, 0, 2048);
		snprintf(copy, sizeof(copy), "%s",
			 argv[4 + rand() % (argc - 4)]);
		len = build_frame(copy, frame);
		if (!len)
			return 1;
		/* The device may refuse a frame. */
		send(fd, frame, mutate(frame, len), 0);
	}
	return 0;
}

/* PATH is relative to /proc/sys/net. */
static int cmd_sysctl(int argc, char **argv)
{
	char path[256];
	int i, fd;

	for (i = 1; i < argc; i++) {
		char *netns = strtok(argv[i], ":"), *key = strtok(NULL, "=");
		char *value = strtok(NULL, "");

		if (!value)
			return 1;
		enter_netns(netns);
		snprintf(path, sizeof(path), "/proc/sys/net/%s", key);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, value, strlen(value)) < 0)
			die(path);
		close(fd);
	}
	return 0;
}

/* Load and unload the module COUNT times. */
static int cmd_reload(int argc, char **argv)
{
	int fd, i;

	if (argc != 3)
		return 1;
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(argv[1]);
	for (i = 0; i < atoi(argv[2]) && !stop; i++) {
		if (syscall(SYS_finit_module, fd, "", 0))
			die("finit_module");
		if (syscall(SYS_delete_module, "anygw", O_NONBLOCK))
			die("delete_module");
	}
	return 0;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "cap", cmd_cap }, { "send", cmd_send },
	{ "echo", cmd_echo }, { "stream", cmd_stream },
	{ "sink", cmd_sink }, { "source", cmd_source },
	{ "fuzz", cmd_fuzz }, { "sysctl", cmd_sysctl },
	{ "reload", cmd_reload },
};

int main(int argc, char **argv)
{
	size_t i;

	catch_signals();
	if (argc > 3 && !strcmp(argv[1], "-N")) {
		enter_netns(argv[2]);
		argv += 2;
		argc -= 2;
	}
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "usage: wire [-N NETNS] "
		"cap|send|echo|stream|sink|source|fuzz|sysctl|reload ...\n");
	return 1;
}
