#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Check that the files of the tool include and call downwards only. For those of
# the module build.sh does it, once for each kernel. Prints KTAP.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! make -s -C "$top/tools" OUT="$work" > "$work/log" 2>&1; then
	sed 's/^/# /' "$work/log"
	echo "Bail out! The tool does not build"
	exit 1
fi
/usr/bin/python3 "$top/selftests/layers.py" \
	--objects "$work/anygwctl.o.d" tools
