# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# FRR in the namespaces of a test, each with its own directories. The
# configuration is taken from Documentation/host-routes.rst, which has that of
# one host; the tests derive those of the others with sed.

FRR=/usr/lib/frr
ROUTES_PAGE=$libdir/../../../Documentation/host-routes.rst

# page_text NAME: print the code block of that name
page_text()
{
	awk -v name="$1" '
		/^\.\. code-block::/ { wanted = 0; want = 1; next }
		want && $1 == ":name:" { wanted = $2 == name; next }
		/^[^ ]/ { wanted = want = 0 }
		wanted { sub(/^   /, ""); print }
	' "$ROUTES_PAGE" | sed '1{/^$/d}' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

# frr_start NETNS: with the configuration on standard input
frr_start()
{
	local name=$1 daemon

	rm -rf "/run/frr/$name"
	mkdir -p "/etc/frr/$name" "/run/frr/$name"
	cat > "/etc/frr/$name/frr.conf"
	[ -s "/etc/frr/$name/frr.conf" ] || return 1
	echo "service integrated-vtysh-config" > "/etc/frr/$name/vtysh.conf"
	chown -R frr:frr "/etc/frr/$name" "/run/frr/$name"
	for daemon in zebra bgpd; do
		bg "$daemon-$name" ns "$name" $FRR/$daemon -N "$name"
		wait_until 10 test -S "/run/frr/$name/$daemon.vty" || return 1
	done
	vtysh -N "$name" -b
}

# frr_show NETNS WORD...
frr_show()
{
	local name=$1

	shift
	vtysh -N "$name" -c "show $*"
}

# frr_shows NETNS PATTERN WORD...: whether "show WORD..." matches
frr_shows()
{
	local name=$1 pattern=$2

	shift 2
	frr_show "$name" "$@" | grep -qE -e "$pattern"
}
