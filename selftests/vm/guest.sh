#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The second stage of a guest's boot. The root file system is that of the host
# under an overlay, and /run/job is the job directory shared with the host (see
# "run"). Mount the other file systems, run the job, power off.

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
	# Power-off is asynchronous, and init must not exit.
	mkfifo /run/never
	read -r < /run/never
}

file_systems
trap power_off EXIT
# shellcheck disable=SC1091
. "$job/env"
hostname "${KERNEL//./-}"
ip link set lo up
# The module's dependencies, if they are not built in
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
