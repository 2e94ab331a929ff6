#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Do the probes of kmod/compat.sh still find what they look for? Each is asked of
# all kernels at hand: Debian's headers, the debug kernel's source, and KTREE. One
# of them has to have its pattern and another one not: a pattern that is nowhere
# is wrong, one that is everywhere is no difference. What none of these kernels
# has, being too new or too old, is declared in the headers beside this script.
# Prints KTAP.
set -u
. "$(dirname "$0")/../vm/lib.sh"
. "$vm/ktap.sh"

probe=$top/kmod/compat.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The files of answers, in the order of asking
answers=()

# NAME FOLDER: what its headers say
ask()
{
	answers+=("$work/$1")
	"$probe" -a "$2" > "$work/$1" 2> /dev/null
}

# NAME FOLDER: of a kernel, which has to have all the declarations
ask_kernel()
{
	ask "$@"
	verdict $? "each declaration is found in $1"
	grep ' lost ' "$work/$1" | sed 's/^/# /'
}

# SERIES
ask_debian()
{
	local folder release

	folder=$("$vm/setup.sh" kernel "$1") || folder=unknown
	release=${folder##*/}
	ask_kernel "$release" \
		"$folder/usr/src/linux-headers-${release%-amd64}-common"
}

# PROBE ANSWER: the first one that gives it
who_says()
{
	awk -v probe="$1" -v answer="$2" '$1 == probe && $3 == answer {
		sub(/.*\//, "", FILENAME)
		print FILENAME
		exit
	}' "${answers[@]}"
}

both_answers()
{
	local with without

	with=$(who_says "$1" yes)
	without=$(who_says "$1" no)
	[ -n "$with" ] && [ -n "$without" ]
	verdict $? "$1 is found in ${with:-no kernel}, and not in ${without:-any other}"
}

# A declaration that is not where it was is an error, and named.
lost()
{
	mkdir -p "$work/empty/include/net"
	"$probe" "$work/empty" > "$work/out" 2> "$work/err"
	[ $? = 1 ] && [ ! -s "$work/out" ] && grep -q ROUTE_DSCP "$work/err"
	verdict $? "a lost declaration is an error"
}

tree=
[ -z "${KTREE:-}" ] || tree=$(tree_path "$KTREE") || exit 1
source=$("$vm/setup.sh" source) || exit 1
mapfile -t probes < <("$probe" -a "$source" | awk '{ print $1 }')

echo "TAP version 13"
echo "1..$((4 + ${#probes[@]} + (${#tree} > 0)))"
ask_debian 6.1
ask_debian 6.12
ask_kernel "${source##*/}" "$source"
[ -z "$tree" ] || ask_kernel "$(kernel_name "tree:$tree")" "$tree"
ask "the headers beside this script" "$top/selftests/compat"
for name in "${probes[@]}"; do
	both_answers "$name"
done
lost
exit $failed
