#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guests: debug
#
# Run the unit tests of the packet core in the kernel. KUnit reports them in the
# kernel log.

ko=$(dirname "$ANYGW_KO")/anygw_kunit.ko
lines=$(dmesg | wc -l)

insmod "$ko" || exit 1
rmmod anygw_kunit
dmesg | tail -n "+$((lines + 1))" |
	sed -n 's/^\[[ 0-9.]*\] \{9\}\(not ok\|ok\) [0-9]* \(.*\)/\1 \2/p' |
	awk '
	{
		ok = $1 == "ok"
		name = $NF
		line[NR] = (ok ? "ok " : "not ok ") NR " kunit_" name
		failed += !ok
	}
	END {
		print "TAP version 13"
		print "1.." NR
		for (i = 1; i <= NR; i++)
			print line[i]
		exit failed || !NR
	}'
