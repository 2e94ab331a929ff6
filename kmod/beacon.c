// SPDX-License-Identifier: GPL-2.0
/*
 * What this host tells the other hosts of its settings, VLAN by VLAN.
 */
#include <linux/etherdevice.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>

#include "beacon.h"
#include "bridge.h"
#include "compat.h"

/* A beacon every ten seconds, give or take one; three may be lost. */
#define INTERVAL_MIN	(9 * HZ)
#define INTERVAL_SPREAD	(2 * HZ)
#define HOLD_SECONDS	35
/* Changes are told at once, but no faster. */
#define INTERVAL_SOON	HZ

void anygw_beacon_init(struct anygw_vlan *vlan)
{
	vlan->beacon_next = jiffies;
	vlan->beacon_last = jiffies - INTERVAL_SOON;
	vlan->beacon_window = jiffies;
}

void anygw_beacon_fill(struct anygw_segment_rcu *pub)
{
	struct anygw_beacon *b = &pub->beacon;
	int i, k;

	anygw_beacon_make(b, &pub->seg);
	b->hold = HOLD_SECONDS;
	for (i = 0; i < pub->seg.n_gw; i++) {
		const struct anygw_segment_gw *conf = &pub->seg.gw[i];

		k = anygw_beacon_gw_of(b, conf->vmac);
		if (k >= 0)
			b->gw[k].mtu = conf->gateway->dev->mtu;
	}
}

/* The gateway to send as; in observe and standby there is none. */
static struct anygw_gateway *speaker(const struct anygw_segment *seg)
{
	const struct anygw_segment_gw *conf = &seg->gw[anygw_segment_default_gw(seg)];

	return conf->state == ANYGW_MODE_ACTIVE ? conf->gateway : NULL;
}

static struct sk_buff *create(const struct net_device *br, const u8 *mac,
			      const struct anygw_beacon *b)
{
	static const u8 group[] = { ANYGW_BEACON_MAC };
	int room = LL_RESERVED_SPACE(br);
	u8 octets[ANYGW_BEACON_LEN];
	struct sk_buff *skb;
	struct ethhdr *eth;
	u32 len;

	skb = alloc_skb(room + ETH_HLEN + ANYGW_BEACON_LEN +
			br->needed_tailroom, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	skb_reset_mac_header(skb);
	eth = skb_put_zero(skb, ETH_HLEN);
	ether_addr_copy(eth->h_dest, group);
	ether_addr_copy(eth->h_source, mac);
	eth->h_proto = htons(ANYGW_BEACON_ETYPE);
	skb->protocol = eth->h_proto;
	skb_set_network_header(skb, ETH_HLEN);
	len = anygw_beacon_write(b, octets);
	skb_put_data(skb, octets, len);
	if (skb->len < ETH_ZLEN)
		skb_put_zero(skb, ETH_ZLEN - skb->len);
	return skb;
}

static void send(const struct anygw_segment_rcu *pub,
		 const struct anygw_beacon *b)
{
	struct anygw_gateway *gw = speaker(&pub->seg);
	struct sk_buff *skb;

	skb = create(gw->br_dev, pub->seg.host_mac, b);
	if (skb)
		anygw_br_xmit(gw, gw->br_dev, pub->seg.vid, skb);
}

void anygw_beacon_goodbye(struct anygw_net *an, const struct anygw_segment_rcu *pub)
{
	const struct anygw_beacon bye = {
		.version = ANYGW_BEACON_VERSION,
		.goodbye = true,
		.hold = 1,
	};

	if (!pub || !an->host.beacon || !speaker(&pub->seg))
		return;
	local_bh_disable();
	rcu_read_lock();
	send(pub, &bye);
	rcu_read_unlock();
	local_bh_enable();
}

void anygw_beacon_goodbye_all(struct anygw_net *an)
{
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	unsigned long i, k;

	xa_for_each(&an->bridges, i, bridge)
		xa_for_each(&bridge->vlans, k, vlan)
			anygw_beacon_goodbye(an, rtnl_dereference(vlan->segment));
}

void anygw_peer_kick(struct anygw_net *an)
{
	unsigned long rest = READ_ONCE(an->peers.last_run) + ANYGW_PEER_REST;

	if (test_and_set_bit(0, &an->peers.work_pending))
		return;
	mod_delayed_work(system_percpu_wq, &an->peers.work,
			 time_before(jiffies, rest) ? ANYGW_PEER_REST : 0);
}

void anygw_beacon_expedite(struct anygw_net *an, struct anygw_vlan *vlan,
		       unsigned long delay)
{
	unsigned long when = jiffies + delay;

	if (time_before(when, vlan->beacon_last + INTERVAL_SOON))
		when = vlan->beacon_last + INTERVAL_SOON;
	if (time_before(when, vlan->beacon_next))
		WRITE_ONCE(vlan->beacon_next, when);
	anygw_peer_kick(an);
}

static void soon(struct anygw_net *an, struct anygw_vlan *vlan)
{
	spin_lock_bh(&an->peers.lock);
	anygw_beacon_expedite(an, vlan, 0);
	spin_unlock_bh(&an->peers.lock);
}

void anygw_beacon_expedite_all(struct anygw_net *an, const struct net_device *br)
{
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	unsigned long i, k;

	xa_for_each(&an->bridges, i, bridge) {
		if (br && bridge->dev != br)
			continue;
		xa_for_each(&bridge->vlans, k, vlan)
			soon(an, vlan);
	}
}

void anygw_beacon_change(struct anygw_net *an, struct anygw_vlan *vlan,
			 const struct anygw_segment_rcu *old,
			 const struct anygw_segment_rcu *new)
{
	bool speaks = speaker(&new->seg);

	if (old && !speaks)
		anygw_beacon_goodbye(an, old);
	if (!old || memcmp(&old->beacon, &new->beacon, sizeof(new->beacon)) ||
	    speaks != !!speaker(&old->seg) ||
	    !ether_addr_equal(old->seg.host_mac, new->seg.host_mac))
		soon(an, vlan);
}

/* The next one is far again. */
static unsigned long renew(struct anygw_net *an, struct anygw_vlan *vlan,
			   unsigned long now)
{
	unsigned long next = INTERVAL_MIN + get_random_u32() % INTERVAL_SPREAD;

	spin_lock_bh(&an->peers.lock);
	vlan->beacon_last = now;
	WRITE_ONCE(vlan->beacon_next, now + next);
	spin_unlock_bh(&an->peers.lock);
	return next;
}

/* Send it if it is due. Return: how long until the next one is. */
static unsigned long send_due(struct anygw_net *an, struct anygw_vlan *vlan,
			      unsigned long now)
{
	long left = READ_ONCE(vlan->beacon_next) - now;
	const struct anygw_segment_rcu *pub;
	const struct anygw_gateway *gw;

	if (left > 0)
		return left;
	pub = rcu_dereference(vlan->segment);
	gw = pub ? speaker(&pub->seg) : NULL;
	/* Who has nothing to say now asks for the worker when that changes. */
	if (!gw || READ_ONCE(gw->dying))
		return ULONG_MAX;
	left = renew(an, vlan, now);
	send(pub, &pub->beacon);
	return left;
}

/* So many VLANs are looked after in one go. */
#define BATCH	16

/* Those behind a VLAN; false after the last one. */
static bool send_batch(struct anygw_bridge *bridge, struct anygw_net *an,
		       unsigned long *vid, unsigned long now,
		       unsigned long *wait)
{
	struct anygw_vlan *vlan;
	int n;

	for (n = 0; n < BATCH; n++) {
		vlan = xa_find(&bridge->vlans, vid, ULONG_MAX, XA_PRESENT);
		if (!vlan)
			return false;
		*wait = min(*wait, send_due(an, vlan, now));
		(*vid)++;
	}
	return true;
}

void anygw_beacon_send_due(struct anygw_net *an, unsigned long *wait)
{
	unsigned long i = 0, vid = 0, now = jiffies;
	struct anygw_bridge *bridge;

	if (!READ_ONCE(an->host.beacon))
		return;
	do {
		local_bh_disable();
		rcu_read_lock();
		bridge = xa_find(&an->bridges, &i, ULONG_MAX, XA_PRESENT);
		if (bridge && !send_batch(bridge, an, &vid, now, wait)) {
			i++;
			vid = 0;
		}
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	} while (bridge);
}
