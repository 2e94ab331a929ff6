#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 320
#
# IPv6: the requirements for neighbour discovery, and a VM's egress, over a
# migration as well.

. "$(dirname "$0")/lib/lib.sh"

SIX=1
VARIANTS="untagged tagged unaware"
CASES="w09_one_advertisement w09_duplicate_address_probe6
	w03_same_link_local_on_every_host w03_asks_from_the_host_ll
	w03_each_gateway_of_a_vlan6
	w04_host_ll_is_answered w04_host_mac_is_no_open_router6
	w10_out_by_this_host6 w10_between_vlans_and_hosts6
	w13_hop_limit_and_packet_too_big w13_no_redirects6
	w02_gateway_is_silent_on_the_fabric6 w06_claims_never_reach_a_vm6
	w07_question_from_a_gateway_address6
	w11_vm_is_fenced6 w11_router_advertisements_are_fenced
	w12_told6 w18_router_solicitation w18_host_address6
	w25_small_mtu_of_a_port
	w25_small_mtu_of_the_gateway w18_radvd w19_tcp_over_a_migration6"

setup()
{
	topo 2 exits && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v12 h2 10 10.0.10.12 &&
		vm_add v22 h2 20 10.0.20.22 &&
		vm_add_mobile m1 10 10.0.10.14 h1 h2 &&
		commit && set_names 10
	HLL=$(host_ll "${HMAC[1]}")
}

# host_ll MAC: the link-local address of a host MAC
host_ll()
{
	local m

	IFS=: read -ra m <<< "$1"
	printf 'fe80::%x:%xff:fe%s:%x\n' \
		$(((0x${m[0]} ^ 2) << 8 | 0x${m[1]})) $((0x${m[2]})) \
		"${m[3]}" $((0x${m[4]}${m[5]}))
}

ping6_from() { ns "$1" ping -n -6 -c "${3:-1}" -i 0.2 -W $((2 * SLOW)) -q "$2"; }

ALL=33:33:00:00:00:01
GW_LL=${GATEWAY_LL//./\\.}
ASKS_GW="icmp6=135/0 target=fd00:10::1 "

w09_one_advertisement()
{
	flush_neighbours v11
	cap vm=v11/eth0 other=v13/eth0 fab=h1/fab0
	vm_send v11 "ns,group,${VM_MAC[v11]},fd00:10::11,fd00:10::1,${VM_MAC[v11]}"
	await vm "a reply" " in .*icmp6=136/0 target=fd00:10::1 "
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	exactly vm 1 "one reply with the router flag" \
		" in .*src=$VMAC dst=${VM_MAC[v11]} ip6=fd00:10::1>fd00:10::11 .*icmp6=136/0 target=fd00:10::1 ll=$VMAC flags=224 sum=ok "
	none other "flooded to another VM" "$ASKS_GW"
	none fab "flooded to the fabric" "$ASKS_GW"
	ok "it works" ping6_from v11 fd00:10::1
	ok "by its link-local address" ping6_from v11 "$GATEWAY_LL%${VM_DEV[v11]}"
}

w09_duplicate_address_probe6()
{
	cap vm=v11/eth0 other=v13/eth0 fab=h1/fab0
	vm_send v11 "ns,group,${VM_MAC[v11]},::,$GATEWAY_LL"
	await vm "the address is taken" \
		" in .*src=$VMAC .*icmp6=136/0 target=$GW_LL ll=$VMAC "
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	none other "flooded to another VM" "icmp6=135"
	none fab "on the fabric" "icmp6=135"
}

# Both hosts were added at the same time, and DAD has found no duplicate.
w03_same_link_local_on_every_host()
{
	local h

	for h in h1 h2; do
		ok "down" ip -n $h link set "$G" down
		ok "up" ip -n $h link set "$G" up
	done
	for h in h1 h2; do
		ip -n $h -6 address show dev "$G" > "$TMP/addresses"
		grep -q "inet6 $GATEWAY_LL/64" "$TMP/addresses" ||
			fail "$h: $(< "$TMP/addresses")"
		grep -qE 'dadfailed|tentative' "$TMP/addresses" &&
			fail "$h: $(< "$TMP/addresses")"
	done
	ok "it works" ping6_from v11 fd00:10::1
	ok "and there" ping6_from v12 fd00:10::1
}

w03_asks_from_the_host_ll()
{
	flush_neighbours h1 bare
	cap fab=h1/fab0 bare=bare/eth0
	ns h1 ping -n -6 -c 1 -W 1 -I "$G" fd00:10::50 > /dev/null
	soon "resolved" 2 neigh_is h1 "$G" fd00:10::50 $BARE10
	cap_end
	some fab "a request from the host" \
		" out vlan=10 src=${HMAC[1]} .*ip6=$HLL>ff02::1:ff00:50 .*icmp6=135/0 target=fd00:10::50 ll=${HMAC[1]} sum=ok "
	some fab "the reply goes to the host" \
		" in vlan=10 src=$BARE10 dst=${HMAC[1]} ip6=fd00:10::50>$HLL .*icmp6=136/0 target=fd00:10::50 "
	none fab "W1: the vMAC" "$VMAC"
	none fab "W2: the gateway's address" "icmp6=135.*ip6=(fd00:10::1|$GW_LL)>"
	neigh_is bare eth0.10 fd00:10::1 "" && fail "bare has resolved the gateway"
	return 0
}

w03_each_gateway_of_a_vlan6()
{
	local dev second=02:61:6e:00:00:02

	set_bridge_args 10
	# shellcheck disable=SC2086
	ok "a second gateway" anygwctl -n h1 gateway add $BR name second \
		mac $second address fd00:10::2/64
	undo anygwctl -n h1 gateway del dev second
	for dev in "$G" second; do
		ip -n h1 neigh flush dev $dev
		ns h1 ping -n -6 -c 1 -W 1 -I $dev fd00:10::50 > /dev/null
		soon "$dev has resolved bare" 2 neigh_is h1 $dev fd00:10::50 $BARE10
	done
}

w04_host_ll_is_answered()
{
	local m=52:54:00:0f:00:01

	cap fab=h1/fab0 vm=v11/eth0
	fabric_send h1 "ns,group,$m,fe80::f:1,$HLL,$m,v10"
	await fab "a reply" \
		" out vlan=10 src=${HMAC[1]} dst=$m ip6=$HLL>fe80::f:1 .*icmp6=136/0 target=$HLL ll=${HMAC[1]} flags=96 sum=ok "
	fabric_send h1 "ns,group,$m,::,$HLL,v10"
	ok "another solicitation" ping6_from v11 fd00:10::12
	cap_end
	none vm "a host MAC at a VM" "${HMAC[1]}"
	exactly fab 1 "one reply" " out .*dst=$m .*icmp6=136"
}

w04_host_mac_is_no_open_router6()
{
	local before

	before=$(gw_stat h1 "$G" not-for-host)
	cap exit=h1/exit0
	fabric_send h1 "udp6,${HMAC[1]},$BARE10,fd00:10::50,$SRV6,9,v10" \
		"udp6,$VMAC,$BARE10,fd00:10::50,$SRV6,9,v10"
	is_counted() { [ "$(gw_stat h1 "$G" not-for-host)" -gt "$before" ]; }
	soon "counted" 2 is_counted
	cap_end
	none exit "routed" "fd00:10::50"
}

w10_out_by_this_host6()
{
	ok "once" ping6_from v12 $SRV6
	cap own=h2/exit0 fab=h2/fab0 other=h1/exit0
	ok "ping the server" ping6_from v12 $SRV6 3
	cap_end
	exactly own 3 "out via its own host" " out .*ip6=fd00:10::12>$SRV6 hops=63 .*icmp6=128"
	none other "by another host" " out .*ip6=fd00:10::12>"
	none fab "W1: the vMAC" "$VMAC"
}

w10_between_vlans_and_hosts6()
{
	flush_neighbours h1 h2
	cap to=v22/eth0 from=v11/eth0 fab=h1/fab0
	ok "ping" ping6_from v11 fd00:20::22 3
	cap_end
	exactly to 3 "each once" " in .*src=$VMAC .*ip6=fd00:10::11>fd00:20::22 hops=63 .*icmp6=128"
	exactly from 3 "and back" " in .*src=$VMAC .*ip6=fd00:20::22>fd00:10::11 hops=63 .*icmp6=129"
	none fab "W1: the vMAC" "$VMAC"
	none to "W8: routed frames from a host MAC" "src=0a:61:6e.*icmp6=12[89]"
}

w13_hop_limit_and_packet_too_big()
{
	ok "a narrow exit" ip -n h1 link set exit0 mtu 1300
	undo ip -n h1 link set exit0 mtu 1500
	cap vm=v11/eth0
	ns v11 ping -n -6 -c 1 -W 2 -s 1400 -M 'do' $SRV6 > /dev/null
	vm_send v11 "udp6,$VMAC,${VM_MAC[v11]},fd00:10::11,$SRV6,33434,1"
	await vm "hops exceeded" " in .*src=$VMAC .*ip6=fd00:10::1>fd00:10::11 .*icmp6=3/0 "
	cap_end
	some vm "packet too big" " in .*src=$VMAC .*ip6=fd00:10::1>fd00:10::11 .*icmp6=2/0 mtu=1300 "
}

w13_no_redirects6()
{
	ok "via the gateway" ip -n v11 route add fd00:10::13/128 via $GATEWAY_LL dev "${VM_DEV[v11]}"
	undo ip -n v11 route del fd00:10::13/128
	cap vm=v11/eth0
	ok "ping a neighbour via the gateway" ping6_from v11 fd00:10::13 3
	cap_end
	some vm "via the gateway" " out .*dst=$VMAC ip6=fd00:10::11>fd00:10::13 "
	none vm "a redirect" "icmp6=137"
}

w02_gateway_is_silent_on_the_fabric6()
{
	cap fab=h1/fab0 vm=v11/eth0
	ok "announce" wire sysctl "h1:ipv6/conf/$G/ndisc_notify=1"
	ok "down" ip -n h1 link set "$G" down
	ok "up" ip -n h1 link set "$G" up
	await vm "reports its groups" " in .*src=$VMAC dst=33:33:00:00:00:16 "
	ok "traffic" ping6_from v11 fd00:10::1
	vm_mark fab v11
	cap_end
	none fab "sent by the gateway" "src=$VMAC|ll=$VMAC|ip6=(fd00:10::1|$GW_LL)>|target=(fd00:10::1|$GW_LL) "
	none fab "reports of the gateway's groups" "src=${HMAC[1]} .*group=ff02::1:ff(00:1|79:6777) "
}

w06_claims_never_reach_a_vm6()
{
	local m=52:54:00:0f:00:02 c

	c=$(gw_stat h1 "$G" conflicts)
	cap vm=v11/eth0
	fabric_send h1 \
		"na,$ALL,$m,fd00:10::1,ff02::1,fd00:10::1,32,$m,v10" \
		"na,$ALL,$m,fe80::2,ff02::1,$GATEWAY_LL,32,$m,v10" \
		"ra,$m,$GATEWAY_LL,$m,v10" \
		"ra,$VMAC,$GATEWAY_LL,$VMAC,v10" \
		"redirect,${VM_MAC[v11]},$m,$GATEWAY_LL,fd00:10::11,fd00::9,$m,v10" \
		"ns,group,$m,fd00:10::1,fd00:10::1,$m,v10" \
		"ra,$m,fe80::2,$m,v10"
	await vm "another router's is not dropped" "src=$m .*ip6=fe80::2>ff02::1 .*icmp6=134"
	cap_end
	none vm "a claim" "target=(fd00:10::1|$GW_LL) |ip6=($GW_LL|fd00:10::1)>.*icmp6=13[4567]"
	equal "conflicts" "$(($(gw_stat h1 "$G" conflicts) - c))" 6
	neigh_is v11 "${VM_DEV[v11]}" fd00:10::1 $m && fail "changed by a claim"
	return 0
}

w07_question_from_a_gateway_address6()
{
	local m=52:54:00:0f:00:03

	cap vm=v11/eth0 fab=h1/fab0
	fabric_send h1 "ns,group,$m,fd00:10::1,fd00:10::11,$m,v10"
	await vm "queried with the vMAC" \
		" in .*ip6=fd00:10::1>.*icmp6=135/0 target=fd00:10::11 ll=$VMAC sum=ok "
	await fab "the reply goes to the requester" \
		" out .*src=${VM_MAC[v11]} dst=$m .*icmp6=136/0 target=fd00:10::11 "
	cap_end
	none vm "the requester's MAC as the gateway's" "ll=$m"
}

w11_vm_is_fenced6()
{
	local m=${VM_MAC[v11]} before where

	before=$(port_drops h1 v11)
	cap other=v13/eth0 fab=h1/fab0
	vm_send v11 "na,$ALL,$m,fd00:10::1,ff02::1,fd00:10::1,32,$m" \
		"na,$ALL,$m,fd00:10::11,ff02::1,$GATEWAY_LL,32,$m" \
		"ns,group,$m,fd00:10::1,fd00:10::13,$m" \
		"ns,group,$m,fd00:10::11,fd00:10::13,$VMAC" \
		"ns,group,$m,fd00:10::11,fd00:10::13,${HMAC[1]}" \
		"na,$ALL,$m,$HLL,ff02::1,$HLL,32,$m" \
		"udp6,$ALL,$VMAC,fd00:10::11,ff02::1,9"
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	# Meanwhile the VM's own stack may probe a neighbour, and the gateway
	# may answer another VM that does.
	for where in other fab; do
		none $where "passed" \
			"src=$VMAC .*udp=|src=$m dst=33:33:.*icmp6=13[56]"
	done
	none fab "from the vMAC" "src=$VMAC"
	equal "counted" "$(($(port_drops h1 v11) - before))" 7
	ok "the rest goes on" ping6_from v11 $SRV6
}

w11_router_advertisements_are_fenced()
{
	local m=${VM_MAC[v11]} e before

	before=$(port_drops h1 v11)
	e=333300000001${m//:/}86dd
	cap other=v13/eth0 fab=h1/fab0
	vm_send v11 "ra,$m,fe80::11,$m" \
		"redirect,${VM_MAC[v13]},$m,fe80::11,fd00:10::13,fd00::9,$m"
	# The same behind destination options, and behind too many of them
	if [ "$VARIANT" != tagged ]; then
		vm_send v11 "hex,${e}6000000000183cfffe800000000000000000000000000011ff0200000000000000000000000000013a000104000000008600000040000708000000000000000000" \
			"hex,${e}6000000001103cfffe800000000000000000000000000011ff0200000000000000000000000000013aff0104000000008600000040000708"
	fi
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	none other "passed" "dst=$ALL .*type=|icmp6=13[47]|proto=60"
	none fab "passed" "icmp6=13[47]|proto=60"
	more "counted" "$(port_drops h1 v11)" $((before + 1))
}

ANNOUNCE6=" in .*src=$VMAC dst=%s ip6=fd00:10::1>ff02::1 .*icmp6=136/0 target=fd00:10::1 ll=$VMAC flags=160 sum=ok "

w12_told6()
{
	local m=52:54:00:00:0a:0e announce

	# shellcheck disable=SC2059
	announce=$(printf "$ANNOUNCE6" "$m")
	locate_vm m1
	cap vm=m1/eth0 other=v13/eth0 fab=$TO/fab0
	migrate_vm m1 $TO
	vm_send m1 "rarp,$m"
	await vm "the global address is announced" "$announce"
	await vm "and the link-local one" "${announce//fd00:10::1/$GATEWAY_LL}"
	cap_end
	none other "announced to another VM" "flags=160"
	none fab "W2: on the fabric" "flags=160|target=(fd00:10::1|$GW_LL) "
}

# The gateway receives its multicast groups, and so do other routers.
w18_router_solicitation()
{
	cap gw=h1/$G fab=h1/fab0
	vm_send v11 "rs,${VM_MAC[v11]},fe80::11"
	await gw "at the gateway" "icmp6=133"
	await fab "and on the fabric" "src=${VM_MAC[v11]} .*icmp6=133"
	cap_end
}

w18_host_address6()
{
	ok "a host-address" anygwctl -n h1 gateway set dev "$G" host-address fd00:10::251/64
	undo anygwctl -n h1 gateway set dev "$G" host-address none
	flush_neighbours bare v11
	cap fab=h1/fab0 vm=v11/eth0
	ok "from the fabric" ping6_from bare fd00:10::251
	ok "from a VM" ping6_from v11 fd00:10::251
	ok "the gateway still" ping6_from v11 fd00:10::1
	cap_end
	some fab "a reply from the host" \
		" out .*src=${HMAC[1]} .*icmp6=136/0 target=fd00:10::251 ll=${HMAC[1]} flags=[0-9]+ sum=ok "
	some vm "a reply from the gateway" " in .*src=$VMAC .*icmp6=136/0 target=fd00:10::251 ll=$VMAC "
	none fab "the vMAC" "$VMAC"
}

# ipv6_state FILE: write the gateway's IPv6 settings and addresses
ipv6_state()
{
	local key

	for key in keep_addr_on_down accept_ra accept_dad dad_transmits \
		autoconf accept_redirects forwarding; do
		ns h1 grep -H . "/proc/sys/net/ipv6/conf/$G/$key"
	done > "$1"
	ip -n h1 -6 -o address show dev "$G" | grep -o 'inet6 [^ ]*' |
		sort >> "$1"
}

ipv6_is_as_in()
{
	ipv6_state "$TMP/six.now"
	cmp -s "$1" "$TMP/six.now"
}

mtu_is() { [[ $(ip -n "$1" -o link show dev "$2") == *" mtu $3 "* ]]; }

mtu_is_not() { ! mtu_is "$@"; }

# Below an MTU of 1280 the kernel removes IPv6 and its settings from a device.
# The gateway must not follow its bridge there, and in the end it is as before.
w25_small_mtu_of_a_port()
{
	ok "a host-address" anygwctl -n h1 gateway set dev "$G" \
		host-address fd00:10::251/64
	undo anygwctl -n h1 gateway set dev "$G" host-address none
	ipv6_state "$TMP/six.before"
	undo ip -n h1 link set v13 mtu 1500
	ok "a port with a small MTU" ip -n h1 link set v13 mtu 1200
	soon "the bridge follows" 5 mtu_is h1 "$B" 1200
	soon "the gateway as well" 5 mtu_is_not h1 "$G" 1500
	ok "and back" ip -n h1 link set v13 mtu 1500
	soon "the gateway as well" 5 mtu_is h1 "$G" 1500
	wait_until 10 ipv6_is_as_in "$TMP/six.before" ||
		fail "not as before: $(diff "$TMP/six.before" "$TMP/six.now")"
	ok "down" ip -n h1 link set "$G" down
	ok "up" ip -n h1 link set "$G" up
	ok "as before" ipv6_is_as_in "$TMP/six.before"
	ok "a VM reaches it" ping6_from v11 fd00:10::1
	ok "by its link-local address" \
		ping6_from v11 "$GATEWAY_LL%${VM_DEV[v11]}"
	ok "another host reaches the host" ping6_from bare fd00:10::251
}

# Setting the gateway's own MTU so small removes its addresses, as on any
# device.
w25_small_mtu_of_the_gateway()
{
	local a=fd00:10::1/64

	ipv6_state "$TMP/six.before"
	undo ip -n h1 -6 address replace $a dev "$G"
	undo ip -n h1 link set "$G" mtu 1500
	ip -n h1 link set "$G" mtu 1200
	ok "and back" ip -n h1 link set "$G" mtu 1500
	wait_until 10 ipv6_state_without $a "$TMP/six.before" ||
		fail "not as before: $(diff "$TMP/six.before" "$TMP/six.now")"
	ok "its address" ip -n h1 -6 address replace $a dev "$G"
	ok "down" ip -n h1 link set "$G" down
	ok "up" ip -n h1 link set "$G" up
	ok "as before" ipv6_is_as_in "$TMP/six.before"
	ok "a VM reaches it" ping6_from v11 fd00:10::1
	ok "by its link-local address" \
		ping6_from v11 "$GATEWAY_LL%${VM_DEV[v11]}"
}

# ipv6_state_without ADDRESS FILE: or without ADDRESS
ipv6_state_without()
{
	ipv6_is_as_in "$2" ||
		diff "$TMP/six.now" <(grep -v "inet6 $1\$" "$2") > /dev/null
}

default_of() { ip -n "$1" -6 route show default | grep -q "via $2 .*proto ra"; }

w18_radvd()
{
	command -v radvd > /dev/null || fail "there is no radvd"
	cat > "$TMP/radvd.conf" <<-END
	interface $G {
		AdvSendAdvert on;
		MinRtrAdvInterval 3;
		MaxRtrAdvInterval 4;
		prefix fd00:10::/64 { AdvAutonomous off; };
	};
	END
	ok "without its own route" ip -n v13 -6 route del default
	undo ip -n v13 -6 route replace default via $GATEWAY_LL dev "${VM_DEV[v13]}"
	ok "listen" wire sysctl "v13:ipv6/conf/${VM_DEV[v13]}/accept_ra=2"
	cap fab=h1/fab0 vm=v13/eth0
	bg radvd ns h1 radvd -n -C "$TMP/radvd.conf" -p "$TMP/radvd.pid"
	soon "a default route" 10 default_of v13 $GATEWAY_LL
	cap_end
	some vm "from the vMAC" " in .*src=$VMAC .*ip6=$GW_LL>.*icmp6=134/0 ll=$VMAC .*sum=ok "
	none fab "router advertisements on the fabric" "icmp6=134"
	ok "it works" ping6_from v13 $SRV6
}

w19_tcp_over_a_migration6()
{
	local stream

	locate_vm m1
	bg_ready echo wire -N srv echo 5000
	cap old=$FROM/exit0 new=$TO/exit0 fab1=h1/fab0 fab2=h2/fab0 vm=m1/eth0
	bg_ready stream wire -N m1 stream $SRV6 5000 600
	stream=$BG
	await old "the stream runs" " out .*ip6=fd00:10::14>$SRV6 .*tcp=" 30
	migrate_vm m1 $TO
	vm_send m1 "rarp,${VM_MAC[m1]}"
	await new "it leaves via the new host" " out .*ip6=fd00:10::14>$SRV6 .*tcp=" 30
	sleep_ms 500
	end "the session" "$stream"
	cap_end
	diag "$(tail -n 1 "$TMP/stream.out")"
	ok "no data is lost" grep -q ' ok$' "$TMP/stream.out"
	none fab1 "W1: the vMAC on the fabric" "$VMAC"
	none fab2 "W1: the vMAC on the fabric" "$VMAC"
	none vm "W8: routed from a host MAC" "src=0a:61:6e.* tcp="
}

run_tests "$@"
