# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Real routers that stay alive on the fabric, for the scenes of coexistence.
#
#   srv ---- rr1 --+-- sw         keepalived's or FRR's VRRP between them
#    |             |
#    +------ rr2 --+
#
# In VLAN V they have 10.0.V.2 and .3, with SIX fd00:V::2 and ::3 as well. The
# server answers by one of them, whichever way a VM's packet has come: that
# one has to find every VM at all times.
#
# here and there tell which way a VM's packets to the server take. RR is the
# router that shall get those that are left to it, VR4 and VR6 its MACs.

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

# way_in N: what is for VMs comes by rrN
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

# With use_vmac keepalived makes its devices and those below speak for their own
# addresses alone. Since 7.1 the kernel no longer takes the message with which it
# does so.
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

# The devices that vrrpd takes for its groups, by their MACs: N VLAN VRID
vrrpd_devices_add()
{
	local r=rr$1 v=$2

	in_netns $r \
		"link add link eth0.$v name vrrp4 address $(vrrp_mac "$3") type macvlan mode bridge" \
		"link set vrrp4 addrgenmode none" \
		"address add 10.0.$v.1/24 dev vrrp4" "link set vrrp4 up" \
		"link add link eth0.$v name vrrp6 address $(vrrp_mac "$3" 6) type macvlan mode bridge" \
		"address add fd00:$v::1/64 dev vrrp6" "link set vrrp6 up"
	# Each of its devices is to speak for its own addresses alone.
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

# vrrpd_start N VLAN VRID PRIORITY: with files and sockets of its own
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

# What the kernel makes of VR6.
vrrpd_router_ll() { echo "fe80::200:5eff:fe00:2${VR6##*:}"; }

# frr_priority N VLAN VRID PRIORITY
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

# coexisting VLAN HOST...: with the gateways that the lines of WITH[VLAN] tell
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

# Of all gateways of a host together: HOST KEY
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

# ---------------------------------------------------------------- ways out

FAMILIES=4${SIX:+ 6}

# Into REQUEST: the pattern of a VM's pings to the server: VM FAMILY TTL
set_request()
{
	local ip=${VM_IP[$1]//./\\.}

	if [ "$2" = 4 ]; then
		REQUEST="ip=$ip>203\.0\.113\.1 ttl=$3 icmp=8"
	else
		REQUEST="ip6=fd00:${VM_VLAN[$1]}::${ip##*.}>$SRV6 hops=$3 icmp6=128"
	fi
}

# pings VM NUMBER: all of them are answered, once
ping_server()
{
	local said f to

	for f in $FAMILIES; do
		[ "$f" = 4 ] && to=$SRV || to=$SRV6
		said=$(vm_ping "$1" $to "$2")
		[[ $said == *" $2 received"* && $said != *duplicates* ]] ||
			fail "$1 to the server: $said"
	done
}

# here NUMBER [VM] / there NUMBER [VM] [counted | some]: that many pings leave by the
# VM's host, or by the real router with nothing touched; of each family
via_host()
{
	local vm=${2:-v11} h f

	h=${VM_HOST[$vm]}
	cap exit=$h/exit0 fab=$h/fab0
	ping_server "$vm" "$1"
	cap_end
	for f in $FAMILIES; do
		set_request "$vm" "$f" 63
		exactly exit "$1" "by this host" " out .*$REQUEST"
		set_request "$vm" "$f" '[0-9]+'
		none fab "to the router" " out .*$REQUEST"
	done
}

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
		exactly fab "$1" "to the router, untouched" \
			" out .*src=${VM_MAC[$vm]} dst=$vr $REQUEST"
		set_request "$vm" "$f" 63
		exactly rr "$1" "routed there" " out .*$REQUEST"
		set_request "$vm" "$f" '[0-9]+'
		none exit "by this host as well" " out .*$REQUEST"
	done
	case ${3:-} in
	counted)
		equal "counted" "$(($(gw_stat_sum "$h" fallback) - before))" \
			$(($1 * $(wc -w <<< "$FAMILIES")))
		;;
	# A VM's unicast question whether its gateway is there counts, too.
	some) more "counted" "$(gw_stat_sum "$h" fallback)" $((before + $1 - 1)) ;;
	esac
}

via_host_now() { (via_host 1 "$@"); }
