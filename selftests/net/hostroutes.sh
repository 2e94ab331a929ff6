#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# boot: time-travel=inf-cpu
#
# "anygwctl hostroutes": routes follow the endpoints, whatever befalls the
# events, the gateways or the process.

. "$(dirname "$0")/lib.sh"

SIX=1
KINDS="untagged unaware"
TESTS="hr_follows hr_six hr_starts_with_what_is_there hr_overrun
	hr_killed hr_ends hr_table hr_one_keeper_to_a_table hr_vrf
	hr_standby hr_down hr_gateway_goes hr_several_addresses_and_gateways hr_others_stay
	w20_hr_own_network_keeps_its_way@untagged
	hr_needs_net_admin hr_module_goes"
# What is about seconds that pass runs where time travels.
! grep -q time-travel /proc/cmdline ||
	TESTS+=" hr_address_comes_after_the_rarp hr_repaired"

setup()
{
	topo 1 && gateways h1 &&
		vm v11 h1 10 10.0.10.11 &&
		vm v12 h1 10 10.0.10.12 &&
		vm v21 h1 20 10.0.20.21 &&
		commit && names 10 && G10=$G && names 20 && G20=$G
}

M1=52:54:00:aa:00:01
M2=52:54:00:aa:00:02

ctl() { anygwctl -n h1 "$@"; }

# By its number: the file with its name may not be installed.
PROTO=97

# in_table TABLE [ADDRESS DEVICE]...: these are its host routes, and no others
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

# Those on standard input, in any order, and those in the file. It is asked again
# and again: without a process.
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

# keep WORD...: starts it; KEEPER is its process
keep()
{
	bg keeper anygwctl -n h1 -d hostroutes "$@"
	KEEPER=$BG
}

# ends CODE: the process ends with it
ends()
{
	soon "it ends" 5 ended "$KEEPER"
	wait "$KEEPER"
	equal "its exit code" $? "$1"
}

ended() { ! kill -0 "$1"; }

says() { grep -qF -- "$1" "$TMP/keeper.err"; }

# Each test starts with nobody known, and no routes.
fresh()
{
	ok "flush" ctl endpoint flush
	ok "no routes" in_table all
	forget h1
}

# ---------------------------------------------------------------- following

hr_follows()
{
	fresh
	keep
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "an endpoint comes" 3 in_table main 10.0.10.71 "$G10"
	grep -q "^10.0.10.71 .*scope link" "$TMP/routes" ||
		fail "on the link: $(< "$TMP/routes")"
	vm_say v11 "garp,$M1,10.0.10.72"
	vm_say v21 "garp,$M2,10.0.20.71"
	soon "with another address, and another endpoint" 4 in_table main \
		10.0.10.71 "$G10" 10.0.10.72 "$G10" 10.0.20.71 "$G20"
	fabric_say h1 "rarp,$M1,v10"
	soon "it is elsewhere" 3 in_table main 10.0.20.71 "$G20"
	vm_say v12 "rarp,$M1"
	soon "and back" 4 in_table main \
		10.0.10.71 "$G10" 10.0.10.72 "$G10" 10.0.20.71 "$G20"
	ok "flush one gateway" ctl endpoint flush dev "$G10"
	soon "gone" 3 in_table main 10.0.20.71 "$G20"
	kill $KEEPER
	ends 0
}

# QEMU announces a VM without its address. That comes a moment later, and does
# not wait for the next second.
hr_address_comes_after_the_rarp()
{
	local start

	travels
	fresh
	keep
	vm_say v21 "garp,$M2,10.0.20.71"
	soon "it listens" 3 in_table main 10.0.20.71 "$G20"
	now_ms
	start=$NOW
	vm_say v11 "rarp,$M1"
	elapse 200
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "a route" 3 in_table main 10.0.10.71 "$G10" 10.0.20.71 "$G20"
	now_ms
	[ $((NOW - start)) -lt 700 ] || fail "after $((NOW - start)) ms"
}

# IPv6 is there all the time, and comes and goes with the rest.
hr_six()
{
	fresh
	keep
	ok "it speaks" vm_ping v11 fd00:10::1
	soon "a route" 3 has_six fd00:10::11 "$G10"
	grep -q " metric 1 " "$TMP/six" || fail "its metric: $(< "$TMP/six")"
	fabric_say h1 "rarp,${VM_MAC[v11]},v10"
	soon "it goes" 3 no_six fd00:10::11
	ok "it speaks" vm_ping v11 fd00:10::1
	soon "it comes" 4 has_six fd00:10::11 "$G10"
	grep fe80 "$TMP/six" && fail "to a link-local address"
	kill $KEEPER
	ends 0
	equal "none is left" "$(ip -6 -n h1 route show table all proto $PROTO)" ""
}

six_routes() { ip -6 -n h1 route show table main proto $PROTO > "$TMP/six"; }

has_six()
{
	six_routes
	grep -q "^$1 dev $2 " "$TMP/six"
}

no_six()
{
	six_routes
	! grep -q "^$1 " "$TMP/six"
}

hr_starts_with_what_is_there()
{
	fresh
	vm_say v11 "garp,$M1,10.0.10.71"
	ok "a VM speaks" vm_ping v21 10.0.20.1
	soon "both" 2 knows_both
	keep
	soon "both" 3 in_table main 10.0.10.71 "$G10" 10.0.20.21 "$G20"
}

knows_both()
{
	ctl -j endpoint show | jq -e \
		'[.[].addresses[] | select(contains("."))] | sort == ["10.0.10.71", "10.0.20.21"]'
}

# What is lost while it cannot read comes back by reading all.
hr_overrun()
{
	fresh
	keep
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "the first" 3 in_table main 10.0.10.71 "$G10"
	ok "it stops" kill -STOP $KEEPER
	undo kill -CONT $KEEPER
	ok "a crowd comes" wire -N v12 send -n 1000 "${VM_DEV[v12]}" \
		"mark,new,1"
	soon "it is known" 5 crowd
	fabric_say h1 "rarp,$M1,v10"
	vm_say v21 "garp,$M2,10.0.20.71"
	soon "the first is gone, another is there" 3 second_alone
	# What is said of them is lost.
	elapse 1500
	ok "it goes on" kill -CONT $KEEPER
	soon "it has missed something" 5 says "everything is read again"
	soon "and knows all the same" 3 in_table main 10.0.20.71 "$G20"
	ok "the crowd goes" ctl endpoint flush
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "and listens" 3 in_table main 10.0.10.71 "$G10"
}

crowd() { [ "$(ctl -j endpoint show dev "$G10" | jq length)" -gt 900 ]; }

second_alone()
{
	ctl -j endpoint show | jq -e \
		'[.[].addresses[] | select(contains("."))] == ["10.0.20.71"]'
}

# ---------------------------------------------------------------- its life

hr_killed()
{
	fresh
	keep
	vm_say v11 "garp,$M1,10.0.10.71"
	vm_say v21 "garp,$M2,10.0.20.71"
	soon "both" 3 in_table main 10.0.10.71 "$G10" 10.0.20.71 "$G20"
	kill -KILL $KEEPER
	soon "it is dead" 2 ended $KEEPER
	ok "its routes are left" in_table main \
		10.0.10.71 "$G10" 10.0.20.71 "$G20"
	fabric_say h1 "rarp,$M1,v10"
	ok "of another table" ip -n h1 route add 10.0.10.73 dev "$G10" \
		table 100 proto $PROTO
	vm_say v12 "garp,52:54:00:aa:00:03,10.0.10.72"
	keep
	soon "what has changed is mended" 3 in_table main \
		10.0.10.72 "$G10" 10.0.20.71 "$G20"
	soon "what nobody keeps is cleared" 2 in_table 100
	grep -q 10.0.20.71 "$TMP/keeper.out" &&
		fail "made again: $(< "$TMP/keeper.out")"
	return 0
}

hr_ends()
{
	local signal

	fresh
	vm_say v11 "garp,$M1,10.0.10.71"
	for signal in TERM INT; do
		keep
		soon "a route" 3 in_table main 10.0.10.71 "$G10"
		kill -$signal $KEEPER
		ends 0
		ok "its routes go" in_table all
		equal "without a word" "$(< "$TMP/keeper.err")" ""
	done
}

# ---------------------------------------------------------------- tables

hr_table()
{
	fresh
	keep table 4000000000
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "there" 3 in_table 4000000000 10.0.10.71 "$G10"
	ok "and nowhere else" in_table main
	kill $KEEPER
	ends 0
	ok "gone" in_table all
}

hr_one_keeper_to_a_table()
{
	local first words

	fresh
	vm_say v11 "garp,$M1,10.0.10.71"
	keep
	first=$KEEPER
	soon "one for main" 3 in_table main 10.0.10.71 "$G10"
	for words in "" "table 254"; do
		# shellcheck disable=SC2086
		keep $words
		ends 2
		ok "named" says "Process $first already maintains the host routes in table main"
		ok "it harms nobody" in_table main 10.0.10.71 "$G10"
	done
	keep table 100
	soon "another for another" 3 in_table 100 10.0.10.71 "$G10"
	kill $KEEPER
	ends 0
	ok "with its own alone" in_table 100
	ok "the first stays" in_table all 10.0.10.71 "$G10"
	bg other anygwctl -n sw hostroutes
	elapse 500
	kill -0 $BG || fail "another host: $(< "$TMP/other.err")"
}

hr_vrf()
{
	fresh
	ok "a VRF" ip -n h1 link add red type vrf table 100
	undo ip -n h1 link del red
	ok "up" ip -n h1 link set red up
	undo ctl gateway set dev "$G20" vrf none
	keep
	vm_say v11 "garp,$M1,10.0.10.71"
	vm_say v21 "garp,$M2,10.0.20.71"
	soon "both" 3 in_table main 10.0.10.71 "$G10" 10.0.20.71 "$G20"
	ok "into the VRF" ctl gateway set dev "$G20" vrf red
	vm_say v21 "garp,$M2,10.0.20.71"
	soon "with its route" 4 in_table 100 10.0.20.71 "$G20"
	ok "only the other is left" in_table main 10.0.10.71 "$G10"
	kill $KEEPER
	ends 0
	ok "none" in_table all
	keep table 300
	soon "a given table is for all" 3 in_table 300 \
		10.0.10.71 "$G10" 10.0.20.71 "$G20"
	kill $KEEPER
	ends 0
	keep
	soon "again" 3 in_table 100 10.0.20.71 "$G20"
	ok "out of the VRF" ctl gateway set dev "$G20" vrf none
	vm_say v21 "garp,$M2,10.0.20.71"
	soon "back" 4 in_table main 10.0.10.71 "$G10" 10.0.20.71 "$G20"
	ok "nothing is left" in_table 100
}

# ---------------------------------------------------------------- gateways

hr_standby()
{
	local mode

	fresh
	keep
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "active" 3 in_table main 10.0.10.71 "$G10"
	undo ctl gateway set dev "$G10" mode active
	for mode in standby observe; do
		ok "$mode" ctl gateway set dev "$G10" mode $mode
		soon "withdrawn in $mode" 2 in_table main
		ok "active" ctl gateway set dev "$G10" mode active
		vm_say v11 "garp,$M1,10.0.10.71"
		soon "back" 4 in_table main 10.0.10.71 "$G10"
	done
}

hr_down()
{
	fresh
	keep
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "up" 3 in_table main 10.0.10.71 "$G10"
	ok "down" ip -n h1 link set "$G10" down
	undo ip -n h1 link set "$G10" up
	soon "withdrawn" 2 in_table main
	ok "up" ip -n h1 link set "$G10" up
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "back" 4 in_table main 10.0.10.71 "$G10"
	equal "without a word" "$(< "$TMP/keeper.err")" ""
}

hr_gateway_goes()
{
	fresh
	keep
	vm_say v21 "garp,$M2,10.0.20.71"
	soon "there" 3 in_table main 10.0.20.71 "$G20"
	br_words 20
	# shellcheck disable=SC2086
	undo ctl gateway add $BR address 10.0.20.1/24 address fd00:20::1/64
	ok "the gateway goes" ctl gateway del dev "$G20"
	soon "and the route" 2 in_table all
	# shellcheck disable=SC2086
	ok "it comes" ctl gateway add $BR address 10.0.20.1/24 \
		address fd00:20::1/64
	vm_say v21 "garp,$M2,10.0.20.71"
	soon "and the route" 4 in_table main 10.0.20.71 "$G20"
	equal "without a word" "$(< "$TMP/keeper.err")" ""
}

# The endpoint is one gateway's, but each address is its own gateway's.
hr_several_addresses_and_gateways()
{
	fresh
	br_words 10
	# shellcheck disable=SC2086
	ok "a second gateway in the VLAN" ctl gateway add $BR vrrp 7 \
		address 192.0.2.1/24 name other
	undo ctl gateway del dev other
	keep
	vm_say v11 "garp,$M1,10.0.10.71" "garp,$M1,192.0.2.7"
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

	fresh
	ok "a route by hand" ip -n h1 route add 10.0.10.71 dev lo
	undo ip -n h1 route del 10.0.10.71
	ok "an older one" ip -n h1 route add 10.0.10.73 dev "$G10" metric 5 \
		proto $PROTO
	before=$(ip -n h1 route show table all | grep -v "proto $PROTO")
	vm_say v11 "garp,$M1,10.0.10.71"
	vm_say v12 "garp,$M2,10.0.10.72"
	keep
	soon "what is free" 3 in_table main 10.0.10.72 "$G10"
	ok "the other is named" says "already has a route to 10.0.10.71/32 of another protocol"
	vm_say v12 "garp,$M2,10.0.10.74"
	soon "more" 4 in_table main 10.0.10.72 "$G10" 10.0.10.74 "$G10"
	equal "named once" "$(grep -c 10.0.10.71 "$TMP/keeper.err")" 1
	equal "nothing else has changed" \
		"$(ip -n h1 route show table all | grep -v "proto $PROTO")" \
		"$before"
	kill $KEEPER
	ends 0
	equal "nor at its end" "$(ip -n h1 route show table all)" "$before"
}

# A longer prefix would draw the host's own packets out of their way.
w20_hr_own_network_keeps_its_way()
{
	fresh
	ok "strict" wire sysctl h1:ipv4/conf/all/rp_filter=1
	undo wire sysctl h1:ipv4/conf/all/rp_filter=0
	ok "both speak" vm_ping v11 10.0.10.1
	ok "both speak" vm_ping v21 10.0.20.1
	# A shorter prefix has no say.
	ok "elsewhere" ip -n h1 address add 10.0.255.2/16 dev br0
	undo ip -n h1 address del 10.0.255.2/16 dev br0
	keep
	soon "both" 3 in_table main 10.0.10.11 "$G10" 10.0.20.21 "$G20"
	in_space h1 "link add link br0 name br0.10 type vlan id 10" \
		"link set br0.10 up" "address add 10.0.10.2/24 dev br0.10"
	undo ip -n h1 link del br0.10
	ok "an address of the host" commit
	soon "its network is left alone" 2 in_table main 10.0.20.21 "$G20"
	ok "that is said" says "no routes to endpoints of $G10"
	ok "a VM reaches it" vm_ping v11 10.0.10.2
	keep table 100
	soon "a table of its own has them" 3 in_table 100 \
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
	travels
	fresh
	keep
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "there" 3 in_table main 10.0.10.71 "$G10"
	ok "somebody deletes it" ip -n h1 route flush proto $PROTO
	ok "gone" in_table main
	vm_say v11 "garp,$M1,10.0.10.71"
	elapse 61000
	ok "made again" in_table main 10.0.10.71 "$G10"
}

hr_needs_net_admin()
{
	fresh
	vm_say v11 "garp,$M1,10.0.10.71"
	bg keeper ns h1 setpriv --bounding-set -net_admin \
		--inh-caps -net_admin anygwctl hostroutes
	KEEPER=$BG
	ends 2
	ok "said" says "Cannot change routes"
}

hr_module_goes()
{
	fresh
	keep
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "there" 3 in_table main 10.0.10.71 "$G10"
	ok "rmmod" unload
	undo gateways h1
	undo load
	ends 3
	ok "said" says "The module anygw was unloaded"
	ok "no routes" in_table all
	keep
	ends 3
	ok "said" says "is not loaded"
}

run_scene "$@"
