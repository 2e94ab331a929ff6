#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# also: bare noipv6
#
# What "trace" says of a packet, and what the packet then does (3.2). Of the
# two gateways of h1 the one in VLAN 10 falls back to a router on the fabric,
# the one in VLAN 20 does not.

. "$(dirname "$0")/lib.sh"

SIX=1
KINDS="untagged unaware"
# The exit's plug is pulled, and its router made deaf, after IPv6 has been by it.
TESTS="s32_trace_six_rules@untagged s32_trace_routed s32_trace_to_another_vlan
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

# A machine that has the MAC, so that the bridges learn it.
router_new()
{
	space rr
	switch_join rr eth0 prr
	in_space rr "link add link eth0 name eth0.10 type vlan id 10" \
		"link set eth0.10 address $VR" "link set eth0.10 up"
	SYSCTLS+=(rr:ipv4/conf/all/arp_ignore=8)
}

# Nobody has to be asked for the gateway, nor for the router behind the exit.
knows_gateway()
{
	local o=${VM_IP[$1]%.*} v=${VM_VLAN[$1]} d=${VM_DEV[$1]}

	in_space "$1" \
		"neigh replace $o.1 lladdr ${GWMAC[$v]} dev $d nud permanent"
	in_six "$1" \
		"neigh replace $GATEWAY_LL lladdr ${GWMAC[$v]} dev $d nud permanent"
}

setup()
{
	local v

	# Each error is awaited: no limit of IPv4's routes, which is for all
	# namespaces, and none of ICMP.
	echo 0 > /proc/sys/net/ipv4/route/error_cost
	SYSCTLS+=(h1:ipv4/icmp_ratelimit=0)
	[ -z "$SIX" ] || SYSCTLS+=(h1:ipv6/icmp/ratelimit=0)
	switch_new
	bare_new
	host_new h1
	exit_new h1
	router_new
	commit || return 1
	snapshot h1
	fabric_roles h1 || return 1
	for v in 10 20; do
		br_words $v
		# shellcheck disable=SC2086
		anygwctl -n h1 gateway add $BR mac ${GWMAC[$v]} \
			address 10.0.$v.1/24 \
			${SIX:+address fd00:$v::1/64} \
			${SIX:+address $GATEWAY_LL/64} || return 1
		names $v
		GW[$v]=$G
	done
	anygwctl -n h1 gateway set dev "${GW[10]}" coexist on || return 1
	HMAC[1]=$(host_mac h1)
	vm v11 h1 10 10.0.10.11 &&
		vm v21 h1 20 10.0.20.21 &&
		commit && knows_gateway v11 && knows_gateway v21 && commit &&
		ok "the router is heard" wire -N rr send eth0.10 \
			"udp,$BCAST,$VR,10.0.10.9,10.0.10.255,9" &&
		ok "the exit" vm_ping v11 $SRV && ok "the exit" vm_ping v21 $SRV
}

# ---------------------------------------------------------------- the oracle

# ask VM FROM TO: what trace says of it, into TOLD
ask()
{
	TOLD=$(anygwctl -n h1 -j trace dev "${GW[${VM_VLAN[$1]}]}" from "$2" \
		to "$3" 2>&1) || fail "trace from $2 to $3: $TOLD"
}

# key NAME: of the object, into VALUE
key()
{
	VALUE=
	[[ ! $TOLD =~ \"$1\":\"([^\"]*)\" ]] || VALUE=${BASH_REMATCH[1]}
}

part() { [[ ! $TOLD =~ \"$1\":\{[^}]*\"$2\":\"([^\"]*)\" ]] ||
	VALUE=${BASH_REMATCH[1]}; }

# exit_is IFNAME [PORT]: of the last trace
exit_is()
{
	VALUE=
	part exit ifname
	equal "the exit" "$VALUE" "$1"
	VALUE=none
	part exit port
	equal "the port of the exit" "$VALUE" "${2:-none}"
}

# neighbour_is STATE...: of the last trace
neighbour_is()
{
	VALUE=
	part neighbour state
	[[ " $* " == *" $VALUE "* ]] || fail "the neighbour is $VALUE, not $*"
}

# The packet as a pattern: TTL VM
packet() { PACKET="ip6?=${FROM//./\\.}>${TO//./\\.} (ttl|hops)=$1 "; }

say_packet()
{
	local mac=${GWMAC[${VM_VLAN[$1]}]}

	if [[ $TO == *:* ]]; then
		vm_say "$1" "udp6,$mac,${VM_MAC[$1]},$FROM,$TO,9"
	else
		vm_say "$1" "ping,$mac,${VM_MAC[$1]},$FROM,$TO"
	fi
}

ERROR=" in .*(icmp=3/|icmp6=1/[0-35-7])"
REPLY=" in .*(icmp=0/0|icmp6=1/4)"

# Where the exit says that the packet leaves, seen from outside
wire_of_exit()
{
	part exit port
	case $1 in
	exit0) SEEN=exit ;;
	*) case $VALUE in fab0*) SEEN=fab ;; *) SEEN=east ;; esac ;;
	esac
}

routed()
{
	part exit ifname
	wire_of_exit "$VALUE"
	packet 63
	await "$SEEN" "it leaves where trace says" "$PACKET"
}

bridged()
{
	packet 64
	await fab "it leaves as it is" " out .*src=${VM_MAC[$1]} .*$PACKET"
	SEEN=fab
}

# The sender hears of it where trace says so.
dropped()
{
	SEEN=
	if [[ $TOLD == *"ICMP error"* ]]; then
		await vm "an error" "$ERROR"
	else
		vm_mark fab "$1"
		none vm "an error" "$ERROR"
	fi
}

# happens VM: the packet, and nothing but what was told of it
happens()
{
	local w n

	cap vm=$1/eth0 exit=h1/exit0 fab=h1/fab0 east=$EAST/eth0
	say_packet "$1"
	key decision
	case $VALUE in
	"route here") routed ;;
	bridge) bridged "$1" ;;
	drop) dropped "$1" ;;
	local)
		SEEN=
		await vm "an answer" "$REPLY"
		;;
	*) fail "no decision: $TOLD" ;;
	esac
	vm_mark fab "$1"
	cap_end
	for w in exit fab east; do
		n=0
		[ $w != "$SEEN" ] || n=1
		# At the VM it comes in, and by the others it goes out.
		packet '[0-9]+'
		exactly $w $n "told: $TOLD" " (in|out) .*$PACKET"
	done
}

# fate VM TO DECISION REASON: trace says so, and that is what happens
fate()
{
	FROM=${FROM:-${VM_IP[$1]}} TO=$2
	EAST=v21
	[ "$1" = v11 ] || EAST=v11
	ask "$1" "$FROM" "$TO"
	key decision
	equal "the decision about $1 to $TO: $TOLD" "$VALUE" "$3"
	key reason
	equal "its reason: $TOLD" "$VALUE" "$4"
	happens "$1"
	FROM=
}

# In IPv6: VM TO DECISION REASON
fate6()
{
	FROM=fd00:${VM_VLAN[$1]}::${VM_IP[$1]##*.}
	fate "$@"
}

# ---------------------------------------------------------------- routed

s32_trace_routed()
{
	ok "forget the exit" ip -n h1 neigh flush dev exit0
	fate v11 $SRV "route here" routed
	exit_is exit0
	neighbour_is none
	fate v21 $SRV "route here" routed
	neighbour_is reachable stale delay probe
	jq -e '.[0] | .path == "fast" and .path_reason == null and
		.route.dst == "default" and
		.route.via == "10.1.1.2" and .route.dev == "exit0" and
		.route.table == 254 and .vm.port == "v21" and
		.vm.role == "access" and .vm.mac == "'"${VM_MAC[v21]}"'" and
		.state == "active"' <<< "$TOLD" > "$TMP/jq" || fail "$TOLD"
}

s32_trace_to_another_vlan()
{
	local fab=fab0

	[ "$KIND" != unaware ] || fab=fab0.20
	ok "it is known" vm_ping v11 10.0.20.21
	fate v11 10.0.20.21 "route here" routed
	exit_is "${GW[20]}" v21
	neighbour_is reachable stale delay probe
	ok "it is known" vm_ping v11 10.0.20.50
	fate v11 10.0.20.50 "route here" routed
	exit_is "${GW[20]}" $fab
	jq -e '.[0].exit.role == "fabric" and .[0].route.via == null and
		.[0].route.dst == "10.0.20.0/24"' <<< "$TOLD" > "$TMP/jq" ||
		fail "$TOLD"
}

s32_trace_local()
{
	fate v11 10.0.10.1 "local" "local"
	[[ $TOLD == *"10.0.10.1 is an address of this host, on ${GW[10]}"* ]] ||
		fail "$TOLD"
	fate v11 10.0.20.1 "local" "local"
	[[ $TOLD == *", on ${GW[20]}"* ]] || fail "$TOLD"
	fate v21 10.1.1.1 "local" "local"
	exit_is ""
}

# ---------------------------------------------------------------- fallback

# both REASON TO: bridged where there is fallback, dropped where there is none
both()
{
	fate v11 "$2" bridge "$1"
	key path
	equal "no path" "$VALUE" ""
	fate v21 "$2" drop "$1"
}

s32_trace_no_route()
{
	ok "withdraw" ip -n h1 route del default
	undo ip -n h1 route replace default via 10.1.1.2
	both no-route $NOWHERE
	VALUE=
	ask v11 10.0.10.11 $NOWHERE
	part exit role
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
		fate v11 $NOWHERE drop $v
		fate v21 $NOWHERE drop $v
	done
}

exit_shows() { [[ $(ip -n h1 link show exit0) == *"$1"* ]]; }

# With all that was lost with its device
plug()
{
	in_space r1 "link set down0 up" "route replace 10.0.0.0/16 via 10.1.1.1"
	in_six r1 "address replace fd01:1::2/64 dev down0" \
		"route replace fd00::/16 via fd01:1::1"
	commit
}

s32_trace_no_carrier()
{
	ok "pull the plug" ip -n r1 link set down0 down
	undo plug
	soon "it is seen" 5 exit_shows NO-CARRIER
	both no-carrier $SRV
	ok "plug it" plug
	soon "it is seen" 5 exit_shows LOWER_UP
	# What v21 sent in vain has left a failed neighbour: it asks again.
	soon "it works" 5 vm_ping v21 $SRV
	fate v11 $SRV "route here" routed
}

hop_failed() { [[ $(ip -n h1 neigh show 10.1.1.2) == *FAILED* ]]; }

s32_trace_next_hop_dead()
{
	ok "deaf" ip -n r1 link set down0 arp off
	undo ip -n r1 link set down0 arp on
	ok "forgotten" ip -n h1 neigh flush to 10.1.1.2
	ns v21 ping -n -q -c 1 -W 1 $SRV > /dev/null
	soon "given up" 4 hop_failed
	fate v11 $SRV bridge neighbour-failed
	neighbour_is failed
	# Without another router it is asked again, in vain.
	ask v21 10.0.20.21 $SRV
	key decision
	equal "without fallback" "$VALUE" "route here"
	key reason
	equal "without fallback" "$VALUE" neighbour-failed
	cap exit=h1/exit0 vm=v21/eth0
	FROM=10.0.20.21 TO=$SRV
	say_packet v21
	await exit "asked once more" " out .*arp=1 .*tpa=10\.1\.1\.2 "
	await vm "told" "$ERROR"
	cap_end
	packet '[0-9]+'
	none exit "to nobody" "$PACKET"
	ok "it hears again" ip -n r1 link set down0 arp on
	soon "it works" 5 vm_ping v21 $SRV
	fate v11 $SRV "route here" routed
}

s32_trace_standby_and_down()
{
	local v

	for v in 10 20; do
		ok "stand by" anygwctl -n h1 gateway set dev "${GW[$v]}" mode standby
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

# Without a router too: the frame is flooded.
s32_trace_observe()
{
	local v

	for v in 10 20; do
		ok "observe" anygwctl -n h1 gateway set dev "${GW[$v]}" mode observe
		undo anygwctl -n h1 gateway set dev "${GW[$v]}" mode active
	done
	fate v11 $SRV bridge observe
	key active_decision
	equal "if it were active" "$VALUE" "route here"
	fate v21 $SRV bridge observe
	VALUE=none
	part exit port
	equal "it is flooded" "$VALUE" none
	ok "withdraw" ip -n h1 route del default
	undo ip -n h1 route replace default via 10.1.1.2
	fate v11 $NOWHERE bridge observe
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
	fate v21 10.0.20.1 "local" "local"
}

# ---------------------------------------------------------------- the stack

s32_trace_refused()
{
	FROM=10.1.1.1
	fate v21 $SRV drop refused
	FROM=$NOWHERE
	fate v21 $SRV "route here" routed
	ok "strict" wire sysctl "h1:ipv4/conf/${GW[20]}/rp_filter=1"
	undo wire sysctl "h1:ipv4/conf/${GW[20]}/rp_filter=2"
	FROM=$NOWHERE
	fate v21 $SRV drop refused
	fate v21 $SRV "route here" routed
}

s32_trace_rules()
{
	ok "a table" ip -n h1 route add prohibit default table 200
	undo ip -n h1 route flush table 200
	ok "a rule" ip -n h1 rule add from 10.0.20.21 ipproto icmp lookup 200
	undo ip -n h1 rule del from 10.0.20.21 ipproto icmp
	fate v21 $SRV drop prohibit
	FROM=10.0.20.22
	fate v21 $SRV "route here" routed
	ok "by device" ip -n h1 rule add iif "${GW[10]}" to $NOWHERE blackhole
	undo ip -n h1 rule del iif "${GW[10]}" to $NOWHERE
	fate v11 $NOWHERE drop blackhole
}

s32_trace_six_rules()
{
	local net10=fd00:10::/64 net20=fd00:20::/64

	soon "known" 5 ns v11 ping -n -q -c 1 -W 1 $SRV6
	ok "a table" ip -n h1 -6 route add default via fd01:1::2 table 200
	undo ip -n h1 -6 route flush table 200
	# Of what VMs send: the stack's own errors are to be routed.
	ok "a rule" ip -n h1 -6 rule add from $net20 iif gw20 lookup 200
	undo ip -n h1 -6 rule del from $net20 iif gw20 lookup 200
	fate6 v21 $SRV6 "route here" routed
	[[ $TOLD == *'"table":200'* ]] || fail "by another table: $TOLD"
	ok "prohibit" ip -n h1 -6 route replace prohibit default table 200
	fate6 v21 $SRV6 drop prohibit
	fate6 v11 $SRV6 "route here" routed
	# Beside a router, what is forbidden is not passed on to it either.
	ok "forbidden" ip -n h1 -6 rule add from $net10 iif gw10 prohibit
	undo ip -n h1 -6 rule del from $net10 iif gw10 prohibit
	fate6 v11 $SRV6 drop prohibit
	ok "unreachable" ip -n h1 -6 rule add from $net10 iif gw10 pref 70 \
		unreachable
	undo ip -n h1 -6 rule del from $net10 iif gw10 pref 70 \
		unreachable
	fate6 v11 $SRV6 bridge no-route
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
	fate v21 $SRV "route here" routed
	[[ $TOLD == *'"table":100'* && $TOLD == *"VRF red"* ]] || fail "$TOLD"
	fate v21 $NOWHERE drop unreachable
	fate v21 10.0.20.1 "local" "local"
	fate v11 $NOWHERE "route here" routed
	# To another VLAN there is no way any more, but by the default route.
	ask v11 10.0.10.11 10.0.20.21
	exit_is exit0
}

# ---------------------------------------------------------------- IPv6

s32_trace_six()
{
	ok "known" ns v11 ping -n -q -c 1 -W $((2 * SLOW)) $SRV6
	fate6 v11 $SRV6 "route here" routed
	exit_is exit0
	neighbour_is reachable stale delay probe
	ok "known" ns v11 ping -n -q -c 1 -W $((2 * SLOW)) fd00:20::21
	fate6 v11 fd00:20::21 "route here" routed
	exit_is "${GW[20]}" v21
	fate6 v11 fd00:20::1 "local" "local"
	ok "prohibit" ip -n h1 route add prohibit fd0f::1
	undo ip -n h1 route del fd0f::1
	fate6 v11 fd0f::1 drop prohibit
	ok "withdraw" ip -n h1 -6 route del default
	undo ip -n h1 route replace default via fd01:1::2
	fate6 v11 fd0f::2 bridge no-route
	fate6 v21 fd0f::2 drop no-route
	ok "observe" anygwctl -n h1 gateway set dev "${GW[10]}" mode observe
	undo anygwctl -n h1 gateway set dev "${GW[10]}" mode active
	fate6 v11 $SRV6 bridge observe
}

s32_trace_six_not_forwarded()
{
	ok "off" wire sysctl h1:ipv6/conf/all/forwarding=0
	undo wire sysctl h1:ipv6/conf/all/forwarding=1
	fate6 v11 $SRV6 bridge not-forwarded
	fate6 v21 $SRV6 drop not-forwarded
	fate6 v21 fd00:20::1 "local" "local"
	ok "off" wire sysctl "h1:ipv6/conf/${GW[20]}/disable_ipv6=1"
	undo anygwctl -n h1 gateway set dev "${GW[20]}" address 10.0.20.1/24 \
		address fd00:20::1/64 address $GATEWAY_LL/64
	undo wire sysctl "h1:ipv6/conf/${GW[20]}/disable_ipv6=0"
	fate6 v21 $SRV6 drop no-protocol
}

# ---------------------------------------------------------------- the rest

# All that a packet would move. What gateways report of their own accord they
# may report just now.
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

# questions VM FROM TO...
questions()
{
	while [ $# -gt 0 ]; do
		ask "$1" "$2" "$3"
		shift 3
	done
}

s32_trace_leaves_no_trace()
{
	# Nor is anybody left who would ask for the host just now.
	forget h1 r1 srv rr bare v11 v21
	cap exit=h1/exit0 fab=h1/fab0 vm=v11/eth0
	vm_mark fab v11
	counters > "$TMP/before"
	questions v11 10.0.10.11 $SRV v11 10.0.10.11 10.0.20.77 \
		v21 10.0.20.21 $SRV v21 10.0.20.21 10.0.10.78 \
		v21 10.9.9.9 $NOWHERE v11 10.0.10.1 10.0.10.1
	[ -z "$SIX" ] || questions v11 fd00:10::11 $SRV6 \
		v11 fd00:10::11 fd00:20::77
	counters > "$TMP/after"
	# The stack reports its groups in its own time.
	sed -i 's/ announcement [0-9]*//' "$TMP/before" "$TMP/after"
	diff "$TMP/before" "$TMP/after" > "$TMP/diff" || fail "$(< "$TMP/diff")"
	# A host that does not forward is one that asks its routers.
	ok "off" set_sysctls h1:ipv6/conf/all/forwarding=0
	undo set_sysctls h1:ipv6/conf/all/forwarding=1
	[ -z "$SIX" ] || questions v11 fd00:10::11 $SRV6 \
		v21 fd00:20::21 $SRV6 v21 fd00:20::21 fd00:20::1
	vm_mark fab v11
	cap_end
	none exit "asked" "arp=|icmp6=13[56]|ip=|ip6=fd"
	none fab "said" " out .*(arp=|icmp6=13[56]|ip=|ip6=fd)"
	none vm "said" " in .*(arp=|icmp6=13[56]|ip=|ip6=fd)"
}

s32_trace_words()
{
	local ctl="anygwctl -n h1" said

	said=$($ctl trace dev "${GW[20]}" from 10.0.20.21 to $SRV) || fail "$said"
	grep -q "^    decision   route here$" <<< "$said" || fail "$said"
	equal "-o: lines" "$($ctl -o trace dev "${GW[20]}" from 10.0.20.21 \
		to $SRV | wc -l)" 1
	said=$($ctl trace dev "${GW[20]}" from 10.0.10.11 to $SRV)
	[[ $said == *"would send to ${GW[10]}"* ]] || fail "$said"
	said=$($ctl trace dev "${GW[20]}" from 10.9.9.9 to $SRV)
	[[ $said == *"no subnet of a gateway"* ]] || fail "$said"
	ok "it is known" vm_ping v11 10.0.20.50
	said=$($ctl trace dev "${GW[20]}" from 10.0.20.50 to $SRV)
	[[ $said == *"behind fabric port"* ]] || fail "$said"
	refused "no device" $ctl trace dev nix from 10.0.20.21 to $SRV
	said=$($ctl trace dev exit0 from 10.0.20.21 to $SRV 2>&1)
	equal "no gateway" "$?" 2
	[[ $said == *'"exit0"'*"not a gateway"* ]] || fail "$said"
	said=$($ctl trace dev "${GW[20]}" from fe80::7 to $SRV6 2>&1)
	equal "link-local" "$?" 2
	[[ $said == *'"fe80::7"'*"not link-local"* ]] || fail "$said"
}

# It tells of routes and neighbours that are not for everybody; the settings
# are.
s32_trace_needs_cap_net_admin()
{
	local drop="setpriv --bounding-set -net_admin --inh-caps -net_admin" o

	# shellcheck disable=SC2086
	ns h1 $drop anygwctl trace dev "${GW[20]}" from 10.0.20.21 to $SRV \
		> "$TMP/said" 2>&1
	equal "trace" $? 2
	grep -q CAP_NET_ADMIN "$TMP/said" || fail "$(< "$TMP/said")"
	# Root of another user namespace is nobody here.
	ns h1 unshare -Ur anygwctl trace dev "${GW[20]}" from 10.0.20.21 \
		to $SRV > "$TMP/said" 2>&1
	equal "root of another user namespace" $? 2
	for o in host port gateway endpoint peer; do
		# shellcheck disable=SC2086
		ok "$o show" ns h1 $drop anygwctl -s $o show
	done
	ok "who may" anygwctl -n h1 trace dev "${GW[20]}" from 10.0.20.21 \
		to $SRV
}

run_scene "$@"
