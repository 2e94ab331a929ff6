#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demo's network, run as root inside a guest:
#
#	               server 203.0.113.9
#	                   |
#	  +----------------+ core +---------------+
#	  |           |                |          |
#	 r1 --VRRP-- r2   x1 (exit)    x2 (exit)
#	  |           |    |           |
#	--+-----------+--  h1          h2
#	    s1  (site 1)---+|           |+--- s2 (site 2)
#	     \______ VLAN 10, stretched: 10 ms each way ______/
#
# The VM, 10.0.10.7 and fd00:10::7, migrates from h1 to h2. The samples are in
# $RESULTS; report.py makes a table and a plot of them.
set -e

here=$(cd "$(dirname "$0")" && pwd)
probe="/usr/bin/python3 $here/probe.py"
results=${RESULTS:?where to put the samples}
ko=${ANYGW_KO:?path of anygw.ko}

# How long to measure, in seconds: at site 1, and at site 2 after the migration
before=8
after=10

vm=10.0.10.7
vip=10.0.10.1
server=203.0.113.9
vm6=fd00:10::7
vip6=fd00:10::1
# The VMs' IPv6 router
vip6_ll=fe80::10
server6=2001:db8::9

wait_until()
{
	local tries=$1

	shift
	until "$@" > /dev/null 2>&1; do
		[ $((tries -= 1)) -gt 0 ] || {
			echo "demo: timed out waiting for: $*" >&2
			return 1
		}
		sleep 0.1
	done
}

# node NAME...: add namespaces
node()
{
	local ns

	for ns; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.default.accept_ra=0 \
			net.ipv6.conf.default.accept_dad=0
	done
}

# router NAME...: add namespaces that forward
router()
{
	local ns

	node "$@"
	for ns; do
		ip netns exec "$ns" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
	done
}

# cable NS1 DEV1 NS2 DEV2
cable()
{
	ip -n "$1" link add "$2" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# routed NS1 DEV1 NS2 DEV2 NET NET6: a cable with NET.1 and NET.2 on it, and
# the same of IPv6
routed()
{
	cable "$1" "$2" "$3" "$4"
	ip -n "$1" addr add "$5.1/24" dev "$2"
	ip -n "$3" addr add "$5.2/24" dev "$4"
	ip -n "$1" addr add "$6::1/64" dev "$2"
	ip -n "$3" addr add "$6::2/64" dev "$4"
}

# add_routes NS DST VIA DST6 VIA6: a route per family
add_routes()
{
	ip -n "$1" route add "$2" via "$3"
	ip -n "$1" route add "$4" via "$5"
}

bridge_of()
{
	ip -n "$1" link add br0 type bridge vlan_filtering 1 \
		vlan_default_pvid 0
	ip -n "$1" link set br0 up
}

# access NS DEV, trunk NS DEV: make it a port in VLAN 10
access()
{
	ip -n "$1" link set "$2" master br0
	bridge -n "$1" vlan add dev "$2" vid 10 pvid untagged
}

trunk()
{
	ip -n "$1" link set "$2" master br0
	bridge -n "$1" vlan add dev "$2" vid 10
}

build_sites()
{
	local site

	node server s1 s2 vm
	router core r1 r2 x1 x2 h1 h2
	for site in 1 2; do
		bridge_of "s$site"
		bridge_of "h$site"
		cable "h$site" fab0 "s$site" "h$site"
		trunk "h$site" fab0
		trunk "s$site" "h$site"
		routed "h$site" exit0 "x$site" "h$site" "10.1.$site" \
			"fd01:$site"
		routed "x$site" core0 core "x$site" "10.2.$site" "fd02:$site"
		add_routes "h$site" default "10.1.$site.2" default "fd01:$site::2"
		add_routes "x$site" default "10.2.$site.2" default "fd02:$site::2"
		add_routes "x$site" 10.0.10.0/24 "10.1.$site.1" \
			fd00:10::/64 "fd01:$site::1"
		cable "r$site" lan0 s1 "r$site"
		access s1 "r$site"
		ip -n "r$site" addr add "10.0.10.$((site + 1))/24" dev lan0
		ip -n "r$site" addr add "fd00:10::$((site + 1))/64" dev lan0
		routed "r$site" core0 core "r$site" "10.3.$site" "fd03:$site"
		add_routes "r$site" default "10.3.$site.2" default "fd03:$site::2"
	done
	routed server eth0 core server 203.0.113 2001:db8
	ip -n server addr replace "$server/24" dev eth0
	ip -n server addr replace "$server6/64" dev eth0
	add_routes server default 203.0.113.2 default 2001:db8::2
	add_routes core 10.0.10.0/24 10.3.1.1 fd00:10::/64 fd03:1::1

	cable s1 dci s2 dci
	trunk s1 dci
	trunk s2 dci
	tc -n s1 qdisc add dev dci root netem delay 10ms limit 10000
	tc -n s2 qdisc add dev dci root netem delay 10ms limit 10000
}

# vrrp_group SITE NAME ADDRESS...
vrrp_group()
{
	local site=$1 name=$2

	shift 2
	cat <<-END
	vrrp_instance $name {
		state $([ "$site" = 1 ] && echo MASTER || echo BACKUP)
		interface lan0
		use_vmac $name
		vmac_xmit_base
		virtual_router_id 10
		priority $((120 - site * 10))
		advert_int 1
		virtual_ipaddress {
			$(printf '%s\n' "$@")
		}
	}
	END
}

# keepalived as first-hop router: r1 is master, r2 is backup. Each family has
# its group and its MAC.
start_vrrp()
{
	local site conf

	for site in 1 2; do
		conf=/run/keepalived-$site
		{
			printf '%s\n' "global_defs {" "	router_id r$site" \
				"	vrrp_version 3" \
				"	vrrp_garp_master_delay 1" "}"
			vrrp_group $site vrrp4 "$vip/24"
			vrrp_group $site vrrp6 "$vip6_ll/64" "$vip6/64"
		} > "$conf.conf"
		ip netns exec "r$site" sysctl -qw net.ipv4.conf.all.arp_ignore=1 \
			net.ipv4.conf.all.arp_announce=2 \
			net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0
		ip netns exec "r$site" keepalived -n -l -f "$conf.conf" \
			-p "$conf.pid" -r "$conf.vrrp.pid" \
			> "$results/keepalived-r$site.log" 2>&1 &
	done
	wait_until 100 sh -c "ip -n r1 addr | grep -q '$vip/24'"
	wait_until 100 sh -c "ip -n r1 addr | grep -q '$vip6/64'"
}

# The VM's NIC: it stays connected whichever host runs the VM, and each host has
# a tap for it, as with QEMU. One end leads to the VM, one to each tap.
add_nic()
{
	local site

	node nic
	cable vm eth0 nic vm0
	tc -n nic qdisc add dev vm0 clsact
	for site in 1 2; do
		cable "h$site" tap0 nic "tap$site"
		access "h$site" tap0
		tc -n nic qdisc add dev "tap$site" clsact
		tc -n nic filter add dev "tap$site" ingress matchall \
			action mirred egress redirect dev vm0
	done
}

run_vm_at()
{
	tc -n nic filter del dev vm0 ingress
	tc -n nic filter add dev vm0 ingress matchall \
		action mirred egress redirect dev "tap$1"
}

add_vm()
{
	add_nic
	run_vm_at 1
	ip -n vm addr add "$vm/24" dev eth0
	ip -n vm addr add "$vm6/64" dev eth0
	ip -n vm route add default via "$vip"
	ip -n vm route add default via "$vip6_ll" dev eth0
	wait_for_server
}

wait_for_server()
{
	wait_until 100 ip netns exec vm ping -c 1 -W 1 "$server"
	wait_until 100 ip netns exec vm ping -c 1 -W 1 "$server6"
}

# Live migration as the network sees it: the VM continues behind the other
# host's tap, and QEMU announces it there.
migrate()
{
	run_vm_at "$1"
	ip netns exec vm $probe announce eth0
}

dci_bytes()
{
	ip netns exec s1 sh -c \
		'cat /sys/class/net/dci/statistics/tx_bytes /sys/class/net/dci/statistics/rx_bytes' |
		awk '{ sum += $1 } END { print sum }'
}

# path SERVER
path()
{
	ip netns exec vm traceroute -n -q 1 -w 1 -m 8 "$1" |
		awk 'NR > 1 { print $2 }' | paste -sd ' '
}

# The VM's neighbour entries of its gateways
neighbours()
{
	{
		ip -n vm neigh show "$vip"
		ip -n vm neigh show "$vip6_ll"
	} | awk '{ print $1, $5 }'
}

# echoes NAME SECONDS: to the server in both families, in the background
echoes()
{
	ip netns exec vm $probe echo "$server" "$2" > "$results/$1.rtt" &
	echo_pids=($!)
	ip netns exec vm $probe echo "$server6" "$2" > "$results/$1.rtt6" &
	echo_pids+=($!)
}

# run NAME: one migration under traffic
run()
{
	local out=$results/$1 bytes1 bytes2

	path "$server" > "$out.path1"
	echoes "$1" $((before + after))
	ip netns exec vm $probe stream "$server" $((before + after)) \
		> "$out.stream" &
	local stream_pid=$!

	bytes1=$(dci_bytes)
	wait_for_seconds "$before"
	echo $(($(dci_bytes) - bytes1)) > "$out.bytes1"

	date +%s.%3N > "$out.migrated"
	migrate 2
	follow "$1" 2
	bytes2=$(dci_bytes)
	date +%s.%3N > "$out.measured"
	wait "${echo_pids[@]}" "$stream_pid"
	date +%s.%3N > "$out.end"
	echo $(($(dci_bytes) - bytes2)) > "$out.bytes2"
	path "$server" > "$out.path2"
	path "$server6" > "$out.path26"
}

wait_for_seconds()
{
	local end=$(($(date +%s%3N) + $1 * 1000))

	while [ "$(date +%s%3N)" -lt "$end" ]; do
		sleep 0.05
	done
}

# With a gateway on every host ingress can follow the VM: add a host route to
# its site, as a routing daemon on the hosts would announce it.
follow()
{
	[ "$1" = anygw ] || return 0
	ip -n core route replace "$vm/32" via "10.2.$2.1"
	ip -n core route replace "$vm6/128" via "fd02:$2::1"
}

# Add anygw host by host, under traffic, beside the VRRP pair and with the same
# MACs and addresses. One group per family needs two gateways in the VLAN.
with_anygw()
{
	local site

	neighbours > "$results/before.neigh"
	echoes introduced 8
	insmod "$ko"
	for site in 1 2; do
		wait_for_seconds 2
		anygwctl -n "h$site" port set dev fab0 role fabric
		anygwctl -n "h$site" gateway add bridge br0 vlan 10 \
			vrrp 10 address "$vip/24" coexist on
		anygwctl -n "h$site" gateway add bridge br0 vlan 10 \
			name gw10v6 vrrp6 10 address "$vip6_ll/64" \
			address "$vip6/64" coexist on
	done
	wait_for_seconds 2
	follow anygw 1
	wait "${echo_pids[@]}"
	neighbours > "$results/after.neigh"
	anygwctl -n h1 gateway show
}

build_sites
start_vrrp
ip netns exec server $probe server > /run/server.out &
wait_until 100 grep -q ready /run/server.out
add_vm

echo "demo: first migration, the gateway is the VRRP pair in site 1"
run vrrp
migrate 1
wait_for_server

echo "demo: anygw is added to both hosts, one after the other, under traffic"
with_anygw
echo "demo: second migration, the VRRP pair is still running"
run anygw
anygwctl -n h2 -s gateway show
neighbours > "$results/end.neigh"
echo "demo: done"
