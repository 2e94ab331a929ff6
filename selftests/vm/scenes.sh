#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs inside a guest: scenes.sh SCENE...
#
# Each scene is run and judged. Then the kernel's log is searched for splats,
# and what the scene left behind is reported and removed. In the end the
# kernel's own book-keepers are asked: kmemleak, lockdep, the taint flags. What
# they have to say of this kernel without the module is in CONTROL, if that is
# set (see control.sh).
set -u
vm=$(cd "$(dirname "$0")" && pwd)
. "$vm/lib.sh"
. "$vm/ktap.sh"
. "$vm/kernel.sh"

all=$RESULTS
label=$(basename "$1" .sh)
failed=0

not_ok()
{
	result "not ok" "$1"
	failed=1
}

# ---------------------------------------------------------------- leftovers

# All processes but the kernel's and our own. Ours are one process group; a
# scene has another one, since "timeout" gives it that.
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

belongings()
{
	local link space

	processes
	for link in /sys/class/net/*; do
		[ -d "$link" ] && echo "device ${link##*/}"
	done
	for space in /run/netns/*; do
		[ -e "$space" ] && echo "namespace ${space##*/}"
	done
	grep -q '^anygw ' /proc/modules && echo "module anygw"
	return 0
}

left_behind() { belongings | grep -vxFf /run/belongings; }

nothing_left() { [ -z "$(left_behind)" ]; }

remove_leftovers()
{
	local what thing rest

	left_behind > /run/left
	while read -r what thing rest; do
		case $what in
		process) kill -KILL "$thing" ;;
		device) ip link del "$thing" ;;
		namespace) ip netns del "$thing" ;;
		esac
	done < /run/left 2> /dev/null
	! grep -q '^anygw ' /proc/modules || rmmod anygw
}

# Processes may be on their way out.
check_leftovers()
{
	local name=$1

	if wait_until 10 nothing_left; then
		result ok "$name: leaves nothing behind"
		return
	fi
	left_behind | excerpt
	not_ok "$name: leaves nothing behind"
	remove_leftovers
}

# ---------------------------------------------------------------- the kernel

# What is the kernel's own: empty files, where there is no CONTROL
own=/run/control
mkdir $own
touch $own/{log,leaks}
echo 0 > $own/taint
[ -z "${CONTROL:-}" ] || cp "$CONTROL"/* $own

# has_splats LOG: says which
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
		not_ok "$name: no splat in the kernel's log"
	else
		result ok "$name: no splat in the kernel's log"
	fi
}

# Before the first scene and after the last one
check_rest()
{
	kernel_log "$all/$label.dmesg.$1"
	! has_splats "$all/$label.dmesg.$1" ||
		not_ok "$label: no splat at the $1"
}

check_unload()
{
	grep -q '^anygw ' /proc/modules || return
	if rmmod anygw; then
		result ok "$label: the module can be unloaded"
	else
		not_ok "$label: the module can be unloaded"
	fi
}

check_taint()
{
	local taint

	taint=$(($(kernel_taint) & ~$(< $own/taint)))
	if [ $taint = 0 ]; then
		result ok "$label: the kernel is not tainted by an error"
	else
		not_ok "$label: the kernel is not tainted by an error: $taint"
	fi
}

# Where it sleeps without the module as well, nothing is known.
check_lockdep()
{
	has_lockdep || return
	if lockdep_is_awake; then
		result ok "$label: lockdep is awake"
	elif [ -e $own/lockdep-asleep ]; then
		result ok "$label: lockdep is awake # SKIP it is not without the module either"
	else
		not_ok "$label: lockdep is awake"
	fi
}

check_leaks()
{
	local leaks=$all/$label.kmemleak

	has_kmemleak || return
	if ! kernel_leaks "$leaks"; then
		not_ok "$label: no memory leak: kmemleak is off"
	elif "$vm/leaks.sh" "$leaks" $own/leaks > /run/leaks; then
		rm "$leaks"
		result ok "$label: no memory leak"
	else
		excerpt 40 < /run/leaks
		not_ok "$label: no memory leak"
	fi
}

# ---------------------------------------------------------------- scenes

# A scene's own limit is in seconds of a real machine. With time travel the
# guest's seconds are no measure: the host's limit for the guest holds then.
limit()
{
	local seconds factor=$SLOW

	seconds=$(header "$1" timeout)
	! grep -q time-travel /proc/cmdline || factor=$((SLOW * 100))
	echo $((${seconds:-300} * factor))
}

run_scene()
{
	local scene=$1 name start=$SECONDS

	name=$(basename "$scene" .sh)
	mkdir -p "$all/$name"
	echo "anygw tests: $name" > /dev/kmsg
	RESULTS=$all/$name ktap_run "$name" "$all/$name.tap" \
		"$(limit "$scene")" "$scene" || failed=1
	rmdir "$all/$name" 2> /dev/null
	check_leftovers "$name"
	check_log "$name"
	echo $((SECONDS - start)) > "$all/$name.seconds"
}

belongings > /run/belongings
echo "no line is empty" >> /run/belongings
! has_kmemleak || echo scan=off > /sys/kernel/debug/kmemleak
check_rest start
for scene in "$@"; do
	run_scene "$scene"
done
check_unload
check_leaks
check_lockdep
check_taint
check_rest end
exit $failed
