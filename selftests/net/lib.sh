# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the scenes share: processes, verdicts, captures, the run. A scene sets
# TESTS, KINDS and setup(), and ends with run_scene "$@"; a test that is for
# one kind alone is written test@kind. Words on its command line choose: a
# kind, or a part of a test's name. The networks are in topology.sh.
#
# Starting a process is what costs most in the guests, above all in User Mode
# Linux: so captures become lines of text that the shell matches by itself,
# and topologies are made by batches.

set -u
export LC_ALL=C

VMAC=02:61:6e:79:67:77
BCAST=ff:ff:ff:ff:ff:ff
NOBODY=00:00:00:00:00:00
KERNEL=${KERNEL:-unknown}
# How much slower than a machine: time-outs grow, counts shrink with it.
case $KERNEL in
debug) SLOW=${SLOW:-4} ;;
*) SLOW=${SLOW:-6} ;;
esac
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TMP=$(mktemp -d)
RESULTS=${RESULTS:-$TMP}
SCENE=${0##*/}
SCENE=${SCENE%.sh}
KIND=none
PIDS=()
CAPS=()

# shellcheck source=topology.sh
. "$here/topology.sh"

# ---------------------------------------------------------------- processes

ns()
{
	local space=$1

	shift
	nsenter --net="/run/netns/$space" "$@"
}

# Nobody ever writes to this pipe: a pause without a process.
mkfifo "$TMP/never"
exec {NEVER}<> "$TMP/never"

pause() { read -r -t 0.05 -u "$NEVER" || :; }

now_ms()
{
	NOW=$((${EPOCHREALTIME%.*} * 1000 + 10#${EPOCHREALTIME#*.} / 1000))
}

# wait_until SECONDS COMMAND...: SECONDS as on a real machine.
wait_until()
{
	local end

	now_ms
	end=$((NOW + $1 * SLOW * 1000))
	shift
	until "$@" > /dev/null 2>&1; do
		now_ms
		[ "$NOW" -lt "$end" ] || return 1
		pause
	done
}

# elapse MS: for rules that speak of time itself (W7's second, W12's rate).
elapse()
{
	local seconds

	printf -v seconds '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
	read -r -t "$seconds" -u "$NEVER" || :
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

said_or_died() { [ -s "$2" ] || ! kill -0 "$1"; }

# bg_ready NAME wire ...: the same, until it says that it is ready.
bg_ready()
{
	bg "$@"
	wait_until 10 said_or_died "$BG" "$TMP/$1.out"
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

# ---------------------------------------------------------------- verdicts

diag()
{
	local line

	while IFS= read -r line; do
		echo "# $line"
	done <<< "$*"
}

# Ends the test: each one runs in a subshell.
fail()
{
	diag "FAIL: $*"
	exit 1
}

skip()
{
	echo "$*" > "$TMP/skip"
	exit 4
}

# Minutes pass at once where time travels.
travels()
{
	grep -q 'time-travel' /proc/cmdline ||
		skip "time does not travel in this kernel"
}

# ok WHAT COMMAND...
ok()
{
	local what=$1

	shift
	"$@" > "$TMP/ok.out" 2>&1 ||
		fail "$what: \`$*' failed: $(< "$TMP/ok.out")"
}

# refused WHAT COMMAND...: must fail
refused()
{
	local what=$1

	shift
	if "$@" > /dev/null 2>&1; then
		fail "$what: \`$*' succeeded"
	fi
}

# equal WHAT IS SHALL
equal()
{
	[ "$2" = "$3" ] || fail "$1: \`$2' instead of \`$3'"
}

# more WHAT IS THAN
more()
{
	[ "$2" -gt "$3" ] || fail "$1: $2 is not more than $3"
}

# soon WHAT SECONDS COMMAND...
soon()
{
	local what=$1 time=$2

	shift 2
	wait_until "$time" "$@" || fail "$what: not within $time s: $*"
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

# count CAPTURE PATTERN: how many frames match, into N. The pattern is an
# extended regular expression over lines as wire-decode.c writes them.
count()
{
	local lines line

	N=0
	mapfile -t lines < "$TMP/$1.txt"
	if [ ${#lines[@]} -gt 2000 ]; then
		N=$(grep -cE -e "$2" "$TMP/$1.txt")
		return 0
	fi
	for line in "${lines[@]}"; do
		[[ $line =~ $2 ]] && N=$((N + 1))
	done
	return 0
}

show_frames()
{
	grep -m 12 -E -e "$2" "$TMP/$1.txt"
}

# none CAPTURE WHAT PATTERN
none()
{
	count "$1" "$3"
	[ "$N" = 0 ] || fail "$2: $N frames on $1 match '$3':
$(show_frames "$1" "$3")"
}

some()
{
	count "$1" "$3"
	[ "$N" -gt 0 ] || fail "$2: nothing on $1 matches '$3'; it shows
$(show_frames "$1" .)"
}

# exactly CAPTURE NUMBER WHAT PATTERN
exactly()
{
	count "$1" "$4"
	[ "$N" = "$2" ] || fail "$3: $N frames, not $2, on $1 match '$4'; it shows
$(show_frames "$1" .)"
}

has_frames()
{
	count "$1" "$2"
	[ "$N" -ge "${3:-1}" ]
}

# Wait for a frame in a running capture: CAPTURE WHAT PATTERN [NUMBER]
await()
{
	wait_until 5 has_frames "$1" "$3" "${4:-1}" ||
		fail "$2: too few on $1 match '$3'; it shows
$(show_frames "$1" .)"
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
fabric_say()
{
	local host=$1

	shift
	ok "say on the fabric" wire -N sw send "p${host#h}" "$@"
}

# VM FRAME...
vm_say()
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
	for h in "${LOOKED[@]}"; do
		[ -e "/run/netns/$h" ] || continue
		look "$h" > "$TMP/look.now"
		diff -u "$TMP/look-$h" "$TMP/look.now" > "$TMP/look.diff" ||
			fail "$h is not as it was:
$(< "$TMP/look.diff")"
	done
	return 0
}

# ---------------------------------------------------------------- the run

prepare_tools()
{
	command -v wire > /dev/null && return
	make -s -C "$here" OUT="$TMP" > /dev/null || return 1
	PATH=$TMP:$PATH
}

tear_down()
{
	reap
	spaces_gone
	unload
	rm -rf "$TMP"/look-* "$TMP"/*.pcap "$TMP"/*.txt "$TMP/soak"
}

# The test runs in a subshell of its own.
run_test()
{
	local name=$1 start rc

	now_ms
	start=$NOW
	rm -f "$TMP"/*.pcap "$TMP"/*.txt
	(
		PIDS=()
		trap 'undo_all; reap' EXIT
		"$name"
	)
	rc=$?
	now_ms
	verdict "$name" $rc $((NOW - start))
}

# undo COMMAND...: at the test's end, last first
UNDO=()
undo() { UNDO=("$(printf '%q ' "$@")" "${UNDO[@]}"); }

undo_all()
{
	local command

	for command in "${UNDO[@]}"; do
		eval "$command"
	done > /dev/null 2>&1
}

# Captures of a failed test are kept.
verdict()
{
	local name=$1_$KIND rc=$2 f

	[ "$KIND" != once ] || name=$1
	done_tests=$((done_tests + 1))
	[ "$rc" = 4 ] || skipped_all=
	case $rc in
	0) echo "ok $done_tests $name # $3 ms" ;;
	4) echo "ok $done_tests $name # SKIP $(< "$TMP/skip")" ;;
	*)
		failed=$((failed + 1))
		echo "not ok $done_tests $name"
		for f in "$TMP"/*.pcap; do
			[ ! -e "$f" ] || [ "$RESULTS" = "$TMP" ] ||
				cp "$f" "$RESULTS/$SCENE-$name-${f##*/}"
		done
		;;
	esac
}

# chosen TEST KIND WORD...: each word says a kind or a part of the name
chosen()
{
	local word

	for word in "${@:3}"; do
		[[ $1 == *"$word"* || $2 == "$word" ]] || return 1
	done
}

list_tests()
{
	local kind t some

	for kind in $KINDS; do
		some=
		for t in $TESTS; do
			[[ $t != *@* || $t == *@$kind ]] || continue
			t=${t%@*}
			chosen "$t" "$kind" "$@" || continue
			some=1
			echo "$kind $t"
		done
		[ -z "$some" ] || echo "$kind w14_no_trace"
	done
}

run_kind()
{
	local t up=0 start

	now_ms
	start=$NOW
	if load > "$TMP/setup.log" 2>&1 && setup >> "$TMP/setup.log" 2>&1; then
		up=1
		now_ms
		diag "$KIND is set up after $((NOW - start)) ms"
	else
		diag "setup failed: $(tail -n 20 "$TMP/setup.log")"
	fi
	for t in "$@"; do
		if [ $up = 1 ]; then
			run_test "$t"
		else
			verdict "$t" 1 0
		fi
	done
	tear_down
}

run_scene()
{
	local kind t all tests

	done_tests=0 failed=0 skipped_all=1
	trap 'tear_down 2> /dev/null; rm -rf "$TMP"' EXIT
	trap 'exit 1' INT TERM
	echo "TAP version 13"
	if ! prepare_tools || [ ! -e "${ANYGW_KO:-}" ]; then
		echo "1..0 # SKIP no helper, or ANYGW_KO is not set"
		exit 4
	fi
	all=$(list_tests "$@")
	echo "1..$(wc -l <<< "$all")"
	ground_rules
	for kind in $KINDS; do
		KIND=$kind
		tests=()
		while read -r k t; do
			[ "$k" != "$kind" ] || tests+=("$t")
		done <<< "$all"
		[ ${#tests[@]} = 0 ] || run_kind "${tests[@]}"
	done
	[ $failed = 0 ] || exit 1
	[ -z "$skipped_all" ] || exit 4
	exit 0
}
