#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# QEMU live-migrates a running VM between two hosts and back, in four variants:
#
#   bare        without anygw: traffic trombones through the old site
#   coexist     anygw beside the site's router
#   noexit      the same, while host 2 has no exit route
#   hostroutes  coexist, and BGP moves ingress to the new host
#
# The variants of two-hosts.sh follow.
#
#	live.sh [WORD...]	a variant, or a part of a case's name
#	VARIANTS="bare ..." live.sh	these variants
#
# Only QEMU's announcement, the guest's own and its packets tell the network
# where the VM is. Prints KTAP; samples, captures and consoles are kept in
# $RESULTS.

RESULTS=${RESULTS:-$(cd "$(dirname "$0")/../.." && pwd)/results/live}
KERNEL=6.12

. "$(dirname "$0")/lab.sh"
. "$live/../net/lib/runner.sh"
. "$live/two-hosts.sh"

# How long to measure, in milliseconds: at host 1, at host 2, at host 1 again
BEFORE=6000
SETTLE=2000
AFTER=8000
AGAIN=4000

VARIANTS=${VARIANTS:-bare coexist noexit hostroutes router alone}
MIGRATION_VARIANTS="bare coexist noexit hostroutes"
CASES="live_out_by_the_old_site@bare live_out_by_the_old_site@noexit
	live_out_by_the_new_host@coexist live_out_by_the_new_host@hostroutes
	live_nothing_lost_on_the_way_out@coexist
	live_nothing_lost_on_the_way_out@noexit
	live_nothing_lost_on_the_way_out@hostroutes
	live_no_vmac_on_the_fabric@coexist live_no_vmac_on_the_fabric@noexit
	live_no_vmac_on_the_fabric@hostroutes
	live_way_in_follows@hostroutes live_sites_are_apart@hostroutes
	$TWO_HOST_CASES"
for variant in $MIGRATION_VARIANTS; do
	CASES="live_sessions_are_whole@$variant
		live_announced_by_qemu_and_guest@$variant $CASES"
done

VM4='10\.0\.10\.7'
SRV4='203\.0\.113\.1'
VM6=fd00:10::7
SRV6=2001:db8::1
VMAC4=00:00:5e:00:01:0a
VMAC6=00:00:5e:00:02:0a

# ---------------------------------------------------------------- variants

with_gateways() { on h1 with_anygw && on h2 with_anygw; }

# border_routes_via EXIT: the border's host routes to the VM
border_routes_via()
{
	[[ $(on net "ip -n border route show exact 10.0.10.7/32 proto bgp") == *" dev $1 "* ]] &&
		[[ $(on net "ip -6 -n border route show exact fd00:10::7/128 proto bgp") == *" dev $1 "* ]]
}

prepare_bare() { :; }

prepare_coexist() { with_gateways; }

prepare_noexit() { with_gateways && on h2 no_exit_route; }

# BGP announces a VM after its first packet.
prepare_hostroutes()
{
	with_gateways && on net border_bgp && on h1 with_host_routes &&
		on h2 with_host_routes &&
		on vm "ping -c 1 203.0.113.1 && ping -6 -c 1 $SRV6" &&
		wait_until 10 border_routes_via x1
}

undo_noexit() { on h2 exit_route; }

undo_hostroutes()
{
	on h1 without_host_routes
	on h2 without_host_routes
	on net border_bgp_end
}

note() { on net mark "$1" >> "$DATA/marks"; }

# settle EXIT: wait for announcements and routes
settle()
{
	sleep_ms $SETTLE
	[ $VARIANT != hostroutes ] || wait_until 20 border_routes_via "$1"
}

# Migrate under traffic: h1, h2, h1
migrate_under_traffic()
{
	local m

	on net capture $VARIANT srv=srv/eth0 || return 1
	for m in h1 h2; do
		on $m capture $VARIANT ${m}vm=$m/vm0 ${m}fab=$m/fab0 \
			${m}exit=$m/exit0 || return 1
	done
	on net flows_begin && on vm flows_begin && on net wait_for_flows || return 1
	note begin && sleep_ms $BEFORE && note leave &&
		vm_migrate h2 && note moved && settle x2 || return 1
	note settled && sleep_ms $AFTER && note back &&
		vm_migrate h1 && note moved_back && settle x1 || return 1
	note settled_back && sleep_ms $AGAIN && note end || return 1
	on vm flows_end > "$DATA/vm" && on net flows_end /run/lab/$VARIANT ||
		return 1
	for m in net h1 h2; do
		on $m capture_end $VARIANT || return 1
	done
	cp "$LAB/$VARIANT"/* "$LAB/caps/$VARIANT"/* "$DATA"
}

load() { :; }

reap() { :; }

# The output of setups is redirected.
exec {PROGRESS}>&2

progress() { echo "# $*" >&"$PROGRESS"; }

setup()
{
	local rc

	DATA=$RESULTS/$VARIANT
	rm -rf "$DATA"
	mkdir -p "$DATA"
	if [[ " $MIGRATION_VARIANTS " != *" $VARIANT "* ]]; then
		progress "run \"$VARIANT\""
		setup_$VARIANT
		return
	fi
	progress "run \"$VARIANT\": host 1, host 2 and back under traffic"
	: > "$LAB_RESULTS/migrations"
	prepare_$VARIANT && migrate_under_traffic
	rc=$?
	cp "$LAB_RESULTS/migrations" "$DATA/migrations"
	return $rc
}

# Restore the hosts for the next variant.
tear_down()
{
	[ -n "${LAB:-}" ] || return 0
	case $VARIANT in
	noexit | hostroutes | router | alone) undo_$VARIANT ;;
	esac
	on h1 unload
	on h2 unload
} > /dev/null 2>&1

# ---------------------------------------------------------------- test cases

# frames NAME...: copy captures of this variant for the assertions
frames()
{
	local name

	for name in "$@"; do
		cp "$DATA/$name.txt" "$TMP/$name.txt"
	done
}

# set_flow FAMILY: set FLOW to the pattern of the VM's datagrams to the server
set_flow()
{
	if [ "$1" = 4 ]; then
		FLOW="ip=$VM4>$SRV4 .*udp=[0-9]+>7010"
	else
		FLOW="ip6=$VM6>$SRV6 .*udp=[0-9]+>7010"
	fi
}

live_sessions_are_whole()
{
	local flow

	for flow in in4 in6; do
		grep -qE '^sent [1-9][0-9]* .* ok$' "$DATA/$flow" ||
			fail "$flow: $(< "$DATA/$flow")"
	done
	for flow in out4 out6; do
		grep -qE "^$flow sent [1-9][0-9]* .* ok$" "$DATA/vm" ||
			fail "$(< "$DATA/vm")"
	done
}

live_announced_by_qemu_and_guest()
{
	frames h2vm h2fab
	some h2vm "QEMU's RARP" " in .*src=$VM_MAC .*rarp=3 "
	some h2vm "the guest's ARP" " in .*src=$VM_MAC .*spa=$VM4 .*tpa=$VM4 "
	some h2vm "the guest's advertisement" \
		" in .*src=$VM_MAC .*icmp6=136/0 target=$VM6 "
	some h2fab "announced on the fabric" " out .*src=$VM_MAC .*rarp=3 "
}

# From the first datagram on: the VM is at each host once.
live_out_by_the_new_host()
{
	local family total

	frames h2vm h2fab h2exit
	for family in 4 6; do
		set_flow $family
		count h2vm " in .*$FLOW"
		total=$N
		more "datagrams at host 2" "$total" 100
		exactly h2exit "$total" "via its own exit" " out .*$FLOW"
		none h2fab "over the fabric" " out .*$FLOW"
	done
}

live_out_by_the_old_site()
{
	local family total to

	frames h2vm h2fab h2exit
	for family in 4 6; do
		set_flow $family
		[ $family = 4 ] && to=$VMAC4 || to=$VMAC6
		count h2vm " in .*$FLOW"
		total=$N
		more "datagrams at host 2" "$total" 100
		exactly h2fab "$total" "to the router, unmodified" \
			" out .*src=$VM_MAC dst=$to .*$FLOW"
		none h2exit "via the exit" "$FLOW"
	done
}

live_nothing_lost_on_the_way_out()
{
	local family sent

	for family in 4 6; do
		sent=$(sed -n "s/^dgram$family sent //p" "$DATA/vm")
		more "datagrams sent" "${sent:-0}" 200
		grep -qx "flow $family got $sent twice 0" "$DATA/sink" ||
			fail "sent $sent, the server has: $(< "$DATA/sink")"
	done
}

# W2. The router's own frames are ingress.
live_no_vmac_on_the_fabric()
{
	local m

	frames h1fab h2fab
	for m in h1 h2; do
		some ${m}fab "a capture with frames" " out "
		none ${m}fab "the vMAC on egress" \
			" out .*(src|sha|ll)=($VMAC4|$VMAC6)"
		none ${m}fab "the gateway address on egress" " out .*spa=10\.0\.10\.1 "
	done
}

# Via the exit of host 2, except for packets in flight
live_way_in_follows()
{
	local in4="ip=$SRV4>$VM4 .*icmp=8" in6="ip6=$SRV6>$VM6 .*icmp6=128"
	local in total

	frames h2vm h2fab h2exit
	for in in "$in4" "$in6"; do
		count h2vm " out .*$in"
		total=$N
		more "requests to the VM at host 2" "$total" 60
		count h2exit " in .*$in"
		more "via the exit of host 2" $((N * 100)) $((total * 70))
		[ "$(last_time h2exit " in .*$in")" -gt \
			"$(last_time h2fab " in .*$in")" ] ||
			fail "some still come over the fabric"
	done
}

# last_time CAPTURE PATTERN: the time of the last frame that matches
last_time()
{
	grep -E -e "$2" "$TMP/$1.txt" | tail -n 1 |
		sed 's/^t=\([0-9]*\) .*/\1/' | grep . || echo 0
}

# crossed FROM TO: the bytes between the sites from one mark to another
crossed()
{
	awk -v from="$1" -v to="$2" '$1 == from { sum = -$3 }
		$1 == to { sum += $3 } END { print sum }' "$DATA/marks"
}

# While the VM is at host 2, the link between the sites carries the messages of
# routers and neighbours only.
live_sites_are_apart()
{
	local bytes

	bytes=$(crossed settled back)
	diag "$bytes bytes crossed in $AFTER ms"
	[ "$bytes" -lt $((AFTER * 4)) ] || fail "$bytes bytes crossed"
}

# ---------------------------------------------------------------- the kernels

# has_no_splats GUEST: print the splats of its kernel
has_no_splats()
{
	on "$1" dmesg > "$RESULTS/consoles/$1.$VARIANT.dmesg"
	"$vm/splats.sh" "$RESULTS/consoles/$1.$VARIANT.dmesg"
}

# The last case of each variant: the module is unloaded with everything
# configured, and no kernel has reported anything.
live_kernels_are_calm()
{
	local m taint

	ok "rmmod on host 1" on h1 unload
	ok "rmmod on host 2" on h2 unload
	for m in h1 h2; do
		refused "the module is gone from $m" on $m loaded
		taint=$(on $m cat /proc/sys/kernel/tainted)
		equal "taint by an error on $m" \
			$((taint & (1 << 9 | 1 << 7 | 1 << 14 | 1 << 5))) 0
	done
	for m in net h1 h2 vm; do
		ok "the kernel of $m" has_no_splats $m
	done
}

# ---------------------------------------------------------------- the lab

lab_build()
{
	local site m

	progress "booting two hosts and the network between them"
	lab_begin "$RESULTS/consoles" || return 1
	for site in 1 2; do
		cable f$site h$site-fab net-fab$site &&
			cable e$site h$site-exit net-exit$site &&
			cable v$site h$site-vm vm-h$site || return 1
	done
	guest_boot net fab1=net-fab1 fab2=net-fab2 exit1=net-exit1 \
		exit2=net-exit2 || return 1
	for m in h1 h2; do
		guest_boot $m fab0=$m-fab exit0=$m-exit vm0=$m-vm || return 1
	done
	for m in net h1 h2; do
		booted $m || return 1
	done
	on net network_build && on h1 host_build && on h2 host_build || return 1
	progress "booting the VM at host 1"
	vm_start h1 &&
		on vm "ping -c 1 -W 20 203.0.113.1 && ping -6 -c 1 -W 20 $SRV6"
}

leave()
{
	trap - EXIT INT TERM HUP
	lab_end 2> /dev/null
	rm -rf "$TMP"
	exit "$1"
}

trap 'leave $?' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir -p "$RESULTS"
echo "TAP version 13"
if ! lab_build > "$TMP/lab.log" 2>&1; then
	diag "$(tail -n 20 "$TMP/lab.log")"
	echo "Bail out! The guests do not boot; see $RESULTS/consoles"
	exit 1
fi
LAST_CASE=live_kernels_are_calm
run_variants "$@"
rc=$?
[ $rc != 1 ] || diag "the consoles are in $RESULTS/consoles"
exit $rc
