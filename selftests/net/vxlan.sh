#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 100
#
# Two hosts connected by VXLAN only: the device is a fabric port by default, and
# its frames are translated as on a NIC.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged"
CASES="w03_vxlan_is_a_fabric_port w10_vxlan_between_vlans
	w07_vxlan_finds_a_silent_vm w01_vxlan_never_carries_the_vmac
	w19_vxlan_migration"

# vxlan_host N: VLANs 10 and 20 have a VXLAN with that VNI
vxlan_host()
{
	local h=h$1 v

	netns_add "$h"
	in_netns "$h" \
		"link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0" \
		"link set br0 up" "link set under0 up" \
		"address add 172.16.0.$1/24 dev under0"
	for v in 10 20; do
		in_netns "$h" \
			"link add vx$v type vxlan id $v dstport 4789 local 172.16.0.$1 remote 172.16.0.$((3 - $1))" \
			"link set vx$v master br0 up"
		in_bridge "$h" "vlan add dev vx$v vid $v pvid untagged"
	done
}

setup()
{
	local h v

	vxlan_host 1
	vxlan_host 2
	veth_add h1 under0 h2 under0
	# Room for the overlay's headers: a VXLAN device does not fragment.
	in_netns h1 "link set under0 mtu 1600"
	in_netns h2 "link set under0 mtu 1600"
	commit || return 1
	snapshot h1
	snapshot h2
	for h in h1 h2; do
		for v in 10 20; do
			anygwctl -n $h gateway add bridge br0 vlan $v \
				address 10.0.$v.1/24 || return 1
		done
		HMAC[${h#h}]=$(host_mac $h)
	done
	vm_add v11 h1 10 10.0.10.11 &&
		vm_add v12 h2 10 10.0.10.12 &&
		vm_add v22 h2 20 10.0.20.22 &&
		vm_add v23 h2 20 10.0.20.23 &&
		vm_add_mobile m1 10 10.0.10.14 h1 h2 &&
		commit && set_names 10
}

w03_vxlan_is_a_fabric_port()
{
	[[ $(anygwctl -n h1 -j port show dev vx10) =~ \"role\":\ *\"fabric\" ]] ||
		fail "its role"
	cap vx=h1/vx10
	ns h1 ping -n -c 1 -W 1 -I gw10 10.0.10.12 > /dev/null
	soon "resolved" 2 neigh_is h1 gw10 10.0.10.12 "${VM_MAC[v12]}"
	cap_end
	some vx "queried as the host" " out vlan=0 src=${HMAC[1]} dst=$BCAST arp=1 sha=${HMAC[1]} spa=0\.0\.0\.0 "
}

w10_vxlan_between_vlans()
{
	cap vx10=h1/vx10 vx20=h1/vx20 from=v11/eth0 to=v22/eth0 under=h1/under0
	ok "ping" vm_ping v11 10.0.20.22 2
	cap_end
	some vx20 "as the host" " out vlan=0 src=${HMAC[1]} dst=${VM_MAC[v22]} ip=10\.0\.10\.11>10\.0\.20\.22 ttl=63 "
	exactly to 2 "from the gateway" " in .*src=$VMAC .*ip=10\.0\.10\.11>10\.0\.20\.22 ttl=63 "
	exactly from 2 "and back" " in .*src=$VMAC .*ip=10\.0\.20\.22>10\.0\.10\.11 ttl=63 "
	some under "in VXLAN" "ip=172\.16\.0\.1>172\.16\.0\.2 .*udp=[0-9]+>4789 "
}

w07_vxlan_finds_a_silent_vm()
{
	cap vm=v23/eth0
	ok "ping" vm_ping v11 10.0.20.23
	cap_end
	some vm "queried as the gateway" " in .*src=$VMAC .*arp=1 sha=$VMAC spa=10\.0\.20\.1 "
	none vm "a host MAC" 0a:61:6e
}

w01_vxlan_never_carries_the_vmac()
{
	cap vx10=h1/vx10 vx20=h1/vx20 vm=v11/eth0 to=v12/eth0
	ok "the gateway announces itself" ns h1 arping -q -c 1 -U -I gw10 10.0.10.1
	vm_send v11 "udp,$BCAST,$VMAC,10.0.10.11,10.0.10.255,9"
	ok "traffic" vm_ping v11 10.0.20.22
	vm_mark to v11
	cap_end
	some vm "the announcement" " in .*src=$VMAC .*spa=10\.0\.10\.1 .*tpa=10\.0\.10\.1 "
	none vx10 "on the overlay" "$VMAC"
	none vx20 "on the overlay" "$VMAC"
}

w19_vxlan_migration()
{
	local stream

	bg_ready echo wire -N v22 echo 5000
	cap peer=v22/eth0 vx1=h1/vx10 vx2=h2/vx10
	bg_ready stream wire -N m1 stream 10.0.20.22 5000 600
	stream=$BG
	await peer "the stream runs" " out .*tcp=5000>" 20
	migrate_vm m1 h2
	await peer "it goes on" " out .*tcp=5000>" $((N + 40))
	end "the session" "$stream"
	cap_end
	ok "no data is lost" grep -q ' ok$' "$TMP/stream.out"
	none vx1 "the vMAC" "$VMAC"
	none vx2 "the vMAC" "$VMAC"
	some vx2 "h2 announces on the fabric" " out .*src=${VM_MAC[m1]} dst=$BCAST rarp=3 "
}

run_tests "$@"
