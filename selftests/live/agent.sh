#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The one program of a guest of the laboratory: agent.sh NAME
#
# Names the NICs and obeys. The functions of the scenes are at hand; network.sh
# adds those of the network's guest, host.sh those of a host's.

name=$1
live=$(cd "$(dirname "$0")" && pwd)
VARIANT=untagged
SIX=1

. "$live/../net/lib/lib.sh"
. "$live/../net/lib/routers.sh"
. "$live/../net/lib/frr.sh"
. "$live/obey.sh"

mkdir -p /run/lab
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none \
	lab /run/lab
modprobe virtio_net

# By their MACs; the order of the bus is nobody's business.
nics()
{
	local mac nic address

	while read -r mac nic; do
		for address in /sys/class/net/*/address; do
			[ "$(< "$address")" = "$mac" ] || continue
			address=${address%/address}
			ip link set "${address##*/}" name "$nic"
		done
	done < "/run/lab/$name.nics"
}

# capture TAG NAME=NETNS/DEVICE...: until capture_end
capture()
{
	local tag=$1

	shift
	mkdir -p "/run/caps/$tag"
	wire cap "/run/caps/$tag" "$@" > "/run/caps/$tag/out" 2>&1 < /dev/null &
	echo $! > "/run/caps/$tag/pid"
	wait_until 10 grep -q ready "/run/caps/$tag/out"
}

ended() { ! kill -0 "$1"; }

# started NAME COMMAND...: in the background; finished NAME ends it and prints
# what it said
started()
{
	local tag=$1

	shift
	# The process itself, not a shell that waits for it.
	[ "$1" != ns ] || set -- nsenter --net="/run/netns/$2" "${@:3}"
	"$@" > "/run/$tag.out" 2>&1 < /dev/null &
	echo $! > "/run/$tag.pid"
}

finished()
{
	local pid

	pid=$(< "/run/$1.pid")
	kill "$pid" 2> /dev/null
	wait_until 20 ended "$pid" || return 1
	cat "/run/$1.out"
}

# Its frames go where the driver can read them: TAG
capture_end()
{
	local pid

	pid=$(< "/run/caps/$1/pid")
	kill "$pid"
	wait_until 10 ended "$pid" || return 1
	! grep lost "/run/caps/$1/out" || return 1
	mkdir -p "/run/lab/caps/$1"
	cp "/run/caps/$1"/*.txt "/run/caps/$1"/*.pcap "/run/lab/caps/$1"
}

nics
setup_sysctls
case $name in
h*) . "$live/host.sh" ;;
*) . "$live/network.sh" ;;
esac
obey /dev/ttyS1
