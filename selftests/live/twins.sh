# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the scenes do with namespaces, on two kernels: NICs with checksum and
# segmentation offload, trunks through switches of their own, a VM that moves by
# QEMU. Read in by live.sh; the runs are
#
#   router    anygw beside the site's router
#   alone     anygw alone, in VLANs 10 and 20; the router is gone
#
# Beside the VM each host N has two namespaces as VMs: v1N and v2N, in VLAN 10
# and 20.

OWN_VMAC=02:61:6e:79:67:77
V11_MAC=52:54:00:00:0a:0b

TWIN_TESTS="w10_each_host_is_the_exit@router w05_router_is_no_conflict@router
	w17_router_reaches_the_vms@router w14_upgrade_is_unnoticed@router
	w03_asked_as_the_host@alone w07_vm_is_asked_as_the_gateway@alone
	w10_segments_of_64k_over_real_nics@alone
	w12_told_after_qemus_announcement@alone
	w19_switches_follow_the_vm@alone w14_upgrade_gap@alone
	w01_vmac_in_no_switch@alone"

# ---------------------------------------------------------------- runs

twins_router()
{
	with_gateways && on h1 started conflicts anygwctl monitor conflict &&
		on h2 started conflicts anygwctl monitor conflict && small_vms
}

# The VM comes from the router's MAC.
twins_alone()
{
	on net vrrp_end && on h1 with_anygw_alone && on h2 with_anygw_alone &&
		small_vms && wait_until 20 vm_is_out
}

small_vms() { on h1 small_vms && on h2 small_vms; }

vm_is_out()
{
	on vm "ping -c 1 -W 2 203.0.113.1 && ping -6 -c 1 -W 2 $SRV6"
}

undo_router() { small_vms_gone; }

undo_alone()
{
	small_vms_gone
	on net vrrp_start
}

small_vms_gone()
{
	on h1 small_vms_gone
	on h2 small_vms_gone
}

# ---------------------------------------------------------------- helpers

# watch MACHINE NAME=NETNS/DEVICE...: capture there until "watched"; the frames
# are in $TMP then
WATCHES=()
watch()
{
	ok "capture on $1" on "$1" capture test "${@:2}"
	WATCHES+=("$1")
}

watched()
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

vm_goes()
{
	vm_is
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
		watched
		exactly exit 3 "by h$n" \
			" out .*ip=10\.0\.10\.1$n>$SRV4 ttl=63 icmp=8"
		exactly exit 3 "by h$n" \
			" out .*ip6=fd00:10::1$n>$SRV6 hops=63 icmp6=128"
		none fab "over the fabric" \
			" out .*(10\.0\.10\.1$n>$SRV4|fd00:10::1$n>$SRV6)"
	done
}

w05_router_is_no_conflict()
{
	local m

	for m in h1 h2; do
		equal "conflicts on $m" "$(on $m finished conflicts)" ""
		equal "their count" "$(on $m gw_stat $m g10 conflicts)" 0
		equal "in IPv6" "$(on $m gw_stat $m g10six conflicts)" 0
	done
	for m in 1 2; do
		ok "the router's MAC is where it is" on net \
			"bridge -n sw$m fdb show | grep -q '$VMAC4 dev $([ $m = 1 ] && echo rr1 || echo dci) vlan 10'"
	done
}

w17_router_reaches_the_vms()
{
	ok "forget" on net flush_neighbours rr1
	ok "at site 1" on net ns rr1 ping -n -q -c 2 -W 9 10.0.10.11
	ok "at site 2" on net ns rr1 ping -n -q -c 2 -W 9 10.0.10.12
	ok "in IPv6" on net ns rr1 ping -n -q -c 2 -W 9 fd00:10::12
}

# upgraded WORD: module and configuration of host 2, under the VM's traffic
upgraded()
{
	DATA=$RESULTS/$VARIANT/upgrade
	mkdir -p "$DATA"
	vm_goes h2
	ok "capture" on net capture upgrade srv=srv/eth0
	ok "flows" on net flows_begin
	ok "flows" on vm flows_begin
	ok "flows" on net flowing
	sleep_ms 2000
	ok "the upgrade" on h2 upgrade
	diag "rmmod to the end of apply: $(sed -n 's/^took //p' "$TMP/ok.out") ms"
	sleep_ms 3000
	on vm flows_end > "$DATA/vm" || fail "$(< "$DATA/vm")"
	ok "end" on net flows_end /run/lab/upgrade
	ok "end" on net capture_end upgrade
	cp "$LAB"/upgrade/* "$LAB"/caps/upgrade/* "$DATA"
	cp "$DATA/srv.txt" "$TMP"
	vm_goes h1
	live_sessions_are_whole
}

# The longest pause between two of the VM's datagrams at the server, and those
# that never came: FAMILY
pause_of()
{
	local sent got

	way_out "$1"
	sent=$(sed -n "s/^dgram$1 sent //p" "$DATA/vm")
	got=$(sed -n "s/^flow $1 got \([0-9]*\) .*/\1/p" "$DATA/sink")
	grep -E -e " in .*$WAY" "$TMP/srv.txt" |
		sed 's/^t=\([0-9]*\) .*/\1/' |
		awk -v lost=$((sent - got)) -v sent="$sent" 'NR > 1 &&
			$1 - last > gap { gap = $1 - last } { last = $1 }
			END { print gap " ms without a datagram, " lost " of " sent " lost" }'
}

w14_upgrade_is_unnoticed()
{
	upgraded
	diag "IPv4: $(pause_of 4); IPv6: $(pause_of 6)"
	live_nothing_lost_on_the_way_out
}

# ---------------------------------------------------------------- alone

w03_asked_as_the_host()
{
	local mac

	mac=$(host_mac h1)
	ok "forget" on h1 flush_neighbours h1
	watch h1 fab1=h1/fab0 vm1=h1/v21
	watch h2 fab2=h2/fab0 vm2=h2/v12
	ok "from host 1 to host 2, and VLAN 20 to 10" \
		on h1 ns v21 ping -n -q -c 2 -W 9 10.0.10.12
	ok "the same in IPv6" on h1 ns v21 ping -n -q -c 2 -W 9 fd00:10::12
	watched
	some fab1 "a probe from the host" \
		" out vlan=10 src=$mac .*arp=1 sha=$mac spa=0\.0\.0\.0 .*tpa=10\.0\.10\.12 "
	some fab1 "its answer comes to the host" \
		" in vlan=10 src=52:54:00:00:0a:0c dst=$mac arp=2 "
	some fab2 "the packets come as the host's" \
		" in vlan=10 src=$mac .*icmp=8"
	some vm2 "and reach the VM as the gateway's" " out .*src=$OWN_VMAC .*icmp=8"
	none vm2 "W8: a host MAC" " out .*0a:61:6e:.* ip="
	none fab1 "W1: the vMAC" "$OWN_VMAC"
	none fab2 "W1: the vMAC" "$OWN_VMAC"
}

w07_vm_is_asked_as_the_gateway()
{
	local mac

	mac=$(host_mac h2)
	ok "forget" on h2 flush_neighbours h2
	watch h1 vm=h1/v11 fab=h1/fab0 other=h1/vm0
	on h2 ns h2 ping -n -c 1 -W 9 -I g10 10.0.10.11 > /dev/null
	soon "host 2 has found it" 5 on h2 neigh_is h2 g10 10.0.10.11 $V11_MAC
	watched
	some fab "the question of the other host" \
		" in vlan=10 src=$mac .*arp=1 sha=$mac spa=0\.0\.0\.0 .*tpa=10\.0\.10\.11 "
	some vm "the VM is asked as the gateway" \
		" out .*src=$OWN_VMAC .*arp=1 sha=$OWN_VMAC spa=10\.0\.10\.1 .*tpa=10\.0\.10\.11 "
	none vm "the question as it was" " out .*spa=0\.0\.0\.0 "
	none other "the question at another VM" " out .*spa=0\.0\.0\.0 "
	some fab "answered to the asker" \
		" out .*src=$V11_MAC dst=$mac arp=2 "
}

# Both hosts' NICs have the segments and the checksums left to do.
w10_segments_of_64k_over_real_nics()
{
	local m big='tcp=.* len=[0-9]{5}$'

	for m in h1 h2; do
		on $m ethtool -k fab0 > "$TMP/features"
		grep -q '^tcp-segmentation-offload: on' "$TMP/features" &&
			grep -q '^tx-checksumming: on' "$TMP/features" ||
			skip "the NICs of this laboratory have no offload"
	done
	ok "a server" on h2 iperf_server v22
	watch h1 fab1=h1/fab0
	watch h2 fab2=h2/fab0
	ok "iperf3" on h1 ns v11 iperf3 -c 10.0.20.22 -t 2 -l 64K
	diag "$(grep receiver "$TMP/ok.out")"
	watched
	some fab1 "segments leave the host whole" " out vlan=20 .*$big"
	some fab2 "and come whole" " in vlan=20 .*$big"
	equal "broken checksums at v22" "$(on h2 broken v22)" 0
	equal "at v11" "$(on h1 broken v11)" 0
	none fab1 "W1: the vMAC" "$OWN_VMAC"
}

w12_told_after_qemus_announcement()
{
	local rarp tells reply

	vm_goes h1
	watch h2 vm=h2/vm0 fab=h2/fab0
	vm_goes h2
	soon "it is out" 10 vm_is_out
	watched
	rarp=" in .*src=$VM_MAC .*rarp=3 "
	tells=" out .*src=$OWN_VMAC dst=$VM_MAC "
	some vm "QEMU announces it" "$rarp"
	reply="${tells}arp=2 sha=$OWN_VMAC spa=10\.0\.10\.1 .*tpa=10\.0\.10\.1 "
	some vm "the gateway tells it" "$reply"
	some vm "in IPv6" "${tells}.*icmp6=136/0 target=fe80::10 "
	not_within_a_second vm "$reply"
	none fab "W2: told to the fabric" " out .*spa=10\.0\.10\.1 |src=$OWN_VMAC"
}

# not_within_a_second CAPTURE PATTERN
not_within_a_second()
{
	local t last=0

	while read -r t; do
		# Under emulation one may come late, and the next in time.
		[ $((t - last)) -ge 700 ] ||
			fail "again after $((t - last)) ms"
		last=$t
	done < <(grep -E -e "$2" "$TMP/$1.txt" | sed 's/^t=\([0-9]*\) .*/\1/')
}

# The switches' own words about the VM's port, repetitions left out: SWITCH
ports_of_the_vm()
{
	on net switch_learned "$1" | grep "^$VM_MAC " | grep -o 'dev [^ ]*' |
		uniq | paste -sd ' '
}

w19_switches_follow_the_vm()
{
	vm_goes h1
	soon "it is out" 10 vm_is_out
	ok "watch the switches" on net switches_watched
	undo on net switches_unwatched
	vm_goes h2
	soon "it is out" 10 vm_is_out
	# QEMU and the guest announce for two seconds.
	sleep_ms 4000
	vm_goes h1
	soon "it is out" 10 vm_is_out
	equal "what switch 1 learned" "$(ports_of_the_vm 1)" "dev dci dev fab1"
	equal "what switch 2 learned" "$(ports_of_the_vm 2)" "dev fab2 dev dci"
	for n in 1 2; do
		refused "the vMAC in switch $n" on net \
			"switch_learned $n | grep $OWN_VMAC"
	done
}

w14_upgrade_gap()
{
	upgraded
	diag "IPv4: $(pause_of 4); IPv6: $(pause_of 6)"
}

# After all that
w01_vmac_in_no_switch()
{
	local n

	for n in 1 2; do
		ok "the hosts' own are there" on net \
			"bridge -n sw$n fdb show br sw | grep -q '^0a:61:6e:.* vlan 10'"
		refused "the vMAC in switch $n" on net \
			"bridge -n sw$n fdb show | grep $OWN_VMAC"
	done
}
