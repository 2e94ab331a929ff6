#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the module from scratch with extra warnings (W=1) and sparse (C=1). Our
# files must not cause any, and must call downwards only. Prints KTAP.
#
#	build.sh KERNEL...
#
# KERNEL is 6.1, 6.12, debug, bare or tree:PATH, and guests use the result; or
# cloud-6.1 or cloud-6.12, Debian's cloud flavour.
set -u
. "$(dirname "$0")/vm/lib.sh"
[ -x "$top/selftests/vm/setup.sh" ] || exit 1

number=0 failed=0

# diagnostics LOG OUT: our files are those reached through the links in OUT.
diagnostics()
{
	grep -E "^($2/[^ ]*|kmod/[^ ]*|selftests/[^ ]*): *(warning|error|fatal)" "$1"
	grep -E 'WARNING: modpost|ERROR: modpost|\*\*\* |is not supported|C=1 specified' "$1"
}

# layers NAME OUT
layers()
{
	number=$((number + 1))
	if /usr/bin/python3 "$top/selftests/layers.py" --objects "$2/kmod" kmod \
		> "$2/layers.log" 2>&1; then
		echo "ok $number layers of kmod for $1"
		return
	fi
	sed 's/^/# /' "$2/layers.log"
	echo "not ok $number layers of kmod for $1"
	failed=1
}

# build NAME MAKE-ARGUMENT...
build()
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
		[ -z "$(diagnostics "$log" "$out")" ]; then
		echo "ok $number builds without warnings for $name"
		layers "$name" "$out"
		return
	fi
	diagnostics "$log" "$out" | head -n 20 | sed 's/^/# /'
	echo "not ok $number builds without warnings for $name"
	number=$((number + 1)) failed=1
	echo "not ok $number layers of kmod for $name"
}

# build_debian COMMAND SERIES
build_debian()
{
	local folder

	folder=$("$vm/setup.sh" "$1" "$2") || folder=unknown
	build "${folder##*/}" \
		KDIR="$folder/usr/src/linux-headers-${folder##*/}"
}

# build_um NAME SETUP-ARGUMENT...
build_um()
{
	local name=$1 kdir makevars

	shift
	if ! kdir=$("$vm/setup.sh" "$@" 2>&1); then
		tail -n 20 <<< "$kdir" | sed 's/^/# /'
		number=$((number + 2)) failed=1
		echo "not ok $((number - 1)) builds without warnings for $name"
		echo "not ok $number layers of kmod for $name"
		return
	fi
	kdir=${kdir##*$'\n'}
	mapfile -t makevars < "$kdir/makevars"
	build "$name" KDIR="$kdir" "${makevars[@]}"
}

echo "TAP version 13"
echo "1..$(($# * 2))"
for kernel in "$@"; do
	case $kernel in
	6.*) build_debian kernel "$kernel" ;;
	cloud-*) build_debian headers "${kernel#cloud-}" ;;
	tree:*) build_um "$(kernel_name "$kernel")" tree "${kernel#tree:}" ;;
	*) build_um "$kernel" "$kernel" ;;
	esac
done
exit $failed
