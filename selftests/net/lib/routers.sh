# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Other routers on the fabric, for the tests of coexistence.
#
#   srv ---- rr1 --+-- sw         keepalived's or FRR's VRRP between them
#    |             |
#    +------ rr2 --+
#
# In VLAN V they have 10.0.V.2 and .3, with SIX fd00:V::2 and ::3 as well. The
# server replies through one of them regardless of the path of the request: that
# router has to reach every VM at all times.
#
# via_host and via_router check the path of a VM's packets to the server. RR is
# the router that must get those that fall back, VR4 and VR6 are its MACs.

RR=rr1
declare -A GATEWAY_ARGS

# router_new N VLAN...
router_new()
{
	local n=$1 r=rr$1 v

	netns_add $r
	switch_connect $r eth0 $r
	veth_add $r up0 srv $r
	for v in "${@:2}"; do
		in_netns $r "link add link eth0 name eth0.$v type vlan id $v" \
			"link set eth0.$v address 52:54:00:0e:$v:0$n" \
			"link set eth0.$v up" \
			"address add 10.0.$v.$((1 + n))/24 dev eth0.$v"
		in_netns6 $r "address add fd00:$v::$((1 + n))/64 dev eth0.$v"
	done
	in_netns $r "link set up0 up" "address add 10.3.$n.1/24 dev up0" \
		"route add default via 10.3.$n.2"
	in_netns6 $r "address add fd04:$n::1/64 dev up0" \
		"route add default via fd04:$n::2"
	in_netns srv "link set $r up" "address add 10.3.$n.2/24 dev $r"
	in_netns6 srv "address add fd04:$n::2/64 dev $r"
	SYSCTLS+=("$r:ipv4/ip_forward=1"
		${SIX:+"$r:ipv6/conf/all/forwarding=1"})
}

# route_via N: the server routes to the VMs through rrN
route_via()
{
	ip -n srv -b - <<-END
		route replace 10.0.0.0/16 via 10.3.$1.1
		${SIX:+route replace fd00::/16 via fd04:$1::1}
	END
}

# vrrp_mac VRID [6]
vrrp_mac() { printf '00:00:5e:00:0%d:%02x\n' $((${2:-4} / 2 - 1)) "$1"; }

# ---------------------------------------------------------------- keepalived

# keepalived_new N VERSION
keepalived_new()
{
	cat > "$TMP/rr$1.conf" <<-END
	global_defs {
		vrrp_version $2
		vrrp_garp_master_repeat 2
	}
	END
}

# keepalived_group N VLAN VRID PRIORITY INTERVAL "ADDRESS..." [use_vmac]
keepalived_group()
{
	local state=BACKUP

	[ "$4" -lt 150 ] || state=MASTER
	cat >> "$TMP/rr$1.conf" <<-END
	vrrp_instance v$3${6//[!:]/} {
		interface eth0.$2
		state $state
		virtual_router_id $3
		priority $4
		advert_int $5
		${7:-}
		virtual_ipaddress {
			${6// /$'\n'}
		}
	}
	END
}

# With use_vmac keepalived sets arp_ignore on its devices and those below. Since
# Linux 7.1 the kernel refuses the message it uses for that.
keepalived_start()
{
	! grep -q use_vmac "$TMP/$1.conf" ||
		wire sysctl "$1:ipv4/conf/all/arp_ignore=1"
	bg "$1" ns "$1" keepalived -n -l -P -f "$TMP/$1.conf" \
		-p "$TMP/$1.pid" -r "$TMP/$1.vrrp"
}

# has_vip ROUTER ADDRESS
has_vip() { [[ $(ip -n "$1" -o address show to "$2") == *" $2/"* ]]; }

# ---------------------------------------------------------------- FRR

# vrrpd_devices_add N VLAN VRID: vrrpd finds the devices of its groups by their
# MACs
vrrpd_devices_add()
{
	local r=rr$1 v=$2

	in_netns $r \
		"link add link eth0.$v name vrrp4 address $(vrrp_mac "$3") type macvlan mode bridge" \
		"link set vrrp4 addrgenmode none" \
		"address add 10.0.$v.1/24 dev vrrp4" "link set vrrp4 up" \
		"link add link eth0.$v name vrrp6 address $(vrrp_mac "$3" 6) type macvlan mode bridge" \
		"address add fd00:$v::1/64 dev vrrp6" "link set vrrp6 up"
	# Each device must answer only for its own addresses.
	SYSCTLS+=("$r:ipv4/conf/eth0.$v/arp_ignore=1"
		"$r:ipv4/conf/eth0.$v/arp_announce=2")
}

vrrpd_daemon()
{
	local r=$1 name=$2

	bg "$name-$r" ns "$r" "/usr/lib/frr/$name" -f "$TMP/frr-$r/$name.conf" \
		-i "$TMP/frr-$r/$name.pid" -z "$TMP/frr-$r/zserv" \
		--vty_socket "$TMP/frr-$r" -u frr -g frr -P 0
	wait_until 10 [ -e "$TMP/frr-$r/$name.vty" ]
}

# vrrpd_start N VLAN VRID PRIORITY: with its own files and sockets
vrrpd_start()
{
	local r=rr$1 dir=$TMP/frr-rr$1

	chmod 711 "$TMP"
	install -d -o frr -g frr "$dir"
	: > "$dir/zebra.conf"
	cat > "$dir/vrrpd.conf" <<-END
	interface eth0.$2
	 vrrp $3 version 3
	 vrrp $3 priority $4
	 vrrp $3 advertisement-interval 300
	 vrrp $3 ip 10.0.$2.1
	 vrrp $3 ipv6 $(vrrpd_router_ll)
	 vrrp $3 ipv6 fd00:$2::1
	END
	vrrpd_daemon $r zebra && vrrpd_daemon $r vrrpd
}

# The link-local address that the kernel derives from VR6
vrrpd_router_ll() { echo "fe80::200:5eff:fe00:2${VR6##*:}"; }

# vrrpd_priority N VLAN VRID PRIORITY
vrrpd_priority()
{
	ns "rr$1" vtysh --vty_socket "$TMP/frr-rr$1" -c 'configure terminal' \
		-c "interface eth0.$2" -c "vrrp $3 priority $4"
}

vrrpd_is_master()
{
	[[ $(ip -n "$1" -o link show vrrp4) == *LOWER_UP* &&
		$(ip -n "$1" -o link show vrrp6) == *LOWER_UP* ]]
}

# ---------------------------------------------------------------- gateways

# add_coexisting VLAN HOST...: add a gateway for each line of GATEWAY_ARGS[VLAN]
add_coexisting()
{
	local v=$1 h line

	shift
	fabric_roles "$@" || return 1
	set_bridge_args "$v"
	for h in "$@"; do
		while read -r line; do
			# shellcheck disable=SC2086
			anygwctl -n "$h" gateway add $BR coexist on $line ||
				return 1
		done <<< "${GATEWAY_ARGS[$v]}"
		HMAC[${h#h}]=$(host_mac "$h")
	done
}

# gw_stat_sum HOST KEY: the sum over all gateways of a host
gw_stat_sum()
{
	local text sum=0

	text=$(anygwctl -n "$1" -j -s gateway show)
	while [[ $text =~ \"$2\":\ *([0-9]+)(.*) ]]; do
		sum=$((sum + BASH_REMATCH[1]))
		text=${BASH_REMATCH[2]}
	done
	echo $sum
}

# ---------------------------------------------------------------- egress

FAMILIES=4${SIX:+ 6}

# set_request VM FAMILY TTL: set REQUEST to the pattern of its pings to the
# server
set_request()
{
	local ip=${VM_IP[$1]//./\\.}

	if [ "$2" = 4 ]; then
		REQUEST="ip=$ip>203\.0\.113\.1 ttl=$3 icmp=8"
	else
		REQUEST="ip6=fd00:${VM_VLAN[$1]}::${ip##*.}>$SRV6 hops=$3 icmp6=128"
	fi
}

# ping_server VM NUMBER: each ping has one reply
ping_server()
{
	local output f to

	for f in $FAMILIES; do
		[ "$f" = 4 ] && to=$SRV || to=$SRV6
		output=$(vm_ping "$1" $to "$2")
		[[ $output == *" $2 received"* && $output != *duplicates* ]] ||
			fail "$1 to the server: $output"
	done
}

# via_host NUMBER [VM]: NUMBER pings of each family leave through the VM's host
via_host()
{
	local vm=${2:-v11} h f

	h=${VM_HOST[$vm]}
	cap exit=$h/exit0 fab=$h/fab0
	ping_server "$vm" "$1"
	cap_end
	for f in $FAMILIES; do
		set_request "$vm" "$f" 63
		exactly exit "$1" "via this host" " out .*$REQUEST"
		set_request "$vm" "$f" '[0-9]+'
		none fab "to the router" " out .*$REQUEST"
	done
}

# via_router NUMBER [VM] [counted | some]: NUMBER pings of each family leave
# unmodified through the other router; the gateway counts all or some of them
via_router()
{
	local vm=${2:-v11} h f vr before

	h=${VM_HOST[$vm]}
	before=$(gw_stat_sum "$h" fallback)
	cap exit=$h/exit0 fab=$h/fab0 rr=$RR/up0
	ping_server "$vm" "$1"
	cap_end
	for f in $FAMILIES; do
		[ "$f" = 4 ] && vr=$VR4 || vr=$VR6
		set_request "$vm" "$f" 64
		exactly fab "$1" "to the router, unmodified" \
			" out .*src=${VM_MAC[$vm]} dst=$vr $REQUEST"
		set_request "$vm" "$f" 63
		exactly rr "$1" "routed by the router" " out .*$REQUEST"
		set_request "$vm" "$f" '[0-9]+'
		none exit "via this host as well" " out .*$REQUEST"
	done
	case ${3:-} in
	counted)
		equal "counted" "$(($(gw_stat_sum "$h" fallback) - before))" \
			$(($1 * $(wc -w <<< "$FAMILIES")))
		;;
	# A VM's unicast probe of its gateway is counted as well.
	some) more "counted" "$(gw_stat_sum "$h" fallback)" $((before + $1 - 1)) ;;
	esac
}

via_host_now() { (via_host 1 "$@"); }
