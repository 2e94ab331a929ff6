#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Another router on the fabric: two of them, with VRRP by keepalived. The test
# fhrp has other types of router, and IPv6.

. "$(dirname "$0")/lib/lib.sh"
. "$libdir/routers.sh"

VARIANTS="untagged tagged unaware"
CASES="w05_real_router_is_no_conflict w17_router_reaches_the_vms
	w07_router_asks_with_its_own_mac w04_copies_are_not_routed
	w10_out_by_this_host_beside_a_router
	w15_route_withdrawn w15_exit_without_carrier w15_next_hop_dead
	w15_blackhole_is_obeyed w15_gateway_down w15_standby w15_fallback_off
	w16_observe_changes_nothing w05_mastership_moves@untagged
	w11_vmac_behind_an_access_port w10_introduced_under_traffic"

VR4=$(vrrp_mac 10)
GATEWAY_ARGS[10]="vrrp 10 address 10.0.10.1/24"

setup()
{
	local n

	switch_add
	host_add h1
	host_add h2
	exit_add h1
	exit_add h2
	router_new 1 10
	router_new 2 10
	commit && route_via 1 || return 1
	for n in 1 2; do
		keepalived_new $n 3
		keepalived_group $n 10 10 $((300 - 100 * n)) 0.3 10.0.10.1/24 use_vmac
	done
	keepalived_start rr1
	wait_until 10 has_vip rr1 10.0.10.1 || return 1
	snapshot h1
	snapshot h2
	add_coexisting 10 h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10
}

w05_real_router_is_no_conflict()
{
	local c

	ok "it works" vm_ping v11 $SRV
	c=$(gw_stat h1 "$G" conflicts)
	cap vm=v11/eth0
	ok "the router announces itself" ns rr1 arping -q -c 1 -U -I vrrp.10 10.0.10.1
	await vm "the VM receives it" " in .*src=$VR4 .*arp=1 sha=$VR4 spa=10\.0\.10\.1 "
	cap_end
	some vm "its advertisements pass" " in .*src=$VR4 dst=01:00:5e:00:00:12 "
	equal "conflicts" "$(gw_stat h1 "$G" conflicts)" "$c"
	ok "the VM holds the vMAC" neigh_is v11 "${VM_DEV[v11]}" 10.0.10.1 $VR4
}

w17_router_reaches_the_vms()
{
	flush_neighbours rr1
	cap vm=v11/eth0 fab=h1/fab0
	ok "from its own address" ns rr1 ping -n -q -c 2 -W 9 10.0.10.11
	flush_neighbours rr1
	# The VM's reply to the shared address goes to the local gateway, but
	# the router must learn where the VM is.
	ns rr1 ping -n -q -c 1 -W 1 -I vrrp.10 10.0.10.11 > /dev/null
	soon "from the vMAC" 3 neigh_is rr1 vrrp.10 10.0.10.11 "${VM_MAC[v11]}"
	cap_end
	none vm "a host MAC" 0a:61:6e
	none fab "W1: this host as the router" " out .*src=$VR4"
	cap fab=h1/fab0 gw=h1/$G
	vm_send v11 "arp,$VR4,${VM_MAC[v11]},2,${VM_MAC[v11]},10.0.10.11,$VR4,10.0.10.1"
	await fab "reaches the router" " out .*src=${VM_MAC[v11]} dst=$VR4 arp=2 "
	await gw "and the gateway" "src=${VM_MAC[v11]} dst=$VR4 arp=2 "
	cap_end
}

# arp_announce=0: from the shared address, but with the router's own MAC
w07_router_asks_with_its_own_mac()
{
	local m=52:54:00:0f:00:01

	cap vm=v11/eth0 fab=h1/fab0
	fabric_send h1 "arp,$BCAST,$m,1,$m,10.0.10.1,$ZERO_MAC,10.0.10.11,v10"
	await vm "queried as the gateway" " in .*src=$VR4 .*arp=1 sha=$VR4 spa=10\.0\.10\.1 "
	await fab "the reply goes to the requester" " out .*src=${VM_MAC[v11]} dst=$m arp=2 "
	cap_end
	none vm "its MAC as the gateway's" "$m"
}

w04_copies_are_not_routed()
{
	cap exit=h1/exit0 fab=h1/fab0
	fabric_send h1 "udp,$VR4,52:54:00:0f:00:02,10.0.10.77,$SRV,9,v10"
	mark_through fab v11 "${VM_DEV[v11]}" "${VM_MAC[v11]}"
	cap_end
	none exit "routed" "10\.0\.10\.77"
}

w10_out_by_this_host_beside_a_router() { via_host 3; }

w15_route_withdrawn()
{
	via_host 1
	ok "withdraw" ip -n h1 route del default
	undo ip -n h1 route replace default via 10.1.1.2
	via_router 3 v11 counted
	ok "unreachable" ip -n h1 route add unreachable default
	via_router 1 v11 counted
	ok "restore" ip -n h1 route replace default via 10.1.1.2
	via_host 3
}

exit_carrier() { [[ $(ip -n h1 link show exit0) == *LOWER_UP* ]]; }

w15_exit_without_carrier()
{
	via_host 1
	ok "link down" ip -n r1 link set down0 down
	undo ip -n r1 -b - <<< "link set down0 up
		route replace 10.0.0.0/16 via 10.1.1.1"
	via_router 3 v11 counted
	ok "link up" ip -n r1 link set down0 up
	soon "carrier" 5 exit_carrier
	soon "back" 5 via_host_now
}

hop_failed() { [[ $(ip -n h1 neigh show 10.1.1.2) == *FAILED* ]]; }

w15_next_hop_dead()
{
	via_host 1
	ok "does not receive" ip -n r1 link set down0 arp off
	undo ip -n r1 link set down0 arp on
	ok "deleted" ip -n h1 neigh flush to 10.1.1.2
	ns v11 ping -n -q -c 1 -W 1 $SRV > /dev/null
	soon "failed" 4 hop_failed
	via_router 3 v11 counted
	ok "it receives again" ip -n r1 link set down0 arp on
	soon "back" 5 via_host_now
}

w15_blackhole_is_obeyed()
{
	ok "blackhole" ip -n h1 route add blackhole $SRV
	undo ip -n h1 route del blackhole $SRV
	cap fab=h1/fab0 exit=h1/exit0
	refused "a route" ns v11 ping -n -q -c 1 -W 1 $SRV
	cap_end
	none fab "bridged unmodified" " out .*203\.0\.113\.1"
	none exit "routed" "203\.0\.113\.1"
}

w15_gateway_down()
{
	via_host 1
	ok "down" ip -n h1 link set "$G" down
	undo ip -n h1 link set "$G" up
	via_router 3 v11 some
	ok "up" ip -n h1 link set "$G" up
	soon "back" 5 via_host_now
}

w15_standby()
{
	ok "standby" anygwctl -n h1 gateway set dev "$G" mode standby
	undo anygwctl -n h1 gateway set dev "$G" mode active
	flush_neighbours v11
	via_router 3 v11 some
	ok "the router replies" neigh_is v11 "${VM_DEV[v11]}" 10.0.10.1 $VR4
	ok "active" anygwctl -n h1 gateway set dev "$G" mode active
	soon "back" 5 via_host_now
}

w15_fallback_off()
{
	ok "no fallback" anygwctl -n h1 gateway set dev "$G" fallback off
	undo anygwctl -n h1 gateway set dev "$G" fallback on
	ok "withdraw" ip -n h1 route del default
	undo ip -n h1 route replace default via 10.1.1.2
	cap vm=v11/eth0 fab=h1/fab0
	refused "a route" ns v11 ping -n -q -c 1 -W 2 $SRV
	cap_end
	some vm "announced by this host" " in .*ip=10\.0\.10\.1>10\.0\.10\.11 .*icmp=3/0"
	none fab "bridged unmodified" " out .*203\.0\.113\.1"
	refused "without coexist" anygwctl -n h1 gateway set dev "$G" coexist off fallback on
}

# A VM's first packets, with empty caches everywhere
start_over()
{
	flush_neighbours v11
	cap vm=v11/eth0 fab=h1/fab0 exit=h1/exit0
	ping_server v11 3
	vm_mark fab v11
	cap_end
}

w16_observe_changes_nothing()
{
	local n

	ok "observe" anygwctl -n h1 gateway set dev "$G" mode observe
	undo anygwctl -n h1 gateway set dev "$G" mode active
	n=$(gw_stat h1 "$G" captured)
	start_over
	none exit "routed" "ip=10\.0\.10\.11>203"
	exactly fab 3 "unmodified" " out .*src=${VM_MAC[v11]} dst=$VR4 .*ttl=64 icmp=8"
	some fab "its request is flooded" " out .*src=${VM_MAC[v11]} dst=$BCAST arp=1 "
	exactly vm 1 "only the router's reply" " in .*arp=2 .*spa=10\.0\.10\.1 "
	none fab "sent by this host" "${HMAC[1]}"
	# The request and three packets, as in mode active
	equal "counted" "$(($(gw_stat h1 "$G" captured) - n))" 4
	ok "active" anygwctl -n h1 gateway set dev "$G" mode active
	n=$(gw_stat h1 "$G" captured)
	start_over
	equal "the same" "$(($(gw_stat h1 "$G" captured) - n))" 4
}

w05_mastership_moves()
{
	local c

	c=$(gw_stat h1 "$G" conflicts)
	keepalived_start rr2
	traffic_to_server
	ok "rr1 leaves" kill "$(< "$TMP/rr1.pid")"
	soon "rr2 takes over" 10 has_vip rr2 10.0.10.1
	ok "ingress" route_via 2
	undo route_via 1
	ping_server v11 3
	ok "the VM's entry" neigh_is v11 "${VM_DEV[v11]}" 10.0.10.1 $VR4
	equal "conflicts" "$(gw_stat h1 "$G" conflicts)" "$c"
}

traffic_to_server() { bg "ping-v11" ns v11 ping -n -q -i 0.01 -w 600 $SRV; }

w11_vmac_behind_an_access_port()
{
	local output try refused=

	set_bridge_args 10
	# The router's next frame moves the bridge's FDB entry back to the
	# fabric.
	for try in 1 2 3 4 5 6 7 8 9 10; do
		ok "away with it" anygwctl -n h2 gateway del dev "$G"
		vm_send v12 "udp,$BCAST,$VR4,10.0.10.12,10.0.10.255,9"
		# shellcheck disable=SC2086
		output=$(anygwctl -n h2 gateway add $BR vrrp 10 coexist on \
			address 10.0.10.1/24 2>&1) || refused=$try
		[ -z "$refused" ] || break
	done
	[ -n "$refused" ] || fail "not refused"
	[[ $output == *v12* ]] || fail "the port is not named: $output"
	ok "flush" bridge -n h2 fdb flush dev "$B"
	ok "again" add_coexisting 10 h2
}

# Add anygw host by host, under ping and TCP, beside the existing router.
w10_introduced_under_traffic()
{
	local stream

	[ -e "$TMP/rr1.pid" ] || keepalived_start rr1
	soon "there is a router" 10 has_vip rr1 10.0.10.1
	ok "away" anygwctl -n h1 gateway del dev "$G"
	ok "away" anygwctl -n h2 gateway del dev "$G"
	flush_neighbours v11 v12
	ping_server v11 1
	bg_ready echo wire -N srv echo 5000
	cap exit=h1/exit0 vm=v11/eth0
	bg_ready stream wire -N v11 stream $SRV 5000 600
	stream=$BG
	bg pings ns v12 ping -n -i 0.1 -w 600 $SRV
	ok "h1" add_coexisting 10 h1
	await exit "it leaves via its own host" " out .*ip=10\.0\.10\.11>203.* tcp=" 30
	ok "h2" add_coexisting 10 h2
	ping_server v12 2
	end "the session" "$stream"
	cap_end
	ok "no data is lost" grep -q ' ok$' "$TMP/stream.out"
	ok "the VM's entry" neigh_is v11 "${VM_DEV[v11]}" 10.0.10.1 $VR4
	none vm "another gateway" " in .*arp=2 sha=[1-9a-f].* spa=10\.0\.10\.1 "
}

run_tests "$@"
