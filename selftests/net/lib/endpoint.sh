# SPDX-License-Identifier: GPL-2.0
#
# Shared by the tests of endpoints.

SIX=1

setup()
{
	topo 1 && gateways h1 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v12 h1 10 10.0.10.12 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v21 h1 20 10.0.20.21 &&
		commit && set_names 10 && BR0=$B
}

# MACs of simulated endpoints
M1=52:54:00:aa:00:01
M2=52:54:00:aa:00:02

ctl() { anygwctl -n h1 "$@"; }

# endpoints_match FILTER: whether jq's filter holds for "endpoint show"
endpoints_match() { ctl -j endpoint show | jq -e "$1" > /dev/null; }

# has_endpoint MAC PORT [ADDRESS...]: on that port with exactly these addresses
has_endpoint()
{
	local mac=$1 port=$2 list=

	shift 2
	[ $# = 0 ] || list=$(printf '"%s",' "$@")
	endpoints_match "[.[] | select(.mac == \"$mac\" and .port == \"$port\" and
		(.addresses | sort) == ([${list%,}] | sort))] | length == 1"
}

no_endpoint() { endpoints_match "[.[] | select(.mac == \"$1\")] | length == 0"; }

endpoints_behind()
{
	ctl -j endpoint show | jq "[.[] | select(.port == \"$1\")] | length"
}

count_behind() { [ "$(endpoints_behind "$1")" = "$2" ]; }

# Cases start with this.
flush_endpoints()
{
	ok "flush" ctl endpoint flush
	# Claims of the previous case
	flush_neighbours h1
}

# send_udp VM MAC SOURCE: send a packet through the gateway
send_udp() { vm_send "$1" "udp,$VMAC,$2,$3,203.0.113.9,9"; }

send_udp6() { vm_send "$1" "udp6,$VMAC,$2,$3,2001:db8::9,9"; }

# unsolicited VM MAC ADDRESS: send an unsolicited advertisement, RFC 4861 7.2.6
unsolicited() { vm_send "$1" "na,33:33:00:00:00:01,$2,$3,ff02::1,$3,32,$2"; }

# arp_query MAC ADDRESS, nd_query MAC ADDRESS: the gateway's unicast query
arp_query() { echo "src=$VMAC dst=$1 arp=1 sha=$VMAC spa=10\.0\.10\.1 .*tpa=${2//./\\.} "; }

nd_query() { echo "src=$VMAC dst=$1 ip6=${GATEWAY_LL//./\\.}>$2 .*icmp6=135/0 target=$2 ll=$VMAC .*sum=ok "; }

monitor_joined()
{
	ns h1 awk '$2 == 16 && $4 != "00000000" { found = 1 }
		END { exit !found }' /proc/net/netlink
}

monitor_start()
{
	bg monitor anygwctl -n h1 -j monitor
	soon "the monitor has joined" 5 monitor_joined
}

# has_event NAME FILTER: whether jq's filter holds for one of the events
has_event()
{
	jq -es "[.[] | select(.event == \"$1\" and ($2))] | length > 0" \
		"$TMP/monitor.out"
}

no_event()
{
	if has_event "$@" > /dev/null; then
		fail "unexpected event: $* in $(< "$TMP/monitor.out")"
	fi
}
