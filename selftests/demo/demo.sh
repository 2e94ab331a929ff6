#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Demonstrate a migration: a VM migrates between two sites, first with a pair of
# VRRP routers as its gateway, then with anygw on both hosts.
#
#	demo.sh
#
# Boots one guest; all values are measured in that run. The samples and the plot
# are kept in results/demo.
set -e

top=$(cd "$(dirname "$0")/../.." && pwd)
results=$top/results/demo

"$top/selftests/vm/setup.sh" packages
rm -rf "$results"
echo "demo: booting a guest with two sites; this takes about two minutes"
"$top/selftests/vm/run" -t 600 -o "$results" 6.12 -- \
	"$top/selftests/demo/guest.sh"
echo
/usr/bin/python3 "$top/selftests/demo/report.py" "$results" \
	"$results/rtt.svg"
cat <<END

With anygw the path back follows the VM as well: the demo gives the core
router a route to the VM's host at the migration, as a routing protocol
would. The VRRP pair stays up all the time.

Plot: results/demo/rtt.svg
END
