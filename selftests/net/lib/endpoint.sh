# SPDX-License-Identifier: GPL-2.0
#
# What the scenes of endpoints share.

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

# Machines that only the scene makes up
M1=52:54:00:aa:00:01
M2=52:54:00:aa:00:02

ctl() { anygwctl -n h1 "$@"; }

# jq PROGRAM over "endpoint show"
endpoints_match() { ctl -j endpoint show | jq -e "$1" > /dev/null; }

# knows MAC PORT [ADDRESS...]: there, with these addresses and no others
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

# Each test starts with nobody known.
flush_endpoints()
{
	ok "flush" ctl endpoint flush
	# What the last test has claimed
	flush_neighbours h1
}

# out VM MAC SOURCE: a packet for the gateway
send_udp() { vm_send "$1" "udp,$VMAC,$2,$3,203.0.113.9,9"; }

send_udp6() { vm_send "$1" "udp6,$VMAC,$2,$3,2001:db8::9,9"; }

# unsolicited VM MAC ADDRESS: an unsolicited advertisement, RFC 4861 7.2.6
unsolicited() { vm_send "$1" "na,33:33:00:00:00:01,$2,$3,ff02::1,$3,32,$2"; }

# The question of the gateway, to one machine alone: MAC ADDRESS
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
	soon "it listens" 5 monitor_joined
}

# event NAME PROGRAM: whether there was one for which jq says so
has_event()
{
	jq -es "[.[] | select(.event == \"$1\" and ($2))] | length > 0" \
		"$TMP/monitor.out"
}

no_event()
{
	if has_event "$@" > /dev/null; then
		fail "there is such an event: $* in $(< "$TMP/monitor.out")"
	fi
}
