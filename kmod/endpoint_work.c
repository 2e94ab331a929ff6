// SPDX-License-Identifier: GPL-2.0
/*
 * Announcements, solicitations and events of endpoints, and their ageing: one
 * worker with a rate limit per endpoint, so that thousands of VMs that arrive
 * at once cause no storm.
 */
#include "announce.h"
#include "compat.h"
#include "endpoint.h"
#include "neigh.h"
#include "notify.h"

/*
 * Switches forget a MAC after 300 s, and so does the bridge: an active
 * endpoint is announced and a quiet one solicited before that, or the
 * solicitation would be flooded. A hash spreads both over some seconds.
 */
#define EP_REFRESH		(240 * HZ)
#define EP_REFRESH_SPREAD	30	/* seconds */
/* Then a quiet endpoint is deleted that has left or has no binding. */
#define EP_FORGET		(300 * HZ)
#define EP_SCAN_INTERVAL	(5 * HZ)

#define SOLICIT_TRIES		3
#define SOLICIT_INTERVAL	HZ
/* Time for the owner of a contested address to reply */
#define CONFLICT_TIMEOUT	(4 * HZ / 5)
/* All hosts are to follow an address of the fabric within a second. */
#define CONFLICT_TIMEOUT_REMOTE	(3 * HZ / 10)
/*
 * If it replies for another address, it gets a second try, and that is all: a
 * VM that has given up an address is followed at once.
 */
#define CONFLICT_TRIES		2
#define CONFLICT_STEP		(3 * HZ / 20)
/* Time for a VM that may have left to reply */
#define PROBE_TIMEOUT		(HZ / 5)
/* Between frames that win back the switches */
#define PATH_INTERVAL		(HZ / 5)
#define EP_PROBES_MAX		3
#define EP_SOLICITS_MAX		8
#define EP_ANNOUNCES_MAX		8
/* Frames for the fabric: 2,000 a second in batches */
#define EP_TOKENS_MAX		200
#define EP_TOKENS_INTERVAL	(HZ / 10)
/* Endpoints of a port to process before the lock is released */
#define EP_BATCH		64

#define EP_PENDING_RARP	(ANYGW_EP_PENDING_ARRIVAL | ANYGW_EP_PENDING_REFRESH)

struct ep_addr {
	struct in6_addr addr;
	u8 mac[ETH_ALEN];
	int port;		/* interface index, or 0 for any */
};

/* What to send for one endpoint, without the lock: so no pointer to it. */
struct ep_actions {
	struct anygw_net *an;
	unsigned long wait;	/* jiffies until there is more to send */
	struct anygw_ep_key key;
	u8 pending;		/* ANYGW_EP_PENDING_* to send now */
	u32 skip_hash;
	unsigned int n_solicits;
	struct ep_addr solicit[EP_SOLICITS_MAX];
	unsigned int n_announces;
	struct in6_addr announce[EP_ANNOUNCES_MAX];
	unsigned int n_neighs;	/* decided conflicts */
	struct ep_addr neigh[EP_SOLICITS_MAX];
	struct sk_buff_head msgs;
};

static void ep_wait(struct ep_actions *act, u32 delay)
{
	act->wait = min_t(unsigned long, act->wait, delay);
}

/* @last: the low half of jiffies, as in all functions below */
static bool ep_interval_passed(struct ep_actions *act, u32 last, u32 interval)
{
	u32 since = anygw_jiffies_since(last);

	if (since >= interval)
		return true;
	ep_wait(act, interval - since);
	return false;
}

static bool ep_take_token(struct ep_actions *act)
{
	struct anygw_endpoints *eps = &act->an->endpoints;
	unsigned long now = jiffies;

	if (time_after_eq(now, eps->tokens_at + EP_TOKENS_INTERVAL)) {
		eps->tokens_at = now;
		eps->tokens = EP_TOKENS_MAX;
	}
	if (eps->tokens) {
		eps->tokens--;
		return true;
	}
	ep_wait(act, eps->tokens_at + EP_TOKENS_INTERVAL - now);
	return false;
}

/* The claims that the fabric has not heard. Return false if some are left. */
static bool ep_collect_claims(struct ep_actions *act, struct anygw_endpoint *ep)
{
	struct anygw_binding *binding;

	lockdep_assert_held(&act->an->endpoints.lock);
	hlist_for_each_entry(binding, &ep->bindings, list) {
		if (!READ_ONCE(binding->unheard))
			continue;
		if (act->n_announces == EP_ANNOUNCES_MAX || !ep_take_token(act))
			return false;
		WRITE_ONCE(binding->unheard, false);
		act->announce[act->n_announces++] = binding->key.addr;
	}
	return true;
}

/*
 * One frame for the switches, with an address that the VM has claimed if there
 * is one: it may have made up the source of a packet.
 */
static void ep_collect_path(struct ep_actions *act, struct anygw_endpoint *ep)
{
	const struct anygw_binding *binding, *best = NULL;

	lockdep_assert_held(&act->an->endpoints.lock);
	hlist_for_each_entry(binding, &ep->bindings, list)
		if (READ_ONCE(binding->was_confirmed) &&
		    (!best || ipv6_addr_v4mapped(&binding->key.addr)))
			best = binding;
	if (!best)
		act->pending |= ANYGW_EP_PENDING_REFRESH;
	else if (!act->n_announces)
		act->announce[act->n_announces++] = best->key.addr;
}

static void ep_collect_fabric(struct ep_actions *act, struct anygw_endpoint *ep)
{
	lockdep_assert_held(&act->an->endpoints.lock);
	if (READ_ONCE(ep->was_broadcast))
		ep->pending &= ~ANYGW_EP_PENDING_ARRIVAL;
	if (READ_ONCE(ep->on_fabric) &&
	    anygw_jiffies_since(READ_ONCE(ep->last_fabric)) < EP_REFRESH)
		ep->pending &= ~ANYGW_EP_PENDING_REFRESH;
	if (ep->pending & ANYGW_EP_PENDING_CLAIM &&
	    ep_interval_passed(act, ep->last_claimed, ANYGW_EP_INTERVAL) &&
	    ep_collect_claims(act, ep)) {
		ep->last_claimed = jiffies;
		ep->pending &= ~ANYGW_EP_PENDING_CLAIM;
	}
	if (ep->pending & EP_PENDING_RARP &&
	    ep_interval_passed(act, ep->last_gratuitous, ANYGW_EP_INTERVAL) &&
	    ep_take_token(act)) {
		ep->last_gratuitous = jiffies;
		act->pending |= EP_PENDING_RARP;
		ep->pending &= ~(EP_PENDING_RARP | ANYGW_EP_PENDING_PATH);
	}
	if (ep->pending & ANYGW_EP_PENDING_PATH &&
	    ep_interval_passed(act, ep->last_gratuitous, PATH_INTERVAL) &&
	    ep_take_token(act)) {
		ep->last_gratuitous = jiffies;
		ep_collect_path(act, ep);
		ep->pending &= ~ANYGW_EP_PENDING_PATH;
	}
}

static void ep_collect_frames(struct ep_actions *act, struct anygw_endpoint *ep)
{
	lockdep_assert_held(&act->an->endpoints.lock);
	if (ep->flags & ANYGW_EP_PRESENT)
		ep_collect_fabric(act, ep);
	if (ep->pending & ANYGW_EP_PENDING_GATEWAY &&
	    ep_interval_passed(act, ep->last_announced, ANYGW_EP_INTERVAL)) {
		ep->last_announced = jiffies;
		act->pending |= ANYGW_EP_PENDING_GATEWAY;
		ep->pending &= ~ANYGW_EP_PENDING_GATEWAY;
	}
}

/* What has changed since the last event; 0 for nothing. */
static u8 ep_event(const struct anygw_endpoint *ep)
{
	bool present = ep->flags & ANYGW_EP_PRESENT;

	if (!ep->notified_port)
		return present ? ANYGW_CMD_ENDPOINT_NEW_NTF : 0;
	if (!present)
		return ANYGW_CMD_ENDPOINT_GONE_NTF;
	if (ep->notified_port != ep->port ||
	    ep->flags & (ANYGW_EP_ADDR_MOVED | ANYGW_EP_MAC_FLAP))
		return ANYGW_CMD_ENDPOINT_MOVE_NTF;
	return ep->flags & ANYGW_EP_CHANGED ? ANYGW_CMD_ENDPOINT_CHANGE_NTF : 0;
}

static void ep_count_conflict(struct anygw_net *an,
			      const struct anygw_gateway *gw, int ifindex)
{
	const struct anygw_port *port = xa_load(&an->ports, ifindex);

	if (gw)
		anygw_stats_inc(gw->stats, ANYGW_STAT_CONFLICTS);
	if (port)
		anygw_stats_inc(port->stats, ANYGW_STAT_CONFLICTS);
}

/* A MAC flap is a conflict, and takes the place of the move. */
static struct sk_buff *ep_event_msg(struct anygw_net *an,
				    struct anygw_endpoint *ep, u8 cmd)
{
	const struct anygw_gateway *gw = anygw_ep_gateway(ep);

	lockdep_assert_held(&an->endpoints.lock);
	if (!(ep->flags & ANYGW_EP_MAC_FLAP))
		return anygw_notify_ep_msg(an, cmd, ep, gw);
	ep_count_conflict(an, gw, ep->port);
	ep->flags &= ~ANYGW_EP_MAC_FLAP;
	return anygw_notify_mac_flap_msg(an, ep, gw);
}

static void ep_add_msg(struct ep_actions *act, struct sk_buff *msg)
{
	if (msg)
		__skb_queue_tail(&act->msgs, msg);
}

static void ep_collect_event(struct ep_actions *act, struct anygw_endpoint *ep)
{
	u8 cmd = ep_event(ep);

	lockdep_assert_held(&act->an->endpoints.lock);
	if (!(ep->pending & ANYGW_EP_PENDING_EVENT))
		return;
	if (cmd) {
		if (!ep_interval_passed(act, ep->last_notified,
					ANYGW_EP_INTERVAL))
			return;
		ep_add_msg(act, ep_event_msg(act->an, ep, cmd));
		/*
		 * QEMU's RARP announces a VM without an address: do not delay
		 * the event that follows with the address.
		 */
		if (cmd != ANYGW_CMD_ENDPOINT_NEW_NTF ||
		    !hlist_empty(&ep->bindings))
			ep->last_notified = jiffies;
	}
	ep->notified_port = ep->flags & ANYGW_EP_PRESENT ? ep->port : 0;
	ep->flags &= ~(ANYGW_EP_CHANGED | ANYGW_EP_ADDR_MOVED);
	ep->pending &= ~ANYGW_EP_PENDING_EVENT;
}

/*
 * The owner of a binding is solicited at its port: the bridge may have learned
 * its MAC elsewhere. A contender is where the bridge has it.
 */
static void ep_add_solicit(struct ep_actions *act,
			   const struct anygw_binding *binding,
			   const u8 *contender)
{
	const struct anygw_endpoint *ep = binding->ep;
	struct ep_addr *solicit = &act->solicit[act->n_solicits++];

	solicit->addr = binding->key.addr;
	solicit->port = contender ? 0 : ep->port;
	ether_addr_copy(solicit->mac, contender ?: ep->key.mac);
}

/* Return false once that time has come. */
static bool ep_wait_until(struct ep_actions *act, u32 then)
{
	s32 left = then - (u32)jiffies;

	if (left > 0)
		ep_wait(act, left);
	return left > 0;
}

static void ep_add_neigh(struct ep_actions *act,
			 const struct anygw_binding *binding, const u8 *mac)
{
	struct ep_addr *neigh = &act->neigh[act->n_neighs++];

	neigh->addr = binding->key.addr;
	ether_addr_copy(neigh->mac, mac);
}

/* The contender may be on another host, and then has no endpoint here. */
static void conflict_yield(struct ep_actions *act,
			   struct anygw_binding *binding)
{
	struct anygw_net *an = act->an;
	const struct anygw_addr_conflict *conflict = binding->conflict;
	struct anygw_ep_key key = binding->ep->key;
	enum anygw_learn_src src;
	struct anygw_endpoint *ep;

	lockdep_assert_held(&an->endpoints.lock);
	src = conflict->contender_claimed ? ANYGW_LEARN_CLAIMED :
					    ANYGW_LEARN_OBSERVED;
	ether_addr_copy(key.mac, conflict->contender);
	if (conflict->contender_claimed)
		ep_add_neigh(act, binding, key.mac);
	ep = anygw_ep_lookup(an, &key);
	if (!ep || !(ep->flags & ANYGW_EP_PRESENT) ||
	    !anygw_binding_take_over(an, binding, ep, src)) {
		anygw_binding_del(an, binding);
		return;
	}
	/* Its claim may have reached the gateway only. */
	if (src == ANYGW_LEARN_CLAIMED) {
		binding->unheard = true;
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_CLAIM);
	}
}

static void conflict_decide(struct ep_actions *act,
			    struct anygw_binding *binding)
{
	const struct anygw_addr_conflict *conflict = binding->conflict;
	const struct anygw_gateway *gw = anygw_ep_gateway(binding->ep);
	struct anygw_net *an = act->an;
	struct sk_buff *msg;

	if (!conflict->owner_replied) {
		conflict_yield(act, binding);
		return;
	}
	ep_add_neigh(act, binding, binding->ep->key.mac);
	if (conflict->contender_claimed) {
		ep_count_conflict(an, gw, conflict->port);
		msg = anygw_notify_addr_conflict_msg(an, binding, gw);
		ep_add_msg(act, msg);
	}
	anygw_conflict_end(an, binding);
}

/* One that the owner has as well; @confirmed: and has confirmed since */
static struct anygw_binding *
conflict_other_binding(const struct anygw_binding *contested, bool confirmed)
{
	struct anygw_binding *binding;

	hlist_for_each_entry(binding, &contested->ep->bindings, list)
		if (binding != contested && !binding->conflict &&
		    (!confirmed ||
		     (READ_ONCE(binding->was_confirmed) &&
		      (s32)(READ_ONCE(binding->confirmed) -
			    contested->conflict->solicited_at) >= 0)))
			return binding;
	return NULL;
}

/*
 * Solicit the contested address, and another one that its owner has: if
 * it replies to that alone, it has given up the first.
 */
static void conflict_send(struct ep_actions *act, struct anygw_binding *binding)
{
	struct anygw_addr_conflict *conflict = binding->conflict;
	const struct anygw_binding *other;

	ep_add_solicit(act, binding, NULL);
	if (conflict->solicits++)
		return;
	conflict->solicited_at = jiffies;
	other = conflict_other_binding(binding, false);
	if (other)
		ep_add_solicit(act, other, NULL);
	/* So far it has only used the address. */
	if (!conflict->contender_claimed)
		ep_add_solicit(act, binding, conflict->contender);
}

/* Return whether the conflict goes on. */
static bool conflict_solicit(struct ep_actions *act,
			     struct anygw_binding *binding)
{
	struct anygw_addr_conflict *conflict = binding->conflict;
	u32 timeout = binding->ep->flags & ANYGW_EP_REMOTE ?
		      CONFLICT_TIMEOUT_REMOTE : CONFLICT_TIMEOUT;
	bool quiet;
	u32 since;

	lockdep_assert_held(&act->an->endpoints.lock);
	if (!(binding->ep->flags & ANYGW_EP_OWNER)) {
		conflict_yield(act, binding);
		return false;
	}
	if (conflict->solicits && ep_wait_until(act, conflict->deadline))
		return true;
	since = conflict->solicits ?
		anygw_jiffies_since(conflict->solicited_at) : 0;
	quiet = !conflict->owner_replied;
	if (since >= timeout ||
	    (quiet && conflict->solicits == CONFLICT_TRIES)) {
		conflict_decide(act, binding);
		return false;
	}
	if (!conflict->solicits ||
	    (quiet && conflict_other_binding(binding, true)))
		conflict_send(act, binding);
	since = min_t(u32, timeout - since, CONFLICT_STEP);
	conflict->deadline = jiffies + since;
	ep_wait(act, since);
	return true;
}

/* Return whether the owner of a quiet address is still being solicited. */
static bool binding_solicit(struct ep_actions *act,
			    struct anygw_binding *binding)
{
	lockdep_assert_held(&act->an->endpoints.lock);
	if (!(binding->ep->flags & ANYGW_EP_PRESENT)) {
		WRITE_ONCE(binding->solicits, 0);
		return false;
	}
	if (ep_wait_until(act, binding->next_solicit))
		return true;
	if (binding->solicits > SOLICIT_TRIES) {
		anygw_binding_del(act->an, binding);
		return false;
	}
	ep_add_solicit(act, binding, NULL);
	binding->solicits++;
	binding->next_solicit = jiffies + SOLICIT_INTERVAL;
	ep_wait(act, SOLICIT_INTERVAL);
	return true;
}

/* Return true if @act is full. */
static bool ep_collect_solicits(struct ep_actions *act,
				struct anygw_endpoint *ep)
{
	struct anygw_binding *binding;
	struct hlist_node *next;
	bool goes_on = false;

	lockdep_assert_held(&act->an->endpoints.lock);
	hlist_for_each_entry_safe(binding, next, &ep->bindings, list) {
		/* A conflict takes three. */
		if (act->n_solicits + 3 > EP_SOLICITS_MAX ||
		    act->n_neighs == EP_SOLICITS_MAX)
			return true;
		if (binding->conflict)
			goes_on |= conflict_solicit(act, binding);
		else if (binding->solicits)
			goes_on |= binding_solicit(act, binding);
	}
	if (!goes_on) {
		ep->pending &= ~ANYGW_EP_PENDING_SOLICIT;
		WRITE_ONCE(ep->flags, ep->flags & ~ANYGW_EP_REMOTE);
	}
	return false;
}

/* Probe a few addresses, of which it may have given up some. */
static void ep_collect_probe(struct ep_actions *act, struct anygw_endpoint *ep)
{
	u32 since = anygw_jiffies_since(ep->probed_at);
	const struct anygw_binding *binding;

	lockdep_assert_held(&act->an->endpoints.lock);
	if (!(ep->flags & ANYGW_EP_LEAVING)) {
		ep->pending &= ~ANYGW_EP_PENDING_PROBE;
	} else if (!(ep->flags & ANYGW_EP_PROBED)) {
		if (since < ANYGW_EP_PROBE_INTERVAL) {
			ep_wait(act, ANYGW_EP_PROBE_INTERVAL - since);
			return;
		}
		hlist_for_each_entry(binding, &ep->bindings, list)
			if (act->n_solicits < EP_PROBES_MAX)
				ep_add_solicit(act, binding, NULL);
		WRITE_ONCE(ep->flags, ep->flags | ANYGW_EP_PROBED);
		ep->probed_at = jiffies;
		ep_wait(act, PROBE_TIMEOUT);
	} else if (since < PROBE_TIMEOUT) {
		ep_wait(act, PROBE_TIMEOUT - since);
	} else {
		anygw_ep_leave(act->an, ep, ANYGW_MOVED_BY_NO_REPLY);
	}
}

/* Return false if no endpoint is due. */
static bool ep_next_actions(struct ep_actions *act)
{
	struct anygw_endpoints *eps = &act->an->endpoints;
	struct anygw_endpoint *ep;
	bool more = false;

	act->pending = 0;
	act->n_solicits = 0;
	act->n_announces = 0;
	act->n_neighs = 0;
	__skb_queue_head_init(&act->msgs);
	rcu_read_lock();
	spin_lock_bh(&eps->lock);
	ep = list_first_entry_or_null(&eps->due, struct anygw_endpoint, due);
	if (ep) {
		act->key = ep->key;
		act->skip_hash = ep->skip_hash;
		if (ep->pending & ANYGW_EP_PENDING_PROBE)
			ep_collect_probe(act, ep);
		ep_collect_frames(act, ep);
		if (ep->pending & ANYGW_EP_PENDING_SOLICIT)
			more = ep_collect_solicits(act, ep);
		/* Last, as the above may have changed the bindings. */
		ep_collect_event(act, ep);
		if (ep->pending)
			list_move_tail(&ep->due, more ? &eps->due :
							&eps->later);
		else
			list_del_init(&ep->due);
	}
	spin_unlock_bh(&eps->lock);
	rcu_read_unlock();
	return ep;
}

static void ep_send(struct ep_actions *act)
{
	struct anygw_net *an = act->an;
	const struct anygw_segment *seg;
	struct anygw_bridge *bridge;
	struct sk_buff *msg;
	unsigned int i;

	local_bh_disable();
	rcu_read_lock();
	bridge = xa_load(&an->bridges, act->key.bridge);
	seg = bridge ? anygw_segment_lookup(bridge, act->key.vid) : NULL;
	if (seg && act->pending & ANYGW_EP_PENDING_GATEWAY)
		anygw_announce_gateways(seg, act->key.mac, act->skip_hash);
	if (seg && act->pending & EP_PENDING_RARP)
		anygw_announce_vm(seg, act->key.mac, NULL);
	for (i = 0; seg && i < act->n_announces; i++)
		anygw_announce_vm(seg, act->key.mac, &act->announce[i]);
	for (i = 0; seg && i < act->n_neighs; i++)
		anygw_neigh_update(seg, &act->neigh[i].addr,
				   act->neigh[i].mac);
	for (i = 0; seg && i < act->n_solicits; i++)
		anygw_announce_solicit(seg,
				       xa_load(&an->ports, act->solicit[i].port),
				       act->solicit[i].mac,
				       &act->solicit[i].addr);
	rcu_read_unlock();
	local_bh_enable();
	while ((msg = __skb_dequeue(&act->msgs)))
		anygw_notify_send(an, msg);
}

/* Return the jiffies until there is more to send. */
static unsigned long ep_send_due(struct anygw_net *an)
{
	struct anygw_endpoints *eps = &an->endpoints;
	struct ep_actions act = { .an = an, .wait = EP_SCAN_INTERVAL };

	while (ep_next_actions(&act)) {
		ep_send(&act);
		cond_resched();
	}
	spin_lock_bh(&eps->lock);
	list_splice_tail_init(&eps->later, &eps->due);
	spin_unlock_bh(&eps->lock);
	return act.wait;
}

static unsigned long ep_spread(const void *key, u32 len)
{
	return HZ * (jhash(key, len, 0) % EP_REFRESH_SPREAD);
}

/* A RARP is a broadcast: only an active endpoint is worth it. */
static void ep_refresh_fabric(struct anygw_net *an, struct anygw_endpoint *ep)
{
	u32 quiet = anygw_jiffies_since(ep->last_gratuitous);

	lockdep_assert_held(&an->endpoints.lock);
	if (anygw_jiffies_since(READ_ONCE(ep->last_rx)) > EP_REFRESH)
		return;
	if (READ_ONCE(ep->on_fabric))
		quiet = min(quiet,
			    anygw_jiffies_since(READ_ONCE(ep->last_fabric)));
	if (quiet >= EP_REFRESH + ep_spread(&ep->key, sizeof(ep->key)))
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_REFRESH);
}

static void ep_age_bindings(struct anygw_net *an, struct anygw_endpoint *ep)
{
	struct anygw_binding *binding;
	bool solicit = false;
	unsigned long quiet;

	lockdep_assert_held(&an->endpoints.lock);
	hlist_for_each_entry(binding, &ep->bindings, list) {
		quiet = EP_REFRESH +
			ep_spread(&binding->key, sizeof(binding->key));
		if (binding->solicits || binding->conflict ||
		    time_before(jiffies, READ_ONCE(binding->last_rx) + quiet))
			continue;
		WRITE_ONCE(binding->solicits, 1);
		binding->next_solicit = jiffies;
		solicit = true;
	}
	if (solicit)
		anygw_ep_schedule(an, ep, ANYGW_EP_PENDING_SOLICIT);
}

/* A quiet endpoint with bindings is solicited, and goes after its last one. */
static struct sk_buff *ep_scan_one(struct anygw_net *an,
				   struct anygw_endpoint *ep, void *arg)
{
	bool present = ep->flags & ANYGW_EP_PRESENT;
	u32 quiet = anygw_jiffies_since(READ_ONCE(ep->last_rx));

	if (quiet >= EP_FORGET && (!present || hlist_empty(&ep->bindings)))
		return anygw_ep_expire(an, ep);
	/* Do not wrap around: a reply to a solicitation is no activity. */
	if (quiet > S32_MAX)
		WRITE_ONCE(ep->last_rx, (u32)jiffies - S32_MAX);
	if (anygw_jiffies_since(ep->moved_at) > S32_MAX)
		ep->moved_at = (u32)jiffies - S32_MAX;
	if (present) {
		ep_age_bindings(an, ep);
		ep_refresh_fabric(an, ep);
	}
	return NULL;
}

static void ep_work(struct work_struct *work)
{
	struct anygw_net *an = container_of(to_delayed_work(work),
					    struct anygw_net, endpoints.work);
	unsigned long wait = ep_send_due(an);

	if (time_after_eq(jiffies, an->endpoints.next_scan)) {
		an->endpoints.next_scan = jiffies + EP_SCAN_INTERVAL;
		anygw_ep_for_each(an, ep_scan_one, NULL);
	}
	if (READ_ONCE(an->endpoints.count))
		queue_delayed_work(system_percpu_wq, &an->endpoints.work, wait);
}

/*
 * Through the port's list, so that a flapping port costs the others nothing.
 * @fn may remove an endpoint from it.
 */
static void ep_walk_port(struct anygw_net *an, struct anygw_port *port,
			 void (*fn)(struct anygw_net *an,
				    struct anygw_endpoint *ep))
{
	struct anygw_endpoints *eps = &an->endpoints;
	struct anygw_endpoint *ep;
	unsigned int n;

	spin_lock_bh(&eps->lock);
	anygw_port_clear_notes(port);
	for (n = port->n_endpoints; n && !list_empty(&port->endpoints); n--) {
		ep = list_first_entry(&port->endpoints, struct anygw_endpoint,
				      on_port);
		list_move_tail(&ep->on_port, &port->endpoints);
		fn(an, ep);
		if (n % EP_BATCH)
			continue;
		spin_unlock_bh(&eps->lock);
		cond_resched();
		spin_lock_bh(&eps->lock);
	}
	spin_unlock_bh(&eps->lock);
}

static void ep_leave_with_port(struct anygw_net *an, struct anygw_endpoint *ep)
{
	anygw_ep_leave(an, ep, ANYGW_MOVED_BY_PORT_DOWN);
}

void anygw_ep_port_down(struct anygw_net *an, struct anygw_port *port)
{
	ASSERT_RTNL();
	ep_walk_port(an, port, ep_leave_with_port);
}

/* The event cannot wait: it needs the port's name. */
static void ep_leave_now(struct anygw_net *an, struct anygw_endpoint *ep)
{
	ep_leave_with_port(an, ep);
	ep->last_notified = jiffies - ANYGW_EP_INTERVAL;
}

void anygw_ep_port_del(struct anygw_net *an, struct anygw_port *port)
{
	struct anygw_addr_conflict *conflict, *next;

	ASSERT_RTNL();
	spin_lock_bh(&an->endpoints.lock);
	/* Hooks that still use the port must not add to it. */
	port->dead = true;
	list_for_each_entry_safe(conflict, next, &port->conflicts, on_port) {
		list_del_init(&conflict->on_port);
		conflict->port = 0;
	}
	port->n_conflicts = 0;
	spin_unlock_bh(&an->endpoints.lock);
	if (list_empty(&port->endpoints))
		return;
	ep_walk_port(an, port, ep_leave_now);
	ep_send_due(an);
	/* It may have found the due list empty meanwhile. */
	mod_delayed_work(system_percpu_wq, &an->endpoints.work, 0);
	ep_walk_port(an, port, anygw_ep_release_port);
}

int anygw_ep_init(struct anygw_net *an)
{
	INIT_DELAYED_WORK(&an->endpoints.work, ep_work);
	an->endpoints.next_scan = jiffies;
	return anygw_ep_table_init(an);
}

void anygw_ep_exit(struct anygw_net *an)
{
	cancel_delayed_work_sync(&an->endpoints.work);
	anygw_ep_table_exit(an);
}
