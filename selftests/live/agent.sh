#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The program of a lab guest: agent.sh NAME
#
# Name the NICs and run commands. The functions of the tests are available;
# network.sh adds those of the network's guest, host.sh those of a host.

name=$1
live=$(cd "$(dirname "$0")" && pwd)
VARIANT=untagged
SIX=1

. "$live/../net/lib/lib.sh"
. "$live/../net/lib/routers.sh"
. "$live/../net/lib/frr.sh"
. "$live/commands.sh"

mkdir -p /run/lab
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none \
	lab /run/lab
modprobe virtio_net

# The order of the bus is arbitrary.
name_nics()
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

has_exited() { ! kill -0 "$1"; }

# start_bg NAME COMMAND...: run it in the background
start_bg()
{
	local tag=$1

	shift
	# The PID must be that of the command, not of a shell that waits for it.
	[ "$1" != ns ] || set -- nsenter --net="/run/netns/$2" "${@:3}"
	"$@" > "/run/$tag.out" 2>&1 < /dev/null &
	echo $! > "/run/$tag.pid"
}

end_bg()
{
	local pid

	pid=$(< "/run/$1.pid")
	kill "$pid" 2> /dev/null
	wait_until 20 has_exited "$pid" || return 1
	cat "/run/$1.out"
}

# capture_end TAG: copy the capture to where the driver can read it
capture_end()
{
	local pid

	pid=$(< "/run/caps/$1/pid")
	kill "$pid"
	wait_until 10 has_exited "$pid" || return 1
	! grep lost "/run/caps/$1/out" || return 1
	mkdir -p "/run/lab/caps/$1"
	cp "/run/caps/$1"/*.txt "/run/caps/$1"/*.pcap "/run/lab/caps/$1"
}

name_nics
setup_sysctls
case $name in
h*) . "$live/host.sh" ;;
*) . "$live/network.sh" ;;
esac
serve_commands /dev/ttyS1
