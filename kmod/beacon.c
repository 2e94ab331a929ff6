// SPDX-License-Identifier: GPL-2.0
/* Beacons: what this host tells its peers of its configuration, per VLAN. */
#include <linux/random.h>

#include "announce.h"
#include "beacon.h"
#include "bridge.h"
#include "compat.h"

/* Every 10 s, with a jitter of 1 s; three may be lost. */
#define BEACON_INTERVAL_MIN	(9 * HZ)
#define BEACON_JITTER		(2 * HZ)
#define BEACON_HOLD		35	/* seconds */
/* Minimum time between two */
#define BEACON_INTERVAL_SOON	HZ
/* VLANs to process with bottom halves off */
#define BEACON_BATCH		16

void anygw_beacon_init(struct anygw_vlan *vlan)
{
	vlan->beacon_next = jiffies;
	vlan->beacon_last = jiffies - BEACON_INTERVAL_SOON;
	vlan->beacon_window = jiffies;
}

void anygw_beacon_fill(struct anygw_segment_rcu *seg_rcu)
{
	struct anygw_beacon *b = &seg_rcu->beacon;
	const struct anygw_segment_gw *gw;
	int i, k;

	ASSERT_RTNL();
	anygw_beacon_make(b, &seg_rcu->seg);
	b->hold = BEACON_HOLD;
	for (i = 0; i < seg_rcu->seg.n_gw; i++) {
		gw = &seg_rcu->seg.gw[i];
		k = anygw_beacon_gw_of(b, gw->vmac);
		if (k >= 0)
			b->gw[k].mtu = gw->gateway->dev->mtu;
	}
}

/* NULL in observe and standby, which send nothing. */
static struct anygw_gateway *beacon_sender(const struct anygw_segment *seg)
{
	int i = anygw_segment_default_gw(seg);
	const struct anygw_segment_gw *gw = &seg->gw[i];

	return gw->state == ANYGW_MODE_ACTIVE ? gw->gateway : NULL;
}

static void beacon_send(const struct anygw_segment_rcu *seg_rcu,
			const struct anygw_beacon *b)
{
	static const u8 group[] = { ANYGW_BEACON_MAC };
	const struct anygw_segment *seg = &seg_rcu->seg;
	struct anygw_gateway *gw = beacon_sender(seg);
	u8 payload[ANYGW_BEACON_LEN];
	struct sk_buff *skb;
	u32 len;

	len = anygw_beacon_write(b, payload);
	skb = anygw_announce_alloc(gw->br_dev, group, seg->host_mac,
				   ANYGW_BEACON_ETYPE, len);
	if (!skb)
		return;
	memcpy(skb_network_header(skb), payload, len);
	anygw_br_xmit(gw, gw->br_dev, seg->vid, skb);
}

void anygw_beacon_goodbye(struct anygw_net *an,
			  const struct anygw_segment_rcu *seg_rcu)
{
	const struct anygw_beacon goodbye = {
		.version = ANYGW_BEACON_VERSION,
		.goodbye = true,
		.hold = 1,
	};

	ASSERT_RTNL();
	if (!seg_rcu || !an->host.beacon || !beacon_sender(&seg_rcu->seg))
		return;
	local_bh_disable();
	rcu_read_lock();
	beacon_send(seg_rcu, &goodbye);
	rcu_read_unlock();
	local_bh_enable();
}

void anygw_beacon_goodbye_all(struct anygw_net *an)
{
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	unsigned long i, k;

	ASSERT_RTNL();
	xa_for_each(&an->bridges, i, bridge)
		xa_for_each(&bridge->vlans, k, vlan)
			anygw_beacon_goodbye(an,
					     rtnl_dereference(vlan->segment));
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

	lockdep_assert_held(&an->peers.lock);
	if (time_before(when, vlan->beacon_last + BEACON_INTERVAL_SOON))
		when = vlan->beacon_last + BEACON_INTERVAL_SOON;
	if (time_before(when, vlan->beacon_next))
		WRITE_ONCE(vlan->beacon_next, when);
	anygw_peer_kick(an);
}

void anygw_beacon_report(struct anygw_net *an, struct anygw_vlan *vlan,
			 bool mld1)
{
	WRITE_ONCE(vlan->report_mld1, mld1);
	WRITE_ONCE(vlan->report_due, true);
	anygw_peer_kick(an);
}

static void beacon_send_soon(struct anygw_net *an, struct anygw_vlan *vlan)
{
	spin_lock_bh(&an->peers.lock);
	anygw_beacon_expedite(an, vlan, 0);
	spin_unlock_bh(&an->peers.lock);
}

void anygw_beacon_expedite_all(struct anygw_net *an,
			       const struct net_device *br)
{
	struct anygw_bridge *bridge;
	struct anygw_vlan *vlan;
	unsigned long i, k;

	ASSERT_RTNL();
	xa_for_each(&an->bridges, i, bridge) {
		if (br && bridge->dev != br)
			continue;
		xa_for_each(&bridge->vlans, k, vlan)
			beacon_send_soon(an, vlan);
	}
}

void anygw_beacon_path_changed(struct anygw_net *an,
			       const struct net_device *br)
{
	struct anygw_bridge *bridge = xa_load(&an->bridges, br->ifindex);
	const struct anygw_segment_rcu *seg_rcu;
	struct anygw_vlan *vlan;
	unsigned long k;

	ASSERT_RTNL();
	if (!bridge)
		return;
	if (an->host.beacon)
		anygw_beacon_expedite_all(an, br);
	xa_for_each(&bridge->vlans, k, vlan) {
		anygw_beacon_report(an, vlan, vlan->report_mld1);
		if (an->host.beacon)
			continue;
		local_bh_disable();
		rcu_read_lock();
		seg_rcu = rcu_dereference(vlan->segment);
		if (seg_rcu)
			anygw_announce_vm(&seg_rcu->seg, an->host.mac, NULL);
		rcu_read_unlock();
		local_bh_enable();
	}
}

void anygw_beacon_change(struct anygw_net *an, struct anygw_vlan *vlan,
			 const struct anygw_segment_rcu *old,
			 const struct anygw_segment_rcu *new)
{
	bool sends = beacon_sender(&new->seg);

	ASSERT_RTNL();
	if (old && !sends)
		anygw_beacon_goodbye(an, old);
	if (!old || memcmp(&old->beacon, &new->beacon, sizeof(new->beacon)) ||
	    sends != !!beacon_sender(&old->seg) ||
	    !ether_addr_equal(old->seg.host_mac, new->seg.host_mac))
		beacon_send_soon(an, vlan);
	if (sends)
		anygw_beacon_report(an, vlan, vlan->report_mld1);
}

/* Send what is due. Return the jiffies until the next one. */
static unsigned long
beacon_send_vlan(struct anygw_net *an, struct anygw_vlan *vlan,
		 unsigned long now)
{
	long left = READ_ONCE(vlan->beacon_next) - now;
	const struct anygw_segment_rcu *seg_rcu;
	const struct anygw_gateway *gw;

	seg_rcu = rcu_dereference(vlan->segment);
	if (seg_rcu && xchg(&vlan->report_due, false))
		anygw_announce_report(an, &seg_rcu->seg,
				      READ_ONCE(vlan->report_mld1));
	if (!READ_ONCE(an->host.beacon))
		return ULONG_MAX;
	if (left > 0)
		return left;
	gw = seg_rcu ? beacon_sender(&seg_rcu->seg) : NULL;
	/* A change of that kicks the worker. */
	if (!gw || READ_ONCE(gw->dying))
		return ULONG_MAX;
	left = BEACON_INTERVAL_MIN + get_random_u32() % BEACON_JITTER;
	spin_lock_bh(&an->peers.lock);
	vlan->beacon_last = now;
	WRITE_ONCE(vlan->beacon_next, now + left);
	spin_unlock_bh(&an->peers.lock);
	beacon_send(seg_rcu, &seg_rcu->beacon);
	return left;
}

/* Go on at @vid. Return false after the last VLAN of the bridge. */
static bool beacon_send_batch(struct anygw_net *an, struct anygw_bridge *bridge,
			      unsigned long *vid, unsigned long now,
			      unsigned long *wait)
{
	struct anygw_vlan *vlan;
	int n;

	for (n = 0; n < BEACON_BATCH; n++) {
		vlan = xa_find(&bridge->vlans, vid, ULONG_MAX, XA_PRESENT);
		if (!vlan)
			return false;
		*wait = min(*wait, beacon_send_vlan(an, vlan, now));
		(*vid)++;
	}
	return true;
}

void anygw_beacon_send_due(struct anygw_net *an, unsigned long *wait)
{
	unsigned long i = 0, vid = 0, now = jiffies;
	struct anygw_bridge *bridge;

	do {
		local_bh_disable();
		rcu_read_lock();
		bridge = xa_find(&an->bridges, &i, ULONG_MAX, XA_PRESENT);
		if (bridge && !beacon_send_batch(an, bridge, &vid, now, wait)) {
			i++;
			vid = 0;
		}
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	} while (bridge);
}
