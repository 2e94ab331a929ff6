#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install or build what the tests need on this host.
#
#	setup.sh packages [FILE] install the Debian packages of the tests, or
#	                         those listed in FILE
#	setup.sh kernel 6.1      unpack a Debian kernel and headers into the
#	setup.sh kernel 6.12     cache, without installing them
#	setup.sh headers 6.1     unpack the headers of the cloud flavour
#	setup.sh source          unpack the source of the debug kernel
#	setup.sh debug           build the debug kernel
#	setup.sh bare            build the one without its optional parts
#	setup.sh tree PATH       build or update a debug kernel of a source tree
#	setup.sh built-tree PATH use the debug kernel that was built before
#	setup.sh deb PACKAGE     unpack a Debian package into the cache
#
# All but "packages" print the directory. The cache is $ANYGW_CACHE, or anygw in
# the user's cache directory.
set -e
. "$(dirname "$0")/lib.sh"

# ---------------------------------------------------------------- packages

apt_get()
{
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		-o APT::Sandbox::User=root -o Acquire::Retries=3 \
		-o DPkg::Lock::Timeout=300 "$@"
}

# with_lists COMMAND...: the package lists may be missing or outdated. If
# COMMAND fails, update them once and try again.
updated=
with_lists()
{
	"$@" && return
	[ -z "$updated" ] || return 1
	updated=1
	info "updating the package lists"
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

# The output of apt is shown only on failure.
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
		die "this is not Debian: install the packages in $file"
	mapfile -t list < <(grep -v '^#' "$file")
	mapfile -t list < <(missing "${list[@]}")
	[ ${#list[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ]; then
		echo "Packages are missing: ${list[*]}" >&2
		echo "Run this first: sudo $vm/setup.sh packages $file" >&2
		exit 1
	fi
	info "installing ${list[*]}"
	with_lists install "${list[@]}" || die "apt-get failed"
}

# ---------------------------------------------------------------- downloads

# The release names of a series in Debian 12, without the flavour
release_pattern()
{
	case $1 in
	6.1) echo '6\.1\.0-[0-9]+' ;;
	6.12) echo '6\.12\.[0-9]+\+deb12' ;;
	*) die "unknown series $1 (6.1, 6.12)" ;;
	esac
}

# newest_release PREFIX SERIES FLAVOUR: the newest release that has the package
newest_release()
{
	local name

	name=$(apt-cache pkgnames "$1" |
		grep -xE "$1$(release_pattern "$2")-$3" | sort -V | tail -n 1)
	[ -n "$name" ] && echo "${name#"$1"}"
}

# newest_unpacked SERIES FLAVOUR: the same in the cache, for use without a
# network
newest_unpacked()
{
	local found

	found=$(find "$cache/kernel" -mindepth 1 -maxdepth 1 -printf '%f\n' \
		2> /dev/null | grep -xE "$(release_pattern "$1")-$2" | sort -V |
		tail -n 1)
	[ -n "$found" ] && echo "$found"
}

# fetch DIRECTORY PACKAGE...: download and unpack
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

# make_dir DIRECTORY FUNCTION ARGUMENT...: create it completely or not at all.
# FUNCTION gets a temporary directory and DIRECTORY as further arguments.
make_dir()
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

	version=$(with_lists package_version "$1") || die "there is no package $1"
	make_dir "$cache/deb/$1_$version" unpack_deb "$1" "$version" ||
		die "$1 cannot be downloaded"
	echo "$cache/deb/$1_$version"
}

# ---------------------------------------------------------------- kernels

# The headers refer to /usr/src; make them work in the cache.
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

# unpack_kernel RELEASE IMAGE|"" DIRECTORY FINAL-DIRECTORY
unpack_kernel()
{
	local release=$1 image=$2 folder=$3 home=$4
	local common

	common=$(sed -E 's/-(cloud-)?amd64$//' <<< "$release")
	info "downloading the kernel packages of $release"
	fetch "$folder" ${image:+"linux-image-$release"} \
		"linux-headers-$release" "linux-headers-$common-common" \
		"$(kbuild_package "$release")" || return 1
	relocate "$folder" "$home" "$release"
	[ -z "$image" ] || depmod -b "$folder" "$release"
}

# kernel SERIES FLAVOUR IMAGE|"": the newest kernel, or else the newest in the
# cache
kernel()
{
	local series=$1 flavour=$2 image=$3 prefix=linux-headers- release

	[ -z "$image" ] || prefix=linux-image-
	release=$(with_lists newest_release "$prefix" "$series" "$flavour") || release=
	if [ -n "$release" ] && make_dir "$cache/kernel/$release" \
		unpack_kernel "$release" "$image"; then
		echo "$cache/kernel/$release"
		return
	fi
	release=$(newest_unpacked "$series" "$flavour") ||
		die "no $series kernel ($flavour) can be downloaded"
	info "the newest $series kernel cannot be downloaded; using $release"
	echo "$cache/kernel/$release"
}

# ---------------------------------------------------------------- debug kernel

unpack_source()
{
	local folder=$2

	info "downloading the source of the debug kernel, $1"
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
		make_dir "$cache/source/$version" unpack_source "$version"; then
		echo "$cache/source/$version"
		return
	fi
	folder=$(find "$cache/source" -mindepth 1 -maxdepth 1 -name '6.12.*' \
		2> /dev/null | grep -vE '\.(new|deb)' | sort -V | tail -n 1)
	[ -n "$folder" ] || die "linux-source-6.12 cannot be downloaded"
	info "the newest source cannot be downloaded; using ${folder##*/}"
	echo "$folder"
}

# Options of the fragments that the resulting configuration does not have
lost_options()
{
	local line

	grep -hE '^CONFIG_|^# CONFIG_.* is not set' "${fragments[@]}" |
		while IFS= read -r line; do
			grep -qxF "$line" "$folder/.config" && continue
			# An unknown option counts as off.
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

# um_makevars COMPILER: the make variables for the kernel and its modules.
# Without PCI one header causes a warning of clang.
um_makevars()
{
	makevars=(ARCH=um "CC=$1" KCFLAGS=-Wno-null-pointer-arithmetic)
}

# User Mode Linux uses the large code model. Since clang 17 its data is in
# sections that the kernel's linker script does not know, behind the end of the
# kernel image. lockdep does not recognise locks there as static and reports an
# unlock imbalance, and kmemleak does not scan them.
um_kernel_flags()
{
	local threshold=-mlarge-data-threshold=1000000000

	! "${makevars[1]#CC=}" -mcmodel=large $threshold -E -x c /dev/null \
		> /dev/null 2>&1 ||
		echo " $threshold -Wno-unused-command-line-argument"
}

# Kernels before 6.18 save 2696 octets of a process's FP registers. If the CPU
# has more (AMX), the host refuses to restore a part of them, and init dies. The
# number is patched in the build directory, between the source and the generated
# header. This function is part of stamp(): changing it rebuilds the kernels.
mend_registers()
{
	um archprepare
	sed -i '/HOST_FP_SIZE/s/\$337 2696/$1536 12288/' \
		"$folder/arch/x86/um/user-offsets.s"
}

# An unchanged configuration keeps its timestamp.
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

	info "building the $1 kernel; the first time takes ten minutes"
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

# debug NAME FRAGMENT: each source, compiler and configuration has a directory
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

# The compiler of a source tree: $CC, or clang unless the tree needs a newer one
tree_compiler()
{
	local least

	compiler=${CC:-clang}
	[ -z "${CC:-}" ] || return 0
	least=$(SRCARCH=um "$source/scripts/min-tool-version.sh" llvm) ||
		die "$source does not state which clang it needs"
	[ "$(printf '%s\n' "$least" "$(clang -dumpversion)" | sort -V |
		head -n 1)" != "$least" ] || return 0
	compiler=clang-19
	exclusively "$cache/lock.packages" packages "$vm/packages-tree"
}

# Each tree, compiler and configuration has a directory.
set_tree_folder()
{
	fragments=("$vm"/debug-um{,-full,-tree}.config)
	tree_compiler
	um_makevars "$compiler"
	folder=$cache/tree/$(path_hash "$source")-$compiler-$("$compiler" -dumpversion)-$(stamp)
}

# The tree may have changed since the last build: always run make.
tree()
{
	local source folder compiler makevars fragments

	source=$(tree_path "$1")
	set_tree_folder
	[ -e "$folder/linux" ] ||
		info "building a debug kernel of $source; it takes ten minutes"
	mkdir -p "$folder"
	rm -f "$folder/build.log"
	configure
	fragments=("$vm"/debug-um{,-full}.config)
	lost_options > "$folder/lost"
	[ ! -s "$folder/lost" ] ||
		info "options that this tree lacks: $(paste -s -d ' ' "$folder/lost")"
	build_um
	echo "$folder"
}

built_tree()
{
	local source folder compiler makevars fragments

	source=$(tree_path "$1")
	set_tree_folder
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
