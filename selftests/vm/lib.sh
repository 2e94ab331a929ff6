#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by the scripts that run the tests: paths, messages, waiting.

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$vm/../.." && pwd)
cache=${ANYGW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/anygw}
export LC_ALL=C

info() { echo "# $*" >&2; }

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# wait_until SECONDS COMMAND...
wait_until()
{
	local end=$((SECONDS + $1))

	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

# header TEST WORD: the value of the test's line "# WORD: ..."
header()
{
	sed -n "/^[^#]/q; s/^# $2: *//p" "$1"
}

# exclusively LOCK COMMAND...: several runs may share a cache or a build
# directory.
exclusively()
{
	local lock=$1

	shift
	mkdir -p "$(dirname "$lock")"
	(
		flock 8
		"$@" 8>&-
	) 8> "$lock"
}

# tree_path PATH: the absolute path of a kernel source tree that kbuild accepts
tree_path()
{
	local path

	path=$(realpath -e "$1" 2> /dev/null) || die "$1 does not exist"
	[ -e "$path/arch/um/Makefile" ] && [ -e "$path/Kconfig" ] ||
		die "$path is not a kernel source tree"
	[[ $path != *[[:space:]:]* ]] ||
		die "kbuild does not support colons and spaces in a path: $path"
	echo "$path"
}

# path_hash PATH: distinguishes trees of the same version
path_hash() { sha256sum <<< "$1" | cut -c -8; }

# kernel_name KERNEL: the name of its results and builds
kernel_name()
{
	local version

	case $1 in
	tree:*)
		version=$(make -s -C "${1#tree:}" kernelversion) || return 1
		echo "tree-$version-$(path_hash "${1#tree:}")"
		;;
	*) echo "$1" ;;
	esac
}
