# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in each lab guest, and in the VM, whose shell is busybox: serve_commands
# TTY runs the commands that the driver writes to that line, see "on" in lab.sh.

serve_commands()
{
	# Keep it open: closing a serial line discards pending data.
	exec 9<> "$1"
	stty raw -echo <&9
	echo "@ready 0" >&9
	while read -r mark command; do
		(eval "$command") > /run/output 2>&1 < /dev/null 9>&-
		rc=$?
		{ cat /run/output && printf '\n@%s %s\n' "$mark" $rc; } >&9
	done <&9
}
