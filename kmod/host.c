// SPDX-License-Identifier: GPL-2.0
/*
 * The host's identity: the host MAC and where it comes from.
 */
#include <linux/random.h>
#include <linux/siphash.h>

#include "beacon.h"
#include "host.h"
#include "vlan.h"

static void host_change_mac(struct anygw_net *an, const u8 *mac,
			    enum anygw_mac_source source)
{
	ASSERT_RTNL();
	an->host.source = source;
	anygw_config_changed(an);
	if (ether_addr_equal(an->host.mac, mac))
		return;
	anygw_beacon_goodbye_all(an);
	ether_addr_copy(an->host.mac, mac);
	anygw_vlan_update_host_mac(an);
}

void anygw_host_set_mac(struct anygw_net *an, const u8 *mac)
{
	host_change_mac(an, mac, ANYGW_MAC_SOURCE_CONFIGURED);
}

void anygw_host_set_beacon(struct anygw_net *an, bool on)
{
	ASSERT_RTNL();
	if (an->host.beacon == on)
		return;
	if (!on)
		anygw_beacon_goodbye_all(an);
	WRITE_ONCE(an->host.beacon, on);
	anygw_config_changed(an);
	if (on)
		anygw_beacon_expedite_all(an, NULL);
}

/* By another namespace of this host. */
static bool host_mac_in_use(const struct anygw_net *an, const u8 *mac)
{
	bool found = false;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		found |= !net_eq(net, an->net) &&
			 ether_addr_equal(anygw_net(net)->host.mac, mac);
	up_read(&net_rwsem);
	return found;
}

/*
 * machine-id(5) requires a keyed hash: the machine id itself is confidential.
 * Namespaces other than the initial one add their cookie, which stays the same
 * as long as the namespace exists. @mac has its prefix already.
 */
static void host_derive_mac(struct anygw_net *an, u8 *mac)
{
	static const siphash_key_t key = {
		{ 0x616e796777206d61ull, 0x6320666f72206d65ull }
	};
	struct {
		u8 id[ANYGW_MACHINE_ID_LEN];
		u64 cookie;
		u64 attempt;
	} in = { .cookie = net_eq(an->net, &init_net) ? 0 :
			   an->net->net_cookie };
	u64 hash;

	memcpy(in.id, an->host.machine_id, sizeof(in.id));
	do {
		hash = siphash(&in, sizeof(in), &key);
		mac[3] = hash;
		mac[4] = hash >> 8;
		mac[5] = hash >> 16;
		in.attempt++;
	} while (host_mac_in_use(an, mac));
}

void anygw_host_set_machine_id(struct anygw_net *an, const u8 *id)
{
	u8 mac[ETH_ALEN] = { ANYGW_HOST_PREFIX };

	ASSERT_RTNL();
	if (an->host.has_machine_id)
		return;
	memcpy(an->host.machine_id, id, ANYGW_MACHINE_ID_LEN);
	an->host.has_machine_id = true;
	if (an->host.source == ANYGW_MAC_SOURCE_CONFIGURED)
		return;
	host_derive_mac(an, mac);
	host_change_mac(an, mac, ANYGW_MAC_SOURCE_MACHINE_ID);
}

void anygw_host_mac_ensure(struct anygw_net *an)
{
	u8 mac[ETH_ALEN] = { ANYGW_HOST_PREFIX };

	ASSERT_RTNL();
	if (an->host.source != ANYGW_MAC_SOURCE_NONE)
		return;
	do {
		get_random_bytes(mac + 3, 3);
	} while (host_mac_in_use(an, mac));
	host_change_mac(an, mac, ANYGW_MAC_SOURCE_RANDOM);
}
