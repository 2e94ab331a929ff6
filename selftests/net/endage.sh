#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 2000
# guests: debug
# boot: time-travel=inf-cpu
#
# Endpoints that are quiet: asked before they are dropped, in a kernel whose
# idle time passes at once.

. "$(dirname "$0")/lib/lib.sh"
. "$(dirname "$0")/lib/endpoint.sh"

KINDS="untagged"
TESTS="ep_quiet_but_alive ep_unanswered ep_unused_address_is_dropped
	ep_without_address ep_quiet_in_ipv6"

ep_quiet_but_alive()
{
	travels
	fresh
	cap vm=v11/eth0 other=v12/eth0 fab=h1/fab0
	ok "it speaks" vm_ping v11 10.0.10.1
	elapse 200000
	ok "it is still known" knows "${VM_MAC[v11]}" v11 10.0.10.11
	elapse 1000000
	ok "and remains so" knows "${VM_MAC[v11]}" v11 10.0.10.11
	cap_end
	some vm "it was asked" "$(ask "${VM_MAC[v11]}" 10.0.10.11)"
	some vm "and has answered" " out .*arp=2 .*spa=10\.0\.10\.11 "
	none other "another VM has seen it" "tpa=10\.0\.10\.11 "
	none fab "the fabric has seen it" "$VMAC|tpa=10\.0\.10\.11 "
}

ep_unanswered()
{
	local line times=() question

	travels
	fresh
	monitor_starts
	question=$(ask $M1 10.0.10.71)
	vm_say v11 "garp,$M1,10.0.10.71"
	soon "known" 2 knows $M1 v11 10.0.10.71
	cap vm=v11/eth0
	elapse 235000
	ok "still known" knows $M1 v11 10.0.10.71
	elapse 60000
	cap_end
	while read -r line; do
		[[ $line =~ ^t=([0-9]+)\ .*$question ]] || continue
		times+=("${BASH_REMATCH[1]}")
	done < "$TMP/vm.txt"
	equal "asked so often" "${#times[@]}" 3
	more "a second apart" $((times[1] - times[0])) 950
	more "and again" $((times[2] - times[1])) 950
	ok "its address is dropped" knows $M1 v11
	soon "as is reported" 1 event endpoint-change '.mac == "'$M1'" and
		.addresses == []'
	elapse 20000
	ok "and it with it" unknown $M1
	soon "as is reported" 1 event endpoint-gone '.mac == "'$M1'"'
}

# Of a VM that is alive, but has the address no more
ep_unused_address_is_dropped()
{
	travels
	fresh
	ok "it speaks" vm_ping v11 10.0.10.1
	out v11 "${VM_MAC[v11]}" 10.0.10.71
	soon "two" 2 knows "${VM_MAC[v11]}" v11 10.0.10.11 10.0.10.71
	elapse 300000
	ok "one is left" knows "${VM_MAC[v11]}" v11 10.0.10.11
}

ep_without_address()
{
	travels
	fresh
	vm_say v11 "rarp,$M1"
	soon "known" 2 knows $M1 v11
	elapse 290000
	ok "still known" knows $M1 v11
	elapse 20000
	ok "gone" unknown $M1
}

ep_quiet_in_ipv6()
{
	local m=${VM_MAC[v11]}

	fresh
	cap vm=v11/eth0 other=v12/eth0 fab=h1/fab0
	ok "it speaks" ns v11 ping -6 -n -q -c 1 -W $((2 * SLOW)) fd00:10::1
	unsolicited v11 $M1 fd00:10::71
	soon "known" 2 knows $M1 v11 fd00:10::71
	elapse 320000
	ok "the silent one is gone" unknown $M1
	ok "who answers is not" knows "$m" v11 fd00:10::11
	cap_end
	exactly vm 3 "the silent one was asked" "$(ask6 $M1 fd00:10::71)"
	some vm "the other, too" "$(ask6 "$m" fd00:10::11)"
	some vm "and has answered" " out .*icmp6=136/0 target=fd00:10::11 "
	none other "another VM has seen it" "icmp6=135/0 target=fd00:10::[17]1 "
	none fab "the fabric has seen it" "$VMAC"
}

run_scene "$@"
