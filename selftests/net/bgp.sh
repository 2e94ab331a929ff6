#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 150
#
# Ingress follows the VM: two hosts and a border router with FRR's BGP.
#
#   h1 ---- border ---- h2    border   has the server's address
#    |                  |
#    +------- sw -------+     sw       the stretched VLAN

. "$(dirname "$0")/lib/lib.sh"
. "$(dirname "$0")/lib/frr.sh"

SIX=1
KEEPER=()
VARIANTS="untagged"
CASES="bgp_subnet_from_both bgp_vm_is_announced_by_its_host
	bgp_way_in_moves bgp_way_in_moves_back bgp_end_withdraws"

# exit_to_border N
exit_to_border()
{
	veth_add "h$1" exit0 border "d$1"
	in_netns "h$1" "address add 10.1.$1.1/24 dev exit0" "link set exit0 up"
	in_netns border "address add 10.1.$1.2/24 dev d$1" "link set d$1 up"
	in_netns6 "h$1" "address add fd01:$1::1/64 dev exit0"
	in_netns6 border "address add fd01:$1::2/64 dev d$1"
	SYSCTLS+=("h$1:ipv4/conf/exit0/forwarding=1"
		"h$1:ipv6/conf/all/forwarding=1")
}

setup()
{
	local n

	switch_add
	netns_add border
	in_netns border "address add $SRV/32 dev lo"
	in_netns6 border "address add $SRV6/128 dev lo"
	SYSCTLS+=(border:ipv4/ip_forward=1 border:ipv6/conf/all/forwarding=1)
	for n in 1 2; do
		host_add h$n
		exit_to_border $n
	done
	commit || return 1
	snapshot h1
	snapshot h2
	gateways h1 h2 || return 1
	vm_add_mobile m1 10 10.0.10.14 h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10 || return 1
	frr_start border < <(page_text bgp-border) &&
		frr_start h1 < <(page_text bgp-host) &&
		frr_start h2 < <(page_text bgp-host |
			sed 's/10\.1\.1\./10.1.2./; s/fd01:1:/fd01:2:/
				s/65001/65002/; s/ h1/ h2/') ||
		return 1
	for n in 1 2; do
		bg keeper$n anygwctl -n h$n hostroutes
		KEEPER[n]=$BG
	done
}

# route_is_via ADDRESS N: the border routes it to hN
route_is_via()
{
	[[ $(ip -n border route get "$1" from $SRV) == *" dev d$2 "* ]]
}

# host_route_is_via ADDRESS N: the same by a host route
host_route_is_via()
{
	[[ $(ip -n border route show exact "$1/32" proto bgp) == *" dev d$2 "* ]]
}

route6_is_via()
{
	[[ $(ip -n border route get "$1" from $SRV6) == *" dev d$2 "* ]]
}

has_route()
{
	[[ -n $(ip -n "$1" route show exact "$2" proto bgp) ]]
}

has_route6() { [[ -n $(ip -6 -n "$1" route show exact "$2" proto bgp) ]]; }

bgp_subnet_from_both()
{
	soon "the subnet" 20 has_route border 10.0.10.0/24
	soon "from both" 20 paths 10.0.10.0/24 2
	soon "the exit of h1" 10 has_route h1 default
	soon "the exit of h2" 10 has_route h2 default
	soon "the same with IPv6" 10 has_route6 border fd00:10::/64
	soon "the exit of h1" 10 has_route6 h1 default
	soon "the exit of h2" 10 has_route6 h2 default
}

bgp_vm_is_announced_by_its_host()
{
	local n

	ok "they send" vm_ping v11 10.0.10.1
	ok "they send" vm_ping v12 10.0.10.1
	for n in 1 2; do
		soon "a route of its own" 5 has_route border 10.0.10.1$n/32
		soon "to its host" 5 route_is_via 10.0.10.1$n $n
		ok "in and out" vm_ping v1$n $SRV
		ok "it sends IPv6" vm_ping v1$n fd00:10::1
		soon "the same" 5 has_route6 border fd00:10::1$n/128
		soon "to its host" 5 route6_is_via fd00:10::1$n $n
		ok "in and out" vm_ping v1$n $SRV6
	done
	equal "no host takes over the other's VMs" \
		"$(ip -n h1 route show proto bgp | grep -v ^default)" ""
}

# longest_pause CAPTURE PATTERN: set GAP to the longest time between two frames
longest_pause()
{
	GAP=$(grep -E -e "$2" "$TMP/$1.txt" | sed 's/^t=\([0-9]*\) .*/\1/' |
		awk 'NR > 1 && $1 - last > gap { gap = $1 - last }
			{ last = $1 } END { print gap + 0 }')
}

PING="ip=203\.0\.113\.1>10\.0\.10\.14 .*icmp=8/0"

check_migration()
{
	local from=$1 to=$2 start late

	VM_HOST[m1]=h$from
	ok "it sends" vm_ping m1 10.0.10.1
	ok "it sends" vm_ping m1 fd00:10::1
	soon "ingress is via h$from" 10 host_route_is_via 10.0.10.14 "$from"
	soon "with IPv6 too" 10 route6_is_via fd00:10::14 "$from"
	cap vm=m1/eth0 old=border/d"$from" new=border/d"$to"
	bg pings ns border ping -n -I $SRV -i 0.02 -q 10.0.10.14
	await vm "a steady stream arrives" " in .*$PING" 20
	migrate_vm m1 h"$to"
	vm_send m1 "rarp,${VM_MAC[m1]}"
	now_ms
	start=$NOW
	soon "its own route is via h$to" 10 host_route_is_via 10.0.10.14 "$to"
	now_ms
	late=$((NOW - start))
	await new "and the stream takes it" " out .*$PING" 20
	sleep_ms 300
	ok "the stream ends" kill $BG
	cap_end
	longest_pause vm " in .*$PING"
	diag "h$from to h$to: inbound traffic paused for $GAP ms while the VM moved; the border has its new route $late ms after its first word"
	soon "one route is left" 5 paths 10.0.10.14/32 1
	# Only an address in use is learned.
	ok "it sends" vm_ping m1 fd00:10::1
	soon "IPv6 follows" 10 route6_is_via fd00:10::14 "$to"
	has_frames old " out .*$PING" || fail "nothing took the old route"
	[ "$late" -lt $((5000 * SLOW)) ] || fail "$late ms late"
	[ "$GAP" -lt $((5000 * SLOW)) ] || fail "a pause of $GAP ms"
	some vm "the stream goes on" " in .*$PING"
	ok "and it replies" vm_ping m1 $SRV
}

# paths PREFIX NUMBER: the border has NUMBER paths to it
paths()
{
	[ "$(frr_show border ip bgp "$1" json | jq '.paths | length')" = "$2" ]
}

bgp_way_in_moves() { check_migration 1 2; }

bgp_way_in_moves_back() { check_migration 2 1; }

bgp_end_withdraws()
{
	ok "it sends" vm_ping v12 10.0.10.1
	soon "announced" 5 has_route border 10.0.10.12/32
	ok "it ends" kill "${KEEPER[2]}"
	soon "withdrawn" 5 not_announced
	ok "still reachable" ns border ping -n -I $SRV -c 3 -i 0.2 \
		-W $((2 * SLOW)) -q 10.0.10.12
}

not_announced() { ! has_route border 10.0.10.12/32; }

run_tests "$@"
