#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 420
#
# Coexistence in IPv4 and IPv6, with each type of router:
#
#   VLAN 10  FRR's vrrpd, which has one MAC per family: so do the gateways,
#           two in the VLAN
#   VLAN 20  keepalived: VRRP 2 and 3, with a VRRP MAC or the router's own;
#           two groups in one VLAN. Each case starts what it needs
#
# The test coexist has the same with one router and every bridge variant.

. "$(dirname "$0")/lib/lib.sh"
SIX=1
. "$libdir/routers.sh"

VARIANTS="tagged"
CASES="w05_frr_is_no_conflict w06_its_router_advertisements_pass
	w06_claims_beside_a_router6 w09_one_answer_beside_a_router6
	w17_frr_reaches_the_vms w07_router_asks_with_its_own_mac6
	w04_copies_are_not_routed6 w10_out_by_this_host_beside_a_router6
	w15_routes_withdrawn6 w15_exit_without_carrier6 w15_next_hops_dead6
	w15_one_next_hop_dead6 w15_one_next_hop_without_carrier6
	w15_one_of_a_group_dead6 w15_one_of_a_resilient_group_dead6
	w15_group_shrinks_under_traffic
	w15_next_hop_of_the_other_family w15_prohibit_is_obeyed6
	w15_rules_are_obeyed6 w15_gateways_down6 w15_standby6
	w16_observe_changes_not_one_frame w05_mastership_moves6
	w10_introduced_under_traffic6 w15_taken_away_under_traffic
	w14_module_removed_under_traffic
	w10_keepalived_v2 w10_keepalived_v3
	w06_keepalived_v2_with_its_own_mac w06_keepalived_v3_with_its_own_mac
	w10_two_groups"

VR4=$(vrrp_mac 10)
VR6=$(vrrp_mac 10 6)
LL10=$(vrrpd_router_ll)
LL20=fe80::20:1
GATEWAY_ARGS[10]="name g10 vrrp 10 address 10.0.10.1/24
name g10six vrrp6 10 address fd00:10::1/64"
FROM4="10\.0\.10\.1"

setup()
{
	local n

	switch_add
	for n in 1 2; do
		host_add h$n
		exit_add h$n
		router_new $n 10 20
		vrrpd_devices_add $n 10 10
		# So that a next hop fails in less than a second
		SYSCTLS+=("h$n:ipv4/neigh/exit0/retrans_time_ms=250"
			"h$n:ipv6/neigh/exit0/retrans_time_ms=250")
	done
	GATEWAY_LL=$LL10
	vm_add v11 h1 10 10.0.10.11
	vm_add v13 h1 10 10.0.10.13
	vm_add v12 h2 10 10.0.10.12
	GATEWAY_LL=$LL20
	vm_add v21 h1 20 10.0.20.21
	vm_add v23 h1 20 10.0.20.23
	vm_add v22 h2 20 10.0.20.22
	commit && route_via 1 || return 1
	vrrpd_start 1 10 10 200 && vrrpd_start 2 10 10 100 &&
		wait_until 10 vrrpd_is_master rr1 || return 1
	snapshot h1
	snapshot h2
	add_coexisting 10 h1 h2
}

ping6_from() { ns "$1" ping -n -6 -c "${3:-1}" -i 0.2 -W $((2 * SLOW)) -q "$2"; }

# vm_holds VM [MAC]: the VM's entries of the gateway addresses
vm_holds()
{
	local v=${VM_VLAN[$1]} ll

	[ "$v" = 10 ] && ll=$LL10 || ll=$LL20
	ok "$1's entry" neigh_is "$1" "${VM_DEV[$1]}" 10.0.$v.1 "${2:-$VR4}"
	[[ $FAMILIES != *6* ]] ||
		ok "$1's entry" neigh_is "$1" "${VM_DEV[$1]}" $ll "${2:-$VR6}"
}

# reaches ROUTER VM...: from the router's own address, with empty caches
reaches()
{
	local r=$1 v=${VM_VLAN[$2]} own vm f to

	own=$((1 + ${r#rr}))
	shift
	flush_neighbours "$r"
	for vm in "$@"; do
		for f in $FAMILIES; do
			if [ "$f" = 4 ]; then
				to="10.0.$v.$own ${VM_IP[$vm]}"
			else
				to="fd00:$v::$own $(ip6_of "$vm")"
			fi
			# shellcheck disable=SC2086
			ok "$r to $vm" ns "$r" ping -n -q -c 1 \
				-W $((2 * SLOW)) -I $to
		done
	done
}

ip6_of() { echo "fd00:${VM_VLAN[$1]}::${VM_IP[$1]##*.}"; }

# ------------------------------------------------- VLAN 10, FRR

w05_frr_is_no_conflict()
{
	local c

	ping_server v11 1
	c=$(gw_stat_sum h1 conflicts)
	cap vm=v11/eth0 fab=h1/fab0
	ok "announced in IPv4" ns rr1 arping -q -c 1 -U -I vrrp4 10.0.10.1
	ok "and in IPv6" wire -N rr1 send vrrp6 \
		"na,33:33:00:00:00:01,$VR6,fd00:10::1,ff02::1,fd00:10::1,160,$VR6"
	await vm "the VM receives it" " in .*src=$VR4 .*arp=1 sha=$VR4 spa=$FROM4 "
	await vm "of both" " in .*src=$VR6 .*icmp6=136/0 target=fd00:10::1 ll=$VR6 "
	await vm "its advertisements" " in .*src=$VR4 dst=01:00:5e:00:00:12 "
	await vm "of both" " in .*src=$VR6 dst=33:33:00:00:00:12 "
	cap_end
	none fab "this host answers for it" " out .*(src|sha|ll)=($VR4|$VR6) "
	equal "conflicts" "$(gw_stat_sum h1 conflicts)" "$c"
	vm_holds v11
}

default_of() { ip -n "$1" -6 route show default | grep -q "via $2 .*proto ra"; }

# Those of the other router; the gateways send none.
w06_its_router_advertisements_pass()
{
	local vm

	for vm in v13 v12; do
		ok "without its own route" ip -n $vm -6 route del default
		undo ip -n $vm -6 route replace default via $LL10 dev "${VM_DEV[$vm]}"
		ok "listen" wire sysctl "$vm:ipv6/conf/${VM_DEV[$vm]}/autoconf=0" \
			"$vm:ipv6/conf/${VM_DEV[$vm]}/accept_ra=2"
		undo wire sysctl "$vm:ipv6/conf/${VM_DEV[$vm]}/accept_ra=0"
	done
	cap vm=v13/eth0 fab=h1/fab0
	for vm in v13 v12; do
		soon "a default route" 10 default_of $vm $LL10
	done
	await vm "the router's" " in .*src=$VR6 .*ip6=$LL10>ff02::1 .*icmp6=134/0 ll=$VR6 "
	cap_end
	none fab "a gateway's" " out .*icmp6=134"
	FAMILIES=6
	via_host 1 v13
	via_host 1 v12
}

w06_claims_beside_a_router6()
{
	local m=52:54:00:0f:00:02 c all=33:33:00:00:00:01

	ping_server v11 1
	c=$(gw_stat_sum h1 conflicts)
	cap vm=v11/eth0
	fabric_send h1 \
		"na,$all,$m,fd00:10::1,ff02::1,fd00:10::1,32,$m,v10" \
		"na,$all,$m,fe80::2,ff02::1,$LL10,32,$m,v10" \
		"ra,$m,$LL10,$m,v10" \
		"garp,$m,10.0.10.1,v10" \
		"na,$all,$VR4,fd00:10::1,ff02::1,fd00:10::1,32,$m,v10" \
		"redirect,${VM_MAC[v11]},$m,$LL10,$(ip6_of v11),fd00::9,$m,v10" \
		"ra,$m,fe80::2,$m,v10"
	await vm "another router's is not dropped" "src=$m .*ip6=fe80::2>ff02::1 .*icmp6=134"
	cap_end
	none vm "a claim" "target=(fd00:10::1|$LL10) ll=$m|spa=$FROM4 .*$m|sha=$m"
	more "conflicts" "$(gw_stat_sum h1 conflicts)" $((c + 3))
	vm_holds v11
}

w09_one_answer_beside_a_router6()
{
	flush_neighbours v11
	cap vm=v11/eth0 other=v13/eth0 fab=h1/fab0
	vm_send v11 "ns,group,${VM_MAC[v11]},fd00:10::11,fd00:10::1,${VM_MAC[v11]}" \
		"arp,$BCAST,${VM_MAC[v11]},1,${VM_MAC[v11]},10.0.10.11,$ZERO_MAC,10.0.10.1"
	await vm "a reply" " in .*icmp6=136/0 target=fd00:10::1 ll=$VR6 "
	await vm "and one" " in .*arp=2 sha=$VR4 spa=$FROM4 "
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	exactly vm 1 "one reply" " in .*dst=${VM_MAC[v11]} .*icmp6=136/0 target=fd00:10::1 .*sum=ok "
	exactly vm 1 "one reply" " in .*dst=${VM_MAC[v11]} .*arp=2 .*spa=$FROM4 "
	none fab "to the router" " out .*icmp6=135/0 target=fd00:10::1 | out .*arp=1 .*tpa=$FROM4 "
	none other "to a neighbour" "icmp6=135/0 target=fd00:10::1 "
}

w17_frr_reaches_the_vms()
{
	reaches rr1 v11 v13 v12
	ping_server v11 1
	flush_neighbours rr1
	cap vm=v11/eth0 fab=h1/fab0 gw=h1/g10six
	# The VMs' replies to shared addresses go to the local gateway, but the
	# router must learn where they are.
	ns rr1 ping -n -q -c 1 -W 1 -I vrrp4 10.0.10.11 > /dev/null
	ns rr1 ping -n -6 -q -c 1 -W 1 -I vrrp6 fd00:10::11 > /dev/null
	soon "from the vMAC" 3 neigh_is rr1 vrrp4 10.0.10.11 "${VM_MAC[v11]}"
	soon "and in IPv6" 3 neigh_is rr1 vrrp6 fd00:10::11 "${VM_MAC[v11]}"
	await gw "the gateway receives it as well" "src=${VM_MAC[v11]} dst=$VR6 .*icmp6=136/0 target=fd00:10::11 "
	cap_end
	some fab "queried by the router" " in .*src=$VR6 .*ip6=fd00:10::1>.*icmp6=135/0 target=fd00:10::11 ll=$VR6 "
	none vm "a host MAC" 0a:61:6e
	none fab "W1: this host as the router" " out .*src=($VR4|$VR6)"
	vm_holds v11
}

# arp_announce=0, and its equivalent in IPv6
w07_router_asks_with_its_own_mac6()
{
	local m=52:54:00:0e:10:01

	# A VM that probes the router's own address would announce itself to it
	# before the router sends its request.
	flush_neighbours v11 v12
	ping_server v11 1
	ping_server v12 1
	flush_neighbours rr1
	ok "as it is by default" wire sysctl rr1:ipv4/conf/eth0.10/arp_announce=0
	undo wire sysctl rr1:ipv4/conf/eth0.10/arp_announce=2
	cap vm=v11/eth0 fab=h1/fab0
	ns rr1 ping -n -q -c 1 -W 1 -I 10.0.10.1 10.0.10.11 > /dev/null
	soon "resolved" 3 neigh_is rr1 eth0.10 10.0.10.11 "${VM_MAC[v11]}"
	ns rr1 ping -n -q -c 1 -W 1 -I 10.0.10.1 10.0.10.12 > /dev/null
	soon "on every host" 3 neigh_is rr1 eth0.10 10.0.10.12 "${VM_MAC[v12]}"
	ok "in IPv6" wire -N rr1 send eth0.10 "ns,group,$m,fd00:10::1,fd00:10::11,$m"
	await fab "the reply goes to the requester" " out .*src=${VM_MAC[v11]} dst=$m .*icmp6=136/0 target=fd00:10::11 "
	cap_end
	some fab "it sent such a request" " in .*arp=1 sha=$m spa=$FROM4 "
	some vm "queried as the gateway" " in .*arp=1 sha=$VR4 spa=$FROM4 "
	some vm "in IPv6" " in .*ip6=fd00:10::1>.*icmp6=135/0 target=fd00:10::11 ll=$VR6 sum=ok "
	none vm "its MAC as the gateway's" "spa=$FROM4 .*$m|sha=$m spa=$FROM4|ip6=fd00:10::1>.*ll=$m"
	vm_holds v11
	vm_holds v12
}

w04_copies_are_not_routed6()
{
	cap exit=h1/exit0 fab=h1/fab0 gw=h1/g10six
	fabric_send h1 "udp6,$VR6,52:54:00:0f:00:02,fd00:10::77,$SRV6,9,v10" \
		"udp6,${HMAC[1]},52:54:00:0f:00:02,fd00:10::77,$SRV6,9,v10"
	vm_mark fab v11
	cap_end
	none exit "routed" "fd00:10::77"
	none gw "taken" "fd00:10::77"
}

w10_out_by_this_host_beside_a_router6()
{
	via_host 3
	via_host 1 v12
	vm_holds v11
}

del_routes()
{
	ip -n h1 -b - <<-END
		route del default via 10.1.1.2
		route del default via fd01:1::2
	END
}

restore_routes()
{
	ip -n h1 -b - <<-END
		route replace default via 10.1.1.2
		route replace default via fd01:1::2
	END
}

w15_routes_withdrawn6()
{
	via_host 1
	undo restore_routes
	ok "withdraw" del_routes
	via_router 3 v11 counted
	ok "throw" ip -n h1 route add throw default
	ok "unreachable" ip -n h1 -6 route add unreachable default
	via_router 1 v11 counted
	ok "restore" ip -n h1 -6 route del unreachable default
	ok "restore" ip -n h1 route del throw default
	ok "restore" restore_routes
	via_host 3
}

# Without its link a device loses its IPv6 addresses.
restore_exit()
{
	ip -n r1 -b - <<-END
		link set down0 up
		address replace fd01:1::2/64 dev down0
		route replace 10.0.0.0/16 via 10.1.1.1
		route replace fd00::/16 via fd01:1::1
	END
}

w15_exit_without_carrier6()
{
	via_host 1
	undo restore_exit
	ok "link down" ip -n r1 link set down0 down
	via_router 3 v11 counted
	ok "link up" restore_exit
	soon "back" 5 via_host_now
	via_host 3
}

# The next hop of h1 does not receive or send any more but keeps its carrier,
# like a disabled bridge port.
nexthop_down()
{
	ip -n r1 -b - <<-END && ip -n h1 neigh flush dev exit0
		link add deaf type bridge
		link set down0 master deaf
	END
}

nexthop_up()
{
	ip -n r1 -b - <<-END
		link set down0 nomaster
		link del deaf
	END
}

# nexthops_failed ADDRESS...
nexthops_failed()
{
	local addr

	for addr in "$@"; do
		[[ $(ip -n h1 neigh show "$addr") == *FAILED* ]] || return 1
	done
}

w15_next_hops_dead6()
{
	via_host 1
	undo nexthop_up
	ok "its next hops die" nexthop_down
	ns v11 ping -n -q -c 1 -W 1 $SRV > /dev/null
	ns v11 ping -n -q -c 1 -W 1 $SRV6 > /dev/null
	soon "failed" 4 nexthops_failed 10.1.1.2 fd01:1::2
	via_router 3 v11 counted
	ok "they live" nexthop_up
	soon "back" 5 via_host_now
	via_host 3
}

# multipath WORDS6 WORD4...: the router, and one more next hop per family. The
# ports of a packet are part of the hash.
multipath()
{
	undo wire sysctl h1:ipv4/fib_multipath_hash_policy=0 \
		h1:ipv6/fib_multipath_hash_policy=0
	ok "ports count" wire sysctl h1:ipv4/fib_multipath_hash_policy=1 \
		h1:ipv6/fib_multipath_hash_policy=1
	undo restore_routes
	ok "two next hops" ip -n h1 -4 route replace default \
		nexthop via 10.1.1.2 nexthop via "${@:2}"
	# shellcheck disable=SC2086
	ok "two next hops" ip -n h1 -6 route replace default \
		nexthop via fd01:1::2 nexthop via $1
}

# build_flows: set FLOWS to packets of a VM, of which each next hop gets some
build_flows()
{
	local port

	FLOWS=()
	for port in {9001..9016}; do
		FLOWS+=("udp,$VR4,${VM_MAC[v11]},10.0.10.11,$SRV,$port"
			"udp6,$VR6,${VM_MAC[v11]},fd00:10::11,$SRV6,$port")
	done
}

send_flows()
{
	build_flows
	vm_send v11 "${FLOWS[@]}"
}

# All of them leave via this host, to the next hop that works.
check_avoided()
{
	local f mac

	f=$(gw_stat_sum h1 fallback)
	mac=$(ip -n r1 -j link show down0 | jq -r '.[0].address')
	cap exit=h1/exit0 fab=h1/fab0
	send_flows
	await exit "IPv4" " out .*ip=10\.0\.10\.11>203.* ttl=63 udp=" 16
	await exit "IPv6" " out .*ip6=fd00:10::11>.* hops=63 udp=" 16
	vm_mark fab v11
	cap_end
	none fab "bridged unmodified" " out .*(203\.0\.113\.1|$SRV6)"
	exactly exit 32 "to the router" \
		" out .*dst=$mac .*(ip=10\.0\.10\.11|ip6=fd00:10::11)>"
	equal "fallback" "$(gw_stat_sum h1 fallback)" "$f"
}

w15_one_next_hop_dead6()
{
	multipath fd01:1::9 10.1.1.9
	send_flows
	soon "failed" 4 nexthops_failed 10.1.1.9 fd01:1::9
	check_avoided
}

del_objects()
{
	restore_routes
	ip -n h1 nexthop flush
} > /dev/null 2>&1

# nexthop_group N N [WORD...]: the same two as next hop objects, as routing
# daemons create them. 1 is the one that works.
nexthop_group()
{
	local order=$1/$2

	shift 2
	multipath fd01:1::9 10.1.1.9
	undo del_objects
	ok "objects" ip -n h1 -b - <<-END
		nexthop add id 41 via 10.1.1.2 dev exit0
		nexthop add id 42 via 10.1.1.9 dev exit0
		nexthop add id 40 group 4${order/\///4} $*
		nexthop add id 61 via fd01:1::2 dev exit0
		nexthop add id 62 via fd01:1::9 dev exit0
		nexthop add id 60 group 6${order/\///6} $*
		route replace default nhid 40
	END
	ok "a route by them" ip -n h1 -6 route replace default nhid 60
}

check_dead_in_group()
{
	nexthop_group "$@"
	send_flows
	soon "failed" 4 nexthops_failed 10.1.1.9 fd01:1::9
	check_avoided
}

w15_one_of_a_group_dead6() { check_dead_in_group 1 2; }

# A next hop of a resilient group is a range of buckets.
w15_one_of_a_resilient_group_dead6()
{
	check_dead_in_group 1 2 type resilient buckets 8
	del_objects
	check_dead_in_group 2 1 type resilient buckets 8
}

flow()
{
	build_flows
	while [ -e "$TMP/flowing" ]; do
		vm_send v11 "${FLOWS[@]}"
	done
}

# The dead next hop is removed from the group and added again, while packets
# avoid it.
w15_group_shrinks_under_traffic()
{
	local i

	nexthop_group 1 2
	send_flows
	soon "failed" 4 nexthops_failed 10.1.1.9 fd01:1::9
	touch "$TMP/flowing"
	bg flow flow
	for i in {1..40}; do
		ok "smaller and greater" ip -n h1 -b - <<-END
			nexthop replace id 40 group 41
			nexthop replace id 60 group 61
			nexthop replace id 40 group 41/42
			nexthop replace id 60 group 61/62
		END
	done
	rm "$TMP/flowing"
	wait "$BG"
	check_avoided
}

w15_one_next_hop_without_carrier6()
{
	ok "no carrier" ip -n h1 -b - <<-END
		link add x9 type veth peer name x9p
		link set x9 up
		address add 10.9.9.1/24 dev x9
	END
	undo ip -n h1 link del x9
	multipath "fd09::2 dev x9 onlink" 10.9.9.2 dev x9
	check_avoided
}

# RFC 8950: IPv4 over a next hop of IPv6
w15_next_hop_of_the_other_family()
{
	FAMILIES=4
	undo restore_routes
	# "default" alone would mean IPv6.
	ok "via inet6" ip -n h1 -4 route replace default via inet6 fd01:1::2 dev exit0
	flush_neighbours h1
	via_host 3
	ok "no next hop of IPv4" [ -z "$(ip -n h1 neigh show 10.1.1.2)" ]
	undo nexthop_up
	ok "it dies" nexthop_down
	ns v11 ping -n -q -c 1 -W 1 $SRV > /dev/null
	soon "failed" 4 nexthops_failed fd01:1::2
	via_router 3 v11 counted
	ok "it lives" nexthop_up
	soon "back" 5 via_host_now
	via_host 3
}

w15_prohibit_is_obeyed6()
{
	via_host 1
	ok "prohibit" ip -n h1 route add prohibit $SRV
	undo ip -n h1 route del prohibit $SRV
	ok "prohibit" ip -n h1 route add prohibit $SRV6
	undo ip -n h1 route del prohibit $SRV6
	cap fab=h1/fab0 vm=v11/eth0 exit=h1/exit0
	refused "a route" ns v11 ping -n -q -c 1 -W $((2 * SLOW)) $SRV
	refused "a route" ns v11 ping -n -q -c 1 -W $((2 * SLOW)) $SRV6
	await vm "announced by this host" " in .*ip=$FROM4>10\.0\.10\.11 .*icmp=3/13"
	await vm "announced by this host" " in .*ip6=fd00:10::1>fd00:10::11 .*icmp6=1/1"
	cap_end
	none fab "bridged unmodified" " out .*(203\.0\.113\.1|$SRV6)"
	none exit "routed" "10\.0\.10\.11>203|fd00:10::11>"
}

# add_rules WORD...: add rules of both families for sources in VLAN 10 that
# arrive at the gateways; the stack's own errors must be routed
add_rules()
{
	ip -n h1 -4 rule add from 10.0.10.0/24 iif g10 pref 70 "$@" &&
		ip -n h1 -6 rule add from fd00:10::/64 iif g10six pref 70 "$@"
}

del_rules()
{
	ip -n h1 -4 rule del pref 70 && ip -n h1 -6 rule del pref 70
}

w15_rules_are_obeyed6()
{
	via_host 1
	ok "no route for them" add_rules unreachable
	undo del_rules
	via_router 3 v11 counted
	ok "none" del_rules
	via_host 1
	ok "routes of their own" ip -n h1 -b - <<-END
		route add default via 10.1.1.2 table 70
		route add default via fd01:1::2 table 70
	END
	undo ip -n h1 -6 route flush table 70
	undo ip -n h1 -4 route flush table 70
	ok "for them" add_rules table 70
	undo restore_routes
	ok "withdraw all others" del_routes
	via_host 3
	ok "back" restore_routes
	ok "none" del_rules
	ok "forbidden" add_rules prohibit
	cap fab=h1/fab0 vm=v11/eth0 exit=h1/exit0
	refused "a route" ns v11 ping -n -q -c 1 -W $((2 * SLOW)) $SRV
	refused "a route" ns v11 ping -n -q -c 1 -W $((2 * SLOW)) $SRV6
	await vm "announced by this host" " in .*ip=$FROM4>10\.0\.10\.11 .*icmp=3/13"
	await vm "announced by this host" " in .*ip6=fd00:10::1>fd00:10::11 .*icmp6=1/1"
	cap_end
	none fab "bridged unmodified" " out .*(203\.0\.113\.1|$SRV6)"
	none exit "routed" "10\.0\.10\.11>203|fd00:10::11>"
	ok "allowed" del_rules
	via_host 1
}

withdraw()
{
	local h

	for h in "$@"; do
		anygwctl -n "$h" gateway del dev g10 &&
			anygwctl -n "$h" gateway del dev g10six || return 1
	done
}

g10_links() { ip -n h1 -b - <<< "link set g10 $1"$'\n'"link set g10six $1"; }

w15_gateways_down6()
{
	via_host 1
	undo g10_links up
	ok "down" g10_links down
	via_router 3 v11 some
	ok "up" g10_links up
	soon "back" 5 via_host_now
	via_host 3
}

g10_mode()
{
	anygwctl -n h1 gateway set dev g10 mode "$1" &&
		anygwctl -n h1 gateway set dev g10six mode "$1"
}

w15_standby6()
{
	undo g10_mode active
	ok "standby" g10_mode standby
	flush_neighbours v11
	via_router 3 v11 some
	vm_holds v11
	ok "active" g10_mode active
	soon "back" 5 via_host_now
	via_host 3
}

# ------------------------------------------------- observe

# send_all: one of each message that a VM and the fabric may send
send_all()
{
	local m=${VM_MAC[v11]} m3=${VM_MAC[v13]} f=52:54:00:0f:00:04

	vm_send v11 "arp,$BCAST,$m,1,$m,10.0.10.11,$ZERO_MAC,10.0.10.1" \
		"ns,group,$m,fd00:10::11,fd00:10::1,$m" \
		"ping,$VR4,$m,10.0.10.11,$SRV" \
		"udp6,$VR6,$m,fd00:10::11,$SRV6,9" \
		"udp,$VR4,$m,10.0.10.11,203.0.113.9,9" \
		"udp6,$VR6,$m,fd00:10::11,fd03::9,9" \
		"udp,$VR4,$m,10.0.10.11,$SRV,9,1" \
		"arp,$m3,$m,2,$m,10.0.10.1,$m3,10.0.10.13" \
		"arp,$m3,$m,2,0a:61:6e:01:02:03,10.0.10.11,$m3,10.0.10.13" \
		"na,$m3,$m,fd00:10::11,fd00:10::13,fd00:10::1,32,$m" \
		"ra,$m,fe80::11,$m" "rarp,$m"
	fabric_send h1 "arp,$m,$f,2,$f,10.0.10.1,$m,10.0.10.11,v10" \
		"na,$m,$f,fd00:10::1,fd00:10::11,fd00:10::1,32,$f,v10" \
		"udp,$VR4,$f,10.0.10.77,$SRV,9,v10"
}

LIVE="fab vm other far"

# record RUN [COMMAND...]: run COMMAND and send_all; the captures of h1 are in
# $TMP/RUN-CAPTURE
record()
{
	local run=$1 c

	shift
	flush_neighbours rr1 v11 v13
	cap fab=h1/fab0 vm=v11/eth0 other=v13/eth0 far=v12/eth0
	[ $# = 0 ] || ok "beforehand" "$@"
	ok "before all changes" wire -N v11 send "${VM_DEV[v11]}" "mark,${VM_MAC[v11]},1"
	send_all
	# An active gateway sends a request as well, and counts the reply.
	[ "$run" = active ] ||
		fabric_send h1 "arp,$BCAST,0a:61:6e:0f:00:01,1,0a:61:6e:0f:00:01,0.0.0.0,$ZERO_MAC,10.0.10.13,v10"
	await vm "a reply" " in .*arp=2 sha=$VR4 spa=$FROM4 "
	await vm "an advertisement" " in .*src=$VR6 .*icmp6=136/0 target=fd00:10::1 "
	await vm "the server replies" " in .*ip=203\.0\.113\.1>10\.0\.10\.11 .*icmp=0/0"
	await vm "TTL was 1" " in .*>10\.0\.10\.11 .*icmp=11/0"
	await vm "nothing listens there" " in .*ip6=fd03::1>fd00:10::11 .*icmp6=1/4"
	vm_mark fab v11
	await far "mark" "load=$(printf '%04x' $MARKS)"
	cap_end
	for c in $LIVE; do
		# Without the periodic messages of the routers and the other
		# host
		grep -vE 'dst=(01:00:5e:00:00:12|33:33:00:00:00:(12|16|01) .*(134/0|proto))' \
			"$TMP/$c.txt" | grep -v '^t=[0-9]* in .* beacon=' |
			sed 's/^t=[0-9]* //; s/type=88b5 .*/mark/' |
			sort > "$TMP/$run-$c"
	done
}

# counters: what a gateway counts of what it captures, answers and drops
counters()
{
	local key

	for key in captured answered fallback conflicts claimed-address \
		spoofed-host-mac rogue-router fabric-claim; do
		echo "$key $(gw_stat_sum h1 "$key")"
	done
}

set_observe()
{
	local GATEWAY_ARGS
	declare -A GATEWAY_ARGS

	GATEWAY_ARGS[10]="name g10 vrrp 10 address 10.0.10.1/24 mode observe
name g10six vrrp6 10 address fd00:10::1/64 mode observe"
	add_coexisting 10 h1
}

w16_observe_changes_not_one_frame()
{
	local c

	# No neighbour probes
	for c in rr1:{ipv4,ipv6}/neigh/{eth0.10,vrrp4,vrrp6} \
		{v11,v13}:{ipv4,ipv6}/neigh/${VM_DEV[v11]}; do
		ok "stable" wire sysctl "$c/delay_first_probe_time=100"
		undo wire sysctl "$c/delay_first_probe_time=5"
	done
	# Each device for itself: otherwise one answers for the other, a
	# conflict.
	ok "one reply" wire sysctl rr1:ipv4/conf/vrrp6/arp_ignore=1
	undo wire sysctl rr1:ipv4/conf/vrrp6/arp_ignore=0
	# The bridges have learned both; otherwise they flood.
	ping_server v11 1
	ping_server v13 1
	undo eval "withdraw h1; add_coexisting 10 h1"
	ok "without any" withdraw h1
	ok "one route less" ip -n h1 -b - <<-END
		route add unreachable 203.0.113.9
		route add unreachable fd03::9
	END
	undo ip -n h1 route del unreachable 203.0.113.9
	undo ip -n h1 route del unreachable fd03::9
	record without
	record observe set_observe
	for c in $LIVE; do
		diff -u "$TMP/without-$c" "$TMP/observe-$c" > "$TMP/diff" ||
			fail "$c is not as without: $(< "$TMP/diff")"
	done
	counters > "$TMP/observed"
	ok "away" withdraw h1
	ok "active" add_coexisting 10 h1
	for c in h1:{ipv4,ipv6}/neigh/{g10,g10six}; do
		ok "stable" wire sysctl "$c/delay_first_probe_time=100"
	done
	record active
	counters > "$TMP/done"
	diff -u "$TMP/observed" "$TMP/done" > "$TMP/diff" ||
		fail "counted otherwise: $(< "$TMP/diff")"
	for c in captured answered fallback conflicts claimed-address; do
		more "$c" "$(gw_stat_sum h1 $c)" 0
	done
	flush_neighbours v11 v13
}

# ------------------------------------------------- under traffic

w05_mastership_moves6()
{
	local c

	ping_server v11 1
	ping_server v12 1
	c=$(gw_stat_sum h1 conflicts)
	undo eval "vrrpd_priority 1 10 10 200; wait_until 10 vrrpd_is_master rr1"
	undo restore_routes
	undo route_via 1
	ok "fall back" del_routes
	ok "rr1 yields" vrrpd_priority 1 10 10 50
	soon "rr2 takes over" 10 vrrpd_is_master rr2
	ok "ingress" route_via 2
	RR=rr2
	soon "the new master" 5 via_router_now
	via_router 3
	reaches rr2 v11 v13 v12
	ok "back" restore_routes
	via_host 3
	ok "rr1 returns" vrrpd_priority 1 10 10 200
	soon "rr1 takes over" 10 vrrpd_is_master rr1
	ok "ingress" route_via 1
	RR=rr1
	via_host 1
	reaches rr1 v11 v12
	vm_holds v11
	vm_holds v12
	equal "conflicts" "$(gw_stat_sum h1 conflicts)" "$c"
}

via_router_now() { (via_router 1 "$@"); }

FLOWS="v11-4 v11-6 v12-4 v12-6"

# Pings of both families from VMs of both hosts, and a TCP session of each
traffic_on()
{
	local flow vm

	for vm in v11 v12; do
		bg "neigh-$vm" ip -n $vm monitor neigh
	done
	PINGS=()
	for flow in $FLOWS; do
		vm=${flow%-*}
		bg "ping-$flow" ns $vm ping -n "-${flow#*-}" -i 0.05 -w 600 \
			"$([ "${flow#*-}" = 4 ] && echo $SRV || echo $SRV6)"
		PINGS+=("$BG")
	done
	for flow in $FLOWS; do
		soon "$flow pings" 5 grep -q icmp_seq=3 "$TMP/ping-$flow.out"
	done
	bg_ready echo wire -N srv echo 5000
	bg_ready stream4 wire -N v11 stream $SRV 5000 600
	STREAMS=("$BG")
	bg_ready stream6 wire -N v12 stream $SRV6 5000 600
	STREAMS+=("$BG")
}

# Each request has one reply, up to the last possible one.
check_replies()
{
	local name=$1 line n=0 last=0

	while read -r line; do
		[[ $line =~ icmp_seq=([0-9]+)\ (ttl|hlim) ]] || continue
		[[ $line != *DUP* ]] || fail "$name: $line"
		n=$((n + 1))
		last=${BASH_REMATCH[1]}
	done < "$TMP/$name.out"
	[ $n -gt 10 ] && [ $n = "$last" ] ||
		fail "$name: $n replies of $last: $(lost "$TMP/$name.out")"
}

lost()
{
	local line next=1

	while read -r line; do
		[[ $line =~ icmp_seq=([0-9]+)\ (ttl|hlim) ]] || continue
		[ "${BASH_REMATCH[1]}" = $next ] ||
			echo "$next to ${BASH_REMATCH[1]}"
		next=$((BASH_REMATCH[1] + 1))
	done < "$1"
}

traffic_off()
{
	local flow i vm

	for flow in $FLOWS; do
		pings_continue "$flow"
	done
	for i in 0 1; do
		end "the session" "${STREAMS[i]}"
		ok "no data is lost" grep -q ' ok$' "$TMP/stream$((4 + 2 * i)).out"
	done
	for i in "${PINGS[@]}"; do
		kill -INT "$i"
		wait "$i"
	done
	for flow in $FLOWS; do
		check_replies "ping-$flow"
	done
	for vm in v11 v12; do
		vm_holds $vm
		! grep -E "^(10\.0\.10\.1|$LL10|fd00:10::1) .*lladdr" "$TMP/neigh-$vm.out" |
			grep -vE "lladdr ($VR4|$VR6) " || fail "$vm's entry changed"
	done
}

# Each flow still gets replies.
pings_continue()
{
	local n

	n=$(wc -l < "$TMP/ping-$1.out")
	soon "$1 goes on" 5 has_more_lines "$TMP/ping-$1.out" $((n + 2))
}

has_more_lines() { [ "$(wc -l < "$1")" -gt "$2" ]; }

# leaves_host HOST VM: seen in a running capture
leaves_host()
{
	set_request "$2" 4 63
	await "exit${1#h}" "$2 by its host" " out .*$REQUEST" 2
	set_request "$2" 6 63
	await "exit${1#h}" "$2 by its host" " out .*$REQUEST" 2
}

w10_introduced_under_traffic6()
{
	ok "away" withdraw h1 h2
	flush_neighbours v11 v12
	traffic_on
	cap exit1=h1/exit0 exit2=h2/exit0 vm=v11/eth0
	ok "h1" add_coexisting 10 h1
	leaves_host h1 v11
	set_request v12 4 63
	none exit2 "h2 has none yet" " out .*$REQUEST"
	ok "h2" add_coexisting 10 h2
	leaves_host h2 v12
	traffic_off
	cap_end
	none vm "W8: a host MAC" "src=0a:61:6e.* (icmp|tcp)"
}

w15_taken_away_under_traffic()
{
	local how

	undo g10_links up
	undo g10_mode active
	via_host 1
	via_host 1 v12
	traffic_on
	for how in "g10_mode standby" "g10_mode active" "g10_links down" \
		"g10_links up"; do
		ok "$how" $how
		pings_continue v11-4
		pings_continue v11-6
	done
	traffic_off
	via_host 1
}

w14_module_removed_under_traffic()
{
	undo eval "load && add_coexisting 10 h1 h2"
	via_host 1
	via_host 1 v12
	traffic_on
	ok "rmmod" rmmod anygw
	traffic_off
	cap rr=rr1/up0 exit=h1/exit0
	ping_server v11 3
	cap_end
	set_request v11 4 63
	exactly rr 3 "via the router" " out .*$REQUEST"
	none exit "via the host" "$REQUEST"
	ok "load" load
	ok "introduce" add_coexisting 10 h1 h2
	via_host 1
	via_host 1 v12
}

# ------------------------------------------------- VLAN 20, keepalived

# start_pair VERSION [use_vmac]: two routers with one group in VLAN 20
start_pair()
{
	local n interval=0.3

	[ "$1" = 3 ] || interval=1 FAMILIES=4
	for n in 1 2; do
		keepalived_new $n "$1"
		keepalived_group $n 20 20 $((300 - 100 * n)) $interval \
			10.0.20.1/24 "${2:-}"
		[ "$1" = 2 ] || keepalived_group $n 20 20 $((300 - 100 * n)) \
			$interval "$LL20/64 fd00:20::1/64" "${2:-}"
		keepalived_start rr$n
	done
	soon "rr1 is master" 10 masters rr1
	flush_neighbours v21 v22 v23
	ping_server v21 1
	ping_server v22 1
}

masters()
{
	has_vip "$1" 10.0.20.1 || return 1
	[[ $FAMILIES != *6* ]] || has_vip "$1" fd00:20::1
}

# add_vlan20: add gateways in VLAN 20 until the case ends
add_vlan20()
{
	local h dev

	for h in h1 h2; do
		for dev in g20 g20two; do
			undo anygwctl -n $h gateway del dev $dev
		done
	done
	ok "introduce" add_coexisting 20 h1 h2
}

router_dies()
{
	ok "rr1 leaves" kill "$(< "$TMP/rr1.pid")"
	soon "rr2 takes over" 10 masters rr2
	ok "ingress" route_via 2
	undo route_via 1
}

# Everything that must hold beside a pair with a VRRP MAC
check_beside_pair()
{
	local c

	VR4=$(vrrp_mac 20)
	VR6=$(vrrp_mac 20 6)
	start_pair "$1" use_vmac
	add_vlan20
	c=$(gw_stat_sum h1 conflicts)
	via_host 3 v21
	via_host 1 v22
	reaches rr1 v21 v22 v23
	undo restore_routes
	ok "withdraw" del_routes
	via_router 2 v21 counted
	ok "restore" restore_routes
	via_host 1 v21
	router_dies
	via_host 1 v21
	reaches rr2 v21 v22 v23
	vm_holds v21
	vm_holds v22
	equal "conflicts" "$(gw_stat_sum h1 conflicts)" "$c"
	ok "away" anygwctl -n h1 gateway del dev g20
	[ "$1" = 2 ] || ok "away" anygwctl -n h1 gateway del dev g20two
	ping_server v21 2
}

w10_keepalived_v2()
{
	GATEWAY_ARGS[20]="name g20 vrrp 20 address 10.0.20.1/24"
	check_beside_pair 2
}

w10_keepalived_v3()
{
	GATEWAY_ARGS[20]="name g20 vrrp 20 address 10.0.20.1/24
name g20two vrrp6 20 address $LL20/64 address fd00:20::1/64"
	check_beside_pair 3
}

event_names_other() { grep -q "$OTHER" "$TMP/monitor.out"; }

# The router's own MAC does not move with the address. The gateway has the MAC
# of the master at the time; the next master's claims are conflicts, but it
# reaches all VMs.
check_own_mac()
{
	local c addresses="address 10.0.20.1/24"

	[ "$1" = 2 ] || addresses+=" address $LL20/64 address fd00:20::1/64"
	VR4=52:54:00:0e:20:01
	VR6=$VR4
	OTHER=52:54:00:0e:20:02
	start_pair "$1"
	GATEWAY_ARGS[20]="name g20 mac $VR4 $addresses"
	add_vlan20
	via_host 3 v21
	reaches rr1 v21 v22 v23
	vm_holds v21
	ok "withdraw" del_routes
	undo restore_routes
	via_router 2 v21 counted
	ok "restore" restore_routes
	c=$(gw_stat h1 g20 conflicts)
	equal "conflicts" "$c" 0
	bg monitor anygwctl -n h1 monitor conflict
	router_dies
	soon "a conflict" 5 event_names_other
	more "conflicts" "$(gw_stat h1 g20 conflicts)" "$c"
	via_host 2 v21
	via_host 1 v22
	reaches rr2 v21 v22 v23
	# From the address that the gateway has, too
	flush_neighbours rr2
	ns rr2 ping -n -q -c 1 -W 1 -I 10.0.20.1 10.0.20.21 > /dev/null
	soon "as the gateway" 3 neigh_is rr2 eth0.20 10.0.20.21 "${VM_MAC[v21]}"
	if [ "$1" = 3 ]; then
		ns rr2 ping -n -6 -q -c 1 -W 1 -I fd00:20::1 fd00:20::21 > /dev/null
		soon "in IPv6" 3 neigh_is rr2 eth0.20 fd00:20::21 "${VM_MAC[v21]}"
	fi
	vm_holds v21
	vm_holds v22
	# With the new master's MAC the change is announced to the VMs, and
	# everything works again.
	ok "away" anygwctl -n h1 gateway del dev g20
	ok "away" anygwctl -n h2 gateway del dev g20
	GATEWAY_ARGS[20]="name g20 mac $OTHER $addresses"
	ok "with the other MAC" add_coexisting 20 h1 h2
	VR4=$OTHER VR6=$OTHER RR=rr2
	soon "announced" 5 neigh_is v21 "${VM_DEV[v21]}" 10.0.20.1 $OTHER
	via_host 2 v21
	vm_holds v21
	equal "conflicts" "$(gw_stat h1 g20 conflicts)" 0
}

w06_keepalived_v2_with_its_own_mac() { check_own_mac 2; }

w06_keepalived_v3_with_its_own_mac() { check_own_mac 3; }

w10_two_groups()
{
	local n c one two

	FAMILIES=4
	one=$(vrrp_mac 20) two=$(vrrp_mac 21)
	for n in 1 2; do
		keepalived_new $n 3
		keepalived_group $n 20 20 $((300 - 100 * n)) 0.3 10.0.20.1/24 use_vmac
		keepalived_group $n 20 21 $((100 * n)) 0.3 10.0.20.254/24 use_vmac
		keepalived_start rr$n
	done
	soon "rr1 has one" 10 has_vip rr1 10.0.20.1
	soon "rr2 has the other" 10 has_vip rr2 10.0.20.254
	for n in v22 v23; do
		ok "via the other" ip -n $n route replace default via 10.0.20.254
		undo ip -n $n route replace default via 10.0.20.1
	done
	flush_neighbours v21 v22 v23
	ping_server v21 1
	ping_server v23 1
	GATEWAY_ARGS[20]="name g20 vrrp 20 address 10.0.20.1/24
name g20two vrrp 21 address 10.0.20.254/24"
	add_vlan20
	c=$(gw_stat_sum h1 conflicts)
	for n in v21 v22 v23; do
		via_host 2 $n
	done
	reaches rr1 v21 v22 v23
	reaches rr2 v21 v22 v23
	undo restore_routes
	ok "withdraw" del_routes
	VR4=$one RR=rr1
	via_router 2 v21 counted
	VR4=$two RR=rr2
	via_router 2 v23 counted
	ok "restore" restore_routes
	# One of them is standby, the other one active.
	ok "standby" anygwctl -n h1 gateway set dev g20two mode standby
	via_router 2 v23 counted
	via_host 2 v21
	ok "active" anygwctl -n h1 gateway set dev g20two mode active
	soon "back" 5 via_host_now v23
	ok "the VM's entry" neigh_is v21 "${VM_DEV[v21]}" 10.0.20.1 "$one"
	ok "the VM's entry" neigh_is v23 "${VM_DEV[v23]}" 10.0.20.254 "$two"
	ok "the VM's entry" neigh_is v22 "${VM_DEV[v22]}" 10.0.20.254 "$two"
	equal "conflicts" "$(gw_stat_sum h1 conflicts)" "$c"
}

run_tests "$@"
