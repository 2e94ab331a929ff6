# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Run the test cases of a test. The test sets CASES, VARIANTS and setup(). A
# case for one variant only is written case@variant. LAST_CASE, if set, runs at
# the end of each variant. Arguments select cases: each is a variant or a part
# of the case's name. Instead of them,
#
#	--list	lists what would run: "VARIANT CASE"
#	--names	prints the cases as they are written in CASES
#
# With SPREAD set and no arguments, a case for all variants runs in one of them.
#
# The caller defines load, reap and tear_down, which run before setup(), after
# each case and after each variant.

# shellcheck source=assertions.sh
. "$(dirname "${BASH_SOURCE[0]}")/assertions.sh"

TEST_NAME=${0##*/}
TEST_NAME=${TEST_NAME%.sh}
VARIANT=none
LAST_CASE=

# The case runs in a subshell.
run_case()
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
	case_result "$name" $rc $((NOW - start))
}

# undo COMMAND...: run COMMAND when the case ends, in reverse order
UNDO=()
undo() { UNDO=("$(printf '%q ' "$@")" "${UNDO[@]}"); }

undo_all()
{
	local command

	for command in "${UNDO[@]}"; do
		eval "$command"
	done > /dev/null 2>&1
}

# case_result CASE STATUS MILLISECONDS: captures of a failed case are kept.
case_result()
{
	local name=$1_$VARIANT rc=$2 f took="$3 ms"

	[ "$VARIANT" != once ] || name=$1
	[ -z "$TIME_TRAVEL" ] || took="$took of time travel"
	done_cases=$((done_cases + 1))
	[ "$rc" = 4 ] || skipped_all=
	case $rc in
	0) echo "ok $done_cases $name # $took" ;;
	4) echo "ok $done_cases $name # SKIP $(< "$TMP/skip")" ;;
	*)
		failed=$((failed + 1))
		echo "not ok $done_cases $name"
		for f in "$TMP"/*.pcap; do
			[ ! -e "$f" ] || [ "$RESULTS" = "$TMP" ] ||
				cp "$f" "$RESULTS/$TEST_NAME-$name-${f##*/}"
		done
		;;
	esac
}

# is_selected CASE VARIANT WORD...
is_selected()
{
	local word

	for word in "${@:3}"; do
		[[ $1 == *"$word"* || $2 == "$word" ]] || return 1
	done
}

# Set SELECTED_VARIANTS to the variants of the cases that are for all of them.
# With SPREAD the name of the test selects one: each test always has the same
# variant, another one on 6.1 than elsewhere, and the variants are spread over
# the tests.
select_variants()
{
	local variants n

	SELECTED_VARIANTS=$VARIANTS
	[ -n "${SPREAD:-}" ] && [ $# = 0 ] || return 0
	read -r -a variants <<< "$VARIANTS"
	n=$(cksum <<< "$TEST_NAME")
	n=${n%% *}
	[ "$KERNEL" = 6.1 ] || n=$((n + ${#variants[@]} - 1))
	SELECTED_VARIANTS=${variants[n % ${#variants[@]}]}
}

# runs_in_variant VARIANT CASE: CASE as written in CASES
runs_in_variant()
{
	case $2 in
	*@*) [ "${2#*@}" = "$1" ] ;;
	*) [[ " $SELECTED_VARIANTS " == *" $1 "* ]] ;;
	esac
}

list_cases()
{
	local variant t some

	select_variants "$@"
	for variant in $VARIANTS; do
		some=
		for t in $CASES; do
			runs_in_variant "$variant" "$t" || continue
			t=${t%@*}
			is_selected "$t" "$variant" "$@" || continue
			some=1
			echo "$variant $t"
		done
		[ -z "$some" ] || [ -z "$LAST_CASE" ] || echo "$variant $LAST_CASE"
	done
}

# list_if_asked WORD...: whether a list was asked for and printed
list_if_asked()
{
	case ${1:-} in
	--list) list_cases "${@:2}" ;;
	--names) printf '%s\n' $CASES ;;
	*) return 1 ;;
	esac
	rm -rf "$TMP"
}

run_variant()
{
	local t up=0 start

	now_ms
	start=$NOW
	if load > "$TMP/setup.log" 2>&1 && setup >> "$TMP/setup.log" 2>&1; then
		up=1
		now_ms
		diag "$VARIANT is set up after $((NOW - start)) ms"
	else
		diag "setup failed: $(tail -n 20 "$TMP/setup.log")"
	fi
	for t in "$@"; do
		if [ $up = 1 ]; then
			run_case "$t"
		else
			case_result "$t" 1 0
		fi
	done
	tear_down
}

# run_variants [WORD...]: 0, 1 if a case failed, 4 if all were skipped
run_variants()
{
	local variant k t all cases

	done_cases=0 failed=0 skipped_all=1
	all=$(list_cases "$@")
	echo "1..$(wc -l <<< "$all")"
	for variant in $VARIANTS; do
		VARIANT=$variant
		cases=()
		while read -r k t; do
			[ "$k" != "$variant" ] || cases+=("$t")
		done <<< "$all"
		[ ${#cases[@]} = 0 ] || run_variant "${cases[@]}"
	done
	[ $failed = 0 ] || return 1
	[ -z "$skipped_all" ] || return 4
}
