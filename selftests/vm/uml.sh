# SPDX-License-Identifier: GPL-2.0
#
# A debug kernel as a process of this machine.

uml_prepare()
{
	release=debug
	case $kernel in
	bare) release=bare ;;
	noipv6) boot="$boot ipv6.disable=1" ;;
	esac
	kdir=$("$vm/setup.sh" $release) || return 1
	# A kernel without PCI has a header that makes clang talk.
	makevars=(ARCH=um CC=clang KCFLAGS=-Wno-null-pointer-arithmetic)
	console=/dev/tty0
	slow=4
}

# It wants a folder for its sockets, and a file for its memory. Its programs are
# processes of this machine that it traces, one at a time: on one processor they
# take half of what they do when each turn wakes up another one. A new process
# copies what maps the kernel's memory, so it has no more than it needs.
uml_command()
{
	local consoles="con0=null,fd:1 con=null"
	local pin=(taskset -c "${cpu:-$((RANDOM % $(nproc)))}")

	"${pin[@]}" true 2> /dev/null || pin=()

	[ "$1" = batch ] || consoles="con0=fd:0,fd:1 con=null"
	# shellcheck disable=SC2206
	guest_command=("${pin[@]}" "$kdir/linux" mem=1024M "uml_dir=$job/"
		rootfstype=hostfs ro "init=$vm/uml-init" "anygw_job=$job"
		$consoles panic=1 log_buf_len=2M $boot)
}
