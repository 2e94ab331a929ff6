#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Test the probes of kmod/compat.sh on all kernels at hand: Debian's headers,
# the source of the debug kernel, and KTREE. A probe must succeed in one of them
# and fail in another one. A pattern that never matches is wrong, one that
# always matches is useless. The headers beside this script declare what none of
# these kernels has because it is too new or too old. Prints KTAP.
set -u
. "$(dirname "$0")/../vm/lib.sh"
. "$vm/ktap.sh"

probe=$top/kmod/compat.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The files of results, in the order of the runs
results=()

# run_probes NAME DIRECTORY
run_probes()
{
	results+=("$work/$1")
	"$probe" -a "$2" > "$work/$1" 2> /dev/null
}

# probe_kernel NAME DIRECTORY: a kernel must have all declarations
probe_kernel()
{
	run_probes "$@"
	test_result $? "each declaration is found in $1"
	grep ' lost ' "$work/$1" | sed 's/^/# /'
}

# probe_debian SERIES
probe_debian()
{
	local folder release

	folder=$("$vm/setup.sh" kernel "$1") || folder=unknown
	release=${folder##*/}
	probe_kernel "$release" \
		"$folder/usr/src/linux-headers-${release%-amd64}-common"
}

# first_with PROBE yes|no: the first kernel with this result
first_with()
{
	awk -v probe="$1" -v answer="$2" '$1 == probe && $3 == answer {
		sub(/.*\//, "", FILENAME)
		print FILENAME
		exit
	}' "${results[@]}"
}

has_both_results()
{
	local with without

	with=$(first_with "$1" yes)
	without=$(first_with "$1" no)
	[ -n "$with" ] && [ -n "$without" ]
	test_result $? "$1 is found in ${with:-no kernel}, and not in ${without:-any other}"
}

# A missing declaration is an error that names it.
missing_declaration()
{
	mkdir -p "$work/empty/include/net"
	"$probe" "$work/empty" > "$work/out" 2> "$work/err"
	[ $? = 1 ] && [ ! -s "$work/out" ] && grep -q ROUTE_DSCP "$work/err"
	test_result $? "a missing declaration is an error"
}

tree=
[ -z "${KTREE:-}" ] || tree=$(tree_path "$KTREE") || exit 1
source=$("$vm/setup.sh" source) || exit 1
mapfile -t probes < <("$probe" -a "$source" | awk '{ print $1 }')

echo "TAP version 13"
echo "1..$((4 + ${#probes[@]} + (${#tree} > 0)))"
probe_debian 6.1
probe_debian 6.12
probe_kernel "${source##*/}" "$source"
[ -z "$tree" ] || probe_kernel "$(kernel_name "tree:$tree")" "$tree"
run_probes "the headers of this test" "$top/selftests/compat"
for name in "${probes[@]}"; do
	has_both_results "$name"
done
missing_declaration
exit $failed
