#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 320
# also: bare noipv6
#
# The fences, tested with hostile frames from both sides: what a VM may not send
# (W1, W11), what the gateway and the host may not send to the fabric (W1, W2),
# what the fabric may not send (W4, W5, W6, W8). h1 has a second fabric port, to
# the host edge.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged tagged unaware"
CASES="w01_vm_speaks_as_vmac w01_broadcast_of_the_gateway
	w01_flooded_unicast_of_the_gateway
	w02_gateway_announces_itself w02_gateway_answers_the_fabric
	w02_multicast_reports w02_host_speaks_for_the_gateway
	w02_host_speaks_in_another_vlan
	w04_fabric_to_vmac w04_fabric_to_host_mac w04_host_address
	w05_fabric_from_vmac w05_gateway_is_not_moved w06_fabric_claims
	w06_own_host_mac_from_fabric w08_foreign_host_frames
	w11_vm_claims_gateway_address w11_vm_uses_host_mac
	w11_vm_redirects w11_fabric_redirects
	w11_counted_at_its_port w01_two_fabric_ports"
NEEDS[multicast]="w02_multicast_reports"

setup()
{
	topo 2 exits && second_port h1 && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10
}

BAREP=52:54:00:00:be:ef
ON_FABRIC="src=$VMAC|sha=$VMAC"

# check_service VM...: the end of each case
check_service()
{
	local vm

	for vm in "$@"; do
		ok "$vm reaches its gateway" vm_ping "$vm" 10.0.10.1
		ok "$vm holds the vMAC" \
			neigh_is "$vm" "${VM_DEV[$vm]}" 10.0.10.1 $VMAC
	done
}

w01_vm_speaks_as_vmac()
{
	local before m

	m=${VM_MAC[v11]}
	before=$(port_drops h1 v11)
	cap fab=h1/fab0 edge=edge/eth0 other=v13/eth0 in=h1/v11
	vm_send v11 "udp,$BARE10,$VMAC,10.0.10.11,10.0.10.50,9" \
		"udp,$BCAST,$VMAC,10.0.10.11,255.255.255.255,9" \
		"garp,$VMAC,10.0.10.11" "rarp,$VMAC" \
		"arp,$BCAST,$m,1,$VMAC,10.0.10.11,$ZERO_MAC,10.0.10.50"
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	exactly in 5 "the frames came in" " in .*$VMAC"
	none fab "the vMAC on the fabric" "$ON_FABRIC"
	none edge "the vMAC on the fabric" "$ON_FABRIC"
	none other "the vMAC from another VM" "$ON_FABRIC"
	more "counted at the port" "$(port_drops h1 v11)" $((before + 4))
	check_service v11 v13
}

w01_broadcast_of_the_gateway()
{
	cap fab=h1/fab0 edge=edge/eth0 vm=v11/eth0
	ok "the gateway broadcasts" wire -N h1 send "$G" \
		"udp,$BCAST,$VMAC,10.0.10.1,10.0.10.255,67"
	await vm "at the VM from the gateway" \
		" in .*src=$VMAC dst=$BCAST ip=10\.0\.10\.1>10\.0\.10\.255 "
	cap_end
	none fab "the vMAC on the fabric" "$ON_FABRIC"
	none edge "the vMAC on the fabric" "$ON_FABRIC"
}

# The FDB entry of the VM has aged out, the neighbour entry has not.
w01_flooded_unicast_of_the_gateway()
{
	local words="dev fab0 master vlan 10"

	[ "$VARIANT" != unaware ] || words="dev fab0.10 master"
	ok "resolve" vm_ping v11 10.0.10.12
	ns h1 ping -n -c 1 -W 1 -I "$G" 10.0.10.12 > /dev/null
	soon "h1 has resolved v12" 2 neigh_is h1 "$G" 10.0.10.12 "${VM_MAC[v12]}"
	# Neighbour probes would refresh the FDB.
	flush_neighbours v11 v12
	# shellcheck disable=SC2086
	ok "the bridge ages it out" bridge -n h1 fdb del "${VM_MAC[v12]}" $words
	cap fab=h1/fab0 edge=edge/eth0 vm=v11/eth0 to=v12/eth0
	ok "a packet from outside" ns srv ping -n -c 1 -W 5 -I $SRV 10.0.10.12
	cap_end
	some edge "it was flooded" \
		" in vlan=10 src=${HMAC[1]} dst=${VM_MAC[v12]} ip=203"
	exactly vm 1 "to the VMs from the gateway" \
		" in .*src=$VMAC dst=${VM_MAC[v12]} ip=203"
	exactly to 1 "it arrived once" " in .*src=$VMAC .*ip=203"
	none fab "the vMAC on the fabric" "$ON_FABRIC"
	none edge "the vMAC on the fabric" "$ON_FABRIC"
}

w02_gateway_announces_itself()
{
	cap fab=h1/fab0 edge=edge/eth0 vm=v11/eth0
	ok "as a reply" ns h1 arping -q -c 1 -A -I "$G" 10.0.10.1
	ok "as a request" ns h1 arping -q -c 1 -U -I "$G" 10.0.10.1
	await vm "at the VM" " in .*src=$VMAC .*arp=[12] sha=$VMAC spa=10\.0\.10\.1 .*tpa=10\.0\.10\.1 " 2
	cap_end
	# Nor as a request for its own address
	none fab "on the fabric" "arp=.*[st]pa=10\.0\.10\.1 |$ON_FABRIC"
	none edge "on the fabric" "arp=.*[st]pa=10\.0\.10\.1 |$ON_FABRIC"
}

w02_gateway_answers_the_fabric()
{
	cap gw=h1/$G fab=h1/fab0 edge=edge/eth0
	ok "the device replies to bare" wire -N h1 send "$G" \
		"arp,$BARE10,$VMAC,2,$VMAC,10.0.10.1,$BARE10,10.0.10.50" \
		"arp,$BCAST,$VMAC,1,$VMAC,10.0.10.1,$ZERO_MAC,10.0.10.50"
	# The request comes from the host, so it serves as the mark as well.
	await fab "the request, from the host" \
		" out .*src=${HMAC[1]} .*arp=1 sha=${HMAC[1]} .*tpa=10\.0\.10\.50 "
	cap_end
	some gw "the reply was sent" " out .*arp=2 .*spa=10\.0\.10\.1 .*tpa=10\.0\.10\.50 "
	some gw "and the request" " out .*arp=1 .*spa=10\.0\.10\.1 .*tpa=10\.0\.10\.50 "
	none fab "a reply on the fabric" " out .*arp=2 .*spa=10\.0\.10\.1 "
	none fab "the gateway address on the fabric" " out .*spa=10\.0\.10\.1 "
	none fab "the vMAC on the fabric" "$ON_FABRIC"
}

w02_multicast_reports()
{
	cap gw=h1/$G fab=h1/fab0 edge=edge/eth0
	ok "join a group" ip -n h1 address add 239.1.2.3/32 dev "$G" autojoin
	undo ip -n h1 address del 239.1.2.3/32 dev "$G"
	await gw "the device reports" " out .*proto=2 "
	vm_mark edge v11
	cap_end
	none fab "a report on the fabric" "proto=2 |$ON_FABRIC"
	none edge "a report on the fabric" "proto=2 |$ON_FABRIC"
}

w02_host_speaks_for_the_gateway()
{
	local me=52:54:00:00:00:b0 tag=,v10

	[ "$VARIANT" != unaware ] || tag=
	cap fab=h1/fab0 br=h1/$B
	ok "the host itself" wire -N h1 send "$B" \
		"arp,$BCAST,$me,1,$me,10.0.10.1,$ZERO_MAC,10.0.10.50$tag" \
		"garp,$me,10.0.10.1$tag" \
		"arp,$BCAST,$me,1,$VMAC,10.0.10.200,$ZERO_MAC,10.0.10.50$tag" \
		"udp,$BARE10,$VMAC,10.0.10.1,10.0.10.50,9$tag" \
		"arp,$BCAST,$me,1,$me,10.0.10.200,$ZERO_MAC,10.0.10.50$tag"
	await fab "its own request passes" \
		" out .*src=$me .*spa=10\.0\.10\.200 .*tpa=10\.0\.10\.50 "
	cap_end
	exactly br 5 "sent on the bridge" " out .*(src=$me|udp=4444)"
	none fab "the gateway address on the fabric" " out .*spa=10\.0\.10\.1 "
	none fab "the vMAC on the fabric" "$ON_FABRIC"
}

# The gateway address of VLAN 10 is fenced in VLAN 20 as well.
w02_host_speaks_in_another_vlan()
{
	local me=52:54:00:00:00:b0 tag=,v20

	set_names 20
	[ "$VARIANT" != unaware ] || tag=
	cap fab=h1/fab0 br=h1/$B
	ok "the host itself" wire -N h1 send "$B" \
		"arp,$BCAST,$me,1,$me,10.0.10.1,$ZERO_MAC,10.0.20.50$tag" \
		"garp,$me,10.0.10.1$tag" \
		"arp,$BCAST,$me,1,$me,10.0.20.200,$ZERO_MAC,10.0.20.50$tag"
	await fab "its own request passes" \
		" out vlan=20 src=$me .*spa=10\.0\.20\.200 .*tpa=10\.0\.20\.50 "
	cap_end
	exactly br 3 "sent on the bridge" " out .*src=$me"
	none fab "the gateway address on the fabric" " out .*spa=10\.0\.10\.1 "
}

w04_fabric_to_vmac()
{
	local before

	before=$(gw_stat h1 "$G" fabric-to-vmac)
	cap exit=h1/exit0 vm=v11/eth0 in=h1/fab0 edge=edge/eth0
	fabric_send h1 "udp,$VMAC,$BAREP,10.0.10.70,$SRV,9,v10" \
		"ping,$VMAC,$BAREP,10.0.10.70,10.0.10.1,v10" \
		"udp,$VMAC,$BAREP,10.0.10.70,10.0.10.11,9,v10" \
		"arp,$VMAC,$BAREP,1,$BAREP,10.0.10.70,$ZERO_MAC,10.0.10.1,v10"
	mark_through vm sw p1 $BAREP 10
	cap_end
	exactly in 4 "the frames came in" " in .*dst=$VMAC "
	none in "a reply" " out .*dst=$BAREP "
	none exit "routed" "10\.0\.10\.70"
	none vm "at a VM" "10\.0\.10\.70"
	none edge "to the next fabric port" "10\.0\.10\.70"
	equal "counted" "$(gw_stat h1 "$G" fabric-to-vmac)" $((before + 4))
}

w04_fabric_to_host_mac()
{
	local before

	before=$(gw_drops h1 "$G")
	cap exit=h1/exit0 vm=v11/eth0 in=h1/fab0
	fabric_send h1 "udp,${HMAC[1]},$BAREP,10.0.10.70,$SRV,9,v10" \
		"ping,${HMAC[1]},$BAREP,10.0.10.70,10.0.10.1,v10" \
		"ping,${HMAC[1]},$BAREP,10.0.10.70,10.1.1.1,v10" \
		"udp,${HMAC[1]},$BAREP,10.0.10.70,10.0.10.11,9,v10" \
		"udp,$BCAST,$BAREP,10.0.10.70,$SRV,9,v10"
	mark_through vm sw p1 $BAREP 10
	cap_end
	exactly in 4 "the frames came in" " in .*dst=${HMAC[1]} "
	none in "a reply" " out .*dst=$BAREP "
	none exit "an open router" "10\.0\.10\.70"
	none vm "at a VM" "10\.0\.10\.70>10\.0\.10\.11 "
	more "counted" "$(gw_drops h1 "$G")" $((before + 3))
}

w04_host_address()
{
	ok "host-address" anygwctl -n h1 gateway set dev "$G" \
		host-address 10.0.10.251/24
	undo anygwctl -n h1 gateway set dev "$G" host-address none
	flush_neighbours bare
	cap fab=h1/fab0
	ok "bare pings it" vm_ping bare 10.0.10.251
	refused "bare pings the gateway via it" ns bare ping -n -c 1 -W 1 \
		-q 10.0.10.1
	cap_end
	some fab "a reply from the host" \
		" out .*src=${HMAC[1]} dst=$BARE10 arp=2 sha=${HMAC[1]} spa=10\.0\.10\.251 "
	some fab "pings too" \
		" out .*src=${HMAC[1]} .*ip=10\.0\.10\.251>10\.0\.10\.50 .*icmp=0/0 "
	none fab "the vMAC on the fabric" "$ON_FABRIC"
	none fab "a reply for the gateway" " out .*arp=2 .*spa=10\.0\.10\.1 "
}

w05_fabric_from_vmac()
{
	local before

	before=$(gw_stat h1 "$G" conflicts)
	cap vm=v11/eth0 edge=edge/eth0 in=h1/fab0
	fabric_send h1 "garp,$VMAC,10.0.10.1,v10" "garp,$VMAC,10.0.10.77,v10" \
		"udp,${VM_MAC[v11]},$VMAC,10.0.10.1,10.0.10.11,9,v10" \
		"udp,$BCAST,$VMAC,10.0.10.1,255.255.255.255,9,v10"
	mark_through vm sw p1 $BAREP 10
	cap_end
	exactly in 4 "the frames came in" " in .*src=$VMAC "
	none vm "at a VM" "src=$VMAC .*(10\.0\.10\.77|udp=)"
	none vm "at a VM" "$ON_FABRIC"
	none edge "to the next fabric port" "$ON_FABRIC"
	more "a conflict" "$(gw_stat h1 "$G" conflicts)" "$before"
	check_service v11
}

w05_gateway_is_not_moved()
{
	fabric_send h1 "garp,$VMAC,10.0.10.99,v10" "rarp,$VMAC,v10"
	bridge -n h1 fdb show | grep "^$VMAC .*dev fab" &&
		fail "the vMAC has moved to the fabric"
	cap exit=h1/exit0
	ok "the VM's egress" vm_ping v11 $SRV
	cap_end
	some exit "has not moved" "ip=10\.0\.10\.11>203"
}

w06_fabric_claims()
{
	local bad=52:54:00:bb:00:01 before m=${VM_MAC[v11]}

	# Events are limited to one per second, and earlier cases caused
	# conflicts.
	sleep_ms 1100
	before=$(gw_stat h1 "$G" conflicts)
	bg monitor anygwctl -n h1 -j monitor conflict
	local monitor=$BG
	soon "the monitor listens" 2 monitor_joined h1
	cap vm=v11/eth0 edge=edge/eth0 in=h1/fab0
	fabric_send h1 "garp,$bad,10.0.10.1,v10" \
		"arp,$BCAST,$bad,2,$bad,10.0.10.1,$BCAST,10.0.10.1,v10" \
		"arp,$m,$bad,2,$bad,10.0.10.1,$m,10.0.10.11,v10" \
		"arp,$BCAST,$bad,1,$bad,10.0.10.1,$ZERO_MAC,10.0.10.13,v10"
	mark_through vm sw p1 $BAREP 10
	soon "the event" 2 grep -q conflict "$TMP/monitor.out"
	cap_end
	exactly in 4 "the frames came in" " in .*sha=$bad "
	none vm "a claim at the VM" "sha=$bad "
	more "counted" "$(gw_stat h1 "$G" conflicts)" "$before"
	ok "the event names the MAC" grep -q "$bad" "$TMP/monitor.out"
	ok "and the port" grep -q '"port": *"fab0' "$TMP/monitor.out"
	kill $monitor
	check_service v11
}

# A netlink socket that has joined the group shows in /proc/net/netlink.
monitor_joined()
{
	ns "$1" awk '$2 == 16 && $4 != "00000000" { found = 1 }
		END { exit !found }' /proc/net/netlink
}

w06_own_host_mac_from_fabric()
{
	local before

	before=$(gw_stat h1 "$G" conflicts)
	cap vm=v11/eth0
	fabric_send h1 "arp,$BCAST,${HMAC[1]},1,${HMAC[1]},0.0.0.0,$ZERO_MAC,10.0.10.11,v10"
	mark_through vm sw p1 $BAREP 10
	cap_end
	none vm "at a VM" "${HMAC[1]}"
	more "a conflict" "$(gw_stat h1 "$G" conflicts)" "$before"
	check_service v11
}

w08_foreign_host_frames()
{
	local peer=0a:61:6e:12:34:56 m=${VM_MAC[v11]}

	cap vm=v11/eth0 other=v13/eth0 in=h1/fab0
	fabric_send h1 "udp,$m,$peer,198.51.100.7,10.0.10.11,9,v10" \
		"udp,$BCAST,$peer,10.0.10.1,10.0.10.255,9,v10" \
		"arp,$BCAST,$peer,1,$peer,0.0.0.0,$ZERO_MAC,10.0.10.11,v10" \
		"arp,$m,$peer,2,$peer,10.0.10.88,$m,10.0.10.11,v10"
	mark_through vm sw p1 $BAREP 10
	cap_end
	exactly in 4 "the frames came in" " in .*src=$peer "
	some vm "what it routed comes from the gateway" \
		" in .*src=$VMAC dst=$m ip=198\.51\.100\.7>10\.0\.10\.11 ttl=64 "
	none vm "a host MAC at a VM" 0a:61:6e
	none other "a host MAC at a VM" 0a:61:6e
	bridge -n h1 fdb show | grep "^$VMAC .*dev fab" &&
		fail "the bridge learned the vMAC on the fabric"
	check_service v11
}

w11_vm_claims_gateway_address()
{
	local before m=${VM_MAC[v11]} o=${VM_MAC[v13]}

	before=$(port_drops h1 v11)
	cap fab=h1/fab0 other=v13/eth0 in=h1/v11
	vm_send v11 "garp,$m,10.0.10.1" \
		"arp,$BCAST,$m,2,$m,10.0.10.1,$BCAST,10.0.10.1" \
		"arp,$o,$m,2,$m,10.0.10.1,$o,10.0.10.13" \
		"arp,$BCAST,$m,1,$m,10.0.10.1,$ZERO_MAC,10.0.10.13" \
		"arp,$VMAC,$m,2,$m,10.0.10.1,$VMAC,10.0.10.1" \
		"hex,ffffffffffff${m//:/}08060006080006040001${m//:/}0a000a010000000000000a000a01"
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	exactly in 6 "the frames came in" " in .*sha=$m spa=10\.0\.10\.1 "
	none other "a claim at another VM" "spa=10\.0\.10\.1 "
	none fab "a claim on the fabric" "spa=10\.0\.10\.1 "
	equal "counted" "$(port_drops h1 v11)" $((before + 6))
	check_service v11 v13
	ok "its other traffic goes on" vm_ping v11 10.0.10.13
}

w11_vm_uses_host_mac()
{
	local before m=${VM_MAC[v11]} x=0a:61:6e:99:99:99

	before=$(port_drops h1 v11)
	cap fab=h1/fab0 other=v13/eth0 in=h1/v11
	vm_send v11 "udp,$BCAST,$x,10.0.10.11,255.255.255.255,9" \
		"garp,$x,10.0.10.11" \
		"arp,$BCAST,$m,1,$x,0.0.0.0,$ZERO_MAC,10.0.10.13" \
		"udp,$BARE10,${HMAC[1]},10.0.10.11,10.0.10.50,9"
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	exactly in 4 "the frames came in" " in .*0a:61:6e:"
	none other "at another VM" "$x"
	none fab "on the fabric" "$x|src=${HMAC[1]} .*udp="
	equal "counted" "$(port_drops h1 v11)" $((before + 4))
	check_service v11 v13
}

route_is_via() { [[ $(ip -n "$1" route get "$2") == *" via $3 "* ]]; }

# The verdicts cached for two VMs, or a VM and its gateway, are for data packets
# and must not pass a redirect.
w11_vm_redirects()
{
	local m=${VM_MAC[v11]} o=${VM_MAC[v13]} before r=redirect4 t=10.0.10.11,$SRV

	ok "they send to each other" vm_ping v11 10.0.10.13 3
	ok "v11 is routed" vm_ping v11 $SRV 3
	undo ip -n v13 route flush cache
	before=$(port_stat h1 v11 rogue-router)
	cap fab=h1/fab0 edge=edge/eth0 other=v13/eth0 in=h1/v11 gw=h1/$G/out
	vm_send v11 "$r,$o,$m,10.0.10.1,10.0.10.13,$t" \
		"$r,$o,$m,10.0.10.11,10.0.10.13,$t" \
		"$r,$BCAST,$m,10.0.10.1,10.0.10.13,$t" \
		"$r,$VMAC,$m,10.0.10.11,10.0.10.13,$t" \
		"$r,$VMAC,$m,10.0.10.11,10.0.10.50,$t" \
		"$r,$BARE10,$m,10.0.10.11,10.0.10.50,$t"
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	exactly in 6 "the frames came in" " in .*icmp=5/"
	none other "a redirect at another VM" "icmp=5/"
	none fab "a redirect on the fabric" "icmp=5/"
	none edge "a redirect on the fabric" "icmp=5/"
	none gw "routed" "icmp=5/"
	equal "counted" "$(($(port_stat h1 v11 rogue-router) - before))" 6
	ok "the other VM's route" route_is_via v13 $SRV 10.0.10.1
	ok "its other traffic goes on" vm_ping v11 10.0.10.13
	check_service v11 v13
}

# Redirects of another router on the fabric are not fenced.
w11_fabric_redirects()
{
	local m=${VM_MAC[v11]} r=redirect4 t=10.0.10.70,$SRV,v10

	ok "the fabric sends to the VM" vm_ping bare 10.0.10.11 3
	undo ip -n v11 route flush cache
	cap vm=v11/eth0 edge=edge/eth0 in=h1/fab0
	fabric_send h1 "$r,$m,$BAREP,10.0.10.1,10.0.10.11,$t" \
		"$r,$m,$BARE10,10.0.10.1,10.0.10.11,$t" \
		"$r,$BCAST,$BARE10,10.0.10.1,10.0.10.11,$t" \
		"$r,$m,$BARE10,10.0.10.50,10.0.10.11,$t"
	mark_through vm sw p1 $BAREP 10
	cap_end
	exactly in 4 "the frames came in" " in .*icmp=5/"
	none vm "as the gateway" "ip=10\.0\.10\.1>.*icmp=5/"
	none edge "to the next fabric port" "ip=10\.0\.10\.1>.*icmp=5/"
	exactly vm 1 "another router's passes" \
		" in .*ip=10\.0\.10\.50>10\.0\.10\.11 .*icmp=5/"
	ok "the VM's route" route_is_via v11 $SRV 10.0.10.1
	check_service v11
}

w11_counted_at_its_port()
{
	local mine others

	mine=$(port_drops h1 v13)
	others=$(port_drops h1 v11)
	vm_send v13 "garp,${VM_MAC[v13]},10.0.10.1"
	wait_until 2 drops_are h1 v13 $((mine + 1))
	equal "at its port" "$(port_drops h1 v13)" $((mine + 1))
	equal "not at another" "$(port_drops h1 v11)" "$others"
}

drops_are() { [ "$(port_drops "$1" "$2")" = "$3" ]; }

w01_two_fabric_ports()
{
	flush_neighbours edge bare h1
	cap fab=h1/fab0 edge=edge/eth0 vm=v11/eth0
	ok "transit between the fabric ports" vm_ping edge 10.0.10.50
	ok "a VM reaches the edge" vm_ping v11 10.0.10.60
	ns h1 ping -n -c 1 -W 1 -I "$G" 10.0.10.60 > /dev/null
	soon "the gateway resolves the edge" 2 neigh_is h1 "$G" 10.0.10.60 $EDGE
	ok "leaks from the edge" wire -N edge send eth0 \
		"udp,$BARE10,$VMAC,10.0.10.1,10.0.10.50,9,v10" \
		"garp,$VMAC,10.0.10.1,v10" "garp,$EDGE,10.0.10.1,v10" \
		"arp,$BCAST,$EDGE,1,$EDGE,10.0.10.1,$ZERO_MAC,10.0.10.13,v10"
	mark_through fab edge eth0.10 $EDGE
	cap_end
	some fab "requested on one port" " out .*src=${HMAC[1]} .*arp=1 .*tpa=10\.0\.10\.60 "
	some edge "and on the other" " in .*src=${HMAC[1]} .*arp=1 .*tpa=10\.0\.10\.60 "
	none fab "the vMAC on the fabric" "$ON_FABRIC"
	none fab "W2: the edge's claim goes on" " out .*spa=10\.0\.10\.1 "
	none edge "the vMAC from h1" " in .*($ON_FABRIC)"
	none vm "the edge's claim at a VM" "arp=.*sha=$EDGE spa=10\.0\.10\.1 "
	check_service v11
}

run_tests "$@"
