/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_EGRESS_H
#define ANYGW_EGRESS_H

#include "anygw.h"

struct nf_hook_state;

/**
 * anygw_egress_forward() - hook: a port's frame leaves by a port
 * @priv: the namespace
 * @skb: the frame
 * @state: where it comes from and goes to
 * Return: verdict of netfilter
 * Context: RCU read side.
 */
unsigned int anygw_egress_forward(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state);

/**
 * anygw_egress_local_out() - hook: the host's frame leaves by a port
 * @priv: the namespace
 * @skb: the frame
 * @state: where it goes to
 * Return: verdict of netfilter
 * Context: RCU read side.
 */
unsigned int anygw_egress_local_out(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state);

#endif
