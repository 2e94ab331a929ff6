#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a packet costs in anygw and in what could be used instead, in one run.
#
#	bench.sh [DESIGN...]
#
# One guest with QEMU's instruction clock: a nanosecond is one instruction, the
# same on every machine and under every load.
set -e

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../vm/lib.sh"
results=$top/results/bench
tools=$results/tools

"$vm/setup.sh" packages
"$vm/setup.sh" packages "$here/packages"
ovs=$("$vm/setup.sh" deb openvswitch-switch)
rm -rf "$results"
mkdir -p "$tools"
clang -O2 -g -target bpf -I"/usr/include/$(gcc -print-multiarch)" \
	-c "$here/router.bpf.c" -o "$tools/router.bpf.o"
cp "$ovs/usr/bin/ovs-dpctl" "$tools"
echo "bench: one guest, ${*:-all designs}; this takes half an hour"
"$vm/run" -t 7200 -o "$results" \
	-q "-smp 1 -icount shift=0,sleep=off -rtc clock=vm" 6.12 -- \
	env BENCH_TOOLS="$tools" BENCH_PACKETS="${BENCH_PACKETS:-10000}" \
	"$here/guest.sh" instructions "$@"
/usr/bin/python3 "$here/report.py" "$results" "$results/bench.png"
