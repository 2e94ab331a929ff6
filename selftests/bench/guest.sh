#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The benchmark's guest: send the same traffic through each design.
#
#	guest.sh TICK [DESIGN...]
#
# TICK is the name of a nanosecond in the results, which are lines of CSV in
# $RESULTS.
set -u

tick=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
out=$RESULTS/bench.csv
# shellcheck source=common.sh
. "$here/common.sh"

paths()
{
	local design=$1 size flows words

	for size in ${BENCH_SIZES:-60 1400}; do
		measure "$design" bridged gen peer 4 $size 1 $PEER_MAC \
			"src_min 10.10.0.2" "src_max 10.10.0.2" "dst 10.10.0.3"
		measure "$design" bridged gen peer 6 $size 1 $PEER_MAC \
			"src6 fd00:10::2" "dst6 fd00:10::3"
		[ "$design" = bridge ] ||
			routed "$design" $size
		measure "$design" arrival fab gen 4 $size 1 $GEN_MAC \
			"vlan_id 10" "src_min 10.20.0.9" "src_max 10.20.0.9" \
			"dst 10.10.0.2"
		measure "$design" arrival fab gen 6 $size 1 $GEN_MAC \
			"vlan_id 10" "src6 fd00:20::9" "dst6 fd00:10::2"
	done
}

routed()
{
	local design=$1 size=$2 flows words

	for flows in 1 1000 10000; do
		mapfile -t words < <(dst4 198.18 $flows)
		measure "$design" north-south gen out 4 "$size" $flows $GW_MAC \
			"src_min 10.10.0.2" "src_max 10.10.0.2" "${words[@]}"
		mapfile -t words < <(dst4 10.20 $flows)
		measure "$design" east-west gen other 4 "$size" $flows $GW_MAC \
			"src_min 10.10.0.2" "src_max 10.10.0.2" "${words[@]}"
	done
	for flows in 1 1024 16384; do
		mapfile -t words < <(dst6 2001:db8:: $flows)
		measure "$design" north-south gen out 6 "$size" $flows $GW_MAC \
			"src6 fd00:10::2" "${words[@]}"
		mapfile -t words < <(dst6 fd00:20:: $flows)
		measure "$design" east-west gen other 6 "$size" $flows $GW_MAC \
			"src6 fd00:10::2" "${words[@]}"
	done
}

# ---------------------------------------------------------------- the run

[ $# -gt 0 ] || set -- bridge vlan vrr flowtable ebpf ovs anygw anygw-fast \
	vlan-firewall anygw-firewall \
	anygw-gateways anygw-routes anygw-endpoints
sysctl -qw net.ipv4.neigh.default.gc_thresh{2,3}=65536 \
	net.ipv6.neigh.default.gc_thresh{2,3}=65536
modprobe -a pktgen sch_ingress cls_matchall act_gact cls_bpf
echo "design,path,family,size,flows,cost,unit" > "$out"
for design in "$@"; do
	echo "bench: $design"
	GW_MAC=
	add_ends
	"design_${design//-/_}" || echo "bench: $design could not be set up" >&2
	settle
	paths "$design"
	case $design in
	bridge | ovs) ;;
	*)
		measure_arp "$design"
		measure_tcp "$design"
		;;
	esac
	tear_down
done
