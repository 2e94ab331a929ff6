/* SPDX-License-Identifier: GPL-2.0 */
/* The tests' helper program */
#ifndef WIRE_H
#define WIRE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

/* A GSO packet with its headers */
#define FRAME_MAX	(65536 + 64)

/* Set by SIGTERM and SIGINT. */
extern volatile sig_atomic_t stop;

void die(const char *what) __attribute__((noreturn));
void print_ready(void);
uint64_t now_ms(void);
void enter_netns(const char *name);
int packet_socket(const char *dev, int proto);

/* decode.c */
size_t decode_frame(const uint8_t *frame, size_t len, char *text, size_t size);

/* build.c */
#define TAGS_MAX	4

struct build {
	uint8_t *p;
	size_t n;
	unsigned int tag[TAGS_MAX];	/* TPID and VID, outermost first */
	int tags, bad;
	const char *encap;
	size_t encap_at;
};

void put16(struct build *b, unsigned int v);
void put_mac(struct build *b, const char *s);
void put_eth(struct build *b, const char *dst, const char *src,
	     unsigned int type);
unsigned int checksum(const uint8_t *p, size_t len);
size_t build_frame(char *word, uint8_t *frame);

/* build6.c */
int build_frame6(struct build *b, char **w, int n);

int cmd_cap(int argc, char **argv);
int cmd_send(int argc, char **argv);
int cmd_echo(int argc, char **argv);
int cmd_stream(int argc, char **argv);
int cmd_sink(int argc, char **argv);
int cmd_source(int argc, char **argv);

#endif
