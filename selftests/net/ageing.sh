#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 4000
# guests: debug
# boot: time-travel=inf-cpu
#
# Ten minutes and more of bridge ageing, in a kernel whose idle time passes
# at once: a VM that talks to its gateway alone stays known to the fabric
# (W19), one that the fabric hears anyway is not announced, nor is one that
# says nothing but that it is still there; it is found again.

. "$(dirname "$0")/lib/lib.sh"

KINDS="untagged unaware"
TESTS="w19_ten_minutes_of_gateway_traffic w19_no_plague
	w19_silent_for_ten_minutes w14_fdb_entry_of_a_gateway_talker"

setup()
{
	topo 2 exits && gateways h1 h2 &&
		vm v11 h1 10 10.0.10.11 &&
		vm v13 h1 10 10.0.10.13 &&
		vm v14 h1 10 10.0.10.14 &&
		vm v22 h2 20 10.0.20.22 &&
		commit && names 10
}

rarps() { echo " out vlan=10 src=${VM_MAC[$1]} dst=$BCAST rarp=3 "; }

# Each minute a packet for the gateway, 660 s long.
w19_ten_minutes_of_gateway_traffic()
{
	local i line last=0 t

	travels
	cap fab=h1/fab0
	for i in $(seq 11); do
		ok "a packet" vm_ping v11 $SRV
		elapse 60000
	done
	ok "the switch knows the VM" switch_port_is "${VM_MAC[v11]}" 10 p1
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

# The fabric hears v13 anyway; v14 says nothing.
w19_no_plague()
{
	local i

	travels
	ok "heard" vm_ping v13 10.0.10.50
	cap fab=h1/fab0
	for i in $(seq 11); do
		ok "a packet by the fabric" vm_ping v13 10.0.10.50
		ok "and one by the gateway" vm_ping v13 $SRV
		elapse 60000
	done
	cap_end
	none fab "announced in vain" "$(rarps v13)"
	none fab "announced though silent" "$(rarps v14)"
}

w19_silent_for_ten_minutes()
{
	travels
	ok "known" vm_ping v14 $SRV
	cap fab=h1/fab0
	elapse 660000
	cap_end
	none fab "an inactive VM is announced" "$(rarps v14)"
	refused "the switch knows it" switch_port_is "${VM_MAC[v14]}" 10 p1
	ok "found again from another host" vm_ping v22 10.0.10.14
	ok "and from outside" ns srv ping -n -q -c 1 -W 5 -I $SRV 10.0.10.14
}

w14_fdb_entry_of_a_gateway_talker()
{
	local i

	travels
	for i in $(seq 7); do
		ok "a packet" vm_ping v11 10.0.10.1
		elapse 60000
	done
	bridge -n h1 fdb show dev v11 | grep -q "^${VM_MAC[v11]} " ||
		fail "its bridge has forgotten it"
}

run_scene "$@"
