#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
#
# Traffic control beside anygw: frames in a queue of the bridge device while
# their gateway is deleted (W1), shaping with an intermediate device (W9), and
# filters on a frame's ingress port (W14).

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged tagged unaware"
CASES="w14_fabric_port_sees_where_from w14_vm_port_sees_where_from
	w14_vm_port_sees_fabric w14_vm_port_sees_another_host
	w09_answer_through_an_ifb w01_routed_through_an_ifb
	w01_deleted_with_frames_in_the_queue
	w01_all_deleted_with_frames_in_the_queue
	w01_unloaded_with_frames_in_the_queue"

# The administrator's own: they stay when the gateway is deleted.
self_vlans()
{
	[ "$VARIANT" != unaware ] || return 0
	in_bridge h1 "vlan add dev br0 vid 10 self" \
		"vlan add dev br0 vid 20 self"
	commit && snapshot h1
}

setup()
{
	topo 2 && self_vlans && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10 || return 1
	F=fab0
	[ "$VARIANT" != unaware ] || F=fab0.10
}

BAREP=52:54:00:00:be:ef
PEER=0a:61:6e:12:34:56
M1=52:54:00:aa:00:01
ON_FABRIC="src=$VMAC|sha=$VMAC"

# ---------------------------------------------------------------- filters

# watch OUT IN MATCH...: count frames that leave by OUT, by whether they came
# from IN
watch()
{
	local out=$1 in=$2

	shift 2
	ok "classes" tc -n h1 qdisc add dev "$out" clsact
	undo tc -n h1 qdisc del dev "$out" clsact
	ok "filter" tc -n h1 filter add dev "$out" egress pref 1 "${@:1:2}" \
		flower indev "$in" "${@:3}" action pass
	ok "and all others" tc -n h1 filter add dev "$out" egress pref 2 \
		"${@:1:2}" flower "${@:3}" action pass
}

# passed OUT PREF: set N to the number of frames
passed()
{
	N=$(tc -n h1 -s -j filter show dev "$1" egress |
		jq "[.[] | select(.pref == $2) | .options.actions // [] |
			.[].stats.packets] | add // 0")
}

# all_counted OUT CAPTURE PATTERN: as many as were captured, except for those
# that the host sends for a VM
all_counted()
{
	local seen own

	count "$2" "$3"
	seen=$N
	count "$2" "$3.*rarp="
	own=$N
	more "frames" "$seen" "$own"
	passed "$1" 2
	equal "not via that port, of $seen frames" "$N" "$own"
	passed "$1" 1
	equal "via that port" "$N" $((seen - own))
}

w14_fabric_port_sees_where_from()
{
	local m=${VM_MAC[v11]}

	flush_neighbours v11 bare
	ok "no neighbour is known" anygwctl -n h1 endpoint flush
	watch $F v11 protocol all src_mac "$m"
	cap fab=h1/$F/out
	ok "to another host" vm_ping v11 10.0.10.50 3
	vm_send v11 "garp,$m,10.0.10.11" \
		"arp,$BARE10,$m,2,$m,10.0.10.11,$BARE10,10.0.10.50" \
		"udp,$BARE10,$m,10.0.10.11,10.0.10.50,9" \
		"udp,$BCAST,$m,10.0.10.11,10.0.10.255,9"
	# Another host sends a request, and the VM's reply is forwarded.
	fabric_send h1 "arp,$BCAST,$PEER,1,$PEER,0.0.0.0,$ZERO_MAC,10.0.10.11,v10"
	await fab "the VM's reply" " out .*src=$m dst=$PEER arp=2 "
	vm_mark fab v11
	cap_end
	all_counted $F fab " out .*src=$m "
}

# The first frame of a host, and each later one
w14_vm_port_sees_where_from()
{
	ok "no neighbour is known" anygwctl -n h1 endpoint flush
	flush_neighbours v11 v13
	watch v13 v11 protocol all src_mac $M1
	watch v11 v13 protocol all src_mac "${VM_MAC[v13]}"
	cap to=h1/v13/out back=h1/v11/out
	vm_send v11 "udp,${VM_MAC[v13]},$M1,10.0.10.71,10.0.10.13,9" \
		"udp,${VM_MAC[v13]},$M1,10.0.10.71,10.0.10.13,9" \
		"arp,${VM_MAC[v13]},$M1,2,$M1,10.0.10.71,${VM_MAC[v13]},10.0.10.13" \
		"garp,$M1,10.0.10.71" \
		"udp,${VM_MAC[v13]},$M1,10.0.10.71,10.0.10.13,9"
	ok "two VMs" vm_ping v13 10.0.10.11 3
	vm_mark to v11
	vm_mark back v13
	cap_end
	all_counted v13 to " out .*src=$M1 "
	all_counted v11 back " out .*src=${VM_MAC[v13]} "
}

w14_vm_port_sees_fabric()
{
	flush_neighbours v11 bare
	watch v11 $F protocol all src_mac $BARE10
	cap vm=h1/v11/out
	ok "from another host" vm_ping bare 10.0.10.11 3
	fabric_send h1 "garp,$BARE10,10.0.10.50,v10" \
		"arp,${VM_MAC[v11]},$BARE10,2,$BARE10,10.0.10.50,${VM_MAC[v11]},10.0.10.11,v10" \
		"udp,$BCAST,$BARE10,10.0.10.50,10.0.10.255,9,v10"
	mark_through vm sw p1 $BAREP 10
	cap_end
	all_counted v11 vm " out .*src=$BARE10 "
}

# Packets that another host has routed arrive from the vMAC, and still via the
# fabric port.
w14_vm_port_sees_another_host()
{
	local m=${VM_MAC[v11]} words="protocol ip"

	[ "$VARIANT" != tagged ] || words="protocol 802.1Q vlan_ethtype ipv4"
	# shellcheck disable=SC2086
	watch v11 $F $words src_ip 198.51.100.7
	cap vm=h1/v11/out
	fabric_send h1 "udp,$m,$PEER,198.51.100.7,10.0.10.11,9,v10" \
		"udp,$m,$PEER,198.51.100.7,10.0.10.11,9,v10" \
		"udp,$m,$PEER,198.51.100.7,10.0.10.11,9,v10"
	mark_through vm sw p1 $BAREP 10
	cap_end
	exactly vm 3 "as the gateway" " out .*src=$VMAC .*ip=198\.51\.100\.7>"
	all_counted v11 vm " out .*ip=198\.51\.100\.7>"
}

# ---------------------------------------------------------------- shaping

# Ingress shaping without clsact, with an ifb device
shape()
{
	ok "an ifb" ip -n h1 link add ifb0 type ifb
	undo ip -n h1 link del ifb0
	ok "up" ip -n h1 link set ifb0 up
	ok "classes" tc -n h1 qdisc add dev "$B" clsact
	undo tc -n h1 qdisc del dev "$B" clsact
	ok "redirect" tc -n h1 filter add dev "$B" egress matchall \
		action mirred egress redirect dev ifb0
}

w09_answer_through_an_ifb()
{
	shape
	flush_neighbours v11
	cap vm=v11/eth0 fab=h1/fab0 ifb=h1/ifb0
	ok "ping" vm_ping v11 10.0.10.1 2
	vm_mark fab v11
	cap_end
	some ifb "via the ifb" " src=$VMAC "
	exactly vm 1 "one reply from the gateway" \
		" in .*src=$VMAC .*arp=2 sha=$VMAC spa=10\.0\.10\.1 "
	none vm "W8: as the host" 0a:61:6e
	none fab "the vMAC on the fabric" "$ON_FABRIC"
}

w01_routed_through_an_ifb()
{
	shape
	flush_neighbours h1 v11 bare
	cap fab=h1/fab0 vm=v12/eth0 ifb=h1/ifb0 me=v11/eth0
	ok "to another host in another VLAN" vm_ping v11 10.0.20.50 2
	ns h1 ping -n -q -c 2 -i 0.2 -W 1 -I "$G" 10.0.10.12 > /dev/null
	ok "the gateway announces itself" \
		ns h1 arping -q -c 1 -U -I "$G" 10.0.10.1
	await me "to the VM" " in .*src=$VMAC dst=$BCAST arp=1 "
	vm_mark vm v11
	cap_end
	some ifb "via the ifb" " src=$VMAC "
	some fab "routed as the host" \
		" out .*src=${HMAC[1]} .*ip=10\.0\.10\.11>10\.0\.20\.50 "
	some fab "a request from the host" " out .*src=${HMAC[1]} .*arp=1 sha=${HMAC[1]} spa=0\.0\.0\.0 "
	none fab "the vMAC on the fabric" "$ON_FABRIC"
	none fab "W2: the gateway on the fabric" " out .*spa=10\.0\.10\.1 "
	none vm "W8: a host MAC at a VM" "src=0a:61:6e.* ip="
}

# ---------------------------------------------------------------- queues

has_backlog() { [[ $(tc -n h1 -s qdisc show dev "$B") != *"backlog 0b 0p"* ]]; }

no_backlog() { ! has_backlog; }

# add_again VLAN...: the gateways that were deleted
add_again()
{
	local v

	for v in "$@"; do
		set_bridge_args "$v"
		# shellcheck disable=SC2086
		anygwctl -n h1 gateway add $BR address "10.0.$v.1/24"
	done
}

queue()
{
	ok "frames are to wait" tc -n h1 qdisc add dev "$B" root netem delay 3s
	undo tc -n h1 qdisc del dev "$B" root
	cap fab=h1/fab0 vm=v11/eth0
	ok "the gateway sends" wire -N h1 send "$G" \
		"udp,$BCAST,$VMAC,10.0.10.1,10.0.10.255,67" \
		"garp,$VMAC,10.0.10.1" \
		"udp,$BARE10,$VMAC,10.0.10.1,10.0.10.50,9" \
		"arp,$BCAST,$VMAC,1,$VMAC,10.0.10.1,$ZERO_MAC,10.0.10.50"
	ok "they wait" has_backlog
}

check_none_left()
{
	soon "they are gone" 5 no_backlog
	vm_mark fab v11
	cap_end
	none fab "the vMAC on the fabric" " out .*($ON_FABRIC)"
	none fab "W2: the gateway on the fabric" " out .*spa=10\.0\.10\.1 "
}

# queue_and_delete VLAN...
queue_and_delete()
{
	local v

	queue
	undo add_again "$@"
	for v in "$@"; do
		set_names "$v"
		ok "delete $G" anygwctl -n h1 gateway del dev "$G"
	done
	set_names 10
	ok "they still wait" has_backlog
	check_none_left
}

w01_deleted_with_frames_in_the_queue() { queue_and_delete 10; }

# With the last gateway the hooks are removed as well.
w01_all_deleted_with_frames_in_the_queue() { queue_and_delete 10 20; }

# Frames leave all the time, also after the hooks are gone.
w01_unloaded_with_frames_in_the_queue()
{
	queue
	bg pings ns h1 ping -q -b -i 0.005 -c 2000 -I "$G" 10.0.10.255
	await fab "the first come out" " out .*src=${HMAC[1]} dst=$BCAST .*icmp"
	undo gateways h1 h2
	undo load
	ok "rmmod" unload
	check_none_left
}

run_tests "$@"
