/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_GATEWAY_H
#define ANYGWCTL_OBJECT_GATEWAY_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/anygw.h>

#include "cli/addr.h"
#include "cli/args.h"
#include "cli/value.h"

/* Settings that are on or off */
enum gw_switch {
	GW_COEXIST,
	GW_FALLBACK,
	GW_FASTPATH,
	GW_SWITCHES,
};

/* A gateway as it is, or as requested */
struct gw {
	uint32_t ifindex;		/* 0 before it is created */
	char ifname[IFNAMSIZ];		/* empty for the default name */
	uint32_t bridge;
	char bridge_name[IFNAMSIZ];
	unsigned int vlan;
	uint8_t mac[MAC_LEN];
	int mode;			/* -1 when not given */
	int state;			/* the mode in force */
	int sw[GW_SWITCHES];		/* -1 when not given */
	unsigned int endpoints;		/* limit, 0 when not given */
	struct addrs addrs;		/* without the host-addresses */
	struct addr host[2];		/* IPv4 and IPv6 */
	char vrf[IFNAMSIZ];		/* empty for none */
	uint32_t vrf_index;
	bool down;			/* administratively */
	const struct nlattr *stats;	/* in the message it is from, or NULL */
	bool has_addrs;			/* these three: given */
	bool has_host;
	bool has_vrf;
	const char *words[ANYGW_A_GATEWAY_MAX + 1];	/* by attribute */
};

extern const char *const gw_switch_names[GW_SWITCHES];
extern const int gw_switch_attrs[GW_SWITCHES];

/* The gateway has to be freed also after a failure. */
int gw_parse(const struct args *args, struct gw *gw);
/* The defaults of what was not given */
void gw_fill(struct gw *gw);
/* What was not given in the request stays as it is. */
int gw_merge(struct gw *want, const struct gw *have, const struct gw *request);
/* Does not free what @to held. */
int gw_copy(struct gw *to, const struct gw *from);
void gw_free(struct gw *gw);

/* The default name; buf has IFNAMSIZ bytes. */
const char *gw_name(const struct gw *gw, char *buf);
/* The same bridge, VLAN and vMAC */
bool gw_same_place(const struct gw *a, const struct gw *b);
bool gw_has_link_local(const struct gw *gw);
bool gw_has_family(const struct gw *gw, int family);
/* Has an address of the family other than link-local ones */
bool gw_serves(const struct gw *gw, int family);
/*
 * Whether the address has to be given to have it: the link-local address from
 * the vMAC is automatic as long as there is no other.
 */
bool gw_must_give(const struct gw *gw, const struct addr *a);
/* Whether the address of a device may stay */
bool gw_wants(const struct gw *gw, const struct addr *a);
bool gw_same_addrs(const struct gw *have, const struct gw *want);
/* The settings that the module keeps */
bool gw_same_settings(const struct gw *a, const struct gw *b);

/* As commands; for the first, every setting has to be filled in. */
void gw_print_add(FILE *f, const struct gw *gw);
void gw_print_set(FILE *f, const struct gw *have, const struct gw *want);

#endif
