# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Waiting and assertions. A failed assertion ends the test case.

set -u
export LC_ALL=C

KERNEL=${KERNEL:-unknown}
# How much slower than real hardware: timeouts and repeat counts depend on it.
case $KERNEL in
debug | bare | noipv6) SLOW=${SLOW:-4} ;;
*) SLOW=${SLOW:-6} ;;
esac
TMP=$(mktemp -d)
RESULTS=${RESULTS:-$TMP}
TIME_TRAVEL=
[[ $(< /proc/cmdline) != *time-travel* ]] || TIME_TRAVEL=1

# ---------------------------------------------------------------- waiting

# Nothing is written to this pipe: reading it with a timeout sleeps without
# starting a process.
mkfifo "$TMP/never"
exec {NEVER}<> "$TMP/never"

pause() { read -r -t 0.05 -u "$NEVER" || :; }

now_ms()
{
	NOW=$((${EPOCHREALTIME%.*} * 1000 + 10#${EPOCHREALTIME#*.} / 1000))
}

# wait_until SECONDS COMMAND...: SECONDS of real hardware, see SLOW
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

# sleep_ms MS: for rules that are about time (the second of W7, the rate of
# W12). Everything else waits for a condition.
sleep_ms()
{
	local seconds

	printf -v seconds '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
	read -r -t "$seconds" -u "$NEVER" || :
}

# ---------------------------------------------------------------- assertions

diag()
{
	local line

	while IFS= read -r line; do
		echo "# $line"
	done <<< "$*"
}

# Ends the test case, which runs in a subshell.
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

# ok WHAT COMMAND...: COMMAND succeeds
ok()
{
	local what=$1

	shift
	"$@" > "$TMP/ok.out" 2>&1 ||
		fail "$what: \`$*' failed: $(< "$TMP/ok.out")"
}

# refused WHAT COMMAND...: COMMAND fails
refused()
{
	local what=$1

	shift
	if "$@" > /dev/null 2>&1; then
		fail "$what: \`$*' succeeded"
	fi
}

# equal WHAT ACTUAL EXPECTED
equal()
{
	[ "$2" = "$3" ] || fail "$1: \`$2' instead of \`$3'"
}

# more WHAT ACTUAL LIMIT
more()
{
	[ "$2" -gt "$3" ] || fail "$1: $2 is not more than $3"
}

# soon WHAT SECONDS COMMAND...: COMMAND succeeds within SECONDS of real hardware
soon()
{
	local what=$1 time=$2

	shift 2
	wait_until "$time" "$@" || fail "$what: not within $time s: $*"
}

# ---------------------------------------------------------------- frames

# count CAPTURE PATTERN: set N to the number of matching frames. PATTERN is an
# extended regular expression for the lines of wire/decode.c.
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

# none CAPTURE WHAT PATTERN: no frame matches
none()
{
	count "$1" "$3"
	[ "$N" = 0 ] || fail "$2: $N frames on $1 match '$3':
$(show_frames "$1" "$3")"
}

# some CAPTURE WHAT PATTERN: at least one frame matches
some()
{
	count "$1" "$3"
	[ "$N" -gt 0 ] || fail "$2: nothing on $1 matches '$3'; it has
$(show_frames "$1" .)"
}

# exactly CAPTURE NUMBER WHAT PATTERN: NUMBER frames match
exactly()
{
	count "$1" "$4"
	[ "$N" = "$2" ] || fail "$3: $N frames, not $2, on $1 match '$4'; it has
$(show_frames "$1" .)"
}

# has_frames CAPTURE PATTERN [NUMBER]: whether at least NUMBER frames match
has_frames()
{
	count "$1" "$2"
	[ "$N" -ge "${3:-1}" ]
}

# await CAPTURE WHAT PATTERN [NUMBER]: wait until NUMBER frames match in a
# capture that is still running
await()
{
	wait_until 5 has_frames "$1" "$3" "${4:-1}" ||
		fail "$2: too few on $1 match '$3'; it has
$(show_frames "$1" .)"
}
