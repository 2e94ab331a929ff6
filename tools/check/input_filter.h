/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CHECK_INPUT_FILTER_H
#define ANYGWCTL_CHECK_INPUT_FILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "object/gateway.h"

/*
 * Whether nftables rules keep the VMs of a gateway from a port of the host:
 * an input chain with the policy drop, or a rule that drops. @set may be NULL,
 * @protocol is "tcp" or "udp".
 */
bool input_filter_blocks(const json_t *set, const struct gw *gw,
			 const char *protocol, unsigned int port);
/*
 * The words for nft(8) that block these ports, which have commas: one word for
 * the shell, to be freed, or NULL.
 */
char *input_filter_command(const struct gw *gw, const char *tcp,
			   const char *udp);

#endif
