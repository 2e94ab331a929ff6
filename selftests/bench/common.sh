# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The network, the designs and the traffic of the benchmark.
#
#   gen 10.10.0.2 --- v1 +---------+ v2 --- peer   10.10.0.3, VLAN 10
#                       |    h    | v3 --- other  10.20.0.0/16, VLAN 20
#   fab           --- fab0+---------+ exit0 -- out 10.1.0.2, outside
#
# With QEMU's instruction clock a nanosecond is one instruction of the whole
# path: pktgen, the design, and a tc rule that drops at the receiver.

GEN_MAC=52:54:00:00:00:01
PEER_MAC=52:54:00:00:00:02
OTHER_MAC=52:54:00:00:00:03
OUT_MAC=52:54:00:00:00:04
FAR_MAC=0a:61:6e:00:00:99
SHARED_MAC=00:00:5e:00:01:0a
N=${BENCH_PACKETS:-10000}

ns() { nsenter --net="/run/netns/$1" "${@:2}"; }

# ---------------------------------------------------------------- the network

# Common to all designs: the ends and their links to h
add_ends()
{
	local n

	for n in gen peer other out fab h; do
		ip netns add $n
		ip -n $n link set lo up
		ns $n sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.accept_ra=0 \
			net.ipv6.conf.default.router_solicitations=0 \
			net.ipv6.conf.default.mldv2_unsolicited_report_interval=0
	done
	ns h sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.default.rp_filter=0
	add_end gen v1 $GEN_MAC
	add_end peer v2 $PEER_MAC
	add_end other v3 $OTHER_MAC
	add_end out exit0 $OUT_MAC
	add_end fab fab0 $FAR_MAC
	ip -n h -b - <<-END
		address add 10.1.0.1/24 dev exit0
		address add fd01::1/64 dev exit0 nodad
		neigh add 10.1.0.2 lladdr $OUT_MAC dev exit0 nud permanent
		neigh add fd01::2 lladdr $OUT_MAC dev exit0 nud permanent
		route add default via 10.1.0.2
		route add default via fd01::2
	END
}

# end NETNS PORT MAC: count and drop what arrives there
add_end()
{
	ip -n h link add "$2" type veth peer name eth0 netns "$1"
	ip -n "$1" link set eth0 address "$3" up
	ip -n h link set "$2" up
	tc -n "$1" qdisc add dev eth0 clsact
	tc -n "$1" filter add dev eth0 ingress matchall action drop
}

tear_down()
{
	local n

	pkill -x ovs-vswitchd
	for n in gen peer other out fab h; do
		ip netns del $n
	done
	! grep -q '^anygw ' /proc/modules || rmmod anygw
} 2> /dev/null

access() { bridge -n h vlan add dev "$1" vid "$2" pvid untagged; }

bridge_add()
{
	local p

	ip -n h link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0
	for p in v1 v2 v3 fab0; do
		ip -n h link set $p master br0
	done
	ip -n h link set br0 up
	access v1 10
	access v2 10
	access v3 20
	bridge -n h vlan add dev fab0 vid 10
	bridge -n h vlan add dev fab0 vid 20
	bridge -n h fdb add $PEER_MAC dev v2 vlan 10 master static
	bridge -n h fdb add $OTHER_MAC dev v3 vlan 20 master static
	bridge -n h fdb add $GEN_MAC dev v1 vlan 10 master static
}

# neighbours DEV10 DEV20: permanent entries of the gateways
neighbours()
{
	{
		echo "neigh replace 10.10.0.2 lladdr $GEN_MAC dev $1 nud permanent"
		echo "neigh replace fd00:10::2 lladdr $GEN_MAC dev $1 nud permanent"
		seq 0 16383 | awk -v mac=$OTHER_MAC -v dev="$2" '{
			printf "neigh replace 10.20.%d.%d lladdr %s dev %s nud permanent\n",
				16 + $1 / 256, $1 % 256, mac, dev
			printf "neigh replace fd00:20::%x lladdr %s dev %s nud permanent\n",
				32768 + $1, mac, dev
		}'
	} > /run/neighbours
	ip -n h -b /run/neighbours
}

# ---------------------------------------------------------------- designs

# Each design sets GW_MAC to the MAC of the VM's gateway.
design_bridge() { bridge_add; }

svi()
{
	local v

	for v in 10 20; do
		bridge -n h vlan add dev br0 vid $v self
		ip -n h link add link br0 name br0.$v type vlan id $v
		ip -n h link set br0.$v up
	done
}

addresses()
{
	ip -n h -b - <<-END
		address add 10.10.0.1/16 dev $1
		address add 10.20.0.1/16 dev $2
		address add fd00:10::1/64 dev $1 nodad
		address add fd00:20::1/64 dev $2 nodad
	END
}

design_vlan()
{
	bridge_add
	svi
	addresses br0.10 br0.20
	neighbours br0.10 br0.20
	GW_MAC=$(ip -n h -j link show br0.10 | jq -r '.[0].address')
}

# The same MAC on all hosts, on macvlan devices, filtered on the fabric
design_vrr()
{
	local v

	bridge_add
	svi
	for v in 10 20; do
		ip -n h link add link br0.$v name vrr$v address $SHARED_MAC \
			type macvlan mode private
		ip -n h link set vrr$v up
	done
	addresses vrr10 vrr20
	neighbours vrr10 vrr20
	ns h nft -f - <<-END
		table bridge shared {
			chain in {
				type filter hook prerouting priority 0
				iifname "fab0" ether saddr $SHARED_MAC drop
				iifname "fab0" ether daddr $SHARED_MAC drop
			}
			chain out {
				type filter hook output priority 0
				oifname "fab0" ether saddr $SHARED_MAC drop
			}
			chain through {
				type filter hook forward priority 0
				oifname "fab0" ether saddr $SHARED_MAC drop
			}
		}
	END
	GW_MAC=$SHARED_MAC
}

design_flowtable()
{
	design_vlan
	ns h nft -f - <<-END
		table inet fast {
			flowtable ft {
				hook ingress priority 0
				devices = { br0.10, br0.20, exit0 }
			}
			chain forward {
				type filter hook forward priority 0
				meta l4proto { tcp, udp } flow add @ft
			}
		}
	END
}

design_ebpf()
{
	local v

	design_vlan
	for v in v1 v3; do
		tc -n h qdisc add dev $v clsact
		tc -n h filter add dev $v ingress bpf da obj \
			"$BENCH_TOOLS/router.bpf.o" sec tc
	done
}

dpctl() { ns h "$BENCH_TOOLS/ovs-dpctl" "$@"; }

# The datapath alone, with the flows that ovs-vswitchd would install
design_ovs()
{
	local p f eth="src=$GEN_MAC,dst=$SHARED_MAC"

	GW_MAC=$SHARED_MAC
	modprobe openvswitch
	dpctl add-dp dp0
	for p in v1 v2 v3 exit0 fab0; do
		dpctl add-if dp0 $p
	done
	for f in "eth_type(0x0800),ipv4(frag=no)" \
		"eth_type(0x86dd),ipv6(frag=no)"; do
		dpctl add-flow dp0 \
			"in_port(1),eth(src=$GEN_MAC,dst=$PEER_MAC),$f" 2
		dpctl add-flow dp0 \
			"in_port(5),eth(src=$FAR_MAC,dst=$GEN_MAC),eth_type(0x8100),vlan(vid=10),encap($f)" \
			"pop_vlan,1"
	done
	dpctl add-flow dp0 "in_port(1),eth($eth),eth_type(0x0800),ipv4(dst=198.18.0.0/255.254.0.0,ttl=32)" \
		"set(eth(src=$SHARED_MAC,dst=$OUT_MAC)),set(ipv4(ttl=31)),4"
	dpctl add-flow dp0 "in_port(1),eth($eth),eth_type(0x0800),ipv4(dst=10.20.0.0/255.255.0.0,ttl=32)" \
		"set(eth(src=$SHARED_MAC,dst=$OTHER_MAC)),set(ipv4(ttl=31)),3"
	dpctl add-flow dp0 "in_port(1),eth($eth),eth_type(0x86dd),ipv6(dst=2001:db8::/ffff:ffff::,hlimit=32)" \
		"set(eth(src=$SHARED_MAC,dst=$OUT_MAC)),set(ipv6(hlimit=31)),4"
	dpctl add-flow dp0 "in_port(1),eth($eth),eth_type(0x86dd),ipv6(dst=fd00:20::/ffff:ffff:ffff:ffff::,hlimit=32)" \
		"set(eth(src=$SHARED_MAC,dst=$OTHER_MAC)),set(ipv6(hlimit=31)),3"
}

design_anygw()
{
	local v

	bridge_add
	insmod "$ANYGW_KO"
	anygwctl -n h port set dev fab0 role fabric
	for v in 10 20; do
		anygwctl -n h gateway add bridge br0 vlan $v fastpath off \
			address 10.$v.0.1/16 address fd00:$v::1/64
	done
	neighbours gw10 gw20
	GW_MAC=02:61:6e:79:67:77
}

design_anygw_fast()
{
	local v

	design_anygw
	for v in 10 20; do
		anygwctl -n h gateway set dev gw$v fastpath on
	done
}

# A minimal firewall
firewall() { ns h nft "add table inet f; add chain inet f forward { type filter hook forward priority 0; }"; }

design_vlan_firewall()
{
	design_vlan
	firewall
}

design_anygw_firewall()
{
	design_anygw_fast
	firewall
}

# Many objects on which the cost of a packet must not depend
design_anygw_gateways()
{
	design_anygw_fast
	many_gateways > /run/gateways
	anygwctl -n h apply /run/gateways
}

many_gateways()
{
	seq 1 4094 | awk '$1 != 10 && $1 != 20 {
		printf "gateway add bridge br0 vlan %d address 172.%d.%d.1/24\n",
			$1, 16 + int($1 / 256), $1 % 256
	}'
}

design_anygw_routes()
{
	design_anygw_fast
	seq 0 99999 | awk '{
		printf "route add 100.%d.%d.%d/30 via 10.1.0.2\n",
			64 + int($1 / 16384), int($1 / 64) % 256, $1 % 64 * 4
	}' > /run/routes
	ip -n h -b /run/routes
}

# 25000 endpoints behind each of four ports, each in its own VLAN
design_anygw_endpoints()
{
	local v

	design_anygw_fast
	for v in 31 32 33 34; do
		ip -n h link add e$v type veth peer name eth0.e$v netns gen
		ip -n gen link set eth0.e$v up
		ip -n h link set e$v master br0 up
		access e$v $v
		anygwctl -n h port set dev e$v endpoints 25000
		anygwctl -n h gateway add bridge br0 vlan $v endpoints 25000 \
			address 10.$v.0.1/16
		pg gen kpktgend_0 rem_device_all "add_device eth0.e$v"
		pg gen eth0.e$v "pkt_size 60" "delay 0" "clone_skb 0" \
			"dst_mac $GW_MAC" "src_mac 52:54:00:$v:00:00" \
			"src_mac_count 25000" "src_min 10.$v.2.0" \
			"src_max 10.$v.99.167" "dst 10.10.0.3" "count 30000"
		pg gen pgctrl start
	done
	pg gen kpktgend_0 rem_device_all
	echo "bench: $(anygwctl -n h -j endpoint show | jq length) endpoints" >&2
}

# ---------------------------------------------------------------- traffic

# The time that the CPUs were not idle, in ns
cpu_time() { awk '/^cpu/ { sum += $8 } END { printf "%.0f", sum }' /proc/schedstat; }

# busy COMMAND...: print the CPU time that it takes
busy()
{
	local before

	before=$(cpu_time)
	"$@" > /dev/null || return
	echo $(($(cpu_time) - before))
}

# Wait until the kernel has finished its deferred work: the CPUs are idle for 99
# percent of two seconds. vmstat's first report is the average since boot.
settle()
{
	local i

	for i in {1..60}; do
		[ "$(vmstat 2 2 | awk 'END { print $15 }')" -lt 99 ] || return 0
	done
	echo "bench: the guest does not become idle" >&2
}

# result DESIGN PATH FAMILY SIZE FLOWS COST
result()
{
	(
		IFS=,
		echo "$*,$tick" >> "$out"
	)
}

pg() { ns "$1" bash -c 'for l in "${@:2}"; do echo "$l" > "/proc/net/pktgen/$1"; done' - "${@:2}"; }

received() { ns "$1" awk '$1 == "eth0:" { print $3 }' /proc/net/dev; }

# packets NETNS NUMBER...: send each NUMBER of packets; print the microseconds
# of the last run. No process is started in between: with the instruction clock,
# waiting for one can take any time.
packets()
{
	ns "$1" bash -c '
	for n; do
		echo "count $n" > /proc/net/pktgen/eth0
		echo start > /proc/net/pktgen/pgctrl
	done
	while read -r line; do
		[[ $line =~ ^Result:\ OK:\ ([0-9]+) ]] &&
			echo "${BASH_REMATCH[1]}"
	done < /proc/net/pktgen/eth0' - "${@:2}"
}

# measure DESIGN PATH FROM TO FAMILY SIZE FLOWS MAC [WORD...]
measure()
{
	local design=$1 path=$2 from=$3 to=$4 family=$5 size=$6 flows=$7 mac=$8
	local before usec got sent=$N first=1000

	[ "$flows" -le "$N" ] || sent=$((flows * 2))
	# The first packets fill the caches. IPv6 destinations are random, so
	# some would remain new for a long time.
	[ "$flows" -lt 1000 ] || first=$((flows * 6))
	pg "$from" kpktgend_0 rem_device_all "add_device eth0"
	# Do not share skbs between packets: those of a VM are not shared
	# either.
	pg "$from" eth0 "pkt_size $size" "delay 0" "clone_skb 0" \
		"flag !SHARED" "dst_mac $mac" "${@:9}"
	before=$(received "$to")
	usec=$(packets "$from" $first $sent)
	got=$(($(received "$to") - before))
	pg "$from" kpktgend_0 rem_device_all
	if [ $((got * 100)) -lt $(((first + sent) * 99)) ]; then
		echo "bench: $design, $path: $got of $((first + sent)) packets arrived" >&2
		return
	fi
	result "$design" "$path" "$family" "$size" "$flows" \
		$((usec * 1000 / sent))
}

# An ARP request for the gateway, in the format of trafgen
arp_request()
{
	printf '{ '
	printf '0x%s, ' ff ff ff ff ff ff ${GEN_MAC//:/ } 08 06 \
		00 01 08 00 06 04 00 01 ${GEN_MAC//:/ } 0a 0a 00 02 \
		00 00 00 00 00 00 0a 0a 00 01
	printf 'fill(0x00, 18) }\n'
}

send_requests() { ns gen trafgen -i /run/request -o eth0 -n "$1" -P 1; }

# The cost of a request including its reply
measure_arp()
{
	local design=$1 before few many got

	arp_request > /run/request
	# The first run reads from the disk.
	send_requests 1000 > /dev/null
	few=$(busy send_requests 1000)
	before=$(received gen)
	many=$(busy send_requests $((N + 1000)))
	got=$(($(received gen) - before))
	if [ $got -lt $((N + 1000)) ]; then
		echo "bench: $design: $got of $((N + 1000)) requests answered" >&2
		return
	fi
	result "$design" arp 4 60 1 $(((many - few) / N))
}

# One TCP connection to the outside with large segments; the cost of 64 KiB
measure_tcp()
{
	local design=$1 megabytes=256 cost mac n

	mac=$(ip -n h -j link show exit0 | jq -r '.[0].address')
	for n in gen out; do
		tc -n $n filter del dev eth0 ingress
	done
	ip -n gen -b - <<-END
		address add 10.10.0.2/16 dev eth0
		neigh replace 10.10.0.1 lladdr $GW_MAC dev eth0 nud permanent
		route add 10.1.0.0/24 via 10.10.0.1
	END
	ip -n out -b - <<-END
		address add 10.1.0.2/24 dev eth0
		neigh replace 10.1.0.1 lladdr $mac dev eth0 nud permanent
		route add 10.10.0.0/16 via 10.1.0.1
	END
	ns out iperf3 -s -D
	until [ -n "$(ns out ss -Hltn sport = :5201)" ]; do :; done
	if ns gen iperf3 -c 10.1.0.2 -n 8M > /dev/null; then
		cost=$(busy ns gen iperf3 -c 10.1.0.2 -n ${megabytes}M)
		result "$design" tcp 4 65536 1 $((cost / (megabytes * 16)))
	else
		echo "bench: $design: no TCP connection" >&2
	fi
	pkill -x iperf3
}

# dst4 BASE FLOWS: the destinations for pktgen
dst4()
{
	local base=$1 flows=$2 a b

	IFS=. read -r a b _ <<< "$base"
	echo "dst_min $a.$b.16.0"
	echo "dst_max $a.$b.$((16 + (flows - 1) / 256)).$(((flows - 1) % 256))"
}

# dst6 PREFIX FLOWS: pktgen randomises the bits in which the two ends differ.
dst6()
{
	echo "dst6_min ${1}8000"
	printf 'dst6_max %s%x\n' "$1" $((32768 + $2 - 1))
}

