#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs inside a guest: tests.sh TEST...
#
# After each test the kernel log is searched for splats, and leftovers are
# reported and removed. At the end kmemleak, lockdep and the taint flags are
# checked. CONTROL, if set, has their reports of the same kernel without the
# module (see control.sh).
set -u
vm=$(cd "$(dirname "$0")" && pwd)
. "$vm/lib.sh"
. "$vm/ktap.sh"
. "$vm/kernel.sh"

all=$RESULTS
label=$(basename "$1" .sh)
failed=0

report_failure()
{
	result "not ok" "$1"
	failed=1
}

# ---------------------------------------------------------------- leftovers

# All user processes except our own, which are one process group. "timeout" runs
# a test in another process group.
processes()
{
	local file line name ppid group ours

	read -r line < /proc/$$/stat
	read -r _ _ ours _ <<< "${line##*) }"
	for file in /proc/[0-9]*/stat; do
		read -r line 2> /dev/null < "$file" || continue
		name=${line#*(}
		read -r _ ppid group _ <<< "${line##*) }"
		[ "$ppid" = 2 ] || [ "$group" = "$ours" ] ||
			[ "$group" = 0 ] ||
			echo "process ${line%% *} ${name%)*}"
	done
}

list_state()
{
	local link netns

	processes
	for link in /sys/class/net/*; do
		[ -d "$link" ] && echo "device ${link##*/}"
	done
	for netns in /run/netns/*; do
		[ -e "$netns" ] && echo "namespace ${netns##*/}"
	done
	grep -q '^anygw ' /proc/modules && echo "module anygw"
	return 0
}

list_leftovers() { list_state | grep -vxFf /run/list_state; }

no_leftovers() { [ -z "$(list_leftovers)" ]; }

remove_leftovers()
{
	local what thing rest

	list_leftovers > /run/left
	while read -r what thing rest; do
		case $what in
		process) kill -KILL "$thing" ;;
		device) ip link del "$thing" ;;
		namespace) ip netns del "$thing" ;;
		esac
	done < /run/left 2> /dev/null
	! grep -q '^anygw ' /proc/modules || rmmod anygw
}

# Processes may still be exiting.
check_leftovers()
{
	local name=$1

	if wait_until 10 no_leftovers; then
		result ok "$name: leaves nothing behind"
		return
	fi
	list_leftovers | excerpt
	report_failure "$name: leaves nothing behind"
	remove_leftovers
}

# ---------------------------------------------------------------- the kernel

# Reports without the module: empty files without CONTROL
own=/run/control
mkdir $own
touch $own/{log,leaks}
echo 0 > $own/taint
[ -z "${CONTROL:-}" ] || cp "$CONTROL"/* $own

# has_splats LOG: print them
has_splats()
{
	"$vm/splats.sh" "$1" $own/log > /run/splats && return 1
	excerpt 40 < /run/splats
}

check_log()
{
	local name=$1

	kernel_log "$all/$name.dmesg"
	if has_splats "$all/$name.dmesg"; then
		report_failure "$name: no splat in the kernel's log"
	else
		result ok "$name: no splat in the kernel's log"
	fi
}

# check_rest start|end: the log before the first and after the last test
check_rest()
{
	kernel_log "$all/$label.dmesg.$1"
	! has_splats "$all/$label.dmesg.$1" ||
		report_failure "$label: no splat at the $1"
}

check_unload()
{
	grep -q '^anygw ' /proc/modules || return
	if rmmod anygw; then
		result ok "$label: the module can be unloaded"
	else
		report_failure "$label: the module can be unloaded"
	fi
}

check_taint()
{
	local taint

	taint=$(($(kernel_taint) & ~$(< $own/taint)))
	if [ $taint = 0 ]; then
		result ok "$label: the kernel is not tainted by an error"
	else
		report_failure "$label: the kernel is not tainted by an error: $taint"
	fi
}

# Skipped if lockdep is off without the module as well.
check_lockdep()
{
	has_lockdep || return
	if lockdep_is_awake; then
		result ok "$label: lockdep is awake"
	elif [ -e $own/lockdep-asleep ]; then
		result ok "$label: lockdep is awake # SKIP it is not without the module either"
	else
		report_failure "$label: lockdep is awake"
	fi
}

check_leaks()
{
	local leaks=$all/$label.kmemleak

	has_kmemleak || return
	if ! kernel_leaks "$leaks"; then
		report_failure "$label: no memory leak: kmemleak is off"
	elif "$vm/leaks.sh" "$leaks" $own/leaks > /run/leaks; then
		rm "$leaks"
		result ok "$label: no memory leak"
	else
		excerpt 40 < /run/leaks
		report_failure "$label: no memory leak"
	fi
}

# ---------------------------------------------------------------- tests

# A test's time limit is in seconds of real hardware. Under time travel the
# seconds of the guest mean nothing; the host's limit for the guest applies.
limit()
{
	local seconds factor=$SLOW

	seconds=$(header "$1" timeout)
	! grep -q time-travel /proc/cmdline || factor=$((SLOW * 100))
	echo $((${seconds:-300} * factor))
}

run_test()
{
	local test=$1 name start=$SECONDS

	name=$(basename "$test" .sh)
	mkdir -p "$all/$name"
	echo "anygw tests: $name" > /dev/kmsg
	RESULTS=$all/$name ktap_run "$name" "$all/$name.tap" \
		"$(limit "$test")" "$test" || failed=1
	rmdir "$all/$name" 2> /dev/null
	check_leftovers "$name"
	check_log "$name"
	echo $((SECONDS - start)) > "$all/$name.seconds"
}

list_state > /run/list_state
echo "no line is empty" >> /run/list_state
! has_kmemleak || echo scan=off > /sys/kernel/debug/kmemleak
check_rest start
for test in "$@"; do
	run_test "$test"
done
check_unload
check_leaks
check_lockdep
check_taint
check_rest end
exit $failed
