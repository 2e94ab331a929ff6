#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# also: bare noipv6
#
# ARP requests and replies: of VMs for the gateway (W9), of the gateway on the
# fabric (W3), of the fabric for a VM (W7).

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged tagged unaware"
CASES="w09_one_answer w09_unicast_probe w09_duplicate_address_probe
	w09_each_address w09_question_for_others_is_bridged
	w03_asks_as_the_host w03_asks_from_the_host_address
	w03_changes_nobodys_cache w03_each_gateway_of_a_vlan
	w03_leaves_who_probes_alone w03_asks_when_the_probe_is_over@tagged
	w07_vm_is_asked_as_the_gateway w07_silent_vm_is_found
	w07_gateway_sender_from_fabric w07_several_ask_at_once
	w07_memory_of_a_second w07_probing_vm_sees_no_probe
	w07_plain_question_passes"

setup()
{
	topo 2 && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v14 h1 10 10.0.10.14 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10
}

PEER=0a:61:6e:12:34:56
REQUEST_GW='arp=1 .*tpa=10\.0\.10\.1 '
ASK_11='arp=1 .*tpa=10\.0\.10\.11 '
SAYS_11='arp=2 .*spa=10\.0\.10\.11 '

w09_one_answer()
{
	flush_neighbours v11
	cap vm=v11/eth0 other=v13/eth0 fab=h1/fab0 far=v12/eth0
	ok "ping the gateway" vm_ping v11 10.0.10.1
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	exactly vm 1 "one request" " out .*$REQUEST_GW"
	exactly vm 1 "one reply" " in .*arp=2 .*spa=10\.0\.10\.1 "
	exactly vm 1 "the reply has the vMAC" \
		" in .*src=$VMAC dst=${VM_MAC[v11]} arp=2 sha=$VMAC spa=10\.0\.10\.1 tha=${VM_MAC[v11]} tpa=10\.0\.10\.11 "
	none other "flooded to another VM" ' arp='
	none fab "flooded to the fabric" "src=${VM_MAC[v11]} .* arp=1 .*tpa=10\.0\.10\.1 "
	none far "seen on another host" "arp=.*10\.0\.10\.11 "
	ok "the VM holds the vMAC" neigh_is v11 "${VM_DEV[v11]}" 10.0.10.1 $VMAC
}

w09_unicast_probe()
{
	cap vm=v11/eth0 fab=h1/fab0
	vm_send v11 "arp,$VMAC,${VM_MAC[v11]},1,${VM_MAC[v11]},10.0.10.11,$ZERO_MAC,10.0.10.1"
	await vm "a reply" " in .*arp=2 .*spa=10\.0\.10\.1 "
	vm_mark fab v11
	cap_end
	exactly vm 1 "one reply" " in .*src=$VMAC .*arp=2 sha=$VMAC spa=10\.0\.10\.1 "
	none fab "on the fabric" "$REQUEST_GW"
}

w09_duplicate_address_probe()
{
	cap vm=v11/eth0 other=v13/eth0 fab=h1/fab0
	vm_send v11 "arp,$BCAST,${VM_MAC[v11]},1,${VM_MAC[v11]},0.0.0.0,$ZERO_MAC,10.0.10.1"
	await vm "the address is taken" " in .*src=$VMAC .*arp=2 sha=$VMAC spa=10\.0\.10\.1 "
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	exactly vm 1 "one reply" " in .*arp=2 "
	none other "flooded to another VM" ' arp='
	none fab "flooded to the fabric" "src=${VM_MAC[v11]} .* arp=1 .*tpa=10\.0\.10\.1 "
}

w09_each_address()
{
	ok "a second address" ip -n h1 address add 10.0.10.254/24 dev "$G"
	undo ip -n h1 address del 10.0.10.254/24 dev "$G"
	cap vm=v11/eth0 fab=h1/fab0
	# Probing the VM would announce the gateway to it.
	ok "flush" ip -n h1 neigh flush dev "$G"
	flush_neighbours v11
	ok "ping the second" vm_ping v11 10.0.10.254
	ok "ping the first" vm_ping v11 10.0.10.1
	cap_end
	for a in 10.0.10.1 10.0.10.254; do
		exactly vm 1 "one reply" " in .*arp=2 sha=$VMAC spa=${a//./\\.} "
	done
	none fab "on the fabric" "arp=1 .*tpa=10\.0\.10\.(1|254) "
}

w09_question_for_others_is_bridged()
{
	flush_neighbours v11 v13 v12
	cap vm=v11/eth0 other=v13/eth0 fab=h1/fab0
	ok "ping a VM here" vm_ping v11 10.0.10.13
	ok "ping a VM there" vm_ping v11 10.0.10.12
	cap_end
	some other "flooded as before" "src=${VM_MAC[v11]} dst=$BCAST arp=1 .*tpa=10\.0\.10\.12 "
	exactly vm 1 "one reply from this host" " in .*arp=2 .*spa=10\.0\.10\.13 "
	exactly vm 1 "one reply from the other host" \
		" in .*src=${VM_MAC[v12]} .*arp=2 sha=${VM_MAC[v12]} spa=10\.0\.10\.12 "
	none fab "answers for other addresses" "arp=2 .*src=$VMAC"
}

# resolve_bare: bare has another router at 10.0.10.1.
resolve_bare()
{
	ip -n h1 neigh flush dev "$G"
	ns h1 ping -n -c 1 -W 1 -I "$G" 10.0.10.50 > /dev/null
	soon "resolved" 2 neigh_is h1 "$G" 10.0.10.50 $BARE10
}

w03_asks_as_the_host()
{
	cap fab=h1/fab0 bare=bare/eth0
	resolve_bare
	cap_end
	some fab "a probe with the host MAC" \
		" out vlan=10 src=${HMAC[1]} dst=$BCAST arp=1 sha=${HMAC[1]} spa=0\.0\.0\.0 .*tpa=10\.0\.10\.50 "
	some fab "the reply goes to the host MAC" \
		" in vlan=10 src=$BARE10 dst=${HMAC[1]} arp=2 .*spa=10\.0\.10\.50 "
	none fab "W2: an ARP request from the gateway address" "arp=1 .*spa=10\.0\.10\.1 "
	none fab "W1: from the vMAC" "src=$VMAC|sha=$VMAC"
	none bare "the vMAC reaches bare" "$VMAC"
}

w03_asks_from_the_host_address()
{
	ok "host-address" anygwctl -n h1 gateway set dev "$G" \
		host-address 10.0.10.251/24
	undo anygwctl -n h1 gateway set dev "$G" host-address none
	cap fab=h1/fab0
	resolve_bare
	cap_end
	some fab "a request from the host-address" \
		" out .*src=${HMAC[1]} dst=$BCAST arp=1 sha=${HMAC[1]} spa=10\.0\.10\.251 .*tpa=10\.0\.10\.50 "
	none fab "a request from another address" \
		" out .*arp=1 .*spa=(0\.0\.0\.0|10\.0\.10\.1) .*tpa=10\.0\.10\.50 "
	none fab "from the vMAC" "src=$VMAC|sha=$VMAC"
}

w03_changes_nobodys_cache()
{
	local router=52:54:00:aa:aa:aa

	flush_neighbours bare
	ok "bare has resolved its router" ip -n bare neigh replace 10.0.10.1 \
		lladdr $router nud stale dev eth0.10
	cap bare=bare/eth0/in
	resolve_bare
	cap_end
	some bare "the request was received" "arp=1 .*tpa=10\.0\.10\.50 "
	ok "bare's router is unchanged" \
		neigh_is bare eth0.10 10.0.10.1 $router
	ip -n bare neigh show dev eth0.10 | grep -qi 0a:61:6e &&
		fail "a host MAC is in bare's neighbour cache"
	return 0
}

# A request with sender 0.0.0.0 would look like another host's probe to a host
# that is probing itself (RFC 5227 section 2.1.1), which would give up the
# address.
probe()
{
	fabric_send h1 "arp,$BCAST,$1,1,$1,0.0.0.0,$ZERO_MAC,$2,v10"
	mark_through fab sw p1 "" 10
}

request_for() { echo " out .*arp=1 .*tpa=${1//./\\.} "; }

has_suppressed() { [ "$(gw_stat h1 "$G" probed)" -gt "$1" ]; }

w03_leaves_who_probes_alone()
{
	local m=52:54:00:00:03:01 n

	n=$(gw_stat h1 "$G" probed)
	cap fab=h1/fab0
	probe $m 10.0.10.60
	ns h1 ping -n -c 1 -W 1 -I "$G" 10.0.10.60 > /dev/null
	soon "it is counted" 3 has_suppressed "$n"
	# A request with a sender address is not a probe.
	probe "$PEER" 10.0.10.62
	ns h1 ping -n -c 1 -W 1 -I "$G" 10.0.10.62 > /dev/null
	await fab "a request for another address" "$(request_for 10.0.10.62)"
	cap_end
	none fab "a request to a probing host" "$(request_for 10.0.10.60)"
}

w03_asks_when_the_probe_is_over()
{
	local m=52:54:00:00:03:02

	cap fab=h1/fab0
	probe $m 10.0.10.61
	bg pings ns h1 ping -n -q -i 0.5 -c 1000 -I "$G" 10.0.10.61
	await fab "a request in the end" "$(request_for 10.0.10.61)"
	cap_end
	more "milliseconds from the probe to the request" \
		"$(($(frame_time "$(request_for 10.0.10.61)") - $(frame_time " in .*sha=$m ")))" 7900
}

# frame_time PATTERN: the time of the first frame that matches, in ms
frame_time()
{
	sed -nE "/$1/{s/^t=([0-9]+) .*/\1/p;q}" "$TMP/fab.txt"
}

# Two gateways share the VLAN: both learn from one reply on the fabric.
w03_each_gateway_of_a_vlan()
{
	local dev second=02:61:6e:00:00:02

	set_bridge_args 10
	# shellcheck disable=SC2086
	ok "a second gateway" anygwctl -n h1 gateway add $BR name second \
		mac $second address 10.0.10.2/24
	undo anygwctl -n h1 gateway del dev second
	for dev in "$G" second; do
		ip -n h1 neigh flush dev $dev
		ns h1 ping -n -c 1 -W 1 -I $dev 10.0.10.50 > /dev/null
		soon "$dev has resolved bare" 2 neigh_is h1 $dev 10.0.10.50 $BARE10
	done
	cap fab=h1/fab0 vm=v11/eth0
	flush_neighbours v11
	ok "the VM reaches the first" vm_ping v11 10.0.10.1
	ok "and the second" vm_ping v11 10.0.10.2
	cap_end
	exactly vm 1 "the first replies with its MAC" \
		" in .*src=$VMAC .*arp=2 sha=$VMAC spa=10\.0\.10\.1 .*tpa=10\.0\.10\.11 "
	exactly vm 1 "the second with its own" \
		" in .*src=$second .*arp=2 sha=$second spa=10\.0\.10\.2 .*tpa=10\.0\.10\.11 "
	none fab "a vMAC on the fabric" "$VMAC|$second"
}

# h2 resolves v11, which is on h1.
h2_resolves()
{
	ip -n h2 neigh flush dev "$G"
	ns h2 ping -n -c 1 -W 1 -I "$G" "$1" > /dev/null
	soon "h2 has resolved $1" 2 neigh_is h2 "$G" "$1" "$2"
}

w07_vm_is_asked_as_the_gateway()
{
	cap vm=v11/eth0 other=v13/eth0 fab=h1/fab0
	h2_resolves 10.0.10.11 "${VM_MAC[v11]}"
	cap_end
	some fab "the request came from h2" \
		" in .*src=${HMAC[2]} dst=$BCAST arp=1 sha=${HMAC[2]} spa=0\.0\.0\.0 .*tpa=10\.0\.10\.11 "
	none vm "the request is unmodified" "arp=1 .*spa=0\.0\.0\.0 "
	none other "the request on another port" "spa=0\.0\.0\.0 "
	none vm "W8: a host MAC at the VM" 0a:61:6e
	none other "W8: a host MAC at the VM" 0a:61:6e
	some vm "the VM is queried as the gateway" \
		" in .*src=$VMAC .*arp=1 sha=$VMAC spa=10\.0\.10\.1 .*tpa=10\.0\.10\.11 "
	some fab "the reply goes to the requester with its Ethernet source" \
		" out .*src=${VM_MAC[v11]} dst=${HMAC[2]} $SAYS_11"
	none fab "the VM's reply to another host" \
		" out .*src=${VM_MAC[v11]} dst=($VMAC|$BCAST|${HMAC[1]}) "
	ok "the VM still holds the vMAC" vm_ping v11 10.0.10.1
	ok "the VM still holds the vMAC" neigh_is v11 "${VM_DEV[v11]}" 10.0.10.1 $VMAC
}

w07_silent_vm_is_found()
{
	bridge -n h1 fdb show | grep "^${VM_MAC[v14]} .*dev v14" &&
		fail "the VM is not silent"
	cap vm=v14/eth0
	h2_resolves 10.0.10.14 "${VM_MAC[v14]}"
	cap_end
	none vm "a host MAC at the VM" 0a:61:6e
}

w07_gateway_sender_from_fabric()
{
	local other=52:54:00:aa:00:01

	ok "the VM holds the vMAC" vm_ping v11 10.0.10.1
	sleep_ms 1200
	cap vm=v11/eth0 fab=h1/fab0
	fabric_send h1 "arp,$BCAST,$other,1,$other,10.0.10.1,$ZERO_MAC,10.0.10.11,v10"
	await fab "the reply goes to the requester" \
		" out .*src=${VM_MAC[v11]} dst=$other $SAYS_11"
	mark_through vm sw p1 $other 10
	cap_end
	none vm "the foreign MAC at the VM" "arp=.*$other"
	ok "the VM holds the vMAC" neigh_is v11 "${VM_DEV[v11]}" 10.0.10.1 $VMAC
}

w07_several_ask_at_once()
{
	local a=0a:61:6e:00:00:0a b=0a:61:6e:00:00:0b c=0a:61:6e:00:00:0c m q=()

	sleep_ms 1200
	cap vm=v11/eth0 fab=h1/fab0
	for m in $a $b $c; do
		q+=("arp,$BCAST,$m,1,$m,0.0.0.0,$ZERO_MAC,10.0.10.11,v10")
	done
	fabric_send h1 "${q[@]}"
	for m in $a $b $c; do
		await fab "$m gets the reply" \
			" out .*src=${VM_MAC[v11]} dst=$m $SAYS_11"
	done
	cap_end
	for m in $a $b $c; do
		exactly fab 1 "one reply each" " out .*dst=$m $SAYS_11"
	done
	none vm "a probe at the VM" "spa=0\.0\.0\.0 |0a:61:6e"
}

# A known VM is answered for without a query for one second only: it may have
# left.
w07_memory_of_a_second()
{
	local a=0a:61:6e:00:00:0a
	local request="arp,$BCAST,$a,1,$a,0.0.0.0,$ZERO_MAC,10.0.10.11,v10"

	cap fab=h1/fab0
	fabric_send h1 "$request"
	await fab "the first reply" " out .*dst=$a $SAYS_11"
	# The VM no longer replies, but its link is up.
	ok "no reply" ip -n v11 link set "${VM_DEV[v11]}" arp off
	undo ip -n v11 link set "${VM_DEV[v11]}" arp on
	sleep_ms 1200
	cap vm=v11/eth0
	fabric_send h1 "$request" "$request"
	await vm "the VM is queried" "$ASK_11"
	# Longer than any reply takes
	sleep_ms 300
	cap_end
	exactly fab 1 "a reply for a silent VM" " out .*dst=$a $SAYS_11"
}

w07_probing_vm_sees_no_probe()
{
	local a=0a:61:6e:00:00:0a

	# v13 probes for 10.0.10.99 before it uses it, while a host resolves the
	# same address.
	cap vm=v13/eth0/in
	fabric_send h1 "arp,$BCAST,$a,1,$a,0.0.0.0,$ZERO_MAC,10.0.10.99,v10"
	vm_send v13 "arp,$BCAST,${VM_MAC[v13]},1,${VM_MAC[v13]},0.0.0.0,$ZERO_MAC,10.0.10.99"
	fabric_send h1 "arp,$BCAST,$a,1,$a,0.0.0.0,$ZERO_MAC,10.0.10.99,v10"
	mark_through vm sw p1 52:54:00:0f:0f:0f 10
	cap_end
	none vm "RFC 5227: a probe for its address" \
		"arp=1 .*spa=0\.0\.0\.0 .*tpa=10\.0\.10\.99 "
	none vm "RFC 5227: its address as a sender" "spa=10\.0\.10\.99 "
}

w07_plain_question_passes()
{
	flush_neighbours bare
	cap vm=v11/eth0
	ok "bare pings the VM" vm_ping bare 10.0.10.11
	cap_end
	some vm "W14: the request is unmodified" \
		" in .*src=$BARE10 dst=$BCAST arp=1 sha=$BARE10 spa=10\.0\.10\.50 .*tpa=10\.0\.10\.11 "
}

run_tests "$@"
