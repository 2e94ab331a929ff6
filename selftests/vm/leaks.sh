#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What kmemleak reports and has not reported of the same kernel without the
# module.
#
#	leaks.sh REPORT [CONTROL]
#
# Prints such objects and ends with 1, or prints nothing and ends with 0. An
# object is known by its size, its process and the functions that made it; where
# there are more of them than in CONTROL, the rest are reported.

# One line for each object: what it is known by, and its text.
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
