#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 350
#
# Three hosts, eight VMs at random, TCP and UDP between them and to the server,
# and one migration after the other, announced in one of three ways. All fabric
# ports and all VMs are captured all the time.
#
# SOAK_SEED repeats a run, SOAK_SECONDS makes it longer.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged tagged unaware"
CASES="soak_runs w01_soak_no_vmac_on_the_fabric
	w02_soak_no_gateway_on_the_fabric w06_soak_one_gateway_for_all
	w08_soak_no_host_mac_at_a_vm w10_soak_nothing_twice
	w19_soak_no_session_lost"
SECONDS_EACH=${SOAK_SECONDS:-12}
SEED=${SOAK_SEED:-$((EPOCHSECONDS % 32768))}
VMS="m1 m2 m3 m4 m5 m6 m7 m8"

pick() { PICK=${*:$((RANDOM % $# + 1)):1}; }

setup()
{
	local vm v hosts

	RANDOM=$SEED
	diag "seed $SEED"
	topo 3 exits && gateways h1 h2 h3 || return 1
	for vm in $VMS; do
		pick 10 20
		v=$PICK
		pick "h1 h2 h3" "h2 h3 h1" "h3 h1 h2"
		hosts=$PICK
		# shellcheck disable=SC2086
		vm_add_mobile $vm $v 10.0.$v.10${vm#m} $hosts || return 1
	done
	commit
}

# start_flows: each VM has an echo server and a sink, and sends to another VM
start_flows()
{
	local vm to peers flow=0

	for to in srv $VMS; do
		bg_ready "echo-$to" wire -N "$to" echo 5000
		bg_ready "sink-$to" wire -N "$to" sink 7000
		SINKS[$to]=$BG
	done
	for vm in $VMS; do
		flow=$((flow + 1))
		peers=${VMS/$vm/}
		# shellcheck disable=SC2086
		pick srv $peers
		to=$SRV
		[ "$PICK" = srv ] || to=${VM_IP[$PICK]}
		bg_ready "tcp-$vm" wire -N "$vm" stream "$to" 5000 6000
		STREAMS[$vm]=$BG
		# shellcheck disable=SC2086
		pick srv $peers
		to=$SRV
		[ "$PICK" = srv ] || to=${VM_IP[$PICK]}
		bg "udp-$vm" wire -N "$vm" source "$to" 7000 $flow 1000000 20000
		SOURCES[$vm]=$BG
	done
}

migrate_one()
{
	local vm to

	# shellcheck disable=SC2086
	pick $VMS
	vm=$PICK
	# shellcheck disable=SC2046
	pick $(printf '%s\n' h1 h2 h3 | grep -v "${VM_HOST[$vm]}")
	to=$PICK
	migrate_vm "$vm" "$to"
	pick rarp garp nothing
	case $PICK in
	rarp) vm_send "$vm" "rarp,${VM_MAC[$vm]}" ;;
	garp) vm_send "$vm" "garp,${VM_MAC[$vm]},${VM_IP[$vm]}" ;;
	esac
	echo "$vm $to $PICK" >> "$TMP/soak/moves"
	# A silent VM that another one waits for needs time to be resolved.
	soon "$vm is resolved at $to" 10 switch_port_is "${VM_MAC[$vm]}" \
		"${VM_VLAN[$vm]}" "p${to#h}"
	held_gateway "$vm"
}

# The VM's own entry, which may be missing for a moment
held_gateway()
{
	local vm=$1 line

	line=$(ip -n "$vm" neigh show to "${VM_IP[$vm]%.*}.1")
	[[ $line != *lladdr* || $line == *"lladdr $VMAC "* ]] ||
		fail "$vm holds $line"
}

soak_runs()
{
	local vm caps=() end
	local -A SINKS STREAMS SOURCES

	RANDOM=$SEED
	mkdir "$TMP/soak"
	for vm in $VMS; do
		caps+=("$vm=$vm/eth0")
	done
	bg_ready soak wire cap "$TMP/soak" fab1=h1/fab0 fab2=h2/fab0 \
		fab3=h3/fab0 "${caps[@]}"
	local capture=$BG
	start_flows
	now_ms
	end=$((NOW + SECONDS_EACH * 1000))
	while [ "$NOW" -lt $end ]; do
		migrate_one
		now_ms
	done
	for vm in $VMS; do
		kill "${SOURCES[$vm]}" "${STREAMS[$vm]}"
	done
	for vm in $VMS; do
		wait "${STREAMS[$vm]}"
		wait "${SOURCES[$vm]}"
		cat "$TMP/tcp-$vm.out" "$TMP/tcp-$vm.err" |
			sed "s/^/$vm /" >> "$TMP/soak/streams"
		held_gateway "$vm"
	done
	sleep_ms 500
	for vm in srv $VMS; do
		end sink "${SINKS[$vm]}"
		sed -n "s/^flow/at $vm &/p" "$TMP/sink-$vm.out" >> "$TMP/soak/flows"
	done
	end capture "$capture"
	diag "$(wc -l < "$TMP/soak/moves") migrations," \
		"$(cat "$TMP"/soak/*.txt | wc -l) frames seen"
}

# never FILES WHAT PATTERN: there are frames, but none matches
never()
{
	local f n

	for f in $1; do
		[ -e "$TMP/soak/$f.txt" ] || fail "there is no capture $f"
		n=$(grep -c ' ip=' "$TMP/soak/$f.txt")
		[ "$n" -gt 20 ] || fail "only $n packets on $f"
		n=$(grep -cE -e "$3" "$TMP/soak/$f.txt")
		[ "$n" = 0 ] || {
			cp "$TMP/soak/$f.pcap" "$RESULTS/"
			fail "$2: $n frames on $f:
$(grep -m 8 -E -e "$3" "$TMP/soak/$f.txt")"
		}
	done
}

FABS="fab1 fab2 fab3"

w01_soak_no_vmac_on_the_fabric()
{
	never "$FABS" "the vMAC" "(src|sha|dst|tha)=$VMAC"
}

w02_soak_no_gateway_on_the_fabric()
{
	never "$FABS" "a gateway address" "spa=10\.0\.(10|20)\.1 "
}

w06_soak_one_gateway_for_all()
{
	never "$VMS" "another gateway" \
		" in .*sha=(52|0a|[1-9a-f]).* spa=10\.0\.(10|20)\.1 "
	never "$VMS" "not from the vMAC" " in .*src=[^0].* ttl=6[0-3] "
}

w08_soak_no_host_mac_at_a_vm()
{
	never "$VMS" "a host MAC" 0a:61:6e
	never "$VMS" "a probe" " in .*spa=0\.0\.0\.0 "
}

w10_soak_nothing_twice()
{
	local n

	n=$(grep -c '' "$TMP/soak/flows")
	equal "flows that arrived" "$n" 8
	if grep -v 'twice 0$' "$TMP/soak/flows" > "$TMP/soak/twice"; then
		fail "delivered twice: $(< "$TMP/soak/twice")"
	fi
	diag "$(< "$TMP/soak/flows")"
}

w19_soak_no_session_lost()
{
	local n

	n=$(grep -c ' ok$' "$TMP/soak/streams")
	[ "$n" = 8 ] || fail "$((8 - n)) sessions lost: $(< "$TMP/soak/streams")"
	diag "$(grep stall "$TMP/soak/streams")"
}

run_tests "$@"
