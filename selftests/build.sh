#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the module anew with the compiler's extra warnings (W=1) and sparse (C=1):
# none may come from our files. Prints KTAP.
#
#	build.sh KERNEL...
#
# KERNEL is 6.1, 6.12, debug, bare or tree:PATH, where guests take it from then
# on; or cloud-6.1 or cloud-6.12, Debian's other flavour.
set -u
. "$(dirname "$0")/vm/lib.sh"
[ -x "$top/selftests/vm/setup.sh" ] || exit 1

number=0 failed=0

# Ours are the files reached through the links in OUT. LOG OUT
complaints()
{
	grep -E "^($2/[^ ]*|kmod/[^ ]*|selftests/[^ ]*): *(warning|error|fatal)" "$1"
	grep -E 'WARNING: modpost|ERROR: modpost|\*\*\* |is not supported|C=1 specified' "$1"
}

# NAME MAKE-ARGUMENT...
try()
{
	local name=$1 out=$top/build/$1 log

	shift
	number=$((number + 1))
	log=$out/build.log
	rm -rf "${out:?}"
	mkdir -p "$out"
	nice make -j"$(nproc)" -C "$top" OUT="$out" W=1 C=1 \
		CF="-include $top/selftests/sparse.h" "$@" module > "$log" 2>&1
	if [ $? = 0 ] && [ -e "$out/anygw.ko" ] &&
		[ -z "$(complaints "$log" "$out")" ]; then
		echo "ok $number builds without warnings for $name"
		return
	fi
	complaints "$log" "$out" | head -n 20 | sed 's/^/# /'
	echo "not ok $number builds without warnings for $name"
	failed=1
}

# COMMAND SERIES
try_debian()
{
	local folder

	folder=$("$vm/setup.sh" "$1" "$2") || folder=unknown
	try "${folder##*/}" \
		KDIR="$folder/usr/src/linux-headers-${folder##*/}"
}

# NAME SETUP-ARGUMENT...
try_um()
{
	local name=$1 kdir makevars

	shift
	if ! kdir=$("$vm/setup.sh" "$@" 2>&1); then
		number=$((number + 1)) failed=1
		tail -n 20 <<< "$kdir" | sed 's/^/# /'
		echo "not ok $number builds without warnings for $name"
		return
	fi
	kdir=${kdir##*$'\n'}
	mapfile -t makevars < "$kdir/makevars"
	try "$name" KDIR="$kdir" "${makevars[@]}"
}

echo "TAP version 13"
echo "1..$#"
for kernel in "$@"; do
	case $kernel in
	6.*) try_debian kernel "$kernel" ;;
	cloud-*) try_debian headers "${kernel#cloud-}" ;;
	tree:*) try_um "$(kernel_name "$kernel")" tree "${kernel#tree:}" ;;
	*) try_um "$kernel" "$kernel" ;;
	esac
done
exit $failed
