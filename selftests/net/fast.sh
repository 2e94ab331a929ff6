#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
# also: bare noipv6
#
# The fast path (W10, W13, W14): it is used; anything that would notice it keeps
# the next packets off it; no change is missed; its output is that of the slow
# path.

SIX=1
. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged tagged"
CASES="w10_fast_to_the_exit w10_fast_to_another_vlan w10_fast_over_the_fabric
	w10_fast_from_a_tap@untagged
	w14_fast_off w14_fast_and_packet_filters w14_fast_runs_postrouting
	w14_fast_waits_in_a_queue
	w14_fast_and_listeners w14_fast_and_queues w14_fast_and_xdp
	w14_fast_and_ipsec w14_fast_and_devices_on_top w14_fast_and_rules
	w13_fast_icmp
	w10_fast_sees_routes w10_fast_sees_rules w10_fast_sees_rules_from
	w10_fast_sees_earlier_tables w10_fast_sees_neighbours
	w10_fast_sees_settings w10_fast_sees_filters w10_fast_sees_the_bridge
	w10_fast_sees_ports w10_fast_sees_modes w10_fast_sees_mtu
	w10_fast_sees_devices_go w10_fast_refuses
	w10_fast_same_as_full"
# Without IPv6: only cases that do not need it
[ "${KERNEL:-}" != noipv6 ] || CASES="w10_fast_to_the_exit w10_fast_to_another_vlan
	w10_fast_over_the_fabric w14_fast_off w14_fast_and_rules w13_fast_icmp
	w10_fast_sees_routes w10_fast_sees_rules w10_fast_sees_neighbours
	w10_fast_sees_settings w10_fast_sees_mtu w10_fast_refuses
	w10_fast_same_as_full"
NEEDS[filters]="w14_fast_and_packet_filters w14_fast_runs_postrouting
	w14_fast_waits_in_a_queue w10_fast_sees_filters"
NEEDS[tc]="w14_fast_and_queues"
NEEDS[bpf]="w14_fast_and_xdp"
NEEDS[ipsec]="w14_fast_and_ipsec"
NEEDS[macvlan]="w14_fast_and_devices_on_top"
NEEDS[rules]="w14_fast_and_rules w10_fast_sees_rules
	w10_fast_sees_rules_from w10_fast_sees_earlier_tables"

OTHER=02:00:00:00:09:02

# h1 has a second exit, to x.
setup()
{
	local h

	EXIT="$SRV${SIX:+ $SRV6}"
	NEAR="10.0.20.21${SIX:+ fd00:20::21}"
	FAR="10.0.20.22${SIX:+ fd00:20::22}"
	topo 2 exits || return 1
	netns_add x
	veth_add h1 exit1 x eth0
	in_netns h1 "link set exit1 up" "address add 10.9.0.1/24 dev exit1" \
		"neigh add 10.9.0.2 lladdr $OTHER dev exit1 nud permanent"
	in_netns6 h1 "address add fd09::1/64 dev exit1 nodad" \
		"neigh add fd09::2 lladdr $OTHER dev exit1 nud permanent"
	in_netns x "link set eth0 address $OTHER up"
	SYSCTLS+=(h1:ipv6/conf/all/forwarding=1 h2:ipv6/conf/all/forwarding=1)
	commit || return 1
	SNAPSHOTS=()
	for h in h1 h2; do
		snapshot $h
	done
	gateways h1 h2 && vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 && vm_add v21 h1 20 10.0.20.21 &&
		vm_add v22 h2 20 10.0.20.22 && commit && set_names 10 &&
		resolve_all
}

# Resolve all destinations of the cases below.
resolve_all()
{
	local a

	for a in $EXIT $NEAR $FAR; do
		vm_ping v11 $a > /dev/null || return 1
	done
}

# set_frame: set FRAME to a packet of v11
set_frame()
{
	local type=udp from=10.0.10.11

	[[ $1 != *:* ]] || type=udp6 from=fd00:10::11
	FRAME=$type,$VMAC,${VM_MAC[v11]},${2:-$from},$1,7000
}

# send_packets TO NUMBER
send_packets()
{
	set_frame "$1"
	ok "send" wire -N v11 send -n "$2" "${VM_DEV[v11]}" "$FRAME"
}

stats()
{
	local text

	text=$(anygwctl -n h1 -j -s gateway show dev "$G")
	CAPTURED=$(json_number "$text" captured)
	FAST=$(json_number "$text" fastpath)
}

captured() { stats && [ "$CAPTURED" -ge "$1" ]; }

# measure TO: set TOOK to the number of four packets that took the fast path
measure()
{
	local before

	stats
	before=$FAST
	send_packets "$1" 4
	TOOK=none
	wait_until 1 captured $((CAPTURED + 4)) || return 1
	TOOK=$((FAST - before))
}

# One packet per second takes the slow path, to refresh the bridge's FDB.
is_fast() { measure "$1" && [ "$TOOK" -ge 3 ]; }

# The first packet takes the slow path.
fast()
{
	wait_until 3 is_fast "$1" && return
	path_is "$1" fast
	fail "only $TOOK of 4 packets to $1 took the fast path"
}

# slow TO [REASON]: the next packets take the slow path
slow()
{
	measure "$1" || :
	[ "$TOOK" = 0 ] || fail "$TOOK of 4 packets to $1 took the fast path in spite of ${2:-it}"
	[ -z "${2:-}" ] || path_is "$1" full "$2"
}

# path_is TO PATH [REASON]: according to trace
path_is()
{
	local from=10.0.10.11 trace

	[[ $1 != *:* ]] || from=fd00:10::11
	trace=$(anygwctl -n h1 -j trace dev "$G" from $from to "$1")
	[[ $trace =~ \"path\":\ *\"$2\",\ *\"path_reason\":\ *\"?(${3:-null})[\",] ]] ||
		fail "not the $2 path${3:+ for $3}: ${trace#*\"path\":}"
}

# blocks REASON TO COMMAND -- UNDO: COMMAND stops the fast path, UNDO restores
# it
blocks()
{
	local reason=$1 to=$2 do=() back=()

	shift 2
	while [ "$1" != -- ]; do
		do+=("$1")
		shift
	done
	shift
	back=("$@")
	fast "$to"
	ok "$reason" "${do[@]}"
	undo "${back[@]}"
	slow "$to" "$reason"
	ok "no more $reason" "${back[@]}"
	fast "$to"
	path_is "$to" fast
}

# ---------------------------------------------------------------- taken

rx_packets() { ip -n h1 -j -s link show dev "$G" | jq '.[0].stats64.rx.packets'; }

w10_fast_to_the_exit()
{
	local to rx

	for to in $EXIT; do
		fast $to
		path_is $to fast
		rx=$(rx_packets)
		cap exit=h1/exit0/out fab=h1/fab0/out
		is_fast $to || fail "not fast: $TOOK of 4"
		cap_end
		exactly exit 4 "leaves, TTL decremented" " ip6?=[^ ]*>$to (ttl|hops)=63 "
		none fab "on the fabric" " ip6?=[^ ]*>$to "
		[ "$(rx_packets)" -ge $((rx + 4)) ] ||
			fail "ip -s link counts otherwise: $rx, $(rx_packets)"
	done
	ok "a connection" vm_ping v11 $SRV 3
}

w10_fast_to_another_vlan()
{
	local to

	for to in $NEAR; do
		fast $to
		cap to=v21/eth0/in fab=h1/fab0/out
		is_fast $to || fail "not fast: $TOOK of 4"
		cap_end
		exactly to 4 "arrives from the gateway, TTL decremented" \
			" src=$VMAC dst=${VM_MAC[v21]} .*ip6?=[^ ]*>$to (ttl|hops)=63 "
		none fab "on the fabric" " ip6?=[^ ]*>$to "
	done
}

w10_fast_over_the_fabric()
{
	local to

	for to in $FAR; do
		fast $to
		cap fab=h1/fab0/out to=v22/eth0/in
		is_fast $to || fail "not fast: $TOOK of 4"
		await to "arrives" "$to (ttl|hops)=63" 4
		cap_end
		exactly fab 4 "as this host itself" \
			" vlan=20 src=${HMAC[1]} dst=${VM_MAC[v22]} .*ip6?=[^ ]*>$to (ttl|hops)=63 "
		exactly to 4 "from the gateway" " src=$VMAC .*ip6?=[^ ]*>$to (ttl|hops)=63 "
		none fab "W1: the vMAC on the fabric" "$VMAC"
	done
}

# Frames that a hypervisor writes into a tap have a socket.
w10_fast_from_a_tap()
{
	local go before

	[ -c /dev/net/tun ] || modprobe tun
	ok "tap" ip -n h1 tuntap add dev tap9 mode tap
	undo ip -n h1 link del tap9
	ok "port" ip -n h1 link set tap9 master br0 up
	ok "vlan" bridge -n h1 vlan add dev tap9 vid 10 pvid untagged
	mkfifo "$TMP/tap.in"
	exec {go}<> "$TMP/tap.in"
	bg_ready tap ns h1 sh -c 'exec "$@" < "$0"' "$TMP/tap.in" /usr/bin/python3 \
		"$libdir/fast-frames.py" tap tap9 20 $VMAC 52:54:00:00:0e:0e
	soon "the port forwards" 10 carries h1 tap9
	cap exit=h1/exit0/out
	stats
	before=$FAST
	echo go >&"$go"
	soon "all have arrived" 10 captured $((CAPTURED + 20))
	await exit "leaves" "10.0.10.99>$SRV ttl=63" 20
	cap_end
	stats
	[ $((FAST - before)) -ge 15 ] ||
		fail "only $((FAST - before)) packets took the fast path"
}

# ---------------------------------------------------------------- W14

w14_fast_off()
{
	blocks off $SRV anygwctl -n h1 gateway set dev "$G" fastpath off -- \
		anygwctl -n h1 gateway set dev "$G" fastpath on
}

add_chain() { ns h1 nft "add table $1 t; add chain $1 t c { type filter hook $2 priority 0; }"; }

flush_chains() { ns h1 nft flush ruleset; }

w14_fast_and_packet_filters()
{
	blocks prerouting $SRV add_chain ip prerouting -- flush_chains
	[ -z "$SIX" ] ||
		blocks prerouting $SRV6 add_chain ip6 prerouting -- flush_chains
	blocks forward 10.0.20.21 add_chain ip forward -- flush_chains
	blocks forward "${NEAR##* }" add_chain inet forward -- flush_chains
	blocks bridge-chain $SRV add_chain bridge input -- flush_chains
	blocks netdev-chain $SRV add_chain netdev "ingress device $G" -- \
		flush_chains
	# Filters of the other family do not matter.
	ok "chain" add_chain ip6 forward
	undo flush_chains
	is_fast $SRV || fail "IPv4 is kept off by IPv6"
	cap exit=h1/exit0/out
	send_packets $SRV 1
	await exit "it passes" ">$SRV ttl=63"
}

w14_fast_runs_postrouting()
{
	local to

	ok "rules" ns h1 nft -f - <<- END
		table inet t {
			counter seen {}
			chain c {
				type filter hook postrouting priority 0
				udp dport 7000 iifname "$G" counter name seen
			}
		}
	END
	undo flush_chains
	for to in $EXIT; do
		fast $to
		ok "reset" ns h1 nft reset counter inet t seen
		is_fast $to || fail "not fast: $TOOK of 4"
		[[ $(ns h1 nft list counter inet t seen) == *"packets 4 "* ]] ||
			fail "seen: $(ns h1 nft list counter inet t seen)"
		cap exit=h1/exit0/out
		ok "drop" ns h1 nft add rule inet t c udp dport 7000 drop
		measure $to
		vm_ping v11 $SRV > /dev/null
		cap_end
		none exit "dropped in postrouting" ">$to (ttl|hops)=63 udp=4444>7000"
		ok "no drop" ns h1 nft flush chain inet t c
		ok "count" ns h1 nft add rule inet t c udp dport 7000 \
			counter name seen
	done
}

# open_listener DEVICE PROTOCOL: until close_listener
open_listener()
{
	bg_ready listen ns h1 /usr/bin/python3 -c '
import socket, sys, time
type = int(sys.argv[2], 16)
if sys.argv[1]:
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    s.bind((sys.argv[1], type))
else:
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(type))
print("ready", flush=True)
time.sleep(3600)' "$@"
	LISTENER=$BG
}

close_listener()
{
	kill "$LISTENER"
	wait "$LISTENER" 2> /dev/null
	return 0
}

# Packets from an nfqueue continue in the stack.
w14_fast_waits_in_a_queue()
{
	local to

	modprobe -q nft_queue
	ok "rules" ns h1 nft -f - <<- END
		table inet t {
			chain c {
				type filter hook postrouting priority 0
				udp dport 7000 iifname "$G" queue num 7
			}
		}
	END
	undo flush_chains
	bg_ready queue ns h1 "$libdir/requeue.py" 7
	LISTENER=$BG
	undo close_listener
	for to in $EXIT; do
		fast $to
		: > "$TMP/queue.out"
		cap exit=h1/exit0/out
		measure $to
		ok "requeued" wait_until 5 queued 4
		await exit "requeued" ">$to (ttl|hops)=63 udp=4444>7000" 4
		cap_end
		[ "$TOOK" -ge 3 ] || fail "not fast: $TOOK of 4"
	done
}

queued() { [ "$(wc -l < "$TMP/queue.out")" -ge "$1" ]; }

w14_fast_and_listeners()
{
	local dev

	for dev in "$G" br0; do
		blocks packet-socket $SRV open_listener "$dev" 3 -- close_listener
	done
	blocks packet-socket $SRV open_listener "$G" 800 -- close_listener
	blocks packet-socket "${NEAR##* }" open_listener gw20 3 -- close_listener
	# A socket for all devices is noticed within a second.
	fast $SRV
	open_listener "" 800
	soon "it is noticed" 2 is_slow $SRV
	close_listener
	fast $SRV
	# Captures in other namespaces do not matter.
	cap exit=h1/exit0 port=h1/v11
	is_fast $SRV || fail "captures elsewhere have an effect: $TOOK of 4"
}

is_slow() { measure "$1" && [ "$TOOK" = 0 ]; }

filter_at()
{
	tc -n h1 qdisc add dev "$1" clsact &&
		tc -n h1 filter add dev "$1" ingress matchall action pass
}

w14_fast_and_queues()
{
	local dev

	for dev in "$G" br0; do
		blocks tc $SRV filter_at "$dev" -- \
			tc -n h1 qdisc del dev "$dev" clsact
		blocks qdisc $SRV tc -n h1 qdisc add dev "$dev" root prio -- \
			tc -n h1 qdisc del dev "$dev" root
	done
	blocks qdisc 10.0.20.21 tc -n h1 qdisc add dev gw20 root prio -- \
		tc -n h1 qdisc del dev gw20 root
}

w14_fast_and_xdp()
{
	command -v clang > /dev/null || skip "no clang to make a program with"
	echo '__attribute__((section("xdp"), used)) int pass(void *c) { return 2; }' |
		clang -O2 -target bpf -c -x c - -o "$TMP/xdp.o" ||
		fail "the program does not build"
	blocks xdp $SRV ip -n h1 link set "$G" xdpgeneric obj "$TMP/xdp.o" \
		sec xdp -- ip -n h1 link set "$G" xdpgeneric off
}

w14_fast_and_ipsec()
{
	blocks xfrm $SRV ip -n h1 xfrm policy add src 192.0.2.1 \
		dst 192.0.2.2 dir fwd -- ip -n h1 xfrm policy flush
}

w14_fast_and_devices_on_top()
{
	blocks upper $SRV ip -n h1 link add link "$G" name mv9 up type macvlan -- \
		ip -n h1 link del mv9
	fast $SRV
	ok "vrf" ip -n h1 link add vrf9 up type vrf table 99
	undo ip -n h1 link del vrf9
	ok "enslave" ip -n h1 link set "$G" master vrf9
	slow $SRV
	ok "release" ip -n h1 link set "$G" nomaster
	fast $SRV
}

w14_fast_and_rules()
{
	blocks rules $SRV ip -n h1 rule add ipproto tcp dport 9 table main -- \
		ip -n h1 rule del ipproto tcp dport 9 table main
	blocks multipath $SRV ip -n h1 route add $SRV \
		nexthop via 10.1.1.2 nexthop via 10.9.0.2 -- \
		ip -n h1 route del $SRV
	[ -z "$SIX" ] || blocks proxy-ndp $SRV6 \
		ns h1 sysctl -qw net.ipv6.conf.all.proxy_ndp=1 -- \
		ns h1 sysctl -qw net.ipv6.conf.all.proxy_ndp=0
}

# ---------------------------------------------------------------- W13

w13_fast_icmp()
{
	local to

	for to in $EXIT $NEAR; do
		fast $to
		set_frame $to
		cap vm=v11/eth0/in
		ok "the last hop" wire -N v11 send "${VM_DEV[v11]}" "$FRAME,1"
		await vm "time exceeded" 'icmp6?=(11/0|3/0)'
		cap_end
	done
}

# ---------------------------------------------------------------- changes

# leaves_by TO CAPTURE=DEVICE...: the next packet leaves by the first device
# only
leaves_by()
{
	local to=$1 name

	shift
	cap "$@"
	send_packets "$to" 2
	vm_mark_settled
	cap_end
	exactly "${1%%=*}" 2 "on the current path" ">$to (ttl|hops)=63 udp=4444>7000"
	for name in "${@:2}"; do
		none "${name%%=*}" "on the previous path" ">$to (ttl|hops)=63 udp=4444>7000"
	done
}

# All frames sent before have been processed.
vm_mark_settled()
{
	stats
	set_frame 10.0.20.21
	ok "one more" wire -N v11 send "${VM_DEV[v11]}" "${FRAME%7000}7001"
	soon "it came" 5 captured $((CAPTURED + 1))
}

w10_fast_sees_routes()
{
	local to via

	for to in $EXIT; do
		via=10.9.0.2
		[ $to = $SRV ] || via=fd09::2
		fast $to
		ok "a longer prefix" ip -n h1 route add $to via $via
		undo ip -n h1 route del $to
		leaves_by $to new=h1/exit1/out old=h1/exit0/out
		fast $to
		ok "gone again" ip -n h1 route del $to
		leaves_by $to new=h1/exit0/out old=h1/exit1/out
		fast $to
		ok "forbidden" ip -n h1 route add prohibit $to
		undo ip -n h1 route del prohibit $to
		cap vm=v11/eth0/in old=h1/exit0/out
		send_packets $to 1
		await vm "the reply" 'icmp6?=(3/13|1/1)'
		cap_end
		none old "on the previous path" ">$to (ttl|hops)=63 udp=4444>7000"
		ok "allowed" ip -n h1 route del prohibit $to
		fast $to
	done
}

w10_fast_sees_rules()
{
	local to via six

	for to in $EXIT; do
		via=10.9.0.2 six=-4
		[ $to = $SRV ] || via=fd09::2 six=-6
		fast $to
		ok "a table for the gateway" ip -n h1 route add $to via $via \
			table 77
		undo ip -n h1 $six route flush table 77
		ok "rule" ip -n h1 $six rule add to $to iif "$G" table 77
		undo ip -n h1 $six rule del to $to iif "$G" table 77
		leaves_by $to new=h1/exit1/out old=h1/exit0/out
		fast $to
		ok "no rule" ip -n h1 $six rule del to $to iif "$G" table 77
		leaves_by $to new=h1/exit0/out old=h1/exit1/out
	done
}

# family_of TO: set SIX_, FROM_NET, VIA
family_of()
{
	SIX_=-4 FROM_NET=10.0.10.0/24 VIA=10.9.0.2
	[[ $1 != *:* ]] || SIX_=-6 FROM_NET=fd00:10::/64 VIA=fd09::2
}

w10_fast_sees_rules_from()
{
	local to

	for to in $EXIT; do
		family_of $to
		fast $to
		ok "a table" ip -n h1 $SIX_ route add default via $VIA table 77
		undo ip -n h1 $SIX_ route flush table 77
		ok "for sources" ip -n h1 $SIX_ rule add from $FROM_NET \
			iif "$G" table 77
		undo ip -n h1 $SIX_ rule del from $FROM_NET iif "$G" table 77
		leaves_by $to new=h1/exit1/out old=h1/exit0/out
		fast $to
		leaves_by $to new=h1/exit1/out old=h1/exit0/out
		ok "forbidden" ip -n h1 $SIX_ rule add from $FROM_NET \
			iif "$G" pref 70 prohibit
		undo ip -n h1 $SIX_ rule del pref 70
		cap vm=v11/eth0/in new=h1/exit1/out old=h1/exit0/out
		send_packets $to 1
		await vm "the reply" 'icmp6?=(3/13|1/1)'
		cap_end
		none new "in spite of it" ">$to (ttl|hops)=63 udp=4444>7000"
		none old "in spite of it" ">$to (ttl|hops)=63 udp=4444>7000"
		ok "allowed" ip -n h1 $SIX_ rule del pref 70
		fast $to
		leaves_by $to new=h1/exit1/out old=h1/exit0/out
	done
}

# The flow uses a later table; the earlier one, which had no route, gets one.
w10_fast_sees_earlier_tables()
{
	local to

	for to in $EXIT; do
		family_of $to
		ok "an empty table" ip -n h1 $SIX_ rule add pref 70 table 77
		undo ip -n h1 $SIX_ rule del pref 70 table 77
		fast $to
		ok "a route in it" ip -n h1 $SIX_ route add default via $VIA \
			table 77
		undo ip -n h1 $SIX_ route flush table 77
		leaves_by $to new=h1/exit1/out old=h1/exit0/out
		fast $to
		ok "gone again" ip -n h1 $SIX_ route del default table 77
		leaves_by $to new=h1/exit0/out old=h1/exit1/out
		fast $to
		ok "forbidden" ip -n h1 $SIX_ route add prohibit $to table 77
		cap vm=v11/eth0/in old=h1/exit0/out
		send_packets $to 1
		await vm "the reply" 'icmp6?=(3/13|1/1)'
		cap_end
		none old "on the previous path" ">$to (ttl|hops)=63 udp=4444>7000"
		ok "allowed" ip -n h1 $SIX_ route del prohibit $to table 77
		fast $to
	done
}

w10_fast_sees_neighbours()
{
	local to

	for to in $NEAR; do
		fast $to
		ok "another MAC" ip -n h1 neigh replace $to dev gw20 \
			lladdr ${VM_MAC[v22]} nud permanent
		undo ip -n h1 neigh del $to dev gw20
		leaves_by $to new=h1/fab0/out old=v21/eth0/in
		fast $to
		ok "no such entry" ip -n h1 neigh del $to dev gw20
		cap new=v21/eth0/in
		send_packets $to 1
		await new "found again" ">$to (ttl|hops)=63 udp=4444>7000"
		cap_end
		fast $to
		ok "failed" ip -n h1 neigh replace $to dev gw20 nud failed
		cap new=v21/eth0/in
		send_packets $to 1
		await new "resolved again" ">$to (ttl|hops)=63 udp=4444>7000"
		cap_end
	done
}

w10_fast_sees_settings()
{
	local conf=net.ipv4.conf.$G

	# A source that is not behind the gateway
	fast $SRV
	set_frame $SRV 192.0.2.7
	ok "spoof" wire -N v11 send -n 3 "${VM_DEV[v11]}" "$FRAME"
	ok "strict" ns h1 sysctl -qw "$conf.rp_filter=1"
	undo ns h1 sysctl -qw "$conf.rp_filter=2"
	cap exit=h1/exit0/out
	ok "spoof" wire -N v11 send -n 3 "${VM_DEV[v11]}" "$FRAME"
	vm_mark_settled
	cap_end
	none exit "reverse path filter" "192.0.2.7>"
	ok "loose" ns h1 sysctl -qw "$conf.rp_filter=2"

	fast $SRV
	ok "no forwarding" ns h1 sysctl -qw "$conf.forwarding=0"
	undo ns h1 sysctl -qw "$conf.forwarding=1"
	slow $SRV
	ok "forwarding" ns h1 sysctl -qw "$conf.forwarding=1"
	fast $SRV
	[ -n "$SIX" ] || return 0
	fast $SRV6
	ok "no forwarding" ns h1 sysctl -qw net.ipv6.conf.all.forwarding=0
	undo ns h1 sysctl -qw net.ipv6.conf.all.forwarding=1
	slow $SRV6
	ok "forwarding" ns h1 sysctl -qw net.ipv6.conf.all.forwarding=1
	fast $SRV6
}

w10_fast_sees_filters()
{
	fast $SRV
	ok "rules" ns h1 nft -f - <<- END
		table inet t {
			chain c {
				type filter hook forward priority 0
				udp dport 7000 drop
			}
		}
	END
	undo flush_chains
	cap exit=h1/exit0/out
	send_packets $SRV 3
	vm_mark_settled
	cap_end
	none exit "filtered" ">$SRV ttl=63 udp=4444>7000"
}

# Within a second, after which the bridge is consulted again
none_fast()
{
	local before

	stats
	before=$FAST
	send_packets "$1" 3
	pause
	stats && [ "$FAST" = "$before" ]
}

# blocked TO: no packet takes the fast path, and the bridge drops the others
blocked()
{
	soon "no longer via the fast path" 2 none_fast "$1"
	cap gone=h1/exit0/out
	send_packets "$1" 3
	vm_pause
	cap_end
	none gone "refused by the bridge" ">$1 (ttl|hops)=63 udp=4444>7000"
}

# A later packet of another VM has arrived.
vm_pause() { ok "another VM's ping" vm_ping v13 $SRV; }

w10_fast_sees_the_bridge()
{
	local vid="vid 10"

	[ "$VARIANT" = tagged ] || vid="vid 10 pvid untagged"
	fast $SRV
	# shellcheck disable=SC2086
	undo bridge -n h1 vlan add dev v11 $vid
	ok "out of the VLAN" bridge -n h1 vlan del dev v11 vid 10
	blocked $SRV
	# shellcheck disable=SC2086
	ok "back" bridge -n h1 vlan add dev v11 $vid
	fast $SRV
	# A port in state learning learns but does not forward.
	ok "learning" ip -n h1 link set v11 type bridge_slave state 2
	undo ip -n h1 link set v11 type bridge_slave state 3
	blocked $SRV
	ok "forwarding" ip -n h1 link set v11 type bridge_slave state 3
	fast $SRV
	# Egress follows the port state at once.
	fast 10.0.20.21
	ok "learning" ip -n h1 link set v21 type bridge_slave state 2
	undo ip -n h1 link set v21 type bridge_slave state 3
	cap to=v21/eth0/in
	send_packets 10.0.20.21 2
	vm_mark_settled
	cap_end
	none to "a port that does not forward" "udp=4444>7000"
	ok "forwarding" ip -n h1 link set v21 type bridge_slave state 3
}

w10_fast_sees_ports()
{
	fast $SRV
	ok "fabric" anygwctl -n h1 port set dev v11 role fabric
	undo anygwctl -n h1 port set dev v11 role auto
	cap exit=h1/exit0/out
	send_packets $SRV 2
	vm_pause
	cap_end
	none exit "from a fabric port" "udp=4444>7000"
	ok "access" anygwctl -n h1 port set dev v11 role auto
	fast $SRV
	# shellcheck disable=SC2086
	ok "no port" ip -n h1 link set v11 nomaster
	cap exit=h1/exit0/out
	send_packets $SRV 2
	vm_pause
	cap_end
	none exit "from no port" "udp=4444>7000"
	ok "a port" ip -n h1 link set v11 master br0
	port_vlan h1 v11 10
	ok "with its VLAN" commit
	fast $SRV
}

w10_fast_sees_modes()
{
	local mode

	for mode in standby observe; do
		fast $SRV
		ok "$mode" anygwctl -n h1 gateway set dev "$G" mode $mode
		undo anygwctl -n h1 gateway set dev "$G" mode active
		cap exit=h1/exit0/out
		send_packets $SRV 2
		ok "a moment later" ip -n h1 link show dev "$G"
		soon "they have arrived" 2 true
		cap_end
		none exit "not active" ">$SRV ttl=63 udp=4444>7000"
		ok "active" anygwctl -n h1 gateway set dev "$G" mode active
	done
	fast 10.0.20.21
	ok "the other one" anygwctl -n h1 gateway set dev gw20 mode standby
	undo anygwctl -n h1 gateway set dev gw20 mode active
	cap to=v21/eth0/in
	measure 10.0.20.21
	cap_end
	none to "out of a gateway in standby" "ttl=63 udp=4444>7000"
	ok "active" anygwctl -n h1 gateway set dev gw20 mode active
	fast 10.0.20.21
}

w10_fast_sees_mtu()
{
	fast $SRV
	[ -z "$SIX" ] || fast $SRV6
	ok "small" ip -n h1 link set exit0 mtu 1280
	undo ip -n h1 link set exit0 mtu 1500
	cap vm=v11/eth0/in exit=h1/exit0/out
	ns v11 ping -n -c 1 -W 1 -M do -s 1400 $SRV > /dev/null
	[ -z "$SIX" ] ||
		ns v11 ping -n -c 1 -W 1 -M do -s 1400 $SRV6 > /dev/null
	cap_end
	exactly vm 1 "fragmentation needed" "icmp=3/4"
	[ -z "$SIX" ] || exactly vm 1 "packet too big" "icmp6=2/0"
}

# A flow references neighbours, and so devices.
w10_fast_sees_devices_go()
{
	local to=198.51.100.1

	in_netns h1 "link add d9 type dummy" "link set d9 up" \
		"address add 10.99.0.1/24 dev d9" \
		"neigh add 10.99.0.2 lladdr $OTHER dev d9 nud permanent" \
		"route add $to via 10.99.0.2"
	ok "another exit" commit
	fast $to
	ok "gone" timeout 20 ip -n h1 link del d9
	cap exit=h1/exit0/out
	send_packets $to 1
	await exit "the default route" ">$to (ttl|hops)=63"
}

# ---------------------------------------------------------------- the same

# Each packet that the stack answers, drops or looks into goes the whole way.
w10_fast_refuses()
{
	local to before

	for to in $EXIT; do
		fast $to
	done
	mapfile -t FRAMES < <(SIX=$SIX /usr/bin/python3 "$libdir/fast-frames.py" \
		odd "$VMAC" "${VM_MAC[v11]}" \
		"$([ "$VARIANT" = tagged ] && echo 10)")
	more "packets" ${#FRAMES[@]} 20
	stats
	before=$FAST
	ok "frames" wire -N v11 send eth0 "${FRAMES[@]}"
	soon "all came" 5 captured $((CAPTURED + ${#FRAMES[@]}))
	[ "$FAST" = "$before" ] ||
		fail "$((FAST - before)) packets took the fast path"
	for to in $EXIT; do
		is_fast $to || fail "$TOOK of 4 packets to $to took it afterwards"
	done
}

# run_seed HALF SEED: send the frames of a seed and capture the result
run_seed()
{
	cap "$1-exit"=h1/exit0/out "$1-other"=h1/exit1/out \
		"$1-vm"=v11/eth0/in "$1-v21"=v21/eth0/in "$1-fab"=h1/fab0/out
	mapfile -t FRAMES < <(/usr/bin/python3 "$libdir/fast-frames.py" make "$2" \
		"$VMAC" "${VM_MAC[v11]}" "$([ "$VARIANT" = tagged ] && echo 10)")
	ok "frames" wire -N v11 send -n 2 eth0 "${FRAMES[@]}"
	vm_mark_settled
	cap_end
}

w10_fast_same_as_full()
{
	local seed seeds before name all=0

	for name in h1 v21 v22 r1 srv; do
		ok "all errors" set_sysctls $name:ipv4/icmp_ratelimit=0 \
			$name:ipv6/icmp/ratelimit=0
	done
	echo 100000 > /proc/sys/net/ipv4/icmp_msgs_per_sec
	echo 100000 > /proc/sys/net/ipv4/icmp_msgs_burst
	# Unreachable routes have a rate limit of their own.
	echo 0 > /proc/sys/net/ipv4/route/error_cost
	in_netns h1 "route add 198.18.1.0/24 via 10.9.0.2" \
		"route add blackhole 198.18.2.0/24" \
		"route add prohibit 198.18.3.0/24" \
		"route add unreachable 198.18.4.0/24"
	in_netns6 h1 "route add 2001:db8:1::/64 via fd09::2" \
		"route add blackhole 2001:db8:2::/64" \
		"route add prohibit 2001:db8:3::/64" \
		"route add 2001:db8:9::/64 via fd09::2 mtu 1300"
	ok "routes" commit
	undo ip -n h1 route flush table main root 198.18.0.0/16
	# In each pair both families use the fast path.
	seeds="1 2"
	[ "$VARIANT" = tagged ] || seeds="3 4"
	[ -z "${CHECK_ALL:-}" ] || seeds="1 2 3 4"
	for seed in $seeds; do
		ok "configure" /usr/bin/python3 "$libdir/fast-frames.py" \
			configure $seed h1 "$G"
		resolve_all
		stats
		before=$FAST
		ok "on" anygwctl -n h1 gateway set dev "$G" fastpath on
		run_seed a $seed
		stats
		diag "seed $seed: $((FAST - before)) packets were fast"
		all=$((all + FAST - before))
		# Half of the frames are IPv6, and some hosts are slow in IPv4.
		[ -z "$SIX" ] || [ $((FAST - before)) -ge 20 ] ||
			fail "too few packets were fast"
		resolve_all
		ok "off" anygwctl -n h1 gateway set dev "$G" fastpath off
		undo anygwctl -n h1 gateway set dev "$G" fastpath on
		run_seed b $seed
		ok "seed $seed: the same comes out" /usr/bin/python3 \
			"$libdir/fast-frames.py" compare "$TMP" a b \
			exit other vm v21 fab
	done
	more "fast packets of all seeds" $all 40
}

run_tests "$@"
