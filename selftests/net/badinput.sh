#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
#
# Bad frames (section 4) from VMs and from the fabric: truncated, padded, with
# wrong types, at random; and a flood of made-up addresses. The gateway keeps
# working. The runner checks the kernel log.

. "$(dirname "$0")/lib/lib.sh"

SIX=1
VARIANTS="untagged unaware"
CASES="s4_malformed_arp_from_a_vm s4_malformed_arp_from_the_fabric
	s4_malformed_ip s4_vlan_tags s4_random_from_a_vm
	s4_random_from_the_fabric s4_random_from_the_gateway
	s4_made_up_addresses"

setup()
{
	topo 2 exits && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10
}

check_service()
{
	local vm

	for vm in v11 v13; do
		ok "$vm reaches the server" vm_ping $vm $SRV
		ok "$vm holds the vMAC" \
			neigh_is $vm "${VM_DEV[$vm]}" 10.0.10.1 $VMAC
	done
	ok "another host's VM" vm_ping v11 10.0.10.12
}

# bad_arp DST SRC [TAG]: set FRAMES to malformed ARP frames
bad_arp()
{
	local eth=${1//:/}${2//:/}${3:-} m=${2//:/} head=0001080006040001
	local body=${m}0a000a0b0000000000000a000a01

	FRAMES=("hex,${eth}0806" "hex,${eth}080600" "hex,${eth}0806${head:0:14}"
		"hex,${eth}0806$head" "hex,${eth}0806$head${body:0:20}"
		"hex,${eth}0806$head${body:0:38}"
		"hex,${eth}0806ffff080006040001$body"
		"hex,${eth}0806000186dd06040001$body"
		"hex,${eth}080600010800ff040001$body"
		"hex,${eth}080600010800060f0001$body"
		"hex,${eth}08060001080000000001$body"
		"hex,${eth}0806000108000604ffff$body"
		"hex,${eth}8035" "hex,${eth}8035$head"
		"hex,${eth}8035000108000604ffff$body")
}

s4_malformed_arp_from_a_vm()
{
	local before m=${VM_MAC[v11]}

	before=$(gw_stat h1 "$G" malformed)
	cap fab=h1/fab0 other=v13/eth0 vm=v11/eth0
	bad_arp $BCAST "$m"
	vm_send v11 "${FRAMES[@]}"
	bad_arp $VMAC "$m"
	vm_send v11 "${FRAMES[@]}"
	vm_mark other v11
	cap_end
	none vm "a reply" " in .*arp=2 .*tpa=10\.0\.10\.11 "
	more "counted under its name" "$(gw_stat h1 "$G" malformed)" "$before"
	check_service
}

s4_malformed_arp_from_the_fabric()
{
	local peer=0a:61:6e:12:34:56 dst

	cap fab=h1/fab0 vm=v11/eth0
	for dst in $BCAST $VMAC "${HMAC[1]}" "${VM_MAC[v11]}"; do
		bad_arp "$dst" $peer 8100000a
		fabric_send h1 "${FRAMES[@]}"
	done
	mark_through vm sw p1 52:54:00:0f:0f:0f 10
	cap_end
	none vm "a host MAC at a VM" "src=0a:61:6e"
	none fab "a reply" " out .*dst=$peer "
	check_service
}

s4_malformed_ip()
{
	local eth=${VMAC//:/} m=${VM_MAC[v11]//:/} ip

	eth+=${m}0800
	ip=0a000a0bcb007101
	cap exit=h1/exit0
	vm_send v11 "hex,$eth" "hex,${eth}45" "hex,${eth}4500001400000000" \
		"hex,${eth}420000140000000040010000$ip" \
		"hex,${eth}4f0000140000000040010000$ip" \
		"hex,${eth}4500ffff0000000040010000$ip" \
		"hex,${eth}450000100000000040010000$ip" \
		"hex,${eth}650000140000000040010000$ip" \
		"hex,${eth}4500001400000000400100ff$ip"
	fabric_send h1 "hex,${VM_MAC[v11]//:/}0a616e1234568100000a0800" \
		"hex,${VM_MAC[v11]//:/}0a616e1234568100000a080045"
	ok "after it" vm_ping v11 $SRV
	cap_end
	exactly exit 1 "routed" " out .*ip=10\.0\.10\.11>"
	check_service
}

s4_vlan_tags()
{
	local m=${VM_MAC[v11]//:/} q=${VM_MAC[v11]//:/}

	cap vm=v11/eth0
	vm_send v11 "hex,${VMAC//:/}${m}8100" "hex,${VMAC//:/}${m}810000" \
		"hex,${VMAC//:/}${m}8100000a" \
		"hex,${VMAC//:/}${m}8100000a8100000a0800" \
		"hex,${VMAC//:/}${m}88a8000a8100000a0806" \
		"hex,ffffffffffff${m}8100ffff0806" \
		"hex,ffffffffffff${m}81000fff0806"
	fabric_send h1 "hex,${q}0a616e1234568100" \
		"hex,${q}0a616e1234568100000a" \
		"hex,${q}0a616e1234568100000a8100000a0806" \
		"hex,${VMAC//:/}0a616e12345688a8000a8100000a0806"
	mark_through vm sw p1 52:54:00:0f:0f:0f 10
	cap_end
	check_service
}

TEMPLATES_OF()
{
	local dst=$1 src=$2 tag=${3:-}

	TEMPLATES=("arp,$BCAST,$src,1,$src,10.0.10.77,$ZERO_MAC,10.0.10.1$tag"
		"arp,$dst,$src,2,$src,10.0.10.77,$dst,10.0.10.11$tag"
		"arp,$BCAST,$src,1,$src,0.0.0.0,$ZERO_MAC,10.0.10.11$tag"
		"garp,$src,10.0.10.1$tag" "rarp,$src$tag"
		"udp,$dst,$src,10.0.10.77,$SRV,9$tag"
		"ping,$dst,$src,10.0.10.77,10.0.10.1$tag"
		"udp,$BCAST,$src,10.0.10.77,255.255.255.255,67$tag"
		"ns,group,$src,fd00:10::77,fd00:10::1,$src$tag"
		"ns,group,$src,fd00:10::77,fd00:10::11,$src$tag"
		"na,$dst,$src,fd00:10::77,fd00:10::1,fd00:10::77,96,$src$tag"
		"ra,$src,fe80::77,$src$tag"
		"udp6,$dst,$src,fd00:10::77,$SRV6,9$tag")
}

ROUNDS=$((12000 / SLOW))
# What a receiver would accept: an advertisement, or a solicitation from the
# address
CLAIMS6="hops=255 icmp6=136/0 target=(fd00:10::1|${GATEWAY_LL//./\\.}) .*sum=ok"
CLAIMS6+="|ip6=(fd00:10::1|${GATEWAY_LL//./\\.})>.* hops=255 icmp6=13[4567]/0 .*sum=ok"

s4_random_from_a_vm()
{
	TEMPLATES_OF $VMAC 52:54:00:00:0a:77
	cap fab=h1/fab0
	ok "noise" wire -N v11 fuzz "${VM_DEV[v11]}" 1 $ROUNDS "${TEMPLATES[@]}"
	vm_mark fab v11
	cap_end
	none fab "W1: the vMAC" "src=$VMAC"
	none fab "W2: a gateway address" " arp=[0-9]+ .*spa=10\.0\.10\.1 "
	none fab "W2: the same of IPv6" "$CLAIMS6"
	# A random frame may carry another VM's address, and the gateway learns
	# it.
	flush_neighbours h1
	check_service
}

s4_random_from_the_fabric()
{
	local dst i=1

	for dst in $VMAC "${HMAC[1]}" "${VM_MAC[v11]}"; do
		for src in 0a:61:6e:12:34:56 $VMAC 52:54:00:00:0a:77; do
			TEMPLATES_OF "$dst" $src ,v10
			ok "noise" wire -N sw fuzz p1 $((i++)) \
				$((ROUNDS / 9)) "${TEMPLATES[@]}"
		done
	done
	flush_neighbours h1
	check_service
}

s4_random_from_the_gateway()
{
	TEMPLATES_OF "${VM_MAC[v11]}" $VMAC
	cap fab=h1/fab0
	ok "noise" wire -N h1 fuzz "$G" 3 $ROUNDS "${TEMPLATES[@]}"
	vm_mark fab v11
	cap_end
	none fab "W1: the vMAC" "src=$VMAC"
	none fab "W2: a gateway address" " arp=[0-9]+ .*spa=10\.0\.10\.1 "
	none fab "W2: the same of IPv6" "$CLAIMS6"
	# The VMs have accepted random frames of the device.
	flush_neighbours v11 v13
	check_service
}

# A flood of made-up addresses from one VM does not evict another VM, and the
# table stays limited.
s4_made_up_addresses()
{
	local n=$((16000 / SLOW)) learned

	check_service
	cap fab=h1/fab0
	ok "flood" wire -N v13 send -n $n "${VM_DEV[v13]}" \
		"udp,$VMAC,new,10.0.10.13,10.0.10.1,9"
	ok "the other VM" vm_ping v11 $SRV
	sleep_ms 300
	cap_end
	learned=$(json_number "$(anygwctl -n h1 -j -s port show dev v13)" learned)
	[ "$learned" -gt 900 ] && [ "$learned" -le 1100 ] ||
		fail "$learned of $n are remembered"
	none fab "the other VM was evicted" "src=${VM_MAC[v11]} .*rarp="
	check_service
}

run_tests "$@"
