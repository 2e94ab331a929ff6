# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The state of a guest's kernel: log, leaks, lockdep, taint.

# kernel_log FILE: the messages since the last call
kernel_log() { dmesg --read-clear > "$1"; }

uptime_over() { [ "$(cut -d. -f1 /proc/uptime)" -gt "$1" ]; }

has_kmemleak() { [ -e /sys/kernel/debug/kmemleak ]; }

# kernel_leaks FILE: fails if kmemleak is off. Two scans, and objects of at
# least five seconds only: memory that RCU is about to free must not be
# reported.
kernel_leaks()
{
	local leaks=/sys/kernel/debug/kmemleak now

	now=$(cut -d. -f1 /proc/uptime)
	wait_until 30 uptime_over $((now + 6))
	echo scan > $leaks && echo scan > $leaks && cat $leaks > "$1"
}

has_lockdep() { [ -e /proc/lockdep_stats ]; }

# lockdep turns itself off after its first report.
lockdep_is_awake() { grep -q 'debug_locks: *1' /proc/lockdep_stats; }

# Warning, oops, soft lockup, bad page: see the kernel's
# Documentation/admin-guide/tainted-kernels.rst.
kernel_taint()
{
	echo $(($(< /proc/sys/kernel/tainted) &
		(1 << 9 | 1 << 7 | 1 << 14 | 1 << 5)))
}
