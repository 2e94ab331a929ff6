#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
#
# anygwctl check finds each fault, and the command that it prints fixes it;
# anygwctl metrics can be parsed by the library of collectors.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="once"
CASES="s32_check_all_is_well s32_check_options s32_check_role
	s32_check_access_kind_as_fabric s32_check_fabric s32_check_vlan
	s32_check_state s32_check_bridge s32_check_address s32_check_mtu
	s32_check_neigh_suppress s32_check_exit s32_check_exit_in_vrf
	s32_check_forwarding s32_check_forwarding6 s32_check_rp_filter_exit
	s32_check_rp_filter_gateway s32_check_bridge_filter s32_check_own_mac
	s32_check_same_mac s32_check_conntrack s32_check_conntrack_map
	s32_check_conntrack_elsewhere s32_check_iptables
	s32_check_without_programs s32_check_sockets s32_check_sockets_udp
	s32_check_strange_names s32_metrics"

setup()
{
	topo 1 exits && gateways h1
}

ctl() { anygwctl -n h1 "$@"; }

cause() { ok "cause the fault" ip -n h1 "$@"; }

sysctls() { ok "cause the fault" wire sysctl "$@"; }

# find_faults: set FOUND to all results, a line each: check, subject, result,
# commands. One process reads them all, since starting one is slow.
find_faults()
{
	ctl -j check > "$TMP/check" 2> "$TMP/check.err"
	RC=$?
	[ ! -s "$TMP/check.err" ] || fail "check printed: $(< "$TMP/check.err")"
	jq -r '.[] | [.check, .subject, .result, .mend] | @tsv' "$TMP/check" \
		> "$TMP/found" || fail "no JSON: $(< "$TMP/check")"
	mapfile -t FOUND < "$TMP/found"
}

# set_results CHECK SUBJECT: set R to its sorted results and M to the commands
set_results()
{
	local head=$1$'\t'${2//\\/\\\\}$'\t' line results=() mend

	M=
	for line in "${FOUND[@]}"; do
		[[ $line == "$head"* ]] || continue
		line=${line#"$head"}
		results+=("${line%%$'\t'*}")
		printf -v mend '%b' "${line#*$'\t'}"
		[ -z "$mend" ] || M+=${M:+$'\n'}$mend
	done
	[ ${#results[@]} -lt 2 ] || mapfile -t results \
		< <(printf '%s\n' "${results[@]}" | sort -u)
	R=${results[*]}
}

# results_are CHECK SUBJECT RESULT...: compare with the last find_faults
results_are()
{
	set_results "$1" "$2"
	[ "$R" = "${*:3}" ] || fail "$1 of '$2' is '$R' and not '${*:3}':
$(grep -v $'\tpass\t' "$TMP/found")"
}

# is CHECK SUBJECT RESULT...: run the check; compare the results and the exit
# code
is()
{
	local code=0

	find_faults
	results_are "$@"
	! grep -q $'\tfail\t' "$TMP/found" || code=2
	equal "the exit code" "$RC" $code
}

# fixed_by COMMANDS [TEXT REPLACEMENT]...
fixed_by()
{
	local commands=$1

	shift
	[ -n "$commands" ] || fail "no command"
	while [ $# -gt 0 ]; do
		commands=${commands/"$1"/"$2"}
		shift 2
	done
	diag "$commands"
	ok "$commands" bash -e -c "$commands"
}

# fixes CHECK SUBJECT RESULT [PASS-SUBJECT]: the fault is found, and gone after
# running the commands that were printed
fixes()
{
	is "$1" "$2" "$3"
	fixed_by "$M"
	is "$1" "${4-$2}" pass
}

s32_check_all_is_well()
{
	local c

	is vlan gw10 pass
	equal "nothing fails" "$(grep $'\tfail\t' "$TMP/found")" ""
	for c in state address bridge-mtu mtu exit sockets; do
		results_are $c gw10 pass
	done
	results_are role fab0 pass
	results_are fabric br0 pass
	results_are forwarding exit0 pass
	results_are forwarding gw20 pass
	results_are rp-filter exit0 pass
	results_are neigh-suppress fab0 pass
	for c in own-mac same-mac conntrack; do
		results_are $c "" pass
	done
	jq -e 'all(.[]; (keys == ["check", "mend", "result", "subject", "text"])
		and all(.[]; type == "string"))' "$TMP/check" > /dev/null ||
		fail "the keys: $(< "$TMP/check")"
}

s32_check_options()
{
	cause link set gw20 down
	undo ip -n h1 link set gw20 up
	ctl check > "$TMP/text"
	equal "a warning is no failure" $? 0
	grep -qx 'PASS state gw10: it is active' "$TMP/text" ||
		fail "no PASS: $(< "$TMP/text")"
	grep -A1 '^WARN state gw20: ' "$TMP/text" |
		grep -qx '     ip netns exec h1 ip link set dev gw20 up' ||
		fail "no command: $(< "$TMP/text")"
	ctl -o check > "$TMP/line"
	[[ $(< "$TMP/line") == *'standby\     ip netns exec h1 ip link'* ]] ||
		fail "-o: $(< "$TMP/line")"
	ctl -j -p check > "$TMP/pretty"
	more "-p" "$(wc -l < "$TMP/pretty")" 20
	# Another namespace has no gateway and sees none of this one's results.
	anygwctl -n r1 -j check > "$TMP/other"
	equal "nothing wrong" $? 0
	jq -e '.[0] | .check == "gateway" and .result == "warn"' "$TMP/other" \
		> /dev/null || fail "no gateway: $(< "$TMP/other")"
	ns h1 anygwctl -j check > "$TMP/inside"
	[[ $(< "$TMP/inside") != *netns\ exec* ]] || fail "too many words"
}

s32_check_role()
{
	cause link add vx0 type vxlan id 7 dstport 4789
	undo ip -n h1 link del vx0
	cause link set vx0 master br0
	is role vx0 pass
	ok "the fault" ctl port set dev vx0 role access
	fixes role vx0 fail
	cause link add d0 type dummy
	undo ip -n h1 link del d0
	cause link set d0 master br0
	ok "the fault" ctl port set dev d0 role access
	fixes role d0 warn
}

s32_check_access_kind_as_fabric()
{
	[ -e /dev/net/tun ] || modprobe tun || skip "no tun"
	cause tuntap add dev t0 mode tap
	undo ip -n h1 link del t0
	cause link set t0 master br0
	is role t0 pass
	ok "the fault" ctl port set dev t0 role fabric
	fixes role t0 warn
	# A veth device has no preferred role.
	is role fab0 pass
}

s32_check_fabric()
{
	ok "the fault" ctl port set dev fab0 role access
	undo anygwctl -n h1 port set dev fab0 role fabric
	fixes fabric br0 fail
}

s32_check_vlan()
{
	ok "the fault" bridge -n h1 vlan del dev fab0 vid 10
	undo bridge -n h1 vlan add dev fab0 vid 10
	is vlan gw20 pass
	fixes vlan fab0 fail gw10
	cause link add d0 type dummy
	undo ip -n h1 link del d0
	cause link set d0 master br0
	ok "half of it" bridge -n h1 vlan add dev d0 vid 11-30
	is vlan gw20 pass
	fixes vlan d0 warn gw10
}

s32_check_state()
{
	cause link set gw10 down
	fixes state gw10 warn
	cause link set br0 type bridge vlan_filtering 0
	undo ip -n h1 link set br0 type bridge vlan_filtering 1
	fixes state gw10 fail
	ok "on purpose" ctl gateway set dev gw10 mode standby
	undo anygwctl -n h1 gateway set dev gw10 mode active
	is state gw10 pass
}

s32_check_bridge()
{
	cause link set br0 down
	undo ip -n h1 link set br0 up
	fixes bridge br0 fail
}

s32_check_address()
{
	ok "the fault" ctl gateway add bridge br0 vlan 30
	undo anygwctl -n h1 gateway del dev gw30
	is address gw30 fail
	fixed_by "$M" ADDR/LEN 10.0.30.1/24
	is address gw30 pass
	ok "again" ctl gateway set dev gw30 address none mode standby
	is address gw30 warn
}

s32_check_mtu()
{
	cause link set gw10 mtu 1300
	undo ip -n h1 link set gw10 mtu 1500
	fixes bridge-mtu gw10 warn
	# The bridge follows the MTU of its ports until its own is set.
	cause link set fab0 mtu 1400
	cause link set br0 mtu 1500
	cause link set gw10 mtu 1500
	undo ip -n h1 link set fab0 mtu 1500
	undo ip -n h1 link set br0 mtu 1500
	fixes mtu fab0 fail gw10
	is bridge-mtu gw10 pass
}

s32_check_neigh_suppress()
{
	ok "the fault" bridge -n h1 link set dev fab0 neigh_suppress on
	undo bridge -n h1 link set dev fab0 neigh_suppress off
	fixes neigh-suppress fab0 warn
}

s32_check_exit()
{
	cause route del default
	undo ip -n h1 route replace default via 10.1.1.2
	is exit gw10 fail
	fixed_by "$M" ROUTER 10.1.1.2
	is exit gw10 pass
	# A rule that leads to another route is as good.
	cause route del default
	cause route add default via 10.1.1.2 table 77
	undo ip -n h1 route flush table 77
	cause rule add iif gw10 table 77
	undo ip -n h1 rule del iif gw10
	is exit gw10 pass
	is exit gw20 fail
	cause route add 10.77.0.0/16 via 10.1.1.2
	undo ip -n h1 route del 10.77.0.0/16
	is exit gw20 warn
}

s32_check_exit_in_vrf()
{
	cause link add red type vrf table 10
	undo ip -n h1 link del red
	cause link set red up
	cause route add unreachable default metric 4278198272 vrf red
	cause link add x0 type dummy
	undo ip -n h1 link del x0
	cause link set x0 master red up
	cause address add 10.9.9.1/24 dev x0
	ok "into the VRF" ctl gateway set dev gw20 vrf red
	undo anygwctl -n h1 gateway set dev gw20 vrf none
	is exit gw20 fail
	fixed_by "$M" ROUTER 10.9.9.2
	is exit gw20 pass
	[[ $(< "$TMP/check") == *"leave by x0"* ]] || fail "$(< "$TMP/check")"
	fixes forwarding x0 fail
	undo wire sysctl h1:ipv4/conf/gw20/forwarding=1 \
		h1:ipv4/conf/gw10/forwarding=1 h1:ipv4/conf/exit0/forwarding=1
	undo wire sysctl h1:ipv4/ip_forward=0
}

# reply_comes [SECONDS]: a reply returns through the fixed path
reply_comes() { ns srv ping -n -c 1 -W "${1:-$((2 * SLOW))}" -q 10.0.10.9; }

s32_check_forwarding()
{
	undo wire sysctl h1:ipv4/conf/gw20/forwarding=1 \
		h1:ipv4/conf/gw10/forwarding=1 h1:ipv4/conf/exit0/forwarding=1
	undo wire sysctl h1:ipv4/ip_forward=0
	vm_add v9 h1 10 10.0.10.9
	undo ip netns del v9
	ok "a VM" commit
	ok "works" reply_comes
	sysctls h1:ipv4/conf/exit0/forwarding=0
	refused "fails" reply_comes 2
	fixes forwarding exit0 fail
	ok "works" reply_comes
	[[ $(ns h1 cat /proc/sys/net/ipv4/ip_forward) == 1 ]] ||
		fail "by ip_forward, when that is off"
	sysctls h1:ipv4/conf/exit0/forwarding=0
	fixes forwarding exit0 fail
	sysctls h1:ipv4/conf/gw10/forwarding=0
	fixes forwarding gw10 fail
}

s32_check_forwarding6()
{
	local conf=h1:ipv6/conf

	sysctls $conf/gw10/disable_ipv6=0 $conf/exit0/disable_ipv6=0
	undo wire sysctl $conf/gw10/disable_ipv6=1 $conf/exit0/disable_ipv6=1
	cause address add 2001:db8:10::1/64 dev gw10 nodad
	cause address add 2001:db8:1::1/64 dev exit0 nodad
	is exit gw10 fail pass
	fixed_by "$M" ROUTER 2001:db8:1::2
	is exit gw10 pass
	undo wire sysctl $conf/all/forwarding=0
	is forwarding "" fail
	[[ $M == *"exit0.accept_ra=2 "*all.forwarding=1 ]] || fail "$M"
	fixes forwarding "" fail
	equal "first of all" "$(ns h1 cat /proc/sys/net/ipv6/conf/exit0/accept_ra)" 2
}

s32_check_rp_filter_exit()
{
	cause link add x1 type dummy
	undo ip -n h1 link del x1
	cause link set x1 up
	cause address add 10.9.1.1/24 dev x1
	cause route add 10.77.0.0/16 via 10.9.1.2
	is rp-filter x1 pass
	undo wire sysctl h1:ipv4/conf/exit0/rp_filter=0 \
		h1:ipv4/conf/all/rp_filter=0
	sysctls h1:ipv4/conf/x1/rp_filter=1 h1:ipv4/conf/exit0/rp_filter=1
	# Strict mode is correct on the exit.
	is rp-filter exit0 pass
	fixes rp-filter x1 warn
	sysctls h1:ipv4/conf/x1/rp_filter=0 h1:ipv4/conf/all/rp_filter=1
	fixes rp-filter x1 warn
	sysctls h1:ipv4/conf/x1/rp_filter=0 h1:ipv4/conf/all/rp_filter=2
	is rp-filter x1 pass
}

s32_check_rp_filter_gateway()
{
	is rp-filter gw10 pass
	sysctls h1:ipv4/conf/gw10/rp_filter=1
	undo wire sysctl h1:ipv4/conf/gw10/rp_filter=2
	is rp-filter gw10 pass
	cause route add 10.0.10.0/24 dev br0
	undo ip -n h1 route del 10.0.10.0/24 dev br0
	fixes rp-filter gw10 fail
}

s32_check_bridge_filter()
{
	if [ ! -d /proc/sys/net/bridge ]; then
		is bridge-filter "" pass
		modprobe br_netfilter || skip "no br_netfilter"
	fi
	sysctls h1:bridge/bridge-nf-call-{ip,ip6,arp}tables=1
	is bridge-filter "" warn
	equal "each of them" "$(wc -l <<< "$M")" 3
	fixes bridge-filter "" warn
	cause link set br0 type bridge nf_call_iptables 1
	undo ip -n h1 link set br0 type bridge nf_call_iptables 0
	is bridge-filter br0 warn
	fixed_by "$M"
	is bridge-filter "" pass
}

s32_check_own_mac()
{
	local m

	is own-mac "" pass
	m=$(host_mac h1)
	fabric_send h1 "arp,$BCAST,$m,1,$m,0.0.0.0,$ZERO_MAC,10.0.10.11,v10"
	soon "it is received" 5 own_mac_is_heard
	is own-mac "" fail
	fixed_by "$M"
	[ "$(host_mac h1)" != "$m" ] || fail "the host MAC is as before"
	is own-mac "" warn
}

own_mac_is_heard() { [ "$(gw_stat h1 gw10 own-host-mac)" -gt 0 ]; }

s32_check_same_mac()
{
	is same-mac "" pass
	netns_add h9
	in_netns h9 "link add br0 type bridge" "link set br0 up"
	ok "another host" commit
	undo ip netns del h9
	ok "the fault" anygwctl -n h9 host set mac "$(host_mac h1)"
	is same-mac "" fail
	[[ $(< "$TMP/check") == *"namespace h9 has"* ]] ||
		fail "which: $(< "$TMP/check")"
	fixes same-mac "" fail
}

rules() { ok "cause the fault" ns h1 nft "$@"; }

no_rules() { undo nsenter --net=/run/netns/h1 nft flush ruleset; }

FORWARD='{ type filter hook forward priority 0; }'

s32_check_conntrack()
{
	local rule

	no_rules
	rules add table inet f
	rules add chain inet f fw "$FORWARD"
	is conntrack "" pass
	for rule in "ct state invalid drop" \
		"ct state { invalid, untracked } counter reject" \
		'iifname "gw*" ct state invalid,new counter drop' \
		'oifname { "exit0", "lo" } ct state invalid drop' \
		"ct state != established drop"; do
		rules add rule inet f fw "$rule"
		fixes conntrack "" fail
	done
	rules add chain inet f prer '{ type filter hook prerouting priority 0; }'
	rules add rule inet f prer "ct state invalid drop"
	fixes conntrack "" fail
}

s32_check_conntrack_map()
{
	no_rules
	rules add table ip f
	rules add chain ip f fw "$FORWARD"
	rules add chain ip f other
	rules add rule ip f other \
		"ct state vmap { established : accept, invalid : drop }"
	# No rule jumps to it yet.
	is conntrack "" pass
	rules add chain ip f middle
	rules add rule ip f middle goto other
	rules add rule ip f fw jump middle
	fixes conntrack "" fail
	[[ $(ns h1 nft list ruleset) == *"established : accept"* ]] ||
		fail "the map is gone"
}

s32_check_conntrack_elsewhere()
{
	no_rules
	rules add table inet f
	rules add chain inet f fw "$FORWARD"
	rules add chain inet f inp '{ type filter hook input priority 0; }'
	rules add chain inet f outp '{ type filter hook output priority 0; }'
	rules add rule inet f inp "ct state invalid drop"
	rules add rule inet f outp "ct state invalid drop"
	rules add rule inet f fw 'iifname "wan7" ct state invalid drop'
	rules add rule inet f fw "ct state established,related accept"
	rules add rule inet f fw "ct state new drop"
	rules add rule inet f fw "ct state invalid accept"
	rules add rule inet f fw "ct state invalid drop"
	rules add table bridge b
	rules add chain bridge b fw "$FORWARD"
	rules add rule bridge b fw "ct state invalid drop"
	is conntrack "" pass
}

# A replacement that keeps its rules in a file: iptables differs between hosts,
# and the kernel part may be missing.
fake_iptables()
{
	mkdir -p "$TMP/bin"
	cat > "$TMP/bin/iptables-legacy-save" <<-END
	#!/bin/sh
	cat "$TMP/rules"
	END
	cat > "$TMP/bin/iptables-legacy" <<-END
	#!/bin/sh
	[ "\$1 \$2 \$3" = "-t filter -D" ] || exit 2
	shift 3
	grep -qxe "-A \$*" "$TMP/rules" || exit 1
	grep -vxe "-A \$*" "$TMP/rules" > "$TMP/rules.new"
	mv "$TMP/rules.new" "$TMP/rules"
	END
	chmod +x "$TMP"/bin/*
	PATH=$TMP/bin:$PATH
}

s32_check_iptables()
{
	local drop="-m conntrack --ctstate INVALID -j DROP"

	fake_iptables
	printf '%s\n' "# made up" "*raw" ":PREROUTING ACCEPT [0:0]" COMMIT \
		"*filter" ":INPUT ACCEPT [0:0]" ":FORWARD ACCEPT [0:0]" \
		":fw - [0:0]" ":in - [0:0]" "-A INPUT $drop" \
		"-A INPUT -j in" "-A in $drop" "-A FORWARD -j fw" \
		"-A fw -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT" \
		"-A fw -m conntrack ! --ctstate INVALID -j DROP" \
		COMMIT > "$TMP/rules"
	is conntrack "" pass
	sed -i "s/^-A FORWARD/-A fw $drop\n&/" "$TMP/rules"
	fixes conntrack "" fail
	sed -i "s/^-A fw .*ESTABL.*/&\n-A FORWARD -m state --state NEW,INVALID -j REJECT/" \
		"$TMP/rules"
	fixes conntrack "" fail
	equal "the others stay" "$(grep -c INVALID "$TMP/rules")" 3
}

s32_check_without_programs()
{
	mkdir -p "$TMP/none"
	printf '#!/bin/sh\nexit 127\n' > "$TMP/none/nft"
	chmod +x "$TMP/none/nft"
	PATH=$TMP/none:$PATH is conntrack "" warn
	[[ $(< "$TMP/check") == *"not checked"* ]] || fail "$(< "$TMP/check")"
	# Output that is not JSON must not break the check.
	printf '#!/bin/sh\necho "{"\n' > "$TMP/none/nft"
	PATH=$TMP/none:$PATH is conntrack "" warn
	printf '#!/bin/sh\necho "{\\"nftables\\": [7, {\\"rule\\": 7}, {\\"rule\\": {\\"expr\\": [null]}}]}"\n' \
		> "$TMP/none/nft"
	PATH=$TMP/none:$PATH is conntrack "" pass
	type iptables-save > /dev/null 2>&1 && return
	# The format of a rule of iptables-nft
	printf '#!/bin/sh\necho "{\\"nftables\\": [{\\"rule\\": {\\"expr\\": [{\\"xt\\": {\\"type\\": \\"match\\", \\"name\\": \\"conntrack\\"}}]}}]}"\n' \
		> "$TMP/none/nft"
	PATH=$TMP/none:$PATH is conntrack "" warn
	[[ $(< "$TMP/check") == *"iptables rules were not"* ]] ||
		fail "$(< "$TMP/check")"
}

# connects ADDRESS [SECONDS]
connects()
{
	ns v9 timeout "${2:-$((2 * SLOW))}" bash -c "echo > /dev/tcp/$1/5000"
}

s32_check_sockets()
{
	vm_add v9 h1 10 10.0.10.9
	undo ip netns del v9
	ok "a VM" commit
	no_rules
	is sockets gw10 pass
	bg_ready echo wire -N h1 echo 5000
	ok "works" connects 10.0.10.1
	is sockets gw10 warn
	[[ $(< "$TMP/check") == *"host: tcp 5000\""* ]] ||
		fail "which: $(< "$TMP/check")"
	fixed_by "$M"
	refused "it is closed" connects 10.0.10.1 2
	is sockets gw10 pass
	# The other gateway is not affected.
	fixes sockets gw20 warn
	rules flush ruleset
	rules add table inet f
	rules add chain inet f in \
		'{ type filter hook input priority 0; policy drop; }'
	is sockets gw10 pass
}

# bind_socket PROTOCOL ADDRESS PORT [DEVICE]: in h1, until the case ends
bind_socket()
{
	bg_ready "bound$3" ns h1 /usr/bin/python3 -c '
import socket
import sys
import time

types = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
s = socket.socket(socket.AF_INET, types[sys.argv[1]])
if len(sys.argv) > 4:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[4].encode())
s.bind((sys.argv[2], int(sys.argv[3])))
if sys.argv[1] == "tcp":
    s.listen()
print("ready", flush=True)
time.sleep(3600)
' "$@"
}

s32_check_sockets_udp()
{
	no_rules
	is sockets gw10 pass
	bind_socket tcp 127.0.0.1 5001
	bind_socket tcp 10.0.10.1 5002
	bind_socket tcp 0.0.0.0 5003 exit0
	bind_socket tcp 0.0.0.0 5004 gw20
	bind_socket udp 224.0.0.251 5005
	bind_socket udp 0.0.0.0 5006
	find_faults
	set_results sockets ""
	if [[ $R == *warn* ]]; then
		diag "this kernel does not report UDP sockets"
		results_are sockets gw10 warn
		[[ $(< "$TMP/check") == *"host: tcp 5002\""* ]] ||
			fail "which: $(< "$TMP/check")"
		[[ $(< "$TMP/check") == *"host: tcp 5002, 5004\""* ]] ||
			fail "of gw20: $(< "$TMP/check")"
	else
		results_are sockets gw10 warn
		[[ $(< "$TMP/check") == *"host: tcp 5002 udp 5006\""* ]] ||
			fail "which: $(< "$TMP/check")"
		[[ $(< "$TMP/check") == *"host: tcp 5002, 5004 udp 5006\""* ]] ||
			fail "of gw20: $(< "$TMP/check")"
	fi
	fixes sockets gw10 warn
}

# Names that are special to a shell
UNUSUAL=('g$(id)' "g'x" 'g"\x' 'g;x')

s32_check_strange_names()
{
	local name

	for name in "${UNUSUAL[@]}"; do
		ok "$name" ctl gateway add bridge br0 vlan 30 \
			address 10.0.30.1/24 name "$name"
		cause link set "$name" down
		fixes state "$name" warn
		ok "del" ctl gateway del dev "$name"
	done
}

metrics_agree()
{
	ctl metrics > "$TMP/metrics" &&
		ctl -j -s gateway show > "$TMP/gateways" &&
		ctl -j -s port show > "$TMP/ports" &&
		ctl -j endpoint show > "$TMP/endpoints" &&
		ctl -j peer show > "$TMP/peers" &&
		"$libdir/metrics.py" "$TMP/metrics" "$TMP/gateways" \
			"$TMP/ports" "$TMP/endpoints" "$TMP/peers"
}

peer_is_heard() { [[ $(ctl -j peer show) == *"$1"* ]]; }

s32_metrics()
{
	local m

	vm_add v9 h1 10 10.0.10.9
	undo ip netns del v9
	ok "a VM" commit
	ok "traffic" vm_ping v9 $SRV 3
	m=$(host_mac h1)
	fabric_send h1 "arp,$BCAST,$m,1,$m,0.0.0.0,$ZERO_MAC,10.0.10.11,v10"
	ok "an unusual name" ctl gateway add bridge br0 vlan 30 name 'g"\x' \
		mode observe
	undo anygwctl -n h1 gateway del dev 'g"\x'
	# Another host with another vMAC
	fabric_send h1 "beacon,0a:61:6e:99:00:01,60,02:00:00:00:00:09,v10"
	soon "it is received" 5 peer_is_heard 0a:61:6e:99:00:01
	soon "metrics and objects agree" 5 metrics_agree
	grep -q '^anygw_gateway_endpoints{ifname="gw10",bridge="br0",vlan="10"} 1' \
		"$TMP/metrics" || fail "endpoints: $(< "$TMP/metrics")"
	grep -q '^anygw_peer_differences{mac="0a:61:6e:99:00:01",bridge="br0",vlan="10"} [1-9]' \
		"$TMP/metrics" || fail "peers: $(< "$TMP/metrics")"
	grep -q '^anygw_gateway_captured_frames_total{ifname="gw10",bridge="br0",vlan="10"} [1-9]' \
		"$TMP/metrics" || fail "captured: $(< "$TMP/metrics")"
	grep -q '^anygw_gateway_dropped_frames_total{.*reason="own-host-mac"} [1-9]' \
		"$TMP/metrics" || fail "drops: $(< "$TMP/metrics")"
	equal "the end" "$(tail -n 1 "$TMP/metrics")" "# EOF"
	ok "no gateway, no port" anygwctl -n r1 metrics
	anygwctl -n r1 metrics > "$TMP/metrics"
	echo '[]' > "$TMP/gateways"
	ok "still readable" "$libdir/metrics.py" "$TMP/metrics" "$TMP/gateways" \
		"$TMP/gateways" "$TMP/gateways" "$TMP/gateways"
}

run_tests "$@"
