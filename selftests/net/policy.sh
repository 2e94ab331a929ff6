#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Routing policy that changes at random under traffic (W10, W15): rules, several
# tables, next hop objects, VRFs, links. Two identical hosts, one without the
# fast path, get the same changes and the same packets; each packet takes the
# same route in both, the one of "ip route get".
#
#	POLICY_SEED	the seed, which is printed
#	POLICY_STEPS	changes in each case
#	CHECK_ALL	more of them, and another seed each time

SIX=1
. "$(dirname "$0")/lib/lib.sh"

# Each variant has its own hosts; "beside" has a router on the fabric.
VARIANTS="ipv4 ipv6 beside4 beside6"
CASES="w10_policy@ipv4 w10_policy@ipv6 w15_policy@beside4 w15_policy@beside6"

if [ -n "${CHECK_ALL:-}" ]; then
	SEED=${POLICY_SEED:-$RANDOM$RANDOM}
	STEPS=${POLICY_STEPS:-600}
else
	SEED=${POLICY_SEED:-1}
	STEPS=${POLICY_STEPS:-$((240 / SLOW))}
fi

# The MAC of the first exit's next hops without the last digit
HOP=02:00:00:00:01:0

# add_policy_host HOST: the other ends of its devices are in "out", with the
# host's name
add_policy_host()
{
	local h=$1 n v

	netns_add "$h"
	veth_add "$h" fab0 out "f$h"
	in_netns "$h" "link set fab0 up"
	host_bridges "$h"
	for n in 1 2 3 4; do
		veth_add "$h" e$n out "e$n$h"
		in_netns "$h" "link set e$n up" "address add 10.10$n.0.1/24 dev e$n" \
			"address add fd0a:$n::1/64 dev e$n nodad"
		in_netns out "link set e$n$h up"
	done
	# An IPv6 next hop for IPv4
	for n in 2 3; do
		in_netns "$h" \
			"neigh add fd0a:1::$n lladdr ${HOP}$n dev e1 nud permanent"
	done
	in_netns "$h" "link set e4 group 7" \
		"link add red type vrf table 110" "link set red up"
	in_netns out "link set f$h up"
	for v in 10 20; do
		veth_add "$h" "v$v" out "v$v$h"
		in_netns "$h" "link set v$v master br0 up"
		in_netns out "link set v$v$h up"
		port_vlan "$h" "v$v" $v
	done
	# No limit for ICMP errors; routes that refuse have their own limit.
	SYSCTLS+=("$h:ipv6/conf/all/forwarding=1" "$h:ipv6/icmp/ratelimit=0"
		"$h:ipv4/icmp_ratelimit=0")
}

setup()
{
	netns_add out
	SYSCTLS+=(out:ipv6/conf/all/disable_ipv6=1
		out:ipv6/conf/default/disable_ipv6=1)
	add_policy_host h1
	add_policy_host h2
	commit || return 1
	echo 100000 > /proc/sys/net/ipv4/icmp_msgs_per_sec
	echo 100000 > /proc/sys/net/ipv4/icmp_msgs_burst
	echo 0 > /proc/sys/net/ipv4/route/error_cost
	SNAPSHOTS=()
	snapshot h1
	snapshot h2
	gateways h1 h2 && disable_fastpath
}

disable_fastpath()
{
	local v

	for v in 10 20; do
		anygwctl -n h2 gateway set dev gw$v fastpath off || return 1
	done
	[[ $VARIANT == ipv? ]] && return
	for v in h1 h2; do
		anygwctl -n $v gateway set dev gw10 coexist on || return 1
	done
}

# gw_sum HOST KEY: of both gateways
gw_sum() { echo $(($(gw_stat "$1" gw10 "$2") + $(gw_stat "$1" gw20 "$2"))); }

# policy [fallback]: print the number of packets, and how many were fast
policy()
{
	local fast all

	diag "seed $SEED, $STEPS steps"
	/usr/bin/python3 "$libdir/policy.py" "${VARIANT: -1}" "$SEED" "$STEPS" "$@" \
		> "$TMP/policy.out" 2>&1 ||
		fail "POLICY_SEED=$SEED: $(< "$TMP/policy.out")"
	diag "$(< "$TMP/policy.out")"
	fast=$(gw_sum h1 fastpath)
	all=$(gw_sum h1 captured)
	diag "$fast of $all took the fast path"
	equal "the fast path that is off" "$(gw_sum h2 fastpath)" 0
	# Otherwise nothing has been tested.
	more "took the fast path" "$((fast * 10))" "$all"
}

w10_policy() { policy; }

w15_policy()
{
	policy fallback
	more "bridged to the router" "$(gw_stat h1 gw10 fallback)" $((STEPS / 10))
}

run_tests "$@"
