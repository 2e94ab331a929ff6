#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 240
#
# Hosts exchange their settings: the format of beacons and where they go, which
# peers are known, which differences are reported, and that other senders cannot
# disturb this. h1 has a second fabric port, to the host edge.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged tagged unaware"
CASES="s32_peers_see_each_other s32_beacon_on_the_wire
	s32_beacon_period@untagged s32_beacon_in_transit
	w11_beacon_of_a_vm s32_peer_differs s32_peer_differs_in_mac@tagged
	s32_several_gateways@unaware s32_check_peers@untagged
	s32_peer_gone_at_once s32_peer_times_out@tagged
	w16_observe_and_standby_are_silent s32_beacon_off@unaware
	s32_beacon_of_another_version@untagged s32_own_host_mac
	s32_port_is_no_fabric@untagged s4_malformed_beacons
	s4_flood_of_beacons@untagged"

BEACON=03:61:6e:79:67:77
FORGED=0a:61:6e:99:00:01

setup()
{
	topo 2 && second_port h1 && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10 && set_ports
}

# set_ports: set F and E to the fabric ports of h1, and V to the VLAN on the
# bridge
set_ports()
{
	if [ "$VARIANT" = unaware ]; then
		F=fab0.10 E=fab1.10 V=0
	else
		F=fab0 E=fab1 V=10
	fi
}

# peers_match HOST FILTER: whether jq's filter holds for its peers in VLAN 10
peers_match()
{
	anygwctl -n "$1" -j peer show |
		jq -e --arg b "$B" --arg h1 "${HMAC[1]}" --arg h2 "${HMAC[2]}" \
			--arg g "$G" --arg f "$F" --arg e "$E" \
			--arg x "$FORGED" --argjson v $V \
			"map(select(.bridge == \$b and .vlan == \$v)) | $2"
}

show_peers() { anygwctl -n "$1" -j peer show; }

# expect WHAT HOST FILTER
expect()
{
	wait_until 5 peers_match "$2" "$3" ||
		fail "$1: not so at $2: $3; it has $(show_peers "$2")"
}

AGREE='length == 1 and .[0].differs == []'

# start_monitor HOST
start_monitor()
{
	bg monitor anygwctl -n "$1" -j monitor peer
	soon "the monitor listens" 2 monitor_joined "$1"
}

monitor_joined()
{
	ns "$1" awk '$2 == 16 && $4 != "00000000" { found = 1 }
		END { exit !found }' /proc/net/netlink
}

has_event()
{
	jq -es --arg b "$B" --arg h2 "${HMAC[2]}" --arg g "$G" --arg f "$F" \
		--arg x "$FORGED" --argjson v $V \
		"map(select(.bridge == \$b and .vlan == \$v)) | any(.[]; $1)" \
		"$TMP/monitor.out"
}

# expect_event WHAT FILTER
expect_event()
{
	wait_until 5 has_event "$2" ||
		fail "$1: no event is $2; the events are $(< "$TMP/monitor.out")"
}

s32_peers_see_each_other()
{
	expect "the other host" h1 "$AGREE and .[0].mac == \$h2
		and .[0].ifname == \$g and .[0].port == \$f and .[0].age < 20"
	expect "this host" h2 "$AGREE and .[0].mac == \$h1"
	equal "in both VLANs" "$(show_peers h1 | jq length)" 2
	anygwctl -n h1 -o peer show > "$TMP/text"
	grep -q "${HMAC[2]}.* dev $G .*port $F " "$TMP/text" ||
		fail "as text: $(< "$TMP/text")"
	anygwctl -n h1 -j -d peer show | jq -e 'all(.[]; .ifindex > 0
		and .bridge_ifindex > 0 and .port_ifindex > 0)' > /dev/null ||
		fail "no indexes"
	anygwctl -n h1 -j host show | jq -e '.[0].beacon == true' > /dev/null ||
		fail "the beacon is not on"
}

add_again()
{
	ok "off" anygwctl -n "$1" host set beacon off
	ok "and on" anygwctl -n "$1" host set beacon on
}

s32_beacon_on_the_wire()
{
	local c

	cap fab=h1/fab0 edge=edge/eth0 vm=v11/eth0 far=v12/eth0 in=h2/fab0
	add_again h1
	await fab "a beacon" " out vlan=10 .* flags=0 "
	await in "at the other host" " in vlan=10 src=${HMAC[1]} .* flags=0 "
	await edge "on each fabric port" \
		" in vlan=10 src=${HMAC[1]} dst=$BEACON beacon=1 flags=0 "
	await fab "in the other VLAN" " out vlan=20 .* flags=0 "
	vm_mark far v11
	cap_end
	some fab "of this form" " out vlan=10 src=${HMAC[1]} dst=$BEACON beacon=1 flags=0 hold=35 gateways=1 gw=${VMAC//:/}/0/1500/[0-9a-f]{8} len=64"
	some fab "goodbyes before" " out vlan=10 src=${HMAC[1]} dst=$BEACON beacon=1 flags=1 "
	none fab "W1: sent as the gateway" " out .*src=$VMAC"
	none fab "of no VLAN" " out vlan=0 .*beacon="
	for c in vm far; do
		none $c "at a VM" "beacon=|dst=$BEACON"
		none $c "W8: a host MAC at a VM" 0a:61:6e
	done
}

# Every nine to eleven seconds if no other host requires more
s32_beacon_period()
{
	local line times=()

	cap fab=h1/fab0/out
	wait_until 10 has_frames fab " vlan=10 .*beacon=" 2
	cap_end
	while read -r line; do
		[[ $line =~ ^t=([0-9]+)\ .*vlan=10\ .*beacon= ]] &&
			times+=("${BASH_REMATCH[1]}")
	done < "$TMP/fab.txt"
	[ ${#times[@]} -ge 2 ] || fail "only ${#times[@]} beacons"
	more "the time between" $((times[1] - times[0])) 8900
}

# The next host beyond h1 receives them as well, and h1's VM does not.
s32_beacon_in_transit()
{
	cap edge=edge/eth0 vm=v11/eth0
	add_again h2
	await edge "passes on" " in vlan=10 src=${HMAC[2]} dst=$BEACON beacon=1 flags=0 "
	ok "to the other side" wire -N edge send eth0 \
		"beacon,$FORGED,300,$VMAC,v10"
	expect "received on the other port" h1 "any(.[]; .mac == \$x and .port == \$e)"
	expect "forwarded to the other host" h2 \
		"any(.[]; .mac == \$x and .differs == [\"addresses\"])"
	ok "goodbye" wire -N edge send eth0 "beacon,$FORGED,0,v10"
	vm_mark edge v11
	cap_end
	none vm "at a VM" "beacon=|dst=$BEACON"
	expect "it is deleted" h1 "$AGREE"
	expect "it is deleted" h2 "$AGREE"
}

# port_counts HOST PORT REASON NUMBER: at least
port_counts() { [ "$(port_stat "$1" "$2" "$3")" -ge "$4" ]; }

w11_beacon_of_a_vm()
{
	local before m=${VM_MAC[v11]}

	before=$(port_stat h1 v11 beacon)
	cap fab=h1/fab0 far=h2/fab0 in=h1/v11
	vm_send v11 "beacon,$m,35,$VMAC" "beacon,$m,0" "beacon,$FORGED,35,$VMAC"
	vm_mark far v11
	cap_end
	exactly in 3 "the frames came in" " in .*dst=$BEACON "
	none fab "on the fabric" " out .*src=($m|$FORGED) dst=$BEACON "
	equal "counted at its port" "$(port_stat h1 v11 beacon)" \
		$((before + 2))
	expect "accepted" h1 "$AGREE"
	expect "accepted" h2 "$AGREE"
	ok "its other traffic goes on" vm_ping v11 10.0.10.12
}

# expect_differ WHAT NAME: h1 reports the difference
expect_differ()
{
	expect "$1" h1 "length == 1 and .[0].differs == [\"$2\"]
		and .[0].ifname == \$g"
	expect_event "$1" ".event == \"peer-differs\" and .mac == \$h2
		and .differs == [\"$2\"] and .ifname == \$g and .port == \$f"
	expect "$1, seen from there" h2 "any(.[]; .differs == [\"$2\"])"
}

has_agreed()
{
	jq -es --arg h2 "${HMAC[2]}" --argjson n "$1" 'map(select(.differs == []
		and .event == "peer-differs" and .mac == $h2)) | length == $n' \
		"$TMP/monitor.out"
}

# expect_agree NUMBER: for the NUMBERth time
expect_agree()
{
	expect "they agree again" h1 "$AGREE"
	soon "it is announced" 5 has_agreed "$1"
}

s32_peer_differs()
{
	start_monitor h1
	ok "an address" ip -n h2 address add 10.0.10.2/24 dev "$G"
	expect_differ "an address more" addresses
	ok "no more" ip -n h2 address del 10.0.10.2/24 dev "$G"
	expect_agree 1
	ok "MTU" ip -n h2 link set "$G" mtu 1400
	expect_differ "a smaller MTU" mtu
	ok "MTU" ip -n h2 link set "$G" mtu 1500
	expect_agree 2
	ok "coexist" anygwctl -n h2 gateway set dev "$G" coexist on
	expect_differ "a real router" coexist
	ok "here as well" anygwctl -n h1 gateway set dev "$G" coexist on
	expect_agree 3
	ok "fallback" anygwctl -n h1 gateway set dev "$G" fallback off
	expect_differ "no fallback" fallback
	ok "none" anygwctl -n h1 gateway set dev "$G" coexist off
	ok "none" anygwctl -n h2 gateway set dev "$G" coexist off
	expect_agree 4
	# Local settings are not compared.
	ok "host-address" anygwctl -n h2 gateway set dev "$G" \
		host-address 10.0.10.252/24
	ok "off" anygwctl -n h2 host set beacon off
	expect_event "it went" ".event == \"peer-gone\" and .mac == \$h2"
	ok "and on" anygwctl -n h2 host set beacon on
	expect_event "it comes back" ".event == \"peer-new\" and .mac == \$h2"
	expect "a host-address is no difference" h1 "$AGREE"
	ok "none" anygwctl -n h2 gateway set dev "$G" host-address none
}

# recreate HOST [WORD...]: delete and add its gateway in VLAN 10
recreate()
{
	local h=$1

	shift
	set_bridge_args 10
	ok "delete" anygwctl -n "$h" gateway del dev "$G"
	# shellcheck disable=SC2086
	ok "make" anygwctl -n "$h" gateway add $BR address 10.0.10.1/24 "$@"
}

s32_peer_differs_in_mac()
{
	start_monitor h1
	recreate h2 vrrp 7
	expect_differ "another vMAC" mac
	recreate h2
	expect "they agree again" h1 "$AGREE"
	# The goodbye and the next beacon may arrive before the worker runs
	# once.
	expect_event "they agree" ".mac == \$h2 and .differs == [] and
		(.event == \"peer-new\" or .event == \"peer-differs\")"
}

# As with VRRP, which has one MAC for IPv4 and another one for IPv6
s32_several_gateways()
{
	local h

	set_bridge_args 10
	for h in h1 h2; do
		# shellcheck disable=SC2086
		ok "a second one" anygwctl -n $h gateway add $BR vrrp6 7 \
			name six address 10.0.110.1/24
		undo anygwctl -n $h gateway del dev six
		[ $h = h2 ] ||
			expect "only here" h1 ".[0].differs == [\"mac\"]
				and .[0].ifname == \"six\""
	done
	expect "they agree" h1 "$AGREE"
	expect "they agree" h2 "$AGREE"
	ok "differ" ip -n h2 address add 10.0.110.2/24 dev six
	expect "which" h1 '.[0].differs == ["addresses"]
		and .[0].ifname == "six"'
	ok "in standby, it is compared as well" ip -n h2 link set six down
	ok "agree" ip -n h2 address del 10.0.110.2/24 dev six
	expect "they agree" h1 "$AGREE"
}

# check_result RESULT TEXT: of the check "peers"; sets M to its command
check_result()
{
	anygwctl -n h1 -j check > "$TMP/check"
	M=$(jq -er --arg r "$1" --arg t "$2" '.[] | select(.check == "peers"
		and .result == $r and (.text | contains($t))) | .mend' \
		"$TMP/check") ||
		fail "no $1 with $2: $(jq -c '.[] | select(.check == "peers")' \
			"$TMP/check")"
}

s32_check_peers()
{
	check_result pass "the same settings"
	ok "coexist" anygwctl -n h2 gateway set dev "$G" coexist on
	undo anygwctl -n h1 gateway set dev "$G" coexist off
	undo anygwctl -n h2 gateway set dev "$G" coexist off
	expect "coexist" h1 '.[0].differs == ["coexist"]'
	check_result warn "${HMAC[2]} on $F, VLAN $V, has a different coexist setting"
	ok "$M" bash -c "$M"
	expect "mended" h1 "$AGREE"
	check_result pass "the same settings"
	ok "an address" ip -n h2 address add 10.0.10.2/24 dev "$G"
	expect "an address" h1 '.[0].differs == ["addresses"]'
	check_result warn "${HMAC[2]} on $F, VLAN $V, has different gateway addresses"
	ok "none" ip -n h2 address del 10.0.10.2/24 dev "$G"
	expect "none" h1 "$AGREE"
}

s32_peer_gone_at_once()
{
	start_monitor h1
	set_bridge_args 10
	ok "delete" anygwctl -n h2 gateway del dev "$G"
	expect_event "it is gone" ".event == \"peer-gone\" and .mac == \$h2
		and .port == \$f"
	expect "no peer" h1 "length == 0"
	# shellcheck disable=SC2086
	ok "make" anygwctl -n h2 gateway add $BR address 10.0.10.1/24
	expect_event "it is new" ".event == \"peer-new\" and .mac == \$h2"
	expect "it is there" h1 "$AGREE"
	expect "it does not wait" h2 "$AGREE"
}

s32_peer_times_out()
{
	start_monitor h1
	fabric_send h1 "beacon,$FORGED,3,$VMAC,v10"
	expect_event "a host that will die" ".event == \"peer-new\" and .mac == \$x"
	expect_event "it differs" ".event == \"peer-differs\" and .mac == \$x
		and .differs == [\"addresses\"]"
	expect_event "it is gone" ".event == \"peer-gone\" and .mac == \$x"
	expect "and deleted" h1 "$AGREE"
}

# silent_receiver WHAT: h2 sends nothing, whatever happens to it
silent_receiver()
{
	expect "$1: gone" h1 "length == 0"
	cap fab=h2/fab0/out
	ok "a change" ip -n h2 address add 10.0.10.2/24 dev "$G"
	add_again h1
	expect "$1: it still receives" h2 'length == 1
		and .[0].differs == ["addresses"]'
	ok "back" ip -n h2 address del 10.0.10.2/24 dev "$G"
	expect "$1: and compares" h2 "$AGREE"
	cap_end
	none fab "$1" " vlan=10 .*beacon="
}

w16_observe_and_standby_are_silent()
{
	undo anygwctl -n h2 gateway set dev "$G" mode active
	ok "observe" anygwctl -n h2 gateway set dev "$G" mode observe
	silent_receiver observe
	ok "standby" anygwctl -n h2 gateway set dev "$G" mode standby
	silent_receiver standby
	ok "active" anygwctl -n h2 gateway set dev "$G" mode active
	expect "active" h1 "$AGREE"
	ok "down" ip -n h2 link set "$G" down
	silent_receiver down
	ok "up" ip -n h2 link set "$G" up
	expect "up" h1 "$AGREE"
}

s32_beacon_off()
{
	ok "off" anygwctl -n h2 host set beacon off
	undo anygwctl -n h2 host set beacon on
	anygwctl -n h2 -j host show | jq -e '.[0].beacon == false' > /dev/null ||
		fail "it is not off"
	silent_receiver "the beacon is off"
	anygwctl -n h2 save > "$TMP/saved"
	grep -qx "host set beacon off" "$TMP/saved" ||
		fail "not saved: $(< "$TMP/saved")"
	ok "on" anygwctl -n h2 host set beacon on
	expect "it is back" h1 "$AGREE"
	ok "apply" anygwctl -n h2 apply "$TMP/saved"
	expect "off again" h1 "length == 0"
	ok "on" anygwctl -n h2 host set beacon on
	expect "it is back" h1 "$AGREE"
	anygwctl -n h2 save > "$TMP/saved"
	! grep -q beacon "$TMP/saved" || fail "on is not saved"
}

# octets: a beacon that "wire send beacon" cannot build
octets()
{
	echo "hex,${BEACON//:/}${FORGED//:/}8100000a88b5$1"
}
MAGIC=61677762

s32_beacon_of_another_version()
{
	fabric_send h1 "$(octets ${MAGIC}020000ff01000000)"
	expect "what is unknown" h1 'any(.[]; .mac == $x
		and .differs == ["version"])'
	check_result warn "a different version"
	fabric_send h1 "beacon,$FORGED,0,v10"
	expect "it is deleted" h1 "$AGREE"
}

s32_own_host_mac()
{
	local c

	c=$(gw_stat h1 "$G" conflicts)
	bg monitor anygwctl -n h1 -j monitor conflict
	soon "the monitor listens" 2 monitor_joined h1
	fabric_send h1 "beacon,${HMAC[1]},35,$VMAC,v10"
	soon "the event" 3 grep -q own-host-mac "$TMP/monitor.out"
	more "a conflict" "$(gw_stat h1 "$G" conflicts)" "$c"
	soon "the kernel log" 2 grep -q "anygw: the host MAC .*${HMAC[1]}" \
		<(dmesg)
	expect "no other host" h1 "$AGREE"
}

s32_port_is_no_fabric()
{
	ok "on the other port" wire -N edge send eth0 \
		"beacon,$FORGED,300,$VMAC,v10"
	expect "it is there" h1 "any(.[]; .mac == \$x and .port == \$e)"
	ok "access" anygwctl -n h1 port set dev "$E" role access
	undo anygwctl -n h1 port set dev "$E" role fabric
	expect "the port has no endpoint" h1 "$AGREE"
	ok "once more" wire -N edge send eth0 "beacon,$FORGED,300,$VMAC,v10"
	soon "it is fenced" 3 port_counts h1 "$E" spoofed-host-mac 1
	expect "it is ignored" h1 "$AGREE"
	fabric_send h2 "beacon,$FORGED,0,v10"
	expect "it sends a goodbye" h2 "$AGREE"
}

s4_malformed_beacons()
{
	local before head=${MAGIC}01000101002300 i

	before=$(port_stat h1 "$F" bad-beacon)
	cap vm=v11/eth0 edge=edge/eth0
	fabric_send h1 "$(octets "")" "$(octets $MAGIC)" "$(octets $head)" \
		"$(octets ${head}00${VMAC//:/}0000)" \
		"$(octets ${MAGIC}010009090023000000)" \
		"$(octets ${MAGIC}0000010100230000$(printf '%032d' 0))" \
		"$(octets 6167776101000101002300$(printf '%034d' 0))" \
		"beacon,$BARE10,35,$VMAC,v10"
	for i in 1 2 3; do
		ok "noise" wire -N sw fuzz p1 $((i * 7)) 300 \
			"beacon,$FORGED,1,$VMAC,v10" "beacon,$FORGED,0,v10"
	done
	fabric_send h1 "beacon,$FORGED,0,v10" "beacon,$FORGED,0,v20"
	mark_through edge sw p1 52:54:00:00:be:ef 10
	cap_end
	none vm "at a VM" "dst=$BEACON .*(beacon|type=88b5)"
	more "counted" "$(port_stat h1 "$F" bad-beacon)" $((before + 7))
	expect "the genuine one is left" h1 "$AGREE"
}

s4_flood_of_beacons()
{
	local before most

	before=$(port_stat h1 "$F" too-many-beacons)
	bg flood wire -N sw send -n 3000 -w 300 p1 "beacon,newhost,10,$VMAC,v10"
	local flood=$BG
	soon "many are known" 10 peers_match h1 "length > 50"
	ok "other traffic goes on" vm_ping v11 10.0.10.12 3
	ok "and the gateway's" vm_ping v11 10.0.10.1 3
	wait $flood || fail "the flood: $(< "$TMP/flood.err")"
	most=$(peers_match h1 length)
	[ "$most" -le 256 ] || fail "$most are known"
	more "the rest is counted" \
		"$(port_stat h1 "$F" too-many-beacons)" $((before + 500))
	expect "the existing peer stays" h1 "any(.[]; .mac == \$h2 and .differs == [])"
	equal "the other VLAN" "$(show_peers h1 | jq --arg b "$B" \
		--argjson v $V 'map(select(.bridge != $b or .vlan != $v)) | length')" 1
	soon "they are deleted" 20 peers_match h1 "$AGREE"
	soon "at the other host, too" 20 peers_match h2 "$AGREE"
}

run_tests "$@"
