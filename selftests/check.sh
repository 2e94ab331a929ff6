#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All tests: the scenes in guests, those of this host beside them, then a live
# migration between guests.
#
#	check.sh [OPTIONS] [KERNEL...]
#
#	-a  every kind of bridge on every kernel, and longer random tests
#	-l  say what would run in guests: "KERNEL SCENE KIND TEST"
#
# KERNEL is 6.1, 6.12, debug, bare, noipv6 or live, by default all of them; or
# tree:PATH, which has debug's tests and none of this host. On all but those two, a
# test that is for all kinds of bridge runs with one of them, unless there is -a.
#
# Prints KTAP as results come; the last line is the summary. Each test's own
# output stays in results/.
set -u
. "$(dirname "$0")/vm/lib.sh"
. "$vm/ktap.sh"

# All there are; those of a scene that names none; those that spread the kinds
KERNELS="debug 6.12 6.1 bare noipv6 live"
USUAL="debug 6.12 6.1"
SPREADING="6.12 6.1 bare noipv6"
# Those whose guests take long to start; so many seconds of scenes share one
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

# One line for each result, numbered over everything that runs at a time.
emit()
{
	local word=$1 name=$2 number kind=passed

	exec 7>> "$state/lock"
	flock 7
	number=$(($(wc -l < "$state/all") + 1))
	[[ $name != *'# SKIP'* ]] || kind=skipped
	[ "$word" = ok ] || kind=failed
	echo "$kind" >> "$state/all"
	shift 2
	{
		[ $# = 0 ] || printf '%s\n' "$@"
		echo "$word $number $name"
	} | tee -a "$results/check.tap"
	exec 7>&-
}

# relay JUDGE PREFIX: reads results without numbers, and remarks before them.
# JUDGE gets each one's word and name; the remarks are in notes.
relay()
{
	local judge=$1 prefix=$2 line notes=()

	while IFS= read -r line; do
		case $line in
		"ok "*) "$judge" ok "${line#ok }" ;;
		"not ok "*) "$judge" "not ok" "${line#not ok }" ;;
		*)
			notes+=("$line")
			continue
			;;
		esac
		notes=()
	done
	[ ${#notes[@]} = 0 ] || printf '%s\n' "${notes[@]}"
}

# The judge for whom every verdict counts
at_once() { emit "$1" "$prefix$2" "${notes[@]}"; }

count() { grep -cx "$1" "$state/all"; }

# ---------------------------------------------------------------- second runs

# Under emulation on a busy machine a test can be late for its own reasons. One
# that fails is run once more when everything else is done, its whole scene
# alone in a new guest, and that verdict counts; the first one stays visible.
# What the kernel says (splats, leaks, leftovers, a dead guest) counts at once;
# and where many scenes fail, something is wrong with more than the time.
MAX_SECOND=4

# A test's name is one word; those of other results are sentences.
is_test() { [[ ! ${1%% #*} =~ :\ .*\  ]]; }

# A failed test waits for its scene's second run.
defer()
{
	if [ "$1" = ok ] || ! is_test "$2"; then
		at_once "$@"
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

	relay defer "${NAMES[$1]} "
}

# The tests that wait, and whatever else fails
settle()
{
	local name=${2%% #*}

	if [ "$1" != ok ] || [[ -n ${open[$name]:-} && $2 == *'# SKIP'* ]]; then
		at_once "$@"
	elif [ -n "${open[$name]:-}" ]; then
		at_once ok "$name # in its second run"
	fi
	unset "open[$name]"
}

# relay_second KERNEL SCENE: the second run of what failed in the first
relay_second()
{
	local name
	local -A open=()

	while IFS= read -r name; do
		open[$name]=1
	done < "$(failed_file "$1" "$2")"
	relay settle "${NAMES[$1]} "
	for name in "${!open[@]}"; do
		emit "not ok" "${NAMES[$1]} $name"
	done
}

# KERNEL SCENE: the names of what has failed
failed_file() { echo "$state/failed.${NAMES[$1]}.$(basename "$2" .sh)"; }

second_runs()
{
	local kernel scene n

	n=$(wc -l < "$state/second")
	while read -r kernel scene; do
		if [ "$n" -gt $MAX_SECOND ]; then
			relay_second "$kernel" "$scene" < /dev/null
		else
			guest_run second "$kernel" "$scene"
		fi
	done < "$state/second"
}

# ---------------------------------------------------------------- this host

# NAME SECONDS COMMAND...
host()
{
	local name=$1

	ktap_run "$name" "$results/host/$name.tap" "${@:2}" | relay at_once "host "
}

# The build comes last and takes what the guests leave: it is nice.
host_tests()
{
	host harness 600 "$vm/selftest.sh"
	host unit 600 make -s --no-print-directory -C "$top" unit
	host compat 3600 "$top/selftests/compat/compat.sh"
	host cli 600 "$top/tools/test/cli.sh"
	host netlink 3600 "$top/selftests/netlink.sh"
	host cloud 1800 "$top/selftests/build.sh" cloud-6.1 cloud-6.12
}

# ---------------------------------------------------------------- guests

# How long each guest took the last time: "KERNEL SCENE SECONDS"
times=$cache/times

# guest_time KERNEL SCENE: what is known, or else guessed
guest_time()
{
	local time

	time=$(awk -v kernel="$(alike "$1")" -v scene="$(basename "$2" .sh)" \
		'$1 == kernel && $2 == scene { print $3 }' "$times" 2> /dev/null)
	[ -n "$time" ] || time=$(header "$2" timeout)
	echo "${time:-300}"
}

# "SECONDS KERNEL SCENE", the longest first
guest_scenes()
{
	local scene kernel guests

	for scene in "$top"/selftests/net/*.sh; do
		guests=$(header "$scene" guests)
		guests="${guests:-$USUAL} $(header "$scene" also)"
		for kernel in "$@"; do
			[[ " $guests " != *" $(alike "$kernel") "* ]] ||
				echo "$(guest_time "$kernel" "$scene") $kernel $scene"
		done
	done | sort -s -k 1,1nr
}

# "SECONDS KERNEL SCENE...", the longest first: a guest for each scene, so that
# none finds what another left, and a kernel that dies takes one with it. But
# where a start is dear, short scenes share a guest.
guest_jobs()
{
	guest_scenes "$@" | awk -v dear="$EMULATED" -v most=$SHARED_SECONDS '
		index(" " dear " ", " " $2 " ") == 0 {
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
			scenes[i] = scenes[i] " " $3
		}
		END {
			for (i = 0; i < n; i++)
				print sum[i], kernel[i] scenes[i]
		}' | sort -s -k 1,1nr
}

# The kernel whose scenes a kernel has
alike()
{
	case $1 in
	tree:*) echo debug ;;
	*) echo "$1" ;;
	esac
}

# Whether tests run with one kind of bridge each: KERNEL
spreads() { [ -z "$all_kinds" ] && [[ " $SPREADING " == *" $1 "* ]]; }

# A scene that does not say its tests has one line.
list_scenes()
{
	local kernel scene name spread

	while read -r _ kernel scene; do
		name=$(basename "$scene" .sh)
		spread=
		! spreads "$kernel" || spread=1
		if grep -q '^run_scene "' "$scene"; then
			KERNEL=$(alike "$kernel") SPREAD=$spread "$scene" --list |
				sed "s|^|${NAMES[$kernel]} $name |"
		else
			echo "${NAMES[$kernel]} $name - -"
		fi
	done
}

# A guest keeps one core busy two thirds of the time, so that two for each core
# leave little idle; and it wants 2 GiB. Limits have room for that, see SLOW.
how_many()
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

# "live" is no kernel: its scene runs on this machine and boots the guests.
scenes_command()
{
	local options=(-n -o "$results/${NAMES[$1]}")

	[ -z "$cpu" ] || options+=(-c "$cpu")

	! spreads "$1" || options+=(-s)
	case $1 in
	live) ktap_run live "$results/live/check.tap" 1800 "$2" ;;
	*) "$vm/run" "${options[@]}" "$@" ;;
	esac
}

# first|second KERNEL SCENE... 125: a guest died, which "run" has reported.
guest_run()
{
	local time=$1 kernel=$2 name log rc

	shift
	name=$(basename "$2" .sh)
	log=$results/${NAMES[$kernel]}/$name.run
	scenes_command "$@" 2> "$log" < /dev/null | "relay_$time" "$@"
	rc=${PIPESTATUS[0]}
	[ "$rc" -lt 2 ] || [ "$rc" = 125 ] ||
		emit "not ok" "${NAMES[$kernel]} $name: could not run ($rc)" \
			"$(excerpt < "$log")"
	[ -s "$log" ] || rm -f "$log"
}

# Of scenes that share a guest, it knows itself how long each one took.
guest_job()
{
	local kernel=$1 scene name seconds start=$SECONDS

	guest_run first "$@"
	shift
	[ $# != 1 ] ||
		echo "$kernel $(basename "$1" .sh) $((SECONDS - start))" \
			>> "$results/times"
	for scene in "$@"; do
		name=$(basename "$scene" .sh)
		seconds=$results/${NAMES[$kernel]}/$name.seconds
		[ $# = 1 ] || [ ! -e "$seconds" ] ||
			echo "$kernel $name $(< "$seconds")" >> "$results/times"
		[ ! -e "$(failed_file "$kernel" "$scene")" ] ||
			echo "$kernel $scene" >> "$state/second"
	done
}

# For the next run's order
keep_times()
{
	[ -z "$all_kinds" ] && [ -s "$results/times" ] || return 0
	cat "$results/times" "$times" 2> /dev/null |
		awk '!seen[$1, $2]++' > "$times.$$" && mv "$times.$$" "$times"
}

# It is many guests itself, and the others are nice to it.
live_test() { guest_job live "$top/selftests/live/live.sh"; }

# NUMBER. They give way to the live migration, which is about time.
worker()
{
	local job cpu=$(($1 % $(nproc)))

	renice -n 19 "$BASHPID" > /dev/null
	while read -ra job < <(next_job) && [ ${#job[@]} != 0 ]; do
		guest_job "${job[@]:1}"
	done
}

# start NUMBER FUNCTION: so many of it, each in a process group of its own, see
# leave()
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

# Until all that were started have ended
finish()
{
	wait "${workers[@]}"
	workers=()
}

# KERNEL: which watchers a tree's kernel does not have
lost_options()
{
	local folder

	folder=$("$vm/setup.sh" built-tree "${1#tree:}") && [ -s "$folder/lost" ] ||
		return 0
	echo "# ${NAMES[$1]} does not have: $(paste -s -d ' ' "$folder/lost")" |
		tee -a "$results/check.tap"
}

# KERNEL: what "run" would build itself, once and before the rest
guest_build()
{
	local kernel=$1 name=${NAMES[$1]}

	# It is debug's.
	[ "$kernel" = noipv6 ] ||
		host "build-$name" 5400 "$top/selftests/build.sh" "$kernel"
	[[ $kernel != tree:* ]] || lost_options "$kernel"
	if "$vm/run" -t 300 "$kernel" -- true \
		> "$results/$name/first.log" 2>&1; then
		emit ok "$name boots"
		return 0
	fi
	excerpt < "$results/$name/first.log"
	emit "not ok" "$name boots"
	return 1
}

guest_tests()
{
	local kernel kernels=() n

	for kernel in "$@"; do
		[ "$kernel" != live ] || continue
		guest_build "$kernel" && kernels+=("$kernel")
	done
	guest_jobs "${kernels[@]}" > "$state/jobs"
	n=$(how_many)
	[[ " $* " != *" live "* ]] || start 1 live_test
	start "$n" worker
	finish
	start 1 second_runs
	finish
}

# ---------------------------------------------------------------- the whole

# The slowest ten tests. Time that travels is not counted, see lib/assertions.sh.
slowest()
{
	local kernel file

	echo "# the slowest tests, in seconds:"
	for kernel in "$@"; do
		for file in "$results/${NAMES[$kernel]}"/*.tap; do
			[ -e "$file" ] || continue
			sed -nE "s/^(not )?ok [0-9]+ ([^ ]+) # ([0-9]+) ms\$/\3 ${NAMES[$kernel]} $(basename "$file" .tap) \2/p" "$file"
		done
	done | sort -k 1,1nr | head -n 10 |
		awk '{ printf "#   %s %s: %s %.1f\n", $2, $3, $4, $1 / 1000 }'
}

all_kinds= list= cpu=
while getopts al option; do
	case $option in
	a) all_kinds=1 && export CHECK_ALL=1 ;;
	l) list=1 ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $KERNELS
# The kernels as "run" knows them, and the names of their results
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
	guest_scenes "$@" | list_scenes
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
# Those of this host are for all kernels but live, and those of others.
for kernel in "$@"; do
	if [[ $kernel != live && $kernel != tree:* ]]; then
		start 1 host_tests
		break
	fi
done
guest_tests "$@"
keep_times
echo "1..$(wc -l < "$state/all")" | tee -a "$results/check.tap"
slowest "$@" | tee -a "$results/check.tap"
passed=$(count passed) failed=$(count failed) skipped=$(count skipped)
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
