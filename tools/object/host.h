/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_HOST_H
#define ANYGWCTL_OBJECT_HOST_H

#include <stdbool.h>

#include "cli/args.h"
#include "cli/value.h"

/**
 * struct host - this host, as the kernel has it or as it is to be
 * @mac: the host MAC
 * @source: where it comes from; as a wish SOURCE_CONFIGURED or 0
 * @beacon: 0 or 1; as a wish -1 for as it is
 * @mac_word: the word it was read from
 * @beacon_word: the word it was read from
 */
struct host {
	uint8_t mac[MAC_LEN];
	unsigned int source;
	int beacon;
	const char *mac_word;
	const char *beacon_word;
};

int host_read(struct host *host);
int host_parse(const struct args *args, struct host *wish);
int host_send(const struct host *wish, bool dry_run);
int host_identify(bool warn);

int cmd_host_show(const struct args *args);
int cmd_host_set(const struct args *args);

#endif
