#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Measure the time and memory of 4,094 gateways, or as many macvlan devices on
# the same bridge with the same addresses.
#
#	many.sh WHAT
#
# WHAT is gateway or macvlan. The result is a line of CSV in $RESULTS.
set -u

tick=
here=$(cd "$(dirname "$0")" && pwd)
out=/dev/null
# shellcheck source=common.sh
. "$here/common.sh"
COUNT=4094

# The kernel's memory in kB, after its deferred work
memory()
{
	echo 3 > /proc/sys/vm/drop_caches
	settle
	awk '/^(Slab|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' \
		/proc/meminfo
}

macvlan()
{
	seq 1 $COUNT | awk '{
		printf "link add link br0 name mv%d address 02:61:6e:79:%02x:%02x type macvlan mode private\n", $1, $1 / 256, $1 % 256
		printf "address add 172.%d.%d.1/24 dev mv%d\n", 16 + int($1 / 256), $1 % 256, $1
		printf "link set mv%d up\n", $1
	}'
}

gateway()
{
	seq 1 $COUNT | awk '{
		printf "gateway add bridge br0 vlan %d address 172.%d.%d.1/24\n",
			$1, 16 + int($1 / 256), $1 % 256
	}'
}

what=$1
"$what" > /run/commands
case $what in
macvlan) add=(ip -n h -b /run/commands) ;;
gateway) add=(anygwctl -n h apply /run/commands) ;;
esac
ip netns add h
ip -n h link add br0 type bridge vlan_filtering 1
ip -n h link set br0 up
ns h sysctl -qw net.ipv4.ip_forward=1
insmod "$ANYGW_KO"
before=$(memory)
start=${EPOCHREALTIME/./}
"${add[@]}" || exit 1
end=${EPOCHREALTIME/./}
after=$(memory)
echo "$what,$COUNT,$(((end - start) / 1000)),$(((after - before) * 1024 / COUNT))" \
	>> "$RESULTS/many.csv"
