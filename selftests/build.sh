#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the module for each kernel it is made for, cloud flavours included,
# with the compiler's extra warnings (W=1) and sparse (C=1): none may come
# from our files. Prints KTAP.
set -u
. "$(dirname "$0")/vm/lib.sh"
[ -x "$top/selftests/vm/setup.sh" ] || exit 1

out=$top/build/warnings
number=0 failed=0

# Ours are the files reached through the links in OUT.
complaints()
{
	grep -E "^($out/[^ ]*|kmod/[^ ]*|selftests/[^ ]*): *(warning|error|fatal)" "$1"
	grep -E 'WARNING: modpost|ERROR: modpost|\*\*\* |is not supported' "$1"
}

# NAME MAKE-ARGUMENT...
try()
{
	local name=$1 log=$out/$1.log

	shift
	number=$((number + 1))
	rm -rf "${out:?}/$name"
	nice make -j"$(nproc)" -C "$top" OUT="$out/$name" W=1 C=1 "$@" module \
		> "$log" 2>&1
	if [ $? = 0 ] && [ -e "$out/$name/anygw.ko" ] &&
		[ -z "$(complaints "$log")" ]; then
		echo "ok $number builds without warnings for $name"
		return
	fi
	complaints "$log" | head -n 20 | sed 's/^/# /'
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

mkdir -p "$out"
echo "TAP version 13"
echo "1..6"
try_debian kernel 6.1
try_debian headers 6.1
try_debian kernel 6.12
try_debian headers 6.12
for kernel in debug bare; do
	try $kernel KDIR="$("$vm/setup.sh" $kernel)" ARCH=um CC=clang \
		KCFLAGS=-Wno-null-pointer-arithmetic
done
exit $failed
