#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs inside a guest without the module: find out which splats and leaks are
# the kernel's own. Build and remove the topologies of the tests, with traffic.
# The files in RESULTS:
#
#	log		the kernel log
#	leaks		the kmemleak report
#	taint		the taint flags of errors
#	lockdep-asleep	exists if lockdep is off
cd "$(dirname "$0")/../net" || exit 1
. ./lib/lib.sh
. ../vm/kernel.sh

traffic()
{
	topo 2 exits && vm_add v11 h1 10 10.0.10.11 && vm_add v12 h2 10 10.0.10.12 &&
		commit || return 1
	wait_until 10 vm_ping v11 10.0.10.12 || return 1
	[ -z "$SIX" ] || wait_until 10 vm_ping v11 fd00:10::12
}

SIX=yes
! has_kmemleak || echo scan=off > /sys/kernel/debug/kmemleak
prepare_tools || exit 1
setup_sysctls
for VARIANT in untagged tagged unaware; do
	traffic || exit 1
	netns_del_all
done
! has_kmemleak || kernel_leaks "$RESULTS/leaks" || exit 1
! has_lockdep || lockdep_is_awake || touch "$RESULTS/lockdep-asleep"
kernel_taint > "$RESULTS/taint"
kernel_log "$RESULTS/log"
