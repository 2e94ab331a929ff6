# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The network between the hosts, in one guest:
#
#             srv 203.0.113.1, 2001:db8::1
#              |
#        +- border -+----------+       sw1, sw2  VLAN switches, one per
#        |          |          |                 site
#       rr1        x1         x2       rr1       the site's router: VRRP
#        |          |          |       x1, x2    exit routers
#       sw1 ------ h1         h2
#        |                     |
#        +----- DELAY ms ---- sw2
#
# The border routes to the VMs' subnet via rr1, unless it has a host route.

DELAY=${DELAY:-10}
SRV6=2001:db8::1

# site_switch N: with the host's trunk
site_switch()
{
	local sw=sw$1 v

	netns_add "$sw"
	in_netns "$sw" \
		"link add sw type bridge vlan_filtering 1 vlan_default_pvid 0 mcast_snooping 0" \
		"link set sw up" "link set fab$1 master sw up"
	for v in 10 20; do
		in_bridge "$sw" "vlan add dev fab$1 vid $v"
	done
}

# trunk SWITCH PORT VLAN...: the port exists
trunk()
{
	local sw=$1 port=$2 v

	in_netns "$sw" "link set $port master sw up"
	for v in "${@:3}"; do
		in_bridge "$sw" "vlan add dev $port vid $v"
	done
}

# routed A DEVICE B DEVICE NET NET6: a link with .1 and .2
routed()
{
	veth_add "$1" "$2" "$3" "$4"
	in_netns "$1" "link set $2 up" "address add $5.1/24 dev $2" \
		"address add $6::1/64 dev $2"
	in_netns "$3" "link set $4 up" "address add $5.2/24 dev $4" \
		"address add $6::2/64 dev $4"
}

# forwarding NETNS...
forwarding()
{
	local r

	for r in "$@"; do
		SYSCTLS+=("$r:ipv4/ip_forward=1"
			"$r:ipv6/conf/all/forwarding=1")
	done
}

# exit_router N: down0 is the NIC to the host
exit_router()
{
	local n=$1 x=x$1

	netns_add "$x"
	routed "$x" up0 border "$x" "10.2.$n" "fd02:$n"
	in_netns "$x" "link set exit$n name down0" "link set down0 up" \
		"address add 10.1.$n.2/24 dev down0" \
		"address add fd01:$n::2/64 dev down0" \
		"route add 10.0.10.0/24 via 10.1.$n.1" \
		"route add fd00:10::/64 via fd01:$n::1" \
		"route add default via 10.2.$n.2" \
		"route add default via fd02:$n::2"
	in_netns border "route add 10.1.$n.0/24 via 10.2.$n.1" \
		"route add fd01:$n::/64 via fd02:$n::1"
}

site_router()
{
	netns_add rr1
	veth_add rr1 eth0 sw1 rr1
	trunk sw1 rr1 10
	in_netns rr1 "link set eth0 up" \
		"link add link eth0 name eth0.10 type vlan id 10" \
		"link set eth0.10 address 52:54:00:0e:10:01" \
		"link set eth0.10 up" "address add 10.0.10.2/24 dev eth0.10" \
		"address add fd00:10::2/64 dev eth0.10"
	routed rr1 up0 border rr1 10.3.1 fd03:1
	in_netns rr1 "route add default via 10.3.1.2" \
		"route add default via fd03:1::2"
	in_netns border "route add 10.0.10.0/24 via 10.3.1.1" \
		"route add fd00:10::/64 via fd03:1::1"
}

network_build()
{
	local n

	netns_add border
	netns_add srv
	for n in 1 2; do
		site_switch $n
		exit_router $n
	done
	veth_add sw1 dci sw2 dci
	trunk sw1 dci 10 20
	trunk sw2 dci 10 20
	site_router
	routed srv eth0 border srv 203.0.113 2001:db8
	in_netns srv "route add default via 203.0.113.2" \
		"route add default via 2001:db8::2"
	forwarding border x1 x2 rr1
	for n in 1 2; do
		MAKE+="link set fab$n netns sw$n"$'\n'
		MAKE+="link set exit$n netns x$n"$'\n'
	done
	commit || return 1
	for n in 1 2; do
		tc -n sw$n qdisc add dev dci root netem \
			delay "${DELAY}ms" limit 10000 || return 1
	done
	start_bg echo wire -N srv echo 7008
	vrrp_start
}

# VRRP routers must use one MAC per address, whatever the kernel's defaults.
vrrp_start()
{
	wire sysctl rr1:ipv4/conf/all/arp_ignore=1 \
		rr1:ipv4/conf/all/arp_announce=2
	keepalived_new 1 3
	keepalived_group 1 10 10 150 1 "10.0.10.1/24" \
		$'use_vmac\n\t\tvmac_xmit_base'
	keepalived_group 1 10 10 150 1 "fe80::10/64 fd00:10::1/64" \
		$'use_vmac\n\t\tvmac_xmit_base'
	keepalived_start rr1
	wait_until 10 has_vip rr1 10.0.10.1 &&
		wait_until 10 has_vip rr1 fd00:10::1
}

vrrp_end()
{
	pkill -x keepalived
	wait_until 10 no_vrrp
}

no_vrrp() { ! pgrep -x keepalived; }

# Log what the switches learn.
watch_switches()
{
	local n

	for n in 1 2; do
		start_bg watch$n bridge -n sw$n monitor fdb
	done
}

# switch_learned N: print the log
switch_learned() { cat "/run/watch$1.out"; }

unwatch_switches()
{
	end_bg watch1 > /dev/null
	end_bg watch2 > /dev/null
}

# The border of Documentation/host-routes.rst, two hops away from the hosts
border_bgp()
{
	frr_start border < <(page_text bgp-border | sed "
		s/^ neighbor \(.*\) remote-as .*/&\n neighbor \1 ebgp-multihop 2/")
}

border_bgp_end()
{
	pkill -x bgpd
	pkill -x zebra
	wait_until 10 no_frr
}

no_frr() { ! pgrep -x 'bgpd|zebra'; }

# The server's side of all flows with the VM
flows_begin()
{
	start_bg sink wire -N srv sink 7010
	start_bg in4 wire -N srv stream 10.0.10.7 7009 3000 50000
	start_bg in6 wire -N srv stream fd00:10::7 7009 3000 50000
	start_bg ping4 ns srv stdbuf -oL ping -D -n -i 0.05 10.0.10.7
	start_bg ping6 ns srv stdbuf -oL ping -D -n -i 0.05 fd00:10::7
}

wait_for_flows()
{
	wait_until 20 grep -q 'bytes from' /run/ping4.out &&
		wait_until 20 grep -q 'bytes from' /run/ping6.out &&
		wait_until 10 grep -q ready /run/in4.out &&
		wait_until 10 grep -q ready /run/in6.out
}

# flows_end DIRECTORY: save their output there
flows_end()
{
	local flow rc=0

	mkdir -p "$1"
	for flow in ping4 ping6 in4 in6 sink; do
		end_bg $flow > "$1/$flow" || rc=1
	done
	return $rc
}

# mark NAME: print the time, and the bytes between the sites so far
mark()
{
	local bytes

	bytes=$(ns sw1 awk '$1 == "dci:" { print $2 + $10 }' /proc/net/dev)
	now_ms
	echo "$1 $NOW $bytes"
}
