#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 500
# guests: debug 6.1
#
# The truth of a move: addresses that move between VMs (W21, W22), VMs that move
# between hosts or seem to (W23), paths on the fabric that change (W24), and what
# the bridge loses (W25).

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged tagged unaware"
CASES="w21_vip_is_followed_by_all_hosts w21_vip_is_followed_by_all_hosts6@tagged
	w21_new_owner_asks_for_its_gateway
	w21_new_owner_asks_for_its_gateway6@unaware
	w21_fabric_claims_of_a_gateway_stay_out@untagged
	w22_owner_that_answers_keeps_its_traffic
	w22_owner_that_answers_keeps_its_traffic6@unaware
	w22_claimant_is_answered@untagged w22_claimant_is_answered6@untagged
	w22_fabric_claim_of_an_owner@untagged
	w23_leaked_frames_prove_nothing@tagged
	w23_leaked_frames_lose_nothing@untagged
	w23_reflected_broadcasts@untagged w23_moves_within_200_ms
	w23_cannot_be_asked@untagged w23_moves_three_times@untagged
	w24_fabric_link_comes_back w24_stp_opens_a_port@untagged
	w24_beacons_off@untagged w24_bond_fails_over@untagged
	w02_reports_of_the_host
	w25_self_vlan_without_a_vm@untagged
	w25_fdb_entry_without_traffic@untagged
	w25_flapping_port_costs_others_nothing@untagged"
declare -A NEEDS=(
	[ipv6]="w21_vip_is_followed_by_all_hosts6
		w21_new_owner_asks_for_its_gateway6
		w22_owner_that_answers_keeps_its_traffic6
		w22_claimant_is_answered6 w02_reports_of_the_host "
)
SIX=1

setup()
{
	topo 3 && gateways h1 h2 h3 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v14 h1 10 10.0.10.14 &&
		vm_add v12 h2 10 10.0.10.12 &&
		vm_add v21 h1 20 10.0.20.21 &&
		vm_add v22 h2 20 10.0.20.22 &&
		vm_add v23 h3 20 10.0.20.23 || return 1
	[ -z "$SIX" ] || SYSCTLS+=(h{1..3}:ipv6/conf/all/forwarding=1)
	commit && set_names 10
}

CLIENTS="v21 v22 v23"
VIP=10.0.10.100
VIP6=fd00:10::100
M=52:54:00:aa:00:01
M2=52:54:00:aa:00:02

# ping_from VM ADDRESS: until the end of the case, 20 a second
ping_from()
{
	bg "ping-$1" ns "$1" ping -n -i 0.05 "$2"
}

clients_ping()
{
	local v

	for v in $CLIENTS; do
		ok "$v reaches $1" ns "$v" ping -n -c 1 -W $((2 * SLOW)) -q "$1"
		ping_from $v "$1"
	done
}

# time_of CAPTURE WHICH PATTERN: set T to the time of the first or last match
time_of()
{
	local line

	case $2 in
	first) line=$(grep -m 1 -E -e "$3" "$TMP/$1.txt") ;;
	last) line=$(grep -E -e "$3" "$TMP/$1.txt" | tail -n 1) ;;
	esac
	[[ $line =~ ^t=([0-9]+) ]] || fail "nothing on $1 matches '$3'"
	T=${BASH_REMATCH[1]}
}

# all_moved_within MS: since the first announcement on the fabric, the old VM
# has got no more pings to the address, and the new one has got them from all
# clients.
all_moved_within()
{
	local v from

	time_of fab first "$ANNOUNCED"
	from=$T
	for v in $CLIENTS; do
		time_of new first " in .*${VM_IP[$v]//./\\.}>.*icmp=8/0|in .*ip6=fd00:20::${VM_IP[$v]##*.}>.*icmp6=128/0"
		diag "$v follows after $((T - from)) ms"
		[ $((T - from)) -le "$1" ] || fail "$v is late"
	done
	if has_frames old " in .*(icmp=8/0|icmp6=128/0)"; then
		time_of old last " in .*(icmp=8/0|icmp6=128/0)"
		[ $((T - from)) -le "$1" ] || fail "pings at the old VM $((T - from)) ms later"
	fi
}

# vip_moves LENGTH ADDRESS: from v11 on h1 to v12 on h2, which announces it as
# keepalived does
vip_moves()
{
	ok "it is v11's" ip -n v11 address add "$2/$1" dev "${VM_DEV[v11]}"
	undo ip -n v11 address del "$2/$1" dev "${VM_DEV[v11]}"
	clients_ping "$2"
	# All neighbour entries are confirmed.
	sleep_ms 500
	cap old=v11/eth0 new=v12/eth0 fab=h2/fab0
	ok "v11 loses it" ip -n v11 address del "$2/$1" dev "${VM_DEV[v11]}"
	ok "v12 gets it" ip -n v12 address add "$2/$1" dev "${VM_DEV[v12]}"
	undo ip -n v12 address del "$2/$1" dev "${VM_DEV[v12]}"
	ok "announced" wire -N v12 send -n 5 -w 1000 "${VM_DEV[v12]}" "$3"
	sleep_ms 2000
	cap_end
	# An emulated processor needs some of the time.
	all_moved_within $((SLOW > 4 ? 1600 : 1000))
}

w21_vip_is_followed_by_all_hosts()
{
	ANNOUNCED=" out .*src=${VM_MAC[v12]} .*arp=1 .*spa=${VIP//./\\.} .*tpa=${VIP//./\\.} "
	vip_moves 24 $VIP "garp,${VM_MAC[v12]},$VIP"
}

w21_vip_is_followed_by_all_hosts6()
{
	local m=${VM_MAC[v12]}

	ANNOUNCED=" out .*src=$m .*icmp6=136/0 target=$VIP6 "
	vip_moves 64 $VIP6 "na,33:33:00:00:00:01,$m,$VIP6,ff02::1,$VIP6,32,$m"
}

# A VM is deleted; another one with its address and a new MAC starts on another
# host and asks for its gateway only.
new_owner_asks()
{
	local v

	for v in $CLIENTS; do
		ok "$v reaches it" ns $v ping -n -c 2 -i 0.2 -W $((2 * SLOW)) -q "$1"
	done
	sleep_ms 500
	cap fab=h2/fab0/out other=v14/eth0
	ok "deleted" ip -n v11 address del "$1/$3" dev "${VM_DEV[v11]}"
	ok "on another host" ip -n v12 address add "$1/$3" dev "${VM_DEV[v12]}"
	undo ip -n v12 address del "$1/$3" dev "${VM_DEV[v12]}"
	vm_send v12 "$2"
	await fab "its host announces it" "$4"
	for v in $CLIENTS; do
		ok "$v reaches the new one" ns $v ping -n -c 6 -i 0.25 \
			-W 1 -q "$1"
	done
	cap_end
	exactly fab 1 "announced once" "$4"
}

w21_new_owner_asks_for_its_gateway()
{
	local m=${VM_MAC[v12]} a=10.0.10.101

	ok "v11 has it" ip -n v11 address add $a/24 dev "${VM_DEV[v11]}"
	new_owner_asks $a "arp,$BCAST,$m,1,$m,$a,$ZERO_MAC,10.0.10.1" 24 \
		" src=$m dst=$BCAST arp=1 sha=$m spa=${a//./\\.} .*tpa=${a//./\\.} "
}

w21_new_owner_asks_for_its_gateway6()
{
	local m=${VM_MAC[v12]} a=fd00:10::101

	ok "v11 has it" ip -n v11 address add $a/64 dev "${VM_DEV[v11]}"
	new_owner_asks $a "ns,group,$m,$a,$GATEWAY_LL,$m" 64 \
		" src=$m dst=33:33:00:00:00:01 ip6=$a>ff02::1 .*icmp6=136/0 target=$a ll=$m flags=32 sum=ok"
}

w21_fabric_claims_of_a_gateway_stay_out()
{
	ns h1 sysctl -qw net.ipv4.conf.all.log_martians=0 2> /dev/null
	ok "an entry for another address" ip -n h1 neigh replace 10.0.10.1 \
		lladdr 52:54:00:00:00:99 nud stale dev "$G"
	undo ip -n h1 neigh del 10.0.10.1 dev "$G"
	fabric_send h1 "garp,$M,10.0.10.1,v10"
	sleep_ms 300
	ok "unchanged" neigh_is h1 "$G" 10.0.10.1 52:54:00:00:00:99
}

# ---------------------------------------------------------------- claims

# claimed_for ADDRESS FRAME...: v14 claims an address of v11, whose traffic
# comes from another VLAN of its host and from another host.
claimed_for()
{
	local a=$1 v

	shift
	for v in v21 v23; do
		ok "$v reaches it" ns $v ping -n -c 2 -i 0.2 -W $((2 * SLOW)) -q "$a"
		ping_from $v "$a"
	done
	cap thief=v14/eth0 owner=v11/eth0
	ok "claimed, again and again" wire -N v14 send -n 30 -w 100000 \
		"${VM_DEV[v14]}" "$@"
	cap_end
	none thief "astray" " in .*(icmp=8/0|icmp6=128/0)"
	count owner " in .*(icmp=8/0|icmp6=128/0)"
	more "pings at the owner" "$N" 60
	more "counted" "$(gw_stat h1 "$G" contested)" 0
}

w22_owner_that_answers_keeps_its_traffic()
{
	local t=${VM_MAC[v14]} a=10.0.10.11

	claimed_for $a "garp,$t,$a" "arp,$BCAST,$t,1,$t,$a,$ZERO_MAC,10.0.10.1" \
		"arp,$VMAC,$t,2,$t,$a,$VMAC,10.0.10.1" \
		"arp,$BCAST,$t,1,$t,$a,$ZERO_MAC,10.0.10.77"
	ok "nor later" neigh_is h1 "$G" $a "${VM_MAC[v11]}"
}

w22_owner_that_answers_keeps_its_traffic6()
{
	local t=${VM_MAC[v14]} a=fd00:10::11

	claimed_for $a "na,33:33:00:00:00:01,$t,$a,ff02::1,$a,32,$t" \
		"ns,group,$t,$a,$GATEWAY_LL,$t" \
		"na,$VMAC,$t,$a,$GATEWAY_LL,$a,96,$t"
	ok "nor later" neigh_is h1 "$G" $a "${VM_MAC[v11]}"
}

w22_claimant_is_answered()
{
	local t=${VM_MAC[v14]} a=10.0.10.11

	ok "the owner" vm_ping v11 10.0.10.1
	cap thief=v14/eth0
	vm_send v14 "arp,$BCAST,$t,1,$t,$a,$ZERO_MAC,10.0.10.1"
	await thief "answered" " in .*src=$VMAC dst=$t arp=2 sha=$VMAC spa=10\.0\.10\.1 tha=$t tpa=10\.0\.10\.11 "
	sleep_ms 200
	cap_end
	exactly thief 1 "one answer" " in .*arp=2 .*spa=10\.0\.10\.1 .*tpa=10\.0\.10\.11 "
	ok "not believed" neigh_is h1 "$G" $a "${VM_MAC[v11]}"
}

w22_claimant_is_answered6()
{
	local t=${VM_MAC[v14]} a=fd00:10::11

	ok "the owner" ns v11 ping -n -c 1 -W $((2 * SLOW)) -q fd00:10::1
	cap thief=v14/eth0
	vm_send v14 "ns,group,$t,$a,fd00:10::1,$t"
	await thief "answered" " in .*src=$VMAC dst=$t ip6=fd00:10::1>$a .*icmp6=136/0 target=fd00:10::1 ll=$VMAC flags=224 sum=ok"
	cap_end
	ok "not believed" neigh_is h1 "$G" $a "${VM_MAC[v11]}"
}

# A machine on the fabric claims the address of a VM that answers.
w22_fabric_claim_of_an_owner()
{
	ok "known" vm_ping v21 10.0.10.11
	ping_from v21 10.0.10.11
	cap owner=v11/eth0 fab=h1/fab0
	ok "claimed" wire -N sw send -n 20 -w 100000 p1 \
		"garp,$M2,10.0.10.11,v10" \
		"arp,${HMAC[1]},$M2,2,$M2,10.0.10.11,${HMAC[1]},0.0.0.0,v10"
	cap_end
	none fab "astray" " out .*dst=$M2 "
	count owner " in .*icmp=8/0"
	more "pings at the owner" "$N" 30
	ok "not believed" neigh_is h1 "$G" 10.0.10.11 "${VM_MAC[v11]}"
}

# ---------------------------------------------------------------- moves

ctl() { anygwctl -n "$@"; }

endpoint_on() { [[ $(ctl "$1" -j endpoint show) == *"\"$2\""* ]]; }

not_on() { ! endpoint_on "$@"; }

# What a tap with the MAC of m sends while it is set up: address probes, MLD and
# router solicitations
leak()
{
	local m=$1

	LEAK=("arp,$BCAST,$m,1,$m,0.0.0.0,$ZERO_MAC,10.0.10.11"
		"ns,group,$m,::,fe80::5054:ff:fe00:a0b"
		"rs,$m,fe80::5054:ff:fe00:a0b,$m"
		"mld,$m,fe80::5054:ff:fe00:a0b,ff02::1:ff00:a0b")
}

w23_leaked_frames_prove_nothing()
{
	local m=${VM_MAC[v11]} rarps

	ok "v11 is here" vm_ping v11 10.0.10.1
	ok "known on other hosts" vm_ping v23 10.0.10.11
	# Nothing of it has been heard on the fabric for a while.
	sleep_ms 1500
	leak $m
	bg monitor anygwctl -n h1 -j monitor endpoint
	bg monitor2 anygwctl -n h2 -j monitor endpoint
	sleep_ms 500
	cap fab=h2/fab0/out vm=v11/eth0
	ok "leaked" wire -N v12 send "${VM_DEV[v12]}" "${LEAK[@]}"
	sleep_ms 1500
	cap_end
	none fab "a RARP" " src=$m .*rarp="
	ok "not on h2" not_on h2 $m
	ok "still on h1" endpoint_on h1 $m
	[ ! -s "$TMP/monitor.out" ] || fail "events: $(< "$TMP/monitor.out")"
	! grep -q $m "$TMP/monitor2.out" || fail "events: $(< "$TMP/monitor2.out")"
	count vm " in .*src=$VMAC .*arp=1 .*tpa=10\.0\.10\.11 "
	[ "$N" -le 2 ] || fail "asked $N times"
	# The bridge and the switch have it where it is.
	soon "the switch" 2 switch_port_is $m 10 p1
	ok "reached" vm_ping v23 10.0.10.11 3
}

w23_leaked_frames_lose_nothing()
{
	local sent received

	leak "${VM_MAC[v11]}"
	ok "known" vm_ping v21 10.0.10.11
	bg ping ns v21 ping -n -i 0.05 -c 60 -q 10.0.10.11
	sleep_ms 700
	ok "leaked" wire -N v12 send -w 200000 "${VM_DEV[v12]}" "${LEAK[@]}"
	wait "$BG"
	grep -q " 60 received\|60 packets transmitted, 60 received" "$TMP/ping.out" ||
		fail "lost: $(< "$TMP/ping.out")"
}

# The fabric sends back what the VMs of a host have sent.
w23_reflected_broadcasts()
{
	local i frames=() n=100

	for ((i = 0; i < n; i++)); do
		frames+=("$(printf 'garp,52:54:00:ab:00:%02x,10.0.10.%d' $i $((120 + i)))")
	done
	ok "VMs" wire -N v11 send "${VM_DEV[v11]}" "${frames[@]}"
	soon "known" 5 has_endpoints $n
	sleep_ms 1500
	bg monitor anygwctl -n h1 -j monitor endpoint
	sleep_ms 500
	answer_for
	cap vm=v11/eth0/in
	ok "broadcasts" wire -N v11 send "${VM_DEV[v11]}" "${frames[@]}"
	ok "reflected" wire -N sw send -n 10 -w 2000 p1 "${frames[@]/%/,v10}"
	sleep_ms 1500
	cap_end
	[ ! -s "$TMP/monitor.out" ] ||
		fail "events: $(head -n 3 "$TMP/monitor.out")"
	count vm " src=$VMAC .*arp=1 "
	diag "$N questions for $n VMs"
	[ "$N" -le $((3 * n)) ] || fail "$N questions"
	has_endpoints $n || fail "some are gone"
}

has_endpoints()
{
	local n

	n=$(ctl h1 -j endpoint show |
		jq '[.[] | select(.mac | startswith("52:54:00:ab:"))] | length')
	[ "$n" = "$1" ]
}

# The simulated VMs of v11 answer for their addresses.
answer_for()
{
	cat > "$TMP/answers.py" <<'END'
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
s.bind((sys.argv[1], 0x0806))
print("ready", flush=True)
while True:
    f = s.recv(200)
    if f[20:22] != b"\0\1" or f[0:4] != bytes.fromhex("525400ab"):
        continue
    s.send(f[6:12] + f[0:6] + b"\x08\x06" + f[14:20] + b"\0\2" +
           f[0:6] + f[38:42] + f[22:28] + f[28:32])
END
	bg_ready answers ns v11 /usr/bin/python3 "$TMP/answers.py" \
		"${VM_DEV[v11]}"
}

w23_moves_within_200_ms()
{
	local m=${VM_MAC[v14]} at

	ok "v14 is here" vm_ping v14 10.0.10.1
	sleep_ms 1500
	ok "its VM is silent" ip -n v14 link set "${VM_DEV[v14]}" arp off
	undo ip -n v14 link set "${VM_DEV[v14]}" arp on
	cap vm=v14/eth0/in
	fabric_send h1 "rarp,$m,v10"
	now_ms
	at=$NOW
	soon "gone" 2 not_on h1 $m
	now_ms
	cap_end
	diag "gone after $((NOW - at)) ms"
	[ $((NOW - at)) -ge 150 ] || fail "it was not asked"
	[ $((NOW - at)) -le $((300 * SLOW)) ] || fail "late"
	exactly vm 1 "asked once" " src=$VMAC dst=$m arp=1 .*tpa=10\.0\.10\.14 "
}

# Without an address only an announcement counts, and at once.
w23_cannot_be_asked()
{
	vm_send v14 "rarp,$M"
	soon "here" 2 endpoint_on h1 $M
	sleep_ms 300
	fabric_send h1 "udp,$BCAST,$M,0.0.0.0,255.255.255.255,9,v10"
	sleep_ms 500
	ok "still here" endpoint_on h1 $M
	fabric_send h1 "rarp,$M,v10"
	soon "gone" 1 not_on h1 $M
}

w23_moves_three_times()
{
	vm_send v14 "garp,$M,10.0.10.71"
	soon "on h1" 2 endpoint_on h1 $M
	vm_send v12 "garp,$M,10.0.10.71"
	soon "on h2" 1 endpoint_on h2 $M
	soon "not on h1" 1 not_on h1 $M
	vm_send v14 "garp,$M,10.0.10.71"
	soon "on h1" 1 endpoint_on h1 $M
	soon "not on h2" 2 not_on h2 $M
	vm_send v12 "garp,$M,10.0.10.71"
	soon "on h2" 1 endpoint_on h2 $M
	soon "not on h1" 2 not_on h1 $M
	equal "bound there" "$(ctl h2 -j endpoint show |
		jq -r '.[] | select(.mac == "'$M'").addresses[]')" 10.0.10.71
}

# ---------------------------------------------------------------- paths

# announced_by_port WHAT COMMAND...: h1's VMs and the host MAC are announced on
# the fabric within a second of COMMAND. v11 is known by its address.
announced_after()
{
	local what=$1 m=${VM_MAC[v11]}

	shift
	ok "$what" "$@"
	await fab "v11 is announced" " out .*src=$m dst=$BCAST arp=1 sha=$m spa=10\.0\.10\.11 .*tpa=10\.0\.10\.11 "
	await fab "and the VM without an address" " out .*src=$M dst=$BCAST rarp=3 sha=$M "
	await fab "and the host MAC" " out .*src=${HMAC[1]} "
}

known_vms()
{
	ok "flush" ctl h1 endpoint flush
	ok "v11 asks for its gateway alone" ip -n v11 neigh flush dev \
		"${VM_DEV[v11]}"
	ok "and talks to it" vm_ping v11 10.0.10.1
	vm_send v14 "rarp,$M"
	soon "here" 2 endpoint_on h1 $M
	sleep_ms 1500
}

fab_down_up()
{
	local dev=fab0

	ip -n sw link set p1 down
	wait_until 5 no_carrier h1 $dev || return 1
	ip -n sw link set p1 up
	wait_until 5 carries h1 "${FAB:-fab0}"
}

no_carrier() { [[ $(ip -n "$1" -o link show "$2") == *NO-CARRIER* ]]; }

w24_fabric_link_comes_back()
{
	[ "$VARIANT" != unaware ] || FAB=fab0.10
	known_vms
	cap fab=h1/fab0
	announced_after "down and up" fab_down_up
	sleep_ms 1500
	cap_end
	count fab " out .*src=${VM_MAC[v11]} dst=$BCAST arp=1 "
	[ "$N" -le 2 ] || fail "announced $N times"
}

stp_state() { [[ $(bridge -n h1 link show dev fab1) == *"state $1"* ]]; }

stp() { ip -n "$1" link set "$2" type bridge stp_state "$3" forward_delay "$4" hello_time 100 max_age 600 priority "$5"; }

# second_uplink: another link to the switch, which STP keeps blocked
second_uplink()
{
	ok "STP on the switch" stp sw sw 1 200 4096
	undo stp sw sw 0 1500 32768
	ok "and on the host" stp h1 br0 1 200 32768
	undo stp h1 br0 0 1500 32768
	ok "its role" anygwctl -n h1 port set dev fab1 role fabric
	undo anygwctl -n h1 port set dev fab1 role auto
	veth_add h1 fab1 sw p1b
	in_netns h1 "link set fab1 up master br0"
	in_netns sw "link set p1b up master sw"
	in_bridge h1 "vlan add dev fab1 vid 10" "vlan add dev fab1 vid 20"
	in_bridge sw "vlan add dev p1b vid 10" "vlan add dev p1b vid 20"
	undo ip -n h1 link del fab1
	ok "a second uplink" commit
	soon "blocked" 10 stp_state blocking
}

w24_stp_opens_a_port()
{
	second_uplink
	known_vms
	cap fab=h1/fab1
	ok "the first one fails" ip -n sw link set p1 down
	undo ip -n sw link set p1 up
	announced_after "opened" wait_until 20 stp_state forwarding
	cap_end
	count fab " out .*src=${VM_MAC[v11]} dst=$BCAST arp=1 "
	[ "$N" -le 2 ] || fail "announced $N times"
}

w24_beacons_off()
{
	ok "off" anygwctl -n h1 host set beacon off
	undo anygwctl -n h1 host set beacon on
	known_vms
	cap fab=h1/fab0
	announced_after "down and up" fab_down_up
	cap_end
	none fab "a beacon" " out .*beacon="
	some fab "the host MAC" " out vlan=10 src=${HMAC[1]} dst=$BCAST rarp=3 sha=${HMAC[1]} "
	some fab "in each VLAN" " out vlan=20 src=${HMAC[1]} dst=$BCAST rarp=3 sha=${HMAC[1]} "
}

# An active-backup bond over two links to the switch. The active one fails at
# the far end, where only the bond's own monitor sees it.
w24_bond_fails_over()
{
	in_netns h1 "link set fab0 nomaster" "link set fab0 down" \
		"link add bond0 type bond mode active-backup miimon 0 arp_interval 0" \
		"link set fab0 master bond0"
	veth_add h1 fab1 sw p1b
	in_netns h1 "link set fab1 down" "link set fab1 master bond0" \
		"link set bond0 up master br0"
	in_netns sw "link set p1b up master sw"
	in_bridge h1 "vlan add dev bond0 vid 10" "vlan add dev bond0 vid 20"
	in_bridge sw "vlan add dev p1b vid 10" "vlan add dev p1b vid 20"
	undo unbond
	ok "a bond" commit
	soon "carries" 5 carries h1 bond0
	ok "active" ip -n h1 link set bond0 type bond active_slave fab0
	known_vms
	cap fab=h1/fab1
	announced_after "fails over" ip -n h1 link set bond0 type bond \
		active_slave fab1
	cap_end
	soon "the switch has it there" 1 switch_port_is "${VM_MAC[v11]}" 10 p1b
}

unbond()
{
	ip -n h1 link del bond0
	ip -n h1 link del fab1
	ip -n h1 -b - <<-END
	link set fab0 master br0 up
	END
	bridge -n h1 vlan add dev fab0 vid 10
	bridge -n h1 vlan add dev fab0 vid 20
}

# Snooping switches let solicitations for the host through: it reports their
# groups as itself, and only on the fabric.
w02_reports_of_the_host()
{
	local vlan=10

	cap fab=h1/fab0 vm=v11/eth0/in
	ok "a host-address" anygwctl -n h1 gateway set dev "$G" \
		host-address fd00:10::f1/64
	undo anygwctl -n h1 gateway set dev "$G" host-address ::
	await fab "an unsolicited report" " out vlan=$vlan src=${HMAC[1]} dst=33:33:00:00:00:16 ip6=fe80::[0-9a-f:]*>ff02::16 hops=1 .*mld=143 .*group=ff02::1:ff00:f1 "
	fabric_send h1 "mldq,$M,fe80::5054:ff:feaa:1,2,v$vlan"
	await fab "the reply" " out vlan=$vlan src=${HMAC[1]} dst=33:33:00:00:00:16 .*mld=143 .*group=ff02::1:ff00:f1 " 2
	fabric_send h1 "mldq,$M,fe80::5054:ff:feaa:1,1,v$vlan"
	await fab "the reply to a querier of version 1" " out vlan=$vlan src=${HMAC[1]} dst=33:33:ff:00:00:f1 .*mld=131 group=ff02::1:ff00:f1 "
	cap_end
	none fab "W2: a report of the gateway" "src=$VMAC"
	none vm "the host at a VM" "src=0a:61:6e"
}

# ---------------------------------------------------------------- the bridge

has_self_vlan() { bridge -n h3 vlan show dev br0 | grep -qw "$1"; }

# h3 has no VM in VLAN 10, and resolves one on another host.
w25_self_vlan_without_a_vm()
{
	ok "it has it" has_self_vlan 10
	ok "the network manager deletes it" bridge -n h3 vlan del dev br0 vid 10 self
	refused "deleted" has_self_vlan 10
	soon "back" 11 has_self_vlan 10
	ok "reached" vm_ping v23 10.0.10.12
}

has_host_fdb() { [ -n "$(bridge -n h3 fdb get ${HMAC[3]} br "$B" ${V:+vlan $V} 2> /dev/null)" ]; }

w25_fdb_entry_without_traffic()
{
	local V=10

	[ "$VARIANT" != unaware ] || V=
	ok "it has it" has_host_fdb
	ok "deleted" bridge -n h3 fdb del ${HMAC[3]} dev "$B" ${V:+vlan $V} self
	refused "deleted" has_host_fdb
	soon "back" 11 has_host_fdb
}

w25_flapping_port_costs_others_nothing()
{
	local i

	ok "known" vm_ping v11 10.0.10.1
	bg monitor anygwctl -n h1 -j monitor endpoint
	sleep_ms 300
	bg ping ns v11 ping -n -i 0.05 -c 60 -q 10.0.10.1
	for ((i = 0; i < 5; i++)); do
		ok "down" ip -n v14 link set eth0 down
		sleep_ms 200
		ok "up" ip -n v14 link set eth0 up
		sleep_ms 200
	done
	wait "$BG"
	grep -q "60 received" "$TMP/ping.out" || fail "lost: $(< "$TMP/ping.out")"
	! grep -q "${VM_MAC[v11]}" "$TMP/monitor.out" ||
		fail "events: $(< "$TMP/monitor.out")"
}

run_tests "$@"
