#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the machine room's scripts share: where things are, messages, waiting.

vm=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$vm/../.." && pwd)
cache=${ANYGW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/anygw}
export LC_ALL=C

say() { echo "# $*" >&2; }

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

# header SCENE WORD: what a scene's line "# WORD: ..." says
header()
{
	sed -n "/^[^#]/q; s/^# $2: *//p" "$1"
}

# One at a time, also when several runs share a cache or a build folder.
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

# tree_path PATH: as kbuild can take it
tree_path()
{
	local path

	path=$(realpath -e "$1" 2> /dev/null) || die "there is no $1"
	[ -e "$path/arch/um/Makefile" ] && [ -e "$path/Kconfig" ] ||
		die "$path is not the source tree of a kernel"
	[[ $path != *[[:space:]:]* ]] ||
		die "kbuild takes no colon and no space: $path"
	echo "$path"
}

# path_hash PATH: trees may have the same version
path_hash() { sha256sum <<< "$1" | cut -c -8; }

# kernel_name KERNEL: of its results and builds
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
