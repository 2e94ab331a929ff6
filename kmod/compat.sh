#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Find out from a kernel's headers what compat.h has to know.
#
#	compat.sh [-a] KERNEL
#
# KERNEL is the folder of a kernel tree or of a headers package, with "include".
# Prints the compiler option -DANYGW_HAVE_NAME for each probe whose pattern is
# found; with -a (audit) all probes and their results:
#
#	NAME VERSION yes|no|lost HEADER
#
# Version numbers do not matter, as distributions backport changes. A probe
# looks for a pattern within one declaration. If the declaration itself is not
# found, the probe is lost, and compat.sh fails.
set -u

# NAME VERSION HEADER DECLARATION PATTERN, separated by tabs:
# VERSION: the first kernel that has it, or -VERSION: the last one
# HEADER: below "include"; of several, the first one with the declaration
# DECLARATION: its beginning; it ends with its semicolon or closing brace.
#	"." is the whole header
# PATTERN: matched against the declaration as one line, after "HEADER:"
# The last two are extended regular expressions without backslashes.
probes()
{
	cat << 'END'
RT_MASK	-6.11	net/route.h	.	define IPTOS_RT_MASK
ERR_MSG_FMT	6.2	linux/netlink.h	^struct netlink_ext_ack [{]	_msg_buf
SPLIT_OPS	6.2	net/genetlink.h	^struct genl_family [{]	split_ops
GSO_H	6.5	net/gso.h,linux/skbuff.h	skb_gso_validate_network_len[(]	^net/gso.h:
DUMP_INFO	6.7	net/genetlink.h	^struct genl_dumpit_info [{]	struct genl_info info
LLTX	6.12	linux/netdevice.h	^struct net_device [{]	unsigned long lltx:1
NETNS_LOCAL	6.12	linux/netdevice.h	^struct net_device [{]	unsigned long netns_local:1
FDB_NOTIFIED	6.13	linux/netdevice.h	^[^*]*[(][*]ndo_fdb_add[)]	bool [*]notified
RTNL_NET_LOCK	6.13	linux/rtnetlink.h	.	rtnl_net_lock[(]
ROUTE_DSCP	6.13	net/route.h	ip_route_input_noref[(]	dscp_t dscp
RULE_FLOWLABEL	6.14	uapi/linux/fib_rules.h	FRA_UNSPEC,	FRA_FLOWLABEL,
NETNS_IMMUTABLE	6.15	linux/netdevice.h	^struct net_device [{]	unsigned long netns_immutable:1
NEWLINK_PARAMS	6.15	net/rtnetlink.h	^struct rtnl_link_ops [{]	struct rtnl_newlink_params [*]
PERCPU_WQ	6.17	linux/workqueue.h	.	[*]system_percpu_wq;
FORCE_FORWARDING	6.17	linux/ipv6.h	^struct ipv6_devconf [{]	force_forwarding;
DST_DEV_RCU	6.18	net/dst.h	.	dst_dev_rcu[(]
FLOWI_DSCP	6.18	net/flow.h	^struct flowi_common [{]	dscp_t flowic_dscp;
KUNIT_PARAM_TEST	6.18	kunit/test.h	^struct kunit_case [{]	generate_params[)][(]struct kunit [*]
QDISC_RESET	7.1	net/sch_generic.h	void dev_deactivate[(]	bool reset_needed
END
}

# declaration HEADERS BEGINNING: print the declaration as one line
declaration()
{
	for file in $(echo "$1" | tr , ' '); do
		[ -e "$include/$file" ] || continue
		awk -v beginning="$2" -v line="$file:" '
			$0 ~ beginning { found = 1 }
			!found { next }
			{
				depth += gsub(/[{]/, "{") - gsub(/[}]/, "}")
				end = depth < 0 || depth == 0 && /[;}]/
				for (i = 1; i <= NF; i++)
					line = line " " $i
			}
			end && beginning != "." { exit }
			END {
				print line
				exit !found
			}' "$include/$file" && return
	done
	return 1
}

# probe: set result, from header, beginning and pattern
probe()
{
	if ! text=$(declaration "$header" "$beginning"); then
		result=lost
	elif echo "$text" | grep -qE -e "$pattern"; then
		result=yes
	else
		result=no
	fi
}

audit=
[ "${1:-}" != -a ] || { audit=1; shift; }
include=${1:?usage: compat.sh [-a] KERNEL}/include
if ! [ -d "$include/net" ]; then
	echo "compat.sh: there are no kernel headers in $include" >&2
	exit 1
fi
tab=$(printf '\t')
rc=0
while IFS=$tab read -r name version header beginning pattern; do
	probe
	[ $result != lost ] || rc=1
	case $audit$result in
	1*) printf '%-17s %-6s %-4s %s\n' "$name" "$version" $result "$header" ;;
	yes) echo "-DANYGW_HAVE_$name" ;;
	lost) echo "compat.sh: $include/$header: no declaration \"$beginning\" for $name" >&2 ;;
	esac
done << END
$(probes)
END
exit $rc
