#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Demonstrate a live migration: QEMU migrates a VM between two hosts, without
# anygw, with anygw beside the site's router, and with host routes as well.
#
#	demo.sh
#
# All values are measured in these runs; samples, captures, consoles and the
# plot are kept in results/demo-vm.
set -e

top=$(cd "$(dirname "$0")/../.." && pwd)
results=$top/results/demo-vm

"$top/selftests/vm/setup.sh" packages
rm -rf "$results"
mkdir -p "$results"
echo "demo-vm: two hosts, a network and a VM, each in QEMU; four runs"
echo "demo-vm: this takes three to five minutes"
VARIANTS="bare coexist hostroutes noexit" RESULTS=$results \
	"$top/selftests/live/live.sh" 2>&1 | tee "$results/tests.tap" |
	sed -u 's/^# run/demo-vm: run/; s/^# booting/demo-vm: booting/'
rc=${PIPESTATUS[0]}
echo
/usr/bin/python3 "$top/selftests/live/report.py" "$results" \
	"$results/rtt.png" | tee "$results/table.txt"
cat <<END

Round trips are from the server to the VM; the sites are 10 ms apart, each way.
A "gap" is the longest pause around a migration.

Plot: results/demo-vm/rtt.png
END
exit "$rc"
