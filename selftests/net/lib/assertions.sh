# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests, how they wait and how they are judged. A scene sets TESTS, KINDS and
# setup(); a test that is for one kind alone is written test@kind, and LAST is
# the test that ends each kind, if there is one. Words on the command line
# choose: a kind, or a part of a test's name. Instead of words,
#
#	--list	says what would run: "KIND TEST"
#	--names	says what there is, as it is written in TESTS
#
# With SPREAD set, and no words, each test that is for all kinds runs with one of
# them.
#
# Who reads this in defines load, reap and tear_down: what comes before a
# kind's setup, after each test, and after the kind.

set -u
export LC_ALL=C

KERNEL=${KERNEL:-unknown}
# How much slower than a machine: time-outs grow, counts shrink with it.
case $KERNEL in
debug | bare | noipv6) SLOW=${SLOW:-4} ;;
*) SLOW=${SLOW:-6} ;;
esac
TMP=$(mktemp -d)
RESULTS=${RESULTS:-$TMP}
SCENE=${0##*/}
SCENE=${SCENE%.sh}
KIND=none
LAST=
TRAVELS=
[[ $(< /proc/cmdline) != *time-travel* ]] || TRAVELS=1

# ---------------------------------------------------------------- waiting

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

# ---------------------------------------------------------------- frames

# count CAPTURE PATTERN: how many frames match, into N. The pattern is an
# extended regular expression over lines as decode.c writes them.
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

# ---------------------------------------------------------------- the run

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

# Captures of a failed test are kept. Milliseconds are real ones.
verdict()
{
	local name=$1_$KIND rc=$2 f took="$3 ms"

	[ "$KIND" != once ] || name=$1
	[ -z "$TRAVELS" ] || took="$took of travelled time"
	done_tests=$((done_tests + 1))
	[ "$rc" = 4 ] || skipped_all=
	case $rc in
	0) echo "ok $done_tests $name # $took" ;;
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

# The kinds that a test for all of them runs with, into KINDS_OF_ALL. Where it is
# one, the scene's name says which: the kinds are spread over the scenes, a scene
# has the same one each time, and another one on 6.1 than elsewhere.
kinds_of_all()
{
	local kinds n

	KINDS_OF_ALL=$KINDS
	[ -n "${SPREAD:-}" ] && [ $# = 0 ] || return 0
	read -r -a kinds <<< "$KINDS"
	n=$(cksum <<< "$SCENE")
	n=${n%% *}
	[ "$KERNEL" = 6.1 ] || n=$((n + ${#kinds[@]} - 1))
	KINDS_OF_ALL=${kinds[n % ${#kinds[@]}]}
}

# runs_with KIND TEST: as it is written in TESTS
runs_with()
{
	case $2 in
	*@*) [ "${2#*@}" = "$1" ] ;;
	*) [[ " $KINDS_OF_ALL " == *" $1 "* ]] ;;
	esac
}

list_tests()
{
	local kind t some

	kinds_of_all "$@"
	for kind in $KINDS; do
		some=
		for t in $TESTS; do
			runs_with "$kind" "$t" || continue
			t=${t%@*}
			chosen "$t" "$kind" "$@" || continue
			some=1
			echo "$kind $t"
		done
		[ -z "$some" ] || [ -z "$LAST" ] || echo "$kind $LAST"
	done
}

# say_tests WORD...: whether that was all that was asked for
say_tests()
{
	case ${1:-} in
	--list) list_tests "${@:2}" ;;
	--names) printf '%s\n' $TESTS ;;
	*) return 1 ;;
	esac
	rm -rf "$TMP"
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

# run_kinds [WORD...]: 0, 1 when a test failed, 4 when all were skipped
run_kinds()
{
	local kind k t all tests

	done_tests=0 failed=0 skipped_all=1
	all=$(list_tests "$@")
	echo "1..$(wc -l <<< "$all")"
	for kind in $KINDS; do
		KIND=$kind
		tests=()
		while read -r k t; do
			[ "$k" != "$kind" ] || tests+=("$t")
		done <<< "$all"
		[ ${#tests[@]} = 0 ] || run_kind "${tests[@]}"
	done
	[ $failed = 0 ] || return 1
	[ -z "$skipped_all" ] || return 4
}
