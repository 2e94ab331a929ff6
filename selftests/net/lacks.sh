#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guests: noipv6 bare debug
# timeout: 120
#
# Hosts without IPv6 (section 5): the kernel was started with ipv6.disable=1, or
# built without it, or (debug) it is off in each namespace. Whatever IPv6 a VM,
# the fabric, the host itself or a user sends or requests, the host keeps
# working and serves IPv4. Two gateways share VLAN 10.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged unaware"
CASES="s05_vm_sends_packets s05_vm_sends_discovery s05_fabric_sends_discovery
	s05_host_sends_discovery s05_the_same_with_fallback
	s05_trace_is_asked s05_addresses_are_refused s05_tool_and_check"

SECOND=02:61:6e:00:00:02
ALL=33:33:00:00:00:01

setup()
{
	topo 2 exits && gateways h1 h2 || return 1
	set_bridge_args 10
	# shellcheck disable=SC2086
	anygwctl -n h1 gateway add $BR name second mac $SECOND \
		address 10.0.10.2/24 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v21 h1 20 10.0.20.21 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10
}

# The end of each case
check_service()
{
	local to

	for to in 10.0.10.1 10.0.10.2 10.0.20.21 10.0.10.12 $SRV; do
		ok "IPv4 to $to" vm_ping v11 $to
	done
}

# ---------------------------------------------------------------- frames

# frame6 DST SRC PROTOCOL HOPS FROM TO LOAD: as hex digits, with the TAG of VLAN
# 10
frame6()
{
	local size tag=

	[ -z "$TAG" ] || tag=8100000a
	printf -v size %04x $((${#7} / 2))
	FRAME=hex,${1//:/}${2//:/}${tag}86dd60000000$size$3$4$5$6$7
}
TAG=

# tag_words: add the TAG to PACKETS that are words
tag_words()
{
	local i

	for i in "${!PACKETS[@]}"; do
		[[ ${PACKETS[i]} == hex,* ]] || PACKETS[i]+=$TAG
	done
}

FROM=fd000010000000000000000000000011
LINK=fe800000000000000000000000000011
NEAR=fd000020000000000000000000000021
AWAY=fd030000000000000000000000000001
REPORTS=ff020000000000000000000000000016

# set_packets SRC DST: set PACKETS to packets of many types
set_packets()
{
	local dst=$1 src=$2 to syn

	syn=1111005000000001000000005002020000000000
	PACKETS=("udp6,$dst,$src,fd00:10::11,fd03::1,9"
		"udp6,$dst,$src,fd00:10::11,fd00:20::21,9"
		"udp6,$dst,$src,fd00:10::11,fd03::1,9,1"
		"udp6,$dst,$src,fe80::11,$GATEWAY_LL,9"
		"udp6,$dst,$src,::,fd03::1,9" "udp6,$dst,$src,::1,::1,9")
	for to in $AWAY $NEAR; do
		frame6 "$dst" "$src" 06 40 $FROM $to $syn
		PACKETS+=("$FRAME")
		# An echo request, and a first fragment
		frame6 "$dst" "$src" 3a 40 $FROM $to 8000000000010001
		PACKETS+=("$FRAME")
		frame6 "$dst" "$src" 2c 40 $FROM $to 3a00000100000001$syn
		PACKETS+=("$FRAME")
	done
	tag_words
}

# set_discovery: set PACKETS to neighbour discovery and MLD
set_discovery()
{
	local src=$1 type

	PACKETS=("ns,group,$src,fd00:10::11,fd00:10::1,$src"
		"ns,group,$src,::,fd00:10::11"
		"ns,group,$src,fd00:10::1,fd00:10::11,$src"
		"ns,$VMAC,$src,fd00:10::11,fd00:10::1,$src"
		"ns,$SECOND,$src,fe80::11,$GATEWAY_LL,$src"
		"ns,${HMAC[1]},$src,fe80::11,fd00:10::11,$src"
		"na,$ALL,$src,fd00:10::11,ff02::1,fd00:10::11,32,$src"
		"na,$ALL,$src,fd00:10::1,ff02::1,fd00:10::1,160,$src"
		"na,$VMAC,$src,fd00:10::11,$GATEWAY_LL,fd00:10::11,96,$src"
		"na,${HMAC[1]},$src,fd00:10::11,fe80::1,fd00:10::11,96,$src"
		"rs,$src,fe80::11" "ra,$src,fe80::11,$src" "ra,$src,$GATEWAY_LL"
		"redirect,$VMAC,$src,fe80::11,fd00:10::1,fd00::9,$src")
	# MLD: a report of version 2, one of version 1, a query
	for type in 8f 83 82; do
		frame6 33:33:00:00:00:16 "$src" 00 01 $LINK $REPORTS \
			3a000502000001008f00000000000001$REPORTS
		PACKETS+=("${FRAME/01008f/0100$type}")
	done
	tag_words
}

# ---------------------------------------------------------------- senders

# The second packet takes the fast path.
vm_packets()
{
	local dst

	for dst in $VMAC $SECOND $ALL; do
		set_packets $dst "${VM_MAC[v11]}"
		ok "packets" wire -N v11 send -n 4 "${VM_DEV[v11]}" \
			"${PACKETS[@]}"
	done
	check_service
}

vm_discovery()
{
	set_discovery "${VM_MAC[v11]}"
	ok "discovery" wire -N v11 send -n 3 "${VM_DEV[v11]}" "${PACKETS[@]}"
	# An address that moves between two VMs
	ok "a claim" vm_send v13 "na,$ALL,${VM_MAC[v13]},fd00:10::11,ff02::1,fd00:10::11,32,${VM_MAC[v13]}"
	check_service
}

fabric_discovery()
{
	local src TAG=,v10

	for src in $BARE10 0a:61:6e:00:00:0a $VMAC; do
		set_discovery $src
		fabric_send h1 "${PACKETS[@]}"
		set_packets "${HMAC[1]}" $src
		fabric_send h1 "${PACKETS[@]}"
	done
	check_service
}

host_discovery()
{
	local me=52:54:00:00:00:b0 dev src TAG=,v10

	[ "$VARIANT" != unaware ] || TAG=
	for src in $me $VMAC "${HMAC[1]}"; do
		set_discovery $src
		ok "on the bridge" wire -N h1 send -n 2 "$B" "${PACKETS[@]}"
	done
	TAG=
	for dev in "$G" second; do
		set_discovery $VMAC
		ok "on the gateway" wire -N h1 send -n 2 $dev "${PACKETS[@]}"
	done
	check_service
}

s05_vm_sends_packets() { vm_packets; }

s05_vm_sends_discovery() { vm_discovery; }

s05_fabric_sends_discovery() { fabric_discovery; }

s05_host_sends_discovery() { host_discovery; }

s05_the_same_with_fallback()
{
	local dev

	for dev in "$G" second; do
		ok "coexist" anygwctl -n h1 gateway set dev $dev coexist on \
			fallback on
		undo anygwctl -n h1 gateway set dev $dev coexist off
	done
	vm_packets
	vm_discovery
	fabric_discovery
	host_discovery
}

# ---------------------------------------------------------------- the tool

s05_trace_is_asked()
{
	local to output rc

	for to in fd03::1 fd00:20::21 fd00:10::1; do
		output=$(anygwctl -n h1 -j trace dev "$G" from fd00:10::11 \
			to $to 2>&1)
		rc=$?
		[[ $output == *'"reason":"no-protocol"'* ]] ||
			fail "to $to ($rc): $output"
	done
	output=$(anygwctl -n h1 -j trace dev "$G" from 10.0.10.11 to $SRV) ||
		fail "IPv4: $output"
	# Without the capability the request is refused earlier.
	refuses ns h1 setpriv --reuid 65534 --clear-groups anygwctl trace \
		dev "$G" from fd00:10::11 to fd03::1
	check_service
}

# refuses WORD...: exit code 2 and an error message
refuses()
{
	local output rc

	output=$("$@" 2>&1)
	rc=$?
	[ $rc = 2 ] && [ -n "$output" ] || fail "\`$*' ($rc): $output"
}

s05_addresses_are_refused()
{
	local before

	before=$(anygwctl -n h1 save)
	refuses anygwctl -n h1 gateway set dev "$G" \
		host-address fd00:10::251/64
	refuses anygwctl -n h1 gateway set dev "$G" \
		address 10.0.10.1/24 address fd00:10::1/64
	equal "nothing has changed" "$(anygwctl -n h1 save)" "$before"
	check_service
}

s05_tool_and_check()
{
	ok "show" anygwctl -n h1 -s gateway show
	equal "its addresses" "$(anygwctl -n h1 -j gateway show dev "$G" |
		jq -c '.[0].addresses')" '["10.0.10.1/24"]'
	ok "endpoints" anygwctl -n h1 endpoint show
	ok "metrics" anygwctl -n h1 metrics
	anygwctl -n h1 save > "$TMP/saved" || fail "save"
	ok "apply" anygwctl -n h1 apply "$TMP/saved"
	ns h1 anygwctl check > "$TMP/check" 2>&1
	[ $? -lt 3 ] && [ -s "$TMP/check" ] || fail "check: $(< "$TMP/check")"
	check_service
}

run_tests "$@"
