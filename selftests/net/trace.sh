#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# also: bare noipv6
#
# "anygwctl trace" predicts what a packet then does (section 3.2). On h1 the
# gateway in VLAN 10 falls back to a router on the fabric, the one in VLAN 20
# does not.

. "$(dirname "$0")/lib/lib.sh"

SIX=1
VARIANTS="untagged unaware"
# IPv6 cases come first: others take the exit's link down and disable its
# router.
CASES="s32_trace_six_rules@untagged s32_trace_routed s32_trace_to_another_vlan
	s32_trace_local@untagged
	s32_trace_six@untagged s32_trace_no_route s32_trace_obeys@untagged
	s32_trace_no_carrier@untagged s32_trace_next_hop_dead@untagged
	s32_trace_standby_and_down s32_trace_observe@untagged
	s32_trace_not_forwarded@untagged s32_trace_refused@untagged
	s32_trace_rules@untagged s32_trace_vrf@untagged
	s32_trace_six_not_forwarded@untagged
	s32_trace_leaves_no_trace@untagged s32_trace_words@untagged
	s32_trace_needs_cap_net_admin@untagged"
NEEDS[ipv6]="s32_trace_six s32_trace_six_not_forwarded s32_trace_six_rules"
NEEDS[rules]="s32_trace_rules s32_trace_six_rules"
NEEDS[vrf]="s32_trace_vrf"

VR=00:00:5e:00:01:0a
NOWHERE=198.51.100.9
declare -A GW GWMAC=([10]=$VR [20]=$VMAC)

# A host with the router's MAC, so that the bridges learn it
router_new()
{
	netns_add rr
	switch_connect rr eth0 prr
	in_netns rr "link add link eth0 name eth0.10 type vlan id 10" \
		"link set eth0.10 address $VR" "link set eth0.10 up"
	SYSCTLS+=(rr:ipv4/conf/all/arp_ignore=8)
}

# The gateway and the router behind the exit need no query.
resolve_gateway()
{
	local o=${VM_IP[$1]%.*} v=${VM_VLAN[$1]} d=${VM_DEV[$1]}

	in_netns "$1" \
		"neigh replace $o.1 lladdr ${GWMAC[$v]} dev $d nud permanent"
	in_netns6 "$1" \
		"neigh replace $GATEWAY_LL lladdr ${GWMAC[$v]} dev $d nud permanent"
}

setup()
{
	local v

	# The cases wait for each ICMP error: disable the limit of IPv4 routes,
	# which is for all namespaces, and those of ICMP.
	echo 0 > /proc/sys/net/ipv4/route/error_cost
	SYSCTLS+=(h1:ipv4/icmp_ratelimit=0)
	[ -z "$SIX" ] || SYSCTLS+=(h1:ipv6/icmp/ratelimit=0)
	switch_add
	bare_add
	host_add h1
	exit_add h1
	router_new
	commit || return 1
	snapshot h1
	fabric_roles h1 || return 1
	for v in 10 20; do
		set_bridge_args $v
		# shellcheck disable=SC2086
		anygwctl -n h1 gateway add $BR mac ${GWMAC[$v]} \
			address 10.0.$v.1/24 \
			${SIX:+address fd00:$v::1/64} \
			${SIX:+address $GATEWAY_LL/64} || return 1
		set_names $v
		GW[$v]=$G
	done
	anygwctl -n h1 gateway set dev "${GW[10]}" coexist on || return 1
	HMAC[1]=$(host_mac h1)
	vm_add v11 h1 10 10.0.10.11 &&
		vm_add v21 h1 20 10.0.20.21 &&
		commit && resolve_gateway v11 && resolve_gateway v21 && commit &&
		ok "the router is received" wire -N rr send eth0.10 \
			"udp,$BCAST,$VR,10.0.10.9,10.0.10.255,9" &&
		ok "the exit" vm_ping v11 $SRV && ok "the exit" vm_ping v21 $SRV
}

# ---------------------------------------------------------------- the oracle

# trace VM FROM TO: set TRACE to the output
trace()
{
	TRACE=$(anygwctl -n h1 -j trace dev "${GW[${VM_VLAN[$1]}]}" from "$2" \
		to "$3" 2>&1) || fail "trace from $2 to $3: $TRACE"
}

# key NAME: set VALUE
key()
{
	VALUE=
	[[ ! $TRACE =~ \"$1\":\"([^\"]*)\" ]] || VALUE=${BASH_REMATCH[1]}
}

value_in() { [[ ! $TRACE =~ \"$1\":\{[^}]*\"$2\":\"([^\"]*)\" ]] ||
	VALUE=${BASH_REMATCH[1]}; }

# exit_is IFNAME [PORT]: in the last trace
exit_is()
{
	VALUE=
	value_in exit ifname
	equal "the exit" "$VALUE" "$1"
	VALUE=none
	value_in exit port
	equal "the port of the exit" "$VALUE" "${2:-none}"
}

# neighbour_is STATE...: in the last trace
neighbour_is()
{
	VALUE=
	value_in neighbour state
	[[ " $* " == *" $VALUE "* ]] || fail "the neighbour is $VALUE, not $*"
}

# set_packet TTL VM: set PACKET to the pattern
set_packet() { PACKET="ip6?=${FROM//./\\.}>${TO//./\\.} (ttl|hops)=$1 "; }

send_packet()
{
	local mac=${GWMAC[${VM_VLAN[$1]}]}

	if [[ $TO == *:* ]]; then
		vm_send "$1" "udp6,$mac,${VM_MAC[$1]},$FROM,$TO,9"
	else
		vm_send "$1" "ping,$mac,${VM_MAC[$1]},$FROM,$TO"
	fi
}

ERROR=" in .*(icmp=3/|icmp6=1/[0-35-7])"
REPLY=" in .*(icmp=0/0|icmp6=1/4)"

# wire_of_exit: the other end of the exit
wire_of_exit()
{
	value_in exit port
	case $1 in
	exit0) SEEN=exit ;;
	*) case $VALUE in fab0*) SEEN=fab ;; *) SEEN=east ;; esac ;;
	esac
}

routed()
{
	value_in exit ifname
	wire_of_exit "$VALUE"
	set_packet 63
	await "$SEEN" "it leaves as predicted" "$PACKET"
}

bridged()
{
	set_packet 64
	await fab "it leaves unmodified" " out .*src=${VM_MAC[$1]} .*$PACKET"
	SEEN=fab
}

# The sender gets an error if trace reports it.
dropped()
{
	SEEN=
	if [[ $TRACE == *"ICMP error"* ]]; then
		await vm "an error" "$ERROR"
	else
		vm_mark fab "$1"
		none vm "an error" "$ERROR"
	fi
}

# check_packet VM: send the packet and check exactly what was predicted
check_packet()
{
	local w n

	cap vm=$1/eth0 exit=h1/exit0 fab=h1/fab0 east=$EAST/eth0
	send_packet "$1"
	key decision
	case $VALUE in
	"route here") routed ;;
	bridge) bridged "$1" ;;
	drop) dropped "$1" ;;
	local)
		SEEN=
		await vm "a reply" "$REPLY"
		;;
	*) fail "no decision: $TRACE" ;;
	esac
	vm_mark fab "$1"
	cap_end
	for w in exit fab east; do
		n=0
		[ $w != "$SEEN" ] || n=1
		# In at the VM, out at the others
		set_packet '[0-9]+'
		exactly $w $n "predicted: $TRACE" " (in|out) .*$PACKET"
	done
}

# check VM TO DECISION REASON: trace reports it, and it happens
check()
{
	FROM=${FROM:-${VM_IP[$1]}} TO=$2
	EAST=v21
	[ "$1" = v11 ] || EAST=v11
	trace "$1" "$FROM" "$TO"
	key decision
	equal "the decision about $1 to $TO: $TRACE" "$VALUE" "$3"
	key reason
	equal "its reason: $TRACE" "$VALUE" "$4"
	check_packet "$1"
	FROM=
}

# check6 VM TO DECISION REASON: in IPv6
check6()
{
	FROM=fd00:${VM_VLAN[$1]}::${VM_IP[$1]##*.}
	check "$@"
}

# ---------------------------------------------------------------- routed

s32_trace_routed()
{
	ok "flush the exit" ip -n h1 neigh flush dev exit0
	check v11 $SRV "route here" routed
	exit_is exit0
	neighbour_is none
	check v21 $SRV "route here" routed
	neighbour_is reachable stale delay probe
	jq -e '.[0] | .path == "fast" and .path_reason == null and
		.route.dst == "default" and
		.route.via == "10.1.1.2" and .route.dev == "exit0" and
		.route.table == 254 and .vm.port == "v21" and
		.vm.role == "access" and .vm.mac == "'"${VM_MAC[v21]}"'" and
		.state == "active"' <<< "$TRACE" > "$TMP/jq" || fail "$TRACE"
}

s32_trace_to_another_vlan()
{
	local fab=fab0

	[ "$VARIANT" != unaware ] || fab=fab0.20
	ok "it is known" vm_ping v11 10.0.20.21
	check v11 10.0.20.21 "route here" routed
	exit_is "${GW[20]}" v21
	neighbour_is reachable stale delay probe
	ok "it is known" vm_ping v11 10.0.20.50
	check v11 10.0.20.50 "route here" routed
	exit_is "${GW[20]}" $fab
	jq -e '.[0].exit.role == "fabric" and .[0].route.via == null and
		.[0].route.dst == "10.0.20.0/24"' <<< "$TRACE" > "$TMP/jq" ||
		fail "$TRACE"
}

s32_trace_local()
{
	check v11 10.0.10.1 "local" "local"
	[[ $TRACE == *"10.0.10.1 is an address of this host, on ${GW[10]}"* ]] ||
		fail "$TRACE"
	check v11 10.0.20.1 "local" "local"
	[[ $TRACE == *", on ${GW[20]}"* ]] || fail "$TRACE"
	check v21 10.1.1.1 "local" "local"
	exit_is ""
}

# ---------------------------------------------------------------- fallback

# both REASON TO: bridged with fallback, dropped without
both()
{
	check v11 "$2" bridge "$1"
	key path
	equal "no path" "$VALUE" ""
	check v21 "$2" drop "$1"
}

s32_trace_no_route()
{
	ok "withdraw" ip -n h1 route del default
	undo ip -n h1 route replace default via 10.1.1.2
	both no-route $NOWHERE
	VALUE=
	trace v11 10.0.10.11 $NOWHERE
	value_in exit role
	equal "the router's side" "$VALUE" fabric
	ok "unreachable" ip -n h1 route add unreachable default
	both unreachable $NOWHERE
	ok "throw" ip -n h1 route replace throw default
	both no-route $NOWHERE
}

s32_trace_obeys()
{
	local v

	for v in blackhole prohibit; do
		ok "$v" ip -n h1 route replace $v $NOWHERE
		undo ip -n h1 route del $v $NOWHERE
		check v11 $NOWHERE drop $v
		check v21 $NOWHERE drop $v
	done
}

exit_shows() { [[ $(ip -n h1 link show exit0) == *"$1"* ]]; }

# With everything that was lost with the device
link_up()
{
	in_netns r1 "link set down0 up" "route replace 10.0.0.0/16 via 10.1.1.1"
	in_netns6 r1 "address replace fd01:1::2/64 dev down0" \
		"route replace fd00::/16 via fd01:1::1"
	commit
}

s32_trace_no_carrier()
{
	ok "link down" ip -n r1 link set down0 down
	undo link_up
	soon "it is seen" 5 exit_shows NO-CARRIER
	both no-carrier $SRV
	ok "link up" link_up
	soon "it is seen" 5 exit_shows LOWER_UP
	# The packets of v21 have left a failed neighbour, which is resolved
	# again.
	soon "it works" 5 vm_ping v21 $SRV
	check v11 $SRV "route here" routed
}

hop_failed() { [[ $(ip -n h1 neigh show 10.1.1.2) == *FAILED* ]]; }

s32_trace_next_hop_dead()
{
	ok "does not receive" ip -n r1 link set down0 arp off
	undo ip -n r1 link set down0 arp on
	ok "deleted" ip -n h1 neigh flush to 10.1.1.2
	ns v21 ping -n -q -c 1 -W 1 $SRV > /dev/null
	soon "failed" 4 hop_failed
	check v11 $SRV bridge neighbour-failed
	neighbour_is failed
	# Without fallback it is queried again, without success.
	trace v21 10.0.20.21 $SRV
	key decision
	equal "without fallback" "$VALUE" "route here"
	key reason
	equal "without fallback" "$VALUE" neighbour-failed
	cap exit=h1/exit0 vm=v21/eth0
	FROM=10.0.20.21 TO=$SRV
	send_packet v21
	await exit "queried again" " out .*arp=1 .*tpa=10\.1\.1\.2 "
	await vm "announced" "$ERROR"
	cap_end
	set_packet '[0-9]+'
	none exit "to no address" "$PACKET"
	ok "it receives again" ip -n r1 link set down0 arp on
	soon "it works" 5 vm_ping v21 $SRV
	check v11 $SRV "route here" routed
}

s32_trace_standby_and_down()
{
	local v

	for v in 10 20; do
		ok "standby" anygwctl -n h1 gateway set dev "${GW[$v]}" mode standby
		undo anygwctl -n h1 gateway set dev "${GW[$v]}" mode active
	done
	both standby $SRV
	for v in 10 20; do
		ok "active" anygwctl -n h1 gateway set dev "${GW[$v]}" mode active
		ok "down" ip -n h1 link set "${GW[$v]}" down
		undo ip -n h1 link set "${GW[$v]}" up
	done
	both down $SRV
}

# Without a router the frame is flooded.
s32_trace_observe()
{
	local v

	for v in 10 20; do
		ok "observe" anygwctl -n h1 gateway set dev "${GW[$v]}" mode observe
		undo anygwctl -n h1 gateway set dev "${GW[$v]}" mode active
	done
	check v11 $SRV bridge observe
	key active_decision
	equal "if it were active" "$VALUE" "route here"
	check v21 $SRV bridge observe
	VALUE=none
	value_in exit port
	equal "it is flooded" "$VALUE" none
	ok "withdraw" ip -n h1 route del default
	undo ip -n h1 route replace default via 10.1.1.2
	check v11 $NOWHERE bridge observe
	key active_decision
	equal "if it were active" "$VALUE" bridge
	key active_reason
	equal "if it were active" "$VALUE" no-route
}

s32_trace_not_forwarded()
{
	local v

	for v in 10 20; do
		ok "off" wire sysctl "h1:ipv4/conf/${GW[$v]}/forwarding=0"
		undo wire sysctl "h1:ipv4/conf/${GW[$v]}/forwarding=1"
	done
	both not-forwarded $SRV
	check v21 10.0.20.1 "local" "local"
}

# ---------------------------------------------------------------- the stack

s32_trace_refused()
{
	FROM=10.1.1.1
	check v21 $SRV drop refused
	FROM=$NOWHERE
	check v21 $SRV "route here" routed
	ok "strict" wire sysctl "h1:ipv4/conf/${GW[20]}/rp_filter=1"
	undo wire sysctl "h1:ipv4/conf/${GW[20]}/rp_filter=2"
	FROM=$NOWHERE
	check v21 $SRV drop refused
	check v21 $SRV "route here" routed
}

s32_trace_rules()
{
	ok "a table" ip -n h1 route add prohibit default table 200
	undo ip -n h1 route flush table 200
	ok "a rule" ip -n h1 rule add from 10.0.20.21 ipproto icmp lookup 200
	undo ip -n h1 rule del from 10.0.20.21 ipproto icmp
	check v21 $SRV drop prohibit
	FROM=10.0.20.22
	check v21 $SRV "route here" routed
	ok "by device" ip -n h1 rule add iif "${GW[10]}" to $NOWHERE blackhole
	undo ip -n h1 rule del iif "${GW[10]}" to $NOWHERE
	check v11 $NOWHERE drop blackhole
}

s32_trace_six_rules()
{
	local net10=fd00:10::/64 net20=fd00:20::/64

	soon "known" 5 ns v11 ping -n -q -c 1 -W 1 $SRV6
	ok "a table" ip -n h1 -6 route add default via fd01:1::2 table 200
	undo ip -n h1 -6 route flush table 200
	# For packets of VMs: the stack's own errors must be routed.
	ok "a rule" ip -n h1 -6 rule add from $net20 iif gw20 lookup 200
	undo ip -n h1 -6 rule del from $net20 iif gw20 lookup 200
	check6 v21 $SRV6 "route here" routed
	[[ $TRACE == *'"table":200'* ]] || fail "by another table: $TRACE"
	ok "prohibit" ip -n h1 -6 route replace prohibit default table 200
	check6 v21 $SRV6 drop prohibit
	check6 v11 $SRV6 "route here" routed
	# A prohibited packet is not handed to a router either.
	ok "forbidden" ip -n h1 -6 rule add from $net10 iif gw10 prohibit
	undo ip -n h1 -6 rule del from $net10 iif gw10 prohibit
	check6 v11 $SRV6 drop prohibit
	ok "unreachable" ip -n h1 -6 rule add from $net10 iif gw10 pref 70 \
		unreachable
	undo ip -n h1 -6 rule del from $net10 iif gw10 pref 70 \
		unreachable
	check6 v11 $SRV6 bridge no-route
}

s32_trace_vrf()
{
	ok "a VRF" ip -n h1 -b - <<-END
	link add red type vrf table 100
	link set red up
	route add unreachable default vrf red metric 4278198272
	route add $SRV via 10.1.1.2 dev exit0 vrf red
	END
	undo ip -n h1 link del red
	ok "into it" anygwctl -n h1 gateway set dev "${GW[20]}" vrf red
	undo anygwctl -n h1 gateway set dev "${GW[20]}" vrf none
	check v21 $SRV "route here" routed
	[[ $TRACE == *'"table":100'* && $TRACE == *"VRF red"* ]] || fail "$TRACE"
	check v21 $NOWHERE drop unreachable
	check v21 10.0.20.1 "local" "local"
	check v11 $NOWHERE "route here" routed
	# Another VLAN is reachable only over the default route now.
	trace v11 10.0.10.11 10.0.20.21
	exit_is exit0
}

# ---------------------------------------------------------------- IPv6

s32_trace_six()
{
	ok "known" ns v11 ping -n -q -c 1 -W $((2 * SLOW)) $SRV6
	check6 v11 $SRV6 "route here" routed
	exit_is exit0
	neighbour_is reachable stale delay probe
	ok "known" ns v11 ping -n -q -c 1 -W $((2 * SLOW)) fd00:20::21
	check6 v11 fd00:20::21 "route here" routed
	exit_is "${GW[20]}" v21
	check6 v11 fd00:20::1 "local" "local"
	ok "prohibit" ip -n h1 route add prohibit fd0f::1
	undo ip -n h1 route del fd0f::1
	check6 v11 fd0f::1 drop prohibit
	ok "withdraw" ip -n h1 -6 route del default
	undo ip -n h1 route replace default via fd01:1::2
	check6 v11 fd0f::2 bridge no-route
	check6 v21 fd0f::2 drop no-route
	ok "observe" anygwctl -n h1 gateway set dev "${GW[10]}" mode observe
	undo anygwctl -n h1 gateway set dev "${GW[10]}" mode active
	check6 v11 $SRV6 bridge observe
}

s32_trace_six_not_forwarded()
{
	ok "off" wire sysctl h1:ipv6/conf/all/forwarding=0
	undo wire sysctl h1:ipv6/conf/all/forwarding=1
	check6 v11 $SRV6 bridge not-forwarded
	check6 v21 $SRV6 drop not-forwarded
	check6 v21 fd00:20::1 "local" "local"
	ok "off" wire sysctl "h1:ipv6/conf/${GW[20]}/disable_ipv6=1"
	undo anygwctl -n h1 gateway set dev "${GW[20]}" address 10.0.20.1/24 \
		address fd00:20::1/64 address $GATEWAY_LL/64
	undo wire sysctl "h1:ipv6/conf/${GW[20]}/disable_ipv6=0"
	check6 v21 $SRV6 drop no-protocol
}

# ---------------------------------------------------------------- the rest

# All counters of packets, except for what gateways report on their own at this
# moment
counters()
{
	ip -n h1 neigh show nud all
	bridge -n h1 fdb show
	ns h1 cat /proc/net/snmp /proc/net/netstat
	{
		anygwctl -n h1 -s gateway show
		anygwctl -n h1 -s port show
	} | sed 's/ announce[a-z]* [0-9]*//'
}

# traces VM FROM TO...
traces()
{
	while [ $# -gt 0 ]; do
		trace "$1" "$2" "$3"
		shift 3
	done
}

s32_trace_leaves_no_trace()
{
	# Flush the caches of all nodes, so that none probes an entry meanwhile.
	flush_neighbours h1 r1 srv rr bare v11 v21
	cap exit=h1/exit0 fab=h1/fab0 vm=v11/eth0
	vm_mark fab v11
	counters > "$TMP/before"
	traces v11 10.0.10.11 $SRV v11 10.0.10.11 10.0.20.77 \
		v21 10.0.20.21 $SRV v21 10.0.20.21 10.0.10.78 \
		v21 10.9.9.9 $NOWHERE v11 10.0.10.1 10.0.10.1
	[ -z "$SIX" ] || traces v11 fd00:10::11 $SRV6 \
		v11 fd00:10::11 fd00:20::77
	counters > "$TMP/after"
	# The stack reports its groups at any time.
	sed -i 's/ announcement [0-9]*//' "$TMP/before" "$TMP/after"
	diff "$TMP/before" "$TMP/after" > "$TMP/diff" || fail "$(< "$TMP/diff")"
	# A host that does not forward sends router solicitations.
	ok "off" set_sysctls h1:ipv6/conf/all/forwarding=0
	undo set_sysctls h1:ipv6/conf/all/forwarding=1
	[ -z "$SIX" ] || traces v11 fd00:10::11 $SRV6 \
		v21 fd00:20::21 $SRV6 v21 fd00:20::21 fd00:20::1
	vm_mark fab v11
	cap_end
	none exit "queried" "arp=|icmp6=13[56]|ip=|ip6=fd"
	none fab "caused" " out .*(arp=|icmp6=13[56]|ip=|ip6=fd)"
	none vm "caused" " in .*(arp=|icmp6=13[56]|ip=|ip6=fd)"
}

s32_trace_words()
{
	local ctl="anygwctl -n h1" output

	output=$($ctl trace dev "${GW[20]}" from 10.0.20.21 to $SRV) || fail "$output"
	grep -q "^    decision   route here$" <<< "$output" || fail "$output"
	equal "-o: lines" "$($ctl -o trace dev "${GW[20]}" from 10.0.20.21 \
		to $SRV | wc -l)" 1
	output=$($ctl trace dev "${GW[20]}" from 10.0.10.11 to $SRV)
	[[ $output == *"would send to ${GW[10]}"* ]] || fail "$output"
	output=$($ctl trace dev "${GW[20]}" from 10.9.9.9 to $SRV)
	[[ $output == *"no subnet of a gateway"* ]] || fail "$output"
	ok "it is known" vm_ping v11 10.0.20.50
	output=$($ctl trace dev "${GW[20]}" from 10.0.20.50 to $SRV)
	[[ $output == *"behind fabric port"* ]] || fail "$output"
	refused "no device" $ctl trace dev nix from 10.0.20.21 to $SRV
	output=$($ctl trace dev exit0 from 10.0.20.21 to $SRV 2>&1)
	equal "no gateway" "$?" 2
	[[ $output == *'"exit0"'*"not a gateway"* ]] || fail "$output"
	output=$($ctl trace dev "${GW[20]}" from fe80::7 to $SRV6 2>&1)
	equal "link-local" "$?" 2
	[[ $output == *'"fe80::7"'*"not link-local"* ]] || fail "$output"
}

# It reveals routes and neighbours, which need the capability; settings do not.
s32_trace_needs_cap_net_admin()
{
	local drop="setpriv --bounding-set -net_admin --inh-caps -net_admin" o

	# shellcheck disable=SC2086
	ns h1 $drop anygwctl trace dev "${GW[20]}" from 10.0.20.21 to $SRV \
		> "$TMP/output" 2>&1
	equal "trace" $? 2
	grep -q CAP_NET_ADMIN "$TMP/output" || fail "$(< "$TMP/output")"
	# Root of another user namespace has no capability here.
	ns h1 unshare -Ur anygwctl trace dev "${GW[20]}" from 10.0.20.21 \
		to $SRV > "$TMP/output" 2>&1
	equal "root of another user namespace" $? 2
	for o in host port gateway endpoint peer; do
		# shellcheck disable=SC2086
		ok "$o show" ns h1 $drop anygwctl -s $o show
	done
	ok "with the capability" anygwctl -n h1 trace dev "${GW[20]}" from 10.0.20.21 \
		to $SRV
}

run_tests "$@"
