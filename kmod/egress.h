/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_EGRESS_H
#define ANYGW_EGRESS_H

#include "anygw.h"

/* Bridge hooks FORWARD and LOCAL_OUT; @priv is the struct anygw_net. */
unsigned int anygw_egress_forward(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state);
unsigned int anygw_egress_local_out(void *priv, struct sk_buff *skb,
				    const struct nf_hook_state *state);

#endif
