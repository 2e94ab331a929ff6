#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 200
# also: bare
#
# Routing: out through the own exit, to another VLAN on the same host, to one on
# another host, to a host without anygw (W10, W8, W1), three hosts that resolve
# one VM (W7), and ICMP errors (W13).

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged tagged unaware"
CASES="w10_out_through_own_exit w10_vlan_to_vlan_on_one_host
	w10_vlan_to_vlan_on_two_hosts w10_to_a_machine_without_anygw
	w07_three_hosts_look_for_one_vm w10_each_packet_once
	w01_routed_traffic_on_the_fabric
	w13_ping w13_traceroute w13_path_mtu w13_no_redirect"

setup()
{
	topo 3 exits && gateways h1 h2 h3 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v12 h2 10 10.0.10.12 &&
		vm_add v13 h3 10 10.0.10.13 &&
		vm_add v21 h1 20 10.0.20.21 &&
		vm_add v22 h2 20 10.0.20.22 &&
		commit && set_names 10
}

w10_out_through_own_exit()
{
	cap exit=h2/exit0 fab=h2/fab0 far=h1/fab0 vm=v12/eth0
	ok "ping the server" vm_ping v12 $SRV
	cap_end
	exactly exit 1 "leaves via its own host's exit, TTL decremented" \
		" out .*ip=10\.0\.10\.12>203\.0\.113\.1 ttl=63 icmp=8/0 "
	none fab "the trombone" "ip=10\.0\.10\.12>203\.0\.113\.1 "
	# The reply arrives at h1, which resolves the VM over the fabric.
	exactly far 1 "the reply, from h1 itself" \
		" out vlan=10 src=${HMAC[1]} dst=${VM_MAC[v12]} ip=203\.0\.113\.1>10\.0\.10\.12 ttl=62 "
	exactly vm 1 "W8: the reply has the vMAC" \
		" in .*src=$VMAC dst=${VM_MAC[v12]} ip=203\.0\.113\.1>10\.0\.10\.12 ttl=62 "
	none vm "W8: a host MAC at the VM" 0a:61:6e
	none far "W1: the vMAC on the fabric" "src=$VMAC|sha=$VMAC"
	none fab "W1: the vMAC on the fabric" "src=$VMAC|sha=$VMAC"
}

w10_vlan_to_vlan_on_one_host()
{
	cap from=v11/eth0 to=v21/eth0 fab=h1/fab0
	ok "ping" vm_ping v11 10.0.20.21
	cap_end
	exactly to 1 "arrives once, TTL decremented" \
		" in .*src=$VMAC dst=${VM_MAC[v21]} ip=10\.0\.10\.11>10\.0\.20\.21 ttl=63 icmp=8/0 "
	exactly from 1 "so is the reply" \
		" in .*src=$VMAC .*ip=10\.0\.20\.21>10\.0\.10\.11 ttl=63 icmp=0/0 "
	none fab "on the fabric" " ip=10\."
	none fab "the vMAC on the fabric" "$VMAC"
}

# v22 has sent nothing so far: only its own host can reach it.
w10_vlan_to_vlan_on_two_hosts()
{
	flush_neighbours h1 h2
	cap from=v11/eth0 to=v22/eth0 fab=h1/fab0
	ok "ping a silent VM" vm_ping v11 10.0.20.22
	cap_end
	exactly fab 1 "on the fabric as h1" \
		" out vlan=20 src=${HMAC[1]} dst=${VM_MAC[v22]} ip=10\.0\.10\.11>10\.0\.20\.22 ttl=63 "
	exactly fab 1 "and back as h2, in the other VLAN" \
		" in vlan=10 src=${HMAC[2]} dst=${VM_MAC[v11]} ip=10\.0\.20\.22>10\.0\.10\.11 ttl=63 "
	exactly to 1 "arrives once, from the gateway" \
		" in .*src=$VMAC .*ip=10\.0\.10\.11>10\.0\.20\.22 ttl=63 "
	exactly from 1 "so is the reply" \
		" in .*src=$VMAC .*ip=10\.0\.20\.22>10\.0\.10\.11 ttl=63 "
	none to "a host MAC at the VM" 0a:61:6e
	none from "a host MAC at the VM" 0a:61:6e
	none fab "the vMAC on the fabric" "$VMAC"
	ok "the VM holds the vMAC" neigh_is v22 "${VM_DEV[v22]}" 10.0.20.1 $VMAC
}

w10_to_a_machine_without_anygw()
{
	flush_neighbours h1 bare
	cap vm=v11/eth0 bare=bare/eth0
	ok "ping" vm_ping v11 10.0.20.50
	cap_end
	exactly bare 1 "arrives once, from the host itself" \
		" in vlan=20 src=${HMAC[1]} dst=$BARE20 ip=10\.0\.10\.11>10\.0\.20\.50 ttl=63 "
	exactly vm 1 "the reply comes directly, in the VM's VLAN" \
		" in .*src=$BARE10 .*ip=10\.0\.20\.50>10\.0\.10\.11 ttl=64 "
	none bare "the vMAC at bare" "$VMAC"
}

w07_three_hosts_look_for_one_vm()
{
	local n

	flush_neighbours h1 h2 h3
	cap vm=v21/eth0 fab=h1/fab0
	for n in 1 2 3; do
		bg ping$n vm_ping v1$n 10.0.20.21
		local pid$n=$BG
	done
	for n in 1 2 3; do
		local p=pid$n
		wait "${!p}" || fail "v1$n did not reach the VM"
	done
	cap_end
	for n in 2 3; do
		some fab "h$n sent a request" " in vlan=20 src=${HMAC[n]} .*arp=1 .*tpa=10\.0\.20\.21 "
		some fab "h$n has a reply" \
			" out vlan=20 src=${VM_MAC[v21]} dst=${HMAC[n]} arp=2 "
	done
	for n in 1 2 3; do
		exactly vm 1 "v1$n once" " in .*ip=10\.0\.10\.1$n>10\.0\.20\.21 ttl=63 "
	done
	none vm "a probe or a host MAC at the VM" "spa=0\.0\.0\.0 |0a:61:6e"
}

w10_each_packet_once()
{
	local n=$((600 / SLOW)) h1_ exit_

	bg_ready sink wire -N v22 sink 7000
	local sink=$BG
	bg_ready srv wire -N srv sink 7000
	local srv=$BG
	cap to=v22/eth0 fab=h2/fab0
	ok "to a VM" wire -N v11 source 10.0.20.22 7000 1 $n 1000
	ok "to the server" wire -N v11 source $SRV 7000 2 $n 1000
	# Packets in flight arrive.
	wait_until 2 has_frames to "udp=[0-9]+>7000 " $n
	cap_end
	end sink $sink
	end srv $srv
	h1_=$(grep "flow 1" "$TMP/sink.out")
	exit_=$(grep "flow 2" "$TMP/srv.out")
	equal "at the VM" "$h1_" "flow 1 got $n twice 0"
	equal "at the server" "$exit_" "flow 2 got $n twice 0"
	none to "TTL is decremented once" "ttl=(6[0-24-9]) udp=[0-9]+>7000 "
	exactly fab $n "once on the fabric" "udp=[0-9]+>7000 "
}

w01_routed_traffic_on_the_fabric()
{
	bg_ready echo wire -N v22 echo 5000
	cap fab1=h1/fab0 fab2=h2/fab0 from=v11/eth0 to=v22/eth0
	ok "TCP across hosts" wire -N v11 stream 10.0.20.22 5000 1
	cap_end
	some fab1 "the stream is there" " out vlan=20 src=${HMAC[1]} .*tcp="
	some fab2 "and back" " out vlan=10 src=${HMAC[2]} .*tcp="
	none fab1 "a vMAC on the fabric" "$VMAC"
	none fab2 "a vMAC on the fabric" "$VMAC"
	some to "at the VM from the gateway" " in .*src=$VMAC .*tcp="
	none from "W8: a host MAC at a VM" 0a:61:6e
	none to "W8: a host MAC at a VM" 0a:61:6e
}

w13_ping()
{
	cap vm=v11/eth0
	ok "ping the gateway" vm_ping v11 10.0.10.1 3
	ok "and another address of it" vm_ping v11 10.0.20.1
	cap_end
	exactly vm 3 "from the vMAC" \
		" in .*src=$VMAC .*ip=10\.0\.10\.1>10\.0\.10\.11 ttl=64 icmp=0/0 "
}

w13_traceroute()
{
	local hops

	cap vm=v11/eth0
	hops=$(ns v11 traceroute -n -q 1 -w $((2 * SLOW)) -m 5 $SRV |
		awk 'NR > 1 { printf "%s ", $2 }')
	cap_end
	equal "the hops" "$hops" "10.0.10.1 10.1.1.2 $SRV "
	some vm "time exceeded from the gateway address" \
		" in .*src=$VMAC .*ip=10\.0\.10\.1>10\.0\.10\.11 .*icmp=11/0 "
}

w13_path_mtu()
{
	# On both ends, or replies are lost silently.
	ok "a narrow exit" ip -n h1 link set exit0 mtu 1400
	undo ip -n h1 link set exit0 mtu 1500
	ok "and back" ip -n r1 link set down0 mtu 1400
	undo ip -n r1 link set down0 mtu 1500
	undo ip -n v11 route flush cache
	undo ip -n srv route flush cache
	cap vm=v11/eth0 exit=h1/exit0
	ns v11 ping -n -c 1 -W 1 -M "do" -s 1440 $SRV > /dev/null
	await vm "fragmentation needed, from the gateway address" \
		" in .*src=$VMAC .*ip=10\.0\.10\.1>10\.0\.10\.11 .*icmp=3/4 mtu=1400 "
	soon "the VM has learned it" 2 learned_mtu v11 1400
	bg_ready echo wire -N srv echo 5000
	ok "TCP works" wire -N v11 stream $SRV 5000 1
	cap_end
	some exit "the stream" "tcp=[0-9]+>5000 "
}

learned_mtu() { [[ $(ip -n "$1" route get $SRV) == *"mtu $2"* ]]; }

# The next hop is in the VM's own subnet, and still no redirect is sent.
w13_no_redirect()
{
	ok "a detour" ip -n v11 route add 10.0.10.12/32 via 10.0.10.1
	undo ip -n v11 route del 10.0.10.12/32
	cap from=v11/eth0 to=v12/eth0
	ok "ping via the gateway" vm_ping v11 10.0.10.12 3
	cap_end
	exactly to 3 "it was routed" \
		" in .*src=$VMAC .*ip=10\.0\.10\.11>10\.0\.10\.12 ttl=63 "
	none from "a redirect" "icmp=5/"
	none to "a redirect" "icmp=5/"
}

run_tests "$@"
