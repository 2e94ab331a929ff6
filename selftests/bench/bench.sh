#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Measure the cost of a packet in anygw and in alternative designs.
#
#	bench.sh [DESIGN...]
#
# One guest with QEMU's instruction clock: a nanosecond is one instruction, on
# every host and under every load. If KVM works, the same again in real time.
set -e

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../vm/lib.sh"
. "$vm/qemu.sh"
results=$top/results/bench
tools=$results/tools
counting=(-e -q "-smp 1 -icount shift=0,sleep=off -rtc clock=vm")

# designs FOLDER TICK [DESIGN...]
designs()
{
	"$vm/run" -t 9000 -o "$1" "${clock[@]}" 6.12 -- env \
		BENCH_TOOLS="$tools" BENCH_SIZES="${BENCH_SIZES:-}" \
		BENCH_PACKETS="${BENCH_PACKETS:-10000}" \
		"$here/guest.sh" "${@:2}"
}

"$vm/setup.sh" packages
"$vm/setup.sh" packages "$here/packages"
ovs=$("$vm/setup.sh" deb openvswitch-switch)
rm -rf "$results"
mkdir -p "$tools"
clang -O2 -g -target bpf -I"/usr/include/$(gcc -print-multiarch)" \
	-c "$here/router.bpf.c" -o "$tools/router.bpf.o"
cp "$ovs/usr/bin/ovs-dpctl" "$tools"

echo "bench: one guest, ${*:-all designs}; this takes three quarters of an hour"
clock=("${counting[@]}")
designs "$results/counted" instructions "$@"
if [ $# = 0 ]; then
	echo "bench: many gateways, and as many macvlan devices"
	for what in macvlan gateway; do
		"$vm/run" -t 1800 -o "$results/$what" "${clock[@]}" 6.12 -- \
			"$here/many.sh" $what
	done
	cat "$results"/{macvlan,gateway}/many.csv > "$results/many.csv"
fi
/usr/bin/python3 "$here/report.py" "$results/counted" "$results/bench.png" \
	"$results/many.csv"

if ! exclusively "$cache/lock.guest" have_kvm; then
	echo "bench: not measured in real time, there is no KVM here"
	exit
fi
echo "bench: in real time"
clock=()
designs "$results/timed" nanoseconds "$@"
/usr/bin/python3 "$here/report.py" "$results/timed" "$results/timed.png"
