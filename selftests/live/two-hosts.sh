# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tests of selftests/net do with namespaces, on two kernels: NICs with
# checksum and segmentation offload, trunks through switches, a VM that QEMU
# migrates. Sourced by live.sh. The variants are
#
#   router    anygw beside the site's router
#   alone     anygw alone, in VLANs 10 and 20; the router is stopped
#
# Beside the VM each host N has two namespaces as VMs: v1N and v2N, in VLANs 10
# and 20.

OWN_VMAC=02:61:6e:79:67:77
V11_MAC=52:54:00:00:0a:0b

TWO_HOST_CASES="w10_each_host_is_the_exit@router w05_router_is_no_conflict@router
	w17_router_reaches_the_vms@router w14_upgrade_is_unnoticed@router
	w03_asked_as_the_host@alone w07_vm_is_asked_as_the_gateway@alone
	w10_segments_of_64k_over_real_nics@alone
	w12_told_after_qemus_announcement@alone
	w19_switches_follow_the_vm@alone w14_upgrade_gap@alone
	w01_vmac_in_no_switch@alone"

# ---------------------------------------------------------------- runs

setup_router()
{
	with_gateways && on h1 start_bg conflicts anygwctl monitor conflict &&
		on h2 start_bg conflicts anygwctl monitor conflict && add_netns_vms
}

# The VM starts with the router's MAC in its cache.
setup_alone()
{
	on net vrrp_end && on h1 with_anygw_alone && on h2 with_anygw_alone &&
		add_netns_vms && wait_until 20 vm_reaches_srv
}

add_netns_vms() { on h1 add_netns_vms && on h2 add_netns_vms; }

vm_reaches_srv()
{
	on vm "ping -c 1 -W 2 203.0.113.1 && ping -6 -c 1 -W 2 $SRV6"
}

undo_router() { del_netns_vms; }

undo_alone()
{
	del_netns_vms
	on net vrrp_start
}

del_netns_vms()
{
	on h1 del_netns_vms
	on h2 del_netns_vms
}

# ---------------------------------------------------------------- helpers

# watch GUEST NAME=NETNS/DEVICE...: capture until watch_end, which copies the
# frames to $TMP
WATCHES=()
watch()
{
	ok "capture on $1" on "$1" capture test "${@:2}"
	WATCHES+=("$1")
}

watch_end()
{
	local m

	for m in "${WATCHES[@]}"; do
		ok "end of the capture on $m" on "$m" capture_end test
	done
	WATCHES=()
	cp "$LAB"/caps/test/*.txt "$TMP"
	rm -rf "$LAB/caps/test"
}

host_mac() { on "$1" host_mac "$1"; }

vm_ensure_at()
{
	read_vm_state
	[ "$VM_AT" = "$1" ] || ok "QEMU migrates to $1" vm_migrate "$1"
}

# ---------------------------------------------------------------- router

w10_each_host_is_the_exit()
{
	local n

	for n in 1 2; do
		watch h$n exit=h$n/exit0 fab=h$n/fab0
		ok "v1$n, IPv4" on h$n ns v1$n ping -n -q -c 3 -W 9 203.0.113.1
		ok "v1$n, IPv6" on h$n ns v1$n ping -n -q -c 3 -W 9 $SRV6
		watch_end
		exactly exit 3 "via h$n" \
			" out .*ip=10\.0\.10\.1$n>$SRV4 ttl=63 icmp=8"
		exactly exit 3 "via h$n" \
			" out .*ip6=fd00:10::1$n>$SRV6 hops=63 icmp6=128"
		none fab "over the fabric" \
			" out .*(10\.0\.10\.1$n>$SRV4|fd00:10::1$n>$SRV6)"
	done
}

w05_router_is_no_conflict()
{
	local m

	for m in h1 h2; do
		equal "conflicts on $m" "$(on $m end_bg conflicts)" ""
		equal "their count" "$(on $m gw_stat $m g10 conflicts)" 0
		equal "in IPv6" "$(on $m gw_stat $m g10six conflicts)" 0
	done
	for m in 1 2; do
		ok "the router's MAC has not moved" on net \
			"bridge -n sw$m fdb show | grep -q '$VMAC4 dev $([ $m = 1 ] && echo rr1 || echo dci) vlan 10'"
	done
}

w17_router_reaches_the_vms()
{
	ok "flush" on net flush_neighbours rr1
	ok "at site 1" on net ns rr1 ping -n -q -c 2 -W 9 10.0.10.11
	ok "at site 2" on net ns rr1 ping -n -q -c 2 -W 9 10.0.10.12
	ok "in IPv6" on net ns rr1 ping -n -q -c 2 -W 9 fd00:10::12
}

# upgrade_under_traffic: replace module and configuration of host 2, under the
# VM's traffic
upgrade_under_traffic()
{
	DATA=$RESULTS/$VARIANT/upgrade
	mkdir -p "$DATA"
	vm_ensure_at h2
	ok "capture" on net capture upgrade srv=srv/eth0
	ok "flows" on net flows_begin
	ok "flows" on vm flows_begin
	ok "flows" on net wait_for_flows
	sleep_ms 2000
	ok "the upgrade" on h2 upgrade
	diag "rmmod to the end of apply: $(sed -n 's/^took //p' "$TMP/ok.out") ms"
	sleep_ms 3000
	on vm flows_end > "$DATA/vm" || fail "$(< "$DATA/vm")"
	ok "end" on net flows_end /run/lab/upgrade
	ok "end" on net capture_end upgrade
	cp "$LAB"/upgrade/* "$LAB"/caps/upgrade/* "$DATA"
	cp "$DATA/srv.txt" "$TMP"
	vm_ensure_at h1
	live_sessions_are_whole
}

# longest_gap FAMILY: the longest pause between two of the VM's datagrams at the
# server, and the number of those lost
longest_gap()
{
	local sent got

	set_flow "$1"
	sent=$(sed -n "s/^dgram$1 sent //p" "$DATA/vm")
	got=$(sed -n "s/^flow $1 got \([0-9]*\) .*/\1/p" "$DATA/sink")
	grep -E -e " in .*$FLOW" "$TMP/srv.txt" |
		sed 's/^t=\([0-9]*\) .*/\1/' |
		awk -v lost=$((sent - got)) -v sent="$sent" 'NR > 1 &&
			$1 - last > gap { gap = $1 - last } { last = $1 }
			END { print gap " ms without a datagram, " lost " of " sent " lost" }'
}

w14_upgrade_is_unnoticed()
{
	upgrade_under_traffic
	diag "IPv4: $(longest_gap 4); IPv6: $(longest_gap 6)"
	live_nothing_lost_on_the_way_out
}

# ---------------------------------------------------------------- alone

w03_asked_as_the_host()
{
	local mac

	mac=$(host_mac h1)
	ok "flush" on h1 flush_neighbours h1
	watch h1 fab1=h1/fab0 vm1=h1/v21
	watch h2 fab2=h2/fab0 vm2=h2/v12
	ok "from host 1 to host 2, VLAN 20 to 10" \
		on h1 ns v21 ping -n -q -c 2 -W 9 10.0.10.12
	ok "the same in IPv6" on h1 ns v21 ping -n -q -c 2 -W 9 fd00:10::12
	watch_end
	some fab1 "a probe from the host" \
		" out vlan=10 src=$mac .*arp=1 sha=$mac spa=0\.0\.0\.0 .*tpa=10\.0\.10\.12 "
	some fab1 "its reply goes to the host" \
		" in vlan=10 src=52:54:00:00:0a:0c dst=$mac arp=2 "
	some fab2 "the packets arrive from the host" \
		" in vlan=10 src=$mac .*icmp=8"
	some vm2 "and reach the VM from the gateway" " out .*src=$OWN_VMAC .*icmp=8"
	none vm2 "W8: a host MAC" " out .*0a:61:6e:.* ip="
	none fab1 "W1: the vMAC" "$OWN_VMAC"
	none fab2 "W1: the vMAC" "$OWN_VMAC"
}

w07_vm_is_asked_as_the_gateway()
{
	local mac

	mac=$(host_mac h2)
	ok "flush" on h2 flush_neighbours h2
	watch h1 vm=h1/v11 fab=h1/fab0 other=h1/vm0
	on h2 ns h2 ping -n -c 1 -W 9 -I g10 10.0.10.11 > /dev/null
	soon "host 2 has resolved it" 5 on h2 neigh_is h2 g10 10.0.10.11 $V11_MAC
	watch_end
	some fab "the request of the other host" \
		" in vlan=10 src=$mac .*arp=1 sha=$mac spa=0\.0\.0\.0 .*tpa=10\.0\.10\.11 "
	some vm "the VM is queried as the gateway" \
		" out .*src=$OWN_VMAC .*arp=1 sha=$OWN_VMAC spa=10\.0\.10\.1 .*tpa=10\.0\.10\.11 "
	none vm "the request is unmodified" " out .*spa=0\.0\.0\.0 "
	none other "the request at another VM" " out .*spa=0\.0\.0\.0 "
	some fab "the reply goes to the requester" \
		" out .*src=$V11_MAC dst=$mac arp=2 "
}

# The NICs of both hosts have checksum and segmentation offload.
w10_segments_of_64k_over_real_nics()
{
	local m big='tcp=.* len=[0-9]{5}$'

	for m in h1 h2; do
		on $m ethtool -k fab0 > "$TMP/features"
		grep -q '^tcp-segmentation-offload: on' "$TMP/features" &&
			grep -q '^tx-checksumming: on' "$TMP/features" ||
			skip "the NICs of this lab have no offload"
	done
	ok "a server" on h2 iperf_server v22
	watch h1 fab1=h1/fab0
	watch h2 fab2=h2/fab0
	ok "iperf3" on h1 ns v11 iperf3 -c 10.0.20.22 -t 2 -l 64K
	diag "$(grep receiver "$TMP/ok.out")"
	watch_end
	some fab1 "GSO packets leave the host" " out vlan=20 .*$big"
	some fab2 "and arrive as GSO packets" " in vlan=20 .*$big"
	equal "broken checksums at v22" "$(on h2 broken v22)" 0
	equal "at v11" "$(on h1 broken v11)" 0
	none fab1 "W1: the vMAC" "$OWN_VMAC"
}

w12_told_after_qemus_announcement()
{
	local rarp announce reply

	vm_ensure_at h1
	watch h2 vm=h2/vm0 fab=h2/fab0
	vm_ensure_at h2
	soon "it reaches the server" 10 vm_reaches_srv
	watch_end
	rarp=" in .*src=$VM_MAC .*rarp=3 "
	announce=" out .*src=$OWN_VMAC dst=$VM_MAC "
	some vm "QEMU announces it" "$rarp"
	reply="${announce}arp=2 sha=$OWN_VMAC spa=10\.0\.10\.1 .*tpa=10\.0\.10\.1 "
	some vm "the gateway announces itself" "$reply"
	some vm "in IPv6" "${announce}.*icmp6=136/0 target=fe80::10 "
	not_within_a_second vm "$reply"
	none fab "W2: announced on the fabric" " out .*spa=10\.0\.10\.1 |src=$OWN_VMAC"
}

# not_within_a_second CAPTURE PATTERN
not_within_a_second()
{
	local t last=0

	while read -r t; do
		# Under emulation one may be late and the next one on time.
		[ $((t - last)) -ge 700 ] ||
			fail "again after $((t - last)) ms"
		last=$t
	done < <(grep -E -e "$2" "$TMP/$1.txt" | sed 's/^t=\([0-9]*\) .*/\1/')
}

# learned_ports SWITCH: the ports at which it learned the VM, without
# repetitions
learned_ports()
{
	on net switch_learned "$1" | grep "^$VM_MAC " | grep -o 'dev [^ ]*' |
		uniq | paste -sd ' '
}

w19_switches_follow_the_vm()
{
	vm_ensure_at h1
	soon "it reaches the server" 10 vm_reaches_srv
	ok "watch the switches" on net watch_switches
	undo on net unwatch_switches
	vm_ensure_at h2
	soon "it reaches the server" 10 vm_reaches_srv
	# QEMU and the guest announce for two seconds.
	sleep_ms 4000
	vm_ensure_at h1
	soon "it reaches the server" 10 vm_reaches_srv
	equal "what switch 1 learned" "$(learned_ports 1)" "dev dci dev fab1"
	equal "what switch 2 learned" "$(learned_ports 2)" "dev fab2 dev dci"
	for n in 1 2; do
		refused "the vMAC in switch $n" on net \
			"switch_learned $n | grep $OWN_VMAC"
	done
}

w14_upgrade_gap()
{
	upgrade_under_traffic
	diag "IPv4: $(longest_gap 4); IPv6: $(longest_gap 6)"
}

# After all other cases
w01_vmac_in_no_switch()
{
	local n

	for n in 1 2; do
		ok "the host MACs are there" on net \
			"bridge -n sw$n fdb show br sw | grep -q '^0a:61:6e:.* vlan 10'"
		refused "the vMAC in switch $n" on net \
			"bridge -n sw$n fdb show | grep $OWN_VMAC"
	done
}
