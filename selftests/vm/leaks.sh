#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Find leaks in a kmemleak report that the same kernel does not have without the
# module.
#
#	leaks.sh REPORT [CONTROL]
#
# Exit status 1 if objects were printed. An object is identified by its size,
# its process and its backtrace. If REPORT has more of them than CONTROL, the
# excess is printed.

# Print a line for each object: its identity and its text.
objects()
{
	awk '
		/^unreferenced object/ {
			end()
			text = ""
			name = $0
			sub(/.*[(]/, "", name)
		}
		/^  comm / {
			comm = $0
			sub(/, pid.*/, "", comm)
			name = name comm
		}
		match($0, /[A-Za-z_][A-Za-z0-9_.]*[+]0x/) {
			name = name " " substr($0, RSTART, RLENGTH - 3)
		}
		{ text = text $0 "\r" }
		END { end() }
		function end() { if (text != "") print name "\t" text }' "$1"
}

leaks=$(awk -F '\t' 'NR == FNR { own[$1]++; next } own[$1]-- <= 0 { print $2 }' \
	<(echo; objects "${2:-/dev/null}") \
	<(objects "${1:?usage: leaks.sh REPORT [CONTROL]}") | tr '\r' '\n')
[ -n "$leaks" ] || exit 0
echo "$leaks"
exit 1
