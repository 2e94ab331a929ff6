#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Documentation: every page passes docutils without a message and finds its
# images, the manual page passes mandoc, and each drawing is that of its source.
# Prints KTAP.
set -u
. "$(dirname "$0")/vm/lib.sh"
. "$vm/ktap.sh"

docs=$top/Documentation

page()
{
	local image rc=0

	/usr/bin/python3 -m docutils --report=2 --exit-status=2 \
		"$1" "$work/page.html" > "$work/out" 2>&1 || rc=1
	for image in $(sed -n 's/^.*\.\. image:: *//p' "$1"); do
		[ -s "$docs/$image" ] && continue
		echo "There is no $image" >> "$work/out"
		rc=1
	done
	return $rc
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pages=("$docs"/*.rst)
echo "TAP version 13"
echo "1..$((${#pages[@]} + 2))"
for file in "${pages[@]}"; do
	page "$file"
	test_result $? "$(basename "$file") is valid" "$work/out"
done
mandoc -T lint -W warning "$docs/anygwctl.8" > "$work/out" 2>&1
test_result $? "anygwctl.8 is valid" "$work/out"
make -s --no-print-directory -C "$docs/drawings" check > "$work/out" 2>&1
test_result $? "the drawings are up to date" "$work/out"
exit "$failed"
