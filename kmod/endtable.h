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

/* It is behind its port, or was and may come back. */
#define ANYGW_EP_HERE		0x01
/* Forgotten, about to be freed. */
#define ANYGW_EP_DEAD		0x02
/* News: an address has come or gone, or come from another machine. */
#define ANYGW_EP_CHANGED	0x04
#define ANYGW_EP_TOOK		0x08
/* News: its MAC was heard behind two ports within a second. */
#define ANYGW_EP_TWICE		0x10

/**
 * struct anygw_whereabouts - the key of an endpoint
 * @bridge: interface index of the bridge
 * @vid: VLAN id
 * @mac: its MAC
 */
struct anygw_whereabouts {
	int bridge;
	u16 vid;
	u8 mac[ETH_ALEN];
};

/* Most machines have a few addresses; some carry many for others. */
#define ANYGW_PAIRS_MAX		64
/* So many addresses go with a limit of so many machines. */
#define ANYGW_PAIRS_OF(n)	(4 * (n))

/**
 * struct anygw_pair_key - the key of an address
 * @addr: the address, an IPv4 one as ::ffff:a.b.c.d
 * @bridge: interface index of the bridge
 * @vid: VLAN id
 */
struct anygw_pair_key {
	struct in6_addr addr;
	int bridge;
	u32 vid;
};

/**
 * struct anygw_endpoint - a virtual machine
 * @node: in the table
 * @key: where it is, and its MAC
 * @port: interface index of the port it is behind, or was; 0 once that is
 *	none any more
 * @vlan: its VLAN, for as long as it is not dead
 * @pairs: its addresses
 * @on_port: entry in @port's endpoints
 * @due: entry in what is to be said, until it is dead
 * @rcu: for freeing
 * @seen: last frame of its own accord, jiffies; without the lock
 * @heard: last frame that left by the fabric, jiffies; counts only if
 *	@was_heard; both without the lock
 * @told: when it was last told of its gateways; this and all times below in
 *	the low half of jiffies
 * @called: when it was last announced to the fabric
 * @reported: when the listeners last heard of it
 * @told_port: the port the listeners know it behind, 0 if they do not
 * @left_port: the port it was behind before
 * @left_at: when it left that
 * @id: its number in the list
 * @told_hash: an address it need not be told, anygw_announce_hash(), or 0
 * @say: ANYGW_SAY_*
 * @flags: ANYGW_EP_*
 * @n_pairs: number of @pairs
 * @was_heard: whether the fabric has heard it at all; without the lock
 * @was_spread: it was a broadcast, which the whole fabric hears; the same
 *
 * Under the lock of struct anygw_endpoints, unless it says otherwise. Those
 * that hold one under RCU look for ANYGW_EP_DEAD under the lock first.
 */
struct anygw_endpoint {
	struct rhash_head node;
	struct anygw_whereabouts key;
	int port;
	struct anygw_vlan *vlan;
	struct hlist_head pairs;
	struct list_head on_port;
	union {
		struct list_head due;
		struct rcu_head rcu;
	};
	unsigned long seen;
	unsigned long heard;
	u32 told;
	u32 called;
	u32 reported;
	int told_port;
	int left_port;
	u32 left_at;
	u32 id;
	u32 told_hash;
	u8 say;
	u8 flags;
	u8 n_pairs;
	bool was_heard;
	bool was_spread;
};

/**
 * struct anygw_claim - an address that a second machine claims
 * @port: interface index of the port it was claimed on, 0 once that is none
 *	any more
 * @on_port: entry in that port's claims
 * @until: when it is decided, in the low half of jiffies; from @asked on
 * @rival: MAC of the second machine
 * @asked: the owner was asked
 * @owner_said: the owner has spoken up since
 * @rival_said: the claim was said, not only made use of
 */
struct anygw_claim {
	int port;
	struct list_head on_port;
	u32 until;
	u8 rival[ETH_ALEN];
	bool asked;
	bool owner_said;
	bool rival_said;
};

/**
 * struct anygw_pair - an address of an endpoint
 * @node: in the table
 * @key: where, and which
 * @ep: whose, NULL once it is dropped; changed under the lock, read under RCU
 * @list: entry in its endpoint's list, until it is dropped
 * @rcu: for freeing
 * @seen: when it was last used or said, jiffies; without the lock
 * @confirmed: when the machine last said that it has it, in the low half of
 *	jiffies; counts only if @was_confirmed; both without the lock
 * @ask_at: when to ask next, in the low half of jiffies
 * @claim: a second machine claims it
 * @asks: how often the quiet owner was asked, and one more; 0 while it is not
 * @was_confirmed: whether the machine said so at all
 */
struct anygw_pair {
	struct rhash_head node;
	struct anygw_pair_key key;
	struct anygw_endpoint *ep;
	union {
		struct hlist_node list;
		struct rcu_head rcu;
	};
	unsigned long seen;
	u32 confirmed;
	u32 ask_at;
	struct anygw_claim *claim;
	u8 asks;
	bool was_confirmed;
};

/* Made-up machines shall cost little: both fit their slabs exactly. */
static_assert(sizeof(struct anygw_endpoint) <= 128);
static_assert(sizeof(struct anygw_pair) <= 96);

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
