# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the scenes share: processes, captures, the run. A scene sets what
# runner.sh says, and ends with run_scene "$@". The networks are in
# topology.sh.
#
# Starting a process is what costs most in the guests, above all in User Mode
# Linux: so captures become lines of text that the shell matches by itself,
# and topologies are made by batches.

VMAC=02:61:6e:79:67:77
BCAST=ff:ff:ff:ff:ff:ff
ZERO_MAC=00:00:00:00:00:00
libdir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PIDS=()
CAPS=()

# shellcheck source=runner.sh
. "$libdir/runner.sh"
# shellcheck source=topology.sh
. "$libdir/topology.sh"

# ---------------------------------------------------------------- processes

# Under emulation it starts five times as fast.
jq() { gojq "$@"; }

ns()
{
	local space=$1

	shift
	nsenter --net="/run/netns/$space" "$@"
}

# bg NAME COMMAND...: in the background; BG is its process, its output is in
# $TMP/NAME.out and .err.
bg()
{
	local name=$1

	shift
	rm -f "$TMP/$name.out" "$TMP/$name.err"
	# The process itself, not a shell that waits for it.
	[ "$1" != ns ] || set -- nsenter --net="/run/netns/$2" "${@:3}"
	"$@" > "$TMP/$name.out" 2> "$TMP/$name.err" < /dev/null &
	BG=$!
	PIDS+=("$BG")
}

has_output_or_exited() { [ -s "$2" ] || ! kill -0 "$1"; }

# bg_ready NAME wire ...: the same, until it says that it is ready.
bg_ready()
{
	bg "$@"
	wait_until 10 has_output_or_exited "$BG" "$TMP/$1.out"
	[ -s "$TMP/$1.out" ] || fail "$1 is not ready: $(< "$TMP/$1.err")"
}

# end NAME PID: its own end, or by SIGTERM
end()
{
	kill "$2" 2> /dev/null
	wait "$2" || fail "$1: $(< "$TMP/$1.out") $(< "$TMP/$1.err")"
}

reap()
{
	local p

	for p in "${PIDS[@]}"; do
		kill "$p" 2> /dev/null
	done
	for p in "${PIDS[@]}"; do
		wait "$p" 2> /dev/null
	done
	PIDS=()
}

# ---------------------------------------------------------------- captures

# cap NAME=NETNS/DEVICE[/in|/out]...: until "cap_end", or the test's end
cap()
{
	bg_ready cap wire cap "$TMP" "$@"
	CAPS+=("$BG")
}

cap_end()
{
	local p

	for p in "${CAPS[@]}"; do
		end cap "$p"
	done
	CAPS=()
}

# mark_through CAPTURE NETNS DEVICE [SOURCE] [VLAN]: what was sent before on
# that way has been dealt with once the mark is through.
MARKS=100
mark_through()
{
	MARKS=$((MARKS + 1))
	ok "mark" wire -N "$2" send "$3" \
		"mark,${4:-52:54:00:0f:0f:0f},$MARKS${5:+,v$5}"
	await "$1" "mark" "$(printf 'type=88b5 load=%04x' $MARKS)"
}

# The same from a VM: CAPTURE VM
vm_mark() { mark_through "$1" "$2" "${VM_DEV[$2]}" "${VM_MAC[$2]}"; }

# From the fabric into one host, past the switch: HOST FRAME...
fabric_send()
{
	local host=$1

	shift
	ok "say on the fabric" wire -N sw send "p${host#h}" "$@"
}

# VM FRAME...
vm_send()
{
	local vm=$1

	shift
	ok "say in $vm" wire -N "$vm" send "${VM_DEV[$vm]}" "$@"
}

# ---------------------------------------------------------------- the module

loaded() { grep -q '^anygw ' /proc/modules; }

load() { loaded || insmod "$ANYGW_KO"; }

unload() { ! loaded || rmmod anygw; }

# Each kind ends with this one: rmmod with everything still configured.
w14_no_trace()
{
	local h

	ok "rmmod" unload
	loaded && fail "the module is still there"
	for h in "${SNAPSHOTS[@]}"; do
		[ -e "/run/netns/$h" ] || continue
		host_state "$h" > "$TMP/look.now"
		diff -u "$TMP/look-$h" "$TMP/look.now" > "$TMP/look.diff" ||
			fail "$h is not as it was:
$(< "$TMP/look.diff")"
	done
	return 0
}

# ---------------------------------------------------------------- parts

# What the guest's kernel is without, see vm/debug-um-bare.config. A scene says
# in NEEDS[part] which of its tests are nothing without it. A bridge that snoops
# and has no IPv6 forwards no multicast of it.
declare -A NEEDS=()
case $KERNEL in
bare) LACKS="ipv6 filters tc ipsec rules vrf macvlan multicast multipath bpf" ;;
noipv6) LACKS="ipv6 multicast6" ;;
*) LACKS= ;;
esac

kernel_lacks() { [[ " $LACKS " == *" $1 "* ]]; }

# Such tests are not in the plan, and the output says why.
drop_unsupported()
{
	local test part kept=

	for test in $CASES; do
		for part in $LACKS; do
			[[ " ${NEEDS[$part]:-} " == *[[:space:]]"${test%%@*}"[[:space:]]* ]] ||
				continue
			diag "left out, as $KERNEL is without $part: ${test%%@*}"
			continue 2
		done
		kept+=" $test"
	done
	CASES=$kept
}

# ---------------------------------------------------------------- the run

# Minutes pass at once where time travels.
need_time_travel()
{
	[ -n "$TIME_TRAVEL" ] ||
		skip "time does not travel in this kernel"
}

prepare_tools()
{
	command -v wire > /dev/null && return
	make -s -C "$libdir/.." OUT="$TMP" > /dev/null || return 1
	PATH=$TMP:$PATH
}

tear_down()
{
	reap
	netns_del_all
	unload
	rm -rf "$TMP"/look-* "$TMP"/*.pcap "$TMP"/*.txt "$TMP/soak"
}

run_tests()
{
	LAST_CASE=w14_no_trace
	! list_if_asked "$@" || exit 0
	trap 'tear_down 2> /dev/null; rm -rf "$TMP"' EXIT
	trap 'exit 1' INT TERM
	echo "TAP version 13"
	if ! prepare_tools || [ ! -e "${ANYGW_KO:-}" ]; then
		echo "1..0 # SKIP no helper, or ANYGW_KO is not set"
		exit 4
	fi
	setup_sysctls
	drop_unsupported
	run_variants "$@"
	exit
}
