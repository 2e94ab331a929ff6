# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# In each machine of the laboratory, also in the VM, whose shell is busybox:
# obey TTY carries out what the driver says on that line, see "on" in lab.sh.

obey()
{
	# Held open, as a line that is closed forgets what is on its way.
	exec 9<> "$1"
	stty raw -echo <&9
	echo "@ready 0" >&9
	while read -r mark command; do
		(eval "$command") > /run/said 2>&1 < /dev/null 9>&-
		rc=$?
		{ cat /run/said && printf '\n@%s %s\n' "$mark" $rc; } >&9
	done <&9
}
