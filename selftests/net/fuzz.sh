#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guests: debug
# timeout: 400
#
# Random frames from VMs, from the fabric and from outside, with an oracle at
# each port: selftests/fuzz. Meanwhile settings change that must not break a
# rule.
#
#   fz ---- v1 v2 v5 (access), t1 (trunk), tap0 tap1 ---- h1 ---- exit0 ---- fz
#                                                         |
#                                                     fab0 fab1 ---- fz
#
# The frames are the same in each run, unless FUZZ_SEED is set. FUZZ_FRAMES is
# their number, for all variants together; FUZZ_FROM skips the first ones.

. "$(dirname "$0")/lib/lib.sh"

SIX=1
VARIANTS="untagged tagged unaware"
CASES="fuzz_by_itself fuzz_beside_changes w11_fuzz_counted"
SEED=${FUZZ_SEED:-1}
FRAMES=${FUZZ_FRAMES:-200000}
EXIT_MAC=52:54:00:e0:00:01
EXIT_PEER=52:54:00:e0:00:02

prepare_fuzzer()
{
	command -v framefuzz > /dev/null ||
		make -s -C "$libdir/../../fuzz" OUT="$TMP"
}

# access_port NAME VLAN...: a VM's port, tagged if there are several VLANs
access_port()
{
	local v tag="pvid untagged"

	[ $# -lt 3 ] && [ "$VARIANT" != tagged ] || tag=
	set_names "$2"
	in_netns h1 "link set $1 master $B up"
	[ "$VARIANT" != unaware ] || return 0
	for v in "${@:2}"; do
		in_bridge h1 "vlan add dev $1 vid $v $tag"
	done
}

# wire_port NAME: a veth pair, whose other end is used by the fuzzer
wire_port()
{
	veth_add h1 "$1" fz "$1"
	in_netns h1 "link set $1 up"
	in_netns fz "link set $1 arp off up"
}

fabric_port()
{
	local v

	wire_port "$1"
	for v in 10 20 30; do
		if [ "$VARIANT" = unaware ]; then
			[ "$v" != 30 ] || continue
			in_netns h1 \
				"link add link $1 name $1.$v type vlan id $v" \
				"link set $1.$v master br$v up"
			continue
		fi
		[ "$v" != 10 ] || in_netns h1 "link set $1 master br0"
		in_bridge h1 "vlan add dev $1 vid $v"
	done
}

bridges()
{
	local v

	if [ "$VARIANT" != unaware ]; then
		in_netns h1 \
			"link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0" \
			"link set br0 up"
		return
	fi
	for v in 10 20; do
		in_netns h1 "link add br$v type bridge" "link set br$v up"
	done
}

# The exit, and a neighbour with a permanent entry
exit_port()
{
	wire_port exit0
	in_netns h1 "link set exit0 address $EXIT_MAC" \
		"address add 10.1.1.1/24 dev exit0" \
		"address add fd01:1::1/64 dev exit0" \
		"neigh add 10.1.1.2 lladdr $EXIT_PEER dev exit0" \
		"neigh add fd01:1::2 lladdr $EXIT_PEER dev exit0" \
		"route add default via 10.1.1.2" \
		"route add default via fd01:1::2"
	SYSCTLS+=(h1:ipv4/conf/exit0/forwarding=1
		h1:ipv6/conf/all/forwarding=1)
}

setup()
{
	local p

	prepare_fuzzer || return 1
	netns_add h1
	netns_add fz
	QUIET+=(fz:ipv6/conf/all/disable_ipv6=1
		fz:ipv6/conf/default/disable_ipv6=1)
	bridges
	for p in fab0 fab1; do
		fabric_port $p
	done
	for p in v1 v2 v3 v5 t1; do
		wire_port $p
	done
	exit_port
	in_netns h1 "tuntap add dev tap0 mode tap vnet_hdr" \
		"tuntap add dev tap1 mode tap vnet_hdr"
	for p in v1 v2 v5 tap0 tap1; do
		access_port $p 10
	done
	access_port v3 20
	access_port t1 10 20 30
	# It would truncate trailing data.
	SYSCTLS+=(h1:bridge/bridge-nf-call-{arp,ip,ip6}tables=0)
	commit || return 1
	ns h1 ethtool -K tap1 gro off || return 1
	snapshot h1
	[ "$VARIANT" = unaware ] || for p in fab0 fab1; do
		anygwctl -n h1 port set dev $p role fabric || return 1
	done
	gateways h1 && set_names 10
}

# port_words: set PORTS to the arguments of the fuzzer
port_words()
{
	local ten=10 twenty=20 trunk=t10,20,30 fabric=t10,20,30

	case $VARIANT in
	tagged) ten=t10 twenty=t20 ;;
	unaware) trunk=10 fabric=t10,20 ;;
	esac
	PORTS=("v1=vm:fz/v1:$ten" "v2=vm:fz/v2:$ten" "v3=vm:fz/v3:$twenty"
		"v5=vm:fz/v5:$ten:quiet" "t1=vm:fz/t1:$trunk"
		"tap0=vm:h1/tap0:$ten:tap" "tap1=vm:h1/tap1:$ten:frags"
		"fab0=fabric:fz/fab0:$fabric" "fab1=fabric:fz/fab1:$fabric"
		exit0=exit:fz/exit0:10)
}

# fuzz SEED FRAMES
fuzz()
{
	local how=aware

	[ "$VARIANT" != unaware ] || how=unaware
	port_words
	framefuzz -s "$1" -f "${FUZZ_FROM:-0}" -n "$2" \
		-k "${FUZZ_VIOLATIONS:-3}" "$how" \
		"${HMAC[1]}" $EXIT_MAC "${PORTS[@]}" > "$TMP/fuzz.out" 2>&1
	FUZZED=$?
	# The output consists of diagnostics.
	tail -n 400 "$TMP/fuzz.out"
	diag "dropped: $(ns_drops)"
	[ "$FUZZED" = 0 ] || fail "seed $1"
}

ns_drops()
{
	anygwctl -n h1 -j -s gateway show | jq -c '[.[].stats.drops | to_entries[]]
		| group_by(.key) | map({(.[0].key): (map(.value) | add)}) | add'
}

# ---------------------------------------------------------------- changes

# change: make a random change, which may be refused
change()
{
	local set=(anygwctl -n h1 gateway set dev "$G")

	case $((RANDOM % 14)) in
	0) ip -n h1 address add 10.0.10.129/24 dev "$G" ;;
	1) ip -n h1 address del 10.0.10.129/24 dev "$G" ;;
	2) ip -n h1 address add fd00:10::129/64 dev "$G" ;;
	3) ip -n h1 address del fd00:10::129/64 dev "$G" ;;
	4) "${set[@]}" fastpath off ;;
	5) "${set[@]}" fastpath on ;;
	6) "${set[@]}" host-address 10.0.10.251/24 ;;
	7) "${set[@]}" host-address none ;;
	8) anygwctl -n h1 port set dev v5 endpoints $((RANDOM % 100 + 1)) ;;
	9) anygwctl -n h1 endpoint flush ;;
	10) bridge -n h1 fdb flush dev "$B" ;;
	11) ip -n h1 link set v5 down && ip -n h1 link set v5 up ;;
	12) ip -n h1 link set exit0 mtu $((RANDOM % 2 * 200 + 1300)) ;;
	13) other_gateway ;;
	esac
}

# A gateway in VLAN 10 with another MAC and no address
other_gateway()
{
	set_bridge_args 10
	# shellcheck disable=SC2086
	anygwctl -n h1 gateway add $BR name gwx vrrp 77 ||
		anygwctl -n h1 gateway del dev gwx
}

changes()
{
	RANDOM=$1
	while :; do
		change > /dev/null 2>&1
		pause
		pause
	done
}

# ---------------------------------------------------------------- tests

# seed_of: set S; each variant and case has its own seed
seed_of()
{
	local earlier=${VARIANTS%%"$VARIANT"*}

	S=$((SEED + ${#earlier} * 100 + $1))
	[ -z "${FUZZ_FROM:-}" ] || S=$SEED
}

fuzz_by_itself()
{
	seed_of 0
	fuzz "$S" $((FRAMES / 6))
}

fuzz_beside_changes()
{
	seed_of 1
	changes "$S" &
	PIDS+=($!)
	fuzz "$S" $((FRAMES / 6))
}

# Fenced frames are counted, each drop reason by its name.
w11_fuzz_counted()
{
	local drops reason

	drops=$(ns_drops)
	for reason in malformed spoofed-vmac spoofed-host-mac claimed-address \
		rogue-router beacon exthdr-truncated access-to-host-mac fabric-to-vmac \
		fabric-from-vmac fabric-claim own-host-mac not-for-host \
		foreign-request fabric-untranslatable; do
		more "$reason" "$(json_number "$drops" "$reason")" 0
	done
}

run_tests "$@"
