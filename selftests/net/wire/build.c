// SPDX-License-Identifier: GPL-2.0
/*
 * Build a frame from words. MACs and addresses are in the usual notation,
 * numbers in decimal. Every type but hex takes an encapsulation and tags at the
 * end.
 *
 *   arp,DST,SRC,OP,SHA,SPA,THA,TPA      garp,MAC,IP     rarp,MAC
 *   udp,DST,SRC,SIP,DIP,PORT[,TTL]      ping,DST,SRC,SIP,DIP
 *   redirect4,DST,SRC,SIP,DIP,GATEWAY,TARGET
 *   mark,SRC,NUMBER                     hex,DIGITS
 *   beacon,SRC,HOLD[,VMAC]
 *
 * and those of build6.c. A tag is v10, or a10 for 802.1ad; the first one is
 * outermost. Encapsulations: snap is the 802.2 header of RFC 1042, snapf8 that
 * of IEEE 802.1H, pppoe that of a PPPoE session. The MAC "new" is another one
 * each time, and "newhost" another MAC of an anygw host. A beacon with HOLD 0
 * says goodbye. mark is a broadcast with the local experimental ethertype: when
 * it arrives, all frames sent before it on that path have been processed. rarp
 * is QEMU's announcement of a VM.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define WORDS_MAX	16
#define BROADCAST	"ff:ff:ff:ff:ff:ff"
#define ZERO_MAC		"00:00:00:00:00:00"

void put16(struct build *b, unsigned int v)
{
	b->p[b->n++] = v >> 8;
	b->p[b->n++] = v;
}

void put_mac(struct build *b, const char *s)
{
	static unsigned int count;
	uint8_t *m = b->p + b->n;

	if (s && !strcmp(s, "new")) {
		count++;
		memcpy(m, (uint8_t[]){ 0x52, 0x54, 0xee, count >> 16,
				       count >> 8, count }, 6);
	} else if (s && !strcmp(s, "newhost")) {
		count++;
		memcpy(m, (uint8_t[]){ 0x0a, 0x61, 0x6e, count >> 16,
				       count >> 8, count }, 6);
	} else if (!s || sscanf(s, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", m, m + 1,
				m + 2, m + 3, m + 4, m + 5) != 6) {
		b->bad = 1;
	}
	b->n += 6;
}

static void put_ip(struct build *b, const char *s)
{
	if (!s || inet_pton(AF_INET, s, b->p + b->n) != 1)
		b->bad = 1;
	b->n += 4;
}

/* RFC 1042, or IEEE 802.1H with the OUI 0x0000f8 */
static void put_snap(struct build *b, unsigned int type)
{
	put16(b, 0);
	put16(b, 0xaaaa);
	put16(b, 0x0300);
	put16(b, !strcmp(b->encap, "snapf8") ? 0x00f8 : 0);
	put16(b, type);
}

/* RFC 2516, session 1 */
static void put_pppoe(struct build *b, unsigned int type)
{
	put16(b, 0x8864);
	put16(b, 0x1100);
	put16(b, 1);
	put16(b, 0);
	put16(b, type == 0x86dd ? 0x0057 : 0x0021);
}

void put_eth(struct build *b, const char *dst, const char *src,
	     unsigned int type)
{
	int i;

	put_mac(b, dst);
	put_mac(b, src);
	for (i = 0; i < b->tags; i++) {
		put16(b, b->tag[i] >> 16);
		put16(b, b->tag[i]);
	}
	b->encap_at = b->n;
	if (!b->encap)
		put16(b, type);
	else if (!strcmp(b->encap, "pppoe"))
		put_pppoe(b, type);
	else
		put_snap(b, type);
}

/* Fill in the length field of the encapsulation. */
static void finish_encap(struct build *b)
{
	int pppoe = b->encap && !strcmp(b->encap, "pppoe");
	size_t at = b->encap_at + (pppoe ? 6 : 0);
	size_t len = b->n - at - 2;

	if (!b->encap)
		return;
	b->p[at] = len >> 8;
	b->p[at + 1] = len;
}

static void put_arp(struct build *b, unsigned int op, const char *sha,
		    const char *spa, const char *tha, const char *tpa)
{
	put16(b, 1);
	put16(b, 0x0800);
	put16(b, 0x0604);
	put16(b, op);
	put_mac(b, sha);
	put_ip(b, spa);
	put_mac(b, tha);
	put_ip(b, tpa);
}

unsigned int checksum(const uint8_t *p, size_t len)
{
	unsigned long sum = 0;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void put_ip4(struct build *b, const char *src, const char *dst,
		    int ttl, int proto, size_t payload)
{
	size_t at = b->n;
	unsigned int sum;

	put16(b, 0x4500);
	put16(b, 20 + payload);
	put16(b, 0);
	put16(b, 0);
	put16(b, ttl << 8 | proto);
	put16(b, 0);
	put_ip(b, src);
	put_ip(b, dst);
	sum = checksum(b->p + at, 20);
	b->p[at + 10] = sum >> 8;
	b->p[at + 11] = sum;
}

static void build_udp(struct build *b, char **w, int n)
{
	static const char load[] = "anygw-tests.";

	put_eth(b, w[1], w[2], 0x0800);
	put_ip4(b, w[3], w[4], n > 6 ? atoi(w[6]) : 64, 17, 8 + 12);
	put16(b, 4444);
	put16(b, atoi(w[5]));
	put16(b, 8 + 12);
	put16(b, 0);	/* no checksum: allowed in IPv4 */
	memcpy(b->p + b->n, load, 12);
	b->n += 12;
}

static void build_ping(struct build *b, char **w)
{
	size_t at;
	unsigned int sum;

	put_eth(b, w[1], w[2], 0x0800);
	put_ip4(b, w[3], w[4], 64, 1, 16);
	at = b->n;
	put16(b, 8 << 8);
	put16(b, 0);
	put16(b, 0xabcd);
	put16(b, 1);
	memcpy(b->p + b->n, "anygw123", 8);
	b->n += 8;
	sum = checksum(b->p + at, 16);
	b->p[at + 2] = sum >> 8;
	b->p[at + 3] = sum;
}

/* RFC 792: DIP shall send packets for TARGET to GATEWAY. */
static void build_redirect4(struct build *b, char **w)
{
	size_t at;
	unsigned int sum;

	put_eth(b, w[1], w[2], 0x0800);
	put_ip4(b, w[3], w[4], 64, 1, 8 + 28);
	at = b->n;
	put16(b, 5 << 8 | 1);
	put16(b, 0);
	put_ip(b, w[5]);
	put_ip4(b, w[4], w[6], 64, 1, 8);
	put16(b, 8 << 8);
	put16(b, 0);
	put16(b, 0xabcd);
	put16(b, 1);
	sum = checksum(b->p + at, 8 + 28);
	b->p[at + 2] = sum >> 8;
	b->p[at + 3] = sum;
}

static void build_beacon(struct build *b, char **w)
{
	int hold = atoi(w[2]);

	put_eth(b, "03:61:6e:79:67:77", w[1], 0x88b5);
	memcpy(b->p + b->n, "agwb\1", 5);
	b->n += 5;
	b->p[b->n++] = !hold;
	put16(b, w[3] ? 0x0101 : 0);
	put16(b, hold ? hold : 1);
	put16(b, 0);
	if (!w[3])
		return;
	put_mac(b, w[3]);
	put16(b, 0);
	put16(b, 1500);
	put16(b, 0);
	put16(b, 0xabcd);
	put16(b, 0xef01);
}

static void build_hex(struct build *b, const char *s)
{
	for (; s[0] && s[1] && b->n < FRAME_MAX; s += 2)
		if (sscanf(s, "%2hhx", &b->p[b->n++]) != 1)
			b->bad = 1;
}

static int is_tag(const char *w)
{
	return (*w == 'v' || *w == 'a') && w[1] &&
	       strspn(w + 1, "0123456789") == strlen(w + 1);
}

static int is_encap(const char *w)
{
	return !strcmp(w, "snap") || !strcmp(w, "snapf8") ||
	       !strcmp(w, "pppoe");
}

/* Split into words; move the tags and the encapsulation to the builder. */
static int split_words(struct build *b, char *word, char **w)
{
	int n = 0, all, i;

	for (word = strtok(word, ","); word && n < WORDS_MAX;
	     word = strtok(NULL, ","))
		w[n++] = word;
	if (n && !strcmp(w[0], "hex"))
		return n;
	for (all = n; n && all - n < TAGS_MAX && is_tag(w[n - 1]);)
		n--;
	for (i = n; i < all; i++)
		b->tag[b->tags++] = (*w[i] == 'a' ? 0x88a8u : 0x8100u) << 16 |
				    atoi(w[i] + 1);
	if (n && is_encap(w[n - 1]))
		b->encap = w[--n];
	w[n] = NULL;
	return n;
}

/* Return the length of the frame, 0 on bad input. */
size_t build_frame(char *word, uint8_t *frame)
{
	struct build b = { .p = frame };
	char *w[WORDS_MAX + 1] = { NULL };
	int n = split_words(&b, word, w);

	memset(frame, 0, 128);
	if (n == 8 && !strcmp(w[0], "arp")) {
		put_eth(&b, w[1], w[2], 0x0806);
		put_arp(&b, atoi(w[3]), w[4], w[5], w[6], w[7]);
	} else if (n == 3 && !strcmp(w[0], "garp")) {
		put_eth(&b, BROADCAST, w[1], 0x0806);
		put_arp(&b, 1, w[1], w[2], ZERO_MAC, w[2]);
	} else if (n == 2 && !strcmp(w[0], "rarp")) {
		put_eth(&b, BROADCAST, w[1], 0x8035);
		put_arp(&b, 3, w[1], "0.0.0.0", w[1], "0.0.0.0");
	} else if (n >= 6 && !strcmp(w[0], "udp")) {
		build_udp(&b, w, n);
	} else if (n == 5 && !strcmp(w[0], "ping")) {
		build_ping(&b, w);
	} else if (n == 7 && !strcmp(w[0], "redirect4")) {
		build_redirect4(&b, w);
	} else if (n == 3 && !strcmp(w[0], "mark")) {
		put_eth(&b, BROADCAST, w[1], 0x88b5);
		put16(&b, atoi(w[2]));
	} else if ((n == 3 || n == 4) && !strcmp(w[0], "beacon")) {
		build_beacon(&b, w);
	} else if (n == 2 && !strcmp(w[0], "hex")) {
		build_hex(&b, w[1]);
		return b.bad ? 0 : b.n;
	} else if (!n || !build_frame6(&b, w, n)) {
		return 0;
	}
	finish_encap(&b);
	if (b.n < 60)
		b.n = 60;
	return b.bad ? 0 : b.n;
}
