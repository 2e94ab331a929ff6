/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_HOST_H
#define ANYGWCTL_OBJECT_HOST_H

#include <jansson.h>
#include <stdbool.h>

#include "cli/args.h"
#include "cli/value.h"
#include "nl/nl.h"

/* As in the kernel, or as a request */
struct host {
	uint8_t mac[MAC_LEN];
	unsigned int source;	/* request: configured when mac is given */
	int beacon;		/* request: -1 when not given */
	const char *mac_word;
	const char *beacon_word;
};

/* An nl_fn; data is a zeroed struct host. */
int host_from_message(const struct nlmsghdr *nlh, void *data);
int host_read(struct host *host);
json_t *host_json(const struct host *host);
int host_parse(const struct args *args, struct host *request);
int host_send(const struct host *request, bool dry_run);
/*
 * Give the kernel the machine id, if it needs one for the host MAC. A missing
 * permission is no error: it is reported when something is to be changed.
 */
int host_identify(bool warn);

#endif
