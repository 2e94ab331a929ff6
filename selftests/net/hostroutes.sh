#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# boot: time-travel=inf-cpu
#
# "anygwctl hostroutes": routes follow the endpoints, whatever happens to the
# events, the gateways or the process.

. "$(dirname "$0")/lib/lib.sh"

SIX=1
VARIANTS="untagged unaware"
CASES="hr_follows hr_six hr_starts_with_what_is_there hr_overrun
	hr_killed hr_ends hr_table hr_one_keeper_to_a_table hr_vrf
	hr_standby hr_down hr_gateway_goes hr_several_addresses_and_gateways hr_others_stay
	w20_hr_own_network_keeps_its_way@untagged
	hr_needs_net_admin hr_module_goes"
# Cases that wait for seconds need time travel.
! grep -q time-travel /proc/cmdline ||
	CASES+=" hr_address_comes_after_the_rarp hr_repaired"

setup()
{
	topo 1 && gateways h1 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v12 h1 10 10.0.10.12 &&
		vm_add v21 h1 20 10.0.20.21 &&
		commit && set_names 10 && G10=$G && set_names 20 && G20=$G
}

M1=52:54:00:aa:00:01
M2=52:54:00:aa:00:02

ctl() { anygwctl -n h1 "$@"; }

# By its number: the file with its name may not be installed.
PROTO=97

# in_table TABLE [ADDRESS DEVICE]...: it has exactly these host routes
in_table()
{
	local table=$1 want=

	shift
	while [ $# -gt 0 ]; do
		want+="$1 dev $2"$'\n'
		shift 2
	done
	ip -n h1 route show table "$table" proto $PROTO > "$TMP/routes"
	same_routes <<< "$want"
}

# Compare standard input, in any order, with the file, without starting a
# process: this is polled.
same_routes()
{
	local line
	local -A left=()

	while read -r line; do
		[ -z "$line" ] || left[$line]=1
	done
	while read -r line; do
		[[ $line =~ ^[0-9.]+\ dev\ [^\ ]+ ]] &&
			[ -n "${left[${BASH_REMATCH[0]}]:-}" ] || return 1
		unset "left[${BASH_REMATCH[0]}]"
	done < "$TMP/routes"
	[ ${#left[@]} = 0 ]
}

# start_keeper WORD...: sets KEEPER to its PID
start_keeper()
{
	bg keeper anygwctl -n h1 -d hostroutes "$@"
	KEEPER=$BG
}

# ends CODE: the process exits with CODE
ends()
{
	soon "it ends" 5 has_exited "$KEEPER"
	wait "$KEEPER"
	equal "its exit code" $? "$1"
}

has_exited() { ! kill -0 "$1"; }

reports() { grep -qF -- "$1" "$TMP/keeper.err"; }

# The start of each case: no endpoints and no routes
start_empty()
{
	ok "flush" ctl endpoint flush
	ok "no routes" in_table all
	flush_neighbours h1
}

# ---------------------------------------------------------------- following

hr_follows()
{
	start_empty
	start_keeper
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "an endpoint comes" 3 in_table main 10.0.10.71 "$G10"
	grep -q "^10.0.10.71 .*scope link" "$TMP/routes" ||
		fail "on the link: $(< "$TMP/routes")"
	vm_send v11 "garp,$M1,10.0.10.72"
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "with another address, and another endpoint" 4 in_table main \
		10.0.10.71 "$G10" 10.0.10.72 "$G10" 10.0.20.71 "$G20"
	fabric_send h1 "rarp,$M1,v10"
	soon "it is elsewhere" 3 in_table main 10.0.20.71 "$G20"
	vm_send v12 "rarp,$M1"
	soon "and back" 4 in_table main \
		10.0.10.71 "$G10" 10.0.10.72 "$G10" 10.0.20.71 "$G20"
	ok "flush one gateway" ctl endpoint flush dev "$G10"
	soon "gone" 3 in_table main 10.0.20.71 "$G20"
	kill $KEEPER
	ends 0
}

# QEMU announces a VM without its address. The address follows shortly after and
# must not wait for the next second.
hr_address_comes_after_the_rarp()
{
	local start

	need_time_travel
	start_empty
	start_keeper
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "it has started" 3 in_table main 10.0.20.71 "$G20"
	now_ms
	start=$NOW
	vm_send v11 "rarp,$M1"
	sleep_ms 200
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "a route" 3 in_table main 10.0.10.71 "$G10" 10.0.20.71 "$G20"
	now_ms
	[ $((NOW - start)) -lt 700 ] || fail "after $((NOW - start)) ms"
}

# IPv6 is tested in the same way all the time.
hr_six()
{
	start_empty
	start_keeper
	ok "it sends" vm_ping v11 fd00:10::1
	soon "a route" 3 has_route6 fd00:10::11 "$G10"
	grep -q " metric 1 " "$TMP/six" || fail "its metric: $(< "$TMP/six")"
	# As if it had left: no reply at its port
	ok "silent" ip -n v11 link set "${VM_DEV[v11]}" arp off
	fabric_send h1 "rarp,${VM_MAC[v11]},v10"
	soon "it goes" 3 no_route6 fd00:10::11
	ok "back" ip -n v11 link set "${VM_DEV[v11]}" arp on
	ok "it sends" vm_ping v11 fd00:10::1
	soon "it is added" 4 has_route6 fd00:10::11 "$G10"
	grep fe80 "$TMP/six" && fail "to a link-local address"
	kill $KEEPER
	ends 0
	equal "none is left" "$(ip -6 -n h1 route show table all proto $PROTO)" ""
}

list_routes6() { ip -6 -n h1 route show table main proto $PROTO > "$TMP/six"; }

has_route6()
{
	list_routes6
	grep -q "^$1 dev $2 " "$TMP/six"
}

no_route6()
{
	list_routes6
	! grep -q "^$1 " "$TMP/six"
}

hr_starts_with_what_is_there()
{
	start_empty
	vm_send v11 "garp,$M1,10.0.10.71"
	ok "a VM sends" vm_ping v21 10.0.20.1
	soon "both" 2 has_both
	start_keeper
	soon "both" 3 in_table main 10.0.10.71 "$G10" 10.0.20.21 "$G20"
}

has_both()
{
	ctl -j endpoint show | jq -e \
		'[.[].addresses[] | select(contains("."))] | sort == ["10.0.10.71", "10.0.20.21"]'
}

# Events that are lost while it cannot read are recovered by a dump.
hr_overrun()
{
	start_empty
	start_keeper
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "the first" 3 in_table main 10.0.10.71 "$G10"
	ok "it stops" kill -STOP $KEEPER
	undo kill -CONT $KEEPER
	ok "a crowd comes" wire -N v12 send -n 1000 "${VM_DEV[v12]}" \
		"mark,new,1"
	soon "it is known" 5 has_many
	fabric_send h1 "rarp,$M1,v10"
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "the first is gone and the other is there" 3 only_second
	# Their events are lost.
	sleep_ms 1500
	ok "it goes on" kill -CONT $KEEPER
	soon "events were lost" 5 reports "everything is read again"
	soon "and knows the endpoints" 3 in_table main 10.0.20.71 "$G20"
	ok "the crowd goes" ctl endpoint flush
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "and listens" 3 in_table main 10.0.10.71 "$G10"
}

has_many() { [ "$(ctl -j endpoint show dev "$G10" | jq length)" -gt 900 ]; }

only_second()
{
	ctl -j endpoint show | jq -e \
		'[.[].addresses[] | select(contains("."))] == ["10.0.20.71"]'
}

# ---------------------------------------------------------------- the process

hr_killed()
{
	start_empty
	start_keeper
	vm_send v11 "garp,$M1,10.0.10.71"
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "both" 3 in_table main 10.0.10.71 "$G10" 10.0.20.71 "$G20"
	kill -KILL $KEEPER
	soon "it is dead" 2 has_exited $KEEPER
	ok "its routes are left" in_table main \
		10.0.10.71 "$G10" 10.0.20.71 "$G20"
	fabric_send h1 "rarp,$M1,v10"
	ok "of another table" ip -n h1 route add 10.0.10.73 dev "$G10" \
		table 100 proto $PROTO
	vm_send v12 "garp,52:54:00:aa:00:03,10.0.10.72"
	start_keeper
	soon "changes are repaired" 3 in_table main \
		10.0.10.72 "$G10" 10.0.20.71 "$G20"
	soon "stale routes are removed" 2 in_table 100
	grep -q 10.0.20.71 "$TMP/keeper.out" &&
		fail "made again: $(< "$TMP/keeper.out")"
	return 0
}

hr_ends()
{
	local signal

	start_empty
	vm_send v11 "garp,$M1,10.0.10.71"
	for signal in TERM INT; do
		start_keeper
		soon "a route" 3 in_table main 10.0.10.71 "$G10"
		kill -$signal $KEEPER
		ends 0
		ok "its routes go" in_table all
		equal "without a message" "$(< "$TMP/keeper.err")" ""
	done
}

# ---------------------------------------------------------------- tables

hr_table()
{
	start_empty
	start_keeper table 4000000000
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "there" 3 in_table 4000000000 10.0.10.71 "$G10"
	ok "and nowhere else" in_table main
	kill $KEEPER
	ends 0
	ok "gone" in_table all
}

hr_one_keeper_to_a_table()
{
	local first words

	start_empty
	vm_send v11 "garp,$M1,10.0.10.71"
	start_keeper
	first=$KEEPER
	soon "one for main" 3 in_table main 10.0.10.71 "$G10"
	for words in "" "table 254"; do
		# shellcheck disable=SC2086
		start_keeper $words
		ends 2
		ok "it reports" reports "Process $first already maintains the host routes in table main"
		ok "it has no effect" in_table main 10.0.10.71 "$G10"
	done
	start_keeper table 100
	soon "another for another" 3 in_table 100 10.0.10.71 "$G10"
	kill $KEEPER
	ends 0
	ok "with its own only" in_table 100
	ok "the first one stays" in_table all 10.0.10.71 "$G10"
	bg other anygwctl -n sw hostroutes
	sleep_ms 500
	kill -0 $BG || fail "another host: $(< "$TMP/other.err")"
}

hr_vrf()
{
	start_empty
	ok "a VRF" ip -n h1 link add red type vrf table 100
	undo ip -n h1 link del red
	ok "up" ip -n h1 link set red up
	undo ctl gateway set dev "$G20" vrf none
	start_keeper
	vm_send v11 "garp,$M1,10.0.10.71"
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "both" 3 in_table main 10.0.10.71 "$G10" 10.0.20.71 "$G20"
	ok "into the VRF" ctl gateway set dev "$G20" vrf red
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "with its route" 4 in_table 100 10.0.20.71 "$G20"
	ok "only the other is left" in_table main 10.0.10.71 "$G10"
	kill $KEEPER
	ends 0
	ok "none" in_table all
	start_keeper table 300
	soon "a given table is for all" 3 in_table 300 \
		10.0.10.71 "$G10" 10.0.20.71 "$G20"
	kill $KEEPER
	ends 0
	start_keeper
	soon "again" 3 in_table 100 10.0.20.71 "$G20"
	ok "out of the VRF" ctl gateway set dev "$G20" vrf none
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "back" 4 in_table main 10.0.10.71 "$G10" 10.0.20.71 "$G20"
	ok "nothing is left" in_table 100
}

# ---------------------------------------------------------------- gateways

hr_standby()
{
	local mode

	start_empty
	start_keeper
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "active" 3 in_table main 10.0.10.71 "$G10"
	undo ctl gateway set dev "$G10" mode active
	for mode in standby observe; do
		ok "$mode" ctl gateway set dev "$G10" mode $mode
		soon "withdrawn in $mode" 2 in_table main
		ok "active" ctl gateway set dev "$G10" mode active
		vm_send v11 "garp,$M1,10.0.10.71"
		soon "back" 4 in_table main 10.0.10.71 "$G10"
	done
}

hr_down()
{
	start_empty
	start_keeper
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "up" 3 in_table main 10.0.10.71 "$G10"
	ok "down" ip -n h1 link set "$G10" down
	undo ip -n h1 link set "$G10" up
	soon "withdrawn" 2 in_table main
	ok "up" ip -n h1 link set "$G10" up
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "back" 4 in_table main 10.0.10.71 "$G10"
	equal "without a message" "$(< "$TMP/keeper.err")" ""
}

hr_gateway_goes()
{
	start_empty
	start_keeper
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "there" 3 in_table main 10.0.20.71 "$G20"
	set_bridge_args 20
	# shellcheck disable=SC2086
	undo ctl gateway add $BR address 10.0.20.1/24 address fd00:20::1/64
	ok "the gateway goes" ctl gateway del dev "$G20"
	soon "and the route" 2 in_table all
	# shellcheck disable=SC2086
	ok "it is added" ctl gateway add $BR address 10.0.20.1/24 \
		address fd00:20::1/64
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "and the route" 4 in_table main 10.0.20.71 "$G20"
	equal "without a message" "$(< "$TMP/keeper.err")" ""
}

# The endpoint belongs to one gateway, but each address to the gateway of its
# subnet.
hr_several_addresses_and_gateways()
{
	start_empty
	set_bridge_args 10
	# shellcheck disable=SC2086
	ok "a second gateway in the VLAN" ctl gateway add $BR vrrp 7 \
		address 192.0.2.1/24 name other
	undo ctl gateway del dev other
	start_keeper
	vm_send v11 "garp,$M1,10.0.10.71" "garp,$M1,192.0.2.7"
	soon "each by its own" 4 in_table main \
		10.0.10.71 "$G10" 192.0.2.7 other
	ok "one is enough" ctl gateway set dev other mode standby
	soon "to withdraw it" 2 in_table main 10.0.10.71 "$G10"
	ok "the other takes it over" ip -n h1 address add 192.0.2.2/24 \
		dev "$G10"
	undo ip -n h1 address del 192.0.2.2/24 dev "$G10"
	soon "with its route" 2 in_table main \
		10.0.10.71 "$G10" 192.0.2.7 "$G10"
}

# ---------------------------------------------------------------- others

hr_others_stay()
{
	local before

	start_empty
	ok "a route by hand" ip -n h1 route add 10.0.10.71 dev lo
	undo ip -n h1 route del 10.0.10.71
	ok "an older one" ip -n h1 route add 10.0.10.73 dev "$G10" metric 5 \
		proto $PROTO
	before=$(ip -n h1 route show table all | grep -v "proto $PROTO")
	vm_send v11 "garp,$M1,10.0.10.71"
	vm_send v12 "garp,$M2,10.0.10.72"
	start_keeper
	soon "what is free" 3 in_table main 10.0.10.72 "$G10"
	ok "the other one is reported" reports "already has a route to 10.0.10.71/32 of another protocol"
	vm_send v12 "garp,$M2,10.0.10.74"
	soon "more" 4 in_table main 10.0.10.72 "$G10" 10.0.10.74 "$G10"
	equal "named once" "$(grep -c 10.0.10.71 "$TMP/keeper.err")" 1
	equal "nothing else has changed" \
		"$(ip -n h1 route show table all | grep -v "proto $PROTO")" \
		"$before"
	kill $KEEPER
	ends 0
	equal "nor at its end" "$(ip -n h1 route show table all)" "$before"
}

# A longer prefix would redirect the host's own packets.
w20_hr_own_network_keeps_its_way()
{
	start_empty
	ok "strict" wire sysctl h1:ipv4/conf/all/rp_filter=1
	undo wire sysctl h1:ipv4/conf/all/rp_filter=0
	ok "both send" vm_ping v11 10.0.10.1
	ok "both send" vm_ping v21 10.0.20.1
	# A shorter prefix has no effect.
	ok "elsewhere" ip -n h1 address add 10.0.255.2/16 dev br0
	undo ip -n h1 address del 10.0.255.2/16 dev br0
	start_keeper
	soon "both" 3 in_table main 10.0.10.11 "$G10" 10.0.20.21 "$G20"
	in_netns h1 "link add link br0 name br0.10 type vlan id 10" \
		"link set br0.10 up" "address add 10.0.10.2/24 dev br0.10"
	undo ip -n h1 link del br0.10
	ok "an address of the host" commit
	soon "its network is untouched" 2 in_table main 10.0.20.21 "$G20"
	ok "that is reported" reports "no routes to endpoints of $G10"
	ok "a VM reaches it" vm_ping v11 10.0.10.2
	start_keeper table 100
	soon "a separate table has them" 3 in_table 100 \
		10.0.10.11 "$G10" 10.0.20.21 "$G20"
	ok "a VM reaches it" vm_ping v11 10.0.10.2
	kill $KEEPER
	ends 0
	ok "it goes" ip -n h1 link del br0.10
	soon "the routes come" 3 in_table main \
		10.0.10.11 "$G10" 10.0.20.21 "$G20"
}

hr_repaired()
{
	need_time_travel
	start_empty
	start_keeper
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "there" 3 in_table main 10.0.10.71 "$G10"
	ok "it is deleted by hand" ip -n h1 route flush proto $PROTO
	ok "gone" in_table main
	vm_send v11 "garp,$M1,10.0.10.71"
	sleep_ms 61000
	ok "made again" in_table main 10.0.10.71 "$G10"
}

hr_needs_net_admin()
{
	start_empty
	vm_send v11 "garp,$M1,10.0.10.71"
	bg keeper ns h1 setpriv --bounding-set -net_admin \
		--inh-caps -net_admin anygwctl hostroutes
	KEEPER=$BG
	ends 2
	ok "it reports" reports "Cannot change routes"
}

hr_module_goes()
{
	start_empty
	start_keeper
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "there" 3 in_table main 10.0.10.71 "$G10"
	ok "rmmod" unload
	undo gateways h1
	undo load
	ends 3
	ok "it reports" reports "The module anygw was unloaded"
	ok "no routes" in_table all
	start_keeper
	ends 3
	ok "it reports" reports "is not loaded"
}

run_tests "$@"
