#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 500
# boot: time-travel=inf-cpu
#
# Endpoints: how the VMs behind access ports and their addresses are learned,
# deleted and limited.

. "$(dirname "$0")/lib/lib.sh"
. "$(dirname "$0")/lib/endpoint.sh"

VARIANTS="untagged tagged unaware"
CASES="ep_learned_from_arp ep_learned_from_nd
	ep_learned_from_an_answer@untagged
	ep_learned_from_captured_ipv6@untagged ep_claim_in_ipv6@untagged
	ep_learned_from_captured_traffic ep_not_from_bridged_traffic@untagged
	ep_not_outside_the_prefixes@untagged ep_json ep_details@untagged
	ep_rarp_brings_the_pair_back ep_gone_with_its_port
	ep_gone_with_the_carrier@untagged ep_gone_when_heard_from_the_fabric
	ep_moves_between_ports ep_claim_of_a_silent_owner@untagged
	ep_claim_of_an_answering_owner@untagged
	ep_claim_by_traffic_alone@untagged ep_claim_from_the_fabric
	ep_claim_of_one_that_left@untagged
	w22_claim_of_a_port_that_rejoins@untagged
	w22_untagged_vlan_is_not_the_pvid@untagged
	w23_heard_on_a_blocked_port@untagged
	ep_one_mac_behind_two_ports@untagged ep_limit_per_port@untagged
	ep_limit_per_gateway@untagged ep_limit_of_addresses@untagged
	ep_limit_outlives_a_link@untagged ep_flush@untagged
	ep_flush_needs_cap_net_admin@untagged ep_events@untagged
	ep_events_at_most_once_a_second@untagged
	ep_dump_during_changes@untagged ep_forgotten_with_the_gateway@untagged
	ep_limits_are_saved@untagged"

# ---------------------------------------------------------------- learning

ep_learned_from_arp()
{
	flush_endpoints
	vm_send v11 "arp,$BCAST,$M1,1,$M1,10.0.10.71,$ZERO_MAC,10.0.10.1"
	soon "its address" 2 has_endpoint $M1 v11 10.0.10.71
	vm_send v11 "garp,$M1,10.0.10.72"
	soon "and another one" 2 has_endpoint $M1 v11 10.0.10.71 10.0.10.72
}

ep_learned_from_nd()
{
	flush_endpoints
	vm_send v11 "ns,group,$M1,fd00:10::71,fd00:10::12,$M1"
	soon "its address" 2 has_endpoint $M1 v11 fd00:10::71
	unsolicited v11 $M1 fd00:10::72
	soon "and another one" 2 has_endpoint $M1 v11 fd00:10::71 fd00:10::72
	vm_send v11 "garp,$M1,10.0.10.71" \
		"ns,group,$M1,::,fd00:10::73" \
		"ns,group,$M1,fe80::71,fd00:10::12,$M1" \
		"na,$BCAST,$M1,fd00:10::71,ff02::1,fd00:10::74,32,$M2"
	soon "of both families" 2 has_endpoint $M1 v11 fd00:10::71 fd00:10::72 \
		10.0.10.71
	sleep_ms 200
	ok "and no more" has_endpoint $M1 v11 fd00:10::71 fd00:10::72 10.0.10.71
	# As after a migration
	fabric_send h1 "rarp,$M1,v10"
	soon "gone" 2 no_endpoint $M1
	vm_send v12 "rarp,$M1"
	soon "back with all" 2 has_endpoint $M1 v12 fd00:10::71 fd00:10::72 \
		10.0.10.71
}

ep_learned_from_captured_ipv6()
{
	flush_endpoints
	send_udp6 v11 $M1 fd00:10::71
	soon "its address" 2 has_endpoint $M1 v11 fd00:10::71
	# A second packet, so that it is learned
	send_udp6 v11 $M1 fd00:10::71
	send_udp6 v11 $M1 fd00:10::72
	send_udp6 v11 $M2 fd00:10::73
	send_udp6 v11 $M1 fd00:20::71
	send_udp6 v11 $M1 fd00:10::
	soon "the next one" 2 has_endpoint $M1 v11 fd00:10::71 fd00:10::72
	soon "of another endpoint" 2 has_endpoint $M2 v11 fd00:10::73
	vm_send v11 "udp6,${VM_MAC[v12]},$M2,fd00:10::74,fd00:10::12,9"
	sleep_ms 200
	ok "not from what is bridged" has_endpoint $M2 v11 fd00:10::73
}

ep_claim_in_ipv6()
{
	flush_endpoints
	unsolicited v11 $M1 fd00:10::71
	soon "known" 2 has_endpoint $M1 v11 fd00:10::71
	cap owner=v11/eth0 other=v13/eth0
	unsolicited v12 $M2 fd00:10::71
	await owner "the owner is queried" "$(nd_query $M1 fd00:10::71)"
	soon "the claim wins" 3 has_endpoint $M2 v12 fd00:10::71
	ok "the owner no longer has it" has_endpoint $M1 v11
	cap_end
	none other "another VM was queried" "icmp6=135/0 target=fd00:10::71 "
	ok "a living owner" ns v11 ping -6 -n -q -c 1 -W $((2 * SLOW)) \
		fd00:10::1
	soon "is known" 2 endpoints_match "[.[] | select(.mac == \"${VM_MAC[v11]}\")] |
		.[0].addresses | index(\"fd00:10::11\")"
	monitor_start
	unsolicited v12 $M2 fd00:10::11
	soon "a conflict" 4 has_event conflict '.mac == "'$M2'" and
		.address == "fd00:10::11" and .reason == "endpoint-claim"'
}

# A unicast reply that the gateway never receives
ep_learned_from_an_answer()
{
	flush_endpoints
	cap vm=v12/eth0
	vm_send v11 "arp,${VM_MAC[v12]},$M1,2,$M1,10.0.10.71,${VM_MAC[v12]},10.0.10.12"
	await vm "the reply" "arp=2 sha=$M1 "
	cap_end
	soon "its address" 2 has_endpoint $M1 v11 10.0.10.71
}

ep_learned_from_captured_traffic()
{
	flush_endpoints
	send_udp v11 $M1 10.0.10.71
	soon "its address" 2 has_endpoint $M1 v11 10.0.10.71
	# A second packet, so that it is learned
	send_udp v11 $M1 10.0.10.71
	send_udp v11 $M1 10.0.10.72
	send_udp v11 $M2 10.0.10.73
	soon "the next one" 2 has_endpoint $M1 v11 10.0.10.71 10.0.10.72
	soon "of another endpoint" 2 has_endpoint $M2 v11 10.0.10.73
}

ep_not_from_bridged_traffic()
{
	flush_endpoints
	vm_send v11 "udp,$BCAST,$M1,10.0.10.71,10.0.10.255,9"
	soon "the endpoint" 2 has_endpoint $M1 v11
	vm_send v11 "udp,${VM_MAC[v12]},$M1,10.0.10.71,10.0.10.12,9"
	sleep_ms 200
	ok "no address" has_endpoint $M1 v11
}

ep_not_outside_the_prefixes()
{
	local a

	flush_endpoints
	for a in 192.0.2.7 10.0.20.7 10.0.10.255 10.0.10.0 0.0.0.0; do
		send_udp v11 $M1 $a
		vm_send v11 "arp,$BCAST,$M1,1,$M1,$a,$ZERO_MAC,10.0.10.1"
	done
	# A probe, and a reply for another host
	vm_send v11 "arp,$BCAST,$M1,1,$M1,0.0.0.0,$ZERO_MAC,10.0.10.71" \
		"arp,$VMAC,$M1,2,$M2,10.0.10.72,$VMAC,10.0.10.1"
	soon "the endpoint" 2 has_endpoint $M1 v11
	send_udp v11 $M1 10.0.10.71
	soon "only within" 2 has_endpoint $M1 v11 10.0.10.71
	ok "the gateway has a second subnet" ip -n h1 address add \
		192.0.2.1/24 dev "$G"
	undo ip -n h1 address del 192.0.2.1/24 dev "$G"
	send_udp v11 $M1 192.0.2.7
	soon "now it is within" 2 has_endpoint $M1 v11 10.0.10.71 192.0.2.7
}

# listed_for GATEWAY MAC OTHER: MAC is one of its endpoints, OTHER is not
listed_for()
{
	ctl -j endpoint show dev "$1" | jq -e '[.[].mac] as $m |
		($m | index("'"$2"'")) and ($m | index("'"$3"'") | not) and
		all(.[]; .ifname == "'"$1"'")' > /dev/null ||
		fail "of $1: $(ctl -j endpoint show dev "$1")"
}

ep_json()
{
	local vlan=10

	[ "$VARIANT" != unaware ] || vlan=0
	flush_endpoints
	send_udp v11 $M1 10.0.10.71
	send_udp v21 $M2 10.0.20.71
	soon "both" 2 has_endpoint $M2 v21 10.0.20.71
	ok "the keys" endpoints_match '[.[] | keys] | all(. == ["addresses", "age",
		"ifname", "mac", "port", "vlan"])'
	# The VMs may send meanwhile.
	ok "their values" endpoints_match "[.[] | select(.ifname == \"$G\" and
		.mac == \"$M1\")] |
		length == 1 and (.[0] | .vlan == $vlan and .mac == \"$M1\" and
		.addresses == [\"10.0.10.71\"] and .port == \"v11\" and
		(.age | type) == \"number\" and .age < 60)"
	listed_for "$G" $M1 $M2
	listed_for "${G%10}20" $M2 $M1
	ctl endpoint show > "$TMP/output"
	grep -q "^$M1: .*10.0.10.71.* $G .*v11" "$TMP/output" ||
		fail "as text: $(< "$TMP/output")"
	ctl endpoint show dev v11 > "$TMP/output" 2>&1
	equal "not a gateway" $? 2
	grep -q '"v11".*not a gateway' "$TMP/output" || fail "$(< "$TMP/output")"
}

ep_details()
{
	flush_endpoints
	send_udp v11 $M1 10.0.10.71
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	ctl -j -d endpoint show | jq -e ".[] | select(.mac == \"$M1\") |
		.bridge == \"$BR0\" and
		(.ifindex | type) == \"number\" and
		(.port_ifindex | type) == \"number\" and
		.state == \"present\" and .moved_by == \"unicast\" and
		.moved < 60 and .contested == []" > /dev/null ||
		fail "$(ctl -j -d endpoint show)"
	cap owner=v11/eth0
	vm_send v12 "garp,$M2,10.0.10.71"
	await owner "the owner is queried" "$(arp_query $M1 10.0.10.71)"
	cap_end
	soon "contested" 1 is_contested
	vm_send v12 "rarp,$M2"
	fabric_send h1 "garp,$M1,10.0.10.71,v10"
	soon "leaving" 1 is_leaving
}

is_contested()
{
	ctl -j -d endpoint show | jq -e ".[] | select(.mac == \"$M1\") |
		.contested == [\"10.0.10.71\"]"
}

is_leaving()
{
	ctl -j -d endpoint show | jq -e ".[] | select(.mac == \"$M1\") |
		.state == \"leaving\""
}

# ---------------------------------------------------------------- moving

ep_rarp_brings_the_pair_back()
{
	flush_endpoints
	vm_send v13 "garp,$M1,10.0.10.71"
	send_udp v13 $M1 10.0.10.72
	soon "known" 2 has_endpoint $M1 v13 10.0.10.71 10.0.10.72
	fabric_send h1 "rarp,$M1,v10"
	soon "gone" 2 no_endpoint $M1
	vm_send v13 "rarp,$M1"
	soon "back with its addresses" 2 has_endpoint $M1 v13 10.0.10.71 10.0.10.72
	# To a new port, as libvirt does it
	ok "the port goes" ip -n h1 link set v13 nomaster
	soon "gone" 2 no_endpoint $M1
	in_netns h1 "link set v13 master $BR0 up"
	port_vlan h1 v13 10
	ok "the port comes" commit
	soon "it forwards" 5 forwards h1 v13
	vm_send v13 "rarp,$M1"
	soon "back with its addresses" 2 has_endpoint $M1 v13 10.0.10.71 10.0.10.72
}

ep_gone_with_its_port()
{
	flush_endpoints
	netns_add v15
	veth_add v15 eth0 h1 v15
	in_netns h1 "link set v15 master $BR0 up"
	port_vlan h1 v15 10
	vm_inside v15 10 10.0.10.15
	ok "a VM" commit
	soon "it forwards" 5 forwards h1 v15
	vm_send v15 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v15 10.0.10.71
	monitor_start
	ok "it is destroyed" ip -n h1 link del v15
	soon "gone" 2 no_endpoint $M1
	soon "the event" 3 has_event endpoint-gone '.mac == "'$M1'" and
		.port == "v15" and .addresses == ["10.0.10.71"]'
	ip netns del v15
}

ep_gone_with_the_carrier()
{
	flush_endpoints
	vm_send v13 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v13 10.0.10.71
	ok "the VM's link goes" ip -n v13 link set eth0 down
	soon "gone" 5 no_endpoint $M1
	in_netns v13 "link set eth0 up" "route add default via 10.0.10.1"
	ok "it is added" commit
	soon "it forwards" 5 forwards h1 v13
}

ep_gone_when_heard_from_the_fabric()
{
	flush_endpoints
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	monitor_start
	fabric_send h1 "udp,$BCAST,$M1,10.0.10.71,10.0.10.255,9,v10"
	soon "gone" 2 no_endpoint $M1
	soon "the event" 3 has_event endpoint-gone '.mac == "'$M1'"'
}

ep_moves_between_ports()
{
	flush_endpoints
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	monitor_start
	sleep_ms 1100
	vm_send v12 "rarp,$M1"
	soon "it has moved with its address" 2 has_endpoint $M1 v12 10.0.10.71
	soon "the event" 3 has_event endpoint-move '.mac == "'$M1'" and
		.port == "v12" and .addresses == ["10.0.10.71"]'
}

# ---------------------------------------------------------------- claims

ep_claim_of_a_silent_owner()
{
	local queried_at kept=no

	flush_endpoints
	monitor_start
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	sleep_ms 1100
	cap owner=v11/eth0 other=v13/eth0
	now_ms
	queried_at=$NOW
	vm_send v12 "garp,$M2,10.0.10.71"
	await owner "the owner is queried" "$(arp_query $M1 10.0.10.71)"
	has_endpoint $M1 v11 10.0.10.71 && kept=yes
	now_ms
	[ $kept = yes ] || [ $((NOW - queried_at)) -ge 800 ] ||
		fail "the claim wins too early"
	soon "then the claim wins" 2 has_endpoint $M2 v12 10.0.10.71
	ok "the owner no longer has it" has_endpoint $M1 v11
	cap_end
	exactly owner 1 "queried once" "$(arp_query $M1 10.0.10.71)"
	none other "another VM was queried" "src=$VMAC .*arp=1"
	soon "the events" 3 has_event endpoint-move '.mac == "'$M2'" and
		.addresses == ["10.0.10.71"]'
	soon "the events" 3 has_event endpoint-change '.mac == "'$M1'" and
		.addresses == []'
	no_event conflict true
}

ep_claim_of_an_answering_owner()
{
	local before

	flush_endpoints
	ok "the owner" vm_ping v11 10.0.10.1
	soon "is known" 2 has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
	monitor_start
	before=$(gw_stat h1 "$G" conflicts)
	vm_send v12 "garp,$M2,10.0.10.11"
	soon "a conflict" 4 has_event conflict '.mac == "'$M2'" and
		.owner == "'"${VM_MAC[v11]}"'" and .port == "v12" and
		.address == "10.0.10.11" and .reason == "endpoint-claim" and
		.ifname == "'"$G"'"'
	ok "the first one stays" has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
	ok "without it" has_endpoint $M2 v12
	equal "counted" "$(gw_stat h1 "$G" conflicts)" $((before + 1))
}

# A VM that spoofs an address does not answer queries for it.
ep_claim_by_traffic_alone()
{
	flush_endpoints
	ok "the owner" vm_ping v11 10.0.10.1
	soon "is known" 2 has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
	monitor_start
	cap owner=v11/eth0 contender=v12/eth0
	send_udp v12 $M2 10.0.10.11
	await owner "the owner is queried" "$(arp_query "${VM_MAC[v11]}" 10.0.10.11)"
	await contender "and the contender" "$(arp_query $M2 10.0.10.11)"
	sleep_ms 1500
	cap_end
	ok "the first one stays" has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
	no_event conflict true
	# The address of a silent owner is taken over.
	send_udp v11 $M1 10.0.10.71
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	send_udp v12 $M2 10.0.10.71
	soon "taken over" 3 has_endpoint $M2 v12 10.0.10.71
}

ep_claim_from_the_fabric()
{
	flush_endpoints
	monitor_start
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	fabric_send h1 "garp,$M2,10.0.10.71,v10"
	soon "it is elsewhere" 3 has_endpoint $M1 v11
	ok "another owner" vm_ping v11 10.0.10.1
	fabric_send h1 "garp,$M2,10.0.10.11,v10"
	soon "a conflict" 4 has_event conflict '.mac == "'$M2'" and
		.address == "10.0.10.11" and .port != "v11"'
	ok "the first one stays" has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
}

# No query is needed.
ep_claim_of_one_that_left()
{
	flush_endpoints
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	fabric_send h1 "rarp,$M1,v10"
	soon "gone" 2 no_endpoint $M1
	vm_send v12 "garp,$M2,10.0.10.71"
	sleep_ms 300
	ok "at once" has_endpoint $M2 v12 10.0.10.71
	vm_send v11 "rarp,$M1"
	soon "back without it" 2 has_endpoint $M1 v11
}

# The port has joined again before the claim is decided.
w22_claim_of_a_port_that_rejoins()
{
	flush_endpoints
	vm_send v11 "garp,$M1,10.0.10.71" "garp,$M1,10.0.10.72"
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71 10.0.10.72
	cap owner=v11/eth0
	vm_send v12 "garp,$M2,10.0.10.71"
	await owner "the owner is queried" "$(arp_query $M1 10.0.10.71)"
	ok "the port leaves" ip -n h1 link set v12 nomaster
	in_netns h1 "link set v12 master $BR0 up"
	port_vlan h1 v12 10
	ok "and comes back" commit
	soon "it forwards" 5 forwards h1 v12
	cap_end
	# Until the claim is decided
	sleep_ms 1500
	vm_send v12 "garp,$M2,10.0.10.72"
	soon "the next claim wins" 3 has_endpoint $M2 v12 10.0.10.72
	ok "the owner no longer has it" has_endpoint $M1 v11
	vm_send v12 "garp,$M2,10.0.10.71"
	soon "and the first one" 3 has_endpoint $M2 v12 10.0.10.71 10.0.10.72
}

# Beyond the bridge, frames of all its untagged VLANs look alike.
w22_untagged_vlan_is_not_the_pvid()
{
	ok "its PVID" bridge -n h1 vlan add vid 10 dev br0 self pvid untagged
	undo bridge -n h1 vlan add vid 10 dev br0 self
	flush_endpoints
	ok "another untagged one" bridge -n h1 vlan add vid 20 dev br0 self \
		untagged
	undo bridge -n h1 vlan add vid 20 dev br0 self
	cap gw=h1/gw10 fab=h1/fab0
	vm_send v21 "udp,$BCAST,$M1,0.0.0.0,255.255.255.255,67" \
		"garp,$M1,10.0.20.71" "garp,$M1,10.0.10.71" \
		"udp,$BCAST,$M1,10.0.20.71,10.0.20.255,9"
	mark_through fab v21 "${VM_DEV[v21]}" $M1
	# It is received there in VLAN 10.
	vm_send v11 "udp,$BCAST,$M2,0.0.0.0,255.255.255.255,67"
	await gw "a VM of VLAN 10" " in .*src=$M2 .*udp=4444>67 "
	sleep_ms 300
	cap_end
	none gw "a VM of VLAN 20 at the gateway of VLAN 10" "src=$M1 "
	ok "no endpoint of VLAN 10" endpoints_match \
		"[.[] | select(.mac == \"$M1\" and .vlan == 10)] | length == 0"
	soon "the other one is" 2 endpoints_match \
		"[.[] | select(.mac == \"$M2\" and .vlan == 10)] | length == 1"
}

# A frame that the bridge does not accept proves nothing.
w23_heard_on_a_blocked_port()
{
	flush_endpoints
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	monitor_start
	ok "VLAN 10 is blocked" bridge -n h1 vlan set vid 10 dev fab0 \
		state blocking
	undo bridge -n h1 vlan set vid 10 dev fab0 state forwarding
	cap in=h1/fab0 other=v12/eth0
	fabric_send h1 "udp,$BCAST,$M1,10.0.10.71,10.0.10.255,9,v10" \
		"garp,$M1,10.0.10.71,v10" "rarp,$M1,v10" \
		"garp,$M2,10.0.10.71,v10"
	await in "they came in" " in .*sha=$M2 "
	vm_mark other v11
	sleep_ms 1500
	cap_end
	none other "the port is blocked" "arp=.*sha=($M1|$M2) "
	ok "it has not moved" has_endpoint $M1 v11 10.0.10.71
	no_event endpoint-gone '.mac == "'$M1'"'
	no_event conflict true
	ok "VLAN 10 is open" bridge -n h1 vlan set vid 10 dev fab0 \
		state forwarding
	fabric_send h1 "rarp,$M1,v10"
	soon "now it is gone" 2 no_endpoint $M1
}

ep_one_mac_behind_two_ports()
{
	local i

	flush_endpoints
	monitor_start
	for i in 1 2 3 4; do
		vm_send v11 "rarp,$M1"
		vm_send v12 "rarp,$M1"
	done
	soon "a conflict" 4 has_event conflict '.mac == "'$M1'" and
		.reason == "endpoint-twice"'
}

# ---------------------------------------------------------------- limits

ep_limit_per_port()
{
	flush_endpoints
	ok "a limit" ctl port set dev v13 endpoints 5
	undo ctl port set dev v13 endpoints 1024
	ok "a flood" wire -N v13 send -n 40 "${VM_DEV[v13]}" \
		"garp,new,10.0.10.80"
	soon "so many" 3 count_behind v13 5
	sleep_ms 200
	ok "and no more" count_behind v13 5
	more "counted" "$(json_number "$(ctl -j -s port show dev v13)" overlimit)" 30
	ok "served all the same" vm_ping v13 10.0.10.1
	ok "but it is not stored" no_endpoint "${VM_MAC[v13]}"
	ok "others are" vm_ping v12 10.0.10.1
	soon "stored" 2 has_endpoint "${VM_MAC[v12]}" v12 10.0.10.12
	vm_send v13 "rarp,${VM_MAC[v12]}"
	soon "nor one that moves there" 2 no_endpoint "${VM_MAC[v12]}"
	ok "more" ctl port set dev v13 endpoints 6
	ok "it sends" vm_ping v13 10.0.10.1
	soon "room for it" 2 has_endpoint "${VM_MAC[v13]}" v13 10.0.10.13
}

ep_limit_per_gateway()
{
	flush_endpoints
	ok "a limit" ctl gateway set dev "$G" endpoints 7
	undo ctl gateway set dev "$G" endpoints 16384
	ok "a flood" wire -N v13 send -n 40 "${VM_DEV[v13]}" \
		"garp,new,10.0.10.80"
	soon "so many" 3 count_behind v13 7
	ok "served all the same" vm_ping v12 10.0.10.1
	ok "but it is not stored" no_endpoint "${VM_MAC[v12]}"
	ok "another VLAN is not touched" vm_ping v21 10.0.20.1
	soon "stored" 2 has_endpoint "${VM_MAC[v21]}" v21 10.0.20.21
}

# An endpoint may have 64 addresses, and a port four times its limit of
# endpoints.
ep_limit_of_addresses()
{
	local frames=() i

	flush_endpoints
	for i in $(seq 100); do
		frames+=("udp,$VMAC,$M1,10.0.10.$((100 + i)),203.0.113.9,9")
	done
	vm_send v11 "${frames[@]}"
	soon "64" 2 endpoints_match "[.[] | select(.mac == \"$M1\")] |
		.[0].addresses | length == 64"
	flush_endpoints
	ok "a limit" ctl port set dev v13 endpoints 2
	undo ctl port set dev v13 endpoints 1024
	vm_send v13 "${frames[@]}"
	soon "8" 2 endpoints_match "[.[] | select(.mac == \"$M1\")] |
		.[0].addresses | length == 8"
	# They count on the new port after a move.
	send_udp v11 $M2 10.0.10.71
	soon "known" 2 has_endpoint $M2 v11 10.0.10.71
	vm_send v13 "rarp,$M2"
	soon "no room" 2 no_endpoint $M2
}

# An endpoint whose link is down still counts, so a VM gains nothing from
# flapping its link.
ep_limit_outlives_a_link()
{
	local i

	flush_endpoints
	ok "a limit" ctl port set dev v13 endpoints 5
	undo ctl port set dev v13 endpoints 1024
	ok "a flood" wire -N v13 send -n 20 "${VM_DEV[v13]}" \
		"garp,new,10.0.10.80"
	soon "so many" 3 count_behind v13 5
	flap_vm_link
	for i in 1 2 3 4 5 6; do
		vm_send v13 "rarp,52:54:00:cc:00:0$i"
	done
	sleep_ms 300
	ok "all five are away, but remembered" count_behind v13 0
}

flap_vm_link()
{
	ok "its link goes" ip -n v13 link set eth0 down
	soon "all are gone" 5 count_behind v13 0
	in_netns v13 "link set eth0 up" "route add default via 10.0.10.1"
	ok "its link comes" commit
	soon "it forwards" 5 forwards h1 v13
}

# ---------------------------------------------------------------- control

ep_flush()
{
	flush_endpoints
	vm_send v11 "garp,$M1,10.0.10.71"
	vm_send v21 "garp,$M2,10.0.20.71"
	soon "both" 2 has_endpoint $M1 v11 10.0.10.71
	soon "both" 2 has_endpoint $M2 v21 10.0.20.71
	ok "flush one" ctl endpoint flush dev "$G"
	ok "gone at once" no_endpoint $M1
	ok "the other is not" has_endpoint $M2 v21 10.0.20.71
	vm_send v11 "rarp,$M1"
	soon "deleted completely" 2 has_endpoint $M1 v11
	ok "flush all" ctl endpoint flush
	ok "none is left" endpoints_match 'length == 0'
	ctl endpoint flush dev v11 > "$TMP/output" 2>&1
	equal "not a gateway" $? 2
	grep -q '"v11".*not a gateway' "$TMP/output" || fail "$(< "$TMP/output")"
	ok "it is learned again at once" vm_ping v11 10.0.10.1
	soon "and it is stored" 2 has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
	ok "flush all" ctl endpoint flush
	ok "it is learned again at once" vm_ping v11 10.0.10.1
	soon "and it is stored" 2 has_endpoint "${VM_MAC[v11]}" v11 10.0.10.11
	send_udp v11 $M1 10.0.10.71
	send_udp v11 $M1 10.0.10.71
	soon "a packet will do" 2 has_endpoint $M1 v11 10.0.10.71
	ok "flush all" ctl endpoint flush
	send_udp v11 $M1 10.0.10.71
	soon "also again" 2 has_endpoint $M1 v11 10.0.10.71
}

ep_flush_needs_cap_net_admin()
{
	local drop="setpriv --bounding-set -net_admin --inh-caps -net_admin"

	flush_endpoints
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "known" 2 has_endpoint $M1 v11 10.0.10.71
	# shellcheck disable=SC2086
	ns h1 $drop anygwctl endpoint flush > "$TMP/output" 2>&1
	equal "flush" $? 2
	grep -q CAP_NET_ADMIN "$TMP/output" || fail "$(< "$TMP/output")"
	# shellcheck disable=SC2086
	ok "reading" ns h1 $drop anygwctl endpoint show
	ok "still known" has_endpoint $M1 v11 10.0.10.71
}

ep_events()
{
	local keys='has("ifname") and has("vlan") and has("mac") and
		has("addresses") and has("port") and has("age")'

	flush_endpoints
	monitor_start
	bg only anygwctl -n h1 -j monitor endpoint
	sleep_ms 300
	vm_send v11 "garp,$M1,10.0.10.71"
	soon "new" 3 has_event endpoint-new '.mac == "'$M1'" and .port == "v11" and
		.addresses == ["10.0.10.71"] and .ifname == "'"$G"'"'
	send_udp v11 $M1 10.0.10.72
	soon "change" 3 has_event endpoint-change '.mac == "'$M1'" and
		(.addresses | length) == 2'
	sleep_ms 1100
	vm_send v12 "rarp,$M1"
	soon "move" 3 has_event endpoint-move '.mac == "'$M1'" and .port == "v12"'
	sleep_ms 1100
	ok "flush" ctl endpoint flush
	soon "gone" 3 has_event endpoint-gone '.mac == "'$M1'" and .port == "v12"'
	jq -es "[.[] | select(.event | startswith(\"endpoint\"))] |
		all($keys)" "$TMP/monitor.out" > /dev/null ||
		fail "keys: $(< "$TMP/monitor.out")"
	jq -es 'all(.event | startswith("endpoint-"))' "$TMP/only.out" \
		> /dev/null || fail "the word endpoint: $(< "$TMP/only.out")"
	[ -s "$TMP/only.out" ] || fail "the word endpoint: nothing"
}

ep_events_at_most_once_a_second()
{
	local i n start

	flush_endpoints
	bg monitor anygwctl -n h1 -j monitor endpoint
	soon "it has started" 5 monitor_joined
	now_ms
	start=$NOW
	for i in $(seq 20); do
		send_udp v11 $M1 "10.0.10.$((100 + i))"
		sleep_ms 100
	done
	sleep_ms 1200
	n=$(wc -l < "$TMP/monitor.out")
	now_ms
	[ "$n" -ge 2 ] && [ "$n" -le $(((NOW - start) / 1000 + 1)) ] ||
		fail "$n events: $(< "$TMP/monitor.out")"
	jq -es '.[-1].addresses | length == 20' "$TMP/monitor.out" \
		> /dev/null || fail "the last: $(tail -n 1 "$TMP/monitor.out")"
}

# While endpoints come and go, a dump has each of those that stay exactly once.
ep_dump_during_changes()
{
	local i busy n

	flush_endpoints
	ok "300 that stay" wire -N v11 send -n 300 "${VM_DEV[v11]}" \
		"garp,new,10.0.10.80"
	soon "they are known" 5 count_behind v11 300
	ctl -j endpoint show | jq -r '.[].mac' | sort > "$TMP/stay"
	undo rm -f "$TMP/busy"
	touch "$TMP/busy"
	(
		i=0
		while [ -e "$TMP/busy" ]; do
			i=$(((i + 1) % 200))
			wire -N v12 send "${VM_DEV[v12]}" \
				"rarp,52:54:00:cc:00:$(printf %02x $i)"
			wire -N sw send p1 \
				"rarp,52:54:00:cc:00:$(printf %02x $i),v10"
		done
	) &
	busy=$!
	PIDS+=($busy)
	for i in 1 2 3 4 5 6 7 8; do
		ctl -j endpoint show > "$TMP/dump" 2> "$TMP/dump.err" ||
			fail "$(< "$TMP/dump.err")"
		[ ! -s "$TMP/dump.err" ] || fail "$(< "$TMP/dump.err")"
		jq -r '.[].mac' "$TMP/dump" | sort > "$TMP/macs"
		n=$(comm -12 "$TMP/stay" "$TMP/macs" | wc -l)
		equal "dump $i: those that stay" "$n" 300
		equal "dump $i: twice" "$(uniq -d "$TMP/macs")" ""
	done
	rm -f "$TMP/busy"
	wait $busy
}

ep_forgotten_with_the_gateway()
{
	flush_endpoints
	vm_send v21 "garp,$M1,10.0.20.71"
	soon "known" 2 has_endpoint $M1 v21 10.0.20.71
	set_bridge_args 20
	# shellcheck disable=SC2086
	undo ctl gateway add $BR address 10.0.20.1/24
	ok "the gateway goes" ctl gateway del dev "${G%10}20"
	ok "and the endpoint as well" no_endpoint $M1
	# shellcheck disable=SC2086
	ok "the gateway comes" ctl gateway add $BR address 10.0.20.1/24
	ok "it is not known" no_endpoint $M1
	vm_send v21 "garp,$M1,10.0.20.71"
	soon "but it is learned again" 2 has_endpoint $M1 v21 10.0.20.71
}

ep_limits_are_saved()
{
	ctl save > "$TMP/first"
	grep -q endpoints "$TMP/first" && fail "defaults are saved"
	ok "port" ctl port set dev v11 endpoints 77
	ok "another" ctl port set dev v12 role access endpoints 78
	ok "gateway" ctl gateway set dev "$G" endpoints 99
	ctl save > "$TMP/second"
	grep -qx 'port set dev v11 endpoints 77' "$TMP/second" ||
		fail "$(< "$TMP/second")"
	grep -qx 'port set dev v12 role access endpoints 78' "$TMP/second" ||
		fail "$(< "$TMP/second")"
	grep -q 'gateway add .* endpoints 99$' "$TMP/second" ||
		fail "$(< "$TMP/second")"
	ctl apply "$TMP/second" dry-run > "$TMP/output"
	equal "nothing to do" "$(< "$TMP/output")" ""
	ctl -j port show dev v11 | jq -e '.[0].endpoint_max == 77' > \
		/dev/null || fail "$(ctl -j port show dev v11)"
	ctl -j gateway show dev "$G" | jq -e '.[0].endpoint_max == 99' > \
		/dev/null || fail "$(ctl -j gateway show dev "$G")"
	ok "ports back" ctl port set dev v11 endpoints 1024
	ok "ports back" ctl port set dev v12 role auto endpoints 1024
	ok "apply what was" ctl apply "$TMP/first"
	ctl save > "$TMP/third"
	equal "as before" "$(< "$TMP/third")" "$(< "$TMP/first")"
}

run_tests "$@"
