#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 150
#
# Two tenants with the same subnet, the same gateway address and the same VM
# addresses, each in a VRF with its own exit.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged unaware"
CASES="w10_vrf_each_to_its_own_exit w10_vrf_both_at_once
	w09_vrf_answers_each w13_vrf_traceroute w03_vrf_over_the_fabric"

# tenant NAME TABLE VLAN: VRF, exit, and the server behind it
tenant()
{
	local name=$1 table=$2 r=r-$1

	netns_add "$r"
	veth_add h1 "x-$name" "$r" down0
	in_netns h1 "link add $name type vrf table $table" "link set $name up" \
		"route add unreachable default metric 4278198272 vrf $name" \
		"link set x-$name master $name up" \
		"address add 10.1.$3.1/24 dev x-$name" \
		"route add default via 10.1.$3.2 vrf $name"
	in_netns "$r" "link set down0 up" "address add 10.1.$3.2/24 dev down0" \
		"address add $SRV/32 dev lo" "route add 10.0.0.0/16 via 10.1.$3.1"
	SYSCTLS+=("h1:ipv4/conf/x-$name/forwarding=1")
}

setup()
{
	local v name

	switch_add
	bare_add
	host_add h1
	tenant red 100 10
	tenant blue 200 20
	# The host has the same address in both VLANs.
	in_netns bare "address add 10.0.10.50/24 dev eth0.20"
	commit || return 1
	snapshot h1
	fabric_roles h1 || return 1
	for v in 10 20; do
		[ $v = 10 ] && name=red || name=blue
		set_bridge_args $v
		# shellcheck disable=SC2086
		anygwctl -n h1 gateway add $BR address 10.0.10.1/24 vrf $name ||
			return 1
	done
	HMAC[1]=$(host_mac h1)
	vm_add red1 h1 10 10.0.10.11 &&
		vm_add blue1 h1 20 10.0.10.11 &&
		commit && set_names 10
}

w10_vrf_each_to_its_own_exit()
{
	cap red=r-red/down0 blue=r-blue/down0
	ok "red" vm_ping red1 $SRV
	ok "blue" vm_ping blue1 $SRV 2
	cap_end
	exactly red 1 "red's" " in .*ip=10\.0\.10\.11>203\.0\.113\.1 ttl=63 "
	exactly blue 2 "blue's" " in .*ip=10\.0\.10\.11>203\.0\.113\.1 ttl=63 "
}

w10_vrf_both_at_once()
{
	local red blue

	bg_ready red wire -N r-red echo 5000
	bg_ready blue wire -N r-blue echo 5000
	cap fab=h1/fab0
	bg_ready s-red wire -N red1 stream $SRV 5000 1
	red=$BG
	bg_ready s-blue wire -N blue1 stream $SRV 5000 1
	blue=$BG
	wait "$red" || fail "red: $(< "$TMP/s-red.out")"
	wait "$blue" || fail "blue: $(< "$TMP/s-blue.out")"
	cap_end
	none fab "on the fabric" "$VMAC|ip=10"
}

w09_vrf_answers_each()
{
	flush_neighbours red1 blue1
	cap red=red1/eth0 blue=blue1/eth0
	ok "red" vm_ping red1 10.0.10.1
	ok "blue" vm_ping blue1 10.0.10.1
	cap_end
	exactly red 1 "one reply" " in .*arp=2 sha=$VMAC spa=10\.0\.10\.1 "
	exactly blue 1 "one reply" " in .*arp=2 sha=$VMAC spa=10\.0\.10\.1 "
}

w13_vrf_traceroute()
{
	local hops

	hops=$(ns blue1 traceroute -n -q 1 -w $((2 * SLOW)) -m 4 $SRV |
		awk 'NR > 1 { printf "%s ", $2 }')
	equal "the hops" "$hops" "10.0.10.1 $SRV "
}

w03_vrf_over_the_fabric()
{
	local v

	cap fab=h1/fab0
	for v in red blue; do
		ns h1 ping -n -c 1 -W 1 -I $v 10.0.10.50 > /dev/null 2>&1
	done
	set_names 10
	soon "red has resolved it" 2 neigh_is h1 "$G" 10.0.10.50 $BARE10
	set_names 20
	soon "blue has resolved it" 2 neigh_is h1 "$G" 10.0.10.50 $BARE20
	cap_end
	for v in 10 20; do
		some fab "VLAN $v" " out vlan=$v src=${HMAC[1]} .*arp=1 .*spa=0\.0\.0\.0 .*tpa=10\.0\.10\.50 "
	done
	none fab "the gateway address" "spa=10\.0\.10\.1 |$VMAC"
}

run_tests "$@"
