#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Get what a test run needs and this machine lacks.
#
#	setup.sh packages [FILE] Debian packages, installed: those of the tests, or
#	                         those that FILE lists
#	setup.sh kernel 6.1      a Debian kernel and its headers, unpacked into
#	setup.sh kernel 6.12     the cache and not installed
#	setup.sh headers 6.1     headers of the cloud flavour
#	setup.sh source          the source of the debug kernel
#	setup.sh debug           the debug kernel itself
#	setup.sh bare            the one without all that a kernel may lack
#	setup.sh tree PATH       a debug kernel of any source tree, made or brought
#	setup.sh built-tree PATH up to date; or as it was made before
#	setup.sh deb PACKAGE     a Debian package, unpacked into the cache
#
# All but "packages" print the folder. The cache is $ANYGW_CACHE, or anygw in
# the user's cache folder.
set -e
. "$(dirname "$0")/lib.sh"

# ---------------------------------------------------------------- packages

apt_get()
{
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		-o APT::Sandbox::User=root -o Acquire::Retries=3 \
		-o DPkg::Lock::Timeout=300 "$@"
}

# The lists may be absent or out of date, which shows when something is asked
# for that is not there: then, and once only, they are brought up to date.
updated=
with_lists()
{
	"$@" && return
	[ -z "$updated" ] || return 1
	updated=1
	say "bringing the package lists up to date"
	apt_get update >&2 && "$@"
}

missing()
{
	local package

	for package in "$@"; do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" \
			2> /dev/null)" = installed ] || echo "$package"
	done
}

# What apt says of it is for the case of a failure.
install()
{
	local log=$cache/apt.log

	apt-cache show "$@" > "$log" 2>&1 || return 1
	apt_get install --no-install-recommends "$@" > "$log" 2>&1 && return
	tail -n 20 "$log" >&2
	return 1
}

packages()
{
	local list file=${1:-$vm/packages}

	command -v apt-get dpkg-query > /dev/null ||
		die "this is not Debian: install what $file says"
	mapfile -t list < <(grep -v '^#' "$file")
	mapfile -t list < <(missing "${list[@]}")
	[ ${#list[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ]; then
		echo "Packages are missing: ${list[*]}" >&2
		echo "Run this first: sudo $vm/setup.sh packages $file" >&2
		exit 1
	fi
	say "installing ${list[*]}"
	with_lists install "${list[@]}" || die "apt-get failed"
}

# ---------------------------------------------------------------- downloads

# What the series are called in Debian 12: release names without flavour.
pattern()
{
	case $1 in
	6.1) echo '6\.1\.0-[0-9]+' ;;
	6.12) echo '6\.12\.[0-9]+\+deb12' ;;
	*) die "there is no series $1 (6.1, 6.12)" ;;
	esac
}

# known PREFIX SERIES FLAVOUR: the newest release with such a package
known()
{
	local name

	name=$(apt-cache pkgnames "$1" |
		grep -xE "$1$(pattern "$2")-$3" | sort -V | tail -n 1)
	[ -n "$name" ] && echo "${name#"$1"}"
}

# The same among what has been unpacked, for a machine without a network.
unpacked()
{
	local found

	found=$(find "$cache/kernel" -mindepth 1 -maxdepth 1 -printf '%f\n' \
		2> /dev/null | grep -xE "$(pattern "$1")-$2" | sort -V |
		tail -n 1)
	[ -n "$found" ] && echo "$found"
}

# fetch FOLDER PACKAGE...: download and unpack
fetch()
{
	local folder=$1 debs=$1.debs deb

	shift
	mkdir -p "$folder" "$debs"
	(cd "$debs" && with_lists apt_get download "$@" >&2) || return 1
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$folder" || return 1
	done
	rm -rf "$debs"
}

# In the folder it will have, or not at all: FOLDER FUNCTION ARGUMENT...
whole()
{
	local folder=$1 new=$1.new

	shift
	[ ! -e "$folder" ] || return 0
	rm -rf "$new" "$new.debs"
	mkdir -p "$(dirname "$new")"
	if ! "$@" "$new" "$folder"; then
		rm -rf "$new" "$new.debs"
		return 1
	fi
	mv "$new" "$folder"
}

package_version()
{
	local version

	version=$(apt-cache show --no-all-versions "$1" 2> /dev/null |
		sed -n 's/^Version: //p')
	[ -n "$version" ] && echo "$version"
}

unpack_deb() { fetch "$3" "$1=$2"; }

deb()
{
	local version

	version=$(with_lists package_version "$1") || die "there is no $1"
	whole "$cache/deb/$1_$version" unpack_deb "$1" "$version" ||
		die "$1 cannot be downloaded"
	echo "$cache/deb/$1_$version"
}

# ---------------------------------------------------------------- kernels

# Headers are made for /usr/src; here they are somewhere else.
relocate()
{
	local folder=$1 home=$2 release=$3 link

	sed -i "s|^include /usr/src/|include $home/usr/src/|" \
		"$folder/usr/src/linux-headers-$release/Makefile"
	find "$folder" -type l -lname '/*' -printf '%p\n' |
		while IFS= read -r link; do
			ln -sfn "$home$(readlink "$link")" "$link"
		done
}

kbuild_package()
{
	case $1 in
	6.1.*) echo linux-kbuild-6.1 ;;
	*) echo "linux-kbuild-${1%%-*}" ;;
	esac
}

# RELEASE IMAGE|"" FOLDER HOME
unpack_kernel()
{
	local release=$1 image=$2 folder=$3 home=$4
	local common

	common=$(sed -E 's/-(cloud-)?amd64$//' <<< "$release")
	say "downloading the kernel packages of $release"
	fetch "$folder" ${image:+"linux-image-$release"} \
		"linux-headers-$release" "linux-headers-$common-common" \
		"$(kbuild_package "$release")" || return 1
	relocate "$folder" "$home" "$release"
	[ -z "$image" ] || depmod -b "$folder" "$release"
}

# A series' newest kernel, or the newest there is: SERIES FLAVOUR IMAGE|""
kernel()
{
	local series=$1 flavour=$2 image=$3 prefix=linux-headers- release

	[ -z "$image" ] || prefix=linux-image-
	release=$(with_lists known "$prefix" "$series" "$flavour") || release=
	if [ -n "$release" ] && whole "$cache/kernel/$release" \
		unpack_kernel "$release" "$image"; then
		echo "$cache/kernel/$release"
		return
	fi
	release=$(unpacked "$series" "$flavour") ||
		die "no $series kernel ($flavour) can be downloaded"
	say "the newest $series kernel cannot be had; using $release"
	echo "$cache/kernel/$release"
}

# ---------------------------------------------------------------- debug kernel

unpack_source()
{
	local folder=$2

	say "downloading the source of the debug kernel, $1"
	fetch "$folder.deb" "linux-source-6.12=$1" || return 1
	mkdir -p "$folder"
	tar -C "$folder" --strip-components=1 -xJf \
		"$folder.deb/usr/src/linux-source-6.12.tar.xz" || return 1
	rm -rf "$folder.deb"
}

kernel_source()
{
	local version folder

	if version=$(with_lists package_version linux-source-6.12) &&
		whole "$cache/source/$version" unpack_source "$version"; then
		echo "$cache/source/$version"
		return
	fi
	folder=$(find "$cache/source" -mindepth 1 -maxdepth 1 -name '6.12.*' \
		2> /dev/null | grep -vE '\.(new|deb)' | sort -V | tail -n 1)
	[ -n "$folder" ] || die "the source linux-source-6.12 cannot be had"
	say "the newest source cannot be had; using ${folder##*/}"
	echo "$folder"
}

# Options that were asked for and not granted.
lost_options()
{
	local line

	grep -hE '^CONFIG_|^# CONFIG_.* is not set' "${fragments[@]}" |
		while IFS= read -r line; do
			grep -qxF "$line" "$folder/.config" && continue
			# An option that is unknown here is off, too.
			[[ $line != '#'* ]] ||
				! grep -q "^${line:2:-11}=" "$folder/.config" ||
				echo "$line"
			[[ $line == '#'* ]] || echo "$line"
		done
}

um()
{
	nice make -s -C "$source" O="$folder" "${makevars[@]}$(um_kernel_flags)" "$@" \
		< /dev/null >> "$folder/build.log" 2>&1 && return
	rm -f "$folder/complete"
	grep -m 5 -E 'error:|Error|\*\*\*' "$folder/build.log" >&2
	die "the kernel does not build: see $folder/build.log"
}

# How the kernel and modules for it are made: COMPILER. Without PCI there is a
# header that makes clang talk.
um_makevars()
{
	makevars=(ARCH=um "CC=$1" KCFLAGS=-Wno-null-pointer-arithmetic)
}

# From 17 on clang puts the data of the large code model, which User Mode Linux
# has, into sections that the kernel's linker script does not know. They come
# behind the end of the kernel: lockdep takes the locks there for nobody's and
# ends with an unlock imbalance, and kmemleak looks for no pointers there.
um_kernel_flags()
{
	local threshold=-mlarge-data-threshold=1000000000

	! "${makevars[1]#CC=}" -mcmodel=large $threshold -E -x c /dev/null \
		> /dev/null 2>&1 ||
		echo " $threshold -Wno-unused-command-line-argument"
}

# Kernels before 6.18 keep 2696 octets of a process's registers. Where the
# processor has more (AMX), the host does not take such a part back, and init
# dies. The number is changed on its way from the source, which is not ours to
# change, to a header.
mend_registers()
{
	um archprepare
	sed -i '/HOST_FP_SIZE/s/\$337 2696/$1536 12288/' \
		"$folder/arch/x86/um/user-offsets.s"
}

# A configuration that is as before stays, as old as it is.
configure()
{
	local old=$folder/config.old

	rm -f "$old"
	[ ! -e "$folder/.config" ] || cp -p "$folder/.config" "$old"
	um tinyconfig
	(cd "$folder" && "$source/scripts/kconfig/merge_config.sh" -m -O . \
		.config "${fragments[@]}" > merge.log)
	um olddefconfig
	! cmp -s "$folder/.config" "$old" || mv "$old" "$folder/.config"
}

build_um()
{
	mend_registers
	um -j"$(nproc)" all
	printf '%s\n' "${makevars[@]}" > "$folder/makevars"
	touch "$folder/complete"
}

build_debug()
{
	local lost

	say "building the $1 kernel; the first time takes ten minutes"
	mkdir -p "$folder"
	rm -f "$folder/build.log"
	configure
	lost=$(lost_options)
	[ -z "$lost" ] || die "the $1 kernel's configuration lost: $lost"
	build_um
}

stamp()
{
	{
		cat "${fragments[@]}"
		echo "${makevars[@]}$(um_kernel_flags)"
		declare -f mend_registers
	} |
		sha256sum | cut -c -16
}

# NAME FRAGMENT: a folder for each source, compiler and configuration: trees
# that differ in them do not build over one another.
debug()
{
	local source folder makevars
	local fragments=("$vm"/debug-um{,-"$2"}.config)

	um_makevars clang
	source=$(exclusively "$cache/lock.source" kernel_source)
	folder=$cache/$1/${source##*/}-clang-$(clang -dumpversion)-$(stamp)
	[ -e "$folder/complete" ] || build_debug "$1"
	echo "$folder"
}

# ---------------------------------------------------------------- any tree

# The compiler of a source tree: the one that CC names, or the usual clang
# unless the tree asks for a newer one than it is.
tree_compiler()
{
	local least

	compiler=${CC:-clang}
	[ -z "${CC:-}" ] || return 0
	least=$(SRCARCH=um "$source/scripts/min-tool-version.sh" llvm) ||
		die "$source does not say which clang it needs"
	[ "$(printf '%s\n' "$least" "$(clang -dumpversion)" | sort -V |
		head -n 1)" != "$least" ] || return 0
	compiler=clang-19
	exclusively "$cache/lock.packages" packages "$vm/packages-tree"
}

# Sets what the rest goes by: a folder for each tree, compiler, configuration.
tree_place()
{
	fragments=("$vm"/debug-um{,-full,-tree}.config)
	tree_compiler
	um_makevars "$compiler"
	folder=$cache/tree/$(path_hash "$source")-$compiler-$("$compiler" -dumpversion)-$(stamp)
}

# The tree may have changed since the last time: make finds out what to do.
tree()
{
	local source folder compiler makevars fragments

	source=$(tree_path "$1")
	tree_place
	[ -e "$folder/linux" ] ||
		say "building a debug kernel of $source; it takes ten minutes"
	mkdir -p "$folder"
	rm -f "$folder/build.log"
	configure
	fragments=("$vm"/debug-um{,-full}.config)
	lost_options > "$folder/lost"
	[ ! -s "$folder/lost" ] ||
		say "this tree does not have: $(paste -s -d ' ' "$folder/lost")"
	build_um
	echo "$folder"
}

built_tree()
{
	local source folder compiler makevars fragments

	source=$(tree_path "$1")
	tree_place
	[ -e "$folder/complete" ] || die "there is no debug kernel of $source"
	echo "$folder"
}

# ---------------------------------------------------------------- commands

mkdir -p "$cache"
case ${1:-} in
packages) exclusively "$cache/lock.packages" packages "${2:-}" ;;
kernel) exclusively "$cache/lock.kernel" kernel "$2" amd64 image ;;
headers) exclusively "$cache/lock.kernel" kernel "$2" cloud-amd64 '' ;;
source) exclusively "$cache/lock.source" kernel_source ;;
debug) exclusively "$cache/lock.debug" debug debug full ;;
bare) exclusively "$cache/lock.debug" debug bare bare ;;
tree) exclusively "$cache/lock.tree" tree "$2" ;;
built-tree) built_tree "$2" ;;
deb) exclusively "$cache/lock.deb" deb "$2" ;;
*) die "usage: setup.sh packages [FILE] | kernel SERIES | headers SERIES | source | debug | bare | tree PATH | deb PACKAGE" ;;
esac
