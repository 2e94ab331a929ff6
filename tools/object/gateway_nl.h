/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_GATEWAY_NL_H
#define ANYGWCTL_OBJECT_GATEWAY_NL_H

#include "nl/nl.h"
#include "object/gateway.h"

struct gws {
	struct gw *gw;
	size_t n;
};

/* An nl_fn that fills in a struct gw, but for its addresses and VRF */
int gw_from_message(const struct nlmsghdr *nlh, void *data);
/* Addresses and VRF; a device that is gone has neither. */
int gw_add_links(struct gw *gw);
int gw_read(const char *ifname, struct gw *gw);
/* By bridge, VLAN and name; the list has to be freed also after a failure. */
int gws_read(struct gws *list);
void gws_free(struct gws *list);
const struct gw *gws_find(const struct gws *list, uint32_t ifindex);
/* Look up the devices that a request names. */
int gw_resolve(struct gw *gw);

/*
 * Send the settings that the module keeps. have is NULL for a new gateway,
 * whose index and name are filled in.
 */
int gw_send(uint8_t cmd, struct gw *want, const struct gw *have, bool dry_run);
int gw_delete(const struct gw *gw, bool dry_run);
/* Fills in index and name; leaves nothing behind after a failure. */
int gw_create(struct gw *want);
/* Undoes everything after a failure. */
int gw_change(const struct gw *have, const struct gw *want);

#endif
