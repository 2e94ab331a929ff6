#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generate what the netlink spec describes, with the kernel's own generator.
#
#	ynl-gen.sh KERNEL-SOURCE [OUT]
#
# KERNEL-SOURCE is an unpacked kernel source with tools/net/ynl; OUT defaults
# to this tree, where the results are committed.
set -e

top=$(cd "$(dirname "$0")/.." && pwd)
kernel=${1:?usage: ynl-gen.sh KERNEL-SOURCE [OUT]}
out=${2:-$top}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The generator looks for a kernel tree around the spec, and for its schema.
touch "$work/MAINTAINERS"
mkdir -p "$work/Documentation/netlink/specs" "$out/kmod/uapi/linux"
cp "$kernel"/Documentation/netlink/*.yaml "$work/Documentation/netlink/"
cp "$top/Documentation/netlink/specs/anygw.yaml" \
	"$work/Documentation/netlink/specs/"

gen()
{
	(cd "$work" && /usr/bin/python3 "$kernel/tools/net/ynl/ynl-gen-c.py" \
		--spec Documentation/netlink/specs/anygw.yaml \
		--mode "$1" "--$2" -o "$3")
}

gen uapi header anygw.h
gen kernel header netlink-gen.h
gen kernel source netlink-gen.c
cp "$work/anygw.h" "$out/kmod/uapi/linux/"
cp "$work"/netlink-gen.[ch] "$out/kmod/"
