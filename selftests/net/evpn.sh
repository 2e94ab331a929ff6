#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 150
#
# The fabric is an overlay: two hosts, a VXLAN per VLAN, and FRR's BGP EVPN,
# which reads the bridge FDB and advertises every MAC in it to the other host.
# The MACs of VMs must be advertised, that of the gateway never. With and
# without neighbour suppression on the overlay's ports.

. "$(dirname "$0")/lib/lib.sh"
. "$(dirname "$0")/lib/frr.sh"

VARIANTS="suppress_off suppress_on"
CASES="evpn_neighbours_are_found evpn_vms_are_told w10_evpn_between_vlans
	w03_evpn_finds_a_silent_vm w01_evpn_never_carries_the_vmac
	w07_evpn_asks_for_the_others_vm w08_evpn_no_host_mac_at_vms
	evpn_vm_moves evpn_vm_moves_back w01_evpn_never_tells_the_gateway"

# evpn_host N: the underlay, and the overlay as in the documentation
evpn_host()
{
	local h=h$1 v line

	netns_add "$h"
	in_netns "$h" \
		"link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0" \
		"link set br0 addrgenmode none up" "link set under0 up" \
		"address add 172.16.0.$1/24 dev under0"
	for v in 10 20; do
		while read -r line; do
			case $line in
			ip\ *) in_netns "$h" "${line#ip }" ;;
			bridge\ *) in_bridge "$h" "${line#bridge }" ;;
			esac
		done < <(page_text evpn-links | sed "s/vx10/vx$v/; s/ 10 / $v /
			s/172\.16\.0\.1/172.16.0.$1/
			s/neigh_suppress on/neigh_suppress ${VARIANT#suppress_}/")
	done
}

setup()
{
	local h v

	evpn_host 1
	evpn_host 2
	veth_add h1 under0 h2 under0
	# Room for the overlay's headers
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
		commit && set_names 10 || return 1
	frr_start h1 < <(page_text evpn-host) &&
		frr_start h2 < <(page_text evpn-host |
			sed 's/ h1/ h2/; s/id 172\.16\.0\.1/id 172.16.0.2/
				s/neighbor 172\.16\.0\.2/neighbor 172.16.0.1/')
}

# evpn_has HOST PATTERN multicast|macip: whether BGP has such a route
evpn_has()
{
	frr_shows "$1" "$2" bgp l2vpn evpn route type "$3"
}

# is_remote HOST VLAN MAC: zebra's FDB entry leads to the overlay
is_remote()
{
	bridge -n "$1" fdb show dev "vx$2" | grep "^$3 " > "$TMP/fdb"
	grep -q "dst 172\.16\.0\.$((3 - ${1#h}))" "$TMP/fdb" &&
		grep -q extern_learn "$TMP/fdb"
}

# is_local HOST VLAN VM: the FDB entry leads to the VM's port
is_local()
{
	bridge -n "$1" fdb show dev "$3" | grep -q "^${VM_MAC[$3]} vlan $2 "
}

evpn_neighbours_are_found()
{
	local n v

	for n in 1 2; do
		soon "h$n has the other's VNIs" 20 evpn_has h$n \
			"^ *\*>.*\[3\]:.*:\[172\.16\.0\.$((3 - n))\]" multicast
		for v in 10 20; do
			soon "h$n floods to it" 10 floods h$n $v
		done
	done
}

floods()
{
	bridge -n "$1" fdb show dev "vx$2" |
		grep -q "^$ZERO_MAC dst 172\.16\.0\.$((3 - ${1#h}))"
}

evpn_vms_are_told()
{
	local vm

	for vm in v11 v12 v22 m1; do
		ok "$vm sends" vm_ping $vm "10.0.${VM_VLAN[$vm]}.1"
	done
	soon "a route of type 2" 10 evpn_has h2 "\[2\]:.*\[${VM_MAC[v11]}\]" \
		macip
	soon "h2 has resolved v11" 10 is_remote h2 10 "${VM_MAC[v11]}"
	soon "h1 has resolved v12" 10 is_remote h1 10 "${VM_MAC[v12]}"
	soon "h1 has resolved v22" 10 is_remote h1 20 "${VM_MAC[v22]}"
	ok "within the VLAN" vm_ping v11 10.0.10.12 2
}

w10_evpn_between_vlans()
{
	cap vx20=h1/vx20 from=v11/eth0 to=v22/eth0
	ok "ping" vm_ping v11 10.0.20.22 2
	cap_end
	some vx20 "as the host" " out vlan=0 src=${HMAC[1]} dst=${VM_MAC[v22]} ip=10\.0\.10\.11>10\.0\.20\.22 ttl=63 "
	exactly to 2 "from the gateway" " in .*src=$VMAC .*ip=10\.0\.10\.11>10\.0\.20\.22 ttl=63 "
	exactly from 2 "and back" " in .*src=$VMAC .*ip=10\.0\.20\.22>10\.0\.10\.11 ttl=63 "
}

w03_evpn_finds_a_silent_vm()
{
	cap vx=h1/vx20 vm=v23/eth0
	ok "ping" vm_ping v11 10.0.20.23
	cap_end
	some vx "queried as the host" " out .*src=${HMAC[1]} dst=$BCAST arp=1 sha=${HMAC[1]} spa=0\.0\.0\.0 .*tpa=10\.0\.20\.23 "
	some vm "queried as the gateway" " in .*src=$VMAC .*arp=1 sha=$VMAC spa=10\.0\.20\.1 "
	none vm "a host MAC" 0a:61:6e
}

w01_evpn_never_carries_the_vmac()
{
	cap vx10=h1/vx10 vx20=h1/vx20 vm=v11/eth0 to=v12/eth0
	ok "the gateway announces itself" ns h1 arping -q -c 1 -U -I gw10 10.0.10.1
	vm_send v11 "udp,$BCAST,$VMAC,10.0.10.11,10.0.10.255,9"
	vm_send v11 "arp,$BCAST,${VM_MAC[v11]},1,${VM_MAC[v11]},10.0.10.11,$ZERO_MAC,10.0.10.1"
	ok "traffic" vm_ping v11 10.0.20.22
	vm_mark to v11
	cap_end
	some vm "the announcement" " in .*src=$VMAC .*spa=10\.0\.10\.1 .*tpa=10\.0\.10\.1 "
	none vx10 "on the overlay" "$VMAC"
	none vx20 "on the overlay" "$VMAC"
	none vx10 "the gateway's address" "spa=10\.0\.10\.1 |tpa=10\.0\.10\.1 "
}

# Each host repeatedly resolves the other's VM in the same VLAN.
w07_evpn_asks_for_the_others_vm()
{
	for _ in 1 2 3; do
		flush_neighbours h1 h2
		ns h1 ping -n -c 1 -W 1 -I gw10 10.0.10.12 > /dev/null
		soon "h1 resolves v12" 2 neigh_is h1 gw10 10.0.10.12 "${VM_MAC[v12]}"
		ns h2 ping -n -c 1 -W 1 -I gw10 10.0.10.11 > /dev/null
		soon "h2 resolves v11" 2 neigh_is h2 gw10 10.0.10.11 "${VM_MAC[v11]}"
	done
}

# The overlay does not learn, so frames to a host MAC are flooded to all hosts.
# Here it is that of a third host.
w08_evpn_no_host_mac_at_vms()
{
	local vm third=0a:61:6e:99:99:99

	flush_neighbours h1 h2
	cap v11=v11/eth0 v12=v12/eth0 m1=m1/eth0 v22=v22/eth0 \
		v23=v23/eth0 third=h1/vx10
	ok "v11 to v22" vm_ping v11 10.0.20.22 2
	ns h1 ping -n -c 1 -W 1 -I gw10 10.0.10.12 > /dev/null
	ns h2 ping -n -c 1 -W 1 -I gw10 10.0.10.11 > /dev/null
	ok "for a third host" wire -N h2 send vx10 \
		"arp,$third,${VM_MAC[v12]},2,${VM_MAC[v12]},10.0.10.12,$third,10.0.10.3" \
		"udp,$third,${VM_MAC[v12]},10.0.10.12,10.0.10.3,9"
	mark_through v11 h2 vx10
	vm_mark v12 v11
	vm_mark v23 v22
	cap_end
	some third "it arrives" " in .*dst=$third .*udp="
	for vm in v11 v12 m1 v22 v23; do
		none $vm "a host MAC" 0a:61:6e
	done
}

check_migration()
{
	local to=$1 from=h$((3 - ${1#h})) mac=${VM_MAC[m1]} stream

	VM_HOST[m1]=$from
	ok "it sends" vm_ping m1 10.0.10.1
	soon "it is remote for $to" 10 is_remote "$to" 10 "$mac"
	bg_ready echo wire -N v22 echo 5000
	cap peer=v22/eth0 vx1=h1/vx10 vx2=h2/vx10
	bg_ready stream wire -N m1 stream 10.0.20.22 5000 600
	stream=$BG
	await peer "the stream runs" " out .*tcp=5000>" 20
	migrate_vm m1 "$to"
	vm_send m1 "rarp,$mac"
	await peer "it goes on" " out .*tcp=5000>" $((N + 40))
	end "the session" "$stream"
	soon "it is local for $to" 10 is_local "$to" 10 m1
	soon "and remote for $from" 10 is_remote "$from" 10 "$mac"
	soon "as in BGP" 10 only_from "$from" "$to" "$mac"
	cap_end
	ok "no data is lost" grep -q ' ok$' "$TMP/stream.out"
	none vx1 "the vMAC" "$VMAC"
	none vx2 "the vMAC" "$VMAC"
	ok "the others reach it" vm_ping v11 10.0.10.14
	ok "the others reach it" vm_ping v12 10.0.10.14
}

# only_from HOST OTHER MAC: HOST has one route to it, from OTHER
only_from()
{
	frr_show "$1" bgp l2vpn evpn route type macip json |
		jq -e "[.. | objects | select(.prefix? and
			(.prefix | contains(\"[$3]\")))] | length == 1 and
			(.[0].paths | flatten | map(.nexthops[0].ip) ==
			[\"172.16.0.${2#h}\"])" > /dev/null
}

evpn_vm_moves() { check_migration h2; }

evpn_vm_moves_back() { check_migration h1; }

# After all the traffic of the other cases
w01_evpn_never_tells_the_gateway()
{
	local h

	for h in h1 h2; do
		frr_show $h bgp l2vpn evpn route > "$TMP/output"
		grep -q "\[2\]:" "$TMP/output" || fail "$h has no routes"
		! grep -E '02:61:6e|0a:61:6e' "$TMP/output" > "$TMP/wrong" ||
			fail "$h advertises the gateway: $(< "$TMP/wrong")"
		frr_show $h evpn mac vni all > "$TMP/output"
		grep -q "${VM_MAC[v11]}" "$TMP/output" || fail "$h has no MACs"
		! grep -E '02:61:6e|0a:61:6e' "$TMP/output" > "$TMP/wrong" ||
			fail "$h has an entry of the gateway: $(< "$TMP/wrong")"
		bridge -n $h fdb show | grep "${VMAC}" > "$TMP/output"
		equal "$h has the vMAC nowhere in its FDB" "$(< "$TMP/output")" ""
	done
}

run_tests "$@"
