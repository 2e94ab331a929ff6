#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs inside a guest, without the module: what does this kernel say of itself
# that cannot be anygw's? It boots, and makes and removes the networks of the
# scenes, with traffic in them. What it says is left in RESULTS:
#
#	log		the kernel's log
#	leaks		what kmemleak reports
#	taint		the flags that stand for an error
#	lockdep-asleep	is there if lockdep is not awake
cd "$(dirname "$0")/../net" || exit 1
. ./lib/lib.sh
. ../vm/kernel.sh

traffic()
{
	topo 2 exits && vm v11 h1 10 10.0.10.11 && vm v12 h2 10 10.0.10.12 &&
		commit || return 1
	wait_until 10 vm_ping v11 10.0.10.12 || return 1
	[ -z "$SIX" ] || wait_until 10 vm_ping v11 fd00:10::12
}

SIX=yes
! has_kmemleak || echo scan=off > /sys/kernel/debug/kmemleak
prepare_tools || exit 1
ground_rules
for KIND in untagged tagged unaware; do
	traffic || exit 1
	spaces_gone
done
! has_kmemleak || kernel_leaks "$RESULTS/leaks" || exit 1
! has_lockdep || lockdep_is_awake || touch "$RESULTS/lockdep-asleep"
kernel_taint > "$RESULTS/taint"
kernel_log "$RESULTS/log"
