#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 6000
# guests: debug
# boot: time-travel=inf-cpu
#
# Ageing over minutes and hours, in a kernel whose idle time passes at once.
#
# W19, bridge ageing: an endpoint that talks to its gateway alone stays in the
# fabric's FDBs; one that also sends on the fabric is not announced, nor is one
# that only answers the gateway's queries; it is found again.
#
# Endpoint ageing: an idle endpoint is queried before it is deleted.

. "$(dirname "$0")/lib/lib.sh"
. "$(dirname "$0")/lib/endpoint.sh"

VARIANTS="untagged unaware"
CASES="w19_ten_minutes_of_gateway_traffic w19_no_plague
	w19_silent_for_ten_minutes w14_fdb_entry_of_a_gateway_talker
	ep_quiet_but_alive@untagged ep_unanswered@untagged
	ep_unused_address_is_dropped@untagged ep_without_address@untagged
	ep_quiet_in_ipv6@untagged"

setup()
{
	topo 2 exits && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v12 h1 10 10.0.10.12 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v14 h1 10 10.0.10.14 &&
		vm_add v22 h2 20 10.0.20.22 &&
		commit && set_names 10
}

rarps() { echo " out vlan=10 src=${VM_MAC[$1]} dst=$BCAST rarp=3 "; }

# One packet per minute for the gateway, 660 s long
w19_ten_minutes_of_gateway_traffic()
{
	local i line last=0 t

	need_time_travel
	cap fab=h1/fab0
	for i in $(seq 11); do
		ok "a packet" vm_ping v11 $SRV
		sleep_ms 60000
	done
	ok "the switch has learned the VM" switch_port_is "${VM_MAC[v11]}" 10 p1
	cap_end
	count fab "$(rarps v11)"
	[ "$N" -ge 2 ] && [ "$N" -le 4 ] || fail "$N RARPs in 660 s"
	while read -r line; do
		[[ $line =~ ^t=([0-9]+)$(rarps v11) ]] || continue
		t=${BASH_REMATCH[1]}
		[ $((t - last)) -ge 238000 ] || fail "after $((t - last)) ms"
		[ $last = 0 ] || [ $((t - last)) -le 290000 ] ||
			fail "only after $((t - last)) ms"
		last=$t
	done < "$TMP/fab.txt"
	# From another host, nothing is flooded.
	cap bare=bare/eth0
	ok "from another host" vm_ping v22 10.0.10.11
	cap_end
	none bare "flooded" "ip=10\.0\.20\.22>10\.0\.10\.11 "
}

# v13 also sends on the fabric; v14 is silent.
w19_no_plague()
{
	local i

	need_time_travel
	ok "received" vm_ping v13 10.0.10.50
	cap fab=h1/fab0
	for i in $(seq 11); do
		ok "a packet via the fabric" vm_ping v13 10.0.10.50
		ok "and one via the gateway" vm_ping v13 $SRV
		sleep_ms 60000
	done
	cap_end
	none fab "announced without need" "$(rarps v13)"
	none fab "announced although silent" "$(rarps v14)"
}

w19_silent_for_ten_minutes()
{
	need_time_travel
	ok "known" vm_ping v14 $SRV
	cap fab=h1/fab0
	sleep_ms 660000
	cap_end
	none fab "an inactive VM is announced" "$(rarps v14)"
	refused "the switch has learned it" switch_port_is "${VM_MAC[v14]}" 10 p1
	ok "found again from another host" vm_ping v22 10.0.10.14
	ok "and from outside" ns srv ping -n -q -c 1 -W 5 -I $SRV 10.0.10.14
}

w14_fdb_entry_of_a_gateway_talker()
{
	local i

	need_time_travel
	for i in $(seq 7); do
		ok "a packet" vm_ping v11 10.0.10.1
		sleep_ms 60000
	done
	bridge -n h1 fdb show dev v11 | grep -q "^${VM_MAC[v11]} " ||
		fail "its bridge has aged it out"
}

ep_quiet_but_alive()
{
	need_time_travel
	flush_endpoints
	# v11 resolves the gateway, which learns it from the request.
	flush_neighbours v11
	cap vm=v11/eth0 other=v12/eth0 fab=h1/fab0
	ok "it sends" vm_ping v11 10.0.10.1
	sleep_ms 200000
	ok "it is still there" has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
	sleep_ms 1000000
	ok "and remains so" has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
	cap_end
	some vm "it was queried" "$(arp_query "${VM_MAC[v11]}" 10.0.10.11)"
	some vm "and has replied" " out .*arp=2 .*spa=10\.0\.10\.11 "
	none other "seen by another VM" "tpa=10\.0\.10\.11 "
	none fab "seen on the fabric" "$VMAC|spa=(0\.0\.0\.0|10\.0\.10\.1) .*tpa=10\.0\.10\.11 "
}

ep_unanswered()
{
	local line times=() question

	need_time_travel
	flush_endpoints
	monitor_start
	question=$(arp_query $M1 10.0.10.71)
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	cap vm=v11/eth0
	sleep_ms 235000
	ok "still known" has_endpoint $M1 v11 10.0.10.71
	sleep_ms 60000
	cap_end
	while read -r line; do
		[[ $line =~ ^t=([0-9]+)\ .*$question ]] || continue
		times+=("${BASH_REMATCH[1]}")
	done < "$TMP/vm.txt"
	equal "number of queries" "${#times[@]}" 3
	more "a second apart" $((times[1] - times[0])) 950
	more "and again" $((times[2] - times[1])) 950
	ok "its address is dropped" has_endpoint $M1 v11
	soon "as is reported" 1 has_event endpoint-change '.mac == "'$M1'" and
		.addresses == []'
	sleep_ms 20000
	ok "and the endpoint as well" no_endpoint $M1
	soon "as is reported" 1 has_event endpoint-gone '.mac == "'$M1'"'
}

# The VM is alive but no longer has the address.
ep_unused_address_is_dropped()
{
	need_time_travel
	flush_endpoints
	ok "it sends" vm_ping v11 10.0.10.1
	send_udp v11 "${VM_MAC[v11]}" 10.0.10.71
	soon "two" 2 has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11 10.0.10.71
	sleep_ms 300000
	ok "one is left" has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
}

ep_without_address()
{
	need_time_travel
	flush_endpoints
	vm_send v11 "rarp,$M1"
	soon "known" 2 has_endpoint $M1 v11
	sleep_ms 290000
	ok "still known" has_endpoint $M1 v11
	sleep_ms 20000
	ok "gone" no_endpoint $M1
}

ep_quiet_in_ipv6()
{
	local m=${VM_MAC[v11]}

	flush_endpoints
	flush_neighbours v11
	cap vm=v11/eth0 other=v12/eth0 fab=h1/fab0
	ok "it sends" ns v11 ping -6 -n -q -c 1 -W $((2 * SLOW)) fd00:10::1
	unsolicited v11 $M1 fd00:10::71
	soon "known" 2 has_endpoint $M1 v11 fd00:10::71
	sleep_ms 320000
	ok "the silent one is gone" no_endpoint $M1
	ok "the one that replies is not" has_endpoint "$m" v11 fd00:10::11
	cap_end
	exactly vm 3 "the silent one was queried" "$(nd_query $M1 fd00:10::71)"
	some vm "the other one as well" "$(nd_query "$m" fd00:10::11)"
	some vm "and has replied" " out .*icmp6=136/0 target=fd00:10::11 "
	none other "seen by another VM" "icmp6=135/0 target=fd00:10::[17]1 "
	none fab "seen on the fabric" "$VMAC"
}

run_tests "$@"
