#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Find splats in a kernel log.
#
#	splats.sh LOG
#
# Prints an excerpt of each and ends with 1, or prints nothing and ends with 0.

# What the kernel says when something is wrong with it, whoever is at fault.
signs=(
	'WARNING: '
	'BUG: '
	'kernel BUG at'
	'Oops'
	'general protection fault'
	'Kernel panic'
	'Call Trace:'
	'RIP: '
	'possible recursive locking'
	'possible circular locking'
	'possible irq lock inversion'
	'inconsistent lock state'
	'suspicious RCU usage'
	'INFO: task .* blocked for more than'
	'rcu: INFO: .* detected .*stall'
	'rcu_.* detected .*stall'
	'soft lockup'
	'KASAN: '
	'UBSAN: '
	'slab-use-after-free'
	'kmemleak: [0-9]+ new suspected memory leaks'
	'kmemleak: .*disabled'
	'unregister_netdevice: waiting for'
	'leaked reference'
	'reference already released'
	'refcount_t: '
	'percpu ref .* <= 0'
	'list_(add|del) corruption'
	'bad: scheduling from'
	'sleeping function called from invalid context'
	'scheduling while atomic'
	'Bad page state'
	'page allocation failure'
	'ODEBUG: '
	'DEBUG_LOCKS_WARN_ON'
	'BUG kmalloc'
	'segfault at .* in (ip|anygwctl|wire)'
)

# What stock kernels say of themselves where these guests run.
harmless=(
	'unsupported sm[0-9]+ feature'
)

log=${1:?usage: splats.sh LOG}
pattern=$(IFS='|'; echo "${signs[*]}")
pardon=$(IFS='|'; echo "${harmless[*]}")
found=$(grep -nE "$pattern" "$log" | grep -vE "$pardon" | head -n 1)
[ -n "$found" ] || exit 0
first=${found%%:*}
echo "$(grep -cE "$pattern" "$log") lines of ${log##*/} look like splats; from the first:"
tail -n "+$first" "$log" | head -n 30
exit 1
