#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
#
# The interface: anygwctl (section 3.2), the device (3.1), netlink (3.3) and bad
# netlink input (4).

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="once"
CASES="s32_exit_codes s32_usage_errors s32_refusals s32_round_trip
	s32_json_keys s32_options s32_save_apply_is_idempotent
	s32_apply_error_changes_nothing s32_apply_dry_run s32_monitor
	s32_port_settings_by_name s32_port_settings_are_saved
	s31_device s31_addresses_are_the_devices s31_forwarding
	s33_netlink_refusals s33_needs_cap_net_admin s33_user_namespace
	s33_dump_during_changes s33_ynl s4_netlink_noise"

setup()
{
	netns_add h1
	in_netns h1 \
		"link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0" \
		"link add d0 type dummy" "link set d0 master br0 up" \
		"link set br0 up" "link add br1 type bridge" "link set br1 up" \
		"link add red type vrf table 10" "link set red up"
	in_bridge h1 "vlan add dev d0 vid 10"
	commit || return 1
	snapshot h1
	ctl gateway add bridge br0 vlan 10 address 10.0.10.1/24 2> /dev/null
}

ctl() { anygwctl -n h1 "$@"; }

# run CODE PATTERN WORD...: check the exit code and the output
run()
{
	local code=$1 pattern=$2 rc

	shift 2
	ctl "$@" > "$TMP/output" 2>&1
	rc=$?
	[ $rc = "$code" ] || fail "\`$*' exit code $rc: $(< "$TMP/output")"
	[[ $(< "$TMP/output") =~ $pattern ]] ||
		fail "\`$*' printed: $(< "$TMP/output"), not $pattern"
}

# state, nothing_changed: compare with the last call of state
state() { ctl save > "$TMP/state"; }

nothing_changed()
{
	ctl save > "$TMP/state.now"
	diff "$TMP/state" "$TMP/state.now" > "$TMP/state.diff" ||
		fail "$1 changed something: $(< "$TMP/state.diff")"
}

s32_exit_codes()
{
	run 0 "gw10" gateway show
	run 1 nonsense nonsense
	run 2 . gateway set dev d0 mode standby
	ok "unload" rmmod anygw
	run 3 "not loaded" gateway show
	run 3 "not loaded" host show
	ok "load" insmod "$ANYGW_KO"
	ctl gateway add bridge br0 vlan 10 address 10.0.10.1/24 2> /dev/null
	run 0 "gw10" gateway show
}

s32_usage_errors()
{
	state
	run 1 '"frobnicate"' gateway frobnicate
	run 1 '"frobnicate"' gateway add bridge br0 vlan 30 frobnicate 3
	run 1 '"vlan"' gateway add bridge br0 vlan
	run 1 '"bridge"' gateway add vlan 30
	run 1 '"4095"' gateway add bridge br0 vlan 4095
	run 1 '"ten"' gateway add bridge br0 vlan ten
	run 1 '"10.0.0.1"' gateway add bridge br0 vlan 30 address 10.0.0.1
	run 1 '"10.0.0.1/40"' gateway add bridge br0 vlan 30 address 10.0.0.1/40
	run 1 '"300.0.0.1/24"' gateway add bridge br0 vlan 30 address 300.0.0.1/24
	run 1 '"01:00:5e:00:00:01"' gateway add bridge br0 vlan 30 mac 01:00:5e:00:00:01
	run 1 '"no:mac"' gateway add bridge br0 vlan 30 mac no:mac
	run 1 '"bogus"' gateway add bridge br0 vlan 30 mode bogus
	run 1 '"perhaps"' gateway add bridge br0 vlan 30 coexist perhaps
	run 1 '"300"' gateway add bridge br0 vlan 30 vrrp 300
	run 1 '"averyverylongname"' gateway add bridge br0 vlan 30 name averyverylongname
	run 1 '"mac"' gateway set dev gw10 mac 02:00:00:00:00:01
	run 1 '"bridge"' gateway set dev gw10 bridge br1
	run 1 '"dev"' gateway set mode standby
	run 1 '"dev" or "bridge"' gateway del
	run 1 '"nonsense"' port set dev d0 role nonsense
	run 1 '"role"' port set dev d0
	run 1 '"maybe"' host set beacon maybe
	run 1 . host set
	run 1 '"nosuch"' monitor nosuch
	nothing_changed "a usage error"
}

# With the kernel's message, and nothing changes
s32_refusals()
{
	state
	run 2 "gateway with this MAC" gateway add bridge br0 vlan 10
	run 2 "name the VLAN" gateway add bridge br0
	run 2 "does not filter VLANs" gateway add bridge br1 vlan 30
	run 2 '"nobr"' gateway add bridge nobr vlan 30
	run 2 '"d0".*not a bridge' gateway add bridge d0 vlan 30
	run 2 "0a:61:6e" gateway add bridge br0 vlan 30 mac 0a:61:6e:00:00:01
	run 2 '"d0".*name' gateway add bridge br0 vlan 30 name d0
	run 2 coexist gateway add bridge br0 vlan 30 fallback on
	run 2 '"nix"' gateway add bridge br0 vlan 30 vrf nix
	run 2 '"d0".*not a gateway' gateway set dev d0 mode standby
	run 2 '"nix"' gateway set dev nix mode standby
	run 2 "no gateway" gateway del bridge br0 vlan 77
	run 2 "0a:61:6e" host set mac 02:00:00:00:00:01
	run 1 '"a/b"' port set dev a/b role fabric
	run 2 '"nix"' port show dev nix
	nothing_changed "a refusal"
	ok "a second gateway in the VLAN" ctl gateway add bridge br0 vlan 10 \
		vrrp 7 name gwv
	run 2 "gwv" gateway del bridge br0 vlan 10
	ok "by name" ctl gateway del dev gwv
	nothing_changed "adding and deleting"
}

s32_round_trip()
{
	local words="bridge br0 vlan 40 name gw-t mac 02:aa:bb:cc:dd:ee"

	state
	words+=" address 10.0.40.1/24 address 10.0.41.1/24"
	words+=" host-address 10.0.40.250/24 vrf red mode standby"
	# shellcheck disable=SC2086
	ok "add" ctl gateway add $words
	undo ip -n h1 link del gw-t
	run 0 "gateway add $words" save
	ctl save > "$TMP/round"
	ok "del" ctl gateway del dev gw-t
	ok "apply what was saved" ctl apply "$TMP/round"
	ctl save > "$TMP/round.again"
	equal "saved again" "$(< "$TMP/round.again")" "$(< "$TMP/round")"
	ok "set" ctl gateway set dev gw-t mode active host-address none vrf none
	run 0 'mac 02:aa:bb:cc:dd:ee address 10.0.40.1/24 address 10.0.41.1/24$' save
	for m in "vrrp 7=00:00:5e:00:01:07" "hsrp 7=00:00:0c:07:ac:07" \
		"hsrp2 300=00:00:0c:9f:f1:2c" "glbp 7.2=00:07:b4:00:07:02"; do
		# shellcheck disable=SC2086
		ok "${m%=*}" ctl gateway add bridge br0 vlan 41 ${m%=*}
		run 0 "${m#*=}" gateway show dev gw41
		ok "del" ctl gateway del bridge br0 vlan 41
	done
	ok "del" ctl gateway del dev gw-t
	nothing_changed "the round trip"
}

# json FILTER WORD...: jq's filter holds for the output
json()
{
	local test=$1

	shift
	ctl "$@" > "$TMP/json"
	jq -e "$test" < "$TMP/json" > /dev/null ||
		fail "\`$*': not $test: $(< "$TMP/json")"
}

s32_json_keys()
{
	local stats='.captured, .fastpath, .fallback, .answered, .announced,
		.translated, .learned, .conflicts'

	ok "a host-address" ctl gateway set dev gw10 host-address 10.0.10.250/24
	undo ctl gateway set dev gw10 host-address none
	json 'length == 1 and (.[0] | (.mac | test("^0a:61:6e(:[0-9a-f]{2}){3}$"))
		and (.beacon | type) == "boolean")' -j host show
	json '[.[] | select(.ifname == "d0")] == [.[] | select(.bridge == "br0"
		and .role == "fabric" and .configured == "auto")]' -j port show
	json 'length == 1 and (.[0] | .ifname == "gw10" and .bridge == "br0" and
		.vlan == 10 and .mac == "'$VMAC'" and
		(.addresses | index("10.0.10.1/24")) != null and
		.host_addresses == ["10.0.10.250/24"] and .mode == "active" and
		.state == "active" and .coexist == false and .fallback == false
		and (.fastpath | type) == "boolean" and has("vrf") and
		(has("stats") | not))' -j gateway show
	json "[.[0].stats | $stats] | all(type == \"number\") and length == 8" \
		-j -s gateway show
	json '.[0].stats.drops | type == "object"' -j -s gateway show
	json '.[0].stats.drops | type == "object"' -j -s port show
	json 'length == 0' -j gateway show bridge br1
}

s32_options()
{
	ok "a second" ctl gateway add bridge br1
	undo ctl gateway del dev gw-br1
	equal "-o: lines" "$(ctl -o gateway show | wc -l)" 2
	[ "$(ctl -j -p gateway show | wc -l)" -gt 10 ] || fail "-p"
	run 0 captured -s gateway show
	run 0 ifindex -d gateway show
	run 0 "^anygwctl" -V
	run 0 "Usage" -h
	run 0 "gateway add" gateway help
	run 0 "gw10" --json gateway show
	run 0 "gw10" gateway show bridge br0 vlan 10
	ok "-n" anygwctl -n h1 gateway show dev gw10
	refused "another namespace has none" anygwctl gateway show dev gw10
	refused "no such namespace" anygwctl -n nowhere gateway show
}

s32_save_apply_is_idempotent()
{
	cat > "$TMP/file" <<-END
	# a comment

	port set dev d0 role access
	gateway add bridge br0 vlan 10 address 10.0.10.1/24
	gateway add bridge br0 vlan 50 address 10.0.50.1/24 host-address 10.0.50.9/24
	gateway add bridge br1 name gwx mode observe
	END
	state
	ok "apply" ctl apply "$TMP/file"
	ctl save > "$TMP/first"
	ip -n h1 -j link show > "$TMP/links"
	ok "apply again" ctl apply "$TMP/file"
	ctl save > "$TMP/second"
	equal "saved twice" "$(< "$TMP/second")" "$(< "$TMP/first")"
	equal "no device is new" "$(ip -n h1 -j link show | jq -c '[.[].ifindex]')" \
		"$(jq -c '[.[].ifindex]' "$TMP/links")"
	run 0 '^$' apply "$TMP/first" dry-run
	ok "back" ctl apply "$TMP/state"
	for gone in gw50 gwx; do
		ip -n h1 link show $gone > /dev/null 2>&1 &&
			ctl gateway del dev $gone
	done
	ok "the role" ctl port set dev d0 role auto
	nothing_changed "going back"
}

# port_is NAME PRESENT ROLE CONFIGURED ENDPOINTS
port_is()
{
	local is

	is=$(ctl -j port show dev "$1" |
		jq -r '.[0] | "\(.present) \(.role) \(.configured) \(.endpoint_max)"')
	[ "$is" = "$2 $3 $4 $5" ] || fail "$1 is \`$is', not \`$2 $3 $4 $5'"
}

forget_port_settings()
{
	local name

	for name in 'tap*' 'tap1?' tap3 tap10 vnet0; do
		ctl port set dev "$name" role auto endpoints 1024
	done
}

# Settings are kept by name: of ports that are not there yet, or not any more,
# and of patterns.
s32_port_settings_by_name()
{
	undo forget_port_settings
	ok "a pattern" ctl port set dev 'tap*' role access
	ok "a longer one" ctl port set dev 'tap1?' endpoints 5
	ok "a name" ctl port set dev tap3 role fabric endpoints 7
	port_is 'tap*' false access access 1024
	port_is 'tap1?' false auto auto 5
	port_is tap3 false fabric fabric 7
	json '[.[] | select(.present | not) | .ifname] == ["tap3", "tap1?", "tap*"]' \
		-j port show
	for name in tap0 tap3 tap10; do
		ok "made" ip -n h1 link add $name type dummy
		undo ip -n h1 link del $name
		ok "joins" ip -n h1 link set $name master br0
	done
	port_is tap0 true access access 1024
	port_is tap3 true fabric fabric 7
	port_is tap10 true fabric auto 5
	ok "at once" ctl port set dev 'tap*' endpoints 9
	port_is tap0 true access access 9
	port_is tap3 true fabric fabric 7
	ok "an exception" ctl port set dev tap0 role auto
	port_is tap0 true fabric auto 9
	ok "is none any more" ctl port set dev tap0 role access
	port_is tap0 true access access 9
	ok "deleted" ip -n h1 link del tap3
	port_is tap3 false fabric fabric 7
	ok "made again" ip -n h1 link add tap3 type dummy
	ok "joins" ip -n h1 link set tap3 master br0
	port_is tap3 true fabric fabric 7
	ok "down" ip -n h1 link set tap10 down
	ok "has another name" ip -n h1 link set tap10 name vnet0
	undo ip -n h1 link del vnet0
	port_is vnet0 true fabric auto 1024
	ok "the pattern goes" ctl port set dev 'tap*' role auto endpoints 1024
	run 2 'tap\*' port show dev 'tap*'
	port_is tap0 true fabric auto 1024
}

s32_port_settings_are_saved()
{
	undo forget_port_settings
	cat > "$TMP/file" <<-END
	port set dev tap10 role auto
	port set dev tap* role access
	port set dev tap1? role fabric endpoints 5
	port set dev tap3 endpoints 7
	END
	ok "apply" ctl apply "$TMP/file"
	ctl save | grep '^port' > "$TMP/first"
	equal "saved" "$(< "$TMP/first")" "port set dev tap1? role fabric endpoints 5
port set dev tap* role access
port set dev tap10 role auto endpoints 1024
port set dev tap3 endpoints 7"
	forget_port_settings
	equal "forgotten" "$(ctl save | grep -c '^port')" 0
	ok "apply what was saved" ctl apply "$TMP/first"
	equal "the same" "$(ctl save | grep '^port')" "$(< "$TMP/first")"
	run 0 '^$' apply "$TMP/first" dry-run
	run 0 '^$' apply "$TMP/file" dry-run
}

# apply_fails LINE WORD CODE: of $TMP/file
apply_fails()
{
	run "$3" "file:$1:.*$2" apply "$TMP/file"
	nothing_changed "a file with an error"
}

s32_apply_error_changes_nothing()
{
	local head=$'port set dev d0 role access\ngateway add bridge br1\n'

	state
	echo "${head}gateway add bridge br0 vlan 30 bogus 1" > "$TMP/file"
	apply_fails 3 bogus 1
	echo "${head}gateway add bridge br0 vlan 4095" > "$TMP/file"
	apply_fails 3 4095 1
	echo "${head}gateway add bridge br9 vlan 30" > "$TMP/file"
	apply_fails 3 br9 2
	echo "${head}gateway add bridge br0 vlan 30 name d0" > "$TMP/file"
	apply_fails 3 d0 2
	echo "${head}gateway add bridge br0 vlan 30 fallback on" > "$TMP/file"
	apply_fails 3 fallback 2
	echo "${head}host set mac 02:00:00:00:00:01" > "$TMP/file"
	apply_fails 3 02:00:00:00:00:01 2
	echo "gateway show" > "$TMP/file"
	apply_fails 1 show 1
	run 1 nosuchfile apply "$TMP/nosuchfile"
}

s32_apply_dry_run()
{
	echo "gateway add bridge br0 vlan 50 address 10.0.50.1/24" > "$TMP/file"
	state
	run 0 "vlan 50" apply "$TMP/file" dry-run
	nothing_changed "a dry run"
	echo "gateway add bridge br0 vlan 50 name d0" > "$TMP/file"
	run 2 "file:1:.*d0" apply "$TMP/file" dry-run
	nothing_changed "a dry run"
}

has_event() { grep -q "\"event\": *\"$1\".*\"$2\"" "$TMP/monitor.out"; }

monitor_joined()
{
	ns "$1" awk '$2 == 16 && $4 != "00000000" { found = 1 }
		END { exit !found }' /proc/net/netlink
}

s32_monitor()
{
	bg monitor anygwctl -n h1 -j monitor
	bg plain anygwctl -n h1 -t monitor gateway
	soon "it has started" 5 monitor_joined h1
	soon "both" 5 bash -c 'exec 2>&1; kill -0 '"$BG"
	sleep_ms 300
	ok "add" ctl gateway add bridge br0 vlan 60 address 10.0.60.1/24
	soon "gateway-new" 3 has_event gateway-new gw60
	ok "set" ctl gateway set dev gw60 mode standby
	soon "gateway-change" 3 has_event gateway-change gw60
	ok "del" ctl gateway del dev gw60
	soon "gateway-del" 3 has_event gateway-del gw60
	while read -r line; do
		jq -e 'has("event") and has("ifname")' <<< "$line" > /dev/null ||
			fail "not an object a line: $line"
	done < "$TMP/monitor.out"
	soon "as text" 3 grep -q gw60 "$TMP/plain.out"
}

s31_device()
{
	local line

	line=$(ip -n h1 -d -o link show gw10)
	[[ $line == *gw10@br0* && $line == *anygw* && $line == *"$VMAC"* &&
		$line == *,UP,* ]] || fail "$line"
	refused "by ip alone" ip -n h1 link add gw77 link br0 type anygw
	ok "VLAN 0's name" ctl gateway add bridge br1
	ok "its name" ip -n h1 link show gw-br1
	ok "ip link del" ip -n h1 link del gw-br1
	json 'length == 1' -j gateway show
	ip -n h1 link add a-long-bridge-1 type bridge
	undo ip -n h1 link del a-long-bridge-1
	ok "a long name is cut" ctl gateway add bridge a-long-bridge-1
	ok "to 15" ip -n h1 link show gw-a-long-bridg
	ok "the bridge goes" ip -n h1 link del a-long-bridge-1
	refused "and it takes the address with it" ip -n h1 link show gw-a-long-bridg
	ip -n h1 link add gw88 type dummy
	undo ip -n h1 link del gw88
	run 2 name gateway add bridge br0 vlan 88
}

s31_addresses_are_the_devices()
{
	ok "by ip" ip -n h1 address add 10.0.12.1/24 dev gw10
	json '.[0].addresses | index("10.0.12.1/24") != null' -j gateway show
	ok "away" ip -n h1 address del 10.0.12.1/24 dev gw10
	json '.[0].addresses | index("10.0.12.1/24") == null' -j gateway show
	[[ $(ip -n h1 route show 10.0.10.0/24) == *"dev gw10"*"metric 4096"* ]] ||
		fail "the route: $(ip -n h1 route show 10.0.10.0/24)"
	ok "an address by the tool" ctl gateway set dev gw10 \
		address 10.0.10.1/24 address 10.0.13.1/24
	grep -q 10.0.13.1/24 <<< "$(ip -n h1 address show dev gw10)" ||
		fail "it is not on the device"
	ok "one less" ctl gateway set dev gw10 address 10.0.10.1/24
	grep -q 10.0.13.1/24 <<< "$(ip -n h1 address show dev gw10)" &&
		fail "it is still on the device"
	ok "into a VRF" ctl gateway set dev gw10 vrf red
	json '.[0].vrf == "red"' -j gateway show
	ok "its addresses stay" grep -q 10.0.10.1/24 \
		<<< "$(ip -n h1 address show dev gw10)"
	ok "and out" ctl gateway set dev gw10 vrf none
	json '.[0].vrf == null' -j gateway show
}

s31_forwarding()
{
	local conf=/proc/sys/net/ipv4

	equal "on the device" "$(ns h1 cat $conf/conf/gw10/forwarding)" 1
	equal "globally as before" "$(ns h1 cat $conf/ip_forward)" 0
	equal "on the bridge" "$(ns h1 cat $conf/conf/br0/forwarding)" 0
	ctl gateway add bridge br1 address 10.9.0.1/24 > "$TMP/output" 2>&1
	undo ctl gateway del dev gw-br1
	grep -q "warning.*ip_forward" "$TMP/output" || fail "no warning: $(< "$TMP/output")"
}

netlink_abuse() { ns h1 "$libdir/netlink-abuse.py" "$@"; }

# Each is refused, with a message or the attribute, and changes nothing.
s33_netlink_refusals()
{
	local name error attribute text n=0

	state
	netlink_abuse refusals > "$TMP/refusals" 2> "$TMP/refusals.err" ||
		fail "$(< "$TMP/refusals.err")"
	while read -r name error attribute text; do
		n=$((n + 1))
		[ "$error" != 0 ] || fail "$name was accepted"
		[ "$name" = no-command ] || [ "$text" != - ] ||
			fail "$name: $error without a sentence"
		case $name in
		*-nothing | no-command | *-twice | gateway-new-no-vlan | \
			port-set-no-role | trace-no-*) ;;
		*) [ "$attribute" = attribute ] ||
			fail "$name: the attribute is not named ($text)" ;;
		esac
	done < "$TMP/refusals"
	[ $n -ge 40 ] || fail "only $n"
	nothing_changed "a refusal"
}

s33_needs_cap_net_admin()
{
	local drop="setpriv --bounding-set -net_admin --inh-caps -net_admin"

	state
	for words in "gateway del dev gw10" "gateway set dev gw10 mode standby" \
		"gateway add bridge br1" "port set dev d0 role access" \
		"host set beacon on"; do
		# shellcheck disable=SC2086
		ns h1 $drop anygwctl $words > "$TMP/output" 2>&1
		equal "$words" $? 2
		grep -q CAP_NET_ADMIN "$TMP/output" || fail "$(< "$TMP/output")"
	done
	# shellcheck disable=SC2086
	ok "reading" ns h1 $drop anygwctl gateway show
	# Root of another user namespace has no capability here.
	ns h1 unshare -Ur anygwctl gateway del dev gw10 > /dev/null 2>&1
	equal "root of another user namespace" $? 2
	nothing_changed "without the capability"
}

# In a network namespace of its own user namespace it has.
s33_user_namespace()
{
	unshare -Urn sh -c 'ip link add br0 type bridge && ip link set br0 up &&
		anygwctl gateway add bridge br0 address 10.0.0.1/24 &&
		anygwctl -j gateway show' > "$TMP/output" 2>&1
	grep -q '"gw-br0"' "$TMP/output" || fail "$(< "$TMP/output")"
}

# While gateways come and go, a dump has each of those that stay exactly once.
s33_dump_during_changes()
{
	local v n i

	for v in $(seq 100 179); do
		echo "gateway add bridge br0 vlan $v"
	done > "$TMP/many"
	undo rm -f "$TMP/busy"
	ok "80 gateways" ctl apply "$TMP/many"
	touch "$TMP/busy"
	(
		while [ -e "$TMP/busy" ]; do
			for v in 99 300 301; do
				ctl gateway add bridge br0 vlan $v
			done
			for v in 300 99 301; do
				ctl gateway del dev gw$v
			done
		done > /dev/null 2>&1
	) &
	PIDS+=($!)
	for i in 1 2 3 4 5 6 7 8; do
		ctl -j gateway show > "$TMP/dump" 2> "$TMP/dump.err" ||
			fail "$(< "$TMP/dump.err")"
		n=$(grep -oE '"ifname":"gw1[0-7][0-9]"' "$TMP/dump" | sort | uniq |
			wc -l)
		equal "dump $i: those that stay" "$n" 80
		n=$(grep -oE '"ifname":"[^"]*"' "$TMP/dump" | sort | uniq -d)
		equal "dump $i: twice" "$n" ""
	done
	rm -f "$TMP/busy"
	wait "${PIDS[-1]}"
	for v in $(seq 100 179); do
		echo "link del gw$v"
	done | ip -n h1 -b -
}

s33_ynl()
{
	local cli spec=$libdir/../../../Documentation/netlink/specs/anygw.yaml f

	cli=
	for f in "${ANYGW_CACHE:-$HOME/.cache/anygw}"/source/*/tools/net/ynl/cli.py; do
		[ ! -e "$f" ] || cli=$f
	done
	[ -n "$cli" ] || skip "the kernel's ynl is not available"
	ynl() { ns h1 /usr/bin/python3 "$cli" --spec "$spec" --no-schema "$@"; }
	ynl --dump gateway-get > "$TMP/output" 2>&1 || fail "$(< "$TMP/output")"
	grep -q "'gw10'" "$TMP/output" || fail "$(< "$TMP/output")"
	ynl --do gateway-set --json '{"ifname": "gw10", "mode": "standby"}' \
		> "$TMP/output" 2>&1 || fail "$(< "$TMP/output")"
	json '.[0].state == "standby"' -j gateway show
	ok "active again" ctl gateway set dev gw10 mode active
	ynl --do gateway-set --json '{"ifname": "d0", "mode": "active"}' \
		> "$TMP/output" 2>&1
	grep -q "not a gateway" "$TMP/output" || fail "$(< "$TMP/output")"
}

s4_netlink_noise()
{
	ok "noise" netlink_abuse noise 7 $((6000 / SLOW))
	diag "$(< "$TMP/ok.out")"
	run 0 "gw10" gateway show dev gw10
}

run_tests "$@"
