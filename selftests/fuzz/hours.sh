#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Repeat the test "fuzz", each time with another seed and in a new guest, until
# a frame breaks a rule, the kernel reports something, or it is interrupted.
# SEED is the first seed, FRAMES the number of frames per guest.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
seed=${SEED:-$EPOCHSECONDS}
frames=${FRAMES:-600000}
begun=$SECONDS guests=0

"$top/selftests/vm/setup.sh" packages || exit 1
while :; do
	echo "# seed $seed, $guests guests of $frames frames in" \
		"$(((SECONDS - begun) / 60)) minutes"
	# A frame's time on a slow machine, and the time around it
	FUZZ_SEED=$seed FUZZ_FRAMES=$frames FUZZ_VIOLATIONS=1 \
		"$top/selftests/vm/run" -t $((600 + frames / 50)) \
		-o "$top/results/fuzz" debug "$top/selftests/net/fuzz.sh" ||
		exit
	guests=$((guests + 1))
	seed=$((seed + 1000))
done
