#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The second stage of a guest's start. Its root file system is this machine's
# under an overlay already, and the job folder, shared with the host, is
# /run/job (see "run"). Mount the rest, do the job, end.

job=/run/job
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LC_ALL=C

file_systems()
{
	mount -t proc proc /proc
	mount -t sysfs sysfs /sys
	mount -t devtmpfs devtmpfs /dev
	mkdir -p /dev/pts /dev/shm
	mount -t devpts devpts /dev/pts
	mount -t tmpfs tmpfs /dev/shm
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/tracing
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	ln -sfn /proc/self/fd /dev/fd
	mkdir -p /run/netns /run/lock
} 2> /dev/null

power_off()
{
	sync
	echo o > /proc/sysrq-trigger
	# It comes a moment later, and the first process must not end.
	mkfifo /run/never
	read -r < /run/never
}

file_systems
trap power_off EXIT
# shellcheck disable=SC1091
. "$job/env"
hostname "${KERNEL//./-}"
ip link set lo up
# What the module stands upon, where it is not built in.
for module in $(modinfo -F depends "$ANYGW_KO" 2> /dev/null | tr , ' '); do
	modprobe "$module"
done
cd "$TREE" || exit 1
if [ -e "$job/shell" ]; then
	setsid -c bash -i < "$CONSOLE" > "$CONSOLE" 2>&1
	echo $? > "$job/status"
else
	bash "$job/command" < /dev/null > "$job/stdout" 2> "$job/stderr"
	echo $? > "$job/status"
fi
