#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Validate the netlink spec with the kernel's schema, and compare the generated
# files with the output of the kernel's generator. Prints KTAP.
set -u
. "$(dirname "$0")/vm/lib.sh"
. "$vm/ktap.sh"

spec=$top/Documentation/netlink/specs/anygw.yaml

validate()
{
	/usr/bin/python3 - "$1" "$2" > "$work/out" 2>&1 <<- 'END'
		import sys
		import jsonschema
		import yaml

		with open(sys.argv[1]) as schema, open(sys.argv[2]) as spec:
		    jsonschema.validate(yaml.safe_load(spec), yaml.safe_load(schema))
	END
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "TAP version 13"
echo "1..4"
if ! kernel=$("$vm/setup.sh" source); then
	echo "Bail out! no kernel source"
	exit 1
fi
protocol=$(sed -n 's/^protocol: *//p' "$spec")
validate "$kernel/Documentation/netlink/${protocol:-genetlink}.yaml" "$spec"
test_result $? "the spec matches the kernel's ${protocol:-genetlink} schema" "$work/out"
timeout 120 "$top/selftests/ynl-gen.sh" "$kernel" "$work" \
	> "$work/gen.log" 2>&1
for file in kmod/uapi/linux/anygw.h kmod/netlink-gen.h kmod/netlink-gen.c; do
	diff -u "$top/$file" "$work/$file" > "$work/out" 2>&1
	test_result $? "$file is up to date" "$work/out"
done
exit $failed
