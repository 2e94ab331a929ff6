# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by all tests: processes, captures, the module. A test sets the
# variables described in runner.sh and ends with run_tests "$@". topology.sh
# builds the networks.
#
# Starting a process is expensive in the guests, most of all in User Mode Linux.
# So captures are written as text that the shell matches itself, and topologies
# are built with batches.

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

# gojq starts five times as fast under emulation.
jq() { gojq "$@"; }

ns()
{
	local netns=$1

	shift
	nsenter --net="/run/netns/$netns" "$@"
}

# bg NAME COMMAND...: run it in the background. Sets BG to its PID; the output
# is in $TMP/NAME.out and .err.
bg()
{
	local name=$1

	shift
	rm -f "$TMP/$name.out" "$TMP/$name.err"
	# BG must be the command, not a shell that waits for it.
	[ "$1" != ns ] || set -- nsenter --net="/run/netns/$2" "${@:3}"
	"$@" > "$TMP/$name.out" 2> "$TMP/$name.err" < /dev/null &
	BG=$!
	PIDS+=("$BG")
}

has_output_or_exited() { [ -s "$2" ] || ! kill -0 "$1"; }

# bg_ready NAME COMMAND...: the same, and wait for its first output
bg_ready()
{
	bg "$@"
	wait_until 10 has_output_or_exited "$BG" "$TMP/$1.out"
	[ -s "$TMP/$1.out" ] || fail "$1 is not ready: $(< "$TMP/$1.err")"
}

# end NAME PID: send SIGTERM and check the exit status
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

# cap NAME=NETNS/DEVICE[/in|/out]...: capture until cap_end or the end of the
# case
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

# mark_through CAPTURE NETNS DEVICE [SOURCE] [VLAN]: send a marker frame and
# wait for it in CAPTURE. All frames sent before it on that path have been
# processed then.
MARKS=100
mark_through()
{
	MARKS=$((MARKS + 1))
	ok "mark" wire -N "$2" send "$3" \
		"mark,${4:-52:54:00:0f:0f:0f},$MARKS${5:+,v$5}"
	await "$1" "mark" "$(printf 'type=88b5 load=%04x' $MARKS)"
}

# vm_mark CAPTURE VM
vm_mark() { mark_through "$1" "$2" "${VM_DEV[$2]}" "${VM_MAC[$2]}"; }

# fabric_send HOST FRAME...: send from the fabric into one host, past the switch
fabric_send()
{
	local host=$1

	shift
	ok "send from the fabric" wire -N sw send "p${host#h}" "$@"
}

# vm_send VM FRAME...
vm_send()
{
	local vm=$1

	shift
	ok "send from $vm" wire -N "$vm" send "${VM_DEV[$vm]}" "$@"
}

# ---------------------------------------------------------------- the module

loaded() { grep -q '^anygw ' /proc/modules; }

load() { loaded || insmod "$ANYGW_KO"; }

unload() { ! loaded || rmmod anygw; }

# The last case of each variant: rmmod with everything still configured
w14_no_trace()
{
	local h

	ok "rmmod" unload
	loaded && fail "the module is still loaded"
	for h in "${SNAPSHOTS[@]}"; do
		[ -e "/run/netns/$h" ] || continue
		host_state "$h" > "$TMP/state.now"
		diff -u "$TMP/state-$h" "$TMP/state.now" > "$TMP/state.diff" ||
			fail "$h is not as before:
$(< "$TMP/state.diff")"
	done
	return 0
}

# ---------------------------------------------------------------- kernel parts

# LACKS: the optional parts that the guest's kernel does not have, see
# vm/debug-um-bare.config. NEEDS[part] of a test lists the cases that need it. A
# bridge with snooping and without IPv6 does not forward IPv6 multicast.
declare -A NEEDS=()
case $KERNEL in
bare) LACKS="ipv6 filters tc ipsec rules vrf macvlan multicast multipath bpf" ;;
noipv6) LACKS="ipv6 multicast6" ;;
*) LACKS= ;;
esac

kernel_lacks() { [[ " $LACKS " == *" $1 "* ]]; }

# Cases that this kernel cannot run are not in the plan, and the output says
# why.
drop_unsupported()
{
	local test part kept=

	for test in $CASES; do
		for part in $LACKS; do
			[[ " ${NEEDS[$part]:-} " == *[[:space:]]"${test%%@*}"[[:space:]]* ]] ||
				continue
			diag "not run, $KERNEL has no $part: ${test%%@*}"
			continue 2
		done
		kept+=" $test"
	done
	CASES=$kept
}

# ---------------------------------------------------------------- the run

# With time travel idle time passes at once.
need_time_travel()
{
	[ -n "$TIME_TRAVEL" ] ||
		skip "this kernel has no time travel"
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
	rm -rf "$TMP"/state-* "$TMP"/*.pcap "$TMP"/*.txt "$TMP/soak"
}

run_tests()
{
	LAST_CASE=w14_no_trace
	! list_if_asked "$@" || exit 0
	trap 'tear_down 2> /dev/null; rm -rf "$TMP"' EXIT
	trap 'exit 1' INT TERM
	echo "TAP version 13"
	if ! prepare_tools || [ ! -e "${ANYGW_KO:-}" ]; then
		echo "1..0 # SKIP no helper program, or ANYGW_KO is not set"
		exit 4
	fi
	setup_sysctls
	drop_unsupported
	run_variants "$@"
	exit
}
