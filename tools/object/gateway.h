/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_GATEWAY_H
#define ANYGWCTL_OBJECT_GATEWAY_H

#include <jansson.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/anygw.h>

#include "cli/addr.h"
#include "cli/args.h"
#include "cli/out.h"
#include "cli/value.h"
#include "nl/nl.h"

/**
 * enum gw_switch - settings that are on or off
 * @GW_COEXIST: coexist
 * @GW_FALLBACK: fallback
 * @GW_FASTPATH: fastpath
 * @GW_SWITCHES: how many there are
 */
enum gw_switch {
	GW_COEXIST,
	GW_FALLBACK,
	GW_FASTPATH,
	GW_SWITCHES,
};

/**
 * struct gw - a gateway, as it is or as it is to be
 * @ifindex: index of the device, 0 before there is one
 * @ifname: name of the device, empty for the default one
 * @bridge: index of the bridge
 * @bridge_name: name of the bridge
 * @vlan: VLAN id
 * @mac: the vMAC
 * @mode: the mode asked for, -1 when not given
 * @state: the mode in force
 * @sw: the switches, -1 when not given
 * @endpoints: how many endpoints to remember, 0 when not given
 * @addrs: addresses of the device but its host-addresses
 * @host: host-address of IPv4 and of IPv6
 * @vrf: name of the VRF, empty for none
 * @vrf_index: index of the VRF, 0 for none
 * @down: whether the device is administratively down
 * @stats: counters, of the message it was read from
 * @has_addrs: whether @addrs was given
 * @has_host: whether @host was given
 * @has_vrf: whether @vrf was given
 * @words: the words that were given, by attribute, for messages
 */
struct gw {
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	uint32_t bridge;
	char bridge_name[IFNAMSIZ];
	unsigned int vlan;
	uint8_t mac[MAC_LEN];
	int mode;
	int state;
	int sw[GW_SWITCHES];
	unsigned int endpoints;
	struct addrs addrs;
	struct addr host[2];
	char vrf[IFNAMSIZ];
	uint32_t vrf_index;
	bool down;
	const struct nlattr *stats;
	bool has_addrs;
	bool has_host;
	bool has_vrf;
	const char *words[ANYGW_A_GATEWAY_MAX + 1];
};

/**
 * struct gws - a list of gateways
 * @gw: the gateways
 * @n: how many
 */
struct gws {
	struct gw *gw;
	size_t n;
};

extern const char *const gw_switch_names[GW_SWITCHES];
extern const int gw_switch_attrs[GW_SWITCHES];

/* gw.c: what the words say, without the kernel */
int gw_parse(const struct args *args, struct gw *gw);
int gw_check(const struct gw *gw);
void gw_fill(struct gw *gw);
int gw_merge(struct gw *want, const struct gw *have, const struct gw *wish);
int gw_copy(struct gw *to, const struct gw *from);
void gw_free(struct gw *gw);
const char *gw_name(const struct gw *gw, char *buf);
bool gw_same_place(const struct gw *a, const struct gw *b);
bool gw_has_link_local(const struct gw *gw);
bool gw_has_six(const struct gw *gw);
bool gw_serves(const struct gw *gw, int family);
bool gw_is_auto(const struct gw *gw, const struct addr *a);
bool gw_must_say(const struct gw *gw, const struct addr *a);
bool gw_wants(const struct gw *gw, const struct addr *a);
bool gw_same_addrs(const struct gw *have, const struct gw *want);
bool gw_same_hosts(const struct gw *a, const struct gw *b);
bool gw_same_settings(const struct gw *a, const struct gw *b);

/* gwread.c: from the kernel */
int gw_from_message(const struct nlmsghdr *nlh, struct gw *gw);
int gw_add_links(struct gw *gw);
int gw_read(const char *ifname, struct gw *gw);
int gws_read(struct gws *list);
void gws_free(struct gws *list);
int gw_resolve(struct gw *gw);

/* gwmake.c: to the kernel */
int gw_send(uint8_t cmd, struct gw *want, const struct gw *have, bool dry_run);
int gw_create(struct gw *want);
int gw_change(const struct gw *have, const struct gw *want);
int gw_delete(const struct gw *gw, bool dry_run);

/* gwtext.c: as objects and as commands */
extern const struct out_key gw_keys[];
json_t *gw_json(const struct gw *gw);
void gw_print_add(FILE *f, const struct gw *gw);
void gw_print_set(FILE *f, const struct gw *have, const struct gw *want);

#endif
