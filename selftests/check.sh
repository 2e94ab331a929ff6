#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run all tests: those in guests, those on this host and the live migration
# between guests, in parallel.
#
#	check.sh [OPTIONS] [KERNEL...]
#
#	-a  run every bridge variant on every kernel, and longer random tests
#	-l  list what would run in guests: "KERNEL TEST VARIANT CASE"
#
# KERNEL is 6.1, 6.12, debug, bare, noipv6 or live; the default is all of them.
# tree:PATH runs the tests of debug and none of this host. Without -a, a test
# case for all bridge variants runs in one of them, except on debug and
# tree:PATH.
#
# A test is an executable in selftests/net; it has test cases, each of which
# runs in one or more variants of the topology.
#
# KTAP is printed as results arrive; the last line is the summary. The output of
# each test is kept in results/.
set -u
. "$(dirname "$0")/vm/lib.sh"
. "$vm/ktap.sh"

# All kernels; the default of "# guests:"; those that spread the variants
KERNELS="debug 6.12 6.1 bare noipv6 live"
USUAL="debug 6.12 6.1"
SPREADING="6.12 6.1 bare noipv6"
# Emulated guests boot slowly: tests that take less than SHARED_SECONDS
# together share one.
EMULATED="6.12 6.1"
SHARED_SECONDS=240

results=$top/results
state=$(mktemp -d)
workers=()

leave()
{
	local rc=$?

	trap - EXIT INT TERM HUP
	[ ${#workers[@]} = 0 ] || kill -- "${workers[@]/#/-}" 2> /dev/null
	wait
	rm -rf "$state"
	exit $rc
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# ---------------------------------------------------------------- results

# emit WORD NAME [NOTE...]: print a numbered result. Callers run in parallel.
emit()
{
	local word=$1 name=$2 number outcome=passed

	exec 7>> "$state/lock"
	flock 7
	number=$(($(wc -l < "$state/all") + 1))
	[[ $name != *'# SKIP'* ]] || outcome=skipped
	[ "$word" = ok ] || outcome=failed
	echo "$outcome" >> "$state/all"
	shift 2
	{
		[ $# = 0 ] || printf '%s\n' "$@"
		echo "$word $number $name"
	} | tee -a "$results/check.tap"
	exec 7>&-
}

# relay HANDLER PREFIX: read results without numbers, each after its
# diagnostics. HANDLER is called with word and name; the diagnostics are in
# "notes".
relay()
{
	local handler=$1 prefix=$2 line notes=()

	while IFS= read -r line; do
		case $line in
		"ok "*) "$handler" ok "${line#ok }" ;;
		"not ok "*) "$handler" "not ok" "${line#not ok }" ;;
		*)
			notes+=("$line")
			continue
			;;
		esac
		notes=()
	done
	[ ${#notes[@]} = 0 ] || printf '%s\n' "${notes[@]}"
}

# The handler that reports every result
emit_result() { emit "$1" "$prefix$2" "${notes[@]}"; }

count() { grep -cx "$1" "$state/all"; }

# ---------------------------------------------------------------- second runs

# Emulated guests on a busy host can exceed time limits. A test with a failed
# case runs a second time when everything else is done, alone in a new guest.
# The second result counts; the first one stays in the log. Splats, leaks,
# leftovers and dead guests count at once, and there is no second run at all
# when more than MAX_SECOND tests have failed.
MAX_SECOND=4

# The name of a test case is one word; other results are sentences.
is_test_case() { [[ ! ${1%% #*} =~ :\ .*\  ]]; }

# Put a failed case off until the second run.
first_result()
{
	if [ "$1" = ok ] || ! is_test_case "$2"; then
		emit_result "$@"
		return
	fi
	printf '%s\n' "${notes[@]}" \
		"# $prefix$2: failed, runs again later" |
		tee -a "$results/check.tap"
	echo "$2" >> "$(failed_file "$kernel" "${2%%:*}")"
}

# relay_first KERNEL: a guest's first run
relay_first()
{
	local kernel=$1

	relay first_result "${NAMES[$1]} "
}

# Report the cases that were put off, and any other failure.
second_result()
{
	local name=${2%% #*}

	if [ "$1" != ok ] || [[ -n ${open[$name]:-} && $2 == *'# SKIP'* ]]; then
		emit_result "$@"
	elif [ -n "${open[$name]:-}" ]; then
		emit_result ok "$name # in its second run"
	fi
	unset "open[$name]"
}

# relay_second KERNEL TEST: the second run
relay_second()
{
	local name
	local -A open=()

	while IFS= read -r name; do
		open[$name]=1
	done < "$(failed_file "$1" "$2")"
	relay second_result "${NAMES[$1]} "
	for name in "${!open[@]}"; do
		emit "not ok" "${NAMES[$1]} $name"
	done
}

# failed_file KERNEL TEST: the file of the failed cases
failed_file() { echo "$state/failed.${NAMES[$1]}.$(basename "$2" .sh)"; }

second_runs()
{
	local kernel test n

	n=$(wc -l < "$state/second")
	while read -r kernel test; do
		if [ "$n" -gt $MAX_SECOND ]; then
			relay_second "$kernel" "$test" < /dev/null
		else
			guest_run second "$kernel" "$test"
		fi
	done < "$state/second"
}

# ---------------------------------------------------------------- this host

# host NAME SECONDS COMMAND...
host()
{
	local name=$1

	ktap_run "$name" "$results/host/$name.tap" "${@:2}" | relay emit_result "host "
}

# The build comes last; it runs with nice.
host_tests()
{
	host harness 600 "$vm/selftest.sh"
	host unit 600 make -s --no-print-directory -C "$top" unit
	host compat 3600 "$top/selftests/compat/compat.sh"
	host cli 600 "$top/tools/test/cli.sh"
	host netlink 3600 "$top/selftests/netlink.sh"
	host layers 600 "$top/selftests/layers.sh"
	host words 600 "$top/selftests/words.sh"
	host docs 600 "$top/selftests/docs.sh"
	host cloud 1800 "$top/selftests/build.sh" cloud-6.1 cloud-6.12
}

# ---------------------------------------------------------------- guests

# The duration of each guest's last run: "KERNEL TEST SECONDS"
times=$cache/times

# guest_time KERNEL TEST: the last duration, or the test's time limit
guest_time()
{
	local time

	time=$(awk -v kernel="$(kernel_class "$1")" -v test="$(basename "$2" .sh)" \
		'$1 == kernel && $2 == test { print $3 }' "$times" 2> /dev/null)
	[ -n "$time" ] || time=$(header "$2" timeout)
	echo "${time:-300}"
}

# Print "SECONDS KERNEL TEST", longest first.
guest_tests()
{
	local test kernel guests

	for test in "$top"/selftests/net/*.sh; do
		guests=$(header "$test" guests)
		guests="${guests:-$USUAL} $(header "$test" also)"
		for kernel in "$@"; do
			[[ " $guests " != *" $(kernel_class "$kernel") "* ]] ||
				echo "$(guest_time "$kernel" "$test") $kernel $test"
		done
	done | sort -s -k 1,1nr
}

# Print "SECONDS KERNEL TEST...", longest first, a line for each guest. Each
# test has its own guest, so that tests cannot affect one another and a kernel
# crash ends only one. On emulated kernels short tests share a guest.
guest_jobs()
{
	guest_tests "$@" | awk -v slow_boot="$EMULATED" -v most=$SHARED_SECONDS '
		index(" " slow_boot " ", " " $2 " ") == 0 {
			print
			next
		}
		{
			for (i = 0; i < n; i++)
				if (kernel[i] == $2 && sum[i] + $1 <= most)
					break
			if (i == n)
				kernel[n++] = $2
			sum[i] += $1
			tests[i] = tests[i] " " $3
		}
		END {
			for (i = 0; i < n; i++)
				print sum[i], kernel[i] tests[i]
		}' | sort -s -k 1,1nr
}

# kernel_class KERNEL: a source tree runs the tests of debug.
kernel_class()
{
	case $1 in
	tree:*) echo debug ;;
	*) echo "$1" ;;
	esac
}

# spreads_variants KERNEL: whether each case runs in one variant only
spreads_variants() { [ -z "$all_variants" ] && [[ " $SPREADING " == *" $1 "* ]]; }

# A test without a list of cases has one line.
list_test_cases()
{
	local kernel test name spread

	while read -r _ kernel test; do
		name=$(basename "$test" .sh)
		spread=
		! spreads_variants "$kernel" || spread=1
		if grep -q '^run_tests "' "$test"; then
			KERNEL=$(kernel_class "$kernel") SPREAD=$spread "$test" --list |
				sed "s|^|${NAMES[$kernel]} $name |"
		else
			echo "${NAMES[$kernel]} $name - -"
		fi
	done
}

# A guest keeps a core busy two thirds of the time, so two for each core leave
# little idle time. It needs 2 GiB. SLOW extends the time limits accordingly.
max_guests()
{
	local guests memory

	guests=$(($(nproc) * 2))
	memory=$(awk '/^MemAvailable:/ { print int($2 / 3000000) }' /proc/meminfo)
	echo $((memory < 1 ? 1 : memory < guests ? memory : guests))
}

next_job()
{
	(
		flock 7
		head -n 1 "$state/jobs"
		sed -i 1d "$state/jobs"
	) 7>> "$state/jobs.lock"
}

# "live" is not a kernel: the test runs on this host and boots its guests.
test_command()
{
	local options=(-n -o "$results/${NAMES[$1]}")

	[ -z "$cpu" ] || options+=(-c "$cpu")

	! spreads_variants "$1" || options+=(-s)
	case $1 in
	live) ktap_run live "$results/live/check.tap" 1800 "$2" ;;
	*) "$vm/run" "${options[@]}" "$@" ;;
	esac
}

# guest_run first|second KERNEL TEST...
# Exit status 125: the guest died, and "run" has reported it.
guest_run()
{
	local time=$1 kernel=$2 name log rc

	shift
	name=$(basename "$2" .sh)
	log=$results/${NAMES[$kernel]}/$name.run
	test_command "$@" 2> "$log" < /dev/null | "relay_$time" "$@"
	rc=${PIPESTATUS[0]}
	[ "$rc" -lt 2 ] || [ "$rc" = 125 ] ||
		emit "not ok" "${NAMES[$kernel]} $name: could not run ($rc)" \
			"$(excerpt < "$log")"
	[ -s "$log" ] || rm -f "$log"
}

# Tests that share a guest have their durations measured in the guest.
guest_job()
{
	local kernel=$1 test name seconds start=$SECONDS

	guest_run first "$@"
	shift
	[ $# != 1 ] ||
		echo "$kernel $(basename "$1" .sh) $((SECONDS - start))" \
			>> "$results/times"
	for test in "$@"; do
		name=$(basename "$test" .sh)
		seconds=$results/${NAMES[$kernel]}/$name.seconds
		[ $# = 1 ] || [ ! -e "$seconds" ] ||
			echo "$kernel $name $(< "$seconds")" >> "$results/times"
		[ ! -e "$(failed_file "$kernel" "$test")" ] ||
			echo "$kernel $test" >> "$state/second"
	done
}

# Keep the durations for the order of the next run.
keep_times()
{
	[ -z "$all_variants" ] && [ -s "$results/times" ] || return 0
	cat "$results/times" "$times" 2> /dev/null |
		awk '!seen[$1, $2]++' > "$times.$$" && mv "$times.$$" "$times"
}

# The live migration boots several guests and measures time, so all other guests
# run with nice.
live_test() { guest_job live "$top/selftests/live/live.sh"; }

# worker NUMBER
worker()
{
	local job cpu=$(($1 % $(nproc)))

	renice -n 19 "$BASHPID" > /dev/null
	while read -ra job < <(next_job) && [ ${#job[@]} != 0 ]; do
		guest_job "${job[@]:1}"
	done
}

# start NUMBER FUNCTION: run NUMBER of it in the background. Each has its own
# process group, for leave().
start()
{
	local i

	set -m
	for ((i = 0; i < $1; i++)); do
		"$2" "$i" < /dev/null &
		workers+=($!)
	done
	set +m
}

finish()
{
	wait "${workers[@]}"
	workers=()
}

# missing_options KERNEL: the debug options that the kernel of a tree lacks
missing_options()
{
	local folder

	folder=$("$vm/setup.sh" built-tree "${1#tree:}") && [ -s "$folder/lost" ] ||
		return 0
	echo "# options that ${NAMES[$1]} lacks: $(paste -s -d ' ' "$folder/lost")" |
		tee -a "$results/check.tap"
}

# guest_build KERNEL: build once, before any guest needs it.
guest_build()
{
	local kernel=$1 name=${NAMES[$1]}

	# noipv6 uses the module of debug.
	[ "$kernel" = noipv6 ] ||
		host "build-$name" 5400 "$top/selftests/build.sh" "$kernel"
	[[ $kernel != tree:* ]] || missing_options "$kernel"
	if "$vm/run" -t 300 "$kernel" -- true \
		> "$results/$name/first.log" 2>&1; then
		emit ok "$name boots"
		return 0
	fi
	excerpt < "$results/$name/first.log"
	emit "not ok" "$name boots"
	return 1
}

run_guests()
{
	local kernel kernels=() n

	for kernel in "$@"; do
		[ "$kernel" != live ] || continue
		guest_build "$kernel" && kernels+=("$kernel")
	done
	guest_jobs "${kernels[@]}" > "$state/jobs"
	n=$(max_guests)
	[[ " $* " != *" live "* ]] || start 1 live_test
	start "$n" worker
	finish
	start 1 second_runs
	finish
}

# ---------------------------------------------------------------- main

# The ten slowest cases. Those under time travel have no duration, see
# case_result() in net/lib/runner.sh.
slowest()
{
	local kernel file

	echo "# the slowest test cases, in seconds:"
	for kernel in "$@"; do
		for file in "$results/${NAMES[$kernel]}"/*.tap; do
			[ -e "$file" ] || continue
			sed -nE "s/^(not )?ok [0-9]+ ([^ ]+) # ([0-9]+) ms\$/\3 ${NAMES[$kernel]} $(basename "$file" .tap) \2/p" "$file"
		done
	done | sort -k 1,1nr | head -n 10 |
		awk '{ printf "#   %s %s: %s %.1f\n", $2, $3, $4, $1 / 1000 }'
}

all_variants= list= cpu=
while getopts al option; do
	case $option in
	a) all_variants=1 && export CHECK_ALL=1 ;;
	l) list=1 ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $KERNELS
# The name of each kernel's results
declare -A NAMES=()
kernels=()
for kernel in "$@"; do
	if [[ $kernel == tree:* ]]; then
		path=$(tree_path "${kernel#tree:}") || exit 2
		kernel=tree:$path
	fi
	NAMES[$kernel]=$(kernel_name "$kernel") || exit 2
	kernels+=("$kernel")
done
set -- "${kernels[@]}"
if [ -n "$list" ]; then
	guest_tests "$@" | list_test_cases
	exit
fi
"$vm/setup.sh" packages || exit 1
for name in $KERNELS host "${NAMES[@]}"; do
	rm -rf "${results:?}/$name"
done
rm -f "$results"/{check.tap,times}
mkdir -p "$results/host" "${NAMES[@]/#/$results/}"
: > "$state/all"
: > "$state/second"
echo "TAP version 13" | tee "$results/check.tap"
# Tests of this host run with any kernel but live and source trees.
for kernel in "$@"; do
	if [[ $kernel != live && $kernel != tree:* ]]; then
		start 1 host_tests
		break
	fi
done
run_guests "$@"
keep_times
echo "1..$(wc -l < "$state/all")" | tee -a "$results/check.tap"
slowest "$@" | tee -a "$results/check.tap"
passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
