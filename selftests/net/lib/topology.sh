# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The networks of the tests.
#
#   srv ---- r1 ---- h1 --+        hN   hypervisor host: bridge, VMs, fab0
#    |                    |        rN   its exit router, to the server
#    +------ r2 ---- h2 --+-- sw   sw   the fabric: a learning VLAN switch
#    |                    |    |   bare a host without anygw, in VLANs 10
#    +------ r3 ---- h3 --+  bare       and 20
#
# Each of them is a network namespace. The fabric is tagged. The variants of the
# hosts' bridges:
#
#   untagged  one VLAN-aware bridge, VMs on access ports (PVID)
#   tagged    the same bridge, VMs behind trunk ports with VLAN devices
#   unaware   one bridge per VLAN without filtering, over VLAN devices of
#             the NIC; all gateways have the same MAC
#
# SIX adds IPv6, if the kernel has it: the VLAN of 10.0.V.0/24 has fd00:V::/64
# with the same host number, and the VMs' router is the gateway's link-local
# address.
#
# The server sends to h1 for all VMs. For a VM on another host, h1 has to
# resolve it over the fabric.
#
# The functions collect batches; commit runs them with one "ip" and one "bridge"
# per namespace.

declare -A VM_MAC VM_IP VM_DEV VM_HOST VM_VLAN IN BRIDGE
declare -a NETNS_LIST=() SNAPSHOTS=() HMAC=() QUIET=() SYSCTLS=()
NAMES=
MAKE=
SRV=203.0.113.1
SRV6=fd03::1
GATEWAY_LL=fe80::61:6eff:fe79:6777
BARE10=52:54:00:ba:10:50
BARE20=52:54:00:ba:20:50
EDGE=52:54:00:ed:10:60

# ---------------------------------------------------------------- batches

# New namespaces inherit the IPv4 sysctls of the initial one, but not
# disable_ipv6. netns_add sets it without SIX, to keep captures quiet.
setup_sysctls()
{
	! kernel_lacks ipv6 || SIX=
	echo 1 > /proc/sys/net/core/devconf_inherit_init_net
	echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
	echo 0 > /proc/sys/net/ipv4/conf/default/rp_filter
}

netns_add()
{
	NAMES+="netns add $1"$'\n'
	NETNS_LIST+=("$1")
	if [ -z "${SIX:-}" ]; then
		QUIET+=("$1:ipv6/conf/all/disable_ipv6=1"
			"$1:ipv6/conf/default/disable_ipv6=1")
	else
		# No DAD and no router solicitations: captures have only
		# the traffic of the test case.
		QUIET+=("$1:ipv6/conf/default/accept_dad=0"
			"$1:ipv6/conf/default/accept_ra=0"
			"$1:ipv6/conf/default/router_solicitations=0")
	fi
	IN[$1]="link set lo up"$'\n'
}

# veth_add NETNS DEVICE NETNS DEVICE
veth_add()
{
	MAKE+="link add $2 netns $1 type veth peer name $4 netns $3"$'\n'
}

# in_netns NETNS LINE...
in_netns()
{
	local name=$1 line

	shift
	for line in "$@"; do
		IN[$name]+=$line$'\n'
	done
}

# in_netns6 NETNS LINE...: only with IPv6
in_netns6() { [ -z "${SIX:-}" ] || in_netns "$@"; }

in_bridge()
{
	local name=$1 line

	shift
	for line in "$@"; do
		BRIDGE[$name]=${BRIDGE[$name]:-}$line$'\n'
	done
}

# set_sysctls NETNS:PATH=VALUE...: those of IPv6 only if the kernel has it
set_sysctls()
{
	local setting list=()

	for setting in "$@"; do
		[[ $setting == *:ipv6/* ]] && kernel_lacks ipv6 || list+=("$setting")
	done
	[ ${#list[@]} = 0 ] || wire sysctl "${list[@]}"
}

# Cases may call this too.
commit()
{
	local name

	[ -z "$NAMES" ] || ip -b - <<< "$NAMES" || return 1
	set_sysctls "${QUIET[@]}" || return 1
	[ -z "$MAKE" ] || ip -b - <<< "$MAKE" || return 1
	for name in "${!IN[@]}"; do
		ip -n "$name" -b - <<< "${IN[$name]}" || return 1
	done
	for name in "${!BRIDGE[@]}"; do
		bridge -n "$name" -b - <<< "${BRIDGE[$name]}" || return 1
	done
	set_sysctls "${SYSCTLS[@]}" || return 1
	NAMES='' MAKE='' IN=() BRIDGE=() QUIET=() SYSCTLS=()
}

# Free the names of the namespaces for the next setup.
netns_del_all()
{
	local name batch=

	for name in /run/netns/*; do
		[ ! -e "$name" ] || batch+="netns del ${name##*/}"$'\n'
	done
	[ -z "$batch" ] || ip -b - <<< "$batch"
	NAMES='' MAKE='' IN=() BRIDGE=() QUIET=() SYSCTLS=() NETNS_LIST=() SNAPSHOTS=()
	VM_HOST=()
}

# ---------------------------------------------------------------- variants

# set_names VLAN: set B and G to the bridge and the gateway
set_names()
{
	if [ "$VARIANT" = unaware ]; then
		B=br$1 G=gw-br$1
	else
		B=br0 G=gw$1
	fi
}

# set_bridge_args VLAN: set BR to the arguments of "gateway add"
set_bridge_args()
{
	if [ "$VARIANT" = unaware ]; then
		BR="bridge br$1"
	else
		BR="bridge br0 vlan $1"
	fi
}

# ---------------------------------------------------------------- fabric

switch_add()
{
	netns_add sw
	in_netns sw \
		"link add sw type bridge vlan_filtering 1 vlan_default_pvid 0 mcast_snooping 0" \
		"link set sw up"
}

# switch_connect NETNS DEVICE PORT
switch_connect()
{
	local v

	veth_add "$1" "$2" sw "$3"
	in_netns "$1" "link set $2 up"
	in_netns sw "link set $3 master sw up"
	for v in 10 20 30; do
		in_bridge sw "vlan add dev $3 vid $v"
	done
}

bare_add()
{
	local v

	netns_add bare
	switch_connect bare eth0 pb
	for v in 10 20; do
		in_netns bare \
			"link add link eth0 name eth0.$v type vlan id $v" \
			"link set eth0.$v address 52:54:00:ba:$v:50" \
			"link set eth0.$v up" \
			"address add 10.0.$v.50/24 dev eth0.$v"
		in_netns6 bare "address add fd00:$v::50/64 dev eth0.$v"
	done
	SYSCTLS+=(bare:ipv4/conf/all/arp_ignore=1
		bare:ipv4/conf/all/arp_announce=2)
}

# ---------------------------------------------------------------- hosts

# bridge_add_unaware HOST NAME PORT
bridge_add_unaware()
{
	in_netns "$1" "link add $2 type bridge" "link set $3 master $2 up" \
		"link set $2 up"
}

host_bridges()
{
	local v

	if [ "$VARIANT" = unaware ]; then
		for v in 10 20; do
			in_netns "$1" \
				"link add link fab0 name fab0.$v type vlan id $v"
			bridge_add_unaware "$1" "br$v" "fab0.$v"
		done
		return
	fi
	in_netns "$1" \
		"link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0" \
		"link set fab0 master br0" "link set br0 up"
	in_bridge "$1" "vlan add dev fab0 vid 10" "vlan add dev fab0 vid 20"
}

# host_add hN
host_add()
{
	netns_add "$1"
	switch_connect "$1" fab0 "p${1#h}"
	host_bridges "$1"
}

# exit_add hN: the host's exit router, and the server
exit_add()
{
	local h=$1 n=${1#h} r=r${1#h}

	[[ " ${NETNS_LIST[*]} " == *" srv "* ]] || {
		netns_add srv
		in_netns srv "address add $SRV/32 dev lo"
		in_netns6 srv "address add $SRV6/128 dev lo"
	}
	netns_add "$r"
	veth_add "$h" exit0 "$r" down0
	veth_add "$r" up0 srv "$r"
	in_netns "$h" "link set exit0 up" "address add 10.1.$n.1/24 dev exit0" \
		"route add default via 10.1.$n.2"
	in_netns "$r" "link set down0 up" "link set up0 up" \
		"address add 10.1.$n.2/24 dev down0" \
		"address add 10.2.$n.1/24 dev up0" \
		"route add 10.0.0.0/16 via 10.1.$n.1" \
		"route add default via 10.2.$n.2"
	in_netns srv "link set $r up" "address add 10.2.$n.2/24 dev $r" \
		"route add 10.1.$n.0/24 via 10.2.$n.1"
	[ "$n" != 1 ] || in_netns srv "route add 10.0.0.0/16 via 10.2.1.1"
	exit_add_ipv6 "$h" "$n" "$r"
	SYSCTLS+=("$h:ipv4/conf/exit0/forwarding=1" "$r:ipv4/ip_forward=1")
}

exit_add_ipv6()
{
	local h=$1 n=$2 r=$3

	[ -n "${SIX:-}" ] || return 0
	in_netns "$h" "address add fd01:$n::1/64 dev exit0" \
		"route add default via fd01:$n::2"
	in_netns "$r" "address add fd01:$n::2/64 dev down0" \
		"address add fd02:$n::1/64 dev up0" \
		"route add fd00::/16 via fd01:$n::1" \
		"route add default via fd02:$n::2"
	in_netns srv "address add fd02:$n::2/64 dev $r"
	[ "$n" != 1 ] || in_netns srv "route add fd00::/16 via fd02:1::1"
	SYSCTLS+=("$h:ipv6/conf/all/forwarding=1"
		"$r:ipv6/conf/all/forwarding=1")
}

# topo HOSTS [exits]
topo()
{
	local n

	switch_add
	bare_add
	for ((n = 1; n <= $1; n++)); do
		host_add h$n
		[ "${2:-}" != exits ] || exit_add h$n
	done
	commit || return 1
	for ((n = 1; n <= $1; n++)); do
		snapshot h$n
	done
}

# host_state HOST: print the state of its bridges without the VM ports
host_state()
{
	local line shown=

	ip -n "$1" -d -o link show > "$TMP/state.raw"
	while read -r line; do
		[[ $line =~ ^[0-9]+:\ ((br|fab|exit|gw)[^ @:]*).*(promiscuity\ [0-9]+) ]] &&
			echo "${BASH_REMATCH[1]} ${BASH_REMATCH[3]}"
	done < "$TMP/state.raw"
	# The bridge adds and removes the ports' own addresses, and IPv6 its
	# groups.
	bridge -n "$1" fdb show > "$TMP/state.raw"
	grep -E '^0[2a]:61:6e.* permanent| dev (br|fab|gw).* self permanent' \
		"$TMP/state.raw" | grep -v ^33:33: | sort
	bridge -n "$1" -o vlan show > "$TMP/state.raw"
	while read -r line; do
		[[ ! $line =~ ^(br|fab|gw) ]] || echo "$line"
	done < "$TMP/state.raw"
	ns "$1" head -n 1 /proc/sys/net/ipv4/ip_forward \
		/proc/sys/net/ipv4/conf/{all,default}/{forwarding,rp_filter,arp_ignore}
}

snapshot()
{
	host_state "$1" > "$TMP/state-$1"
	SNAPSHOTS+=("$1")
}

# A veth device would count as an access port.
fabric_roles()
{
	local h

	[ "$VARIANT" != unaware ] || return 0
	for h in "$@"; do
		anygwctl -n "$h" port set dev fab0 role fabric || return 1
	done
}

# second_port HOST: add a fabric port in VLAN 10, connected to the host "edge"
second_port()
{
	local h=$1

	netns_add edge
	veth_add edge eth0 "$h" fab1
	in_netns edge "link set eth0 up" \
		"link add link eth0 name eth0.10 type vlan id 10" \
		"link set eth0.10 address $EDGE" "link set eth0.10 up" \
		"address add 10.0.10.60/24 dev eth0.10"
	in_netns "$h" "link set fab1 up"
	if [ "$VARIANT" = unaware ]; then
		in_netns "$h" \
			"link add link fab1 name fab1.10 type vlan id 10" \
			"link set fab1.10 master br10 up"
	else
		in_netns "$h" "link set fab1 master br0"
		in_bridge "$h" "vlan add dev fab1 vid 10"
	fi
	commit || return 1
	[ "$VARIANT" = unaware ] ||
		anygwctl -n "$h" port set dev fab1 role fabric || return 1
	SNAPSHOTS=()
	for h in h1 h2; do
		snapshot $h
	done
}

# gateways HOST...: add one in VLAN 10 and one in VLAN 20 on each host. Sets
# HMAC[N] to the host MAC of hN.
gateways()
{
	local h v

	fabric_roles "$@" || return 1
	for h in "$@"; do
		for v in 10 20; do
			set_bridge_args $v
			# shellcheck disable=SC2086
			anygwctl -n "$h" gateway add $BR \
				address 10.0.$v.1/24 \
				${SIX:+address fd00:$v::1/64} || return 1
		done
		HMAC[${h#h}]=$(host_mac "$h")
	done
}

host_mac()
{
	[[ $(anygwctl -n "$1" -j host show) =~ \"mac\":\ *\"([^\"]*)\" ]] || return 1
	echo "${BASH_REMATCH[1]}"
}

# ---------------------------------------------------------------- VMs

port_vlan()
{
	case $VARIANT in
	unaware) ;;
	tagged) in_bridge "$1" "vlan add dev $2 vid $3" ;;
	*) in_bridge "$1" "vlan add dev $2 vid $3 pvid untagged" ;;
	esac
}

# vm_inside NAME VLAN ADDRESS: configure the VM's side; eth0 exists
vm_inside()
{
	local vm=$1 vlan=$2 ip=$3 dev=eth0 o=${3%.*}

	printf -v "VM_MAC[$vm]" '52:54:00:00:%02x:%02x' "${o##*.}" "${ip##*.}"
	VM_IP[$vm]=$ip VM_VLAN[$vm]=$vlan
	in_netns "$vm" "link set eth0 address ${VM_MAC[$vm]}" "link set eth0 up"
	if [ "$VARIANT" = tagged ]; then
		dev=eth0.$vlan
		in_netns "$vm" "link add link eth0 name $dev type vlan id $vlan" \
			"link set $dev up"
	fi
	VM_DEV[$vm]=$dev
	in_netns "$vm" "address add $ip/24 dev $dev" "route add default via $o.1"
	in_netns6 "$vm" "address add fd00:$vlan::${ip##*.}/64 dev $dev" \
		"route add default via $GATEWAY_LL dev $dev"
}

# vm_add NAME HOST VLAN ADDRESS: the host port has the VM's name
vm_add()
{
	netns_add "$1"
	veth_add "$1" eth0 "$2" "$1"
	set_names "$3"
	in_netns "$2" "link set $1 master $B up"
	port_vlan "$2" "$1" "$3"
	VM_HOST[$1]=$2
	vm_inside "$1" "$3" "$4"
}

# vm_add_mobile NAME VLAN ADDRESS HOST...: a VM behind a relay, with a port on
# each host. The VM is on the first one; the other ports have no carrier.
vm_add_mobile()
{
	local vm=$1 vlan=$2 ip=$3 h up=up

	shift 3
	[[ " ${NETNS_LIST[*]} " == *" relay "* ]] || netns_add relay
	netns_add "$vm"
	veth_add "$vm" eth0 relay "$vm"
	# ageing_time 0 makes the relay a hub.
	in_netns relay \
		"link add b-$vm type bridge ageing_time 0 mcast_snooping 0" \
		"link set $vm master b-$vm up" "link set b-$vm up"
	set_names "$vlan"
	VM_HOST[$vm]=$1
	for h in "$@"; do
		veth_add "$h" "$vm" relay "$vm-$h"
		in_netns "$h" "link set $vm master $B up"
		port_vlan "$h" "$vm" "$vlan"
		in_netns relay "link set $vm-$h master b-$vm $up"
		up=down
	done
	vm_inside "$vm" "$vlan" "$ip"
}

forwards()
{
	[[ $(bridge -n "$1" link show dev "$2") == *"state forwarding"* ]]
}

# A bridge port can be forwarding before the queue of its device is started.
carries()
{
	[[ $(ip -n "$1" -o link show "$2") == *" state UP "* ]] &&
		forwards "$1" "$2"
}

# locate_vm NAME: set FROM to the VM's host and TO to the other one of h1 and
# h2. Cases run in subshells, so only the relay knows where earlier ones moved
# the VM.
locate_vm()
{
	local line

	line=$(ip -n relay -o link show "$1-h1")
	if [[ $line == *LOWER_UP* ]]; then
		FROM=h1 TO=h2
	else
		FROM=h2 TO=h1
	fi
	VM_HOST[$1]=$FROM
}

# migrate_vm NAME HOST: live migration. The VM keeps its link; the old port
# loses its carrier. The bridge notices a new carrier up to a second later; QEMU
# repeats its announcements for this reason, and the tests wait.
migrate_vm()
{
	local vm=$1 to=$2

	in_netns relay "link set $vm-${VM_HOST[$vm]} down" "link set $vm-$to up"
	ok "migrate $vm to $to" commit
	soon "the port forwards" 5 carries "$to" "$vm"
	soon "the relay forwards" 5 carries relay "$vm-$to"
	soon "the relay's VM port forwards" 5 carries relay "$vm"
	VM_HOST[$vm]=$to
}

# flap_link NAME: the VM's own link goes down and up
flap_link()
{
	in_netns relay "link set $1 down" "link set $1 up"
	ok "flap the link of $1" commit
}

vm_ping()
{
	ns "$1" ping -n -c "${3:-1}" -i 0.2 -W $((2 * SLOW)) -q "$2"
}

# ---------------------------------------------------------------- state

# json_number TEXT KEY: 0 if it is missing
json_number()
{
	if [[ $1 =~ \"$2\":\ *([0-9]+) ]]; then
		echo "${BASH_REMATCH[1]}"
	else
		echo 0
	fi
}

# gw_stat HOST GATEWAY KEY: KEY may be a drop reason
gw_stat()
{
	json_number "$(anygwctl -n "$1" -j -s gateway show dev "$2")" "$3"
}

# port_stat HOST PORT KEY
port_stat()
{
	json_number "$(anygwctl -n "$1" -j -s port show dev "$2")" "$3"
}

# json_drops TEXT: the sum over all drop reasons
json_drops()
{
	local sum=0 text=$1

	[[ $text =~ \"drops\":\ *\{([^}]*)\} ]] || { echo 0; return; }
	text=${BASH_REMATCH[1]}
	while [[ $text =~ :\ *([0-9]+)(.*) ]]; do
		sum=$((sum + BASH_REMATCH[1]))
		text=${BASH_REMATCH[2]}
	done
	echo $sum
}

gw_drops() { json_drops "$(anygwctl -n "$1" -j -s gateway show dev "$2")"; }

port_drops() { json_drops "$(anygwctl -n "$1" -j -s port show dev "$2")"; }

# neigh_is NETNS DEVICE ADDRESS MAC
neigh_is()
{
	[[ "$(ip -n "$1" neigh show to "$3" dev "$2")" == *"lladdr $4 "* ]]
}

# switch_port_is MAC VLAN PORT
switch_port_is()
{
	[[ $'\n'"$(bridge -n sw fdb show br sw dev "$3")" == *$'\n'"$1 vlan $2 "* ]]
}

# flush_neighbours NETNS...
flush_neighbours()
{
	local name

	for name in "$@"; do
		ip -n "$name" neigh flush all
	done
}
