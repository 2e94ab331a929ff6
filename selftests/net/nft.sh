#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
#
# Packet filters beside anygw, with br_netfilter on and off: rules on the
# gateway device see each routed packet once, conntrack works, bridge rules
# filter what a VM sends to its gateway.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged unaware"
CASES="w10_inet_rules_see_each_packet_once w10_conntrack
	w10_masquerade w10_bridge_prerouting w10_bridge_input
	w14_bridged_traffic_is_filtered_as_ever
	w01_behind_filters w01_deleted_with_frames_in_user_space w09_answers_behind_filters"

setup()
{
	topo 2 exits && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v13 h1 10 10.0.10.13 &&
		vm_add v12 h2 10 10.0.10.12 &&
		commit && set_names 10 &&
		{ [ -d /proc/sys/net/bridge ] || modprobe br_netfilter; }
}

# add_rules TEXT: until the case ends
add_rules()
{
	ok "rules" ns h1 nft "$1"
	undo ns h1 nft flush ruleset
}

# set_br_netfilter 0|1: for IPv4
set_br_netfilter()
{
	ok "br_netfilter: $1" wire sysctl \
		"h1:bridge/bridge-nf-call-iptables=$1" \
		"h1:bridge/bridge-nf-call-arptables=$1"
}

counted()
{
	[[ $(ns h1 nft list counter inet t "$1") =~ packets\ ([0-9]+) ]]
	echo "${BASH_REMATCH[1]}"
}

w10_inet_rules_see_each_packet_once()
{
	local on c

	for on in 0 1; do
		set_br_netfilter $on
		ns h1 nft flush ruleset
		add_rules "table inet t {
			counter pre {}
			counter forw {}
			counter back {}
			counter post {}
			counter wrong {}
			chain pre { type filter hook prerouting priority 0;
				iifname $G icmp type echo-request counter name pre
				iifname $B icmp type echo-request counter name wrong; }
			chain forw { type filter hook forward priority 0;
				iifname $G oifname exit0 icmp type echo-request counter name forw
				iifname exit0 oifname $G icmp type echo-reply counter name back; }
			chain post { type filter hook postrouting priority 0;
				oifname exit0 icmp type echo-request counter name post; }
		}"
		ok "ping" vm_ping v11 $SRV 4
		for c in pre forw back post; do
			equal "$c with br_netfilter $on" "$(counted $c)" 4
		done
		equal "as the bridge's with br_netfilter $on" "$(counted wrong)" 0
	done
}

w10_conntrack()
{
	local on

	for on in 0 1; do
		set_br_netfilter $on
		ns h1 nft flush ruleset
		add_rules "table inet t {
			counter invalid {}
			chain forw { type filter hook forward priority 0; policy drop;
				ct state invalid counter name invalid
				ct state established,related accept
				iifname $G oifname exit0 ct state new accept; }
		}"
		ok "there and back with br_netfilter $on" vm_ping v11 $SRV 2
		refused "from outside" ns srv ping -n -q -c 1 -W 1 -I $SRV 10.0.10.11
		equal "invalid" "$(counted invalid)" 0
	done
}

w10_masquerade()
{
	set_br_netfilter 1
	add_rules "table inet t {
		chain post { type nat hook postrouting priority srcnat;
			iifname $G oifname exit0 masquerade; }
	}"
	cap exit=h1/exit0
	bg_ready echo wire -N srv echo 5000
	ok "TCP through NAT" wire -N v11 stream $SRV 5000 1
	cap_end
	some exit "as the host" " out .*ip=10\.1\.1\.1>203\.0\.113\.1 .*tcp="
	none exit "as the VM" "ip=10\.0\.10\.11>"
}

w10_bridge_prerouting()
{
	add_rules "table bridge t {
		chain pre { type filter hook prerouting priority -200;
			iifname v11 ether daddr $VMAC ip protocol icmp drop; }
	}"
	refused "the VM is filtered" ns v11 ping -n -q -c 1 -W 1 $SRV
	ok "another is not" vm_ping v13 $SRV
	ok "remove" ns h1 nft flush ruleset
	ok "not any more" vm_ping v11 $SRV
}

w10_bridge_input()
{
	add_rules "table bridge t {
		counter seen {}
		chain in { type filter hook input priority -200;
			iifname v11 ip daddr $SRV ip protocol icmp counter name seen drop; }
	}"
	refused "the VM is filtered" ns v11 ping -n -q -c 1 -W 1 $SRV
	[[ $(ns h1 nft list counter bridge t seen) =~ packets\ 1\  ]] ||
		fail "not counted once: $(ns h1 nft list counter bridge t seen)"
}

w14_bridged_traffic_is_filtered_as_ever()
{
	set_br_netfilter 1
	add_rules "table bridge t {
		chain forw { type filter hook forward priority -200;
			iifname v11 oifname v13 ip protocol icmp drop; }
	}"
	refused "bridge forward" ns v11 ping -n -q -c 1 -W 1 10.0.10.13
	ok "remove" ns h1 nft flush ruleset
	add_rules "table ip t {
		chain forw { type filter hook forward priority 0;
			ip saddr 10.0.10.11 ip daddr 10.0.10.13 drop; }
	}"
	refused "br_netfilter" ns v11 ping -n -q -c 1 -W 1 10.0.10.13
	ok "the gateway is reached" vm_ping v11 $SRV
}

w01_behind_filters()
{
	set_br_netfilter 1
	add_rules "table bridge t {
		chain post { type filter hook postrouting priority 300; counter; }
		chain sent { type filter hook output priority 200; counter; }
	}
	table inet u {
		chain post { type filter hook postrouting priority 0; ct state new counter; }
	}"
	flush_neighbours h1 v11
	cap fab=h1/fab0 vm=v12/eth0 me=v11/eth0
	ok "to the fabric" ns v11 ping -n -q -c 2 -i 0.2 -W 4 10.0.20.50
	ok "the gateway announces itself" ns h1 arping -q -c 1 -U -I "$G" 10.0.10.1
	vm_send v11 "udp,$BCAST,$VMAC,10.0.10.11,10.0.10.255,9"
	ok "a VM on another host, from outside" \
		ns srv ping -n -q -c 1 -W 4 -I $SRV 10.0.10.12
	vm_mark vm v11
	cap_end
	some fab "routed as the host" " out .*src=${HMAC[1]} .*ip=10\.0\.10\.11>10\.0\.20\.50 "
	some vm "at the VM from the gateway" " in .*src=$VMAC .*ip=203\.0\.113\.1>10\.0\.10\.12 "
	none fab "the vMAC" "$VMAC"
	none vm "a host MAC at a VM" 0a:61:6e
}

again()
{
	set_bridge_args 10
	# shellcheck disable=SC2086
	anygwctl -n h1 gateway add $BR address 10.0.10.1/24
}

w01_deleted_with_frames_in_user_space()
{
	local keeper

	set_br_netfilter 0
	add_rules "table bridge t {
		chain sent { type filter hook output priority 0;
			ether saddr $VMAC queue num 7; }
	}"
	cap fab=h1/fab0 vm=v11/eth0
	bg_ready requeue ns h1 "$libdir/requeue.py" 7 hold
	keeper=$BG
	ok "the gateway sends" wire -N h1 send "$G" \
		"udp,$BCAST,$VMAC,10.0.10.1,10.0.10.255,67" \
		"garp,$VMAC,10.0.10.1"
	# For each port: two VMs and the fabric
	soon "the frames are there" 5 held 6
	undo again
	ok "delete" anygwctl -n h1 gateway del dev "$G"
	ok "give them back" kill -USR1 $keeper
	soon "they are gone" 5 grep -q released "$TMP/requeue.out"
	vm_mark fab v11
	cap_end
	none fab "the vMAC on the fabric" " out .*(src=$VMAC|sha=$VMAC)"
	none fab "W2: the gateway on the fabric" " out .*spa=10\.0\.10\.1 "
}

held() { [ "$(grep -c '^[0-9]' "$TMP/requeue.out")" -ge "$1" ]; }

w09_answers_behind_filters()
{
	set_br_netfilter 1
	add_rules "table bridge t {
		chain pre { type filter hook prerouting priority 0; counter; }
	}
	table bridge u {
		chain in { type filter hook input priority 0; counter; }
	}"
	flush_neighbours v11
	cap vm=v11/eth0 other=v13/eth0
	ok "ping" vm_ping v11 10.0.10.1
	vm_mark other v11
	cap_end
	exactly vm 1 "one reply" " in .*arp=2 sha=$VMAC spa=10\.0\.10\.1 "
	none other "flooded" " arp="
}

run_tests "$@"
