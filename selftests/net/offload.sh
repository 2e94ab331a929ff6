#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 120
#
# Big packets through the gateway: GSO packets of 64 KiB, with and without
# checksum offload, and jumbo frames.

. "$(dirname "$0")/lib/lib.sh"

VARIANTS="untagged"
CASES="w10_segments_of_64k_to_the_server w10_segments_of_64k_between_hosts
	w10_checksums_on_the_wire w10_udp_fragments w13_jumbo_frames"

setup()
{
	topo 2 exits && gateways h1 h2 &&
		vm_add v11 h1 10 10.0.10.11 &&
		vm_add v22 h2 20 10.0.20.22 &&
		commit && set_names 10
}

# broken NETNS: the number of bad checksums in TCP and IP
broken()
{
	ns "$1" awk '/^Tcp:/ && $NF ~ /^[0-9]+$/ { tcp = $(NF - 0) }
		/^Ip:/ && $2 ~ /^[0-9]+$/ { ip = $5 }
		/^Udp:/ && $2 ~ /^[0-9]+$/ { udp = $8 }
		END { print tcp + ip + udp }' /proc/net/snmp
}

# iperf FROM TO-NETNS ADDRESS
iperf()
{
	bg server ns "$2" iperf3 -s -1
	soon "the server listens" 5 is_listening "$2" 1451
	ok "iperf3" ns "$1" iperf3 -c "$3" -t 2 -l 64K
	wait "$BG" || fail "server: $(< "$TMP/server.err")"
	grep -q receiver "$TMP/ok.out" || fail "$(< "$TMP/ok.out")"
	diag "$(grep receiver "$TMP/ok.out")"
}

# The port of iperf3 is in hex.
is_listening() { ns "$1" grep -q ":$2 .* 0A " /proc/net/tcp /proc/net/tcp6; }

BIG='tcp=.* len=[0-9]{5}$'

w10_segments_of_64k_to_the_server()
{
	cap gw=h1/$G exit=h1/exit0
	iperf v11 srv $SRV
	cap_end
	some gw "big ones at the gateway device" "$BIG"
	some exit "big ones at the exit" " out .*$BIG"
	equal "broken checksums at the server" "$(broken srv)" 0
	equal "at the VM" "$(broken v11)" 0
}

w10_segments_of_64k_between_hosts()
{
	cap fab=h1/fab0 vm=v22/eth0
	iperf v11 v22 10.0.20.22
	cap_end
	some fab "big ones on the fabric, as the host" \
		" out vlan=20 src=${HMAC[1]} .*$BIG"
	some vm "big ones at the VM, from the gateway" " in .*src=$VMAC .*$BIG"
	none fab "the vMAC" "$VMAC"
	none vm "a host MAC" 0a:61:6e
	equal "broken checksums" "$(broken v22)$(broken v11)" 00
}

# Without checksum offload the frames carry the checksum, and the receiver would
# notice a wrong one.
w10_checksums_on_the_wire()
{
	local end

	for end in v11/eth0 h1/exit0 h1/fab0 h2/fab0 h1/v11 h2/v22 v22/eth0; do
		ok "no offload" ns "${end%/*}" ethtool -K "${end#*/}" \
			tx off sg off tso off gso off gro off
		undo ns "${end%/*}" ethtool -K "${end#*/}" \
			tx on sg on tso on gso on gro on
	done
	cap fab=h1/fab0 exit=h1/exit0
	iperf v11 srv $SRV
	iperf v11 v22 10.0.20.22
	cap_end
	some exit "the traffic" " out .*tcp="
	none exit "bigger than the MTU" " out .*$BIG"
	some fab "the traffic" " out .*tcp="
	none fab "bigger than the MTU" " out .*$BIG"
	equal "broken checksums" "$(broken srv)$(broken v11)$(broken v22)" 000
}

w10_udp_fragments()
{
	ok "8 KiB in fragments to the server" ns v11 ping -n -q -c 3 -i 0.2 \
		-s 8000 -W 5 $SRV
	ok "and to another host" ns v11 ping -n -q -c 3 -i 0.2 -s 8000 -W 5 \
		10.0.20.22
	ok "and to the gateway" ns v11 ping -n -q -c 3 -i 0.2 -s 8000 -W 5 \
		10.0.10.1
}

w13_jumbo_frames()
{
	local end

	for end in sw/sw sw/p1 sw/p2 h1/fab0 h2/fab0 h1/v11 h2/v22 \
		v11/eth0 v22/eth0 h1/br0 h2/br0; do
		ok "MTU" ip -n "${end%/*}" link set "${end#*/}" mtu 9000
	done
	for end in gw10 gw20; do
		[[ $(ip -n h1 link show $end) == *"mtu 9000"* ]] ||
			fail "the gateway does not follow its bridge"
	done
	cap fab=h1/fab0 vm=v22/eth0 me=v11/eth0
	ok "a jumbo frame across hosts" ns v11 ping -n -q -c 2 -i 0.2 -M "do" \
		-s 8972 -W 5 10.0.20.22
	# The MTU of the exit is still 1500.
	ns v11 ping -n -q -c 1 -M "do" -s 8972 -W 1 $SRV > /dev/null
	await me "fragmentation needed" \
		" in .*src=$VMAC .*ip=10\.0\.10\.1>10\.0\.10\.11 .*icmp=3/4 mtu=1500 "
	cap_end
	some fab "on the fabric" " out vlan=20 src=${HMAC[1]} .*icmp=8/0 .*len=9018"
	some vm "at the VM" " in .*src=$VMAC .*icmp=8/0 .*len=9014"
}

run_tests "$@"
