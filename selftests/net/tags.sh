#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 400
#
# Encapsulated frames are parsed as by their receiver: behind any number of
# priority tags of both types, which receivers remove and the bridge does not,
# and in 802.2 SNAP headers. The fences hold there as well (W2, W6, W7, W9,
# W11). Frames in a VLAN of the VMs' own or in a tunnel are not touched (W14).
# The variant "provider" is a bridge with 802.1ad VLAN filtering.

. "$(dirname "$0")/lib/lib.sh"

SIX=1
VARIANTS="untagged tagged unaware provider"
CASES="w11_claims_in_priority_tags w11_routers_in_priority_tags
	w11_beacons_in_priority_tags w09_questions_in_priority_tags
	w06_claims_in_priority_tags w06_routers_in_priority_tags
	w06_beacons_in_priority_tags w07_questions_in_priority_tags
	w02_gateway_in_priority_tags w02_host_in_priority_tags
	w14_packets_in_priority_tags w14_stacked_tags_are_untouched
	w11_claims_in_snap w06_claims_in_snap w14_pppoe_is_untouched"

# The fabric's tag, in front of those of a case
provider()
{
	local b

	T=v10
	[ "$VARIANT" = provider ] || return 0
	T=a10
	for b in "sw sw" "h1 br0" "h2 br0"; do
		# shellcheck disable=SC2086
		set -- $b
		ip -n "$1" link set "$2" type bridge vlan_protocol 802.1ad ||
			return 1
	done
}

setup()
{
	topo 2 && provider && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10 &&
		{ [ -d /proc/sys/net/bridge ] || modprobe br_netfilter; }
}

STACKS="v0 a0 v0,v0 a0,v0 v0,a0 a0,a0 v0,a0,v0"
ALL=33:33:00:00:00:01
BAD=52:54:00:bb:00:01
CLAIM="spa=10\.0\.10\.1 |target=fd00:10::1 |ip6=fd00:10::1>|target=${GATEWAY_LL//./\\.} "
ROUTER="icmp6=13[47]|icmp=5/"

# stacked PREFIX FRAME...: set FRAMES to each frame in each of the stacks,
# behind PREFIX
stacked()
{
	local s f prefix=${1:+,$1}

	shift
	FRAMES=()
	for s in $STACKS; do
		for f in "$@"; do
			FRAMES+=("$f$prefix,$s")
		done
	done
}

check_service()
{
	local vm

	for vm in "$@"; do
		ok "$vm reaches its gateway" vm_ping "$vm" 10.0.10.1
		ok "$vm holds the vMAC" \
			neigh_is "$vm" "${VM_DEV[$vm]}" 10.0.10.1 $VMAC
	done
}

drops_are() { [ "$(port_drops "$1" "$2")" = "$3" ]; }

# fenced MAC PATTERN [ENCAP]: the VM sends FRAMES, and they are dropped
fenced()
{
	local before

	before=$(port_drops h1 v11)
	cap fab=h1/fab0 other=v13/eth0 in=h1/v11
	vm_send v11 "${FRAMES[@]}"
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	# The VM's own stack sends, too.
	exactly in ${#FRAMES[@]} "the frames came in" \
		" in .*src=$1 .*${3:-tag}=.*($2)"
	none other "at another VM" " in .*src=$1 .*($2)"
	none fab "on the fabric" " out .*src=$1 .*($2)"
	equal "counted at the port" \
		"$(($(port_drops h1 v11) - before))" ${#FRAMES[@]}
}

w11_claims_in_priority_tags()
{
	local m=${VM_MAC[v11]} o=${VM_MAC[v13]}

	check_service v13
	stacked "" "garp,$m,10.0.10.1" \
		"arp,$o,$m,2,$m,10.0.10.1,$o,10.0.10.13" \
		"arp,$BCAST,$m,1,$m,10.0.10.1,$ZERO_MAC,10.0.10.13" \
		"na,$ALL,$m,fd00:10::1,ff02::1,fd00:10::1,32,$m" \
		"na,$o,$m,fd00:10::11,fd00:10::13,$GATEWAY_LL,96,$m" \
		"ns,group,$m,fd00:10::1,fd00:10::13,$m"
	fenced "$m" "$CLAIM"
	ok "the other VM holds the vMAC" \
		neigh_is v13 "${VM_DEV[v13]}" 10.0.10.1 $VMAC
	check_service v11 v13
	ok "its other traffic goes on" vm_ping v11 10.0.10.13
}

default_of() { ip -n "$1" -6 route show default | grep -q "via $2 .*proto ra"; }

w11_routers_in_priority_tags()
{
	local m=${VM_MAC[v11]} o=${VM_MAC[v13]}

	ok "v13 listens to routers" \
		wire sysctl "v13:ipv6/conf/${VM_DEV[v13]}/accept_ra=2"
	undo wire sysctl "v13:ipv6/conf/${VM_DEV[v13]}/accept_ra=0"
	undo ip -n v13 -6 route del default via fe80::11
	stacked "" "ra,$m,fe80::11,$m" \
		"redirect,$o,$m,fe80::11,fd00:10::13,fe80::11,$m,fd00:20::9" \
		"redirect4,$o,$m,10.0.10.11,10.0.10.13,10.0.10.11,$SRV"
	fenced "$m" "$ROUTER"
	refused "the other VM has a new router" default_of v13 fe80::11
}

w11_beacons_in_priority_tags()
{
	local m=${VM_MAC[v11]}

	stacked "" "beacon,$m,35,$VMAC"
	fenced "$m" "beacon="
}

# They may be answered or not, but at most once and by no one else.
w09_questions_in_priority_tags()
{
	local m=${VM_MAC[v11]} n=0

	for _ in $STACKS; do n=$((n + 1)); done
	stacked "" "arp,$BCAST,$m,1,$m,10.0.10.11,$ZERO_MAC,10.0.10.1" \
		"ns,group,$m,fd00:10::11,fd00:10::1,$m"
	cap vm=v11/eth0 other=v13/eth0 fab=h1/fab0 in=h1/v11
	vm_send v11 "${FRAMES[@]}"
	vm_mark other v11
	await fab "mark on the fabric" type=88b5
	cap_end
	exactly in $((2 * n)) "the questions came in" \
		" in .*src=$m .*tag=.*(arp=1 .*tpa=10\.0\.10\.1 |icmp6=135/0 target=fd00:10::1 )"
	none other "flooded to another VM" \
		" in .*src=$m .*(arp=1 .*tpa=10\.0\.10\.1 |icmp6=135/0 target=fd00:10::1 )"
	none fab "flooded to the fabric" \
		" out .*src=$m .*(arp=1 .*tpa=10\.0\.10\.1 |icmp6=135/0 target=fd00:10::1 )"
	count in " in .*src=$m .*arp=1 .*tpa=10\.0\.10\.1 "
	n=$N
	count vm " in .*arp=2 .*spa=10\.0\.10\.1 "
	[ "$N" -le "$n" ] || fail "$N replies to $n requests"
	none vm "a reply from another host" " in .*arp=2 sha=(0[^2]|[^0]).* spa=10\.0\.10\.1 "
	count in " in .*src=$m .*icmp6=135/0 target=fd00:10::1 "
	n=$N
	count vm " in .*icmp6=136/0 target=fd00:10::1 "
	[ "$N" -le "$n" ] || fail "$N advertisements for $n solicitations"
	check_service v11
}

# not_delivered PATTERN: the fabric sends FRAMES, and no VM receives them
not_delivered()
{
	cap vm=v11/eth0 in=h1/fab0
	fabric_send h1 "${FRAMES[@]}" "mark,$BAREP,77,$T"
	await vm "mark" "type=88b5 load=004d"
	cap_end
	exactly in ${#FRAMES[@]} "the frames came in" " in .*($1)"
	none vm "at a VM" " in .*($1)"
}
BAREP=52:54:00:00:be:ef

w06_claims_in_priority_tags()
{
	local m=${VM_MAC[v11]} c

	check_service v11
	c=$(gw_stat h1 "$G" conflicts)
	stacked $T "garp,$BAD,10.0.10.1" \
		"arp,$m,$BAD,2,$BAD,10.0.10.1,$m,10.0.10.11" \
		"na,$ALL,$BAD,fd00:10::1,ff02::1,fd00:10::1,32,$BAD" \
		"na,$m,$BAD,fe80::2,fd00:10::11,$GATEWAY_LL,96,$BAD"
	not_delivered "src=$BAD"
	equal "conflicts" "$(($(gw_stat h1 "$G" conflicts) - c))" ${#FRAMES[@]}
	ok "the VM holds the vMAC" \
		neigh_is v11 "${VM_DEV[v11]}" 10.0.10.1 $VMAC
	check_service v11
}

w06_routers_in_priority_tags()
{
	local m=${VM_MAC[v11]} c

	c=$(gw_stat h1 "$G" conflicts)
	stacked $T "ra,$BAD,$GATEWAY_LL,$BAD" \
		"redirect,$m,$BAD,$GATEWAY_LL,fd00:10::11,fe80::9,$BAD,fd00:20::9" \
		"redirect4,$m,$BAD,10.0.10.1,10.0.10.11,10.0.10.66,$SRV"
	not_delivered "src=$BAD"
	more "conflicts" "$(($(gw_stat h1 "$G" conflicts) - c))" 0
}

w06_beacons_in_priority_tags()
{
	stacked $T "beacon,0a:61:6e:99:00:01,35,$VMAC"
	not_delivered "src=0a:61:6e:99:00:01"
}

w07_questions_in_priority_tags()
{
	local peer=0a:61:6e:12:34:56

	stacked $T "arp,$BCAST,$peer,1,$peer,0.0.0.0,$ZERO_MAC,10.0.10.11" \
		"arp,$BCAST,$BAD,1,$BAD,10.0.10.1,$ZERO_MAC,10.0.10.11"
	not_delivered "sha=($peer|$BAD)"
}

w02_gateway_in_priority_tags()
{
	stacked "" "garp,$VMAC,10.0.10.1" \
		"arp,$BCAST,$VMAC,1,$VMAC,10.0.10.1,$ZERO_MAC,10.0.10.50" \
		"na,$ALL,$VMAC,$GATEWAY_LL,ff02::1,$GATEWAY_LL,32,$VMAC" \
		"ra,$VMAC,$GATEWAY_LL,$VMAC"
	cap gw=h1/$G fab=h1/fab0
	ok "the device sends" wire -N h1 send "$G" "${FRAMES[@]}" \
		"arp,$BCAST,$VMAC,1,$VMAC,10.0.10.1,$ZERO_MAC,10.0.10.51"
	await fab "an untagged request from the host" \
		" out .*src=${HMAC[1]} .*arp=1 .*tpa=10\.0\.10\.51 "
	cap_end
	exactly gw ${#FRAMES[@]} "sent on the device" \
		" out .*src=$VMAC .*tag=.*(tpa=10\.0\.10\.(1|50) |icmp6=13[46])"
	none fab "the vMAC on the fabric" " out .*($VMAC)"
	none fab "the gateway's addresses on the fabric" \
		" out .*($CLAIM|icmp6=134)"
}

w02_host_in_priority_tags()
{
	local me=52:54:00:00:00:b0 t=$T

	[ "$VARIANT" != unaware ] || t=
	stacked "$t" "garp,$me,10.0.10.1" \
		"arp,$BCAST,$me,1,$VMAC,10.0.10.200,$ZERO_MAC,10.0.10.50" \
		"na,$ALL,$me,fe80::b0,ff02::1,fd00:10::1,32,$me"
	cap br=h1/$B fab=h1/fab0
	ok "the host sends" wire -N h1 send "$B" "${FRAMES[@]}" \
		"arp,$BCAST,$me,1,$me,10.0.10.200,$ZERO_MAC,10.0.10.51${t:+,$t}"
	await fab "its own request" " out .*src=$me .*tpa=10\.0\.10\.51 "
	cap_end
	exactly br $((${#FRAMES[@]} + 1)) "sent on the bridge" " out .*src=$me"
	none fab "the gateway's addresses on the fabric" " out .*($CLAIM)"
	none fab "the vMAC on the fabric" "sha=$VMAC"
}

w14_packets_in_priority_tags()
{
	local m=${VM_MAC[v11]} o=${VM_MAC[v13]}

	stacked "" "udp,$o,$m,10.0.10.11,10.0.10.13,9" \
		"arp,$BCAST,$m,1,$m,10.0.10.11,$ZERO_MAC,10.0.10.13" \
		"udp6,$o,$m,fd00:10::11,fd00:10::13,9"
	cap to=v13/eth0
	vm_send v11 "${FRAMES[@]}"
	vm_mark to v11
	cap_end
	exactly to ${#FRAMES[@]} "as ever" \
		" in .*src=$m .*(udp=4444>9 |arp=1 .*tpa=10\.0\.10\.13 )"
}

# The bridge removes a priority tag of its own type.
w14_stacked_tags_are_untouched()
{
	local m=${VM_MAC[v11]} claim="arp=1 sha=${VM_MAC[v11]} spa=10\.0\.10\.1 " f v

	case $VARIANT in
	untagged) f="v0,v5 v0,a7 a7" v=("vlan=5 .*$BCAST " "tag=88a8:7 " "tag=88a8:7 ") ;;
	tagged) f="v5 v0,v5 a7" v=("vlan=10 .*tag=8100:5 "
		"vlan=10 .*tag=8100:0 tag=8100:5 " "vlan=10 .*tag=88a8:7 ") ;;
	unaware) f="v0,v5 a7 v5" v=("tag=8100:0 tag=8100:5 " "tag=88a8:7 "
		"vlan=5 .*$BCAST ") ;;
	provider) f="v5 v0,v5 a0,v5" v=("vlan=5 .*$BCAST "
		"tag=8100:0 tag=8100:5 " "vlan=5 .*$BCAST ") ;;
	esac
	set -- "${v[@]}"
	for f in $f; do
		cap to=v13/eth0 fab=h1/fab0
		vm_send v11 "garp,$m,10.0.10.1,$f"
		vm_mark to v11
		await fab "mark on the fabric" type=88b5
		cap_end
		exactly to 1 "$f at another VM" " in .*$1$claim"
		exactly fab 1 "$f on the fabric" " out .*$claim"
		shift
	done
}

SNAPS="snap snapf8 snap,v0,v0"

w11_claims_in_snap()
{
	local m=${VM_MAC[v11]} o=${VM_MAC[v13]} STACKS=$SNAPS

	stacked "" "garp,$m,10.0.10.1" \
		"arp,$o,$m,2,$m,10.0.10.1,$o,10.0.10.13" \
		"na,$ALL,$m,fd00:10::1,ff02::1,fd00:10::1,32,$m"
	fenced "$m" "$CLAIM" snap
	stacked "" "ra,$m,fe80::11,$m" \
		"redirect4,$o,$m,10.0.10.11,10.0.10.13,10.0.10.11,$SRV"
	fenced "$m" "$ROUTER" snap
	# Other frames are bridged.
	cap to=v13/eth0
	vm_send v11 "udp,$o,$m,10.0.10.11,10.0.10.13,9,snap" \
		"arp,$BCAST,$m,1,$m,10.0.10.11,$ZERO_MAC,10.0.10.13,snap"
	vm_mark to v11
	cap_end
	exactly to 2 "the rest" " in .*src=$m .*snap=000000 (ip|arp)="
	check_service v11 v13
}

w06_claims_in_snap()
{
	local m=${VM_MAC[v11]} s

	FRAMES=()
	for s in snap snapf8; do
		FRAMES+=("garp,$BAD,10.0.10.1,$s,$T"
			"arp,$m,$BAD,2,$BAD,10.0.10.1,$m,10.0.10.11,$s,$T"
			"ra,$BAD,$GATEWAY_LL,$BAD,$s,$T")
	done
	not_delivered "src=$BAD"
	check_service v11
}

# A tunnel is not parsed, whatever is in it; br_netfilter parses it.
w14_pppoe_is_untouched()
{
	local m=${VM_MAC[v11]} o=${VM_MAC[v13]} on before frames

	frames=("udp,$o,$m,10.0.10.1,10.0.10.13,9,pppoe"
		"redirect4,$o,$m,10.0.10.1,10.0.10.13,10.0.10.11,$SRV,pppoe"
		"ra,$m,fe80::11,$m,pppoe"
		"udp,$BCAST,$m,10.0.10.1,10.0.10.255,9,pppoe")
	ok "the filter looks into PPPoE" wire sysctl \
		h1:bridge/bridge-nf-filter-pppoe-tagged=1 \
		h1:bridge/bridge-nf-filter-vlan-tagged=1
	undo wire sysctl h1:bridge/bridge-nf-filter-pppoe-tagged=0 \
		h1:bridge/bridge-nf-filter-vlan-tagged=0
	for on in 0 1; do
		ok "br_netfilter: $on" wire sysctl \
			h1:bridge/bridge-nf-call-iptables=$on \
			h1:bridge/bridge-nf-call-ip6tables=$on
		before=$(port_drops h1 v11)
		cap to=v13/eth0 fab=h1/fab0 vm=v11/eth0
		vm_send v11 "${frames[@]}"
		vm_mark to v11
		await fab "mark on the fabric" type=88b5
		fabric_send h1 "udp,$m,$BAD,10.0.10.1,10.0.10.11,9,pppoe,$T" \
			"mark,$BAREP,78,$T"
		await vm "mark" "type=88b5 load=004e"
		cap_end
		exactly to 4 "at another VM" " in .*src=$m .*pppoe=1 ip"
		exactly fab 2 "on the fabric" " out .*src=$m .*pppoe=1 ip"
		exactly vm 1 "from the fabric" " in .*src=$BAD .*pppoe=1 ip"
		equal "counted" "$(port_drops h1 v11)" "$before"
	done
}

run_tests "$@"
