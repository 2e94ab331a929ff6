# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A hypervisor host of the lab, h1 or h2, in its own guest. The initial
# namespace has the host's name, so that the functions of the tests work.
#
#   br0   VLAN-aware: fab0, the trunk; vm0, the VM's access port in VLAN 10
#   exit0 to the site's exit router

host=$name
site=${name#h}
GATEWAY_ARGS[10]="name g10 vrrp 10 address 10.0.10.1/24
name g10six vrrp6 10 address fe80::10/64 address fd00:10::1/64"

host_build()
{
	local nic

	ip netns attach "$host" $$
	# The guests share a file system, and the host identity is derived from
	# this file.
	md5sum <<< "$host" | cut -c -32 > /etc/machine-id
	for nic in fab0 vm0; do
		SYSCTLS+=("$host:ipv6/conf/$nic/disable_ipv6=1")
	done
	for nic in default exit0; do
		SYSCTLS+=("$host:ipv6/conf/$nic/accept_dad=0"
			"$host:ipv6/conf/$nic/accept_ra=0"
			"$host:ipv6/conf/$nic/router_solicitations=0")
	done
	SYSCTLS+=("$host:ipv4/ip_forward=1" "$host:ipv6/conf/all/forwarding=1")
	commit || return 1
	host_bridges "$host"
	in_netns "$host" "link set lo up" "link set fab0 up" \
		"link set vm0 master br0 up" "link set exit0 up" \
		"address add 10.1.$site.1/24 dev exit0" \
		"address add fd01:$site::1/64 dev exit0"
	port_vlan "$host" vm0 10
	commit && exit_route
}

exit_route()
{
	ip -n "$host" -b - <<-END
		route replace default via 10.1.$site.2
		route replace default via fd01:$site::2
	END
}

no_exit_route()
{
	ip -n "$host" -b - <<-END
		route del default via 10.1.$site.2
		route del default via fd01:$site::2
	END
}

# The gateways of both families beside the site's router. vm0 is a NIC here and
# would be a fabric port by default.
with_anygw()
{
	load && anygwctl -n "$host" port set dev vm0 role access &&
		add_coexisting 10 "$host"
}

# Without another router
with_anygw_alone()
{
	load && anygwctl port set dev vm0 role access &&
		anygwctl port set dev fab0 role fabric &&
		anygwctl gateway add bridge br0 vlan 10 name g10 \
			address 10.0.10.1/24 address fe80::10/64 \
			address fd00:10::1/64 &&
		anygwctl gateway add bridge br0 vlan 20 name g20 \
			address 10.0.20.1/24 address fd00:20::1/64
}

# Replace the module as an operator would; print the duration in milliseconds
upgrade()
{
	local start

	anygwctl save > /run/saved || return 1
	now_ms
	start=$NOW
	rmmod anygw && insmod "$ANYGW_KO" && anygwctl apply /run/saved ||
		return 1
	now_ms
	echo "took $((NOW - start))"
	anygwctl save | diff /run/saved -
}

# Network namespaces as VMs: v1N in VLAN 10, v2N in VLAN 20
add_netns_vms()
{
	GATEWAY_LL=fe80::10 vm_add "v1$site" "$host" 10 "10.0.10.1$site"
	vm_add "v2$site" "$host" 20 "10.0.20.2$site"
	commit
}

del_netns_vms()
{
	ip netns del "v1$site"
	ip netns del "v2$site"
}

# broken NETNS: the number of bad checksums, as in the test offload
broken()
{
	ns "$1" awk '/^Tcp:/ && $NF ~ /^[0-9]+$/ { tcp = $NF }
		/^Ip:/ && $2 ~ /^[0-9]+$/ { ip = $5 }
		/^Udp:/ && $2 ~ /^[0-9]+$/ { udp = $8 }
		END { print tcp + ip + udp }' /proc/net/snmp
}

is_listening() { ns "$1" grep -q ":1451 .* 0A " /proc/net/tcp /proc/net/tcp6; }

iperf_server()
{
	start_bg iperf ns "$1" iperf3 -s -1 && wait_until 10 is_listening "$1"
}

# As in Documentation/host-routes.rst, with the border router two hops away
with_host_routes()
{
	frr_start "$host" < <(page_text bgp-host | sed "
		s/10\.1\.1\.1/10.1.$site.1/; s/10\.1\.1\.2/10.2.$site.2/
		s/fd01:1::2/fd02:$site::2/; s/65001/6500$site/; s/ h1/ $host/
		s/^ neighbor \(.*\) remote-as .*/&\n neighbor \1 ebgp-multihop 2/") ||
		return 1
	start_bg keeper anygwctl -n "$host" hostroutes
}

without_host_routes()
{
	end_bg keeper
	pkill -x bgpd
	pkill -x zebra
	wait_until 10 no_frr
}

no_frr() { ! pgrep -x 'bgpd|zebra'; }
