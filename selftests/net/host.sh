#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# also: bare noipv6
#
# The host beside its gateway: the host's own addresses in the gateway's subnet
# (W20), with rp_filter=1; what reaches the gateway device and what does not
# (W18); what the host itself sends on the bridge (W2).

. "$(dirname "$0")/lib/lib.sh"

SIX=1
VARIANTS="untagged tagged unaware"
CASES="w20_reachable_from_vms_and_fabric w20_routes_stay
	w20_answers_for_its_own_address_only w20_reverse_path_filter
	w20_reachable6 w20_routes_stay6 w14_bridged6
	w02_host_never_says_the_gateway_address
	w18_broadcasts_reach_the_device w18_subscribed_multicast
	w18_questions_from_the_fabric w18_host_address_on_both_sides"
NEEDS[ipv6]="w20_reachable6 w20_routes_stay6 w14_bridged6"
NEEDS[multicast]="w18_subscribed_multicast"

# The host's own address is on the bridge, or on a VLAN device of it.
own_address()
{
	if [ "$VARIANT" = unaware ]; then
		OWN=br10
	else
		OWN=br0.10
		in_netns h1 "link add link br0 name br0.10 type vlan id 10" \
			"link set br0.10 up"
		in_bridge h1 "vlan add dev br0 vid 10 self"
	fi
	in_netns h1 "link set ${OWN%.*} address $MINE" \
		"address add 10.0.10.201/24 dev $OWN"
	in_netns6 h1 "address add fd00:10::201/64 dev $OWN"
	SYSCTLS+=(h1:ipv4/conf/all/rp_filter=1)
}
MINE=52:54:00:00:01:b0

setup()
{
	topo 2 exits && own_address && commit || return 1
	snapshot h1
	ip -n h1 route get 10.0.10.77 > "$TMP/route.before"
	ip -n h1 route get fd00:10::77 > "$TMP/route6.before"
	gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v12 h2 10 10.0.10.12 &&
		vm_add v21 h1 20 10.0.20.21 &&
		commit && set_names 10
}

w20_reachable_from_vms_and_fabric()
{
	flush_neighbours h1 v11 v12 bare
	cap fab=h1/fab0 vm=v11/eth0
	ok "from a VM here" vm_ping v11 10.0.10.201
	ok "from a VM there" vm_ping v12 10.0.10.201
	ok "from another host" vm_ping bare 10.0.10.201
	flush_neighbours h1
	ok "to a VM here" vm_ping h1 10.0.10.11
	ok "to a VM there" vm_ping h1 10.0.10.12
	ok "to another host" vm_ping h1 10.0.10.50
	cap_end
	some vm "with its own MAC" " in .*src=$MINE .*arp=2 sha=$MINE spa=10\.0\.10\.201 "
	some fab "with its own MAC" " out .*src=$MINE .*ip=10\.0\.10\.201>10\.0\.10\.50 "
	none fab "the vMAC on the fabric" "$VMAC"
	none fab "the gateway address on the fabric" "spa=10\.0\.10\.1 "
}

w20_routes_stay()
{
	local now before

	read -r before < "$TMP/route.before"
	read -r now <<< "$(ip -n h1 route get 10.0.10.77)"
	equal "the route into the network" "${now% uid*}" "${before% uid*}"
	now=$(ip -n h1 route get $SRV)
	[[ $now == *"dev exit0"* ]] || fail "egress: $now"
}

# arp_ignore is 0 on that device: the kernel would answer there for the gateway
# address, with the bridge's MAC.
w20_answers_for_its_own_address_only()
{
	flush_neighbours v11 bare
	cap vm=v11/eth0 fab=h1/fab0
	ok "the gateway" vm_ping v11 10.0.10.1
	ok "the host" vm_ping v11 10.0.10.201
	vm_mark fab v11
	cap_end
	exactly vm 1 "one reply for the gateway" " in .* arp=2 .*spa=10\.0\.10\.1 "
	exactly vm 1 "with the vMAC" " in .* arp=2 sha=$VMAC spa=10\.0\.10\.1 "
	exactly vm 1 "one for the host" " in .* arp=2 .*spa=10\.0\.10\.201 "
	exactly vm 1 "with its own MAC" " in .* arp=2 sha=$MINE spa=10\.0\.10\.201 "
}

w20_reverse_path_filter()
{
	ok "the VM's egress" vm_ping v11 $SRV
	ok "to another VLAN" vm_ping v11 10.0.20.21
	ok "the VM on another host" vm_ping v12 $SRV
	ok "the host's own egress" vm_ping h1 $SRV
	equal "the gateway device is loose" \
		"$(ns h1 cat "/proc/sys/net/ipv4/conf/$G/rp_filter")" 2
	equal "the host is strict" \
		"$(ns h1 cat /proc/sys/net/ipv4/conf/all/rp_filter)" 1
}

ping6_from() { ns "$1" ping -n -6 -c 1 -W $((2 * SLOW)) -q "$2"; }

w20_reachable6()
{
	flush_neighbours h1 v11 v12 bare
	cap fab=h1/fab0 vm=v11/eth0
	ok "from a VM here" ping6_from v11 fd00:10::201
	ok "from a VM there" ping6_from v12 fd00:10::201
	ok "from another host" ping6_from bare fd00:10::201
	flush_neighbours h1
	ok "to a VM here" ping6_from h1 fd00:10::11
	ok "to a VM there" ping6_from h1 fd00:10::12
	ok "to another host" ping6_from h1 fd00:10::50
	ok "a VM's egress" ping6_from v11 $SRV6
	cap_end
	some vm "with its own MAC" " in .*src=$MINE .*icmp6=136/0 target=fd00:10::201 ll=$MINE "
	some fab "with its own MAC" " out .*src=$MINE .*ip6=fd00:10::201>fd00:10::50 "
	none fab "the vMAC on the fabric" "$VMAC"
	none fab "the gateway address on the fabric" "ip6=fd00:10::1>|target=fd00:10::1 "
}

w20_routes_stay6()
{
	local now before

	read -r before < "$TMP/route6.before"
	read -r now <<< "$(ip -n h1 route get fd00:10::77)"
	equal "the route into the network" "${now% hoplimit*}" "${before% hoplimit*}"
	now=$(ip -n h1 route get $SRV6)
	[[ $now == *"dev exit0"* ]] || fail "egress: $now"
}

# A VM's own neighbour discovery is bridged.
w14_bridged6()
{
	local m=${VM_MAC[v11]}

	flush_neighbours v11 v12
	cap vm=v11/eth0 fab=h1/fab0 far=v12/eth0
	ok "to a VM there" ping6_from v11 fd00:10::12
	vm_send v11 "udp6,33:33:00:00:01:02,$m,fd00:10::11,ff05::102,9"
	await far "a multicast" "src=$m dst=33:33:00:00:01:02 ip6=fd00:10::11>ff05::102 "
	cap_end
	exactly fab 1 "queried once" " out vlan=10 src=$m dst=33:33:ff:.*icmp6=135/0 target=fd00:10::12 ll=$m "
	exactly far 1 "received once" "src=$m dst=33:33:ff:.*icmp6=135/0 target=fd00:10::12 ll=$m "
	some far "as it was sent" "src=$m dst=${VM_MAC[v12]} ip6=fd00:10::11>fd00:10::12 .*icmp6=128/"
	exactly fab 1 "one echo" " out vlan=10 src=$m .*icmp6=128/"
}

w02_host_never_says_the_gateway_address()
{
	flush_neighbours h1 bare
	cap fab=h1/fab0 br=h1/$B vm=v12/eth0
	# From the gateway address, through the host's own device
	ns h1 ping -n -c 2 -i 0.2 -W 1 -I 10.0.10.1 10.0.10.50 > /dev/null
	ns h1 arping -q -c 1 -A -I $OWN -s 10.0.10.1 10.0.10.1
	ok "its own announcement" ns h1 arping -q -c 1 -A -I $OWN 10.0.10.201
	await fab "passes" " out .*spa=10\.0\.10\.201 .*tpa=10\.0\.10\.201 "
	cap_end
	some br "the host sent it" "spa=10\.0\.10\.1 "
	none fab "W2: on the fabric" "spa=10\.0\.10\.1 "
	none vm "W6: at a VM on another host" "sha=$MINE spa=10\.0\.10\.1 "
}

w18_broadcasts_reach_the_device()
{
	cap gw=h1/$G fab=h1/fab0 bare=bare/eth0
	vm_send v11 "udp,$BCAST,${VM_MAC[v11]},0.0.0.0,255.255.255.255,67"
	await gw "DHCP at the gateway device" \
		" in .*src=${VM_MAC[v11]} dst=$BCAST ip=0\.0\.0\.0>255\.255\.255\.255 .*udp=4444>67 "
	await bare "W14: and on the fabric, as it was" \
		" in vlan=10 src=${VM_MAC[v11]} dst=$BCAST ip=0\.0\.0\.0>255\.255\.255\.255 "
	fabric_send h1 "udp,$BCAST,$BARE10,10.0.10.50,255.255.255.255,68,v10"
	fabric_send h1 "mark,$BARE10,9,v10"
	vm_mark fab v11
	cap_end
	exactly gw 1 "once" "udp=4444>67 "
	none gw "a broadcast of the fabric" "udp=4444>68 "
}

w18_subscribed_multicast()
{
	local group=01:00:5e:01:02:04

	ok "subscribe" ip -n h1 address add 239.1.2.4/32 dev "$G" autojoin
	undo ip -n h1 address del 239.1.2.4/32 dev "$G"
	cap gw=h1/$G/in
	vm_send v11 "udp,$group,${VM_MAC[v11]},10.0.10.11,239.1.2.4,9"
	await gw "at the gateway device" " dst=$group ip=10\.0\.10\.11>239\.1\.2\.4 "
	cap_end
	exactly gw 1 "once" " dst=$group "
}

w18_questions_from_the_fabric()
{
	local router=52:54:00:aa:aa:01

	cap fab=h1/fab0 gw=h1/$G
	refused "bare resolves the gateway" ns bare arping -q -c 2 -w 2 \
		-I eth0.10 10.0.10.1
	cap_end
	some fab "the request was received" " in .*src=$BARE10 .*arp=1 .*tpa=10\.0\.10\.1 "
	none fab "a reply" " out .*arp=2 .*spa=10\.0\.10\.1 "
	none gw "at the gateway device" "arp=1 .*tpa=10\.0\.10\.1 "
}

# Without its own route, the host sends from there through the gateway device.
w18_host_address_on_both_sides()
{
	ok "no own address" ip -n h1 address del 10.0.10.201/24 dev $OWN
	undo ip -n h1 address add 10.0.10.201/24 dev $OWN
	ok "host-address" anygwctl -n h1 gateway set dev "$G" \
		host-address 10.0.10.251/24
	undo anygwctl -n h1 gateway set dev "$G" host-address none
	flush_neighbours v11 bare v12
	cap fab=h1/fab0 vm=v11/eth0 far=v12/eth0
	ok "from a VM here" vm_ping v11 10.0.10.251
	ok "from another host" vm_ping bare 10.0.10.251
	ok "from a VM there" vm_ping v12 10.0.10.251
	cap_end
	exactly vm 1 "on the access port with the vMAC" \
		" in .*src=$VMAC .* arp=2 sha=$VMAC spa=10\.0\.10\.251 "
	none vm "with the host MAC" "${HMAC[1]}"
	some fab "on the fabric with the host MAC" \
		" out .*src=${HMAC[1]} dst=$BARE10 arp=2 sha=${HMAC[1]} spa=10\.0\.10\.251 "
	some fab "and its packets" \
		" out .*src=${HMAC[1]} dst=$BARE10 ip=10\.0\.10\.251>10\.0\.10\.50 "
	none fab "W1: with the vMAC" "src=$VMAC|sha=$VMAC"
	none far "W8: the host MAC at a VM elsewhere" 0a:61:6e
}

run_tests "$@"
