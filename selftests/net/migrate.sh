#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 310
# also: bare
#
# A VM arrives: the gateway is announced to it (W12), the VM is announced to the
# fabric (W19), and its TCP session survives while the exit moves with it.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged tagged unaware"
CASES="w12_told_after_rarp w12_told_after_garp w12_told_after_first_frame
	w12_each_address_told w12_at_most_once_a_second
	w12_rehomed_from_another_gateway w12_told_after_a_takeover
	w19_unannounced_vm w19_silent_about_a_vm_that_speaks
	w19_tcp_announced_by_rarp w19_tcp_announced_by_garp
	w19_tcp_announced_by_nothing w19_tcp_between_vms
	w12_port_moves_with_its_link"

setup()
{
	topo 2 exits && gateways h1 h2 &&
		vm_add_mobile m1 10 10.0.10.14 h1 h2 &&
		vm_add v12 h2 10 10.0.10.12 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v21 h1 20 10.0.20.21 &&
		vm_add v15 h1 10 10.0.10.15 &&
		commit && set_names 10
}

M=52:54:00:00:0a:0e
TELLS=" in .*src=$VMAC dst=$M arp=2 sha=$VMAC spa=10\.0\.10\.1 .*tpa=10\.0\.10\.1 "

# check_announced FRAME: the announcements to the VM after a migration and FRAME
check_announced()
{
	locate_vm m1
	cap vm=m1/eth0 other=v12/eth0 near=v11/eth0 fab=$TO/fab0
	migrate_vm m1 $TO
	vm_send m1 "$1"
	await vm "the VM gets the announcement at once" "$TELLS"
	vm_mark other m1
	sleep_ms 300
	cap_end
	exactly vm 1 "announced once" "$TELLS"
	none other "announced to another VM" "arp=2 .*spa=10\.0\.10\.1 "
	none near "announced to another VM" "arp=2 .*spa=10\.0\.10\.1 "
	none fab "W2: an announcement on the fabric" "spa=10\.0\.10\.1 |src=$VMAC"
}

w12_told_after_rarp() { check_announced "rarp,$M"; }

w12_told_after_garp() { check_announced "garp,$M,10.0.10.14"; }

w12_told_after_first_frame() { check_announced "udp,$VMAC,$M,10.0.10.14,10.0.10.1,9"; }

w12_each_address_told()
{
	locate_vm m1
	ok "a second address" ip -n $TO address add 10.0.10.254/24 dev "$G"
	undo ip -n $TO address del 10.0.10.254/24 dev "$G"
	cap vm=m1/eth0
	migrate_vm m1 $TO
	vm_send m1 "rarp,$M"
	await vm "the first" "$TELLS"
	await vm "the second" "${TELLS//10\\.0\\.10\\.1 /10\\.0\\.10\\.254 }"
	cap_end
}

w12_at_most_once_a_second()
{
	local first=0 last=0 n=0 line t

	locate_vm m1
	cap vm=m1/eth0
	migrate_vm m1 $TO
	ok "many announcements" wire -N m1 send -n 30 -w 80000 "${VM_DEV[m1]}" \
		"rarp,$M"
	await vm "announced" "$TELLS"
	cap_end
	while read -r line; do
		[[ $line =~ ^t=([0-9]+)$TELLS ]] || continue
		t=${BASH_REMATCH[1]}
		# Under emulation one may be late and the next one on time.
		[ $((t - last)) -ge 700 ] ||
			fail "announced again after $((t - last)) ms"
		first=$((first ? first : t)) last=$t n=$((n + 1))
	done < "$TMP/vm.txt"
	more "a second each" $((last - first + 300)) $(((n - 1) * 1000))
}

# The VM arrives with a VRRP router's MAC in its cache, valid for long.
w12_rehomed_from_another_gateway()
{
	local vrrp=00:00:5e:00:01:0a

	locate_vm m1
	ok "its old gateway" ip -n m1 neigh replace 10.0.10.1 lladdr $vrrp \
		nud reachable dev "${VM_DEV[m1]}"
	# A neighbour entry can be updated after its lock time of a second.
	sleep_ms 1200
	migrate_vm m1 $TO
	vm_send m1 "rarp,$M"
	soon "re-homed" 1 neigh_is m1 "${VM_DEV[m1]}" 10.0.10.1 $VMAC
	ok "and out" vm_ping m1 $SRV
}

# While the gateway was standby, its VMs may have learned another one.
w12_told_after_a_takeover()
{
	local m=${VM_MAC[v11]} announce

	announce=" in .*src=$VMAC dst=$m arp=2 sha=$VMAC spa=10\.0\.10\.1 .*tpa=10\.0\.10\.1 "
	ok "a known VM" vm_ping v11 10.0.10.1
	# Announced when it arrived, so not again in the same second
	sleep_ms 1200
	cap vm=v11/eth0 fab=h1/fab0
	ok "down" ip -n h1 link set "$G" down
	undo ip -n h1 link set "$G" up
	ok "up" ip -n h1 link set "$G" up
	await vm "announced once it is up" "$announce"
	ok "standby" anygwctl -n h1 gateway set dev "$G" mode standby
	undo anygwctl -n h1 gateway set dev "$G" mode active
	ok "active" anygwctl -n h1 gateway set dev "$G" mode active
	await vm "announced once it is active" "$announce" 2
	cap_end
	none fab "W2: an announcement on the fabric" "spa=10\.0\.10\.1 |src=$VMAC"
}

RARPS=" out vlan=10 src=$M dst=$BCAST rarp=3 sha=$M "

w19_unannounced_vm()
{
	local near=v11

	locate_vm m1
	[ $TO = h1 ] || near=v12
	ok "it reaches its gateway" vm_ping m1 10.0.10.1
	cap fab=$TO/fab0 near=$near/eth0
	migrate_vm m1 $TO
	ok "it talks to the gateway alone" vm_ping m1 $SRV 5
	soon "the fabric has learned it" 2 switch_port_is $M 10 "p${TO#h}"
	cap_end
	exactly fab 1 "one RARP from the VM's MAC" "$RARPS"
	none fab "anything else from the VM" " out .*src=$M .*(ip=| arp=)"
	none near "the RARP at another VM" "src=$M .*rarp="
}

w19_silent_about_a_vm_that_speaks()
{
	locate_vm m1
	ok "it reaches its gateway" vm_ping m1 10.0.10.1
	cap fab=$TO/fab0
	migrate_vm m1 $TO
	vm_send m1 "garp,$M,10.0.10.14"
	ok "more" vm_ping m1 10.0.10.1 3
	sleep_ms 1300
	cap_end
	some fab "it announced itself" " out .*src=$M dst=$BCAST arp=1 "
	none fab "announced on top" "$RARPS"
}

# before_after EXIT1 EXIT2: the session leaves through EXIT1 first, then EXIT2
before_after()
{
	local last first out=' out .*ip=10\.0\.10\.14>'

	last=$(grep -E "$out" "$TMP/$1.txt" | tail -n 1)
	first=$(grep -m 1 -E "$out" "$TMP/$2.txt")
	last=${last%% *} first=${first%% *}
	[ -n "$last" ] || fail "nothing left by $1"
	[ -n "$first" ] || fail "nothing left by $2"
	[ "${last#t=}" -le "${first#t=}" ] ||
		fail "still out via $1 ($last) after $2 ($first)"
}

# tcp_survives FRAME...: a session with the server over a migration
tcp_survives()
{
	local stream

	locate_vm m1
	bg_ready echo wire -N srv echo 5000
	cap old=$FROM/exit0 new=$TO/exit0 fab1=h1/fab0 fab2=h2/fab0 vm=m1/eth0
	bg_ready stream wire -N m1 stream $SRV 5000 600
	stream=$BG
	await old "the stream runs" " out .*ip=10\.0\.10\.14>203.* tcp=" 30
	migrate_vm m1 $TO
	[ $# = 0 ] || vm_send m1 "$@"
	await new "it leaves via the new host" \
		" out .*ip=10\.0\.10\.14>203.* tcp=" 30
	soon "the fabric has learned it" 2 switch_port_is $M 10 "p${TO#h}"
	sleep_ms 500
	end "the session" "$stream"
	cap_end
	diag "$(tail -n 1 "$TMP/stream.out")"
	ok "no data is lost" grep -q ' ok$' "$TMP/stream.out"
	before_after old new
	none fab1 "W1: the vMAC on the fabric" "$VMAC"
	none fab2 "W1: the vMAC on the fabric" "$VMAC"
	none vm "W8: a host MAC at the VM" 0a:61:6e
}

w19_tcp_announced_by_rarp() { tcp_survives "rarp,$M"; }

w19_tcp_announced_by_garp() { tcp_survives "garp,$M,10.0.10.14"; }

# No carrier change and no announcement by the VM: only the RARP of the host
w19_tcp_announced_by_nothing()
{
	tcp_survives
	count "fab${TO#h}" "$RARPS"
	[ "$N" -ge 1 ] || fail "no RARP from $TO"
}

w19_tcp_between_vms()
{
	local stream

	locate_vm m1
	bg_ready echo wire -N v21 echo 5000
	cap peer=v21/eth0 fab1=h1/fab0 fab2=h2/fab0
	bg_ready stream wire -N m1 stream 10.0.20.21 5000 600
	stream=$BG
	await peer "the stream runs" " out .*tcp=5000>" 20
	migrate_vm m1 $TO
	vm_send m1 "rarp,$M"
	await peer "it goes on" " out .*tcp=5000>" $((N + 40))
	migrate_vm m1 $FROM
	vm_send m1 "rarp,$M"
	await peer "and back" " out .*tcp=5000>" $((N + 40))
	end "the session" "$stream"
	cap_end
	ok "no data is lost" grep -q ' ok$' "$TMP/stream.out"
	none fab1 "W1: the vMAC on the fabric" "$VMAC"
	none fab2 "W1: the vMAC on the fabric" "$VMAC"
}

# The whole port disappears: the VM sees its link flap.
w12_port_moves_with_its_link()
{
	local mac=${VM_MAC[v15]}

	ok "it works here" vm_ping v15 $SRV
	cap vm=v15/eth0 exit=h2/exit0 fab=h2/fab0
	ok "the port moves" ip -n h1 link set v15 netns h2
	in_netns h2 "link set v15 master $B up"
	port_vlan h2 v15 10
	ok "and joins" commit
	# The first reply may arrive before the fabric has the announcement.
	ok "it works there" vm_ping v15 $SRV 3
	some vm "announced by the reply to its request" \
		" in .*src=$VMAC dst=$mac arp=2 sha=$VMAC spa=10\.0\.10\.1 "
	soon "the fabric has learned it" 2 switch_port_is "$mac" 10 p2
	cap_end
	some exit "out there" " out .*ip=10\.0\.10\.15>203"
	none fab "the vMAC on the fabric" "$VMAC"
}

run_tests "$@"
