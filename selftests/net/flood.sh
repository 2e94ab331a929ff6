#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
#
# One VM or host cannot harm others: two ports that dispute a MAC, a port that
# flaps (W25), a VM that sends to unused addresses (W15), a host on the fabric
# that resolves them (W7).

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged"
CASES="w10_fast_beside_a_disputed_mac w10_fast_beside_a_spoofed_mac
	w25_fast_beside_a_port_that_flaps w25_no_beacons_for_a_port_that_flaps
	w15_unused_addresses_are_left_alone
	w15_dead_router_beside_unused_addresses
	w07_answer_in_spite_of_questions_elsewhere"

setup()
{
	topo 1 exits && gateways h1 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v14 h1 10 10.0.10.14 &&
		vm_add v21 h1 20 10.0.20.21 &&
		commit && set_names 10 && resolve_all
}

# Resolve all destinations of the cases below.
resolve_all()
{
	local vm

	for vm in v11 v13 v14 v21; do
		vm_ping $vm $SRV || return 1
	done
}

# ---------------------------------------------------------------- fast path

ANY=52:54:00:aa:00:01
PACKETS=600

# storm VM FRAME...: send repeatedly until the case ends
storm()
{
	bg "storm-$1" wire -N "$1" send -n 1000000 -w 2000 "${VM_DEV[$1]}" \
		"${@:2}"
}

# stats GATEWAY: set CAPTURED and FAST
stats()
{
	local text

	text=$(anygwctl -n h1 -j -s gateway show dev "$1")
	CAPTURED=$(json_number "$text" captured)
	FAST=$(json_number "$text" fastpath)
}

is_captured() { stats "$1" && [ "$CAPTURED" -ge "$2" ]; }

# measure_slow VM GATEWAY: set MISSED to the number of the VM's PACKETS that
# take the slow path; no one else may send to the gateway
measure_slow()
{
	local vm=$1 gw=$2 before

	stats "$gw"
	before=$FAST
	ok "packets" wire -N "$vm" send -n $PACKETS -w 2000 "${VM_DEV[$vm]}" \
		"udp,$VMAC,${VM_MAC[$vm]},${VM_IP[$vm]},$SRV,7000"
	soon "they have arrived" 5 is_captured "$gw" $((CAPTURED + PACKETS))
	MISSED=$((PACKETS - (FAST - before)))
}

# One packet per second takes the slow path, to refresh the bridge's FDB.
stays_fast()
{
	local vm

	for vm in v11 v21; do
		measure_slow $vm gw${VM_VLAN[$vm]}
		diag "$MISSED of $PACKETS packets of $vm were not fast"
		[ $MISSED -le $((PACKETS / 20)) ] ||
			fail "$vm has lost its fast path"
	done
}

# The start of each case
check_alone()
{
	measure_slow v11 gw10
	[ $MISSED -le $((PACKETS / 20)) ]
}

# Neither packet is for the gateway, or it would be counted as well.
w10_fast_beside_a_disputed_mac()
{
	soon "fast at first" 5 check_alone
	cap one=h1/v13/in two=h1/v14/in
	storm v13 "garp,$ANY,10.0.10.99" "udp,$BCAST,$ANY,10.0.10.99,10.0.10.255,9"
	storm v14 "garp,$ANY,10.0.10.99" "udp,$BCAST,$ANY,10.0.10.99,10.0.10.255,9"
	await one "one sends" "src=$ANY" 50
	await two "and the other one" "src=$ANY" 50
	stays_fast
	cap_end
}

w10_fast_beside_a_spoofed_mac()
{
	local m=${VM_MAC[v14]}

	soon "fast at first" 5 check_alone
	cap one=h1/v13/in two=h1/v14/in
	storm v13 "udp,${VM_MAC[v11]},$m,10.0.10.14,10.0.10.11,9"
	storm v14 "udp,${VM_MAC[v11]},$m,10.0.10.14,10.0.10.11,9"
	await one "the impostor sends" "src=$m" 50
	await two "and the owner" "src=$m" 50
	stays_fast
	cap_end
}

# ---------------------------------------------------------------- flapping

# flap NUMBER: the VM flaps its link as fast as it can
flap()
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo "link set eth0 down"
		echo "link set eth0 up"
	done | ip -n v13 -b -
}

# Do not stop in the middle of a round.
settle()
{
	rm -f "$TMP/flapping"
	[ -z "${FLAPPING:-}" ] || wait "$FLAPPING"
	ok "its link" ip -n v13 link set eth0 up
	ok "its route" ip -n v13 route replace default via 10.0.10.1
	soon "its port" 5 carries h1 v13
}

w25_fast_beside_a_port_that_flaps()
{
	soon "fast at first" 5 check_alone
	undo settle
	: > "$TMP/flapping"
	(while [ -e "$TMP/flapping" ] && flap 20; do :; done) 2> /dev/null &
	FLAPPING=$!
	PIDS+=("$FLAPPING")
	stays_fast
	ok "it still flaps" kill -0 "$FLAPPING"
}

VLANS=100

many_gateways()
{
	local v

	for ((v = 100; v < 100 + VLANS; v++)); do
		echo "gateway add bridge br0 vlan $v address 10.$v.0.1/24"
	done > "$TMP/many"
	ok "VLANs" bridge -n h1 vlan add dev fab0 vid 100-$((99 + VLANS))
	ok "many gateways" anygwctl -n h1 apply "$TMP/many"
}

few_gateways()
{
	local v

	for ((v = 100; v < 100 + VLANS; v++)); do
		echo "link del gw$v"
	done | ip -n h1 -b -
	bridge -n h1 vlan del dev fab0 vid 100-$((99 + VLANS))
}

# Each VLAN has a beacon every nine to eleven seconds.
w25_no_beacons_for_a_port_that_flaps()
{
	local start

	undo few_gateways
	cap fab=h1/fab0/out
	many_gateways
	await fab "the first beacons" "vlan=1[0-9][0-9] .*beacon=" $VLANS
	cap_end
	# The initial beacons, which are sent twice, are over.
	sleep_ms 1500
	now_ms
	start=$NOW
	cap fab=h1/fab0/out
	undo settle
	for _ in {1..20}; do
		ok "it flaps" flap 1
		sleep_ms 50
	done
	# They would be sent within a second.
	sleep_ms 1500
	cap_end
	now_ms
	count fab "vlan=1[0-9][0-9] .*beacon="
	diag "$N beacons in $((NOW - start)) ms"
	[ "$N" -le $((VLANS * (2 + (NOW - start) / 9000))) ] ||
		fail "$N beacons of $VLANS VLANs in $((NOW - start)) ms"
}

# ---------------------------------------------------------------- fallback

# set_unused: set UNUSED to packets of v11 to each unused address of VLAN 20
set_unused()
{
	local i

	UNUSED=()
	for i in {100..254}; do
		UNUSED+=("udp,$VMAC,${VM_MAC[v11]},10.0.10.11,10.0.20.$i,9")
	done
	for i in {100..254}; do
		UNUSED+=("udp,$VMAC,${VM_MAC[v11]},10.0.10.11,10.0.10.$i,9")
	done
}

# A few at a time, so that the device's backlog does not overflow.
send_unused()
{
	local i

	for ((i = 0; i < ${#UNUSED[@]}; i += 31)); do
		wire -N v11 send "${VM_DEV[v11]}" "${UNUSED[@]:i:31}" ||
			return 1
	done 2> /dev/null
}

# Queries are repeated after a quarter of a second and fail after three. The
# kernel must not collect failed entries, which would then be created again.
with_fallback()
{
	local dev

	echo 4096 > /proc/sys/net/ipv4/neigh/default/gc_thresh1
	undo eval "echo 128 > /proc/sys/net/ipv4/neigh/default/gc_thresh1"
	ok "coexist" anygwctl -n h1 gateway set dev gw10 coexist on fallback on
	undo anygwctl -n h1 gateway set dev gw10 coexist off
	for dev in gw10 gw20 exit0; do
		ok "quick" wire sysctl "h1:ipv4/neigh/$dev/retrans_time_ms=250"
		undo wire sysctl "h1:ipv4/neigh/$dev/retrans_time_ms=1000"
	done
	undo flush_neighbours h1
}

w15_unused_addresses_are_left_alone()
{
	with_fallback
	set_unused
	# Packets to a failed address make it worth another query.
	for _ in 1 2 3; do
		ok "packets" send_unused
		sleep_ms 1000
	done
	# The kernel's own queries are over by then.
	sleep_ms 3000
	cap fab=h1/fab0/out
	sleep_ms 4000
	cap_end
	count fab " arp=1 .*tpa=10\.0\.[12]0\.(1[0-9][0-9]|2[0-9][0-9]) "
	[ "$N" -le 10 ] ||
		fail "$N requests for addresses without traffic"
}

check_sends()
{
	wire -N v11 send "${VM_DEV[v11]}" \
		"ping,$VMAC,${VM_MAC[v11]},10.0.10.11,$SRV"
}

leaves_by_exit()
{
	check_sends && has_frames exit " ip=10\.0\.10\.11>203\.0\.113\.1 ttl=63 "
}

# The fabric has too much traffic to look for a packet there.
falls_back()
{
	check_sends && [[ $(anygwctl -n h1 -j trace dev gw10 from 10.0.10.11 \
		to $SRV) == *'"reason":"neighbour-failed"'* ]]
}

# It works again as well, so it was queried.
w15_dead_router_beside_unused_addresses()
{
	with_fallback
	set_unused
	(while :; do send_unused; sleep_ms 300; done) &
	PIDS+=($!)
	sleep_ms 3000
	ok "the router does not receive" ip -n r1 link set down0 arp off
	undo ip -n r1 link set down0 arp on
	ok "deleted" ip -n h1 neigh flush to 10.1.1.2
	soon "the other router takes over" 5 falls_back
	cap exit=h1/exit0/out
	ok "the router receives" ip -n r1 link set down0 arp on
	soon "its own route again" 10 leaves_by_exit
	cap_end
}

# ---------------------------------------------------------------- queries

# query_survives REPEATS: v21 replies after a flood of another VLAN's queries,
# REPEATS times 250, more than a VLAN may have. Set N to the number of replies
# at the requester; return 1 if the query may just have expired (3 s).
query_survives()
{
	local a=0a:61:6e:00:00:0a m=${VM_MAC[v21]} start took
	local reply=" vlan=20 src=$m dst=$a arp=2 .*spa=10\.0\.20\.21 "

	cap vm=v21/eth0 fab=h1/fab0/out
	now_ms
	start=$NOW
	fabric_send h1 "arp,$BCAST,$a,1,$a,0.0.0.0,$ZERO_MAC,10.0.20.21,v20"
	await vm "queried" " in .*arp=1 sha=$VMAC .*tpa=10\.0\.20\.21 "
	ok "requests in VLAN 10" wire -N sw send -n "$1" p1 "${FLOOD[@]}"
	vm_send v21 "arp,$VMAC,$m,2,$m,10.0.20.21,$VMAC,10.0.20.1"
	now_ms
	took=$((NOW - start))
	wait_until 2 has_frames fab "$reply"
	cap_end
	count fab "$reply"
	[ "$N" -ge 1 ] || [ $took -lt 2900 ]
}

# v21 is slow to reply: this case does it.
w07_answer_in_spite_of_questions_elsewhere()
{
	local i repeats b=0a:61:6e:00:00:0b

	FLOOD=()
	for i in {1..250}; do
		FLOOD+=("arp,$BCAST,$b,1,newhost,0.0.0.0,$ZERO_MAC,10.0.10.$i,v10")
	done
	ok "slow" ip -n v21 link set "${VM_DEV[v21]}" arp off
	undo ip -n v21 link set "${VM_DEV[v21]}" arp on
	# For a second the gateway answers without a query.
	sleep_ms 1200
	for repeats in 5 3 2 2; do
		query_survives $repeats && break
	done
	[ "$N" -ge 1 ] || fail "the reply never reached the requester"
}

run_tests "$@"
