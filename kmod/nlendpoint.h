/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_NLENDPOINT_H
#define ANYGW_NLENDPOINT_H

#include "anygw.h"

struct anygw_endpoint;
struct anygw_pair;

/**
 * anygw_nlend_message() - what has become of an endpoint
 * @an: the namespace
 * @cmd: which of the endpoint notifications
 * @ep: the endpoint
 * Return: a message to send later, or NULL
 * Context: the endpoints' lock, RCU read side.
 */
struct sk_buff *anygw_nlend_message(struct anygw_net *an, u8 cmd,
				    const struct anygw_endpoint *ep);

/**
 * anygw_nlend_claim() - two machines have answered for one address
 * @an: the namespace
 * @pair: the address, with the claim on it
 * Return: a message to send later, or NULL
 * Context: the endpoints' lock, RCU read side.
 */
struct sk_buff *anygw_nlend_claim(struct anygw_net *an,
				  const struct anygw_pair *pair);

/**
 * anygw_nlend_twice() - one MAC was heard behind two ports
 * @an: the namespace
 * @ep: the endpoint, at the port of the two it was heard last
 * Return: a message to send later, or NULL
 * Context: the endpoints' lock, RCU read side.
 */
struct sk_buff *anygw_nlend_twice(struct anygw_net *an,
				  const struct anygw_endpoint *ep);

/**
 * anygw_nlend_send() - send a message to the listeners
 * @an: the namespace
 * @msg: the message, may be NULL; consumed
 */
void anygw_nlend_send(struct anygw_net *an, struct sk_buff *msg);

#endif
