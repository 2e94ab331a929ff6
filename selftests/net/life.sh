#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
# also: bare
#
# W14: the bridge works as without anygw, and whatever is removed under traffic
# - role, port, gateway, bridge, namespace, module - leaves nothing behind.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged unaware"
CASES="w14_vm_stays_in_the_fdb w14_bridge_is_not_promiscuous
	w14_isolated_ports w14_locked_port w14_learning_port
	w14_foreign_vlan_is_filtered@untagged w14_tagged_on_unaware_is_untouched@unaware
	w14_router_solicitation_and_dhcp_pass w14_fdb_flush_heals
	w14_self_vlan_comes_and_goes@untagged w14_standby_while_down
	w14_role_change_at_once w14_port_removed_under_traffic
	w14_rename_keeps_role w14_device_refuses
	w14_gateway_deleted_under_traffic
	w14_bridge_deleted_under_traffic
	w14_namespace_deleted_under_traffic w14_rmmod_under_traffic
	w14_reloads@untagged"

setup()
{
	topo 2 exits && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v21 h1 20 10.0.20.21 &&
		vm_add v12 h2 10 10.0.10.12 &&
		vm_add v22 h2 20 10.0.20.22 &&
		commit && set_names 10
}

fdb_has() { bridge -n "$1" fdb show | grep -q "$2"; }

w14_vm_stays_in_the_fdb()
{
	ok "it talks to the gateway alone" vm_ping v11 $SRV 3
	ok "it is a local entry" fdb_has h1 "^${VM_MAC[v11]} dev v11 "
	ok "a learned one" bash -c "bridge -n h1 fdb show dev v11 |
		grep '^${VM_MAC[v11]} ' | grep -qv permanent"
}

promiscuities() { grep -E '^(br|fab).* promiscuity' "$1"; }

w14_bridge_is_not_promiscuous()
{
	host_state h1 > "$TMP/state.now"
	equal "as without anygw" "$(promiscuities "$TMP/state.now")" \
		"$(promiscuities "$TMP/state-h1")"
	ok "both are known" vm_ping v11 10.0.10.13
	cap br=h1/$B gw=h1/$G
	ok "VM to VM" vm_ping v11 10.0.10.13 3
	cap_end
	none br "their frames at the bridge device" "icmp="
	none gw "their frames at the gateway" "icmp="
}

# works WHAT FROM TO, fails WHAT FROM TO
works() { ok "$1" vm_ping "$2" "$3"; }
fails() { refused "$1" ns "$2" ping -n -q -c 1 -W 1 "$3"; }

w14_isolated_ports()
{
	local p

	works "before" v11 10.0.10.13
	for p in v11 v13; do
		ok "isolate $p" bridge -n h1 link set dev $p isolated on
		undo bridge -n h1 link set dev $p isolated off
	done
	fails "isolated" v11 10.0.10.13
	works "the gateway is reached" v11 10.0.10.1
	works "and the server" v13 $SRV
}

w14_locked_port()
{
	local mac=${VM_MAC[v13]} vid="vlan 10"

	[ "$VARIANT" != unaware ] || vid=
	ok "lock" bridge -n h1 link set dev v13 locked on learning off
	undo bridge -n h1 link set dev v13 locked off learning on
	# shellcheck disable=SC2086
	bridge -n h1 fdb del $mac dev v13 master $vid 2> /dev/null
	sleep_ms 1000
	cap exit=h1/exit0
	fails "a stranger on a locked port" v13 $SRV
	cap_end
	none exit "it was routed" "10\.0\.10\.13"
	# shellcheck disable=SC2086
	ok "authorise" bridge -n h1 fdb replace $mac dev v13 master static $vid
	# shellcheck disable=SC2086
	undo bridge -n h1 fdb del $mac dev v13 master $vid
	works "authorised" v13 $SRV
}

w14_learning_port()
{
	undo bridge -n h1 link set dev v13 state 3
	# A link event makes the bridge evaluate all port states again.
	for _ in 1 2 3 4 5; do
		bridge -n h1 link set dev v13 state 2
		sleep_ms 1000
		cap exit=h1/exit0
		ns v13 ping -n -q -c 1 -W 1 $SRV > "$TMP/ping"
		cap_end
		! forwards h1 v13 || continue
		grep -q " 0 received" "$TMP/ping" || fail "not forwarding"
		break
	done
	forwards h1 v13 && fail "the state is not kept"
	none exit "it was routed" "10\.0\.10\.13"
	ok "STP: forwarding" bridge -n h1 link set dev v13 state 3
	works "forwarding" v13 $SRV
}

# The port is not a member of VLAN 20, which has a gateway.
w14_foreign_vlan_is_filtered()
{
	local m=${VM_MAC[v11]}

	cap vm=v11/eth0 exit=h1/exit0 gw=h1/gw20
	vm_send v11 "arp,$BCAST,$m,1,$m,10.0.20.77,$ZERO_MAC,10.0.20.1,v20" \
		"udp,$VMAC,$m,10.0.20.77,$SRV,9,v20"
	mark_through gw v21 "${VM_DEV[v21]}" "${VM_MAC[v21]}"
	cap_end
	none vm "a reply" " in .*spa=10\.0\.20\.1 "
	none exit "routed" "10\.0\.20\.77"
	ip -n h1 neigh show dev gw20 | grep -q 10.0.20.77 &&
		fail "it made a neighbour"
	return 0
}

w14_tagged_on_unaware_is_untouched()
{
	local m=${VM_MAC[v11]} h=02:61:6e:79:67:77

	cap to=v13/eth0 fab=h1/br10
	vm_send v11 "udp,$BCAST,$h,10.0.10.11,10.0.10.255,9,v77" \
		"garp,$m,10.0.10.1,v77"
	vm_mark to v11
	cap_end
	exactly to 1 "whatever its MAC" " in vlan=77 src=$h .*udp="
	exactly to 1 "whatever it claims" " in vlan=77 src=$m .*spa=10\.0\.10\.1 "
}

w14_router_solicitation_and_dhcp_pass()
{
	local m=${VM_MAC[v11]//:/} rs

	rs=333300000002${m}86dd6000000000083aff
	rs+=fe800000000000000000000000000011ff020000000000000000000000000002
	rs+=85007d3800000000
	cap fab=h1/fab0 other=v13/eth0
	vm_send v11 "hex,$rs" \
		"udp,$BCAST,${VM_MAC[v11]},0.0.0.0,255.255.255.255,67"
	vm_mark other v11
	await fab "mark" type=88b5
	cap_end
	for where in fab other; do
		kernel_lacks multicast6 || exactly $where 1 "RS" "src=${VM_MAC[v11]} dst=33:33:00:00:00:02 ip6=.* icmp6=133/0 "
		exactly $where 1 "DHCP" "src=${VM_MAC[v11]} dst=$BCAST ip=0\.0\.0\.0>"
	done
}

# Flushing the FDB deletes the module's entries as well: they are restored. The
# module checks the bridge once per second.
is_restored()
{
	vm_ping v11 $SRV && bridge -n h1 fdb show br "$B" |
		grep -q "^${HMAC[1]} .*permanent"
}

w14_fdb_flush_heals()
{
	works "before" v11 $SRV
	ok "flush" bridge -n h1 fdb flush dev "$B"
	soon "healed" 3 is_restored
	works "after" v11 $SRV
}

self_vlan() { bridge -n h1 vlan show dev br0 | grep -qE "\b$1\b"; }

w14_self_vlan_comes_and_goes()
{
	refused "VLAN 30 before" self_vlan 30
	ok "add" anygwctl -n h1 gateway add bridge br0 vlan 30 \
		address 10.0.30.1/24
	ok "VLAN 30 with it" self_vlan 30
	ok "ip link del" ip -n h1 link del gw30
	refused "VLAN 30 after" self_vlan 30
	ok "the administrator's own" bridge -n h1 vlan add dev br0 vid 30 self
	undo bridge -n h1 vlan del dev br0 vid 30 self
	ok "add" anygwctl -n h1 gateway add bridge br0 vlan 30
	ok "del" anygwctl -n h1 gateway del dev gw30
	ok "stays" self_vlan 30
}

w14_standby_while_down()
{
	works "active" v11 $SRV
	ok "down" ip -n h1 link set "$G" down
	undo ip -n h1 link set "$G" up
	[[ $(anygwctl -n h1 -j gateway show dev "$G") =~ \"state\":\ *\"standby\" ]] ||
		fail "not in standby"
	flush_neighbours v11
	cap vm=v11/eth0 fab=h1/fab0 exit=h1/exit0
	refused "no reply" ns v11 arping -q -c 1 -w 1 -I "${VM_DEV[v11]}" 10.0.10.1
	vm_send v11 "udp,$VMAC,${VM_MAC[v11]},10.0.10.11,$SRV,9" \
		"udp,$BCAST,$VMAC,10.0.10.11,10.0.10.255,9"
	vm_mark fab v11
	cap_end
	none exit "routed" "10\.0\.10\.11"
	none fab "W1: the fence is down" "src=$VMAC"
	ok "up" ip -n h1 link set "$G" up
	soon "active again" 2 vm_ping v11 $SRV
	ok "its address is still there" grep -q 10.0.10.1 \
		<<< "$(ip -n h1 address show dev "$G")"
}

w14_role_change_at_once()
{
	local output="src=$VMAC dst=$BCAST arp=1 .*spa=10\.0\.10\.1 "

	cap port=h1/v13
	ok "as access" ns h1 arping -q -c 1 -U -I "$G" 10.0.10.1
	await port "announced to the VM" " out .*$output"
	ok "to fabric" anygwctl -n h1 port set dev v13 role fabric
	undo anygwctl -n h1 port set dev v13 role auto
	count port "$VMAC"
	ok "as fabric" ns h1 arping -q -c 1 -U -I "$G" 10.0.10.1
	vm_mark port v11
	cap_end
	exactly port "$N" "nothing more of the vMAC" "$VMAC"
	fails "not served" v13 $SRV
	ok "to auto" anygwctl -n h1 port set dev v13 role auto
	works "served at once" v13 $SRV
}

# traffic VM TO: until the case ends
traffic()
{
	bg "ping-$1" ns "$1" ping -n -q -i 0.01 -w 600 "$2"
}

w14_port_removed_under_traffic()
{
	traffic v13 $SRV
	traffic v11 10.0.10.13
	for _ in 1 2 3 4 5; do
		ok "out of the bridge" ip -n h1 link set v13 nomaster
		in_netns h1 "link set v13 master $B"
		port_vlan h1 v13 10
		ok "back" commit
	done
	soon "it works" 3 vm_ping v13 $SRV
	works "another" v11 $SRV
}

# Linux 6.1 renames only devices that are down.
rename()
{
	ok "rename $1" ip -n h1 -b - <<-END
	link set $1 down
	link set $1 name $2
	link set $2 up
	END
	soon "the port forwards" 5 forwards h1 "$2"
}

w14_rename_keeps_role()
{
	rename v13 vv13
	undo rename vv13 v13
	[[ $(anygwctl -n h1 -j port show dev vv13) == *access* ]] ||
		fail "the role of the renamed port"
	works "it works" v13 $SRV
	[ "$VARIANT" != unaware ] || return 0
	rename fab0 fabric0
	undo rename fabric0 fab0
	[[ $(anygwctl -n h1 -j port show dev fabric0) == *'"fabric"'* ]] ||
		fail "the role of the renamed fabric port"
}

w14_device_refuses()
{
	refused "another MAC" ip -n h1 link set "$G" address 02:00:00:00:00:01
	refused "into its own bridge" ip -n h1 link set "$G" master "$B"
	refused "into another namespace" ip -n h1 link set "$G" netns h2
	refused "more MTU than the bridge" ip -n h1 link set "$G" mtu 9000
	ok "its type" grep -q anygw <<< "$(ip -n h1 -d link show "$G")"
	ok "MTU of the bridge" ip -n h1 link set "$B" mtu 1400
	undo ip -n h1 link set "$B" mtu 1500
	[[ $(ip -n h1 link show "$G") == *"mtu 1400"* ]] ||
		fail "the MTU does not follow"
}

add_again()
{
	set_bridge_args 10
	# shellcheck disable=SC2086
	anygwctl -n "$1" gateway add $BR address 10.0.10.1/24
}

w14_gateway_deleted_under_traffic()
{
	traffic v11 $SRV
	traffic v21 10.0.10.11
	for _ in 1 2 3; do
		ok "ip link del" ip -n h1 link del "$G"
		refused "an entry is left" fdb_has h1 "^$VMAC .*vlan 10"
		ok "add" add_again h1
	done
	ok "anygwctl del" anygwctl -n h1 gateway del dev "$G"
	ok "add" add_again h1
	soon "it works" 3 vm_ping v11 $SRV
	works "the other VLAN" v21 10.0.10.11
}

w14_bridge_deleted_under_traffic()
{
	traffic v12 $SRV
	ok "delete" ip -n h2 link del "$B"
	ip -n h2 -d link show | grep -q " $G" &&
		fail "the gateway outlives its bridge"
	return 0
}

w14_namespace_deleted_under_traffic()
{
	local used

	traffic v22 $SRV
	traffic v11 10.0.20.22
	ok "delete" ip netns del h2
	works "another host" v11 $SRV
	# The namespace is deleted when the end of its veth pair is gone.
	soon "it is gone" 10 bash -c '! ip -n sw link show p2'
}

w14_rmmod_under_traffic()
{
	traffic v11 $SRV
	traffic v13 10.0.20.21
	ok "rmmod" rmmod anygw
	ip -n h1 -d link show | grep -q anygw && fail "a gateway is left"
	ok "insmod" insmod "$ANYGW_KO"
	ok "configure" gateways h1
	soon "it works" 3 vm_ping v11 $SRV
}

# 500 times, or 100 where one takes a third of a second
w14_reloads()
{
	local n each=99

	[ "$SLOW" -le 4 ] || [ -n "${CHECK_ALL:-}" ] || each=19
	traffic v11 $SRV
	for n in 1 2 3 4 5; do
		ok "unload" rmmod anygw
		ok "many times" wire reload "$ANYGW_KO" $each
		ok "load" insmod "$ANYGW_KO"
		ok "configure" gateways h1
	done
	soon "it works" 3 vm_ping v11 $SRV
}

run_tests "$@"
