/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files about endpoints share: endpoint.c, the table of machines;
 * endseen.c, what frames tell of them; endpair.c, their addresses; endsay.c,
 * what is said to them and of them.
 */
#ifndef ANYGW_ENDTABLE_H
#define ANYGW_ENDTABLE_H

#include <linux/in6.h>

#include "anygw.h"
#include "core/learn.h"

/* A machine is told, announced and reported at most so often. */
#define ANYGW_SAY_INTERVAL	HZ
/* One that has left, or that cannot be asked, is forgotten after so long. */
#define ANYGW_FORGET		(300 * HZ)

/* To the machine: who its gateways are. */
#define ANYGW_SAY_GATEWAY	0x01
/* To the fabric: the machine is here now, or it is still here. */
#define ANYGW_SAY_ARRIVED	0x02
#define ANYGW_SAY_STILL		0x04
/* To machines: do you still have this address? */
#define ANYGW_SAY_ASK		0x08
/* To the listeners: what has become of it. */
#define ANYGW_SAY_NEWS		0x10

/* Most machines have a few addresses; some carry many for others. */
#define ANYGW_PAIRS_MAX		64
/* So many addresses go with a limit of so many machines. */
#define ANYGW_PAIRS_OF(n)	(4 * (n))

/**
 * struct anygw_question - do you have this address?
 * @addr: the address
 * @mac: who is asked
 */
struct anygw_question {
	struct in6_addr addr;
	u8 mac[ETH_ALEN];
};

#define ANYGW_QUESTIONS	8

/**
 * struct anygw_saying - what is to be said of one endpoint, and nothing that
 *			 may go away
 * @key: the endpoint
 * @say: ANYGW_SAY_*
 * @told_hash: an address it need not be told, anygw_announce_hash(), or 0
 * @n_questions: number of @question
 * @question: what is asked, and whom
 * @messages: for the listeners
 */
struct anygw_saying {
	struct anygw_whereabouts key;
	u8 say;
	u32 told_hash;
	unsigned int n_questions;
	struct anygw_question question[ANYGW_QUESTIONS];
	struct sk_buff_head messages;
};

/**
 * anygw_end_since() - how long ago something was
 * @then: when, in the low half of jiffies
 */
static inline u32 anygw_end_since(u32 then)
{
	return (u32)jiffies - then;
}

/* endpoint.c */

/**
 * anygw_end_find() - the endpoint with a MAC
 * @an: the namespace
 * @key: where, and which
 * Context: RCU read side.
 */
struct anygw_endpoint *anygw_end_find(struct anygw_net *an,
				      const struct anygw_whereabouts *key);

/**
 * anygw_end_create() - have an endpoint
 * @an: the namespace
 * @vlan: its VLAN
 * @key: where, and which
 * Return: the endpoint, also if it is there already; NULL without memory, or
 *	   if the VLAN's limit leaves no room
 * Context: RCU read side, bottom halves off, not the endpoints' lock.
 */
struct anygw_endpoint *anygw_end_create(struct anygw_net *an,
					struct anygw_vlan *vlan,
					const struct anygw_whereabouts *key);

/**
 * anygw_end_clear_notes() - what a port has noted holds no more
 * @port: the port
 * Context: the endpoints' lock.
 */
void anygw_end_clear_notes(struct anygw_port *port);

/**
 * anygw_end_give_up_port() - an endpoint's share of its port is for others
 * @an: the namespace
 * @ep: the endpoint
 * Context: the endpoints' lock.
 */
void anygw_end_give_up_port(struct anygw_net *an, struct anygw_endpoint *ep);

/**
 * anygw_end_gateway() - the gateway that an endpoint is shown with
 * @ep: the endpoint
 * Return: the one with its address in a prefix, or that stands for its VLAN;
 *	   NULL while nothing is published
 * Context: the endpoints' lock, RCU read side.
 */
struct anygw_gateway *anygw_end_gateway(const struct anygw_endpoint *ep);

/**
 * anygw_end_leave() - an endpoint is behind its port no more
 * @an: the namespace
 * @ep: the endpoint; it is remembered for a while
 * Context: the endpoints' lock.
 */
void anygw_end_leave(struct anygw_net *an, struct anygw_endpoint *ep);

/**
 * anygw_end_forget() - forget an endpoint and all its addresses
 * @an: the namespace
 * @ep: the endpoint; freed after a grace period
 * Context: the endpoints' lock.
 */
void anygw_end_forget(struct anygw_net *an, struct anygw_endpoint *ep);

/**
 * anygw_end_count_conflict() - count that an endpoint was contested
 * @an: the namespace
 * @ep: the endpoint
 * @port: interface index of the port it was contested from
 * Context: the endpoints' lock, RCU read side.
 */
void anygw_end_count_conflict(struct anygw_net *an,
			      const struct anygw_endpoint *ep, int port);

/**
 * anygw_end_each() - call a function for every endpoint
 * @an: the namespace
 * @fn: called under the endpoints' lock and in an RCU read side section, also
 *	for those that die meanwhile; returns a message for the listeners or
 *	NULL
 * @arg: passed to it
 * Context: process context.
 */
void anygw_end_each(struct anygw_net *an,
		    struct sk_buff *(*fn)(struct anygw_net *an,
					  struct anygw_endpoint *ep,
					  void *arg), void *arg);

/**
 * anygw_pair_find() - who has an address
 * @an: the namespace
 * @where: its bridge and VLAN
 * @addr: the address
 * Context: RCU read side.
 */
struct anygw_pair *anygw_pair_find(struct anygw_net *an,
				   const struct anygw_whereabouts *where,
				   const struct in6_addr *addr);

/**
 * anygw_pair_confirm() - the owner of an address has used or said it
 * @an: the namespace
 * @pair: the address
 * @lesson: which of both
 * Return: true if it has only answered a question of ours
 * Context: RCU read side, bottom halves off, not the endpoints' lock.
 */
bool anygw_pair_confirm(struct anygw_net *an, struct anygw_pair *pair,
			enum anygw_lesson lesson);

/**
 * anygw_pair_learn() - an endpoint has an address that it had not so far
 * @an: the namespace
 * @port: the port it is behind
 * @ep: the endpoint
 * @addr: the address
 * @lesson: whether it has used it or said it
 * Return: false if a limit leaves no room for it
 * Context: the endpoints' lock, RCU read side.
 */
bool anygw_pair_learn(struct anygw_net *an, struct anygw_port *port,
		      struct anygw_endpoint *ep, const struct in6_addr *addr,
		      enum anygw_lesson lesson);

/**
 * anygw_pair_contest() - the fabric says that somebody else has an address
 * @an: the namespace
 * @port: the fabric port
 * @pair: the address
 * @mac: who has it
 * Context: RCU read side, bottom halves off, not the endpoints' lock.
 */
void anygw_pair_contest(struct anygw_net *an, struct anygw_port *port,
			struct anygw_pair *pair, const u8 *mac);

/**
 * anygw_pair_drop() - forget an address
 * @an: the namespace
 * @pair: the address; freed after a grace period
 * Context: the endpoints' lock.
 */
void anygw_pair_drop(struct anygw_net *an, struct anygw_pair *pair);

/**
 * anygw_pair_refresh() - the owner of an address has used or said it
 * @pair: the address
 * @lesson: which of both
 * Context: any.
 */
void anygw_pair_refresh(struct anygw_pair *pair, enum anygw_lesson lesson);

/**
 * anygw_pair_add() - give an endpoint an address that none has
 * @an: the namespace
 * @ep: the endpoint
 * @addr: the address
 * @lesson: whether it has used it or said it
 * Return: false without memory, or if a limit leaves no room for it
 * Context: the endpoints' lock.
 */
bool anygw_pair_add(struct anygw_net *an, struct anygw_endpoint *ep,
		    const struct in6_addr *addr, enum anygw_lesson lesson);

/**
 * anygw_pair_take_over() - give an address to another endpoint
 * @an: the namespace
 * @pair: the address
 * @ep: its new owner
 * @lesson: whether that has used it or said it
 * Return: false if a limit leaves no room for it
 * Context: the endpoints' lock.
 */
bool anygw_pair_take_over(struct anygw_net *an, struct anygw_pair *pair,
			  struct anygw_endpoint *ep, enum anygw_lesson lesson);

/**
 * anygw_conflict_end() - end the conflict about an address, if there is one
 * @an: the namespace
 * @pair: the address
 * Context: the endpoints' lock.
 */
void anygw_conflict_end(struct anygw_net *an, struct anygw_pair *pair);

/**
 * anygw_end_table_init() - start with no endpoint known
 * @an: the namespace
 * Return: 0 or a negative error
 */
int anygw_end_table_init(struct anygw_net *an);

/**
 * anygw_end_table_exit() - end, after all endpoints are gone
 * @an: the namespace
 */
void anygw_end_table_exit(struct anygw_net *an);

/**
 * anygw_end_plan() - have something said
 * @an: the namespace
 * @ep: of whom
 * @say: ANYGW_SAY_*
 * Context: the endpoints' lock.
 */
void anygw_end_plan(struct anygw_net *an, struct anygw_endpoint *ep, u8 say);

#endif
