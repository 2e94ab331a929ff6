#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What 4,094 gateways take beside 4,094 macvlan devices on the same bridge,
# with the same addresses: time, and memory.
#
#	many.sh
#
# Run in a guest with its own clock. Prints one line for each.
set -u
here=$(cd "$(dirname "$0")" && pwd)
COUNT=4094
# shellcheck source=common.sh
. "$here/common.sh"

free() { awk '/^MemFree/ { print $2 }' /proc/meminfo; }

# Kilobytes that are free once nothing is freed any more. What is there more of
# is listed beside the result.
memory()
{
	local now last=0

	echo 3 > /proc/sys/vm/drop_caches
	until now=$(free) && [ $((now - last)) -lt 256 ]; do
		last=$now
		sleep 2
	done
	echo "$now"
}

# cost NAME COMMAND...
cost()
{
	local before start end

	before=$(memory)
	slabs > /run/slabs
	start=${EPOCHREALTIME/./}
	"${@:2}" || echo "many: $1 failed" >&2
	end=${EPOCHREALTIME/./}
	echo "$1,$COUNT,$(((end - start) / 1000)),$(((before - $(memory)) * 1024 / COUNT))"
	slabs | diff /run/slabs - | awk '/^[<>]/ {
		k[$2] += $1 == ">" ? $3 : -$3
	} END { for (i in k) print k[i], i }' | sort -rn | head -n 12 >&2
	grep -i "^percpu" /proc/meminfo >&2
}

# Kilobytes by the cache they are in
slabs() { awk 'NR > 2 { print $1, $15 * 4 * $6 }' /proc/slabinfo; }

macvlans()
{
	seq 1 $COUNT | awk '{
		printf "link add link br0 name mv%d address 02:61:6e:79:%02x:%02x type macvlan mode private\n", $1, $1 / 256, $1 % 256
		printf "address add 172.%d.%d.1/24 dev mv%d\n", 16 + int($1 / 256), $1 % 256, $1
		printf "link set mv%d up\n", $1
	}'
}

gateways()
{
	seq 1 $COUNT | awk '{
		printf "gateway add bridge br0 vlan %d address 172.%d.%d.1/24\n",
			$1, 16 + int($1 / 256), $1 % 256
	}'
}

ip netns add h
ip -n h link add br0 type bridge vlan_filtering 1
ip -n h link set br0 up
ns h sysctl -qw net.ipv4.ip_forward=1
insmod "$ANYGW_KO"
macvlans > /run/macvlans
gateways > /run/gateways
echo "what,number,milliseconds,octets"
cost macvlan ip -n h -b /run/macvlans
ip netns del h
until [ -z "$(ip netns)" ]; do :; done
ip netns add h
ip -n h link add br0 type bridge vlan_filtering 1
ip -n h link set br0 up
ns h sysctl -qw net.ipv4.ip_forward=1
cost gateway anygwctl -n h apply /run/gateways
