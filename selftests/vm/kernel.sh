# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What a guest's kernel knows of its own state: log, leaks, locks, taint.

# kernel_log FILE: everything since the last time
kernel_log() { dmesg --read-clear > "$1"; }

uptime_over() { [ "$(cut -d. -f1 /proc/uptime)" -gt "$1" ]; }

has_kmemleak() { [ -e /sys/kernel/debug/kmemleak ]; }

# kernel_leaks FILE: fails if kmemleak is off. An object counts as leaked when it
# is five seconds old and not found in two scans: what was freed by RCU a moment
# ago must not be reported.
kernel_leaks()
{
	local leaks=/sys/kernel/debug/kmemleak now

	now=$(cut -d. -f1 /proc/uptime)
	wait_until 30 uptime_over $((now + 6))
	echo scan > $leaks && echo scan > $leaks && cat $leaks > "$1"
}

has_lockdep() { [ -e /proc/lockdep_stats ]; }

# After its first splat lockdep is silent.
lockdep_is_awake() { grep -q 'debug_locks: *1' /proc/lockdep_stats; }

# Warned, died, locked up, bad page: see Documentation/admin-guide in the
# kernel, tainted-kernels.
kernel_taint()
{
	echo $(($(< /proc/sys/kernel/tainted) &
		(1 << 9 | 1 << 7 | 1 << 14 | 1 << 5)))
}
